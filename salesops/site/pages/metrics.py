"""The metrics: each with its definition, interval, and a page of the deals behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from salesops.book.book import Snapshot
from salesops.changes.timeline import GitHistory
from salesops.metrics import Metric, Reading, metrics_of
from salesops.metrics.readings import Share
from salesops.site.pages.page import Page, page

MAX_DEALS_NAMED = 500
"""Deals named on a metric's page; its JSON twin names them all."""
SUBJECT_TITLES = {
    "pipeline": "Pipeline",
    "conversions": "Conversion",
    "velocity": "Days",
    "contracts": "Existing business",
    "planned": "Planned",
}


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The glossary with today's readings, and a page for each metric that is measured."""
    every = list(metrics_of(snapshot.process).values())
    groups = [
        (SUBJECT_TITLES[subject], list(found)) for subject, found in groupby(every, key=lambda metric: metric.subject)
    ]
    yield page("metrics", "Metrics", "metrics", snapshot, groups=groups, readings=readings)
    for metric in every:
        reading = readings[metric.id]
        if reading is not None:
            yield _of(snapshot, metric, reading)


def _of(snapshot: Snapshot, metric: Metric, reading: Reading) -> Page:
    data = reading.as_data()
    reasons: dict[str, list[str]] = {}
    for left in reading.excluded:
        reasons.setdefault(left.why, []).append(left.deal)
    return page(
        f"metrics/{metric.id}",
        metric.title,
        "metric",
        snapshot,
        search=(metric.title, metric.summary),
        metric=metric,
        reading=reading,
        definition=metric.definition.split("\n\n"),
        included=[snapshot.history(id) or snapshot.book.histories[id] for id in reading.included[:MAX_DEALS_NAMED]],
        reasons=sorted(reasons.items(), key=lambda pair: (-len(pair[1]), pair[0])),
        data={
            name: value
            for name, value in data.items()
            if name not in ("included", "excluded", "hit", "kind", "value", "weeks")
        },
        weeks=data.get("weeks", []),
        most=MAX_DEALS_NAMED,
        hit=frozenset(reading.hit) if isinstance(reading, Share) else frozenset(),
    )
