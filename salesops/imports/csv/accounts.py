"""The second table of an import, one row for each member: whatever it knows of a member that a deal names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from salesops.imports.csv.mapping import Cell, Format
from salesops.imports.csv.rows import RowReader
from salesops.imports.csv.table import Table, TableRow
from salesops.imports.names import sameness
from salesops.imports.remarks import Verdict, Wrong
from salesops.records.scalars import shown


@dataclass(frozen=True)
class Accounts:
    """The table, the column of its names, and how it is read."""

    table: Table
    key: str
    format: Format
    zone: str
    currency: Cell | None
    asked: set[str] = field(default_factory=set)

    @cached_property
    def rows(self) -> dict[str, list[TableRow]]:
        """The rows by what all spellings of a name have in common."""
        found: dict[str, list[TableRow]] = {}
        for row in self.table.rows:
            found.setdefault(sameness(self.table.cell(row, self.key)), []).append(row)
        return found

    def reader(self, name: str, asker: RowReader) -> RowReader | Wrong:
        """The row of a member, ready to be read; an empty one, spoken of as the asker's, where the table has none."""
        self.asked.add(sameness(name))
        found = self.rows.get(sameness(name), [])
        if len(found) > 1:
            numbers = " and ".join(str(row.number) for row in found)
            return Wrong("member-twice", f"appears in several rows of {self.table.name} ({numbers})")
        if found:
            return RowReader(self.table, found[0], self.format, self.zone, self.currency)
        nothing = TableRow(asker.row.number, asker.row.line, [""] * len(self.table.header))
        why = f"is unknown: {self.table.name} has no {shown(name)}"
        return RowReader(
            Table(asker.table.name, self.table.header), nothing, self.format, self.zone, self.currency, why
        )

    def left_over(self) -> Iterator[RowReader]:
        """The rows that nobody asked for, each with a word about it."""
        for same, rows in self.rows.items():
            for row in rows if same not in self.asked else ():
                reader = RowReader(self.table, row, self.format, self.zone, self.currency)
                reason = "is the member of no deal that is taken"
                reader.say(Verdict.SKIPPED, self.key, "row-left-over", reason, self.table.cell(row, self.key))
                yield reader
