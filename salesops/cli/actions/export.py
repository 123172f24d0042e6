"""What ``salesops export`` does: the files of a format, whole or not there at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from salesops.cli.hands import NoWay
from salesops.cli.options import Usage
from salesops.cli.printing import note, say
from salesops.cli.repository import Records, records_of
from salesops.exports import hubspot, parquet, sqlite
from salesops.exports.csv_files import as_csv_file
from salesops.exports.evidence import numbers_of
from salesops.exports.known import known_tables
from salesops.exports.tables import DataTable, record_tables
from salesops.exports.whole import whole
from salesops.output import as_json, counted, show
from salesops.problems import CannotDecide
from salesops.site.calendars import calendars
from salesops.store.templates import team_templates

FOLDER = "build/export"
PLACES = {
    "sqlite": "sales.db",
    "json": "records.json",
    "csv": "csv",
    "parquet": "parquet",
    "hubspot": "hubspot",
    "ics": "ics",
}


def run(folder: str, what: str, out: str | None, as_of: str | None, known: str | None) -> int:
    """Write it, and say what was written; 1 where a file of the records cannot be counted."""
    records = records_of(folder, as_of, known)
    is_whole = records.are_whole
    if not records.book.processes:
        return 1
    records.say_whose()
    target = Path(folder, out) if out else records.root / FOLDER / PLACES[what]
    never_into_the_records(records, target)
    is_file = what in ("sqlite", "json")
    with in_place_of(target, is_file=is_file) as draft:
        told = WAYS[what](records, draft)
        if not is_file:
            (draft / MARK).touch()
    say(f"{show(str(out or target.relative_to(records.root)))}: {told}")
    return 0 if is_whole else 1


def never_into_the_records(records: Records, target: Path) -> None:
    """Refuse to write where records are: an export is no record."""
    for name in ("deals", "members", "playbook", ".git"):
        if target.resolve().is_relative_to((records.root / name).resolve()):
            raise Usage(f"-o: {show(str(target))} is in {name}/, where records are")


@contextmanager
def in_place_of(target: Path, *, is_file: bool) -> Iterator[Path]:
    """A draft beside a file or a folder, which takes its place once it is whole; what is no earlier export is left alone."""
    _is_free(target, is_file=is_file)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".salesops-", dir=target.parent) as beside:
            draft = Path(beside, target.name)
            if not is_file:
                draft.mkdir()
            yield draft
            if target.is_dir():
                os.replace(target, Path(beside, "earlier"))
            os.replace(draft, target)
    except (OSError, sqlite3.Error) as fault:
        raise CannotDecide(f"{target}: {getattr(fault, 'strerror', None) or fault}: nothing was exported") from None


OURS = (b"SQLite format 3", b"PK\x03\x04", b'{\n  "schema_version"')
"""How a file begins that an export or a bundle has written."""
MARK = ".salesops-export"
"""A file in each folder that an export has written: only such a folder is written anew."""


def _is_free(target: Path, *, is_file: bool) -> None:
    """Refuse to take the place of anything but an earlier export."""
    name = show(str(target))
    if target.is_dir() and is_file:
        raise Usage(f"-o: {name} is a folder")
    if not is_file and target.exists() and not target.is_dir():
        raise Usage(f"-o: {name} is a file, where a folder of files goes")
    if target.is_dir() and any(target.iterdir()) and not (target / MARK).is_file():
        raise Usage(f"-o: {name} holds other files: name a new folder")
    if target.is_file() and not _begins_as_ours(target):
        raise Usage(f"-o: {name} is no earlier export: name another file")


def _begins_as_ours(file: Path) -> bool:
    try:
        with file.open("rb") as there:
            return there.read(40).startswith(OURS)
    except OSError as fault:
        raise CannotDecide(f"{file}: {fault.strerror}: nothing was exported") from None


# ── the formats ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _tables(records: Records) -> list[DataTable]:
    snapshot = records.snapshot
    return [*record_tables(records.book), *known_tables(snapshot, numbers_of(snapshot))]


def _in_words(tables: Iterable[DataTable]) -> str:
    every = list(tables)
    return f"{counted(len(every), 'table')}, {counted(sum(len(table.rows) for table in every), 'row')}"


def _sqlite(records: Records, draft: Path) -> str:
    return _in_words(sqlite.write(draft, records.snapshot))


def _csv(records: Records, draft: Path) -> str:
    tables = _tables(records)
    for table in tables:
        (draft / f"{table.name}.csv").write_text(as_csv_file(table), encoding="utf-8", newline="")
    return _in_words(tables)


def _parquet(records: Records, draft: Path) -> str:
    if find_spec("duckdb") is None:
        raise NoWay("Parquet is written by the package duckdb, which is not installed: pip install duckdb")
    tables = _tables(records)
    parquet.write(draft, tables)
    return _in_words(tables)


def _json(records: Records, draft: Path) -> str:
    templates = {} if records.point else team_templates(records.root)
    if records.point:
        note("salesops: templates are left out: they are as they lie here, and not as they were known")
    found = whole(records.book, templates)
    draft.write_text(as_json(found) + "\n", encoding="utf-8", newline="")
    return counted(len(found["records"]), "record")


def _hubspot(records: Records, draft: Path) -> str:
    return _texts(draft, hubspot.files(records.snapshot))


def _ics(records: Records, draft: Path) -> str:
    return _texts(draft, ((address.replace("/", "-"), text) for address, text in calendars(records.snapshot)))


def _texts(draft: Path, files: Iterable[tuple[str, str]]) -> str:
    every = list(files)
    for name, text in every:
        (draft / name).write_text(text, encoding="utf-8", newline="")
    return counted(len(every), "file")


WAYS: dict[str, Callable[[Records, Path], str]] = {
    "sqlite": _sqlite,
    "csv": _csv,
    "json": _json,
    "parquet": _parquet,
    "hubspot": _hubspot,
    "ics": _ics,
}
