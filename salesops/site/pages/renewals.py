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
    ACTIVE,
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
from salesops.records.member import Health, Member
from salesops.records.money import Sums, total
from salesops.records.scalars import slug
from salesops.site.pages.charts.contracts import renewals as renewals_chart
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, counted, day, money, unbroken

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
"""The windows in which somebody talks with the member about what comes next."""


class RenewalRow(NamedTuple):
    """A contract, and the open deal that would renew it."""

    term: Term
    talk: Standing | None

    @property
    def is_asked_for(self) -> bool:
        """Whether somebody should be talking, and nobody is."""
        return self.term.bucket in NEEDS_A_TALK and not self.talk and not self.term.secured_by


class WindowTile(NamedTuple):
    """A tile: how many contracts are in a window, what they bring a month, and what else is said of them."""

    bucket: str
    title: str
    rows: list[RenewalRow]
    sums: Sums
    said: str


def member(row: RenewalRow, here: Here) -> Markup:
    """The institution over the contract."""
    deal = row.term.history.deal
    title = Markup("<br><small>{}</small>").format(here.deal_link(row.term.id, deal.title))
    return here.member_link(deal.member) + title


def ends(row: RenewalRow, here: Here) -> Markup:
    """The last day, and how near it is where that helps."""
    left, last = row.term.days_left, row.term.contract.last_day
    if last is None:
        return Markup("open-ended")
    if left is None or row.term.bucket in (NOT_STARTED, SUPERSEDED, ENDED):
        return day(last)
    is_over = left < 0
    said = f"{counted(-left, 'day')} ago" if is_over else f"in {counted(left, 'day')}" if left else "today"
    look = "so-red" if is_over and not row.term.secured_by else "so-soft"
    return day(last) + Markup('<br> <small class="{}">{}</small>').format(look, said)


def value(row: RenewalRow, here: Here) -> str:
    """What it brings a month now, and what the next term is to bring."""
    now = money(row.term.contract.mrr)
    offer = row.talk.deal.value if row.talk else None
    is_other = offer and offer.mrr and offer.mrr != row.term.contract.mrr
    return unbroken(f"{now} → {money(offer.mrr)}" if offer and is_other else now)


def renewal(row: RenewalRow, here: Here) -> Markup | str:
    """How far the renewal is."""
    if row.term.secured_by:
        signed = here.snapshot.history(row.term.secured_by)
        start = signed.deal.contract.start if signed and signed.deal.contract else None
        since = Markup(" from {}").format(day(start)) if start else Markup("")
        return here.chip("good", "secured") + since + " " + here.deal_link(row.term.secured_by, "next term")
    if row.talk:
        return here.deal_link(row.talk.id, row.talk.stage.title)
    return here.chip("warn", "no talk yet") if row.is_asked_for else NOTHING


def health(row: RenewalRow, here: Here) -> Markup | str:
    """How the member stood when delivery last looked, and when that was."""
    found = here.book.members.get(row.term.history.deal.member)
    return seen(found.judged[-1], here) if found and found.judged else NOTHING


def seen(last: Health, here: Here) -> Markup:
    """A look of delivery and its day, over how satisfied they were."""
    looked: Markup = here.parts.health(last.status) + Markup(" <small>{}</small>").format(day(last.date))
    if last.satisfaction is None:
        return looked
    return looked + Markup('<br><small class="so-whole">satisfaction {} of 5</small>').format(last.satisfaction)


def users(row: RenewalRow, here: Here) -> str:
    """The active users, and how many more or fewer than at the look before."""
    found = here.book.members.get(row.term.history.deal.member)
    return users_of(found) if found else NOTHING


def users_of(found: Member) -> str:
    """``118 (+6)``."""
    counts = [look.active_users for look in found.counted if look.active_users is not None]
    if not counts:
        return NOTHING
    change = counts[-1] - counts[-2] if len(counts) > 1 else 0
    return f"{counts[-1]:,} ({change:+,})".replace("-", "\N{MINUS SIGN}") if change else f"{counts[-1]:,}"


def next_step(row: RenewalRow, here: Here) -> Markup | str:
    """What is done next in the talk."""
    step = row.talk.deal.next if row.talk else None
    return day(step.due) + Markup("<br> {}").format(step.action) if step else NOTHING


def owner(row: RenewalRow, here: Here) -> Markup | str:
    """Who talks with them, or looked after the contract."""
    return here.person_link(row.talk.deal.owner if row.talk else row.term.history.deal.owner)


CONTRACTS: Columns[RenewalRow] = (
    Column("Member", member, header=True),
    Column("Ends", ends, label="Ends"),
    Column("MRR", value, right=True, label="MRR"),
    Column("Renewal", renewal),
    Column("Health", health),
    Column("Users", users, right=True, label="Users"),
    Column("Next step", next_step, words=True),
    Column("Owner", owner),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The renewal windows."""
    rows, mrr = rows_of(snapshot, terms(snapshot)), readings.get("mrr")
    windows = [_window(bucket, [row for row in rows if row.term.bucket == bucket]) for bucket in BUCKETS]
    yield page(
        "renewals",
        "Renewals",
        "renewals",
        snapshot,
        tiles=[_active(rows), *(window for window in windows if window.bucket in NEEDS_A_TALK)],
        groups=[_group(window) for window in windows if window.rows and window.bucket in NEEDS_A_TALK],
        others=[_group(window) for window in windows if window.rows and window.bucket not in NEEDS_A_TALK],
        charts=[renewals_chart(snapshot, [row.term for row in rows])],
        columns=CONTRACTS,
        startless=without_start(snapshot),
        mrr=mrr,
    )


def _window(bucket: str, rows: list[RenewalRow]) -> WindowTile:
    """A window, its contracts in the order of work: no talk, in talks, secured."""
    ordered = sorted(rows, key=lambda row: (row.term.secured_by is not None, row.talk is not None))
    secured = sum(row.term.secured_by is not None for row in rows)
    silent = sum(row.is_asked_for for row in rows)
    said = [f"{secured} secured"] * bool(secured) + [f"{silent} without a talk"] * bool(silent)
    return WindowTile(bucket, TITLES[bucket][0], ordered, _sums(rows), ", ".join(said))


def _active(rows: list[RenewalRow]) -> WindowTile:
    found = [row for row in rows if row.term.bucket in ACTIVE]
    return WindowTile("active", "Active", found, _sums(found), "")


def _sums(rows: list[RenewalRow]) -> Sums:
    return total(row.term.contract.mrr for row in rows if row.term.contract.mrr)


def _group(window: WindowTile) -> tuple[str, str, str, list[RenewalRow]]:
    said = f"{counted(len(window.rows), 'contract')}"
    return f"window-{slug(window.bucket)}", window.title, said, window.rows


def rows_of(snapshot: Snapshot, found: Iterable[Term]) -> list[RenewalRow]:
    """Contracts by the days that are left, each with the open deal that would renew it."""
    every = sorted(found, key=lambda term: (term.days_left is None, term.days_left or 0, term.id))
    talks = {
        history.deal.renews: Standing(snapshot, history)
        for history in snapshot.histories
        if history.deal.renews and snapshot.is_open(history)
    }
    return [RenewalRow(term, talks.get(term.id)) for term in every]
