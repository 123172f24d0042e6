"""``salesops apply`` on a disk that fails and under ``kill -9``: all of a list is written or nothing of it, and what is said is true."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from failing_disk import LASTING, Call, calls_of, needs_strace, run_with
from gitting import Git

LIST = """\
salesops: 1
changes:
  - {new: member, id: pine, name: "Pine College", kind: university, country: CA}
  - {new: deal, id: pine-general, member: pine, title: A, type: new business, tier: general, owner: jim, stage: enrichment, date: 2026-11-19}
  - {log: acme, date: 2026-11-19, kind: call, outcome: spoke, note: "Wants a price, she said"}
"""


@dataclass
class Disk:
    """A repository on a disk that fails when it is told to."""

    root: Path
    kept: Path
    list: Path
    old: dict[str, bytes] = field(default_factory=dict)
    new: dict[str, bytes] = field(default_factory=dict)
    untouched: dict[str, bytes] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        return ["-C", str(self.root), "apply", str(self.list), "--as-of", "2026-11-20"]

    def files(self) -> dict[str, bytes]:
        """Every file that lies in the repository, the drafts and notes of commands too."""
        files = [file for file in self.root.rglob("*") if file.is_file()]
        return {file.relative_to(self.root).as_posix(): file.read_bytes() for file in sorted(files)}

    def texts(self) -> dict[str, bytes]:
        """The files that anybody would see: all but git's own, and the notes where there is no git."""
        return {name: text for name, text in self.files().items() if not name.startswith((".git/", ".salesops/"))}

    def again(self) -> None:
        shutil.rmtree(self.root)
        shutil.copytree(self.kept, self.root)

    def judged(self, fault: str, of: Path | None = None) -> str:
        """What is wrong after a run with a fault, and after the next command; empty where nothing is. ``of`` is the file whose calls are counted."""
        self.again()
        log = self.kept.with_name("log")
        ended = run_with(self.words, log, fault, of)
        if ended.code >= 0 and "(INJECTED)" not in log.read_text(errors="replace"):
            return "the fault did not come to pass"
        left = {name: text for name, text in self.texts().items() if "+" not in fault or not _is_draft(name)}
        if ended.code >= 0 and (wrong := self.untrue(ended.code, ended.said, left, fault)):
            return f"{wrong} (exit {ended.code}): {ended.said}"
        if self.files() == self.untouched:
            return ""  # not a byte was touched: whatever comes next meets a repository like any other
        checked = run_with(["-C", str(self.root), "check", "--as-of", "2026-11-20"], log)
        settled = self.texts()
        if checked.code or settled not in (self.old, self.new):
            return f"not settled by the next command (exit {checked.code}): {checked.said} {settled.keys()}"
        if ended.code >= 0 and "nothing was written" in ended.said.lower() and settled != self.old:
            return f"written after all: {ended.said}"
        later = run_with(self.words, log)
        return "" if (later.code, self.texts()) == (0, self.new) else f"stuck: {later}"

    def untrue(self, code: int, said: str, left: dict[str, bytes], fault: str) -> str:
        """What is not true of what a command said of itself; empty where all of it is."""
        if code == 0:
            return "" if left == self.new and "Written: " in said else "success that is none"
        if code != 3 or "Traceback" in said or "internal error" in said:
            return "no way to end"
        if "nothing was written" in said.lower():
            return "" if left == self.old else "something was written"
        if left not in (self.old, self.new) and "+" not in fault:
            return "half of it is written"
        return "" if "written" in said else "not a word of what was written"


def _is_draft(name: str) -> bool:
    """Whether a file is a draft of a command: where not even unlink works any more, it stays until the next command."""
    return "/.salesops-" in name


@pytest.fixture
def with_git() -> bool:
    """Whether the repository of the test has git."""
    return True


@pytest.fixture
def disk(with_git: bool, repo, tmp_path) -> Disk:
    repo.deal()
    if with_git:
        Git(repo.root).begin()
    found = Disk(repo.root, tmp_path / "kept", tmp_path / "list.yaml")
    found.list.write_text(LIST)
    shutil.copytree(found.root, found.kept)
    found.old, found.untouched = found.texts(), found.files()
    assert run_with(found.words, tmp_path / "log").code == 0
    found.new = found.texts()
    assert len(found.new) == len(found.old) + 2
    found.again()
    return found


