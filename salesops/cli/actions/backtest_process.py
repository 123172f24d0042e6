"""What ``salesops backtest process`` shows: the moves of the past that a version of the process would have stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from salesops.book.moves import MoveKind
from salesops.cli.day import day_given, day_of
from salesops.cli.drafted_process import DraftedProcess, drafted_process
from salesops.cli.printing import say, style
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
from salesops.records.process import Process
from salesops.reports.backtest import OUTCOMES, PastMove, ProcessBacktest, backtest_process, version_before

HEADS = ("deal", "attempt", "outcome", "day", "from", "to", "kind", "lacks", "stopped_before")

WORDS = {
    MoveKind.SKIPPED.value: "a stage is skipped",
    MoveKind.NO_WAY.value: "there is no such way",
    MoveKind.WRONG_START.value: "deals of its type begin elsewhere",
    MoveKind.REPEATED.value: "the deal is there already",
    MoveKind.AFTER_CLOSE.value: "the deal is closed",
    "moved_back": "a reason under moved_back",
    "reopened": "a reason under reopened",
}
"""What stops a move, in words; needs go by their names."""


def run(folder: str, output_format: str, as_of: str | None, *, file: str, since: str | None) -> int:
    """Print the moves that the version in a file would have stopped; 1 where the file, or any record, has an error."""
    draft = drafted_process(folder, file, as_of)
    found = _found(draft, day_of(as_of, draft.book), day_given(since, "--since"))
    if output_format == "json":
        say(masked(as_json(_as_data(draft, found))))
    elif output_format == "csv":
        for line in [*problems_as_text(draft.problems, style)]:
            say(line, err=True)
        for line in as_csv(map(_row, found.stopped if found else ()), HEADS):
            say(line)
    else:
        for line in (*problems_as_text(draft.problems, style), *(_as_text(found) if found else ())):
            say(line)
    is_sound = found is not None and not any(problem.is_error for problem in draft.problems)
    return 0 if is_sound and draft.are_whole else 1


def _found(draft: DraftedProcess, day: date, since: date | None) -> ProcessBacktest | None:
    """The moves as the version judges them; None where nobody can say what it says."""
    if draft.process is None:
        return None
    follows = version_before(draft.book.versions.values(), draft.process)
    return backtest_process(draft.book.on(day), draft.process, follows, since)


def _as_text(found: ProcessBacktest) -> Iterator[str]:
    process, stopped = found.process, found.stopped
    span = f"from {found.since} to {found.as_of}" if found.since else f"up to {found.as_of}"
    yield style(f"Process {show(process.version)} on {counted(len(found.judged), 'move')} {span}", "head")
    yield f"{counted(len(stopped), 'move')} stopped, in {counted(len({move.deal for move in stopped}), 'deal')}"
    yield ""
    yield from _outcomes(found)
    if stopped:
        yield from ("", *_needs(found), "", *_moves(found))
    yield from _aside(found)


def _outcomes(found: ProcessBacktest) -> Iterator[str]:
    follows = found.follows
    heads = ["attempts", "all", "stopped", *([f"not by {follows.version}"] if follows else [])]
    rows = [
        [outcome, f"{it.attempts:,}", f"{it.stopped:,}", *([f"{it.newly:,}"] if follows else [])]
        for outcome, it in found.by_outcome.items()
    ]
    yield from table(rows, heads, frozenset(range(1, len(heads))), style)


def _needs(found: ProcessBacktest) -> Iterator[str]:
    rows = [
        [
            _way(found.process, before, stage),
            WORDS.get(why, why),
            *(f"{by[outcome]:,}" if by[outcome] else "" for outcome in OUTCOMES),
        ]
        for before, stage, why, by in found.by_need
    ]
    yield from table(rows, ["move", "what is missing", *OUTCOMES], frozenset((2, 3, 4)), style)


def _moves(found: ProcessBacktest) -> Iterator[str]:
    rows = [
        [
            move.deal,
            move.outcome,
            str(move.step.day),
            _way(found.process, move.step.before, move.step.stage),
            _why(found, move),
        ]
        for move in found.stopped
    ]
    yield from table(rows, ["deal", "attempt", "day", "move", "what is missing"], frozenset(), style)


def _why(found: ProcessBacktest, move: PastMove) -> str:
    """What a deal lacked for a move, and whether the version before would not have let it through either."""
    too = f" ({found.follows.version} stops it, too)" if found.follows and move.is_stopped_before else ""
    return ", ".join(WORDS.get(why, why) for why in move.why) + too


def _way(process: Process, before: str | None, stage: str) -> str:
    return (
        f"{process.title_of(before)} → {process.title_of(stage)}" if before else f"begins in {process.title_of(stage)}"
    )


def _aside(found: ProcessBacktest) -> Iterator[str]:
    """What was not judged, and why."""
    said = [
        f"'{stage}' is no stage of this version, and becomes none: {', '.join(deals)}"
        for stage, deals in found.unknown.items()
    ]
    said += [f"{left.deal}: {left.why}" for left in found.left_out]
    said += [f"{counted(found.within, 'move')} between stages that are one in this version"] if found.within else []
    said += [f"{counted(found.imported, 'move')} that came with an import"] if found.imported else []
    if said:
        yield from ("", style("Not judged", "head"), *(f"  {show(line)}" for line in said))


def _row(move: PastMove) -> tuple[object, ...]:
    step = move.step
    told = move.deal, move.attempt, move.outcome, step.day, step.before, step.stage, step.kind.value
    return *told, "; ".join(move.lacks), "yes" if move.is_stopped_before else "no"


def _as_data(draft: DraftedProcess, found: ProcessBacktest | None) -> dict[str, Any]:
    problems = [problem_as_data(problem) for problem in draft.problems]
    if found is None:
        return {"schema_version": SCHEMA_VERSION, "version": None, "problems": problems}
    return {
        "schema_version": SCHEMA_VERSION,
        "as_of": found.as_of,
        "since": found.since,
        "version": found.process.version,
        "follows": found.follows.version if found.follows else None,
        "problems": problems,
        "judged": len(found.judged),
        "outcomes": {
            outcome: {"attempts": it.attempts, "stopped": it.stopped, "newly": it.newly}
            for outcome, it in found.by_outcome.items()
        },
        "reasons": [
            {"from": before or None, "to": stage, "why": why, **by} for before, stage, why, by in found.by_need
        ],
        "stopped": [_move_as_data(move) for move in found.stopped],
        "unknown_stages": [{"stage": stage, "named_by": deals} for stage, deals in found.unknown.items()],
        "imported": found.imported,
        "within_a_stage": found.within,
        "left_out": [left.as_data() for left in found.left_out],
    }


def _move_as_data(move: PastMove) -> dict[str, Any]:
    step = move.step
    return {
        "deal": move.deal,
        "attempt": move.attempt,
        "outcome": move.outcome,
        "line": step.line,
        "day": step.day,
        "from": step.before,
        "to": step.stage,
        "kind": step.kind.value,
        "lacks": list(move.lacks),
        "stopped_before": move.is_stopped_before,
    }
