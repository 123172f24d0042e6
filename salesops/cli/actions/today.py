"""What ``salesops today`` shows: everything that waits for a person, or for everybody, the oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from salesops.book.book import Book, Snapshot
from salesops.book.status import person_name
from salesops.book.waiting import Waiting
from salesops.checks.waiting import by_person, everything_waiting, name_of
from salesops.cli import names
from salesops.cli.actions.today_go import go, needs_terminal
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.cli.repository import records_of
from salesops.output import SCHEMA_VERSION, as_csv, as_json, counted, show
from salesops.problems import dotted
from salesops.store.git import setting

ALL, ME = "all", "me"
SETTING = "salesops.me"
TEAM = "The whole team"


def run(
    folder: str, person: str | None, output_format: str, as_of: str | None, known: str | None, *, one_by_one: bool
) -> int:
    """Print the list, or take it one by one; 1 where a file could not be counted."""
    if one_by_one:
        if known:
            raise Usage("--go writes, and --known shows what was: one or the other")
        needs_terminal()
    records = records_of(folder, as_of, known)
    whole = records.are_whole
    if not records.book.processes:
        return 1
    asked = _asked(records.book, records.root, person)
    if one_by_one:
        return go(folder, as_of, asked)
    snapshot = records.snapshot
    records.say_whose()
    every = everything_waiting(snapshot)
    mine = [it for it in every if asked in (None, it.person)]
    for line in _lines(output_format, snapshot, mine, asked):
        say(line)
    if output_format == "text" and len(mine) < len(every):
        say(style(f"{counted(len(every) - len(mine), 'thing')} for others or the whole team: --for all", "faint"))
    return 0 if whole else 1


def _asked(book: Book, root: Path, person: str | None) -> str | None:
    """The id of the person that is asked for; None for everybody."""
    if person == ALL:
        return None
    me = setting(root, SETTING) if person in (None, ME) else None
    if person == ME and not me:
        raise Usage(f"nobody has said here who you are: git config {SETTING} YOUR-ID")
    wanted = me or person
    if wanted is None:
        return None
    source = f"git config {SETTING}" if me else "--for"
    return names.chosen(wanted, names.people(book.team), f"{source}: there is no '{show(wanted)}'")


def _lines(output_format: str, snapshot: Snapshot, found: list[Waiting], asked: str | None) -> Iterator[str]:
    if output_format == "json":
        waiting = [_as_data(snapshot, it) for it in found]
        head = {"schema_version": SCHEMA_VERSION, "as_of": snapshot.as_of, "for": asked}
        yield as_json({**head, "waiting": waiting})
    elif output_format == "csv":
        yield from _as_csv(snapshot, found)
    else:
        yield from _as_text(snapshot, found, asked)


def _as_text(snapshot: Snapshot, found: list[Waiting], asked: str | None) -> Iterator[str]:
    if not found:
        yield style("nothing waits" + (f" for {show(person_name(snapshot, asked))}" if asked else ""), "good")
    for person, things in by_person(found):
        who = person_name(snapshot, person) if person else TEAM
        yield f"{style(show(who), 'head')}  {counted(len(things), 'thing')}"
        yield from (line for it in things for line in _thing(snapshot, it))
        yield ""


def _thing(snapshot: Snapshot, it: Waiting) -> Iterator[str]:
    name = name_of(snapshot, it)
    beside = f"  {style(show(name), 'faint')}" if name != it.record else ""
    yield f"  {it.since}  {style(show(it.record), 'place')}{beside}"
    yield f"              {show(it.message)}  {style(f'[{it.code}]', 'faint')}"


def _as_data(snapshot: Snapshot, it: Waiting) -> dict[str, Any]:
    return {
        "code": it.code,
        "kind": it.kind,
        "id": it.record,
        "name": name_of(snapshot, it),
        "person": it.person,
        "person_name": person_name(snapshot, it.person) if it.person else None,
        "since": it.since,
        "days": (snapshot.as_of - it.since).days,
        "message": it.message,
        "help": it.help,
        "path": snapshot.whole.documents[it.kind, it.record].path,
        "field": dotted(it.path),
    }


CSV_HEADS = ("since", "days", "person", "person_name", "kind", "id", "name", "code", "message", "help", "path", "field")


def _as_csv(snapshot: Snapshot, found: Sequence[Waiting]) -> Iterator[str]:
    rows = (_as_data(snapshot, it) for it in found)
    yield from as_csv([[row[head] for head in CSV_HEADS] for row in rows], CSV_HEADS)
