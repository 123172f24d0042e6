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
    numbers_are_whole,
    read,
    say,
    style,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from salesops.metrics import Metric, Reading
    from salesops.records.process import Process


@click.command("metrics")
@click.argument("ids", nargs=-1, metavar="[METRIC]...")
@click.option(
    "--from", "since", metavar="YYYY-MM-DD", help="Narrow rates to cohorts, and averages to closes, from this day on."
)
@click.option("--evidence", is_flag=True, help="Name the deals that were counted, and those left out with the reason.")
@format_option("text", "json")
@as_of_option
@click.pass_context
def command(
    ctx: click.Context, ids: tuple[str, ...], since: str | None, evidence: bool, format: str, as_of: str | None
) -> None:
    """Work out every metric, or only those named, as of a day.

    Metrics that are defined and not built yet read "not yet"; where nothing was counted it says "no data".
    """
    from salesops import output
    from salesops.metrics import as_data, measure

    _, book, problems = read(ctx)
    whole = numbers_are_whole(book, problems)
    if not book.processes:
        ctx.exit(1)
    first = day_option(since, "--from")
    snapshot = book.on(day_of(as_of, book), first)
    if first and first > snapshot.as_of:
        raise Usage(f"--from {first} lies after {snapshot.as_of}")
    wanted = _wanted(snapshot.process, ids)
    readings = measure(snapshot, wanted)
    if format == "json":
        every = [as_data(metric, readings[metric.id]) for metric in wanted]
        say(
            output.as_json(
                {
                    "schema_version": output.SCHEMA_VERSION,
                    "as_of": snapshot.as_of,
                    "from": first,
                    "known": None,
                    "metrics": every,
                }
            )
        )
    else:
        for line in _as_text(wanted, readings, evidence or bool(ids)):
            say(line)
    ctx.exit(0 if whole else 1)


def _wanted(process: Process, ids: Iterable[str]) -> list[Metric]:
    from salesops.metrics import metrics_of
    from salesops.output import show
    from salesops.problems import did_you_mean

    known = metrics_of(process)
    for id in ids:
        if id not in known:
            raise Usage(f"there is no metric '{show(id)}'; {did_you_mean(id, known)}".rstrip("; "))
    return [known[id] for id in ids] or list(known.values())


def _as_text(metrics: list[Metric], readings: dict[str, Reading | None], evidence: bool) -> Iterator[str]:
    from salesops.metrics.words import detail, headline
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
    from salesops.metrics.words import detail, headline
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
