"""A table, a mapping and the records on file to a Plan: what would be written, what is left alone, and what to say of which row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from salesops.book import Book
from salesops.documents import MAX_BYTES, Document, too_large
from salesops.imports.mapping import Mapping
from salesops.imports.names import Directory, sameness
from salesops.imports.people import lines_for, with_people
from salesops.imports.remarks import Remark, Verdict, Wrong
from salesops.imports.rows import Reader, StandIn, column_of, deal_data, fillings
from salesops.imports.table import Row, Table
from salesops.loading import CannotDecide
from salesops.problems import Problem
from salesops.records.deal import Deal
from salesops.records.member import Member
from salesops.records.record import Record
from salesops.records.scalars import shown
from salesops.records.typed import typed
from salesops.writing import Change, in_order, render


class Outcome(StrEnum):
    """What becomes of a record."""

    NEW = "new"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the import: its file, what becomes of it, and the change where there is one."""

    kind: str
    id: str
    path: str
    outcome: Outcome
    change: Change | None = None
    differs: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Plan:
    """All that an import would do; carrying it out is writing its ``changes``."""

    rows: int
    taken: int
    entries: tuple[Entry, ...]
    remarks: tuple[Remark, ...]
    new_people: Lookup[str, Lookup[str, Any]]
    unknown_people: Lookup[str, Lookup[str, Any]]
    team: Change | None = None

    @property
    def changes(self) -> list[Change]:
        """Members and people first, so that no deal ever names what is not there yet."""
        of = {kind: [entry.change for entry in self.entries if entry.kind == kind and entry.change] for kind in KINDS}
        return [*of["member"], *([self.team] if self.team else []), *of["deal"]]

    def count(self, kind: str, outcome: Outcome) -> int:
        """How many records of a kind this becomes of."""
        return sum(entry.kind == kind and entry.outcome is outcome for entry in self.entries)

    def said(self, verdict: Verdict) -> list[Remark]:
        """The remarks of one verdict."""
        return [remark for remark in self.remarks if remark.verdict is verdict]

    @property
    def people_to_paste(self) -> str:
        """The people that are missing from playbook/team.yaml, as YAML."""
        return "\n".join(["people:", *lines_for(self.unknown_people)]) if self.unknown_people else ""


KINDS = ("deal", "member")


@dataclass
class _Candidate:
    """A row that may become a deal."""

    reader: Reader
    id: str
    data: dict[str, Any]
    name: str
    person: str

    @property
    def member(self) -> str:
        return str(self.data["member"])

    @property
    def owner(self) -> str:
        return str(self.data["owner"])

    @property
    def is_taken(self) -> bool:
        return self.reader.verdict is None


