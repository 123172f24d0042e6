"""Shares: how many attempts went from one stage to the next, and how many were won."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.book.exit_criteria import first_day
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.curves import Course, by_days, cohorts, incidence
from salesops.metrics.metric import NEW_ONLY, Metric, family, line, metric
from salesops.metrics.readings import AttemptKey, Reading, Row, Share, tally
from salesops.metrics.statistics import wilson
from salesops.metrics.survival import Incidence
from salesops.problems import Path
from salesops.records.deal import NEW
from salesops.records.process import LOST, WON, Conversion, Need, Process, Stage


@dataclass(frozen=True)
class Attempt:
    """One attempt of a deal at a conversion, and what became of it.

    ``began`` is its first visit to the stage from which the conversion starts, ``decided`` the one by which it was converted or failed.
    """

    history: DealHistory
    visits: tuple[Visit, ...]
    became: str
    began: Visit | None = None
    decided: Visit | None = None

    @property
    def key(self) -> AttemptKey:
        """The deal, and which of its attempts it is."""
        return AttemptKey(self.history.id, self.visits[0].attempt)

    @property
    def is_call(self) -> bool:
        """Whether a discovery meeting was held in the attempt: only then they have spoken. After a loss it belongs to the next one."""
        own = self.visits[0].attempt
        first = first_day(self.history, own) if own > 1 else date.min
        end = first_day(self.history, own + 1) if own < self.history.now.attempt else date.max
        return any(
            entry.is_held_meeting and entry.about == "discovery" and first <= entry.date < end
            for entry in self.history.deal.activity
        )

    def course(self, as_of: date) -> Course | None:
        """When it began, for how many days it was followed, without parked ones, and what became of it; None where it never began."""
        if self.began is None:
            return None
        start, end = self.began.entered, self.decided.entered if self.decided else as_of
        return Course(start, (end - start).days - self.history.parked_days(start, end), self.became)


CONVERTED, FAILED, OPEN, PARKED, SKIPPED = "converted", "failed", "open", "parked", "skipped"


CALLS = (
    "`calls` are the attempts in which a discovery meeting was held: whoever was never spoken to has turned nothing down. "
    "Attempts without one are named in `without_a_call`; they count in the share all the same."
)


def counts_calls(process: Process, conversion: Conversion) -> bool:
    """Whether a conversion tells calls apart: its stage asks for a discovery meeting, or a red line on it counts calls."""
    start = process.stages.get(conversion.from_)
    asked = any(need.activity == "meeting" and need.about == "discovery" for need in _asked_at(start))
    return asked or any(line.metric == conversion.id and line.of == "calls" for line in process.red_lines)


def _asked_at(stage: Stage | None) -> Iterator[Need]:
    for way_out in stage.exits if stage else ():
        yield from way_out.needs


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
            "while many attempts are open the share is too optimistic. `by_days` is the honest picture: how likely an attempt has converted, "
            "and has failed, so many days after it began, the open ones counted for as long as they were followed. `by_month` tells the "
            "attempts apart by the month in which they began."
            + (f"\n\n{CALLS}" if counts_calls(process, conversion) else ""),
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
        found = share_of(snapshot, attempts, conversion)
        if not counts_calls(snapshot.process, conversion):
            return found
        began = [attempt for attempt in attempts if attempt.became != SKIPPED]
        calls = _by_outcome([attempt for attempt in began if attempt.is_call])
        without: list[Row] = [
            {"deal": attempt.key.deal, "attempt": attempt.key.attempt, "became": attempt.became}
            for attempt in began
            if not attempt.is_call
        ]
        return replace(found, parts={**found.parts, "calls": calls}, tables={**found.tables, "without_a_call": without})

    return measure


def _by_outcome(attempts: Iterable[Attempt]) -> dict[str, int]:
    became = tally(attempt.became for attempt in attempts)
    return {state: became.get(state, 0) for state in (CONVERTED, FAILED, OPEN, PARKED)}


def share_of(snapshot: Snapshot, attempts: Sequence[Attempt], conversion: Conversion) -> Share:
    """The attempts at a conversion as a share, with the curve by days and the cohorts by month."""
    became = tally(attempt.became for attempt in attempts)
    counts = {state: became.get(state, 0) for state in (CONVERTED, FAILED, OPEN, PARKED, SKIPPED)}
    decided = [attempt for attempt in attempts if attempt.became in (CONVERTED, FAILED)]
    courses = _courses(snapshot, attempts)
    left_out = [
        LeftOut(attempt.history.id, f"reached '{conversion.to}' without '{conversion.from_}'", Cause.OTHER_WAY)
        for attempt in attempts
        if attempt.became == SKIPPED
    ]
    still = [undecided(snapshot, attempt.history) for attempt in attempts if attempt.became in (OPEN, PARKED)]
    return Share(
        hits=counts[CONVERTED],
        out_of=counts[CONVERTED] + counts[FAILED],
        open=counts[OPEN],
        parked=counts[PARKED],
        hit=tuple(dict.fromkeys(attempt.history.id for attempt in attempts if attempt.became == CONVERTED)),
        parts={"attempts": counts},
        tables={"by_days": by_days(courses), "by_month": cohorts(courses)},
        included=tuple(dict.fromkeys(attempt.history.id for attempt in decided)),
        attempts_counted=tuple(attempt.key for attempt in decided),
        excluded=(*still, *left_out, *snapshot.unusable),
    )


def _courses(snapshot: Snapshot, attempts: Iterable[Attempt]) -> list[Course]:
    return [course for attempt in attempts if (course := attempt.course(snapshot.as_of))]


def curve_of(snapshot: Snapshot, conversion: Conversion) -> Incidence:
    """The curve of a conversion, day by day: what has become of attempts so many days after they began."""
    return incidence(_courses(snapshot, attempts_at(snapshot, conversion.from_, conversion.to)))


NO_CAMPAIGN = "no campaign"


def qualification(process: Process) -> Conversion | None:
    """From the stage in which new business starts to the first that counts as sales qualified; None where there is none."""
    start, on_the_way = process.start_of(NEW), process.path_of(NEW)
    in_order = next((path for kind, path in process.path.items() if kind == NEW), tuple(process.stages))
    found = (name for name in in_order if name in on_the_way and name != start and process.stages[name].sales_qualified)
    target = next(found, None)
    return Conversion.model_construct(id=LQR, from_=start, to=target) if target and start in process.stages else None


def _qualified(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    way = qualification(snapshot.process)
    return _decided(snapshot, history, way.from_, way.to) if way else []


LQR = "lead-qualification-rate"


@metric(
    LQR,
    "Lead qualification rate",
    kind="share",
    source="reference/definitions#conversions",
    types=NEW_ONLY,
    lines=_qualified,
)
def lead_qualification_rate(snapshot: Snapshot) -> Share:
    """Of the attempts that entered Enrichment and are decided, the share that reached Outreach or a stage beyond it, by campaign.

    Enrichment is the stage in which new business starts, Outreach the first that counts as sales qualified. `by_campaign` has the
    same for each campaign under `source`, and for deals that name none. Attempts that are still open count in neither number.
    """
    way = qualification(snapshot.process)
    if way is None:
        return Share(hits=0, out_of=0, excluded=snapshot.unusable)
    attempts = list(attempts_at(snapshot, way.from_, way.to))
    found = share_of(snapshot, attempts, way)
    return replace(found, tables={"by_campaign": _by_campaign(attempts), **found.tables})


def _by_campaign(attempts: Iterable[Attempt]) -> list[Row]:
    campaigns: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        if attempt.began:
            campaigns.setdefault(_campaign(attempt), []).append(attempt)
    named = sorted(campaigns, key=lambda name: (name == NO_CAMPAIGN, name))
    return [{"campaign": name, **_rate(_by_outcome(campaigns[name]))} for name in named]


def _campaign(attempt: Attempt) -> str:
    source = attempt.history.deal.source
    return (source.campaign if source else None) or NO_CAMPAIGN


def _rate(counts: Mapping[str, int]) -> Row:
    decided = counts[CONVERTED] + counts[FAILED]
    share = counts[CONVERTED] / decided if decided else None
    return {**counts, "share": share, "interval": wilson(counts[CONVERTED], decided)}


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
                yield _attempt(snapshot, history, visits, first, names, end)


def _attempt(
    snapshot: Snapshot, history: DealHistory, visits: tuple[Visit, ...], first: int, names: list[str], end: str
) -> Attempt:
    """An attempt that came into the stage of a conversion by its visit of that place."""
    later = range(first + 1, len(visits))
    reached = next((visits[at] for at in later if snapshot.process.reaches(names[at], end)), None)
    if reached is not None:
        return Attempt(history, visits, CONVERTED, visits[first], reached)
    if snapshot.stage(visits[-1].stage).outcome == LOST:
        return Attempt(history, visits, FAILED, visits[first], snapshot.closing(visits) or visits[-1])
    return Attempt(history, visits, PARKED if history.parked_on(snapshot.as_of) else OPEN, visits[first])


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
