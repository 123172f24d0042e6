"""What every import of a table shares: the tables and what the last import took of them, the writing, and the words for whoever waits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from salesops.book.book import Book
from salesops.cli.actions.import_last import LastFile, Unusable
from salesops.cli.named_file import bytes_of
from salesops.cli.printing import note, say, style
from salesops.cli.repository import read_aside
from salesops.edits.yaml_writer import FileChange
from salesops.imports import report
from salesops.imports.csv.joined import joined
from salesops.imports.csv.mapping import ColumnMap, Format, FromTable
from salesops.imports.csv.mapping_mistakes import column_problems, columns_named, join_problems
from salesops.imports.csv.table import MAX_TABLE, Table, read_table
from salesops.imports.ground import EVERY
from salesops.imports.last_import import Headings, Remembered, with_new_columns
from salesops.imports.newer_table import NewerTable, headings_of
from salesops.imports.plan import Planner
from salesops.imports.remarks import Verdict
from salesops.output import SCHEMA_VERSION, as_json, counted, problem_as_data, problems_as_lines, problems_as_text, show
from salesops.problems import Problem
from salesops.records.yaml_reader import Document
from salesops.store.journal import saying_what_is_written
from salesops.store.save import alone, save_all

T = TypeVar("T")


@dataclass(frozen=True)
class TablesRead:
    """The table and those beside it, each with those that are joined to it, and the headings of all of them."""

    mapping: ColumnMap
    tables: Mapping[FromTable, Table]
    headings: Headings

    @classmethod
    def of(cls, path: Path, first: Table, document: Document, mapping: ColumnMap, last: Remembered) -> TablesRead:
        """Them, every column in its place; raises Unusable where a column that the mapping names is not there."""
        found = {FromTable.FIRST: first}
        for of, part in mapping.beside:
            found[of] = table_at(path.parent / (part.file or ""), part.file or "", part.format or mapping.format)
        headings = headings_of(found)
        tables = {of: _joined(path, table, document, mapping, of) for of, table in found.items()}
        new = [name for names in last.new_headings(headings).values() for name in names]
        problems = [
            with_new_columns(problem, new)
            for of, table in tables.items()
            for problem in column_problems(document, mapping, table.header, of)
        ]
        return sound(cls(mapping, tables, headings), problems)

    def planned(
        self, book: Book, today: date, update: bool, last: LastFile, named: Mapping[str, str] | None = None
    ) -> Prepared:
        """What an import of them would do; ``named`` are the columns that it reads, where these are to be remembered."""
        before = last.held.in_book(book, self.mapping.ours)
        planner = Planner(book, self.mapping, self.tables, today, update=update, last=before, told=say_rows_read)
        return Prepared(NewerTable(planner, planner.plan(), last.held, self.headings, named or {}), last)


@dataclass(frozen=True)
class Prepared:
    """What an import would do, and the file that remembers it."""

    newer: NewerTable
    last: LastFile

    @property
    def changes(self) -> Iterator[FileChange]:
        """The files to write: the records, then what is remembered of them."""
        remembered = self.last.after(self.newer.remembered)
        yield from self.newer.plan.changes
        yield from remembered


def _joined(path: Path, table: Table, document: Document, mapping: ColumnMap, of: FromTable) -> Table:
    """A table with the columns of those that are joined to it."""
    used = {column for _, column, source in columns_named(mapping) if source is of}
    at, joins = mapping.joined_to(of)
    for name, join in joins.items():
        second = table_at(path.parent / join.file, join.file, join.format or mapping.format)
        sound(second, list(join_problems(document, name, join, table.header, second.header, at)))
        table = joined(table, name, join, second, join.format or mapping.format, used)
    return table


def table_at(path: Path, name: str, shape: Format) -> Table:
    """One table."""
    return sound(*read_table(name, bytes_of(path, name, MAX_TABLE), shape))


def book_with_team(folder: str) -> Book:
    """The records on file; without a team there is nobody to own a deal."""
    book, problems = read_aside(folder)
    sound(book.team, problems)
    return book


def carried_out(
    root: Path, planned: Callable[[], Prepared], file: str, column_map: str, output_format: str, dry_run: bool
) -> int:
    """Write what a plan says, and what is remembered of it, and report each row; 1 where one was kept back, 2 where nothing can be used."""
    try:
        with nullcontext() if dry_run else alone(root):
            with saying_what_is_written():
                prepared = planned()
            newer, plan = prepared.newer, prepared.newer.plan
            if not dry_run:
                progress(f"writing {counted(plan.files, 'file')} …")
                save_all(root, _saying_how_far(prepared))
                progress("written; run salesops check to validate the records")
    except Unusable as fault:
        say_why_not(fault.problems, output_format)
        return 2
    if output_format == "json":
        since = {"columns": newer.columns, "gone": newer.gone}
        say(as_json({**report.as_data(plan, file, column_map, dry_run), **since}))
    else:
        for line in report.as_text(plan, file, dry_run, style):
            say(line)
        for line in report.since_last(newer.columns, newer.gone, style):
            say(line)
        for line in report.first_file(plan) if dry_run else ():
            say(line)
    return 1 if plan.remarks.has(Verdict.REJECTED, Verdict.ASKED) or plan.asks else 0


def say_mapping(mapping: str, file: str, output_format: str) -> int:
    """Print a mapping."""
    if output_format == "json":
        say(as_json({"schema_version": SCHEMA_VERSION, "file": file, "mapping": mapping}))
    else:
        for line in mapping.rstrip("\n").split("\n"):
            say(line)
    return 0


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


def _saying_how_far(prepared: Prepared) -> Iterator[FileChange]:
    """The changes, with a line now and then for whoever waits while many files are written."""
    for number, change in enumerate(prepared.changes):
        if number and number % EVERY == 0:
            progress(f"{number:,} of {counted(prepared.newer.plan.files, 'file')} written …")
        yield change


def progress(words: str) -> None:
    """A line for whoever is waiting at a terminal."""
    if sys.stderr.isatty():
        note(show(words))
