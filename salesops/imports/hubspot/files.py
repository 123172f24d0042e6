"""The files of an export: what each of them is, by its headings, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass

from salesops.imports.csv.columns import table_as_it_looks
from salesops.imports.csv.mapping import Format
from salesops.imports.csv.table import Table
from salesops.imports.hubspot.api import is_json, read_answer
from salesops.imports.hubspot.headings import Role, role_of
from salesops.problems import Place, Problem
from salesops.records.scalars import shown

BOM = b"\xef\xbb\xbf"
FEW = 8
"""Headings that a message repeats."""


@dataclass(frozen=True)
class ExportFile:
    """A file: its table, what that holds, and how it is written; ``has_mark`` where a byte-order mark stands before it."""

    path: str
    role: Role
    table: Table
    shape: Format
    is_answer: bool = False
    has_mark: bool = False

    @property
    def rows(self) -> int:
        """How many rows there are, those of which nothing can be made among them."""
        return len(self.table.rows) + len(self.table.refused)


def read_export_file(path: str, raw: bytes) -> ExportFile | list[Problem]:
    """A file of an export, or why it is none."""
    name = path.rpartition("/")[2]
    if is_json(raw):
        table, problems = read_answer(name, raw)
        return problems if table is None else ExportFile(path, Role.DEALS, table, Format(), is_answer=True)
    table, shape, problems = table_as_it_looks(name, raw)
    if table is None:
        return problems
    role = role_of(table.header)
    if role is None:
        known = ", ".join(shown(heading) for heading in table.header[:FEW])
        said = f"is no table of HubSpot's that is known here: its headings are {known}"
        advice = (
            "export deals, companies, contacts or meetings with all properties; any other table: salesops import csv"
        )
        return [Problem("not-a-table", said, Place(name), help=advice)]
    return ExportFile(path, role, table, shape, has_mark=raw.startswith(BOM))
