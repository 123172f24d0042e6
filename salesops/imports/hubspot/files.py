"""The files of an export: what each of them is, by its headings, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from salesops.imports.csv.columns import table_as_it_looks
from salesops.imports.csv.mapping import Format
from salesops.imports.csv.table import RowsOnDisk, Table, TableRow
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


SEVERAL = frozenset({Role.DEALS, Role.COMPANIES, Role.CONTACTS, Role.MEETINGS})
"""What may come in several files: rows that tell of one thing are found again by its number or name."""


def together(files: Sequence[ExportFile]) -> ExportFile:
    """Files that hold the same, as one: every heading that any of them has, and the rows numbered on from file to file."""
    if len(files) == 1:
        return files[0]
    header = tuple(dict.fromkeys(name for file in files for name in file.table.header if name))
    name = " + ".join(file.path if _is_shared(file, files) else file.table.name for file in files)
    tables = [(file.table, before) for file, before in zip(files, rows_before(files), strict=True)]
    rows = (
        replace(row, number=row.number + before, cells=_under(header, table, row))
        for table, before in tables
        for row in table.rows
    )
    refused = tuple(
        replace(remark, file=name, row=remark.row + before) for table, before in tables for remark in table.refused
    )
    return replace(
        files[0],
        path=" + ".join(file.path for file in files),
        table=Table(name, header, RowsOnDisk(rows), refused),
        is_answer=all(file.is_answer for file in files),
        has_mark=any(file.has_mark for file in files),
    )


def _under(header: Sequence[str], table: Table, row: TableRow) -> list[str]:
    places = (table.columns.get(heading) for heading in header)
    return ["" if at is None else row.cells[at] for at in places]


def rows_before(files: Sequence[ExportFile]) -> list[int]:
    """How many rows go before those of each file; headings are counted once."""
    lasts = (max((each.number for each in file.table.rows), default=1) for file in files)
    refused = (max((each.row for each in file.table.refused), default=1) for file in files)
    return list(accumulate((max(pair) - 1 for pair in zip(lasts, refused, strict=True)), initial=0))[:-1]


def _is_shared(file: ExportFile, files: Sequence[ExportFile]) -> bool:
    return sum(other.table.name == file.table.name for other in files) > 1


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
