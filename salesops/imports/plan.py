"""A table, a mapping and the records on file to a Plan: what would be written, what is left alone, and what to say of which row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, groupby
from typing import Any

from salesops.book.book import Book
from salesops.edits.yaml_writer import FileChange
from salesops.imports.activity_plan import ActivityPlan
from salesops.imports.answers_plan import AnswersPlan
from salesops.imports.candidates import Candidates
from salesops.imports.contact_plan import ContactPlan
from salesops.imports.csv.mapping import ColumnMap, FromTable
from salesops.imports.csv.table import Table
from salesops.imports.deal_plan import DealPlan
from salesops.imports.ground import Ground
from salesops.imports.imported_process import imported_process
from salesops.imports.member_plan import MemberPlan
from salesops.imports.outcomes import Outcome, RecordOutcomes
from salesops.imports.outreach_plan import OutreachPlan
from salesops.imports.remarks import LOST, Remarks, Verdict
from salesops.imports.team_people import lines_for
from salesops.imports.three_way import NOTHING_TAKEN, LastImport
from salesops.imports.users_plan import UsersPlan

IMPORTED_KINDS = {"deal": "deals", "member": "members", "outreach": "outreach"}
"""The kinds of record that an import makes, and what reports call them."""


@dataclass(frozen=True)
class Plan:
    """All that an import would do; carrying it out is writing its ``changes``.

    ``beside`` are the further tables with the number of their rows. ``asked_rows`` are the rows of the first table of which a
    person has to decide something.
    """

    file: str
    rows: int
    taken: int
    entries: RecordOutcomes
    remarks: Remarks
    new_people: Mapping[str, Mapping[str, Any]]
    unknown_people: Mapping[str, Mapping[str, Any]]
    team: FileChange | None = None
    process: FileChange | None = None
    beside: Mapping[str, int] = field(default_factory=dict)
    updates: bool = False
    asked_rows: frozenset[int] = frozenset()

    @property
    def asks(self) -> bool:
        """Whether a person has to decide something of a record; without updates nothing is asked, for nothing is changed."""
        return self.updates and any(self.entries.asking)

    @property
    def changes(self) -> Iterator[FileChange]:
        """Members, people and the process version first, so that no deal ever names what is not there yet."""
        yield from self.entries.changed("member")
        yield from self.entries.changed("outreach")
        yield from self._of_playbook
        yield from self.entries.changed("deal")

    @property
    def _of_playbook(self) -> list[FileChange]:
        return [change for change in (self.team, self.process) if change]

    @property
    def files(self) -> int:
        """How many files carrying it out writes."""
        return self.entries.are_changed + len(self._of_playbook)

    def count(self, kind: str, outcome: Outcome) -> int:
        """How many records of a kind this becomes of."""
        return self.entries.count(kind, outcome)

    @property
    def became(self) -> dict[str, int]:
        """How many rows were taken, rejected, asked about and skipped: together all rows of the file."""
        return self.became_in(self.file, self.rows)

    def became_in(self, file: str, rows: int) -> dict[str, int]:
        """The same of the rows of any table of the import."""
        seen: set[int] = set()
        counts = dict.fromkeys(("taken", *(verdict.value for verdict in LOST)), 0)
        for verdict in LOST:
            found = self.remarks.rows(file, verdict)
            found |= self.asked_rows if verdict is Verdict.ASKED and file == self.file else frozenset()
            counts[verdict.value] = len(found - seen)
            seen |= found
        return {**counts, "taken": rows - len(seen)}

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
        tables: Mapping[FromTable, Table],
        today: date,
        *,
        update: bool = False,
        last: LastImport = NOTHING_TAKEN,
        told: Callable[[int], None] | None = None,
    ) -> None:
        self.today = today
        self.tables = list(tables.values())
        first = tables[FromTable.FIRST]
        self.ground = Ground(book, mapping, first, today, update, last, told)
        people, meetings = (tables.get(of, first) for of in (FromTable.CONTACTS, FromTable.ACTIVITIES))
        self.contacts = ContactPlan(self.ground, mapping.contacts, people) if mapping.contacts else None
        self.members = MemberPlan(self.ground, tables.get(FromTable.MEMBERS), self.contacts)
        self.deals = DealPlan(self.ground, mapping.deal, self.members.names) if mapping.deal else None
        own = mapping.activities
        self.activities = ActivityPlan(self.ground, own, meetings, self.contacts) if own else None
        self.onto = self._onto_records()

    def _onto_records(self) -> UsersPlan | OutreachPlan | AnswersPlan | None:
        """What reads a table whose rows are about records on file."""
        mapping = self.ground.mapping
        if mapping.users:
            return UsersPlan(self.ground, mapping.users)
        if mapping.outreach:
            return OutreachPlan(self.ground, mapping.outreach)
        return AnswersPlan(self.ground, mapping.answers) if mapping.answers else None

    def plan(self) -> Plan:
        """Read every row, hold it against the others and the records on file, and say what to do."""
        table = self.ground.table
        candidates = self.deals.candidates() if self.deals else Candidates()
        members = self.of_members(candidates)
        rest = RecordOutcomes(members.aside)
        if self.contacts:
            rest.extend(self.members.of_contacts(members.places))
        told = self.activities.read(candidates) if self.activities else []
        if self.deals:
            rest.extend(self.deals.entries(candidates))
        if self.activities:
            rest.extend(self.activities.entries(told, candidates))
        if self.onto:
            rest.extend(self.onto.entries())
        if self.deals:
            members = members.only(self.deals.taken_of)
        new_people = self.deals.new_people if self.deals else {}
        entries = members + rest
        asking = entries.asking if self.ground.on_file.update else ()
        asked_rows = frozenset(row for entry in asking for row in entry.rows)
        return Plan(
            file=table.name,
            rows=len(table.rows) + len(table.refused),
            taken=self.taken(asked_rows),
            entries=entries,
            updates=self.ground.on_file.update,
            asked_rows=asked_rows,
            remarks=self.remarks(),
            new_people=new_people,
            unknown_people=self.deals.unknown_people if self.deals else {},
            team=self.deals.team_change(new_people) if self.deals else None,
            process=imported_process(self.ground.book, self.deals.used, self.today) if self.deals else None,
            beside={**table.beside, **{one.name: len(one.rows) + len(one.refused) for one in self.tables[1:]}},
        )

    def of_members(self, candidates: Candidates) -> RecordOutcomes:
        """What becomes of the members that deals name, or else of those of a table of their own; their names are known before people are read."""
        found = RecordOutcomes()
        if not self.deals:
            found.extend(self.members.of_rows())
        if self.contacts:
            of_deals = self.deals.members_by_contact(candidates) if self.deals else {}
            self.contacts.read(self.members.names, of_deals)
        if self.deals:
            self.deals.name_contacts(candidates, self.contacts)
            found.extend(self.members.of_deals(candidates))
            self.members.say_left_over()
        return found

    def taken(self, asked: Collection[int]) -> int:
        """How many rows of the first table were read without anything that costs them, but for those that are asked about."""
        ground, name = self.ground, self.ground.table.name
        is_read = any(reading.table.name == name for reading in ground.readings)
        lost = ground.remarks.rows(name, *LOST)
        return (len(ground.table.rows) if is_read else 0) - len({*lost, *asked})

    def remarks(self) -> Remarks:
        """All that is to be said, by file and row, each once; nothing of what was put in or left out in rows that are not taken."""
        found, every = Remarks(), Remarks()
        of_tables = (remark for table in self.tables for remark in (*table.refused, *table.left_over))
        for remark in chain(of_tables, self.ground.remarks):
            every.add(remark)
        for _, said in groupby(every.in_order(), lambda remark: (remark.file, remark.row)):
            of_row = list(dict.fromkeys(said))
            is_lost = any(remark.verdict.is_lost for remark in of_row)
            for remark in of_row:
                if remark.verdict.is_lost or not is_lost:
                    found.add(remark)
        return found
