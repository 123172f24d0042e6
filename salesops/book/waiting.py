"""What waits for somebody: one thing in one record, whom it waits for, and since when (``reference/definitions#waiting``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from salesops.book.book import Snapshot
from salesops.book.visits import DealHistory
from salesops.problems import Path
from salesops.records.salvage import is_lost


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: the code of its rule, the record and the field, and what is said of it.

    ``person`` is None where it waits for the whole team. It waits ``since`` a day, that day included. Where a check
    ``is_blamed`` on it as an error anyway, it is in the list and no finding of its own.
    """

    code: str
    kind: str
    record: str
    person: str | None
    since: date
    message: str
    path: Path
    help: str = ""
    fix: str = ""
    key: bool = False
    is_blamed: bool = False


def in_play(snapshot: Snapshot, deal: str) -> DealHistory | None:
    """The deal's history where it is open and not parked, else None."""
    history = snapshot.history(deal)
    is_here = history and snapshot.is_open(history) and not history.parked_on(snapshot.as_of)
    return history if is_here else None


def has_lost(snapshot: Snapshot, kind: str, record: str, *path: str | int) -> bool:
    """Whether a field of a record could not be read: what is not there then says nothing."""
    return is_lost(path, snapshot.book.lost.get((kind, record), ()))
