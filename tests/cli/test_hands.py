"""What all commands that write share."""

from __future__ import annotations

import pytest

from salesops.cli import hands
from salesops.cli.actions import check
from salesops.problems import CannotDecide

WRITING = {
    "log": ["log", "acme", "note", "They teach"],
    "new": ["new", "member", "Pinecrest", "--kind", "univ", "--country", "canada"],
    "move": ["move", "acme", "outreach"],
    "close": ["close", "acme", "lost"],
    "park": ["park", "acme", "--until", "open", "--why", "Waits"],
    "resume": ["resume", "acme"],
    "reopen": ["reopen", "acme", "--why", "They wrote"],
    "renew": ["renew", "acme"],
    "set": ["set", "acme", "expected_close", "1 feb"],
    "undo": ["undo"],
    "propose": ["propose"],
    "review": ["review", "--record"],
    "check": ["check", "--fix"],
}


@pytest.mark.parametrize("words", WRITING.values(), ids=WRITING)
def test_where_a_record_cannot_be_read_it_is_said_that_nothing_was_written(repo, monkeypatch, words):
    def unread(_):
        raise CannotDecide("deals/acme.yaml: Input/output error")

    repo.deal()
    monkeypatch.setattr(hands, "read", unread)
    monkeypatch.setattr(check, "read", unread)
    ran = repo.run(*words)
    said = str(ran.out + ran.err)
    assert (ran.code, said.count("Input/output error")) == (3, 1)
    assert said.endswith("nothing was written\n")
