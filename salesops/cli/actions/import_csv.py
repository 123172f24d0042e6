"""What ``salesops import csv`` does: the rows of a table become records, or it is said why nothing was imported."""

from __future__ import annotations

from pathlib import Path

from salesops.cli.actions.import_last import CSV, LastFile, Unusable, name_of
from salesops.cli.actions.import_tables import (
    Prepared,
    TablesRead,
    book_with_team,
    carried_out,
    progress,
    say_mapping,
    say_why_not,
    sound,
    table_at,
)
from salesops.cli.day import day_of
from salesops.cli.named_file import bytes_of
from salesops.cli.options import Usage
from salesops.cli.repository import root_of
from salesops.imports.csv.columns import table_as_it_looks
from salesops.imports.csv.detect import mapping_for
from salesops.imports.csv.mapping_mistakes import read_mapping
from salesops.imports.csv.table import MAX_TABLE
from salesops.output import show
from salesops.records.yaml_reader import MAX_BYTES
from salesops.records.yaml_reader import read as document_of


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
        root, lambda: _prepared(folder, root, file, column_map, as_of, update), file, column_map, output_format, dry_run
    )


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


def _prepared(folder: str, root: Path, file: str, column_map: str, as_of: str | None, update: bool) -> Prepared:
    """What the import would do."""
    document = sound(*document_of(column_map, bytes_of(Path(folder, column_map), column_map, MAX_BYTES)))
    book = book_with_team(folder)
    mapping = sound(*read_mapping(document, book))
    progress(f"reading {file} …")
    path = Path(folder, file)
    last = LastFile.on_disk(root, name_of(column_map, CSV))
    tables = TablesRead.of(path, table_at(path, file, mapping.format), document, mapping, last.held)
    return tables.planned(book, day_of(as_of, book), update, last)
