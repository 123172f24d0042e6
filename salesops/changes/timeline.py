"""Who changed what, and when: the commits that touched the records, told in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from salesops.book.book import Book, Ref, Snapshot
from salesops.changes.change import Change
from salesops.changes.deal_sentences import of_deal
from salesops.changes.names import Names
from salesops.changes.record_sentences import called, of_other
from salesops.changes.report import Report
from salesops.metrics.experiments import Declared
from salesops.problems import Path
from salesops.records.learning import Hypothesis
from salesops.records.record import value_at


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its id, the day in the team's time zone, the clock in seconds since 1970, who made it, its first line.

    ``turn`` tells which of two commits of one second came first.
    """

    id: str
    day: date
    time: int
    author: str
    subject: str
    turn: tuple[int, int] = (0, 0)

    @property
    def short(self) -> str:
        """The id as people quote it."""
        return self.id[:12]


@dataclass(frozen=True, slots=True)
class FileVersion:
    """A record as a commit left it: ``data`` is None where it was deleted, or where it could not be read."""

    commit: Commit
    path: str
    data: Mapping[str, Any] | None
    id: str
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class FileHistory:
    """Every version of one record, oldest first, under whatever names it had; ``ref`` is its last one.

    ``was_brought`` where it came with the first commit that had deals: what it says then was not entered day by day.
    """

    ref: Ref
    versions: tuple[FileVersion, ...]
    was_brought: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and the commit by which it became known."""

    commit: Commit
    change: Change
    was_brought: bool = False


@dataclass(frozen=True)
class Timeline:
    """Every entry of every record, oldest first; ``gap`` says why there is none, where git could not tell."""

    records: Mapping[Ref, tuple[Event, ...]] = field(default_factory=dict)
    gap: str = ""

    def of(self, kind: str, record_id: str) -> tuple[Event, ...]:
        """What happened to a record, oldest first."""
        return self.records.get((kind, record_id), ())

    def until(self, day: date) -> Timeline:
        """What was known by the end of a day."""
        return self._where(lambda entry: entry.commit.day <= day)

    def since(self, day: date) -> Timeline:
        """What became known from a day on."""
        return self._where(lambda entry: entry.commit.day >= day)

    def _where(self, holds: Callable[[Event], bool]) -> Timeline:
        known = {ref: tuple(entry for entry in entries if holds(entry)) for ref, entries in self.records.items()}
        return Timeline({ref: entries for ref, entries in known.items() if entries}, self.gap)

    def as_data(self) -> list[dict[str, Any]]:
        """The commits as machines read them, newest first."""
        return [
            {
                "commit": commit.id,
                "day": commit.day,
                "author": commit.author,
                "subject": commit.subject,
                "changes": [entry.change.as_data() for entry in entries],
            }
            for commit, entries in self.commits
        ]

    @cached_property
    def commits(self) -> tuple[tuple[Commit, tuple[Event, ...]], ...]:
        """The commits, newest first, each with its entries by record."""
        grouped: dict[Commit, list[Event]] = {}
        for ref in sorted(self.records):
            for entry in self.records[ref]:
                grouped.setdefault(entry.commit, []).append(entry)
        newest = sorted(grouped, key=lambda commit: (commit.time, commit.turn, commit.id), reverse=True)
        return tuple((commit, tuple(grouped[commit])) for commit in newest)


def by_commit(entries: Iterable[Event]) -> list[tuple[Commit, list[Event]]]:
    """The entries of one record, newest commit first, those of a commit together."""
    grouped = [(commit, list(group)) for commit, group in groupby(entries, key=lambda entry: entry.commit)]
    return grouped[::-1]


@dataclass(frozen=True)
class Beliefs:
    """What git tells of experiments and hypotheses, by name: since when each was declared, and older versions; nothing where nobody asked it."""

    declared: Mapping[str, Declared] = field(default_factory=dict)
    earlier: Mapping[str, tuple[Hypothesis, ...]] = field(default_factory=dict)


MAIN = "main"
"""The branch of a repository where nobody can tell."""


@dataclass(frozen=True)
class GitHistory:
    """What git tells of the records up to a day: the timeline, and the stories of the week and of the month.

    ``branch`` is where they are edited, ``changed_since`` where records were committed after the day: what has no day of its own may be of a later one.
    ``earlier`` holds the records as they were known by the ends of earlier days, but for days on which nothing was; None where git cannot tell.
    ``month_ends`` are those of them, newest first, on which the site shows the board and the review: none, unless somebody asked for them.
    """

    timeline: Timeline = field(default_factory=Timeline)
    week: Report | None = None
    month: Report | None = None
    changed_since: bool = False
    branch: str = MAIN
    earlier: Mapping[date, Book] | None = None
    beliefs: Beliefs = field(default_factory=Beliefs)
    month_ends: tuple[date, ...] = ()

    def then(self, day: date) -> Snapshot | None:
        """An earlier day by what was known at its end; None where nothing was, or where nobody asked for it."""
        known = (self.earlier or {}).get(day)
        return known.on(day) if known else None


NO_GIT_HISTORY = GitHistory()
"""What is told where nobody asked git."""


def told(histories: Iterable[FileHistory], names: Names) -> Timeline:
    """The timeline of these histories; people, members and stages are called as ``names`` knows them."""
    return Timeline({history.ref: entries for history in histories if (entries := tuple(_entries(history, names)))})


def _entries(history: FileHistory, names: Names) -> Iterator[Event]:
    before: FileVersion | None = None
    was_readable = True
    for at, version in enumerate(history.versions):
        brought = at == 0 and history.was_brought
        for change in _broken_or_fixed(history, version, was_readable, names):
            yield Event(version.commit, change, brought)
        was_readable = version.is_readable
        if version.is_readable:
            for change in _changes(history.ref[0], before, version, names):
                yield Event(version.commit, change, brought)
            before = version


def _broken_or_fixed(history: FileHistory, version: FileVersion, was_readable: bool, names: Names) -> Iterator[Change]:
    """That a file can no longer be read, or can be read again; what it says is compared with what could be read last."""
    if version.is_readable == was_readable or (version.is_readable and version.data is None):
        return
    readable = next((one.data for one in reversed(history.versions) if one.data is not None), {})
    who = names.deal(version.id, readable) if history.ref[0] == "deal" else called(history.ref, names)
    what = "readable again" if version.is_readable else "its file cannot be read: not counted until it is fixed"
    yield Change("readable" if version.is_readable else "unreadable", (history.ref[0], version.id), who, what)


def _changes(kind: str, before: FileVersion | None, after: FileVersion, names: Names) -> Iterator[Change]:
    old = before.data if before else None
    if old is None and after.data is None:
        return
    found = (
        of_deal(after.id, old, after.data, names)
        if kind == "deal"
        else of_other((kind, after.id), old, after.data, names)
    )
    if before and old is not None and after.data is not None and before.id != after.id:
        who = found[0].who if found else names.member(str(after.data.get("member"))) if kind == "deal" else after.id
        said = f"renamed to {after.id}, was {before.id}"
        yield Change("renamed", (kind, after.id), who, said, before=before.id, after=after.id)
    yield from found


# ── since when ────────────────────────────────────────────────────────────────────────────────────────────────────────


def since_when(history: FileHistory, path: Path, value: Any) -> FileVersion | None:
    """The version that first said this at a path, unbroken up to the newest one; None where that one does not say it.

    An entry of a list is followed by what it says, wherever in the list it stood.
    """
    found: FileVersion | None = None
    for version in reversed(history.versions):
        if not version.is_readable:
            continue
        if version.data is None or not _says(version.data, path, value):
            break
        found = version
    return found


def _says(data: Mapping[str, Any], path: Path, value: Any) -> bool:
    if path and isinstance(path[-1], int):
        entries = value_at(data, path[:-1])
        return isinstance(entries, list) and value in entries
    return bool(value_at(data, path) == value)
