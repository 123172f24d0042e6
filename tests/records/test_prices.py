"""The usage fee: each active user costs what their step of the ladder says, exactly, and the ladder has an end."""

from decimal import Decimal
from itertools import pairwise

import pytest

from salesops.records.money import Money
from salesops.records.prices import PriceList, most_for_usage, usage_fee

LADDER = PriceList.model_validate(
    {
        "since": "2026-01-01",
        "usage": [
            {"to": "10", "fee": "10.00 USD"},
            {"to": "100", "fee": "5.00 USD"},
            {"to": "1000", "fee": "2.50 USD"},
            {"to": "10000", "fee": "1.25 USD"},
        ],
    }
).usage


@pytest.mark.parametrize(
    ("users", "fee"),
    [
        (0, "0"),
        (1, "10"),
        (10, "100"),
        (11, "105"),
        (100, "550"),
        (101, "552.50"),
        (280, "1000.00"),
        (1_000, "2800"),
        (1_001, "2801.25"),
        (10_000, "14050.00"),
        (10_001, "14050.00"),
        (1_000_000, "14050.00"),
    ],
)
def test_so_many_active_users_cost_so_much_a_month(users, fee):
    assert usage_fee(LADDER, users) == Money(Decimal(fee), "USD")


def test_the_most_that_usage_can_cost_is_the_end_of_the_ladder():
    assert most_for_usage(LADDER) == Money(Decimal("14050.00"), "USD")


def test_every_further_user_costs_no_more_than_the_one_before():
    fees = [usage_fee(LADDER, users).amount for users in range(10_200)]
    steps = [after - before for before, after in pairwise(fees)]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == 0


def test_without_a_ladder_there_is_no_fee_to_name():
    assert usage_fee((), 280) is None
    assert most_for_usage(()) is None
