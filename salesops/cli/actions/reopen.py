"""What ``salesops reopen`` does: a line under ``stages``, and the reason under ``reopened``."""

from __future__ import annotations

from typing import Any

from salesops.cli import names
from salesops.cli.hands import NoWay, desk_of
from salesops.cli.move_questions import go
from salesops.cli.moving import Going
from salesops.cli.options import Usage
from salesops.output import show
from salesops.records.process import LOST


def run(folder: str, deal: str, stage: str | None, **options: Any) -> int:
    """Open it again; 1 where it is refused."""
    how = {name: options.pop(name) for name in ("yes", "dry_run", "output_format", "as_of")}
    desk = desk_of(folder, **how)
    lost = [choice for choice in names.records(desk.book, desk.day) if choice.id in desk.book.deals]
    closed = [choice for choice in lost if _is_lost(desk.book.outcome(desk.book.deals[choice.id].stages[-1].stage))]
    asked = deal if not names.fitting(deal, closed) else desk.chosen(deal, closed, "")
    going = Going(desk, desk.deal(asked), "", desk.happened(options["date_"]))
    if not _is_lost(going.book.outcome(going.history.now.stage)):
        raise NoWay(f"{going.deal_id} is not lost: it is in {going.process.title_of(going.before)}")
    going.to = _stage(going, stage)
    return go(going, whys=[options["why"]] if options["why"] else [], next_=options["next_"])


def _is_lost(outcome: str | None) -> bool:
    return outcome == LOST


def _stage(going: Going, asked: str | None) -> str:
    """The stage in which it goes on: the one that is named, else the one in which it was lost."""
    process = going.process
    if asked:
        return names.stage_named(process, asked, f"there is no stage '{show(asked)}'")
    visits = [visit for visit in going.history.visits if visit.outcome is None]
    last = process.name_now(visits[-1].stage) if visits else ""
    open_now = process.path_of(going.history.type)
    if last in open_now:
        return last
    raise Usage(f"in which stage does it go on? salesops reopen {going.deal_id} {'|'.join(sorted(open_now))} --why …")
