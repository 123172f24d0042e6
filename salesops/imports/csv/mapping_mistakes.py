"""The mistakes in a mapping, each at its line: said before a single row is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator

from pydantic_core import PydanticCustomError

from salesops.book.book import Book
from salesops.imports.csv.mapping import (
    DECIMALS,
    LEAVE_OUT,
    NEEDED,
    SKIP,
    THOUSANDS,
    ColumnMap,
    Format,
    MappedCell,
    MemberMap,
    keys_at,
    kind_at,
    mapped_cells,
)
from salesops.problems import Path, Problem, did_you_mean
from salesops.records.as_written import GAP
from salesops.records.deal import Deal
from salesops.records.iso_codes import CURRENCIES
from salesops.records.scalars import day
from salesops.records.validation import typed
from salesops.records.yaml_reader import Document

_FOLDER = re.compile(r"[a-z]+(/[a-z0-9][a-z0-9-]*)*")
_FILE = re.compile(r"[^/\\\0]+")
_DIRECTIVES = frozenset("YymdbBHIMSfpzZaA%")


def read_mapping(document: Document, book: Book) -> tuple[ColumnMap | None, list[Problem]]:
    """The mapping that a document holds, or every mistake in it that shows without the table."""
    mapping, problems = typed(document, ColumnMap)
    if mapping is None:
        return None, problems
    problems = list(_mistakes(document, mapping, book))
    return (None if problems else mapping), problems


def column_problems(
    document: Document, mapping: ColumnMap, header: Collection[str], in_members_file: bool
) -> list[Problem]:
    """A problem for each column that the mapping names and the table does not have."""
    known = [column for column in header if column]
    found: list[Problem] = []
    for path, column, of_members in _columns(mapping):
        if of_members == in_members_file and column not in known:
            advice = did_you_mean(column, known) or f"the table has: {', '.join(known)}"
            found.append(document.problem("column-unknown", f"the table has no column '{column}'", path, help=advice))
    return found


def _columns(mapping: ColumnMap) -> Iterator[tuple[Path, str, bool]]:
    """Every column that is named, where, and whether it belongs to the members' own table."""
    for spot in mapped_cells(mapping):
        if spot.cell.column:
            yield (*spot.at, "column"), spot.cell.column, spot.in_members_file
        if spot.cell.when:
            yield (*spot.at, "when", "column"), spot.cell.when.column, spot.in_members_file
    for at, line in enumerate(mapping.deal.stages):
        yield ("deal", "stages", at, "day"), line.day, False
        if line.when:
            yield ("deal", "stages", at, "when", "column"), line.when.column, False
    if mapping.members and mapping.members.key:
        yield ("members", "key"), mapping.members.key, True


def _mistakes(document: Document, mapping: ColumnMap, book: Book) -> Iterator[Problem]:
    yield from _format_mistakes(document, ("format",), mapping.format)
    for spot in mapped_cells(mapping):
        yield from _cell_mistakes(document, spot)
        yield from _field_mistakes(document, mapping, spot)
    yield from _overlaps(document, mapping)
    yield from _stage_mistakes(document, mapping, book)
    yield from _folder_mistakes(document, mapping)
    if mapping.members:
        yield from _member_mistakes(document, mapping.members)


def _format_mistakes(document: Document, at: Path, table_format: Format) -> Iterator[Problem]:
    if DECIMALS[table_format.decimal] == THOUSANDS[table_format.thousands]:
        yield document.problem(
            "marks-alike",
            f"cents and thousands cannot both be marked by a {table_format.decimal}",
            (*at, "thousands"),
            help="look at an amount over 1,000 in the table",
        )
    directives = re.findall(r"%(.?)", table_format.pattern)
    whole = {"Yy": "a year", "mbB": "a month", "d": "a day"}
    lacking = [words for letters, words in whole.items() if not set(letters) & set(directives)]
    unknown = [f"%{letter}" for letter in directives if letter not in _DIRECTIVES]
    twice = [f"%{letter}" for letter, times in Counter(directives).items() if times > 1 and letter != "%"]
    said = [f"has no {' and no '.join(word[2:] for word in lacking)}"] if lacking else []
    said += [*(f"holds {directive}" for directive in unknown), *(f"has {directive} twice" for directive in twice)]
    if said:
        yield document.problem(
            "not-a-date-pattern",
            f"'{table_format.dates}' {said[0]}",
            (*at, "dates"),
            help="write it as a day in the table looks, with YYYY, MM and DD, and HH:MM or HH:MM:SS where it has a time",
            fix="dates: YYYY-MM-DD",
        )


def _cell_mistakes(document: Document, spot: MappedCell) -> Iterator[Problem]:
    cell = spot.cell
    if (cell.column is None) == (cell.constant is None):
        said = (
            "a column or a constant is required here"
            if cell.column is None
            else "use either column or constant, not both"
        )
        yield document.problem(
            "cell-unclear", said, spot.at, help="name the column with the value", fix=f"column: {GAP}"
        )
    if cell.column is None:
        for name in ("values", "otherwise", "missing"):
            if getattr(cell, name):
                yield document.problem(
                    "cell-unclear", f"'{name}' needs a column, and none is given", (*spot.at, name), key=True
                )
    if cell.column and cell.otherwise and not cell.values:
        yield document.problem(
            "cell-unclear",
            "'otherwise' is the default for words that are not under values, and there are no values",
            (*spot.at, "otherwise"),
            key=True,
            help="list the words under values, or use missing for empty cells",
        )
    if spot.at[0] == "members" and cell.missing == SKIP:
        yield document.problem(
            "cell-unclear",
            "a member cannot be skipped: its deals need it",
            (*spot.at, "missing"),
            help=f"give a default, or leave the field out if a member does not need '{spot.field}'",
            fix=f"missing: {LEAVE_OUT}",
        )
    if spot.is_needed and cell.missing == LEAVE_OUT:
        yield document.problem(
            "field-needed",
            f"a deal requires '{spot.field}'",
            (*spot.at, "missing"),
            help="give a default, or skip the rows that lack it",
            fix=f"missing: {SKIP}",
        )


