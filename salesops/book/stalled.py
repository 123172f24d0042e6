"""Whether an open deal has stalled: too long in its stage, or too long without a real contact (``reference/definitions#stalled``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from salesops.book.book import Snapshot
from salesops.book.visits import DealHistory, Visit
from salesops.records.deal import Deal


def last_contact(deal: Deal, as_of: date) -> date | None:
    """The day of the last real contact up to a day: a held meeting, a call, an answered e-mail; never an edit."""
    return max((entry.contact for entry in deal.activity if entry.contact and entry.contact <= as_of), default=None)


def quiet_days(history: DealHistory, as_of: date) -> int:
    """Whole days since the last real contact, or since the deal came into its stage where that is later; parked ones do not count."""
    since = _quiet_since(history, as_of)
    return (as_of - since).days - history.parked_days(since, as_of)


def _quiet_since(history: DealHistory, as_of: date) -> date:
    contact = last_contact(history.deal, as_of)
    return max(contact or history.now.entered, history.now.entered)


def why_stalled(snapshot: Snapshot, history: DealHistory) -> Iterator[str]:
    """Why an open deal has stalled, by the thresholds of its stage; nothing where it has not."""
    stage = snapshot.stage(history.now.stage)
    age = history.age(snapshot.as_of)
    if stage.stale_after is not None and age > stage.stale_after:
        days = f"{age} days{parked_beside(history, snapshot.as_of)}"
        yield f"{days} in {stage.title}; the process expects at most {stage.stale_after}"
    quiet = quiet_days(history, snapshot.as_of)
    if stage.idle_after is not None and quiet > stage.idle_after:
        yield f"{_quiet_in_words(snapshot, history, quiet)}; the process expects one every {stage.idle_after}"


def in_short(snapshot: Snapshot, history: DealHistory) -> Iterator[str]:
    """The same in few words: ``54 of 30 days in Enrichment``, ``no contact for 40 days``."""
    stage = snapshot.stage(history.now.stage)
    age, quiet = history.age(snapshot.as_of), quiet_days(history, snapshot.as_of)
    if stage.stale_after is not None and age > stage.stale_after:
        yield f"{age} of {stage.stale_after} days in {stage.title}"
    if stage.idle_after is not None and quiet > stage.idle_after:
        spoke = last_contact(history.deal, snapshot.as_of)
        yield f"no contact for {quiet} days" if spoke else f"no contact yet, for {quiet} days"


def _quiet_in_words(snapshot: Snapshot, history: DealHistory, quiet: int) -> str:
    """How long it has been quiet; a deal in which nobody has spoken yet has nothing to count from but its stage."""
    if last_contact(history.deal, snapshot.as_of):
        return f"no real contact for {quiet} days"
    return f"no real contact yet, {quiet} days after it came into {snapshot.stage(history.now.stage).title}"


def parked_beside(history: DealHistory, as_of: date, visit: Visit | None = None) -> str:
    """The parked days of a visit, or of the present one, beside its days: `` (161 parked)``; nothing where there are none."""
    stay = visit or history.now
    parked = history.parked_days(stay.entered, stay.left or as_of)
    return f" ({parked} parked)" if parked else ""


def stalled_since(snapshot: Snapshot, history: DealHistory) -> date | None:
    """The first day on which an open deal had stalled as it has on the day; None where it has not."""
    stage, today = snapshot.stage(history.now.stage), snapshot.as_of
    found = []
    if stage.stale_after is not None and history.age(today) > stage.stale_after:
        found.append(_passed(history, history.now.entered, stage.stale_after))
    if stage.idle_after is not None and quiet_days(history, today) > stage.idle_after:
        found.append(_passed(history, _quiet_since(history, today), stage.idle_after))
    return min(found, default=None)


def _passed(history: DealHistory, since: date, limit: int) -> date:
    """The first day with more than so many days behind it, of which the parked ones do not count."""
    day = since + timedelta(days=limit + 1)
    for _ in history.spans:
        day = since + timedelta(days=limit + 1 + history.parked_days(since, day))
    return day
