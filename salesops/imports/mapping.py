"""The mapping: which column of a table becomes which field of a record, said in a small YAML file and checked before any row is read."""

from __future__ import annotations

import re
import types
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from salesops.book import Book
from salesops.documents import Document
from salesops.problems import Path, Problem, did_you_mean
from salesops.records.codes import CURRENCIES
from salesops.records.deal import Deal
from salesops.records.member import Member
from salesops.records.money import Money
from salesops.records.process import Words
from salesops.records.record import Record, given, many, maybe
from salesops.records.scalars import Id, Text, day
from salesops.records.typed import keyed_fields, typed

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
QUOTES: dict[str, str | None] = {"double": '"', "single": "'", "none": None}
DECIMALS = {"point": ".", "comma": ","}
THOUSANDS = {"none": "", "comma": ",", "point": ".", "blank": " ", "apostrophe": "'"}

SKIP, LEAVE_OUT = "skip", "leave out"
"""What ``missing`` says in place of a stand-in: pass the whole row over, or leave this one field out."""

NEEDED = ("id", "title", "member", "type", "tier", "owner")
"""What every deal needs besides its stages; each has a place of its own in the mapping."""

Kind = Literal["text", "id", "date", "money", "number"]
KINDS_OF_CELL: tuple[Kind, ...] = get_args(Kind)

_FOLDER = re.compile(r"[a-z]+(/[a-z0-9][a-z0-9-]*)*")
_FILE = re.compile(r"[^/\\\0]+")
_OWN_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,60}")
_DATE_LETTERS = re.compile(r"YYYY|YY|MMM|MM|DD")
_DATE_WORDS = {"YYYY": "%Y", "YY": "%y", "MMM": "%b", "MM": "%m", "DD": "%d"}
_DIRECTIVES = frozenset("YymdbBHIMSfpzZaA%")


class Format(Record):
    """How a table is written."""

    delimiter: Literal["comma", "semicolon", "tab", "bar"] = Field(
        default="comma", description="What parts the cells.", examples=["comma", "semicolon"]
    )
    quote: Literal["double", "single", "none"] = Field(
        default="double", description="The quotes around cells that need them.", examples=["double"]
    )
    encoding: Literal["utf-8", "utf-16", "windows-1252", "latin-1"] = Field(
        default="utf-8", description="How letters became bytes; a byte-order mark is understood.", examples=["utf-8"]
    )
    dates: Text = Field(
        default="YYYY-MM-DD",
        description="How a day is written: YYYY, YY, MM, MMM and DD, or a pattern of strptime.",
        examples=["YYYY-MM-DD", "DD/MM/YYYY", "%Y-%m-%dT%H:%M:%S%z"],
    )
    decimal: Literal["point", "comma"] = Field(
        default="point", description="The mark before the cents.", examples=["point", "comma"]
    )
    thousands: Literal["none", "comma", "point", "blank", "apostrophe"] = Field(
        default="none", description="The mark between thousands.", examples=["none", "comma"]
    )
    empty: Words = many("Words that stand for an empty cell.", "NULL", "n/a")

    @property
    def pattern(self) -> str:
        """The dates as strptime reads them."""
        if "%" in self.dates:
            return self.dates
        return _DATE_LETTERS.sub(lambda match: _DATE_WORDS[match.group()], self.dates)


class When(Record):
    """A condition on a row: a column holds one of some words."""

    column: Text = given("The column that decides.", "deal_stage")
    is_: Words = given("The words that will do, as the table writes them.", "Won", key="is")


class Cell(Record):
    """Where a value comes from: a column or a constant."""

    column: Text | None = maybe("The column.", "product")
    constant: Text | None = maybe("The same value for every row, as a record writes it.", "new business")
    when: When | None = maybe("Only for rows of which this holds.")
    values: dict[str, Text] = Field(
        default_factory=dict, description="What words of the table become; others stay as they are."
    )
    otherwise: Text | None = maybe("What stands in for a word that is not under values.", "US")
    missing: Text | None = maybe(
        f"What stands in for an empty cell; or '{SKIP}' to pass the row over, '{LEAVE_OUT}' to leave the field out.",
        "No account given",
        SKIP,
    )
    kind: Kind | None = maybe("What the cell holds; the field itself says so where it is not said.", *KINDS_OF_CELL)
    zero: Literal["keep", "leave out"] = Field(
        default="keep", description="What becomes of an amount of 0.", examples=["keep", LEAVE_OUT]
    )


