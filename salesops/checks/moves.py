"""A deal's moves must be ones that the process in force allowed, in order, and in the past."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from salesops.book.moves import JudgedMove, MoveKind
from salesops.checks.check import Case, Finding, Findings, check
from salesops.problems import Edit, nearest
from salesops.records.as_written import GAP
from salesops.records.deal import MAX_MOVES, Deal
from salesops.records.process import LOST


def _of_kind(case: Case[Deal], kind: MoveKind) -> list[JudgedMove]:
    return [step for step in case.judged_moves if step.kind is kind]


def _titles(step: JudgedMove) -> str:
    return f"'{step.before}' to '{step.stage}'"


@check(
    "stages-empty",
    source="reference/fields#deal.stages",
    bad="stages: []  # <--",
    good="stages: [{enrichment: 2026-01-05}]",
)
def stages_empty(case: Case[Deal]) -> Findings:
    """A deal has no stage, or more moves than a deal can have.

    The last line of `stages` is where the deal is; without one it is in no list and no number. Write its first move.
    """
    moves = case.record.stages
    start = next((process.start_of(case.record.type) for process in case.book.processes), "enrichment")
    if not moves:
        yield Finding(
            ("stages",), "the deal has no stage", help="write its first move", fix=f"stages:\n  - {start}: {GAP}"
        )
    elif len(moves) > MAX_MOVES:
        yield Finding(
            ("stages", MAX_MOVES),
            f"{len(moves):,} moves; the limit is {MAX_MOVES:,}",
            help="one deal is one attempt to win one membership",
        )


@check(
    "stage-unknown",
    source="reference/records#process-versions",
    bad="""
    stages:
      - enrichmnet: 2026-01-05  # <--
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
    """,
)
def stage_unknown(case: Case[Deal]) -> Findings:
    """A line of `stages` names a stage that the process in force on its day does not have.

    Every number is counted by stage. Correct the name; the stages are those of playbook/process/.
    """
    for line, move in enumerate(case.record.stages):
        stage, day = move
        process = case.process_on(day)
        if case.record.was_brought(move) and case.book.stage(stage, day):
            continue
        if process and stage not in process.stages:
            meant = process.name_now(stage) if stage in process.becomes else nearest(stage, process.stages)
            yield Finding(
                ("stages", line, stage),
                f"'{stage}' is not a stage of process {process.version}",
                help=_called_now(case, stage, day) or process.hint(stage),
                edit=Edit(("stages", line, stage), str(day), meant) if meant else None,
                key=True,
            )


def _called_now(case: Case[Deal], stage: str, day: date) -> str:
    """Since when a stage has another name, where a later version gave it one."""
    known = case.book.called_since(stage, day)
    return f"'{stage}' is called '{known[0]}' since {known[1]}" if known else ""


@check(
    "move-while-parked",
    source="reference/definitions#parked",
    bad="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-02-02  # <--
    parked: [{since: 2026-01-10, until: 2026-07-01, why: Waiting for the grant}]
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-02-02
    parked: [{since: 2026-01-10, until: 2026-02-02, why: Waiting for the grant}]
    """,
)
def move_while_parked(case: Case[Deal]) -> Findings:
    """A deal moved while it was parked.

    A parked deal is not worked: its clock stands still, and no number counts it. Say that it was resumed: end the span on
    the day of the move, or on the day on which the work went on.
    """
    for line, (stage, day) in enumerate(case.record.stages):
        for at, span in enumerate(case.record.parked):
            if span.since < day and span.covers(day):
                yield Finding(
                    ("stages", line),
                    f"the deal moved to '{stage}' on {day} while it was parked since {span.since}",
                    help="resume it first: end its span under parked:, at the latest on the day of the move",
                    edit=Edit(("parked", at, "until"), str(day)),
                )
                break


