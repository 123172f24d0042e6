"""What the visits to a stage suggest as the days after which a deal in it needs attention."""

from datetime import date, timedelta

import pytest

from salesops.metrics.velocity import suggested_stale_after

ON = date(2026, 12, 1)


def took(days, end="discovery"):
    """A deal that was in Outreach for so many days, and then elsewhere."""
    left = date(2026, 1, 5) + timedelta(days=days)
    return {"stages": [{"outreach": "2026-01-05"}, {end: str(left)}]}


@pytest.fixture
def suggested(book):
    return lambda deals: suggested_stale_after(book(deals).on(ON), "outreach")


def test_four_of_five_visits_that_led_on_took_no_longer(suggested):
    found = suggested({f"deal-{days}": took(days) for days in range(1, 12)})
    assert found == (9, 11)
    assert found.sentence == "of 11 visits that led on, four of five took no longer than 9 days"


def test_of_fewer_visits_than_make_a_rate_nothing_is_suggested(suggested):
    assert suggested({f"deal-{days}": took(days) for days in range(9)}) is None


def test_visits_of_lost_attempts_and_of_those_that_are_still_there_suggest_nothing(suggested):
    lost = {f"lost-{days}": took(200, "closed lost") for days in range(20)}
    waiting = {f"here-{days}": {"stages": [{"outreach": "2026-01-05"}]} for days in range(20)}
    gone = {f"deal-{days}": took(7) for days in range(10)}
    assert suggested({**lost, **waiting, **gone}) == (7, 10)


def test_days_of_parking_are_left_out(suggested):
    parked = {"parked": [{"since": "2026-01-10", "until": "2026-02-09", "why": "Exams"}]}
    assert suggested({f"deal-{number}": {**took(40), **parked} for number in range(10)}) == (10, 10)