class NameCell(Cell):
    """A value that names a member: its id is made of the name."""

    ids: dict[str, Id] = Field(
        default_factory=dict, description="Ids for names of which none, or the wrong one, can be made."
    )


class OwnerCell(NameCell):
    """A value that names a person of the team."""

    people: Literal["known", "add"] = Field(
        default="known",
        description="What becomes of people who are not in playbook/team.yaml: their rows are rejected, or they are added.",
        examples=["known", "add"],
    )
    roles: Words = many("The roles of people that are added.", "account manager")


def _constant(value: Any) -> Any:
    return {"constant": value} if isinstance(value, str) else value


AnyCell = Annotated[Cell, BeforeValidator(_constant)]
AnyName = Annotated[NameCell, BeforeValidator(_constant)]
AnyOwner = Annotated[OwnerCell, BeforeValidator(_constant)]


class StageLine(Record):
    """One possible move: the stage, and the column that holds the day on which a deal entered it."""

    stage: Text = given("The stage, as the process calls it.", "outreach")
    day: Text = given("The column of the day.", "engage_date")
    when: When | None = maybe("Only for rows of which this holds.")
    missing: Text | None = maybe(
        f"The day to put where the cell is empty; or '{LEAVE_OUT}' for no such move, '{SKIP}' to pass the row over.",
        "2017-12-31",
        LEAVE_OUT,
    )

    @cached_property
    def cell(self) -> Cell:
        """The day as any other value that comes from a column."""
        return Cell(column=self.day, missing=self.missing)


class DealMap(Record):
    """How a row becomes a deal."""

    folder: Text = Field(default="deals", description="Where the files go.", examples=["deals/2017"])
    id: AnyCell = given("The id, which is the file's name.")
    title: AnyCell = given("What is sold.")
    member: AnyName = given("Who buys, by name.")
    type: AnyCell = given("New or existing business.", "new business")
    tier: AnyCell = given("The tier.", "general")
    owner: AnyOwner = given("Who leads it.", "jim")
    stages: tuple[StageLine, ...] = given("The moves a row can tell of, oldest first.")
    fields: dict[str, AnyCell] = Field(
        default_factory=dict, description="Any other field of a deal, by its dotted path, such as contract.signed."
    )


class MemberMap(Record):
    """How the members that deals name become records."""

    folder: Text = Field(default="members", description="Where the files go.", examples=["members"])
    file: Text | None = maybe("A second table with one row for each member, beside the first.", "accounts.csv")
    key: Text | None = maybe("The column of that table that holds the name.", "account")
    format: Format | None = maybe("How that table is written, where it differs from the first.")
    fields: dict[str, AnyCell] = Field(
        default_factory=dict, description="The fields of a member; the name is taken from the deal's row."
    )


class Mapping(Record):
    """A whole mapping."""

    format: Format = Field(default_factory=Format, description="How the table is written.")
    currency: AnyCell | None = Field(default=None, description="The currency of its amounts.", examples=["USD"])
    deal: DealMap = given("How a row becomes a deal.")
    members: MemberMap | None = maybe("How members become records; without it, only members on file are known.")


@dataclass(frozen=True)
class Spot:
    """A cell of the mapping and where it stands; ``field`` is the path in the record that it fills."""

    at: Path
    cell: Cell
    model: type[Record] = Deal
    field: str = ""
    in_members_file: bool = False
    is_needed: bool = False


def read_mapping(document: Document, book: Book) -> tuple[Mapping | None, list[Problem]]:
    """The mapping that a document holds, or every mistake in it that shows without the table."""
    mapping, problems = typed(document, Mapping)
    if mapping is None:
        return None, problems
    problems = list(_mistakes(document, mapping, book))
    return (None if problems else mapping), problems


def column_problems(
    document: Document, mapping: Mapping, header: Collection[str], in_members_file: bool
) -> list[Problem]:
    """A problem for each column that the mapping names and the table does not have."""
    known = [column for column in header if column]
    found: list[Problem] = []
    for path, column, of_members in _columns(mapping):
        if of_members == in_members_file and column not in known:
            help = did_you_mean(column, known) or f"the table has: {', '.join(known)}"
            found.append(document.problem("column-unknown", f"the table has no column '{column}'", path, help=help))
    return found


