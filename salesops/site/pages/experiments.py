"""The experiments: an index, and a page for each with its variants, the progress to its stop rule, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import LeftOut, Snapshot
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.experiments import (
    INCONCLUSIVE,
    TOO_FEW,
    ExperimentResult,
    Pair,
    Registered,
    experiments_measured,
)
from salesops.metrics.readings import Share
from salesops.metrics.wording import by_kind, detail, headline
from salesops.records.learning import ENDED, STATUSES
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.deals_named import folded, links
from salesops.site.pages.decisions import title_of
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, counted, day, id_in_words, unbroken

IN_ORDER = (STATUSES[1], STATUSES[0], *ENDED)
KINDS = {Registered.YES: "good", Registered.NO: "warn", Registered.UNKNOWN: "quiet"}


class VariantRow(NamedTuple):
    """A variant: how many attempts are in it, and the share of those that are decided; None where nothing is measured."""

    name: str
    joined: int
    share: Share | None


def points(share: float) -> str:
    """``+20.0 points``."""
    return f"{share * 100:+.1f} points"


def verdict(result: ExperimentResult, here: Here) -> Markup | str:
    """What can be said."""
    if not result.verdict:
        return NOTHING
    kind = "quiet" if result.verdict in (TOO_FEW, INCONCLUSIVE) else "good"
    return here.chip(kind, result.verdict_today)


def _link(row: ExperimentResult, here: Here) -> Markup:
    return Markup("{}<br><small>{}</small>").format(here.playbook_link("experiment", row.id), row.experiment.hypothesis)


def _size(row: ExperimentResult) -> str:
    return " · ".join(f"{name}: {count}" for name, count in row.joined.items()) or NOTHING


EXPERIMENTS: Columns[ExperimentResult] = (
    Column("Experiment", _link, header=True, words=True),
    Column("Status", lambda row, _: row.experiment.status),
    Column("Attempts", lambda row, _: _size(row)),
    Column("End", lambda row, _: row.progress, words=True),
    Column("Declared", lambda row, here: here.chip(KINDS[row.registered], row.registered.value)),
    Column("Verdict", verdict),
    Column("What we learned", lambda row, _: row.experiment.learning or row.experiment.result or NOTHING, words=True),
)
VARIANTS: Columns[VariantRow] = (
    Column("Variant", lambda row, _: row.name, header=True),
    Column("Attempts", lambda row, _: row.joined, right=True),
    Column("Share", lambda row, _: unbroken(headline(row.share)) if row.share else NOTHING, right=True),
    Column("How sure", lambda row, _: unbroken(detail(row.share)) if row.share else NOTHING, words=True),
    Column("Counted", lambda row, here: folded(row.share.included if row.share else (), here)),
)
NOT_MEASURED = VARIANTS[:2]
"""The same of an experiment that nothing measures."""
PAIRS: Columns[Pair] = (
    Column("Compared", lambda row, _: f"{row.one} against {row.other}", header=True),
    Column("Difference", lambda row, _: points(row.apart[0]) if row.apart else NOTHING, right=True),
    Column(
        "95 % interval",
        lambda row, _: f"{points(row.apart[1][0])} to {points(row.apart[1][1])}" if row.apart else NOTHING,
        right=True,
    ),
    Column("Verdict", lambda row, _: row.verdict),
)
LEFT_OUT: Columns[tuple[str, list[LeftOut]]] = (
    Column("Left out because", lambda row, _: row[0], header=True, words=True),
    Column("Deals", lambda row, here: links((left.deal for left in row[1]), here), words=True),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Every experiment, those that run first, and a page of each."""
    found = experiments_measured(snapshot, past.beliefs.declared)
    rows = sorted(found, key=lambda row: (IN_ORDER.index(row.experiment.status), row.id))
    running = sum(row.experiment.status == "running" for row in rows)
    yield page(
        "experiments",
        "Experiments",
        "experiments",
        snapshot,
        rows=rows,
        running=counted(running, "experiment"),
        columns=EXPERIMENTS,
    )
    for row in rows:
        yield page(
            f"experiments/{row.id}",
            id_in_words(row.id),
            "experiment",
            snapshot,
            branch=past.branch,
            search=[row.id, row.experiment.hypothesis, row.experiment.result, row.experiment.learning],
            row=row,
            progress=row.progress,
            declared=declared_in_words(row, past.timeline.gap),
            kinds=KINDS,
            title_of=title_of,
            verdict=verdict,
            variants=[VariantRow(name, count, row.variants.get(name)) for name, count in row.joined.items()],
            variant_columns=VARIANTS if row.variants else NOT_MEASURED,
            pair_columns=PAIRS,
            left_out=by_kind(row.left_out),
            left_out_columns=LEFT_OUT,
        )


def declared_in_words(row: ExperimentResult, gap: str) -> Markup:
    """When an experiment was declared, against the first day of its cohort."""
    cohort, declared = row.experiment.cohort, row.declared
    if cohort is None:
        return Markup("No cohort says from when attempts count.")
    if declared is None:
        return Markup("{}").format(gap or "No commit up to this day holds it as it is.")
    when = Markup("The commits have it as it is since {}; its cohort begins on {}.").format(
        day(declared.day), day(cohort.since)
    )
    if row.registered is Registered.UNKNOWN:
        return when + Markup(" It came with the first commit of the records, and may be older than that.")
    return when
