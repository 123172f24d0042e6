"""What each number is made of, row by row, so that plain SQL over these rows gives the number again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.exports.tables import in_cents
from salesops.metrics import Metric, Reading, measure, metrics_of
from salesops.metrics.contracts import ACTIVE, terms, won_on, won_worth
from salesops.metrics.conversions import CONVERTED, FAILED, LQR, attempts_at, qualification
from salesops.metrics.expected import cycles_of, is_worth_in, weigh
from salesops.metrics.outreach import by_message
from salesops.metrics.pipeline import meetings_of_last_week, qualified
from salesops.metrics.readings import Count, Days, Share
from salesops.metrics.recurring_forecast import parts_of_forecast
from salesops.metrics.red_lines import red_lines_of
from salesops.metrics.retention import HALF_A_YEAR, members_then_and_now, retention, window_of
from salesops.records.contract import MONTHS_A_YEAR
from salesops.records.money import Money
from salesops.records.process import LOST


class Counted(NamedTuple):
    """One row behind a number: the deal, and its attempt where attempts count; ``hits`` of ``out_of`` for a share, days, or cents of a currency.

    ``part`` tells the rows of one number apart where it is made of several things.
    """

    metric: str
    deal: str | None = None
    attempt: int | None = None
    member: str | None = None
    part: str | None = None
    hits: int | None = None
    out_of: int | None = None
    days: int | None = None
    cents: int | None = None
    currency: str | None = None


class Behind(NamedTuple):
    """A metric on a day: its reading, and the rows that it is made of."""

    metric: Metric
    reading: Reading
    rows: tuple[Counted, ...]


Rows = Callable[[Snapshot, str], Iterable[Counted]]


def numbers_of(snapshot: Snapshot) -> list[Behind]:
    """Every number on a day with the rows that it is made of."""
    return list(_behind(snapshot))


def _behind(snapshot: Snapshot) -> Iterator[Behind]:
    known = metrics_of(snapshot.process)
    special = _special(snapshot)
    for metric_id, reading in measure(snapshot, known.values()).items():
        if reading is not None:
            rows = special[metric_id](snapshot, metric_id) if metric_id in special else _plainly(metric_id, reading)
            yield Behind(known[metric_id], reading, tuple(rows))


def _plainly(metric: str, reading: Reading) -> Iterator[Counted]:
    """The rows of a number that counts deals, or the days of deals or attempts."""
    if isinstance(reading, Days):
        keys = reading.attempts_counted or [(deal, None) for deal in reading.included]
        for (deal, attempt), days in zip(keys, reading.values, strict=True):
            yield Counted(metric, deal, attempt, days=days)
    elif isinstance(reading, Share):
        hits = frozenset(reading.hit)
        for deal in reading.included:
            yield Counted(metric, deal, hits=int(deal in hits), out_of=1)
    elif isinstance(reading, Count):
        for deal in reading.included:
            yield Counted(metric, deal)


def _special(snapshot: Snapshot) -> dict[str, Rows]:
    """How the rows of the other numbers are made, by the id of the metric."""
    found: dict[str, Rows] = {
        "win-rate": _closes,
        "email-open-rate": _messages,
        "meetings-per-week": _meetings,
        "red-lines": _lines,
        "pipeline-value": _open_worth,
        "weighted-pipeline": _weighted,
        "sales-velocity": _velocity,
        "won-value": _won,
        "mrr": _recurring,
        "arr": _recurring,
        "forecast-mrr-6": _forecast,
        "gross-retention": _retained,
        "net-retention": _retained,
        "renewal-6": _stayed,
    }
    ways = {each.id: each for each in snapshot.process.conversions}
    start = qualification(snapshot.process)
    for way in (*ways.values(), *([start] if start else [])):
        found[way.id] = _conversion(way.from_, way.to)
    if start is None:
        found[LQR] = lambda _, __: ()
    return found


# ── shares ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _conversion(start: str, end: str) -> Rows:
    def rows(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
        for attempt in attempts_at(snapshot, start, end):
            if attempt.became in (CONVERTED, FAILED):
                yield Counted(metric, *attempt.key, hits=int(attempt.became == CONVERTED), out_of=1)

    return rows


def _closes(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    for history in snapshot.histories:
        for visits in history.attempts:
            closing = snapshot.closing(visits)
            if closing and snapshot.in_window(closing.entered):
                is_won = snapshot.stage(closing.stage).outcome != LOST
                yield Counted(metric, history.id, closing.attempt, hits=int(is_won), out_of=1)


def _messages(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    for each in by_message(snapshot):
        if each.is_sound:
            yield Counted(metric, part=each.message, hits=each.opened, out_of=each.delivered)


def _stayed(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    for each in members_then_and_now(snapshot, window_of(snapshot, HALF_A_YEAR)):
        yield Counted(metric, member=each.member, hits=int(bool(each.now.services)), out_of=1)


def _retained(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    """In cents: what each member of the start still pays, of what it paid then."""
    found = retention(snapshot)
    for each in found.members:
        kept = each.now if metric == "net-retention" else each.kept
        told = (in_cents(kept), in_cents(each.before))
        yield Counted(metric, member=each.of.member, hits=told[0], out_of=told[1], currency=found.currency)


# ── counts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _meetings(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    for entry, about in meetings_of_last_week(snapshot):
        yield Counted(metric, about[0].id, part=f"{entry.about} {entry.date}")


def _lines(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    for each in red_lines_of(snapshot):
        if each.state.is_tripped:
            yield Counted(metric, part=each.line.id)


# ── money ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _paid(metric: str, deal: str, amounts: Iterable[Money], part: str | None = None) -> Iterator[Counted]:
    for amount, currency in amounts:
        yield Counted(metric, deal, part=part, cents=in_cents(amount), currency=currency)


def _open_worth(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    for history in snapshot.open:
        yield from _paid(metric, history.id, history.deal.value.amounts if history.deal.value else ())


def _weighted(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    for each in weigh(snapshot)[0]:
        yield from _paid(metric, each.history.id, each.expected, each.chance.provenance.value)


def _won(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    for history in snapshot.won:
        if snapshot.in_window(won_on(snapshot, history)):
            yield from _paid(metric, history.id, won_worth(history))


def _recurring(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    months = MONTHS_A_YEAR if metric == "arr" else 1
    for term in terms(snapshot):
        if term.bucket in ACTIVE and term.contract.mrr:
            yield from _paid(metric, term.id, [term.contract.mrr.times(months)])


def _forecast(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    for part in parts_of_forecast(snapshot)[0]:
        yield from _paid(metric, part.history.id, [part.money], f"{part.part} {part.month}")


OPEN, WON = "open", "won"
"""The parts of the velocity: deals that are worth something in a currency, and wins with what they brought and how long they took."""


def _velocity(snapshot: Snapshot, metric: str) -> Iterator[Counted]:
    wins = list(cycles_of(snapshot))
    for win in wins:
        yield Counted(metric, win.deal, part=WON, days=win.days)
        for currency, amount in win.worth.items():
            yield Counted(metric, win.deal, part=WON, cents=in_cents(amount), currency=currency)
    for currency in sorted({currency for win in wins for currency in win.worth}):
        for history in snapshot.open:
            if qualified(snapshot, history.now.stage) and is_worth_in(history, currency):
                yield Counted(metric, history.id, part=OPEN, currency=currency)