@check(
    "start-wrong",
    source="Sales Operations Overview (2025), Sales Pipeline Stages; reference/definitions#moves",
    bad="""
    stages:
      - proposal: 2026-01-05  # <--
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
    """,
)
def start_wrong(case: Case[Deal]) -> Findings:
    """A deal starts in a stage in which deals of its type do not start.

    New business begins with research, a renewal with the renewal conversation; a deal that appears half-way has no days to
    count. Add the moves that came before, or correct the type.
    """
    for step in _of_kind(case, MoveKind.WRONG_START):
        start = step.process.start_of(case.record.type)
        if start in step.process.stages:  # else the process is to blame, and is
            yield Finding(
                ("stages", step.line),
                f"{case.record.type} starts in '{start}', not in '{step.stage}'",
                why=f"process {step.process.version} defines where each deal type starts",
                help="add the moves that came before",
                fix=asked_moves([start, *step.process.between(start, step.process.name_now(step.stage))]),
            )


@check(
    "stage-dates-go-back",
    source="reference/definitions#visits-and-attempts",
    bad="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-02  # <--
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-19
    """,
)
def stage_dates_go_back(case: Case[Deal]) -> Findings:
    """A move is before the move above it.

    Moves are written oldest first, and days in a stage are counted between them. Correct the day, or the order.
    """
    moves = case.record.stages
    for line in range(1, len(moves)):
        if moves[line].entered < moves[line - 1].entered:
            yield Finding(
                ("stages", line, moves[line].stage),
                f"{moves[line].entered} is before the move above it ({moves[line - 1].entered})",
                help="moves are written oldest first: correct the day or the order",
            )


@check(
    "move-in-future",
    source="reference/records#what-happened",
    bad="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2099-01-19  # <--
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-19
    """,
)
def move_in_future(case: Case[Deal]) -> Findings:
    """A move is after the day of the check.

    `stages` says what happened. Put what is planned under `next`, and the day you hope for under `expected_close`.
    """
    for line, (stage, day) in enumerate(case.record.stages):
        if day > case.as_of:
            yield Finding(
                ("stages", line, stage),
                f"{day} is after the day of the check, {case.as_of}",
                help="write a move once it has happened, and a plan under next:",
            )


def asked_moves(stages: Iterable[str]) -> str:
    """A line for each move, its day left to a person."""
    return "\n".join(f"- {name}: {GAP}" for name in stages)


@check(
    "stage-skipped",
    source="Sales Operations Overview (2025), Sales Pipeline Stages; reference/definitions#moves",
    bad="""
    stages:
      - enrichment: 2026-01-05
      - proposal: 2026-01-19  # <--
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-12
    """,
)
def stage_skipped(case: Case[Deal]) -> Findings:
    """A move leaves out stages that the process puts between the two.

    Each stage answers a question; a skipped one leaves it open and distorts the conversion rates. Add the moves that
    were made, even where two fell on one day.
    """
    for step in _of_kind(case, MoveKind.SKIPPED):
        between = step.process.between(step.process.name_now(step.before or ""), step.stage)
        names = ", ".join(f"'{name}'" for name in between) or "the stages between"
        yield Finding(
            ("stages", step.line),
            f"the move from {_titles(step)} skips {names}",
            why=f"process {step.process.version} has no exit from '{step.before}' to '{step.stage}'",
            help="add the moves that were made; two may fall on one day",
            fix=asked_moves(between),
        )


@check(
    "move-not-allowed",
    source="Sales Operations Overview (2025), Sales Pipeline Stages; reference/definitions#moves",
    bad="""
    stages:
      - enrichment: 2026-01-05
      - renewals: 2026-01-19  # <--
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-19
    """,
)
def move_not_allowed(case: Case[Deal]) -> Findings:
    """The process has no way from one stage to the other.

    A won deal stays won (its renewal is a new deal), and a stage is entered once at a time. Correct the line, or
    change the process by a new version.
    """
    for step in case.judged_moves:
        if step.kind not in (MoveKind.NO_WAY, MoveKind.REPEATED, MoveKind.AFTER_CLOSE):
            continue
        if step.kind is MoveKind.REPEATED:
            said, advice = f"the deal is already in '{step.stage}'", "delete the line"
        elif step.kind is MoveKind.AFTER_CLOSE:
            said, advice = (
                f"the deal is closed: the process has no exit from {_titles(step)}",
                "a renewal is a new deal with `renews:`; a lost deal is opened again in an open stage",
            )
        else:
            exits = sorted(
                {way_out.to for way_out in step.process.stages[step.process.name_now(step.before or "")].exits}
            )
            said, advice = (
                f"the process has no exit from {_titles(step)}",
                f"exits from '{step.before}': {', '.join(exits)}",
            )
        yield Finding(
            ("stages", step.line),
            said,
            why=f"the process in force on {step.day} is {step.process.version}",
            help=advice,
        )


