"""The files of an export put together: one table of the deals with their stages' days, those that were merged taken out."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, groupby

from salesops.imports.csv.mapping import Format
from salesops.imports.csv.table import RowsOnDisk, Table, TableRow
from salesops.imports.hubspot.api import entered_cells
from salesops.imports.hubspot.files import ExportFile
from salesops.imports.hubspot.headings import (
    DEAL_NAMES,
    HISTORY_NAMES,
    MEETING_NAMES,
    MERGE_NAMES,
    PIPELINE_NAMES,
    Role,
    column_called,
)
from salesops.imports.remarks import Remark, Verdict
from salesops.store.scratch import ScratchDict, ScratchList

_TRUE = frozenset({"true", "1", "yes", "t"})


@dataclass(frozen=True)
class PipelineStage:
    """A stage of a pipeline: its number in HubSpot, what people call it, and whether it ends a deal."""

    id: str
    label: str
    pipeline: str
    is_won: bool
    is_closed: bool


@dataclass(frozen=True)
class HubspotExport:
    """An export as one: each file by what it holds.

    ``deals`` is the table of the deals, made of the stages' table where there is no other; ``behind`` says for each row of
    a table that was joined to it, by its number, which row of the deals it belongs to, 0 where to none; ``merged`` has the
    deal into which each was merged.
    """

    files: Mapping[Role, ExportFile]
    deals: Table | None
    meetings: Table | None
    merged: Mapping[str, str] = field(default_factory=dict)
    stages: tuple[PipelineStage, ...] = ()
    behind: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def table(self, role: Role) -> Table | None:
        """The table of a file as it is."""
        return self.files[role].table if role in self.files else None

    def shape(self, role: Role) -> Format:
        """How a file is written."""
        return self.files[role].shape if role in self.files else Format()

    @cached_property
    def keys(self) -> Collection[str]:
        """What HubSpot calls the deals of the export, whatever becomes of their rows."""
        if self.deals is None:
            return ()
        table, column = self.deals, column_called(self.deals.header, DEAL_NAMES["id"])
        found = ScratchDict[str, None]()
        for row in table.rows if column else ():
            found[table.cell(row, column)] = None
        return found


def put_together(files: Mapping[Role, ExportFile]) -> HubspotExport:
    """The tables of an export as one."""
    stages = tuple(_pipeline_stages(files[Role.PIPELINES].table)) if Role.PIPELINES in files else ()
    deals = files[Role.DEALS].table if Role.DEALS in files else None
    merged = dict(_merges(files, deals))
    behind: dict[str, Sequence[int]] = {}
    if Role.HISTORY in files:
        deals = _with_history(deals, files[Role.HISTORY].table, behind)
    if deals is not None:
        deals = _without_gone(_in_words(deals, stages), merged)
    meetings = files[Role.MEETINGS].table if Role.MEETINGS in files else None
    return HubspotExport(files, deals, _of_survivors(meetings, merged) if meetings else None, merged, stages, behind)


def _cells(table: Table, row: TableRow, columns: Mapping[str, str]) -> dict[str, str]:
    return {what: table.cell(row, column) if column else "" for what, column in columns.items()}


def _columns(table: Table, names: Mapping[str, str]) -> dict[str, str]:
    return {what: column_called(table.header, spelled) for what, spelled in names.items()}


def _pipeline_stages(table: Table) -> Iterator[PipelineStage]:
    columns = _columns(table, PIPELINE_NAMES)
    for row in table.rows:
        told = _cells(table, row, columns)
        won, closed = (told[key].casefold() in _TRUE for key in ("won", "closed"))
        yield PipelineStage(told["stage"], told["label"], told["pipeline"], won, closed)


# ── merged deals ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _merges(files: Mapping[Role, ExportFile], deals: Table | None) -> Iterator[tuple[str, str]]:
    """Each deal that was merged into another and that one: by the table of merges, and by the column of the one that stayed."""
    direct: dict[str, str] = {}
    if Role.MERGES in files:
        table = files[Role.MERGES].table
        columns = _columns(table, MERGE_NAMES)
        direct |= {told["gone"]: told["kept"] for row in table.rows if (told := _cells(table, row, columns))["gone"]}
    if deals is not None and (column := column_called(deals.header, DEAL_NAMES["merged"])):
        key = column_called(deals.header, DEAL_NAMES["id"])
        for row in deals.rows if key else ():
            direct |= {
                gone.strip(): deals.cell(row, key) for gone in deals.cell(row, column).split(";") if gone.strip()
            }
    for gone in direct:
        kept = _last_of(direct, gone)
        if kept and kept != gone:
            yield gone, kept


def _last_of(direct: Mapping[str, str], gone: str) -> str:
    """The deal that is left at the end of a chain of merges; nothing where the chain is a circle."""
    seen = {gone}
    while gone in direct:
        gone = direct[gone]
        if gone in seen:
            return ""
        seen.add(gone)
    return gone


def _without_gone(table: Table, merged: Mapping[str, str]) -> Table:
    """The deals without those that were merged into another or deleted; each of them is named."""
    key = column_called(table.header, DEAL_NAMES["id"])
    deleted = column_called(table.header, DEAL_NAMES["deleted"])
    gone: list[Remark] = []

    def left() -> Iterator[TableRow]:
        for row in table.rows:
            number = table.cell(row, key) if key else ""
            if number in merged:
                reason = "was merged into another deal, and is not counted twice"
                gone.append(_gone(table, row, key, "deal-merged", reason, f"{number} into {merged[number]}"))
            elif deleted and table.cell(row, deleted).casefold() in _TRUE:
                gone.append(_gone(table, row, deleted, "deal-deleted", "was deleted in HubSpot", number))
            else:
                yield row

    rows = RowsOnDisk(left())
    return replace(table, rows=rows, refused=tuple(sorted((*table.refused, *gone), key=lambda remark: remark.row)))


def _gone(table: Table, row: TableRow, column: str, code: str, reason: str, value: str) -> Remark:
    return Remark(Verdict.SKIPPED, table.name, row.number, row.line, column, code, reason, value)


def _of_survivors(meetings: Table, merged: Mapping[str, str]) -> Table:
    """The meetings with the deals that are left in place of those that were merged into them."""
    column = column_called(meetings.header, MEETING_NAMES["deal"])
    if not column or not merged:
        return meetings
    at = meetings.columns[column]
    rows = (
        replace(row, cells=[*row.cells[:at], _kept(row.cells[at], merged), *row.cells[at + 1 :]])
        for row in meetings.rows
    )
    return replace(meetings, rows=RowsOnDisk(rows))


def _kept(cell: str, merged: Mapping[str, str]) -> str:
    return ";".join(dict.fromkeys(merged.get(each.strip(), each.strip()) for each in cell.split(";")))


# ── stages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _with_history(deals: Table | None, history: Table, behind: dict[str, Sequence[int]]) -> Table:
    """The deals with a column for each stage that the history tells of; without a table of deals, those of the history."""
    stays = _stays(history)
    deals = _of_history(history, stays) if deals is None else deals
    key = column_called(deals.header, DEAL_NAMES["id"])
    behind[history.name] = of_rows = array("L", bytes(8 * (_last_row(history) + 1)))
    whole = _with_days(deals, key, stays, of_rows)
    called = column_called(history.header, HISTORY_NAMES["deal"])
    left = (row for row in history.rows if not of_rows[row.number])
    untold = (_untold(deals, history, row, history.cell(row, called)) for row in left)
    beside = {history.name: len(history.rows) + len(history.refused)} if deals.name != history.name else {}
    return replace(
        whole,
        left_over=ScratchList(chain(deals.left_over, history.refused, untold)),
        beside={**deals.beside, **beside},
    )


def _last_row(table: Table) -> int:
    return table.rows[-1].number if table.rows else 0


def _with_days(deals: Table, key: str, stays: Stays, behind: MutableSequence[int]) -> Table:
    """The deals with the days of their stays in columns behind the others; the rows ``behind`` the first row of each are noted."""
    headings = (name for told in stays.values() for name in _days(told))
    new = tuple(dict.fromkeys(name for name in headings if name not in deals.columns))

    def rows() -> Iterator[TableRow]:
        for row in deals.rows:
            told = stays.get(deals.cell(row, key), []) if key else []
            for _, _, number in told:
                behind[number] = behind[number] or row.number
            days = _days(told)
            yield replace(row, cells=[*row.cells, *(days.get(name, "") for name in new)])

    return replace(deals, header=(*deals.header, *new), rows=RowsOnDisk(rows()))


def _days(told: Iterable[Stay]) -> dict[str, str]:
    return entered_cells((stage, entered) for stage, entered, _ in sorted(told, key=lambda stay: stay[1]))


def _untold(deals: Table, history: Table, row: TableRow, deal: str) -> Remark:
    reason = f"belongs to no row of {deals.name}"
    return Remark(Verdict.SKIPPED, history.name, row.number, row.line, "", "row-left-over", reason, deal)


Stay = tuple[str, str, int]
"""A stage, when it was entered, and the number of the row that tells it."""
Stays = ScratchDict[str, list[Stay]]
"""The stays of each deal, in the order of their rows."""


def _stays(history: Table) -> Stays:
    columns = _columns(history, HISTORY_NAMES)
    found = Stays()
    told = ((row.number, _cells(history, row, columns)) for row in history.rows)
    for deal, rows in groupby(told, lambda one: one[1]["deal"]):
        stays = [(cells["stage"], _padded(cells["entered"]), number) for number, cells in rows]
        found[deal] = found.get(deal, []) + stays
    return found


def _padded(time: str) -> str:
    """A time with two digits for its hour, as all others have it."""
    day, blank, clock = time.partition(" ")
    return f"{day}{blank}{clock.zfill(8)}" if blank and len(clock) == 7 else time


def _of_history(history: Table, stays: Stays) -> Table:
    """The deals that a table of stages tells of: a row for each, which is in the stage that it entered last."""
    columns = _columns(history, HISTORY_NAMES)
    is_last = bytearray(_last_row(history) + 1)
    for stayed in stays.values():
        is_last[max(stayed, key=lambda stay: (stay[1], stay[2]))[2]] = True
    rows = (
        replace(row, cells=[told["deal"], told["stage"]])
        for row in history.rows
        if is_last[row.number] and (told := _cells(history, row, columns))
    )
    return Table(history.name, ("Record ID", "Deal Stage"), RowsOnDisk(rows), history.refused)


def _in_words(table: Table, stages: Iterable[PipelineStage]) -> Table:
    """The deals with the labels of their stages in place of the numbers, in cells and headings, where another table tells them."""
    labels = {stage.id: stage.label for stage in stages if stage.label}
    column = column_called(table.header, DEAL_NAMES["stage"])
    if not labels or not column:
        return table
    at = table.columns[column]
    rows = (
        replace(row, cells=[*row.cells[:at], labels.get(row.cells[at], row.cells[at]), *row.cells[at + 1 :]])
        for row in table.rows
    )
    header = tuple(_heading(name, labels) for name in table.header)
    return replace(table, rows=RowsOnDisk(rows), header=header if len(set(header)) == len(header) else table.header)


def _heading(name: str, labels: Mapping[str, str]) -> str:
    for start, end in (('Date entered "', '"'), ("hs_v2_date_entered_", ""), ("hs_date_entered_", "")):
        number = name.removeprefix(start).removesuffix(end)
        if name.startswith(start) and number in labels:
            return f'Date entered "{labels[number]}"'
    return name
