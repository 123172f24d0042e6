"""Which lines of a deal's file make a metric count it, and which deals it nearly counted."""

from __future__ import annotations

from salesops.book.book import LeftOut, Snapshot
from salesops.metrics.metric import Metric, in_its_stage
from salesops.problems import Path


def lines_of(metric: Metric, snapshot: Snapshot, deal: str) -> list[Path]:
    """The fields of a deal by which a metric counts it; its stage where the metric counts it by nothing else."""
    history = snapshot.history(deal)
    if history is None:
        return []
    return metric.lines(snapshot, history) or in_its_stage(snapshot, history)


def near_misses(metric: Metric, snapshot: Snapshot) -> list[LeftOut]:
    """Deals that a metric did not count and does not name itself, because a rule of it just left them out."""
    return list(metric.near(snapshot))
