"""What ``salesops diff`` tells: what changed between two revisions of the records, and how the metrics move."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from salesops.book.book import Book
from salesops.changes.compare import Comparison
from salesops.changes.rendering import as_markdown, as_text
from salesops.changes.report import Report, Side
from salesops.checks import check_past
from salesops.cli.day import day_of
from salesops.cli.gate import checked
from salesops.cli.moments import named_moment
from salesops.cli.on_branch import links_on, review
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.cli.repository import kept, numbers_are_whole, read, root_of
from salesops.output import SCHEMA_VERSION, as_json, masked, problem_as_data, show
from salesops.problems import CannotDecide, Problem, in_order
from salesops.store.commits import CommitBooks, NamedCommit, side_by_side
from salesops.store.git import bases, commit_of, needs_settled_tree


def run(
    folder: str,
    base: str | None,
    head: str | None,
    output_format: str,
    as_of: str | None,
    branch: tuple[str | None, str | None],
    review_file: str | None,
    *,
    exact: bool,
) -> int:
    """Print the report; 1 where a file could not be counted."""
    if review_file and head is None:
        raise Usage("--review needs BASE and HEAD: it is about the lines between two commits")
    report, whole = _report(folder, base, head, exact, as_of)
    if output_format == "json":
        problems = [problem_as_data(problem) for problem in report.problems or ()]
        say(masked(as_json({"schema_version": SCHEMA_VERSION, **report.as_data(), "problems": problems})))
    elif output_format == "markdown":
        say(as_markdown(report, links_on(root_of(folder), *branch, report.after.book)).rstrip("\n"))
    else:
        for line in as_text(report, style):
            say(line)
    if review_file:
        _write_review(root_of(folder), review_file, report)
    return 0 if whole else 1


def _write_review(root: Path, file: str, report: Report) -> None:
    if report.problems is None:
        raise Usage("--review is about a change to be merged: name commits, not days")
    before, after = (commit_of(root, side.name) for side in (report.before, report.after))
    made = review(root, before, after, report.after.book, report.problems, report.after.as_of)
    try:
        Path(file).write_text(as_json(made) + "\n", encoding="utf-8", newline="\n")
    except OSError as fault:
        raise CannotDecide(f"{show(file)} could not be written: {fault.strerror}") from None


def _report(folder: str, base: str | None, head: str | None, exact: bool, as_of: str | None) -> tuple[Report, bool]:
    if head is None:
        root, book, problems = read(folder)
        archive = CommitBooks(root)
        start = named_moment(archive, base or "HEAD", "BASE")
        needs_settled_tree(root)
        archive.knows(book)
        starts = [start] if exact or start.day or base is None else _parting(root, base, "HEAD")
        return _of(archive, starts, None, book, problems, day_of(as_of, book))
    root = root_of(folder)
    archive = CommitBooks(root)
    end, start = (named_moment(archive, text, what) for text, what in ((head, "HEAD"), (base or "HEAD", "BASE")))
    starts = [start] if exact or start.day or end.day else _parting(root, base or "HEAD", head)
    book, problems = archive.book(end.commit)
    return _of(archive, starts, end, book, problems, day_of(as_of, book))


def _parting(root: Path, base: str, head: str) -> list[NamedCommit]:
    """Where two branches parted: what one of them brings, whatever has happened on the other since.

    Several commits after crossing merges: the story is told from the first, what is wrong is looked for from each.
    """
    return [NamedCommit(commit[:12], commit) for commit in bases(root, base, head)]


def _of(
    archive: CommitBooks,
    starts: list[NamedCommit],
    end: NamedCommit | None,
    book: Book,
    problems: list[Problem],
    today: date,
) -> tuple[Report, bool]:
    start, befores = starts[0], [archive.book(each.commit)[0] for each in starts]
    kept()
    comparisons = [
        found
        for each, before in zip(starts, befores, strict=True)
        for found in side_by_side(archive, before, book, each.commit)
    ]
    last = (end.day if end else None) or today
    first = start.day or last
    if first > last:
        raise Usage(f"{first} is after {last}: name the earlier day first")
    found = None if start.day or (end and end.day) else tuple(_to_look_at(comparisons, problems, last))
    name = end.name if end else "the working copy"
    report = Report(Side(befores[0], first, start.name), Side(book, last, name), comparisons[0], found)
    return report, numbers_are_whole(book, problems)


def _to_look_at(comparisons: list[Comparison], problems: list[Problem], day: date) -> list[Problem]:
    """Every error, as `check --against` finds it, and what is advised on the files that the change touches."""
    altered = (problem for comparison in comparisons for problem in check_past(comparison, day))
    every = in_order([*problems, *checked(comparisons[0].after, day), *altered])
    return [problem for problem in every if problem.is_error or problem.place.path in comparisons[0].changed_paths]
