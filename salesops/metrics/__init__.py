"""The numbers: one small function for each metric, grouped by subject; adding one is adding a function."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from salesops.book.book import Snapshot
from salesops.metrics import (
    closing,
    contracts,
    conversions,
    expected,
    outreach,
    own,
    pipeline,
    recurring_forecast,
    red_lines,
    retention,
    velocity,
)
from salesops.metrics.metric import Metric, every_metric
from salesops.metrics.own import OwnMetricFailed, own_metric
from salesops.metrics.readings import Amounts, Count, Days, Reading, Share
from salesops.records.process import Process

SUBJECTS = (
    pipeline,
    conversions,
    outreach,
    velocity,
    expected,
    contracts,
    recurring_forecast,
    retention,
    closing,
    red_lines,
    own,
)
"""The modules of metrics, in the order of the glossary."""

__all__ = [
    "SUBJECTS",
    "Amounts",
    "Count",
    "Days",
    "Metric",
    "Reading",
    "Share",
    "as_data",
    "measure",
    "metrics_of",
    "own_metric",
    "read_metric",
]


def metrics_of(process: Process) -> dict[str, Metric]:
    """Every metric by its id, those that the process names among them, by subject; planned ones last."""
    place = {module.__name__.rsplit(".", 1)[-1]: at for at, module in enumerate(SUBJECTS)}
    in_order = sorted(every_metric(process), key=lambda metric: place.get(metric.subject, len(place)))
    return {metric.id: metric for metric in in_order}


def read_metric(snapshot: Snapshot, metric_id: str) -> Reading:
    """One metric on a day; raises KeyError for an unknown or a planned one."""
    found = metrics_of(snapshot.process)[metric_id].measure
    if found is None:
        raise KeyError(metric_id)
    return found(snapshot)


def measure(snapshot: Snapshot, metrics: Iterable[Metric]) -> dict[str, Reading | None]:
    """Several metrics on one day; None for what is planned, and for what a package brings that cannot be measured."""
    return {metric.id: _measured(metric, snapshot) for metric in metrics}


def _measured(metric: Metric, snapshot: Snapshot) -> Reading | None:
    try:
        return metric.measure(snapshot) if metric.measure else None
    except OwnMetricFailed:
        return None


def as_data(metric: Metric, reading: Reading | None) -> dict[str, Any]:
    """A metric and its reading as machines read it; a planned one has no value."""
    known = {"id": metric.id, "title": metric.title, "status": metric.status, "kind": metric.kind}
    return {**known, **(reading.as_data() if reading else {"value": None})}
