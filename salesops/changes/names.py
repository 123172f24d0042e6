"""How people, members, stages, days and money are called in a sentence."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from salesops.book.book import Book
from salesops.metrics.wording import amount
from salesops.records.as_written import as_text
from salesops.records.money import Money, money_from_text
from salesops.records.scalars import day_or_none

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Names:
    """The names that a book gives; days of the year of ``as_of`` are written without it."""

    book: Book
    as_of: date

    def member(self, member_id: str) -> str:
        """The name of a member, or its id."""
        member = self.book.members.get(member_id)
        return self.text(member.name if member else member_id)

    def deal(self, deal_id: str, data: Mapping[str, Any]) -> str:
        """The member, which is how people call a deal; with its title, or its id, where the member has another deal."""
        member = as_text(data.get("member"))
        who = self.member(member) or deal_id
        known = self._deals.get(member, {})
        if len(known) == (deal_id in known):
            return who
        title = known.get(deal_id) or self.text(data.get("title"))
        namesakes = self._titles[member, title] - (known.get(deal_id) == title)
        return f"{who}, {title}" if title and not namesakes else f"{who}, {deal_id}"

    @cached_property
    def _deals(self) -> dict[str, dict[str, str]]:
        """The deals of each member with their titles."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for deal_id, deal in self.book.deals.items():
            found[deal.member][deal_id] = self.text(deal.title)
        return found

    @cached_property
    def _titles(self) -> Counter[tuple[str, str]]:
        """How many deals of a member have a title."""
        return Counter((member, title) for member, deals in self._deals.items() for title in deals.values())

    def person(self, person_id: str) -> str:
        """The name of a person of the team, or the id."""
        person = self.book.team.people.get(person_id) if self.book.team else None
        return self.text(person.name if person else person_id)

    def stage(self, name: str) -> str:
        """The title of a stage under the name that its own time gave it, or its name."""
        return self.text(self.book.title_of(name, self.as_of))

    def day(self, text: object) -> str:
        """``2 March``, with the year where it is another one; what is no day stays as it is."""
        found = _day(text)
        if found is None:
            return self.text(text)
        year = "" if found.year == self.as_of.year else f" {found.year}"
        return f"{found.day} {MONTHS[found.month - 1]}{year}"

    def month(self, text: str) -> str:
        """``October``, with the year where it is another one."""
        found = _day(f"{text}-01")
        return self.day(found).partition(" ")[2] if found else self.text(text)

    def money(self, text: object) -> str:
        """``1,250 USD``; what is no money stays as it is."""
        found = money_from_text(str(text))
        return f"{amount(found.amount)} {found.currency}" if isinstance(found, Money) else self.text(text)

    def value(self, text: object) -> str:
        """A scalar in a sentence: days and money as people write them, addresses not written out."""
        words = as_text(text)
        return self.day(words) if _day(words) else self.money(words)

    def text(self, text: object) -> str:
        """Somebody's words in a sentence: cut where they are long, without anybody's address or number."""
        return _discreet(as_text(text)[: 4 * LONG])


LONG = 90
"""Characters of a text that a sentence quotes."""
ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{0,20}://\S*", re.IGNORECASE)
MAIL = re.compile(r"[^\s@<>(),;:\"']{1,64}@[^\s@<>(),;:\"']{1,255}\.[^\W\d_]{2,}")
PHONE = re.compile(r"(?<![\w.,-])(?:\+|\(?0)[\d()][\d ()/.-]{6,}\d(?![\w])")
"""A telephone number as people write it: with its country or its leading nought."""


@lru_cache(maxsize=16_384)
def _discreet(words: str) -> str:
    said = PHONE.sub(_unless_day, MAIL.sub("(address)", ADDRESS.sub("(link)", words.strip())))
    return said if len(said) <= LONG else f"{said[: LONG - 1].rstrip()}…"


def _unless_day(match: re.Match[str]) -> str:
    return match.group() if _day(match.group()) else "(number)"


def _day(text: object) -> date | None:
    return text if isinstance(text, date) else day_or_none(str(text))
