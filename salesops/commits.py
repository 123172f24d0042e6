"""The records as earlier commits had them: whole Books, read straight from git, each distinct file once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from salesops.book import Book, Ref
from salesops.checks import check_past
from salesops.comparison import Comparison
from salesops.documents import MAX_BYTES
from salesops.halves import CannotDecide
from salesops.loading import Entry, FoundFile, Is, ReadFile, load_from, read_file
from salesops.problems import Problem, in_order
from salesops.records.deal import Deal
from salesops.records.kinds import KINDS
from salesops.records.scalars import day as read_day
from salesops.repository import (
    Blob,
    asks,
    bases,
    changed_between,
    commit_of,
    contents,
    log,
    needs_history,
    needs_settled_tree,
    spine,
    tree,
)

MODES = {"100644": Is.FILE, "100755": Is.FILE, "100664": Is.FILE, "120000": Is.LINK}
PROTECTED = {"deal": ("stages", "type", "contract", "win", "loss", "corrections", "waived")}
"""Fields of an earlier record without which nobody can say whether the past was altered."""

NEVER_RECORDS = frozenset({"not-a-file", "file-name", "id-taken"})
"""Problems of entries that never were records: no number counted them."""

Shelf = dict[tuple[str, str], ReadFile]
"""What has been read already, by path and blob."""


@dataclass(frozen=True)
class _Commit:
    """The files of a commit."""

    root: Path
    blobs: dict[str, Blob]
    shelf: Shelf
    folders: dict[str, dict[str, Is]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path, blob in self.blobs.items():
            what = MODES.get(blob.mode, Is.OTHER)
            while path:
                folder, _, name = path.rpartition("/")
                self.folders.setdefault(folder, {}).setdefault(name, what)
                path, what = folder, Is.FOLDER

    def entries(self, folder: str) -> Iterable[Entry]:
        if self.what_is(folder) not in (Is.FOLDER, None):
            raise NotADirectoryError(folder)
        return [Entry(name, what) for name, what in self.folders.get(folder, {}).items()]

    def what_is(self, path: str) -> Is | None:
        folder, _, name = path.rpartition("/")
        return self.folders.get(folder, {}).get(name)

    def read_all(self, files: list[FoundFile]) -> Iterator[ReadFile]:
        keys = [(file.path, self.blobs[file.path].id) for file in files]
        unread = [id for (path, id) in keys if (path, id) not in self.shelf]
        raw = dict(contents(self.root, unread, MAX_BYTES))
        for file, key in zip(files, keys, strict=True):
            if key not in self.shelf:
                self.shelf[key] = read_file(file, raw[key[1]])
            yield self.shelf[key]


@dataclass
class Archive:
    """The Books of a repository's commits; what two commits share is read once."""

    root: Path
    shelf: Shelf = field(default_factory=dict)

    def book(self, commit: str) -> tuple[Book, list[Problem]]:
        """All records of a commit, joined, and every problem with its files."""
        return load_from(_Commit(self.root, tree(self.root, commit), self.shelf))

    def knows(self, book: Book) -> None:
        """Take what was read from the disk, so that files which an earlier commit had just so are not read again."""
        digest = hashlib.sha256 if asks(self.root, "rev-parse", "--show-object-format") == "sha256" else hashlib.sha1
        for ref, document in book.documents.items():
            record = book.of(ref[0]).get(ref[1])
            if record is not None and ref not in book.broken:
                raw = document.text.encode("utf-8")
                id = digest(b"blob %d\0" % len(raw) + raw).hexdigest()
                self.shelf[document.path, id] = ReadFile(document, record)


