"""What ``salesops import csv`` does: the rows of a table become records, or it is said why nothing was imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TypeVar

from salesops.book.book import Book
from salesops.cli.day import day_of
from salesops.cli.named_file import bytes_of
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import read_aside, root_of
from salesops.edits.yaml_writer import FileChange
from salesops.imports import report
from salesops.imports.csv.columns import table_as_it_looks
from salesops.imports.csv.detect import mapping_for
from salesops.imports.csv.joined import joined
from salesops.imports.csv.mapping import ColumnMap, Format, FromTable
from salesops.imports.csv.mapping_mistakes import column_problems, columns_named, join_problems, read_mapping
from salesops.imports.csv.table import MAX_TABLE, Table, read_table
from salesops.imports.ground import EVERY
from salesops.imports.plan import Plan, Planner
from salesops.imports.remarks import Verdict
from salesops.output import SCHEMA_VERSION, as_json, counted, problem_as_data, problems_as_lines, problems_as_text, show
from salesops.problems import Problem
from salesops.records.yaml_reader import MAX_BYTES, Document
from salesops.records.yaml_reader import read as document_of
from salesops.store.journal import saying_what_is_written
from salesops.store.save import alone, save_all

T = TypeVar("T")


class Unusable(Exception):
    """The mapping or the table cannot be used at all; the problems say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


def run(
    folder: str,
    file: str,
    output_format: str,
    *,
    column_map: str | None,
    as_of: str | None,
    dry_run: bool,
    update: bool,
    detect: bool,
) -> int:
    """Write the records and report each row; 1 where one was rejected, 2 where nothing can be used."""
    root = root_of(folder)
    if detect and not column_map:
        return _detect(folder, file, output_format, as_of)
    if detect or not column_map:
        raise Usage(
            "--detect writes a mapping, and --map reads one: give one of the two"
            if detect
            else f"Missing option '--map'; salesops import csv {show(file)} --detect prints a mapping to begin with"
        )
    return carried_out(
        root, lambda: _plan(folder, file, column_map, as_of, update), file, column_map, output_format, dry_run
    )


def carried_out(
    root: Path, planned: Callable[[], Plan], file: str, column_map: str, output_format: str, dry_run: bool
) -> int:
    """Write what a plan says and report each row; 1 where one was kept back, 2 where nothing can be used."""
    try:
        with nullcontext() if dry_run else alone(root):
            with saying_what_is_written():
                plan = planned()
            if not dry_run:
                progress(f"writing {counted(plan.files, 'file')} …")
                save_all(root, _saying_how_far(plan))
                progress("written; run salesops check to validate the records")
    except Unusable as fault:
        say_why_not(fault.problems, output_format)
        return 2
    if output_format == "json":
        say(as_json(report.as_data(plan, file, column_map, dry_run)))
    else:
        for line in report.as_text(plan, file, dry_run, style):
            say(line)
        for line in report.first_file(plan) if dry_run else ():
            say(line)
    return 1 if plan.said(Verdict.REJECTED) or plan.said(Verdict.ASKED) else 0


def _detect(folder: str, file: str, output_format: str, as_of: str | None) -> int:
    """Print a mapping for a table; 2 where it cannot be read at all."""
    try:
        book = book_with_team(folder)
        table, shape, problems = table_as_it_looks(file, bytes_of(Path(folder, file), file, MAX_TABLE))
        mapping = mapping_for(sound(table, problems), shape, book, book.process_on(day_of(as_of, book)))
    except Unusable as fault:
        say_why_not(fault.problems, output_format)
        return 2
    return say_mapping(mapping, file, output_format)


def say_mapping(mapping: str, file: str, output_format: str) -> int:
    """Print a mapping."""
    if output_format == "json":
        say(as_json({"schema_version": SCHEMA_VERSION, "file": file, "mapping": mapping}))
    else:
        for line in mapping.rstrip("\n").split("\n"):
            say(line)
    return 0


def _plan(folder: str, file: str, column_map: str, as_of: str | None, update: bool) -> Plan:
    """What the import would do."""
    document = sound(*document_of(column_map, bytes_of(Path(folder, column_map), column_map, MAX_BYTES)))
    book = book_with_team(folder)
    mapping = sound(*read_mapping(document, book))
    progress(f"reading {file} …")
    path = Path(folder, file)
    tables = tables_of(path, _table(path, file, mapping.format), document, mapping)
    return Planner(book, mapping, tables, day_of(as_of, book), update=update, told=say_rows_read).plan()


def book_with_team(folder: str) -> Book:
    """The records on file; without a team there is nobody to own a deal."""
    book, problems = read_aside(folder)
    sound(book.team, problems)
    return book


def tables_of(path: Path, first: Table, document: Document, mapping: ColumnMap) -> dict[FromTable, Table]:
    """The table and those beside it, each with those that are joined to it; every column in its place."""
    tables = {FromTable.FIRST: _joined(path, first, document, mapping, FromTable.FIRST)}
    for of, part in mapping.beside:
        table = _table(path.parent / (part.file or ""), part.file or "", part.format or mapping.format)
        tables[of] = _joined(path, table, document, mapping, of)
    found = (column_problems(document, mapping, table.header, of) for of, table in tables.items())
    return sound(tables, [problem for problems in found for problem in problems])


def _joined(path: Path, table: Table, document: Document, mapping: ColumnMap, of: FromTable) -> Table:
    """A table with the columns of those that are joined to it."""
    used = {column for _, column, source in columns_named(mapping) if source is of}
    at, joins = mapping.joined_to(of)
    for name, join in joins.items():
        second = _table(path.parent / join.file, join.file, join.format or mapping.format)
        sound(second, list(join_problems(document, name, join, table.header, second.header, at)))
        table = joined(table, name, join, second, join.format or mapping.format, used)
    return table


def _table(path: Path, name: str, shape: Format) -> Table:
    """One table."""
    return sound(*read_table(name, bytes_of(path, name, MAX_TABLE), shape))


def sound(found: T | None, problems: list[Problem]) -> T:
    """What was found, with a line for each warning; raises Unusable where errors stand in the way."""
    if found is None or any(problem.is_error for problem in problems):
        raise Unusable(problems)
    for line in problems_as_lines(problems):
        note(line)
    return found


def say_why_not(problems: list[Problem], output_format: str) -> None:
    """Print why nothing can be used, as text or as data."""
    if output_format == "json":
        data = [problem_as_data(problem) for problem in problems]
        say(as_json({"schema_version": SCHEMA_VERSION, "written": [], "problems": data}))
    else:
        for line in problems_as_text(problems, style):
            say(line)
    note("salesops: nothing was imported")


def say_rows_read(rows: int) -> None:
    """Say how many rows were read by now."""
    progress(f"{rows:,} rows read …")


def _saying_how_far(plan: Plan) -> Iterator[FileChange]:
    """The changes, with a line now and then for whoever waits while many files are written."""
    for number, change in enumerate(plan.changes):
        if number and number % EVERY == 0:
            progress(f"{number:,} of {counted(plan.files, 'file')} written …")
        yield change


def progress(words: str) -> None:
    """A line for whoever is waiting at a terminal."""
    if sys.stderr.isatty():
        note(show(words))
