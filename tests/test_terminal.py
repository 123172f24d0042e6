"""A person at a terminal: whoever is asked more than they can answer fails, and leaves no command behind."""

from __future__ import annotations

import os
import sys

import pytest
import terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")


def test_a_command_that_asks_more_than_is_answered_is_ended(repo, monkeypatch):
    ended = []
    kill = os.kill
    monkeypatch.setattr(terminal, "PATIENCE", 2.0)
    monkeypatch.setattr(terminal, "GRACE", 0.1)
    monkeypatch.setattr(os, "kill", lambda child, how: (ended.append(child), kill(child, how)))
    repo.deal()
    with pytest.raises(AssertionError, match="still asks"):
        terminal.typed(repo.root, ["close", "acme", "lost"], [])
    with pytest.raises(ChildProcessError):
        os.waitpid(ended[0], os.WNOHANG)


def test_an_answer_that_is_never_asked_for_is_named(repo):
    with pytest.raises(AssertionError, match="never asked for"):
        terminal.typed(repo.root, ["list"], ["nobody"])
