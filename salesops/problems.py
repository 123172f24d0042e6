"""The one shape of every complaint: what is wrong, where, why it matters and how to fix it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

Path = tuple[str | int, ...]
"""Where a value is inside a record: keys and list positions from the top, such as ``("stages", 1)``."""


class Severity(StrEnum):
    """How bad it is: an error stops CI, a warning advises."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file; line and column count from 1, ``width`` is how many characters a caret underlines."""

    path: str
    line: int = 1
    column: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True)
class Edit:
    """The one change of a field that would do: another value (a tuple is a list), or another ``name`` for its key.

    With both, the field is a line of a list that holds nothing but this key and this value, such as a move. The value
    also replaces what stands behind the field up to and with the key ``through``, which is no key but its rest.
    """

    path: Path
    value: str | tuple[str, ...] = ""
    name: str = ""
    through: str = ""

    @property
    def line(self) -> str:
        """The line to paste."""
        value = f"[{', '.join(self.value)}]" if isinstance(self.value, tuple) else self.value
        if self.name:
            return f"- {self.name}: {value}" if value else f"{self.name}:"
        return f"- {value}" if isinstance(self.path[-1], int) else f"{self.path[-1]}: {value}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    ``code`` is words (``stage-skipped``), ``field`` the dotted path inside the record, ``why`` the reason of the rule,
    ``help`` what to do in a sentence, ``fix`` YAML that can be pasted, ``excerpt`` the guilty line and nothing else.
    ``edit`` is the fix as a change of one field, where it is that simple.
    """

    code: str
    message: str
    place: Place
    severity: Severity = Severity.ERROR
    field: str = ""
    why: str = ""
    help: str = ""
    fix: str = ""
    excerpt: str = ""
    edit: Edit | None = None

    @property
    def is_error(self) -> bool:
        """True where this finding stops CI."""
        return self.severity is Severity.ERROR


class CannotDecide(Exception):
    """The machine, not the data, stands in the way: permissions, a disk, a missing base (exit code 3)."""


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems by file, line and column, each said once."""
    return sorted(set(problems), key=lambda p: (p.place.path, p.place.line, p.place.column, p.code, p.message))


def errors(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Only those that stop CI."""
    return (problem for problem in problems if problem.is_error)


def dotted(path: Path) -> str:
    """A path as people write it: ``stages.1``, ``maniac_t.money``."""
    return ".".join(str(part) for part in path)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None."""
    choices = list(known)
    folded = {choice.casefold(): choice for choice in choices}
    wanted = word.casefold().replace("_", " ")
    for spelling in (word.casefold(), wanted, wanted.replace(" ", "_"), wanted.replace(" ", "-")):
        if spelling in folded:
            return folded[spelling]
    found = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that offers the near match, else the whole list where it is short."""
    choices = list(known)
    guess = nearest(word, choices)
    if guess:
        return f"did you mean '{guess}'?"
    return f"known: {', '.join(choices)}" if 0 < len(choices) <= 12 else ""
