"""A table, a mapping and the records on file to a Plan: what would be written, what is left alone, and what to say of which row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from salesops.book.book import Book
from salesops.edits.yaml_writer import FileChange
from salesops.imports.candidates import Candidate, one_for_each, rows_of
from salesops.imports.csv.accounts import Accounts
from salesops.imports.csv.mapping import Cell, ColumnMap
from salesops.imports.csv.rows import RowReader, StandIn, column_of, deal_data, fillings, left_out
from salesops.imports.csv.table import Table, TableRow
from salesops.imports.imported_process import imported_process
from salesops.imports.names import Directory
from salesops.imports.outcomes import OnFile, Outcome, RecordOutcome
from salesops.imports.remarks import LOST, Remark, Verdict, Wrong
from salesops.imports.team_people import lines_for, with_people
from salesops.problems import CannotDecide, Problem
from salesops.records.deal import Deal
from salesops.records.iso_codes import COUNTRIES, COUNTRY_NAMES
from salesops.records.member import Member
from salesops.records.record import Record
from salesops.records.scalars import UNKNOWN, shown
from salesops.records.team import kinds_known

IMPORTED_KINDS = ("deal", "member")
"""The kinds of record that an import makes."""
MEMBER_FACTS = ("kind", "country")
"""What every member says, if only that it is unknown."""


@dataclass(frozen=True)
class Plan:
    """All that an import would do; carrying it out is writing its ``changes``."""

    file: str
    rows: int
    taken: int
    entries: tuple[RecordOutcome, ...]
    remarks: tuple[Remark, ...]
    new_people: Mapping[str, Mapping[str, Any]]
    unknown_people: Mapping[str, Mapping[str, Any]]
    team: FileChange | None = None
    process: FileChange | None = None

    @property
    def changes(self) -> list[FileChange]:
        """Members, people and the process version first, so that no deal ever names what is not there yet."""
        of = {
            kind: [entry.change for entry in self.entries if entry.kind == kind and entry.change]
            for kind in IMPORTED_KINDS
        }
        return [*of["member"], *(change for change in (self.team, self.process) if change), *of["deal"]]

    def count(self, kind: str, outcome: Outcome) -> int:
        """How many records of a kind this becomes of."""
        return sum(entry.kind == kind and entry.outcome is outcome for entry in self.entries)

    @property
    def became(self) -> dict[str, int]:
        """How many rows were taken, asked about, rejected and skipped: together all rows of the file."""
        of: dict[Verdict, set[int]] = {verdict: set() for verdict in LOST}
        for remark in self.remarks:
            if remark.verdict.is_lost and remark.file == self.file:
                of[remark.verdict].add(remark.row)
        seen: set[int] = set()
        counts = {"taken": self.taken}
        for verdict, rows in of.items():
            counts[verdict.value] = len(rows - seen)
            seen |= rows
        return counts

    def said(self, verdict: Verdict) -> list[Remark]:
        """The remarks of one verdict."""
        return [remark for remark in self.remarks if remark.verdict is verdict]

    @property
    def people_to_paste(self) -> str:
        """The people that are missing from playbook/team.yaml, as YAML."""
        return "\n".join(["people:", *lines_for(self.unknown_people)]) if self.unknown_people else ""


class Planner:
    """Everything that planning an import needs; ``plan`` does it."""

    def __init__(
        self,
        book: Book,
        mapping: ColumnMap,
        table: Table,
        today: date,
        accounts: Table | None = None,
        update: bool = False,
    ) -> None:
        deal, team = mapping.deal, book.team
        self.book = book
        self.mapping = mapping
        self.table = table
        self.today = today
        self.on_file = OnFile(book, {"from": table.name.rpartition("/")[2], "date": str(today)}, update)
        self.team = team.people if team else {}
        self.zone = team.time_zone if team else "UTC"
        self.members = Directory(
            ((member_id, member.name) for member_id, member in book.members.items()), deal.member.ids
        )
        self.people = Directory(((person_id, person.name) for person_id, person in self.team.items()), deal.owner.ids)
        self.fields = fillings(Deal, deal.fields)
        self.member_fields = fillings(Member, mapping.members.fields if mapping.members else {})
        self.accounts = self.accounts_of(accounts)
        self.readers: list[RowReader] = []
        self.unknown: dict[str, str] = {}

    def accounts_of(self, table: Table | None) -> Accounts | None:
        """The second table as the mapping reads it."""
        members = self.mapping.members
        if table is None or members is None or members.key is None:
            return None
        return Accounts(table, members.key, members.format or self.mapping.format, self.zone, self.mapping.currency)

    def plan(self) -> Plan:
        """Read every row, hold it against the others and the records on file, and say what to do."""
        found = [candidate for row in self.table.rows if (candidate := self.candidate(row))]
        candidates = one_for_each(found, self.mapping.deal.id.column or "")
        self.refuse_taken_ids(candidates)
        members = self.member_entries(candidates)
        deals = list(self.deal_entries(candidates))
        named = {candidate.member for candidate in candidates if candidate.is_taken}
        new_people = self.new_people(candidates)
        return Plan(
            file=self.table.name,
            rows=len(self.table.rows) + len(self.table.refused),
            taken=sum(1 for _ in rows_of(candidates)),
            entries=(*(entry for entry in members if entry.id in named), *deals),
            remarks=tuple(self.remarks()),
            new_people=new_people,
            unknown_people={person_id: self.person(name) for person_id, name in self.unknown.items()},
            team=self.team_change(new_people),
            process=self.process_change(candidates, deals),
        )

    def remarks(self) -> Iterator[Remark]:
        """All that is to be said, by file and row; nothing of what was put in or left out in rows that are not taken."""
        tables = [self.table, *([self.accounts.table] if self.accounts else [])]
        every = [remark for table in tables for remark in table.refused]
        every += [remark for reader in self.readers for remark in reader.remarks]
        lost = {(remark.file, remark.row) for remark in every if remark.verdict.is_lost}
        for remark in sorted(dict.fromkeys(every), key=lambda remark: (remark.file, remark.row)):
            if remark.verdict.is_lost or (remark.file, remark.row) not in lost:
                yield remark

    # ── deals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def candidate(self, row: TableRow) -> Candidate | None:
        """A row as the data of a deal, or None where that is impossible."""
        reader = RowReader(self.table, row, self.mapping.format, self.zone, self.mapping.currency)
        self.readers.append(reader)
        deal = self.mapping.deal
        deal_id = reader.value(deal.id, "id", needed=True)
        member = reader.named(deal.member, self.members)
        owner = self.owner(reader)
        data = deal_data(reader, self.mapping, member, owner, self.fields)
        if reader.verdict is not None or deal_id is None or member is None or owner is None:
            return None
        called = reader.text_of(deal.id) or deal_id
        return Candidate([reader], deal_id, called, data, self.members.names[member], self.people.names[owner])

    def owner(self, reader: RowReader) -> str | None:
        """The owner's id; whoever is not in the team is remembered, and rejected unless the mapping adds people."""
        cell = self.mapping.deal.owner
        owner = reader.named(cell, self.people)
        if owner is None or owner in self.team or (cell.people == "add" and self.can_add_people):
            return owner
        self.unknown.setdefault(owner, self.people.names[owner])
        reason = "is not in playbook/team.yaml"
        if cell.people == "add":
            reason += ", and cannot be added there: write its people: one line a person"
        reader.reject(cell.column or "", Wrong("person-unknown", reason), self.people.names[owner])
        return owner

    def refuse_taken_ids(self, candidates: list[Candidate]) -> None:
        """Reject the rows of a deal that is called as a member is, and pass over those of one that was removed."""
        column = self.mapping.deal.id.column or ""
        for candidate in candidates:
            deal_id = candidate.id
            if self.on_file.has("member", deal_id) or deal_id in self.members.names:
                candidate.reject(column, Wrong("id-taken", "is the id of a member"), deal_id)
            elif removed := self.on_file.removed("deal", deal_id):
                wrong = Wrong("removed", "was removed on purpose, see playbook/removed.yaml")
                candidate.say(Verdict.SKIPPED, column, wrong, f"{deal_id} on {removed}")

    def deal_entries(self, candidates: list[Candidate]) -> Iterator[RecordOutcome]:
        """What becomes of each deal that can be taken."""
        for candidate in candidates:
            if not candidate.is_taken:
                continue
            found = self.entry(("deal", Deal, candidate.id, self.mapping.deal.folder), candidate.reader, candidate.data)
            if isinstance(found, RecordOutcome):
                yield found
                continue
            for problem in found:
                wrong = Wrong(problem.code, ": ".join(part for part in (problem.field, problem.message) if part))
                candidate.reject(column_of(self.mapping, problem.field), wrong)

    def entry(
        self, what: tuple[str, type[Record], str, str], reader: RowReader, data: dict[str, Any]
    ) -> RecordOutcome | list[Problem]:
        """What becomes of a record, without the values that it need not have and cannot hold; or why it would be none."""
        fields = self.fields if what[0] == "deal" else self.member_fields
        while True:
            found = self.on_file.entry(*what, data)
            if isinstance(found, RecordOutcome) or not any(left_out(reader, fields, data, one) for one in found):
                return found

    def process_change(self, candidates: list[Candidate], deals: list[RecordOutcome]) -> FileChange | None:
        """The process version that the moves of these deals belong to; None where it needs no change."""
        written = {entry.id for entry in deals if entry.change}
        return imported_process(self.book, [one.data for one in candidates if one.id in written], self.today)

    # ── members ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def member_entries(self, candidates: list[Candidate]) -> list[RecordOutcome]:
        """What becomes of each member that a deal names; where one cannot be taken, neither can its deals."""
        found: dict[str, RecordOutcome | Wrong | None] = {}
        column = self.mapping.deal.member.column or ""
        for candidate in candidates:
            if candidate.is_taken and candidate.member not in found:
                found[candidate.member] = self.member_entry(candidate)
        for candidate in candidates:
            refused = found.get(candidate.member)
            if isinstance(refused, Wrong) and candidate.is_taken:
                candidate.reject(column, refused, candidate.name)
        return [entry for entry in found.values() if isinstance(entry, RecordOutcome)]

    def member_entry(self, candidate: Candidate) -> RecordOutcome | Wrong | None:
        """What becomes of one member; None where it is on file and the mapping has nothing to say of it."""
        member_id, mapped = candidate.member, self.mapping.members
        if removed := self.on_file.removed("member", member_id):
            return Wrong("removed", f"is a member that was removed on purpose on {removed}: see playbook/removed.yaml")
        if mapped is None:
            unknown = Wrong("member-unknown", f"is not an existing member, and the mapping creates none ({member_id})")
            return None if self.on_file.has("member", member_id) else unknown
        if self.on_file.has("deal", member_id):
            return Wrong("id-taken", f"would become the member '{member_id}', which is already the id of a deal")
        reader = self.accounts.reader(candidate.name, candidate.reader) if self.accounts else candidate.reader
        data = self.member_data(reader, candidate) if isinstance(reader, RowReader) else reader
        if isinstance(data, Wrong) or isinstance(reader, Wrong):
            return data if isinstance(data, Wrong) else None
        found = self.entry(("member", Member, member_id, mapped.folder), reader, data)
        if isinstance(found, RecordOutcome):
            return found
        return Wrong("member-refused", f"cannot become a member: {found[0].field}: {found[0].message}")

    def member_data(self, reader: RowReader, candidate: Candidate) -> dict[str, Any] | Wrong:
        """A member as its file holds it: from its row in the second table, else from the deal's row."""
        data = {"name": candidate.name, **reader.filled(self.member_fields)}
        if reader is not candidate.reader:
            self.readers.append(reader)
            if reader.verdict is not None:
                return Wrong("member-refused", f"is a member whose row in {reader.table.name} cannot be imported")
        kinds = kinds_known(self.book.team)
        if data.get("kind", UNKNOWN) not in kinds:
            said = f"cannot become a member: kind: {shown(data['kind'])} is not one of: {', '.join(kinds)}"
            return Wrong("member-refused", said)
        self.find_country(reader, data)
        return {**data, **self.unknown_facts(reader, candidate, data)}

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
        cell = self.mapping.members.fields["country"] if self.mapping.members else Cell()
        reader.refuse(cell.column or "", Wrong("not-a-country", "is not a country code"), held, needed=False)

    def unknown_facts(self, reader: RowReader, candidate: Candidate, data: Mapping[str, Any]) -> dict[str, str]:
        """What every member must say and neither the table nor the mapping tells of this one: it is said to be unknown."""
        document = self.book.documents.get(("member", candidate.member))
        known = {**(document.data if document else {}), **data}
        lacking = [field for field in MEMBER_FACTS if not known.get(field)]
        for field in lacking:
            mapped = self.mapping.members.fields.get(field) if self.mapping.members else None
            column = mapped.column or "" if mapped else ""
            why = reader.emptiness if column else "is not in the mapping"
            reader.say(
                Verdict.STAND_IN,
                column or field,
                "member-fact-unknown",
                f"{why}: {shown(UNKNOWN)} is used",
                candidate.name,
            )
        return dict.fromkeys(lacking, StandIn(UNKNOWN))

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def new_people(self, candidates: Iterable[Candidate]) -> dict[str, dict[str, Any]]:
        """The owners of taken deals who are not in the team, by id."""
        owners = {candidate.owner: candidate.person for candidate in candidates if candidate.is_taken}
        return {
            person_id: self.person(name) for person_id, name in sorted(owners.items()) if person_id not in self.team
        }

    def person(self, name: str) -> dict[str, Any]:
        """A person as the team's file holds one."""
        roles = list(self.mapping.deal.owner.roles)
        return {"name": name, **({"roles": roles} if roles else {})}

    def team_change(self, people: Mapping[str, Mapping[str, Any]]) -> FileChange | None:
        """The team's file with new people; None where there are none."""
        document = self.book.documents.get(("team", "team"))
        if not people or document is None:
            return None
        text = with_people(document, people)
        if text is None:
            raise CannotDecide(f"{document.path} has no room for {len(people):,} more people")
        return FileChange(document.path, text, document.text)

    @cached_property
    def can_add_people(self) -> bool:
        """Whether the team's file is written so that lines can be added to it."""
        document = self.book.documents.get(("team", "team"))
        return document is not None and with_people(document, {"0-somebody-new": {"name": "Somebody New"}}) is not None
