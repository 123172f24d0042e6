"""Renewals: every won contract in its window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.status import Standing
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.contracts import (
    BUCKETS,
    DAYS_30,
    DAYS_90,
    DAYS_180,
    ENDED,
    LATER,
    NOT_STARTED,
    OPEN_ENDED,
    OVERDUE,
    SUPERSEDED,
    Term,
    terms,
    without_start,
)
from salesops.records.member import Health
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, day, money

TITLES = {
    OVERDUE: ("Overdue", "The term is over and the service goes on."),
    DAYS_30: ("0 to 30 days", "The term ends within 30 days."),
    DAYS_90: ("31 to 90 days", "The term ends in 31 to 90 days."),
    DAYS_180: ("91 to 180 days", "The term ends in 91 to 180 days."),
    LATER: ("Later", "The term ends in more than 180 days."),
    OPEN_ENDED: ("Open-ended", "The contract has no end."),
    NOT_STARTED: ("Not started", "Signed; the first day is still to come."),
    SUPERSEDED: ("Superseded", "A renewal's term has begun."),
    ENDED: ("Ended", "The service has stopped."),
}
NEEDS_A_TALK = (OVERDUE, DAYS_30, DAYS_90, DAYS_180)
IN_FORCE = (*NEEDS_A_TALK, LATER, OPEN_ENDED, NOT_STARTED)
"""The windows of contracts that somebody looks after."""


class RenewalRow(NamedTuple):
    """A contract, and the open deal that would renew it."""

    term: Term
    talk: Standing | None


def days_left(row: RenewalRow, here: Here) -> object:
    """The days until the term ends, or since; none where no term runs."""
    left = row.term.days_left
    if left is None or row.term.bucket in (NOT_STARTED, SUPERSEDED, ENDED):
        return NOTHING
    return f"{-left} overdue" if left < 0 else left


def renewal(row: RenewalRow, here: Here) -> object:
    """How far the renewal is."""
    if row.term.secured_by:
        return here.chip("good", "signed") + " " + here.deal_link(row.term.secured_by)
    if row.talk:
        return here.chip("quiet", row.talk.stage.title) + " " + here.deal_link(row.talk.id)
    return here.chip("warn", "no conversation yet") if row.term.bucket in NEEDS_A_TALK else NOTHING


def health(row: RenewalRow, here: Here) -> object:
    """How the member stood when delivery last looked, and when that was."""
    member = here.book.members.get(row.term.history.deal.member)
    return seen(member.health[-1], here) if member and member.health else NOTHING


def seen(last: Health, here: Here) -> Markup:
    """A look of delivery, with its day."""
    return here.parts.health(last.status) + Markup(" <small>{}</small>").format(day(last.date))


CONTRACTS: Columns[RenewalRow] = (
    Column("Member", lambda row, here: here.member_link(row.term.history.deal.member), header=True),
    Column("Contract", lambda row, here: here.deal_link(row.term.id, row.term.history.deal.title)),
    Column("Start", lambda row, _: day(row.term.contract.start)),
    Column("End", lambda row, _: day(row.term.contract.last_day, "none")),
    Column("Days left", days_left, right=True),
    Column("MRR", lambda row, _: money(row.term.contract.mrr), right=True),
    Column("Renewal", renewal),
    Column("Health", health),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The renewal windows."""
    rows = rows_of(snapshot, terms(snapshot))
    windows = [(bucket, *TITLES[bucket], [row for row in rows if row.term.bucket == bucket]) for bucket in BUCKETS]
    yield page(
        "renewals",
        "Renewals",
        "renewals",
        snapshot,
        windows=windows,
        columns=CONTRACTS,
        startless=without_start(snapshot),
        mrr=readings.get("mrr"),
    )


def rows_of(snapshot: Snapshot, found: Iterable[Term]) -> list[RenewalRow]:
    """Contracts by the days that are left, each with the open deal that would renew it."""
    every = sorted(found, key=lambda term: (term.days_left is None, term.days_left or 0, term.id))
    talks = {
        history.deal.renews: Standing(snapshot, history)
        for history in snapshot.histories
        if history.deal.renews and snapshot.is_open(history)
    }
    return [RenewalRow(term, talks.get(term.id)) for term in every]
