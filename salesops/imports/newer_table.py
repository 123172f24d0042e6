"""A newer table beside the last import: the columns that have other names, the rows that are gone, and what is to be remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from salesops.imports.csv.mapping import ColumnMap, FromTable
from salesops.imports.csv.mapping_mistakes import columns_named
from salesops.imports.csv.rows import RowReader
from salesops.imports.csv.table import Table
from salesops.imports.ground import Ground
from salesops.imports.last_import import Headings, Remembered, no_longer_told
from salesops.imports.plan import Plan, Planner
from salesops.imports.remarks import Remarks
from salesops.imports.three_way import Ref, is_like
from salesops.output import counted
from salesops.problems import dotted
from salesops.records.kinds import entries_of
from salesops.records.record import value_at
from salesops.records.yaml_reader import Document

FILE = "file"
"""What reports call the first table, which is the file that was given."""
ANSWERS = "maniac_t"


def headings_of(tables: Mapping[FromTable, Table]) -> Headings:
    """The headings of each table, by what it holds."""
    return {
        FILE if of is FromTable.FIRST else of.value: [name for name in table.header if name]
        for of, table in tables.items()
    }


def columns_at(mapping: ColumnMap) -> dict[str, str]:
    """The column of the first table at each place of a mapping that names one."""
    return {dotted(path): column for path, column, of in columns_named(mapping) if of is FromTable.FIRST}


def lost_columns(before: Remembered, header: Collection[str], named: Mapping[str, str]) -> list[str]:
    """The columns that the last import read, and that the table no longer has; not those of which another one took the place."""
    gone = (column for place, column in before.named.items() if column not in header and place not in named)
    return list(dict.fromkeys(gone))


@dataclass(frozen=True)
class NewerTable:
    """A plan of an import, what the last one took, the headings of now, and the columns that are to be remembered as ``named``."""

    planner: Planner
    plan: Plan
    before: Remembered
    headings: Headings
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """The tables whose columns are not those of the last import."""
        return list(self.before.changed_headings(self.headings))

    @property
    def remembered(self) -> Iterator[str]:
        """What is to be remembered once the plan is carried out, as the pieces of a file; nothing where nothing was ever taken."""
        return self.before.after(self.plan.entries, self.headings, self.named)

    # ── what is gone ──────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def gone(self) -> list[str]:
        """The records, and the entries of their lists, that an earlier import took and no row tells of any more."""
        return [*self._records_gone(), *self._entries_gone()] if self.before.taken else []

    @property
    def _ground(self) -> Ground:
        return self.planner.ground

    @cached_property
    def _of_rows(self) -> str:
        """The kind of record that a row of the table makes; nothing where its rows are about records on file."""
        mapping = self._ground.mapping
        return "deal" if mapping.deal else "member" if mapping.members else ""

    def _told(self, ref: Ref) -> Mapping[str, Any]:
        """What the table says of a record; nothing where it says nothing."""
        told: dict[str, Any] = {}
        for at in self.plan.entries.places.get(ref, ()):
            told |= self.plan.entries[at].told
        return told

    def _on_file(self) -> Iterator[tuple[Ref, Document, Mapping[str, Any]]]:
        """The records on file that earlier imports took, and what they took of each."""
        for ref in self.before.taken.in_order():
            if document := self._ground.book.documents.get(ref):
                yield ref, document, self.before.taken[ref]

    def _records_gone(self) -> Iterator[str]:
        of_rows, named = self.plan.entries.places, self._ids_not_taken()
        said = "its row is gone, or is one that cannot be read" if self._ground.table.refused else "its row is gone"
        for (kind, record_id), document, before in self._on_file():
            if (
                kind == self._of_rows
                and ("stages" in before or "name" in before)
                and (kind, record_id) not in of_rows
                and record_id not in named
            ):
                yield f"{document.path}: {said}"

    def _ids_not_taken(self) -> set[str]:
        """The ids of the records that a row tells of although it is not taken."""
        ground = self._ground
        keyed = {ground.deal_of.get(key, "") for key in ground.keys_told}
        for reading in ground.readings:
            if reading.table is ground.table:
                again = replace(reading, remarks=Remarks())
                keyed |= {self._id_of(RowReader(again, lost.at)) for lost in reading.rows_lost}
        return keyed

    def _id_of(self, again: RowReader) -> str:
        """The id that a row names of which nothing was taken; nothing where it names none."""
        mapping = self._ground.mapping
        if mapping.deal:
            return again.value(mapping.deal.id, "id") or ""
        if mapping.members and mapping.members.id:
            return again.value(mapping.members.id, "id") or ""
        named = mapping.members.name if mapping.members else None
        return again.named(named, self.planner.members.names) or "" if named else ""

    def _entries_gone(self) -> Iterator[str]:
        """Entries of records that the table tells of; of a table of such entries alone, those of every record."""
        earlier = 0
        for ref, document, before in self._on_file():
            if self._of_rows and ref not in self.plan.entries.places:
                continue
            for name, entry in _no_longer(before, self._told(ref)):
                if not _is_held(document.data, name, entry) or self._is_elsewhere(ref, name, entry):
                    continue
                if not self._of_rows and str(entry.get("date", self._first_day)) < self._first_day:
                    earlier += 1
                else:
                    yield f"{document.path}: {_called(name, entry)}: no row that was taken says it any more"
        if earlier:
            yield f"before {self._first_day}, the first day of the file: {counted(earlier, 'row')} of earlier imports"

    def _is_elsewhere(self, ref: Ref, name: str, entry: Mapping[str, Any]) -> bool:
        """Whether a row tells of an activity, if for another deal: that is said of the row."""
        activities = self.planner.activities
        return name == "activity" and activities is not None and (ref[1], entry.get("id")) in activities.elsewhere

    @cached_property
    def _first_day(self) -> str:
        """The first day of which a table of entries tells; what lies before it is not to be found in it."""
        told = (found.told for found in self.plan.entries)
        days = {str(entry["date"]) for one in told for _, entry in _entries(one) if "date" in entry}
        return min(days, default="")


def _entries(told: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The entries of each list of a record, and the answers of a deal."""
    for name, value in told.items():
        if name == ANSWERS and isinstance(value, Mapping):
            yield from ((f"{ANSWERS}.{letter}", said) for letter, said in value.items() if isinstance(said, Mapping))
        elif isinstance(value, list) and entries_of(name).by:
            yield from ((name, entry) for entry in value if isinstance(entry, Mapping))


def _no_longer(before: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The entries that were taken before and are not among those of now."""
    then, now = _by_list(before), _by_list(told)
    for name, entries in then.items():
        if name.startswith(f"{ANSWERS}."):
            yield from ((name, entry) for entry in entries if name not in now)
        else:
            yield from ((name, entry) for entry in no_longer_told(name, entries, now.get(name, [])))


def _by_list(told: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for name, entry in _entries(told):
        found.setdefault(name, []).append(entry)
    return found


def _is_held(record: Mapping[str, Any], name: str, entry: Mapping[str, Any]) -> bool:
    """Whether a record still has an entry."""
    held = value_at(record, name)
    return any(is_like(name, each, entry) for each in held) if isinstance(held, list) else bool(held)


def _called(name: str, entry: Mapping[str, Any]) -> str:
    """An entry as people tell it from the others of its list."""
    by = ("date",) if name.startswith(f"{ANSWERS}.") else entries_of(name).by
    words = ", ".join(str(entry[key]) for key in by if entry.get(key))
    return f"{entries_of(name).called or name} {words}"
