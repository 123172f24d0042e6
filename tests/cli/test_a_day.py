"""A day of a salesperson, or a few: a lead comes in, and all that may happen to it, by commands alone; no file is opened, no git is typed."""

from __future__ import annotations

import sys

import pytest
from gitting import CLEAN, Git
from terminal import Answer, typed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")

DEAL = "pinecrest-college-general"
HAPPENED = (
    "Enrichment → Outreach", "Outreach → Discovery", "Discovery → Closed Lost", "Ask in the first call who pays", "The dean found the money",
    "Discovery → Proposal", "Proposal → Closed Won", "new deal (existing business), in Renewals", "| won | − 1 | − 17,400 USD |",
)  # fmt: skip
"""What the report of the pull request tells, besides the numbers."""
PULL = "https://github.com/our-org/sales/pull/40"


@pytest.fixture
def crm(repo, tmp_path, monkeypatch):
    """A clone whose remote lies on this disk, with a program of GitHub that opens pull requests there."""
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "bin").mkdir()
    gh = tmp_path / "bin/gh"
    gh.write_text(f'#!/bin/sh\nfor word in "$@"; do echo "$word"; done > {tmp_path}/gh.log\necho {PULL}\n')
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    git = Git(repo.root)
    git.begin()
    git("init", "-q", "--bare", "-b", "main", "../remote.git")
    git("remote", "add", "origin", "../remote.git")
    git("push", "-q", "-u", "origin", "main")
    return repo


def merged(crm) -> None:
    """A colleague presses the green button."""
    git = Git(crm.root)
    git("push", "-q", "origin", "HEAD:main")
    git("fetch", "-q", "origin")


@pytest.fixture
def does(crm):
    """Does one thing on a day: by what is typed at a terminal where somebody answers, else by the command alone; then all is sound."""

    def does(day: str, *words: str, answers: list[Answer] | None = None) -> str:
        if answers is None:
            ran = crm.run(*words, SALESOPS_AS_OF=day)
            code, said = ran.code, ran.out + ran.err
        else:
            code, said = typed(crm.root, words, answers, day)
        assert code == 0, said
        for check in (["check"], ["check", "--against", "origin/main"]):
            ran = crm.run(*check, SALESOPS_AS_OF=day)
            assert ran.code == 0, f"after {' '.join(words)}:\n{said}\n{ran.out}"
        return said

    return does


@pytest.mark.proof
def test_a_lead_is_qualified_moved_lost_opened_again_won_renewed_taken_back_and_proposed(crm, does):
    does("2026-11-02", "new", "deal", answers=[
        "Pinecrest College", "edu", "canada", "general", "conference", "1450/month 12", "dean",
        "Met at the fair, wants a demo", "Send slides, fri", "jim", "y",
    ])  # fmt: skip
    does("2026-11-02", "propose", answers=["y"])
    merged(crm)
    said = does("2026-11-03", "move", "pinecrest", "outreach", answers=[
        "met", "Their server died, in term", "partial", "A grant, perhaps", "teaching", "yes", "Write to the dean, 10 nov", "y",
    ])  # fmt: skip
    assert "Nobody moves a course off a server that works." in said
    does("2026-11-05", "log", "pinecrest", "call", "Wants it for two courses", answers=["spoke", "y"])
    does("2026-11-06", "move", "pinecrest", "discovery", answers=["Hear what they need, 12 nov", "y"])
    said = does("2026-11-09", "close", "pinecrest", "lost", answers=[
        "timing", "Ask in the first call who pays", "exec", "sep 2027", "none needed", "y",
    ])  # fmt: skip
    assert "Discovery → Closed Lost" in said
    does("2026-11-11", "reopen", "pinecrest", "--why", "The dean found the money", "--next", "Meet, thu")
    does(
        "2026-11-12",
        "log",
        "pinecrest",
        "meeting",
        "Sign-on first, and 300 students",
        "--about",
        "discovery",
        "--status",
        "held",
    )
    does("2026-11-13", "move", "pinecrest", "proposal", answers=[
        "Teach in the browser", "", "Sign-on", "", "thu", "met", "She decides", "met", "Two courses, no more", "partial", "The term begins in January",
        "unknown", "Nobody has said", "met", "Before Christmas", "Send the proposal, mon", "y",
    ])  # fmt: skip
    said = does("2026-11-18", "close", "pinecrest", "won", answers=[
        "mon", "mon", "tue", "1 dec", "12 months", "1450", "Pinecrest College Society", "https://docs.example/a", "The course, above all", "A dean who asks", "", "yes", "https://hub.example/c", "tue", "april", "", "y",
    ])  # fmt: skip
    assert "The hand-off to delivery" in said
    said = does("2026-11-19", "renew", "pinecrest", "--next", "Ask how it goes, 30 nov")
    assert "deals/pinecrest-college-renewal-2027.yaml (new)" in said
    does("2026-11-19", "log", DEAL, "note", "This was another college")
    said = does("2026-11-19", "undo", answers=["y"])
    assert "Take back: Pinecrest College" in said
    assert "This was another college" not in (crm.root / f"deals/{DEAL}.yaml").read_text()
    said = does("2026-11-20", "propose", answers=["y"])
    assert PULL in said

    report = crm.run("diff", "origin/main", "--format", "markdown", SALESOPS_AS_OF="2026-11-20").out
    for happened in HAPPENED:
        assert happened in report, report
    assert "another college" not in report
    branches = Git(crm.root.parent / "remote.git")("for-each-ref", "--format=%(refname:short)").split()
    assert [name.startswith("pinecrest") for name in branches] == [False, True, True]
    assert "--base=main" in (crm.root.parent / "gh.log").read_text().splitlines()