@check(
    "loss-without-move",
    source="reference/definitions#moves",
    bad="""
    stages:
      - enrichment: 2026-01-05
      - closed lost: 2026-01-19
    loss:
      - {reason: timing, learning: Asked too early, verdict: execution, reengage: never, playbook: none needed}
      - {reason: price, learning: Too dear, verdict: icp, reengage: never, playbook: none needed}  # <--
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - closed lost: 2026-01-19
    loss: {reason: timing, learning: Asked too early, verdict: execution, reengage: never, playbook: none needed}
    """,
)
def loss_without_move(case: Case[Deal]) -> Findings:
    """A deal tells of more losses than it had.

    Each entry of `loss` belongs to one closing, in order; one more may be prepared while the deal is open. Delete the entry, or
    add the move that closed the deal.
    """
    if not case.record.stages or case.has_lost("loss") or case.has_lost("stages"):
        return
    lost = sum(visit.outcome == LOST for visit in case.history.closings)
    room = lost + (case.history.now.outcome is None)
    for at in range(max(room, 1), len(case.record.loss)):
        yield Finding(
            ("loss", at),
            f"the deal was lost {lost} time{'' if lost == 1 else 's'}, and this is loss {at + 1}",
            help="delete the entry, or add the move that closed the deal",
        )


@check(
    "reopened-without-reason",
    source="reference/definitions#moves",
    bad="""
    stages:
      - enrichment: 2026-01-05
      - closed lost: 2026-01-19
      - enrichment: 2026-05-04  # <--
    loss: {reason: timing, learning: Asked too early, verdict: execution, reengage: 2026-05-01}
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - closed lost: 2026-01-19
      - enrichment: 2026-05-04
    loss: {reason: timing, learning: Asked too early, verdict: execution, reengage: 2026-05-01}
    reopened: [{date: 2026-05-04, why: The new budget year began}]
    """,
)
def reopened_without_reason(case: Case[Deal]) -> Findings:
    """A lost deal was reopened without a reason.

    It begins a new attempt, which every rate counts. Add an entry to `reopened` with the day of the move.
    """
    yield from _unexplained(case, MoveKind.REOPENED, "reopened", "the lost deal is reopened without a reason")


@check(
    "moved-back-without-reason",
    source="reference/definitions#moves",
    bad="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-12
      - enrichment: 2026-01-19  # <--
    """,
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-12
      - enrichment: 2026-01-19
    moved_back: [{date: 2026-01-19, why: The budget was not theirs}]
    """,
)
def moved_back_without_reason(case: Case[Deal]) -> Findings:
    """A deal went back to an earlier stage without a reason.

    Going back is allowed, and worth learning from. Add an entry to `moved_back` with the day of the move.
    """
    yield from _unexplained(case, MoveKind.BACK, "moved_back", "the deal goes back without a reason")


def _unexplained(case: Case[Deal], kind: MoveKind, field: str, message: str) -> Findings:
    if case.has_lost(field):
        return
    explained = [reason.date for reason in getattr(case.record, field)]
    for step in _of_kind(case, kind):
        if step.day in explained:
            explained.remove(step.day)
        else:
            yield Finding(
                ("stages", step.line),
                f"{message} ({_titles(step)})",
                help=f"say why under {field}:",
                fix=f"{field}:\n  - {{date: {step.day}, why: {GAP}}}",
            )
