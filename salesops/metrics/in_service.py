"""Who is in service on which day, and what each member pays a month: contracts, overdue ones within the grace days, short gaps (``reference/definitions#in-service``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from salesops.book.book import Snapshot, kept_with_snapshot
from salesops.book.visits import DealHistory
from salesops.records.contract import Contract
from salesops.records.money import Sums, total
from salesops.records.process import WON

DAY = timedelta(days=1)


def grace_days(snapshot: Snapshot) -> int:
    """The days of grace."""
    return snapshot.numbers.grace_days


class Spell(NamedTuple):
    """The days from ``first`` up to ``over``, which is no longer among them."""

    first: date
    over: date

    def holds(self, day: date) -> bool:
        """Whether a day is among them."""
        return self.first <= day < self.over


@dataclass(frozen=True)
class Service:
    """A won contract and its days in service: from its start until the service ends, a renewal takes its place, or the grace days are over."""

    history: DealHistory
    contract: Contract
    spells: tuple[Spell, ...]
    lapses: date
    """The day on which nobody waits for its renewal any longer."""

    def on(self, day: date) -> bool:
        """Whether it is in service on a day."""
        return any(spell.holds(day) for spell in self.spells)

    def is_overdue(self, day: date) -> bool:
        """Whether its term is over on a day."""
        return self.contract.last_day is not None and self.contract.last_day < day


class Paying(NamedTuple):
    """The contracts by which a member is in service on a day; in a gap those of the day before it."""

    services: tuple[Service, ...]
    in_gap: bool = False

    @property
    def sums(self) -> Sums:
        """What the member pays a month."""
        return total(service.contract.mrr for service in self.services if service.contract.mrr)

    def overdue(self, day: date) -> tuple[Service, ...]:
        """The contracts among them whose term is over while the service goes on: they are at risk."""
        return () if self.in_gap else tuple(service for service in self.services if service.is_overdue(day))


NOT_IN_SERVICE = Paying(())


@dataclass(frozen=True)
class Membership:
    """All won contracts of a member, and all their days in service."""

    member: str
    services: tuple[Service, ...]
    spells: tuple[Spell, ...]
    first: date
    """The first day in service."""
    grace: timedelta

    def on(self, day: date) -> Paying:
        """Where the member stands on a day. A gap with a way back in no more than the grace days is none: what was paid before it goes on."""
        if day < self.first:
            return NOT_IN_SERVICE
        found = tuple(service for service in self.services if service.on(day))
        if found:
            return Paying(found)
        eve = self._eve_of_gap(day)
        return Paying(tuple(service for service in self.services if service.on(eve)), True) if eve else NOT_IN_SERVICE

    def _eve_of_gap(self, day: date) -> date | None:
        """The last day in service before a short gap; None where the day is in none. Whoever lapsed had the grace days already."""
        back = min((spell.first for spell in self.spells if spell.first > day), default=None)
        if back is None:
            return None
        before = max(spell.over for spell in self.spells if spell.over <= day)
        has_lapsed = any(service.lapses == before and service.on(before - DAY) for service in self.services)
        return None if has_lapsed or back - before > self.grace else before - DAY


@kept_with_snapshot
def memberships(snapshot: Snapshot) -> tuple[Membership, ...]:
    """Every member with a won contract that is among those asked for, with all of its contracts; by name."""
    grace = timedelta(days=grace_days(snapshot))
    found: dict[str, list[Service]] = {}
    for history in snapshot.book.histories.values():
        contract = history.deal.contract
        if contract and contract.start and snapshot.outcome(history) == WON:
            service = _service(snapshot, history, contract, contract.start, grace)
            found.setdefault(history.deal.member, []).append(service)
    return tuple(
        _membership(member, services, grace)
        for member, services in sorted(found.items())
        if any(service.spells for service in services)
        and any(snapshot.counts(service.history.deal) for service in services)
    )


def _membership(member: str, services: list[Service], grace: timedelta) -> Membership:
    kept = tuple(service for service in services if service.spells)
    spells = tuple(spell for service in kept for spell in service.spells)
    return Membership(member, kept, spells, min(spell.first for spell in spells), grace)


def _service(snapshot: Snapshot, history: DealHistory, contract: Contract, start: date, grace: timedelta) -> Service:
    lapses = contract.last_day + DAY + grace if contract.last_day else date.max
    over = min(lapses, contract.service_ended or date.max)
    running = [_common(run, Spell(_seen(contract, start), over)) for run in _won(snapshot, history)]
    spells: Iterable[Spell] = (spell for spell in running if spell.first < spell.over)
    for renewal in snapshot.book.renewed_by.get(history.id, ()):
        for taken in _terms(snapshot, renewal):
            spells = [part for spell in spells for part in _without(spell, taken)]
    return Service(history, contract, tuple(spells), lapses)


def _won(snapshot: Snapshot, history: DealHistory) -> Iterator[Spell]:
    """The days on which a deal was won, of one that still is: one spell, unless it was opened again."""
    if snapshot.outcome(history) != WON:
        return
    for is_won, group in groupby(history.visits, key=lambda visit: snapshot.stage(visit.stage).outcome == WON):
        if is_won:
            visits = list(group)
            yield Spell(visits[0].entered, visits[-1].left or date.max)


def _seen(contract: Contract, start: date) -> date:
    """From which day on there is a contract: its start, or its signature where that was late."""
    return max(start, contract.signed or start)


def _terms(snapshot: Snapshot, renewal: str) -> Iterator[Spell]:
    """The days on which a renewal, once it is won, stands in the place of what it renews."""
    history = snapshot.history(renewal)
    contract = history.deal.contract if history else None
    if history and contract and contract.start:
        for run in _won(snapshot, history):
            yield _common(run, Spell(_seen(contract, contract.start), date.max))


def _common(one: Spell, other: Spell) -> Spell:
    return Spell(max(one.first, other.first), min(one.over, other.over))


def _without(spell: Spell, taken: Spell) -> Iterator[Spell]:
    for part in (Spell(spell.first, min(spell.over, taken.first)), Spell(max(spell.first, taken.over), spell.over)):
        if part.first < part.over:
            yield part
