"""What a check is: one decorated function with its manual and its examples; the runner finds the places."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from salesops.book import Book
from salesops.problems import Path, Severity, did_you_mean
from salesops.records.record import Record

R = TypeVar("R", bound=Record)
GUILTY = re.compile(r"\s*# <--.*$", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """What a check found, said in fields: the runner turns ``path`` into line and column.

    ``key`` points at the key instead of its value; ``why``, ``help`` and ``fix`` are as in a Problem.
    """

    path: Path
    message: str
    why: str = ""
    help: str = ""
    fix: str = ""
    key: bool = False


Findings = Iterator[Finding]


@dataclass(frozen=True)
class Case(Generic[R]):
    """A record before a check: its id, the record, the whole book, and the day of the check."""

    id: str
    record: R
    book: Book
    as_of: date

    def unknown(self, kind: str, id: str) -> bool:
        """Whether no such record exists; a broken file exists, and nobody else is blamed for it."""
        known: Any = {
            "deal": self.book.deals,
            "member": self.book.members,
            "person": self.book.team.people if self.book.team else {id},
            "icp": self.book.icp,
            "experiment": self.book.experiments,
            "decision": self.book.decisions,
        }[kind]
        return id not in known and (kind, id) not in self.book.broken

    def hint(self, kind: str, id: str) -> str:
        """The record that was probably meant."""
        book = self.book
        known: Any = {
            "deal": book.deals,
            "member": book.members,
            "person": book.team.people if book.team else {},
            "icp": book.icp,
            "experiment": book.experiments,
            "decision": book.decisions,
        }[kind]
        return did_you_mean(id, known)


@dataclass(frozen=True)
class Check:
    """A rule: its code in words, its manual, its examples, and the function that finds what breaks it."""

    code: str
    kind: str
    severity: Severity
    source: str
    bad: str
    good: str
    run: Callable[[Case[Any]], Findings]

    @property
    def manual(self) -> str:
        """The function's docstring: a fact, then why, then what to do."""
        return inspect.cleandoc(self.run.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first line of the manual."""
        return self.manual.split("\n", 1)[0]

    @property
    def subject(self) -> str:
        """The group of checks that it belongs to: the module's name."""
        return self.run.__module__.rsplit(".", 1)[-1]


CHECKS: dict[str, Check] = {}
"""Every check by its code."""


def check(
    code: str, *, of: str = "deal", source: str = "", advice: bool = False, bad: str = "", good: str = ""
) -> Callable[[Callable[[Any], Findings]], Callable[[Any], Findings]]:
    """Register a check on a kind of record.

    ``bad`` and ``good`` are YAML fragments that replace the keys of an otherwise sound record; ``# <--`` marks the
    guilty line. ``advice`` makes it a warning. ``source`` says which document asks for it.
    """

    def register(run: Callable[[Any], Findings]) -> Callable[[Any], Findings]:
        if code in CHECKS:
            raise ValueError(f"two checks are called {code}")
        CHECKS[code] = Check(
            code,
            of,
            Severity.WARNING if advice else Severity.ERROR,
            source,
            inspect.cleandoc(bad),
            inspect.cleandoc(good),
            run,
        )
        return run

    return register