def spots(mapping: Mapping) -> Iterator[Spot]:
    """Every cell of a mapping."""
    deal = mapping.deal
    for name in NEEDED:
        yield Spot(("deal", name), getattr(deal, name), Deal, name, is_needed=True)
    for field, cell in deal.fields.items():
        yield Spot(("deal", "fields", field), cell, Deal, field)
    if mapping.currency:
        yield Spot(("currency",), mapping.currency)
    if mapping.members:
        for field, cell in mapping.members.fields.items():
            yield Spot(("members", "fields", field), cell, Member, field, mapping.members.file is not None)


def kind_at(model: type[Record], field: str) -> Kind | None:
    """What a field holds, as a kind of cell; None where no single cell can fill it."""
    path = field.split(".")
    if path[0] == "x":
        return "text" if len(path) > 1 and all(_OWN_KEY.fullmatch(part) for part in path[1:]) else None
    found = _type_at(model, path)
    return _kind(_bare(get_args(found)[0]) if get_origin(found) is tuple else found)


def is_listed(model: type[Record], field: str) -> bool:
    """Whether a field holds a list, of which one cell is then the only entry."""
    return get_origin(_type_at(model, field.split("."))) is tuple


def _type_at(model: Any, path: list[str]) -> Any:
    """The type that stands at a path of keys, None where there is no such field."""
    for part in path:
        field = _keys(model).get(part)
        model = _bare(field.annotation) if field else None
    return model


def _keys(model: Any) -> dict[str, Any]:
    return dict(keyed_fields(model)) if isinstance(model, type) and issubclass(model, Record) else {}


def _bare(annotation: Any) -> Any:
    """A type without None beside it and notes on it."""
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(part for part in get_args(annotation) if part is not type(None)))
    return _bare(annotation.__origin__) if hasattr(annotation, "__metadata__") else annotation


def _kind(found: Any) -> Kind | None:
    if get_origin(found) is Literal or found is str:
        return "text"
    kinds: dict[Any, Kind] = {date: "date", Money: "money", bool: "text", int: "number", Decimal: "number"}
    return kinds.get(found) if isinstance(found, type) else None


def _columns(mapping: Mapping) -> Iterator[tuple[Path, str, bool]]:
    """Every column that is named, where, and whether it belongs to the members' own table."""
    for spot in spots(mapping):
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


def _mistakes(document: Document, mapping: Mapping, book: Book) -> Iterator[Problem]:
    yield from _format_mistakes(document, ("format",), mapping.format)
    for spot in spots(mapping):
        yield from _cell_mistakes(document, spot)
        yield from _field_mistakes(document, mapping, spot)
    yield from _overlaps(document, mapping)
    yield from _stage_mistakes(document, mapping, book)
    yield from _folder_mistakes(document, mapping)
    if mapping.members:
        yield from _member_mistakes(document, mapping.members)


def _format_mistakes(document: Document, at: Path, format: Format) -> Iterator[Problem]:
    if DECIMALS[format.decimal] == THOUSANDS[format.thousands]:
        yield document.problem(
            "marks-alike",
            f"cents and thousands cannot both be marked by a {format.decimal}",
            (*at, "thousands"),
            help="look at an amount over 1,000 in the table",
        )
    directives = re.findall(r"%(.?)", format.pattern)
    whole = {"Yy": "a year", "mbB": "a month", "d": "a day"}
    lacking = [words for letters, words in whole.items() if not set(letters) & set(directives)]
    unknown = [f"%{letter}" for letter in directives if letter not in _DIRECTIVES]
    if lacking or unknown:
        said = f"has no {' and no '.join(word[2:] for word in lacking)}" if lacking else f"holds {unknown[0]}"
        yield document.problem(
            "not-a-date-pattern",
            f"'{format.dates}' {said}",
            (*at, "dates"),
            help="write it as a day in the table looks, with YYYY, MM and DD",
            fix="dates: YYYY-MM-DD",
        )


def _cell_mistakes(document: Document, spot: Spot) -> Iterator[Problem]:
    cell = spot.cell
    if (cell.column is None) == (cell.constant is None):
        said = (
            "a column or a constant must stand here"
            if cell.column is None
            else "column and constant exclude each other"
        )
        yield document.problem(
            "cell-unclear", said, spot.at, help="name the column that holds the value", fix="column: …"
        )
    if cell.column is None:
        for name in ("values", "otherwise", "missing"):
            if getattr(cell, name):
                yield document.problem(
                    "cell-unclear", f"'{name}' is about a column, and none is named", (*spot.at, name), key=True
                )
    if cell.column and cell.otherwise and not cell.values:
        yield document.problem(
            "cell-unclear",
            "'otherwise' stands in for words that are not under values, and there are no values",
            (*spot.at, "otherwise"),
            key=True,
            help="list the words under values, or use missing for empty cells",
        )
    if spot.at[0] == "members" and cell.missing == SKIP:
        yield document.problem(
            "cell-unclear",
            "a member cannot be passed over: its deals need it",
            (*spot.at, "missing"),
            help=f"give a stand-in, or leave the field out where a member can do without '{spot.field}'",
            fix=f"missing: {LEAVE_OUT}",
        )
    if spot.is_needed and cell.missing == LEAVE_OUT:
        yield document.problem(
            "field-needed",
            f"a deal cannot do without '{spot.field}'",
            (*spot.at, "missing"),
            help="give a stand-in, or skip the rows that lack it",
            fix=f"missing: {SKIP}",
        )


