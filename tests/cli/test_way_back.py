"""The way back: at every question of every command, ``<`` goes to the one before, and what was answered before that stays."""

from __future__ import annotations

import sys

import pytest
from gitting import Git
from terminal import typed

from salesops.records.yaml_reader import read

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
TOLD = "< goes back to the question before."


@pytest.fixture
def crm(repo):
    repo.deal("next: {action: Call the dean, due: 2026-11-18}\n", "acme")
    git = Git(repo.root)
    git.begin()
    git("config", "salesops.me", "jim")
    return repo


def held(crm, path: str = "deals/acme.yaml"):
    return read(path, (crm.root / path).read_bytes())[0].data


def test_a_slip_in_a_form_is_corrected_at_once_and_the_answers_before_it_stay(crm):
    answers = ["Pinecrest", "univ", "canada", "", "", "1450", "<", "1540", "dean", "", "", "y"]
    code, screen = typed(crm.root, ["new", "deal"], answers)
    assert code == 0
    assert screen.count(TOLD) == 1
    assert screen.index(TOLD) < screen.index("Institution ")
    assert screen.count("Country  ") == 1, "what stays answered is not shown again"
    deal, member = held(crm, "deals/pinecrest-general.yaml"), held(crm, "members/pinecrest.yaml")
    assert (deal["value"]["mrr"], member["country"], member["contacts"][0]["id"]) == ("1540 USD", "CA", "dean")


@pytest.mark.proof
def test_one_goes_back_several_questions_and_from_the_last_yes_too(crm):
    answers = ["call", "spoke", "<", "<", "email", "They answer", "", "<", "Send it, mon", "y"]
    code, screen = typed(crm.root, ["log", "acme"], answers)
    assert code == 0
    assert screen.count("what was it?") == 2
    assert held(crm)["activity"] == [{"date": "2026-11-20", "kind": "email", "note": "They answer"}]
    assert held(crm)["next"] == {"action": "Send it", "due": "2026-11-23"}


def test_before_the_first_question_there_is_none(crm):
    code, screen = typed(crm.root, ["park", "acme"], ["<", "1 feb", "Waits", "y"])
    assert (code, screen.count("There is no question before this one.")) == (0, 1)
    assert held(crm)["parked"] == [{"since": "2026-11-20", "until": "2027-02-01", "why": "Waits"}]


@pytest.mark.proof
def test_the_headline_of_a_question_is_shown_again_when_one_comes_back_to_it(crm):
    answers = ["price", "<", "timing", "Ask who pays", "exec", "never", "none needed", "y"]
    code, screen = typed(crm.root, ["close", "acme", "lost"], answers)
    assert code == 0, screen
    assert screen.count("1  Reason:") == 2
    assert held(crm)["loss"]["reason"] == "timing"


def test_at_the_last_yes_one_goes_back_although_nothing_else_was_asked_first(crm):
    code, screen = typed(crm.root, ["log", "acme", "note", "They teach"], ["<", "n"])
    assert (code, TOLD in screen) == (0, False)
    assert "There is no question before this one." in screen


def test_in_the_list_of_what_waits_one_goes_back_within_a_record_and_never_behind_what_is_written(crm):
    crm.deal("next: {action: Write to them, due: 2026-11-19}\n", "birch")
    answers = ["They pay by shool", "<", "They pay by school", "Call, fri", "<", "s"]
    code, screen = typed(crm.root, ["today", "--go"], answers)
    assert code == 0
    assert screen.count(TOLD) == 1
    assert "There is no question before this one." in screen
    assert [it["note"] for it in held(crm)["activity"]] == ["They pay by school"]


def test_what_must_be_said_is_asked_again_and_the_answers_before_it_are_not_lost(crm):
    code, screen = typed(crm.root, ["park", "acme"], ["1 feb", "", "Waits", "y"])
    assert (code, screen.count("It cannot be left open.")) == (0, 1)
    assert held(crm)["parked"][0]["why"] == "Waits"
