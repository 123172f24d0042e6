"""The members of an import: those that its deals name, or those of a table without deals."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from salesops.book.book import Ref
from salesops.imports.candidates import Candidate, Candidates, one_for_each
from salesops.imports.contact_plan import ContactPlan
from salesops.imports.csv.accounts import Accounts
from salesops.imports.csv.mapping import Cell, MemberMap
from salesops.imports.csv.rows import RowReader, StandIn, column_in, entry_fillings, fillings
from salesops.imports.csv.table import Table
from salesops.imports.ground import Ground, Making
from salesops.imports.names import Directory
from salesops.imports.outcomes import RecordOutcome
from salesops.imports.remarks import Verdict, Wrong
from salesops.problems import Problem
from salesops.records.iso_codes import COUNTRIES, COUNTRY_NAMES
from salesops.records.member import Member
from salesops.records.scalars import UNKNOWN, shown
from salesops.records.team import kinds_known
from salesops.store.scratch import ScratchDict

FACTS = ("kind", "country")
"""What every member says, if only that it is unknown."""


class MemberPlan:
    """What becomes of the members; ``names`` are those on file and those of this import."""

    def __init__(self, ground: Ground, accounts: Table | None, contacts: ContactPlan | None = None) -> None:
        self.ground = ground
        self.contacts = contacts
        mapping = ground.mapping
        self.mapped = mapping.members
        self.column = column_in(mapping.deal.member) if mapping.deal else ""
        named = mapping.deal.member if mapping.deal else mapping.members.name if mapping.members else None
        on_file = ((member_id, member.name) for member_id, member in ground.book.members.items())
        self.names = Directory(on_file, named.ids if named else {})
        self.fields = fillings(Member, self.mapped.fields if self.mapped else {})
        self.lists = entry_fillings(Member, self.mapped.entries if self.mapped else {})
        self.accounts = self._accounts(accounts)

    def _accounts(self, table: Table | None) -> Accounts | None:
        """The second table as the mapping reads it."""
        members = self.mapped
        if table is None or members is None or members.key is None:
            return None
        return Accounts(self.ground.reading(table, members.format), members.key)

    # ── those that deals name ─────────────────────────────────────────────────────────────────────────────────────────

    def of_deals(self, candidates: Candidates) -> Iterator[RecordOutcome]:
        """What becomes of each member that a deal names; where one cannot be taken, neither can its deals."""
        refused = ScratchDict[str, Wrong | None]()
        for candidate in candidates:
            if candidate.is_taken and candidate.member not in refused:
                found = self._of_deal(candidate)
                refused[candidate.member] = found if isinstance(found, Wrong) else None
                if isinstance(found, RecordOutcome):
                    yield found
        for candidate in candidates if any(map(bool, refused.values())) else ():
            why = refused.get(candidate.member)
            if why and candidate.is_taken:
                candidate.reject(self.column, why, candidate.name)

    def say_left_over(self) -> None:
        """Say of which rows of the second table nothing became."""
        if self.accounts:
            self.accounts.say_left_over()

    def _of_deal(self, candidate: Candidate) -> RecordOutcome | Wrong | None:
        """What becomes of one member; None where it is on file and the mapping has nothing to say of it."""
        member_id, on_file = candidate.member, self.ground.on_file
        if removed := on_file.removed("member", member_id):
            return Wrong("removed", f"is a member that was removed on purpose on {removed}: see playbook/removed.yaml")
        if self.mapped is None:
            unknown = Wrong("member-unknown", f"is not an existing member, and the mapping creates none ({member_id})")
            return None if on_file.has("member", member_id) else unknown
        reader = self.accounts.reader(candidate.name, candidate.reader) if self.accounts else candidate.reader
        if isinstance(reader, Wrong):
            return reader
        data = {"name": candidate.name, **reader.filled(self.fields), **reader.entries(self.lists)}
        if reader.reading is not candidate.reader.reading and reader.verdict is not None:
            return Wrong("member-refused", f"is a member whose row in {reader.table.name} cannot be imported")
        self.find_country(reader, data)
        data |= self._people(member_id)
        return self._entry(self.mapped, reader, member_id, data)

    def _people(self, member_id: str) -> dict[str, Any]:
        """The contacts of a member that another table tells of."""
        people = self.contacts.of(member_id) if self.contacts else []
        return {"contacts": people} if people else {}

    def of_contacts(self, done: Collection[Ref]) -> Iterator[RecordOutcome]:
        """What becomes of the members on file that only the table of contacts names; where it names none, its rows are left over."""
        if self.contacts is None:
            return
        for member_id in self.contacts.members:
            if ("member", member_id) in done:
                continue
            if not self.ground.on_file.has("member", member_id):
                self.contacts.say_left_over(member_id)
                continue
            making = Making("member", Member, member_id, "members", (), ("contacts",))
            found = self.ground.entry(making, self.contacts.reader(member_id), self._people(member_id))
            if isinstance(found, RecordOutcome):
                yield found
            else:
                self.contacts.reject(member_id, _refused(found))

    def _entry(
        self,
        mapped: MemberMap,
        reader: RowReader,
        member_id: str,
        data: dict[str, Any],
        rows: tuple[int, ...] = (),
    ) -> RecordOutcome | Wrong:
        """What becomes of a member, or why it would be none."""
        if self.ground.on_file.has("deal", member_id):
            return Wrong("id-taken", f"would become the member '{member_id}', which is already the id of a deal")
        kinds = kinds_known(self.ground.book.team)
        if data.get("kind", UNKNOWN) not in kinds:
            said = f"cannot become a member: kind: {shown(data['kind'])} is not one of: {', '.join(kinds)}"
            return Wrong("member-refused", said)
        whole = {**data, **self.unknown_facts(mapped, reader, member_id, data)}
        making = Making("member", Member, member_id, mapped.folder, self.fields, tuple(self.lists), rows)
        found = self.ground.entry(making, reader, whole)
        return found if isinstance(found, RecordOutcome) else _refused(found)

    def find_country(self, reader: RowReader, data: dict[str, Any]) -> None:
        """The code of a country that is written by its name; what is no country is left out."""
        held = data.get("country")
        if held is None or held in COUNTRIES or held == UNKNOWN:
            return
        code = COUNTRY_NAMES.get(held.casefold(), held.upper())
        if code in COUNTRIES:
            data["country"] = code
            return
        del data["country"]
        cell = self.mapped.fields["country"] if self.mapped else Cell()
        reader.refuse(column_in(cell), Wrong("not-a-country", "is not a country code"), held, needed=False)

    def unknown_facts(
        self, mapped: MemberMap, reader: RowReader, member_id: str, data: Mapping[str, Any]
    ) -> dict[str, str]:
        """What every member must say and neither the table nor the mapping tells of this one: it is said to be unknown."""
        document = self.ground.book.documents.get(("member", member_id))
        known = {**(document.data if document else {}), **data}
        lacking = [field for field in FACTS if not known.get(field)]
        for field in lacking:
            column = column_in(mapped.fields[field]) if field in mapped.fields else ""
            why = reader.reading.emptiness if column and not reader.cell(column) else "is not in the mapping"
            why = "cannot be taken" if column and reader.cell(column) else why
            said = f"{why}: {shown(UNKNOWN)} is used"
            reader.say(Verdict.STAND_IN, column or field, "member-fact-unknown", said, str(data["name"]))
        return dict.fromkeys(lacking, StandIn(UNKNOWN))

    # ── those of a table of their own ─────────────────────────────────────────────────────────────────────────────────

    def of_rows(self) -> Iterator[RecordOutcome]:
        """What becomes of each member of a table without deals."""
        mapped = self.mapped
        if mapped is None:
            return
        told = (self._candidate(mapped, reader) for reader in self.ground.rows())
        column = column_in(mapped.id or mapped.name or Cell())
        for candidate in one_for_each((candidate for candidate in told if candidate), column):
            if removed := self.ground.on_file.removed("member", candidate.id):
                wrong = Wrong("removed", "was removed on purpose, see playbook/removed.yaml")
                candidate.say(Verdict.SKIPPED, column, wrong, f"{candidate.id} on {removed}")
                continue
            made = self._entry(mapped, candidate.reader, candidate.id, candidate.data, candidate.rows)
            if isinstance(made, RecordOutcome):
                yield made
            else:
                candidate.reject(column, made, candidate.name)

    def _candidate(self, mapped: MemberMap, reader: RowReader) -> Candidate | None:
        """A row as the data of a member, or None where that is impossible."""
        if mapped.name is None:
            return None
        made = reader.value(mapped.id, "id", needed=True) if mapped.id else reader.named(mapped.name, self.names)
        name = reader.value(mapped.name, "text", needed=True)
        data = {**reader.filled(self.fields), **reader.entries(self.lists)}
        self.find_country(reader, data)
        if made is None or name is None or reader.verdict is not None:
            return None
        full = name if mapped.id else self.names.names[made]
        called = reader.text_of(reader.chosen(mapped.id) or Cell()) or made if mapped.id else full
        return Candidate((reader,), made, called, {"name": full, **data}, full)


def _refused(problems: list[Problem]) -> Wrong:
    return Wrong("member-refused", f"cannot become a member: {problems[0].field}: {problems[0].message}")
