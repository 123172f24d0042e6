"""The mistakes in a mapping, each at its line: said before a single row is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import TypeVar

from pydantic_core import PydanticCustomError

from salesops.book.book import Book
from salesops.imports.csv.mapped_cells import NEEDED, MappedCell, holds_several, keys_at, kind_at, mapped_cells
from salesops.imports.csv.mapping import (
    DECIMALS,
    LEAVE_OUT,
    SKIP,
    THOUSANDS,
    ColumnMap,
    ContactMap,
    DealMap,
    Format,
    FromTable,
    JoinMap,
    MemberMap,
    When,
    pattern_of,
    stage_lines,
    unanswered,
)
from salesops.imports.remarks import cut
from salesops.problems import Path, Problem, did_you_mean
from salesops.records.as_written import GAP
from salesops.records.deal import Activity, Deal
from salesops.records.iso_codes import CURRENCIES
from salesops.records.scalars import day
from salesops.records.validation import typed
from salesops.records.yaml_reader import Document

M = TypeVar("M", bound=ColumnMap)

_FOLDER = re.compile(r"[a-z]+(/[a-z0-9][a-z0-9-]*)*")
_FILE = re.compile(r"[^/\\\0]+")
LISTED = 40
"""Columns of a table that a message lists."""
_DIRECTIVES = frozenset("YymdbBHIMSfpzZaA%")


def read_mapping(document: Document, book: Book) -> tuple[ColumnMap | None, list[Problem]]:
    """The mapping that a document holds, or every mistake in it that shows without the table."""
    return mapping_of(document, book, ColumnMap)


def mapping_of(document: Document, book: Book, model: type[M]) -> tuple[M | None, list[Problem]]:
    """The same of a mapping that says more than that of a table."""
    mapping, problems = typed(document, model)
    if mapping is None:
        return None, problems
    problems = list(_mistakes(document, mapping, book))
    return (None if problems else mapping), problems


def column_problems(
    document: Document, mapping: ColumnMap, header: Collection[str], of: FromTable = FromTable.FIRST
) -> list[Problem]:
    """A problem for each column that the mapping names and the table does not have."""
    known = [column for column in header if column]
    found: list[Problem] = []
    for path, column, table in columns_named(mapping):
        if table is of and column not in known:
            advice = did_you_mean(column, known) or _has(known)
            found.append(document.problem("column-unknown", f"the table has no column '{column}'", path, help=advice))
    return found


def _has(columns: list[str]) -> str:
    """The columns of a table, a few of them where it has many."""
    more = f" and {len(columns) - LISTED:,} more" if len(columns) > LISTED else ""
    return f"the table has: {', '.join(cut(column, 60) for column in columns[:LISTED])}{more}"


def columns_named(mapping: ColumnMap) -> Iterator[tuple[Path, str, FromTable]]:
    """Every column that is named, where, and which table it belongs to."""
    for spot in mapped_cells(mapping):
        if spot.cell.column:
            yield (*spot.at, "column"), spot.cell.column, spot.source
        for number, column in enumerate(spot.cell.columns):
            yield (*spot.at, "columns", number), column, spot.source
        for path, column in _of_conditions(spot.at, spot.cell.when):
            yield path, column, spot.source
    for at, line in stage_lines(mapping):
        for name in ("day", "or_day"):
            if (column := getattr(line, name)) and not unanswered(column):
                yield (*at, name), column, FromTable.FIRST
        for path, column in _of_conditions(at, line.when):
            yield path, column, FromTable.FIRST
    if mapping.deal and mapping.deal.history:
        yield ("deal", "history", "column"), mapping.deal.history.column, FromTable.FIRST
    if mapping.deal and mapping.deal.now:
        yield ("deal", "now"), mapping.deal.now, FromTable.FIRST
    if mapping.members and mapping.members.key:
        yield ("members", "key"), mapping.members.key, FromTable.MEMBERS
    if mapping.contacts and mapping.contacts.key:
        source = FromTable.CONTACTS if mapping.contacts.file else FromTable.FIRST
        yield ("contacts", "key"), mapping.contacts.key, source


def join_problems(
    document: Document,
    name: str,
    join: JoinMap,
    first: Collection[str],
    second: Collection[str],
    above: Path = ("joins",),
) -> Iterator[Problem]:
    """A problem for each key of a join that its table does not have."""
    for at, column, header in (("to", join.to, first), ("key", join.key, second)):
        if column not in header:
            advice = did_you_mean(column, header) or _has([name for name in header if name])
            said = f"the table has no column '{column}'"
            yield document.problem("column-unknown", said, (*above, name, at), help=advice)


def _of_conditions(at: Path, conditions: tuple[When, ...]) -> Iterator[tuple[Path, str]]:
    for number, condition in enumerate(conditions):
        place = (number,) if len(conditions) > 1 else ()
        yield (*at, "when", *place, "column"), condition.column


def _mistakes(document: Document, mapping: ColumnMap, book: Book) -> Iterator[Problem]:
    yield from _format_mistakes(document, ("format",), mapping.format)
    yield from _parts_mistakes(document, mapping)
    for spot in mapped_cells(mapping):
        yield from _cell_mistakes(document, spot)
        yield from _field_mistakes(document, mapping, spot)
    yield from _overlaps(document, mapping)
    yield from _condition_mistakes(document, mapping)
    yield from _stage_mistakes(document, mapping, book)
    yield from _folder_mistakes(document, mapping)
    if mapping.members:
        yield from _member_mistakes(document, mapping.members, mapping.deal is None)
    if mapping.activities and mapping.activities.format:
        yield from _format_mistakes(document, ("activities", "format"), mapping.activities.format)
    yield from _join_mistakes(document, mapping)
    if mapping.contacts:
        yield from _contact_mistakes(document, mapping.contacts, mapping)
    if mapping.deal:
        yield from _now_mistakes(document, mapping.deal)


def _contact_mistakes(document: Document, contacts: ContactMap, mapping: ColumnMap) -> Iterator[Problem]:
    """A table of people is one of its own, beside another or alone."""
    is_alone = mapping.deal is None and mapping.members is None and mapping.activities is None
    if (contacts.file is None) != is_alone:
        said = "without another table the contacts are in the first one, and need no file"
        said = said if is_alone else "the table cannot hold other records and contacts in the same rows"
        yield document.problem("contacts-unclear", said, ("contacts",), key=True, help="name the file of the contacts")
    if contacts.file:
        yield from _file_mistakes(document, ("contacts", "file"), contacts.file)
    if contacts.format:
        yield from _format_mistakes(document, ("contacts", "format"), contacts.format)


def _now_mistakes(document: Document, deal: DealMap) -> Iterator[Problem]:
    """Where a column says which stage is the present one, the lines say what it calls them; a key is a field of its own."""
    for number, line in enumerate(deal.stages):
        if bool(line.is_) and not deal.now:
            said = "'is' needs now: the column that says in which stage a deal is"
            yield document.problem("stages-unclear", said, ("deal", "stages", number, "is"), key=True)
        if deal.now and line.cases:
            said = "cases cannot stand among stages that are ordered by their days"
            yield document.problem("stages-unclear", said, ("deal", "stages", number), help="write each as a line")
    if deal.key_link and not (deal.key_cell and deal.key_cell.column and not deal.key_cell.split):
        said = f"no column has the address of a link of the kind '{deal.key_link}' in this mapping"
        advice = f"write it under entries: links: {{kind: {deal.key_link}, url: {{column: {GAP}}}}}"
        yield document.problem("key-unclear", said, ("deal", "key"), help=advice)
    elif deal.key and not deal.key_link and not (deal.key.startswith("x.") and deal.key in deal.fields):
        said = f"'{deal.key}' is not one of the fields of the team's own in this mapping"
        yield document.problem("key-unclear", said, ("deal", "key"), help="name one under fields: that begins with x.")


def _parts_mistakes(document: Document, mapping: ColumnMap) -> Iterator[Problem]:
    """A mapping says of some table what its rows become: deals, members or activities."""
    activities = mapping.activities
    onto = [name for name in ("users", "outreach", "answers") if getattr(mapping, name)]
    if not (mapping.deal or mapping.members or activities or mapping.contacts or onto):
        said = "the mapping says of no column what becomes of it"
        yield document.problem("mapping-empty", said, help="write deal:, members: or activities:", fix=f"deal: {GAP}")
    if onto and (len(onto) > 1 or mapping.deal or mapping.members or activities):
        said = f"'{onto[0]}' is what all rows of a table are about"
        yield document.problem("mapping-unclear", said, (onto[0],), key=True, help="give each table its own mapping")
    if activities and (activities.file is None) == (mapping.deal is not None or mapping.members is not None):
        said = "the table cannot hold deals or members and activities in the same rows"
        if activities.file:
            said = "without deal: or members: the activities are in the first table, and need no file"
        yield document.problem(
            "activities-unclear", said, ("activities",), key=True, help="name the file of the activities"
        )
    if activities and activities.file:
        yield from _file_mistakes(document, ("activities", "file"), activities.file)


def _join_mistakes(document: Document, mapping: ColumnMap) -> Iterator[Problem]:
    for name, join in mapping.joins.items():
        yield from _file_mistakes(document, ("joins", name, "file"), join.file)
        if join.format:
            yield from _format_mistakes(document, ("joins", name, "format"), join.format)


def _file_mistakes(document: Document, at: Path, file: str) -> Iterator[Problem]:
    if not _FILE.fullmatch(file):
        said = f"'{file}' is not a file name without folders"
        yield document.problem(
            f"{at[0] if at[0] == 'members' else 'file'}-unclear",
            said,
            at,
            help="put it next to the first table and name it without folders",
        )


def _format_mistakes(document: Document, at: Path, table_format: Format) -> Iterator[Problem]:
    if DECIMALS[table_format.decimal] == THOUSANDS[table_format.thousands]:
        yield document.problem(
            "marks-alike",
            f"cents and thousands cannot both be marked by a {table_format.decimal}",
            (*at, "thousands"),
            help="look at an amount over 1,000 in the table",
        )
    for written in table_format.dates:
        yield from _date_mistakes(document, (*at, "dates"), written)


def _date_mistakes(document: Document, at: Path, written: str) -> Iterator[Problem]:
    directives = re.findall(r"%(.?)", pattern_of(written))
    whole = {"Yy": "a year", "mbB": "a month", "d": "a day"}
    lacking = [words for letters, words in whole.items() if not set(letters) & set(directives)]
    unknown = [f"%{letter}" for letter in directives if letter not in _DIRECTIVES]
    twice = [f"%{letter}" for letter, times in Counter(directives).items() if times > 1 and letter != "%"]
    said = [f"has no {' and no '.join(word[2:] for word in lacking)}"] if lacking else []
    said += [*(f"holds {directive}" for directive in unknown), *(f"has {directive} twice" for directive in twice)]
    if said:
        yield document.problem(
            "not-a-date-pattern",
            f"'{written}' {said[0]}",
            at,
            help="write it as a day in the table looks, with YYYY, MM and DD, and HH:MM or HH:MM:SS where it has a time",
            fix="dates: YYYY-MM-DD",
        )


def _cell_mistakes(document: Document, spot: MappedCell) -> Iterator[Problem]:
    cell = spot.cell
    ways = [bool(cell.column), bool(cell.columns), cell.constant is not None, bool(cell.cases)]
    if sum(ways) != 1:
        said = "a column or a constant is required here"
        if sum(ways):
            said = (
                "use either column or constant, not both"
                if not cell.columns and not cell.cases
                else "use one of column, columns, constant and cases"
            )
        yield document.problem(
            "cell-unclear", said, spot.at, help="name the column with the value", fix=f"column: {GAP}"
        )
    for name in () if cell.sources else ("values", "otherwise", "missing", "split", "dates"):
        if getattr(cell, name):
            yield document.problem(
                "cell-unclear", f"'{name}' needs a column, and none is given", (*spot.at, name), key=True
            )
    for written in cell.dates:
        yield from _date_mistakes(document, (*spot.at, "dates"), written)
    yield from _set_mistakes(document, spot)
    yield from _missing_mistakes(document, spot)


def _set_mistakes(document: Document, spot: MappedCell) -> Iterator[Problem]:
    """A field that takes one value cannot hold a set, nor an id the number of a row that is none."""
    is_of_several = "entries" in spot.at or spot.at == ("activities", "deal")
    if spot.cell.split and not (is_of_several or (spot.field and holds_several(spot.model, spot.field))):
        said = f"'{spot.field or 'currency'}' takes one value, and split makes several"
        yield document.problem(
            "cell-unclear", said, (*spot.at, "split"), key=True, help="use a list of cases, or a field under x."
        )


def _missing_mistakes(document: Document, spot: MappedCell) -> Iterator[Problem]:
    cell = spot.cell
    if cell.column and cell.otherwise and not cell.values:
        yield document.problem(
            "cell-unclear",
            "'otherwise' is the default for words that are not under values, and there are no values",
            (*spot.at, "otherwise"),
            key=True,
            help="list the words under values, or use missing for empty cells",
        )
    if spot.at[0] == "members" and cell.missing == SKIP and not spot.is_needed:
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
            f"{'an' if spot.model is Activity else 'a'} {spot.model.__name__.lower()} requires '{spot.field}'",
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
    if kind == "money" and spot.source is not FromTable.FIRST and mapping.currency and mapping.currency.column:
        yield document.problem(
            "cell-unclear",
            f"'{spot.field}' is money from a second table, and the currency is in the first one",
            spot.at,
            key=True,
            help="name one currency for both tables, or leave the field out",
        )
    if kind == "money" and mapping.currency is None and spot.cell.sources:
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
    if constant and constant not in CURRENCIES and not unanswered(constant):
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
                if other.at[:-1] == spot.at[:-1]
                and not isinstance(other.at[-1], int)
                and other.field.startswith(f"{spot.field}.")
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


def _condition_mistakes(document: Document, mapping: ColumnMap) -> Iterator[Problem]:
    """A condition says which words will do, or which will not."""
    places = [
        *((spot.at, spot.cell.when) for spot in mapped_cells(mapping)),
        *((at, line.when) for at, line in stage_lines(mapping)),
    ]
    for at, conditions in places:
        for number, condition in enumerate(conditions):
            if not condition.is_ and not condition.not_:
                path = (*at, "when", *((number,) if len(conditions) > 1 else ()))
                yield document.problem(
                    "field-missing", "'is' is missing: the words that will do", path, fix=f"is: {GAP}"
                )


def _stage_mistakes(document: Document, mapping: ColumnMap, book: Book) -> Iterator[Problem]:
    known = list(dict.fromkeys(name for process in book.processes for name in (*process.stages, *process.becomes)))
    if mapping.deal and not mapping.deal.stages:
        yield document.problem("stages-empty", "a deal needs at least one stage", ("deal", "stages"), key=True)
    if mapping.deal and mapping.deal.history:
        yield from _history_mistakes(document, mapping.deal.history.values, known)
    for path, line in stage_lines(mapping):
        for name in ("stage", "day"):
            if getattr(line, name) is None:
                said = f"'{name}' is missing: a move is a stage and the column of its day"
                yield document.problem("field-missing", said, path, fix=f"{name}: {GAP}")
        if line.stage and known and line.stage not in known and not unanswered(line.stage):
            yield document.problem(
                "stage-unknown",
                f"'{line.stage}' is not a stage of any process version",
                (*path, "stage"),
                help=did_you_mean(line.stage, known),
            )
        for written in line.dates:
            yield from _date_mistakes(document, (*path, "dates"), written)
        if line.missing not in (None, SKIP, LEAVE_OUT):
            yield from _day_mistakes(document, (*path, "missing"), line.missing or "")


def _history_mistakes(document: Document, values: dict[str, str], known: list[str]) -> Iterator[Problem]:
    """A problem for each word of a history that is said to mean a stage that no version has."""
    for word, stage in values.items():
        if stage != LEAVE_OUT and known and stage not in known:
            said = f"'{stage}' is not a stage of any process version"
            at = ("deal", "history", "values", word)
            yield document.problem("stage-unknown", said, at, help=did_you_mean(stage, known))


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
    places: list[tuple[Path, str, str]] = []
    if mapping.deal:
        places.append((("deal", "folder"), mapping.deal.folder, "deals"))
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


def _member_mistakes(document: Document, members: MemberMap, alone: bool) -> Iterator[Problem]:
    if (members.file is None) != (members.key is None):
        lacking = "key" if members.key is None else "file"
        yield document.problem(
            "members-unclear", f"'{lacking}' is missing: a file and its key belong together", ("members",), key=True
        )
    if members.file:
        yield from _file_mistakes(document, ("members", "file"), members.file)
    if alone and (members.name is None or members.file):
        said = "without deal: the members are in the first table, and their name is needed"
        yield document.problem("members-unclear", said, ("members",), key=True, fix=f"name: {{column: {GAP}}}")
    if not alone and (members.name or members.id):
        said = "with deal: the name of a member comes from the deal, and its id from the name"
        yield document.problem("members-unclear", said, ("members",), key=True, help="leave name and id out")
    if members.format:
        yield from _format_mistakes(document, ("members", "format"), members.format)
