"""One row to the data of one record, by the mapping; whatever stands in the way is kept as a remark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from salesops.imports.csv import cells
from salesops.imports.csv.mapped_cells import is_listed, kind_at
from salesops.imports.csv.mapping import (
    LEAVE_OUT,
    ROW_NUMBER,
    SKIP,
    Cell,
    DealMap,
    Format,
    Kind,
    NameCell,
    StageLine,
    When,
    unanswered,
)
from salesops.imports.csv.table import Table, TableRow
from salesops.imports.names import Directory, id_for
from salesops.imports.remarks import LOST, Remark, Remarks, Verdict, Wrong
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

    @property
    def parts(self) -> bool:
        """Whether it holds several values of a field that takes one: in a list they make an entry each."""
        return bool(self.cell.split) and not self.listed


def entry_fillings(model: type[Record], entries: Mapping[str, Mapping[str, Cell]]) -> dict[str, tuple[Filling, ...]]:
    """The fields of the entries of lists, by the lists."""
    return {
        name: tuple(
            Filling(
                part, cell, cell.kind or kind_at(model, f"{name}.{part}") or "text", is_listed(model, f"{name}.{part}")
            )
            for part, cell in entry.items()
        )
        for name, entry in entries.items()
    }


def fillings(model: type[Record], fields: Mapping[str, Cell]) -> tuple[Filling, ...]:
    """The fields of a mapping with what they hold."""
    return tuple(
        Filling(field, cell, cell.kind or kind_at(model, field) or "text", is_listed(model, field))
        for field, cell in fields.items()
    )


@dataclass(slots=True)
class TableReading:
    """How the rows of a table are read: ``emptiness`` says why cells are empty, ``today`` is the day of the import.

    What is said of rows goes to ``remarks``; ``lost`` has for each row a 0 where it is taken, else which of LOST it is, from 1 on.
    """

    table: Table
    format: Format
    zone: str
    currency: Cell | None
    remarks: Remarks
    emptiness: str = "is empty"
    today: str = ""
    lost: bytearray = field(init=False)

    def __post_init__(self) -> None:
        self.lost = bytearray(len(self.table.rows))

    def say(self, at: int, remark: Remark) -> None:
        """Add a remark about the row at a place."""
        self.remarks.add(remark)
        if remark.verdict.is_lost:
            which = LOST.index(remark.verdict) + 1
            self.lost[at] = min(which, self.lost[at] or which)

    @property
    def rows_lost(self) -> Iterator[RowReader]:
        """The rows that are not taken."""
        return (RowReader(self, at) for at, which in enumerate(self.lost) if which)


@dataclass(frozen=True, slots=True)
class RowReader:
    """One row before the mapping, by its place in the table; what is said of it as values are taken from it, its reading keeps."""

    reading: TableReading
    at: int

    @property
    def table(self) -> Table:
        """The table."""
        return self.reading.table

    @property
    def row(self) -> TableRow:
        """The row with its cells."""
        found: TableRow = self.reading.table.rows[self.at]
        return found

    @property
    def verdict(self) -> Verdict | None:
        """What became of the row: rejected, asked about, skipped, or taken (None)."""
        which = self.reading.lost[self.at]
        return LOST[which - 1] if which else None

    def say(self, verdict: Verdict, column: str, code: str, reason: str, value: str = "") -> None:
        """Add a remark about this row."""
        row = self.row
        self.reading.say(self.at, Remark(verdict, self.table.name, row.number, row.line, column, code, reason, value))

    def reject(self, column: str, wrong: Wrong, value: str = "") -> None:
        """Say why the row cannot be taken."""
        self.say(Verdict.REJECTED, column, wrong.code, wrong.reason, value)

    def ask(self, column: str, wrong: Wrong, value: str = "") -> None:
        """Say what a person has to decide before the row can be taken."""
        self.say(Verdict.ASKED, column, wrong.code, wrong.reason, value)

    def ask_of_mapping(self, line: str, value: str = "") -> None:
        """Say that the row waits for an answer in the mapping."""
        self.ask("", Wrong("mapping-asks", f"the mapping waits for an answer at {line}"), value)

    def refuse(self, column: str, wrong: Wrong, value: str, needed: bool) -> None:
        """Say why a value cannot be taken: what a record needs costs the row, anything else is left out of it."""
        if wrong.meanings:
            self.say(Verdict.ASKED, column, wrong.code, wrong.reason, f"{value}: {wrong.meanings}")
        elif needed:
            self.reject(column, wrong, value)
        else:
            self.say(Verdict.NOTE, column, wrong.code, f"{wrong.reason}: it is left out", value)

    def say_left_out(self, code: str, reason: str, value: str) -> None:
        """Say that a part of an entry of a list is left out of the record."""
        self.say(Verdict.NOTE, "", code, f"{reason}: it is left out", value)

    def cell(self, column: str) -> str:
        """A cell of the row without marks that nobody sees; the mapping's words for an empty one are empty."""
        held = self.reading.table.cell(self.row, column)
        words, marks = cells.cleaned(held)
        if marks:
            self.say(Verdict.NOTE, column, "cell-cleaned", f"is taken without {marks}, which nobody sees", held)
        words = words.strip()
        return "" if words in self.format_of(column).empty else words

    def format_of(self, column: str) -> Format:
        """How a column is written."""
        return self.table.formats.get(column, self.reading.format)

    def text_of(self, cell: Cell) -> str:
        """What the table holds where a value comes from; of several columns, those that are not empty, put together."""
        held = [words for column in cell.sources if (words := self.cell(column))]
        return (cell.between or " ").join(held)

    def holds(self, conditions: tuple[When, ...]) -> bool:
        """Whether all conditions hold of the row."""
        return not conditions or all(self._fits(condition) for condition in conditions)

    def _fits(self, when: When) -> bool:
        parts = parts_of(self.cell(when.column), when.split)
        is_met = any(part in when.is_ for part in parts) or not when.is_
        return is_met and not any(part in when.not_ for part in parts)

    def chosen(self, cell: Cell) -> Cell | None:
        """The cell, or the first of its cases that fits; None where none does."""
        if not cell.cases:
            return cell if self.holds(cell.when) else None
        fitting = next((case for case in cell.cases if self.holds(case.when)), None)
        return self.chosen(fitting) if fitting and self.holds(cell.when) else None

    def value(self, mapped: Cell, kind: Kind, needed: bool = False) -> str | None:
        """The text of one field as a record holds it; None where it is left out or cannot be taken."""
        cell = self.chosen(mapped)
        if cell is None:
            if needed:
                column = next((when.column for when in mapped.when), "")
                said = "fits none of the cases" if mapped.cases else "leaves a required field empty"
                self.reject(column, Wrong("cell-empty", said))
            return None
        if not cell.sources:
            return self._constant(cell, cell.kind or kind)
        words = self.text_of(cell)
        return self._read(cell, words, cell.kind or kind, needed) if words else self._missing(cell, kind, needed)

    def _constant(self, cell: Cell, kind: Kind) -> str | None:
        """The word of the mapping; for an id it may be the number of the row."""
        if kind == "id" and cell.constant == ROW_NUMBER:
            return f"{cell.prefix or ''}{self.row.number}"
        if line := unanswered(cell.constant):
            self.ask_of_mapping(line)
            return None
        return StandIn(f"{cell.prefix or ''}{cell.constant}")

    def several(self, cell: Cell, kind: Kind) -> list[str]:
        """The values of a cell that holds several: a set, which is the same in any order."""
        words = parts_of(self.text_of(cell), cell.split)
        if not words:
            stand_in = self._missing(cell, kind, needed=False)
            return [stand_in] if stand_in else []
        found = [self._read(cell, word, cell.kind or kind, needed=False) for word in words]
        return sorted({word for word in found if word is not None})

    def _read(self, cell: Cell, words: str, kind: Kind, needed: bool) -> str | None:
        """A word of the table as a record holds it."""
        column = cell.sources[0]
        if words not in cell.values and (line := unanswered(cell.otherwise)):
            self.ask_of_mapping(line, words)
            return None
        if words not in cell.values and cell.otherwise is not None:
            reason = f"is not under values: {shown(cell.otherwise)} is used"
            self.say(Verdict.STAND_IN, column, "value-unknown", reason, words)
            return StandIn(cell.otherwise)
        meant = cell.values.get(words, words)
        meant = meant if meant.startswith(cell.prefix or "") else f"{cell.prefix}{meant}"
        found = self._converted(meant, kind, needed, cell)
        if isinstance(found, Wrong):
            self.refuse(column, found, words, needed)
            return None
        return None if kind == "money" and cell.zero == LEAVE_OUT and found.startswith("0 ") else found

    def _missing(self, cell: Cell, kind: Kind, needed: bool) -> str | None:
        """What the mapping says of an empty cell."""
        column = cell.sources[0]
        stand_in = cell.missing if cell.missing is not None else cell.otherwise
        if line := unanswered(stand_in):
            self.ask_of_mapping(line)
        elif stand_in == SKIP:
            self.say(Verdict.SKIPPED, column, "cell-empty", f"{self.reading.emptiness}: the row is skipped")
        elif stand_in == LEAVE_OUT or (stand_in is None and not needed):
            pass
        elif stand_in is None:
            self.reject(column, *self._why_empty(column))
        elif stand_in == ROW_NUMBER and kind == "id":
            self.say(Verdict.STAND_IN, column, "cell-empty", f"{self.reading.emptiness}: the number of the row is used")
            return f"{cell.prefix or ''}{self.row.number}"
        else:
            self.say(Verdict.STAND_IN, column, "cell-empty", f"{self.reading.emptiness}: {shown(stand_in)} is used")
            return StandIn(stand_in)
        return None

    def _why_empty(self, column: str) -> tuple[Wrong, str]:
        """Why a cell is empty, and the word that leads to no row of the table that it would come from."""
        joined = self.table.joins.get(column)
        told = self.cell(joined.to) if joined and not self.cell(joined.key) else ""
        if joined is None or not told:
            return Wrong("cell-empty", self.reading.emptiness), ""
        return Wrong("cell-empty", f"is empty: no row of {joined.file} has what {joined.to} says"), told

    def _converted(self, words: str, kind: Kind, needed: bool, cell: Cell) -> str | Wrong:
        if len(words) > MAX_TEXT:
            return Wrong("text-too-long", f"has more than {MAX_TEXT:,} characters")
        unseen = None if words.isascii() and words.isprintable() else UNSEEN.search(words)
        if unseen:
            return Wrong(
                "unseen-character", f"has U+{ord(unseen.group()):04X}, a character that is not allowed in records"
            )
        table_format = self.format_of(cell.sources[0])
        if kind == "date":
            return cells.day(words, cell.dates or table_format.dates, self.reading.zone)
        if kind == "money":
            currency = self.value(self.reading.currency, "text", needed) if self.reading.currency else None
            return cells.amount(words, table_format, currency) if currency else Wrong("not-money", "has no currency")
        if kind == "number":
            return cells.number(words, table_format)
        if kind == "id":
            return id_for(words)
        return words

    def named(self, cell: NameCell, directory: Directory) -> str | None:
        """The id of the member or person that a cell names."""
        name = self.value(cell, "text", needed=True)
        if name is None:
            return None
        column = column_in(cell)
        if not isinstance(name, StandIn):
            name = cells.name_alone(name)
        record_id = directory.id(name)
        if isinstance(record_id, Wrong):
            self.reject(column, record_id, name)
            return None
        known = directory.name_of(record_id)
        if known != name and record_id != name:
            self.say(Verdict.STAND_IN, column, "spelled-differently", f"is read as {shown(known)}", name)
        return StandIn(record_id) if isinstance(name, StandIn) else record_id

    def moves(self, lines: tuple[StageLine, ...]) -> list[dict[str, str]]:
        """The moves that the row tells of."""
        self._known_words(lines)
        told = [line for each in lines if (line := self._line(each))]
        if waiting := [at for line in told for at in (unanswered(line.stage), unanswered(line.day)) if at]:
            for at in waiting:
                self.ask_of_mapping(at)
            return []
        days = [self.value(line.cell, "date", line.missing != LEAVE_OUT) for line in told]
        self._is_where_it_says(told, days)
        found = [(line, entered) for line, entered in zip(told, days, strict=True) if entered]
        if not found and self.verdict is None:
            self.reject("", Wrong("stages-empty", "no line under stages applies to this row"))
        for (_, before), (line, entered) in pairwise(found):
            if entered < before:
                wrong = Wrong("stage-dates-go-back", f"'{line.stage}' would be entered before the stage above it")
                self.reject(line.day or "", wrong, f"{entered} after {before}")
        return [{line.stage or "": entered} for line, entered in found]

    def moves_by_day(self, lines: tuple[StageLine, ...], now: str) -> list[dict[str, str]]:
        """The moves that the row tells of in the order of their days; the last is the stage that column ``now`` says."""
        word = self.cell(now)
        told = [line for line in lines if self.holds(line.when)]
        present = [line for line in told if word in line.is_]
        if not present:
            known = dict.fromkeys(each for line in told for each in line.is_)
            hint = did_you_mean(word, known) if word else ""
            reason = f"is not listed by any line under stages{f'; {hint}' if hint else ''}" if word else "is empty"
            self.reject(now, Wrong("word-unknown", reason), word)
            return []
        days = [(line, day) for line in told if (day := self._entered(line))]
        if not any(line in present for line, _ in days) and (day := self._entered_now(present[0])):
            days.append((present[0], day))
        if self.verdict is None and not any(line in present for line, _ in days):
            wrong = Wrong("stage-without-day", f"is empty, and the deal is in {shown(word)}: since when?")
            self.ask(present[0].day or "", wrong)
        order = sorted(days, key=lambda one: (one[1], one[0] in present, lines.index(one[0])))
        if self.verdict is None and order[-1][0] not in present:
            reason = f"says that the deal went on after it came to {shown(word)}: where is it now, and since when?"
            self.ask(order[-1][0].day or "", Wrong("stage-left", reason), order[-1][1])
        if self.verdict is None and self.reading.today and order[-1][1] > self.reading.today:
            self.ask(
                order[-1][0].day or "",
                Wrong("stage-to-come", "is a day to come: a deal is in no stage yet that it enters then"),
                order[-1][1],
            )
        return self._each_stay_once(order)

    def _entered(self, line: StageLine) -> str | None:
        """The day on which a row says that the stage of a line was entered; None where it says none."""
        if unanswered(line.day) or not self.cell(line.day or ""):
            return None
        if question := unanswered(line.stage):
            self.ask_of_mapping(question, ", ".join(line.is_))
        return self.value(Cell(column=line.day, dates=line.dates), "date", needed=True)

    def _entered_now(self, line: StageLine) -> str | None:
        """The day of the stage that a deal is in now, where its own column does not say it: another column, or the mapping's word."""
        for name in ("stage", "day"):
            if question := unanswered(getattr(line, name)):
                self.ask_of_mapping(question, ", ".join(line.is_))
                return None
        columns = [column for column in (line.or_day, line.day) if column]
        cell = Cell(column=columns[0], dates=line.dates, missing=line.missing or LEAVE_OUT)
        return self.value(cell, "date", needed=True)

    def _each_stay_once(self, order: list[tuple[StageLine, str]]) -> list[dict[str, str]]:
        """The moves without those into the stage that the deal is in already; these are said, with their days."""
        moves: list[dict[str, str]] = []
        for line, day in order:
            if moves and line.stage in moves[-1]:
                if line.day and moves[-1] != {line.stage: day}:
                    reason = f"is a day on which the deal was in {shown(line.stage)} already: the first day of the stay is kept"
                    self.say(Verdict.NOTE, line.day, "stage-again", reason, day)
                continue
            moves.append({line.stage or "": day})
        return moves

    def _line(self, line: StageLine) -> StageLine | None:
        """A line that applies to the row, or the first of its cases that does."""
        return next((case for case in line.cases or (line,) if self.holds(case.when)), None)

    def _is_where_it_says(self, told: list[StageLine], days: list[str | None]) -> None:
        """Reject a row that says in which stage it is, and not since when: it would silently lie in an earlier one."""
        at = max((number for number, line in enumerate(told) if line.when), default=None)
        if at is None or days[at] or self.verdict is not None:
            return
        if not any(days[at + 1 :]):
            line = told[at]
            wrong = Wrong(
                "stage-without-day",
                f"{'is no day' if self.text_of(line.cell) else 'is empty'}, and the row is in '{line.stage}': without its day the deal would be left in an earlier stage",
            )
            self.reject(line.day or "", wrong, self.cell(line.when[-1].column))

    def _known_words(self, lines: tuple[StageLine, ...]) -> None:
        """Reject a row whose deciding word no line foresees; otherwise it would silently stay in the first stage."""
        decided = [case for line in lines for case in line.cases or (line,) if case.when]
        conditions = [when for line in decided for when in line.when if not when.split]
        if any(line.cases and not line.cases[-1].when for line in lines):
            return
        for column in dict.fromkeys(when.column for when in conditions):
            words = [word for when in conditions if when.column == column for word in when.is_]
            cell = self.cell(column)
            if cell not in words and not self._decided_without(column, decided):
                hint = did_you_mean(cell, dict.fromkeys(words)) if cell else ""
                reason = f"is not listed by any line under stages{f'; {hint}' if hint else ''}" if cell else "is empty"
                self.reject(column, Wrong("word-unknown", reason), cell)

    def _decided_without(self, column: str, decided: list[StageLine]) -> bool:
        """Whether a column only ever narrows what others decide, and a line applies that does not ask for it."""
        if any([when.column for when in line.when] == [column] for line in decided):
            return False
        lines = (line for line in decided if all(when.column != column for when in line.when))
        return any(self.holds(line.when) for line in lines)

    def entries(self, listed: Mapping[str, tuple[Filling, ...]]) -> dict[str, Any]:
        """One entry for each list of a record of which the row says anything."""
        found = {name: self._entries_of(fields) for name, fields in listed.items()}
        return {name: entries for name, entries in found.items() if entries}

    def _entries_of(self, fields: tuple[Filling, ...]) -> list[dict[str, Any]]:
        """The entries of one list: one, or as many as there are values in a cell that holds several."""
        whole = self.filled(fields)
        parted = next((filling.field for filling in fields if filling.parts and filling.field in whole), None)
        if is_put_in(whole):
            return []
        return [{**whole, parted: part} for part in whole[parted]] if parted else [whole]

    def left_empty(self, fields: tuple[Filling, ...]) -> list[str]:
        """The fields whose cells the row leaves empty, where the mapping takes them from it."""
        chosen = [(filling.field, self.chosen(filling.cell)) for filling in fields]
        return [field for field, cell in chosen if cell and cell.sources and not self.text_of(cell)]

    def filled(self, fields: tuple[Filling, ...]) -> dict[str, Any]:
        """The data of all fields of a mapping that the row has a value for."""
        data: dict[str, Any] = {}
        for filling in fields:
            cell = self.chosen(filling.cell)
            if cell and cell.split:
                value: Any = self.several(cell, filling.kind) or None
            else:
                value = self.value(cell, filling.kind) if cell else None
            if value is not None:
                put(data, filling.field, [value] if filling.listed and isinstance(value, str) else value)
        return data


