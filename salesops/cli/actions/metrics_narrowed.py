"""What narrows the numbers of ``salesops metrics``: the window of cohorts and closes, and the deals, as people name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from salesops.book.book import Book, Snapshot
from salesops.book.narrowing import Narrowing, no_window, words_of
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
    if why := no_window(as_of, start, end, "--"):
        raise Usage(why)
    choices = _choices(book)
    understood = {
        name: None if word is None else chosen(word, choices[name], f"--{name}: there is no '{show(word)}'")
        for name, word in deals.items()
    }
    return Asked(Narrowing(**understood), start, end)


def _choices(book: Book) -> dict[str, list[Choice]]:
    """What each option may name, with the other words that people know it by."""
    tiers = {name: tier.name for process in book.processes for name, tier in process.tiers.items()}
    called = {
        "type": [Choice(NEW, ("new",)), Choice(EXISTING, ("existing", "renewal"))],
        "owner": people(book.team),
        "tier": [Choice(name, (title,), title) for name, title in tiers.items()],
    }
    return {name: _with_others(called.get(name, []), words) for name, words in words_of(book).items()}


def _with_others(called: list[Choice], words: Iterable[str]) -> list[Choice]:
    known = {choice.id for choice in called}
    return [*called, *(Choice(word) for word in words if word not in known)]
