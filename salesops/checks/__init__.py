"""The team's rules, one small function each, and the runner that puts what they find in its place.

A module is a subject; adding a check is adding one function to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from salesops.book import Book
from salesops.checks import (
    contracts,
    facts,
    history,
    invoices,
    learning,
    needs,
    privacy,
    process,
    references,
    renewals,
    tiers,
    upkeep,
)
from salesops.checks.check import CHECKS, EVERY, Case, Check, Finding
from salesops.documents import MAX_COMPLAINTS
from salesops.problems import Problem, in_order
from salesops.records.salvage import is_lost

SUBJECTS = (references, history, needs, facts, tiers, contracts, renewals, invoices, upkeep, learning, privacy, process)
"""The modules of checks, in the order of the reference page."""

__all__ = ["CHECKS", "SUBJECTS", "Check", "check_book"]


_MORE = f"more than {MAX_COMPLAINTS} findings of this kind in one record; the rest is not shown"


def check_book(
    book: Book, as_of: date, *, deals: Iterable[str] | None = None, only_deals: bool = False
) -> list[Problem]:
    """Every finding in a book on a day, by file and line.

    ``deals`` narrows it to some of the deals, ``only_deals`` leaves the other kinds of records out: two such calls can
    share the work.
    """
    chosen = book.deals if deals is None else {id: book.deals[id] for id in deals}
    others = () if only_deals else _records(book)
    return in_order(_findings(book, as_of, [*others, ("deal", chosen)]))


def _findings(book: Book, as_of: date, every: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Problem]:
    for kind, records in every:
        checks = [check for check in CHECKS.values() if check.kind in (kind, EVERY)]
        for id, record in records.items():
            case = Case(kind, id, record, book, as_of)
            lost = book.lost.get((kind, id))
            for check in checks:
                found = check.run(case)
                if lost:
                    found = (finding for finding in found if not is_lost(finding.path, lost))
                for count, finding in enumerate(found):
                    if count == MAX_COMPLAINTS:
                        yield _problem(book, kind, id, check, replace(finding, message=_MORE, help="", fix=""))
                        break
                    yield _problem(book, kind, id, check, finding)


def _records(book: Book) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every kind of record but the deals."""
    yield "team", {"team": book.team} if book.team else {}
    yield "process", book.versions
    yield "member", book.members
    yield "icp", book.icp
    yield "experiment", book.experiments
    yield "decision", book.decisions
    yield "review", book.reviews
    yield "rates", {"rates": book.rates} if book.rates else {}
    yield "removed", {"removed": book.removed} if book.removed else {}
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
