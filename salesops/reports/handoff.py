"""The hand-off of a won deal to delivery: the six steps of the process, each with its day and whose it is (``reference/definitions#hand-off``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from salesops.book.book import Book, Snapshot
from salesops.book.visits import DealHistory
from salesops.changes.need_words import path_in_words
from salesops.records.contract import Hub, Order
from salesops.records.deal import Deal
from salesops.records.member import Member
from salesops.records.process import WON
from salesops.records.scalars import UNKNOWN
from salesops.records.specification import Unreadable, differences

TERMS = ("signed", "start", "end", "mrr", "entity", "agreement")
"""What a contract says before anybody in delivery begins to work by it."""
TITLES = (
    "Contract, price and member are right",
    "The member chooses the hubs",
    "The order is made",
    "Issues for delivery are open",
    "Delivery takes it on",
    "Delivery tells what it sees",
)
"""The six steps in their order."""


class MissingFact(NamedTuple):
    """What a step still waits for, in words, and the command by which it is written down."""

    says: str
    way: str


@dataclass(frozen=True)
class HandoffStep:
    """One step: what is done, whose it is, on which day it was, and what is missing of it."""

    title: str
    owner: str | None
    day: date | None
    missing: tuple[MissingFact, ...] = ()
    is_done: bool = False

    def as_data(self) -> dict[str, Any]:
        """As machines read it."""
        return {
            "step": self.title,
            "owner": self.owner,
            "day": self.day,
            "done": self.is_done,
            "missing": [each.says for each in self.missing],
        }


@dataclass(frozen=True)
class Handoff:
    """The hand-off of a deal on a day: its steps, the day from which the hubs are in use, and that on which the service ended."""

    deal: str
    steps: tuple[HandoffStep, ...]
    in_use: date | None
    ended: date | None
    still_on: tuple[str, ...] = ()
    """The hubs of a service that has ended, which nobody was asked to switch off."""

    @property
    def next(self) -> HandoffStep | None:
        """The first step that is not done; None where all are, or the service has ended."""
        return None if self.ended else next((step for step in self.steps if not step.is_done), None)

    @property
    def is_complete(self) -> bool:
        """Whether the hubs are in active use: that closes it."""
        return self.in_use is not None

    def as_data(self) -> dict[str, Any]:
        """As machines read it."""
        return {
            "deal": self.deal,
            "steps": [step.as_data() for step in self.steps],
            "in_use": self.in_use,
            "ended": self.ended,
            "still_on": list(self.still_on),
        }


def handoff(snapshot: Snapshot, deal: str) -> Handoff | None:
    """The hand-off of a deal; None where it was not won."""
    history = snapshot.history(deal)
    if history is None or snapshot.outcome(history) != WON:
        return None
    known = history.deal
    order, ended = known.order, known.contract.service_ended if known.contract else None
    still_on = tuple(hub.name for hub in to_switch_off(snapshot.book, deal)) if ended else ()
    return Handoff(deal, tuple(_steps(snapshot, history)), order.operational if order else None, ended, still_on)


def way_on(found: Handoff) -> str:
    """The command by which the next step is written down; nothing where none is open.

    Once the service has ended it is the one that has the hubs switched off.
    """
    if found.still_on:
        return f"salesops handoff {found.deal} --issues"
    first = found.next.missing[:1] if found.next else ()
    return first[0].way if first else ""


def ordered(book: Book, deal: str) -> list[Hub]:
    """The hubs that were ordered with a deal, and with those that it renews where it names none of that name."""
    found: dict[str, list[Hub]] = {}
    for each in book.chain_of(deal):
        order = book.deals[each].order
        names = set(found)
        for hub in order.hubs if order else ():
            if hub.name not in names:
                found.setdefault(hub.name, []).append(hub)
    return [hub for hubs in found.values() for hub in hubs]


def to_switch_off(book: Book, deal: str) -> list[Hub]:
    """The hubs of a service that ended, whose end no issue is on file for."""
    said = {link.kind for link in book.deals[deal].links}
    return [hub for hub in ordered(book, deal) if end_of(hub.name) not in said]


def to_open(snapshot: Snapshot) -> dict[str, list[str]]:
    """The deals for which delivery can be given an issue now, each with its hubs: the order is made and agrees, or the service has ended."""
    handoffs = (handoff(snapshot, history.id) for history in snapshot.won)
    return {found.deal: hubs for found in handoffs if found and (hubs := _waiting_hubs(snapshot.book, found))}


def _waiting_hubs(book: Book, found: Handoff) -> list[str]:
    if found.ended:
        return list(found.still_on)
    is_ready = found.steps[0].is_done and found.steps[2].is_done
    return [hub.name for hub in without_issue(book.deals[found.deal].order)] if is_ready else []


def end_of(hub: str) -> str:
    """What the link to the issue is called that has a hub switched off."""
    return f"decommission request: {hub}"


def _steps(snapshot: Snapshot, history: DealHistory) -> Iterator[HandoffStep]:
    deal, order = history.deal, history.deal.order
    member = snapshot.book.members.get(deal.member)
    sales, delivery = deal.owner, order.delivery_owner if order else None
    signed = deal.contract.signed if deal.contract else None
    yield _step(TITLES[0], sales, signed, not_right(history.id, deal, member))
    frozen = order.frozen.date if order and order.frozen else None
    yield _step(TITLES[1], sales, frozen, _not_chosen(history.id, order))
    yield _step(TITLES[2], sales, order.created if order else None, _not_ordered(history.id, order))
    yield _step(TITLES[3], sales, order.issued if order else None, _without_issue(history.id, order))
    taken = order.taken_on if order else None
    nobody = MissingFact("who in delivery takes it on", f"salesops handoff {history.id} --owner PERSON")
    yield _step(TITLES[4], delivery, taken, () if delivery else (nobody,))
    in_use = order.operational if order else None
    seen = next((each.date for each in member.judged if in_use and each.date >= in_use), None) if member else None
    looked_at = MissingFact("a look at the member's health", f"salesops edit {deal.member}")
    used = MissingFact("the hubs are not in use yet", f"salesops handoff {history.id} --in-use DAY")
    yield _step(TITLES[5], delivery, seen, () if seen else (looked_at,) if in_use else (used,))


def _step(title: str, owner: str | None, day: date | None, missing: tuple[MissingFact, ...]) -> HandoffStep:
    return HandoffStep(title, owner, None if missing else day, missing, not missing)


def not_right(deal_id: str, deal: Deal, member: Member | None) -> tuple[MissingFact, ...]:
    """What of the contract, the price and the member is not said, or does not agree."""
    contract = deal.contract
    unsaid = [
        MissingFact(path_in_words(f"contract.{name}"), f"salesops set {deal_id} contract.{name} VALUE")
        for name in TERMS
        if getattr(contract, name, None) is None
    ]
    differing = [MissingFact(said, f"salesops edit {deal_id}") for _, said in deal.unexplained]
    if member is None:
        return (*unsaid, MissingFact(f"the member {deal.member}, who is not on file", "salesops new member"))
    about = [
        MissingFact(f"{name} (member)", f"salesops set {deal.member} {name} VALUE")
        for name in ("kind", "country")
        if getattr(member, name) == UNKNOWN
    ]
    reached = any(contact.email or contact.phone for contact in member.contacts)
    nobody = MissingFact("an e-mail address or telephone number of anybody there", f"salesops edit {deal.member}")
    return (*unsaid, *differing, *about, *(() if reached else (nobody,)))


def _not_chosen(deal_id: str, order: Order | None) -> tuple[MissingFact, ...]:
    link = MissingFact("the configurator's link, or the hubs of the order", f"salesops handoff {deal_id} --order URL")
    return () if order and (order.configurator or order.hubs) else (link,)


def _not_ordered(deal_id: str, order: Order | None) -> tuple[MissingFact, ...]:
    if order is None or order.created is None:
        return (MissingFact("the day on which the order was made", f"salesops handoff {deal_id} --order URL"),)
    way = f"salesops edit {deal_id}"
    try:
        return tuple(MissingFact(said, way) for _, said in differences(order))
    except Unreadable as why:
        return (MissingFact(f"the configurator's link: {why}", way),)


def without_issue(order: Order | None) -> list[Hub]:
    """The hubs that were ordered and by no issue set up; none where issues are on file that name no hub."""
    if order is None or (order.issues and not any(hub.issue for hub in order.hubs)):
        return []
    return [hub for hub in order.hubs if not hub.issue]


def _without_issue(deal_id: str, order: Order | None) -> tuple[MissingFact, ...]:
    way = f"salesops handoff {deal_id} --issues"
    if order is None or not (order.issues or order.hubs):
        return (MissingFact("an issue of delivery", way),)
    return tuple(MissingFact(f"an issue for hub '{hub.name}'", way) for hub in without_issue(order))
