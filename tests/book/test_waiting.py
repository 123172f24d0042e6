"""Waiting, as the first process had it: to the side of the way, and carried over as parked by the version that says so."""

from __future__ import annotations

from datetime import date

import pytest

from salesops.book.status import Standing
from salesops.metrics import read_metric

WAITS = """
stages:
  - active lead: 2022-02-07
  - waiting: 2022-03-07
"""
LAST, FIRST = date(2026, 11, 30), date(2026, 12, 1)
"""The last day of v3, and the first of v4."""


@pytest.fixture
def book(repo, home):
    for file in (home / "playbook/process").iterdir():
        repo.write(f"playbook/process/{file.name}", file.read_bytes())
    repo.deal(WAITS)
    return repo.book()


def test_a_deal_that_still_waits_is_parked_from_the_version_on_that_says_so(book):
    before, after = (Standing(book.on(day), book.on(day).history("acme")) for day in (LAST, FIRST))
    assert (before.parked, before.is_open) == (None, True)
    assert after.parked == "parked with no return date"


def test_its_age_stops_on_that_day(book):
    ages = [Standing(book.on(day), book.on(day).history("acme")).age for day in (LAST, FIRST, date(2027, 6, 1))]
    assert ages[0] == (LAST - date(2022, 3, 7)).days
    assert ages[1] == ages[2] == (FIRST - date(2022, 3, 7)).days


def test_it_leaves_the_pipeline_on_that_day(book):
    assert ["acme" in read_metric(book.on(day), "open-deals").included for day in (LAST, FIRST)] == [True, False]


def test_show_says_that_it_is_parked(repo, book):
    assert "parked with no return date" in repo.run("show", "acme", "--as-of", "2026-12-02").out
    assert "parked" not in repo.run("show", "acme", "--as-of", "2026-11-30").out


def test_a_deal_that_waits_has_agreed_to_nothing(book, repo):
    repo.deal("stages: [{active lead: 2022-02-07}, {needs admin: 2022-03-07}]\nvalue: {mrr: 900 USD}\n", "agreed")
    snapshot = repo.book().on(date(2022, 6, 1))
    reading = read_metric(snapshot, "lead-to-agreement")
    assert (reading.hit, reading.hits, reading.out_of, reading.open) == (("agreed",), 1, 1, 1)
    assert not snapshot.process.reaches("waiting", "needs admin")


def test_a_skipped_stage_is_named_along_the_path_and_never_one_to_the_side(repo, book):
    repo.deal("stages: [{active lead: 2022-02-07}, {active service: 2022-03-07}]\ncontract: {start: 2022-03-07}\n")
    (found,) = [each for each in repo.problems() if each.code == "stage-skipped"]
    assert (found.message, found.fix) == (
        "the move from 'active lead' to 'active service' skips 'needs admin'",
        "- needs admin: …",
    )


@pytest.mark.parametrize(
    ("stage", "day", "said"),
    [
        ("partnering", "2026-02-02", "'partnering' is called 'proposal' since v3"),
        ("waiting", "2026-02-02", "'waiting' is called 'outreach' since v3"),
        ("waiting", "2024-02-05", "'waiting' is called 'prospecting' since v2"),
    ],
)
def test_a_stage_under_its_old_name_is_told_its_new_one_and_since_when(repo, book, stage, day, said):
    repo.deal(f"stages: [{{{stage}: {day}}}]\n")
    (found,) = [each for each in repo.problems() if each.code == "stage-unknown"]
    assert found.help == said


def test_a_stage_that_has_its_own_name_is_called_nothing_else(book):
    assert book.called_since("partnering", date(2024, 2, 5)) is None
    assert book.called_since("proposal", LAST) is None
    assert book.called_since("nowhere", LAST) is None


def test_a_person_who_asks_for_a_stage_by_its_old_name_gets_it_and_is_told(repo, book):
    said = repo.run("explain", "partnering").out
    assert said.startswith("'partnering' is called 'proposal' since v3\nProposal (proposal, process v3)")
    assert repo.run("list", "--stage", "waiting").out.splitlines()[1].startswith("acme")
