"""What a metric is: one function from a Snapshot to a Reading, whose docstring is the definition in the glossary."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from typing import Any, TypeVar

from salesops.book.book import LeftOut, Snapshot, kept_with_snapshot
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.readings import Days, Reading, Share
from salesops.problems import Path
from salesops.records.process import Process

Measure = Callable[[Snapshot], Reading]
M = TypeVar("M", bound=Measure)
Lines = Callable[[Snapshot, DealHistory], list[Path]]
"""The fields of a deal by which a metric counts it."""
Near = Callable[[Snapshot], Iterable[LeftOut]]
"""Deals that a rule of a metric just left out and that its reading does not name."""


def line(visit: Visit) -> Path:
    """The line of a deal's file that tells a visit."""
    return ("stages", visit.line)


def in_its_stage(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    """What a metric rests on unless it says otherwise: the stage in which the deal is."""
    return [line(history.now)]


def none_near(snapshot: Snapshot) -> Iterable[LeftOut]:
    """No near misses: the reading names all that its rules left out."""
    return ()


@dataclass(frozen=True)
class Metric:
    """A number the team watches.

    ``kind`` is its unit, ``source`` what it rests on: a sales document by title and section, a place of the
    reference such as ``reference/definitions#sqd``, or both, ``types`` the deal types it counts. Without
    ``measure`` it is planned: it reads "not yet", never 0. ``lines`` and ``near`` are its evidence: the fields of a deal by
    which it is counted, and the deals that it nearly counted.
    """

    id: str
    title: str
    kind: str
    source: str
    types: str
    definition: str
    measure: Measure | None = None
    lines: Lines = in_its_stage
    near: Near = none_near
    bears_red_lines: bool = True
    """False where the number is too weak a sign for a red line to rest on it."""
    package: str = ""
    """The installed package that brings it; nothing for one of this program."""

    @property
    def status(self) -> str:
        """Implemented or planned."""
        return "implemented" if self.measure else "planned"

    def lines_of(self, snapshot: Snapshot, deal: str) -> list[Path]:
        """The fields of a deal by which it is counted; its stage where it is counted by nothing else."""
        history = snapshot.history(deal)
        return (self.lines(snapshot, history) or in_its_stage(snapshot, history)) if history else []

    def near_misses(self, snapshot: Snapshot, reading: Reading) -> tuple[LeftOut, ...]:
        """The deals that its rules just left out and that its reading does not name."""
        named = {left.deal for left in reading.excluded}
        return tuple(left for left in self.near(snapshot) if left.deal not in named)

    def left_out(self, snapshot: Snapshot, reading: Reading) -> tuple[LeftOut, ...]:
        """All that it does not count: what its reading names, and the near misses."""
        return (*reading.excluded, *self.near_misses(snapshot, reading))

    @property
    def subject(self) -> str:
        """The group it belongs to: the module of its function, "own" for one of an installed package, or "planned"."""
        if self.package:
            return "own"
        return self.measure.__module__.rsplit(".", 1)[-1] if self.measure else "planned"

    @property
    def summary(self) -> str:
        """The first line of the definition."""
        return self.definition.split("\n", 1)[0]


Family = Callable[[Process], Iterable[Metric]]

METRICS: dict[str, Metric] = {}
FAMILIES: list[Family] = []
ALL_TYPES = "new and existing business"
NEW_ONLY = "new business"


def metric(
    metric_id: str,
    title: str,
    *,
    kind: str,
    source: str,
    types: str = ALL_TYPES,
    lines: Lines = in_its_stage,
    near: Near = none_near,
    bears_red_lines: bool = True,
) -> Callable[[M], M]:
    """Register a metric; its docstring is its definition."""

    def register(measure: M) -> M:
        definition = inspect.cleandoc(measure.__doc__ or "")
        add(Metric(metric_id, title, kind, source, types, definition, measure, lines, near, bears_red_lines))
        return measure

    return register


def family(make: Family) -> Family:
    """Register metrics that the process names: one for each conversion, one for each stage."""
    FAMILIES.append(make)
    return make


def every_metric(process: Process) -> list[Metric]:
    """Every metric, those that the process names among them."""
    return list(_made(_Itself(process), tuple(map(_Itself, METRICS.values())), tuple(FAMILIES)))


@dataclass(frozen=True, eq=False)
class _Itself:
    """Something that is known again by which one it is: to compare a process by all that it says takes long."""

    it: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)


@lru_cache(maxsize=64)
def _made(process: _Itself, registered: tuple[_Itself, ...], families: tuple[Family, ...]) -> tuple[Metric, ...]:
    """A page asks for them a hundred times, and for the same process they are the same ones."""
    made = [*(each.it for each in registered), *(each for make in families for each in make(process.it))]
    known = {each.id: each for each in sorted(made, key=lambda each: each.package, reverse=True)}.values()
    return tuple(replace(each, measure=_by_its_numbers(each.measure)) if each.measure else each for each in known)


def _by_its_numbers(measure: Measure) -> Measure:
    """The same, with the floor of the team: from how many on it speaks of a rate or an average."""

    @kept_with_snapshot
    @wraps(measure)
    def measured(snapshot: Snapshot) -> Reading:
        found = measure(snapshot)
        return replace(found, floor=snapshot.numbers.enough) if isinstance(found, Share | Days) else found

    return measured


def add(new: Metric) -> None:
    """Register a metric that is made rather than decorated; raises ValueError where its id is taken."""
    if new.id in METRICS:
        raise ValueError(f"two metrics are called {new.id}")
    METRICS[new.id] = new
