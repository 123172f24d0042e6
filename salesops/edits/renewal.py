"""The renewal of a won deal, as a change: a new deal with ``renews:``, at the old price, in the stage where renewals begin."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from salesops.book.book import Book
from salesops.records.deal import EXISTING, Deal
from salesops.records.process import LOST, WON

_ENDING = re.compile(r"(?:-renewal)?-\d{4}$|-renewal$", re.ASCII)
TITLE = "Renewal of "


def is_won(book: Book, deal: Deal) -> bool:
    """Whether a deal stands in a stage for what is won."""
    return bool(deal.stages) and book.outcome(deal.stages[-1].stage) == WON


def renewals(book: Book, deal_id: str) -> list[str]:
    """What renews a deal and is not lost."""
    found = book.renewed_by.get(deal_id, [])
    return [it for it in found if not (moves := book.deals[it].stages) or book.outcome(moves[-1].stage) != LOST]


def renewal_of(book: Book, old_id: str, day: date, asked: str | None = None) -> dict[str, Any] | None:
    """The change that begins the renewal of a won deal; None where the process does not say where existing business starts."""
    old, process = book.deals[old_id], book.process_on(day)
    start = process.start_of(EXISTING) if process else ""
    if not start:
        return None
    worth = _worth(old)
    return {
        "new": "deal",
        "id": asked or _free(book, _stem(old_id, old.tier), _year(old, day)),
        "title": old.title if old.title.startswith(TITLE) else f"{TITLE}{old.title}",
        "member": old.member,
        "type": EXISTING,
        "tier": old.tier,
        "owner": old.owner,
        "stage": start,
        "date": str(day),
        **({"value": worth} if worth else {}),
        "renews": old_id,
    }


def _year(old: Deal, day: date) -> int:
    """The year in which the new term begins."""
    last = old.contract.last_day if old.contract else None
    return (last + timedelta(days=1)).year if last else day.year


def _stem(old_id: str, tier: str) -> str:
    """What the ids of a chain of renewals begin with: ``thornfield`` for ``thornfield-general`` and ``thornfield-renewal-2026``."""
    return _ENDING.sub("", old_id).removesuffix(f"-{tier}")[:60]


def _free(book: Book, begins: str, year: int) -> str:
    """A readable id that no record has: ``thornfield-renewal-2027``."""
    stem = f"{begins}-renewal-{year}"
    taken = book.deals.keys() | book.members.keys()
    return next(name for name in (stem, *(f"{stem}-{at}" for at in range(2, 1_000))) if name not in taken)


def _worth(old: Deal) -> dict[str, str]:
    """The price of the contract, and its months; what was expected where there is no contract."""
    agreed = old.contract
    mrr = agreed.mrr if agreed and agreed.mrr else old.value.mrr if old.value else None
    months = agreed.months if agreed and agreed.months else old.value.months if old.value else None
    return ({"mrr": str(mrr)} | ({"months": str(months)} if months else {})) if mrr else {}
