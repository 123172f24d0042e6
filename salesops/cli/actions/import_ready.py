"""What ``salesops import`` does with a file of a program that it knows: the mapping is ready, and can be printed and changed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from salesops.cli.actions.import_last import LastFile, Unusable, name_of
from salesops.cli.actions.import_tables import (
    Prepared,
    TablesRead,
    book_with_team,
    carried_out,
    progress,
    say_mapping,
    say_why_not,
    sound,
)
from salesops.cli.day import day_of
from salesops.cli.named_file import bytes_of
from salesops.cli.options import Usage
from salesops.cli.printing import note
from salesops.cli.repository import root_of
from salesops.imports.csv.mapping import ColumnMap, FromTable
from salesops.imports.csv.mapping_mistakes import columns_named, read_mapping
from salesops.imports.csv.table import MAX_TABLE, Table
from salesops.imports.newer_table import headings_of
from salesops.imports.sources import SOURCES
from salesops.output import show
from salesops.records.yaml_reader import MAX_BYTES
from salesops.records.yaml_reader import read as document_of


def run(
    source: str,
    folder: str,
    file: str,
    output_format: str,
    *,
    column_map: str | None,
    as_of: str | None,
    dry_run: bool,
    update: bool = False,
    detect: bool,
) -> int:
    """Write the records and report each row; 1 where one was kept back, 2 where nothing can be used."""
    if detect and column_map:
        raise Usage("--detect prints the mapping, and --map reads one: give one of the two")
    root = root_of(folder)

    def read() -> _Import:
        return _Import(source, root, folder, file, column_map, as_of, update)

    if not detect:
        name = column_map or f"{source}.yaml"
        return carried_out(root, lambda: read().prepared(), file, name, output_format, dry_run)
    try:
        mapping = read().mapping()
    except Unusable as fault:
        say_why_not(fault.problems, output_format)
        return 2
    return say_mapping(mapping, file, output_format)


class _Import:
    """One file of a program, and the mapping that it is read with."""

    def __init__(
        self, source: str, root: Path, folder: str, file: str, column_map: str | None, as_of: str | None, update: bool
    ) -> None:
        self.source, self.root, self.folder, self.file = source, root, folder, file
        self.column_map, self.update = column_map, update or SOURCES[source].adds
        self.book = book_with_team(folder)
        self.day = day_of(as_of, self.book)
        progress(f"reading {file} …")
        raw = bytes_of(Path(folder, file), file, MAX_TABLE)
        self.table, self.shape, self.problems = SOURCES[source].table(file, raw, self.book)

    @property
    def ready_name(self) -> str:
        """What messages call the mapping that nobody wrote."""
        return f"{self.source}.yaml"

    def mapping(self) -> str:
        """The text of the ready-made mapping."""
        process = self.book.process_on(self.day)
        return SOURCES[self.source].mapping(sound(self.table, self.problems), self.shape, self.book, process)

    def prepared(self) -> Prepared:
        """What the import would do."""
        table = sound(self.table, self.problems)
        name = name_of(self.column_map, self.source) if self.column_map else SOURCES[self.source].called(table)
        last = LastFile.on_disk(self.root, name)
        if self.column_map:
            raw = bytes_of(Path(self.folder, self.column_map), self.column_map, MAX_BYTES)
        else:
            text = self.mapping()
            raw = text.encode("utf-8", "replace")
            self._say_what_to_answer(text, last.held.changed_headings(headings_of({FromTable.FIRST: table})))
        document = sound(*document_of(self.column_map or self.ready_name, raw))
        mapping = SOURCES[self.source].with_key(sound(*read_mapping(document, self.book)))
        table = self._with_what_is_named(table, mapping)
        tables = TablesRead.of(Path(self.folder, self.file), table, document, mapping, last.held)
        return tables.planned(self.book, self.day, self.update, last)

    def _with_what_is_named(self, table: Table, mapping: ColumnMap) -> Table:
        """The table with the columns of the mapping that only some files have; those that it passes over are said."""
        source = SOURCES[self.source]
        named = {column for _, column, _ in columns_named(mapping)}
        if left := source.passed_over(table, named):
            note(f"The mapping says nothing of: {', '.join(map(show, left))}; it is not taken along")
        return source.with_columns(table, named)

    def _say_what_to_answer(self, text: str, columns: Iterable[str]) -> None:
        """Say how to go on where the ready-made mapping leaves something open, and which columns have changed since."""
        if any(": ?" in line for line in text.split("\n")):
            for words in columns:
                note(show(words))
            command = f"salesops import {self.source} {show(self.file)}"
            note(
                f"Some lines of the mapping wait for an answer: {command} --detect > {self.ready_name}, "
                f"answer each ?, then {command} --map {self.ready_name}"
            )
