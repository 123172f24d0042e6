"""What every part of an import stands on: the records on file, the mapping, and each row that was read, with what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any

from salesops.book.book import Book
from salesops.imports.csv.mapping import ColumnMap, Format, stages_told
from salesops.imports.csv.rows import Filling, RowReader, TableReading, left_out
from salesops.imports.csv.table import Table
from salesops.imports.outcomes import OnFile, RecordOutcome, ToldRecord
from salesops.imports.remarks import Remarks
from salesops.imports.three_way import NOTHING_TAKEN, LastImport
from salesops.problems import Problem
from salesops.records.record import Record, value_at
from salesops.store.scratch import ScratchDict


@dataclass(frozen=True)
class Making:
    """The record that is to be made: its kind, id and folder, the fields that it need not have, and the ``rows`` that tell of it."""

    kind: str
    model: type[Record]
    id: str
    folder: str
    fields: tuple[Filling, ...] = ()
    lists: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()


EVERY = 10_000
"""Rows after which whoever waits hears how far it is."""


class Ground:
    """The records on file, the mapping, and all rows that were read.

    ``told`` hears how many these are, now and then; ``deal_of`` has the deal of each key of the source, ``shared`` the deals on
    file of a key that several of them have.
    """

    def __init__(
        self,
        book: Book,
        mapping: ColumnMap,
        table: Table,
        today: date,
        update: bool,
        last: LastImport = NOTHING_TAKEN,
        told: Callable[[int], None] | None = None,
    ) -> None:
        self.told = told
        self.book = book
        self.mapping = mapping
        self.table = table
        self.today = today
        mark = {"from": table.name.rpartition("/")[2], "date": str(today)}
        stages = frozenset(stages_told(mapping))
        self.on_file = OnFile(book, mark, update, stages, last)
        self.last = last
        self.is_again = bool(last.taken)
        self.deal_of = ScratchDict[str, str]()
        self.shared = dict[str, list[str]]()
        self.zone = book.team.time_zone if book.team else "UTC"
        self.remarks = Remarks()
        self.readings: list[TableReading] = []
        self.rows_read = 0

    def rows(self, table: Table | None = None, table_format: Format | None = None) -> Iterator[RowReader]:
        """The rows of a table, or of the first, each ready to be read; all that is said of it is kept."""
        return self.rows_in(self.reading(table or self.table, table_format))

    def rows_in(self, reading: TableReading) -> Iterator[RowReader]:
        """The same of a table whose reading is known."""
        self.readings.append(reading)
        for at in range(len(reading.table.rows)):
            self.rows_read += 1
            if self.told and self.rows_read % EVERY == 0:
                self.told(self.rows_read)
            yield RowReader(reading, at)

    def reading(self, table: Table, table_format: Format | None) -> TableReading:
        """How the rows of a table are read."""
        shape = table_format or self.mapping.format
        today = self.on_file.mark["date"]
        return TableReading(table, shape, self.zone, self.mapping.currency, self.remarks, today=today)

    @cached_property
    def keys_told(self) -> Collection[str]:
        """The keys of all deals of the table, whatever becomes of them."""
        deal, found = self.mapping.deal, ScratchDict[str, None]()
        cell = deal.key_cell if deal and deal.key else None
        column = (cell.column if cell else None) or ""
        for row in self.table.rows if column else ():
            found[self.table.cell(row, column)] = None
        return found

    def ids_of(self, kind: str) -> Iterator[str]:
        """The ids of all records of a kind on file, readable or not."""
        return (record_id for of, record_id in chain(self.book.documents, self.book.broken) if of == kind)

    def keys_of(self, kind: str, field: str) -> Iterator[tuple[str, str]]:
        """The id of each record of a kind on file with the key of its source, which stands in a field of the team's own."""
        for ref in self.book.documents:
            if ref[0] == kind and (key := str(value_at(self.book.documents[ref].data, field) or "")):
                yield ref[1], key

    def know_deals(self, field: str) -> None:
        """Learn the keys of the deals on file, which they have in a field of the team's own."""
        for deal_id, key in self.keys_of("deal", field):
            if (first := self.deal_of.setdefault(key, deal_id)) != deal_id:
                self.shared.setdefault(key, [first]).append(deal_id)
        for key in self.shared:
            self.deal_of.pop(key, None)

    def entry(self, making: Making, reader: RowReader, data: dict[str, Any]) -> RecordOutcome | list[Problem]:
        """What becomes of a record, without the values that it need not have and cannot hold; or why it would be none."""
        emptied = reader.left_empty(making.fields) if self.is_again else []
        told = ToldRecord(making.kind, making.model, making.id, making.folder, data, emptied, making.rows)
        while True:
            found = self.on_file.entry(told)
            if isinstance(found, RecordOutcome):
                return found
            if not any([self._mended(making, reader, data, problem) for problem in found]):  # noqa: C419 - each of them
                return found

    def _mended(self, making: Making, reader: RowReader, data: dict[str, Any], problem: Problem) -> bool:
        top, _, below = problem.field.partition(".")
        if top in making.lists and below and top in data:
            return _without_entry(reader, data, top, below, problem)
        return left_out(reader, making.fields, data, problem)


def _without_entry(reader: RowReader, data: dict[str, Any], name: str, below: str, problem: Problem) -> bool:
    """Leave a part out of an entry of a list, or the entry where it cannot be without."""
    number, _, part = below.partition(".")
    entries: list[Mapping[str, Any]] = data[name]
    at = int(number) if number.isdecimal() else -1
    if not 0 <= at < len(entries):
        return False
    rest = {key: value for key, value in entries[at].items() if key != part}
    is_part = rest and len(rest) < len(entries[at])
    data[name] = [*entries[:at], *([rest] if is_part else []), *entries[at + 1 :]]
    if not data[name]:
        del data[name]
    what = f"{name}.{part}" if is_part else f"an entry of {name}"
    reader.say_left_out(problem.code, f"cannot be {what}: {problem.message}", str(entries[at].get(part, "")))
    return True
