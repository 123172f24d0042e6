"""A deal in two versions: what people call it, where it is, and what it brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from salesops.changes.change import Change, joined
from salesops.changes.names import Names
from salesops.records.as_written import Data, as_list, as_map, as_text
from salesops.records.contract import OPEN
from salesops.records.qualification import MANIAC_T


class WrittenMove(NamedTuple):
    """A move as it is written."""

    stage: str
    entered: str


@dataclass(frozen=True)
class Versions:
    """Two versions of a deal: what it said before (None: it is new) and after (None: it is gone)."""

    id: str
    before: Data | None
    after: Data | None
    names: Names

    @property
    def data(self) -> Data:
        """The later version there is."""
        return self.after if self.after is not None else self.before or {}

    @property
    def who(self) -> str:
        """What people call the deal."""
        return self.names.deal(self.id, self.data)

    def change(self, kind: str, what: str, **more: Any) -> Change:
        """A change of this deal."""
        return Change(kind, ("deal", self.id), self.who, what, **more)

    @property
    def price(self) -> str:
        """What it brings, as the contract says, else as expected."""
        contract, value = self.part("contract"), self.part("value")
        mrr = contract.get("mrr") or value.get("mrr")
        once = contract.get("one_off") or value.get("one_off")
        if mrr:
            return f"{self.names.money(mrr)} a month"
        return f"{self.names.money(once)} one-off" if once else "no amount yet"

    @property
    def worth(self) -> str:
        """What is expected of it, in full."""
        return worth(self.part("value"), self.names)

    @property
    def stage(self) -> str:
        """Where it is."""
        moves = self.moves
        return self.names.stage(moves[-1].stage) if moves else "no stage"

    @property
    def answered(self) -> str:
        """How many of the seven answers there are."""
        answers = self.part("maniac_t")
        return f"{sum(bool(answers.get(letter)) for letter in MANIAC_T)} of {len(MANIAC_T)} MANIAC-T answers"

    @property
    def moves(self) -> list[WrittenMove]:
        """Its moves, as far as they can be read."""
        return lines(self.data)

    @property
    def has_moved(self) -> bool:
        """Whether it has more moves than before."""
        return len(self.moves) > len(lines(self.before or {}))

    @property
    def is_first_worth(self) -> bool:
        """Whether nothing was expected of it before."""
        return not worth(self.part_before("value"), self.names)

    def part(self, name: str) -> Data:
        """A section of the later version; the last entry where it is a list, such as the last of several losses."""
        value = self.data.get(name)
        return as_map(value[-1] if isinstance(value, list) and value else value)

    def part_before(self, name: str) -> Data:
        """A section of the earlier version."""
        return as_map((self.before or {}).get(name))


def lines(data: Data) -> list[WrittenMove]:
    """The moves of a deal, as far as they can be read."""
    moves = (next(iter(move.items())) for move in entries(data, "stages") if move)
    return [WrittenMove(str(stage), as_text(day)) for stage, day in moves]


def entries(data: Data, name: str) -> list[Data]:
    """The entries of a list that can be read."""
    return [entry for entry in as_list(data.get(name)) if isinstance(entry, Mapping)]


def term(contract: Data, names: Names) -> str:
    """``1 April 2026 to 31 March 2027``."""
    if not contract.get("start"):
        return ""
    end = contract.get("end")
    until = ", with no end" if end == OPEN else f" to {names.day(end)}" if end else ""
    return f"from {names.day(contract['start'])}{until}"


def worth(value: Data, names: Names) -> str:
    """``1,250 USD a month for 12 months, 2,000 USD one-off``."""
    mrr = f"{names.money(value['mrr'])} a month" if value.get("mrr") else ""
    long = months(names.text(value.get("months")))
    once = f"{names.money(value['one_off'])} one-off" if value.get("one_off") else ""
    return joined(" ".join(part for part in (mrr, long) if part), once)


def months(number: str) -> str:
    """``for 12 months``; nothing where no number is given."""
    return f"for {number} {'month' if number == '1' else 'months'}" if number else ""
