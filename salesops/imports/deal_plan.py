"""The deals of an import: each row held against the others, the members, the team and the records on file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from salesops.edits.yaml_writer import FileChange
from salesops.imports.candidates import Candidate, Candidates, one_for_each
from salesops.imports.contact_plan import ContactPlan
from salesops.imports.csv.mapping import Cell, DealMap
from salesops.imports.csv.rows import (
    RowReader,
    StandIn,
    column_in,
    column_of,
    deal_data,
    entry_fillings,
    fillings,
    parts_of,
    put,
)
from salesops.imports.ground import Ground, Making
from salesops.imports.imported_process import UsedStages
from salesops.imports.linked_deals import LinkedDeals
from salesops.imports.move_history import MoveHistory
from salesops.imports.names import Directory, sameness
from salesops.imports.outcomes import RecordOutcome
from salesops.imports.own_ids import OwnIds, in_counting_order
from salesops.imports.people_named import people_named
from salesops.imports.remarks import Verdict, Wrong
from salesops.imports.team_people import with_people
from salesops.problems import CannotDecide
from salesops.records.deal import Deal
from salesops.records.scalars import shown
from salesops.store.scratch import ScratchDict

CONTACTS = "x.contacts"
"""Where a deal keeps who of the member it is about: the format has people at the member only."""

BESIDE_LOST = Wrong("row-beside-lost", "is told by another row, too, which is not taken: what is true of the deal?")


class DealPlan:
    """What becomes of the deals; ``members`` are the names of those on file and in this import.

    ``taken_of`` are the members of the deals that were taken, ``owners`` their owners by id; ``lost`` has a row for what each deal
    is told by of which one is not taken.
    """

    def __init__(self, ground: Ground, deal: DealMap, members: Directory) -> None:
        self.ground = ground
        self.deal = deal
        self.members = members
        self.team = ground.book.team.people if ground.book.team else {}
        self.people = Directory(((person_id, person.name) for person_id, person in self.team.items()), deal.owner.ids)
        self.fields = fillings(Deal, deal.fields)
        self.lists = entry_fillings(Deal, deal.entries)
        self.unknown: dict[str, str] = {}
        self.taken_of = ScratchDict[str, None]()
        self.owners: dict[str, str] = {}
        self.used = UsedStages()
        self.told = deal.fields.get(deal.key or "") or deal.id
        self.lost = ScratchDict[str, int]()
        self.history = MoveHistory(ground, deal.history) if deal.history else None
        self.key_of, self.member_of = ScratchDict[str, str](), ScratchDict[str, str]()
        for member, key in self.ground.keys_of("member", deal.key) if deal.key else ():
            self.key_of[member], self.member_of[key] = key, member

    def candidates(self) -> Candidates:
        """The deals that the rows tell of, one for each id."""
        told = (self.candidate(reader) for reader in self.ground.rows())
        found: Iterator[Candidate] = (candidate for candidate in told if candidate)
        column = column_in(self.deal.id)
        if self.deal.key_link:
            found = self.linked(list(found), self.deal.key_link, column)
        elif self.deal.key:
            found = self.with_own_ids(Candidates(found), self.deal.key, column)
        candidates = one_for_each(found, column)
        for candidate in candidates:
            self.refuse_taken_id(candidate, column)
            self.ask_beside_lost(candidate)
        return candidates

    def ask_beside_lost(self, candidate: Candidate) -> None:
        """Ask about a deal of which another row is not taken: what it says may be something else."""
        for reader in candidate.readers if self.lost else ():
            if number := self.lost.get(self.told_by(reader)):
                candidate.say(Verdict.ASKED, column_in(self.told), BESIDE_LOST, f"{candidate.id}, row {number}")
                return

    def told_by(self, reader: RowReader) -> str:
        """What a row tells its deal by: its key, or else what its id is made of."""
        return sameness(reader.text_of(reader.chosen(self.told) or Cell()))

    def linked(self, found: list[Candidate], kind: str, column: str) -> Iterator[Candidate]:
        """The deals under the ids of those on file that link what they are about."""
        LinkedDeals(self.ground, kind, {*self.members.names}).give(found, column)
        return (candidate for candidate in found if candidate.is_taken)

    def with_own_ids(self, found: Candidates, key: str, column: str) -> Iterator[Candidate]:
        """The deals under the ids that they have on file by their key; a new one whose id another has gets a number behind it."""
        own = OwnIds.of(self.ground, key, self.members.names)
        nothing = Wrong("cell-empty", "is empty: nothing tells this deal from another")
        places = ScratchDict[tuple[str, ...], None]()
        for at, candidate in enumerate(found):
            places[(*in_counting_order(candidate.key_at(key)), f"{at:09}")] = None
        for _, _, place in places.in_order():
            at = int(place)
            candidate = found[at]
            if not (told := candidate.key_at(key)):
                candidate.reject(column_in(self.deal.fields[key]), nothing)
            elif wrong := own.give(candidate, told):
                candidate.say(Verdict.ASKED, column, wrong, candidate.id)
            else:
                found[at] = candidate
        self.ground.deal_of.update(own.known.items())
        for told in own.shared:
            self.ground.deal_of.pop(told, None)
        return (candidate for candidate in found if candidate.is_taken)

    def candidate(self, reader: RowReader) -> Candidate | None:
        """A row as the data of a deal, or None where that is impossible."""
        deal = self.deal
        deal_id = reader.value(deal.id, "id", needed=True)
        member = self.member(reader)
        owner = self.owner(reader)
        data = deal_data(reader, deal, member, owner, self.fields)
        data |= reader.entries(self.lists)
        if self.history:
            data["stages"] = self.history.after(reader, data["stages"])
        if reader.verdict is not None or deal_id is None or member is None or owner is None:
            if reader.verdict is not Verdict.SKIPPED and (told := self.told_by(reader)):
                self.lost.setdefault(told, reader.row.number)
            return None
        called = reader.text_of(reader.chosen(deal.id) or Cell()) or deal_id
        return Candidate((reader,), deal_id, called, data, self.name_of(reader, member), self.people.name_of(owner))

    def member(self, reader: RowReader) -> str | None:
        """The id of the member: of the one that has the key which the row gives, else of the one that is called so."""
        found = reader.named(self.deal.member, self.members)
        mapped = self.ground.mapping.members
        cell = mapped.fields.get(self.deal.key or "") if mapped and not mapped.file else None
        key = reader.value(cell, "text") if cell and found else None
        if found is None or not key:
            return found
        known = self.member_of.get(key, found)
        other = self.key_of.get(known, key)
        if other != key:
            reason = f"is the name of two institutions, {shown(other)} and {shown(key)}: they are not made one"
            reader.ask(column_in(self.deal.member), Wrong("member-twice", reason), self.members.names.get(known, known))
            return None
        if known not in self.key_of:
            self.member_of[key], self.key_of[known] = known, key
        if known != found and not self.ground.on_file.has("member", found):
            self.members.also(reader.value(self.deal.member, "text") or "", known)
        return known

    def name_of(self, reader: RowReader, member: str) -> str:
        """The name of a member: as it was spelled before, or as the row has it where that is another name."""
        said = reader.value(self.deal.member, "text") or ""
        known = self.members.names.get(member, said)
        if isinstance(said, StandIn):
            return StandIn(known)
        return known if sameness(known) == sameness(said) or member not in self.key_of else said

    def owner(self, reader: RowReader) -> str | None:
        """The owner's id; whoever is not in the team is remembered, and rejected unless the mapping adds people."""
        cell = self.deal.owner
        owner = reader.named(cell, self.people)
        if owner is None or owner in self.team or (cell.people == "add" and self.can_add_people):
            return owner
        self.unknown.setdefault(owner, self.people.names[owner])
        reason = "is not in playbook/team.yaml"
        if cell.people == "add":
            reason += ", and cannot be added there: write its people: one line a person"
        reader.reject(column_in(cell), Wrong("person-unknown", reason), self.people.names[owner])
        return owner

    def members_by_contact(self, candidates: Iterable[Candidate]) -> Mapping[str, str]:
        """The member of each person whom deals name by a word; nothing where deals of several members name somebody."""
        found = ScratchDict[str, str]()
        for candidate in candidates:
            for reader in candidate.readers:
                cell = reader.chosen(self.deal.contacts) if self.deal.contacts else None
                for word in parts_of(reader.text_of(cell), cell.split) if cell else ():
                    if found.setdefault(word, candidate.member) != candidate.member:
                        found[word] = ""
        return found

    def name_contacts(self, candidates: Candidates, people: ContactPlan | None) -> None:
        """Keep whom the rows of deals name, as far as they are contacts of the member."""
        for at, candidate in enumerate(candidates) if self.deal.contacts else ():
            found = [
                each
                for reader in candidate.readers
                for each in people_named(self.ground, people, reader, self.deal.contacts or Cell(), candidate.member)
            ]
            if found:
                put(candidate.data, CONTACTS, list(dict.fromkeys(found)))
                candidates[at] = candidate

    def refuse_taken_id(self, candidate: Candidate, column: str) -> None:
        """Reject the rows of a deal that is called as a member is, and pass over those of one that was removed."""
        deal_id, on_file = candidate.id, self.ground.on_file
        if on_file.has("member", deal_id) or deal_id in self.members.names:
            candidate.reject(column, Wrong("id-taken", "is the id of a member"), deal_id)
        elif removed := on_file.removed("deal", deal_id):
            wrong = Wrong("removed", "was removed on purpose, see playbook/removed.yaml")
            candidate.say(Verdict.SKIPPED, column, wrong, f"{deal_id} on {removed}")

    def entries(self, candidates: Candidates) -> Iterator[RecordOutcome]:
        """What becomes of each deal that can be taken."""
        for candidate in candidates:
            if not candidate.is_taken:
                continue
            folder, lists = self.deal.folder, tuple(self.lists)
            making = Making("deal", Deal, candidate.id, folder, self.fields, lists, candidate.rows)
            data = candidate.data
            found = self.ground.entry(making, candidate.reader, data)
            if isinstance(found, RecordOutcome):
                if found.change:
                    self.used.add(data)
                self.taken_of[candidate.member] = None
                self.owners[candidate.owner] = candidate.person
                yield found
                continue
            for problem in found:
                wrong = Wrong(problem.code, ": ".join(part for part in (problem.field, problem.message) if part))
                candidate.reject(column_of(self.deal, problem.field), wrong)

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def new_people(self) -> dict[str, dict[str, Any]]:
        """The owners of taken deals who are not in the team, by id."""
        return {
            person_id: self.person(name)
            for person_id, name in sorted(self.owners.items())
            if person_id not in self.team
        }

    @property
    def unknown_people(self) -> dict[str, dict[str, Any]]:
        """The owners of rejected rows who are not in the team, by id."""
        return {person_id: self.person(name) for person_id, name in self.unknown.items()}

    def person(self, name: str) -> dict[str, Any]:
        """A person as the team's file holds one."""
        roles = list(self.deal.owner.roles)
        return {"name": name, **({"roles": roles} if roles else {})}

    def team_change(self, people: Mapping[str, Mapping[str, Any]]) -> FileChange | None:
        """The team's file with new people; None where there are none."""
        document = self.ground.book.documents.get(("team", "team"))
        if not people or document is None:
            return None
        text = with_people(document, people)
        if text is None:
            raise CannotDecide(f"{document.path} has no room for {len(people):,} more people")
        return FileChange(document.path, text, document.text)

    @cached_property
    def can_add_people(self) -> bool:
        """Whether the team's file is written so that lines can be added to it."""
        document = self.ground.book.documents.get(("team", "team"))
        return document is not None and with_people(document, {"0-somebody-new": {"name": "Somebody New"}}) is not None
