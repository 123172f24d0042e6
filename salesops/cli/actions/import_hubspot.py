"""What ``salesops import hubspot`` does: looks at an export and asks, then writes what its mapping says."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, islice
from pathlib import Path

from salesops.book.book import Book
from salesops.cli.actions.import_last import LastFile, Unusable, changed, digest_of, text_of
from salesops.cli.actions.import_tables import book_with_team, say_why_not, sound
from salesops.cli.day import day_of
from salesops.cli.named_file import bytes_of
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.cli.repository import root_of
from salesops.edits.yaml_writer import FileChange, LongFile
from salesops.imports.csv.table import MAX_TABLE
from salesops.imports.hubspot.deal_columns import DealColumns
from salesops.imports.hubspot.draft import draft
from salesops.imports.hubspot.files import SEVERAL, ExportFile, read_export_file, rows_before, together
from salesops.imports.hubspot.headings import Role
from salesops.imports.hubspot.mapping import (
    MAPPING,
    NAME,
    HubspotMap,
    read_hubspot_mapping,
    with_files,
    with_more_stages,
)
from salesops.imports.hubspot.planning import ImportDesk, stages_without_line
from salesops.imports.hubspot.report import REPORT, ImportReport
from salesops.imports.hubspot.tables import HubspotExport, put_together
from salesops.output import as_json_lines, show
from salesops.store.journal import saying_what_is_written, write
from salesops.store.save import alone, save_all

Changes = Iterator[FileChange | LongFile]


def run(folder: str, files: tuple[str, ...], output_format: str, *, go: bool, as_of: str | None) -> int:
    """Look, or write; 1 where a row asks or is not taken, 2 where nothing can be used."""
    root = root_of(folder)
    if go and files:
        raise Usage(f"--go reads the files that {MAPPING} names: give files to look at them, then --go alone")
    try:
        with alone(root):
            with saying_what_is_written():
                report, changes = _prepared(root, [_from_root(root, folder, file) for file in files], as_of, go)
                first = list(islice(changes, 1))
            if go and first:
                write(root, chain(first, changes), "import hubspot")
            else:
                save_all(root, chain(first, changes))
    except Unusable as fault:
        say_why_not(fault.problems, output_format)
        return 2
    if output_format == "json":
        for line in as_json_lines(report.as_data(go)):
            say(line)
    else:
        for line in report.as_text(style, go):
            say(line)
    return 1 if report.has_open_ends else 0


def _from_root(root: Path, folder: str, file: str) -> str:
    """The way to a file from the root of the repository."""
    try:
        return os.path.relpath(os.path.abspath(Path(folder, file)), os.path.abspath(root)).replace(os.sep, "/")
    except ValueError as fault:
        raise Usage(f"{show(file)}: {fault}") from None


def _prepared(root: Path, paths: list[str], as_of: str | None, go: bool) -> tuple[ImportReport, Changes]:
    """What is to be said, and the files to write: the mapping and the page, and with ``go`` the records."""
    book = book_with_team(str(root))
    today = day_of(as_of, book)
    was, mapping = _mapping_on_file(root, book)
    if was is None and not paths:
        raise Usage(f"there is no {MAPPING} yet: salesops import hubspot deals.csv looks at an export and writes it")
    read, notes = _files(root, paths, mapping)
    by_role = _by_role(read)
    notes += _numbering(by_role.values())
    export = put_together({role: together(alike) for role, alike in by_role.items()})
    text = was if was is not None else draft(export, [file.path for file in read], book, book.process_on(today))
    if mapping is not None and not go:
        text = _kept_with_more(text, mapping, [file.path for file in read], _deals_of(export, book, today))
    document, found, problems = read_hubspot_mapping(MAPPING, text.encode("utf-8"), book)
    last = LastFile.on_disk(root, NAME)
    desk = ImportDesk(book, today, export, sound(document, []), sound(found, problems), last.held)
    plan = sound(*desk.planned())
    report = desk.report(plan, tuple(notes))
    return report, _changes(root, FileChange(MAPPING, text, was), report, desk, last, go)


def _changes(
    root: Path, mapping: FileChange, report: ImportReport, desk: ImportDesk, last: LastFile, go: bool
) -> Changes:
    """The files that are to be written, those that are so already left out."""
    yield from [mapping] if mapping.text != mapping.was else []
    yield from changed(REPORT, report.as_markdown(), digest_of(root, REPORT))
    if go:
        remembered = last.after(desk.last.after(report.plan.entries, desk.headings))
        yield from (change for change in report.plan.changes if change.text != change.was)
        yield from remembered


def _deals_of(export: HubspotExport, book: Book, today: date) -> DealColumns | None:
    return None if export.deals is None else DealColumns(export, export.deals, book, book.process_on(today))


def _mapping_on_file(root: Path, book: Book) -> tuple[str | None, HubspotMap | None]:
    """The mapping of an earlier look, as it is now; raises Unusable where it has mistakes."""
    text = text_of(root, MAPPING)
    if text is None:
        return None, None
    _, mapping, problems = read_hubspot_mapping(MAPPING, text.encode("utf-8"), book)
    return text, sound(mapping, problems)


def _files(root: Path, paths: list[str], mapping: HubspotMap | None) -> tuple[list[ExportFile], list[str]]:
    """The files that were given, and of those that the mapping names the ones that they do not replace."""
    given = [_read(root, path) for path in paths]
    notes: list[str] = []
    roles = {file.role for file in given}
    for path in mapping.files if mapping else ():
        if path in paths:
            continue
        if given and not (root / path).exists():
            notes.append(f"{path} is no longer there: it is left out")
            continue
        file = _read(root, path)
        if file.role not in roles:
            given.append(file)
    return given, notes


def _by_role(files: Iterable[ExportFile]) -> dict[Role, list[ExportFile]]:
    """The files by what they hold; refuses two that cannot be put together."""
    found: dict[Role, list[ExportFile]] = {}
    names: dict[str, ExportFile] = {}
    for file in files:
        alike = found.setdefault(file.role, [])
        if alike and file.role not in SEVERAL:
            _refuse(alike[0], file, f"both hold {file.role.value}: give one of them, or put them together")
        if any(one.path == file.path for one in alike):
            _refuse(file, file, "are one file: give it once")
        if (named := names.setdefault(file.table.name, file)).role is not file.role:
            _refuse(named, file, "have one name: give one of them another")
        alike.append(file)
    return found


def _refuse(one: ExportFile, other: ExportFile, said: str) -> None:
    raise Usage(f"{show(one.path)} and {show(other.path)} {said}")


def _numbering(files: Iterable[list[ExportFile]]) -> Iterator[str]:
    """How the rows of files are numbered that were put together."""
    for alike in files:
        for file, before in zip(alike[1:], rows_before(alike)[1:], strict=True):
            yield f"{file.path} goes on from {alike[0].path}: its row 2 is row {before + 2}"


def _read(root: Path, path: str) -> ExportFile:
    """One file of the export; raises Unusable where it is none."""
    found = read_export_file(path, bytes_of(root / path, path, MAX_TABLE))
    if isinstance(found, list):
        raise Unusable(found)
    return found


def _kept_with_more(text: str, mapping: HubspotMap, files: list[str], deals: DealColumns | None) -> str:
    """The mapping as a person left it, with the files of now and lines for stages that it does not know."""
    if list(mapping.files) != files:
        changed = with_files(text, files)
        if changed is None:
            raise Usage(f"write files: in {MAPPING} on one line, so that it can be kept up to date")
        text = changed
    more = stages_without_line(mapping, deals) if deals else []
    return (with_more_stages(text, more) or text) if more else text
