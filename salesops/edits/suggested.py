"""Fixes that are one whole line: what a reviewer may put in the place of a guilty line with one click.

A suggestion says the words that were there, or the fix that was printed; it leaves no gap, brings no new problem, and is
the line as it will be, byte by byte: what cannot be shown as it is, is not suggested.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from salesops.book.book import Book
from salesops.edits.edit import CannotEdit, rejoin, rename_key, set_key
from salesops.edits.fix import problems_of
from salesops.output import markdown, show
from salesops.problems import Problem
from salesops.records.as_written import PLACEHOLDERS
from salesops.records.kinds import id_of, kind_at_path

MOST = 20
"""Suggestions of one review: more are for `salesops check --fix`, or for a second push."""
LONGEST = 1_000
"""Characters of a line that is suggested."""

_GAP = re.compile(rf"(?:^|[\s\[{{,:-])(?:{'|'.join(map(re.escape, sorted(PLACEHOLDERS)))})(?=$|[\s,\]}}])")


@dataclass(frozen=True)
class Suggestion:
    """A line of a file, counted from 1, as it would be without the problem."""

    problem: Problem
    line: int
    text: str

    @property
    def mark(self) -> str:
        """The first line of its comment: by it the same suggestion is known again, and not made twice."""
        problem = self.problem
        said = "\0".join((problem.place.path, problem.code, problem.field, problem.excerpt, self.text))
        return f"<!-- salesops {hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:16]} -->"

    def as_data(self) -> dict[str, Any]:
        """A comment of a review on GitHub."""
        return {"path": self.problem.place.path, "line": self.line, "side": "RIGHT", "body": self._body}

    @property
    def _body(self) -> str:
        said = [markdown(each) for each in (self.problem.message, self.problem.help) if each]
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", self.text)), default=0))
        return "\n".join((self.mark, *said, "", f"{fence}suggestion", self.text, fence, ""))


def suggestions(
    book: Book,
    problems: Iterable[Problem],
    changed: Mapping[str, Collection[int]],
    texts: Mapping[str, str],
    as_of: date,
) -> list[Suggestion]:
    """What can be accepted on the lines that a change brings: one for each line, errors first, no more than fit a review."""
    found: dict[tuple[str, int], Suggestion] = {}
    for problem in sorted(problems, key=lambda each: not each.is_error):
        place = problem.place
        if place.line in changed.get(place.path, ()) and (place.path, place.line) not in found:
            made = suggestion(book, problem, texts[place.path], as_of)
            if made and made.line in changed[place.path]:
                found.setdefault((place.path, made.line), made)
    return [*found.values()][:MOST]


def suggestion(book: Book, problem: Problem, text: str, as_of: date) -> Suggestion | None:
    """The one line that is to be written anew; None where a fix is more than that, or not sure to help."""
    kind = kind_at_path(problem.place.path)
    if kind is None or not problem.fix or "\r" in text:
        return None
    ref = kind.name, id_of(problem.place.path)
    document, before = problems_of(book, ref, problem.place.path, text, as_of)
    known = None if document is None else {(each.code, each.field) for each in before}
    for better in _mended(text, problem):
        line = _one_line(text, better)
        after = problems_of(book, ref, problem.place.path, better, as_of)[1]
        if line and _is_plain(better.split("\n")[line - 1]) and _helps(problem, after, known):
            return Suggestion(problem, line, better.split("\n")[line - 1])
    return None


def _mended(text: str, problem: Problem) -> Iterator[str]:
    """The text with the fix in its place, as far as that is known."""
    try:
        if problem.edit:
            yield _edited(text, problem)
    except CannotEdit:
        pass
    lines, at = text.split("\n"), problem.place.line - 1
    if "\n" not in problem.fix and at < len(lines) and _words(problem.fix) == _words(lines[at]):
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip(" "))]
        for better in (problem.fix,) if problem.fix.startswith(" ") else (indent + problem.fix, problem.fix):
            yield "\n".join([*lines[:at], better, *lines[at + 1 :]])


def _edited(text: str, problem: Problem) -> str:
    edit = problem.edit
    assert edit is not None
    if edit.through:
        return rejoin(text, edit.path, edit.through, str(edit.value))
    if edit.value:
        text = set_key(text, edit.path, list(edit.value) if isinstance(edit.value, tuple) else edit.value)
    return rename_key(text, edit.path, edit.name) if edit.name else text


def _words(line: str) -> str:
    """What a line says, without its blanks, quotes and marks."""
    return "".join(re.findall(r"\w+", line))


def _one_line(text: str, better: str) -> int | None:
    """The one line in which two texts differ, counted from 1."""
    before, after = text.split("\n"), better.split("\n")
    differ = [at for at, (one, other) in enumerate(zip(before, after, strict=False), 1) if one != other]
    return differ[0] if len(before) == len(after) and len(differ) == 1 else None


def _is_plain(line: str) -> bool:
    """Whether a line can be shown as it is, and leaves nothing open."""
    return bool(line.strip()) and len(line) <= LONGEST and show(line) == line and not _GAP.search(line)


def _helps(problem: Problem, after: Iterable[Problem], known: set[tuple[str, str]] | None) -> bool:
    """Whether the problem is gone, and no other has come; a file that could not be read may now show what else is in it."""
    left = [*after]
    if any((each.code, each.field, each.place.line) == _name(problem) for each in left):
        return False
    return known is None or {(each.code, each.field) for each in left} <= known


def _name(problem: Problem) -> tuple[str, str, int]:
    return problem.code, problem.field, problem.place.line
