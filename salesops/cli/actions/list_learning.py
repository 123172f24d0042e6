"""What ``salesops list experiments`` and ``list questions`` show: what the team tries, and what it knows today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from salesops.book.book import Snapshot
from salesops.cli.printing import note, style
from salesops.cli.repository import Records
from salesops.metrics.experiments import Declared, ExperimentResult, experiments_measured
from salesops.metrics.lessons import AnswerOnPage, standing_questions
from salesops.output import SCHEMA_VERSION, as_csv, as_json, masked, show, table
from salesops.problems import CannotDecide
from salesops.store.record_histories import beliefs_told

HEADS = ("experiment", "status", "attempts", "end", "declared", "verdict")
CSV_HEADS = (
    *("experiment", "status", "measure", "variant", "attempts", "hits", "out_of", "value", "low", "high"),
    *("registered", "reached", "verdict"),
)
"""The columns of ``list experiments --format csv``: a row for each variant."""
QUESTION_HEADS = ("question", "since", "answer")
QUESTION_CSV_HEADS = ("id", "question", "date", "answer", "evidence", "deals", "supported", "faded")


def experiments(records: Records, output_format: str) -> Iterator[str]:
    """Every experiment by name, with what can be said of it on the day."""
    declared, gap = _declared(records)
    found = experiments_measured(records.snapshot, declared)
    if output_format == "json":
        told = [_experiment_as_data(records.snapshot, each) for each in found]
        yield _as_json(records.snapshot, {"gap": gap, "experiments": told})
    elif output_format == "csv":
        yield from as_csv((row for each in found for row in _csv_rows(each)), CSV_HEADS)
    else:
        yield from table([_row(each) for each in found], HEADS, style=style)


def _declared(records: Records) -> tuple[Mapping[str, Declared], str | None]:
    """Since when each says what it says, by the commits; nothing, and a sentence why, where git cannot tell."""
    head = records.point.commit if records.point else "HEAD"
    try:
        return beliefs_told(records.root, records.book, records.day, head).declared, None
    except CannotDecide as fault:
        note(f"salesops: nobody can tell when the experiments were declared: {show(str(fault))}")
        return {}, str(fault)


def _experiment_as_data(snapshot: Snapshot, each: ExperimentResult) -> dict[str, Any]:
    """The record as written, and what follows from it on the day."""
    return {"id": each.id, **snapshot.written("experiment", each.id), **each.as_data()}


def _row(each: ExperimentResult) -> tuple[str, ...]:
    joined = " · ".join(f"{name}: {count}" for name, count in each.joined.items())
    status, declared = each.experiment.status, each.registered.value
    return each.id, status, joined, each.progress, declared, each.verdict_today


def _csv_rows(each: ExperimentResult) -> Iterator[tuple[object, ...]]:
    experiment, data = each.experiment, each.as_data()
    for row in data["results"]:
        figures = (row[name] for name in ("variant", "attempts", "hits", "out_of", "value"))
        ends = row["interval"] or (None, None)
        told = (data["registered"], data["reached"], data["verdict"])
        yield each.id, experiment.status, experiment.measure, *figures, *ends, *told


def questions(snapshot: Snapshot, output_format: str) -> Iterator[str]:
    """The standing questions with today's answers."""
    found = standing_questions(snapshot)
    if output_format == "json":
        yield _as_json(snapshot, {"questions": [each.as_data(snapshot) for each in found]})
    elif output_format == "csv":
        yield from as_csv((_question_as_csv(snapshot, each) for each in found), QUESTION_CSV_HEADS)
    else:
        yield from table([_question_row(each) for each in found], QUESTION_HEADS, style=style)


def _question_row(each: AnswerOnPage) -> tuple[str, ...]:
    return (
        each.question,
        str(each.today.date) if each.today else "",
        each.today.answer if each.today else "no answer yet",
    )


def _question_as_csv(snapshot: Snapshot, each: AnswerOnPage) -> tuple[object, ...]:
    today = each.today
    given = (today.date, today.answer, today.evidence, " ".join(today.deals)) if today else (None,) * 4
    return each.id, each.question, *given, each.supported, "yes" if each.has_faded(snapshot) else "no"


def _as_json(snapshot: Snapshot, told: Mapping[str, Any]) -> str:
    return masked(as_json({"schema_version": SCHEMA_VERSION, "as_of": snapshot.as_of, **told}))
