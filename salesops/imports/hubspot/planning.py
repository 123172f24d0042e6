"""An export, its mapping, the records on file and what the last import took: what would be written, and all that is to be said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from salesops.book.book import Book
from salesops.imports.csv.joined import joined
from salesops.imports.csv.mapping import Format, FromTable, pipelines_of
from salesops.imports.csv.mapping_mistakes import column_problems, columns_named, join_problems
from salesops.imports.csv.table import Table
from salesops.imports.hubspot.deal_columns import DealColumns, StageWord
from salesops.imports.hubspot.draft import stage_lines_of
from salesops.imports.hubspot.headings import Role
from salesops.imports.hubspot.mapping import HubspotMap, questions_in
from salesops.imports.hubspot.report import ImportReport
from salesops.imports.hubspot.row_fates import fates_of
from salesops.imports.hubspot.tables import HubspotExport
from salesops.imports.last_import import Remembered, with_new_columns
from salesops.imports.plan import Plan, Planner
from salesops.problems import Path, Problem, dotted
from salesops.records.record import value_at
from salesops.records.yaml_reader import Document
from salesops.store.scratch import ScratchList

FIRST = (Role.DEALS, Role.COMPANIES, Role.MEETINGS, Role.CONTACTS)
"""Which table comes first where there are several; the others stand beside it."""


@dataclass(frozen=True)
class ImportDesk:
    """What an import works with: the records and the day, the export, and its mapping with the document that it was read from."""

    book: Book
    today: date
    export: HubspotExport
    document: Document
    mapping: HubspotMap
    last: Remembered

    def planned(self) -> tuple[Plan | None, list[Problem]]:
        """The plan; or every reason why the mapping does not fit the tables."""
        tables, problems = self._tables()
        if problems:
            return None, problems
        last = self.last.in_book(self.book, self.mapping.ours)
        return Planner(self.book, self.mapping, tables, self.today, update=True, last=last).plan(), []

    def report(self, plan: Plan, notes: tuple[str, ...]) -> ImportReport:
        """All that is to be said of a plan."""
        deals = self.export.deals
        return ImportReport(
            export=self.export,
            plan=plan,
            fates=fates_of(self.export, plan, self._read_roles(), self.mapping.joins.values()),
            deals=DealColumns(self.export, deals, self.book, self.book.process_on(self.today))
            if deals is not None
            else None,
            mapping=self.mapping,
            zone=self.book.team.time_zone if self.book.team else "UTC",
            questions=tuple(questions_in(self.document)),
            gone=ScratchList(self._gone()),
            changed_headings=tuple(self.last.changed_headings(self.headings)),
            notes=notes,
        )

    @property
    def headings(self) -> dict[str, list[str]]:
        """The headings of each file, by what it holds."""
        return {role.value: [name for name in file.table.header if name] for role, file in self.export.files.items()}

    # ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _tables(self) -> tuple[dict[FromTable, Table], list[Problem]]:
        """The tables as the mapping reads them: the first with those joined to it, and those beside it."""
        mapping, problems = self.mapping, list[Problem]()
        first = self._first()
        if first is None:
            said = "the files hold no deals, companies, meetings or contacts"
            return {}, [self.document.problem("mapping-empty", said, ("files",), help="add one that does")]
        tables = {FromTable.FIRST: self._joined(first, FromTable.FIRST, problems)}
        for of, part in mapping.beside:
            table = self._table(part.file or "")
            if table is None:
                problems.append(self._no_such_table((of.value, "file"), part.file or ""))
            else:
                tables[of] = self._joined(table, of, problems)
        new = [name for names in self.last.new_headings(self.headings).values() for name in names]
        for of, table in tables.items():
            problems += [
                with_new_columns(problem, [name for name in new if name in table.columns])
                for problem in column_problems(self.document, mapping, table.header, of)
            ]
        return tables, problems

    def _first(self) -> Table | None:
        found = (self._table(role.value) for role in FIRST)
        return next((table for table in found if table is not None), None)

    def _table(self, name: str) -> Table | None:
        """A table by what it holds."""
        if name == Role.DEALS.value:
            return self.export.deals
        if name == Role.MEETINGS.value:
            return self.export.meetings
        role = next((role for role in self.export.files if role.value == name), None)
        return self.export.table(role) if role else None

    def _no_such_table(self, path: Path, name: str) -> Problem:
        advice = f"give the file, too: salesops import hubspot FILE…; or take {dotted(path[:-1])}: out of the mapping"
        return self.document.problem("file-unclear", f"no file of the export holds {name}", path, help=advice)

    def _joined(self, table: Table, of: FromTable, problems: list[Problem]) -> Table:
        at, joins = self.mapping.joined_to(of)
        used = {column for _, column, source in columns_named(self.mapping) if source is of}
        for name, join in joins.items():
            second = self._table(join.file)
            if second is None:
                problems.append(self._no_such_table((*at, name, "file"), join.file))
                continue
            wrong = list(join_problems(self.document, name, join, table.header, second.header, at))
            problems += wrong
            if not wrong:
                both = joined(table, name, join, second, join.format or self._shape(join.file), used)
                table = both if of is FromTable.FIRST else replace(both, left_over=table.left_over)
        return table

    def _shape(self, name: str) -> Format:
        return next((file.shape for role, file in self.export.files.items() if role.value == name), self.mapping.format)

    def _read_roles(self) -> frozenset[Role]:
        """What of the export the mapping reads; the tables of stages and merges are read in any case."""
        mapping = self.mapping
        of_parts = [part.file for _, part in mapping.beside]
        joins = [*mapping.joins.values(), *(mapping.contacts.joins.values() if mapping.contacts else ())]
        named = {*of_parts, *(join.file for join in joins)}
        first = self._first()
        always = {Role.HISTORY, Role.MERGES, Role.PIPELINES}
        read = {
            role
            for role, file in self.export.files.items()
            if role.value in named or (first and file.table.name == first.name)
        }
        return frozenset(read | always)

    # ── the last import ───────────────────────────────────────────────────────────────────────────────────────────────

    def _gone(self) -> Iterator[str]:
        """The deals of the last import of which the export has no row any more."""
        if self.export.deals is None:
            return
        for kind, record_id in self.last.taken.in_order():
            told = self.last.taken[kind, record_id]
            key = str(value_at(told, "x.hubspot") or record_id)
            document = self.book.documents.get((kind, record_id))
            if kind != "deal" or document is None or key in self.export.keys or "stages" not in told:
                continue
            into = self.export.merged.get(key)
            yield f"{document.path} ({key}): {f'was merged into {into}' if into else 'its row is gone'}"


def stages_without_line(mapping: HubspotMap, deals: DealColumns) -> list[str]:
    """The lines of the stages of an export of which the mapping does not speak yet."""
    covered = (
        {
            (pipeline, word)
            for line in mapping.deal.stages
            for word in line.is_
            for pipeline in pipelines_of(line.when, deals.pipeline)
        }
        if mapping.deal
        else set()
    )
    if mapping.deal is None or not mapping.deal.now:
        return []
    return [
        line
        for _, words in deals.stages()
        for word in words
        if not _is_covered(word, covered)
        for line in stage_lines_of(deals, word)
    ]


def _is_covered(word: StageWord, covered: set[tuple[str, str]]) -> bool:
    return (word.pipeline, word.word) in covered or ("", word.word) in covered