@dataclass
class Planner:
    """Everything that planning an import needs; ``plan`` does it."""

    book: Book
    mapping: Mapping
    table: Table
    accounts: Table | None = None
    update: bool = False
    readers: list[Reader] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        deal, team = self.mapping.deal, self.book.team
        members = ((id, member.name) for id, member in self.book.members.items())
        people = ((id, person.name) for id, person in (team.people if team else {}).items())
        self.zone = team.time_zone if team else "UTC"
        self.members = Directory(members, deal.member.ids)
        self.people = Directory(people, deal.owner.ids)
        self.fields = fillings(Deal, deal.fields)
        self.removed = {
            (entry.kind, entry.id): str(entry.date)
            for entry in (self.book.removed.removed if self.book.removed else ())
        }

    def plan(self) -> Plan:
        """Read every row, hold it against the others and the records on file, and say what to do."""
        candidates = [candidate for row in self.table.rows if (candidate := self.candidate(row))]
        self.refuse_shared_ids(candidates)
        members = self.member_entries(candidates)
        deals = list(self.deal_entries(candidates))
        named = {candidate.member for candidate in candidates if candidate.is_taken}
        new_people = self.new_people(candidates)
        remarks = [*self.table.refused, *(remark for reader in self.readers for remark in reader.remarks)]
        if self.accounts:
            remarks += self.accounts.refused
        return Plan(
            rows=len(self.table.rows) + len(self.table.refused),
            taken=sum(candidate.is_taken for candidate in candidates),
            entries=(*(entry for entry in members if entry.id in named), *deals),
            remarks=tuple(_settled(remarks)),
            new_people=new_people,
            unknown_people={id: self.person(name) for id, name in self.unknown.items()},
            team=self.team_change(new_people),
        )

    # ── deals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def candidate(self, row: Row) -> _Candidate | None:
        """A row as the data of a deal, or None where that is impossible."""
        reader = Reader(self.table, row, self.mapping.format, self.zone, self.mapping.currency)
        self.readers.append(reader)
        deal = self.mapping.deal
        id = reader.value(deal.id, "id", needed=True)
        member = reader.named(deal.member, self.members)
        owner = self.owner(reader)
        data = deal_data(reader, self.mapping, member, owner, self.fields)
        if reader.verdict is not None or id is None or member is None or owner is None:
            return None
        return _Candidate(reader, id, data, self.members.names[member], self.people.names[owner])

    def owner(self, reader: Reader) -> str | None:
        """The owner's id; whoever is not in the team is remembered, and rejected unless the mapping adds people."""
        cell = self.mapping.deal.owner
        owner = reader.named(cell, self.people)
        known = self.book.team.people if self.book.team else {}
        if owner is None or owner in known or (cell.people == "add" and self.can_add_people):
            return owner
        self.unknown.setdefault(owner, self.people.names[owner])
        reason = "is not in playbook/team.yaml"
        if cell.people == "add":
            reason += ", and cannot be added there: write its people: one line a person"
        reader.reject(cell.column or "", Wrong("person-unknown", reason), self.people.names[owner])
        return owner

    def refuse_shared_ids(self, candidates: list[_Candidate]) -> None:
        """Reject all rows that would share a file: two rows of one id, a deal called as a member, a removed record."""
        by_id: dict[str, list[_Candidate]] = {}
        for candidate in candidates:
            by_id.setdefault(candidate.id, []).append(candidate)
        column = self.mapping.deal.id.column or ""
        for id, sharing in by_id.items():
            if len(sharing) > 1:
                rows = " and ".join(str(candidate.reader.row.number) for candidate in sharing)
                for candidate in sharing:
                    candidate.reader.reject(
                        column, Wrong("id-taken", "is the id of several rows"), f"{id}, rows {rows}"
                    )
            elif self.is_on_file("member", id) or id in self.members.names:
                sharing[0].reader.reject(column, Wrong("id-taken", "is the id of a member"), id)
            elif removed := self.removed.get(("deal", id)):
                reason = "was removed on purpose: see playbook/removed.yaml"
                sharing[0].reader.say(Verdict.SKIPPED, column, "removed", reason, f"{id} on {removed}")

    def deal_entries(self, candidates: list[_Candidate]) -> Iterator[Entry]:
        """What becomes of each deal that can be taken."""
        for candidate in candidates:
            if not candidate.is_taken:
                continue
            found = self.entry("deal", candidate.id, self.mapping.deal.folder, Deal, candidate.data)
            if isinstance(found, Entry):
                yield found
                continue
            for problem in found:
                said = f"{problem.field}: {problem.message}"
                candidate.reader.reject(column_of(self.mapping, problem.field), Wrong(problem.code, said))

    # ── members ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def member_entries(self, candidates: list[_Candidate]) -> list[Entry]:
        """What becomes of each member that a deal names; where one cannot be taken, neither can its deals."""
        entries: list[Entry] = []
        refused: dict[str, Wrong] = {}
        done: set[str] = set()
        rows = self.account_rows()
        for candidate in candidates:
            if candidate.is_taken and candidate.member not in done:
                done.add(candidate.member)
                found = self.member_entry(candidate, rows)
                if isinstance(found, Entry):
                    entries.append(found)
                elif found:
                    refused[candidate.member] = found
        column = self.mapping.deal.member.column or ""
        for candidate in candidates:
            if candidate.member in refused and candidate.is_taken:
                candidate.reader.reject(column, refused[candidate.member], candidate.name)
        return entries

    def member_entry(self, candidate: _Candidate, rows: Lookup[str, list[Row]]) -> Entry | Wrong | None:
        """One member: from its row in the second table, else from the deal's row; None where it is on file and not mapped."""
        id, mapped = candidate.member, self.mapping.members
        if removed := self.removed.get(("member", id)):
            return Wrong("removed", f"is a member that was removed on purpose on {removed}: see playbook/removed.yaml")
        if mapped is None:
            on_file = self.is_on_file("member", id)
            return (
                None if on_file else Wrong("member-unknown", f"is no member on file, and the mapping makes none ({id})")
            )
        if self.is_on_file("deal", id):
            return Wrong("id-taken", f"would become the member '{id}', and a deal is called that")
        reader = self.member_reader(candidate, rows)
        if isinstance(reader, Wrong):
            return reader
        data = {"name": candidate.name, **reader.filled(fillings(Member, mapped.fields))}
        if reader is not candidate.reader and reader.verdict is not None:
            return Wrong("member-refused", f"is a member whose row in {reader.table.name} cannot be taken")
        found = self.entry("member", id, mapped.folder, Member, data)
        if isinstance(found, Entry):
            return found
        problem = found[0]
        return Wrong("member-refused", f"cannot become a member: {problem.field}: {problem.message}")

    def member_reader(self, candidate: _Candidate, rows: Lookup[str, list[Row]]) -> Reader | Wrong:
        """A reader of the row that tells of a member."""
        mapped = self.mapping.members
        if self.accounts is None or mapped is None:
            return candidate.reader
        found = rows.get(sameness(candidate.name), [])
        if len(found) > 1:
            numbers = " and ".join(str(row.number) for row in found)
            return Wrong("member-twice", f"stands in several rows of {self.accounts.name} ({numbers})")
        format = mapped.format or self.mapping.format
        if found:
            reader = Reader(self.accounts, found[0], format, self.zone, self.mapping.currency)
        else:
            at = candidate.reader.row
            nothing = Row(at.number, at.line, [""] * len(self.accounts.header))
            why = f"is unknown, {self.accounts.name} having no {shown(candidate.name)}"
            table = Table(self.table.name, self.accounts.header)
            reader = Reader(table, nothing, format, self.zone, self.mapping.currency, why)
        self.readers.append(reader)
        return reader

    def account_rows(self) -> dict[str, list[Row]]:
        """The rows of the second table by what the spellings of a name have in common."""
        found: dict[str, list[Row]] = {}
        key = self.mapping.members.key if self.mapping.members else None
        if self.accounts and key:
            for row in self.accounts.rows:
                found.setdefault(sameness(self.accounts.cell(row, key)), []).append(row)
        return found

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def new_people(self, candidates: Iterable[_Candidate]) -> dict[str, dict[str, Any]]:
        """The owners of taken deals who are not in the team, by id."""
        known = self.book.team.people if self.book.team else {}
        owners = {candidate.owner: candidate.person for candidate in candidates if candidate.is_taken}
        return {id: self.person(name) for id, name in sorted(owners.items()) if id not in known}

    def person(self, name: str) -> dict[str, Any]:
        """A person as the team's file holds one."""
        roles = list(self.mapping.deal.owner.roles)
        return {"name": name, **({"roles": roles} if roles else {})}

    def team_change(self, people: Lookup[str, Lookup[str, Any]]) -> Change | None:
        """The team's file with new people; None where there are none."""
        document = self.book.documents.get(("team", "team"))
        if not people or document is None:
            return None
        text = with_people(document, people)
        if text is None:
            raise CannotDecide(f"{document.path} cannot take {len(people):,} more people")
        return Change(document.path, text, document.text)

    @cached_property
    def can_add_people(self) -> bool:
        """Whether the team's file is written so that lines can be added to it."""
        document = self.book.documents.get(("team", "team"))
        return document is not None and with_people(document, {"0-somebody-new": {"name": "Somebody New"}}) is not None

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def is_on_file(self, kind: str, id: str) -> bool:
        """Whether a record of that kind and id exists, readable or not."""
        return (kind, id) in self.book.documents or (kind, id) in self.book.broken

    def entry(
        self, kind: str, id: str, folder: str, model: type[Record], data: dict[str, Any]
    ) -> Entry | list[Problem]:
        """What becomes of one record, or why it would not be one."""
        document = self.book.documents.get((kind, id))
        path = document.path if document else f"{folder}/{id}.yaml"
        if document is None and (kind, id) in self.book.broken:
            return Entry(kind, id, path, Outcome.KEPT, why="the file there cannot be read: see salesops check")
        by_table, by_mapping = told_apart(data)
        merged = in_order(model, filled_up(overlaid(document.data, by_table), by_mapping) if document else data)
        if document and merged == document.data:
            return Entry(kind, id, path, Outcome.UNCHANGED)
        _, problems = typed(Document(path, "", merged), model)
        text = render(merged)
        if len(text) > MAX_BYTES // 4 and len(text.encode()) > MAX_BYTES:
            problems = [too_large(path, len(text.encode()))]
        if problems:
            return problems
        if document is None:
            return Entry(kind, id, path, Outcome.NEW, Change(path, text))
        differs = tuple(key for key in merged if merged[key] != document.data.get(key))
        if not self.update:
            return Entry(kind, id, path, Outcome.KEPT, differs=differs)
        return Entry(kind, id, path, Outcome.UPDATED, Change(path, text, document.text), differs)


