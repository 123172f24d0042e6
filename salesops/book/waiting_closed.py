"""What waits in closed deals: a hand-off, a contract that ends, a day to try again, a lesson that nobody wrote down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.book.exit_criteria import facts_on, is_met
from salesops.book.moves import judged_moves
from salesops.book.visits import DealHistory, Visit
from salesops.book.waiting import Waiting, has_lost
from salesops.records.as_written import GAP
from salesops.records.contract import Contract, Order
from salesops.records.process import LOST, WON, Completion, Need
from salesops.records.scalars import FirstDay

LEARNINGS = {
    "loss.learning": "the lesson of the loss",
    "loss.playbook": "what changed in the playbook",
    "win.learning": "the lesson of the win",
    "win.signals": "the signals that led to it",
}
"""What a closed deal teaches, where the process asks for it, each as people call it."""


def reengage_due(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A lost deal whose day to try again has come, with no later deal of the member."""
    history = _closed_as(LOST, snapshot, deal)
    lost = history.lost if history else ()
    loss = lost[-1][1] if lost else None
    day = loss.reengage if loss else None
    if history and isinstance(day, date) and day <= snapshot.as_of and not _is_followed(snapshot, history):
        yield Waiting(
            "reengage-due",
            *("deal", deal, history.deal.owner, day),
            f"the day to try again came on {_came(day)}",
            ("loss", len(lost) - 1, "reengage"),
            help="open the deal again or begin a new one; else write the next day to try, or never",
        )


def _came(day: date) -> str:
    """The day, and the month or quarter that began with it where that is what somebody wrote."""
    return f"{day}, with {day.written}" if isinstance(day, FirstDay) and day.written else str(day)


def _closed_as(outcome: str, snapshot: Snapshot, deal: str) -> DealHistory | None:
    history = snapshot.history(deal)
    return history if history and snapshot.outcome(history) == outcome else None


def _is_followed(snapshot: Snapshot, lost: DealHistory) -> bool:
    """Whether the member has a deal that began after this one was lost."""
    others = map(snapshot.history, snapshot.book.deals_of(lost.deal.member))
    return any(
        other.visits[0].entered >= lost.now.entered and other.id != lost.id for other in others if other is not None
    )