def _field_mistakes(document: Document, mapping: Mapping, spot: Spot) -> Iterator[Problem]:
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
    if kind == "money" and mapping.currency is None and spot.cell.column:
        yield document.problem(
            "currency-missing",
            f"'{spot.field}' is money, and the mapping names no currency",
            spot.at,
            key=True,
            help="write currency: at the top of the mapping",
            fix="currency: USD",
        )


def _currency_mistakes(document: Document, spot: Spot) -> Iterator[Problem]:
    constant = spot.cell.constant
    if constant and constant not in CURRENCIES:
        yield document.problem(
            "not-a-currency",
            f"'{constant}' is not a currency",
            spot.at,
            help="three capital letters of ISO 4217, such as USD",
            fix=f"currency: {constant.upper()}" if constant.upper() in CURRENCIES else "",
        )


def _no_such_field(document: Document, spot: Spot) -> Problem:
    above, _, last = spot.field.rpartition(".")
    known = list(_keys(_type_at(spot.model, above.split(".") if above else [])))
    if last in known:
        said, help = f"'{spot.field}' cannot be filled from one cell", "name a field inside it, if it has any"
    else:
        what = spot.model.__name__.lower()
        said, help = f"a {what} has no field '{spot.field}'", did_you_mean(last, known)
    help = "; ".join(part for part in (help, "the team's own fields go under x.") if part)
    return document.problem("field-unknown", said, spot.at, key=True, help=help)


def _overlaps(document: Document, mapping: Mapping) -> Iterator[Problem]:
    """Fields that lie inside one another, of which only one could be written."""
    for spot in spots(mapping):
        inside = next(
            (
                other
                for other in spots(mapping)
                if other.at[:-1] == spot.at[:-1] and other.field.startswith(f"{spot.field}.")
            ),
            None,
        )
        if inside and spot.field:
            yield document.problem(
                "field-twice",
                f"'{inside.field}' lies inside '{spot.field}'",
                inside.at,
                key=True,
                help="keep one of the two",
            )


def _stage_mistakes(document: Document, mapping: Mapping, book: Book) -> Iterator[Problem]:
    known = list(dict.fromkeys(name for process in book.processes for name in (*process.stages, *process.becomes)))
    if not mapping.deal.stages:
        yield document.problem("stages-empty", "a deal needs at least one stage", ("deal", "stages"), key=True)
    for at, line in enumerate(mapping.deal.stages):
        path: Path = ("deal", "stages", at)
        if known and line.stage not in known:
            yield document.problem(
                "stage-unknown",
                f"'{line.stage}' is a stage of no process version",
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
            help="write a stand-in as YYYY-MM-DD",
        )


def _folder_mistakes(document: Document, mapping: Mapping) -> Iterator[Problem]:
    places: list[tuple[Path, str, str]] = [(("deal", "folder"), mapping.deal.folder, "deals")]
    if mapping.members:
        places.append((("members", "folder"), mapping.members.folder, "members"))
    for at, folder, top in places:
        if not _FOLDER.fullmatch(folder) or folder.split("/")[0] != top:
            yield document.problem(
                "folder-wrong",
                f"'{folder}' is not a folder in {top}/",
                at,
                help="small letters, digits and hyphens, parted by /",
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
            f"'{members.file}' is not the bare name of a file",
            ("members", "file"),
            help="put it beside the first table and name it without folders",
        )
    if members.format:
        yield from _format_mistakes(document, ("members", "format"), members.format)
    for field in ("kind", "country"):
        if field not in members.fields:
            yield document.problem(
                "field-missing",
                f"'{field}' is missing: no member can do without it",
                ("members", "fields"),
                key=True,
                fix=f"{field}: {'other' if field == 'kind' else '{column: …}'}",
            )
