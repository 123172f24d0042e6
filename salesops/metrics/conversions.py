"""Shares: how many attempts went from one stage to the next, and how many were won."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.metric import NEW_ONLY, Metric, family, line, metric
from salesops.metrics.readings import AttemptKey, Reading, Share, tally
from salesops.problems import Path
from salesops.records.deal import NEW
from salesops.records.process import LOST, WON, Conversion, Process


@dataclass(frozen=True)
class Attempt:
    """One attempt of a deal at a conversion, and what became of it."""

    history: DealHistory
    visits: tuple[Visit, ...]
    became: str

    @property
    def key(self) -> AttemptKey:
        """The deal, and which of its attempts it is."""
        return AttemptKey(self.history.id, self.visits[0].attempt)


CONVERTED, FAILED, OPEN, PARKED, SKIPPED = "converted", "failed", "open", "parked", "skipped"


@family
def stage_conversions(process: Process) -> Iterator[Metric]:
    """One share for each row of the process's ``conversions``."""
    for conversion in process.conversions:
        start, end = process.stages.get(conversion.from_), process.stages.get(conversion.to)
        if start is None or end is None:
            continue
        yield Metric(
            conversion.id,
            f"{start.title} → {end.title}",
            "share",
            "Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#conversions",
            NEW_ONLY,
            f"Of the attempts that entered {start.title} and are decided, the share that reached {end.title} or a stage beyond it.\n\n"
            f"An attempt counts once, by its first entry into {start.title}. Going back does not undo what was reached. Attempts that are "
            "still open count in neither number and are shown next to it; `to_date` is the share of all of them, a lower bound. "
            "Parked attempts are in neither of the two. "
            f"Attempts that reached {end.title} without {start.title} are left out and named. Losses often take longer than conversions: "
            "while many attempts are open the share is too optimistic.",
            _conversion(conversion),
            partial(_decided, start=conversion.from_, end=conversion.to),
        )


def _decided(snapshot: Snapshot, history: DealHistory, start: str, end: str) -> list[Path]:
    found: list[Path] = []
    for visits in history.attempts:
        names = [snapshot.name(visit.stage) for visit in visits]
        if start in names:
            first = names.index(start)
            after = [
                visit
                for visit, name in zip(visits[first + 1 :], names[first + 1 :], strict=True)
                if snapshot.process.reaches(name, end) or snapshot.stage(visit.stage).outcome == LOST
            ]
            found += [line(visit) for visit in (visits[first], *after[:1]) if after]
    return found


def _conversion(conversion: Conversion) -> Callable[[Snapshot], Reading]:
    def measure(snapshot: Snapshot) -> Share:
        attempts = list(attempts_at(snapshot, conversion.from_, conversion.to))
        became = tally(attempt.became for attempt in attempts)
        hits, failed = became.get(CONVERTED, 0), became.get(FAILED, 0)
        left_out = [
            LeftOut(attempt.history.id, f"reached '{conversion.to}' without '{conversion.from_}'", Cause.OTHER_WAY)
            for attempt in attempts
            if attempt.became == SKIPPED
        ]
        still = [undecided(snapshot, attempt.history) for attempt in attempts if attempt.became in (OPEN, PARKED)]
        return Share(
            hits=hits,
            out_of=hits + failed,
            open=became.get(OPEN, 0),
            parked=became.get(PARKED, 0),
            hit=tuple(dict.fromkeys(attempt.history.id for attempt in attempts if attempt.became == CONVERTED)),
            parts={
                "attempts": {
                    CONVERTED: hits,
                    FAILED: failed,
                    OPEN: became.get(OPEN, 0),
                    PARKED: became.get(PARKED, 0),
                    SKIPPED: became.get(SKIPPED, 0),
                }
            },
            included=tuple(dict.fromkeys(it.history.id for it in attempts if it.became in (CONVERTED, FAILED))),
            attempts_counted=tuple(it.key for it in attempts if it.became in (CONVERTED, FAILED)),
            excluded=(*still, *left_out, *snapshot.unusable),
        )

    return measure


def undecided(snapshot: Snapshot, history: DealHistory) -> LeftOut:
    """A deal whose outcome is still to come: parked until when, or open."""
    parked = snapshot.why_parked(history)
    return LeftOut(history.id, parked or "still open", Cause.PARKED if parked else Cause.OPEN)


def attempts_at(snapshot: Snapshot, start: str, end: str) -> Iterator[Attempt]:
    """Every new-business attempt in the cohort of a conversion; raises nothing for histories that never saw it."""
    process = snapshot.process
    for history in snapshot.histories:
        if history.type != NEW:
            continue
        for visits in history.attempts:
            names = [snapshot.name(visit.stage) for visit in visits]
            first = names.index(start) if start in names else None
            if first is None:
                skipped = any(process.reaches(name, end) for name in names)
                if skipped and snapshot.in_window(visits[0].entered):
                    yield Attempt(history, visits, SKIPPED)
            elif snapshot.in_window(visits[first].entered):
                yield Attempt(history, visits, _became(snapshot, history, visits, names[first + 1 :], end))


def _became(snapshot: Snapshot, history: DealHistory, visits: tuple[Visit, ...], after: list[str], end: str) -> str:
    if any(snapshot.process.reaches(name, end) for name in after):
        return CONVERTED
    if snapshot.stage(visits[-1].stage).outcome == LOST:
        return FAILED
    return PARKED if history.parked_on(snapshot.as_of) else OPEN


def closes(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    """The moves by which the attempts of a deal were closed."""
    return [line(visit) for visits in history.attempts if (visit := snapshot.closing(visits))]


@metric("win-rate", "Win rate", kind="share", source="reference/definitions#win-rate", lines=closes)
def win_rate(snapshot: Snapshot) -> Share:
    """Of the attempts that were closed, the share that was won (the narrow win rate), by the day of the close.

    Every loss counts, disqualification in the first stage too; `lost_from` says where attempts were lost. Parked and
    open attempts are neither won nor lost.
    """
    won: list[str] = []
    lost: list[str] = []
    lost_from: list[str] = []
    waiting: list[LeftOut] = []
    by_type: list[str] = []
    counted: list[AttemptKey] = []
    for history in snapshot.histories:
        for visits in history.attempts:
            closing = snapshot.closing(visits)
            if closing is None:
                waiting.append(undecided(snapshot, history))
            elif snapshot.in_window(closing.entered):
                outcome = snapshot.stage(closing.stage).outcome
                by_type.append(f"{outcome} {history.type}")
                (won if outcome == WON else lost).append(history.id)
                counted.append(AttemptKey(history.id, closing.attempt))
                before = visits.index(closing) - 1
                if outcome == LOST and before >= 0:
                    lost_from.append(snapshot.name(visits[before].stage))
    return Share(
        hits=len(won),
        out_of=len(won) + len(lost),
        open=sum(left.cause is Cause.OPEN for left in waiting),
        parked=sum(left.cause is Cause.PARKED for left in waiting),
        hit=tuple(dict.fromkeys(won)),
        parts={"split": tally(by_type), "lost_from": tally(lost_from)},
        included=tuple(dict.fromkeys(won + lost)),
        attempts_counted=tuple(counted),
        excluded=(*waiting, *snapshot.unusable),
    )
