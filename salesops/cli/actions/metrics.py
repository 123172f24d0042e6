"""What ``salesops metrics`` shows: readings on a day, with the deals behind each, or a series over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from salesops.book.book import LeftOut, Snapshot
from salesops.book.narrowing import Narrowing
from salesops.book.status import todays_word
from salesops.cli.actions.metrics_csv import as_table, evidence_as_table
from salesops.cli.actions.metrics_narrowed import asked_for
from salesops.cli.actions.metrics_series import SHOWN, as_believed, days_between, points, print_series, reading_as_data
from salesops.cli.names import chosen
from salesops.cli.names import metrics as choices_of
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import Records, records_of
from salesops.metrics import Metric, Reading, measure, metrics_of
from salesops.metrics.debt import Debt, data_debt
from salesops.metrics.own import broken_metrics, why_not
from salesops.metrics.readings import Share
from salesops.metrics.wording import attempts_in_words, by_kind, counted_in_words, detail, headline
from salesops.output import SCHEMA_VERSION, as_json, show, table
from salesops.records.process import Process


def run(
    folder: str,
    names: tuple[str, ...],
    output_format: str,
    as_of: str | None,
    *,
    known: str | None,
    since: str | None,
    every: str | None,
    evidence: bool,
    debt: bool,
    **narrowed: str | None,
) -> int:
    """Print the readings; 1 where a file could not be counted."""
    if debt and (since is not None or evidence or output_format == "csv"):
        raise Usage("--debt is a list of its own: leave out --since and --evidence, and take text or json")
    if since is not None:
        return _series(folder, names, output_format, as_of, narrowed, known=known, since=since, every=every or "week")
    if every or known == "then":
        raise Usage("--every and --known then are for a series: add --since DAY")
    records = records_of(folder, as_of, known)
    whole = records.are_whole
    if not records.book.processes:
        return 1
    asked = asked_for(records.book, records.day, **narrowed)
    records.say_whose()
    if debt:
        _print_debt(asked.on(records.book, records.day), names, output_format)
        return 0 if whole else 1
    _print(asked.on(records.book, records.day), names, records, evidence, output_format, asked.only)
    return 0 if whole else 1


def _series(
    folder: str,
    names: tuple[str, ...],
    output_format: str,
    as_of: str | None,
    narrowed: dict[str, str | None],
    *,
    known: str | None,
    since: str,
    every: str,
) -> int:
    """Print the readings of many days; of what has no day they say what the records say now, beside what was believed with ``known`` then."""
    both = known == "then"
    records = records_of(folder, as_of, None if both else known)
    whole = records.are_whole
    book, last = records.book, records.day
    if not book.processes:
        return 1
    days = days_between(since, last, every)
    asked = asked_for(book, last, **narrowed)
    wanted = _wanted(book.on(last).process, names or (SHOWN if output_format == "text" else ()))
    latest, own = book.on(last), [metric for metric in wanted if metric.package]
    _say_what_is_broken(latest, own, measure(latest, own))
    if records.point:
        records.say_whose()
    elif not both:
        note(f"salesops: {todays_word('then')}")
    then = as_believed(records.root, book, days) if both else {}
    print_series(list(points(book, days, wanted, asked.on, then)), wanted, known, output_format, every)
    return 0 if whole else 1


def _wanted(process: Process, names: Iterable[str]) -> list[Metric]:
    """The metrics named, or all; a name that no metric has is a wrong call."""
    known = metrics_of(process)
    choices = choices_of(known)
    ids = [chosen(name, choices, f"there is no metric '{show(name)}'") for name in names]
    return [known[metric_id] for metric_id in ids] or list(known.values())


def _print(
    snapshot: Snapshot,
    names: tuple[str, ...],
    records: Records,
    evidence: bool,
    output_format: str,
    only: Narrowing,
) -> None:
    wanted = _wanted(snapshot.process, names)
    readings, point = measure(snapshot, wanted), records.point
    _say_what_is_broken(snapshot, wanted, readings)
    if output_format == "json":
        window = {"from": snapshot.since, "to": snapshot.until, "only": only.given}
        told = {"as_of": snapshot.as_of, **window, "known": point.as_data() if point else None}
        every = [
            reading_as_data(metric, readings[metric.id], evidence)
            | (_near(snapshot, metric, readings) if evidence else {})
            for metric in wanted
        ]
        say(as_json({"schema_version": SCHEMA_VERSION, **told, "metrics": every}))
        return
    if output_format == "csv":
        known = point.name if point else ""
        measured = ((snapshot.as_of, known, metric, readings[metric.id]) for metric in wanted)
        for line in evidence_as_table(snapshot, wanted, readings) if evidence else as_table(measured):
            say(line)
        return
    if only.given:
        note(f"only deals of {show(only.words)}")
    lines = _one_by_one(snapshot, wanted, readings, evidence) if evidence or names else _overview(wanted, readings)
    for line in lines:
        say(line)


def _print_debt(snapshot: Snapshot, names: tuple[str, ...], output_format: str) -> None:
    """What is missing, and the numbers that lack it; of the metrics that are named, or of all."""
    debts = data_debt(snapshot, measure(snapshot, _wanted(snapshot.process, names)))
    if output_format == "json":
        told = [debt.as_data(snapshot.as_of) for debt in debts]
        say(as_json({"schema_version": SCHEMA_VERSION, "as_of": snapshot.as_of, "debt": told}))
        return
    rows = [
        (show(debt.deal), show(debt.what), show(debt.owner or ""), _age(debt, snapshot), ", ".join(debt.numbers))
        for debt in debts
    ]
    for line in (
        table(rows, ("deal", "missing", "owner", "days", "leaves out of"), frozenset({3}), style) if rows else ()
    ):
        say(line)
    if not rows:
        note("salesops: nothing is missing")


def _age(debt: Debt, snapshot: Snapshot) -> str:
    days = debt.days(snapshot.as_of)
    return "" if days is None else f"{days:,}"


def _say_what_is_broken(snapshot: Snapshot, wanted: list[Metric], readings: dict[str, Reading | None]) -> None:
    """Name the metrics of installed packages that cannot be used, or be measured on the day."""
    faults = [broken.sentence for broken in broken_metrics()]
    faults += [why_not(metric, snapshot) for metric in wanted if metric.measure and readings[metric.id] is None]
    for fault in faults:
        note(f"salesops: {show(fault)}")


def _near(snapshot: Snapshot, metric: Metric, readings: dict[str, Reading | None]) -> dict[str, object]:
    """The deals that were just left out, as machines read them."""
    reading = readings[metric.id]
    return {"near": [left.as_data() for left in metric.near_misses(snapshot, reading)]} if reading else {}


def _overview(metrics: list[Metric], readings: dict[str, Reading | None]) -> Iterator[str]:
    rows = [(metric.id, headline(readings[metric.id]), detail(readings[metric.id])) for metric in metrics]
    yield from table(rows, ("metric", "value", "behind it"), frozenset({1}), style)


def _one_by_one(
    snapshot: Snapshot, metrics: list[Metric], readings: dict[str, Reading | None], evidence: bool
) -> Iterator[str]:
    """Each metric with what is behind it: how many deals, or with ``evidence`` which."""
    for metric in metrics:
        reading = readings[metric.id]
        yield from _heading(metric, reading)
        if reading is not None:
            left_out = metric.left_out(snapshot, reading)
            yield from _deals(reading, left_out) if evidence else _numbers(reading, left_out)
        yield ""
    if not evidence:
        yield style("--evidence names the deals", "faint")


def _heading(metric: Metric, reading: Reading | None) -> Iterator[str]:
    yield f"{style(show(metric.title), 'head')} ({metric.id}): {style(headline(reading), 'place')}  {show(detail(reading))}".rstrip()
    yield show(f"  {metric.summary}")


def _numbers(reading: Reading, left_out: tuple[LeftOut, ...]) -> Iterator[str]:
    """How many deals were counted, and how many were left out for which kind of reason."""
    yield f"  counted: {counted_in_words(reading)}"
    for kind, found in by_kind(left_out):
        yield show(f"  left out: {len(found):,} {kind}")


def _deals(reading: Reading, left_out: tuple[LeftOut, ...]) -> Iterator[str]:
    """The deals that were counted, and those left out with the reason."""
    yield f"  counted ({_how_many(reading)}): {show(', '.join(_named(reading)) or 'none')}"
    if isinstance(reading, Share):
        yield f"  of these, behind the {reading.hits:,}: {show(', '.join(reading.hit) or 'none')}"
    for left in left_out:
        yield show(f"  left out: {left.deal}: {left.why}")


def _how_many(reading: Reading) -> str:
    """How many deals, alone; how many attempts of how many deals where these differ."""
    return counted_in_words(reading) if _counts_attempts(reading) else f"{len(reading.included):,}"


def _counts_attempts(reading: Reading) -> bool:
    return len(reading.attempts_counted) > len(reading.included)


def _named(reading: Reading) -> Iterator[str]:
    """The deals that were counted; one of several attempts with their numbers."""
    for deal in reading.included:
        which = attempts_in_words(reading, deal) if _counts_attempts(reading) else ""
        yield f"{deal} ({which})" if which else deal
