"""What ``salesops resume`` does: the span that is running ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from salesops.cli.hands import Asked, Desk, NoWay, desk_of, send
from salesops.cli.moving import Going, Said
from salesops.cli.printing import say
from salesops.records.deal import Parked


def run(folder: str, deal: str, **options: Any) -> int:
    """Take it up again; 1 where it is refused."""
    how = {name: options.pop(name) for name in ("yes", "dry_run", "output_format", "as_of")}
    desk = desk_of(folder, **how)
    deal_id, day = desk.deal(deal), desk.happened(options["date_"])
    history = Going(desk, deal_id, "", day).history
    running = next((at for at, span in enumerate(history.deal.parked) if span.covers(day)), None)
    carried = history.parked_on(day) if running is None else None
    said = Said()
    if options["next_"]:
        said.fields["next"] = desk.next_step(options["next_"], None)
    if running is None and carried is None:
        say(f"{deal_id} is not parked on {day}.")
        if not said.fields:
            return 0
    fresh, changes = said.changes(desk, deal_id)
    first: list[Asked] = [{"set": deal_id, "fields": fresh, "was": {}}] if fresh else []
    ends = [_written_down(desk, deal_id, carried, day)] if carried else []
    ends += [] if running is None else [_ended(deal_id, _written(desk, deal_id), running, day)]
    return send(desk, [*ends, *first, *changes])


def _written(desk: Desk, deal_id: str) -> list[Asked]:
    """The spans as the file has them."""
    found: list[Asked] = desk.book.documents["deal", deal_id].data["parked"]
    return found


def _written_down(desk: Desk, deal_id: str, span: Parked, day: date) -> Asked:
    """A span that only the process tells of, since the stage of an older version is parked in a later one: with its end it is written."""
    if span.since == day:
        raise NoWay(f"{deal_id} is parked from {day} on: resume it on a later day")
    why = desk.book.title_of(span.why, span.since - timedelta(days=1))
    return {"add": deal_id, "to": "parked", "entry": {"since": str(span.since), "until": str(day), "why": why}}


def _ended(deal_id: str, spans: list[Asked], at: int, day: date) -> Asked:
    """The span ends on the day."""
    if spans[at]["since"] == str(day):
        raise NoWay(f"{deal_id} was parked on {day} itself: salesops undo takes that back")
    name = f"parked.{at}.until"
    was = {name: spans[at]["until"]} if spans[at].get("until") else {}
    return {"set": deal_id, "fields": {name: str(day)}, "was": was}
