"""What becomes of a record that an import makes: it is new, or says nothing new, or differs from the one on file."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, NamedTuple

from salesops.book.book import Book, Ref
from salesops.edits.edit import CannotEdit
from salesops.edits.yaml_writer import FileChange, in_order, render
from salesops.imports.additions import Addition, Grasp, Question, completed, differences
from salesops.imports.three_way import NOTHING_TAKEN, LastImport, Sides, three_way
from salesops.problems import Path, Place, Problem, dotted
from salesops.records.dated import days_to_come
from salesops.records.deal import Deal
from salesops.records.model_fields import lists_of
from salesops.records.record import Entries, Record
from salesops.records.validation import typed
from salesops.records.yaml_reader import MAX_BYTES, Document, read, too_large
from salesops.store.scratch import ScratchDict, ScratchList


class Outcome(StrEnum):
    """What becomes of a record."""

    NEW = "new"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """One record of the import: its file, what becomes of it, and the change where there is one.

    ``differs`` names the fields in which it is not what is on file, ``asked`` those that a person has to decide, with both
    values, ``left`` what is not taken for nobody asked for updates; ``why`` says what else keeps it from being written.
    ``told`` is what the table says of it, in which ``rows``.
    """

    kind: str
    id: str
    path: str
    outcome: Outcome
    change: FileChange | None = None
    differs: tuple[str, ...] = ()
    asked: tuple[Question, ...] = ()
    left: tuple[Addition, ...] = ()
    why: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[int, ...] = ()

    @property
    def open_ends(self) -> tuple[Addition | Question, ...]:
        """Where the record and the table still differ once this is written."""
        return (*self.asked, *self.left)


class RecordOutcomes(Collection[RecordOutcome]):
    """What becomes of the records of an import, in order; of each only what is counted is held, the rest is put aside."""

    def __init__(self, aside: ScratchList[Any] | None = None) -> None:
        self.aside = ScratchList[Any]() if aside is None else aside
        self._counted: list[_Counted] = []
        self._places = array("L")

    def add(self, entry: RecordOutcome) -> None:
        """Put one more at the end."""
        change = entry.change and (entry.change.path, entry.change.text, entry.change.was)
        more = (entry.differs, entry.asked, entry.left, entry.why, dict(entry.told), entry.rows)
        self._counted.append(_counted(entry.kind, entry.outcome, change is not None, bool(entry.asked)))
        self._places.append(self.aside.append((entry.id, entry.path, change, *more)))

    def extend(self, entries: Iterable[RecordOutcome]) -> None:
        """Put several more at the end."""
        for entry in entries:
            self.add(entry)

    def count(self, kind: str, outcome: Outcome) -> int:
        """How many records of a kind this becomes of."""
        return sum((one.kind, one.outcome) == (kind, outcome) for one in self._counted)

    @property
    def kinds(self) -> set[str]:
        """The kinds of record that there are."""
        return {one.kind for one in self._counted}

    def of(self, outcome: Outcome) -> Iterator[RecordOutcome]:
        """The records of which this becomes."""
        return (self._get(at) for at, one in enumerate(self._counted) if one.outcome is outcome)

    def changed(self, kind: str) -> Iterator[FileChange]:
        """The changes to the records of a kind."""
        for at, one in enumerate(self._counted):
            if one.is_changed and one.kind == kind and (change := self._get(at).change):
                yield change

    @property
    def are_changed(self) -> int:
        """How many records there is a change to."""
        return sum(one.is_changed for one in self._counted)

    @property
    def asking(self) -> Iterator[RecordOutcome]:
        """The records of which a person has to decide something."""
        return (self._get(at) for at, one in enumerate(self._counted) if one.asks)

    def only(self, ids: Collection[str]) -> RecordOutcomes:
        """Those of the records that have one of some ids."""
        found = RecordOutcomes(self.aside)
        for at, entry in enumerate(self):
            if entry.id in ids:
                found._counted.append(self._counted[at])
                found._places.append(self._places[at])
        return found

    def __add__(self, other: RecordOutcomes) -> RecordOutcomes:
        found = RecordOutcomes(self.aside)
        found._counted = self._counted + other._counted
        found._places = self._places + other._places
        return found

    def _get(self, at: int) -> RecordOutcome:
        counted = self._counted[at]
        record_id, path, change, *more = self.aside[self._places[at]]
        return RecordOutcome(
            counted.kind, record_id, path, counted.outcome, FileChange(*change) if change else None, *more
        )

    @cached_property
    def places(self) -> ScratchDict[Ref, tuple[int, ...]]:
        """Where each record stands, once all are there; one may gain something from several tables."""
        found = ScratchDict[Ref, tuple[int, ...]]()
        for at, entry in enumerate(self):
            ref = (entry.kind, entry.id)
            found[ref] = (*found.get(ref, ()), at)
        return found

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, at: int) -> RecordOutcome:
        return self._get(at)

    def __iter__(self) -> Iterator[RecordOutcome]:
        return map(self._get, range(len(self)))

    def __contains__(self, entry: object) -> bool:
        return any(entry == one for one in self)


class _Counted(NamedTuple):
    """What is counted of a record."""

    kind: str
    outcome: Outcome
    is_changed: bool
    asks: bool


@cache
def _counted(kind: str, outcome: Outcome, is_changed: bool, asks: bool) -> _Counted:
    """The same one for all records that are counted alike."""
    return _Counted(kind, outcome, is_changed, asks)


@dataclass(frozen=True)
class ToldRecord:
    """A record as ``rows`` of a table tell it: what it is, where it would go, and its data; ``emptied`` are the fields that the table leaves empty."""

    kind: str
    model: type[Record]
    id: str
    folder: str
    data: dict[str, Any]
    emptied: Collection[str] = ()
    rows: tuple[int, ...] = ()

    def becomes(self, outcome: Outcome, path: str, change: FileChange | None = None, why: str = "") -> RecordOutcome:
        """What becomes of it."""
        return RecordOutcome(self.kind, self.id, path, outcome, change, why=why, told=self.data, rows=self.rows)


@dataclass(frozen=True)
class OnFile:
    """The records on file; with ``update`` they gain what they lack, and never lose what they say.

    ``mark`` is what a new deal says of where it came from, ``stages`` are those that the mapping knows. ``last`` is what the
    last import took: the table is held against that, too, and what it says anew is taken where nobody changed the record.
    """

    book: Book
    mark: dict[str, str]
    update: bool = False
    stages: frozenset[str] = frozenset()
    last: LastImport = NOTHING_TAKEN

    def has(self, kind: str, record_id: str) -> bool:
        """Whether a record of that kind and id exists, readable or not."""
        return (kind, record_id) in self.book.documents or (kind, record_id) in self.book.broken

    def removed(self, kind: str, record_id: str) -> str:
        """The day on which a record was deleted on purpose; nothing where it was not."""
        return self._removals.get((kind, record_id), "")

    @cached_property
    def _removals(self) -> dict[Ref, str]:
        removals = self.book.removed.removed if self.book.removed else ()
        return {(entry.kind, entry.id): str(entry.date) for entry in removals}

    def entry(self, told: ToldRecord) -> RecordOutcome | list[Problem]:
        """What becomes of one record, or why it would not be one."""
        document = self.book.documents.get((told.kind, told.id))
        path = document.path if document else f"{told.folder}/{told.id}.yaml"
        if (told.kind, told.id) in self.book.broken:
            why = "the existing file has errors: run salesops check"
            return told.becomes(Outcome.KEPT, path, why=why)
        return self._new(told, path) if document is None else self._known(told, document)

    def _new(self, told: ToldRecord, path: str) -> RecordOutcome | list[Problem]:
        """A record that is not on file yet, or why it would not be one."""
        ordered = in_order(told.model, {**told.data, "imported": self.mark} if told.model is Deal else told.data)
        text = render(ordered)
        return self._problems(path, told, ordered, text) or told.becomes(Outcome.NEW, path, FileChange(path, text))

    def _differences(self, told: ToldRecord, document: Document) -> list[Addition | Question]:
        """What is to be added to a record on file, and what is to be asked."""
        known = Grasp(self.stages, self.closing, _lists(told.model))
        found = list(differences(document.data, told.data, known))
        before = self.last.of(told.kind, told.id)
        sides = Sides(document.data, told.data, before, told.id, told.model, told.emptied)
        return list(three_way(found, sides, self.last))

    def _known(self, told: ToldRecord, document: Document) -> RecordOutcome | list[Problem]:
        """A record on file: with ``update`` it gains what it lacks; where it says something else it is asked about."""
        found = self._differences(told, document)
        if not found:
            return told.becomes(Outcome.UNCHANGED, document.path)
        differs = tuple(dict.fromkeys(str(one.path[0]) for one in found))
        asked = tuple(one for one in found if isinstance(one, Question))
        kept = replace(told.becomes(Outcome.KEPT, document.path), differs=differs, asked=asked)
        additions = [one for one in found if isinstance(one, Addition)]
        if not self.update or not additions:
            return replace(kept, left=tuple(additions))
        try:
            text = completed(document.text, [*additions, *self._newer_mark(document, additions)], told.model)
        except CannotEdit as fault:
            return replace(kept, why=f"what it lacks has to be added by hand: {fault}")
        changed, problems = read(document.path, text.encode("utf-8"))
        problems = self._problems(document.path, told, changed.data, text) if changed else problems
        return problems or replace(kept, outcome=Outcome.UPDATED, change=FileChange(document.path, text, document.text))

    def _problems(self, path: str, told: ToldRecord, data: dict[str, Any], text: str) -> list[Problem]:
        """Why some data is not a record, or tells of days to come; no place in a file that does not exist yet."""
        size = len(text.encode("utf-8"))
        if size > MAX_BYTES:
            return [too_large(path, size)]
        record, problems = typed(Document(path, "", data), told.model)
        if record is None or problems:
            return problems
        ahead = [(where, day) for where, day in _ahead(record, self.today) if _says(told.data, str(day))]
        why = "is a day to come: nothing has happened then yet"
        return [Problem("fact-in-future", f"{day} {why}", Place(path), field=dotted(where)) for where, day in ahead]

    @cached_property
    def today(self) -> date:
        """The day of the import."""
        return date.fromisoformat(self.mark["date"])

    @cached_property
    def closing(self) -> frozenset[str]:
        """The stages that end a deal, in any version of the process."""
        versions = self.book.processes
        return frozenset(name for version in versions for name, stage in version.stages.items() if not stage.is_open)

    def _newer_mark(self, document: Document, additions: list[Addition]) -> list[Addition]:
        """The day of this import for an imported deal that gains moves: they came with it, as those before them did."""
        is_moved = any(addition.is_move for addition in additions)
        return [Addition(("imported", "date"), self.mark["date"])] if is_moved and "imported" in document.data else []


@cache
def _lists(model: type[Record]) -> Mapping[str, Entries]:
    """How the entries of the lists of a record are told apart."""
    return dict(lists_of(model))


def _ahead(record: Record, today: date) -> Iterator[tuple[Path, date]]:
    """What a record says to have happened on days to come, its moves among them."""
    yield from days_to_come(record, today)
    if isinstance(record, Deal):
        yield from ((("stages", at), move.entered) for at, move in enumerate(record.stages) if move.entered > today)


def _says(told: Any, day: str) -> bool:
    """Whether a table says a day: what a record on file has said before is for its checks."""
    if isinstance(told, Mapping):
        return any(_says(part, day) for part in told.values())
    return any(_says(part, day) for part in told) if isinstance(told, list | tuple) else str(told) == day
