"""``salesops apply``: the one door for changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

CALL = '{log: acme, date: 2026-11-19, kind: call, outcome: spoke, note: "Wants a price, she said"}'


@pytest.fixture
def listed(repo):
    """Write a list of changes; its path."""
    repo.deal()

    def write(*changes: str) -> str:
        lines = "".join(f"  - {change}\n" for change in changes)
        return str(repo.write("../changes.yaml", f"salesops: 1\nchanges:\n{lines}"))

    return write


def text(repo, path: str = "deals/acme.yaml") -> str:
    return (repo.root / path).read_text(encoding="utf-8")


def test_a_list_is_written_and_told_in_three_lines(repo, listed):
    ran = repo.run("apply", listed(CALL))
    assert ran.code == 0
    told = ran.out.splitlines()
    assert told[0] == "Cascadia University, acme: a call on 19 November: Wants a price, she said"
    assert told[-1] == (
        "Written: deals/acme.yaml (2 lines added). salesops undo takes it back; salesops propose sends it for review."
    )
    assert '  - {date: 2026-11-19, kind: call, outcome: spoke, note: "Wants a price, she said"}\n' in text(repo)


def test_the_same_list_twice_changes_nothing(repo, listed):
    file = listed(CALL)
    repo.run("apply", file)
    after = text(repo)
    ran = repo.run("apply", file)
    assert (ran.code, text(repo)) == (0, after)
    assert ran.out.startswith("There already: nothing to write.")


def test_a_trial_shows_the_difference_and_writes_nothing(repo, listed):
    before = text(repo) if listed(CALL) else ""
    ran = repo.run("apply", "--dry-run", listed(CALL))
    assert "+  - {date: 2026-11-19, kind: call" in ran.out
    assert ran.out.endswith("Nothing was written.\n")
    assert (ran.code, text(repo)) == (0, before)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("{move: acme, to: discovery, date: 2026-11-19, was: enrichment}", "stage-skipped"),
        ("{log: acme, date: 2099-01-01, kind: call, outcome: spoke}", "fact-in-future"),
        ("{set: acme, fields: {owner: nobody}}", "person-unknown"),
        ("{set: acme, fields: {stages.0.enrichment: 2026-01-04}}", "past-altered"),
        ("{set: acme, fields: {type: existing business}}", "type-changed"),
        ("{set: acme, fields: {title: ?}}", "placeholder-left"),
        (
            "{new: deal, id: pine, member: pine, title: A, type: new business, tier: general, owner: jim, stage: enrichment, date: 2026-11-19}",
            "member-unknown",
        ),
        ("{set: nobody, fields: {title: A}}", "change-record-unknown"),
    ],
)
def test_what_would_bring_an_error_is_refused_and_nothing_of_the_list_is_written(repo, listed, change, code):
    file = listed(CALL, change)
    before = text(repo)
    ran = repo.run("apply", file)
    assert ran.code == 1
    assert f"[{code}]" in ran.out
    assert ran.out.endswith("Nothing was written.\n")
    assert text(repo) == before
    assert not (repo.root / "deals/pine.yaml").exists()


def test_an_error_that_was_there_before_does_not_stand_in_the_way(repo, listed):
    file = listed(CALL)
    repo.deal("owner: nobody")
    assert repo.run("apply", file).code == 0


def test_json_holds_the_list_and_what_came_of_it(repo, listed):
    told = json.loads(repo.run("apply", listed(CALL), "--format", "json").out)
    assert (told["written"], told["refused"], told["there_already"]) == (True, False, [])
    assert told["list"][0]["note"] == "Wants a price, she said"
    assert told["files"][0]["text"] == text(repo)
    assert told["changes"][0]["sentence"].startswith("Cascadia University, acme: a call")
    again = json.loads(repo.run("apply", listed(CALL), "--format", "json").out)
    assert (again["written"], again["there_already"], again["files"]) == (False, [0], [])


@pytest.mark.parametrize(("file", "says"), [("nowhere.yaml", "No such file"), (".", "directory")])
def test_a_list_that_is_not_there_is_a_wrong_call(repo, file, says):
    ran = repo.run("apply", file)
    assert ran.code == 2
    assert says in ran.err


def _log_by(repo, deal: str, note: str) -> None:
    """Log a note by the installed command, in a process of its own."""
    command = [str(Path(sys.executable).with_name("salesops")), "-C", str(repo.root), "log", deal, "note", note]
    words = [*command, "--date", "2026-11-19", "--yes", "--as-of", "2026-11-20"]
    ended = subprocess.run(words, text=True, capture_output=True, check=False)
    while ended.returncode == 3:  # it waited longer than it has patience: another try
        ended = subprocess.run(words, text=True, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr


def _notes(repo, deal: str) -> set[str]:
    return {entry.note for entry in repo.book().deals[deal].activity if entry.kind == "note"}


@pytest.mark.proof
def test_writers_at_the_same_time_lose_nothing(repo):
    repo.deal()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda who: _log_by(repo, "acme", f"{who} 0"), range(8)))
    assert _notes(repo, "acme") == {f"{who} 0" for who in range(8)}


WRITER = """
import contextlib, io, sys
from salesops.cli import main
root, deal, who, times = sys.argv[1:]
def ends(*words):
    sys.argv = ["salesops", "-C", root, *words]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
        try: main()
        except SystemExit as end: return end.code, said.getvalue()
for count in range(int(times)):
    code, said = 3, "another salesops command is writing"
    while code == 3 and "another salesops command is writing" in said:  # it has waited longer than it has patience
        code, said = ends("log", deal, "note", f"{who} {count}", "--date", "2026-11-19", "--yes", "--as-of", "2026-11-20")
    if code: sys.exit(f"{code}: {said}")
"""
"""A process that logs notes one after another, each by the command."""


@pytest.mark.long
@pytest.mark.parametrize(
    "deals", [["acme"], [f"acme-{number}" for number in range(8)]], ids=["one deal", "eight deals"]
)
def test_eight_writers_of_two_hundred_notes_lose_none(repo, deals):
    for deal in deals:
        repo.deal(id=deal)
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(repo.root), deals[who % len(deals)], str(who), "200"],
            stderr=subprocess.PIPE,
            text=True,
        )
        for who in range(8)
    ]
    assert [writer.communicate()[1] for writer in begun] == [""] * 8
    assert set().union(*(_notes(repo, deal) for deal in deals)) == {
        f"{who} {n}" for who in range(8) for n in range(200)
    }
    assert repo.said() == []


def test_a_write_that_was_stopped_is_named_by_check_and_finished_by_the_next_command(repo, listed, monkeypatch):
    file = listed(CALL, "{new: member, id: pine, name: Pine College, kind: university, country: CA}")
    real, count = os.replace, iter(range(9))

    def killed(*words):
        if next(count) == 2:
            raise KeyboardInterrupt
        real(*words)

    monkeypatch.setattr(os, "replace", killed)
    assert repo.run("apply", file).code == 130
    monkeypatch.undo()
    assert "a command was stopped while it wrote: the rest of its files is written now" in repo.run("check").err
    assert repo.run("apply", file).out.startswith("There already: nothing to write.")
    assert (repo.root / "members/pine.yaml").exists()
    assert "Wants a price, she said" in text(repo)
    assert repo.run("check").err == ""
