"""Data debt: what is missing in the records, whose it is, for how long, and which numbers it leaves out (``reference/definitions#data-debt``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.book.waiting_closed import lesson_in_words
from salesops.metrics import metrics_of
from salesops.metrics.readings import Reading

DEBTS = frozenset({Cause.NO_AMOUNT, Cause.NO_START, Cause.NOT_SIGNED, Cause.NOT_COUNTED, Cause.UNUSABLE})
"""The reasons by which a deal is left out because somebody has not written something down."""


class Debt(NamedTuple):
    """One thing that is missing in a deal: what it is, whose deal, since when it could have been there, and the numbers that lack it, by id."""

    deal: str
    what: str
    owner: str | None
    since: date | None
    numbers: tuple[str, ...]

    def days(self, as_of: date) -> int | None:
        """For how many days it has been missing; None where the deal cannot be followed."""
        return None if self.since is None else (as_of - self.since).days

    def as_data(self, as_of: date) -> dict[str, object]:
        """As machines read it."""
        return {**self._asdict(), "numbers": list(self.numbers), "days": self.days(as_of)}


def data_debt(snapshot: Snapshot, readings: Mapping[str, Reading | None]) -> list[Debt]:
    """Everything that is missing, what leaves the most numbers out first, then the oldest."""
    numbers: dict[tuple[str, str], list[str]] = {}
    for metric_id in metrics_of(snapshot.process):
        reading = readings.get(metric_id)
        for left in _missing(reading) if reading else ():
            found = numbers.setdefault((left.deal, left.why), [])
            found += [] if metric_id in found else [metric_id]
    debts = (_debt(snapshot, deal, what, tuple(found)) for (deal, what), found in numbers.items())
    return sorted(debts, key=lambda debt: (-len(debt.numbers), debt.since or date.min, debt.deal, debt.what))


def _missing(reading: Reading) -> Iterator[LeftOut]:
    yield from (left for left in reading.excluded if left.cause in DEBTS)
    for row in reading.tables.get("missing", ()):
        said = ", ".join(map(lesson_in_words, row["missing"].split(", ")))
        yield LeftOut(row["deal"], f"what was learned is not complete: {said}", Cause.NOT_COUNTED)


def _debt(snapshot: Snapshot, deal: str, what: str, numbers: tuple[str, ...]) -> Debt:
    history, record = snapshot.history(deal), snapshot.book.deals.get(deal)
    return Debt(deal, what, record.owner if record else None, history.now.entered if history else None, numbers)
