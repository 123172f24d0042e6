"""The team's rules, one small function each, and the runner that puts what they find in its place.

A module is a subject; adding a check is adding one function to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from salesops.book.book import Book, Ref
from salesops.changes.compare import Comparison
from salesops.checks import (
    contracts,
    facts,
    imported,
    invoices,
    moves,
    needs,
    orders,
    past,
    playbook,
    privacy,
    process,
    public,
    references,
    renewals,
    settled,
    signatures,
    tiers,
    upkeep,
    waiting,
)
from salesops.checks.check import CHECKS, EVERY, GONE, Case, Check, Finding, Signing
from salesops.checks.signing import wanted, with_block
from salesops.problems import Place, Problem, in_order
from salesops.records.kinds import KINDS
from salesops.records.salvage import is_lost
from salesops.records.yaml_reader import MAX_COMPLAINTS, Document

SUBJECTS = (
    references,
    moves,
    needs,
    facts,
    imported,
    tiers,
    contracts,
    orders,
    renewals,
    invoices,
    upkeep,
    waiting,
    playbook,
    privacy,
    public,
    process,
    past,
    settled,
    signatures,
)
"""The modules of checks, in the order of the reference page."""

__all__ = ["CHECKS", "SUBJECTS", "Check", "check_book", "check_past", "to_sign"]


_MORE = f"more than {MAX_COMPLAINTS} findings of this kind in one record; the rest is not shown"


def check_book(
    book: Book, as_of: date, *, deals: Iterable[str] | None = None, only_deals: bool = False
) -> list[Problem]:
    """Every finding in a book on a day, by file and line.

    ``deals`` narrows it to some of the deals, ``only_deals`` leaves the other kinds of records out: two such calls can
    share the work.
    """
    chosen = book.deals if deals is None else {deal_id: book.deals[deal_id] for deal_id in deals}
    others = () if only_deals else ((kind, book.of(kind)) for kind in KINDS if kind != "deal")
    return in_order(_findings(book, as_of, [*others, ("deal", chosen)]))


def check_past(comparison: Comparison, as_of: date) -> list[Problem]:
    """Every finding about what changed since an earlier commit: the past that was altered, records that are gone."""
    found: list[Problem] = []
    for ref in comparison.changed:
        case = Case(*ref, comparison.after.of(ref[0])[ref[1]], comparison.after, as_of, comparison)
        found.extend(_of_the_past(case))
    for ref in comparison.gone:
        case = Case(*ref, comparison.before.of(ref[0])[ref[1]], comparison.before, as_of, comparison)
        for check in _of_kind(GONE, compares=True):
            for finding in _limited(case, check):
                problem = _problem(case.document, check, finding)
                found.append(replace(problem, place=Place(problem.place.path)))
    return in_order(found)


def to_sign(comparison: Comparison, ref: Ref, as_of: date) -> list[Signing]:
    """The corrections that would explain what a record says otherwise of the past: each field, and what it said."""
    if ref[1] not in comparison.after.of(ref[0]):
        return []
    case = Case(*ref, comparison.after.of(ref[0])[ref[1]], comparison.after, as_of, comparison)
    return wanted(case, (finding for _, finding in _past_of(case)))


def _of_the_past(case: Case[Any]) -> Iterator[Problem]:
    """What a record says otherwise of the past; what is to be signed for stands there once, ready to be pasted."""
    found = list(_past_of(case))
    told = with_block(case, [finding for _, finding in found])
    for (check, _), finding in zip(found, told, strict=True):
        yield _problem(case.document, check, finding)


def _past_of(case: Case[Any]) -> Iterator[tuple[Check, Finding]]:
    for check in _of_kind(case.kind, compares=True):
        yield from ((check, finding) for finding in _limited(case, check))


def _findings(book: Book, as_of: date, every: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Problem]:
    for kind, records in every:
        checks = _of_kind(kind, compares=False)
        for record_id, record in records.items():
            case = Case(kind, record_id, record, book, as_of)
            for check in checks:
                for finding in _limited(case, check):
                    yield _problem(case.document, check, finding)


def _of_kind(kind: str, *, compares: bool) -> list[Check]:
    return [check for check in CHECKS.values() if check.compares is compares and check.kind in (kind, EVERY)]


def _limited(case: Case[Any], check: Check) -> Iterator[Finding]:
    """What a check finds in a record, but nothing about fields that could not be read, and no flood."""
    found = check.run(case)
    lost = case.book.lost.get((case.kind, case.id))
    if lost:
        found = (finding for finding in found if not finding.path or not is_lost(finding.path, lost))
    for count, finding in enumerate(found):
        if count == MAX_COMPLAINTS:
            yield replace(finding, message=_MORE, help="", fix="", edit=None, signs=())
            return
        yield finding


def _problem(document: Document, check: Check, finding: Finding) -> Problem:
    return document.problem(
        check.code,
        finding.message,
        finding.path,
        key=finding.key,
        severity=check.severity,
        why=finding.why,
        help=finding.help,
        fix=finding.fix,
        edit=finding.edit,
    )
