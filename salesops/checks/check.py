"""What a check is: one decorated function with its manual and its examples; the runner finds the places."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeVar

from salesops.book.book import Book, Snapshot
from salesops.book.moves import JudgedMove, judged_moves
from salesops.book.names_on_file import meant_by
from salesops.book.visits import DealHistory, history_of
from salesops.book.waiting import Waiting
from salesops.changes.compare import Comparison
from salesops.problems import Edit, Path, Severity, did_you_mean
from salesops.records.deal import Deal
from salesops.records.process import Process
from salesops.records.record import Record
from salesops.records.salvage import is_lost
from salesops.records.yaml_reader import Document

R = TypeVar("R", bound=Record)
GUILTY = re.compile(r"\s*# <--.*$", re.MULTILINE)
Signing = tuple[str, str]
"""The field that a correction names, and what it says stood there."""


@dataclass(frozen=True)
class Finding:
    """What a check found, said in fields: the runner turns ``path`` into line and column.

    ``key`` points at the key instead of its value; ``why``, ``help``, ``fix`` and ``edit`` are as in a Problem. Where a
    signed correction would explain it, ``signs`` says which field it names, and what that said.
    """

    path: Path
    message: str
    why: str = ""
    help: str = ""
    fix: str = ""
    key: bool = False
    edit: Edit | None = None
    signs: tuple[Signing, ...] = ()


Findings = Iterator[Finding]


def as_findings(waiting: Iterable[Waiting]) -> Findings:
    """What waits in a record, as a check says it; nothing where another check blames it as an error."""
    for it in waiting:
        if not it.is_blamed:
            yield Finding(it.path, it.message, help=it.help, fix=it.fix, key=it.key)


@dataclass(frozen=True)
class Case(Generic[R]):
    """A record before a check: its kind and id, the record, the whole book, the day of the check, and the past to compare with."""

    kind: str
    id: str
    record: R
    book: Book
    as_of: date
    comparison: Comparison | None = None

    @property
    def then(self) -> Comparison:
        """The comparison with an earlier commit; only checks that ask for one may use it."""
        if self.comparison is None:
            raise LookupError("this check compares with nothing")
        return self.comparison

    @property
    def earlier(self) -> R | None:
        """What the record was in the earlier commit, under whatever name; None where it is new."""
        found: R | None = self.then.earlier(self.kind, self.id)
        return found

    @property
    def id_before(self) -> str:
        """Its id in the earlier commit; the one it has now where it is new."""
        return self.then.was(self.kind, self.id) or self.id

    @cached_property
    def snapshot(self) -> Snapshot:
        """The whole book on the day."""
        return self.book.on(self.as_of)

    @property
    def document(self) -> Document:
        """The file that holds the record."""
        return self.book.documents[self.kind, self.id]

    def process_on(self, day: date) -> Process | None:
        """The version in force on a day; None while any version cannot be read, for it might be that one."""
        return self.book.process_on(day) if self.book.is_process_whole else None

    def process_of_last_move(self, deal: Deal) -> Process | None:
        """The version that the last move of a deal belongs to; None where there is none, or any version cannot be read."""
        is_known = deal.stages and self.book.is_process_whole
        return self.book.process_of(deal, deal.stages[-1]) if is_known else None

    @cached_property
    def judged_moves(self) -> list[JudgedMove]:
        """The moves of a deal, each judged by the process in force on its day; none where its type could not be read."""
        record: Any = self.record
        return (
            []
            if self.has_lost("type") or not self.book.is_process_whole
            else judged_moves(record, self.book.process_of)
        )

    @cached_property
    def history(self) -> DealHistory:
        """The visits of a deal, as its file tells them."""
        record: Any = self.record
        return history_of(self.id, record, self.book.outcome, self.book.waits_from)

    def has_lost(self, *path: str) -> bool:
        """Whether the field could not be read: what is not there then says nothing."""
        return is_lost(path, self.book.lost.get((self.kind, self.id), ()))

    def _known(self, kind: str) -> Mapping[str, Any]:
        book = self.book
        return {
            "deal": book.deals,
            "member": book.members,
            "person": book.team.people if book.team else {},
            "icp": book.icp,
            "experiment": book.experiments,
            "decision": book.decisions,
            "prices": book.of("prices"),
        }[kind]

    def unknown(self, kind: str, record_id: str) -> bool:
        """Whether no such record exists; a broken file exists, and nobody else is blamed for it."""
        if kind == "person" and self.book.team is None:
            return False
        return record_id not in self._known(kind) and (kind, record_id) not in self.book.broken

    def hint(self, kind: str, record_id: str) -> str:
        """The record that was probably meant."""
        guesses = self.book.guesses
        if (kind, record_id) not in guesses:
            guesses[kind, record_id] = self._guess(kind, record_id)
        return guesses[kind, record_id]

    def _guess(self, kind: str, record_id: str) -> str:
        known = self._known(kind)
        meant = meant_by(record_id, {name: str(getattr(it, "name", None) or "") for name, it in known.items()})
        return did_you_mean(meant or record_id, known)


@dataclass(frozen=True)
class Check:
    """A rule: its code in words, its manual, its examples, and the function that finds what breaks it.

    ``kind`` is the kind of record it looks at, or EVERY. ``beside`` holds other files that the examples need,
    ``beside_good`` those of the good one where they differ. A check that ``compares`` looks at what changed since an
    earlier commit; ``before`` is what its examples said there.
    """

    code: str
    kind: str
    severity: Severity
    source: str
    bad: str
    good: str
    run: Callable[[Case[Any]], Findings]
    beside: Mapping[str, str] = field(default_factory=dict)
    beside_good: Mapping[str, str] | None = None
    compares: bool = False
    before: str = ""

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


EVERY = "every"
"""A check of this kind looks at records of all kinds."""
GONE = "gone"
"""A check of this kind looks at records that an earlier commit had and that are no longer there."""

CHECKS: dict[str, Check] = {}
"""Every check by its code."""


def check(
    code: str,
    *,
    of: str = "deal",
    source: str = "",
    advice: bool = False,
    bad: str = "",
    good: str = "",
    beside: Mapping[str, str] | None = None,
    beside_good: Mapping[str, str] | None = None,
    before: str | None = None,
) -> Callable[[Callable[[Any], Findings]], Callable[[Any], Findings]]:
    """Register a check on a kind of record.

    ``bad`` and ``good`` are YAML fragments that replace the keys of an otherwise sound record; ``# <--`` marks the
    guilty line. ``beside`` holds fragments of other files that they need, by path. ``advice`` makes it a warning.
    ``source`` says what it rests on: a sales document by title and section, a place of the reference such as
    ``reference/definitions#sqd``, or both with a semicolon between them. With ``before``, what the example said in an earlier commit, it is a check
    that compares.
    """

    def register(run: Callable[[Any], Findings]) -> Callable[[Any], Findings]:
        if code in CHECKS:
            raise ValueError(f"two checks are called {code}")
        severity = Severity.WARNING if advice else Severity.ERROR
        examples = inspect.cleandoc(bad), inspect.cleandoc(good)
        files = _cleaned(beside) or {}, _cleaned(beside_good)
        past = before is not None, inspect.cleandoc(before or "")
        CHECKS[code] = Check(code, of, severity, source, *examples, run, *files, *past)
        return run

    return register


def _cleaned(files: Mapping[str, str] | None) -> Mapping[str, str] | None:
    return None if files is None else {path: inspect.cleandoc(text) for path, text in files.items()}
