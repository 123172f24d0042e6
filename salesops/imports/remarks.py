"""What an import reports of single rows: rejected, asked about, skipped, or imported with something put in or left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from salesops.output import show

LONGEST = 120
"""Characters of a cell that a report repeats; more would flood it."""


class Verdict(StrEnum):
    """What became of a row."""

    REJECTED = "rejected"
    ASKED = "asked"
    SKIPPED = "skipped"
    STAND_IN = "stand-in"
    NOTE = "note"

    @property
    def is_lost(self) -> bool:
        """Whether the row was not taken."""
        return self in LOST


LOST = (Verdict.REJECTED, Verdict.ASKED, Verdict.SKIPPED)
"""What becomes of a row that is not taken; of two the first counts."""


class Wrong(NamedTuple):
    """Why a cell cannot be taken: a code in words, and a reason that does not repeat the cell; what it may mean, where it is asked."""

    code: str
    reason: str
    meanings: str = ""


def cut(words: str, length: int) -> str:
    """A text that is at most so long."""
    return words if len(words) <= length else f"{words[: length - 1]}…"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say of one row.

    ``row`` counts as a spreadsheet does, the header being row 1; ``line`` is where the row begins in the file as text.
    ``reason`` is the same for all rows that share it; ``value`` is what this row held.
    """

    verdict: Verdict
    file: str
    row: int
    line: int
    column: str
    code: str
    reason: str
    value: str = ""

    def as_data(self) -> dict[str, str | int]:
        """The remark as ``--format json`` gives it."""
        return {
            "file": self.file,
            "row": self.row,
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "reason": self.reason,
            "value": show(cut(self.value, LONGEST)),
        }
