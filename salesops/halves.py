"""A second process for half of the work, where there is enough of it: reading and checking thousands of records."""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from salesops.problems import Place, Problem, Severity, in_order

if TYPE_CHECKING:
    from salesops.book import Book

CHECK_FROM = 2_000
"""From this many deals on a second process checks half of them."""


class CannotDecide(Exception):
    """The machine, not the data, stands in the way: permissions, a disk, a missing base (exit code 3)."""


def can_split() -> bool:
    """Whether a second process may be started, and would find a processor."""
    threading = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1
    return (os.cpu_count() or 1) > 1 and hasattr(os, "fork") and alone


def checked(book: Book, as_of: date) -> list[Problem]:
    """Every finding in a book on a day, as ``check_book`` gives it, with the help of a second process where that pays."""
    from salesops.checks import check_book  # here, because every command reads and few check

    if len(book.deals) < CHECK_FROM or not can_split():
        return check_book(book, as_of)
    ids = list(book.deals)
    half = len(ids) // 2
    theirs = elsewhere(
        lambda: [_as_plain(problem) for problem in check_book(book, as_of, deals=ids[half:], only_deals=True)]
    )
    ours = check_book(book, as_of, deals=ids[:half])
    return in_order([*ours, *(_from_plain(sent) for sent in theirs())])


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
    )


def _from_plain(sent: tuple[Any, ...]) -> Problem:
    code, message, where, severity, *words = sent
    return Problem(code, message, Place(*where), Severity(severity), *words)


def elsewhere(work: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
    """Start ``work`` in a forked process; the result, a list of plain values, is read by calling what is returned."""
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(source)
            with os.fdopen(sink, "wb") as pipe:
                pipe.write(marshal.dumps(work()))
            status = 0
        finally:
            os._exit(status)
    os.close(sink)

    def result() -> list[Any]:
        with os.fdopen(source, "rb") as pipe:
            sent = pipe.read()
        _, status = os.waitpid(child, 0)
        if status:
            raise CannotDecide("the second process was stopped")
        found: list[Any] = marshal.loads(sent)
        return found

    return result
