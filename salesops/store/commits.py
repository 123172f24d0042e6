"""The records as earlier commits had them: whole Books, read straight from git, each distinct file once."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from salesops.book.book import Book, Ref
from salesops.changes.alterations import is_accounted_for
from salesops.changes.compare import Comparison, added
from salesops.problems import CannotDecide, Problem
from salesops.problems import Path as Field
from salesops.records.deal import Deal
from salesops.records.kinds import KINDS, id_of, kind_at_path
from salesops.records.scalars import day_or_none
from salesops.records.yaml_reader import MAX_BYTES
from salesops.store import beside
from salesops.store.git import (
    Blob,
    bases,
    changed_between,
    commit_of,
    contents,
    log,
    needs_history,
    needs_own_files,
    needs_plain_files,
    needs_same_root,
    needs_settled_tree,
    spine,
    tree,
)
from salesops.store.git_call import asks
from salesops.store.load import MARKER, DirEntry, FoundFile, Is, ReadFile, load_from, read_file, read_files

MODES = {"100644": Is.FILE, "100755": Is.FILE, "100664": Is.FILE, "120000": Is.LINK}

NEVER_RECORDS = frozenset({"not-a-file", "file-name", "id-taken"})
"""Problems of entries that never were records: no number counted them."""

COMPARE_ELSEWHERE = "compare with a commit in which it can be read, or after it was fixed there"

LARGEST_FILE = 100 * 1024 * 1024
"""Bytes of a file that is taken out of a commit."""

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

    def entries(self, folder: str) -> Iterable[DirEntry]:
        if self.what_is(folder) not in (Is.FOLDER, None):
            raise NotADirectoryError(folder)
        return [DirEntry(name, what) for name, what in self.folders.get(folder, {}).items()]

    def what_is(self, path: str) -> Is | None:
        folder, _, name = path.rpartition("/")
        return self.folders.get(folder, {}).get(name)

    def read_all(self, files: list[FoundFile]) -> Iterable[ReadFile]:
        keys = [(file.path, self.blobs[file.path].id) for file in files]
        unread = [file for file, key in zip(files, keys, strict=True) if key not in self.shelf]
        ids = {file.path: self.blobs[file.path].id for file in unread}
        raw = dict(contents(self.root, ids.values(), MAX_BYTES))
        for file, found in zip(unread, read_files(unread, lambda file: raw[ids[file.path]]), strict=True):
            self.shelf[file.path, ids[file.path]] = found
        return (self.shelf[key] for key in keys)


@dataclass
class CommitBooks:
    """The Books of a repository's commits; what two commits share is read once."""

    root: Path
    shelf: Shelf = field(default_factory=dict)

    def book(self, commit: str) -> tuple[Book, list[Problem]]:
        """All records of a commit, joined, and every problem with its files."""
        return self.book_of(tree(self.root, commit))

    def book_of(self, blobs: dict[str, Blob]) -> tuple[Book, list[Problem]]:
        """All records among the files of a commit, joined, and every problem with the files."""
        return load_from(_Commit(self.root, blobs, self.shelf))

    def knows(self, book: Book) -> None:
        """Take what was read from the disk, so that files which an earlier commit had just so are not read again."""
        digest = hashlib.sha256 if asks(self.root, "rev-parse", "--show-object-format") == "sha256" else hashlib.sha1
        for ref, document in book.documents.items():
            record = book.of(ref[0]).get(ref[1])
            if record is not None and ref not in book.broken:
                raw = document.text.encode("utf-8")
                blob = digest(b"blob %d\0" % len(raw) + raw).hexdigest()
                self.shelf[document.path, blob] = ReadFile(document, record)


