"""``salesops today --go``: what waits is taken one by one, and what is said of it is written."""

from __future__ import annotations

import sys

import pytest
from gitting import Git
from terminal import typed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")

LATE = (
    "next: {action: Find out who pays, due: 2026-11-18}\nactivity:\n  - {date: 2026-11-10, kind: note, note: Begun}\n"
)


@pytest.fixture
def crm(repo):
    repo.deal(LATE)
    git = Git(repo.root)
    git.begin()
    git("config", "salesops.me", "jim")
    return repo


def deal(crm, id: str = "acme"):
    return crm.book().deals[id]


def test_words_become_a_note_and_the_next_step_is_asked_for(crm):
    code, screen = typed(crm.root, ["today", "--go"], ["They pay by school", "Call the dean, tue"])
    assert code == 0, screen
    assert "1/1  Cascadia University (acme), Enrichment " in screen
    assert "next step was due on 2026-11-18: Find out who pays" in screen
    assert "written: " in screen
    assert "nothing waits any more" in screen
    entry = deal(crm).activity[-1]
    assert (entry.kind, entry.note, str(entry.date)) == ("note", "They pay by school", "2026-11-20")
    assert (deal(crm).next.action, str(deal(crm).next.due)) == ("Call the dean", "2026-11-24")
    assert crm.run("undo").code == 0
    assert deal(crm).next.action == "Find out who pays"


def test_a_call_is_said_as_one_and_asked_what_came_of_it(crm):
    code, screen = typed(crm.root, ["today", "--go"], ["call They pay: by school, #1", "voice", "Try again, tue"])
    assert code == 0, screen
    entry = deal(crm).activity[-1]
    assert (entry.kind, entry.outcome, entry.note) == ("call", "voicemail", "They pay: by school, #1")


def test_a_sentence_that_begins_with_call_is_a_note(crm):
    code, screen = typed(
        crm.root,
        ["today", "--go"],
        [
            "Call centre says no",
            "",
        ],
    )
    assert code == 0, screen
    assert (deal(crm).activity[-1].kind, deal(crm).next.action) == ("note", "Find out who pays")
    assert "1 thing still waits" in screen


def test_only_the_next_step_or_nothing(crm):
    code, screen = typed(crm.root, ["today", "--go"], ["n", "Ask the dean", "Ask the dean, tue"])
    assert code == 0, screen
    assert "by when? Write the day at the end" in screen
    assert (len(deal(crm).activity), deal(crm).next.action) == (1, "Ask the dean")


@pytest.mark.parametrize("answers", [["s"], [""], ["q"]])
def test_what_is_skipped_stays_as_it_is(crm, answers):
    before = (crm.root / "deals/acme.yaml").read_bytes()
    code, screen = typed(crm.root, ["today", "--go"], answers)
    assert code == 0, screen
    assert (crm.root / "deals/acme.yaml").read_bytes() == before
    assert "1 thing still waits" in screen


def test_what_is_refused_is_named_and_asked_again(crm):
    code, screen = typed(crm.root, ["today", "--go"], ["…", "z", "They pay by school", "Call the dean, tue"])
    assert code == 0, screen
    assert screen.count("one of: n, ") == 2
    assert deal(crm).activity[-1].note == "They pay by school"


def test_it_goes_from_one_to_the_next_and_leaves_out_what_no_longer_waits(crm):
    crm.deal(LATE.replace("2026-11-18", "2026-11-16"), id="older")
    crm.not_handed_off()
    code, screen = typed(crm.root, ["today", "--go", "--for", "all"], ["s", "Said no", "Write, tue", "s"])
    assert code == 0, screen
    assert screen.index("(cascadia-2025)") < screen.index("(older)") < screen.index("(acme)")
    assert (deal(crm, "older").activity[-1].note, deal(crm, "older").next.action) == ("Said no", "Write")
    assert "1/3" in screen
    assert "3/3" in screen


def test_nothing_that_waits_is_said(crm):
    code, screen = typed(crm.root, ["today", "--go", "--for", "april"], [])
    assert (code, screen) == (0, "nothing waits any more\n")


def test_without_a_terminal_it_says_what_to_do_instead(crm):
    ran = crm.run("today", "--go")
    assert ran.code == 2
    assert "there is no terminal here" in ran.err
    assert crm.run("today", "--go", "--known", "HEAD").code == 2
