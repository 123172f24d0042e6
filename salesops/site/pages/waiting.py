"""What waits, person by person: everything that somebody has to see to, the oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.waiting import Waiting
from salesops.changes.timeline import GitHistory
from salesops.checks.waiting import by_person, everything_waiting, name_of
from salesops.metrics import Reading
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, file_of, page
from salesops.site.pages.words import day

TEAM = "The whole team"


def record(it: Waiting, here: Here) -> Markup | str:
    """The record that waits: a link where it has a page."""
    if it.kind == "deal":
        return here.deal_link(it.record, name_of(here.snapshot, it))
    return here.member_link(it.record) if it.kind == "member" else f"{it.kind} {it.record}"


def code(it: Waiting, here: Here) -> Markup:
    """The code of the rule, which leads to its manual."""
    link = Markup('<a href="{}{}#{}"><code>{}</code></a>')
    return link.format(here.root, file_of("reference/checks"), it.code, it.code)


WAITING: Columns[Waiting] = (
    Column("Since", lambda it, _: day(it.since)),
    Column("Days", lambda it, here: (here.as_of - it.since).days, right=True),
    Column("What", record, header=True),
    Column("Why", lambda it, _: it.message, words=True),
    Column("What to do", lambda it, _: it.help, words=True),
    Column("Rule", code),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The list of everything that waits."""
    people = by_person(everything_waiting(snapshot))
    yield page("waiting", "What waits", "waiting", snapshot, people=people, team=TEAM, columns=WAITING)