@contextmanager
def files_of(root: Path, commit: str, more: Iterable[str]) -> Iterator[Path]:
    """The records of a commit, and what it has at ``more`` paths, in a folder of their own, for as long as they are needed.

    Links and submodules are left out.
    """
    blobs = {path: blob.id for path, blob in tree(root, commit, more).items() if MODES.get(blob.mode) is Is.FILE}
    with TemporaryDirectory(prefix="salesops-") as folder:
        raw = dict(contents(root, blobs.values(), LARGEST_FILE))
        for path, blob in blobs.items():
            found = raw[blob]
            if isinstance(found, int):
                raise CannotDecide(f"{path} has {found:,} bytes in {commit[:12]}; the limit is {LARGEST_FILE:,}")
            _put(Path(folder), path, found)
        yield Path(folder)


def _put(folder: Path, path: str, content: bytes) -> None:
    """Write a file of a commit below a folder, and nowhere else: git may be told to hold names that lead out of it."""
    if {"", ".", ".."} & set(path.replace("\\", "/").split("/")):
        raise CannotDecide(f"'{path}' is no path of a file in a repository")
    file = folder / path
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as failure:
        raise CannotDecide(f"'{path}' cannot be taken out of the commit: {failure.strerror}") from None


@dataclass(frozen=True)
class Against:
    """The records, compared with a commit: ``bases`` are the commits that they were compared with.

    Usually one; several where branches were merged crosswise. There are more comparisons where a deal that is back had
    been deleted in several states. ``problems`` are those of the files of the commit that a report is about. ``beside``
    are the same comparisons with the last commit and with what is staged, where these differ from the disk, and
    ``slips`` what git would let slip by.
    """

    rev: str
    bases: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    problems: tuple[Problem, ...] = ()
    beside: tuple[tuple[str, tuple[Comparison, ...]], ...] = ()
    slips: tuple[Problem, ...] = ()

    @property
    def base(self) -> str:
        """The commit that a report is about."""
        return self.bases[0]

    @property
    def comparison(self) -> Comparison:
        """The comparison that a report is about."""
        return self.comparisons[0]


def against(root: Path, book: Book, rev: str, exact: bool = False) -> Against:
    """What lies on the disk, compared with where it parted from ``rev`` (with ``exact``: with ``rev`` itself).

    Raises CannotDecide wherever git, or an earlier state of the files, does not allow a verdict.
    """
    found = bases(root, rev, exact=exact)
    needs_settled_tree(root)
    needs_plain_files(root)
    beside.needs_own_objects(root)
    tip = commit_of(root, rev)
    archive = CommitBooks(root)
    archive.knows(book)
    there = frozenset.intersection(*(frozenset(_refs(root, base, tip)) for base in found))
    earlier = {base: _earlier(archive, book, base) for base in found}

    def compared(now: Book) -> tuple[Comparison, ...]:
        return tuple(
            each for base, (before, _) in earlier.items() for each in side_by_side(archive, before, now, base, there)
        )

    return Against(
        rev,
        tuple(found),
        compared(book),
        tuple(earlier[found[0]][1]),
        tuple((name, compared(archive.book_of(blobs)[0])) for name, blobs in beside.states(root)),
        tuple(beside.slips(root, found[0])),
    )


@dataclass(frozen=True)
class NamedCommit:
    """A commit as a person names it; ``day`` where it was named by one."""

    name: str
    commit: str
    day: date | None = None

    def as_data(self) -> dict[str, Any]:
        """As ``metrics --format json`` gives it."""
        return {"commit": self.commit, "day": self.day}


def commit_named(root: Path, text: str, zone: str) -> NamedCommit:
    """What a person names: a day (what was known by its end), or a commit by any of its names.

    Raises CannotDecide where there is no such commit, or nothing was known yet.
    """
    day = day_or_none(text)
    if day is None:
        needs_history(root, whole=False)
        commit = commit_of(root, text)
        return NamedCommit(commit[:12], commit)
    needs_history(root)
    commit_of(root, "HEAD")
    for _, known in known_by(spine(root), [day], zone):
        return NamedCommit(str(day), known, day)
    first = day_at(spine(root)[-1][1], zone)
    raise CannotDecide(f"nothing was known on {day}: the first commit is of {first}")