def renewal_missing(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A contract that has ended, or ends within 30 days, which no deal renews that is open or won."""
    history = _closed_as(WON, snapshot, deal)
    contract = history.deal.contract if history else None
    end = contract.last_day if contract else None
    if history is None or contract is None or end is None or contract.service_ended:
        return
    left, within = (end - snapshot.as_of).days, snapshot.numbers.renewal_waits
    if left <= within and not _is_renewed(snapshot, deal):
        ends = f"ends in {left} days, on {end}" if left > 0 else f"ended on {end}" if left < 0 else "ends today"
        yield Waiting(
            "renewal-missing",
            *("deal", deal, history.deal.owner, end - timedelta(days=within)),
            f"the contract {ends}, and nothing renews it",
            ("contract", "end"),
            help="begin the renewal, a deal with renews:; or write the day on which the service ended, as service_ended",
        )


def _is_renewed(snapshot: Snapshot, deal: str) -> bool:
    renewals = map(snapshot.history, snapshot.book.renewed_by.get(deal, ()))
    return any(renewal is None or snapshot.outcome(renewal) != LOST for renewal in renewals)


def handoff_unowned(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A won deal that nobody in delivery owns, a week after the win."""
    history, closing, completion = _handed_off(snapshot, deal)
    days = completion.owner_within() if completion else None
    order = history.deal.order if history else None
    if history is None or closing is None or completion is None or days is None or _is_owned(order):
        return
    if (snapshot.as_of - closing.entered).days >= days and not has_lost(snapshot, "deal", deal, "order"):
        yield Waiting(
            "handoff-unowned",
            *("deal", deal, history.deal.owner, closing.entered + timedelta(days=days)),
            f"won on {closing.entered}, and nobody in delivery owns the hand-off; {completion.owner_expected}",
            ("stages", closing.line),
            help="name who in delivery owns it, as delivery_owner under order:",
            fix=f"order: {{delivery_owner: {GAP}}}",
        )


def handoff_unused(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A won deal whose hubs are not in use, six weeks after the win."""
    history, closing, completion = _handed_off(snapshot, deal)
    days = completion.in_use_within() if completion else None
    order = history.deal.order if history else None
    if history is None or closing is None or completion is None or days is None or (order and order.operational):
        return
    if (snapshot.as_of - closing.entered).days >= days and not has_lost(snapshot, "deal", deal, "order"):
        person = (order and order.delivery_owner) or history.deal.owner
        yield Waiting(
            "handoff-unused",
            *("deal", deal, person, closing.entered + timedelta(days=days)),
            f"won on {closing.entered}, and the hubs are not in use; {completion.in_use_expected}",
            ("stages", closing.line),
            help="write the day on which people began to use them, as operational under order:",
        )


def deliverable_overdue(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """What a contract promised by a day that has passed, and is neither delivered nor dropped."""
    history = _closed_as(WON, snapshot, deal)
    contract = history.deal.contract if history else None
    for at, promised in enumerate(contract.deliverables if contract and history and not _is_over(contract) else ()):
        is_open = promised.status not in ("delivered", "dropped")
        if history and promised.due and promised.due < snapshot.as_of and is_open:
            person = (history.deal.order and history.deal.order.delivery_owner) or history.deal.owner
            yield Waiting(
                "deliverable-overdue",
                *("deal", deal, person, promised.due + timedelta(days=1)),
                f"'{promised.what}' was due on {promised.due}, and is {promised.status or 'not said to be delivered'}",
                ("contract", "deliverables", at),
                help="write status: delivered with its link; or the new day, once the member agrees",
            )


def _is_owned(order: Order | None) -> bool:
    return order is not None and bool(order.delivery_owner or order.operational)


def _handed_off(snapshot: Snapshot, deal: str) -> tuple[DealHistory | None, Visit | None, Completion | None]:
    """A won deal whose service goes on, the move by which it was won, and what the process of that day calls complete."""
    history = _closed_as(WON, snapshot, deal)
    if history is None or _is_over(history.deal.contract):
        return None, None, None
    return history, *_closing(snapshot, history)


def is_being_handed_off(snapshot: Snapshot, deal: str) -> bool:
    """Whether the process of the day of the win asks for a hand-off, and the hubs are not in use yet."""
    history, _, completion = _handed_off(snapshot, deal)
    if history is None or completion is None or completion.in_use_within() is None:
        return False
    return not (history.deal.order and history.deal.order.operational)


def _is_over(contract: Contract | None) -> bool:
    return contract is not None and contract.service_ended is not None


def _closing(snapshot: Snapshot, history: DealHistory) -> tuple[Visit | None, Completion | None]:
    """The move by which a deal was closed, and what its process calls complete; none for one that came with an import."""
    closing = snapshot.closing(history.attempts[-1])
    if closing is None or history.deal.was_brought(history.deal.stages[closing.line]):
        return None, None
    process = snapshot.book.process_on(closing.entered)
    stage = process.stage_named(history.now.stage) if process else None
    return closing, stage.completion if stage else None


class Lessons(NamedTuple):
    """What a closed deal owes of what was learned: the move that closed it, the needs by name, which are missing, and which the move itself asked for."""

    closing: Visit
    owed: tuple[str, ...]
    missing: tuple[str, ...]
    at_exit: frozenset[str]


def lessons_of(snapshot: Snapshot, history: DealHistory) -> Lessons | None:
    """What a deal was to teach when it was closed; None while it is open, and for one that came closed with an import."""
    if snapshot.is_open(history):
        return None
    closing, completion = _closing(snapshot, history)
    if closing is None:
        return None
    at_exit = _asked_at_exit(snapshot, history, closing)
    waived = {waiver.need for waiver in history.deal.waived if waiver.stage == closing.stage}
    later = _lessons(completion.needs if completion else ())
    facts = facts_on(history, snapshot.as_of)
    owed = {need.name: need for need in (*later, *(need for need in at_exit if need.name not in waived))}
    missing = tuple(name for name, need in owed.items() if not is_met(facts, need))
    return Lessons(closing, tuple(owed), missing, frozenset(need.name for need in at_exit))


def lesson_in_words(name: str) -> str:
    """A need of what was learned, as people call it."""
    return LEARNINGS.get(name, name)


def are_unreadable(snapshot: Snapshot, deal: str) -> bool:
    """Whether a part of a deal in which lessons stand could not be read."""
    return any(has_lost(snapshot, "deal", deal, part) for part in ("loss", "win", "learned"))


def learning_missing(snapshot: Snapshot, deal: str) -> Iterator[Waiting]:
    """A closed deal that does not say what was learned, where the process asks."""
    history = snapshot.history(deal)
    if history is None or snapshot.is_open(history) or _is_over(history.deal.contract):
        return
    lessons = None if are_unreadable(snapshot, deal) else lessons_of(snapshot, history)
    if lessons and lessons.missing:
        closed = lessons.closing
        yield Waiting(
            "learning-missing",
            *("deal", deal, history.deal.owner, closed.entered),
            f"closed on {closed.entered}, and what was learned is not complete: {', '.join(map(lesson_in_words, lessons.missing))}",
            ("stages", closed.line),
            help="write it down while somebody remembers; a sentence is enough",
            is_blamed=lessons.at_exit.issuperset(lessons.missing),
        )


def _asked_at_exit(snapshot: Snapshot, history: DealHistory, closing: Visit) -> list[Need]:
    """The lessons that the move asked for by which the deal was closed, whichever way it went out."""
    ways = judged_moves(history.deal, snapshot.book.process_of)[closing.line].exits
    first, *others = [[need for need in way.needs if need.field in LEARNINGS] for way in ways] or [[]]
    return [need for need in first if all(need.name in {other.name for other in way} for way in others)]


def _lessons(needs: tuple[Need, ...]) -> list[Need]:
    return [need for need in needs if need.field in LEARNINGS or need.learned]
