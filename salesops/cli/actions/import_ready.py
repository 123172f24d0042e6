"""What ``salesops import`` does with a file of a program that it knows: the mapping is ready, and can be printed and changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from shlex import quote

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
from salesops.imports.last_import import Remembered
from salesops.imports.newer_table import columns_at, headings_of, lost_columns
from salesops.imports.sources import SOURCES
from salesops.output import show
from salesops.problems import Place, Problem
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
        return f"{SOURCES[self.source].called(sound(self.table, self.problems))}.yaml"

    @property
    def command(self) -> str:
        """How this file is imported, as one types it."""
        return f"salesops import {self.source} {quote(show(self.file))}"

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
            raw = self.mapping().encode("utf-8", "replace")
        document, unread = document_of(self.column_map or self.ready_name, raw)
        found, mistakes = read_mapping(document, self.book) if document else (None, [])
        if not self.column_map:
            self._stop_where_columns_are_lost(table, last.held, columns_at(found) if found else {})
            self._say_what_to_answer(raw, last.held.changed_headings(headings_of({FromTable.FIRST: table})))
        document = sound(document, unread)
        mapping = SOURCES[self.source].with_key(sound(found, mistakes))
        table = self._with_what_is_named(table, mapping)
        tables = TablesRead.of(Path(self.folder, self.file), table, document, mapping, last.held)
        return tables.planned(self.book, self.day, self.update, last, self._to_remember(mapping))

    def _with_what_is_named(self, table: Table, mapping: ColumnMap) -> Table:
        """The table with the columns of the mapping that only some files have; those that it passes over are said."""
        source = SOURCES[self.source]
        named = {column for _, column, _ in columns_named(mapping)}
        if left := source.passed_over(table, named):
            note(f"The mapping says nothing of: {', '.join(map(show, left))}; it is not taken along")
        return source.with_columns(table, named)

    def _say_what_to_answer(self, raw: bytes, columns: Iterable[str]) -> None:
        """Say how to go on where the ready-made mapping leaves something open, and which columns have changed since."""
        if b": ?" in raw:
            for words in columns:
                note(show(words))
            note(
                f"Some lines of the mapping wait for an answer: {self.command} --detect > {self.ready_name}, "
                f"answer each ?, then {self.command} --map {self.ready_name}"
            )

    def _to_remember(self, mapping: ColumnMap) -> dict[str, str]:
        """The columns that an import reads, but for those that some files have and others do not."""
        return {at: column for at, column in columns_at(mapping).items() if not SOURCES[self.source].is_open(column)}

    def _stop_where_columns_are_lost(self, table: Table, last: Remembered, named: Mapping[str, str]) -> None:
        """Raise Unusable where columns that the last import read are gone and others are new: which is which, a person says."""
        lost = lost_columns(last, table.header, named)
        new = [name for names in last.new_headings(headings_of({FromTable.FIRST: table})).values() for name in names]
        if not lost or not new:
            return
        update = " --update" if self.update and not SOURCES[self.source].adds else ""
        said = f"the table no longer has {', '.join(lost)}, of which the last import took something"
        advice = (
            f"new since then: {', '.join(new)}; to say which one it is now, or that it is gone: {self.command} --detect > {self.ready_name}, "
            f"put the new name where the values went until now, then {self.command} --map {self.ready_name}{update}; "
            "a table of another kind gets a mapping of another name"
        )
        raise Unusable([Problem("column-gone", said, Place(self.file), help=advice)])