def commit_asked_for(archive: CommitBooks, text: str) -> NamedCommit:
    """The same, days in the time zone of the team as the newest commit has it."""
    needs_history(archive.root, whole=False)
    if day_or_none(text) is None:
        return commit_named(archive.root, text, "UTC")
    return commit_named(archive.root, text, archive.book(commit_of(archive.root, "HEAD"))[0].zone)


def books_on(
    archive: CommitBooks, days: Iterable[date], now: Book, head: str = "HEAD"
) -> Iterator[tuple[date, tuple[str, Book]]]:
    """The records as they were known by the end of each day; days before the first commit are left out."""
    needs_history(archive.root)
    commit_of(archive.root, head)
    last: tuple[str, Book] | None = None
    for day, commit in known_by(spine(archive.root, head), days, now.zone):
        if last is None or last[0] != commit:
            last = commit, archive.book(commit)[0]
        yield day, last


def known_by(commits: Iterable[tuple[str, int]], days: Iterable[date], zone: str) -> Iterator[tuple[date, str]]:
    """For each day the newest of these commits, given newest first, whose clock shows that day or an earlier one."""
    newest: list[tuple[date, str]] = []
    for commit, time in commits:
        day = day_at(time, zone)
        if not newest or day < newest[-1][0]:
            newest.append((day, commit))
    newest.reverse()
    for day in days:
        at = bisect_right(newest, day, key=lambda known: known[0])
        if at:
            yield day, newest[at - 1][1]


def day_at(time: int, zone: str) -> date:
    """The day that it was in a time zone."""
    return datetime.fromtimestamp(time, ZoneInfo(zone)).date()


def _earlier(archive: CommitBooks, book: Book, base: str) -> tuple[Book, list[Problem]]:
    """The records of a commit that what lies on the disk can be compared with, and the problems with its files."""
    blobs = tree(archive.root, base)
    needs_own_files(blobs, base)
    if MARKER not in blobs:
        needs_same_root(archive.root, base)
    before, problems = archive.book_of(blobs)
    _needs_to_be_readable(before, book, problems, base)
    _needs_to_be_there(archive.root, before, book, base)
    return before, problems


def side_by_side(
    archive: CommitBooks, before: Book, book: Book, base: str, there: frozenset[Ref] = frozenset()
) -> Iterator[Comparison]:
    """The records of a commit beside later ones, once for each state from which a deal may have come back."""
    new = [deal_id for deal_id in book.deals if deal_id not in before.deals]
    returned = _returned(archive, base, frozenset(new)) if new else {}
    for at in range(max((len(states) for states in returned.values()), default=1)):
        yield Comparison(
            before, book, {deal_id: states[min(at, len(states) - 1)] for deal_id, states in returned.items()}, there
        )


def _refs(root: Path, before: str, after: str) -> Iterator[Ref]:
    """The deals and members that differ between two commits."""
    for touched in changed_between(root, before, after):
        kind = kind_at_path(touched.path)
        if kind and kind.has_own_name:
            yield kind.name, id_of(touched.path)


def _needs_to_be_readable(before: Book, after: Book, problems: list[Problem], commit: str) -> None:
    """Raise CannotDecide where an earlier record could not be read in what must not change.

    Where it cannot be read now either, the check is red without a comparison.
    """
    unread = frozenset(id_of(problem.place.path) for problem in problems if problem.code not in NEVER_RECORDS)
    for kind, record_id in sorted(before.broken - after.broken):
        if kind in ("deal", "process", "removed") or record_id not in after.of(kind):
            if (kind, record_id) not in before.documents and record_id not in unread:
                continue  # a link, a folder or a wrong name: it never was a record, and no number counted it
            if not _is_readable(before, kind, record_id):
                raise CannotDecide(_unreadable(kind, record_id, commit[:12]))
    for problem in problems:
        record_id = id_of(problem.place.path)
        if problem.code == "id-taken" and record_id in after.deals and record_id not in before.deals:
            raise CannotDecide(
                f"{problem.place.path} and another file had the id '{record_id}' in {commit[:12]}: {COMPARE_ELSEWHERE}"
            )


