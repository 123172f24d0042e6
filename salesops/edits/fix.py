"""What ``check --fix`` may change by itself: spellings with one reading, each in the lines that it must touch and no others.

A fix is kept only where its problem is gone afterwards and no other has come that could not be fixed in turn.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from salesops.book.book import Book, Ref
from salesops.checks.check import CHECKS, Case
from salesops.edits.clean import cleaned, odd_keys
from salesops.edits.edit import CannotEdit, rejoin, rename_key, set_key, set_scalar
from salesops.edits.yaml_writer import FileChange
from salesops.problems import Edit, Problem
from salesops.records.kinds import KINDS, id_of, kind_at_path
from salesops.records.record import value_at
from salesops.records.salvage import salvage
from salesops.records.validation import typed
from salesops.records.yaml_reader import Document, read

MAX_FIXES_IN_A_FILE = 1_000
"""More fixes than this in one file are left to the next run."""

_MIDNIGHT = re.compile(r"[0-9./-]+(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_PADDED = re.compile(r"\s*0[0-9]")
_MARKS = str.maketrans("", "", " _-")
_SHORTEST = 4


@dataclass(frozen=True)
class Fixes:
    """The files to write, and how many things are fixed in them."""

    changes: tuple[FileChange, ...] = ()
    things: int = 0


@dataclass(frozen=True)
class FixSpot:
    """A field of a text: what is written there, and the edit that the reader proposes."""

    text: str
    value: Any
    edit: Edit


@dataclass(frozen=True)
class Safe:
    """How problems of one code are fixed, and why nobody need be asked."""

    fix: Callable[[FixSpot], str | None]
    why: str


def _value(spot: FixSpot) -> str | None:
    return set_scalar(spot.text, spot.edit.path, str(spot.edit.value))


def _day(spot: FixSpot) -> str | None:
    return _value(spot) if _MIDNIGHT.fullmatch(spot.value) else None


def _figure(spot: FixSpot) -> str | None:
    return None if _PADDED.match(spot.value) or "mo" in spot.value.casefold() else _value(spot)


def _whole(spot: FixSpot) -> str | None:
    return rejoin(spot.text, spot.edit.path, spot.edit.through, str(spot.edit.value))


def _same_letters(spot: FixSpot) -> str | None:
    return _value(spot) if is_same_name(spot.value, str(spot.edit.value)) else None


def _choice(spot: FixSpot) -> str | None:
    return _renamed(spot, is_same_name) if spot.edit.name else _same_letters(spot)


def _key(spot: FixSpot) -> str | None:
    return _renamed(spot, is_meant)


def _listed(spot: FixSpot) -> str | None:
    return set_key(spot.text, spot.edit.path, list(spot.edit.value))


def _renamed(spot: FixSpot, agree: Callable[[str, str], bool]) -> str | None:
    path, name = spot.edit.path, spot.edit.name
    return rename_key(spot.text, path, name) if agree(str(path[-1]), name) else None


SAFE: dict[str, Safe] = {
    "not-a-date": Safe(_day, "The year is first, so that month and day cannot be mixed up, and no time of day is lost."),
    "not-money": Safe(_figure, "Thousands separators and a currency in small letters: an amount has at most two decimals, so three digits behind a comma are thousands. A leading zero may be a mistyped digit and is not changed."),
    "not-a-number": Safe(_figure, "A whole number with thousands separators is the same number."),
    "not-true-or-false": Safe(_value, "Yes and no, on and off, in any spelling, say the same as true and false."),
    "not-a-country": Safe(_same_letters, "The same code in small letters."),
    "not-a-currency": Safe(_same_letters, "The same code in small letters."),
    "not-a-choice": Safe(_choice, "The same word except for capitals, hyphens, underscores and spaces; a word that is only similar may mean something else."),
    "unknown-key": Safe(_key, "The same word except for such marks or one typing error, the right key is missing, and the value suits it; keys that differ more, such as renewed_by and renews, may be opposites."),
    "stage-unknown": Safe(_key, "The same name except for such marks or one typing error, in the process of that day; stages are few and their names differ, and the day stays."),
    "text-cut-by-comma": Safe(_whole, "Words between braces that no field takes, behind a comma and without a colon: they can only belong to the text before it, or to the thousands of an amount."),
    "wrong-shape": Safe(_listed, "One value where a list belongs is a list of one; a value with a comma in it might be two and is not changed."),
}  # fmt: skip
"""Every code that is fixed without asking. What is not here needs a person: ids and references (a name is not always its
id), percentages (60 may be out of 60), months (the day of an invoice need not lie in its month), dates that begin with the
day or the month, and everything that is missing."""


def fixes(book: Book, problems: Iterable[Problem], as_of: date, unread: Mapping[str, str] | None = None) -> Fixes:
    """What can be fixed safely in the files that these problems are about; ``unread`` are texts that no YAML could be read from, by path."""
    wanted = {problem.place.path for problem in problems if problem.code in SAFE}
    known = {document.path: (ref, document) for ref, document in book.documents.items() if document.path in wanted}
    pasted = {path: document.text for path, (_, document) in known.items() if any(odd_keys(document))}
    made = {change.path: (change, things) for change, things in _cleaned(book, {**pasted, **(unread or {})}, as_of)}
    for path, (ref, document) in known.items():
        text, things = _fixed(book, ref, document, as_of)
        if things and path not in made:
            made[path] = FileChange(path, text, document.text), things
    ordered = [made[path] for path in sorted(made)]
    return Fixes(tuple(change for change, _ in ordered), sum(things for _, things in ordered))


def _cleaned(book: Book, unread: Mapping[str, str], as_of: date) -> Iterator[tuple[FileChange, int]]:
    """What was pasted from a document is made plain first; then what is left can be fixed as in any other file."""
    for path, was in unread.items():
        kind, made = kind_at_path(path), cleaned(path, was)
        document = read(path, made[0].encode("utf-8"))[0] if made else None
        if kind and made and document:
            text, things = _fixed(book, (kind.name, id_of(path)), document, as_of)
            yield FileChange(path, text, was), made[1] + things


def difference(change: FileChange) -> Iterator[str]:
    """A change as a unified diff, line by line."""
    before, after = (text.split("\n") for text in (change.was or "", change.text))
    yield from difflib.unified_diff(before, after, f"a/{change.path}", f"b/{change.path}", lineterm="")


def _fixed(book: Book, ref: Ref, document: Document, as_of: date) -> tuple[str, int]:
    """The text of a file after every safe fix, and how many there were."""
    text, tried = document.text, set[tuple[str, str]]()
    for count in range(MAX_FIXES_IN_A_FILE):
        better = _next(book, ref, document.path, text, as_of, tried)
        if better is None:
            return text, count
        text = better
    return text, MAX_FIXES_IN_A_FILE


def _next(book: Book, ref: Ref, path: str, text: str, as_of: date, tried: set[tuple[str, str]]) -> str | None:
    """The text with one more thing fixed."""
    document, before = problems_of(book, ref, path, text, as_of)
    for problem in before:
        name = (problem.code, problem.field)
        if document is None or problem.edit is None or problem.code not in SAFE or name in tried:
            continue
        tried.add(name)
        value = value_at(document.data, problem.edit.path)
        if not (problem.edit.name or isinstance(value, str)):
            continue
        better = _tried(FixSpot(text, value, problem.edit), problem.code)
        if better is not None and _is_better(before, problems_of(book, ref, path, better, as_of)[1], problem):
            return better
    return None


def _tried(spot: FixSpot, code: str) -> str | None:
    try:
        return SAFE[code].fix(spot)
    except CannotEdit:
        return None


def _is_better(before: list[Problem], after: list[Problem], fixed: Problem) -> bool:
    known = {(problem.code, problem.field) for problem in before}
    now = {(problem.code, problem.field) for problem in after}
    return (fixed.code, fixed.field) not in now and all(code in SAFE for code, _ in now - known)


def problems_of(book: Book, ref: Ref, path: str, text: str, as_of: date) -> tuple[Document | None, list[Problem]]:
    """What is wrong with one file: as YAML, as a record, and with the names of a deal's stages."""
    document, problems = read(path, text.encode("utf-8"))
    if document is None:
        return None, problems
    model = KINDS[ref[0]].model
    record, shape = typed(document, model)
    if record is None:
        record, _ = salvage(document, model)
    stages = []
    if ref[0] == "deal" and record is not None:
        found = CHECKS["stage-unknown"].run(Case(*ref, record, book, as_of))
        stages = [
            document.problem("stage-unknown", each.message, each.path, edit=each.edit, key=True) for each in found
        ]
    return document, [*problems, *shape, *stages]


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bare(word: str) -> str:
    return word.casefold().translate(_MARKS)


def is_same_name(word: str, other: str) -> bool:
    """Whether two names differ in capitals, blanks, hyphens and underscores only."""
    return _bare(word) == _bare(other)


def is_meant(word: str, other: str) -> bool:
    """Whether two names are the same, or one slip of the fingers apart: a letter missing, doubled, wrong or swapped."""
    one, two = _bare(word), _bare(other)
    if one == two:
        return True
    start = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    one, two = one[start:], two[start:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    is_slip = max(len(one), len(two)) == 1 or (len(one) == 2 and one == two[::-1])
    return is_slip and (one + two).isalpha() and min(len(_bare(word)), len(_bare(other))) >= _SHORTEST
