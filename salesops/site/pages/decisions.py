"""The decisions: an index, and a page for each with what it answers, why, until when, and what the numbers did since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading, metrics_of
from salesops.metrics.decided import BETTER, UNCERTAIN, WORSE, DecisionScore, decisions_scored
from salesops.metrics.red_lines import has_ended
from salesops.metrics.targets import goal
from salesops.records.learning import Decision
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, file_of, page
from salesops.site.pages.words import NOTHING, day, day_and_year, id_in_words, unbroken

VERDICTS = {BETTER: "good", WORSE: "bad", UNCERTAIN: "quiet"}


class DecisionRow(NamedTuple):
    """A decision, and its metric then and since, where it answers a red line or a target."""

    id: str
    record: Decision
    score: DecisionScore | None


def answered(record: Decision, here: Here) -> Markup | str:
    """What a decision answers: a version of the process leads to its page, a red line to the process, a target to its metric."""
    name = record.answers
    if name is None:
        return NOTHING
    targets = here.book.targets.targets if here.book.targets else ()
    if name in here.book.versions:
        return _to(here, f"process/{name}", "", name)
    if line := next(
        (it for process in reversed(here.book.processes) for it in process.red_lines if it.id == name), None
    ):
        return _to(here, "process", "#red-lines", f"{title_of(here, line.metric)} {line.sentence}")
    if target := next((it for it in targets if it.id == name), None):
        said = f"{title_of(here, target.metric)}, goal {goal(target)} by {day_and_year(target.by)}"
        return Markup('<a href="{}">{}</a>').format(here.metric_at(target.metric), unbroken(said))
    return name


def title_of(here: Here, metric: str) -> str:
    """What a metric is called; its id where there is none of that name."""
    known = metrics_of(here.snapshot.process).get(metric)
    return known.title if known else metric


def _to(here: Here, path: str, place: str, name: str) -> Markup:
    return Markup('<a href="{}{}{}">{}</a>').format(here.root, file_of(path), place, name)


def since_then(score: DecisionScore | None, here: Here) -> Markup | str:
    """Whether its metric is better or worse since; a dash where that is not told by single outcomes."""
    return here.chip(VERDICTS[score.verdict], score.verdict) if score and score.verdict else NOTHING


def until(record: Decision, here: Here) -> Markup:
    """The day until which it is to hold, and whether it has passed."""
    passed = Markup(" {}").format(here.chip("warn", "to be looked at again")) if has_ended(record, here.as_of) else ""
    return day(record.until) + passed


DECISIONS: Columns[DecisionRow] = (
    Column("Decision", lambda row, here: here.playbook_link("decision", row.id), header=True),
    Column("On", lambda row, _: day(row.record.date)),
    Column("Answers", lambda row, here: answered(row.record, here)),
    Column(
        "Verdict",
        lambda row, _: Markup("{}<br><small>{}</small>").format(row.record.verdict, row.record.why),
        words=True,
    ),
    Column("Until", lambda row, here: until(row.record, here)),
    Column("Since then", lambda row, here: since_then(row.score, here)),
)
THEN_AND_SINCE: Columns[DecisionScore] = (
    Column("Metric", lambda row, _: row.title, header=True),
    Column("Up to the decision", lambda row, _: unbroken(row.then), right=True),
    Column("Since", lambda row, _: unbroken(row.since), right=True),
    Column("Difference", lambda row, _: difference_in_words(row), words=True),
    Column("Since then", lambda row, here: since_then(row, here)),
)


def difference_in_words(score: DecisionScore) -> str:
    """``+12.0 points, 95 % interval +1.0 to +23.0``; a dash where too few outcomes came, or where it is no share."""
    if score.apart is None:
        return NOTHING
    apart, (low, high) = score.apart
    return unbroken(f"{apart * 100:+.1f} points, 95 % interval {low * 100:+.1f} to {high * 100:+.1f}")


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Every decision up to the day, the newest first, and a page of each."""
    scores = {score.id: score for score in decisions_scored(snapshot)}
    known = sorted(snapshot.book.decisions.items(), key=lambda it: (it[1].date, it[0]), reverse=True)
    rows = [DecisionRow(name, record, scores.get(name)) for name, record in known]
    yield page("decisions", "Decisions", "decisions", snapshot, rows=rows, columns=DECISIONS)
    for row in rows:
        yield page(
            f"decisions/{row.id}",
            id_in_words(row.id),
            "decision",
            snapshot,
            branch=past.branch,
            search=[row.id, row.record.answers, row.record.why],
            row=row,
            answered=answered,
            until=until,
            columns=THEN_AND_SINCE,
        )
