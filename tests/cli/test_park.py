"""``salesops park`` and ``salesops resume``: a deal waits without being lost, and comes back."""

from __future__ import annotations

import pytest

from salesops.records.yaml_reader import read


def parked(repo) -> list:
    document, problems = read("deals/acme.yaml", (repo.root / "deals/acme.yaml").read_bytes())
    assert problems == []
    return document.data.get("parked", [])


def test_a_parked_deal_says_until_when_and_what_it_waits_for(repo):
    repo.deal()
    ran = repo.run("park", "acme", "--until", "1 mar", "--why", "The grant, again")
    assert (ran.code, ran.err) == (0, "1 mar: Monday 2027-03-01\n")
    assert parked(repo) == [{"since": "2026-11-20", "until": "2027-03-01", "why": "The grant, again"}]


@pytest.mark.parametrize(
    ("said", "until"), [("2027Q1", "2027Q1"), ("sep 2027", "2027-09"), ("open", None), ("+30", "2026-12-20")]
)
def test_the_day_of_return_may_be_a_month_a_quarter_or_open(repo, said, until):
    repo.deal()
    assert repo.run("park", "acme", "--until", said, "--why", "A grant").code == 0
    assert parked(repo)[0].get("until") == until


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["acme"], 1, "--until DAY|open    when does it come back?"),
        (["acme", "--until", "open"], 1, '--why "WORDS"    what does it wait for?'),
        (["acme", "--until", "never", "--why", "So"], 2, "a deal that never comes back is lost"),
        (["acme", "--until", "3/4", "--why", "So"], 2, "'3/4' is 4 mar or 3 apr"),
        (["acme", "--until", "yesterday", "--why", "So"], 2, "2026-11-19 is not after 2026-11-20, since when it waits"),
        (["acme", "--until", "2026Q4", "--why", "So"], 2, "2026Q4 is not after 2026-11-20, since when it waits"),
        (["acme", "--until", "+5", "--date", "+2", "--why", "So"], 1, "2026-11-22 is still to come"),
        (["cascadia-2025", "--until", "open", "--why", "So"], 1, "only an open deal waits"),
    ],
)
def test_what_is_missing_or_cannot_be_is_named_and_nothing_is_written(repo, words, code, says):
    repo.deal()
    ran = repo.run("park", *words)
    assert (ran.code, parked(repo)) == (code, [])
    assert says in ran.out + ran.err


def test_a_deal_is_parked_once_and_the_same_again_changes_nothing(repo):
    repo.deal()
    words = ("park", "acme", "--until", "1 mar", "--why", "A grant")
    assert repo.run(*words).code == repo.run(*words).code == 0
    assert len(parked(repo)) == 1
    repo.deal("parked: [{since: 2026-11-02, until: 2027-03-01, why: A grant}]\n")
    ran = repo.run("park", "acme", "--until", "1 apr", "--why", "Another")
    assert (ran.code, len(parked(repo))) == (1, 1)
    assert "acme is parked since 2026-11-02, until 2027-03-01: A grant" in ran.err
    assert repo.run("set", "acme", "parked.0.until", "1 apr").code == 0
    assert parked(repo)[0]["until"] == "2027-04-01"


def test_a_deal_that_is_resumed_is_back_today_with_its_next_step(repo):
    repo.deal("parked:\n  - {since: 2026-10-01, until: 2027-03-01, why: A grant}\n")
    ran = repo.run("resume", "acme", "--next", "Call the dean, fri")
    assert ran.code == 0
    assert parked(repo) == [{"since": "2026-10-01", "until": "2026-11-20", "why": "A grant"}]
    assert "due: 2026-11-20" in (repo.root / "deals/acme.yaml").read_text()


def test_a_span_with_no_return_date_gets_one(repo):
    repo.deal("parked:\n  - {since: 2026-10-01, why: A grant}\n")
    assert repo.run("resume", "acme", "--date", "thu").code == 0
    assert parked(repo) == [{"since": "2026-10-01", "until": "2026-11-19", "why": "A grant"}]


def test_what_was_parked_today_is_taken_back_and_not_resumed(repo):
    before = repo.deal("parked:\n  - {since: 2026-11-20, until: 2027-03-01, why: A grant}\n").read_bytes()
    ran = repo.run("resume", "acme")
    assert (ran.code, "salesops undo takes that back" in ran.err) == (1, True)
    assert (repo.root / "deals/acme.yaml").read_bytes() == before


def test_a_deal_that_is_not_parked_has_nothing_to_resume(repo):
    before = repo.deal().read_bytes()
    ran = repo.run("resume", "acme")
    assert (ran.code, ran.out) == (0, "acme is not parked on 2026-11-20.\n")
    assert (repo.root / "deals/acme.yaml").read_bytes() == before


def test_a_parked_deal_without_a_next_step_says_that_it_waits(repo):
    repo.deal("next: null")
    ran = repo.run("park", "acme", "--until", "2027-03-01", "--why", "The grant")
    assert ran.code == 0
    assert "no next step yet" not in ran.out
    assert "parked until 2027-03-01" in ran.out
