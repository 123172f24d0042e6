"""How people, members, stages, days and money are called in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from salesops.book import Book
from salesops.metrics.words import amount
from salesops.records.money import Money, money_from_text
from salesops.records.scalars import day as read_day

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Names:
    """The names that a book gives; days of the year of ``as_of`` are written without it."""

    book: Book
    as_of: date

    def member(self, id: str) -> str:
        """The name of a member, or its id."""
        member = self.book.members.get(id)
        return member.name if member else id

    def person(self, id: str) -> str:
        """The name of a person of the team, or the id."""
        person = self.book.team.people.get(id) if self.book.team else None
        return person.name if person else id

    def stage(self, name: str) -> str:
        """The title of a stage, or its name."""
        stage = self.book.stage(name, self.as_of)
        return stage.title if stage else name

    def day(self, text: object) -> str:
        """``2 March``, with the year where it is another one; what is no day stays as it is."""
        found = _day(text)
        if found is None:
            return str(text)
        year = "" if found.year == self.as_of.year else f" {found.year}"
        return f"{found.day} {MONTHS[found.month - 1]}{year}"

    def money(self, text: object) -> str:
        """``1,250 USD``; what is no money stays as it is."""
        found = money_from_text(str(text))
        return f"{amount(found.amount)} {found.currency}" if isinstance(found, Money) else str(text)

    def value(self, text: object) -> str:
        """A scalar in a sentence: days and money as people write them, long texts cut, addresses not written out."""
        words = str(text)
        if words.startswith(("https://", "http://")):
            return "(link)"
        if _day(words):
            return self.day(words)
        said = self.money(words)
        return said if len(said) <= LONG else f"{said[: LONG - 1].rstrip()}…"


LONG = 90
"""Characters of a text that a sentence quotes."""


def _day(text: object) -> date | None:
    if isinstance(text, date):
        return text
    words = str(text)
    if len(words) != 10:
        return None
    try:
        return read_day(words)
    except ValueError:
        return None
