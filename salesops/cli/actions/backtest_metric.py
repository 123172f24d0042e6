"""What ``salesops backtest metric`` shows: a metric on every Monday, as it is counted and as it would be, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from salesops.book.book import Book
from salesops.book.status import todays_word
from salesops.cli import names
from salesops.cli.actions.metrics_series import MAX_POINTS, as_believed
from salesops.cli.day import day_given, day_of
from salesops.cli.drafted_process import DraftedProcess, drafted_process
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import numbers_are_whole, read
from salesops.metrics import Metric, Reading, metrics_of
from salesops.metrics.readings import Amounts
from salesops.metrics.wording import headline
from salesops.output import (
    SCHEMA_VERSION,
    as_csv,
    as_json,
    counted,
    masked,
    problem_as_data,
    problems_as_text,
    show,
    table,
)
from salesops.problems import Problem
from salesops.records.process import Process
from salesops.reports.metric_backtest import Redefinition, TwoReadings, backtest_metric, mondays, renumbered

NOT_THERE = "not there"
"""In place of a number where the process of the day has no such metric."""
FIGURES = ("value", "hits", "out_of", "n", "enough")
HEADS = ("as_of", "commit", "metric", "currency", *FIGURES, *(f"would_be_{name}" for name in FIGURES), "differs")


@dataclass(frozen=True)
class MetricTrial:
    """The records, the metric and what is to be counted otherwise; the problems with a version that is tried."""

    root: Path
    book: Book
    are_whole: bool
    metric: str
    otherwise: Redefinition
    problems: list[Problem]

    @property
    def words(self) -> str:
        """What is different, in words."""
        parts = [self.otherwise.metric] if self.otherwise.metric != self.metric else []
        parts += [f"process {self.otherwise.process.version}"] if self.otherwise.process else []
        parts += [f"{name}={number}" for name, number in (self.otherwise.numbers or {}).items()]
        return ", ".join(parts)


def run(
    folder: str,
    output_format: str,
    as_of: str | None,
    *,
    metric: str,
    file: str | None,
    numbers: tuple[str, ...],
    other: str | None,
    since: str | None,
    known: str | None,
) -> int:
    """Print both numbers of every week; 1 where a file could not be counted, or the version that is tried has an error."""
    if not (file or numbers or other):
        raise Usage("say what is to be counted otherwise: --process FILE, --numbers NAME=NUMBER or --with METRIC")
    draft = drafted_process(folder, file, as_of) if file else None
    if draft and draft.process is None:
        return _refused(draft)
    trial = _trial(folder, draft, metric, other, _given(numbers), as_of)
    day = day_of(as_of, trial.book)
    points = list(_points(trial, day_given(since, "--since"), day, known))
    _print(trial, points, day, known, output_format)
    return 0 if trial.are_whole and not any(problem.is_error for problem in trial.problems) else 1


def _refused(draft: DraftedProcess) -> int:
    """Say why nobody can count by a version."""
    for line in problems_as_text(draft.problems, style):
        say(line, err=True)
    return 1


def _given(numbers: tuple[str, ...]) -> dict[str, str]:
    pairs = [number.partition("=") for number in numbers]
    if wrong := next((name for name, equals, value in pairs if not (name and equals and value)), None):
        raise Usage(f"--numbers {show(wrong)}: write a name and a number, such as enough=20")
    return {name: value for name, _, value in pairs}


def _trial(
    folder: str,
    draft: DraftedProcess | None,
    metric: str,
    other: str | None,
    numbers: dict[str, str],
    as_of: str | None,
) -> MetricTrial:
    if draft:
        root, book, are_whole, problems = draft.root, draft.book, draft.are_whole, draft.problems
    else:
        root, book, faults = read(folder)
        are_whole, problems = numbers_are_whole(book, faults), []
    if numbers and (wrong := renumbered(book, numbers)[1]):
        raise Usage(f"--numbers: {show(wrong[0].field)}: {show(wrong[0].message)}")
    process = draft.process if draft else None
    name = _chosen(metric, book, process, as_of)
    otherwise = Redefinition(_chosen(other, book, process, as_of) if other else name, process, numbers)
    return MetricTrial(root, book, are_whole, name, otherwise, problems)


def _chosen(asked: str, book: Book, process: Process | None, as_of: str | None) -> str:
    """The metric that a person means, of the process of the day or of the one that is tried."""
    versions = [it for it in (book.process_on(day_of(as_of, book)), process) if it]
    known: dict[str, Metric] = {name: it for version in versions for name, it in metrics_of(version).items()}
    found = names.chosen(asked, names.metrics(known), f"there is no metric '{show(asked)}'")
    if known[found].measure is None:
        raise Usage(f"'{found}' is not built yet")
    return found


def _points(trial: MetricTrial, since: date | None, last: date, known: str | None) -> Iterator[TwoReadings]:
    days = list(mondays(trial.book, since, last))
    if len(days) > MAX_POINTS:
        raise Usage(f"{len(days):,} weeks; the limit is {MAX_POINTS:,}: add --since DAY")
    if known:
        believed = as_believed(trial.root, trial.book, days)
        return backtest_metric(
            trial.metric, trial.otherwise, ((day, *believed[day]) for day in days if day in believed)
        )
    note(f"salesops: {todays_word('then')}")
    return backtest_metric(trial.metric, trial.otherwise, ((day, None, trial.book) for day in days))


def _print(trial: MetricTrial, points: list[TwoReadings], day: date, known: str | None, output_format: str) -> None:
    if output_format == "json":
        say(masked(as_json({"schema_version": SCHEMA_VERSION, "as_of": day, **_as_data(trial, points, known)})))
        return
    for line in problems_as_text(trial.problems, style):
        say(line, err=output_format == "csv")
    rows = (row for point in points for row in _rows(trial.metric, point))
    for line in as_csv(rows, HEADS) if output_format == "csv" else _as_text(trial, points):
        say(line)


def _as_text(trial: MetricTrial, points: list[TwoReadings]) -> Iterator[str]:
    differ = [point for point in points if point.differs]
    span = f", the first on {differ[0].day}, the last on {differ[-1].day}" if differ else ""
    yield style(show(f"{trial.metric} as it is, and with {trial.words}"), "head")
    yield f"They differ in {len(differ):,} of {counted(len(points), 'week')}{span}"
    yield ""
    rows = [[str(it.day), _words(it.now), _words(it.would), "differs" if it.differs else ""] for it in points]
    yield from table(rows, ("Monday", "as it is", "as it would be", ""), frozenset((1, 2)), style)


def _words(reading: Reading | None) -> str:
    return headline(reading) if reading else NOT_THERE


def _rows(metric: str, point: TwoReadings) -> Iterator[tuple[object, ...]]:
    """A row of each day, and of each currency of an amount."""
    now, would = _values(point.now), _values(point.would)
    currencies: list[str | None] = list(dict.fromkeys([*now, *would])) or [None]
    if len(currencies) > 1:
        currencies = [currency for currency in currencies if currency]
    for currency in currencies:
        both = (*_figures(point.now, now.get(currency)), *_figures(point.would, would.get(currency)))
        yield point.day, point.commit, metric, currency, *both, "yes" if point.differs else "no"


def _values(reading: Reading | None) -> dict[str | None, object]:
    """The value, or those of each currency."""
    if isinstance(reading, Amounts):
        return dict((reading.value or {}).items()) or {None: None}
    return {None: reading.value if reading else None}


def _figures(reading: Reading | None, value: object) -> tuple[object, ...]:
    data = reading.as_data() if reading else {}
    return value, *(data.get(name) for name in FIGURES[1:])


def _as_data(trial: MetricTrial, points: list[TwoReadings], known: str | None) -> dict[str, Any]:
    process = trial.otherwise.process
    return {
        "metric": trial.metric,
        "with": trial.otherwise.metric,
        "version": process.version if process else None,
        "numbers": dict(trial.otherwise.numbers or {}),
        "known": known,
        "problems": [problem_as_data(problem) for problem in trial.problems],
        "weeks": len(points),
        "differ": sum(point.differs for point in points),
        "series": [_point_as_data(point) for point in points],
    }


def _point_as_data(point: TwoReadings) -> dict[str, Any]:
    return {
        "as_of": point.day,
        "commit": point.commit,
        "differs": point.differs,
        "is": _reading_as_data(point.now),
        "would_be": _reading_as_data(point.would),
        "no_longer_counted": point.only_now,
        "newly_counted": point.only_then,
    }


def _reading_as_data(reading: Reading | None) -> dict[str, Any] | None:
    """The figures of a reading; None where the process of the day has no such metric."""
    if reading is None:
        return None
    data = reading.as_data()
    return {name: data[name] for name in ("kind", *FIGURES) if name in data}
