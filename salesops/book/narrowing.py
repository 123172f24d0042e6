"""Which deals a number is asked for: those of a type, an owner, a tier or a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from salesops.book.book import Book
from salesops.problems import did_you_mean
from salesops.records.deal import EXISTING, NEW, Deal

NO_SOURCE = "none"
"""How somebody asks for the deals that name no source."""


@dataclass(frozen=True)
class Narrowing:
    """What is asked for; None means every one. It is the predicate that a Snapshot takes as ``only``."""

    type: str | None = None
    owner: str | None = None
    tier: str | None = None
    source: str | None = None

    def __call__(self, deal: Deal) -> bool:
        """Whether a deal is among those asked for."""
        return (
            self.type in (None, deal.type, deal.type.removesuffix(" business"))
            and self.owner in (None, deal.owner)
            and self.tier in (None, deal.tier)
            and (self.source is None or self.source in sources(deal))
        )

    @property
    def given(self) -> dict[str, str]:
        """What is asked for, by name."""
        return {name: value for name, value in vars(self).items() if value is not None}

    @property
    def words(self) -> str:
        """``type new business, owner jim``; nothing where every deal is asked for."""
        return ", ".join(f"{name} {value}" for name, value in self.given.items())


def sources(deal: Deal) -> tuple[str, ...]:
    """The words by which the source of a deal can be asked for: its channel, its campaign, and the member that referred it."""
    source = deal.source
    named = (source.channel, source.campaign, source.referred_by) if source else ()
    return tuple(word for word in named if word) or (NO_SOURCE,)


def words_of(book: Book) -> dict[str, tuple[str, ...]]:
    """The words by which deals can be asked for: those that are declared, and those that a deal says although they are not."""
    deals = book.deals.values()
    found = {
        "type": [NEW, EXISTING],
        "owner": [*(book.team.people if book.team else ()), *(deal.owner for deal in deals)],
        "tier": [*(tier for process in book.processes for tier in process.tiers), *(deal.tier for deal in deals)],
        "source": [NO_SOURCE, *(word for deal in deals for word in sources(deal))],
    }
    return {name: tuple(dict.fromkeys(words)) for name, words in found.items()}


def narrowing_of(book: Book, **asked: str | None) -> Narrowing:
    """The deals that a program asks for, by the words of the records; raises ValueError for a word that no record knows."""
    given = {name: word for name, word in asked.items() if word is not None}
    known = words_of(book)
    for name, word in given.items():
        if word not in known[name] and not (name == "type" and f"{word} business" in known[name]):
            raise ValueError(f"there is no {name} '{word}'; {did_you_mean(word, known[name])}".rstrip("; "))
    return Narrowing(**given)


def no_window(as_of: date, first: date | None, last: date | None, mark: str = "") -> str:
    """Why a window has no day up to the one that is reported on; nothing where it has. ``mark`` stands before the names of its ends."""
    if first and first > as_of:
        return f"{mark}from {first} is after {as_of}"
    return f"{mark}from {first} is after {mark}to {last}" if first and last and first > last else ""
