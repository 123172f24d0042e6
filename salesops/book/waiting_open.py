"""What waits in open deals: the next step, a contact, a new day, a return from parking, a service that was to start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from salesops.book.book import Snapshot
from salesops.book.stalled import stalled_since, why_stalled
from salesops.book.visits import DealHistory
from salesops.book.waiting import Waiting, has_lost, in_play
from salesops.problems import Path
from salesops.records.as_written import GAP, question
from salesops.records.deal import Deal, Parked
from salesops.records.scalars import as_said


def next_step_missing(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A deal in play without a next step: since the last thing that happened in it."""
    history = in_play(snapshot, deal)
    unread = any(has_lost(snapshot, "deal", deal, name) for name in ("next", "parked"))
    if history and history.deal.next is None and not unread:
        yield Waiting(
            "next-step-missing",
            *("deal", deal, history.deal.owner, _last_day(history)),
            "the open deal has no next step",
            ("stages", history.now.line),
            help="write what will be done and by when",
            fix=f"next: {{action: {GAP}, due: {GAP}}}",
        )


def _last_day(history: DealHistory) -> date:
    """The last day on which something happened in a deal, its return from parking included."""
    return max([history.last_day, *(span.until for span in history.spans if span.until)])


def next_step_overdue(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A next step whose day has passed."""
    history = in_play(snapshot, deal)
    step = history.deal.next if history else None
    if history and step and step.due < snapshot.as_of:
        yield Waiting(
            "next-step-overdue",
            *("deal", deal, step.owner or history.deal.owner, step.due),
            f"the next step was due on {step.due}",
            ("next", "due"),
            help="log what happened and write the next step",
        )


def stalled(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A deal in play that is too long in its stage, or too long without a real contact."""
    history = in_play(snapshot, deal)
    since = stalled_since(snapshot, history) if history else None
    if history and since:
        yield Waiting(
            "deal-stalled",
            *("deal", deal, history.deal.owner, since),
            "; ".join(why_stalled(snapshot, history)),
            ("stages", history.now.line),
            help="talk to them, move it, park it or close it; log contacts under activity:",
        )


def close_date_passed(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A deal in play that was expected to close by now."""
    history = in_play(snapshot, deal)
    expected = history.deal.expected_close if history else None
    if history and expected and expected < snapshot.as_of:
        yield Waiting(
            "close-date-passed",
            *("deal", deal, history.deal.owner, expected),
            f"the deal was expected to close on {expected}",
            ("expected_close",),
            help="ask again, and write the new day",
        )


def start_passed(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A deal in play whose contract says that the service has begun."""
    history = in_play(snapshot, deal)
    contract = history.deal.contract if history else None
    if history and contract and contract.start and contract.start <= snapshot.as_of:
        yield Waiting(
            "service-start-passed",
            *("deal", deal, history.deal.owner, contract.start),
            f"the service was to start on {contract.start}, and the deal is still in {snapshot.stage(history.now.stage).title}",
            ("contract", "start"),
            help="write down the signature and the win, or the new day on which the service starts",
            is_blamed=_is_before_its_older(snapshot, history.deal, contract.start),
        )


def _is_before_its_older(snapshot: Snapshot, deal: Deal, start: date) -> bool:
    """Whether the contract of a renewal begins no later than the one it renews, which is an error already."""
    older = snapshot.book.deals.get(deal.renews) if deal.renews else None
    return bool(older and older.contract and older.contract.start and start <= older.contract.start)


def parked_came_back(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A deal that came back from parking in the last 30 days, or as many as the team says, with nothing logged since."""
    history, within = in_play(snapshot, deal), timedelta(days=snapshot.numbers.returned_for)
    for at, span in enumerate(history.written.parked if history else ()):
        back = span.until
        is_back = back and back <= snapshot.as_of < back + within
        if history and back and is_back and not any(entry.date >= back for entry in history.written.activity):
            yield Waiting(
                "parked-came-back",
                *("deal", deal, history.deal.owner, back),
                f"the deal is back since {as_said(back)}, and nothing was logged since",
                ("parked", at, "until"),
                help="talk to them, park it again, or close it",
            )


def parked_long(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A deal that is parked without an end, once for so many days in which nothing was logged."""
    history = snapshot.history(deal)
    span = history.parked_on(snapshot.as_of) if history and snapshot.is_open(history) else None
    if history is None or span is None or span.until:
        return
    looked = max([span.since, *(entry.date for entry in history.deal.activity)])
    days, long = (snapshot.as_of - looked).days, snapshot.numbers.parked_long
    if days >= long:
        quiet = f", and nothing was logged since {looked}" if looked > span.since else ""
        yield Waiting(
            "parked-long",
            *("deal", deal, history.deal.owner, looked + timedelta(days=long)),
            f"parked since {span.since} without an end{quiet}",
            _place(history, span),
            help=f"say until when, or close it; whatever is logged under activity: answers for {long} days",
            fix=_ending(history, span),
        )


def _ending(history: DealHistory, span: Parked) -> str:
    """What to write so that a span has an end: one that only a later process tells of is written whole."""
    is_written = span in history.written.parked
    return question("until") if is_written else f"parked:\n  - {{since: {span.since}, until: {GAP}, why: {span.why}}}"


def _place(history: DealHistory, span: Parked) -> Path:
    """Where a span is written; where a later process made it of a stage, the move into that stage."""
    written = history.written.parked
    return ("parked", written.index(span), "since") if span in written else ("stages", history.now.line)
