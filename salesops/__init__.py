"""A CRM in plain text, for other programs: load the records, check them, measure them, and compare two states.

Nothing here asks the clock or git, and no record is changed. In the folder of a repository, here this project's own:

>>> from datetime import date
>>> import salesops
>>> day = date(2026, 11, 20)
>>> book, problems = salesops.load(".")
>>> problems
[]
>>> {problem.severity.value for problem in salesops.check(book, day)}
{'warning'}
>>> reading = salesops.measure(book, day, ["sqd"])["sqd"]
>>> reading.value == len(reading.included)
True
>>> salesops.measure(book, day, ["sqd"], type="new")["sqd"].value <= reading.value
True
>>> salesops.diff(book, book, day)
[]

What they return is described where it is made: `salesops.book.book.Book`, `salesops.problems.Problem`,
`salesops.metrics.readings`, `salesops.changes.change.Change`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from os import PathLike
    from typing import Literal

    from salesops.book.book import Book
    from salesops.changes.change import Change
    from salesops.metrics.readings import Reading
    from salesops.problems import Problem

    TypeWord = Literal["new business", "existing business", "new", "existing"]

__all__ = ["check", "diff", "load", "measure"]

# Each function imports what it needs when it is called: the command line begins with this module, and has to be quick.


def load(folder: str | PathLike[str] = ".") -> tuple[Book, list[Problem]]:
    """The records of the repository that ``folder`` is in, joined, and every problem with the files themselves.

    A file that cannot be read is a problem, not an exception. Raises FileNotFoundError where the folder is in no
    salesops repository, and `salesops.problems.CannotDecide` where a file is there and the system refuses to read it.
    """
    from pathlib import Path  # noqa: PLC0415 - quick start

    from salesops.store.load import MARKER, find_root  # noqa: PLC0415 - quick start
    from salesops.store.load import load as load_from_disk  # noqa: PLC0415 - quick start

    root = find_root(Path(folder).resolve())
    if root is None:
        raise FileNotFoundError(f"no {MARKER} in {folder} or above it: this is not a salesops repository")
    return load_from_disk(root)


def check(book: Book, as_of: date) -> list[Problem]:
    """What is wrong with the records, or could be better, on a day: by file and line, errors and warnings.

    Each problem has a code that `salesops explain` explains, its place, and a fix to paste where there is one. What is
    wrong with the files themselves is told by `load`.
    """
    from salesops.checks import check_book  # noqa: PLC0415 - quick start

    return check_book(book, as_of)


def measure(
    book: Book,
    as_of: date,
    metrics: Iterable[str] | None = None,
    *,
    type: TypeWord | None = None,  # noqa: A002 - the name of the field and of the option
    owner: str | None = None,
    tier: str | None = None,
    source: str | None = None,
    from_: date | None = None,
    to: date | None = None,
) -> dict[str, Reading | None]:
    """The metrics on a day by their ids, all of them or those that are named; None for one that is planned.

    As with `salesops metrics`, `type`, `owner`, `tier` and `source` narrow every number to the deals that say so: by id,
    `source` by channel, campaign or referring member, or "none" for deals without one. `from_` and `to`, both days among
    them, narrow rates to cohorts and averages and won value to closes.

    A reading has a value in its own unit (a count, a share, days, or money by currency, which is Decimal), the deals
    behind it (`included`), and those left out with the reason (`excluded`). Raises KeyError for an unknown metric,
    ValueError for a word that no record knows and for a window without a day, and LookupError where there is no version
    of the process: nothing can be counted without one.
    """
    from salesops.book.narrowing import narrowing_of, no_window  # noqa: PLC0415 - quick start
    from salesops.metrics import measure as measure_all  # noqa: PLC0415 - quick start
    from salesops.metrics import metrics_of  # noqa: PLC0415 - quick start

    if why := no_window(as_of, from_, to):
        raise ValueError(why)
    only = narrowing_of(book, type=type, owner=owner, tier=tier, source=source)
    snapshot = book.on(as_of, from_, to, only if only.given else None)
    known = metrics_of(snapshot.process)
    return measure_all(snapshot, known.values() if metrics is None else [known[metric] for metric in metrics])


def diff(before: Book, after: Book, as_of: date) -> list[Change]:
    """What changed from one state of the records to another, deals first: each change is a sentence with its record.

    ``as_of`` is the day on which people read it: days of another year are written with their year.
    """
    from salesops.changes.compare import Comparison  # noqa: PLC0415 - quick start
    from salesops.changes.report import changes  # noqa: PLC0415 - quick start

    return list(changes(Comparison(before, after), as_of))
