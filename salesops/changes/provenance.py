"""Why a metric counts each deal: the line of its file, the commit that wrote it, the person and the day; and each near miss with its rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from salesops.book.book import LeftOut, Ref, Snapshot
from salesops.changes.timeline import FileHistory, since_when
from salesops.metrics import Metric, Reading
from salesops.problems import Path
from salesops.records.record import value_at


@dataclass(frozen=True)
class EvidenceLine:
    """A line by which a deal is counted, and who wrote it when; without a commit it has not been committed yet."""

    deal: str
    path: str
    line: int
    text: str
    commit: str | None = None
    person: str | None = None
    day: date | None = None

    def as_data(self) -> dict[str, Any]:
        """As ``explain --format json`` gives it."""
        place = {"path": self.path, "line": self.line, "text": self.text}
        return {"deal": self.deal, **place, "commit": self.commit, "person": self.person, "day": self.day}


@dataclass(frozen=True)
class MetricEvidence:
    """A reading with the lines behind it, and what was left out by which rule."""

    metric: Metric
    day: date
    reading: Reading
    lines: tuple[EvidenceLine, ...]
    left_out: tuple[LeftOut, ...]
    gap: str = ""
    """Why no commit is named, where git cannot tell."""

    def as_data(self) -> dict[str, Any]:
        """As ``explain --format json`` gives it."""
        left = [{"deal": one.deal, "why": one.why} for one in self.left_out]
        return {
            "id": self.metric.id,
            "value": self.reading.value,
            "counted": [line.as_data() for line in self.lines],
            "left_out": left,
            "gap": self.gap or None,
        }


def evidence(
    metric: Metric, snapshot: Snapshot, lives: Mapping[Ref, FileHistory], gap: str = ""
) -> MetricEvidence | None:
    """The evidence of a metric on a day; None for one that is not built yet.

    ``lives`` are the deals' versions in git; ``gap`` says why there are none, where git cannot tell.
    """
    if metric.measure is None:
        return None
    reading = metric.measure(snapshot)
    lines = tuple(
        _line(snapshot, deal, path, lives.get(("deal", deal)))
        for deal in reading.included
        for path in metric.lines_of(snapshot, deal)
    )
    return MetricEvidence(metric, snapshot.as_of, reading, lines, metric.left_out(snapshot, reading), gap)


def _line(snapshot: Snapshot, deal: str, path: Path, life: FileHistory | None) -> EvidenceLine:
    document = snapshot.book.documents["deal", deal]
    place = document.place(path, key=isinstance(path[-1], str))
    found = EvidenceLine(deal, document.path, place.line, document.excerpt(place.line).strip())
    value = value_at(document.data, path)
    version = since_when(life, path, value) if life and value is not None else None
    if version is None:
        return found
    return EvidenceLine(
        found.deal, found.path, found.line, found.text, version.commit.id, version.commit.author, version.commit.day
    )
