"""What becomes of each row of each file of an export: taken, asked about, or not taken; together all rows of the file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from salesops.edits.yaml_writer import in_brackets
from salesops.imports.additions import Question
from salesops.imports.hubspot.headings import Role
from salesops.imports.hubspot.tables import HubspotExport
from salesops.imports.outcomes import RecordOutcome
from salesops.imports.plan import Plan
from salesops.imports.remarks import LOST, Remark, Verdict, cut
from salesops.problems import dotted

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


def fates_of(export: HubspotExport, plan: Plan, read: Collection[Role]) -> dict[Role, list[RowFate]]:
    """The fate of every row, by what its file holds; of what the mapping does not ``read`` nothing is taken."""
    said: dict[tuple[str, int], list[Remark]] = {}
    for remark in plan.remarks:
        said.setdefault((remark.file, remark.row), []).append(remark)
    records = _by_row(plan)
    found = {
        role: [
            _fate(file.table.name, row, said, _record_of(plan, records, file.table.name, row))
            for row in _rows(export, role)
        ]
        for role, file in export.files.items()
    }
    first = {one.row: one for fates in found.values() for one in fates if one.file == plan.file}
    for role, fates in found.items():
        behind = export.behind.get(export.files[role].table.name, {})
        found[role] = [_with_deal(one, first.get(behind[one.row])) if one.row in behind else one for one in fates]
    for role in found.keys() - set(read):
        why = ("no line of the mapping reads this file",)
        found[role] = [replace(one, fate=Becomes.NOT_TAKEN, why=why) for one in found[role]]
    if Role.MERGES in found:
        found[Role.MERGES] = list(_of_merges(export, found[Role.MERGES]))
    return found


def counts(fates: list[RowFate]) -> dict[Becomes, int]:
    """How many rows were taken, ask, and were not."""
    return {fate: sum(one.fate is fate for one in fates) for fate in Becomes}


def _rows(export: HubspotExport, role: Role) -> list[int]:
    table = export.files[role].table
    return sorted({*(row.number for row in table.rows), *(remark.row for remark in table.refused)})


def _record_of(plan: Plan, records: Mapping[int, int], file: str, row: int) -> RecordOutcome | None:
    at = records.get(row) if file == plan.file else None
    return None if at is None else plan.entries[at]


def _by_row(plan: Plan) -> dict[int, int]:
    """The place of what becomes of the record of each row of the first table."""
    places = plan.entries.places
    return {row: places[entry.kind, entry.id][-1] for entry in plan.entries for row in entry.rows}


def _fate(file: str, row: int, said: Mapping[tuple[str, int], list[Remark]], record: RecordOutcome | None) -> RowFate:
    remarks = said.get((file, row), [])
    lost = next((verdict for verdict in LOST if any(remark.verdict is verdict for remark in remarks)), None)
    if lost:
        why = tuple(dict.fromkeys(_words(remark) for remark in remarks if remark.verdict.is_lost))
        return RowFate(file, row, Becomes.ASKS if lost is Verdict.ASKED else Becomes.NOT_TAKEN, why)
    notes = tuple(dict.fromkeys(_words(remark) for remark in remarks if remark.verdict is Verdict.NOTE))
    if record is None:
        return RowFate(file, row, Becomes.TAKEN, notes)
    asked = tuple(question_in_words(each) for each in record.asked)
    why = (*asked, *([record.why] if record.why else []), *notes)
    return RowFate(file, row, Becomes.ASKS if asked or record.why else Becomes.TAKEN, why, record.path)


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


def _of_merges(export: HubspotExport, fates: list[RowFate]) -> Iterator[RowFate]:
    """Each merge, named."""
    table = export.files[Role.MERGES].table
    named = {row.number: row.cells for row in table.rows}
    for one in fates:
        kept = [number for number in named.get(one.row, ()) if number in export.merged.values()]
        gone = [number for number in named.get(one.row, ()) if number in export.merged]
        if one.fate is Becomes.TAKEN and gone:
            yield replace(one, why=(f"{gone[0]} is part of {export.merged[gone[0]]}",))
        elif one.fate is Becomes.TAKEN and not kept:
            yield replace(
                one, fate=Becomes.ASKS, why=("the deals of this row were merged into each other: which one is left?",)
            )
        else:
            yield one
