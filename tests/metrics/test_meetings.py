"""Meetings Per Week: held discovery, renewal and proposal meetings of the last full ISO week, each once; the running week beside it."""

from datetime import timedelta

import pytest

from salesops.metrics import read_metric
from salesops.metrics.wording import detail


def one(entry):
    return f"aspen: {{stages: [discovery: 2026-01-05], activity: [{entry}]}}"


def test_a_week_goes_from_monday_to_sunday(reading):
    sunday = one("{date: 2026-03-08, kind: meeting, about: discovery, status: held}")
    assert reading("meetings-per-week", "2026-03-08", sunday).value == 1
    assert reading("meetings-per-week", "2026-03-14", sunday).value == 1
    assert reading("meetings-per-week", "2026-03-15", sunday).value == 0
    monday = one("{date: 2026-03-02, kind: meeting, about: discovery, status: held}")
    assert reading("meetings-per-week", "2026-03-07", monday).value == 0
    assert reading("meetings-per-week", "2026-03-08", monday).value == 1


def test_the_week_that_runs_is_shown_beside_the_last_full_one(reading):
    deals = one(
        "{date: 2026-03-04, kind: meeting, about: discovery, status: held},"
        "{date: 2026-03-09, kind: meeting, about: discovery, status: held},"
        "{date: 2026-03-10, kind: meeting, about: proposal, status: held},"
        "{date: 2026-03-12, kind: meeting, about: proposal, status: held}"
    )
    found = reading("meetings-per-week", "2026-03-11", deals)
    assert (found.value, found.so_far) == (1, 2)
    assert detail(found) == "last full week · 1 new business · this week so far: 2"
    assert found.as_data()["so_far"] == 2
    assert [left.why for left in found.excluded] == [
        "the meeting of 2026-03-09 is in the week that is not over",
        "the meeting of 2026-03-10 is in the week that is not over",
    ]


def test_on_a_sunday_no_week_is_running(reading):
    found = reading(
        "meetings-per-week", "2026-03-08", one("{date: 2026-03-04, kind: meeting, about: discovery, status: held}")
    )
    assert (found.value, found.so_far, found.excluded) == (1, None, ())
    assert [week["partial"] for week in found.series] == [False] * 8


def test_weeks_side_by_side_add_up_to_the_meetings_held_in_them(demonstration, days):
    held = {
        entry.id or (deal_id, at)
        for deal_id, deal in demonstration.deals.items()
        for at, entry in enumerate(deal.activity)
        if entry.is_held_meeting and entry.about != "other" and "2026-02-02" <= str(entry.date) <= "2026-11-08"
    }
    for first in days("2026-02-08", "2026-02-14"):
        week_by_week = [demonstration.on(first + timedelta(weeks=later)) for later in range(40)]
        assert sum(read_metric(snapshot, "meetings-per-week").value for snapshot in week_by_week) == len(held) == 38


@pytest.mark.parametrize("about", ["discovery", "renewal", "proposal"])
def test_meetings_of_the_three_kinds_count(reading, about):
    found = reading(
        "meetings-per-week", "2026-03-08", one(f"{{date: 2026-03-04, kind: meeting, about: {about}, status: held}}")
    )
    assert (found.value, found.parts["by_about"], found.included) == (1, {about: 1}, ("aspen",))


@pytest.mark.parametrize(
    "entry",
    [
        "{date: 2026-03-04, kind: meeting, about: other, status: held}",
        "{date: 2026-03-04, kind: meeting, status: held}",
        "{date: 2026-03-04, kind: meeting, about: discovery}",
        "{date: 2026-03-04, kind: meeting, about: discovery, status: scheduled}",
        "{date: 2026-03-04, kind: meeting, about: discovery, status: cancelled}",
        "{date: 2026-03-04, kind: meeting, about: discovery, status: no-show}",
        "{date: 2026-03-04, kind: call, outcome: spoke, about: discovery, status: held}",
        "{date: 2026-03-04, kind: event, about: discovery, status: held}",
        "{date: 2026-03-09, kind: meeting, about: discovery, status: held}",  # tomorrow
    ],
)
def test_what_was_not_held_or_was_about_something_else_does_not_count(reading, entry):
    found = reading("meetings-per-week", "2026-03-08", one(entry))
    assert (found.value, found.included) == (0, ())
    assert all(week["value"] == 0 for week in found.series)


def test_a_meeting_about_several_deals_counts_once(reading):
    found = reading(
        "meetings-per-week",
        "2026-03-08",
        """
        aspen: {stages: [discovery: 2026-01-05], activity: [{date: 2026-03-04, kind: meeting, about: discovery, status: held, id: consortium}]}
        birch: {stages: [discovery: 2026-01-05], activity: [{date: 2026-03-04, kind: meeting, about: discovery, status: held, id: consortium}]}
        """,
    )
    assert found.value == 1
    assert found.split == {"new business": 1}
    assert found.included == ("aspen", "birch")


