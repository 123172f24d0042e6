"""One row to the data of one record, by the mapping; whatever stands in the way is kept as a remark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from salesops.imports.csv import cells
from salesops.imports.csv.mapping import (
    LEAVE_OUT,
    SKIP,
    Cell,
    ColumnMap,
    Format,
    Kind,
    NameCell,
    StageLine,
    When,
    is_listed,
    kind_at,
)
from salesops.imports.csv.table import Table, TableRow
from salesops.imports.names import Directory, id_of
from salesops.imports.remarks import LOST, Remark, Verdict, Wrong
from salesops.problems import Problem, did_you_mean
from salesops.records.record import Record
from salesops.records.scalars import MAX_TEXT, shown
from salesops.records.yaml_reader import UNSEEN


class StandIn(str):
    """A text that the mapping put in, not the table; it never overrules what a record on file says."""

    __slots__ = ()


@dataclass(frozen=True)
class Filling:
    """Where the values of a record come from, computed once for all rows."""

    field: str
    cell: Cell
    kind: Kind
    listed: bool


def fillings(model: type[Record], fields: Mapping[str, Cell]) -> tuple[Filling, ...]:
    """The fields of a mapping with what they hold."""
    return tuple(
        Filling(field, cell, cell.kind or kind_at(model, field) or "text", is_listed(model, field))
        for field, cell in fields.items()
    )


@dataclass
class RowReader:
    """One row before the mapping; ``remarks`` grow as values are taken from it, ``emptiness`` says why cells are empty."""

    table: Table
    row: TableRow
    format: Format
    zone: str
    currency: Cell | None
    emptiness: str = "is empty"
    remarks: list[Remark] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict | None:
        """What became of the row: rejected, asked about, skipped, or taken (None)."""
        said = {remark.verdict for remark in self.remarks}
        return next((verdict for verdict in LOST if verdict in said), None)

    def say(self, verdict: Verdict, column: str, code: str, reason: str, value: str = "") -> None:
        """Add a remark about this row."""
        self.remarks.append(
            Remark(verdict, self.table.name, self.row.number, self.row.line, column, code, reason, value)
        )

    def reject(self, column: str, wrong: Wrong, value: str = "") -> None:
        """Say why the row cannot be taken."""
        self.say(Verdict.REJECTED, column, wrong.code, wrong.reason, value)

    def refuse(self, column: str, wrong: Wrong, value: str, needed: bool) -> None:
        """Say why a value cannot be taken: what a record needs costs the row, anything else is left out of it."""
        if needed:
            self.reject(column, wrong, value)
        else:
            self.say(Verdict.NOTE, column, wrong.code, f"{wrong.reason}: it is left out", value)

    def cell(self, column: str) -> str:
        """A cell of the row without marks that nobody sees; the mapping's words for an empty one are empty."""
        held = self.table.cell(self.row, column)
        words, marks = cells.cleaned(held)
        if marks:
            self.say(Verdict.NOTE, column, "cell-cleaned", f"is taken without {marks}, which nobody sees", held)
        words = words.strip()
        return "" if words in self.format.empty else words

    def text_of(self, cell: Cell) -> str:
        """What the table holds where a value comes from."""
        return self.cell(cell.column) if cell.column else ""

    def holds(self, when: When | None) -> bool:
        """Whether a condition holds of the row."""
        return when is None or self.cell(when.column) in when.is_

    def value(self, cell: Cell, kind: Kind, needed: bool = False) -> str | None:
        """The text of one field as a record holds it; None where it is left out or cannot be taken."""
        if not self.holds(cell.when):
            if needed:
                self.reject(cell.when.column if cell.when else "", Wrong("cell-empty", "leaves a required field empty"))
            return None
        if cell.column is None:
            return StandIn(cell.constant)
        words = self.cell(cell.column)
        if not words:
            return self._missing(cell, cell.column, needed)
        if words not in cell.values and cell.otherwise is not None:
            reason = f"is not under values: {shown(cell.otherwise)} is used"
            self.say(Verdict.STAND_IN, cell.column, "value-unknown", reason, words)
            return StandIn(cell.otherwise)
        found = self._converted(cell.values.get(words, words), kind, needed)
        if isinstance(found, Wrong):
            self.refuse(cell.column, found, words, needed)
            return None
        return None if kind == "money" and cell.zero == LEAVE_OUT and found.startswith("0 ") else found

    def _missing(self, cell: Cell, column: str, needed: bool) -> str | None:
        """What the mapping says of an empty cell."""
        stand_in = cell.missing if cell.missing is not None else cell.otherwise
        if stand_in == SKIP:
            self.say(Verdict.SKIPPED, column, "cell-empty", f"{self.emptiness}: the row is skipped")
        elif stand_in == LEAVE_OUT or (stand_in is None and not needed):
            pass
        elif stand_in is None:
            self.reject(column, Wrong("cell-empty", self.emptiness))
        else:
            self.say(Verdict.STAND_IN, column, "cell-empty", f"{self.emptiness}: {shown(stand_in)} is used")
            return StandIn(stand_in)
        return None

    def _converted(self, words: str, kind: Kind, needed: bool) -> str | Wrong:
        if len(words) > MAX_TEXT:
            return Wrong("text-too-long", f"has more than {MAX_TEXT:,} characters")
        unseen = UNSEEN.search(words)
        if unseen:
            return Wrong(
                "unseen-character", f"has U+{ord(unseen.group()):04X}, a character that is not allowed in records"
            )
        if kind == "date":
            return cells.day(words, self.format.pattern, self.format.dates, self.zone)
        if kind == "money":
            currency = self.value(self.currency, "text", needed) if self.currency else None
            return cells.amount(words, self.format, currency) if currency else Wrong("not-money", "has no currency")
        if kind == "number":
            return cells.number(words, self.format)
        if kind == "id":
            return id_of(words)
        return words

    def named(self, cell: NameCell, directory: Directory) -> str | None:
        """The id of the member or person that a cell names."""
        name = self.value(cell, "text", needed=True)
        if name is None:
            return None
        column = cell.column or ""
        record_id = directory.id(name)
        if isinstance(record_id, Wrong):
            self.reject(column, record_id, name)
            return None
        known = directory.names.get(record_id, name)
        if known != name and record_id != name:
            self.say(Verdict.STAND_IN, column, "spelled-differently", f"is read as {shown(known)}", name)
        return StandIn(record_id) if isinstance(name, StandIn) else record_id

    def moves(self, lines: tuple[StageLine, ...]) -> list[dict[str, str]]:
        """The moves that the row tells of."""
        self._known_words(lines)
        told = [line for line in lines if self.holds(line.when)]
        days = [self.value(line.cell, "date", line.missing != LEAVE_OUT) for line in told]
        self._is_where_it_says(told, days)
        found = [(line.stage, entered) for line, entered in zip(told, days, strict=True) if entered]
        if not found and self.verdict is None:
            self.reject("", Wrong("stages-empty", "no line under stages applies to this row"))
        for (_, before), (stage, entered) in pairwise(found):
            if entered < before:
                wrong = Wrong("stage-dates-go-back", f"'{stage}' would be entered before the stage above it")
                self.reject(next(line.day for line in lines if line.stage == stage), wrong, f"{entered} after {before}")
        return [{stage: entered} for stage, entered in found]

    def _is_where_it_says(self, told: list[StageLine], days: list[str | None]) -> None:
        """Reject a row that says in which stage it is, and not since when: it would silently lie in an earlier one."""
        at = max((number for number, line in enumerate(told) if line.when), default=None)
        if at is None or days[at] or self.verdict is not None:
            return
        if not any(days[at + 1 :]):
            line = told[at]
            wrong = Wrong(
                "stage-without-day",
                f"{'is no day' if self.cell(line.day) else 'is empty'}, and the row is in '{line.stage}': without its day the deal would be left in an earlier stage",
            )
            self.reject(line.day, wrong, self.cell(line.when.column) if line.when else "")

    def _known_words(self, lines: tuple[StageLine, ...]) -> None:
        """Reject a row whose deciding word no line foresees; otherwise it would silently stay in the first stage."""
        foreseen: dict[str, list[str]] = {}
        for line in lines:
            if line.when:
                foreseen.setdefault(line.when.column, []).extend(line.when.is_)
        for column, words in foreseen.items():
            cell = self.cell(column)
            if cell not in words:
                hint = did_you_mean(cell, dict.fromkeys(words)) if cell else ""
                reason = f"is not listed by any line under stages{f'; {hint}' if hint else ''}" if cell else "is empty"
                self.reject(column, Wrong("word-unknown", reason), cell)

    def filled(self, fields: tuple[Filling, ...]) -> dict[str, Any]:
        """The data of all fields of a mapping that the row has a value for."""
        data: dict[str, Any] = {}
        for filling in fields:
            value = self.value(filling.cell, filling.kind)
            if value is not None:
                put(data, filling.field, [value] if filling.listed else value)
        return data