@dataclass(frozen=True)
class Against:
    """The records, compared with a commit: ``bases`` are the commits that they were compared with.

    Usually one; several where branches were merged crosswise.
    """

    rev: str
    bases: tuple[str, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def base(self) -> str:
        """The commit that a report is about."""
        return self.bases[0]

    @property
    def comparison(self) -> Comparison:
        """The comparison that a report is about."""
        return self.comparisons[0]

    def problems(self, as_of: date) -> list[Problem]:
        """What is wrong with the way from there to here."""
        return in_order(problem for comparison in self.comparisons for problem in check_past(comparison, as_of))


def against(root: Path, book: Book, rev: str, exact: bool = False) -> Against:
    """What lies on the disk, compared with where it parted from ``rev`` (with ``exact``: with ``rev`` itself).

    Raises CannotDecide wherever git, or an earlier state of the files, does not allow a verdict.
    """
    found = bases(root, rev, exact=exact)
    needs_settled_tree(root)
    tip = commit_of(root, rev)
    archive = Archive(root)
    archive.knows(book)
    return Against(rev, tuple(found), tuple(_comparison(archive, book, base, tip) for base in found))


@dataclass(frozen=True)
class Moment:
    """A state of the records: a commit, or what lies on the disk (``commit`` is None); ``day`` where it was named by one."""

    name: str
    commit: str | None
    day: date | None = None

    def as_data(self) -> dict[str, Any]:
        """As ``metrics --format json`` gives it."""
        return {"commit": self.commit, "day": self.day}


def moment(root: Path, text: str, zone: str) -> Moment:
    """What a person names: a day (what was known by its end), or a commit by any of its names.

    Raises CannotDecide where there is no such commit, or nothing was known yet.
    """
    day = _as_day(text)
    if day is None:
        needs_history(root, whole=False)
        commit = commit_of(root, text)
        return Moment(commit[:12], commit)
    needs_history(root)
    commit_of(root, "HEAD")
    known = known_by(spine(root), day, zone)
    if known is None:
        raise CannotDecide(f"nothing was known on {day}: the first commit is later")
    return Moment(str(day), known, day)


def named(archive: Archive, text: str) -> Moment:
    """The same, days in the time zone of the team as the newest commit has it."""
    needs_history(archive.root, whole=False)
    if _as_day(text) is None:
        return moment(archive.root, text, "UTC")
    return moment(archive.root, text, zone_of(archive.book(commit_of(archive.root, "HEAD"))[0]))


def zone_of(book: Book) -> str:
    """The team's time zone."""
    return book.team.time_zone if book.team else "UTC"


def books_on(archive: Archive, days: Iterable[date], now: Book) -> Iterator[tuple[date, tuple[str, Book]]]:
    """The records as they were known by the end of each day; days before the first commit are left out."""
    needs_history(archive.root)
    commit_of(archive.root, "HEAD")
    commits = spine(archive.root)
    last: tuple[str, Book] | None = None
    for day in days:
        commit = known_by(commits, day, zone_of(now))
        if commit is not None:
            if last is None or last[0] != commit:
                last = commit, archive.book(commit)[0]
            yield day, last


def known_by(commits: Iterable[tuple[str, int]], day: date, zone: str) -> str | None:
    """The newest of these commits, given newest first, whose clock shows this day or an earlier one."""
    return next((id for id, time in commits if day_at(time, zone) <= day), None)


def day_at(time: int, zone: str) -> date:
    """The day that it was in a time zone."""
    return datetime.fromtimestamp(time, ZoneInfo(zone)).date()


def _as_day(text: str) -> date | None:
    try:
        return read_day(text)
    except ValueError:
        return None


def between(archive: Archive, before: str, after: str) -> tuple[Comparison, list[Problem]]:
    """Two commits, compared; with the problems of the later one's files."""
    book, problems = archive.book(after)
    old, _ = archive.book(before)
    return Comparison(old, book), problems


def _comparison(archive: Archive, book: Book, base: str, tip: str) -> Comparison:
    before, problems = archive.book(base)
    unread = frozenset(id_of(problem.place.path) for problem in problems if problem.code not in NEVER_RECORDS)
    _needs_to_be_readable(before, book, unread, base)
    new = [id for id in book.deals if id not in before.deals]
    returned = _returned(archive, base, new) if new else {}
    there = frozenset(_refs(archive.root, base, tip)) if tip != base else frozenset()
    return Comparison(before, book, returned, there)


def _refs(root: Path, before: str, after: str) -> Iterator[Ref]:
    """The deals and members that differ between two commits."""
    kinds = {"deals": "deal", "members": "member"}
    for touched in changed_between(root, before, after):
        folder, _, rest = touched.path.partition("/")
        if folder in kinds and rest.endswith(".yaml"):
            yield kinds[folder], id_of(rest)


def id_of(path: str) -> str:
    """The id of the record that a file would hold."""
    return path.rpartition("/")[2].removesuffix(".yaml")


def _needs_to_be_readable(before: Book, after: Book, unread: frozenset[str], commit: str) -> None:
    """Raise CannotDecide where an earlier record could not be read in what must not change.

    Where it cannot be read now either, the check is red without a comparison.
    """
    for kind, id in sorted(before.broken - after.broken):
        if kind == "deal" or kind == "process" or id not in after.of(kind):
            if (kind, id) not in before.documents and id not in unread:
                continue  # a link, a folder or a wrong name: it never was a record, and no number counted it
            if not _is_readable(before, kind, id):
                raise CannotDecide(
                    f"the {kind} '{id}' cannot be read in {commit[:12]}, so nobody can say whether its past was altered: "
                    "compare with a commit in which it can be read, or after it was mended there"
                )


def _is_readable(before: Book, kind: str, id: str) -> bool:
    lost = before.lost.get((kind, id))
    if lost is None or id not in before.of(kind):
        return False
    return not any(not path or path[0] in PROTECTED.get(kind, ()) for path in lost)


def _returned(archive: Archive, base: str, new: list[str]) -> dict[str, Deal]:
    """Deals that are new here and were deleted at some time before: what they said last."""
    wanted = set(new)
    blobs: dict[str, FoundFile] = {}
    ids: dict[str, str] = {}
    for commit in log(archive.root, "--diff-filter=DT", "-m", base, paths=("deals",)):
        for touched in commit.touched:
            id = id_of(touched.path)
            if id in wanted and id not in ids and touched.before and touched.before.mode.startswith("100"):
                ids[id] = touched.before.id
                blobs[id] = FoundFile(KINDS["deal"], id, touched.path)
    raw = dict(contents(archive.root, ids.values(), MAX_BYTES))
    found: dict[str, Deal] = {}
    for id, blob in ids.items():
        record = read_file(blobs[id], raw[blob]).record
        if isinstance(record, Deal):
            found[id] = record
    return found
