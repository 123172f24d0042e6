"""What ``salesops park`` does: one more span under ``parked``."""

from __future__ import annotations

from datetime import date
from typing import Any

from salesops.cli.field_values import echo
from salesops.cli.hands import Asked, Desk, Missing, NoWay, as_words, ask, desk_of, send
from salesops.cli.moving import Going
from salesops.cli.options import Usage
from salesops.edits.spoken import Unclear, period
from salesops.output import show
from salesops.records.scalars import day_or_period

OPEN = "open"
UNTIL, WHY = "when does it come back? A day, a month, a quarter, or open", "what does it wait for?"


def run(folder: str, deal: str, **options: Any) -> int:
    """Park it; 1 where it is refused."""
    how = {name: options.pop(name) for name in ("yes", "dry_run", "output_format", "as_of")}
    desk = desk_of(folder, **how)
    deal_id, since = desk.deal(deal), desk.happened(options["date_"])
    going = Going(desk, deal_id, "", since)
    if not desk.snapshot.is_open(going.history):
        raise NoWay(f"{deal_id} is closed since {going.history.now.entered}: only an open deal waits")
    if since > desk.day:
        raise NoWay(f"{since} is still to come: a deal is parked once it waits")
    entry = _entry(desk, since, options)
    span = next((it for it in going.history.deal.parked if it.covers(since) and str(it.since) != entry["since"]), None)
    if span:
        until = f"until {span.until}" if span.until else "with no return date"
        raise NoWay(
            f"{deal_id} is parked since {span.since}, {until}: {show(span.why)}\n"
            f"  another day: salesops set {deal_id} parked.{going.history.deal.parked.index(span)}.until DAY"
        )
    return send(desk, [{"add": deal_id, "to": "parked", "entry": entry}])


def _entry(desk: Desk, since: date, options: Asked) -> Asked:
    until, why = options["until"], options["why"]
    if desk.writing.asks:
        until = until or ask(UNTIL, lambda said: _until(desk, said, since) and said, needed=True)
        why = why or ask(WHY, as_words, needed=True)
    missing = [("--until DAY|open", UNTIL)] if not until else []
    missing += [('--why "WORDS"', WHY)] if not why else []
    if missing:
        raise Missing(missing)
    try:
        day = _until(desk, until, since)
    except Unclear as unclear:
        raise Usage(f"--until: {unclear}") from None
    if day == OPEN:
        return {"since": str(since), "why": why}
    echo(desk, until, day)
    return {"since": str(since), "until": day, "why": why}


def _until(desk: Desk, said: str, since: date) -> str:
    """When it comes back, as records write it: later than the day on which it began to wait."""
    if said.casefold() == OPEN:
        return OPEN
    found = period(said, desk.day)
    if found == "never":
        raise Unclear("a deal that never comes back is lost: salesops close DEAL lost")
    if day_or_period(found) <= since:
        raise Unclear(f"{found} is not after {since}, since when it waits")
    return found
