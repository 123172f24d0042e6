"""A sheet of a workbook (.xlsx, .xls, .ods) to rows of text, where the package that reads it is there."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

from salesops.problems import Place, Problem
from salesops.records.scalars import shown

PACKED, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a workbook of today begins, and one of before 2007."""
MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes of what a workbook holds, unpacked: it is markup, several times the size of the table."""


def is_workbook(raw: bytes) -> bool:
    """Whether a file is a workbook, or at least packed as one."""
    return raw.startswith((PACKED, OLD))


def sheet_rows(name: str, raw: bytes, sheet: str | None) -> list[list[str]] | Problem:
    """The rows of a sheet as text: days as ``2026-03-02``, numbers without a mark between thousands; or why there are none."""
    try:
        import python_calamine  # noqa: PLC0415 - a package that is there only where somebody asked for it
    except ImportError:
        return _problem(name, "save the sheet as CSV (UTF-8), or install what reads it: pip install python-calamine")
    if raw.startswith(PACKED) and (fault := _unsound(name, raw)):
        return fault
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw)) as book:
            found = _sheet(name, list(book.sheet_names), sheet)
            cells = (
                found if isinstance(found, Problem) else book.get_sheet_by_name(found).to_python(skip_empty_area=False)
            )
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        return _problem(
            name, "open it and save the sheet as CSV (UTF-8)", "the workbook is damaged, or locked by a password"
        )
    return cells if isinstance(cells, Problem) else [[_text(cell) for cell in row] for row in cells]


def _problem(name: str, advice: str, said: str = "this is a workbook or a zip archive, not a CSV file") -> Problem:
    return Problem("not-a-table", said, Place(name), help=advice)


def _unsound(name: str, raw: bytes) -> Problem | None:
    """Why an archive is not unpacked: it is damaged, no workbook, or would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return _problem(name, "open it and save the sheet as CSV (UTF-8)")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        return Problem("file-too-large", "the workbook is too large", Place(name), help="export it in parts, as CSV")
    return None


def _sheet(name: str, sheets: list[str], wanted: str | None) -> str | Problem:
    """The sheet that is meant: the only one, or the one that the mapping names."""
    if wanted in sheets or (wanted is None and len(sheets) == 1):
        return wanted or sheets[0]
    said = f"the workbook has no sheet {shown(wanted)}" if wanted else f"the workbook has {len(sheets)} sheets"
    listed = ", ".join(shown(one) for one in sheets[:20])
    advice = f"say in the mapping which one is meant: {listed}"
    return Problem("sheet-unclear", said, Place(name), help=advice, fix="format: {sheet: …}")


def _text(cell: Any) -> str:
    """A cell as a table in CSV would have it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return str(cell.date()) if cell.time() == time() else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
