"""A new team brings everything along on its first day: each source into a fresh repository, the check without an error, the site built."""

from __future__ import annotations

import json
from datetime import date

import pytest

from salesops.checks import check_book
from salesops.imports.sources import SOURCES
from salesops.problems import errors
from salesops.setup.new_repository import files
from salesops.store.load import load

TODAY = date(2026, 11, 20)
LEADS = (
    "Community,Status,Owner,Contact,Email,Created,Service start,Monthly fee\n"
    "Ash College,Active Lead,Ada,Ann,ann@ash.example,2026-09-02,,\n"
    "Oak Lab,Active Service,Ada,,,2025-01-02,2025-06-01,600\n"
)
HUBS = "Hub,Community,URL,Start date\nprod,Oak Lab,oak.hubs.example,2025-06-01\n"
ISSUES = [
    {
        "number": 7,
        "title": "[Elm University / Bo Li] - [A hub for statistics]",
        "body": "300 students",
        "labels": [],
        "createdAt": "2026-10-05T09:00:00Z",
        "url": "https://github.com/org/leads/issues/7",
        "assignees": [],
        "state": "OPEN",
    }
]
MEETING = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:m1\r\nSUMMARY:Discovery\r\nDTSTART:20261102T170000Z\r\n"
    "ATTENDEE:mailto:ann@ash.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
FILES = [
    ("airtable", "leads.csv", LEADS),
    ("airtable", "hubs.csv", HUBS),
    ("github", "issues.json", json.dumps(ISSUES)),
    ("calendar", "team.ics", MEETING),
    ("questionnaire", "answers.csv", "Timestamp,Institution,What is your need?\n2026-11-03,Elm University,Server died\n"),
    ("users", "active.csv", "Hub,Month,Active users\nprod,2026-10,28\n"),
    ("outreach", "counts.csv", "Template,Date,Sent\nintro@2,2026-10-02,40\n"),
]  # fmt: skip


@pytest.fixture
def fresh(repo):
    """A repository as ``init`` makes it, with Ada in the team."""
    for path in sorted(repo.root.rglob("*.yaml")):
        path.unlink()
    for path, data in files(TODAY):
        repo.write(path, data)
    team = "organisation: Ours\ntime_zone: America/Vancouver\ncurrency: USD\npeople:\n  ada: {name: Ada}\n"
    repo.write("playbook/team.yaml", team)
    repo.write("playbook/templates/intro@2.md", "Dear colleague\n")
    for path in [*repo.root.glob("deals/*"), *repo.root.glob("members/*")]:
        path.unlink()
    return repo


def bring(repo, source, name, text):
    """Import one file, with an answer to whatever the ready-made mapping asks."""
    repo.write(f"../{name}", text.encode())
    mapping = repo.run("import", source, f"../{name}", "--detect").out
    for line, answer in (
        ("tier: ?", "tier: general #"),
        ("currency: ?", "currency: USD #"),
        ("missing: ?", "missing: ada #"),
    ):
        mapping = mapping.replace(line, answer)
    repo.write("../ready.yaml", mapping.encode())
    update = ["--update"] if not SOURCES[source].adds else []
    ran = repo.run("import", source, f"../{name}", "--map", "../ready.yaml", "--format", "json", *update)
    assert ran.code == 0, ran.out + ran.err
    return json.loads(ran.out)


def test_everything_comes_into_a_fresh_repository_and_a_second_time_changes_no_byte(fresh, tmp_path):
    assert {source for source, *_ in FILES} == set(SOURCES)
    for source, name, text in FILES:
        found = bring(fresh, source, name, text)
        assert found["taken"] == found["rows"], (source, found)
        assert found["written"], source
    book, problems = load(fresh.root)
    assert problems == []
    assert list(errors(check_book(book, TODAY))) == []
    assert book.members["oak-lab"].hubs[0].deal == "lead-oak-lab"
    assert book.members["oak-lab"].counted[0].active_users == 28
    assert book.deals["lead-ash-college"].activity[0].with_ == ("ann",)
    assert book.deals["elm-university-a-hub-for-statistics"].maniac_t.need.status == "unknown"
    before = {path: path.read_bytes() for path in fresh.root.rglob("*.yaml")}
    for source, name, text in FILES:
        assert bring(fresh, source, name, text)["written"] == [], source
    assert {path: path.read_bytes() for path in fresh.root.rglob("*.yaml")} == before
    ran = fresh.run("site", "-o", str(tmp_path / "out"))
    assert ran.code == 0, ran.out + ran.err
    assert "Server died" in (tmp_path / "out/deals/elm-university-a-hub-for-statistics.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("source", SOURCES)
def test_a_file_that_is_not_there_and_a_folder_are_one_clear_line(repo, source):
    for name in ("nowhere.csv", "deals"):
        ran = repo.run("import", source, name)
        assert ran.code == 2
        assert len(ran.err.strip().split("\n")) <= 4
        assert "Traceback" not in ran.err


@pytest.mark.parametrize("source", SOURCES)
def test_a_dry_run_writes_nothing(fresh, source):
    before = {path: path.read_bytes() for path in fresh.root.rglob("*") if path.is_file()}
    for program, name, text in FILES:
        if program == source:
            fresh.write(f"../{name}", text.encode())
            assert fresh.run("import", source, f"../{name}", "--dry-run").code in (0, 1, 2)
    assert {path: path.read_bytes() for path in fresh.root.rglob("*") if path.is_file()} == before