def left_out(reader: RowReader, fields: tuple[Filling, ...], data: dict[str, Any], problem: Problem) -> bool:
    """Take out of a record what it need not say and what stands in its way, with a remark; False where there is nothing of that kind."""
    above = problem.field.rpartition(".")[0]
    named = [one for one in fields if f"{problem.field}.".startswith(f"{one.field}.")]
    named = named or [one for one in fields if one.field.startswith(f"{problem.field}.")]
    named = named or [one for one in fields if above and one.field.startswith(f"{above}.")]
    found = [one for one in named if taken_out(data, one.field.split("."))]
    for one in found:
        wrong = Wrong(problem.code, f"cannot be {one.field}: {problem.message}")
        reader.refuse(one.cell.column or "", wrong, reader.text_of(one.cell), needed=False)
    return bool(found)


def taken_out(data: dict[str, Any], path: list[str]) -> bool:
    """Remove a field and whatever is left empty above it; False where it is not there."""
    inner = data.get(path[0])
    if len(path) == 1 or not isinstance(inner, dict):
        return len(path) == 1 and data.pop(path[0], None) is not None
    found = taken_out(inner, path[1:])
    if not inner:
        del data[path[0]]
    return found


def put(data: dict[str, Any], field: str, value: Any) -> None:
    """Set a value at a dotted path."""
    *above, last = field.split(".")
    for part in above:
        data = data.setdefault(part, {})
    data[last] = value


def deal_data(
    reader: RowReader, mapping: ColumnMap, member: str | None, owner: str | None, fields: tuple[Filling, ...]
) -> dict[str, Any]:
    """A deal as its file holds it; only to be used where the reader has no complaint."""
    deal = mapping.deal
    data: dict[str, Any] = {
        "title": reader.value(deal.title, deal.title.kind or "text", needed=True),
        "member": member,
        "type": reader.value(deal.type, "text", needed=True),
        "tier": reader.value(deal.tier, deal.tier.kind or "text", needed=True),
        "owner": owner,
        "stages": reader.moves(deal.stages),
    }
    return {**data, **reader.filled(fields)}


def column_of(mapping: ColumnMap, field: str) -> str:
    """The column that a field of a deal comes from, for a complaint about the field."""
    deal = mapping.deal
    if field.startswith("stages."):
        return deal.stages[0].day
    sources: dict[str, Cell] = {name: getattr(deal, name) for name in ("title", "member", "type", "tier", "owner")}
    sources.update(deal.fields)
    best = max((name for name in sources if field == name or field.startswith(f"{name}.")), key=len, default="")
    return (sources[best].column or "") if best else ""