def calls(disk: Disk) -> list[Call]:
    """Every file-system call of the write."""
    needs_strace()
    found = calls_of(disk.words, disk.root, disk.kept.with_name("log"))
    disk.again()
    return found


def faults(call: Call) -> Iterator[tuple[str, Path | None]]:
    """The faults that one call may meet: a kill, a disk that fails once, that is full once, and either from there on.

    Reads are counted on their own file: how often a pipe from git is read differs between two runs.
    """
    of, nth = (call.file, call.nth_of_file) if call.name == "read" else (None, call.nth)
    yield f"{call.name}:signal=KILL:when={nth}", of
    yield f"{call.name}:error=EIO:when={nth}", of
    if call.writes:
        yield f"{call.name}:error=ENOSPC:when={nth}", of
    if call.name in LASTING:
        yield call.lasting("EIO"), None
        yield call.lasting("ENOSPC"), None


SAMPLE = {
    "killed before the note": "rename:signal=KILL:when=1",
    "killed before the first file": "rename:signal=KILL:when=2",
    "killed between two files": "rename:signal=KILL:when=3",
    "killed before the note is closed": "rename:signal=KILL:when=5",
    "no room for the note": "write:error=ENOSPC:when=1",
    "no room for a file": "write:error=ENOSPC:when=3",
    "a draft that does not reach the disk": "fsync:error=EIO:when=3",
    "the second file refused": "rename:error=EIO:when=3",
    "a folder that does not reach the disk": "fsync:error=EIO:when=6",
    "every file refused from the second on": "rename:error=EIO:when=3+",
    "a note that cannot be closed": "rename:error=EIO:when=5",
    "no lock": "flock:error=EIO:when=1",
}


@pytest.mark.samples(6)
@pytest.mark.parametrize("fault", SAMPLE.values(), ids=SAMPLE)
def test_a_write_that_fails_or_is_killed_leaves_all_of_the_list_or_nothing_and_says_which(disk, fault):
    needs_strace()
    assert disk.judged(fault) == ""


@pytest.mark.parametrize("name", ["deals/acme.yaml", "members/cascadia-university.yaml", "playbook/process/v3.yaml"])
def test_a_record_that_cannot_be_read_is_named_and_nothing_is_written(disk, name):
    needs_strace()
    ended = run_with(disk.words, disk.kept.with_name("log"), "read:error=EIO:when=1", of=disk.root / name)
    assert ended.code == 3
    assert ended.said == f"salesops: cannot decide: {name}: Input/output error: nothing was written\n"
    assert disk.files() == disk.untouched


@pytest.mark.long
@pytest.mark.parametrize("with_git", [True, False], ids=["git", "no git"])
def test_whatever_call_of_a_write_fails_or_is_its_last_all_of_the_list_is_there_or_nothing(disk):
    every = calls(disk)
    assert len(every) > 100
    wrong = {}
    for call in every:
        for fault, of in faults(call):
            wrong[f"{fault} {call.words[:90]}"] = disk.judged(fault, of)
    wrong = {fault: said for fault, said in wrong.items() if said}
    assert not wrong, "\n".join(f"{fault}\n    {said}" for fault, said in wrong.items())


# ── a disk that is full ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small(tmp_path) -> Iterator[Path]:
    """A disk of a megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "salesops-test", str(folder)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("no small disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, pages: int) -> None:
    """Leave so many pages of room on a disk."""
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while file.write(b"x" * 4_096):
            pass
    os.truncate(disk / "filler", (disk / "filler").stat().st_size - pages * 4_096)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize("pages", [0, 1, 2, 3, 4, 5, 12])
def test_on_a_full_disk_nothing_is_written_and_that_is_said(repo, tmp_path, small, pages):
    repo.deal()
    found = Disk(small / "crm", tmp_path / "kept", tmp_path / "list.yaml")
    found.list.write_text(LIST)
    shutil.copytree(repo.root, found.root)
    before = found.texts()
    fill(small, pages)
    ended = run_with(found.words, tmp_path / "log")
    if ended.code == 0:
        assert pages > 2, "there was no room"
        return
    assert (ended.code, found.texts()) == (3, before)
    assert "No space left on device" in ended.said
    assert ended.said.endswith("nothing was written\n")
    (small / "filler").unlink()
    assert run_with(found.words, tmp_path / "log").code == 0
    assert len(found.texts()) == len(before) + 2
