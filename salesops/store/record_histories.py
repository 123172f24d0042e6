"""Every version that every record ever had on a branch, read from git in one go: what the timeline is told from."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from salesops.book.book import Book, Ref
from salesops.changes.change import Change
from salesops.changes.compare import SAME_RECORD_SHARE, Comparison, first_come, likeness
from salesops.changes.declared import KINDS_TOLD, beliefs_of
from salesops.changes.names import Names
from salesops.changes.report import Report, Side
from salesops.changes.timeline import MAIN, Beliefs, Commit, Event, FileHistory, FileVersion, GitHistory, Timeline, told
from salesops.metrics.targets import trend_days
from salesops.problems import CannotDecide
from salesops.records.kinds import KINDS, id_of, kind_at_path
from salesops.records.scalars import ID_FORM
from salesops.records.yaml_reader import MAX_BYTES, MAX_NODES, UNSEEN, read
from salesops.reports.weekly import days_looked_at, since
from salesops.store.commits import MODES, CommitBooks, books_on, day_at
from salesops.store.git import Blob, Logged, Touched, branch_of, commit_of, contents, log, needs_history, spine
from salesops.store.git_call import git
from salesops.store.load import Is
from salesops.store.parallel import can_split, elsewhere

_BLOCK = re.compile(r"^(?=[A-Za-z_])", re.MULTILINE)
_HIDDEN = re.compile(r"^(?:[^A-Za-z_# \r\n-]|-(?![ \r\n]))", re.MULTILINE)
"""Lines at the left margin that may begin something else inside of a block: quoted keys, other documents, directives."""
LARGEST = MAX_NODES
"""Bytes of a version that is read block by block: none so short is refused for its size or for its many values."""


class VersionReader:
    """Reads the versions of one file; remembers the blocks that it has seen."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.seen: dict[str, dict[str, Any]] = {}

    def data(self, raw: bytes | int) -> dict[str, Any] | None:
        """What a version says, as plain text, lists and mappings; None where it cannot be read."""
        if isinstance(raw, int):
            return None
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return None
        blocks = _blocks(text) if len(raw) <= LARGEST else None
        if blocks is None:
            return self._whole(raw)
        return self._by_blocks(raw, blocks) if self.seen else self._first(raw, blocks)

    def _whole(self, raw: bytes) -> dict[str, Any] | None:
        document, _ = read(self.path, raw)
        return document.data if document else None

    def _first(self, raw: bytes, blocks: list[str]) -> dict[str, Any] | None:
        """The first version is read as a whole, which is quicker than in parts; what its blocks say is remembered.

        A block is what it seems only where a key of the record begins it, and another one or nothing follows: in a
        text or a list over several lines a line may look like a key.
        """
        document, problems = read(self.path, raw)
        if document is None:
            return None
        data = document.data
        if not problems and not any(_HIDDEN.search(block) for block in blocks):
            keys = [_key(block) for block in blocks]
            for block, key, following in zip(blocks, keys, [*keys[1:], None], strict=True):
                if key in data and (following is None or following in data):
                    self.seen[block] = {key: data[key]}
        return data

    def _by_blocks(self, raw: bytes, blocks: list[str]) -> dict[str, Any] | None:
        new = [block for block in blocks if block not in self.seen]
        if new and not (self._learn(new) or all(self._learn([block], may_be_empty=True) for block in new)):
            return self._whole(raw)
        data: dict[str, Any] = {}
        for block in blocks:
            data.update(self.seen[block])
        return data

    def _learn(self, blocks: list[str], may_be_empty: bool = False) -> bool:
        """Read blocks together, which is quicker than one by one; whether each of them is plainly what it seems.

        A key without a value cannot be told from one that a text above it has swallowed: such a block is read alone.
        """
        document, problems = read(self.path, "".join(blocks).encode("utf-8"))
        if document is None or problems or any(_HIDDEN.search(block) for block in blocks):
            return False
        data, keys = document.data, [_key(block) for block in blocks]
        if data.keys() != set(keys) and not (may_be_empty and not data):
            return False
        self.seen |= {block: {key: data[key]} if key in data else {} for block, key in zip(blocks, keys, strict=True)}
        return True


