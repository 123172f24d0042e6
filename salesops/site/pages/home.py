"""The home page: are we on track, what needs attention, what happened this week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.narrowing import Narrowing
from salesops.book.status import Standing, standings
from salesops.book.visits import Visit
from salesops.book.waiting import Waiting
from salesops.changes.timeline import GitHistory
from salesops.checks.waiting import everything_waiting
from salesops.metrics import Metric, Reading, metrics_of
from salesops.metrics.contracts import OVERDUE, terms
from salesops.metrics.metric import ALL_TYPES
from salesops.metrics.readings import Share
from salesops.metrics.red_lines import red_lines_of
from salesops.metrics.targets import (
    MISSED,
    MISSING,
    REACHED,
    UNKNOWN,
    TargetStanding,
    goal,
    target_standings,
)
from salesops.metrics.wording import headline
from salesops.records.deal import EXISTING, NEW
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.waiting import TEAM, record
from salesops.site.pages.words import NOTHING, day, kind_of_business, unbroken

SHOWN = (
    "sqd",
    "sqd-net-new",
    "meetings-per-week",
    "pipeline-value",
    "win-rate",
    "existing-business-active",
    "renewal-overdue",
    "mrr",
)
WEEK = 7
MAX_ATTENTION_ROWS = 12


def metric(row: TargetStanding, here: Here) -> Markup:
    """The metric of a target, and why the team aims at it."""
    link = Markup('<a href="{}">{}</a>').format(here.metric_at(row.target.metric), row.title)
    return link + Markup("<br><small>{}</small>").format(row.target.why) if row.target.why else link


def value(row: TargetStanding, here: Here) -> Markup:
    """The value now, or on the day of the target, with the rates at which it was converted."""
    now, aside = unbroken(row.progress.now), row.progress.aside
    return Markup("{}<br><small>{}</small>").format(now, "; ".join(aside)) if aside else Markup("{}").format(now)


def trend(row: TargetStanding, here: Here) -> str:
    """The values on the four Sundays before its day, each as it was known then where git can tell."""
    known = [words for _, words in row.trend]
    return " → ".join(unbroken(words) for words in known) if {*known} - {NOTHING} else NOTHING


def state(row: TargetStanding, here: Here) -> Markup:
    """Whether it is reached, or by how much not."""
    return here.chip(STATES[row.progress.state], row.progress.gap or row.progress.state)


STATES = {REACHED: "good", MISSING: "warn", MISSED: "bad", UNKNOWN: "quiet"}
TARGETS: Columns[TargetStanding] = (
    Column("Target", metric, header=True, words=True),
    Column("Now", value, right=True, look="so-sum"),
    Column("Last four weeks", trend, look="so-behind"),
    Column("Goal", lambda row, _: goal(row.target), right=True),
    Column("By", lambda row, _: day(row.target.by)),
    Column("State", state),
)


class RecentMove(NamedTuple):
    """A move of the last days."""

    standing: Standing
    visit: Visit
    title: str


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The home page."""
    every = metrics_of(snapshot.process)
    waiting = everything_waiting(snapshot)
    unrenewed = {it.record for it in waiting if it.code == "renewal-missing"}
    yield page(
        "",
        "Home",
        "home",
        snapshot,
        heading=snapshot.book.team.organisation if snapshot.book.team else "Pipeline",
        numbers=[
            (every[metric_id], readings[metric_id], by_type(snapshot, every[metric_id]))
            for metric_id in SHOWN
            if metric_id in every
        ],
        crossed=[line for line in red_lines_of(snapshot) if line.is_unanswered],
        targets=target_standings(snapshot, None if past.earlier is None else past.then),
        known="as known then" if past.earlier is not None else "as known now; git cannot tell what was known then",
        target_columns=TARGETS,
        attention=_by_record(waiting),
        record=record,
        team=TEAM,
        most=MAX_ATTENTION_ROWS,
        overdue=[term for term in terms(snapshot) if term.bucket == OVERDUE and term.id not in unrenewed],
        moves=list(_moves(snapshot)),
        back_soon=[standing for standing in standings(snapshot, snapshot.parked) if _back_soon(standing)],
    )


def by_type(snapshot: Snapshot, metric: Metric) -> str:
    """A rate of both types, split: ``new 45.5 % (5 of 11) · existing 3 of 4``; nothing for any other number."""
    if metric.kind != "share" or metric.types != ALL_TYPES or metric.measure is None:
        return ""
    parts = [(kind, metric.measure(replace(snapshot, only=Narrowing(type=kind)))) for kind in (NEW, EXISTING)]
    return " · ".join(f"{kind_of_business(kind)} {_rate(found)}" for kind, found in parts if isinstance(found, Share))


def _rate(share: Share) -> str:
    counts = f" ({share.hits:,} of {share.out_of:,})" if share.out_of and share.is_enough else ""
    return f"{headline(share)}{counts}"


def _by_record(waiting: list[Waiting]) -> list[list[Waiting]]:
    """What waits, a line for each record and person, the oldest first."""
    lines: dict[tuple[str, str, str | None], list[Waiting]] = {}
    for it in waiting:
        lines.setdefault((it.kind, it.record, it.person), []).append(it)
    return list(lines.values())


def _moves(snapshot: Snapshot) -> Iterator[RecentMove]:
    first = snapshot.as_of - timedelta(days=WEEK - 1)
    recent = [(visit, history) for history in snapshot.histories for visit in history.visits if visit.entered >= first]
    for visit, history in sorted(recent, key=lambda pair: (pair[0].entered, pair[1].id, pair[0].line), reverse=True):
        yield RecentMove(Standing(snapshot, history), visit, snapshot.stage(visit.stage).title)


def _back_soon(standing: Standing) -> bool:
    span = standing.history.parked_on(standing.snapshot.as_of)
    return bool(span and span.until and (span.until - standing.snapshot.as_of).days <= 30)