def _needs_to_be_there(root: Path, before: Book, after: Book, commit: str) -> None:
    """Raise CannotDecide where records had left before this comparison begins, and what became of them shows only now."""
    signed = {(removal.kind, removal.id) for removal in after.removed.removed} if after.removed else set()
    left = before.broken - after.broken - before.documents.keys() - signed
    hidden = frozenset(record_id for kind, record_id in left if kind == "deal" and record_id not in after.deals)
    gone = sorted(hidden & _deleted(root, commit, "deal").keys()) if hidden else []
    if gone:
        raise CannotDecide(
            f"the deal '{gone[0]}' was a record before {commit[:12]} and is gone: restore its file, "
            "or say in playbook/removed.yaml who removed it and why"
        )
    if after.versions and not before.versions and _deleted(root, commit, "process"):
        raise CannotDecide(
            f"there is no process version in {commit[:12]}, but earlier commits had one: compare with one of those"
        )


def _unreadable(kind: str, record_id: str, where: str) -> str:
    return f"the {kind} '{record_id}' cannot be read in {where}, so its history cannot be compared: {COMPARE_ELSEWHERE}"


def _is_readable(before: Book, kind: str, record_id: str) -> bool:
    lost = before.lost.get((kind, record_id))
    return lost is not None and record_id in before.of(kind) and not _hides_the_past(kind, lost)


def _hides_the_past(kind: str, lost: frozenset[Field]) -> bool:
    return any(not path or path[0] in KINDS[kind].past for path in lost)


def _returned(archive: CommitBooks, base: str, new: frozenset[str]) -> dict[str, list[Deal]]:
    """Deals that are new here and were deleted at some time before: what they said last, on each branch that knew better."""
    deleted = {deal_id: files for deal_id, files in _deleted(archive.root, base, "deal").items() if deal_id in new}
    raw = dict(contents(archive.root, (blob for files in deleted.values() for _, blob in files), MAX_BYTES))
    return {
        deal_id: _last([read_file(file, raw[blob]) for file, blob in files], deal_id, base)
        for deal_id, files in deleted.items()
    }


def _deleted(root: Path, base: str, kind: str) -> dict[str, list[tuple[FoundFile, str]]]:
    """The files of a kind that a commit before ``base`` took away, or a merge did not take over, by id; the newest first."""
    found: dict[str, list[tuple[FoundFile, str]]] = {}
    for commit in log(root, "--diff-filter=DT", "--diff-merges=separate", base, paths=(KINDS[kind].where,)):
        for touched in commit.touched:
            record_id = id_of(touched.path)
            if touched.path.endswith(".yaml") and touched.before and touched.before.mode.startswith("100"):
                found.setdefault(record_id, []).append(
                    (FoundFile(KINDS[kind], record_id, touched.path), touched.before.id)
                )
    return found


def _last(files: list[ReadFile], deal_id: str, base: str) -> list[Deal]:
    """The states, newest first, that no other one goes on from; the newest must be readable."""
    deals = [_past_of(file) for file in files]
    if deals[0] is None:
        raise CannotDecide(_unreadable("deal", deal_id, f"the last commit before {base[:12]} that had it"))
    states: list[Deal] = []
    for deal in deals:
        if deal and not any(_goes_on(deal, other) for other in states):
            states = [*(other for other in states if not _goes_on(other, deal)), deal]
    return states


def _past_of(file: ReadFile) -> Deal | None:
    """The deal in a file, if what must not change can be read of it."""
    whole = not _hides_the_past("deal", file.lost or frozenset())
    return file.record if whole and isinstance(file.record, Deal) else None


def _goes_on(before: Deal, after: Deal) -> bool:
    """Whether the later deal may have come from the earlier one."""
    return is_accounted_for(before.stages, after.stages, added(list(before.corrections), list(after.corrections)))
