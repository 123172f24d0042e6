"""What an import of HubSpot saw and does: for a terminal at a glance, and row by row as a page to keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from salesops.book.sounds_alike import sounding_like
from salesops.imports.csv.cells import name_alone
from salesops.imports.csv.columns import columns_of, empty_words, is_read
from salesops.imports.csv.mapping import StageLine, pipelines_of
from salesops.imports.csv.table import Table
from salesops.imports.hubspot.deal_columns import DealColumns, may_hold_days, ways_of_days
from salesops.imports.hubspot.files import ExportFile
from salesops.imports.hubspot.headings import COMPANY_NAMES, DEAL_NAMES, Role, column_called
from salesops.imports.hubspot.mapping import MAPPING, HubspotMap
from salesops.imports.hubspot.row_fates import Becomes, RowFates, question_in_words
from salesops.imports.hubspot.tables import HubspotExport
from salesops.imports.names import sameness
from salesops.imports.outcomes import Outcome
from salesops.imports.plan import Plan
from salesops.output import SCHEMA_VERSION, Style, counted, markdown, show, table
from salesops.store.scratch import ScratchDict, ScratchList

REPORT = "imports/hubspot.md"
FEW = 12
"""Lines of one kind that the terminal shows; the page has them all."""
MANY_NAMES = 400
"""Institutions up to which each is held against every other."""
ENDING = {Becomes.TAKEN: "taken", Becomes.ASKS: "ask", Becomes.NOT_TAKEN: "not taken"}


@dataclass(frozen=True)
class ImportReport:
    """All that is to be said of an import: what was read, what the mapping asks, what becomes of the rows, and what is gone."""

    export: HubspotExport
    plan: Plan
    fates: Mapping[Role, RowFates]
    deals: DealColumns | None
    mapping: HubspotMap
    zone: str
    questions: tuple[str, ...] = ()
    gone: Sequence[str] = ()
    changed_headings: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def has_open_ends(self) -> bool:
        """Whether any row was not taken, or something is asked."""
        return bool(self.asked) or any(fates.counts[Becomes.TAKEN] < len(fates) for fates in self.fates.values())

    @cached_property
    def asked(self) -> Sequence[str]:
        """What is asked of records that rows of several files tell of: no row asks it alone."""
        shown = {one.path for fates in self.fates.values() for one in fates.of(Becomes.ASKS)}
        asking = (entry for entry in self.plan.entries.asking if entry.path not in shown)
        return ScratchList(f"{entry.path}: {question_in_words(each)}" for entry in asking for each in entry.asked)

    @cached_property
    def alike(self) -> Sequence[str]:
        """Institutions of the export that have one name, or names that sound alike."""
        return ScratchList(names_alike(self.export))

    @cached_property
    def doubts(self) -> Sequence[str]:
        """Deals that were closed before they were created, by the words of the export."""
        return ScratchList(doubtful_days(self.export))

    # ── for a terminal ────────────────────────────────────────────────────────────────────────────────────────────────

    def as_text(self, style: Style, is_done: bool) -> Iterator[str]:
        """At a glance."""
        width = max(len(file.table.name) for file in self.export.files.values())
        for role, file in self.export.files.items():
            yield f"{show(file.table.name):<{width}}  {show(' · '.join(self._seen(role, file)))}"
        for lines in (
            self._merges(),
            self._stages(style),
            self._people(),
            self._money(),
            self._alike(),
            self._doubts(),
        ):
            yield from lines
        for words in (*self.changed_headings, *self.notes):
            yield style(show(words), "warning")
        yield from self._records(is_done)
        yield from self._open(style, is_done)

    def _seen(self, role: Role, file: ExportFile) -> Iterator[str]:
        yield f"HubSpot {role.value}{' as the interface answers' if file.is_answer else ''}"
        yield counted(file.rows, "row")
        if not file.is_answer:
            yield {"utf-8": "UTF-8", "utf-16": "UTF-16"}.get(file.shape.encoding, file.shape.encoding) + (
                " with a mark" if file.has_mark else ""
            )
        if file.shape.delimiter != "comma":
            yield f"cells separated by {file.shape.delimiter}"
        example = next((time for way in ways_of_days(file.table) if (time := _example(file.table, way))), "")
        if example:
            yield f"times as {example}, zone not said: taken as {self.zone}"
        if role is Role.COMPANIES and self.mapping.joins:
            yield f"joined by {next(iter(self.mapping.joins.values())).to}"
        if role is Role.PIPELINES:
            won = sum(stage.is_won for stage in self.export.stages)
            yield f"{counted(len({stage.pipeline for stage in self.export.stages}), 'pipeline')}, {counted(won, 'stage')} closed won"

    def _merges(self) -> Iterator[str]:
        merged = self.export.merged
        if merged:
            left = set(merged.values())
            yield f"Merged  {counted(len(merged), 'deal')} into {len(left):,}: not counted twice"

    def _stages(self, style: Style) -> Iterator[str]:
        if self.deals is None or not self.deals.words or self.mapping.deal is None:
            return
        lines = {
            (word, when): line
            for line in self.mapping.deal.stages
            for word in line.is_
            for when in pipelines_of(line.when, self.deals.pipeline)
        }
        for pipeline, words in self.deals.stages():
            rows = []
            for each in words:
                line = lines.get((each.word, pipeline)) or lines.get((each.word, "")) or StageLine(stage="?", day="?")
                told = [show(_answer(words or "?")) for words in (line.day, line.stage)]
                rows.append([show(each.word), f"{self.deals.words.get(each, 0):,}", *told])
            title = f'Stages of "{show(pipeline)}"' if pipeline else "Stages"
            yield from table(rows[: FEW * 2], [title, "rows", "days from", "becomes"], frozenset({1}), style)

    def _people(self) -> Iterator[str]:
        if self.deals is None or self.mapping.deal is None:
            return
        column = next((one for one in self.deals.named.columns if one.name == self.deals.names["owner"]), None)
        if column is None or not column.held:
            return
        unknown = len(self.plan.unknown_people)
        told = len({sameness(name_alone(name)) for name in column.held})
        ready = f"; {unknown:,} listed ready to paste into playbook/team.yaml" if unknown else ""
        yield f"People  {max(told - unknown, 0):,} of {counted(told, 'owner')} known to the team{ready}"
        if unknown:
            yield from (f"  {show(line)}" for line in self.plan.people_to_paste.split("\n"))

    def _money(self) -> Iterator[str]:
        column = (
            next((one for one in self.deals.named.columns if one.name == self.deals.names["amount"]), None)
            if self.deals
            else None
        )
        if self.deals and column and column.held and not self.deals.names["currency"]:
            team = self.deals.book.team.currency if self.deals.book.team else ""
            answer = self.mapping.currency.constant if self.mapping.currency else None
            said = (
                f"taken as {answer}"
                if answer and answer == _answer(answer)
                else f"{team}, as the team has it? the mapping asks"
            )
            yield f"Money   {show(column.name)} holds {counted(len(column.held), 'amount')} without a currency: {show(said)}"

    def _alike(self) -> Iterator[str]:
        yield from _few("Names", self.alike)

    def _doubts(self) -> Iterator[str]:
        yield from _few("Days", self.doubts)

    def _records(self, is_done: bool) -> Iterator[str]:
        """How many records are new and how many change, and which change how."""
        told = [
            f"{counted(number, kind)} {outcome.value}"
            for kind in ("deal", "member")
            for outcome in Outcome
            if (number := self.plan.count(kind, outcome))
        ]
        if told:
            yield f"Records {'' if is_done else 'would be: '}{' · '.join(told)}"
        changed = islice(self.plan.entries.of(Outcome.UPDATED), FEW)
        yield from (f"  {show(entry.path)}: {show(', '.join(entry.differs))}" for entry in changed)
        yield from _few("Asks", self.asked)
        yield from _few("Gone", self.gone)

    def _open(self, style: Style, is_done: bool) -> Iterator[str]:
        if self.questions:
            yield style(
                f"{MAPPING}   the mapping: {counted(len(self.questions), 'line')} with a ? for you to answer",
                "warning",
            )
        else:
            yield f"{MAPPING}   the mapping: yours to change, the next export is read with it"
        for file, fates in ((self.export.files[role].table.name, fates) for role, fates in self.fates.items()):
            yield f"{REPORT}     {show(file)}: {_tally(fates)}"
        if not is_done:
            yield f"next: {f'answer them in {MAPPING}, then ' if self.questions else ''}salesops import hubspot --go"

    # ── row by row ────────────────────────────────────────────────────────────────────────────────────────────────────

    def as_markdown(self) -> Iterator[str]:
        """Row by row, a line at a time; the same words for the same files, whether they were written already or not."""
        return (f"{line}\n" for line in self._page())

    def _page(self) -> Iterator[str]:
        yield "# What becomes of each row of the HubSpot export"
        yield ""
        yield "Rows are numbered as a spreadsheet does: the headings are row 1. What is taken is written by `salesops import hubspot --go`."
        for role, fates in self.fates.items():
            yield ""
            yield f"## {markdown(self.export.files[role].table.name)}: {role.value}"
            yield ""
            yield f"{counted(len(fates), 'row')}: {_tally(fates)}."
            for fate in (Becomes.ASKS, Becomes.NOT_TAKEN, Becomes.TAKEN):
                yield from _rows_with(fate, fates)
        for heading, lines in (
            ("Questions of the mapping", self.questions),
            ("Names that are probably one institution: listed, never made one", self.alike),
            ("Days to look at", self.doubts),
            ("To decide: the record and the export were both changed since the last import", self.asked),
            ("Gone from the export: nothing is removed here", self.gone),
        ):
            if lines:
                yield from ("", f"## {heading}", "", *(f"- {markdown(line)}" for line in lines))
        if self.plan.unknown_people:
            yield from (
                "",
                "## People who are not in the team",
                "",
                "Paste the lines that are right into `playbook/team.yaml`:",
                "",
            )
            yield from (f"    {show(line)}" for line in self.plan.people_to_paste.split("\n"))

    def as_data(self, is_done: bool) -> dict[str, Any]:
        """The same for programs; the rows come one by one."""
        return {
            "schema_version": SCHEMA_VERSION,
            "done": is_done,
            "files": [
                {
                    "file": file.path,
                    "holds": role.value,
                    "rows": file.rows,
                    **{fate.name.lower(): number for fate, number in self.fates[role].counts.items()},
                }
                for role, file in self.export.files.items()
            ],
            "rows": (
                {
                    "file": one.file,
                    "row": one.row,
                    "becomes": one.fate.value,
                    "why": [show(why) for why in one.why],
                    "path": one.path,
                }
                for fates in self.fates.values()
                for one in fates
            ),
            "headings": {
                role.value: [name for name in file.table.header if name] for role, file in self.export.files.items()
            },
            "merged": dict(self.export.merged),
            "pipelines": len({stage.pipeline for stage in self.export.stages}),
            "questions": list(self.questions),
            "alike": iter(self.alike),
            "days": iter(self.doubts),
            "asked": iter(self.asked),
            "gone": iter(self.gone),
            "columns": list(self.changed_headings),
            "people": self.plan.people_to_paste,
            "written": (change.path for change in self.plan.changes),
        }


def _answer(words: str) -> str:
    """What the mapping answers; a question mark where it still asks."""
    return "?" if words.startswith("(not answered)") else words


def _example(found: Table, way: str) -> str:
    """A time of a table, written in one way, that says no zone; nothing where it says one, or has days only."""
    if not ("HH" in way or "%H" in way) or way.endswith(("Z", "%z")):
        return ""
    columns = [column for column in columns_of(found, empty_words(found)) if may_hold_days(column.name)]
    return next((words for column in columns for words in column.held if is_read(words, way)), "")


def _few(title: str, lines: Sequence[str]) -> Iterator[str]:
    """The first lines of one kind, and how many more there are."""
    yield from (f"{title:<8}{show(line)}" for line in lines[:FEW])
    if len(lines) > FEW:
        yield f"        … and {len(lines) - FEW:,} more: {REPORT} has them all"


def _tally(fates: RowFates) -> str:
    more = {Becomes.TAKEN: f" ({fates.remarked:,} with a remark)"} if fates.remarked else {}
    return " · ".join(f"{fates.counts[fate]:,} {ENDING[fate]}{more.get(fate, '')}" for fate in Becomes)


def _rows_with(fate: Becomes, fates: RowFates) -> Iterator[str]:
    """The rows of one fate as a table."""
    if not fates.counts[fate]:
        return
    yield from ("", f"### {fate.value.capitalize()}", "", "| row | record | why |", "|---|---|---|")
    for one in fates.of(fate):
        yield f"| {one.row} | {markdown(one.path)} | {markdown('; '.join(one.why))} |"


def names_alike(export: HubspotExport) -> Iterator[str]:
    """Institutions of the export that have one name, or names that sound alike."""
    found = export.table(Role.COMPANIES)
    column = column_called(found.header, COMPANY_NAMES["name"]) if found else ""
    if found is None or not column:
        return
    rows = ScratchDict[str, tuple[str, ...]]()
    for row in found.rows:
        if name := found.cell(row, column):
            same = sameness(name)
            rows[same] = (*rows.get(same, ()), f"{name} (row {row.number})")
    yield from (f"twice: {' and '.join(told)}" for told in rows.values() if len(told) > 1)
    if len(rows) > MANY_NAMES:
        return
    names = {str(at): told[0].rpartition(" (row ")[0] for at, told in enumerate(rows.values())}
    for at, name in names.items():
        like = [names[other] for other in sounding_like(name, names) if int(other) > int(at)]
        yield from (f"alike: {name} and {other}" for other in like)


def doubtful_days(export: HubspotExport) -> Iterator[str]:
    """Deals that were closed before they were created, by the words of the export."""
    found = export.deals
    if found is None:
        return
    closed, created, number = (column_called(found.header, DEAL_NAMES[what]) for what in ("closed", "created", "id"))
    for row in found.rows if closed and created else ():
        one, other = found.cell(row, closed), found.cell(row, created)
        if _is_day(one) and _is_day(other) and one[:10] < other[:10]:
            deal = f", deal {found.cell(row, number)}" if number else ""
            yield f"row {row.number}{deal}: {closed} {one[:10]} is before {created} {other[:10]}"


def _is_day(words: str) -> bool:
    return len(words) >= 10 and words[4] == words[7] == "-" and words[:4].isdecimal()
