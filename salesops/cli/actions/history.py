"""What ``salesops history`` tells: who changed what and when, commit by commit, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

from salesops.book.book import Book, Ref
from salesops.changes.timeline import Timeline
from salesops.cli.day import day_given, day_of
from salesops.cli.names import Choice, chosen, fitting, records
from salesops.cli.printing import note, say, style
from salesops.cli.repository import root_of
from salesops.output import SCHEMA_VERSION, as_csv, as_json, masked, show
from salesops.records.kinds import own_named
from salesops.site.feed import atom
from salesops.store.load import load
from salesops.store.record_histories import NAMING, every_ref, timeline_of


def run(folder: str, names: tuple[str, ...], output_format: str, as_of: str | None, *, since: str | None) -> int:
    """Print what the commits tell of every record, or of those named."""
    root = root_of(folder)
    book, _ = load(root, NAMING)
    today = day_of(as_of, book)
    first = day_given(since, "--since")
    names = tuple(_meant(root, book, today, name) for name in names)
    only: list[Ref] | None = [(kind, name) for name in names for kind in own_named()] if names else None
    known = timeline_of(root, book, today, only=only)
    _known(root, names, known, today)
    known = known.until(today)
    if first:
        known = known.since(first)
    if output_format == "json":
        say(masked(as_json({"schema_version": SCHEMA_VERSION, "as_of": today, "commits": known.as_data()})))
    elif output_format == "csv":
        for line in as_csv(_rows(known), CSV_HEADS):
            say(line)
    elif output_format == "atom":
        say(atom(known, book, today).rstrip("\n"))
    else:
        _print(known, today)
    return 0


def _meant(root: Path, book: Book, today: date, asked: str) -> str:
    """The id of the record that a person means, one that is on file before one that is gone; else what was asked for."""
    known = records(book, today)
    known = known if fitting(asked, known) else _ever(root, today)
    return chosen(asked, known, "") if fitting(asked, known) else asked


def _ever(root: Path, today: date) -> list[Choice]:
    """Every record there is, and those that there were, under their last names."""
    here = records(load(root)[0], today)
    gone = {name for kind, name in every_ref(root) if kind in own_named()} - {choice.id for choice in here}
    return [*here, *map(Choice, sorted(gone))]


def _known(root: Path, names: tuple[str, ...], known: Timeline, today: date) -> None:
    """Refuse a name that no record ever had; say of a new one that git does not know it yet."""
    said = {ref[1] for ref in known.records}
    said |= {entry.change.ref[1] for entries in known.records.values() for entry in entries}
    for name in names:
        if name not in said:
            chosen(name, _ever(root, today), f"there never was a deal or member '{show(name)}'")
            note(f"salesops: {show(name)} has no committed changes yet")


CSV_HEADS = ("commit", "day", "author", "subject", "record", "id", "kind", "from", "to", "date", "sentence")


def _rows(known: Timeline) -> Iterator[tuple[object, ...]]:
    """A row for each change, the newest first."""
    for commit, entries in known.commits:
        for entry in entries:
            change = entry.change
            where = change.kind, change.before, change.after, change.date
            yield commit.id, commit.day, commit.author, commit.subject, *change.ref, *where, change.sentence


def _print(known: Timeline, today: date) -> None:
    for commit, entries in known.commits:
        say(
            f"{style(str(commit.day), 'head')} {show(commit.author)}: {show(commit.subject)} {style(f'({commit.short})', 'faint')}"
        )
        for ref, told in groupby(entries, key=lambda entry: entry.change.ref):
            first, *more = [entry.change for entry in told]
            is_said = ref[0] not in own_named() or first.who.endswith(ref[1])
            say(f"  {show(first.who)}{'' if is_said else f' ({show(ref[1])})'}")
            for change in (first, *more):
                say(f"    {show(change.what)}")
        say()
    if not known.commits:
        say(f"no changes by {today}")
