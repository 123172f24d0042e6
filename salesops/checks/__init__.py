"""The team's rules, one small function each, and the runner that puts what they find in its place.

A module is a subject; adding a check is adding one function to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from salesops.book import Book
from salesops.checks import contracts, facts, history, needs, process, references
from salesops.checks.check import CHECKS, Case, Check, Finding
from salesops.problems import Problem, in_order

SUBJECTS = (references, history, needs, facts, contracts, process)
"""The modules of checks, in the order of the reference page."""

__all__ = ["CHECKS", "SUBJECTS", "Check", "check_book"]


def check_book(book: Book, as_of: date) -> list[Problem]:
    """Every finding in a book on a day, by file and line."""
    return in_order(_findings(book, as_of))


def _findings(book: Book, as_of: date) -> Iterator[Problem]:
    for kind, records in _records(book):
        checks = [check for check in CHECKS.values() if check.kind == kind]
        for id, record in records.items():
            case = Case(id, record, book, as_of)
            for check in checks:
                for finding in check.run(case):
                    yield _problem(book, kind, id, check, finding)


def _records(book: Book) -> Iterable[tuple[str, Mapping[str, Any]]]:
    yield "process", book.versions
    yield "member", book.members
    yield "deal", book.deals
    yield "icp", book.icp
    yield "experiment", book.experiments
    yield "decision", book.decisions
    yield "review", book.reviews
    yield "rates", {"rates": book.rates} if book.rates else {}
    yield "targets", {"targets": book.targets} if book.targets else {}


def _problem(book: Book, kind: str, id: str, check: Check, finding: Finding) -> Problem:
    document = book.documents[kind, id]
    return document.problem(
        check.code,
        finding.message,
        finding.path,
        key=finding.key,
        severity=check.severity,
        why=finding.why,
        help=finding.help,
        fix=finding.fix,
    )
