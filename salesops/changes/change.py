"""One thing that happened to one record, as a sentence that a salesperson would say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from salesops.book.book import Ref


@dataclass(frozen=True)
class Change:
    """``what`` happened to a record, said of ``who``; ``kind`` is one word for machines, such as moved, won or priced.

    ``before`` and ``after`` are stages of a move, else the field's values where there is one; ``date`` is the day it
    happened where the record says so.
    """

    kind: str
    ref: Ref
    who: str
    what: str
    before: str | None = None
    after: str | None = None
    date: str | None = None

    @property
    def sentence(self) -> str:
        """Who and what."""
        return f"{self.who}: {self.what}"

    def as_data(self) -> dict[str, Any]:
        """As ``diff --format json`` gives it."""
        told = {"kind": self.kind, "from": self.before, "to": self.after, "date": self.date, "sentence": self.sentence}
        return {self.ref[0]: self.ref[1], **told}


def listed(parts: list[str]) -> str:
    """``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def joined(*parts: str) -> str:
    """The parts that say something, with commas."""
    return ", ".join(part for part in parts if part)
