"""The programs whose files are read without a mapping of one's own: what reads each, and the mapping that is ready for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from salesops.book.book import Book
from salesops.imports.airtable.ready_mapping import airtable_mapping, airtable_name
from salesops.imports.airtable.tables import airtable
from salesops.imports.calendar.meetings import meetings_mapping, meetings_table
from salesops.imports.csv.mapping import ColumnMap, Format
from salesops.imports.csv.ready_mappings import answers_mapping, outreach_mapping, plain_table, users_mapping
from salesops.imports.csv.table import Table
from salesops.imports.github.issues import issues_table
from salesops.imports.github.ready_mapping import ISSUE_KEY, issues_mapping
from salesops.problems import Problem
from salesops.records.process import Process


@dataclass(frozen=True)
class ReadySource:
    """A program: ``table`` reads its file, ``mapping`` is the text that says what becomes of it.

    ``called`` names what its imports are remembered by, so that two tables of one program are kept apart; ``open_ended`` is
    what begins the columns that some files have and others do not, such as the answers to forms; ``adds`` tells whether its
    rows are about records on file, which gain what they lack; ``key`` is what its deals are found again by, also where a mapping
    that was made before does not say so.
    """

    table: Callable[[str, bytes, Book], tuple[Table | None, Format, list[Problem]]]
    mapping: Callable[[Table, Format, Book, Process | None], str]
    called: Callable[[Table], str]
    open_ended: str = ""
    adds: bool = False
    key: str = ""

    def with_key(self, mapping: ColumnMap) -> ColumnMap:
        """The mapping with what deals are found again by, where it takes that along and names nothing else."""
        if mapping.deal is None or mapping.deal.key:
            return mapping
        deal = mapping.deal.model_copy(update={"key": self.key or None})
        return mapping.model_copy(update={"deal": deal}) if deal.key_cell else mapping

    def with_columns(self, table: Table, named: Iterable[str]) -> Table:
        """The table with an empty column for each that a mapping names and this file happens not to have."""
        more = [column for column in dict.fromkeys(named) if self.is_open(column) and column not in table.header]
        rows = tuple(replace(row, cells=[*row.cells, *[""] * len(more)]) for row in table.rows)
        return replace(table, header=(*table.header, *more), rows=rows) if more else table

    def passed_over(self, table: Table, named: Collection[str]) -> list[str]:
        """The columns of that kind that a mapping does not name."""
        return [column for column in table.header if self.is_open(column) and column not in named]

    def is_open(self, column: str) -> bool:
        """Whether a column is of the kind that some files have and others do not."""
        return bool(self.open_ended and re.match(self.open_ended, column))


SOURCES: Mapping[str, ReadySource] = {
    "airtable": ReadySource(airtable, airtable_mapping, airtable_name),
    "calendar": ReadySource(meetings_table, meetings_mapping, lambda _: "calendar", adds=True),
    "github": ReadySource(issues_table, issues_mapping, lambda _: "github", r"(form|phase \d+): ", key=ISSUE_KEY),
    "outreach": ReadySource(plain_table, outreach_mapping, lambda _: "outreach", adds=True),
    "questionnaire": ReadySource(plain_table, answers_mapping, lambda _: "questionnaire", adds=True),
    "users": ReadySource(plain_table, users_mapping, lambda _: "users", adds=True),
}
