"""The team: who is in it and what each does, when it meets, who invoices for it, and where delivery works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.records.team import Attendee, Person
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Page, page
from salesops.site.pages.words import NOTHING


class PersonRow(NamedTuple):
    """Somebody in the team, by the id that the records use."""

    id: str
    person: Person


PEOPLE: Columns[PersonRow] = (
    Column("Name", lambda row, here: here.person_link(row.id), header=True),
    Column("Does", lambda row, _: ", ".join(row.person.roles) or NOTHING, words=True),
    Column("In the records", lambda row, _: row.id, label="in the records"),
    Column("GitHub", lambda row, _: row.person.github or NOTHING, label="GitHub"),
)
ASKED: Columns[Attendee] = (
    Column("Who", lambda row, here: here.person_link(row.person), header=True),
    Column("Needed", lambda row, _: row.role),
    Column("Why", lambda row, _: row.why or NOTHING, words=True),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The one page of the team, where there is a team file."""
    if team := snapshot.book.team:
        yield page(
            "team",
            "Team",
            "team",
            snapshot,
            branch=past.branch,
            search=[team.organisation, *(person.name for person in team.people.values())],
            team=team,
            people=[PersonRow(*known) for known in team.people.items()],
            people_columns=PEOPLE,
            asked_columns=ASKED,
        )
