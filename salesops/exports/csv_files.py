"""Tables as CSV files that lose nothing and that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from salesops.exports.tables import Cell, DataTable
from salesops.output import guarded


def as_csv_file(table: DataTable) -> str:
    """A table with its heads; a text that begins like a formula, or with an apostrophe, has an apostrophe before it."""
    return csv_text([column.name for column in table.columns], table.rows)


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Rows below their heads, line ends of texts kept within quotes."""
    file = StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([guarded(value) if isinstance(value, str) else value for value in row] for row in rows)
    return file.getvalue()
