"""The CSV of a view of Airtable as a table; the files that cells hold get a column with their addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from salesops.book.book import Book
from salesops.imports.csv.columns import table_as_it_looks
from salesops.imports.csv.mapping import Format
from salesops.imports.csv.table import Table
from salesops.problems import Problem

ADDRESSES = "addresses of the files"
"""The column with the addresses of all files of a row."""
BETWEEN = "|"
"""What stands between two of them; no address holds it."""

_ADDRESS = re.compile(r"\((https?://[^\s()|]+)\)(?=,|\s*$)")
MAX_CELL = 20_000
"""Characters of a cell that may hold files; a longer one is text."""


def airtable(name: str, raw: bytes, book: Book) -> tuple[Table | None, Format, list[Problem]]:
    """The table in a file, and how it is written."""
    del book
    table, shape, problems = table_as_it_looks(name, raw)
    if table is None or ADDRESSES in table.header:
        return table, shape, problems
    files = file_columns(table)
    rows = tuple(
        replace(row, cells=[*row.cells, BETWEEN.join(dict.fromkeys(_addresses(table.cell(row, one) for one in files)))])
        for row in table.rows
    )
    return replace(table, header=(*table.header, ADDRESSES), rows=rows), shape, problems


def file_columns(table: Table) -> list[str]:
    """The columns whose cells are files: ``name (https://…)``, one or several."""
    held = {column: [words for row in table.rows if (words := table.cell(row, column))] for column in table.columns}
    return [column for column, cells in held.items() if cells and all(map(_holds_files, cells))]


def _holds_files(words: str) -> bool:
    return len(words) <= MAX_CELL and words.endswith(")") and bool(_ADDRESS.search(words))


def _addresses(cells: Iterable[str]) -> list[str]:
    return [address for words in cells for address in _ADDRESS.findall(words)]
