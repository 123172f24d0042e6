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


def _eight_writers(repo, each: int) -> None:
    repo.deal()
    line = "salesops: 1\nchanges: [{log: acme, date: 2026-11-19, kind: note, note: '%s %s'}]\n"

    def writer(who: int) -> None:
        for count in range(each):
            words = [
                str(Path(sys.executable).with_name("salesops")),
                "-C",
                str(repo.root),
                "apply",
                "-",
                "--as-of",
                "2026-11-20",
            ]
            ended = subprocess.run(words, input=line % (who, count), text=True, capture_output=True, check=False)
            while ended.returncode == 3:  # it waited longer than it has patience: another try
                ended = subprocess.run(words, input=line % (who, count), text=True, capture_output=True, check=False)
            assert ended.returncode == 0, ended.stderr

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(writer, range(8)))
    assert text(repo).count("kind: note") == 8 * each


def test_writers_at_the_same_time_lose_nothing(repo):
    _eight_writers(repo, 1)


@pytest.mark.long
def test_eight_writers_of_two_hundred_calls_lose_none(repo):
    _eight_writers(repo, 200)


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
    assert "a command was stopped while it wrote" in repo.run("check").err
    assert repo.run("apply", file).out.startswith("There already: nothing to write.")
    assert (repo.root / "members/pine.yaml").exists()
    assert "Wants a price, she said" in text(repo)
    assert repo.run("check").err == ""
