"""Who changed what and when: the versions of the records told as sentences, none lost and none told twice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from gitting import Git

from salesops.changes.names import Names
from salesops.changes.timeline import Commit, FileHistory, FileVersion, Timeline, by_commit, since_when, told, value_at
from salesops.problems import CannotDecide
from salesops.store.record_histories import git_history, timeline_of

TODAY = date(2026, 11, 20)
ACME = "deals/acme.yaml"


def commit(number: int, by: str = "Jim", day: str = "") -> Commit:
    on = date.fromisoformat(day or f"2026-01-{number:02}")
    time = int(datetime(on.year, on.month, on.day, 12, tzinfo=UTC).timestamp())
    return Commit(f"{number:040}", on, time, by, f"Change {number}")


def life(*versions: dict[str, Any] | None, id: str = "acme", was_brought: bool = False) -> FileHistory:
    """A deal that said this, in one commit after the other."""
    found = [FileVersion(commit(at + 1), f"deals/{id}.yaml", data, id) for at, data in enumerate(versions)]
    return FileHistory(("deal", id), tuple(found), was_brought)


def sentences(known: Timeline, id: str = "acme") -> list[str]:
    return [f"{entry.commit.day} {entry.change.kind}" for entry in known.of("deal", id)]


@pytest.fixture
def names(repo):
    return Names(repo.book(), TODAY)


DEAL: dict[str, Any] = {"title": "T", "member": "cascadia-university", "stages": [{"enrichment": "2026-01-01"}]}
MOVED = {**DEAL, "stages": [*DEAL["stages"], {"outreach": "2026-01-02"}]}


# what is told


def test_each_version_is_told_by_what_it_changed(names):
    known = told([life(DEAL, MOVED, MOVED, {**MOVED, "owner": "jim"}, None)], names)
    assert sentences(known) == ["2026-01-01 new", "2026-01-02 moved", "2026-01-04 owner", "2026-01-05 removed"]


def test_a_deal_that_is_back_is_new_again(names):
    assert sentences(told([life(DEAL, None, MOVED)], names)) == [
        "2026-01-01 new",
        "2026-01-02 removed",
        "2026-01-03 new",
    ]


def test_what_was_gone_before_it_was_known_is_not_told(names):
    assert told([life(None)], names).records == {}


def test_a_new_name_is_told_with_the_old_one(names):
    before, after = (
        FileVersion(commit(1), ACME, DEAL, "acme"),
        FileVersion(commit(2), "deals/b.yaml", DEAL, "acme-general"),
    )
    known = told([FileHistory(("deal", "acme-general"), (before, after))], names)
    _, renamed = known.of("deal", "acme-general")
    assert renamed.change.sentence == "Cascadia University: renamed to acme-general, was acme"


def test_only_what_came_first_was_brought(names):
    known = told([life(DEAL, MOVED, was_brought=True)], names)
    assert [entry.was_brought for entry in known.of("deal", "acme")] == [True, False]


def test_commits_stand_with_the_newest_first_and_hold_the_entries_of_every_record(names):
    known = told([life(DEAL, MOVED), life(DEAL, MOVED, id="beta")], names)
    assert [(one.day.day, [entry.change.ref[1] for entry in entries]) for one, entries in known.commits] == [
        (2, ["acme", "beta"]),
        (1, ["acme", "beta"]),
    ]
    assert [one.day.day for one, _ in by_commit(known.of("deal", "acme"))] == [2, 1]


def test_a_day_divides_what_was_known_from_what_was_not(names):
    known = told([life(DEAL, MOVED, None)], names)
    day = date(2026, 1, 2)
    assert sentences(known.until(day)) == ["2026-01-01 new", "2026-01-02 moved"]
    assert sentences(known.since(day)) == ["2026-01-02 moved", "2026-01-03 removed"]
    assert known.until(date(2025, 12, 31)).records == {}


def test_a_gap_is_passed_on():
    assert Timeline(gap="no git").until(TODAY).gap == "no git"


# since when


def version_of(found: FileVersion | None) -> int | None:
    return found and int(found.commit.id)


def test_a_line_is_as_old_as_the_version_that_first_had_it():
    acme = life(DEAL, MOVED, {**MOVED, "owner": "jim"})
    assert version_of(since_when(acme, ("stages", 0), {"enrichment": "2026-01-01"})) == 1
    assert version_of(since_when(acme, ("stages", 1), {"outreach": "2026-01-02"})) == 2
    assert version_of(since_when(acme, ("owner",), "jim")) == 3


def test_a_line_that_was_put_before_another_does_not_make_that_one_younger():
    first = {**DEAL, "stages": [{"leads": "2025-12-01"}, *MOVED["stages"]]}
    assert version_of(since_when(life(DEAL, MOVED, first), ("stages", 2), {"outreach": "2026-01-02"})) == 2


def test_what_was_taken_back_is_as_old_as_its_return():
    assert version_of(since_when(life(MOVED, DEAL, MOVED), ("stages", 1), {"outreach": "2026-01-02"})) == 3
    assert version_of(since_when(life(DEAL, None, DEAL), ("stages", 0), DEAL["stages"][0])) == 3


def test_what_no_commit_says_yet_has_no_version():
    acme = life(DEAL)
    assert since_when(acme, ("stages", 1), {"outreach": "2026-01-02"}) is None
    assert since_when(acme, ("value", "mrr"), "1 USD") is None
    assert since_when(life(DEAL, None), ("stages", 0), DEAL["stages"][0]) is None
    assert since_when(life(), ("title",), "T") is None


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("title",), "T"),
        (("stages", 0), {"enrichment": "2026-01-01"}),
        (("stages", 0, "enrichment"), "2026-01-01"),
        (("stages", 7), None),
        (("title", "inner"), None),
        (("title", 0), None),
        (("nothing",), None),
    ],
)
def test_what_stands_at_a_path(path, found):
    assert value_at(DEAL, path) == found


# on real git


@pytest.fixture
def git(repo):
    git = Git(repo.root)
    git.begin()
    return git


def said(root: Path, repo: Any, id: str = "acme") -> list[str]:
    known = timeline_of(root, repo.book(), TODAY)
    return [entry.change.sentence for entry in known.of("deal", id)]


def test_a_version_that_cannot_be_read_is_told_and_its_change_comes_with_the_next(repo, git):
    repo.deal("stages: [{enrichment: 2026-01-05}]\n")
    git.commit()
    repo.write(ACME, "title: [\n")
    git.commit()
    repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n")
    git.commit()
    new, broken, fixed, moved = said(repo.root, repo)
    assert "new deal" in new
    assert broken.endswith("its file cannot be read: not counted until it is fixed")
    assert fixed.endswith("readable again")
    assert "Enrichment → Outreach on 12 January" in moved


def test_an_edit_of_layout_and_comments_says_nothing(repo, git):
    repo.deal()
    git.commit()
    text = (repo.root / ACME).read_text()
    for other in (
        f"# a remark\n{text}",
        text.replace("\n", "\r\n"),
        text.replace("owner: jim", "owner:   'jim'  # hm"),
    ):
        repo.write(ACME, other.encode())
        git.commit()
    assert len(said(repo.root, repo)) == 1


def test_half_of_the_records_told_by_a_second_process_read_the_same(demo, monkeypatch):
    book = demo.book()
    alone = timeline_of(demo.root, book, TODAY)
    monkeypatch.setattr("salesops.store.record_histories.SPLIT_FROM", 1)
    monkeypatch.setattr("salesops.store.record_histories.can_split", lambda: True)
    assert timeline_of(demo.root, book, TODAY).records == alone.records


def test_a_clone_of_the_demonstration_tells_the_same(demo, tmp_path):
    Git(demo.root)("clone", "-q", str(demo.root), str(tmp_path / "clone"))
    book = demo.book()
    assert timeline_of(tmp_path / "clone", book, TODAY).records == timeline_of(demo.root, book, TODAY).records


def test_the_story_of_a_deal_from_the_oldest_to_the_newest(demo):
    """Every dated move and meeting of the file was told once, by a commit of that day or a later one."""
    book = demo.book()
    known = timeline_of(demo.root, book, TODAY)
    moves = 0
    for id, deal in book.deals.items():
        entries = known.of("deal", id)
        brought = [entry for entry in entries if entry.was_brought]
        told_days = [
            (entry.change.after, entry.change.date)
            for entry in entries
            if entry.change.kind in ("moved", "won", "lost", "reopened")
        ]
        assert len(told_days) == len(set(told_days)), id
        wanted = [(line.stage, str(line.entered)) for line in deal.stages]
        corrected = any(entry.change.kind == "past" for entry in entries)
        if not brought and not corrected:
            new = next(entry for entry in entries if entry.change.kind == "new")
            first = next(at for at, line in enumerate(deal.stages) if line.stage == new.change.after)
            assert told_days == wanted[first + 1 :], id
            moves += len(told_days)
        assert all(date.fromisoformat(day) <= entry.commit.day for entry in entries if (day := _happened(entry))), id
    assert moves > 40


def _happened(entry: Any) -> str | None:
    return entry.change.date if entry.change.kind in ("moved", "won", "lost", "reopened", "new") else None


def test_where_git_cannot_tell_the_site_is_given_the_reason(repo, tmp_path):
    assert "create one with git init" in git_history(repo.root, repo.book(), TODAY).timeline.gap
    git = Git(repo.root)
    git("init", "-q", "-b", "main")
    assert "there is no commit yet" in git_history(repo.root, repo.book(), TODAY).timeline.gap
    git.commit()
    git.commit()
    git("clone", "-q", "--depth=1", f"file://{repo.root}", str(tmp_path / "cut"))
    assert "fetch-depth: 0" in git_history(tmp_path / "cut", repo.book(), TODAY).timeline.gap
    assert git_history(repo.root, repo.book(), TODAY).timeline.gap == ""


def test_without_git_on_the_computer_nobody_can_tell(repo, git, monkeypatch, tmp_path):
    book = repo.book()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotDecide, match="git is not installed"):
        timeline_of(repo.root, book, TODAY)
    assert git_history(repo.root, book, TODAY).timeline.gap == "git is not installed"
