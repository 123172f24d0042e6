"""What a contract brings over its term."""

from __future__ import annotations

import pytest

from salesops.records.contract import Contract


@pytest.mark.parametrize(
    ("start", "end", "amounts"),
    [
        ("2026-04-01", "2027-03-31", ["12000 USD", "500 USD"]),
        ("2026-04-01", "2026-04-15", ["500 USD", "500 USD"]),
        ("2026-04-01", "open", ["12000 USD", "500 USD"]),
    ],
)
def test_a_part_of_a_month_counts_as_a_part(start, end, amounts):
    contract = Contract.model_validate({"start": start, "end": end, "mrr": "1000 USD", "one_off": "500 USD"})
    assert [str(amount) for amount in contract.amounts()] == amounts
