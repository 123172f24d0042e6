"""What a move from stage to stage is: the one judgement that checks, pages and commands share (``reference/definitions#moves``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from salesops.book.visits import DealHistory
from salesops.records.deal import Deal, Move
from salesops.records.process import LOST, Exit, Process


class MoveKind(StrEnum):
    """What the process says of a move."""

    START = "start"
    EXIT = "exit"
    BACK = "back"
    REOPENED = "reopened"
    WRONG_START = "wrong start"
    SKIPPED = "skipped"
    REPEATED = "repeated"
    AFTER_CLOSE = "after close"
    NO_WAY = "no way"
    UNKNOWN = "unknown stage"
    IMPORTED = "imported"

    @property
    def is_allowed(self) -> bool:
        """Whether the process has a place for it; going back and opening again also need a reason.

        A move that came with an import was made under other rules, and is not judged.
        """
        return self in (MoveKind.START, MoveKind.EXIT, MoveKind.BACK, MoveKind.REOPENED, MoveKind.IMPORTED)


@dataclass(frozen=True)
class JudgedMove:
    """One move of a deal: line of ``stages``, where it came from, and the process that judges it."""

    line: int
    before: str | None
    stage: str
    day: date
    process: Process
    kind: MoveKind
    exits: tuple[Exit, ...] = ()


def kind_of(process: Process, deal_type: str, before: str | None, stage: str) -> MoveKind:
    """What a process says of a move; ``before`` is None for the first line of a deal."""
    if stage not in process.stages:
        return MoveKind.UNKNOWN
    if before is None:
        return MoveKind.START if process.start_of(deal_type) == stage else MoveKind.WRONG_START
    before = process.name_now(before)
    if before not in process.stages:
        return MoveKind.UNKNOWN
    if process.exits_between(before, stage):
        return MoveKind.EXIT
    outcome = process.stages[before].outcome
    if outcome == LOST and stage in process.path_of(deal_type):
        return MoveKind.REOPENED
    if outcome is not None:
        return MoveKind.AFTER_CLOSE
    if before == stage:
        return MoveKind.REPEATED
    if process.is_back(before, stage, deal_type):
        return MoveKind.BACK
    return MoveKind.SKIPPED if stage in process.ahead(before) else MoveKind.NO_WAY


def lost_in(process: Process, history: DealHistory) -> str:
    """The open stage out of which a deal was lost, where it may go on there; nothing where it may not."""
    visits = [visit for visit in history.visits if visit.outcome is None]
    last = process.name_now(visits[-1].stage) if visits else ""
    return last if last in process.path_of(history.type) else ""


def judged_moves(deal: Deal, judge_of: Callable[[Deal, Move], Process | None]) -> list[JudgedMove]:
    """Every move of a deal, each judged by the version that ``judge_of`` names for it, such as that of its day; none where there is no process."""
    found: list[JudgedMove] = []
    before: str | None = None
    for line, move in enumerate(deal.stages):
        stage, day = move
        process = judge_of(deal, move)
        if process is None:
            return []
        kind = MoveKind.IMPORTED if deal.was_brought(move) else kind_of(process, deal.type, before, stage)
        exits = process.exits_between(process.name_now(before), stage) if kind is MoveKind.EXIT and before else ()
        found.append(JudgedMove(line, before, stage, day, process, kind, exits))
        before = stage
    return found
