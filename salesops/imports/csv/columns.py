"""What the columns of a table look like: how the file is written, what each column holds, and in which ways its days can be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import islice
from typing import Literal

from salesops.imports.csv import cells
from salesops.imports.csv.mapping import DELIMITERS, Format
from salesops.imports.csv.table import Table, read_table
from salesops.problems import Problem
from salesops.records.iso_codes import CURRENCIES

Looks = Literal["nothing", "day", "amount", "yes or no", "text"]

DATES = (
    "YYYY-MM-DD",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "DD.MM.YYYY",
    "DD.MM.YY",
    "YYYY/MM/DD",
    "DD-MM-YYYY",
    "MM-DD-YYYY",
    "DD MMM YYYY",
    "MMM DD, YYYY",
    "YYYY-MM-DD HH:MM",
    "YYYY-MM-DD HH:MM:SS",
    "YYYY-MM-DDTHH:MM:SSZ",
    "DD/MM/YYYY HH:MM",
    "MM/DD/YYYY HH:MM",
    "%Y-%m-%dT%H:%M:%S.%f%z",
    "%Y-%m-%d %H:%M:%S.%f",
    "%a %b %d %Y %H:%M:%S GMT%z",
    "%a %b %d %Y %H:%M:%S",
)
"""The ways to write a day that are tried."""
EMPTY_WORDS = ("(No value)", "NULL", "null", "N/A", "n/a", "None", "-", "--")
"""What other programs write where there is nothing."""
MOST = 100_000
"""Rows that are looked at; a larger table is no clearer."""
FEW = 30
"""Words of a column that are listed; one with more is no choice."""

DIFFERENT = 500
"""Different words of a column that are held."""

_EMPTY = frozenset(EMPTY_WORDS)
_AMOUNT = re.compile(
    r"([A-Z]{3}|[$€£¥])?\s*([0-9]{1,3}(?:([,.' ])[0-9]{3})+|[0-9]+)(?:([.,])[0-9]{1,2})?\s*([A-Z]{3}|[$€£¥])?"
)
_YES_NO = frozenset("yes no true false y n 0 1 on off".split())


class ColumnCells(Collection[str]):
    """What the cells of a column hold: equal ones together as long as they are few different ones, else as the table has them, which is read anew."""

    def __init__(self, anew: Callable[[], Iterator[str]]) -> None:
        self._anew = anew
        self._times: Counter[str] | None = Counter()
        self._count = 0

    def add(self, words: str) -> None:
        """Count one more."""
        self._count += 1
        if self._times is not None:
            self._times[words] += 1
            self._times = None if len(self._times) > DIFFERENT else self._times

    def __iter__(self) -> Iterator[str]:
        return self._anew() if self._times is None else self._times.elements()

    def __len__(self) -> int:
        return self._count

    def __contains__(self, words: object) -> bool:
        return any(words == one for one in self)


@dataclass(frozen=True)
class TableColumn:
    """A column: its name and what its cells hold, without those that mean nothing."""

    name: str
    held: Collection[str] = ()

    @cached_property
    def words(self) -> list[str]:
        """What stands in it, each once, the most frequent first."""
        times = Counter(self.held)
        return sorted(times, key=lambda word: (-times[word], word)) if self.is_few else []

    @cached_property
    def is_few(self) -> bool:
        """Whether it holds so few words that it may be a choice among them."""
        different: set[str] = set()
        for words in self.held:
            different.add(words)
            if len(different) > FEW:
                return False
        return True

    @cached_property
    def dates(self) -> list[str]:
        """The ways to write a day in which all of its cells can be read."""
        ways = list(DATES) if self.held else []
        for words in self.held:
            ways = [way for way in ways if is_read(words, way)]
            if not ways:
                break
        return ways

    @cached_property
    def looks(self) -> Looks:
        """What it holds."""
        if not self.held:
            return "nothing"
        if self.dates:
            return "day"
        if all(word.casefold() in _YES_NO for word in self.held):
            return "yes or no"
        return "amount" if all(_AMOUNT.fullmatch(words) for words in self.held) else "text"

    @cached_property
    def marks(self) -> set[str]:
        """The signs and codes of currencies beside its amounts."""
        found = (match for words in self.held if (match := _AMOUNT.fullmatch(words)))
        return {
            sign for match in found for sign in (match[1], match[5]) if sign and (len(sign) == 1 or sign in CURRENCIES)
        }

    @cached_property
    def thousands(self) -> set[str]:
        """The marks between the thousands of its amounts."""
        return {match[3] for words in self.held if (match := _AMOUNT.fullmatch(words)) and match[3]}

    @cached_property
    def decimals(self) -> set[str]:
        """The marks before the cents of its amounts."""
        return {match[4] for words in self.held if (match := _AMOUNT.fullmatch(words)) and match[4]}


@lru_cache(maxsize=4096)
def is_read(words: str, way: str) -> bool:
    """Whether a cell is a day written in this way, if only of another age."""
    found = cells.day(words, (way,), "UTC")
    return isinstance(found, str) or found.code == "day-of-1970" or "between" in found.reason


def table_as_it_looks(name: str, raw: bytes) -> tuple[Table | None, Format, list[Problem]]:
    """A table, and how it seems to be written: the way in which most columns come out and the fewest rows are left over."""
    encodings: Iterable[str] = (
        ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "windows-1252", "latin-1")
    )
    problems: list[Problem] = []
    for encoding in encodings:
        ways = [Format.model_validate({"encoding": encoding, "delimiter": mark}) for mark in DELIMITERS]
        tried = [(*read_table(name, raw, way), way) for way in ways]
        found = [(table, way) for table, _, way in tried if table is not None]
        if found:
            table, way = max(found, key=lambda each: (len(each[0].header), -len(each[0].refused)))
            return table, way, []
        problems = problems or tried[0][1]
    return None, Format(), problems


def empty_words(table: Table) -> list[str]:
    """The words of a table that other programs write where there is nothing."""
    cells = (cell.strip() for row in islice(table.rows, MOST) for cell in row.cells)
    held = set(filter(_EMPTY.__contains__, cells))
    return [word for word in EMPTY_WORDS if word in held]


def columns_of(table: Table, empty: Iterable[str]) -> list[TableColumn]:
    """Every column that has a name."""
    nothing = {"", *empty}
    found = {name: ColumnCells(partial(_cells, table, name, nothing)) for name in table.columns}
    for row in islice(table.rows, MOST):
        for name, held in found.items():
            if (words := table.cell(row, name)) not in nothing:
                held.add(words)
    return [TableColumn(name, held) for name, held in found.items()]


def _cells(table: Table, name: str, nothing: Collection[str]) -> Iterator[str]:
    return (words for row in islice(table.rows, MOST) if (words := table.cell(row, name)) not in nothing)
