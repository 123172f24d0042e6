"""Red lines: whether each is crossed, since when, how likely that is luck, and which decision answers it (``reference/definitions#red-lines``)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from salesops.book.book import Book, Snapshot
from salesops.book.visits import DealHistory
from salesops.metrics import luck
from salesops.metrics.conversions import CONVERTED, attempts_at
from salesops.metrics.metric import Metric, every_metric, metric
from salesops.metrics.readings import Amounts, AttemptKey, Count, Days, MoneyShare, Reading, Share
from salesops.metrics.statistics import Interval, upper_bound
from salesops.metrics.wording import NO_DATA, headline, percent
from salesops.output import counted
from salesops.problems import Path
from salesops.records.bounds import value_of
from salesops.records.learning import Decision
from salesops.records.money import Money
from salesops.records.process import WON, Conversion, RedLine

WIN_RATE = "win-rate"
CALLS = "calls"
FAR_BACK = 52
"""Weeks that are looked back for the beginning of a trip where it is not told by single outcomes."""


class State(StrEnum):
    """What a red line says on a day."""

    TOO_FEW = "too few"
    SILENT = "silent"
    TRIPPED = "tripped"
    CONFIRMED = "confirmed"

    @property
    def is_tripped(self) -> bool:
        """Whether it is crossed as it is written."""
        return self in (State.TRIPPED, State.CONFIRMED)

    @property
    def in_words(self) -> str:
        """As people read it."""
        return _STATES[self]


_STATES = {
    State.TOO_FEW: "too few to judge",
    State.SILENT: "not crossed",
    State.TRIPPED: "crossed as written",
    State.CONFIRMED: "crossed and confirmed",
}


class Decided(NamedTuple):
    """One attempt that is decided: the day, whether it went well, which it is, and when it began."""

    day: date
    key: AttemptKey
    is_hit: bool
    began: date


@dataclass(frozen=True)
class RedLineStanding:
    """A red line on a day: where its metric is, since when it is crossed, and the decision that answers that.

    ``hits`` of ``out_of`` are what it judges of a share; None of a metric of another kind. ``to_go`` is how many more
    outcomes it takes, at the rate so far, until it is judged, or confirmed; None where that cannot be said.
    """

    line: RedLine
    title: str
    value: str
    state: State
    since: date | None = None
    answer: str | None = None
    hits: int | None = None
    out_of: int | None = None
    to_go: int | None = None
    counted: tuple[AttemptKey, ...] = ()

    @property
    def is_unanswered(self) -> bool:
        """Whether it is crossed and no decision in force answers it."""
        return self.state.is_tripped and self.answer is None

    @property
    def bound(self) -> Fraction | None:
        """The share below which it is crossed; None of a line of another form."""
        found = value_of(self.line.below, "share") if self.line.below else None
        return Fraction(found) if isinstance(found, Decimal) and self.out_of is not None else None

    @property
    def highest_rate(self) -> float | None:
        """The end of a one-sided 95 % interval above which the true rate hardly lies; None without outcomes."""
        return upper_bound(self.hits or 0, self.out_of) if self.out_of else None

    @property
    def sureness(self) -> str:
        """How sure a line is: how high the true rate may be, how often luck alone would have crossed it, and how many more outcomes it takes to know."""
        is_tripped = self.state.is_tripped
        luck = next((chance for chance in chances(self)[1:2] if is_tripped), None)
        parts = [
            f"the true rate is hardly above {percent(self.highest_rate, to_a_tenth=True)}"
            if is_tripped and self.highest_rate
            else "",
            f"at a true rate of {luck.rate:.0%} it would have tripped by now in {luck.ever:.0%} of teams"
            if luck
            else "",
            self._still_to_come,
        ]
        return "; ".join(part for part in parts if part)

    @property
    def _still_to_come(self) -> str:
        to_do = "judge" if self.state is State.TOO_FEW else "confirm"
        return f"{counted(self.to_go, 'more outcome')} to {to_do} it" if self.to_go else ""

    def as_data(self) -> dict[str, object]:
        """As machines read it."""
        return {
            "id": self.line.id,
            "metric": self.line.metric,
            "title": self.title,
            "means": self.line.means,
            "line": self.line.sentence,
            "value": self.value,
            "state": self.state.value,
            "since": self.since,
            "hits": self.hits,
            "out_of": self.out_of,
            "to_go": self.to_go,
            "highest_rate": self.highest_rate,
            "answered_by": self.answer,
            "by_luck": [chance._asdict() for chance in chances(self)],
            "counted": [key._asdict() for key in self.counted],
        }


class Luck(NamedTuple):
    """How likely a line trips although the true rate is this one: at the last look alone, and at some look so far."""

    rate: float
    once: float
    ever: float


def red_lines_of(snapshot: Snapshot) -> list[RedLineStanding]:
    """Every red line of the process in force, as it stands on the day."""
    return [standing for line in snapshot.process.red_lines if (standing := red_line(snapshot, line))]


def red_line(snapshot: Snapshot, line: RedLine) -> RedLineStanding | None:
    """One red line as it stands on the day, over all days up to it; None where it is not sound, or watches no metric that can be measured."""
    watched = next((each for each in every_metric(snapshot.process) if each.id == line.metric), None)
    if watched is None or watched.measure is None or not _is_sound(snapshot, line):
        return None
    if snapshot.since or snapshot.until:
        snapshot = replace(snapshot, since=None, until=None)
    found = outcomes(snapshot, line)
    return _by_reading(snapshot, line, watched) if found is None else _by_outcomes(snapshot, line, watched.title, found)


def _is_sound(snapshot: Snapshot, line: RedLine) -> bool:
    """Whether it says in one way when it is crossed, and looks back to something that there is; the checks say what is wrong with the others."""
    ways = len(line.bounds) + (line.wins is not None)
    return ways == 1 and not (line.since and (line.last is not None or begins(snapshot.book, line.since) is None))


# ── lines on outcomes that come one by one ────────────────────────────────────────────────────────────────────────────


def outcomes(snapshot: Snapshot, line: RedLine) -> list[Decided] | None:
    """What is decided of the metric of a line, in the order of the days; None where it is not made of single outcomes."""
    conversion = next((each for each in snapshot.process.conversions if each.id == line.metric), None)
    if conversion is None and line.metric != WIN_RATE:
        return None
    every = _of_conversion(snapshot, conversion, line.of == CALLS) if conversion else _of_closings(snapshot)
    start = begins(snapshot.book, line.since) if line.since else None
    found = sorted(each for each in every if start is None or each.began >= start)
    return found[-line.last :] if line.last else found


def begins(book: Book, version: str) -> date | None:
    """The first day of a version of the process, or of a hypothesis (``id@version``); None where there is none."""
    name, _, number = version.partition("@")
    if not number:
        return book.versions[name].in_force if name in book.versions else None
    hypothesis = book.icp.get(name)
    if hypothesis is None:
        return None
    dated = (each.date for each in hypothesis.changelog if str(each.version) == number)
    return next(dated, hypothesis.since)


def _of_conversion(snapshot: Snapshot, conversion: Conversion, only_calls: bool) -> Iterator[Decided]:
    for attempt in attempts_at(snapshot, conversion.from_, conversion.to):
        if attempt.began and attempt.decided and (attempt.is_call or not only_calls):
            is_hit = attempt.became == CONVERTED
            yield Decided(attempt.decided.entered, attempt.key, is_hit, attempt.began.entered)


def _of_closings(snapshot: Snapshot) -> Iterator[Decided]:
    for history in snapshot.histories:
        for visits in history.attempts:
            if closing := snapshot.closing(visits):
                key = AttemptKey(history.id, closing.attempt)
                won = snapshot.stage(closing.stage).outcome == WON
                yield Decided(closing.entered, key, won, visits[0].entered)


def _by_outcomes(snapshot: Snapshot, line: RedLine, title: str, found: list[Decided]) -> RedLineStanding:
    judged = found[-line.in_ :] if line.in_ else found
    hits, out_of = sum(each.is_hit for each in judged), len(judged)
    state = _state(line, hits, out_of)
    since = _tripped_since(line, found) if state.is_tripped else None
    return RedLineStanding(
        line,
        title,
        _in_words(hits, out_of),
        state,
        since,
        _answer(snapshot, line, since),
        hits,
        out_of,
        _to_go(line, state, hits, out_of),
        tuple(each.key for each in judged),
    )


def _in_words(hits: int, out_of: int) -> str:
    return f"{hits} of {out_of} ({percent(hits / out_of, to_a_tenth=True)})" if out_of else NO_DATA


def _state(line: RedLine, hits: int, out_of: int) -> State:
    if out_of < _asked(line):
        return State.TOO_FEW
    if line.wins is not None:
        return State.TRIPPED if hits <= line.wins else State.SILENT
    is_below, bound = line.below is not None, _bound(line)
    beyond = Fraction(hits, out_of) < bound if is_below else Fraction(hits, out_of) > bound
    if not beyond:
        return State.SILENT
    end = upper_bound(hits, out_of) if is_below else upper_bound(out_of - hits, out_of)
    is_sure = end is not None and end < (bound if is_below else 1 - bound)
    return State.CONFIRMED if is_sure else State.TRIPPED


def _asked(line: RedLine) -> int:
    """From how many outcomes on a line is judged; never from none."""
    return max(line.in_ or line.after or 1, 1)


def _bound(line: RedLine) -> Fraction:
    found = value_of(line.below or line.above or "", "share")
    return Fraction(found) if isinstance(found, Decimal) else Fraction(0)


def _tripped_since(line: RedLine, found: Sequence[Decided]) -> date | None:
    """The first day of the trip that goes on: looked at on the evening of each day that brought an outcome."""
    seen: deque[bool] = deque(maxlen=line.in_)
    hits, since = 0, None
    for day, decided in groupby(found, key=lambda each: each.day):
        for each in decided:
            hits += each.is_hit - (seen[0] if len(seen) == seen.maxlen else 0)
            seen.append(each.is_hit)
        is_tripped = _state(line, hits, len(seen)).is_tripped
        since = (since or day) if is_tripped else None
    return since


def _to_go(line: RedLine, state: State, hits: int, out_of: int) -> int | None:
    if state is State.TOO_FEW:
        return _asked(line) - out_of
    is_open = state is State.TRIPPED and line.below is not None
    return luck.outcomes_to_confirm(hits, out_of, _bound(line)) if is_open else None


def chances(standing: RedLineStanding) -> list[Luck]:
    """How likely a line on outcomes trips by luck with as many as there are, at true rates that would be fine."""
    line, seen = standing.line, max(standing.out_of or 0, _asked(standing.line))
    if standing.out_of is None or (line.below is None and line.wins is None):
        return []
    if line.wins is not None and line.in_:
        return [
            Luck(
                rate,
                luck.in_a_row(line.in_, line.wins, line.in_, rate),
                luck.in_a_row(line.in_, line.wins, 4 * line.in_, rate),
            )
            for rate in (0.15, 0.20, 0.25, 0.30)
        ]
    bound = _bound(line)
    rates = [float(bound) + points / 100 for points in (0, 5, 10, 15)]
    return [
        Luck(rate, luck.once(seen, bound, rate), luck.ever(_asked(line), seen, bound, rate))
        for rate in rates
        if rate < 1
    ]


# ── lines on whatever else is measured ────────────────────────────────────────────────────────────────────────────────


def _by_reading(snapshot: Snapshot, line: RedLine, watched: Metric) -> RedLineStanding:
    reading = watched.measure(snapshot) if watched.measure else None
    state = _judged(line, reading)
    since = _since_by_weeks(snapshot, line, watched) if state.is_tripped else None
    hits, out_of = (reading.hits, reading.out_of) if isinstance(reading, Share) else (None, None)
    answer = _answer(snapshot, line, since)
    return RedLineStanding(line, watched.title, headline(reading), state, since, answer, hits, out_of)


def _judged(line: RedLine, reading: Reading | None) -> State:
    """Where a reading is against a line. What is all there is on a day, such as a count, is no estimate: it is confirmed as soon as it is crossed."""
    actual = None if reading is None else _actual(line, reading)
    if reading is None or actual is None or (line.after is not None and _measured(reading) < line.after):
        return State.TOO_FEW
    if isinstance(reading, Share) and reading.is_sample:
        return _state(line, reading.hits, reading.out_of)
    bound = _wanted(line, reading)
    if bound is None or not (actual < bound if line.below is not None else actual > bound):
        return State.SILENT
    return State.CONFIRMED if _is_sure(line, reading, float(bound)) else State.TRIPPED


def _measured(reading: Reading) -> int:
    """How many a reading rests on."""
    if isinstance(reading, Share):
        return reading.out_of
    if isinstance(reading, MoneyShare):
        return reading.members
    return reading.n if isinstance(reading, Days | Amounts) else reading.value


def _wanted(line: RedLine, reading: Reading) -> Decimal | None:
    found = value_of(line.below or line.above or "", reading.kind)
    return found.amount if isinstance(found, Money) else found


def _actual(line: RedLine, reading: Reading) -> Decimal | None:
    if isinstance(reading, Count):
        return Decimal(reading.value)
    if isinstance(reading, Amounts):
        wanted = value_of(line.below or line.above or "", "money")
        return reading.sums.get(wanted.currency, Decimal(0)) if isinstance(wanted, Money) else None
    return None if reading.value is None else Decimal(str(reading.value))


def _is_sure(line: RedLine, reading: Reading, bound: float) -> bool:
    interval: Interval | None = reading.interval if isinstance(reading, Days) else None
    if not isinstance(reading, Days) or not reading.is_sample:
        return True
    return interval is not None and (interval[1] < bound if line.below is not None else interval[0] > bound)


def _since_by_weeks(snapshot: Snapshot, line: RedLine, watched: Metric) -> date:
    """The day on which the trip began, to the week: looked back until it was silent, or for a year."""
    day = snapshot.as_of
    for _ in range(FAR_BACK):
        earlier = snapshot.whole.on(day - timedelta(weeks=1))
        if not earlier.book.histories or not watched.measure or not _judged(line, watched.measure(earlier)).is_tripped:
            return day
        day = earlier.as_of
    return day


# ── decisions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _answer(snapshot: Snapshot, line: RedLine, since: date | None) -> str | None:
    """The decision in force that answers a trip: of its first day or later, and not to be looked at again before the day."""
    if since is None:
        return None
    found = [
        (decision.date, name)
        for name, decision in snapshot.book.decisions.items()
        if decision.answers == line.id and decision.date >= since and not has_ended(decision, snapshot.as_of)
    ]
    return max(found)[1] if found else None


def has_ended(decision: Decision, as_of: date) -> bool:
    """Whether the day until which a decision was to hold has passed."""
    return decision.until is not None and decision.until < as_of


def _moves(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [("stages", visit.line) for visit in history.visits]


@metric(
    "red-lines",
    "Red lines",
    kind="count",
    source="Sales Operations Overview (2025), Pivot Decision Points; reference/definitions#red-lines",
    lines=_moves,
)
def red_lines(snapshot: Snapshot) -> Count:
    """Red lines of the process that are crossed as they are written.

    Few attempts cross a line by luck: `confirmed` counts those where the end of a one-sided 95 % interval is beyond the
    line as well. `unanswered` counts those that no decision in force answers, `too_few` those that cannot be judged yet.
    The deals are those on which the crossed lines rest.
    """
    every = red_lines_of(snapshot)
    tripped = [each for each in every if each.state.is_tripped]
    keys = [key for each in tripped for key in each.counted]
    return Count(
        value=len(tripped),
        parts={
            "confirmed": sum(each.state is State.CONFIRMED for each in tripped),
            "unanswered": sum(each.is_unanswered for each in tripped),
            "too_few": sum(each.state is State.TOO_FEW for each in every),
            "of": len(every),
        },
        included=tuple(dict.fromkeys(key.deal for key in keys)),
        attempts_counted=tuple(dict.fromkeys(keys)),
        excluded=snapshot.unusable,
    )
