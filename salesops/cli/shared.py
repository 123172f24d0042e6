"""What the commands share: finding the repository, reading it, the day, the output format."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from salesops.book.book import Book
    from salesops.problems import Problem
    from salesops.store.commits import CommitBooks, NamedCommit


class Usage(click.UsageError):
    """Called wrongly (exit code 2)."""


def as_of_option(command: Any) -> Any:
    """``--as-of``: the day that the numbers and checks are about."""
    return click.option(
        "--as-of",
        "as_of",
        metavar="YYYY-MM-DD",
        envvar="SALESOPS_AS_OF",
        help="The day to look at; today in the team's time zone where neither this nor SALESOPS_AS_OF says.",
    )(command)


def format_option(*formats: str) -> Callable[[Any], Any]:
    """``--format``: the first one is the default."""
    return click.option(
        "--format",
        "format",
        type=click.Choice(formats),
        default=lambda: asked_format(formats) or formats[0],
        help=f"How to print; {formats[0]} where neither this nor SALESOPS_FORMAT says.",
    )


def asked_format(formats: Sequence[str]) -> str | None:
    """The format that SALESOPS_FORMAT asks for, where a command has it: it is set once for all of them."""
    asked = os.environ.get("SALESOPS_FORMAT")
    return asked if asked in formats else None


def day_option(text: str | None, name: str) -> date | None:
    """A day from the command line, or None where none was given."""
    if text is None:
        return None
    from pydantic_core import PydanticCustomError

    from salesops.records.scalars import day

    try:
        return day(text)
    except PydanticCustomError as fault:
        raise Usage(f"{name}: {fault.message()}") from None


def folder_of(folder: str) -> Path:
    """The folder that a command is to work in."""
    from salesops.output import show

    if not Path(folder).is_dir():
        raise Usage(f"{show(folder)} is not a folder")
    return Path(folder).resolve()


def root_of(folder: str) -> Path:
    """The repository that ``folder`` is in."""
    from salesops.output import show
    from salesops.store.load import MARKER, find_root

    start = folder_of(folder)
    root = find_root(start)
    if root is None:
        raise Usage(
            f"no {MARKER} here or above {show(start)}: this is not a salesops repository; go into one, name it with -C DIR, or begin one with salesops init DIR"
        )
    return root


def read(ctx: click.Context) -> tuple[Path, Book, list[Problem]]:
    """The repository, its book, and the problems with its files."""
    from salesops.store.load import load

    root = root_of(ctx.obj)
    book, problems = load(root)
    kept()
    return root, book, problems


def kept() -> None:
    """Spare the collector what has been read: records live as long as the command."""
    gc.freeze()


def day_of(text: str | None, book: Book) -> date:
    """The day asked for, else today in the team's time zone: the one place that asks the clock."""
    asked = day_option(text, "--as-of")
    if asked:
        return asked
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(book.zone)).date()


LOOKS: dict[str, dict[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "place": {"bold": True},
    "field": {"fg": "cyan"},
    "head": {"bold": True},
    "good": {"fg": "green"},
    "faint": {"dim": True},
}


def style(text: str, role: str) -> str:
    """Colour for a terminal; click takes it out again where there is none."""
    return click.style(text, **LOOKS.get(role, {}))


class ReaderGone(Exception):
    """Whoever read our output has gone, as ``| head`` does."""


def say(line: str = "", err: bool = False) -> None:
    """One line of data; raises ReaderGone where nobody reads it any more."""
    try:
        click.echo(line, err=err)
    except BrokenPipeError:
        raise ReaderGone from None


def note(line: str) -> None:
    """One line that is not data: to stderr."""
    click.echo(line, err=True)


def in_actions() -> bool:
    """Whether this runs in GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


DAY_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def named_moment(archive: CommitBooks, text: str, name: str) -> NamedCommit:
    """The state that a person names, by a day or a commit; what looks like a day must be one."""
    from salesops.store.commits import commit_asked_for

    if DAY_FORM.fullmatch(text):
        day_option(text, name)
    return commit_asked_for(archive, text)


def numbers_are_whole(book: Book, problems: list[Problem], known: str = "") -> bool:
    """Say which files no number can count; False where there are any. ``known`` names the commit that they were read from."""
    from salesops.output import counted, show

    unread = sorted({problem.place.path for problem in problems if problem.is_error})
    if unread:
        commit_asked_for = ", ".join(show(path) for path in unread[:5])
        note(
            f"salesops: {counted(len(unread), 'file')} cannot be counted ({commit_asked_for}{', …' if len(unread) > 5 else ''}): "
            + (f"they could not be read as they were known at {known}" if known else "run salesops check")
        )
    if not book.processes:
        note("salesops: there is no process version in playbook/process/: nothing can be counted without one")
    return not unread and bool(book.processes)
