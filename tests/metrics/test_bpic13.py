"""1,487 real cases with loops and re-entries: visits and days in stage agree with figures that somebody else worked out.

Where the definitions differ, the test says so. The figures there are in fractions of a day, ours in whole calendar days
(whole days): counts must be equal, means may differ by less than a day for each visit. A case counts there for a
state once any visit has ended; here an attempt counts for a stage once it has left it for good, so the cases that end in
a state are compared only where no case does.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from statistics import fmean

import pytest
from booking import book_of

from salesops.book.book import Book
from salesops.metrics import read_metric
from salesops.records.deal import Deal
from salesops.records.process import Process

DATA = Path(os.environ.get("SALESOPS_DATA", Path(__file__).parents[2].parent / "shared/data")) / "bpic13_stage_times"
END = date(2013, 1, 1)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data is not here: set SALESOPS_DATA")


def name_of(state: str) -> str:
    return state.lower()


@pytest.fixture(scope="module")
def answers():
    return json.loads((DATA / "answers.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cases() -> dict[str, list[tuple[str, date]]]:
    """Each case as moves: consecutive events in one state are one visit, in the order of time."""
    with gzip.open(DATA / "events.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    known: dict[str, list[tuple[str, date]]] = {}
    by_case = sorted(rows, key=lambda row: (row["case"], row["at"]))
    for case, events in groupby(by_case, key=lambda row: row["case"]):
        for state, visit in groupby(events, key=lambda row: row["state"]):
            day = datetime.fromisoformat(next(visit)["at"]).date()
            known.setdefault(case, []).append((name_of(state), day))
    return known


@pytest.fixture(scope="module")
def book(cases) -> Book:
    states = sorted({state for moves in cases.values() for state, _ in moves})
    process = Process.model_validate(
        {
            "version": "bpic13",
            "in_force": "2000-01-01",
            "changelog": "Every state is an open stage.",
            "tiers": {"any": {"name": "Any"}},
            "starts": {"new business": states[0]},
            "stages": {state: {"title": state} for state in states},
        }
    )
    deals = {
        f"case-{case}": Deal.model_validate(
            {
                "title": "Case",
                "member": "volvo",
                "type": "new business",
                "tier": "any",
                "owner": "somebody",
                "stages": [{state: str(day)} for state, day in moves],
            }
        )
        for case, moves in cases.items()
    }
    return book_of(versions={"bpic13": process}, deals=deals)


def test_every_case_and_every_visit_is_there(book, answers):
    assert len(book.histories) == answers["cases"]
    assert sum(len(history.visits) for history in book.histories.values()) == answers["visits"]


def test_as_many_cases_come_back_to_a_state(book, answers):
    back = [
        history
        for history in book.histories.values()
        if len({visit.stage for visit in history.visits}) < len(history.visits)
    ]
    assert len(back) == answers["cases_that_re_enter_a_state"]


def test_as_many_visits_to_each_state_have_ended(book, answers):
    for state, figures in answers["days_per_completed_visit"].items():
        ended = [
            visit
            for history in book.histories.values()
            for visit in history.visits
            if visit.stage == name_of(state) and visit.left
        ]
        assert len(ended) == figures["visits"]
        assert fmean(visit.days(END) for visit in ended) == pytest.approx(figures["mean"], abs=1)


def test_days_in_stage_add_up_the_visits_of_a_case(book, cases, answers):
    snapshot = book.on(END)
    for state, figures in answers["cumulative_days_per_case"].items():
        if state == "Completed-Closed":
            continue  # every case ends here: for us all of them are still in it
        reading = read_metric(snapshot, f"days-in-{name_of(state).replace(' ', '-')}")
        assert reading.n == figures["cases"]
        assert reading.value == pytest.approx(figures["mean"], abs=1)
        assert sorted(reading.values) == sorted(whole_days(cases, name_of(state)))


def test_all_cases_are_still_in_the_state_in_which_they_end(book, answers):
    reading = read_metric(book.on(END), "days-in-completed-closed")
    assert reading.n == 0
    assert reading.value is None
    assert len(reading.excluded) == answers["final_state"]["Completed-Closed"]


def whole_days(cases: dict[str, list[tuple[str, date]]], state: str) -> list[int]:
    """The same sum once more, without any code of the product."""
    sums = []
    for moves in cases.values():
        ends = [day for _, day in moves[1:]]
        spent = [(end - day).days for (name, day), end in zip(moves, ends, strict=False) if name == state]
        if spent:
            sums.append(sum(spent))
    return sums