def _field_mistakes(document: Document, mapping: ColumnMap, spot: MappedCell) -> Iterator[Problem]:
    kind = spot.cell.kind
    if spot.at == ("currency",):
        yield from _currency_mistakes(document, spot)
    elif not spot.is_needed:
        kind = kind or kind_at(spot.model, spot.field)
        if kind_at(spot.model, spot.field) is None:
            yield _no_such_field(document, spot)
        elif spot.model is Deal and spot.field in NEEDED:
            yield document.problem(
                "field-twice", f"'{spot.field}' has its own place under deal:", spot.at, key=True, help="move it there"
            )
    if kind == "money" and spot.in_members_file and mapping.currency and mapping.currency.column:
        yield document.problem(
            "cell-unclear",
            f"'{spot.field}' is money from a second table, and the currency is in the first one",
            spot.at,
            key=True,
            help="name one currency for both tables, or leave the field out",
        )
    if kind == "money" and mapping.currency is None and spot.cell.column:
        yield document.problem(
            "currency-missing",
            f"'{spot.field}' is money, and the mapping names no currency",
            spot.at,
            key=True,
            help="write currency: at the top of the mapping",
            fix="currency: USD",
        )


def _currency_mistakes(document: Document, spot: MappedCell) -> Iterator[Problem]:
    constant = spot.cell.constant
    if constant and constant not in CURRENCIES:
        yield document.problem(
            "not-a-currency",
            f"'{constant}' is not a currency",
            spot.at,
            help="three capital letters of ISO 4217, such as USD",
            fix=f"currency: {constant.upper()}" if constant.upper() in CURRENCIES else "",
        )


def _no_such_field(document: Document, spot: MappedCell) -> Problem:
    above, _, last = spot.field.rpartition(".")
    known = keys_at(spot.model, above)
    if last in known:
        said, advice = f"'{spot.field}' cannot be filled from one cell", "name a field inside it, if it has any"
    else:
        what = spot.model.__name__.lower()
        said, advice = f"a {what} has no field '{spot.field}'", did_you_mean(last, known)
    advice = "; ".join(part for part in (advice, "the team's own fields go under x.") if part)
    return document.problem("field-unknown", said, spot.at, key=True, help=advice)


def _overlaps(document: Document, mapping: ColumnMap) -> Iterator[Problem]:
    """Fields that lie inside one another, of which only one could be written."""
    for spot in mapped_cells(mapping):
        inside = next(
            (
                other
                for other in mapped_cells(mapping)
                if other.at[:-1] == spot.at[:-1] and other.field.startswith(f"{spot.field}.")
            ),
            None,
        )
        if inside and spot.field:
            yield document.problem(
                "field-twice",
                f"'{inside.field}' is inside '{spot.field}'",
                inside.at,
                key=True,
                help="keep one of the two",
            )


def _stage_mistakes(document: Document, mapping: ColumnMap, book: Book) -> Iterator[Problem]:
    known = list(dict.fromkeys(name for process in book.processes for name in (*process.stages, *process.becomes)))
    if not mapping.deal.stages:
        yield document.problem("stages-empty", "a deal needs at least one stage", ("deal", "stages"), key=True)
    for at, line in enumerate(mapping.deal.stages):
        path: Path = ("deal", "stages", at)
        if known and line.stage not in known:
            yield document.problem(
                "stage-unknown",
                f"'{line.stage}' is not a stage of any process version",
                (*path, "stage"),
                help=did_you_mean(line.stage, known),
            )
        if line.missing not in (None, SKIP, LEAVE_OUT):
            yield from _day_mistakes(document, (*path, "missing"), line.missing or "")


def _day_mistakes(document: Document, at: Path, words: str) -> Iterator[Problem]:
    try:
        day(words)
    except PydanticCustomError:
        yield document.problem(
            "not-a-date",
            f"'{words}' is neither a day nor '{LEAVE_OUT}' nor '{SKIP}'",
            at,
            help="write a default as YYYY-MM-DD",
        )


def _folder_mistakes(document: Document, mapping: ColumnMap) -> Iterator[Problem]:
    places: list[tuple[Path, str, str]] = [(("deal", "folder"), mapping.deal.folder, "deals")]
    if mapping.members:
        places.append((("members", "folder"), mapping.members.folder, "members"))
    for at, folder, top in places:
        if not _FOLDER.fullmatch(folder) or folder.split("/")[0] != top:
            yield document.problem(
                "folder-wrong",
                f"'{folder}' is not a folder in {top}/",
                at,
                help="small letters, digits and hyphens, separated by /",
                fix=f"folder: {top}/2017",
            )


def _member_mistakes(document: Document, members: MemberMap) -> Iterator[Problem]:
    if (members.file is None) != (members.key is None):
        lacking = "key" if members.key is None else "file"
        yield document.problem(
            "members-unclear", f"'{lacking}' is missing: a file and its key belong together", ("members",), key=True
        )
    if members.file and not _FILE.fullmatch(members.file):
        yield document.problem(
            "members-unclear",
            f"'{members.file}' is not a file name without folders",
            ("members", "file"),
            help="put it next to the first table and name it without folders",
        )
    if members.format:
        yield from _format_mistakes(document, ("members", "format"), members.format)
