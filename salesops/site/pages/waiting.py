"""What waits, person by person: everything that somebody has to see to, the oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.waiting import Waiting
from salesops.changes.timeline import GitHistory
from salesops.checks.waiting import by_person, everything_waiting
from salesops.metrics import Reading
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, file_of, page
from salesops.site.pages.words import ago, day, told

TEAM = "The whole team"


def since(it: Waiting, here: Here) -> Markup:
    """The day, over how long ago that is."""
    return Markup('{}<br> <small class="so-soft">{}</small>').format(day(it.since), ago((here.as_of - it.since).days))


def what_to_do(it: Waiting, here: Here) -> Markup:
    """The way out, and the code of the rule, which leads to its manual."""
    link = Markup('{} <small><a class="so-whole" href="{}{}#{}"><code>{}</code></a></small>')
    return link.format(it.help, here.root, file_of("reference/checks"), it.code, it.code)


WAITING: Columns[Waiting] = (
    Column("What", lambda it, here: here.record_link(it.kind, it.record), header=True),
    Column("Since", since),
    Column("Why", lambda it, here: told(it.message, here.as_of), words=True),
    Column("What to do", what_to_do, words=True),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The list of everything that waits."""
    people = by_person(everything_waiting(snapshot))
    yield page("waiting", "What waits", "waiting", snapshot, people=people, team=TEAM, columns=WAITING)
