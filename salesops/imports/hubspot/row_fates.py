"""What becomes of each row of each file of an export: taken, asked about, or not taken; together all rows of the file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from heapq import merge
from itertools import groupby
from operator import itemgetter

from salesops.edits.yaml_writer import in_brackets
from salesops.imports.additions import Question
from salesops.imports.csv.joined import key_in
from salesops.imports.csv.mapping import JoinMap
from salesops.imports.csv.table import Table
from salesops.imports.hubspot.headings import Role
from salesops.imports.hubspot.tables import HubspotExport
from salesops.imports.plan import Plan
from salesops.imports.remarks import LOST, Remark, Verdict, cut
from salesops.problems import dotted
from salesops.store.scratch import ScratchDict, ScratchList

LONG = 80
"""Characters of a value in a sentence."""


class Becomes(StrEnum):
    """What becomes of a row."""

    TAKEN = "taken"
    ASKS = "asks"
    NOT_TAKEN = "not taken"


@dataclass(frozen=True)
class RowFate:
    """A row, what becomes of it, why, and the file of its record."""

    file: str
    row: int
    fate: Becomes
    why: tuple[str, ...] = ()
    path: str = ""


class RowFates(ScratchList[RowFate]):
    """What becomes of the rows of a file, in order, which may be too many to hold; ``counts`` has how many rows have each fate, ``remarked`` how many are taken with a remark."""

    def __init__(self, fates: Iterable[RowFate]) -> None:
        self.counts = dict.fromkeys(Becomes, 0)
        self.remarked = 0
        super().__init__(fates)

    def append(self, entry: RowFate) -> int:
        """Put one more at the end."""
        self.counts[entry.fate] += 1
        self.remarked += entry.fate is Becomes.TAKEN and bool(entry.why)
        return super().append(entry)

    def of(self, fate: Becomes) -> Iterator[RowFate]:
        """The rows that have one fate."""
        return (one for one in self if one.fate is fate) if self.counts[fate] else iter(())


def fates_of(
    export: HubspotExport, plan: Plan, read: Collection[Role], joins: Iterable[JoinMap] = ()
) -> dict[Role, RowFates]:
    """The fate of every row, by what its file holds; of what the mapping does not ``read`` nothing is taken.

    ``joins`` are the files whose rows stand beside those of the deals.
    """
    teller = _FateTeller(export, plan, read, {join.file: join for join in joins})
    return {role: RowFates(teller.of(role)) for role in export.files}


NumberedCells = tuple[int, Sequence[str], list[Remark]]
"""The number of a row, its cells as far as they could be read, and what is said of it."""


@dataclass(frozen=True)
class _FateTeller:
    """What tells the fates of rows: those of the first table by the records that they became, all others by what is said of them."""

    export: HubspotExport
    plan: Plan
    read: Collection[Role]
    joins: Mapping[str, JoinMap]

    def of(self, role: Role) -> Iterator[RowFate]:
        """The fate of each row of a file."""
        table = self.export.files[role].table
        behind = self.export.behind.get(table.name, ())
        unread = ("no line of the mapping reads this file",)
        at, deal = 0, None
        for one, cells in self._alone(table):
            if one.row < len(behind) and behind[one.row]:
                deal = deal if behind[one.row] == at else self._first.get(str(behind[one.row]))
                at = behind[one.row]
                one = _with_deal(one, deal)
            if role.value in self.joins and one.fate is Becomes.TAKEN:
                one = self._of_joined(one, table, cells, self.joins[role.value])
            if role not in self.read:
                one = replace(one, fate=Becomes.NOT_TAKEN, why=unread)
            yield self._of_merge(one, cells) if role is Role.MERGES and one.fate is Becomes.TAKEN else one

    def _alone(self, table: Table) -> Iterator[tuple[RowFate, Sequence[str]]]:
        """The fate of each row by itself, and its cells."""
        if table.name == self.plan.file:
            return ((one, ()) for one in self._first.values())
        return ((self._of_row(table.name, number, remarks), cells) for number, cells, remarks in self._rows(table))

    def _rows(self, table: Table) -> Iterator[NumberedCells]:
        """All rows of a file in order."""
        parts = (
            ((row.number, row.cells, None) for row in table.rows),
            ((remark.row, (), None) for remark in table.refused),
            ((remark.row, None, remark) for remark in self.plan.remarks.in_file(table.name)),
        )
        for number, told in groupby(merge(*parts, key=itemgetter(0)), itemgetter(0)):
            held = list(told)
            cells = next((cells for _, cells, _ in held if cells is not None), None)
            if cells is not None:
                yield number, cells, [remark for _, _, remark in held if remark]

    def _of_row(self, file: str, row: int, remarks: list[Remark]) -> RowFate:
        lost = next((verdict for verdict in LOST if any(remark.verdict is verdict for remark in remarks)), None)
        if lost:
            why = tuple(dict.fromkeys(_words(remark) for remark in remarks if remark.verdict.is_lost))
            return RowFate(file, row, Becomes.ASKS if lost is Verdict.ASKED else Becomes.NOT_TAKEN, why)
        notes = tuple(dict.fromkeys(_words(remark) for remark in remarks if remark.verdict is Verdict.NOTE))
        why, path = self._records.get(str(row), ((), "")) if file == self.plan.file else ((), "")
        return RowFate(file, row, Becomes.ASKS if why else Becomes.TAKEN, (*why, *notes), path)

    @cached_property
    def _records(self) -> Mapping[str, tuple[tuple[str, ...], str]]:
        """Of each row of the first table what its record asks, and the file of that."""
        found = ScratchDict[str, tuple[tuple[str, ...], str]]()
        for entry in self.plan.entries:
            why = (*map(question_in_words, entry.asked), *([entry.why] if entry.why else []))
            for row in entry.rows:
                found[str(row)] = why, entry.path
        return found

    @cached_property
    def _first(self) -> Mapping[str, RowFate]:
        """The fate of each row of the first table alone."""
        found = ScratchDict[str, RowFate]()
        for file in self.export.files.values():
            for number, _, remarks in self._rows(file.table) if file.table.name == self.plan.file else ():
                found[str(number)] = self._of_row(self.plan.file, number, remarks)
        return found

    def _of_joined(self, one: RowFate, table: Table, cells: Sequence[str], join: JoinMap) -> RowFate:
        """A row that stands beside rows of deals: where none of these became a record, nothing came of it either."""
        at = table.columns[join.key]
        deal = self._beside.get(key_in(cells[at] if at < len(cells) else ""))
        if deal is None or deal.fate is Becomes.TAKEN or deal.path:
            return one
        return replace(one, fate=deal.fate, why=(f"the deal of row {deal.row} names it, which is not taken",))

    @cached_property
    def _beside(self) -> Mapping[str, RowFate]:
        """By what the rows of the deals are joined, the one of them of which most comes."""
        found, deals = ScratchDict[str, RowFate](), self.export.deals
        column = next((join.to for join in self.joins.values()), "")
        if deals is None or column not in deals.columns:
            return found
        for row in deals.rows:
            one = self._first.get(str(row.number))
            key = key_in(deals.cell(row, column))
            if one and (key not in found or _comes_of(found[key]) < _comes_of(one)):
                found[key] = one
        return found

    @cached_property
    def _left(self) -> frozenset[str]:
        """The deals into which others were merged."""
        return frozenset(self.export.merged.values())

    def _of_merge(self, one: RowFate, cells: Sequence[str]) -> RowFate:
        """A merge, named."""
        gone = next((number for number in cells if number in self.export.merged), None)
        if gone is not None:
            return replace(one, why=(f"{gone} is part of {self.export.merged[gone]}",))
        if self._left.isdisjoint(cells):
            why = "the deals of this row were merged into each other: which one is left?"
            return replace(one, fate=Becomes.ASKS, why=(why,))
        return one


def _comes_of(one: RowFate) -> tuple[bool, bool]:
    """How much comes of a row: a record, at best without a question."""
    return one.fate is Becomes.TAKEN or bool(one.path), one.fate is Becomes.ASKS


def _words(remark: Remark) -> str:
    value = f" ({cut(remark.value, LONG)})" if remark.value else ""
    return f"{remark.column} {remark.reason}{value}".strip()


def question_in_words(question: Question) -> str:
    """A field and its two values; of lists, what only one of them has."""
    told = question.apart
    record, table = (
        cut(in_brackets(side), LONG) if side not in (None, [], {}) else "nothing" for side in (told.record, told.table)
    )
    return f"{dotted(question.path)}: the record says {record}, the export {table}"


def _with_deal(one: RowFate, deal: RowFate | None) -> RowFate:
    """A row that stands behind a row of the deals becomes what that becomes."""
    return (
        replace(one, fate=deal.fate, path=deal.path, why=one.why or deal.why)
        if deal and one.fate is Becomes.TAKEN
        else one
    )
