"""The repository that a command works on: where it is, what its records say, and whether all of it could be read."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from salesops.book.book import Book, Snapshot
from salesops.book.status import todays_word
from salesops.cli.day import day_of
from salesops.cli.moments import named_moment
from salesops.cli.options import Usage
from salesops.cli.printing import note
from salesops.output import counted, show
from salesops.problems import CannotDecide, Problem
from salesops.store.commits import CommitBooks, NamedCommit
from salesops.store.journal import finish, is_open
from salesops.store.load import MARKER, find_root, load, load_aside


def folder_of(folder: str) -> Path:
    """The folder that a command is to work in."""
    if not Path(folder).is_dir():
        raise Usage(f"{show(folder)} is not a folder")
    return Path(folder).resolve()


def root_of(folder: str) -> Path:
    """The repository that ``folder`` is in."""
    start = folder_of(folder)
    root = find_root(start)
    if root is None:
        raise Usage(
            f"no {MARKER} here or above {show(start)}: this is not a salesops repository; go into one, name it with -C DIR, or create one with salesops init DIR"
        )
    return root


def read(folder: str) -> tuple[Path, Book, list[Problem]]:
    """The repository that ``folder`` is in, its book, and the problems with its files."""
    root = root_of(folder)
    _settle(root)
    book, problems = load(root)
    kept()
    return root, book, problems


def read_aside(folder: str) -> tuple[Book, list[Problem]]:
    """The book of the repository that ``folder`` is in, of which little is held at a time, and the problems with the team's file."""
    root = root_of(folder)
    _settle(root)
    found = load_aside(root)
    kept()
    return found


def _settle(root: Path) -> None:
    """Bring to its end what a killed command began, so that nobody reads half of a list; says so, and where it cannot be done."""
    try:
        if is_open(root) and finish(root):
            note("salesops: a command was stopped while it wrote: the rest of its files is written now")
    except CannotDecide as fault:
        note(
            f"salesops: a command was stopped while it wrote, and its other files cannot be written now: {show(str(fault))}"
        )


@dataclass(frozen=True)
class Records:
    """The records that a command reports on: as they lie here, or as they were known at ``point``; and the day."""

    root: Path
    book: Book
    problems: list[Problem]
    day: date
    point: NamedCommit | None

    @property
    def are_whole(self) -> bool:
        """Whether every file could be read; says which could not."""
        return numbers_are_whole(self.book, self.problems, self.point.name if self.point else "")

    @property
    def looks_back(self) -> bool:
        """Whether an earlier day is shown by records of today: what has no day of its own may be of a later one."""
        return self.point is None and self.day < day_of(None, self.book)

    @property
    def snapshot(self) -> Snapshot:
        """The records on the day."""
        return self.book.on(self.day, looks_back=self.looks_back)

    def say_whose(self) -> None:
        """Say whose word it is, where that is not plain: of an earlier commit, or of today about an earlier day."""
        if self.point:
            commit = f" (commit {self.point.commit[:12]})" if self.point.day else ""
            note(f"as known at {self.point.name}{commit}, as of {self.day}")
        elif self.looks_back:
            note(f"salesops: {todays_word(self.day)}")


def records_of(folder: str, as_of: str | None, known: str | None) -> Records:
    """The records that ``folder`` is in, as they lie here or as they were known, and the day to report on."""
    if known is None:
        root, book, problems = read(folder)
        return Records(root, book, problems, day_of(as_of, book), None)
    archive = CommitBooks(root_of(folder))
    point = named_moment(archive, known, "--known")
    book, problems = archive.book(point.commit)
    kept()
    day = point.day if as_of is None and point.day else day_of(as_of, book)
    return Records(archive.root, book, problems, day, point)


def kept() -> None:
    """Spare the collector what has been read: records live as long as the command."""
    gc.freeze()


def why_nothing(snapshot: Snapshot, deal: str) -> str | None:
    """Why nothing can be said of a deal that is there; None where something can."""
    if snapshot.history(deal):
        return None
    if any(left.deal == deal for left in snapshot.book.unusable):
        return f"the file of {show(deal)} has errors: run salesops check"
    return f"{show(deal)} had not begun on {snapshot.as_of}"


def numbers_are_whole(book: Book, problems: list[Problem], known: str = "") -> bool:
    """Say which files no number can count; False where there are any. ``known`` names the commit that they were read from."""
    unread = sorted({problem.place.path for problem in problems if problem.is_error})
    if unread:
        named = ", ".join(show(path) for path in unread[:5])
        note(
            f"salesops: {counted(len(unread), 'file')} cannot be counted ({named}{', …' if len(unread) > 5 else ''}): "
            + (f"they could not be read as of {known}" if known else "run salesops check")
        )
    if not book.processes:
        note("salesops: there is no process version in playbook/process/: nothing can be counted without one")
    return not unread and bool(book.processes)
