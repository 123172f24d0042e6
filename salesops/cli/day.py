"""The day that a command is about: the one that was asked for, else today; the one place that asks the clock."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

from salesops.book.book import Book
from salesops.cli.options import Usage
from salesops.records.scalars import day


def day_given(text: str | None, name: str) -> date | None:
    """A day from the command line, or None where none was given."""
    if text is None:
        return None
    try:
        return day(text)
    except PydanticCustomError as fault:
        raise Usage(f"{name}: {fault.message()}") from None


def day_of(text: str | None, book: Book) -> date:
    """The day asked for, else today in the team's time zone."""
    return day_given(text, "--as-of") or datetime.now(ZoneInfo(book.zone)).date()
