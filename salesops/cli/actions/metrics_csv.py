"""Readings as a table for spreadsheets: a row for each metric and day, and for each currency of an amount."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from salesops.book.book import Snapshot
from salesops.metrics import Metric, Reading, as_data
from salesops.metrics.readings import Amounts
from salesops.output import as_csv

FIGURES = ("hits", "out_of", "open", "n", "median", "p80", "without_amount")
HEADS = ("as_of", "known", "metric", "title", "kind", "status", "value", "currency", "low", "high", *FIGURES)

Row = tuple[object, ...]
Measured = tuple[date, str, Metric, Reading | None]
"""A reading of a metric: on which day, as known when."""


def as_table(measured: Iterable[Measured]) -> Iterator[str]:
    """The readings, line by line."""
    yield from as_csv((row for one in measured for row in _rows(*one)), HEADS)


def _rows(day: date, known: str, metric: Metric, reading: Reading | None) -> Iterator[Row]:
    data = as_data(metric, reading)
    low, high = data.get("interval") or data.get("median_interval") or (None, None)
    named = day, known, metric.id, metric.title, metric.kind, metric.status
    figures = low, high, *(data.get(name) for name in FIGURES)
    for value, currency in _values(reading, data["value"]):
        yield *named, value, currency, *figures


def _values(reading: Reading | None, value: object) -> list[tuple[object, str | None]]:
    if isinstance(reading, Amounts):
        return [(amount, currency) for currency, amount in reading.sums.items()] or [(None, None)]
    return [(value, None)]


def evidence_as_table(
    snapshot: Snapshot, metrics: Iterable[Metric], readings: Mapping[str, Reading | None]
) -> Iterator[str]:
    """The deals behind the readings, line by line: counted, or left out with the reason."""
    rows = (row for metric in metrics if (reading := readings[metric.id]) for row in _deals(snapshot, metric, reading))
    yield from as_csv(rows, ("as_of", "metric", "deal", "counted", "why", "attempts"))


def _deals(snapshot: Snapshot, metric: Metric, reading: Reading) -> Iterator[Row]:
    day = snapshot.as_of
    for deal in reading.included:
        yield day, metric.id, deal, "yes", None, " ".join(map(str, reading.attempts_of(deal)))
    yield from ((day, metric.id, left.deal, "no", left.why, None) for left in metric.left_out(snapshot, reading))
