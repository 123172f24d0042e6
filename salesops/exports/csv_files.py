"""Tables as CSV files that lose nothing and that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

from salesops.exports.tables import Cell, DataTable

_RISKY = re.compile(
    r"'|[\s\ufeff]*[=+@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH COMMERCIAL AT}\N{FULLWIDTH HYPHEN-MINUS}-]|[\t\r\n]"
)
"""How a text begins that a spreadsheet would take for a formula, or for the sign that it is none."""


def as_csv_file(table: DataTable) -> str:
    """A table with its heads; a text that begins like a formula, or with an apostrophe, has an apostrophe before it."""
    return csv_text([column.name for column in table.columns], table.rows)


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Rows below their heads, line ends of texts kept within quotes."""
    file = StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return file.getvalue()


def _harmless(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and _RISKY.match(value) else value


def as_written(text: str) -> str:
    """A cell of such a file as it was before: without the apostrophe that was put before it, and that one only."""
    return text[1:] if text.startswith("'") and _RISKY.match(text[1:]) else text
