"""The second table of an import, one row for each member: whatever it knows of a member that a deal names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from salesops.imports.csv.rows import RowReader, TableReading
from salesops.imports.csv.table import Table, TableRow
from salesops.imports.names import sameness
from salesops.imports.remarks import Verdict, Wrong
from salesops.records.scalars import shown
from salesops.store.scratch import ScratchDict


@dataclass
class Accounts:
    """How the table is read, and the column of its names; ``asked`` has a 1 for each row of which somebody asked."""

    reading: TableReading
    key: str
    asked: bytearray = field(init=False)

    def __post_init__(self) -> None:
        self.asked = bytearray(len(self.reading.table.rows))

    @cached_property
    def rows(self) -> Mapping[str, tuple[int, ...]]:
        """The places of the rows by what all spellings of a name have in common."""
        found = ScratchDict[str, tuple[int, ...]]()
        for at, row in enumerate(self.reading.table.rows):
            same = sameness(self.reading.table.cell(row, self.key))
            found[same] = (*found.get(same, ()), at)
        return found

    def reader(self, name: str, asker: RowReader) -> RowReader | Wrong:
        """The row of a member, ready to be read; an empty one, spoken of as the asker's, where the table has none."""
        table = self.reading.table
        found = self.rows.get(sameness(name), ())
        for at in found:
            self.asked[at] = 1
        if len(found) > 1:
            numbers = " and ".join(str(table.rows[at].number) for at in found)
            return Wrong("member-twice", f"appears in several rows of {table.name} ({numbers})")
        if found:
            return RowReader(self.reading, found[0])
        nothing = TableRow(asker.row.number, asker.row.line, [""] * len(table.header))
        why = f"is unknown: {table.name} has no {shown(name)}"
        return RowReader(
            replace(self.reading, table=Table(asker.table.name, table.header, (nothing,)), emptiness=why), 0
        )

    def say_left_over(self) -> None:
        """Say of which rows nobody asked."""
        for at in (at for at, is_asked in enumerate(self.asked) if not is_asked):
            reader = RowReader(self.reading, at)
            reason = "is the member of no deal that is taken"
            reader.say(Verdict.SKIPPED, self.key, "row-left-over", reason, reader.table.cell(reader.row, self.key))
