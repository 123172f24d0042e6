"""A metric on days of the past, as it is counted and as it would be under a changed definition (``reference/definitions#metric-backtests``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from salesops.book.book import Book
from salesops.metrics import Metric, Reading, measure, metrics_of
from salesops.problems import Problem
from salesops.records.as_written import as_map
from salesops.records.process import IMPORTED, Process
from salesops.records.team import Team
from salesops.records.validation import typed

FIGURES = ("value", "hits", "out_of", "n", "enough")
"""What two readings of one kind are compared by."""


@dataclass(frozen=True)
class Redefinition:
    """What is to be counted otherwise: by another metric, under one version of the process on every day, with other numbers of the team."""

    metric: str
    process: Process | None = None
    numbers: Mapping[str, str] | None = None

    def of(self, book: Book) -> Book:
        """The records as they would be counted."""
        kinds = dict(book.records)
        if self.process:
            of_imports = {IMPORTED: book.versions[IMPORTED]} if IMPORTED in book.versions else {}
            kinds["process"] = {**of_imports, self.process.version: self.process}
        if self.numbers and (team := renumbered(book, self.numbers)[0]):
            kinds["team"] = {"team": team}
        return replace(book, records=kinds)


def renumbered(book: Book, numbers: Mapping[str, str]) -> tuple[Team | None, list[Problem]]:
    """The team with other numbers, and what is wrong with these; the team as it is where its file cannot be read."""
    document = book.documents.get(("team", "team"))
    if document is None:
        return book.team, []
    said = {**as_map(document.data.get("numbers")), **numbers}
    team, problems = typed(replace(document, data={**document.data, "numbers": said}), Team)
    return team, [problem for problem in problems if problem.field.split(".")[0] == "numbers"]


@dataclass(frozen=True)
class TwoReadings:
    """A day with the reading as it is counted and as it would be; None where the process of the day has no such metric.

    ``commit`` is the one whose records are counted, where that is not what the records say today.
    """

    day: date
    now: Reading | None
    would: Reading | None
    commit: str | None = None

    @property
    def differs(self) -> bool:
        """Whether the two are not the same number, or are made of different counts."""
        if self.now is None or self.would is None:
            return self.now is not self.would
        names = FIGURES if type(self.now) is type(self.would) else FIGURES[:1]
        now, would = self.now.as_data(), self.would.as_data()
        return any(now.get(name) != would.get(name) for name in names)

    @property
    def only_now(self) -> list[str]:
        """The deals that are counted and would not be."""
        return sorted(_counted(self.now) - _counted(self.would))

    @property
    def only_then(self) -> list[str]:
        """The deals that are not counted and would be."""
        return sorted(_counted(self.would) - _counted(self.now))


def _counted(reading: Reading | None) -> set[str]:
    return set(reading.included) if reading else set()


def mondays(book: Book, since: date | None, last: date) -> Iterator[date]:
    """Every Monday from a day on, or from the first move, up to the last day: then a week is looked back at."""
    moved = (history.visits[0].entered for history in book.histories.values())
    first = since or min(moved, default=None)
    if first is None:
        return
    day = first + timedelta(days=-first.weekday() % 7)
    while day <= last:
        yield day
        day += timedelta(days=7)


def backtest_metric(
    metric: str, otherwise: Redefinition, books: Iterable[tuple[date, str | None, Book]]
) -> Iterator[TwoReadings]:
    """Both readings of each day, given with the records that are to be counted on it and their commit."""
    last: tuple[Book, Book] | None = None
    for day, commit, book in books:
        if last is None or last[0] is not book:
            last = book, otherwise.of(book)
        yield TwoReadings(day, _read(book, metric, day), _read(last[1], otherwise.metric, day), commit)


def _read(book: Book, name: str, day: date) -> Reading | None:
    """A metric on a day; None where the process of the day has none of this name."""
    if not book.processes:
        return None
    snapshot = book.on(day)
    found: Metric | None = metrics_of(snapshot.process).get(name)
    return measure(snapshot, [found])[name] if found else None
