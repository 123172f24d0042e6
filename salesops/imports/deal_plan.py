"""The deals of an import: each row held against the others, the members, the team and the records on file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from salesops.edits.yaml_writer import FileChange
from salesops.imports.candidates import Candidate, one_for_each
from salesops.imports.csv.mapping import Cell, DealMap
from salesops.imports.csv.rows import RowReader, column_in, column_of, deal_data, entry_fillings, fillings
from salesops.imports.csv.table import Table
from salesops.imports.ground import Ground, Making
from salesops.imports.move_history import MoveHistory
from salesops.imports.names import Directory
from salesops.imports.outcomes import RecordOutcome
from salesops.imports.remarks import Verdict, Wrong
from salesops.imports.team_people import with_people
from salesops.problems import CannotDecide
from salesops.records.deal import Deal


class DealPlan:
    """What becomes of the deals; ``members`` are the names of those on file and in this import."""

    def __init__(self, ground: Ground, deal: DealMap, members: Directory) -> None:
        self.ground = ground
        self.deal = deal
        self.members = members
        self.team = ground.book.team.people if ground.book.team else {}
        self.people = Directory(((person_id, person.name) for person_id, person in self.team.items()), deal.owner.ids)
        self.fields = fillings(Deal, deal.fields)
        self.lists = entry_fillings(Deal, deal.entries)
        self.unknown: dict[str, str] = {}
        self.history = MoveHistory(ground, deal.history) if deal.history else None

    def candidates(self, table: Table) -> list[Candidate]:
        """The deals that the rows tell of, one for each id."""
        found = [candidate for row in table.rows if (candidate := self.candidate(self.ground.reader(row)))]
        column = column_in(self.deal.id)
        candidates = one_for_each(found, column)
        for candidate in candidates:
            self.refuse_taken_id(candidate, column)
        return candidates

    def candidate(self, reader: RowReader) -> Candidate | None:
        """A row as the data of a deal, or None where that is impossible."""
        deal = self.deal
        deal_id = reader.value(deal.id, "id", needed=True)
        member = reader.named(deal.member, self.members)
        owner = self.owner(reader)
        data = deal_data(reader, deal, member, owner, self.fields)
        data |= reader.entries(self.lists)
        if self.history:
            data["stages"] = self.history.after(reader, data["stages"])
        if reader.verdict is not None or deal_id is None or member is None or owner is None:
            return None
        called = reader.text_of(reader.chosen(deal.id) or Cell()) or deal_id
        return Candidate([reader], deal_id, called, data, self.members.names[member], self.people.names[owner])

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

    def refuse_taken_id(self, candidate: Candidate, column: str) -> None:
        """Reject the rows of a deal that is called as a member is, and pass over those of one that was removed."""
        deal_id, on_file = candidate.id, self.ground.on_file
        if on_file.has("member", deal_id) or deal_id in self.members.names:
            candidate.reject(column, Wrong("id-taken", "is the id of a member"), deal_id)
        elif removed := on_file.removed("deal", deal_id):
            wrong = Wrong("removed", "was removed on purpose, see playbook/removed.yaml")
            candidate.say(Verdict.SKIPPED, column, wrong, f"{deal_id} on {removed}")

    def entries(self, candidates: list[Candidate]) -> Iterator[RecordOutcome]:
        """What becomes of each deal that can be taken."""
        for candidate in candidates:
            if not candidate.is_taken:
                continue
            making = Making("deal", Deal, candidate.id, self.deal.folder, self.fields, tuple(self.lists))
            found = self.ground.entry(making, candidate.reader, candidate.data)
            if isinstance(found, RecordOutcome):
                yield found
                continue
            for problem in found:
                wrong = Wrong(problem.code, ": ".join(part for part in (problem.field, problem.message) if part))
                candidate.reject(column_of(self.deal, problem.field), wrong)

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def new_people(self, candidates: Iterable[Candidate]) -> dict[str, dict[str, Any]]:
        """The owners of taken deals who are not in the team, by id."""
        owners = {candidate.owner: candidate.person for candidate in candidates if candidate.is_taken}
        return {
            person_id: self.person(name) for person_id, name in sorted(owners.items()) if person_id not in self.team
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
