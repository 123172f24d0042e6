"""A deal's stages as visits and attempts (``reference/definitions#visits-and-attempts``): whole days, file order, zero-day visits count."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import zip_longest

from salesops.problems import Path
from salesops.records.dated import Span, every_day, outside, without
from salesops.records.deal import Deal, Loss, Parked
from salesops.records.process import LOST, WON

STATES_KEPT = 16
"""How many earlier states of a deal are kept at most: of most deals one or two stand for all month-ends of a year."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A stage and the days in it: from ``entered`` to ``left``, which is None while the deal is there.

    ``attempt`` counts from 1 and rises when a closed deal is opened again (not when one won stage follows another); ``line`` is the place in ``stages``.
    ``outcome`` is what the stage closes a deal as: won, lost, or None while it is open; ``waits_from`` is the day from
    which a process says that whoever is still in this stage of an older one is parked.
    """

    stage: str
    entered: date
    left: date | None
    attempt: int
    line: int
    outcome: str | None = None
    waits_from: date | None = None

    def days(self, as_of: date) -> int:
        """Whole days in the stage up to its end or to ``as_of``; 0 for a visit of one day."""
        return ((self.left or as_of) - self.entered).days


@dataclass(frozen=True)
class DealHistory:
    """One deal up to a day: its visits, oldest first, and what its record held then.

    ``written`` is the whole record as it is written, whatever the day; ``later`` are the paths of it that ``deal`` does not hold.
    """

    id: str
    deal: Deal
    visits: tuple[Visit, ...]
    written: Deal
    later: tuple[Path, ...] = ()

    @property
    def now(self) -> Visit:
        """The visit that is open."""
        return self.visits[-1]

    @property
    def type(self) -> str:
        """New or existing business."""
        return self.deal.type

    @cached_property
    def attempts(self) -> tuple[tuple[Visit, ...], ...]:
        """The visits, one group for each attempt."""
        count = self.now.attempt
        if count == 1:
            return (self.visits,)
        return tuple(tuple(visit for visit in self.visits if visit.attempt == number) for number in range(1, count + 1))

    @cached_property
    def closings(self) -> tuple[Visit, ...]:
        """The visits by which its attempts were closed, in order."""
        firsts: dict[int, Visit] = {}
        for visit in self.visits:
            if visit.outcome is not None:
                firsts.setdefault(visit.attempt, visit)
        return tuple(firsts.values())

    @property
    def losses(self) -> tuple[tuple[Loss, Visit | None], ...]:
        """What is said of each loss, in order, with the closing that it is about; None for one that is still to come."""
        closings = [closing for closing, _ in self.lost]
        return tuple(zip_longest(self.deal.loss, closings[: len(self.deal.loss)]))

    @property
    def lost(self) -> tuple[tuple[Visit, Loss | None], ...]:
        """The closings as lost, in order, each with what is said of it; None where nothing is."""
        closings = [visit for visit in self.closings if visit.outcome == LOST]
        return tuple(zip_longest(closings, self.deal.loss[: len(closings)]))

    @cached_property
    def _days(self) -> list[date]:
        """The days on which something in its record happened, in order."""
        return sorted({*every_day(self.deal), *(visit.entered for visit in self.visits)})

    @property
    def last_day(self) -> date:
        """The last day on which something in its record happened."""
        return self._days[-1]

    @cached_property
    def _earlier(self) -> dict[int, DealHistory | None]:
        """What it was before later things happened, by how many of its days had come."""
        return {}

    def until(self, as_of: date) -> DealHistory | None:
        """The history as it stood on a day; None where the deal had not begun."""
        come = bisect_right(self._days, as_of)
        if come == len(self._days):
            return self
        if come not in self._earlier:
            if len(self._earlier) >= STATES_KEPT:
                self._earlier.clear()
            self._earlier[come] = self._until(as_of)
        return self._earlier[come]

    def _until(self, as_of: date) -> DealHistory | None:
        known = sum(visit.entered <= as_of for visit in self.visits)
        if not known:
            return None
        later = (*outside(self.deal, Span(None, as_of)), *_of_later_visits(self, known))
        visits = (*self.visits[: known - 1], replace(self.visits[known - 1], left=None))
        deal = without(self.deal, later)
        return DealHistory(self.id, deal, visits, self.written, later)

    @cached_property
    def spans(self) -> tuple[Parked, ...]:
        """When the deal was parked, oldest first: as its record says, and in stages that became parked by a later process."""
        waits = [span for visit in self.visits if visit.waits_from for span in self._waiting(visit, visit.waits_from)]
        return tuple(sorted((*self.deal.parked, *waits), key=lambda span: span.since))

    def _waiting(self, visit: Visit, first: date) -> Iterator[Parked]:
        """The span for which a visit counts as parked, up to the day from which the record itself says how long it waits."""
        since = max(visit.entered, first)
        ends = [span.since for span in self.deal.parked if span.since >= since]
        until = min([*ends, *([visit.left] if visit.left else [])], default=None)
        if until is None or since < until:
            yield Parked.model_construct(since=since, until=until, why=visit.stage)

    def parked_on(self, day: date) -> Parked | None:
        """The span that keeps the deal out of the pipeline on this day."""
        return next((span for span in self.spans if span.covers(day)), None) if self.spans else None

    def parked_days(self, start: date, end: date) -> int:
        """How many of the days from ``start`` up to ``end`` the deal was parked; a day in two spans counts once."""
        days, done = 0, start
        for span in self.spans:
            first, last = max(span.since, done), min(span.until or end, end)
            days += max((last - first).days, 0)
            done = max(done, last)
        return days

    def age(self, as_of: date) -> int:
        """Whole days in the stage where the deal is, without those on which it was parked: then the clock stops."""
        return self.active_days(self.now, as_of)

    def active_days(self, visit: Visit, as_of: date) -> int:
        """Whole days of a visit, without those on which the deal was parked."""
        return visit.days(as_of) - self.parked_days(visit.entered, visit.left or as_of)


def _of_later_visits(history: DealHistory, known: int) -> Iterator[Path]:
    """The moves after the first ``known`` ones, and what is said of wins and losses to which only these led."""
    for visit in history.visits[known:]:
        yield ("stages", visit.line)
    lost = 0
    for closing in history.closings:
        if closing.outcome == WON and closing.line >= known and history.deal.win:
            yield ("win",)
        if closing.outcome == LOST:
            if closing.line >= known and lost < len(history.deal.loss):
                yield ("loss", lost)
            lost += 1


def _never(stage: str) -> None:
    """No stage is parked by a later process."""


def history_of(
    deal_id: str,
    deal: Deal,
    outcome: Callable[[str], str | None],
    waits_from: Callable[[str], date | None] = _never,
) -> DealHistory:
    """The visits of a deal; ``outcome`` says what a stage closes a deal as (won, lost or None), ``waits_from`` from when it is parked."""
    return DealHistory(deal_id, deal, tuple(_visits(deal, outcome, waits_from)), deal)


def _visits(
    deal: Deal, outcome: Callable[[str], str | None], waits_from: Callable[[str], date | None]
) -> Iterator[Visit]:
    attempt = 1
    for line, (stage, entered) in enumerate(deal.stages):
        if line and _ends_an_attempt(deal.stages[line - 1].stage, stage, outcome):
            attempt += 1
        left = deal.stages[line + 1].entered if line + 1 < len(deal.stages) else None
        yield Visit(stage, entered, left, attempt, line, outcome(stage), waits_from(stage))


def _ends_an_attempt(stage: str, following: str, outcome: Callable[[str], str | None]) -> bool:
    """Whether what follows a stage is a new attempt; a won deal whose service stops is still the same one."""
    closed_as = outcome(stage)
    return closed_as is not None and (following == stage or outcome(following) != closed_as)


def is_in_order(deal: Deal) -> bool:
    """Whether no move lies before the one above it."""
    moves = deal.stages
    return all(moves[at - 1].entered <= moves[at].entered for at in range(1, len(moves)))