def test_meetings_without_an_id_are_each_their_own(reading):
    entry = "{date: 2026-03-04, kind: meeting, about: discovery, status: held}"
    found = reading("meetings-per-week", "2026-03-08", one(f"{entry}, {entry}"))
    assert (found.value, found.included) == (2, ("aspen",))


def test_a_shared_meeting_that_one_deal_still_calls_scheduled_counts_where_it_was_held(reading):
    found = reading(
        "meetings-per-week",
        "2026-03-08",
        """
        aspen: {stages: [discovery: 2026-01-05], activity: [{date: 2026-03-04, kind: meeting, about: discovery, status: scheduled, id: joint}]}
        birch: {stages: [discovery: 2026-01-05], activity: [{date: 2026-03-04, kind: meeting, about: discovery, status: held, id: joint}]}
        """,
    )
    assert (found.value, found.included) == (1, ("birch",))


def test_a_meeting_that_two_deals_put_on_different_days_counts_once_on_the_first(reading):
    deals = """
        aspen: {stages: [discovery: 2026-01-05], activity: [{date: 2026-03-11, kind: meeting, about: discovery, status: held, id: joint}]}
        birch: {stages: [discovery: 2026-01-05], activity: [{date: 2026-03-04, kind: meeting, about: discovery, status: held, id: joint}]}
    """
    assert reading("meetings-per-week", "2026-03-08", deals).value == 1
    assert [week["value"] for week in reading("meetings-per-week", "2026-03-15", deals).series[-2:]] == [1, 0]
    assert reading("meetings-per-week", "2026-03-15", deals).value == 0


def test_new_and_existing_business_are_shown_apart(reading):
    found = reading(
        "meetings-per-week",
        "2026-03-08",
        """
        aspen: {stages: [discovery: 2026-01-05], activity: [{date: 2026-03-04, kind: meeting, about: discovery, status: held}]}
        cedar:
          stages: [renewals: 2026-01-05]
          type: existing business
          activity:
            - {date: 2026-03-02, kind: meeting, about: renewal, status: held}
            - {date: 2026-03-03, kind: meeting, about: proposal, status: held}
        """,
    )
    assert found.value == 3
    assert found.split == {"existing business": 2, "new business": 1}
    assert found.parts["by_about"] == {"discovery": 1, "proposal": 1, "renewal": 1}


def test_eight_weeks_are_shown_and_the_current_one_as_partial(reading):
    deals = one(
        "{date: 2026-01-05, kind: meeting, about: discovery, status: held},"  # the first of the eight weeks
        "{date: 2026-01-04, kind: meeting, about: discovery, status: held},"  # the Sunday before
        "{date: 2026-02-25, kind: meeting, about: discovery, status: held},"
        "{date: 2026-03-03, kind: meeting, about: discovery, status: held}"
    )
    weeks = reading("meetings-per-week", "2026-03-04", deals).series
    assert [week["week"] for week in weeks] == [f"2026-W{number:02d}" for number in range(2, 11)]
    assert [week["value"] for week in weeks] == [1, 0, 0, 0, 0, 0, 0, 1, 1]
    assert [week["partial"] for week in weeks] == [False] * 8 + [True]
    assert weeks[-1]["starts"] == "2026-03-02"


def test_the_last_week_of_a_year_reaches_into_the_next(reading):
    deals = one("{date: 2026-12-31, kind: meeting, about: discovery, status: held}")
    found = reading("meetings-per-week", "2027-01-03", deals)
    assert found.value == 1
    assert (found.series[-1]["week"], found.series[-1]["starts"]) == ("2026-W53", "2026-12-28")
    assert reading("meetings-per-week", "2027-01-04", deals).series[-1]["week"] == "2027-W01"
    assert reading("meetings-per-week", "2027-01-04", deals).value == 1
    assert reading("meetings-per-week", "2027-01-10", deals).value == 0


def test_a_meeting_before_the_deal_was_opened_counts_in_its_own_week(reading):
    deals = """
        aspen:
          stages: [enrichment: 2026-03-10]
          activity: [{date: 2026-03-04, kind: meeting, about: discovery, status: held}]
    """
    assert reading("meetings-per-week", "2026-03-08", deals).value == 1
    assert reading("meetings-per-week", "2026-03-10", deals).series[-2]["value"] == 1


@pytest.mark.parametrize("seed", range(8))
def test_a_week_that_is_over_reads_the_same_from_every_later_day(random_book, days, seed):
    book = random_book(seed)
    on_its_sunday = {
        str(sunday - timedelta(days=6)): read_metric(book.on(sunday), "meetings-per-week").value
        for sunday in days("2025-10-05", "2026-12-27")[::7]
    }
    assert any(on_its_sunday.values())
    for on in days("2026-01-01", "2026-12-31")[::3]:
        for week in (week for week in read_metric(book.on(on), "meetings-per-week").series if not week["partial"]):
            assert week["value"] == on_its_sunday[week["starts"]], (on, week)
