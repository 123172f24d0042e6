"""The process in force and every version of it: stages, exits with their needs, conversions and red lines, straight from the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.status import board
from salesops.changes.process_sentences import of_version
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.decided import DecisionScore, decisions_scored
from salesops.metrics.red_lines import Luck, RedLineStanding, State, chances, red_lines_of
from salesops.metrics.versions import VersionImpact, apart_in_words, impacts, share_in_words
from salesops.site.pages.charts.stages import conversions
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.decisions import VERDICTS, answered, since_then, title_of
from salesops.site.pages.diagram import UPRIGHT, WIDE, diagram
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, day, unbroken

STATES = {State.TOO_FEW: "quiet", State.SILENT: "good", State.TRIPPED: "warn", State.CONFIRMED: "bad"}


def _means(row: RedLineStanding, here: Here) -> Markup:
    link = Markup('<a href="{}">{}</a>').format(here.metric_at(row.line.metric), row.title)
    return Markup("{}<br><small>{} {}</small>").format(row.line.means, link, unbroken(row.line.sentence))


def _state(row: RedLineStanding, here: Here) -> Markup:
    chip = here.chip(STATES[row.state], row.state.in_words)
    return chip + Markup("<br><small>since {}</small>").format(day(row.since)) if row.since else chip


def _answer(row: RedLineStanding, here: Here) -> Markup | str:
    if row.is_unanswered:
        return here.chip("bad", "nobody decided yet") + Markup(" <code>salesops new decision {}</code>").format(
            row.line.id
        )
    decision = here.book.decisions.get(row.answer or "")
    return (
        Markup("{}, {}<br><small>{}</small>").format(decision.verdict, day(decision.date), decision.why)
        if decision
        else NOTHING
    )


LINES: Columns[RedLineStanding] = (
    Column("Red line", _means, header=True, words=True),
    Column("Now", lambda row, _: unbroken(row.value), right=True),
    Column("State", _state),
    Column("How sure", lambda row, _: row.sureness or NOTHING, words=True),
    Column("Decision", _answer, words=True),
)
LUCK: Columns[Luck] = (
    Column("If the rate were", lambda row, _: f"{row.rate:.0%}", header=True, right=True),
    Column("One look", lambda row, _: f"{row.once:.0%}", right=True, label="One look"),
    Column("Looked at after every outcome", lambda row, _: f"{row.ever:.0%}", right=True, label="After every outcome"),
)
DECISIONS: Columns[DecisionScore] = (
    Column("Decision", lambda row, here: here.playbook_link("decision", row.id), header=True),
    Column(
        "Verdict",
        lambda row, here: Markup("{}<br><small>{}</small>").format(row.decision.verdict, answered(row.decision, here)),
        words=True,
    ),
    Column("On", lambda row, _: day(row.decision.date)),
    Column("Then", lambda row, _: unbroken(row.then), right=True),
    Column("Since", lambda row, _: unbroken(row.since), right=True),
    Column("Since then", since_then),
)

IMPACT: Columns[VersionImpact] = (
    Column(
        "Conversion",
        lambda row, here: Markup('<a href="{}">{}</a>').format(here.metric_at(row.metric.id), row.metric.title),
        header=True,
    ),
    Column("Under this version", lambda row, _: unbroken(share_in_words(row.under)), right=True),
    Column("Still open", lambda row, _: f"{row.under.open + row.under.parked:,}", right=True),
    Column("Under the one before", lambda row, _: unbroken(share_in_words(row.before)), right=True),
    Column("Difference", lambda row, _: unbroken(apart_in_words(row)) or NOTHING, right=True),
    Column("So it is", lambda row, here: here.chip(VERDICTS[row.verdict], row.verdict) if row.verdict else NOTHING),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The page of the process in force, and one of each version."""
    deals_in = {column.name: len(column.deals) for column in board(snapshot)}
    versions = list(reversed(snapshot.book.processes))
    common: dict[str, Any] = {"versions": versions, "readings": readings, "title_of": title_of}
    yield page(
        "process",
        "Process",
        "process",
        snapshot,
        later=lambda: _lines_and_decisions(snapshot),
        process=snapshot.process,
        deals_in=deals_in,
        drawings=[diagram(snapshot, deals_in, layout) for layout in (WIDE, UPRIGHT)],
        charts=[conversions(snapshot, readings)],
        **common,
    )
    for version in versions:
        is_now = version is snapshot.process
        yield page(
            f"process/{version.version}",
            f"Process {version.version}",
            "process",
            snapshot,
            process=version,
            deals_in=deals_in if is_now else {},
            lines=[],
            suggested={},
            changes=of_version(version, snapshot.book, snapshot.as_of),
            later=partial(_impact, snapshot, version.version),
            impact_columns=IMPACT,
            **common,
        )


def _impact(snapshot: Snapshot, version: str) -> dict[str, Any]:
    return {"impact": impacts(snapshot).get(version, [])}


def _lines_and_decisions(snapshot: Snapshot) -> dict[str, Any]:
    lines = red_lines_of(snapshot)
    return {
        "lines": lines,
        "line_columns": LINES,
        "luck": [(line, found) for line in lines if (found := chances(line))],
        "luck_columns": LUCK,
        "decisions": decisions_scored(snapshot),
        "decision_columns": DECISIONS,
    }
