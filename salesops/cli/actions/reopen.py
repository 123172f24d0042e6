"""What ``salesops reopen`` does: a line under ``stages``, and the reason under ``reopened``."""

from __future__ import annotations

from typing import Any

from salesops.book.book import Book
from salesops.book.moves import lost_in
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
    closed = [choice for choice in names.records(desk.book, desk.day) if _is_closed_as_lost(desk.book, choice.id)]
    asked = desk.chosen(deal, closed, "") if names.fitting(deal, closed) else deal
    going = Going(desk, desk.deal(asked), "", desk.happened(options["date_"]))
    if not _is_closed_as_lost(desk.book, going.deal_id):
        raise NoWay(f"{going.deal_id} is not lost: it is in {going.process.title_of(going.before)}\n  {going.ways}")
    going.to = _stage(going, stage)
    return go(going, whys=[options["why"]] if options["why"] else [], next_=options["next_"])


def _is_closed_as_lost(book: Book, deal_id: str) -> bool:
    history = book.histories.get(deal_id)
    return history is not None and book.outcome(history.now.stage) == LOST


def _stage(going: Going, asked: str | None) -> str:
    """The stage in which it goes on: the one that is named, else the one in which it was lost."""
    process = going.process
    if asked:
        return names.stage_named(process, asked, f"there is no stage '{show(asked)}'")
    if last := lost_in(process, going.history):
        return last
    open_now = process.path_of(going.history.type)
    raise Usage(f"in which stage does it go on? salesops reopen {going.deal_id} {'|'.join(sorted(open_now))} --why …")
