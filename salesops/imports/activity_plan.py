"""A table of meetings, calls and e-mails: each row becomes an activity of the deal that it names, of this import or on file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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
from salesops.imports.people_named import people_named
from salesops.imports.remarks import Verdict, Wrong
from salesops.records.deal import Activity, Deal
from salesops.records.validation import typed
from salesops.records.yaml_reader import Document


@dataclass
class ActivityRow:
    """An activity as a row tells it, and the deal that it belongs to, by its place in this import; None where that is on file."""

    reader: RowReader
    deal: str
    data: dict[str, Any]
    place: int | None


class ActivityPlan:
    """What becomes of the rows of a table of activities; ``elsewhere`` are those, by deal and id, that the table names for another deal now."""

    def __init__(self, ground: Ground, mapped: ActivityMap, table: Table, people: ContactPlan | None = None) -> None:
        self.ground = ground
        self.people = people
        self.mapped = mapped
        self.table = table
        self.column = column_in(mapped.deal)
        self.fields = fillings(Activity, mapped.fields)
        self.elsewhere: set[tuple[str, str]] = set()
        if mapped.key:
            ground.deal_of.update({key: deal_id for deal_id, key in ground.keys_of("deal", mapped.key)})

    def read(self, deals: Candidates) -> list[ActivityRow]:
        """The activities; those of deals of this import are put into their data."""
        readers = self.ground.rows(self.table, self.mapped.format)
        told = [one for reader in readers for one in self._of_row(reader, deals)]
        self._ask_of_one_id(told)
        self._ask_of_other_deals(told)
        kept = [one for one in told if one.reader.verdict is None]
        of_deals: dict[int, list[ActivityRow]] = {}
        for one in kept:
            if one.place is not None:
                of_deals.setdefault(one.place, []).append(one)
        for place, rows in of_deals.items():
            self._put_into(deals, place, rows)
        return kept

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
        place = deals.by_id.get(deal_id)
        if place is None and not self.ground.on_file.has("deal", deal_id):
            known = deal_id in self.ground.keys_told
            reason = "is a deal whose row is not taken" if known else "is no deal of this import or on file"
            reader.reject(self.column, Wrong("deal-unknown", reason), deal_id)
            return None
        data |= self._contact(reader, deals[place].member if place is not None else self._member_of(deal_id))
        data = in_order(Activity, data)
        return ActivityRow(reader, deal_id, data, place) if self._is_sound(reader, data) else None

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

    def _ask_of_one_id(self, told: list[ActivityRow]) -> None:
        """Ask about rows that give one id to different activities of one deal."""
        first: dict[tuple[str, str], ActivityRow] = {}
        for one in told:
            if "id" not in one.data:
                continue
            other = first.setdefault((one.deal, str(one.data["id"])), one)
            if other.data != one.data:
                wrong = Wrong("rows-contradict", "is the id of several activities that contradict each other")
                rows = f"{one.data['id']}, rows {other.reader.row.number} and {one.reader.row.number}"
                for each in (other, one):
                    each.reader.say(Verdict.ASKED, self.column, wrong.code, wrong.reason, rows)

    def _ask_of_other_deals(self, told: list[ActivityRow]) -> None:
        """Ask about rows that name another deal than the one that has the activity: it is not to stand at both."""
        named: dict[str, set[str]] = {}
        for one in told:
            if "id" in one.data:
                named.setdefault(str(one.data["id"]), set()).add(one.deal)
        held = self._holding(named) if named else {}
        for one in told:
            number = str(one.data.get("id", ""))
            deals = held.get(number, {})
            others = [deal for deal, entry in deals.items() if self._is_same(deal, entry, one.data)]
            others = [deal for deal in others if deal not in named[number]]
            if others and one.deal not in deals:
                self.elsewhere |= {(deal, number) for deal in others}
                self._say_elsewhere(one, others, number)

    def _say_elsewhere(self, one: ActivityRow, others: list[str], number: str) -> None:
        told = f"{number}: at {', '.join(others)}, now {one.deal}"
        if all(self.ground.last.goes_before(deal, ("activity", number)) for deal in others):
            reason = "names another deal than the one that has it, where it stays, as ours says"
            one.reader.say(Verdict.SKIPPED, self.column, "activity-elsewhere", reason, told)
        else:
            reason = "names another deal than the one that has it: move it there in the records, or say under ours in the mapping that it stays"
            one.reader.ask(self.column, Wrong("activity-elsewhere", reason), told)

    def _holding(self, ids: Collection[str]) -> dict[str, dict[str, Activity]]:
        """The deals on file that have activities of some ids, and these."""
        found: dict[str, dict[str, Activity]] = {}
        for deal_id, deal in self.ground.book.deals.items():
            for entry in deal.activity:
                if entry.id in ids:
                    found.setdefault(str(entry.id), {})[deal_id] = entry
        return found

    def _is_same(self, deal_id: str, held: Activity, told: Mapping[str, Any]) -> bool:
        """Whether a row is about an activity on file: the last import took it there, or it has the same day; two programs may use one id."""
        taken = self.ground.last.of("deal", deal_id).get("activity", ())
        is_taken = any(isinstance(entry, Mapping) and entry.get("id") == held.id for entry in taken)
        return is_taken or (str(held.date), held.kind) == (told["date"], told["kind"])

    def _once(self, one: ActivityRow, held: list[dict[str, Any]]) -> None:
        """Add an activity to those of its deal; one that two rows tell is one."""
        if one.data in held:
            reason = "is told by a row above in the same words: they are one"
            one.reader.say(Verdict.NOTE, self.column, "row-twice", reason, one.deal)
        else:
            held.append(one.data)

    def entries(self, told: list[ActivityRow], deals: Candidates) -> Iterator[RecordOutcome]:
        """What becomes of the deals on file that gain activities; rows of deals that were not taken are not taken either."""
        of_deals: dict[str, list[dict[str, Any]]] = {}
        first: dict[str, RowReader] = {}
        for one in told:
            if one.place is None:
                self._once(one, of_deals.setdefault(one.deal, []))
                first.setdefault(one.deal, one.reader)
            elif not deals[one.place].is_taken:
                one.reader.reject(self.column, Wrong("deal-refused", "is a deal that is not imported"), one.deal)
        for deal_id, entries in of_deals.items():
            data = {"activity": sorted(entries, key=lambda entry: str(entry["date"]))}
            found = self.ground.entry(Making("deal", Deal, deal_id, "deals"), first[deal_id], data)
            if isinstance(found, RecordOutcome):
                yield found
            else:
                self._reject(told, deal_id, Wrong(found[0].code, f"{found[0].field}: {found[0].message}"))

    def _reject(self, told: list[ActivityRow], deal_id: str, wrong: Wrong) -> None:
        for one in told:
            if one.deal == deal_id:
                one.reader.reject(self.column, wrong, deal_id)
