"""A team's own numbers: metrics that installed packages bring, by entry points of the group ``salesops.metrics``.

Records never name code: only what somebody installed beside this program is asked, and nothing that lies in the folder of the records.
"""

from __future__ import annotations

import inspect
import re
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, wraps
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.metrics.metric import ALL_TYPES, METRICS, Lines, Measure, Metric, Near, family, in_its_stage, none_near
from salesops.metrics.readings import Reading
from salesops.problems import CannotDecide
from salesops.records.process import Process

GROUP = "salesops.metrics"
KINDS_KNOWN = ("count", "share", "days", "money")
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class OwnMetricFailed(CannotDecide):
    """A metric of an installed package raised an error, or returned something that is no reading of its kind."""


class BrokenMetric(NamedTuple):
    """A metric of an installed package that cannot be used, and why."""

    name: str
    package: str
    why: str

    @property
    def sentence(self) -> str:
        """As it is told."""
        return f"the metric '{self.name}' of the package {self.package} cannot be used: {self.why}"


def own_metric(
    metric_id: str,
    title: str,
    *,
    kind: str,
    source: str,
    types: str = ALL_TYPES,
    lines: Lines = in_its_stage,
    near: Near = none_near,
) -> Callable[[Measure], Metric]:
    """Make a metric of a function, for an entry point to name; its docstring is its definition."""

    def make(measure: Measure) -> Metric:
        definition = inspect.cleandoc(measure.__doc__ or "")
        return Metric(metric_id, title, kind, source, types, definition, measure, lines, near)

    return make


def installed() -> tuple[EntryPoint, ...]:
    """The entry points of installed packages, none of them in the folder where the program was called."""
    found = (entry for entry in entry_points(group=GROUP) if _is_installed(entry))
    return tuple(sorted(found, key=lambda entry: (entry.name, entry.value)))


def _is_installed(entry: EntryPoint) -> bool:
    if entry.dist is None:
        return False
    there, here = Path(str(entry.dist.locate_file(""))).resolve(), Path.cwd()
    beside_us = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    return there in beside_us or not there.is_relative_to(here)


def taken(entries: Iterable[EntryPoint]) -> tuple[list[Metric], list[BrokenMetric]]:
    """The metrics that can be used, and those that cannot."""
    sound: dict[str, Metric] = {}
    broken = []
    for entry in entries:
        package = entry.dist.name if entry.dist else "unknown"
        found = _loaded(entry)
        why = found if isinstance(found, str) else _fault(entry, found, sound)
        if why or isinstance(found, str):
            broken.append(BrokenMetric(entry.name, package, why))
        else:
            sound[found.id] = replace(found, package=package, measure=_guarded(found, package))
    return list(sound.values()), broken


def _loaded(entry: EntryPoint) -> Metric | str:
    """What an entry point names; a sentence where that cannot be loaded or is no metric."""
    try:
        found = entry.load()
    except Exception as fault:
        return f"{entry.value} cannot be loaded ({_said(fault)})"
    return found if isinstance(found, Metric) else f"{entry.value} is not made by salesops.metrics.own_metric"


def _fault(entry: EntryPoint, found: Metric, sound: dict[str, Metric]) -> str:
    """What is wrong with a metric; nothing where it is sound."""
    if found.id != entry.name:
        return f"its entry point is called {entry.name}, and its id is {found.id}"
    if not _ID.fullmatch(found.id):
        return "an id is small letters, digits and single hyphens"
    if found.id in METRICS or found.id in sound:
        return "another metric has this id"
    if found.kind not in KINDS_KNOWN:
        return f"its kind is {found.kind}, which is none of {', '.join(KINDS_KNOWN)}"
    if not found.definition:
        return "its function has no docstring, which is its definition"
    return ""


def _guarded(metric: Metric, package: str) -> Measure:
    """Its measure; whatever goes wrong in it is told as one thing."""
    measure = metric.measure or _nothing

    @wraps(measure)
    def measured(snapshot: Snapshot) -> Reading:
        try:
            found: object = measure(snapshot)
        except Exception as fault:
            why = f"it stopped with {_said(fault)}"
        else:
            if isinstance(found, Reading) and found.kind == metric.kind:
                return found
            why = f"it returned {type(found).__name__}, which is no reading of the kind {metric.kind}"
        raise OwnMetricFailed(BrokenMetric(metric.id, package, why).sentence) from None

    return measured


def _nothing(snapshot: Snapshot) -> Reading:
    raise NotImplementedError


def _said(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}" if str(fault) else type(fault).__name__


@cache
def _of_this_machine() -> tuple[list[Metric], list[BrokenMetric]]:
    return taken(installed())


@family
def own_metrics(process: Process) -> Iterator[Metric]:
    """The metrics of installed packages."""
    yield from _of_this_machine()[0]


def broken_metrics() -> list[BrokenMetric]:
    """The metrics of installed packages that cannot be used."""
    return _of_this_machine()[1]


def why_not(metric: Metric, snapshot: Snapshot) -> str:
    """Why a metric of an installed package cannot be measured; nothing where it can."""
    try:
        if metric.measure:
            metric.measure(snapshot)
    except OwnMetricFailed as fault:
        return str(fault)
    return ""
