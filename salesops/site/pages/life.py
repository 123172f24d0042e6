"""A deal's life step by step: each move, what the process of its day asked for, and what of that was unanswered on that evening.

It is told by the days that the record gives, as the moves are judged; whoever wrote a move down is told where git knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from salesops.book.exit_criteria import Facts, Way, facts_at, is_met, missing, nearest_way, so_far
from salesops.book.moves import JudgedMove, MoveKind, judged_moves
from salesops.book.stalled import parked_beside
from salesops.book.status import Standing, counted, person_name
from salesops.changes.change import listed
from salesops.changes.timeline import Commit, Timeline
from salesops.records.deal import Deal, Reason, Waiver
from salesops.records.process import Exit, Need
from salesops.records.qualification import MANIAC_T
from salesops.site.pages.words import short_day

MOVES = frozenset(("moved", "won", "lost", "reopened"))
"""What the history calls a change that is a move."""


@dataclass(frozen=True)
class LifeStep:
    """A move: its day, from where to where, the days before it, what is to be said of it, and the commit that brought it."""

    day: date
    way: str
    stay: str
    said: tuple[str, ...]
    commit: Commit | None


def life(standing: Standing, timeline: Timeline) -> list[LifeStep]:
    """The moves of a deal up to the day, oldest first; none where it has only begun."""
    deal, history = standing.deal, standing.history
    known = _commits(timeline, standing.id) if len(history.visits) > 1 else {}
    moves = judged_moves(deal, standing.snapshot.book.process_of) if len(history.visits) > 1 else []
    return [
        LifeStep(
            move.day,
            _way(standing, move),
            _stay(standing, move),
            tuple(_said(standing, move)),
            known.get((move.stage, str(move.day))),
        )
        for move in moves
    ]


def _commits(timeline: Timeline, deal: str) -> dict[tuple[str, str], Commit]:
    """By which commit each move came; nothing of what was brought with the first one, which nobody entered day by day."""
    return {
        (entry.change.after or "", entry.change.date or ""): entry.commit
        for entry in timeline.of("deal", deal)
        if entry.change.kind in MOVES and not entry.was_brought
    }


def _way(standing: Standing, move: JudgedMove) -> str:
    title = standing.snapshot.book.title_of
    if move.before is None:
        return f"Begins in {title(move.stage, move.day)}"
    return f"{title(move.before, move.day)} → {title(move.stage, move.day)}"


def _stay(standing: Standing, move: JudgedMove) -> str:
    """The days in the stage that it left, without the parked ones, which stand beside them."""
    if not move.line:
        return ""
    history, left = standing.history, standing.history.visits[move.line - 1]
    return f"{counted(history.active_days(left, move.day))}{parked_beside(history, move.day, left)}"


# ── what was asked, and what was there ────────────────────────────────────────────────────────────────────────────────


def _said(standing: Standing, move: JudgedMove) -> Iterator[str]:
    """The sentences on a move."""
    facts = facts_at(standing.history, move.line) if move.line else None
    way = _gone(facts, move.exits) if facts else None
    if facts and way:
        yield from _asked(standing, move, way, facts)
    else:
        yield from _unasked(standing.deal, move)
    if facts and standing.deal.maniac_t:
        yield _answers(facts)


def _gone(facts: Facts, exits: tuple[Exit, ...]) -> Way | None:
    """The way that the deal went: of several the one that it speaks for."""
    return Way(exits[0], tuple(missing(facts, exits[0]))) if len(exits) == 1 else nearest_way(facts, exits)


def _asked(standing: Standing, move: JudgedMove, way: Way, facts: Facts) -> Iterator[str]:
    """What the exit asked for, what of it was neither there nor waived, and what was waived by whom."""
    needs, version = way.exit.needs, move.process.version
    signed = list(_without(standing, way, facts)) if standing.deal.waived else []
    named = listed(list(dict.fromkeys(need.in_short for need in needs)))
    whole = ": all of it was there" if needs and not (way.missing or signed) else ""
    yield f"{version} asked for {named or 'nothing'}{whole}."
    if way.missing:
        yield f"Unanswered on that evening: {listed([f'{need.in_short}{so_far(facts, need)}' for need in way.missing])}."
    yield from signed


def _without(standing: Standing, way: Way, facts: Facts) -> Iterator[str]:
    """The needs that were not there and for which somebody signed."""
    for need in way.exit.needs:
        waiver = _waiver(standing.deal, need, way.exit.to)
        if waiver and need not in way.missing and not is_met(facts, need):
            yield _signed(standing, need, waiver)


def _waiver(deal: Deal, need: Need, stage: str) -> Waiver | None:
    return next((each for each in deal.waived if each.stage == stage and each.need in (need.field, need.name)), None)


def _signed(standing: Standing, need: Need, waiver: Waiver) -> str:
    who, when = person_name(standing.snapshot, waiver.by), short_day(waiver.date, standing.snapshot.as_of)
    return f"Without {need.in_short}: {who} signed for it on {when}. {waiver.why}"


def _unasked(deal: Deal, move: JudgedMove) -> Iterator[str]:
    """What is to be said of a move for which the process asks for nothing, or which it does not judge."""
    if move.kind is MoveKind.IMPORTED:
        yield "It came with the import, and the process does not judge it."
    elif move.kind in (MoveKind.BACK, MoveKind.REOPENED):
        reasons = deal.moved_back if move.kind is MoveKind.BACK else deal.reopened
        yield f"{'Went back' if move.kind is MoveKind.BACK else 'Opened again'}: {_why(reasons, move.day)}"
    elif not move.kind.is_allowed:
        yield f"{move.process.version} has no such way."


def _why(reasons: tuple[Reason, ...], day: date) -> str:
    return next((reason.why for reason in reasons if reason.date == day), "nobody wrote down why.")


def _answers(facts: Facts) -> str:
    """The seven answers that had a day by then: how many are met, and which of them nobody had."""
    found = {letter: getattr(facts.deal.maniac_t, letter, None) for letter in MANIAC_T}
    there = {letter: answer for letter, answer in found.items() if answer and facts.happened(answer.date)}
    if not there:
        return f"MANIAC-T: none of the {len(MANIAC_T)} answered."
    met, partial = (sum(answer.status == status for answer in there.values()) for status in ("met", "partial"))
    lacking = listed([letter.replace("_", " ") for letter in MANIAC_T if letter not in there])
    well = f"{met} of {len(MANIAC_T)} met{f', {partial} partial' if partial else ''}"
    return f"MANIAC-T: {well}{f'; no answer on {lacking}' if lacking else ''}."
