"""A CSV file to a Table: a header without doubles, the rows with their numbers, and what could not be a row of it."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple, TextIO

from salesops.imports.csv.mapping import DELIMITERS, QUOTES, Format
from salesops.imports.csv.workbook import is_workbook, sheet_rows
from salesops.imports.remarks import Remark, Verdict
from salesops.output import unguarded
from salesops.problems import Place, Problem
from salesops.records.scalars import shown
from salesops.records.yaml_reader import UNSEEN
from salesops.store.scratch import ScratchList

MAX_TABLE = 64 * 1024 * 1024
"""Bytes of a table, unpacked: a million rows or so. The limit is there so that a packed file cannot fill the memory."""
PIECE = 64 * 1024
"""Bytes that are looked at at once."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its cells, its number as a spreadsheet counts (the header is row 1) and the line where it begins."""

    number: int
    line: int
    cells: list[str]


class RowsOnDisk(Sequence[TableRow]):
    """The rows of a table that may be large; of them only the last that somebody asked for is held, and where the next ones are."""

    def __init__(self, rows: Iterable[TableRow]) -> None:
        self._rows = ScratchList((row.number, row.line, row.cells) for row in rows)
        self._last: tuple[int, TableRow | None] = -1, None
        self._next = self._rows.since(0)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: Any) -> Any:
        last, row = self._last
        if at == last and row is not None:
            return row
        place = range(len(self))[at]
        if place == last + 1:
            held = next(self._next)
        else:
            held, self._next = self._rows[place], self._rows.since(place + 1)
        self._last = place, TableRow(*held)
        return self._last[1]


class JoinedBy(NamedTuple):
    """How a column came to stand in a table: from which file, by the cell of which column, and where that file has the key."""

    file: str
    to: str
    key: str


@dataclass(frozen=True)
class Table:
    """A table as read: every row has as many cells as the header; what had not is in ``refused``.

    ``formats`` are those of columns that are written otherwise than the rest, for they came from another table;
    ``left_over`` are the remarks on rows of that table that found no place,
    ``beside`` says how many rows it had, and ``joins`` how each of its columns came to stand here.
    """

    name: str
    header: tuple[str, ...]
    rows: Sequence[TableRow] = ()
    refused: tuple[Remark, ...] = field(default=())
    formats: Mapping[str, Format] = field(default_factory=dict)
    left_over: Collection[Remark] = field(default=())
    beside: Mapping[str, int] = field(default_factory=dict)
    joins: Mapping[str, JoinedBy] = field(default_factory=dict)

    @cached_property
    def columns(self) -> dict[str, int]:
        """Where each column stands; columns without a name cannot be asked for."""
        return {name: at for at, name in enumerate(self.header) if name}

    def cell(self, row: TableRow, column: str) -> str:
        """A cell as the person who filled it in meant it: without the guard of spreadsheets and the blanks around it."""
        return unguarded(row.cells[self.columns[column]]).strip()


def read_table(name: str, raw: bytes, table_format: Format) -> tuple[Table | None, list[Problem]]:
    """The table in a file, packed with gzip or not, or why it cannot be read at all."""
    refused: list[Remark] = []
    rows = (
        _rows_in_workbook(name, raw, table_format)
        if is_workbook(raw)
        else _rows_in_text(name, raw, table_format, refused)
    )
    if isinstance(rows, Problem):
        return None, [rows]
    with _cells_of_any_length():
        first = next(rows, None)
        if first is None:
            return None, [Problem("table-empty", "the file has no header", Place(name), help="export it again")]
        header = tuple(unguarded(cell).strip() for cell in first.cells)
        problems = list(_header_problems(name, first, header, table_format))
        if problems:
            return None, problems
        even = RowsOnDisk(_even(name, rows, len(header), refused))
    return Table(name, header, even, tuple(sorted(refused, key=lambda remark: remark.row))), []


def _even(name: str, rows: Iterator[TableRow], width: int, refused: list[Remark]) -> Iterator[TableRow]:
    """The rows that have as many cells as the header; the others are refused."""
    for row in rows:
        if len(row.cells) == width:
            yield row
        else:
            refused.append(_ragged(name, row, width))


def _rows_in_workbook(name: str, raw: bytes, table_format: Format) -> Iterator[TableRow] | Problem:
    """The rows of a sheet that hold anything."""
    found = sheet_rows(name, raw, table_format.sheet)
    if isinstance(found, Problem):
        return found
    numbered = enumerate(found, 1)
    return (TableRow(number, number, cells) for number, cells in numbered if any(map(str.strip, cells)))


def _rows_in_text(name: str, raw: bytes, table_format: Format, refused: list[Remark]) -> Iterator[TableRow] | Problem:
    """The rows of a CSV file, packed with gzip or not; what CSV can make no sense of is refused."""
    data = _unpacked(name, raw)
    text = data if isinstance(data, Problem) else _decoded(name, data, table_format)
    return text if isinstance(text, Problem) else _rows(name, text, table_format, refused)


