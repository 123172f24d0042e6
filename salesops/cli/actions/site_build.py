"""Check every record, then build the site, or say why it is not built."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.exceptions import MkDocsException

from salesops.book.book import Book
from salesops.changes.timeline import GitHistory
from salesops.cli.actions.site_public import publish
from salesops.cli.commands_page import commands_page
from salesops.cli.day import day_of
from salesops.cli.gate import gate
from salesops.cli.mkdocs_plugin import too_few_months
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import Records, records_of
from salesops.output import counted, problems_as_text, show
from salesops.problems import CannotDecide, Problem
from salesops.site.build import PUBLIC_HTML, Built, NoPlace, Site, build
from salesops.site.own_pages import SOURCE, CannotBuild
from salesops.store.commits import files_of
from salesops.store.kept_site import HTML
from salesops.store.record_histories import git_history


def build_site(
    folder: str,
    out: str | None,
    as_of: str | None,
    known: str | None,
    *,
    strict: bool,
    public: bool,
    months: int,
    noted: Callable[..., None] | None,
) -> int:
    """Build the site, or the public one; 1 where the records break the rules or it cannot be built.

    Where it may be ``noted``, that is called with what was built, which stands until something changes that it is made of.
    """
    if public and months:
        raise Usage("--months is for the team's site; the public one tells of one day")
    records = records_of(folder, as_of, known)
    target = (Path(folder, out) if out else records.root / (PUBLIC_HTML if public else HTML)).absolute()
    if records.point is None:
        return _build(records, records.root, target, strict=strict, public=public, months=months, noted=noted)
    with files_of(records.root, records.point.commit, OWN_FILES) as then:
        return _build(records, then, target, strict=strict, public=public, months=months, noted=noted)


def _build(
    records: Records,
    root: Path,
    target: Path,
    *,
    strict: bool,
    public: bool,
    months: int,
    noted: Callable[..., None] | None,
) -> int:
    """Build a site of records from the files below ``root``; none of records that break the rules."""
    book, problems, day, today = records.book, records.problems, records.day, day_of(None, records.book)
    found = [problem for problem in gate(root, book, problems, max(day, today)) if problem.is_error or strict]
    if found or not book.processes:
        _say_why_not(book, found)
        return 1
    speaker = let_mkdocs_speak()
    if public:
        return publish(root, book.on(day), target, strict=strict)
    built = _build_private(records, root, target, strict=strict, months=months)
    if built is None:
        return 1
    say(f"{counted(built.pages, 'page')} as of {day}: open {show(target / 'index.html')}")
    if noted and built.follows_from_files and not speaker.spoke:
        noted(day=day, today=today, zone=book.zone, pages=built.pages)
    return 0


def _build_private(records: Records, root: Path, target: Path, *, strict: bool, months: int) -> Built | None:
    """The site of the team; None where it cannot be built, and why was said."""
    book, day = records.book, records.day
    past = _past(records, months)
    snapshot = book.on(day, looks_back=past.changed_since)
    site = Site(root, snapshot, (commands_page(snapshot),), past)
    try:
        return build(site, target, strict=strict)
    except NoPlace as fault:
        raise Usage(show(fault)) from None
    except (CannotBuild, MkDocsException) as fault:
        note(f"salesops: the site is not built: {show(str(fault).strip() or 'see above')}")
        return None


def _past(records: Records, months: int) -> GitHistory:
    """What git tells; raises CannotDecide where month-ends were asked for and it cannot tell of them, and says of how many it can."""
    head = records.point.commit if records.point else "HEAD"
    past = git_history(records.root, records.book, records.day, head, months)
    if months and past.earlier is None:
        raise CannotDecide(f"what was known at the ends of earlier months: {past.timeline.gap}")
    if said := too_few_months(past, months):
        note(said)
    return past


def _say_why_not(book: Book, found: list[Problem]) -> None:
    for line in problems_as_text(found, style):
        note(line)
    note(
        "salesops: the site is not built from records that break the rules"
        if book.processes
        else "salesops: there is no process version in playbook/process/"
    )


OWN_FILES = (SOURCE, "mkdocs.yml")
"""What a site is built from besides the records."""


class _Shown(logging.Formatter):
    """What MkDocs warns of, written as every foreign text is."""

    def format(self, record: logging.LogRecord) -> str:
        return show(record.getMessage())


class Speaker(logging.StreamHandler[Any]):
    """Says on stderr what MkDocs warns of, and knows whether there was anything."""

    spoke = False

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        self.spoke = True
        super().emit(record)


def let_mkdocs_speak() -> Speaker:
    """Say on stderr what MkDocs warns of; in a strict build it would otherwise count its warnings and keep them to itself."""
    handler = Speaker()
    handler.setFormatter(_Shown())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    handler.spoke = handler not in logging.getLogger().handlers  # another one speaks: nobody here knows what it said
    return handler
