"""Which moves of the past a version of the process would have stopped, had it been in force all along (``reference/definitions#backtests``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from salesops.book.book import LeftOut, Snapshot
from salesops.book.exit_criteria import facts_at, nearest_way
from salesops.book.moves import JudgedMove, MoveKind, judged_moves
from salesops.book.visits import DealHistory
from salesops.records.deal import Deal, Move
from salesops.records.process import LOST, WON, Process

OPEN = "open"
OUTCOMES = (WON, LOST, OPEN)
"""What became of an attempt up to the day, in the order in which they are told."""
REASONS = {MoveKind.BACK: "moved_back", MoveKind.REOPENED: "reopened"}
"""Where a deal says why it made a move that needs a reason."""


@dataclass(frozen=True)
class PastMove:
    """A move of the past before a version of the process: what became of its attempt, and what the deal lacked for the move.

    ``lacks`` names the needs that were not met on its day, or the reason that was not given; ``was`` is the stage as the deal has it. It is
    ``within`` one stage where the version has one in place of two.
    """

    deal: str
    attempt: int
    outcome: str
    was: str
    step: JudgedMove
    lacks: tuple[str, ...] = ()
    within: bool = False
    is_stopped_before: bool = False
    """Whether the version that this one follows would have stopped it as well."""

    @property
    def is_unknown(self) -> bool:
        """Whether the version does not know one of the two stages, so that it says nothing of the move."""
        return self.step.kind is MoveKind.UNKNOWN

    @property
    def is_judged(self) -> bool:
        """Whether the version says anything of it."""
        return not (self.is_unknown or self.within or self.step.kind is MoveKind.IMPORTED)

    @property
    def is_stopped(self) -> bool:
        """Whether the version would have stopped it."""
        return self.is_judged and (not self.step.kind.is_allowed or bool(self.lacks))

    @property
    def why(self) -> tuple[str, ...]:
        """What stopped it: the needs that were not met, or what the version says of such a move."""
        return self.lacks or (() if self.step.kind.is_allowed else (self.step.kind.value,))

    @property
    def key(self) -> tuple[str, int]:
        """The attempt that it belongs to."""
        return self.deal, self.attempt


@dataclass(frozen=True)
class Stopped:
    """How many attempts of an outcome there are, how many of them the version would have stopped, and how many of these the one before it lets through."""

    attempts: int
    stopped: int
    newly: int


@dataclass(frozen=True)
class ProcessBacktest:
    """The moves of the past, each judged by one version of the process as if it had been in force on its day."""

    process: Process
    follows: Process | None
    as_of: date
    since: date | None
    moves: tuple[PastMove, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def judged(self) -> list[PastMove]:
        """The moves of which the version says something."""
        return [move for move in self.moves if move.is_judged]

    @property
    def stopped(self) -> list[PastMove]:
        """The moves that it would have stopped."""
        return [move for move in self.moves if move.is_stopped]

    @property
    def imported(self) -> int:
        """The moves that came with an import, and are not judged."""
        return sum(move.step.kind is MoveKind.IMPORTED for move in self.moves)

    @property
    def within(self) -> int:
        """The moves between two stages that are one in this version."""
        return sum(move.within for move in self.moves)

    @property
    def unknown(self) -> dict[str, list[str]]:
        """The stages that it does not know and does not say what they became, each with the deals that were in it."""
        found: dict[str, dict[str, None]] = {}
        for move in self.moves:
            if move.step.stage not in self.process.stages:
                found.setdefault(move.was, {})[move.deal] = None
        return {stage: list(deals) for stage, deals in sorted(found.items())}

    @property
    def by_outcome(self) -> dict[str, Stopped]:
        """For each outcome its attempts, and those of them that the version would have stopped at least once."""
        return {outcome: self._of(outcome) for outcome in OUTCOMES}

    def _of(self, outcome: str) -> Stopped:
        judged = [move for move in self.judged if move.outcome == outcome]
        stopped = [move for move in judged if move.is_stopped]
        newly = {move.key for move in stopped if not move.is_stopped_before}
        return Stopped(len({move.key for move in judged}), len({move.key for move in stopped}), len(newly))

    @property
    def by_need(self) -> list[tuple[str, str, str, dict[str, int]]]:
        """What stopped moves, most often first: from which stage to which, the need by its name, and how many moves of each outcome."""
        found = Counter(
            (move.step.before or "", move.step.stage, why, move.outcome) for move in self.stopped for why in move.why
        )
        whole = Counter[tuple[str, str, str]]()
        for (before, stage, why, _), times in found.items():
            whole[before, stage, why] += times
        order = sorted(whole, key=lambda key: (-whole[key], key))
        return [(*key, {outcome: found[*key, outcome] for outcome in OUTCOMES}) for key in order]


def backtest_process(
    snapshot: Snapshot, process: Process, follows: Process | None, since: date | None = None
) -> ProcessBacktest:
    """Every move up to the day, and from ``since`` on, judged by a version as if it had always been in force.

    ``follows`` is the version to compare with: what it would have stopped as well is no news.
    """
    moves = [move for history in snapshot.histories for move in _replayed(history, process, follows)]
    asked = tuple(move for move in moves if since is None or move.step.day >= since)
    return ProcessBacktest(process, follows, snapshot.as_of, since, asked, snapshot.unusable)


def version_before(versions: Iterable[Process], process: Process) -> Process | None:
    """The version that one is compared with: the one that it builds on, else the last one before it."""
    others = [other for other in versions if other.version != process.version and not other.is_of_imports]
    base = next((other for other in others if other.version == process.from_), None)
    return base or max(
        (other for other in others if other.in_force <= process.in_force), key=lambda it: it.in_force, default=None
    )


def _replayed(history: DealHistory, process: Process, follows: Process | None) -> Iterator[PastMove]:
    """The moves of a deal, each with whether the version to compare with would have stopped it."""
    before = {move.step.line: move.is_stopped for move in replayed(history, follows)} if follows else {}
    for move in replayed(history, process):
        yield replace(move, is_stopped_before=before.get(move.step.line, False))


def replayed(history: DealHistory, process: Process) -> Iterator[PastMove]:
    """The moves of one deal, each judged by one version, by what was known on its day."""
    named = as_named_by(process, history)
    outcomes = {visit.attempt: visit.outcome for visit in history.closings}
    for step in judged_moves(named.deal, lambda _, __: process):
        visit = history.visits[step.line]
        is_another = step.line > 0 and history.visits[step.line - 1].stage != visit.stage
        yield PastMove(
            history.id,
            visit.attempt,
            outcomes.get(visit.attempt) or OPEN,
            visit.stage,
            step,
            tuple(_lacks(named, step)),
            within=step.kind in (MoveKind.REPEATED, MoveKind.AFTER_CLOSE) and step.before == step.stage and is_another,
        )


def _lacks(history: DealHistory, step: JudgedMove) -> Iterator[str]:
    """The needs of a move that were not met on its day, by name; the reason that it needs and that nobody gave."""
    way = nearest_way(facts_at(history, step.line), step.exits)
    yield from (need.name for need in (way.missing if way else ()))
    reasons = REASONS.get(step.kind)
    if reasons and all(reason.date != step.day for reason in getattr(history.deal, reasons)):
        yield reasons


def as_named_by(process: Process, history: DealHistory) -> DealHistory:
    """A deal with its stages called as a version calls them; itself where they have no other names."""
    if all(process.name_now(visit.stage) == visit.stage for visit in history.visits):
        return history
    visits = tuple(replace(visit, stage=process.name_now(visit.stage)) for visit in history.visits)
    return replace(history, deal=_renamed(process, history.deal), visits=visits)


def _renamed(process: Process, deal: Deal) -> Deal:
    """A deal with the names that a version has for its stages, also in what was learned and waived there."""
    said = {
        name: tuple(entry.model_copy(update={"stage": process.name_now(entry.stage)}) for entry in getattr(deal, name))
        for name in ("learned", "waived")
    }
    stages = tuple(Move(process.name_now(stage), day) for stage, day in deal.stages)
    return deal.model_copy(update={"stages": stages, **said})
