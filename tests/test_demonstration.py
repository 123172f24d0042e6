"""The history that `make demo` writes is believable, sound at every commit, and ends in the records of today."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from salesops.checks import check_book
from salesops.store.load import DirEntry, FoundFile, Is, ReadFile, load_from, read_file

SCRIPT = Path(__file__).parent / "demonstration.py"
FOLDERS = ("deals", "members", "playbook")


def git(root: Path, *words: str, given: bytes = b"") -> bytes:
    env = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(["git", *words], cwd=root, env=env, input=given, capture_output=True, check=True).stdout


def unfold(target: Path | str, at: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), str(target)]
    return subprocess.run(command, cwd=at, env={**os.environ, **env}, capture_output=True, text=True, check=False)


@dataclass(frozen=True)
class Commit:
    """A commit: its files by path, and what it renamed since its first parent, new path to old."""

    id: str
    parents: tuple[str, ...]
    moment: datetime
    author: str
    subject: str
    files: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return self.moment.date()


@dataclass(frozen=True)
class History:
    """Every commit, parents first; and the text of every file that there ever was."""

    commits: tuple[Commit, ...]
    texts: dict[str, bytes]

    def record(self, commit: Commit, path: str) -> dict[str, Any]:
        return _record(self.texts[commit.files[path]])

    def deals(self, commit: Commit) -> dict[str, dict[str, Any]]:
        return {path: self.record(commit, path) for path in commit.files if path.startswith("deals/")}

    def steps(self) -> Iterator[tuple[Commit, Commit]]:
        """Every commit with its first parent before it."""
        known = {commit.id: commit for commit in self.commits}
        for commit in self.commits:
            if commit.parents:
                yield known[commit.parents[0]], commit

    def edits(self) -> Iterator[tuple[Commit, str, dict[str, Any], dict[str, Any]]]:
        """Every deal that a commit changed or renamed: its id then, what it said before, what it says now."""
        for before, after in self.steps():
            old = {Path(path).stem: path for path in before.files}
            for path in after.files:
                was = after.renamed.get(path) or old.get(Path(path).stem)
                if path.startswith("deals/") and was and before.files[was] != after.files[path]:
                    yield after, Path(path).stem, self.record(before, was), self.record(after, path)


@cache
def _record(text: bytes) -> dict[str, Any]:
    return yaml.load(text, Loader=yaml.CBaseLoader)


@dataclass(frozen=True)
class Checkout:
    """The files of a commit, for the reader that otherwise reads disks; what another commit had is read once."""

    commit: Commit
    read: Callable[[FoundFile, str], ReadFile]

    @cached_property
    def folders(self) -> dict[str, dict[str, Is]]:
        folders: dict[str, dict[str, Is]] = {}
        for path in self.commit.files:
            what = Is.FILE
            while path:
                folder, _, name = path.rpartition("/")
                folders.setdefault(folder, {}).setdefault(name, what)
                path, what = folder, Is.FOLDER
        return folders

    def entries(self, folder: str) -> list[DirEntry]:
        return [DirEntry(*entry) for entry in self.folders.get(folder, {}).items()]

    def what_is(self, path: str) -> Is | None:
        folder, _, name = path.rpartition("/")
        return self.folders.get(folder, {}).get(name)

    def read_all(self, files: list[FoundFile]) -> Iterator[ReadFile]:
        return (self.read(file, self.commit.files[file.path]) for file in files)


@pytest.fixture(scope="module")
def history(demo) -> History:
    said = git(
        demo.root, "log", "--reverse", "--topo-order", "--diff-merges=first-parent", "--raw", "-M", "--no-abbrev",
        "--format=%x01%H%x00%P%x00%cI%x00%an%x00%s",
    ).decode()  # fmt: skip
    commits: dict[str, Commit] = {}
    for chunk in said.split("\x01")[1:]:
        head, *changes = chunk.strip().split("\n")
        id, parents, moment, author, subject = head.split("\0")
        commit = Commit(id, tuple(parents.split()), datetime.fromisoformat(moment), author, subject)
        commit.files.update(commits[commit.parents[0]].files if commit.parents else {})
        for change in filter(None, changes):
            _apply(commit, change)
        commits[id] = commit
    blobs = sorted({blob for commit in commits.values() for blob in commit.files.values()})
    return History(tuple(commits.values()), _texts(demo.root, blobs))


def _apply(commit: Commit, change: str) -> None:
    what, *paths = change.split("\t")
    blob, status = what.split()[3:]
    if status[0] in "DR":
        del commit.files[paths[0]]
    if status[0] == "R":
        commit.renamed[paths[1]] = paths[0]
    if status[0] != "D":
        commit.files[paths[-1]] = blob


def _texts(root: Path, blobs: list[str]) -> dict[str, bytes]:
    raw = git(root, "cat-file", "--batch", given="\n".join(blobs).encode())
    texts = {}
    for blob in blobs:
        head, _, raw = raw.partition(b"\n")
        size = int(head.split()[2])
        texts[blob], raw = raw[:size], raw[size + 1 :]
    return texts


def is_record(path: str) -> bool:
    return path.endswith((".yaml", ".yml")) and path != "mkdocs.yml" and not path.startswith(".")


def moves(deal: dict[str, Any]) -> list[tuple[str, str]]:
    return [next(iter(move.items())) for move in deal["stages"]]


def is_closed(deal: dict[str, Any]) -> bool:
    return moves(deal)[-1][0].startswith("closed")


def corrected(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The fields for which somebody signed a new correction."""
    return {entry["field"] for entry in after.get("corrections", [])[len(before.get("corrections", [])) :]}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The demonstration as somebody else would write it, somewhere else, and what was said."""
    root = tmp_path_factory.mktemp("elsewhere")
    env = {"TZ": "Asia/Tokyo", "GIT_AUTHOR_NAME": "Somebody Else", "PYTHONHASHSEED": "7", "GIT_DIR": str(root)}
    return root / "demo", unfold(root / "demo", **env)


@pytest.fixture(scope="module")
def tried(elsewhere) -> dict[str, subprocess.CompletedProcess[str]]:
    """The commands that one may try, each as it ended."""
    _, ran = elsewhere
    commands = [line.split() for line in ran.stdout.splitlines() if line.startswith("  ")]
    assert [Path(words[0]).name for words in commands] == ["git", *["salesops"] * 4]
    return {" ".join(words[3:]): done(shutil.which(words[0]) or words[0], *words[1:]) for words in commands}


def done(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


# ── where it begins and ends ──────────────────────────────────────────────────────────────────────────────────────────


def test_it_tells_of_eighteen_months_in_at_least_five_hundred_commits(history):
    assert len(history.commits) >= 500
    assert history.commits[0].subject == "Begin: the records from the old CRM"
    assert history.commits[0].day == date(2025, 5, 20)
    assert history.commits[-1].day == date(2026, 11, 20)


def test_it_ends_in_the_records_of_today_byte_for_byte(history, demo, home):
    files = [file for folder in FOLDERS for file in (home / folder).rglob("*") if file.is_file()]
    today = {file.relative_to(home).as_posix(): file.read_bytes() for file in files if not file.name.startswith(".")}
    end = {path: history.texts[blob] for path, blob in history.commits[-1].files.items()}
    assert {path: text for path, text in end.items() if path.startswith(FOLDERS)} == today
    assert git(demo.root, "status", "--porcelain") == b""
    assert git(demo.root, "branch", "--format=%(refname:short)").split() == [b"main"]


@pytest.mark.proof
def test_the_same_records_give_the_same_commits_wherever_it_is_written(demo, elsewhere):
    root, ran = elsewhere
    assert ran.returncode == 0
    assert git(root, "rev-parse", "main") == git(demo.root, "rev-parse", "main")


# ── sound at every commit ─────────────────────────────────────────────────────────────────────────────────────────────


def errors_in(history: History, commits: tuple[Commit, ...]) -> list[str]:
    """What the check says of these commits, each on its day."""
    errors = []
    read = cache(lambda file, blob: read_file(file, history.texts[blob]))
    for commit in commits:
        book, problems = load_from(Checkout(commit, read))
        assert {document.path for document in book.documents.values()} == set(filter(is_record, commit.files))
        found = [problem for problem in [*problems, *check_book(book, commit.day)] if problem.is_error]
        errors += [f"{commit.day} {commit.subject}: {problem.place.path} {problem.message}" for problem in found]
    return errors


@pytest.mark.proof
def test_a_commit_of_every_other_week_passes_the_check_of_its_day(history):
    last = {commit.day.toordinal() // 14: commit for commit in history.commits}
    assert len(last) > 36
    assert errors_in(history, tuple(last.values())) == []


@pytest.mark.long
def test_every_commit_passes_the_check_of_its_day(history):
    assert errors_in(history, history.commits) == []


def test_a_move_once_written_stays_as_it_was_unless_somebody_signs_a_correction(history):
    altered = []
    for commit, id, before, after in history.edits():
        signed = corrected(before, after)
        for line, (then, now) in enumerate(zip(moves(before), [*moves(after), *[None] * 9], strict=False)):
            if then != now:
                altered.append((str(commit.day), id, line, f"stages.{line}" in signed))
    assert altered == [("2026-04-02", "northmere-teaching", 2, True)]


def test_what_a_closed_deal_says_of_its_contract_its_win_and_its_loss_is_only_added_to(history):
    for commit, id, before, after in history.edits():
        for part in ("contract", "win", "loss") if is_closed(before) else ():
            then, now = said_of(before, part), said_of(after, part)
            changed = {f"{part}.{key}" for key, value in then.items() if now.get(key) != value}
            assert changed <= corrected(before, after), (commit.subject, id)


def said_of(deal: dict[str, Any], part: str) -> dict[str, Any]:
    """What a deal says in a part; of losses that are a list, each key with its place."""
    said = deal.get(part, {})
    return (
        said if isinstance(said, dict) else {f"{at}.{key}": each[key] for at, each in enumerate(said) for key in each}
    )


def test_a_signature_stays(history):
    for commit, id, before, after in history.edits():
        for name in ("corrections", "waived"):
            then = before.get(name, [])
            assert after.get(name, [])[: len(then)] == then, (commit.subject, id)


def test_a_deal_vanishes_only_with_its_entry_in_the_removed_records(history):
    gone = []
    for before, after in history.steps():
        moved = {Path(path).stem for path in after.renamed.values()}
        ids = {Path(path).stem for path in history.deals(after)}
        for id in {Path(path).stem for path in history.deals(before)} - ids - moved:
            entries = history.record(after, "playbook/removed.yaml")["removed"]
            gone.append((id, id in [entry["id"] for entry in entries if entry["kind"] == "deal"]))
    assert gone == [("quill-bay-eresearch", True)]


def test_a_version_of_the_process_never_changes(history):
    versions = {
        (path, blob) for commit in history.commits for path, blob in commit.files.items() if "/process/" in path
    }
    assert len(versions) == len({path for path, _ in versions}) == 4


# ── believable ────────────────────────────────────────────────────────────────────────────────────────────────────────


def delays(history: History) -> list[int]:
    """Days from each move to the commit that first knew of it; what came from the old CRM is left out."""
    names = {Path(old).stem: Path(new).stem for commit in history.commits for new, old in commit.renamed.items()}
    seen: dict[tuple[str, int], int] = {}
    for commit in history.commits:
        for path, deal in history.deals(commit).items():
            id = Path(path).stem
            for line, (_, day) in enumerate(moves(deal)):
                late = (commit.day - date.fromisoformat(day)).days if commit.parents else -1
                seen.setdefault((names.get(id, id), line), late)
    return [days for days in seen.values() if days >= 0]


def test_most_moves_are_written_down_within_three_days_and_some_weeks_late(history):
    found = delays(history)
    assert len(found) > 60
    assert sum(days <= 3 for days in found) > 0.75 * len(found)
    assert sum(7 <= days <= 21 for days in found) >= 5
    assert max(found) <= 28


def test_nobody_works_at_night_at_weekends_or_back_in_time(history):
    known = {commit.id: commit for commit in history.commits}
    for commit in history.commits:
        assert commit.day.weekday() < 5
        assert 8 <= commit.moment.hour < 18
        assert commit.moment.utcoffset() in (timedelta(hours=-7), timedelta(hours=-8))
        assert all(known[parent].moment < commit.moment for parent in commit.parents)


def test_several_people_write_and_each_in_their_own_name(history):
    people = Counter(commit.author for commit in history.commits)
    assert len(people) == 5
    assert min(people.values()) >= 10


def test_two_branches_are_merged(history):
    assert [commit.subject for commit in history.commits if len(commit.parents) == 2] == [
        "Merge branch 'webinar-follow-up'",
        "Merge branch 'autumn-renewals'",
    ]


def test_some_commits_touch_several_records(history):
    counts = [
        sum(before.files.get(path) != blob for path, blob in after.files.items()) for before, after in history.steps()
    ]
    assert sum(count > 1 for count in counts) > 20


def changes(history: History, name: str) -> Iterator[tuple[str, date, Any, Any, bool]]:
    """Each time a field of a deal got another value: the deal, the day, both values, and whether the deal was closed."""
    for commit, id, before, after in history.edits():
        if name in before and name in after and before[name] != after[name] and len(commit.parents) == 1:
            yield id, commit.day, before[name], after[name], is_closed(before)


def test_expected_close_dates_are_pushed_some_more_than_once(history):
    pushes = Counter(id for id, _, was, now, closed in changes(history, "expected_close") if now > was and not closed)
    assert pushes["larkspur-general"] == 3
    assert sum(count > 1 for count in pushes.values()) >= 4


def test_amounts_change_before_the_close_and_one_after_it(history):
    found = list(changes(history, "value"))
    assert len({id for id, *_, closed in found if not closed}) >= 4
    assert [id for id, *_, closed in found if closed] == ["kestrel-valley-general"]


def test_one_deal_gets_another_owner_two_weeks_before_it_is_lost(history):
    [(id, day, was, now, _)] = changes(history, "owner")
    assert (id, was, now) == ("rivelaine-hydrology", "idris", "maren")
    lost = moves(history.record(history.commits[-1], "deals/2025/rivelaine-hydrology.yaml"))[-1]
    assert timedelta(0) < date.fromisoformat(lost[1]) - day < timedelta(15)


def test_one_deal_is_renamed_and_closed_ones_move_into_a_folder(history):
    renamed = [
        (old, new) for commit in history.commits for new, old in commit.renamed.items() if len(commit.parents) == 1
    ]
    assert [(old, new) for old, new in renamed if Path(old).name != Path(new).name] == [
        ("deals/northmere-teaching.yaml", "deals/northmere-general.yaml")
    ]
    assert ("deals/rivelaine-hydrology.yaml", "deals/2025/rivelaine-hydrology.yaml") in renamed


# ── written by hand ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proof
def test_it_says_where_it_is_and_what_to_try(elsewhere, tried):
    _, ran = elsewhere
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(tried) == 5
    for words, ended in tried.items():
        assert ended.returncode == 0, words


@pytest.mark.proof
def test_its_site_is_built_with_the_history_and_no_hole_in_the_menu(history, elsewhere, tried):
    assert {"mkdocs.yml", ".gitignore"} <= history.commits[0].files.keys()
    root, _ = elsewhere
    assert (tried["site"].returncode, tried["site"].stderr) == (0, "")
    html = root / "build/html"
    assert "pushed back 3 times" in (html / "integrity.html").read_text()
    assert "they are back, and so are we" in (html / "changes.xml").read_text()
    assert git(root, "status", "--porcelain") == b""


@pytest.mark.samples(1)
@pytest.mark.parametrize(("word", "code"), [("--help", 0), ("-h", 0), ("--hlep", 2), ("--folder=demo", 2)])
def test_an_option_is_never_taken_for_a_folder(tmp_path, word, code):
    ran = unfold(word, at=tmp_path)
    assert ran.returncode == code
    assert "usage: demonstration.py [-h] [folder]" in ran.stdout + ran.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.proof
def test_an_earlier_demonstration_is_replaced(demo, tmp_path):
    shutil.copytree(demo.root, tmp_path / "demo")
    (tmp_path / "demo/deals/morrow-plains-general.yaml").write_text("scribbled over")
    assert unfold(tmp_path / "demo").returncode == 0
    assert git(tmp_path / "demo", "status", "--porcelain") == b""
    assert [file.name for file in tmp_path.iterdir()] == ["demo"]


def test_anything_else_is_left_alone(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work/notes.txt").write_text("mine")
    git(tmp_path / "work", "init")
    ran = unfold(tmp_path / "work")
    assert ran.returncode == 1
    assert (
        ran.stderr == f"{tmp_path}/work is not a demonstration written by this program: move it away, then try again\n"
    )
    assert (tmp_path / "work/notes.txt").read_text() == "mine"


@pytest.mark.proof
def test_a_place_where_nothing_can_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    ran = unfold(tmp_path / "file/demo")
    assert ran.returncode == 1
    assert ran.stderr == f"the demonstration cannot be written: {tmp_path}/file: File exists\n"
