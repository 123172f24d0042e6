"""Retention: how much of what the members of an earlier day paid is still paid, and how many of them, and of the contracts that ended, went on (``reference/definitions#retention``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.book.visits import DealHistory
from salesops.metrics.contracts import without_start
from salesops.metrics.conversions import closes
from salesops.metrics.in_service import DAY, NOT_IN_SERVICE, Membership, Paying, grace_days, memberships
from salesops.metrics.metric import metric
from salesops.metrics.readings import MoneyShare, Share
from salesops.problems import Path
from salesops.records.contract import MONTHS_A_YEAR, Contract, months_after
from salesops.records.money import CENT, Sums
from salesops.records.process import WON

HALF_A_YEAR = 6


class Window(NamedTuple):
    """The day at which the members are taken, and the day on which they are looked at again."""

    start: date
    end: date


def window_of(snapshot: Snapshot, months: int = MONTHS_A_YEAR) -> Window:
    """So many months up to the day, or to the last day that is asked for; from the first one that is asked for, where there is one."""
    end = min(snapshot.until or snapshot.as_of, snapshot.as_of)
    return Window(snapshot.since or months_after(end, -months), end)


@dataclass(frozen=True)
class MemberThenNow:
    """A member in service at the start, and where it stands at the end."""

    member: str
    then: Paying
    now: Paying
    asked: frozenset[str]

    @property
    def deals(self) -> tuple[str, ...]:
        """The contracts behind it that were asked for."""
        every = {service.history.id for service in (*self.then.services, *self.now.services)}
        return tuple(sorted(every & self.asked))

    @property
    def deals_then(self) -> tuple[str, ...]:
        """Those of the start."""
        return tuple(sorted({service.history.id for service in self.then.services} & self.asked))


def members_then_and_now(snapshot: Snapshot, window: Window) -> Iterator[MemberThenNow]:
    """The members in service at the start by a contract that is asked for; nobody where the window ends before it begins."""
    if window.end < window.start:
        return
    for membership in memberships(snapshot):
        then = membership.on(window.start)
        if any(snapshot.counts(service.history.deal) for service in then.services):
            yield MemberThenNow(membership.member, then, membership.on(window.end), _asked(snapshot, membership))


def _asked(snapshot: Snapshot, membership: Membership) -> frozenset[str]:
    return frozenset(service.history.id for service in membership.services if snapshot.counts(service.history.deal))


# ── money ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Retained(NamedTuple):
    """A member, and what it paid a month at the start and pays at the end, in one currency at the rates of the start."""

    of: MemberThenNow
    before: Decimal
    now: Decimal

    @property
    def kept(self) -> Decimal:
        """What is left, growth not counted."""
        return min(self.before, self.now)


@dataclass(frozen=True)
class Retention:
    """The members of a window with their money, and those left out, with the contracts by which they would have counted."""

    window: Window
    currency: str
    members: tuple[Retained, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def before(self) -> Decimal:
        """What all of them paid at the start."""
        return sum((each.before for each in self.members), Decimal(0))


def retention(snapshot: Snapshot, window: Window | None = None) -> Retention:
    """What the members of the start of a window paid, and pay at its end."""
    window = window or window_of(snapshot)
    every = list(members_then_and_now(snapshot, window))
    currency = _currency_of(snapshot, every)
    found: list[Retained] = []
    left_out: list[LeftOut] = []
    for each in every:
        without = _missing_rate(snapshot, window.start, each, currency)
        if without:
            why = f"no rate from {without} to {currency} on {window.start}"
            left_out += [LeftOut(deal, why, Cause.NO_RATE) for deal in each.deals]
            continue
        before, now = (_worth(snapshot, window.start, paying.sums, currency) for paying in (each.then, each.now))
        found.append(Retained(each, before, now))
        left_out += _unpriced(each)
    return Retention(window, currency, tuple(found), tuple(left_out))


def _currency_of(snapshot: Snapshot, every: list[MemberThenNow]) -> str:
    """That of the team; in a book without one the first that was paid at the start."""
    team = snapshot.book.team
    return team.currency if team else min((currency for each in every for currency in each.then.sums), default="USD")


def _missing_rate(snapshot: Snapshot, day: date, each: MemberThenNow, currency: str) -> str | None:
    used = {other for paying in (each.then, each.now) for other, amount in paying.sums.items() if amount}
    return next((other for other in sorted(used) if _rate(snapshot, day, other, currency) is None), None)


def _rate(snapshot: Snapshot, day: date, currency: str, target: str) -> Decimal | None:
    if currency == target:
        return Decimal(1)
    return snapshot.book.rates.on(day, currency, target) if snapshot.book.rates else None


def _worth(snapshot: Snapshot, day: date, sums: Sums, target: str) -> Decimal:
    rates = {currency: _rate(snapshot, day, currency, target) or Decimal(0) for currency in sums}
    return sum(((amount * rates[currency]).quantize(CENT) for currency, amount in sums.items()), Decimal(0))


def _unpriced(each: MemberThenNow) -> Iterator[LeftOut]:
    free = {it.history.id for it in (*each.then.services, *each.now.services) if it.contract.mrr is None}
    return (LeftOut(deal, "the contract has no mrr", Cause.NO_AMOUNT) for deal in sorted(free & each.asked))


def _share_of_money(snapshot: Snapshot, is_net: bool) -> MoneyShare:
    found = retention(snapshot)
    members = found.members
    named = {left.deal for left in found.left_out}
    shrank = [each.before - each.kept for each in members if each.of.now.services]
    left = [each.before for each in members if not each.of.now.services]
    grew = [each.now - each.kept for each in members]
    parts = {"churn": sum(left, Decimal(0)), "contraction": sum(shrank, Decimal(0))}
    return MoneyShare(
        part=sum((each.now if is_net else each.kept for each in members), Decimal(0)),
        whole=found.before,
        currency=found.currency,
        members=len(members),
        parts={
            **parts,
            **({"expansion": sum(grew, Decimal(0))} if is_net else {}),
            "at_risk": sum((_at_risk(snapshot, found, each) for each in members), Decimal(0)),
        },
        included=tuple(dict.fromkeys(deal for each in members for deal in each.of.deals if deal not in named)),
        excluded=(*found.left_out, *without_start(snapshot), *snapshot.unusable),
    )


def _at_risk(snapshot: Snapshot, found: Retention, each: Retained) -> Decimal:
    """What of the money of a member rests on contracts that are overdue at the end."""
    overdue = Paying(each.of.now.overdue(found.window.end)).sums
    return _worth(snapshot, found.window.start, overdue, found.currency)


def _fees(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [*_days(snapshot, history), ("contract", "mrr")]


def _days(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    contract = history.deal.contract
    names = [name for name in ("start", "end", "service_ended") if contract and getattr(contract, name)]
    return [("contract", name) for name in names]


def _came_later(months: int) -> Callable[[Snapshot], Iterator[LeftOut]]:
    def near(snapshot: Snapshot) -> Iterator[LeftOut]:
        """Contracts of members that were not in service at the start."""
        start = window_of(snapshot, months).start
        for membership in memberships(snapshot):
            if membership.on(start) == NOT_IN_SERVICE:
                for deal in sorted(_asked(snapshot, membership)):
                    yield LeftOut(deal, f"the member was not in service on {start}", Cause.NOT_THERE_YET)

    return near


@metric(
    "gross-retention",
    "Gross revenue retention",
    kind="share",
    source="reference/definitions#retention",
    lines=_fees,
    near=_came_later(MONTHS_A_YEAR),
)
def gross_retention(snapshot: Snapshot) -> MoneyShare:
    """Of what members paid a month a year ago, the share that is still paid, growth not counted: never above 100 %.

    Member by member, all contracts of one together, over the members in service at the start: the lower of what it paid then
    and pays now. `churn` is what members paid that have left, `contraction` what others pay less. A contract that is overdue while the service goes on
    is `at_risk`, and lost once the service ends or after 90 days; a gap of no more than 90 days with a way back is none. Other currencies
    count at the rates of the start; a member without a rate is left out and named. `--from` and `--to` set start and end.
    """
    return _share_of_money(snapshot, is_net=False)


@metric(
    "net-retention",
    "Net revenue retention",
    kind="share",
    source="reference/definitions#retention",
    lines=_fees,
    near=_came_later(MONTHS_A_YEAR),
)
def net_retention(snapshot: Snapshot) -> MoneyShare:
    """What the members of a year ago pay a month now, as a share of what they paid then.

    As Gross revenue retention, with the growth of the same members (`expansion`) counted, so it may be above 100 %. Members who came
    later are in neither number.
    """
    return _share_of_money(snapshot, is_net=True)


# ── members and contracts ─────────────────────────────────────────────────────────────────────────────────────────────


@metric(
    "renewal-6",
    "Six-month renewal",
    kind="share",
    source="reference/definitions#retention",
    lines=_days,
    near=_came_later(HALF_A_YEAR),
)
def renewal_6(snapshot: Snapshot) -> Share:
    """Of the members in service six months ago, the share that still is.

    Members count and not contracts, whatever they pay. One whose contract is overdue while the service goes on still is, for 90 days:
    `members` says how many are kept by `overdue` contracts alone, and how many are in a short `gap`. `--from` and `--to` set start and end.
    """
    window = window_of(snapshot, HALF_A_YEAR)
    every = list(members_then_and_now(snapshot, window))
    stayed = [each for each in every if each.now.services]
    return Share(
        hits=len(stayed),
        out_of=len(every),
        hit=tuple(dict.fromkeys(deal for each in stayed for deal in each.deals_then)),
        parts={
            "members": {
                "overdue": sum(each.now.overdue(window.end) == each.now.services for each in stayed),
                "gap": sum(each.now.in_gap for each in stayed),
            }
        },
        included=tuple(dict.fromkeys(deal for each in every for deal in each.deals_then)),
        excluded=(*without_start(snapshot), *snapshot.unusable),
    )


RENEWED, NOT_RENEWED, UNDECIDED = "renewed", "not renewed", "undecided"


@dataclass(frozen=True)
class EndedContract:
    """A contract whose term is over, when that was, and whether a won deal renews it: ``on_time`` where it was signed by the last day."""

    history: DealHistory
    ended: date
    became: str
    on_time: bool = False
    renewed_by: str | None = None


def ended_contracts(snapshot: Snapshot, window: Window | None = None) -> list[EndedContract]:
    """The contracts that ended in a window, each renewed, not renewed or, within the grace days, undecided; by deal."""
    window = window or window_of(snapshot)
    found = [(history, _end(history.deal.contract)) for history in snapshot.won if history.deal.contract]
    return [_ended(snapshot, history, day) for history, day in found if day and window.start <= day <= window.end]


def _end(contract: Contract) -> date | None:
    """The last day of a contract with a term: earlier where the service ended before; None where it has no end or never began."""
    if contract.start is None or contract.last_day is None:
        return None
    last = min(contract.last_day, contract.service_ended - DAY) if contract.service_ended else contract.last_day
    return last if contract.start <= last else None


def _ended(snapshot: Snapshot, history: DealHistory, day: date) -> EndedContract:
    renewal = _renewal(snapshot, history.id)
    if renewal:
        signed = _signed(snapshot, renewal)
        return EndedContract(history, day, RENEWED, signed is not None and signed <= day, renewal.id)
    contract = history.deal.contract
    is_over = contract is not None and contract.service_ended is not None
    waits = not is_over and (snapshot.as_of - day).days <= grace_days(snapshot)
    return EndedContract(history, day, UNDECIDED if waits else NOT_RENEWED)


def _renewal(snapshot: Snapshot, deal: str) -> DealHistory | None:
    """The won deal that renews a deal; the one signed first, where there are several."""
    every = (snapshot.history(name) for name in snapshot.book.renewed_by.get(deal, ()))
    won = [history for history in every if history and snapshot.outcome(history) == WON]
    return min(won, key=lambda history: (_signed(snapshot, history) or date.max, history.id), default=None)


def _signed(snapshot: Snapshot, history: DealHistory) -> date | None:
    """The day of the signature; where nobody wrote it down, that of the win."""
    contract, closing = history.deal.contract, snapshot.closing(history.attempts[-1])
    return (contract.signed if contract else None) or (closing.entered if closing else None)


def _term_and_win(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [*closes(snapshot, history)[-1:], *_days(snapshot, history)]


def _did_not_end(snapshot: Snapshot) -> Iterator[LeftOut]:
    window = window_of(snapshot)
    for history in snapshot.won:
        contract = history.deal.contract
        day = _end(contract) if contract else None
        if day and not window.start <= day <= window.end:
            why = f"its term ends on {day}" if day > window.end else f"its term ended on {day}, before {window.start}"
            yield LeftOut(history.id, why, Cause.OTHER_DAY)
        elif contract and contract.start and contract.last_day is None:
            yield LeftOut(history.id, "open-ended: nothing to renew", Cause.NO_END)


@metric(
    "contract-renewal-rate",
    "Contract renewal rate",
    kind="share",
    source="reference/definitions#retention",
    lines=_term_and_win,
    near=_did_not_end,
)
def contract_renewal_rate(snapshot: Snapshot) -> Share:
    """Of the contracts that ended in the last 12 months, the share that a won deal renews.

    Contracts count and not members, by the last day of their term, or the day before the service ended where that was earlier. One that is not renewed while the service
    goes on is open for 90 days, and then counts as not renewed. `on_time` counts the renewals that were signed by that day, the others were `late`.
    Open-ended contracts have nothing to renew. `--from` and `--to` set the days.
    """
    every = ended_contracts(snapshot)
    renewed = [each for each in every if each.became == RENEWED]
    waiting = [each for each in every if each.became == UNDECIDED]
    on_time = sum(each.on_time for each in renewed)
    return Share(
        hits=len(renewed),
        out_of=len(every) - len(waiting),
        open=len(waiting),
        hit=tuple(each.history.id for each in renewed),
        parts={"renewed": {"on_time": on_time, "late": len(renewed) - on_time}},
        included=tuple(each.history.id for each in every if each.became != UNDECIDED),
        excluded=(
            *(
                LeftOut(each.history.id, f"ended on {each.ended}, not renewed, and the service goes on", Cause.OPEN)
                for each in waiting
            ),
            *without_start(snapshot),
            *snapshot.unusable,
        ),
    )
