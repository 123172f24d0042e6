"""A table of meetings, calls and e-mails: each row becomes an activity of the deal that it names, of this import or on file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salesops.edits.yaml_writer import in_order
from salesops.imports.candidates import Candidates
from salesops.imports.contact_plan import ContactPlan
from salesops.imports.csv.mapping import ActivityMap, Cell
from salesops.imports.csv.rows import RowReader, column_in, fillings, left_out, parts_of
from salesops.imports.csv.table import Table
from salesops.imports.ground import Ground, Making
from salesops.imports.outcomes import RecordOutcome
from salesops.imports.own_ids import shared_by
from salesops.imports.people_named import people_named
from salesops.imports.remarks import Verdict, Wrong
from salesops.records.deal import Activity, Deal
from salesops.records.validation import typed
from salesops.records.yaml_reader import Document
from salesops.store.scratch import ScratchDict, ScratchList


@dataclass(frozen=True)
class ActivityRow:
    """An activity as the row at a place tells it, and the deal that it belongs to, by its place in this import; None where that is on file."""

    at: int
    deal: str
    data: dict[str, Any]
    place: int | None


DayAndKind = tuple[str, str]
"""The day of an activity, and what it was."""


class ActivityPlan:
    """What becomes of the rows of a table of activities; ``elsewhere`` are those, by deal and id, that the table names for another deal now."""

    def __init__(self, ground: Ground, mapped: ActivityMap, table: Table, people: ContactPlan | None = None) -> None:
        self.ground = ground
        self.people = people
        self.mapped = mapped
        self.table = table
        self.reading = ground.reading(table, mapped.format)
        self.column = column_in(mapped.deal)
        self.fields = fillings(Activity, mapped.fields)
        self.elsewhere: set[tuple[str, str]] = set()
        if mapped.key:
            ground.know_deals(mapped.key)

    def read(self, deals: Candidates) -> Sequence[ActivityRow]:
        """The activities; those of deals of this import are put into their data."""
        readers = self.ground.rows_in(self.reading)
        told = ScratchList(one for reader in readers for one in self._of_row(reader, deals))
        self._ask_of_one_id(told)
        self._ask_of_other_deals(told)
        kept = ScratchList(one for one in told if self._reader(one).verdict is None)
        of_deals = ScratchDict[str, tuple[int, ...]]()
        for at, one in enumerate(kept):
            if one.place is not None:
                of_deals[str(one.place)] = (*of_deals.get(str(one.place), ()), at)
        for place, rows in of_deals.items():
            self._put_into(deals, int(place), [kept[at] for at in rows])
        return kept

    def _reader(self, one: ActivityRow) -> RowReader:
        return RowReader(self.reading, one.at)

    def _put_into(self, deals: Candidates, place: int, rows: list[ActivityRow]) -> None:
        """Add activities to the data of a deal of this import, the newest last."""
        candidate = deals[place]
        held = candidate.data.setdefault("activity", [])
        for one in rows:
            self._once(one, held)
        held.sort(key=lambda entry: str(entry["date"]))
        deals[place] = candidate

    def _of_row(self, reader: RowReader, deals: Candidates) -> list[ActivityRow]:
        """The activity of a row, once for each deal that it names; nothing where it tells of none that can be taken."""
        found = [self._told(reader, deals, deal_id) for deal_id in self._deals_of(reader)]
        return [one for one in found if one] if reader.verdict is None else []

    def _deals_of(self, reader: RowReader) -> list[str | None]:
        """The ids of the deals that a row names, by their own names or by the key that their source knows them by."""
        cell = reader.chosen(self.mapped.deal)
        words = parts_of(reader.text_of(cell), cell.split) if cell and cell.sources else []
        keyed = [self.ground.deal_of.get(word) for word in words]
        if cell and cell.split and words:
            return [known or reader.value(Cell(constant=word), "id") for word, known in zip(words, keyed, strict=True)]
        return keyed if any(keyed) else [reader.value(self.mapped.deal, "id", needed=True)]

    def _told(self, reader: RowReader, deals: Candidates, deal_id: str | None) -> ActivityRow | None:
        """An activity, or None where the row tells of none that can be taken."""
        day = reader.value(self.mapped.date, "date", needed=True)
        kind = reader.value(self.mapped.kind, "text", needed=True)
        data = {"date": day, "kind": kind, **reader.filled(self.fields)}
        if day and day > reader.reading.today and data.get("status") != "scheduled":
            reader.ask(
                column_in(self.mapped.date),
                Wrong("activity-to-come", "is a day to come, and nothing says that it is only planned"),
                day,
            )
        if reader.verdict is not None or deal_id is None:
            return None
        if shared := self.ground.shared.get(deal_id):
            reader.ask(self.column, shared_by(self.mapped.key or "", deal_id, shared), deal_id)
            return None
        place = deals.by_id.get(deal_id)
        if place is None and not self.ground.on_file.has("deal", deal_id):
            known = deal_id in self.ground.keys_told
            reason = "is a deal whose row is not taken" if known else "is no deal of this import or on file"
            reader.reject(self.column, Wrong("deal-unknown", reason), deal_id)
            return None
        data |= self._contact(reader, deals[place].member if place is not None else self._member_of(deal_id))
        data = in_order(Activity, data)
        return ActivityRow(reader.at, deal_id, data, place) if self._is_sound(reader, data) else None

    def _is_sound(self, reader: RowReader, data: dict[str, Any]) -> bool:
        """Whether it is an activity, if need be without what it need not say."""
        while problems := typed(Document(self.table.name, "", data), Activity)[1]:
            if not any(left_out(reader, self.fields, data, problem) for problem in problems):
                column = column_in(self.mapped.kind)
                reader.reject(column, Wrong(problems[0].code, problems[0].message), str(data.get("kind")))
                return False
        return True

    def _member_of(self, deal_id: str) -> str:
        deal = self.ground.book.deals.get(deal_id)
        return deal.member if deal else ""

    def _contact(self, reader: RowReader, member_id: str) -> dict[str, list[str]]:
        """Who was there, where the member has such a contact; nobody is added."""
        found = people_named(self.ground, self.people, reader, self.mapped.contact or Cell(), member_id)
        return {"with": found} if found else {}

    def _ask_of_one_id(self, told: Sequence[ActivityRow]) -> None:
        """Ask about rows that give one id to different activities of one deal."""
        first = ScratchDict[tuple[str, str], int]()
        for at, one in enumerate(told):
            above = first.setdefault((one.deal, str(one.data["id"])), at) if "id" in one.data else at
            if above != at and (other := told[above]).data != one.data:
                wrong = Wrong("rows-contradict", "is the id of several activities that contradict each other")
                readers = self._reader(other), self._reader(one)
                rows = f"{one.data['id']}, rows {' and '.join(str(each.row.number) for each in readers)}"
                for each in readers:
                    each.ask(self.column, wrong, rows)

    def _ask_of_other_deals(self, told: Sequence[ActivityRow]) -> None:
        """Ask about rows that name another deal than the one that has the activity: it is not to stand at both."""
        named = ScratchDict[str, tuple[str, ...]]()
        for one in told:
            if "id" in one.data:
                number = str(one.data["id"])
                named[number] = (*named.get(number, ()), one.deal)
        held = self._holding(named) if named else {}
        for one in told if held else ():
            number = str(one.data.get("id", ""))
            deals = held.get(number, {})
            others = [deal for deal, entry in deals.items() if self._is_same(deal, number, entry, one.data)]
            others = [deal for deal in others if deal not in named[number]]
            if others and one.deal not in deals:
                self.elsewhere |= {(deal, number) for deal in others}
                self._say_elsewhere(one, others, number)

    def _say_elsewhere(self, one: ActivityRow, others: list[str], number: str) -> None:
        reader, told = self._reader(one), f"{number}: at {', '.join(others)}, now {one.deal}"
        if all(self.ground.last.goes_before(deal, ("activity", number)) for deal in others):
            reason = "names another deal than the one that has it, where it stays, as ours says"
            reader.say(Verdict.SKIPPED, self.column, "activity-elsewhere", reason, told)
        else:
            reason = "names another deal than the one that has it: move it there in the records, or say under ours in the mapping that it stays"
            reader.ask(self.column, Wrong("activity-elsewhere", reason), told)

    def _holding(self, ids: Collection[str]) -> Mapping[str, Mapping[str, DayAndKind]]:
        """The deals on file that have activities of some ids, and what these are."""
        found = ScratchDict[str, dict[str, DayAndKind]]()
        for deal_id, deal in self.ground.book.deals.items():
            for entry in deal.activity:
                if entry.id and entry.id in ids:
                    found[entry.id] = {**found.get(entry.id, {}), deal_id: (str(entry.date), entry.kind)}
        return found

    def _is_same(self, deal_id: str, number: str, held: DayAndKind, told: Mapping[str, Any]) -> bool:
        """Whether a row is about an activity on file: the last import took it there, or it has the same day; two programs may use one id."""
        taken = self.ground.last.of("deal", deal_id).get("activity", ())
        is_taken = any(isinstance(entry, Mapping) and entry.get("id") == number for entry in taken)
        return is_taken or held == (told["date"], told["kind"])

    def _once(self, one: ActivityRow, held: list[dict[str, Any]]) -> None:
        """Add an activity to those of its deal; one that two rows tell is one."""
        if one.data in held:
            reason = "is told by a row above in the same words: they are one"
            self._reader(one).say(Verdict.NOTE, self.column, "row-twice", reason, one.deal)
        else:
            held.append(one.data)

    def entries(self, told: Iterable[ActivityRow], deals: Candidates) -> Iterator[RecordOutcome]:
        """What becomes of the deals on file that gain activities; rows of deals that were not taken are not taken either."""
        of_deals = ScratchDict[str, tuple[list[int], list[dict[str, Any]]]]()
        for one in told:
            if one.place is None:
                rows, entries = of_deals.get(one.deal, ([], []))
                self._once(one, entries)
                of_deals[one.deal] = [*rows, one.at], entries
            elif not deals[one.place].is_taken:
                self._reader(one).reject(self.column, Wrong("deal-refused", "is a deal that is not imported"), one.deal)
        for deal_id, (rows, entries) in of_deals.items():
            readers = [RowReader(self.reading, at) for at in rows]
            data = {"activity": sorted(entries, key=lambda entry: str(entry["date"]))}
            found = self.ground.entry(Making("deal", Deal, deal_id, "deals"), readers[0], data)
            if isinstance(found, RecordOutcome):
                yield found
                continue
            for reader in readers:
                wrong = Wrong(found[0].code, f"{found[0].field}: {found[0].message}")
                reader.reject(self.column, wrong, deal_id)
