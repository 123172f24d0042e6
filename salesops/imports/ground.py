"""What every part of an import stands on: the records on file, the mapping, and each row that was read, with what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from salesops.book.book import Book
from salesops.imports.csv.mapping import ColumnMap, Format, stages_told
from salesops.imports.csv.rows import Filling, RowReader, left_out
from salesops.imports.csv.table import Table, TableRow
from salesops.imports.outcomes import OnFile, RecordOutcome, ToldRecord
from salesops.imports.three_way import NOTHING_TAKEN, LastImport
from salesops.problems import Problem
from salesops.records.record import Record, value_at


@dataclass(frozen=True)
class Making:
    """The record that is to be made: its kind, id and folder, and the fields that it need not have."""

    kind: str
    model: type[Record]
    id: str
    folder: str
    fields: tuple[Filling, ...] = ()
    lists: tuple[str, ...] = ()


EVERY = 10_000
"""Rows after which whoever waits hears how far it is."""


class Ground:
    """The records on file, the mapping, and all rows that were read.

    ``told`` hears how many these are, now and then; ``deal_of`` has the deal of each key of the source.
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
        self.deal_of: dict[str, str] = {}
        self.zone = book.team.time_zone if book.team else "UTC"
        self.readers: list[RowReader] = []

    def reader(self, row: TableRow, table: Table | None = None, table_format: Format | None = None) -> RowReader:
        """A row of a table, ready to be read; all that is said of it is kept."""
        shape = table_format or self.mapping.format
        reader = RowReader(
            table or self.table, row, shape, self.zone, self.mapping.currency, today=self.on_file.mark["date"]
        )
        self.readers.append(reader)
        if self.told and len(self.readers) % EVERY == 0:
            self.told(len(self.readers))
        return reader

    @cached_property
    def keys_told(self) -> frozenset[str]:
        """The keys of all deals of the table, whatever becomes of them."""
        deal = self.mapping.deal
        column = deal.fields[deal.key].column if deal and deal.key else None
        return frozenset(self.table.cell(row, column) for row in self.table.rows) if column else frozenset()

    def keys_of(self, kind: str, field: str) -> Iterator[tuple[str, str]]:
        """The id of each record of a kind on file with the key of its source, which stands in a field of the team's own."""
        for (of_kind, record_id), document in self.book.documents.items():
            if of_kind == kind and (key := str(value_at(document.data, field) or "")):
                yield record_id, key

    def entry(self, making: Making, reader: RowReader, data: dict[str, Any]) -> RecordOutcome | list[Problem]:
        """What becomes of a record, without the values that it need not have and cannot hold; or why it would be none."""
        emptied = reader.left_empty(making.fields) if self.last.taken else []
        while True:
            found = self.on_file.entry(ToldRecord(making.kind, making.model, making.id, making.folder, data, emptied))
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
