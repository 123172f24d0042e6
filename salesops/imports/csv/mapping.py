"""The mapping: which column of a table becomes which field of a record, said in a small YAML file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BeforeValidator, Field

from salesops.problems import Path
from salesops.records.deal import Deal
from salesops.records.member import Member
from salesops.records.model_fields import fields_below, inside, type_at
from salesops.records.money import Money
from salesops.records.process import Words
from salesops.records.record import Record, given, many, maybe
from salesops.records.scalars import Id, Text

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

_OWN_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,60}")
_DATE_LETTERS = re.compile(r"HH(?:(\W?)MM(?:(\W?)SS)?(Z?))?|YYYY|YY|MMM|MM|DD")
_DATE_WORDS = {"YYYY": "%Y", "YY": "%y", "MMM": "%b", "MM": "%m", "DD": "%d"}


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
        description="How a day is written: YYYY, YY, MM, MMM and DD, with HH:MM or HH:MM:SS where it has a time; or a pattern of strptime.",
        examples=["YYYY-MM-DD", "DD/MM/YYYY", "YYYY-MM-DD HH:MM", "%Y-%m-%dT%H:%M:%S%z"],
    )
    decimal: Literal["point", "comma"] = Field(
        default="point", description="The mark before the cents.", examples=["point", "comma"]
    )
    thousands: Literal["none", "comma", "point", "blank", "apostrophe"] = Field(
        default="none", description="The mark between thousands.", examples=["none", "comma"]
    )
    empty: Words = many("Words that mean an empty cell.", "NULL", "n/a")

    @property
    def pattern(self) -> str:
        """The dates as strptime reads them."""
        if "%" in self.dates:
            return self.dates
        return _DATE_LETTERS.sub(_directive, self.dates)


def _directive(match: re.Match[str]) -> str:
    """What strptime calls a part of a day or a time; MM after HH are minutes, and Z after them is the time of UTC."""
    if not match.group().startswith("HH"):
        return _DATE_WORDS[match.group()]
    before_minutes, before_seconds, utc = match.groups()
    minutes = "" if before_minutes is None else f"{before_minutes}%M"
    seconds = "" if before_seconds is None else f"{before_seconds}%S"
    return f"%H{minutes}{seconds}{'%z' if utc else ''}"


class When(Record):
    """A condition on a row: a column holds one of some words."""

    column: Text = given("The column that decides.", "deal_stage")
    is_: Words = given("The words that will do, as the table writes them.", "Won", key="is")


class Cell(Record):
    """Where a value comes from: a column or a constant."""

    column: Text | None = maybe("The column.", "product")
    constant: Text | None = maybe("The same value for every row, as a record writes it.", "new business")
    when: When | None = maybe("Only for rows that match this.")
    values: dict[str, Text] = Field(
        default_factory=dict, description="What words of the table become; others stay as they are."
    )
    otherwise: Text | None = maybe("The default for a word that is not under values.", "US")
    missing: Text | None = maybe(
        f"The default for an empty cell; or '{SKIP}' to skip the row, '{LEAVE_OUT}' to leave the field out.",
        "No account given",
        SKIP,
    )
    kind: Kind | None = maybe("What the cell contains; default: what the field expects.", *KINDS_OF_CELL)
    zero: Literal["keep", "leave out"] = Field(
        default="keep", description="What becomes of an amount of 0.", examples=["keep", LEAVE_OUT]
    )


class NameCell(Cell):
    """A value that names a member: its id is made of the name."""

    ids: dict[str, Id] = Field(
        default_factory=dict, description="Ids for names from which no id, or the wrong one, would be made."
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
    when: When | None = maybe("Only for rows that match this.")
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
    stages: tuple[StageLine, ...] = given("The moves a row can contain, oldest first.")
    fields: dict[str, AnyCell] = Field(
        default_factory=dict, description="Any other field of a deal, by its dotted path, such as contract.signed."
    )


class MemberMap(Record):
    """How the members that deals name become records."""

    folder: Text = Field(default="members", description="Where the files go.", examples=["members"])
    file: Text | None = maybe("A second table with one row for each member, next to the first.", "accounts.csv")
    key: Text | None = maybe("The column of that table with the name.", "account")
    format: Format | None = maybe("How that table is written, where it differs from the first.")
    fields: dict[str, AnyCell] = Field(
        default_factory=dict, description="The fields of a member; the name is taken from the deal's row."
    )


class ColumnMap(Record):
    """A whole mapping."""

    format: Format = Field(default_factory=Format, description="How the table is written.")
    currency: AnyCell | None = Field(default=None, description="The currency of its amounts.", examples=["USD"])
    deal: DealMap = given("How a row becomes a deal.")
    members: MemberMap | None = maybe("How members become records; without it, only members on file are known.")


@dataclass(frozen=True)
class MappedCell:
    """A cell of the mapping and where it stands; ``field`` is the path in the record that it fills."""

    at: Path
    cell: Cell
    model: type[Record] = Deal
    field: str = ""
    in_members_file: bool = False
    is_needed: bool = False


def mapped_cells(mapping: ColumnMap) -> Iterator[MappedCell]:
    """Every cell of a mapping."""
    deal = mapping.deal
    for name in NEEDED:
        yield MappedCell(("deal", name), getattr(deal, name), Deal, name, is_needed=True)
    for field, cell in deal.fields.items():
        yield MappedCell(("deal", "fields", field), cell, Deal, field)
    if mapping.currency:
        yield MappedCell(("currency",), mapping.currency)
    if mapping.members:
        for field, cell in mapping.members.fields.items():
            yield MappedCell(("members", "fields", field), cell, Member, field, mapping.members.file is not None)


def kind_at(model: type[Record], field: str) -> Kind | None:
    """What a field holds, as a kind of cell; None where no single cell can fill it."""
    path = field.split(".")
    if path[0] == "x":
        return "text" if len(path) > 1 and all(_OWN_KEY.fullmatch(part) for part in path[1:]) else None
    found = _type_at(model, field)
    return _kind(inside(get_args(found)[0]) if get_origin(found) is tuple else found)


def keys_at(model: type[Record], field: str) -> list[str]:
    """The keys that may stand below a field, or at the top where none is named."""
    return list(fields_below(model, tuple(field.split(".")) if field else ()))


def is_listed(model: type[Record], field: str) -> bool:
    """Whether a field holds a list, of which one cell is then the only entry."""
    return get_origin(_type_at(model, field)) is tuple


def _type_at(model: type[Record], field: str) -> Any:
    """The type of a field, None where there is no such field; a cell is never one entry of a list among others."""
    path = field.split(".")
    return None if any(part.isdecimal() for part in path) else type_at(model, tuple(path))


def _kind(found: Any) -> Kind | None:
    if get_origin(found) is Literal or found is str:
        return "text"
    kinds: dict[Any, Kind] = {date: "date", Money: "money", bool: "text", int: "number", Decimal: "number"}
    return kinds.get(found) if isinstance(found, type) else None