def told_apart(data: Lookup[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the table itself says, and what the mapping put in."""
    parts = {key: told_apart(value) for key, value in data.items() if isinstance(value, dict)}
    flat = {key: value for key, value in data.items() if key not in parts}
    by_table = {key: value for key, value in flat.items() if not _is_put_in(value)}
    by_mapping = {key: value for key, value in flat.items() if _is_put_in(value)}
    by_table |= {key: told for key, (told, _) in parts.items() if told}
    by_mapping |= {key: put_in for key, (_, put_in) in parts.items() if put_in}
    return by_table, by_mapping


def _is_put_in(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_put_in(part) for part in value)
    return all(_is_put_in(part) for part in value.values()) if isinstance(value, dict) else isinstance(value, StandIn)


def filled_up(old: Lookup[str, Any], more: Lookup[str, Any]) -> dict[str, Any]:
    """A record with what it lacks; what it holds stays."""
    both = {key for key in more if isinstance(old.get(key), dict) and isinstance(more[key], dict)}
    return {**more, **old, **{key: filled_up(old[key], more[key]) for key in both}}


def overlaid(old: Lookup[str, Any], new: Lookup[str, Any]) -> dict[str, Any]:
    """A record with what the table says put over what it held; whatever the table does not speak of stays."""
    return {
        **old,
        **{
            key: overlaid(old[key], value) if isinstance(value, dict) and isinstance(old.get(key), dict) else value
            for key, value in new.items()
        },
    }


def _settled(remarks: Iterable[Remark]) -> Iterator[Remark]:
    """The remarks by file and row; nothing is said of stand-ins in rows that are not taken."""
    every = list(dict.fromkeys(remarks))
    refused = {(remark.file, remark.row) for remark in every if remark.verdict is not Verdict.STAND_IN}
    kept = (
        remark for remark in every if remark.verdict is not Verdict.STAND_IN or (remark.file, remark.row) not in refused
    )
    return iter(sorted(kept, key=lambda remark: (remark.file, remark.row)))
