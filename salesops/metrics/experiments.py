"""Experiments: who joined each variant, what became of them, and what can be said of the difference (``reference/definitions#experiments``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import Any, NamedTuple

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.book.exit_criteria import first_day
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.conversions import CONVERTED, FAILED, OPEN, PARKED
from salesops.metrics.metric import every_metric
from salesops.metrics.readings import AttemptKey, Share, tally
from salesops.metrics.statistics import Interval, difference
from salesops.records.deal import NEW, Activity
from salesops.records.learning import Cohort, Experiment, Stop
from salesops.records.process import LOST, WON, Conversion

TOO_FEW, INCONCLUSIVE = "too few", "inconclusive"
WIN_RATE = "win-rate"
FIGURES = ("hits", "out_of", "open", "parked", "value", "interval", "enough", "floor", "included")
"""What machines read of the share of a variant."""
_IN_WORDS = re.compile(r"(\d{1,6}) attempts in each variant")


class Registered(StrEnum):
    """Whether an experiment was declared before its first attempt could join."""

    YES = "pre-registered"
    NO = "not pre-registered"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True)
class Declared:
    """The day of the commit since which an experiment says what it says; ``was_brought`` where it may be older than the commits."""

    day: date
    was_brought: bool = False


@dataclass(frozen=True)
class Pair:
    """Two variants: how much higher the share of the first is, in its interval, and what that allows to say."""

    one: str
    other: str
    verdict: str
    apart: tuple[float, Interval] | None = None

    def as_data(self) -> dict[str, Any]:
        """As machines read it."""
        found, interval = self.apart or (None, None)
        told = {"one": self.one, "other": self.other, "difference": found}
        return {**told, "interval": list(interval) if interval else None, "verdict": self.verdict}


@dataclass(frozen=True)
class ExperimentResult:
    """An experiment on a day.

    ``variants`` has the share of each, ``joined`` how many attempts are in it, decided or not. ``unmeasured`` says why there are no shares.
    ``rule`` is its end in numbers, None where it is in words only, ``reached`` the day on which that came.
    """

    id: str
    experiment: Experiment
    registered: Registered
    variants: Mapping[str, Share] = field(default_factory=dict)
    joined: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    pairs: tuple[Pair, ...] = ()
    unmeasured: str = ""
    rule: Stop | None = None
    reached: date | None = None
    declared: Declared | None = None

    @property
    def verdict(self) -> str:
        """What can be said on the day: the variants that are apart, "inconclusive", or "too few"; nothing where nothing is measured."""
        found = [pair.verdict for pair in self.pairs]
        apart = [verdict for verdict in found if verdict not in (TOO_FEW, INCONCLUSIVE)]
        if apart or not found:
            return ", ".join(apart)
        return INCONCLUSIVE if INCONCLUSIVE in found else TOO_FEW

    @property
    def verdict_today(self) -> str:
        """The verdict; before its end it is said to be so far."""
        is_over = self.reached or self.experiment.status == "done"
        return f"{self.verdict} so far" if self.verdict and not is_over else self.verdict

    @property
    def progress(self) -> str:
        """How far it is from its end: what it is, how many attempts are in the smallest variant, and the day it came."""
        if self.reached:
            return f"stop rule reached on {self.reached}"
        if self.rule is None:
            return str(self.experiment.stop) if self.experiment.stop else "no stop rule"
        each, until = self.rule.each_variant, self.rule.until
        least = min(self.joined.values(), default=0)
        parts = [f"{least} of {each} attempts in the smallest variant"] * bool(each)
        return " or ".join([*parts, *([f"on {until}"] if until else [])])

    def as_data(self) -> dict[str, Any]:
        """What follows from the record on the day, as machines read it."""
        return {
            "registered": self.registered.value,
            "declared": self.declared.day if self.declared else None,
            "unmeasured": self.unmeasured or None,
            "results": [self._variant_as_data(name) for name in self.experiment.variants],
            "differences": [pair.as_data() for pair in self.pairs],
            "verdict": self.verdict or None,
            "rule": {"each_variant": self.rule.each_variant, "until": self.rule.until} if self.rule else None,
            "reached": self.reached,
            "left_out": [left.as_data() for left in self.left_out],
        }

    def _variant_as_data(self, name: str) -> dict[str, Any]:
        share = self.variants.get(name)
        found = share.as_data() if share else {}
        return {"variant": name, "attempts": self.joined.get(name), **{key: found.get(key) for key in FIGURES}}


def experiments_measured(snapshot: Snapshot, declared: Mapping[str, Declared] | None = None) -> list[ExperimentResult]:
    """Every experiment as of the day, by name; ``declared`` is what the commits say of when each was declared."""
    known = _Attempts.of(snapshot)
    return [
        _measured(known, name, experiment, (declared or {}).get(name))
        for name, experiment in sorted(snapshot.book.experiments.items())
    ]


def registered(cohort: Cohort | None, declared: Declared | None) -> Registered:
    """Whether the cohort begins after the day of the commit that declared it."""
    if cohort is None or declared is None:
        return Registered.UNKNOWN
    if cohort.since > declared.day:
        return Registered.YES
    return Registered.UNKNOWN if declared.was_brought else Registered.NO


# ── who joined ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Try(NamedTuple):
    """One attempt of a deal, with those of its activities that are part of an experiment."""

    history: DealHistory
    visits: tuple[Visit, ...]
    entries: tuple[Activity, ...] = ()

    @property
    def key(self) -> AttemptKey:
        """The deal, and which of its attempts it is."""
        return AttemptKey(self.history.id, self.visits[0].attempt)


class Joined(NamedTuple):
    """An attempt in a variant, and the day since which it has both entered the cohort and had the variant."""

    each: Try
    variant: str
    day: date


@dataclass(frozen=True)
class _Attempts:
    """The attempts by what experiments ask of them, found in one pass: by experiment, and by the stage that each first entered."""

    snapshot: Snapshot
    of_experiment: Mapping[str, list[Try]]
    in_stage: Mapping[str, list[tuple[date, Try]]]

    @classmethod
    def of(cls, snapshot: Snapshot) -> _Attempts:
        wanted = {snapshot.name(each.cohort.stage) for each in snapshot.book.experiments.values() if each.cohort}
        carried: dict[str, list[Try]] = {}
        entered: dict[str, list[tuple[date, Try]]] = {}
        for history in snapshot.histories if snapshot.book.experiments else ():
            told = [entry for entry in history.deal.activity if entry.experiment]
            for visits in history.attempts:
                for name, entries in _by_experiment(history, visits, told).items():
                    carried.setdefault(name, []).append(Try(history, visits, tuple(entries)))
                for stage, day in _first_entries(snapshot, visits).items():
                    if stage in wanted:
                        entered.setdefault(stage, []).append((day, Try(history, visits)))
        return cls(snapshot, carried, entered)


def _by_experiment(history: DealHistory, visits: tuple[Visit, ...], told: list[Activity]) -> dict[str, list[Activity]]:
    """The activities of one attempt by the experiment that they are part of."""
    attempt = visits[0].attempt
    is_last = attempt == history.now.attempt
    found: dict[str, list[Activity]] = {}
    for entry in told:
        is_after = attempt == 1 or entry.date >= first_day(history, attempt)
        if is_after and (is_last or entry.date < first_day(history, attempt + 1)):
            found.setdefault(entry.experiment or "", []).append(entry)
    return found


def _first_entries(snapshot: Snapshot, visits: tuple[Visit, ...]) -> dict[str, date]:
    found: dict[str, date] = {}
    for visit in visits:
        found.setdefault(snapshot.name(visit.stage), visit.entered)
    return found


def _variant(entry: Activity, experiment: Experiment) -> str | None:
    """The variant of an activity: the one it names, or its template where the variants are templates."""
    return next((name for name in (entry.variant, entry.template) if name in experiment.variants), None)


def _join(known: _Attempts, name: str, experiment: Experiment, cohort: Cohort) -> tuple[list[Joined], list[LeftOut]]:
    """The attempts in each variant, and those that came near, with the reason."""
    stage = known.snapshot.name(cohort.stage)
    joined: list[Joined] = []
    left_out: list[LeftOut] = []
    for each in known.of_experiment.get(name, []):
        entered = _first_entries(known.snapshot, each.visits).get(stage)
        found = _joins(each, experiment, cohort, entered)
        (joined.append(found) if isinstance(found, Joined) else left_out.append(found))
    carries = {each.key for each in known.of_experiment.get(name, [])}
    for day, each in known.in_stage.get(stage, []):
        if each.key not in carries and _holds(cohort, day):
            left_out.append(LeftOut(each.history.id, "no activity of it is part of the experiment", Cause.NOT_TRIED))
    return joined, left_out


def _joins(each: Try, experiment: Experiment, cohort: Cohort, entered: date | None) -> Joined | LeftOut:
    deal = each.history.id
    if entered is None:
        return LeftOut(deal, f"it was not in '{cohort.stage}'", Cause.OTHER_STAGE)
    if not _holds(cohort, entered):
        return LeftOut(deal, f"it came into '{cohort.stage}' on {entered}, outside of the cohort", Cause.OTHER_DAY)
    newest_first = sorted(each.entries, key=lambda entry: entry.date, reverse=True)
    days = {variant: entry.date for entry in newest_first if (variant := _variant(entry, experiment))}
    if not days:
        return LeftOut(deal, "nothing says which variant it had", Cause.NO_VARIANT)
    if len(days) > 1:
        return LeftOut(deal, f"it had more than one variant: {' and '.join(sorted(days))}", Cause.TWO_VARIANTS)
    ((variant, day),) = days.items()
    return Joined(each, variant, max(day, entered))


def _holds(cohort: Cohort, day: date) -> bool:
    return cohort.since <= day and (cohort.until is None or day <= cohort.until)


# ── what became of them ───────────────────────────────────────────────────────────────────────────────────────────────


class Fate(NamedTuple):
    """What became of an attempt by a measure, and the day on which that was decided; ``left_out`` where the measure does not count it."""

    word: str = ""
    day: date | None = None
    left_out: LeftOut | None = None


def _measured(known: _Attempts, name: str, experiment: Experiment, declared: Declared | None) -> ExperimentResult:
    snapshot, cohort = known.snapshot, experiment.cohort
    told = registered(cohort, declared)
    rule = rule_of(experiment)
    if cohort is None:
        why = "it says of no cohort which attempts count"
        return ExperimentResult(name, experiment, told, unmeasured=why, rule=rule, declared=declared)
    every, left_out = _join(known, name, experiment, cohort)
    why = unmeasured(snapshot, experiment)
    became = {} if why else {each.each.key: _became(snapshot, experiment, each) for each in every}
    out = [*left_out, *(found.left_out for found in became.values() if found.left_out)]
    joined = [each for each in every if (found := became.get(each.each.key)) is None or not found.left_out]
    shares = {} if why else {it: _share(it, joined, became, snapshot.numbers.enough) for it in experiment.variants}
    return ExperimentResult(
        name,
        experiment,
        told,
        shares,
        {it: sum(each.variant == it for each in joined) for it in experiment.variants},
        (*sorted(out, key=lambda left: (left.deal, left.why)), *snapshot.unusable),
        tuple(_pair(one, shares[one], other, shares[other]) for one, other in combinations(shares, 2)),
        why,
        rule,
        _reached(rule, joined, experiment, snapshot.as_of),
        declared,
    )


def unmeasured(snapshot: Snapshot, experiment: Experiment) -> str:
    """Why an experiment has no shares: its measure is none, or no conversion."""
    if experiment.measure is None:
        return "it names no measure"
    if experiment.measure == WIN_RATE or _conversion(snapshot, experiment):
        return ""
    known = next((each for each in every_metric(snapshot.process) if each.id == experiment.measure), None)
    title = known.title if known else experiment.measure
    return f"{title} is no share of attempts: the attempts are counted, and a person has to compare them"


def _conversion(snapshot: Snapshot, experiment: Experiment) -> Conversion | None:
    return next((each for each in snapshot.process.conversions if each.id == experiment.measure), None)


def _became(snapshot: Snapshot, experiment: Experiment, each: Joined) -> Fate:
    conversion = _conversion(snapshot, experiment)
    found = _converted(snapshot, conversion, each.each) if conversion else _closed(snapshot, each.each)
    if found.day and found.day < each.day:
        why = f"it was decided on {found.day}, before it had the variant"
        return Fate(left_out=LeftOut(each.each.history.id, why, Cause.OTHER_DAY))
    return found


def _closed(snapshot: Snapshot, each: Try) -> Fate:
    closing = snapshot.closing(each.visits)
    if closing is None:
        return Fate(_still(snapshot, each.history))
    return Fate(CONVERTED if snapshot.stage(closing.stage).outcome == WON else FAILED, closing.entered)


def _converted(snapshot: Snapshot, conversion: Conversion, each: Try) -> Fate:
    """As the conversion itself counts it: by the first entry into its stage, new business alone."""
    deal, last = each.history.id, each.visits[-1]
    if each.history.type != NEW:
        return Fate(left_out=LeftOut(deal, "its measure counts new business alone", Cause.OTHER_TYPE))
    names = [snapshot.name(visit.stage) for visit in each.visits]
    start = names.index(conversion.from_) if conversion.from_ in names else None
    reached = [at for at, name in enumerate(names) if snapshot.process.reaches(name, conversion.to)]
    if start is None and reached:
        return Fate(left_out=LeftOut(deal, f"reached '{conversion.to}' without '{conversion.from_}'", Cause.OTHER_WAY))
    is_lost = snapshot.stage(last.stage).outcome == LOST
    if start is None and is_lost:
        return Fate(left_out=LeftOut(deal, f"it was lost before '{conversion.from_}'", Cause.OTHER_STAGE))
    hit = next((at for at in reached if start is not None and at > start), None)
    if hit is not None:
        return Fate(CONVERTED, each.visits[hit].entered)
    return Fate(FAILED, last.entered) if is_lost else Fate(_still(snapshot, each.history))


def _still(snapshot: Snapshot, history: DealHistory) -> str:
    return PARKED if history.parked_on(snapshot.as_of) else OPEN


def _share(variant: str, joined: list[Joined], became: Mapping[AttemptKey, Fate], floor: int) -> Share:
    own = [(each.each.key, became[each.each.key].word) for each in joined if each.variant == variant]
    counts = tally(word for _, word in own)
    decided = tuple(key for key, word in own if word in (CONVERTED, FAILED))
    hits = counts.get(CONVERTED, 0)
    return Share(
        hits=hits,
        out_of=hits + counts.get(FAILED, 0),
        open=counts.get(OPEN, 0),
        parked=counts.get(PARKED, 0),
        hit=tuple(dict.fromkeys(key.deal for key, word in own if word == CONVERTED)),
        included=tuple(dict.fromkeys(key.deal for key in decided)),
        attempts_counted=decided,
        floor=floor,
    )


def _pair(one: str, its: Share, other: str, others: Share) -> Pair:
    apart = difference(its.hits, its.out_of, others.hits, others.out_of)
    if apart is None or not (its.is_enough and others.is_enough):
        return Pair(one, other, TOO_FEW, apart)
    low, high = apart[1]
    if low <= 0 <= high:
        return Pair(one, other, INCONCLUSIVE, apart)
    return Pair(one, other, f"{one} above {other}" if low > 0 else f"{other} above {one}", apart)


# ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def rule_of(experiment: Experiment) -> Stop | None:
    """When an experiment ends, in numbers: also where it says in words "20 attempts in each variant"; None where nobody but a person can tell."""
    if isinstance(experiment.stop, Stop):
        return experiment.stop
    found = _IN_WORDS.fullmatch(experiment.stop.strip()) if experiment.stop else None
    return Stop.model_validate({"each_variant": found[1]}) if found else None


def _reached(rule: Stop | None, joined: list[Joined], experiment: Experiment, as_of: date) -> date | None:
    """The day on which the stop rule was reached, whichever part of it came first."""
    return min(_ends(rule, joined, experiment, as_of), default=None) if rule else None


def _ends(rule: Stop, joined: list[Joined], experiment: Experiment, as_of: date) -> Iterator[date]:
    if rule.until and rule.until <= as_of:
        yield rule.until
    wanted = rule.each_variant or 0
    days = [sorted(each.day for each in joined if each.variant == it) for it in experiment.variants]
    if wanted and days and all(len(found) >= wanted for found in days):
        yield max(found[wanted - 1] for found in days)
