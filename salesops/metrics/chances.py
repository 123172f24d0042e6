"""How likely each open deal is to be won, and how we know: a person's estimate, the team's own history, or the default of the stage.

Own history is read by survival (``reference/definitions#forecasts``): what became of the deals that were as long in the same stage,
those still open counted for as long as they were followed. The share among the decided alone is too high wherever losses are slow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from salesops.book.book import Snapshot, kept_with_snapshot
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.statistics import ENOUGH
from salesops.metrics.survival import NOBODY, Followed, Incidence, cumulative_incidence
from salesops.output import counted
from salesops.records.process import WON

PLACES = Decimal("0.0001")
"""How exact a chance is told, and counted with: to a hundredth of a percent."""
EXACT = 9
"""To so many places sums of fractions are what they should be: 0.4062499999999998 is 0.40625."""
ROUNDS = 500
"""How often the stages are gone through until their chances no longer change: they hang on each other where deals go back."""


class Provenance(StrEnum):
    """How the chance of a deal is known."""

    ESTIMATE = "estimate"
    HISTORY = "own history"
    DEFAULT = "process default"


class StageKey(NamedTuple):
    """A stage as deals of one type go through it."""

    type: str
    stage: str


@dataclass(frozen=True)
class Chance:
    """How likely a deal is to be won. ``won`` of ``decided`` attempts stand behind it where it is of the own history."""

    value: Decimal
    provenance: Provenance
    why: str
    key: StageKey
    won: int = 0
    decided: int = 0

    def of(self, amount: Decimal) -> Decimal:
        """An amount times the chance, to the cent."""
        return (amount * self.value).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class StagePast:
    """What became of the visits to a stage: where each led to after how many days, and how many attempts that saw it were won."""

    curve: Incidence = NOBODY
    won: int = 0
    decided: int = 0
    floor: int = ENOUGH
    """From how many on the team speaks of a rate."""

    @property
    def rate(self) -> Decimal | None:
        """The plain share of the decided: shown beside, not used."""
        return _rounded(self.won / self.decided) if self.decided else None

    @cached_property
    def oldest(self) -> int:
        """The age up to which there is enough to go by: at least as many visits as the team asks for were longer and are over."""
        over = 0
        for step in reversed(self.curve.steps):
            over += sum(step.decided.values())
            if over >= self.floor:
                return max(step.day - 1, 0)
        return 0


@dataclass(frozen=True)
class Chances:
    """What the past of a team tells of every stage, on a day."""

    snapshot: Snapshot
    stages: Mapping[StageKey, StagePast]

    def of(self, history: DealHistory) -> Chance | None:
        """The chance of an open deal; None where neither a person nor the past nor the process says one."""
        estimate = history.deal.probability
        key = StageKey(history.type, self.snapshot.name(history.now.stage))
        if estimate:
            return Chance(estimate.value, Provenance.ESTIMATE, f"said on {estimate.date}: {estimate.why}", key)
        return self._of_history(key, history.age(self.snapshot.as_of)) or self._default(key)

    def _of_history(self, key: StageKey, age: int) -> Chance | None:
        past = self.stages.get(key)
        if past is None or past.decided < self.snapshot.numbers.enough:
            return None
        asked = min(age, past.oldest)
        found = self.after(key, asked)
        if found is None:
            return None
        longer = f", as of the {asked}th day: few stayed longer" if asked < age else ""
        why = (
            f"{past.won} of {past.decided} decided attempts were won; after {counted(age, 'day')} in the stage{longer}"
        )
        return Chance(_rounded(found), Provenance.HISTORY, why, key, past.won, past.decided)

    def _default(self, key: StageKey) -> Chance | None:
        default = self.snapshot.stage(key.stage).probability
        if default is None:
            return None
        past = self.stages.get(key, StagePast())
        why = f"only {counted(past.decided, 'decided attempt')} came through it, so the process speaks"
        return Chance(default, Provenance.DEFAULT, why, key, past.won, past.decided)

    def after(self, key: StageKey, age: int) -> float | None:
        """How likely a win is for a deal that has been so long in a stage, within what was followed; None where none was."""
        past = self.stages[key]
        ways = {to: past.curve.chance(to, age) for to in _ways(past.curve)}
        found = [chance * self._from_entry[StageKey(key.type, to)] for to, chance in ways.items() if chance is not None]
        return sum(found) if ways and None not in ways.values() else None

    @cached_property
    def _from_entry(self) -> dict[StageKey, float]:
        """How likely a win is on the day of the entry into each stage, chained through the stages that follow."""
        found = dict.fromkeys(self._every_stage, 0.0)
        found.update({key: 1.0 for key in found if key.stage == WON})
        ways = [
            (key, [(StageKey(key.type, to), past.curve.share(to)) for to in _ways(past.curve)])
            for key, past in self.stages.items()
        ]
        for _ in range(ROUNDS):
            changed = 0.0
            for key, there in ways:
                new = sum(found[to] * share for to, share in there)
                changed, found[key] = max(changed, abs(new - found[key])), new
            if changed < 1e-12:
                break
        return found

    @cached_property
    def _every_stage(self) -> list[StageKey]:
        reached = [StageKey(key.type, to) for key, past in self.stages.items() for to in _ways(past.curve)]
        return [*self.stages, *reached]


def _ways(curve: Incidence) -> tuple[str, ...]:
    return tuple(curve.steps[-1].shares) if curve.steps else ()


def _rounded(value: float) -> Decimal:
    return Decimal(repr(round(min(max(value, 0.0), 1.0), EXACT))).quantize(PLACES, ROUND_HALF_UP)


@kept_with_snapshot
def chances(snapshot: Snapshot) -> Chances:
    """What the past tells on a day: of all deals, whichever are asked for, so that parts add up to the whole."""
    whole = snapshot.unnarrowed
    stays: dict[StageKey, list[Followed]] = {}
    decided: Counter[StageKey] = Counter()
    won: Counter[StageKey] = Counter()
    for history in whole.histories:
        for visits in history.attempts:
            for key, stay in _stays(whole, history, visits):
                stays.setdefault(key, []).append(stay)
            closing = whole.closing(visits)
            if closing is None:
                continue
            for key in _seen(whole, history, visits):
                decided[key] += 1
                won[key] += whole.stage(closing.stage).outcome == WON
    floor = whole.numbers.enough
    return Chances(
        whole,
        {key: StagePast(cumulative_incidence(found), won[key], decided[key], floor) for key, found in stays.items()},
    )


def _stays(snapshot: Snapshot, history: DealHistory, visits: tuple[Visit, ...]) -> Iterator[tuple[StageKey, Followed]]:
    """Every visit of an attempt to an open stage: for how many days, parked ones left out, and what came after it."""
    for at, visit in enumerate(visits):
        if not snapshot.stage(visit.stage).is_open:
            return
        following = visits[at + 1] if at + 1 < len(visits) else None
        days = history.active_days(visit, snapshot.as_of)
        yield (
            StageKey(history.type, snapshot.name(visit.stage)),
            Followed(max(days, 0), _led_to(snapshot, following) if following else None),
        )


def _led_to(snapshot: Snapshot, visit: Visit) -> str:
    return snapshot.stage(visit.stage).outcome or snapshot.name(visit.stage)


def _seen(snapshot: Snapshot, history: DealHistory, visits: tuple[Visit, ...]) -> set[StageKey]:
    """The open stages that an attempt was in."""
    return {
        StageKey(history.type, snapshot.name(visit.stage)) for visit in visits if snapshot.stage(visit.stage).is_open
    }
