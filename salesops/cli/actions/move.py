"""What ``salesops move`` does: one line under ``stages``, and what the exit asks for."""

from __future__ import annotations

from typing import Any

from salesops.cli import names
from salesops.cli.hands import desk_of
from salesops.cli.move_questions import go
from salesops.cli.moving import Going
from salesops.output import show


def run(folder: str, deal: str, stage: str, **options: Any) -> int:
    """Move it; 1 where it is refused."""
    how = {name: options.pop(name) for name in ("yes", "dry_run", "output_format", "as_of")}
    desk = desk_of(folder, **how)
    going = Going(desk, desk.deal(deal), "", desk.happened(options["date_"]))
    going.to = names.stage_named(going.process, stage, f"there is no stage '{show(stage)}'")
    going.said.takes(desk, going.deal_id, options["set_"], going.day)
    return go(going, waive=options["waive"], whys=options["why"], by=options["by"], next_=options["next_"])
