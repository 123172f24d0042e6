"""A Book by hand: records by the names that people call them, in place of a folder that is read."""

from __future__ import annotations

from typing import Any

from salesops.book.book import Book
from salesops.records.kinds import KINDS

CALLED = {"versions": "process", "deals": "deal", "members": "member", "experiments": "experiment"}


def book_of(*, team: Any = None, targets: Any = None, rates: Any = None, removed: Any = None, **more: Any) -> Book:
    """``book_of(deals={...}, team=...)``: whatever is no record goes to the Book as it is."""
    alone = {"team": team, "targets": targets, "rates": rates, "removed": removed}
    records = {kind: {kind: record} for kind, record in alone.items() if record is not None}
    for name in [name for name in more if CALLED.get(name, name) in KINDS]:
        records[CALLED.get(name, name)] = more.pop(name)
    return Book(records, **more)
