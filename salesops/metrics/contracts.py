"""Won contracts: which renewal window each is in, and the recurring revenue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.book.visits import DealHistory
from salesops.metrics.conversions import closes
from salesops.metrics.metric import ALL_TYPES, Measure, Metric, add, metric
from salesops.metrics.readings import Amounts, Count, tally
from salesops.problems import Path
from salesops.records.contract import MONTHS_A_YEAR, Contract
from salesops.records.deal import MONTHS_A_TERM
from salesops.records.money import Money, Sums, total

ENDED, SUPERSEDED, NOT_STARTED, OPEN_ENDED = "ended", "superseded", "not started", "open-ended"
OVERDUE, DAYS_30, DAYS_90, DAYS_180, LATER = "overdue", "0-30", "31-90", "91-180", "later"
BUCKETS = (OVERDUE, DAYS_30, DAYS_90, DAYS_180, LATER, OPEN_ENDED, NOT_STARTED, SUPERSEDED, ENDED)
"""Every won contract is in exactly one of these on every day."""
IN_FORCE = (OVERDUE, DAYS_30, DAYS_90, DAYS_180, LATER, OPEN_ENDED, NOT_STARTED)
"""Those of a service that goes on, or will."""
ACTIVE = frozenset({OPEN_ENDED, DAYS_30, DAYS_90, DAYS_180, LATER})


@dataclass(frozen=True)
class Term:
    """A won contract on a day: its bucket, the days that are left, and the renewal that is signed but has not started."""

    history: DealHistory
    contract: Contract
    bucket: str
    days_left: int | None
    secured_by: str | None

    @property
    def id(self) -> str:
        """The deal."""
        return self.history.id


def terms(snapshot: Snapshot, member: str | None = None) -> list[Term]:
    """Every won contract that has a start, in exactly one bucket; of one member only, where that is asked for."""
    won = snapshot.won if member is None else _won_from(snapshot, member)
    return [
        term_of(snapshot, history, history.deal.contract)
        for history in won
        if history.deal.contract and history.deal.contract.start
    ]


def _won_from(snapshot: Snapshot, member: str) -> Iterator[DealHistory]:
    """The won deals of a member, without a look at those of all the others."""
    for deal_id in sorted(snapshot.book.deals_of(member)):
        history = snapshot.history(deal_id)
        if history and snapshot.counts(history.deal) and snapshot.outcome(history) == "won":
            yield history


def due_for_renewal(snapshot: Snapshot) -> list[Term]:
    """The contracts whose renewal should be begun, the first to end first: they end soon, or have ended with the service going on, and no deal renews them that is open or won."""
    latest = snapshot.as_of + timedelta(days=snapshot.numbers.renewal_begins)
    found = [term for term in terms(snapshot) if _asks_for_renewal(snapshot, term, latest)]
    return sorted(found, key=lambda term: (term.contract.last_day or date.max, term.id))


def _asks_for_renewal(snapshot: Snapshot, term: Term, latest: date) -> bool:
    end = term.contract.last_day
    is_soon = end is not None and end <= latest and term.contract.service_ended is None
    later = map(snapshot.history, snapshot.book.renewed_by.get(term.id, ()))
    return is_soon and all(history is not None and snapshot.outcome(history) == "lost" for history in later)


def without_start(snapshot: Snapshot) -> list[LeftOut]:
    """Won deals that no bucket can hold."""
    return [
        LeftOut(history.id, "won, but the contract has no start", Cause.NO_START)
        for history in snapshot.won
        if not (history.deal.contract and history.deal.contract.start)
    ]


def term_of(snapshot: Snapshot, history: DealHistory, contract: Contract) -> Term:
    """A won contract on the day of the snapshot."""
    renewals = renewals_of(snapshot, history.id)
    superseded = any(start <= snapshot.as_of for _, start in renewals)
    secured = next((deal_id for deal_id, start in renewals if start > snapshot.as_of), None)
    left = (contract.last_day - snapshot.as_of).days if contract.last_day else None
    return Term(
        history, contract, bucket_of(contract, snapshot.as_of, superseded), left, None if superseded else secured
    )


def renewals_of(snapshot: Snapshot, deal: str) -> list[tuple[str, date]]:
    """The won deals that renew a deal, with the start of their terms."""
    found = []
    for deal_id in snapshot.book.renewed_by.get(deal, ()):
        history = snapshot.history(deal_id)
        contract = history.deal.contract if history and snapshot.outcome(history) == "won" else None
        if contract and contract.start:
            found.append((deal_id, contract.start))
    return found


def bucket_of(contract: Contract, as_of: date, superseded: bool) -> str:
    """The bucket of a contract with a start: exhaustive, the first that fits."""
    if contract.service_ended and contract.service_ended <= as_of:
        return ENDED
    if superseded:
        return SUPERSEDED
    if contract.start and contract.start > as_of:
        return NOT_STARTED
    if contract.last_day is None:
        return OPEN_ENDED
    left = (contract.last_day - as_of).days
    if left < 0:
        return OVERDUE
    return DAYS_30 if left <= 30 else DAYS_90 if left <= 90 else DAYS_180 if left <= 180 else LATER


def _counted(snapshot: Snapshot, fits: Callable[[Term], bool]) -> Count:
    found = [term for term in terms(snapshot) if fits(term)]
    return Count(
        value=len(found),
        split=tally(term.history.type for term in found),
        parts={
            "members": len({term.history.deal.member for term in found}),
            "secured": sum(term.secured_by is not None for term in found),
        },
        included=tuple(term.id for term in found),
        excluded=(*without_start(snapshot), *snapshot.unusable),
    )


def _dates(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    contract = history.deal.contract
    names = [name for name in ("start", "end", "service_ended") if contract and getattr(contract, name)]
    return [("contract", name) for name in names]


def _dates_and_mrr(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [*_dates(snapshot, history), ("contract", "mrr")]


def _outside(buckets: Set[str]) -> Callable[[Snapshot], Iterator[LeftOut]]:
    def near(snapshot: Snapshot) -> Iterator[LeftOut]:
        for term in terms(snapshot):
            if term.bucket not in buckets:
                yield LeftOut(term.id, _standing(term, snapshot.as_of), Cause.NOT_IN_FORCE)

    return near


def _standing(term: Term, as_of: date) -> str:
    """Where a contract is on a day, in words."""
    contract, left = term.contract, term.days_left
    runs = f", ends in {_days(left)}" if left and left > 0 else ", ends today" if left == 0 else ""
    ended = f", ended {_days(-left)} ago" if left is not None and left < 0 else runs
    if term.bucket == ENDED:
        return f"the service ended on {contract.service_ended}"
    if term.bucket == SUPERSEDED:
        return f"a renewal took its place{ended}"
    if term.bucket == NOT_STARTED and contract.start:
        return f"starts in {_days((contract.start - as_of).days)}"
    if term.bucket == OVERDUE:
        return f"overdue:{ended[1:]}, and the service goes on"
    return "open-ended" if term.bucket == OPEN_ENDED else runs.removeprefix(", ")


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


@metric(
    "existing-business-active",
    "Existing Business Active",
    kind="count",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#contract-windows",
    lines=_dates,
    near=_outside(ACTIVE),
)
def existing_business_active(snapshot: Snapshot) -> Count:
    """Won contracts in force: started, not past their last day, in service, and not yet followed by a renewal's term.

    A contract is in force on its first and on its last day. Open-ended ones are in force until the service ends.
    Contracts that are past their end with the service on are Overdue Renewals: not active by the letter, yet at risk;
    `overdue` counts them. `on_a_boundary_day` counts contracts that the Sales Operations Overview,
    read strictly, would drop on that day.
    """
    found = _counted(snapshot, lambda term: term.bucket in ACTIVE)
    every = terms(snapshot)
    beside = {
        "overdue": sum(term.bucket == OVERDUE for term in every),
        "on_a_boundary_day": sum(
            term.bucket in ACTIVE and snapshot.as_of in (term.contract.start, term.contract.end) for term in every
        ),
    }
    return replace(found, parts={**found.parts, **beside})


def _in_window(bucket: str) -> Measure:
    def measure(snapshot: Snapshot) -> Count:
        return _counted(snapshot, lambda term: term.bucket == bucket)

    return measure


DEFINED = "reference/definitions#contract-windows"
KEY_METRICS = f"Sales Operations Overview (2025), Key Metrics (Tracked Weekly); {DEFINED}"
SECURED = "`secured` says for how many the next term is signed and has not started."


def called(name: str) -> str:
    """The sentence that says under which name the sales documents know a number."""
    return f"The Sales Operations Overview calls it `{name}`."


WINDOWS = (
    (
        OVERDUE,
        "renewal-overdue",
        "Overdue renewals",
        KEY_METRICS,
        f"Won contracts whose last day has passed while the service goes on.\n\nOverdue from the day after the end. {SECURED} {called('Overdue Renewal')}",
    ),
    (
        DAYS_30,
        "renewal-0-30",
        "Renewals within 30 days",
        KEY_METRICS,
        f"Won contracts in force that end today or within 30 days.\n\nWhole days: the last day itself is 0. {SECURED} {called('[0,30] Renewal')}",
    ),
    (
        DAYS_90,
        "renewal-31-90",
        "Renewals in 31 to 90 days",
        KEY_METRICS,
        f"Won contracts in force that end in 31 to 90 days.\n\n{SECURED} {called('[31,90] Renewal')}",
    ),
    (
        DAYS_180,
        "renewal-91-180",
        "Renewals in 91 to 180 days",
        KEY_METRICS,
        f"Won contracts in force that end in 91 to 180 days.\n\n{SECURED} {called('[91,180] Renewal')}",
    ),
    (
        LATER,
        "renewal-later",
        "Renewals later than 180 days",
        DEFINED,
        f"Won contracts in force that end in more than 180 days.\n\n{SECURED}",
    ),
    (
        OPEN_ENDED,
        "renewal-open-ended",
        "Open-ended contracts",
        DEFINED,
        "Won contracts in force that have no end.",
    ),
    (
        NOT_STARTED,
        "contracts-not-started",
        "Contracts not started",
        DEFINED,
        "Won contracts whose first day is still to come.",
    ),
    (
        SUPERSEDED,
        "contracts-superseded",
        "Contracts superseded",
        DEFINED,
        "Won contracts that a renewal follows whose term has begun.",
    ),
    (
        ENDED,
        "contracts-ended",
        "Contracts ended",
        DEFINED,
        "Won contracts whose service has stopped.",
    ),
)
"""One metric for each bucket: bucket, id, title, source, definition."""

for bucket, metric_id, title, source, definition in WINDOWS:
    near = _outside({bucket})
    add(Metric(metric_id, title, "count", source, ALL_TYPES, definition, _in_window(bucket), _dates, near))


def won_worth(history: DealHistory) -> list[Money]:
    """What a won deal brings over its term, by its contract; by the value expected of it where the contract has no amount."""
    contract, value = history.deal.contract, history.deal.value
    if contract is None or not (contract.mrr or contract.one_off):
        return value.amounts if value else []
    return contract.amounts(MONTHS_A_TERM if value is None or value.months is None else value.months)


def won_on(snapshot: Snapshot, history: DealHistory) -> date:
    """The day on which a won deal was won."""
    closing = snapshot.closing(history.attempts[-1])
    return (closing or history.now).entered


def win_and_worth(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    """The win, and what it says it is worth."""
    contract = history.deal.contract
    if contract is None or not (contract.mrr or contract.one_off):
        return [*closes(snapshot, history)[-1:], ("value",)]
    names = [name for name in ("start", "end", "mrr", "one_off") if getattr(contract, name)]
    return [*closes(snapshot, history)[-1:], *(("contract", name) for name in names)]


def _won_outside(snapshot: Snapshot) -> Iterator[LeftOut]:
    for history in snapshot.won:
        if not snapshot.in_window(won_on(snapshot, history)):
            yield LeftOut(history.id, f"won on {won_on(snapshot, history)}, outside of the window", Cause.OTHER_DAY)


@metric(
    "won-value",
    "Won value",
    kind="money",
    source="reference/definitions#won-value",
    lines=win_and_worth,
    near=_won_outside,
)
def won_value(snapshot: Snapshot) -> Amounts:
    """What the deals that were won bring over their terms: months of the contract times MRR, and what comes once; by currency.

    By the day of the close: with a window, only what was won in it; `by_month` splits it. A contract without an
    end counts with the months expected of the deal, else with 12. Where the contract has no amount, what was expected of
    the deal counts; deals with neither are named, and add nothing.
    """
    won = [history for history in snapshot.won if snapshot.in_window(won_on(snapshot, history))]
    valued = [history for history in won if won_worth(history)]
    without = [history for history in won if not won_worth(history)]
    months = {history.id: f"{won_on(snapshot, history):%Y-%m}" for history in valued}
    return Amounts(
        sums=_sum_of(valued),
        n=len(valued),
        without=len(without),
        split={kind: _sum_of(one for one in valued if one.type == kind) for kind in tally(one.type for one in valued)},
        by={
            "by_month": {
                month: _sum_of(one for one in valued if months[one.id] == month) for month in tally(months.values())
            }
        },
        included=tuple(history.id for history in valued),
        excluded=(
            *(
                LeftOut(history.id, "won, and neither contract nor value has an amount", Cause.NO_AMOUNT)
                for history in without
            ),
            *snapshot.unusable,
        ),
    )


def _sum_of(histories: Iterable[DealHistory]) -> Sums:
    return total(amount for history in histories for amount in won_worth(history))


def _recurring(snapshot: Snapshot, months: int) -> Amounts:
    active = [term for term in terms(snapshot) if term.bucket in ACTIVE]
    paying = [term for term in active if term.contract.mrr]
    at_risk = [term for term in terms(snapshot) if term.bucket == OVERDUE and term.contract.mrr]
    unpriced = [
        LeftOut(term.id, "the contract has no mrr", Cause.NO_AMOUNT) for term in active if not term.contract.mrr
    ]
    return Amounts(
        sums=total(term.contract.mrr.times(months) for term in paying if term.contract.mrr),
        n=len(paying),
        without=len(unpriced),
        split={
            deal_type: total(
                term.contract.mrr.times(months)
                for term in paying
                if term.contract.mrr and term.history.type == deal_type
            )
            for deal_type in tally(term.history.type for term in paying)
        },
        parts={"at_risk": total(term.contract.mrr.times(months) for term in at_risk if term.contract.mrr)},
        included=tuple(term.id for term in paying),
        excluded=(
            *unpriced,
            *(LeftOut(term.id, "overdue: at risk", Cause.AT_RISK) for term in at_risk),
            *without_start(snapshot),
            *snapshot.unusable,
        ),
    )


@metric(
    "mrr",
    "Monthly recurring revenue",
    kind="money",
    source="Sales Operations Overview (2025), Closed Won; reference/definitions#recurring-revenue",
    lines=_dates_and_mrr,
    near=_outside(ACTIVE),
)
def mrr(snapshot: Snapshot) -> Amounts:
    """What the contracts in force bring each month, by currency.

    The contracts of Existing Business Active. Usage fees, cloud costs and what is paid once are not recurring.
    `at_risk` is the recurring revenue of overdue contracts, which is not in the sum.
    """
    return _recurring(snapshot, 1)


@metric(
    "arr",
    "Annual recurring revenue",
    kind="money",
    source="reference/definitions#recurring-revenue",
    lines=_dates_and_mrr,
    near=_outside(ACTIVE),
)
def arr(snapshot: Snapshot) -> Amounts:
    """Twelve times the monthly recurring revenue, by currency."""
    return _recurring(snapshot, MONTHS_A_YEAR)
