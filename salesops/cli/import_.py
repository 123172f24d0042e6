"""``salesops import``: records from the files of other programs."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from salesops.cli.shared import Usage, format_option, note, read, root_of, say, style

if TYPE_CHECKING:
    from salesops.book.book import Book
    from salesops.imports.csv.mapping import ColumnMap, Format
    from salesops.imports.csv.table import Table
    from salesops.imports.plan import Plan
    from salesops.problems import Problem
    from salesops.records.yaml_reader import Document

T = TypeVar("T")


@click.group("import")
def command() -> None:
    """Bring records in from a file of another program."""


@command.command("csv")
@click.argument("file", metavar="FILE")
@click.option("--map", "map", metavar="MAP", required=True, help="The mapping: which column becomes which field.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, show the first file, and write nothing.")
@click.option("--update", is_flag=True, help="Put the table's word over records on file that say something else.")
@format_option("text", "json")
@click.pass_context
def csv(ctx: click.Context, file: str, map: str, dry_run: bool, update: bool, format: str) -> None:
    """Turn the rows of a table (.csv or .csv.gz) into deals and members.

    Running it twice changes nothing the second time. Exits with 1 where a row could not be taken, with 2 where the
    mapping or the table cannot be used at all.
    """
    from salesops.imports import report
    from salesops.imports.remarks import Verdict
    from salesops.output import as_json, counted
    from salesops.store.save import alone, save_all

    root = root_of(ctx.obj)
    run = _Run(ctx, format)
    with nullcontext() if dry_run else alone(root):
        plan = run.plan(file, map, update)
        if not dry_run:
            run.progress(f"writing {counted(len(plan.changes), 'file')} …")
            save_all(root, plan.changes)
            run.progress("written; salesops check says how the process sees them")
    if format == "json":
        say(as_json(report.as_data(plan, file, map, dry_run)))
    else:
        for line in report.as_text(plan, file, dry_run, style):
            say(line)
        for line in report.first_file(plan) if dry_run else ():
            say(line)
    ctx.exit(1 if plan.said(Verdict.REJECTED) else 0)


class _Run:
    """One call of the command: reads what it names, and ends it where something cannot be used."""

    def __init__(self, ctx: click.Context, format: str) -> None:
        self.ctx = ctx
        self.format = format
        self.folder = Path(ctx.obj)

    def plan(self, file: str, map: str, update: bool) -> Plan:
        """What the import would do."""
        from salesops.imports.csv.mapping_mistakes import read_mapping
        from salesops.imports.plan import Planner
        from salesops.records.yaml_reader import MAX_BYTES
        from salesops.records.yaml_reader import read as document_of

        document = self.sound(*document_of(map, _bytes(self.folder / map, map, MAX_BYTES)))
        book = self.book()
        mapping = self.sound(*read_mapping(document, book))
        self.progress(f"reading {file} …")
        table, accounts = self.tables(file, document, mapping)
        return Planner(book, mapping, table, accounts, update).plan()

    def book(self) -> Book:
        """The records on file; without a team there is nobody to own a deal."""
        from salesops.store.load import MARKER

        _, book, problems = read(self.ctx)
        self.sound(book.team, [problem for problem in problems if problem.place.path == MARKER])
        return book

    def tables(self, file: str, document: Document, mapping: ColumnMap) -> tuple[Table, Table | None]:
        """The table, the one of the members where there is one, and every column of the mapping in its place."""
        from salesops.imports.csv.mapping_mistakes import column_problems

        path, members = self.folder / file, mapping.members
        table = self.table(path, file, mapping.format)
        problems = column_problems(document, mapping, table.header, in_members_file=False)
        accounts = None
        if members and members.file:
            accounts = self.table(path.parent / members.file, members.file, members.format or mapping.format)
            problems += column_problems(document, mapping, accounts.header, in_members_file=True)
        self.sound(table, problems)
        return table, accounts

    def table(self, path: Path, name: str, format: Format) -> Table:
        """One table."""
        from salesops.imports.csv.table import MAX_TABLE, read_table

        return self.sound(*read_table(name, _bytes(path, name, MAX_TABLE), format))

    def sound(self, found: T | None, problems: list[Problem]) -> T:
        """What was found, or the end of the command with the errors that stand in the way."""
        from salesops.output import SCHEMA_VERSION, as_json, problem_as_data, problems_as_lines, problems_as_text

        if found is not None and not any(problem.is_error for problem in problems):
            for line in problems_as_lines(problems):
                note(line)
            return found
        if self.format == "json":
            data = [problem_as_data(problem) for problem in problems]
            say(as_json({"schema_version": SCHEMA_VERSION, "written": [], "problems": data}))
        else:
            for line in problems_as_text(problems, style):
                say(line)
        note("salesops: nothing was imported")
        self.ctx.exit(2)

    def progress(self, words: str) -> None:
        """A line for whoever is waiting at a terminal."""
        if sys.stderr.isatty():
            from salesops.output import show

            note(show(words))


def _bytes(path: Path, name: str, limit: int) -> bytes:
    """The bytes of a file, and one more than the limit where there are more."""
    from salesops.output import show
    from salesops.problems import CannotDecide

    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise Usage(f"there is no {show(name)}") from None
    except IsADirectoryError:
        raise Usage(f"{show(name)} is a folder") from None
    except (OSError, ValueError) as fault:
        raise CannotDecide(f"{name}: {getattr(fault, 'strerror', None) or fault}") from None