def _unpacked(name: str, raw: bytes) -> bytes | Problem:
    if raw[:2] != b"\x1f\x8b":
        return raw if len(raw) <= MAX_TABLE else _too_large(name)
    try:
        with gzip.open(io.BytesIO(raw)) as file:
            data = file.read(MAX_TABLE + 1)
    except (OSError, EOFError, zlib.error):
        return Problem("not-a-table", "the file is packed with gzip and damaged", Place(name), help="copy it again")
    return data if len(data) <= MAX_TABLE else _too_large(name)


def _too_large(name: str) -> Problem:
    return Problem(
        "file-too-large",
        f"the table has more than {MAX_TABLE // 1024 // 1024} MiB",
        Place(name),
        help="export it in parts, such as one file a year",
    )


def _decoded(name: str, data: bytes, table_format: Format) -> TextIO | Problem:
    """The text, line by line; all of it is known to be text."""
    is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    if is_wide != (table_format.encoding == "utf-16"):
        return Problem(
            "not-decoded",
            "the file is UTF-16" if is_wide else "the file is not UTF-16: its first two bytes do not say so",
            Place(name),
            help="say so in the mapping, or save it as CSV (UTF-8)",
            fix=f"format: {{encoding: {'utf-16' if is_wide else 'utf-8'}}}",
        )
    encoding = "utf-8-sig" if table_format.encoding == "utf-8" else table_format.encoding
    fault = _undecodable(data, encoding)
    if fault:
        line = data.count(b"\n", 0, fault.start) + 1
        other = "windows-1252" if table_format.encoding == "utf-8" else "utf-8"
        return Problem(
            "not-decoded",
            f"byte 0x{data[fault.start]:02x} is not {table_format.encoding}",
            Place(name, line, fault.start - data.rfind(b"\n", 0, fault.start)),
            help=f"it is probably {other}: say so in the mapping, or save the file as CSV (UTF-8)",
            fix=f"format: {{encoding: {other}}}",
        )
    return io.TextIOWrapper(io.BytesIO(data), encoding, newline="")


def _undecodable(data: bytes, encoding: str) -> UnicodeDecodeError | None:
    """Where it is no text; what is one is never held whole beside the bytes."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(data), PIECE):
            decoder.decode(data[at : at + PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _fault_of_whole(data, encoding)
    return None


def _fault_of_whole(data: bytes, encoding: str) -> UnicodeDecodeError | None:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as fault:
        return fault
    return None


def _rows(name: str, text: TextIO, table_format: Format, refused: list[Remark]) -> Iterator[TableRow]:
    """Every row that holds anything; those of which CSV can make no sense are refused."""
    quote = QUOTES[table_format.quote]
    reader = csv.reader(
        text,
        delimiter=DELIMITERS[table_format.delimiter],
        quotechar=quote,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        skipinitialspace=True,
        strict=True,
    )
    for number in count(1):
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            refused.append(_unreadable(name, number, line, str(fault)))
            continue
        if any(cell.strip() for cell in cells):
            yield TableRow(number, line, cells)


@contextmanager
def _cells_of_any_length() -> Iterator[None]:
    """Without the limit on a cell; it belongs to the whole interpreter, so it is put back."""
    before = csv.field_size_limit(MAX_TABLE)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _unreadable(name: str, number: int, line: int, said: str) -> Remark:
    reason = "there is text after a closing quote"
    if "end of data" in said:
        reason = "a quote is opened and never closed; all that follows is inside it"
    return Remark(Verdict.REJECTED, name, number, line, "", "row-unreadable", reason)


def _ragged(name: str, row: TableRow, width: int) -> Remark:
    more = "more" if len(row.cells) > width else "fewer"
    reason = f"the row has {more} cells than the header, {len(row.cells)} and not {width}"
    return Remark(Verdict.REJECTED, name, row.number, row.line, "", "row-ragged", reason)


def _header_problems(name: str, row: TableRow, header: tuple[str, ...], table_format: Format) -> Iterator[Problem]:
    place = Place(name, row.line)
    if len(header) == 1:
        other = next((word for word, mark in DELIMITERS.items() if mark in header[0]), None)
        if other:
            yield Problem(
                "delimiter-wrong",
                f"the header is one single column: {shown(header[0])}",
                place,
                help=f"the cells are separated by a {other}, not a {table_format.delimiter}: say so in the mapping",
                fix=f"format: {{delimiter: {other}}}",
            )
    for column, times in Counter(header).items():
        if column and times > 1:
            at = ", ".join(str(number) for number, found in enumerate(header, 1) if found == column)
            yield Problem(
                "column-twice",
                f"{shown(column)} is the name of {times} columns ({at})",
                place,
                why="one of them would be ignored",
                help="give each column its own name and try again",
            )
        if UNSEEN.search(column):
            yield Problem(
                "unseen-character",
                f"the name of column {header.index(column) + 1} has an invisible character",
                place,
                help="retype the header",
            )
