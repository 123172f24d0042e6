"""What an import reports of single rows: rejected, asked about, skipped, or imported with something put in or left out."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from salesops.output import show
from salesops.store.scratch import ScratchList

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


VERDICTS = tuple(Verdict)


class Remarks(Collection[Remark]):
    """What is said of the rows of an import; of each only its verdict, file and row are held, the rest is put aside."""

    def __init__(self) -> None:
        self._said = ScratchList[Remark]()
        self._files: dict[str, int] = {}
        self._file = array("L")
        self._row = array("Q")
        self._verdict = array("B")

    def add(self, remark: Remark) -> None:
        """Say one more thing."""
        self._said.append(remark)
        self._file.append(self._files.setdefault(remark.file, len(self._files)))
        self._row.append(remark.row)
        self._verdict.append(VERDICTS.index(remark.verdict))

    def in_order(self) -> Iterator[Remark]:
        """All of them by file and row, those of one row as they were said."""
        rank = {self._files[name]: at for at, name in enumerate(sorted(self._files))}
        places = sorted(range(len(self)), key=lambda at: (rank[self._file[at]], self._row[at]))
        return (self._said[at] for at in places)

    def in_file(self, file: str) -> Iterator[Remark]:
        """Those of a file, in the order in which they were said."""
        which = self._files.get(file)
        return (self._said[at] for at, one in enumerate(self._file) if one == which)

    def of(self, verdict: Verdict) -> Iterator[Remark]:
        """Those of one verdict."""
        which = VERDICTS.index(verdict)
        return (self._said[at] for at, one in enumerate(self._verdict) if one == which)

    def has(self, *verdicts: Verdict) -> bool:
        """Whether there is one of these verdicts."""
        return any(VERDICTS.index(verdict) in self._verdict for verdict in verdicts)

    def rows(self, file: str, *verdicts: Verdict) -> set[int]:
        """The rows of a file of which something of these verdicts is said."""
        which, known = {*map(VERDICTS.index, verdicts)}, self._files.get(file)
        told = zip(self._file, self._row, self._verdict, strict=True)
        return {row for of, row, verdict in told if of == known and verdict in which}

    def __iter__(self) -> Iterator[Remark]:
        return iter(self._said)

    def __len__(self) -> int:
        return len(self._verdict)

    def __contains__(self, remark: object) -> bool:
        return any(remark == one for one in self)
