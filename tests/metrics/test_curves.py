"""Conversions as curves: what has become of attempts by days, and of those of each month; and which of them were calls."""

from datetime import date
from random import Random

import pytest

from salesops.metrics.curves import Course, by_days, cohorts

CONVERSION = "outreach-to-discovery"
CALLS = "discovery-to-proposal"
SOME = """
    quick:   {stages: [outreach: 2026-01-05, discovery: 2026-01-10]}
    slow:    {stages: [outreach: 2026-01-20, closed lost: 2026-04-30]}
    waiting: {stages: [outreach: 2026-02-02]}
    warm:    {stages: [outreach: 2026-02-10], parked: [{since: 2026-02-20, why: Their budget}]}
"""


def test_the_curve_counts_whoever_is_open_for_as_long_as_it_was_followed(reading):
    curve = reading(CONVERSION, "2026-06-01", SOME).tables["by_days"]
    told = {row["days"]: row for row in curve}
    assert (told[0]["followed"], told[0]["converted"], told[0]["undecided"]) == (4, 0.0, 1.0)
    assert (told[7]["followed"], told[7]["converted"], told[7]["failed"]) == (3, 0.25, 0.0)
    assert told[90]["followed"] == 2, "the lost one and the open one; the parked one was followed for 10 days"
    assert told[120]["failed"] == pytest.approx(0.75 * 1 / 2)
    assert curve[-1]["days"] == 120, "all that was followed is told"


def test_the_days_of_parking_are_in_no_curve(reading):
    back = """
    back: {stages: [outreach: 2026-01-05, discovery: 2026-02-04], parked: [{since: 2026-01-10, until: 2026-01-30, why: Exams}]}
    """
    (first, second, last) = reading(CONVERSION, "2026-06-01", back).tables["by_days"]
    assert [(row["days"], row["converted"]) for row in (first, second, last)] == [(0, 0.0), (7, 0.0), (14, 1.0)]


def test_every_month_has_its_attempts_and_what_became_of_them_so_far(reading):
    january, february = reading(CONVERSION, "2026-06-01", SOME).tables["by_month"]
    counts = ("month", "n", "converted", "failed", "open", "parked", "to_date")
    assert [january[name] for name in counts] == ["2026-01", 2, 1, 1, 0, 0, 0.5]
    assert [february[name] for name in counts] == ["2026-02", 1, 0, 0, 1, 1, 0.0]
    assert january["interval"] == pytest.approx((0.0945, 0.9055), abs=1e-4)


def test_a_month_of_parked_attempts_alone_has_no_rate():
    (only,) = cohorts([Course(date(2026, 1, 5), 3, "parked")])
    assert (only["n"], only["parked"], only["to_date"], only["interval"]) == (0, 1, None, None)


def test_nothing_that_began_has_no_curve_and_no_months(reading):
    assert reading(CONVERSION, "2026-06-01", {}).tables == {"by_days": [], "by_month": []}


@pytest.mark.parametrize("seed", range(10))
def test_the_months_add_up_to_the_number_and_the_curve_to_one(implemented, random_book, seed):
    snapshot = random_book(seed, size=60).on(date(2026, 9, 1))
    for id in (CONVERSION, CALLS, "enrichment-to-outreach", "proposal-to-won"):
        found = implemented[id].measure(snapshot)
        months = found.tables["by_month"]
        attempts = found.parts["attempts"]
        assert {name: sum(row[name] for row in months) for name in ("converted", "failed", "open", "parked")} == {
            name: attempts[name] for name in ("converted", "failed", "open", "parked")
        }
        for row in found.tables["by_days"]:
            assert row["converted"] + row["failed"] + row["undecided"] == pytest.approx(1)


@pytest.mark.parametrize("seed", range(10))
def test_where_all_are_decided_the_curve_ends_at_the_plain_rate(seed):
    dice = Random(seed)
    courses = [
        Course(date(2026, 1, 1), dice.randrange(400), dice.choice(("converted", "failed", "failed"))) for _ in range(50)
    ]
    hits = sum(course.became == "converted" for course in courses)
    assert by_days(courses)[-1]["converted"] == pytest.approx(hits / 50)
    assert by_days(courses)[-1]["undecided"] == pytest.approx(0)


def test_a_call_is_an_attempt_in_which_they_met_and_the_others_are_named(reading):
    found = reading(
        CALLS,
        "2026-06-01",
        """
        met:    {stages: [discovery: 2026-01-05, proposal: 2026-02-02], activity: [{date: 2026-01-12, kind: meeting, about: discovery, status: held}]}
        missed: {stages: [discovery: 2026-01-05, closed lost: 2026-02-02], activity: [{date: 2026-01-12, kind: meeting, about: discovery, status: no-show}]}
        mailed: {stages: [discovery: 2026-01-05]}
        """,
    )
    assert (found.hits, found.out_of, found.open) == (1, 2, 1)
    assert found.parts["calls"] == {"converted": 1, "failed": 0, "open": 0, "parked": 0}
    assert found.tables["without_a_call"] == [
        {"deal": "mailed", "attempt": 1, "became": "open"},
        {"deal": "missed", "attempt": 1, "became": "failed"},
    ]


@pytest.mark.parametrize(("met", "calls"), [("2026-02-02", (0, 1)), ("2026-02-03", (1, 0)), ("2026-03-02", (1, 0))])
def test_a_meeting_after_a_loss_is_a_call_of_the_next_attempt(reading, met, calls):
    meeting = f"{{date: {met}, kind: meeting, about: discovery, status: held}}"
    moves = "discovery: 2026-01-05, closed lost: 2026-02-02, discovery: 2026-03-02, proposal: 2026-03-09"
    found = reading("discovery-to-proposal", "2026-06-01", f"aspen: {{stages: [{moves}], activity: [{meeting}]}}")
    assert (found.parts["calls"]["converted"], found.parts["calls"]["failed"]) == calls


def test_calls_are_told_apart_where_the_process_asks_for_a_discovery_meeting_and_nowhere_else(reading, process):
    assert "calls" not in reading(CONVERSION, "2026-06-01", SOME).parts
    line = process.red_lines[0].model_copy(update={"metric": CONVERSION, "of": "calls"})
    counting = process.model_copy(update={"red_lines": (line,)})
    found = reading(CONVERSION, "2026-06-01", SOME, versions={"v3": counting})
    assert found.parts["calls"] == {"converted": 0, "failed": 0, "open": 0, "parked": 0}
