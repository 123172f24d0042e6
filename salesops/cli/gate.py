"""What stands before a site or a merge: every check, with the help of a second process where there are many deals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from salesops.book.book import Book
from salesops.changes.compare import Comparison
from salesops.checks import check_book, check_past
from salesops.problems import Edit, Place, Problem, Severity, in_order
from salesops.records.kinds import id_of
from salesops.site.own_pages import SOURCE, CannotBuild, own_pages
from salesops.store.commits import Against
from salesops.store.parallel import can_split, elsewhere

CHECK_FROM = 2_000
"""From this many deals on a second process checks half of them."""


def checked(book: Book, as_of: date) -> list[Problem]:
    """Every finding in a book on a day, as ``check_book`` gives it, with the help of a second process where that pays."""
    if len(book.deals) < CHECK_FROM or not can_split():
        return check_book(book, as_of)
    ids = list(book.deals)
    half = len(ids) // 2
    theirs = elsewhere(
        lambda: [_as_plain(problem) for problem in check_book(book, as_of, deals=ids[half:], only_deals=True)]
    )
    ours = check_book(book, as_of, deals=ids[:half])
    return in_order([*ours, *(_from_plain(sent) for sent in theirs())])


IN_FUTURE = "-in-future"
"""How the codes end of whatever is dated after the day of the check."""


def without_later(book: Book, found: list[Problem], day: date, today: date) -> tuple[list[Problem], int]:
    """The findings on a day gone by without those about what came after it, and how many these are.

    What is dated after today, too, has not happened: it stays.
    """
    if day >= today or not any(problem.code.endswith(IN_FUTURE) for problem in found):
        return found, 0
    wrong = {(problem.code, problem.place) for problem in checked(book, today)}
    kept = [problem for problem in found if _stays(problem, wrong)]
    return kept, len(found) - len(kept)


def _stays(problem: Problem, wrong: set[tuple[str, Place]]) -> bool:
    return not problem.code.endswith(IN_FUTURE) or (problem.code, problem.place) in wrong


Known = tuple[str, str, str, str]
"""What tells a problem from others, wherever its line has gone: code, file, field and message."""


def brought(found: list[Problem], against: Against, as_of: date) -> tuple[list[Problem], list[Problem]]:
    """The problems that a change brings, and those that were there before it."""
    comparison = against.comparison
    now = dict(renamed(comparison))
    here = {id_of(problem.place.path) for problem in found}
    deals = [deal_id for deal_id in comparison.before.deals if (comparison.becomes("deal", deal_id) or deal_id) in here]
    earlier = [*against.problems, *check_book(comparison.before, as_of, deals=deals)] if found else []
    return parted(found, earlier, now)


def parted(
    found: Iterable[Problem], earlier: Iterable[Problem], now: Mapping[str, str] | None = None
) -> tuple[list[Problem], list[Problem]]:
    """The problems that are new, and those that were among ``earlier`` ones; ``now`` says how renamed files are called."""
    left = Counter(_known(problem, now or {}) for problem in set(earlier))
    new: list[Problem] = []
    old: list[Problem] = []
    for problem in found:
        known = _known(problem, {})
        (old if left[known] > 0 else new).append(problem)
        left[known] -= 1
    return new, old


def _known(problem: Problem, now: Mapping[str, str]) -> Known:
    path = problem.place.path
    return problem.code, now.get(path, path), problem.field, problem.message


def renamed(comparison: Comparison) -> list[tuple[str, str]]:
    """The files of records that have another name or folder now: what each was, and what it is."""
    before, after = comparison.before.documents, comparison.after.documents
    pairs = {ref: ref for ref in before if ref in after}
    pairs |= {(kind, was): (kind, record_id) for (kind, record_id), was in comparison.renamed.items()}
    paths = ((before[was].path, after[now].path) for was, now in pairs.items() if was in before and now in after)
    return sorted((was, now) for was, now in paths if was != now)


def _as_plain(problem: Problem) -> tuple[Any, ...]:
    place = problem.place
    where = (place.path, place.line, place.column, place.width)
    return (
        problem.code,
        problem.message,
        where,
        problem.severity.value,
        problem.field,
        problem.why,
        problem.help,
        problem.fix,
        problem.excerpt,
        (edit.path, edit.value, edit.name) if (edit := problem.edit) else None,
    )


def _from_plain(sent: tuple[Any, ...]) -> Problem:
    code, message, where, severity, *words, edit = sent
    problem = Problem(code, message, Place(*where), Severity(severity), *words)
    return replace(problem, edit=Edit(*edit)) if edit else problem


def gate(root: Path, book: Book, problems: Iterable[Problem], day: date) -> list[Problem]:
    """Everything that stands before a site: problems of the files, findings of that day, links among the team's pages."""
    return in_order([*problems, *link_problems(root), *checked(book, day)])


def link_problems(root: Path) -> list[Problem]:
    """The entries of site/ that may not be published, as problems."""
    try:
        list(own_pages(root))
    except CannotBuild as fault:
        return [Problem("not-a-file", str(fault), Place(SOURCE))]
    return []


def past_checked(against: Against, as_of: date) -> list[Problem]:
    """What is wrong with the way from the commits that the records are compared with to here.

    Where the last commit or what is staged differs from the disk, these are judged, too.
    """
    found = [problem for comparison in against.comparisons for problem in check_past(comparison, as_of)]
    known = {(problem.code, problem.place.path, problem.field, problem.message) for problem in found}
    for name, comparisons in against.beside:
        for problem in (each for comparison in comparisons for each in check_past(comparison, as_of)):
            if (problem.code, problem.place.path, problem.field, problem.message) not in known:
                found.append(replace(problem, message=f"{problem.message} (in {name}, which differs from the disk)"))
    return in_order([*found, *against.slips])
