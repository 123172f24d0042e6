"""The bridge from one pipeline to another: opening, what came, what was re-priced, what went, closing; it always adds up.

Counted in deals and in money by currency. A deal that joins the pipeline does so at what it is worth at the end, one
that leaves it at what it was worth at the start; one that stays is re-priced by the difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from salesops.book.book import Snapshot
from salesops.book.visits import DealHistory
from salesops.records.money import Sums, cents, total

OPEN, ABSENT, PARKED, WON, LOST, UNREADABLE = "open", "absent", "parked", "won", "lost", "unreadable"
CAME = {ABSENT: "entered", PARKED: "resumed", WON: "reopened", LOST: "reopened", UNREADABLE: "readable again"}
WENT = {ABSENT: "removed", PARKED: "parked", WON: "won", LOST: "lost", UNREADABLE: "unreadable"}
TERMS = (
    "entered",
    "resumed",
    "reopened",
    "readable again",
    "re-priced",
    "won",
    "lost",
    "parked",
    "removed",
    "unreadable",
)
"""Every term between opening and closing, in the order of the sentence; those from "won" on take away."""
TAKES_AWAY = frozenset(TERMS[TERMS.index("won") :])
ALWAYS = ("entered", "re-priced", "won", "lost", "parked")


@dataclass(frozen=True)
class BridgeTerm:
    """One term: how many deals it moves (with its sign), what money, and which deals."""

    name: str
    count: int
    sums: Sums
    deals: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """As machines read it."""
        return {"name": self.name, "deals": self.count, "money": _texts(self.sums), "which": list(self.deals)}


@dataclass(frozen=True)
class Bridge:
    """``opening`` and every term together are ``closing``, in deals and to the cent."""

    opening: BridgeTerm
    terms: tuple[BridgeTerm, ...]
    closing: BridgeTerm

    @property
    def told(self) -> tuple[BridgeTerm, ...]:
        """The terms worth a line: the usual ones, and whatever else moved anything."""
        return tuple(term for term in self.terms if term.name in ALWAYS or term.deals)

    @property
    def is_flat(self) -> bool:
        """Whether nothing moved."""
        return not any(term.deals for term in self.terms)

    @property
    def adds_up(self) -> bool:
        """Whether opening and terms make the closing; a bridge that does not is a bug."""
        parts = (self.opening, *self.terms)
        return sum(part.count for part in parts) == self.closing.count and added_up(
            part.sums for part in parts
        ) == added_up([self.closing.sums])

    def as_data(self) -> dict[str, Any]:
        """As ``diff --format json`` gives it."""
        return {
            "opening": self.opening.as_data(),
            "terms": [term.as_data() for term in self.terms],
            "closing": self.closing.as_data(),
        }


@dataclass(frozen=True)
class _Standing:
    """Where a deal is as the pipeline sees it, and what it is worth there."""

    state: str
    worth: Sums


_NOT_THERE = _Standing(ABSENT, {})


def bridge(before: Snapshot | None, after: Snapshot | None, now_called: Mapping[str, str] | None = None) -> Bridge:
    """The bridge between two snapshots; ``now_called`` gives renamed deals their new ids."""
    names = now_called or {}
    old = {names.get(deal_id, deal_id): standing for deal_id, standing in _standings(before)}
    new = dict(_standings(after))
    moved: dict[str, list[tuple[str, int, Sums]]] = {name: [] for name in TERMS}
    for deal_id in sorted(old.keys() | new.keys()):
        for name, count, sums in _steps(old.get(deal_id, _NOT_THERE), new.get(deal_id, _NOT_THERE)):
            moved[name].append((deal_id, count, sums))
    built = Bridge(
        _end("opening", old),
        tuple(
            BridgeTerm(
                name,
                sum(count for _, count, _ in steps),
                added_up(sums for *_, sums in steps),
                tuple(deal_id for deal_id, *_ in steps),
            )
            for name, steps in moved.items()
        ),
        _end("closing", new),
    )
    assert built.adds_up, "a bridge does not add up"
    return built


def _steps(was: _Standing, now: _Standing) -> Iterator[tuple[str, int, Sums]]:
    if was.state == OPEN and now.state == OPEN:
        if was.worth != now.worth:
            yield "re-priced", 0, added_up([now.worth, negated(was.worth)])
    elif now.state == OPEN:
        yield CAME[was.state], 1, now.worth
    elif was.state == OPEN:
        yield WENT[now.state], -1, negated(was.worth)
    elif was.state == ABSENT and now.state in (WON, LOST):  # it came and went between the two
        yield "entered", 1, now.worth
        yield WENT[now.state], -1, negated(now.worth)


def _standings(snapshot: Snapshot | None) -> Iterator[tuple[str, _Standing]]:
    if snapshot is None or not snapshot.book.processes:
        return
    for history in snapshot.histories:
        state = _state(snapshot, history)
        yield history.id, _Standing(state, _worth(history))
    for left in snapshot.book.unusable:
        yield left.deal, _Standing(UNREADABLE, {})


def _state(snapshot: Snapshot, history: DealHistory) -> str:
    outcome = snapshot.outcome(history)
    if outcome is not None:
        return WON if outcome == "won" else LOST
    return PARKED if history.parked_on(snapshot.as_of) else OPEN


def _worth(history: DealHistory) -> Sums:
    return total(history.deal.value.amounts) if history.deal.value else {}


def _end(name: str, standings: Mapping[str, _Standing]) -> BridgeTerm:
    held = {deal_id: standing.worth for deal_id, standing in sorted(standings.items()) if standing.state == OPEN}
    return BridgeTerm(name, len(held), added_up(held.values()), tuple(held))


def added_up(sums: Any) -> Sums:
    """Sums by currency added up; currencies that come to nothing are left out."""
    found: Sums = {}
    for part in sums:
        for currency, amount in part.items():
            found[currency] = found.get(currency, Decimal(0)) + amount
    return {currency: amount for currency, amount in sorted(found.items()) if amount}


def negated(sums: Sums) -> Sums:
    """The same sums, taken away."""
    return {currency: -amount for currency, amount in sums.items()}


def _texts(sums: Sums) -> dict[str, str]:
    return {currency: cents(amount) for currency, amount in sums.items()}
