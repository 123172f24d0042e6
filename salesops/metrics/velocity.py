"""Days: from the first stage to the win, to the loss, and in each stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from math import ceil
from typing import NamedTuple

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.conversions import closes
from salesops.metrics.metric import NEW_ONLY, Metric, family, line, metric
from salesops.metrics.readings import AttemptKey, Days, Reading, tally
from salesops.metrics.statistics import quantile
from salesops.output import counted
from salesops.problems import Path
from salesops.records.deal import NEW
from salesops.records.process import LOST, Process


def _whole_way(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    start = snapshot.process.start_of(NEW)
    began = [visit for visit in history.visits if snapshot.name(visit.stage) == start]
    return [*(line(visit) for visit in began[:1]), *closes(snapshot, history)[-1:]]


def _not_new(snapshot: Snapshot) -> Iterator[LeftOut]:
    for history in snapshot.won:
        if history.type != NEW:
            yield LeftOut(history.id, f"{history.type}: only new business counts", Cause.OTHER_TYPE)


@metric(
    "days-in-pipeline",
    "Days in Pipeline",
    kind="days",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#days-to-close",
    types=NEW_ONLY,
    lines=_whole_way,
    near=_not_new,
)
def days_in_pipeline(snapshot: Snapshot) -> Days:
    """Days from the first entry into the starting stage (Enrichment) to the win, over new-business deals that are won.

    An average over won deals only: it says nothing about deals that take long and are lost, so Days to Loss complements it.
    Renewals never pass Enrichment and are not counted; wins that never visited it are named. Won on the same day is 0.
    `active_mean` takes parked days out, `current_attempt_mean` starts at the attempt that was won.
    """
    start = snapshot.process.start_of(NEW)
    values: list[int] = []
    active: list[int] = []
    attempt: list[int] = []
    included: list[str] = []
    left_out: list[LeftOut] = []
    for history in snapshot.won:
        closing = snapshot.closing(history.attempts[-1])
        won = closing.entered if closing else history.now.entered
        if history.type != NEW or not snapshot.in_window(won):
            continue
        began = next((visit.entered for visit in history.visits if snapshot.name(visit.stage) == start), None)
        if began is None:
            left_out.append(LeftOut(history.id, f"won without ever being in '{start}'", Cause.OTHER_WAY))
            continue
        included.append(history.id)
        values.append((won - began).days)
        active.append((won - began).days - history.parked_days(began, won))
        attempt.append((won - history.attempts[-1][0].entered).days)
    return Days(
        values=tuple(values),
        split=tally(NEW for _ in values),
        variants={"active_mean": _mean(active), "current_attempt_mean": _mean(attempt)},
        included=tuple(included),
        excluded=(*left_out, *snapshot.unusable),
    )


def _losses(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    found = [(visits[0], visit) for visits in history.attempts if (visit := snapshot.closing(visits))]
    return [line(one) for first, last in found if snapshot.stage(last.stage).outcome == LOST for one in (first, last)]


@metric(
    "days-to-loss",
    "Days to Loss",
    kind="days",
    source="reference/definitions#days-to-close",
    types=NEW_ONLY,
    lines=_losses,
)
def days_to_loss(snapshot: Snapshot) -> Days:
    """Days from the first stage of an attempt to its loss, over new-business attempts that were lost.

    The companion of Days in Pipeline. A deal that was opened again counts once for each loss.
    """
    values: list[int] = []
    counted: list[AttemptKey] = []
    for history in snapshot.histories:
        if history.type != NEW:
            continue
        for visits in history.attempts:
            last = snapshot.closing(visits)
            if last and snapshot.stage(last.stage).outcome == LOST and snapshot.in_window(last.entered):
                values.append((last.entered - visits[0].entered).days)
                counted.append(AttemptKey(history.id, last.attempt))
    return Days(
        values=tuple(values),
        split=tally(NEW for _ in values),
        included=tuple(dict.fromkeys(key.deal for key in counted)),
        attempts_counted=tuple(counted),
        excluded=snapshot.unusable,
    )


@family
def days_in_stages(process: Process) -> Iterator[Metric]:
    """One average for each open stage."""
    for name, stage in process.stages.items():
        if stage.is_open:
            yield Metric(
                f"days-in-{name.replace(' ', '-')}",
                f"Days in {stage.title}",
                "days",
                "Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#days-in-stage",
                "new and existing business",
                f"Days in {stage.title} in all, over attempts that have left it; several visits of an attempt are added up.\n\n"
                f"Deals that are still there are not in it: Age in {stage.title} finds them.",
                _days_in(name),
                partial(_stayed, stage=name),
            )


def _stayed(snapshot: Snapshot, history: DealHistory, stage: str) -> list[Path]:
    """Each visit to a stage with the move that ended it, of the attempts that have left the stage."""
    found: list[Path] = []
    for visits in history.attempts:
        here = [visit for visit in visits if snapshot.name(visit.stage) == stage]
        if here and here[-1].left is not None:
            found += [("stages", at) for visit in here for at in (visit.line, visit.line + 1)]
    return list(dict.fromkeys(found))


def _days_in(stage: str) -> Callable[[Snapshot], Reading]:
    def measure(snapshot: Snapshot) -> Days:
        values: list[int] = []
        counted: list[AttemptKey] = []
        types: list[str] = []
        left_out: list[LeftOut] = []
        for history in snapshot.histories:
            for visits in history.attempts:
                here = [visit for visit in visits if snapshot.name(visit.stage) == stage]
                if not here:
                    continue
                if here[-1].left is None:
                    left_out.append(LeftOut(history.id, f"still in '{stage}'", Cause.OPEN))
                elif snapshot.in_window(here[-1].left):
                    values.append(days_of(here))
                    counted.append(AttemptKey(history.id, here[0].attempt))
                    types.append(history.type)
        return Days(
            values=tuple(values),
            split=tally(types),
            included=tuple(dict.fromkeys(key.deal for key in counted)),
            attempts_counted=tuple(counted),
            excluded=(*left_out, *snapshot.unusable),
        )

    return measure


def days_of(visits: list[Visit]) -> int:
    """Whole days of visits that have ended."""
    return sum(((visit.left or visit.entered) - visit.entered) // timedelta(days=1) for visit in visits)


def _mean(values: list[int]) -> float | None:
    return sum(values) / len(values) if values else None


class SuggestedLimit(NamedTuple):
    """After how many days a stage may need attention: four of five of ``n`` visits that led on took no longer."""

    days: int
    n: int

    @property
    def sentence(self) -> str:
        """As a page and the command line say it."""
        return f"of {self.n:,} visits that led on, four of five took no longer than {counted(self.days, 'day')}"


def suggested_stale_after(snapshot: Snapshot, stage: str) -> SuggestedLimit | None:
    """What the visits to a stage suggest as its ``stale_after``: those of attempts that went on; None of too few."""
    days = sorted(
        history.active_days(visit, snapshot.as_of)
        for history in snapshot.histories
        for visits in history.attempts
        for visit in _that_led_on(snapshot, visits, stage)
    )
    mark = quantile(days, 0.8)
    return SuggestedLimit(ceil(mark), len(days)) if mark is not None and len(days) >= snapshot.numbers.enough else None


def _that_led_on(snapshot: Snapshot, visits: tuple[Visit, ...], stage: str) -> Iterator[Visit]:
    """The visits to a stage that are over, of an attempt that later reached a stage beyond it."""
    names = [snapshot.name(visit.stage) for visit in visits]
    beyond = [at for at, name in enumerate(names) if name != stage and snapshot.process.reaches(name, stage)]
    for at, visit in enumerate(visits):
        if names[at] == stage and visit.left is not None and beyond and beyond[-1] > at:
            yield visit
