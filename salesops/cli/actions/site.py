"""What ``salesops site`` does: check every record, then build the site, or say why it is not built."""

from __future__ import annotations

import logging
from pathlib import Path

from mkdocs.exceptions import MkDocsException

from salesops.book.book import Book
from salesops.cli.commands_page import commands_page
from salesops.cli.day import day_of
from salesops.cli.gate import gate
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import read
from salesops.output import counted, problems_as_text, show
from salesops.problems import Problem
from salesops.site.build import HTML, NoPlace, Site, build
from salesops.site.own_pages import CannotBuild
from salesops.store.record_histories import git_history


def run(folder: str, out: str | None, as_of: str | None, *, strict: bool) -> int:
    """Build the site; 1 where the records break the rules or it cannot be built."""
    root, book, problems = read(folder)
    day = day_of(as_of, book)
    found = [
        problem for problem in gate(root, book, problems, max(day, day_of(None, book))) if problem.is_error or strict
    ]
    if found or not book.processes:
        _say_why_not(book, found)
        return 1
    snapshot = book.on(day)
    let_mkdocs_speak()
    target = Path(folder, out) if out else root / HTML
    site = Site(root, snapshot, (commands_page(snapshot),), git_history(root, book, day))
    try:
        count = build(site, target.absolute(), strict=strict)
    except NoPlace as fault:
        raise Usage(show(fault)) from None
    except (CannotBuild, MkDocsException) as fault:
        note(f"salesops: the site is not built: {show(str(fault).strip() or 'see above')}")
        return 1
    say(f"{counted(count, 'page')} as of {day}: open {show(target / 'index.html')}")
    return 0


def _say_why_not(book: Book, found: list[Problem]) -> None:
    for line in problems_as_text(found, style):
        note(line)
    note(
        "salesops: the site is not built from records that break the rules"
        if book.processes
        else "salesops: there is no process version in playbook/process/"
    )


class _Shown(logging.Formatter):
    """What MkDocs warns of, written as every foreign text is."""

    def format(self, record: logging.LogRecord) -> str:
        return show(record.getMessage())


def let_mkdocs_speak() -> None:
    """Say on stderr what MkDocs warns of; in a strict build it would otherwise count its warnings and keep them to itself."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Shown())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
