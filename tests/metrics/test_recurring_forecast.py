"""Recurring revenue of six months to come: signed by days, renewals and new deals with the shares that are measured or assumed."""

from decimal import Decimal

import pytest

CONTRACT = "contract: {{signed: 2026-01-01, start: {start}, end: {end}, mrr: 1000 USD}}"


def won(name, start="2026-01-01", end="2026-12-31"):
    return (
        f"{name}: {{stages: [proposal: 2025-12-01, closed won: 2026-01-01], {CONTRACT.format(start=start, end=end)}}}\n"
    )


def parts(found):
    return {name: sums["USD"] for name, sums in found.by["by_part"].items()}


def test_a_contract_that_runs_on_brings_its_fee_in_each_month(reading):
    found = reading("forecast-mrr-6", "2026-03-31", won("one"))
    assert list(found.by["by_month"]) == ["2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09"]
    assert parts(found) == {"signed": Decimal("6016.44")}  # 183 of 365 days of 12,000
    assert sum((sums["USD"] for sums in found.by["by_month"].values()), Decimal(0)) == found.sums["USD"]


def test_the_first_month_counts_from_tomorrow_on(reading):
    found = reading("forecast-mrr-6", "2026-04-20", won("one"))
    assert found.by["by_month"]["2026-04"] == {"USD": Decimal("328.77")}  # 10 days of 30


def test_what_ends_goes_on_with_the_share_that_is_assumed_of_renewals(reading):
    found = reading("forecast-mrr-6", "2026-03-31", won("one", "2025-07-01", "2026-06-30"))
    assert parts(found) == {"renewals": Decimal("2400.00"), "signed": Decimal("2991.78")}
    assert found.behind["renewals"] == "× 0.8 (assumed: only 0 decided)"


@pytest.mark.parametrize("stage", ["closed won", "closed lost"])
def test_what_is_renewed_or_will_not_be_adds_no_expectation(reading, stage):
    again = f"again: {{type: existing business, renews: one, stages: [renewals: 2026-03-01, {stage}: 2026-03-20]}}"
    found = reading("forecast-mrr-6", "2026-03-31", won("one", "2025-07-01", "2026-06-30") + again)
    assert "renewals" not in parts(found)


def test_an_open_deal_brings_its_fee_from_its_day_on_with_the_share_that_is_assumed(reading):
    deal = "new: {stages: [outreach: 2026-03-01], value: {mrr: 1000 USD}, expected_close: 2026-06-16}"
    found = reading("forecast-mrr-6", "2026-03-31", deal)
    assert parts(found) == {"new": Decimal("1050.00")}  # half of June and three months, times 0.3


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("value: {mrr: 10 USD}", "it has no expected close"),
        ("value: {one_off: 10 USD}, expected_close: 2026-06-01", "it has no monthly amount"),
        (
            "value: {mrr: 10 USD}, expected_close: 2026-03-01",
            "its expected close was 2026-03-01, and nobody wrote a new day",
        ),
    ],
)
def test_an_open_deal_that_lacks_something_is_named(reading, why, rest):
    found = reading("forecast-mrr-6", "2026-03-31", f"new: {{stages: [outreach: 2026-02-01], {rest}}}")
    assert [(left.deal, left.why) for left in found.excluded] == [("new", why)]
    assert found.value is None


def test_from_ten_decided_deals_on_the_share_is_measured(reading):
    past = "".join(
        f"past-{at}: {{stages: [outreach: 2025-01-01, closed {'won' if at < 4 else 'lost'}: 2025-02-01]}}\n"
        for at in range(10)
    )
    deal = "new: {stages: [outreach: 2026-03-01], value: {mrr: 1000 USD}, expected_close: 2026-09-01}"
    found = reading("forecast-mrr-6", "2026-03-31", past + deal)
    assert found.behind["new"] == "× 0.4000 (4 of 10)"
    assert parts(found) == {"new": Decimal("400.00")}
