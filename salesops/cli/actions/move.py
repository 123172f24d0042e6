"""What ``salesops move`` does: one line under ``stages``, and what the exit asks for."""

from __future__ import annotations

from typing import Any

from salesops.cli import names
from salesops.cli.hands import desk_of
from salesops.cli.move_questions import go, picked
from salesops.cli.moving import Going
from salesops.cli.options import Usage
from salesops.output import show


def run(folder: str, deal: str, stage: str | None, **options: Any) -> int:
    """Move it; 1 where it is refused."""
    how = {name: options.pop(name) for name in ("yes", "dry_run", "output_format", "as_of")}
    desk = desk_of(folder, **how)
    going = Going(desk, desk.deal(deal), "", desk.happened(options["date_"]))
    going.to = _stage(going, stage)
    going.said.takes(desk, going.deal_id, options["set_"], going.day)
    return go(going, waive=options["waive"], whys=options["why"], by=options["by"], next_=options["next_"])


def _stage(going: Going, asked: str | None) -> str:
    """The stage that is named; where none is, one of those to which there is a way, by a choice on a terminal."""
    process = going.process
    if asked:
        return names.stage_named(process, asked, f"there is no stage '{show(asked)}'")
    here = process.stages.get(going.before)
    ways = list(dict.fromkeys(way.to for way in here.exits)) if here else []
    if ways and going.desk.writing.asks:
        chosen = picked([(to, process.title_of(to)) for to in ways], "To which stage?")
        if chosen:
            return chosen
    raise Usage(f"to which stage? salesops move {going.deal_id} {'|'.join(ways or process.stages)}")
