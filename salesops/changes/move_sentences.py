"""What happened to the moves of a deal: those that came, and those of the past that say something else now."""

from __future__ import annotations

from collections.abc import Iterator

from salesops.changes.alterations import Alteration, alterations
from salesops.changes.change import Change, joined
from salesops.changes.deal_versions import Versions, WrittenMove, entries, lines, term
from salesops.changes.names import Names
from salesops.records.as_written import Data, as_text
from salesops.records.process import LOST, WON

REASONS = {"reopened": "reopened", "moved": "moved_back"}
"""Where a deal says why it was moved so."""
VERDICTS = {"icp": "wrong fit", "execution": "our execution"}


def of_moves(deal: Versions, before: Data, after: Data) -> Iterator[Change]:
    """A sentence on the past where it was altered, and one on each move that came."""
    old, new = lines(before), lines(after)
    altered = alterations(old, new)
    if altered:
        yield _past(deal, altered)
    first_new = len(old) + sum((one.was is None) - (one.now is None) for one in altered)
    for at in range(first_new, len(new)):
        yield _move(deal, new[at - 1].stage if at else None, new[at], last=at == len(new) - 1)


def _past(deal: Versions, altered: list[Alteration]) -> Change:
    old = entries(deal.before or {}, "corrections")
    signed = any(
        as_text(entry.get("field")).startswith("stages")
        for entry in entries(deal.data, "corrections")
        if entry not in old
    )
    said = [_altered(deal.names, one) for one in altered]
    return deal.change(
        "past", f"stage history was {'corrected' if signed else 'edited without a correction'}: {'; '.join(said)}"
    )


def _altered(names: Names, one: Alteration) -> str:
    was, now = (
        f"{names.stage(move.stage)} on {names.day(move.entered)}" if move else "" for move in (one.was, one.now)
    )
    if one.was and one.now and one.was.stage == one.now.stage:
        return f"{now}, was {names.day(one.was.entered)}"
    return f"{now}, was {was}" if was and now else f"{now} was inserted" if now else f"{was} was removed"


def _move(deal: Versions, before: str | None, move: WrittenMove, *, last: bool) -> Change:
    stage, day = move
    names = deal.names
    closes_as = names.book.outcome(stage)
    came_as = names.book.outcome(before) if before else None
    kind = "won" if closes_as == WON else "lost" if closes_as == LOST else "reopened" if came_as == LOST else "moved"
    reason = _reason(deal, REASONS[kind], day) if kind in REASONS else ""
    way = f"{names.stage(before)} → {names.stage(stage)}" if before else f"starts in {names.stage(stage)}"
    tail = _tail(deal, kind) if last else ""
    what = joined(f"{way} on {names.day(day)}" if day else way, tail) + (f" ({reason})" if reason else "")
    return deal.change(kind, what, before=before, after=stage, date=day or None)


def _tail(deal: Versions, kind: str) -> str:
    names = deal.names
    if kind == "won":
        return joined(deal.price, term(deal.part("contract"), names))
    if kind == "lost":
        loss = deal.part("loss")
        reason = names.text(loss.get("reason"))
        verdict = VERDICTS.get(as_text(loss.get("verdict")), names.text(loss.get("verdict")))
        why = f"reason: {reason}" + (f" ({verdict})" if verdict else "") if reason else "no reason given"
        learned = f"; learned: {names.text(loss['learning'])}" if loss.get("learning") else ""
        return f"{joined(deal.price, why)}{learned}"
    return joined(deal.worth if deal.worth and deal.is_first_worth else deal.price, deal.answered)


def _reason(deal: Versions, name: str, day: str) -> str:
    """Why a move of that day was made, as the deal says under this name."""
    why = (entry.get("why") for entry in entries(deal.data, name) if entry.get("date") == day)
    return deal.names.text(next(why, None))
