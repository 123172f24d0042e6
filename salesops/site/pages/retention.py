"""Retention: what the members of an earlier day still pay, what came and went month by month, and what is signed for the months to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading, metrics_of
from salesops.metrics.contracts import OVERDUE, Term, renewals_of, terms
from salesops.metrics.in_service import grace_days
from salesops.metrics.retention import (
    NOT_RENEWED,
    RENEWED,
    UNDECIDED,
    EndedContract,
    Retained,
    ended_contracts,
    retention,
)
from salesops.metrics.revenue import (
    CAME_BACK,
    GREW,
    LEFT,
    MONTHS_SHOWN,
    NEW_MEMBER,
    SHRANK,
    MonthOfMovements,
    RecurringMonth,
    month_movements,
    month_of,
    months_from,
    recurring_months,
    without_recurring,
)
from salesops.metrics.wording import amounts
from salesops.records.money import Money, Sums, total
from salesops.site.pages.charts.chart import MINUS, month_in_words
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, day, money, unbroken

SHOWN = ("gross-retention", "net-retention", "renewal-6", "contract-renewal-rate")
MAX_NAMED = 20
"""Members and contracts named in a cell."""


def named(links: Iterable[Markup]) -> Markup:
    """Links in a row, the first so many."""
    every = list(links)
    shown = Markup(", ").join(every[:MAX_NAMED])
    return shown + f" and {len(every) - MAX_NAMED:,} more" if len(every) > MAX_NAMED else shown


# ── the members of a year ago ─────────────────────────────────────────────────────────────────────────────────────────


class RetainedRow(NamedTuple):
    """A member of the start, in the currency of the team."""

    retained: Retained
    currency: str
    is_at_risk: bool


def became(row: RetainedRow, here: Here) -> Markup:
    """What became of a member."""
    found = row.retained
    if not found.of.now.services:
        return here.chip("bad", "left")
    change = found.now - found.before
    word = (
        here.chip("good", "grew")
        if change > 0
        else here.chip("warn", "shrank")
        if change
        else here.chip("quiet", "as before")
    )
    beside = "overdue, at risk" if row.is_at_risk else "in a gap, and coming back" if found.of.now.in_gap else ""
    return word + " " + here.chip("warn", beside) if beside else word


def _contract(deal: str, here: Here) -> Markup:
    """A contract by its title, where the member stands beside it."""
    return here.deal_link(deal, here.book.deals[deal].title)


MEMBERS: Columns[RetainedRow] = (
    Column("Member", lambda row, here: here.member_link(row.retained.of.member), header=True),
    Column("Paid then", lambda row, _: money(Money(row.retained.before, row.currency)), right=True),
    Column("Pays now", lambda row, _: money(Money(row.retained.now, row.currency)), right=True),
    Column("Became", became),
    Column("Contracts", lambda row, here: named(_contract(deal, here) for deal in row.retained.of.deals), words=True),
)


# ── contracts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

OUTCOMES = {RENEWED: "good", NOT_RENEWED: "bad", UNDECIDED: "warn"}


def renewed(row: EndedContract, here: Here) -> Markup:
    """Whether a contract was renewed, by which deal, and whether in time."""
    if row.renewed_by is None:
        word = "not renewed yet, service goes on" if row.became == UNDECIDED else row.became
        return here.chip(OUTCOMES[row.became], word)
    late = "" if row.on_time else " " + here.chip("quiet", "signed late")
    return here.chip("good", row.became) + late + " " + _contract(row.renewed_by, here)


ENDED: Columns[EndedContract] = (
    Column("Member", lambda row, here: here.member_link(row.history.deal.member), header=True),
    Column("Contract", lambda row, here: here.deal_link(row.history.id, row.history.deal.title)),
    Column("Ended", lambda row, _: day(row.ended)),
    Column("Renewal", renewed),
)


def days_over(term: Term, here: Here) -> str:
    """How long a term is over, and for how long it still counts."""
    over = -(term.days_left or 0)
    left = grace_days(here.snapshot) - over
    return f"{over:,} ({left} of grace left)" if left >= 0 else f"{over:,} (counts as lost)"


AT_RISK: Columns[Term] = (
    Column("Member", lambda term, here: here.member_link(term.history.deal.member), header=True),
    Column("Contract", lambda term, here: here.deal_link(term.id, term.history.deal.title)),
    Column("Ended", lambda term, _: day(term.contract.last_day)),
    Column("Days overdue", days_over, right=True),
    Column("MRR", lambda term, _: money(term.contract.mrr), right=True),
    Column("Next term", lambda term, here: signed(term, here)),
)


def signed(term: Term, here: Here) -> Markup:
    """The renewal that is signed and has not started."""
    if term.secured_by is None:
        return here.chip("warn", "not signed")
    return here.chip("good", "signed") + " " + _contract(term.secured_by, here)


# ── months ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def moved(kind: str) -> Callable[[MonthOfMovements, Here], object]:
    """The movements of a kind: by how much, and of which members."""

    def cell(row: MonthOfMovements, here: Here) -> object:
        found = row.of(kind)
        if not found:
            return NOTHING
        members = dict.fromkeys(each.member for each in found)
        names = named(here.member_link(member) for member in members)
        return Markup("{}<br><small>{}</small>").format(sums(total(each.change for each in found)), names)

    return cell


def sums(of: Sums) -> str:
    """Amounts by currency, those of 0 left out."""
    return unbroken(amounts({currency: value for currency, value in of.items() if value})).replace("-", MINUS)


def month(row: MonthOfMovements, here: Here) -> str:
    """The month; the running one as such."""
    said = month_in_words(row.month)
    return said if row.is_over else f"{said} so far"


MOVEMENTS: Columns[MonthOfMovements] = (
    Column("Month", month, header=True),
    Column("Opening", lambda row, _: sums(row.opening), right=True, look="so-sum"),
    Column("New", moved(NEW_MEMBER), right=True, look="so-sum so-behind", label="New"),
    Column("Grew", moved(GREW), right=True, look="so-sum so-behind", label="Grew"),
    Column("Shrank", moved(SHRANK), right=True, look="so-sum so-behind", label="Shrank"),
    Column("Left", moved(LEFT), right=True, look="so-sum so-behind", label="Left"),
    Column("Came back", moved(CAME_BACK), right=True, look="so-sum so-behind", label="Came back"),
    Column("Closing", lambda row, _: sums(row.closing), right=True, look="so-sum so-strong"),
)


def signed_by(row: RecurringMonth, here: Here) -> object:
    """The members behind a month, with what the contract of each brings; each name leads to the deal."""
    every = (_signed_by(deal, worth, here) for deal, worth in row.deals.items())
    return Markup("<small>{}</small>").format(named(every)) if row.deals else NOTHING


def _signed_by(deal: str, worth: Money, here: Here) -> Markup:
    member = here.book.members.get(here.book.deals[deal].member)
    return Markup("{} {}").format(here.deal_link(deal, member.name if member else None), unbroken(money(worth)))


def runs_out(row: RecurringMonth, here: Here) -> object:
    """Whose signed term ends in a month."""
    ends = (deal for deal in row.deals if ends_in(here.snapshot, deal, row.month))
    members = dict.fromkeys(history.deal.member for deal in ends if (history := here.snapshot.history(deal)))
    return named(here.member_link(member) for member in members) or NOTHING


def ends_in(snapshot: Snapshot, deal: str, month: str) -> bool:
    """Whether the term of a contract ends in a month, and no signed one follows."""
    history = snapshot.history(deal)
    last = history.deal.contract.last_day if history and history.deal.contract else None
    return last is not None and month_of(last) == month and not renewals_of(snapshot, deal)


SIGNED: Columns[RecurringMonth] = (
    Column("Month", lambda row, _: month_in_words(row.month), header=True),
    Column("Signed", lambda row, _: sums(row.sums), right=True, look="so-sum so-strong"),
    Column("From", signed_by, words=True),
    Column("Ends, no renewal signed", runs_out, words=True),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The page of retention."""
    every = metrics_of(snapshot.process)
    found = retention(snapshot)
    ended = sorted(ended_contracts(snapshot), key=lambda each: (each.ended, each.history.id), reverse=True)
    yield page(
        "retention",
        "Retention",
        "retention",
        snapshot,
        numbers=[(every[metric_id], readings[metric_id]) for metric_id in SHOWN],
        mrr=readings.get("mrr"),
        window=found.window,
        members=[_row(found.window.end, found.currency, each) for each in found.members],
        member_columns=MEMBERS,
        left_out=found.left_out,
        ended=ended,
        ended_columns=ENDED,
        at_risk=[term for term in terms(snapshot) if term.bucket == OVERDUE],
        at_risk_columns=AT_RISK,
        grace=grace_days(snapshot),
        months=month_movements(snapshot),
        month_columns=MOVEMENTS,
        signed=recurring_months(snapshot, months_from(snapshot.as_of, MONTHS_SHOWN)),
        signed_columns=SIGNED,
        without=without_recurring(snapshot),
    )


def _row(end: date, currency: str, each: Retained) -> RetainedRow:
    return RetainedRow(each, currency, bool(each.of.now.overdue(end)))
