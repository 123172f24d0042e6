"""A table of monthly active users: each row becomes a count of the member that has the hub."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from salesops.imports.csv import cells
from salesops.imports.csv.mapping import UsersMap
from salesops.imports.csv.rows import RowReader, column_in
from salesops.imports.ground import Ground, Making
from salesops.imports.names import sameness
from salesops.imports.outcomes import RecordOutcome
from salesops.imports.remarks import Verdict, Wrong
from salesops.records.member import Member

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_SCHEME = re.compile(r"[a-z]+://", re.IGNORECASE)


@dataclass(frozen=True)
class _Count:
    """What a row says: of which member, of which hub where it has several, and how many."""

    reader: RowReader
    member: str
    entry: dict[str, Any]


class UsersPlan:
    """What becomes of the rows of such a table."""

    def __init__(self, ground: Ground, mapped: UsersMap) -> None:
        self.ground = ground
        self.mapped = mapped
        self.column = column_in(mapped.hub)
        self.hubs: dict[str, set[tuple[str, str]]] = {}
        self.addresses: dict[str, set[tuple[str, str]]] = {}
        self.members: dict[str, str] = {}
        for member_id, member in ground.book.members.items():
            self.members |= {sameness(member_id): member_id, sameness(member.name): member_id}
            for hub in member.hubs:
                self.hubs.setdefault(sameness(hub.name), set()).add((member_id, hub.name))
                if hub.url:
                    self.addresses.setdefault(_host(hub.url), set()).add((member_id, hub.name))

    def entries(self) -> Iterator[RecordOutcome]:
        """What becomes of each member that is counted."""
        of_member: dict[str, list[_Count]] = {}
        for reader in self.ground.rows():
            if count := self._count(reader):
                of_member.setdefault(count.member, []).append(count)
        for member_id, counts in of_member.items():
            kept = self._as_named_then(member_id, self._once(counts))
            if not kept:
                continue
            data = {"health": sorted((one.entry for one in kept), key=lambda entry: str(entry["date"]))}
            found = self.ground.entry(Making("member", Member, member_id, "members"), kept[0].reader, data)
            if isinstance(found, RecordOutcome):
                yield found
                continue
            for one in kept:
                one.reader.reject(self.column, Wrong(found[0].code, f"{found[0].field}: {found[0].message}"), member_id)

    def _count(self, reader: RowReader) -> _Count | None:
        words = reader.value(self.mapped.hub, "text", needed=True)
        month = reader.value(self.mapped.month, "text", needed=True)
        users = reader.value(self.mapped.users, "number", needed=True)
        day = self._last_day(reader, month) if month else None
        if words is None or day is None or users is None or reader.verdict is not None:
            return None
        if not users.isdecimal():
            reader.reject(column_in(self.mapped.users), Wrong("not-a-number", "is not a whole number"), users)
            return None
        named = self._named(reader, words)
        if named is None:
            return None
        member_id, hub = named
        entry = {"date": day, "active_users": users, **({"hub": hub} if hub else {})}
        return _Count(reader, member_id, entry)

    def _named(self, reader: RowReader, words: str) -> tuple[str, str] | None:
        """The member, and the hub where the member has several."""
        if sameness(words) in self.members:
            return self.members[sameness(words)], ""
        found = sorted(self.addresses.get(_host(words)) or self.hubs.get(sameness(words)) or set())
        if not found:
            reader.reject(self.column, Wrong("hub-unknown", "is no hub of a member, and no member"), words)
            return None
        if len(found) > 1:
            members = ", ".join(member_id for member_id, _ in found)
            reader.say(Verdict.ASKED, self.column, "hub-shared", "is a hub of several members", f"{words}: {members}")
            return None
        member_id, hub = found[0]
        return member_id, hub if len(self.ground.book.members[member_id].hubs) > 1 else ""

    def _as_named_then(self, member_id: str, counts: list[_Count]) -> list[_Count]:
        """The counts under the names of their day: one that the record has without a hub, or of a hub that is called otherwise now, is the same one.

        Several hubs beside a count without one ask: it may be one of theirs, or all together.
        """
        member = self.ground.book.members[member_id]
        hubs = {hub.name for hub in member.hubs}
        kept = []
        for one in counts:
            day, hub = one.entry["date"], one.entry.get("hub")
            held = [seen for seen in member.health if seen.active_users is not None and str(seen.date) == day]
            then = [seen for seen in held if seen.hub not in hubs]
            if hub is None or not then or any(seen.hub == hub for seen in held):
                kept.append(one)
            elif len(then) == 1 and sum(other.entry["date"] == day for other in counts) == 1:
                entry = {key: value for key, value in one.entry.items() if key != "hub"}
                kept.append(replace(one, entry={**entry, **({"hub": then[0].hub} if then[0].hub else {})}))
            else:
                reason = "is a hub of a member that the record counts otherwise on that day: name the hub there, or take it out"
                one.reader.say(Verdict.ASKED, self.column, "hub-unclear", reason, f"{member_id} on {day}")
        return kept

    def _last_day(self, reader: RowReader, words: str) -> str | None:
        """The last day of a month, or the day that is written; nothing of a month that is not over."""
        column = column_in(self.mapped.month)
        month = _MONTH.fullmatch(words)
        if month and 1 <= int(month[2]) <= 12 and int(month[1]) >= 1990:
            found: str | Wrong = f"{words}-{monthrange(int(month[1]), int(month[2]))[1]}"
        else:
            ways = self.mapped.month.dates or reader.format_of(column).dates
            found = cells.day(words, ways, self.ground.zone)
        if isinstance(found, Wrong):
            reader.refuse(column, found, words, needed=True)
            return None
        if date.fromisoformat(found) > self.ground.today:
            reader.reject(column, Wrong("date-future", "is not over yet"), words)
            return None
        return found

    def _once(self, counts: list[_Count]) -> list[_Count]:
        """The counts of a member, each once; of those that contradict each other none."""
        first: dict[tuple[str, str], _Count] = {}
        for one in counts:
            other = first.setdefault((one.entry["date"], one.entry.get("hub", "")), one)
            if other.entry != one.entry:
                rows = f"{one.member}, rows {other.reader.row.number} and {one.reader.row.number}"
                for each in (other, one):
                    reason = "is counted twice for one month, with two numbers"
                    each.reader.say(Verdict.ASKED, self.column, "rows-contradict", reason, rows)
            elif other is not one:
                one.reader.say(
                    Verdict.NOTE, self.column, "row-twice", "is told by a row above in the same words", one.member
                )
        return [one for one in first.values() if one.reader.verdict is None]


def _host(address: str) -> str:
    """An address without the way to it: ``https://hub.example/hub/`` is ``hub.example``."""
    return _SCHEME.sub("", address.strip(), count=1).partition("/")[0].casefold()
