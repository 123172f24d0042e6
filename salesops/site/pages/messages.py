"""The messages: what came of each version that was sent to many, count by count, and the deals in which it was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.status import Standing, standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.readings import Share
from salesops.records.deal import Activity
from salesops.records.outreach import Outreach, Results
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, day


class Send(NamedTuple):
    """A message that was sent in a deal."""

    standing: Standing
    entry: Activity


class Sent(NamedTuple):
    """A version of a message up to the day: its counts, what of it arrived, and the deals in which it was sent."""

    id: str
    record: Outreach
    total: int
    bounced: int
    shares: dict[str, Share]
    sends: list[Send]


def count(name: str) -> Column[Results]:
    """The column of a number that was counted."""

    def figure(counted: Results, here: Here) -> object:
        found = getattr(counted, name)
        return NOTHING if found is None else found

    return Column(name.capitalize(), figure, right=True)


def came_of(send: Send, here: Here) -> Markup:
    """Whether it was opened, answered, or came back."""
    return here.parts.came_of(send.entry)


COUNTS: Columns[Results] = (
    Column("Counted on", lambda counted, _: day(counted.date), header=True),
    *(count(name) for name in ("sent", "bounced", "opened", "replied")),
    Column("Note", lambda counted, _: counted.note or "", words=True),
)
SENDS: Columns[Send] = (
    Column("Sent on", lambda send, _: day(send.entry.date)),
    Column("Member", lambda send, here: here.member_link(send.standing.deal.member), header=True),
    Column("Deal", lambda send, here: here.deal_link(send.standing.id, send.standing.deal.title)),
    Column("What came of it", came_of),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Every message whose results are on file, by name, the newest version first."""
    sends = [Send(standing, entry) for standing in standings(snapshot) for entry in standing.deal.activity]
    known = sorted(snapshot.book.outreach.items(), key=lambda it: _by_version(it[1].message))
    yield page(
        "messages",
        "Messages",
        "messages",
        snapshot,
        branch=past.branch,
        search=[record.message for _, record in known],
        messages=[_sent(name, record, sends, snapshot.as_of) for name, record in known],
        count_columns=COUNTS,
        send_columns=SENDS,
    )


def _by_version(message: str) -> tuple[str, int, str]:
    name, _, version = message.partition("@")
    return name, -int(version) if version.isdecimal() else 0, version


def _share(record: Outreach, name: str, until: date, arrived: int) -> Share:
    """How many of those that arrived; no data where nobody has counted it."""
    was_counted = any(getattr(entry, name) is not None for entry in record.results if entry.date <= until)
    return Share(hits=record.total(name, until), out_of=arrived if was_counted else 0)


def _sent(name: str, record: Outreach, sends: list[Send], until: date) -> Sent:
    total, bounced = record.total("sent", until), record.total("bounced", until)
    shares = {
        word: _share(record, name, until, total - bounced)
        for word, name in (("Opened", "opened"), ("Answered", "replied"))
    }
    own = [send for send in sends if send.entry.template == record.message]
    newest_first = sorted(own, key=lambda send: send.entry.date, reverse=True)
    return Sent(name, record, total, bounced, shares, newest_first)