def is_put_in(value: Any) -> bool:
    """Whether nothing of a value comes from the table."""
    parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else None
    return isinstance(value, StandIn) if parts is None else all(is_put_in(part) for part in parts)


def parts_of(words: str, sign: str | None) -> list[str]:
    """What a cell holds: one word, or several with a sign between them."""
    if sign is None:
        return [words]
    return list(dict.fromkeys(part for each in words.split(sign) if (part := each.strip())))


def column_in(cell: Cell) -> str:
    """The column to name in a complaint about a value; that of the first case that has one."""
    return next(iter(cell.sources), next((column for case in cell.cases if (column := column_in(case))), ""))


def left_out(reader: RowReader, fields: tuple[Filling, ...], data: dict[str, Any], problem: Problem) -> bool:
    """Take out of a record what it need not say and what stands in its way, with a remark; False where there is nothing of that kind."""
    above = problem.field.rpartition(".")[0]
    named = [one for one in fields if f"{problem.field}.".startswith(f"{one.field}.")]
    named = named or [one for one in fields if one.field.startswith(f"{problem.field}.")]
    named = named or [one for one in fields if above and one.field.startswith(f"{above}.")]
    found = [one for one in named if taken_out(data, one.field.split("."))]
    for one in found:
        wrong = Wrong(problem.code, f"cannot be {one.field}: {problem.message}")
        cell = reader.chosen(one.cell) or one.cell
        reader.refuse(column_in(cell), wrong, reader.text_of(cell), needed=False)
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
    reader: RowReader, deal: DealMap, member: str | None, owner: str | None, fields: tuple[Filling, ...]
) -> dict[str, Any]:
    """A deal as its file holds it; only to be used where the reader has no complaint."""
    data: dict[str, Any] = {
        "title": reader.value(deal.title, deal.title.kind or "text", needed=True),
        "member": member,
        "type": reader.value(deal.type, "text", needed=True),
        "tier": reader.value(deal.tier, deal.tier.kind or "text", needed=True),
        "owner": owner,
        "stages": reader.moves_by_day(deal.stages, deal.now) if deal.now else reader.moves(deal.stages),
    }
    return {**data, **reader.filled(fields)}


def column_of(deal: DealMap, field: str) -> str:
    """The column that a field of a deal comes from, for a complaint about the field."""
    if field.startswith("stages."):
        return deal.stages[0].day or next((case.day or "" for case in deal.stages[0].cases), "")
    sources: dict[str, Cell] = {name: getattr(deal, name) for name in ("title", "member", "type", "tier", "owner")}
    sources.update(deal.fields)
    best = max((name for name in sources if field == name or field.startswith(f"{name}.")), key=len, default="")
    return column_in(sources[best]) if best else ""