def _blocks(text: str) -> list[str] | None:
    """The text of each top-level key; None where something else stands above the first, or a key twice."""
    head, *blocks = _BLOCK.split(text)
    if UNSEEN.search(head) or not all(not line.strip(" \r") or line.startswith("#") for line in head.split("\n")):
        return None
    return blocks if blocks and len({_key(block) for block in blocks}) == len(blocks) else None


def _key(block: str) -> str:
    return block.split(":", 1)[0].rstrip(" ")


SPLIT_FROM = 2_000
"""From this many versions on a second process reads half of them."""
NAMING = tuple(kind.name for kind in KINDS.values() if kind.names)
"""The kinds of records that say how people, stages, members and deals are called."""
MAX_PAIRS_IN_A_COMMIT = 10_000
"""So many pairs of files are compared at most to find the renamed ones of one commit."""


def timeline_of(root: Path, book: Book, as_of: date, only: Iterable[Ref] | None = None, head: str = "HEAD") -> Timeline:
    """What the commits of the current branch say happened to the records; see ``file_histories``.

    Where there are many versions a second process tells half of them.
    """
    names = Names(book, as_of)
    traced = _traced(root, book.zone, head, only)
    refs = list(traced.records)
    upto = list(accumulate(len(traced.records[ref]) for ref in refs))
    if not upto or upto[-1] < SPLIT_FROM or not can_split():
        return told(_histories(root, traced, refs), names)
    half = bisect_left(upto, upto[-1] // 2)
    theirs = elsewhere(lambda: _plain(told(_histories(root, traced, refs[half:]), names)))
    ours = told(_histories(root, traced, refs[:half]), names)
    return Timeline({**ours.records, **_from_plain(theirs(), traced.commits)})


def _plain(known: Timeline) -> list[Any]:
    """A timeline as a second process sends it."""
    return [
        (
            *ref,
            [
                (
                    entry.commit.id,
                    entry.was_brought,
                    one.kind,
                    one.ref,
                    one.who,
                    one.what,
                    one.before,
                    one.after,
                    one.date,
                )
                for entry in entries
                for one in (entry.change,)
            ],
        )
        for ref, entries in known.records.items()
    ]


def _from_plain(sent: list[Any], commits: Mapping[str, Commit]) -> dict[Ref, tuple[Event, ...]]:
    return {
        (kind, record_id): tuple(
            Event(commits[commit], Change(*change), brought) for commit, brought, *change in entries
        )
        for kind, record_id, entries in sent
    }


def git_history(root: Path, book: Book, as_of: date, head: str = "HEAD", months: int = 0) -> GitHistory:
    """What git tells of the records up to a day, for the site, and of so many month-ends before it; where it cannot tell, why."""
    return replace(_told_by_git(root, book, as_of, head, months), branch=_branch(root))


def _branch(root: Path) -> str:
    try:
        return branch_of(root) or MAIN
    except CannotDecide:
        return MAIN


def _told_by_git(root: Path, book: Book, as_of: date, head: str, months: int) -> GitHistory:
    try:
        known = _remembered(root, book, as_of, head).until(as_of)
        is_later = day_at(spine(root, head)[0][1], book.zone) > as_of
    except CannotDecide as fault:
        return GitHistory(Timeline(gap=str(fault)))
    week, month = as_of - timedelta(days=as_of.weekday() + 1), as_of.replace(day=1) - timedelta(days=1)
    trend = trend_days(book.on(as_of)) if book.processes else set()
    ends = month_ends(as_of, months)
    archive = CommitBooks(root)
    archive.knows(book)
    then = _known_then(archive, book, {week, month, *trend, *days_looked_at(book.until(as_of), as_of), *ends}, head)
    known_ends = tuple(day for day in ends if day in then and then[day].on(day).book.processes)
    before = {since(then[day].until(day), day) for day in known_ends}
    then |= _known_then(archive, book, before - then.keys(), head)
    return GitHistory(
        known,
        _story(then.get(week), book, week, as_of),
        _story(then.get(month), book, month, as_of),
        changed_since=is_later,
        earlier=then,
        beliefs=beliefs_told(root, book, as_of, head),
        month_ends=known_ends,
    )


_last_beliefs: dict[tuple[object, ...], Beliefs] = {}


def beliefs_told(root: Path, book: Book, as_of: date, head: str = "HEAD") -> Beliefs:
    """What git tells of the experiments and hypotheses that there are; a preview does not read it again between two commits."""
    refs = [(kind, name) for kind in KINDS_TOLD for name in sorted(book.of(kind))]
    key = (root, commit_of(root, head), as_of, book.zone, tuple(refs))
    if key not in _last_beliefs:
        found = beliefs_of(file_histories(root, book.zone, head, refs), as_of) if refs else Beliefs()
        _last_beliefs.clear()
        _last_beliefs[key] = found
    return _last_beliefs[key]


def month_ends(as_of: date, months: int) -> list[date]:
    """The last days of so many months that were over before a day, the newest first."""
    ends: list[date] = []
    while len(ends) < months:
        ends.append((ends[-1] if ends else as_of).replace(day=1) - timedelta(days=1))
    return ends


def _known_then(archive: CommitBooks, book: Book, days: Iterable[date], head: str) -> dict[date, Book]:
    """The records as they were known by the end of each day; a file that several commits have is read once."""
    return {day: then for day, (_, then) in books_on(archive, sorted(days), book, head)}


_last: dict[tuple[object, ...], Timeline] = {}


def _remembered(root: Path, book: Book, as_of: date, head: str) -> Timeline:
    """The timeline; a preview that is built again between two commits does not read the history again."""
    needs_history(root)
    texts = tuple(book.documents[ref].text for ref in book.documents if ref[0] in NAMING and ref[0] != "deal")
    titles = tuple((deal_id, deal.member, deal.title) for deal_id, deal in book.deals.items())
    key = (root, commit_of(root, head), as_of, texts, titles)
    if key not in _last:
        found = timeline_of(root, book, as_of, head=head)
        _last.clear()
        _last[key] = found
    return _last[key]


def _story(before: Book | None, book: Book, first: date, last: date) -> Report | None:
    """What happened from the end of one day to another; None where nothing was known on the first."""
    if before is None:
        return None
    return Report(Side(before, first, str(first)), Side(book, last, str(last)), Comparison(before, book))


@dataclass(frozen=True, slots=True)
class _Trace:
    """A version of a record before it is read: who wrote it, where, and what; ``by`` is the commit of the branch."""

    commit: Commit
    path: str
    id: str
    blob: str | None
    by: str


def every_ref(root: Path) -> list[Ref]:
    """Every record that the current branch ever held, under its last name."""
    return list(_traced(root, "UTC", "HEAD", None).records)


@dataclass(frozen=True, slots=True)
class _Traced:
    """The versions of every record before they are read, and the first commit that had deals."""

    records: Mapping[Ref, list[_Trace]]
    first: str | None

    @property
    def commits(self) -> dict[str, Commit]:
        return {trace.commit.id: trace.commit for found in self.records.values() for trace in found}


def file_histories(
    root: Path, zone: str, head: str = "HEAD", only: Iterable[Ref] | None = None
) -> Iterator[FileHistory]:
    """Every version of every record that a branch ever held, one record after the other; with ``only``, of these alone.

    A record is found under each name that it had. Raises CannotDecide where the history is not there as a whole.
    """
    traced = _traced(root, zone, head, only)
    yield from _histories(root, traced, list(traced.records))


def _traced(root: Path, zone: str, head: str, only: Iterable[Ref] | None) -> _Traced:
    needs_history(root)
    commit_of(root, head)
    spine_first = log(root, "--first-parent", head)
    traces = _traces(root, list(reversed(spine_first)), _on_branches(root, spine_first, head), zone)
    wanted = None if only is None else set(only)
    chosen = {ref: found for ref, found in sorted(traces.items()) if wanted is None or _names(ref, found) & wanted}
    return _Traced(chosen, _first_with_deals(spine_first))


def _names(ref: Ref, found: list[_Trace]) -> set[Ref]:
    """What a record was ever called."""
    return {(ref[0], trace.id) for trace in found}


def _histories(root: Path, traced: _Traced, refs: list[Ref]) -> Iterator[FileHistory]:
    wanted = [trace.blob for ref in refs for trace in traced.records[ref] if trace.blob]
    store = _Store(contents(root, wanted, MAX_BYTES), Counter(wanted))
    for ref in refs:
        found = traced.records[ref]
        yield FileHistory(ref, tuple(_versions(found, store)), found[0].by == traced.first)


@dataclass
class _Store:
    """Files as git hands them out, kept until nobody needs them any more."""

    coming: Iterator[tuple[str, bytes | int]]
    uses: Counter[str]
    held: dict[str, bytes | int] = field(default_factory=dict)

    def take(self, object_id: str) -> bytes | int:
        while object_id not in self.held:
            came, raw = next(self.coming)
            self.held[came] = raw
        self.uses[object_id] -= 1
        return self.held[object_id] if self.uses[object_id] else self.held.pop(object_id)


def _versions(traces: list[_Trace], store: _Store) -> Iterator[FileVersion]:
    reader = VersionReader(traces[0].path)
    for trace in traces:
        data = reader.data(store.take(trace.blob)) if trace.blob else None
        yield FileVersion(trace.commit, trace.path, data, trace.id, is_readable=data is not None or trace.blob is None)


def _first_with_deals(newest_first: list[Logged]) -> str | None:
    return next(
        (
            commit.id
            for commit in reversed(newest_first)
            if any(touched.after and touched.path.startswith("deals/") for touched in commit.touched)
        ),
        None,
    )


class BranchCommit(NamedTuple):
    """A commit, what it did to a file, and its turn among those that a merge brought (0: the commit that brought them)."""

    by: Logged
    touched: Touched
    turn: int = 0


Brought = Mapping[tuple[str, str], list[BranchCommit]]
"""What the commits of merged branches did, the oldest first: by the merge that brought them, and the path."""


def _on_branches(root: Path, first_parents: list[Logged], head: str) -> Brought:
    found: dict[tuple[str, str], list[BranchCommit]] = {}
    if any(len(commit.parents) > 1 for commit in first_parents):
        brought = _brought(root, head)
        for turn, commit in enumerate(log(root, "--no-merges", head), 1):
            if commit.id in brought:
                for touched in commit.touched:
                    found.setdefault((brought[commit.id], touched.path), []).insert(
                        0, BranchCommit(commit, touched, -turn)
                    )
    return found


def _steps(logged: Logged, touched: Touched, brought: Brought) -> list[BranchCommit]:
    """What a commit of this branch did to a file, step by step as the people of a merged branch did it.

    Where both branches had changed the file the steps are not to be told apart, and there is one: whoever wrote just
    what the merge says, else whoever merged.
    """
    steps = brought.get((logged.id, touched.path), [])
    states = [touched.before, *(step.touched.after for step in steps)]
    if steps and [step.touched.before for step in steps] == states[:-1] and states[-1] == touched.after:
        return steps
    last = next(
        (step for step in reversed(steps) if step.touched.after == touched.after), BranchCommit(logged, touched)
    )
    return [BranchCommit(last.by, touched, last.turn)]


def _brought(root: Path, head: str) -> dict[str, str]:
    """For each commit that was made on a merged branch: the merge by which this branch came to know it."""
    graph = (line.split() for line in git(root, "rev-list", "--parents", head, "--").decode("ascii").splitlines())
    parents = {commit: before for commit, *before in graph}
    own = [commit for commit, _ in spine(root, head)]
    known, found = set(own), {}
    for merge in reversed(own):
        waiting = parents[merge][1:]
        while waiting:
            commit = waiting.pop()
            if commit not in known:
                known.add(commit)
                found[commit] = merge
                waiting += parents[commit]
    return found


def _traces(root: Path, oldest_first: list[Logged], brought: Brought, zone: str) -> dict[Ref, list[_Trace]]:
    """The versions of every record, oldest first, under its last id; what was renamed within a commit is followed."""
    found: dict[Ref, list[_Trace]] = {}
    for turn, logged in enumerate(oldest_first):
        gone: dict[Ref, Touched] = {}
        new: dict[Ref, Touched] = {}
        for touched in logged.touched:
            ref = _ref_of(touched.path)
            if ref is not None and _is_file(touched.after):
                new[ref] = touched
            elif ref is not None and _is_file(touched.before):
                gone[ref] = touched
        here = {ref: one for ref, one in gone.items() if ref not in new and ref in found}
        for ref, was in _renames(root, here, {ref: one for ref, one in new.items() if ref not in found}):
            found[ref] = found.pop(was)
            del gone[was]
        for ref, touched in new.items():
            found.setdefault(ref, []).extend(_told_by(ref, touched, logged, turn, brought, zone))
        for ref, touched in gone.items():
            if ref not in new:
                found.setdefault(ref, []).extend(_told_by(ref, touched, logged, turn, brought, zone))
    return found


def _told_by(ref: Ref, touched: Touched, logged: Logged, turn: int, brought: Brought, zone: str) -> Iterator[_Trace]:
    """Versions under the names of whoever wrote them, with the day on which this branch learned of them."""
    day = day_at(logged.time, zone)
    for by, step, own_turn in _steps(logged, touched, brought):
        blob = step.after.id if step.after and _is_file(step.after) else None
        commit = Commit(by.id, day, logged.time, by.author, by.subject, (turn, own_turn))
        yield _Trace(commit, step.path, ref[1], blob, logged.id)


def _renames(root: Path, gone: Mapping[Ref, Touched], new: Mapping[Ref, Touched]) -> list[tuple[Ref, Ref]]:
    """Files that a commit put under another name: those with the same content, then those that mostly say the same."""
    same = {(ref[0], touched.before.id): ref for ref, touched in gone.items() if touched.before}
    found = []
    for ref, touched in new.items():
        was = same.pop((ref[0], touched.after.id), None) if touched.after else None
        if was is not None:
            found.append((ref, was))
    done = {ref for pair in found for ref in pair}
    return [*found, *_alike(root, _without(gone, done), _without(new, done))]


def _without(touched: Mapping[Ref, Touched], done: set[Ref]) -> dict[Ref, Touched]:
    return {ref: one for ref, one in touched.items() if ref not in done}


def _alike(root: Path, gone: Mapping[Ref, Touched], new: Mapping[Ref, Touched]) -> Iterator[tuple[Ref, Ref]]:
    """The likeliest pairs; where a commit replaced very many files at once, none."""
    if not gone or not new or len(gone) * len(new) > MAX_PAIRS_IN_A_COMMIT:
        return
    blobs = {ref: one.before.id for ref, one in gone.items() if one.before} | {
        ref: one.after.id for ref, one in new.items() if one.after
    }
    raw = dict(contents(root, blobs.values(), MAX_BYTES))
    said = {ref: VersionReader("").data(raw[blob]) or {} for ref, blob in blobs.items()}
    pairs = sorted((-likeness(said[was], said[ref]), ref, was) for ref in new for was in gone if ref[0] == was[0])
    for ref, was in first_come((ref, was) for share, ref, was in pairs if -share >= SAME_RECORD_SHARE).items():
        yield ref, (ref[0], was)


def _is_file(blob: Blob | None) -> bool:
    return blob is not None and MODES.get(blob.mode) is Is.FILE


def _ref_of(path: str) -> Ref | None:
    """Which record a file holds; None where it holds none."""
    kind = kind_at_path(path)
    record_id = id_of(path)
    return (kind.name, record_id) if kind and ID_FORM.fullmatch(record_id) else None
