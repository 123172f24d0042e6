"""What was known on an evening is what a checkout of that evening says: page by page, and command by command."""

from __future__ import annotations

import filecmp
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from gitting import Git

LAST = date(2026, 11, 16)
MONDAYS = [str(LAST - timedelta(weeks=back)) for back in range(12)]


@pytest.fixture
def checkout(demo, tmp_path):
    """The demonstration as it lay there on an evening, in a folder of its own."""

    def of(day):
        midnight = f"--before={day}T23:59:59-0800"  # where the team is, in November
        commit = Git(demo.root)("rev-list", "-1", "--first-parent", midnight, "main")
        Git(demo.root)("clone", "-q", "--no-checkout", str(demo.root), str(tmp_path / day))
        Git(tmp_path / day)("checkout", "-q", commit)
        return type(demo)(tmp_path / day)

    return of


def out(repo, *words):
    ran = repo.run(*words, SALESOPS_AS_OF="")
    assert ran.code == 0, (words, ran.err)
    return ran.out


def data(repo, *words):
    return json.loads(out(repo, *words, "--format", "json"))


def files(folder: Path):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def assert_the_site_is_the_same(demo, then, day, tmp_path):
    known, there = tmp_path / "known", tmp_path / "there"
    out(demo, "site", "--known", day, "--output", str(known))
    out(then, "site", "--as-of", day, "--output", str(there))
    assert files(known) == files(there)
    _, unlike, unread = filecmp.cmpfiles(known, there, files(known), shallow=False)
    assert (unlike, unread) == ([], [])
    assert len(files(known)) > 100


@pytest.mark.parametrize("day", MONDAYS[:1])
@pytest.mark.proof
def test_the_site_as_known_on_a_monday_is_the_site_of_a_checkout_of_that_evening(demo, checkout, tmp_path, day):
    assert_the_site_is_the_same(demo, checkout(day), day, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("day", MONDAYS[1:])
def test_so_it_is_on_each_of_the_last_twelve_mondays(demo, checkout, tmp_path, day):
    assert_the_site_is_the_same(demo, checkout(day), day, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize("day", [MONDAYS[0], MONDAYS[7]])
def test_every_command_with_known_says_what_the_checkout_says(demo, checkout, day):
    then = checkout(day)
    deals = sorted(path.stem for path in (then.root / "deals").rglob("*.yaml"))[::6]
    asked = [
        ("list",),
        ("list", "members"),
        ("board",),
        ("explain", "sqd"),
        ("explain", "win-rate"),
        ("metrics", "--evidence"),
    ]
    asked += [("show", deal) for deal in deals] + [("show", "alder-coast-university"), ("explain", "stalled")]
    asked += [("invoices",), ("invoices", "--month", "2026-08")]
    for words in asked:
        assert out(demo, *words, "--known", day) == out(then, *words, "--as-of", day), words
        known, there = data(demo, *words, "--known", day), data(then, *words, "--as-of", day)
        known.pop("known", None), there.pop("known", None)  # of a checkout there is no commit to name
        assert known == there, words


def assert_the_review_is_the_same(demo, then, day):
    """In words and as data; the site's page is compared with all the others."""
    assert out(demo, "review", "--known", day) == out(then, "review", "--as-of", day)
    assert out(demo, "review", "--month", "--known", day) == out(then, "review", "--month", "--as-of", day)
    known, there = data(demo, "review", "--known", day), data(then, "review", "--as-of", day)
    assert known.pop("known")["day"] == day
    assert there.pop("known") is None
    assert known == there


@pytest.mark.proof
@pytest.mark.parametrize("day", MONDAYS[::5])
def test_the_review_of_a_monday_is_the_one_that_was_held_that_evening(demo, checkout, day):
    assert_the_review_is_the_same(demo, checkout(day), day)


@pytest.mark.long
@pytest.mark.parametrize("back", range(78))
def test_so_it_is_on_every_monday_of_the_demonstration(demo, checkout, back):
    day = str(LAST - timedelta(weeks=back))
    assert_the_review_is_the_same(demo, checkout(day), day)
