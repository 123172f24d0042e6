"""Whether a target is reached, missing or unknown, and how it is put in words."""

from decimal import Decimal

import pytest

from salesops.metrics.readings import Amounts, Count, Days, Share
from salesops.metrics.targets import goal, progress
from salesops.records.targets import Target


def target(at_least):
    return Target(id="a-target", metric="sqd", at_least=at_least, by="2026-12-31")


def money(n=1, **sums):
    return Amounts(sums={currency: Decimal(sum) for currency, sum in sums.items()}, n=n)


@pytest.mark.parametrize(
    ("at_least", "reading", "now", "state", "gap"),
    [
        ("12", Count(value=8), "8", "missing", "4 short"),
        ("12", Count(value=12), "12", "reached", "reached"),
        ("12", Count(value=0), "0", "missing", "12 short"),
        ("0", Count(value=0), "0", "reached", "reached"),
        ("1000", Count(value=1250), "1,250", "reached", "reached"),
        ("50%", Share(hits=5, out_of=6), "5 of 6", "reached", "reached"),
        ("50%", Share(hits=4, out_of=10), "40.0 %", "missing", "10.0 points short"),
        ("50%", Share(hits=0, out_of=10), "0.0 %", "missing", "50.0 points short"),
        ("50%", Share(hits=0, out_of=0), "no data", "unknown", "no data"),
        ("9000 USD", money(USD="4050", CAD="1650"), "4,050 USD + 1,650 CAD", "missing", "4,950 USD short"),
        ("9000 USD", money(USD="9000.00"), "9,000 USD", "reached", "reached"),
        ("9000 USD", money(USD="8999.50"), "8,999.50 USD", "missing", "0.50 USD short"),
        ("90", Days(values=(100, 120)), "110.0 days", "reached", "reached"),
        ("90", Days(values=()), "no data", "unknown", "no data"),
        ("12", None, "not yet", "unknown", ""),
    ],
)
def test_the_value_the_state_and_the_gap(at_least, reading, now, state, gap):
    assert progress(target(at_least), reading) == (now, state, gap)


@pytest.mark.parametrize("at_least", ["9000 USD", "50%"])
def test_a_count_cannot_reach_a_target_in_another_unit(at_least):
    assert progress(target(at_least), Count(value=8)) == ("8", "unknown", "the target is in another unit")


@pytest.mark.parametrize("at_least", ["12", "50%"])
def test_money_cannot_reach_a_target_in_another_unit(at_least):
    assert progress(target(at_least), money(USD="12"))[1:] == ("unknown", "the target is in another unit")


def test_contracts_in_another_currency_alone_bring_nothing_in_that_of_the_target():
    assert progress(target("9000 USD"), money(CAD="1650")) == ("1,650 CAD", "missing", "9,000 USD short")


def test_no_contract_at_all_is_no_data_and_not_nothing():
    assert progress(target("9000 USD"), money(n=0)) == ("no data", "unknown", "no data")


@pytest.mark.parametrize(
    ("at_least", "shown"), [("9000 USD", "9,000 USD"), ("412.50 CAD", "412.50 CAD"), ("12", "12"), ("50%", "50%")]
)
def test_a_goal_is_written_as_the_readings_are(at_least, shown):
    assert goal(target(at_least)) == shown
