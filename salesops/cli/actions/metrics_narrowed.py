"""What narrows the numbers of ``salesops metrics``: the window of cohorts and closes, and the deals, as people name them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date

from salesops.book.book import Book, Snapshot
from salesops.book.narrowing import NO_SOURCE, Narrowing, sources
from salesops.cli.day import day_given
from salesops.cli.names import Choice, chosen, people
from salesops.cli.options import Usage
from salesops.output import show
from salesops.records.deal import EXISTING, NEW


@dataclass(frozen=True)
class Asked:
    """The deals and the window, both ends among it; None means without limit."""

    only: Narrowing
    first: date | None
    last: date | None

    def on(self, book: Book, day: date) -> Snapshot:
        """The book on a day, narrowed."""
        return book.on(day, self.first, self.last, self.only if self.only.given else None)


def asked_for(book: Book, as_of: date, *, first: str | None, last: str | None, **deals: str | None) -> Asked:
    """What the options ask for; a window without a day, or a word that no deal has, is a wrong call."""
    start, end = day_given(first, "--from"), day_given(last, "--to")
    if start and start > as_of:
        raise Usage(f"--from {start} is after {as_of}")
    if start and end and start > end:
        raise Usage(f"--from {start} is after --to {end}")
    choices = _choices(book)
    understood = {
        name: None if word is None else chosen(word, choices[name], f"--{name}: there is no '{show(word)}'")
        for name, word in deals.items()
    }
    return Asked(Narrowing(**understood), start, end)


def _choices(book: Book) -> dict[str, list[Choice]]:
    """What each option may name: what is declared, and what a deal says although it is not."""
    deals = book.deals.values()
    team = people(book.team)
    tiers = {name: tier.name for process in book.processes for name, tier in process.tiers.items()}
    return {
        "type": [Choice(NEW, ("new",)), Choice(EXISTING, ("existing", "renewal"))],
        "owner": [*team, *_others((deal.owner for deal in deals), {choice.id for choice in team})],
        "tier": [
            *(Choice(name, (title,), title) for name, title in tiers.items()),
            *_others((deal.tier for deal in deals), tiers),
        ],
        "source": [Choice(NO_SOURCE), *_others((word for deal in deals for word in sources(deal)), {NO_SOURCE})],
    }


def _others(words: Iterable[str], known: Container[str]) -> list[Choice]:
    return [Choice(word) for word in dict.fromkeys(words) if word not in known]
