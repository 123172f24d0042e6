"""``salesops metrics``: readings on a day, with the deals behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from salesops.cli.shared import (
    Usage,
    as_of_option,
    day_of,
    day_option,
    format_option,
    kept,
    named_moment,
    note,
    numbers_are_whole,
    read,
    root_of,
    say,
    style,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from salesops.book.book import Book, Snapshot
    from salesops.metrics import Metric, Reading
    from salesops.problems import Problem
    from salesops.store.commits import NamedCommit


@click.command("metrics")
@click.argument("ids", nargs=-1, metavar="[METRIC]...")
@click.option(
    "--from", "first", metavar="YYYY-MM-DD", help="Narrow rates to cohorts, and averages to closes, from this day on."
)
@click.option(
    "--known",
    metavar="REV|DATE|then",
    help="Count what was known at a commit, or by the end of a day; in a series, the word then sets what was believed on each day beside it.",
)
@click.option("--since", metavar="YYYY-MM-DD", help="A series over time, from this day on.")
@click.option(
    "--every", type=click.Choice(["day", "week", "month"]), help="The steps of a series; a week where it is not said."
)
@click.option("--evidence", is_flag=True, help="Name the deals that were counted, and those left out with the reason.")
@format_option("text", "json")
@as_of_option
@click.pass_context
def command(
    ctx: click.Context,
    ids: tuple[str, ...],
    first: str | None,
    known: str | None,
    since: str | None,
    every: str | None,
    evidence: bool,
    format: str,
    as_of: str | None,
) -> None:
    """Work out every metric, or only those named, as of a day.

    Two clocks: --as-of says the day that the numbers are about, --known what was in the records at the time. What was
    true on 1 June is --as-of 2026-06-01; what we believed on that day is --as-of 2026-06-01 --known 2026-06-01. Metrics
    that are defined and not built yet read "not yet"; where nothing was counted it says "no data".
    """
    if since is None and (every or known == "then"):
        raise Usage("--every and --known then belong to a series: say --since as well")
    if since is not None:
        from salesops.cli.series import series

        ctx.exit(series(ctx, ids, first, known, since, every or "week", format, as_of))
    book, problems, point = _book(ctx, known)
    whole = numbers_are_whole(book, problems, point.name if point else "")
    if not book.processes:
        ctx.exit(1)
    day = _day(book, point, as_of)
    start = day_option(first, "--from")
    if start and start > day:
        raise Usage(f"--from {start} lies after {day}")
    _print(book.on(day, start), ids, point, evidence, format)
    ctx.exit(0 if whole else 1)


def _book(ctx: click.Context, known: str | None) -> tuple[Book, list[Problem], NamedCommit | None]:
    """The records as they lie here, or as they were known."""
    if known is None:
        _, book, problems = read(ctx)
        return book, problems, None
    from salesops.store.commits import CommitBooks

    archive = CommitBooks(root_of(ctx.obj))
    point = named_moment(archive, known, "--known")
    book, problems = archive.book(point.commit)
    kept()
    return book, problems, point


def _day(book: Book, point: NamedCommit | None, as_of: str | None) -> date:
    """The day asked for; what was known by a day is looked at on that day unless another is named."""
    if as_of is None and point and point.day:
        return point.day
    return day_of(as_of, book)


def _print(snapshot: Snapshot, ids: tuple[str, ...], point: NamedCommit | None, evidence: bool, format: str) -> None:
    from salesops import output
    from salesops.cli.series import wanted_metrics
    from salesops.metrics import as_data, measure

    wanted = wanted_metrics(snapshot.process, ids)
    readings = measure(snapshot, wanted)
    if format == "json":
        told = {"as_of": snapshot.as_of, "from": snapshot.since, "known": point.as_data() if point else None}
        every = [as_data(metric, readings[metric.id]) for metric in wanted]
        say(output.as_json({"schema_version": output.SCHEMA_VERSION, **told, "metrics": every}))
        return
    if point:
        note(f"as known at {point.name}{f' (commit {point.commit[:12]})' if point.day else ''}, as of {snapshot.as_of}")
    for line in _as_text(wanted, readings, evidence or bool(ids)):
        say(line)


def _as_text(metrics: list[Metric], readings: dict[str, Reading | None], evidence: bool) -> Iterator[str]:
    from salesops.metrics.wording import detail, headline
    from salesops.output import table

    if not evidence:
        rows = [(metric.id, headline(readings[metric.id]), detail(readings[metric.id])) for metric in metrics]
        yield from table(rows, ("metric", "value", "behind it"), frozenset({1}), style)
        return
    for metric in metrics:
        yield from evidence_lines(metric, readings[metric.id])


def evidence_lines(metric: Metric, reading: Reading | None) -> Iterator[str]:
    """A reading with the deals that were counted, and those left out with the reason."""
    from salesops.metrics.readings import Share
    from salesops.metrics.wording import detail, headline
    from salesops.output import show

    yield f"{style(show(metric.title), 'head')} ({metric.id}): {style(headline(reading), 'place')}  {show(detail(reading))}".rstrip()
    yield show(f"  {metric.summary}")
    if reading is not None:
        yield f"  counted ({len(reading.included)}): {show(', '.join(reading.included) or 'none')}"
        if isinstance(reading, Share):
            yield f"  of these, behind the {reading.hits}: {show(', '.join(reading.hit) or 'none')}"
        for left in reading.excluded:
            yield show(f"  left out: {left.deal}: {left.why}")
    yield ""
