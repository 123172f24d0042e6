"""The repository that a command works on: where it is, what its records say, and whether all of it could be read."""

from __future__ import annotations

import gc
from pathlib import Path

from salesops.book.book import Book
from salesops.cli.options import Usage
from salesops.cli.printing import note
from salesops.output import counted, show
from salesops.problems import Problem
from salesops.store.load import MARKER, find_root, load


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
    book, problems = load(root)
    kept()
    return root, book, problems


def kept() -> None:
    """Spare the collector what has been read: records live as long as the command."""
    gc.freeze()


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
