"""The mapping: which column of a table becomes which field of a record, said in a small YAML file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache, cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from salesops.problems import Path
from salesops.records.process import Words
from salesops.records.record import Record, given, many, maybe
from salesops.records.scalars import Id, Text

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
QUOTES: dict[str, str | None] = {"double": '"', "single": "'", "none": None}
DECIMALS = {"point": ".", "comma": ","}
THOUSANDS = {"none": "", "comma": ",", "point": ".", "blank": " ", "apostrophe": "'"}

SKIP, LEAVE_OUT, ROW_NUMBER = "skip", "leave out", "row number"
"""What ``missing`` says in place of a stand-in: pass the whole row over, leave this one field out, or number the row."""

UNANSWERED = "(not answered)"
"""What stands in a mapping for a question mark that nobody has answered yet; the path of the line comes after it."""

Kind = Literal["text", "id", "date", "money", "number"]
KINDS_OF_CELL: tuple[Kind, ...] = get_args(Kind)

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
    sheet: Text | None = maybe("The sheet of a workbook; default: the only one.", "Deals")
    dates: Words = Field(
        default=("YYYY-MM-DD",),
        description="How a day is written: YYYY, YY, MM, MMM and DD, with HH:MM or HH:MM:SS where it has a time; or a pattern of strptime. Of several, each cell must be readable in one way only.",
        examples=["YYYY-MM-DD", "DD/MM/YYYY", "YYYY-MM-DD HH:MM", "%Y-%m-%dT%H:%M:%S%z"],
    )
    decimal: Literal["point", "comma"] = Field(
        default="point", description="The mark before the cents.", examples=["point", "comma"]
    )
    thousands: Literal["none", "comma", "point", "blank", "apostrophe"] = Field(
        default="none", description="The mark between thousands.", examples=["none", "comma"]
    )
    empty: Words = many("Words that mean an empty cell.", "NULL", "n/a")


@cache
def pattern_of(written: str) -> str:
    """A way to write a day as strptime reads it."""
    return written if "%" in written else _DATE_LETTERS.sub(_directive, written)


def _directive(match: re.Match[str]) -> str:
    """What strptime calls a part of a day or a time; MM after HH are minutes, and Z after them is the time of UTC."""
    if not match.group().startswith("HH"):
        return _DATE_WORDS[match.group()]
    before_minutes, before_seconds, utc = match.groups()
    minutes = "" if before_minutes is None else f"{before_minutes}%M"
    seconds = "" if before_seconds is None else f"{before_seconds}%S"
    return f"%H{minutes}{seconds}{'%z' if utc else ''}"


class When(Record):
    """A condition on a row: a column holds one of some words, or none of them."""

    column: Text = given("The column that decides.", "deal_stage")
    is_: Words = many("The words that will do, as the table writes them.", "Won", key="is")
    not_: Words = many("The words that will not do.", "Won", key="not")
    split: Text | None = maybe(
        "The sign between the words of a cell that holds several; one that will do is enough.", ","
    )


def _listed(value: Any) -> Any:
    """One condition is a list of one."""
    return [value] if isinstance(value, dict) else value


Whens = Annotated[tuple[When, ...], BeforeValidator(_listed)]
"""Conditions, all of which must hold."""


def _constant(value: Any) -> Any:
    """A bare word is the same for every row, a list is cases of which the first that fits holds."""
    return {"constant": value} if isinstance(value, str) else {"cases": value} if isinstance(value, list) else value


class Cell(Record):
    """Where a value comes from: a column, several, or a constant; or the first of some cases that fits."""

    column: Text | None = maybe("The column.", "product")
    columns: Words = many("Several columns, put together; those that are empty are left out.", "first name")
    between: Text | None = maybe("What stands between what several columns hold; default: a blank.", "-")
    prefix: Text | None = maybe("What is put before the value.", "https://")
    constant: Text | None = maybe("The same value for every row, as a record writes it.", "new business")
    cases: tuple[Annotated[Cell, BeforeValidator(_constant)], ...] = many("Cases, of which the first that fits holds.")
    when: Whens = many("Only for rows that match this; of several conditions all must hold.")
    values: dict[str, Text] = Field(
        default_factory=dict, description="What words of the table become; others stay as they are."
    )
    otherwise: Text | None = maybe("The default for a word that is not under values.", "US")
    missing: Text | None = maybe(
        f"The default for an empty cell; or '{SKIP}' to skip the row, '{LEAVE_OUT}' to leave the field out, "
        f"'{ROW_NUMBER}' for an id that nothing else gives.",
        "No account given",
        SKIP,
    )
    kind: Kind | None = maybe("What the cell contains; default: what the field expects.", *KINDS_OF_CELL)
    dates: Words = many("How a day is written in this cell, where it is otherwise than in the table.", "DD/MM/YYYY")
    split: Text | None = maybe("The sign between the values of a cell that holds several: they are a set.", ",", ";")
    zero: Literal["keep", "leave out"] = Field(
        default="keep", description="What becomes of an amount of 0.", examples=["keep", LEAVE_OUT]
    )

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The columns that the value is made of."""
        return ((self.column,) if self.column else ()) + self.columns


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


AnyCell = Annotated[Cell, BeforeValidator(_constant)]
AnyName = Annotated[NameCell, BeforeValidator(_constant)]
AnyOwner = Annotated[OwnerCell, BeforeValidator(_constant)]


def _cases(value: Any) -> Any:
    """A list among the stages is cases of which the first that fits holds."""
    return {"cases": value} if isinstance(value, list) else value


class StageLine(Record):
    """One possible move: the stage, and the column that holds the day on which a deal entered it; or the first of some cases that fits."""

    stage: Text | None = maybe("The stage, as the process calls it.", "outreach")
    day: Text | None = maybe("The column of the day.", "engage_date")
    when: Whens = many("Only for rows that match this; of several conditions all must hold.")
    missing: Text | None = maybe(
        f"The day to put where the cell is empty; or '{LEAVE_OUT}' for no such move, '{SKIP}' to pass the row over.",
        "2017-12-31",
        LEAVE_OUT,
    )
    dates: Words = many("How the day is written, where it is otherwise than in the table.", "DD/MM/YYYY")
    cases: tuple[StageLine, ...] = many("Cases, of which the first that fits holds.")
    is_: Words = many("Where the deal has now: what the table calls this stage.", "Contract Sent", key="is")
    or_day: Text | None = maybe(
        "The column of the day of a deal that is in this stage now, where the other is empty.", "Close Date"
    )

    @cached_property
    def cell(self) -> Cell:
        """The day as any other value that comes from a column."""
        return Cell(column=self.day, missing=self.missing, dates=self.dates)


AnyStage = Annotated[StageLine, BeforeValidator(_cases)]


class HistoryCell(Record):
    """A column that tells further moves, one a line: a day and a word for the stage."""

    column: Text = given("The column.", "history")
    values: dict[str, Text] = Field(
        default_factory=dict, description=f"The stages that its words mean; '{LEAVE_OUT}' for a word that means none."
    )
    ended: Text | None = maybe("The word that says that a deal has ended, and not how.", "closed")


Entry = dict[str, AnyCell]
"""The fields of one entry of a list."""


class DealMap(Record):
    """How a row becomes a deal."""

    folder: Text = Field(default="deals", description="Where the files go.", examples=["deals/2017"])
    id: AnyCell = given("The id, which is the file's name.")
    title: AnyCell = given("What is sold.")
    member: AnyName = given("Who buys, by name.")
    type: AnyCell = given("New or existing business.", "new business")
    tier: AnyCell = given("The tier.", "general")
    owner: AnyOwner = given("Who leads it.", "jim")
    stages: tuple[AnyStage, ...] = given("The moves a row can contain, oldest first.")
    contacts: AnyCell | None = maybe(
        "Who of the member it is about: contacts by id, name, e-mail address, or the key of their table; they are kept as x.contacts.",
        "Associated Contact",
    )
    history: HistoryCell | None = maybe("A column that tells the moves that came after these.")
    now: Text | None = maybe(
        "The column that says in which stage a deal is now; moves are then ordered by their days, and each line has an is.",
        "Deal Stage",
    )
    key: Text | None = maybe(
        "The field among fields by which a deal is found again, whatever its id; then several deals may be called the same. "
        "Or 'links.' and the kind of a link among entries: by its address.",
        "x.hubspot",
        "links.issue",
    )
    fields: dict[str, AnyCell] = Field(
        default_factory=dict, description="Any other field of a deal, by its dotted path, such as contract.signed."
    )
    entries: dict[str, Entry] = Field(
        default_factory=dict, description="One entry of a list of the deal, by its fields, such as links."
    )

    @property
    def key_link(self) -> str:
        """The kind of the link by whose address a deal is found again; nothing where it is found by a field, or its id alone."""
        before, _, kind = (self.key or "").partition(".")
        return kind if before == "links" else ""

    @property
    def key_cell(self) -> Cell | None:
        """The cell of what a deal is found again by; None where the mapping fills nothing of that name."""
        if not self.key_link:
            return self.fields.get(self.key or "")
        link = self.entries.get("links", {})
        kind, address = link.get("kind"), link.get("url")
        return address if kind and kind.constant == self.key_link else None


class MemberMap(Record):
    """How members become records: those that deals name, or those of a table without deals."""

    folder: Text = Field(default="members", description="Where the files go.", examples=["members"])
    id: AnyCell | None = maybe("The id, where the table has no deals; default: made of the name.")
    name: AnyName | None = maybe("The name, where the table has no deals.")
    file: Text | None = maybe("A second table with one row for each member, next to the first.", "accounts.csv")
    key: Text | None = maybe("The column of that table with the name.", "account")
    format: Format | None = maybe("How that table is written, where it differs from the first.")
    fields: dict[str, AnyCell] = Field(
        default_factory=dict, description="The fields of a member; the name is taken from the deal's row."
    )
    entries: dict[str, Entry] = Field(
        default_factory=dict, description="One entry of a list of the member, by its fields, such as hubs or contacts."
    )


class ActivityMap(Record):
    """How the rows of a table of meetings, calls and e-mails become activities of the deals that they name."""

    file: Text | None = maybe("The table, next to the first; left out where the first is this table.", "meetings.csv")
    format: Format | None = maybe("How that table is written, where it differs from the first.")
    deal: AnyCell = given("The deal, by what its id is made of.", "deal_id")
    key: Text | None = maybe("The field of deals on file that holds the same, where their ids do not.", "x.hubspot")
    date: AnyCell = given("The day.", "start")
    kind: AnyCell = given("What it was: email, call, meeting, event or note.", "meeting")
    contact: AnyCell | None = maybe(
        "Who was there: a contact of the member, by id, name or e-mail address.", "attendee"
    )
    fields: dict[str, AnyCell] = Field(
        default_factory=dict, description="Any other field of an activity, such as status, note or id."
    )


class UsersMap(Record):
    """How the rows of a table of active users become counts of the members that have the hubs."""

    hub: AnyCell = given("The hub, by its name or address; or the member, by its name or id.", "hub")
    month: AnyCell = given("The month, as 2026-10, or a day; a month is counted on its last day.", "month")
    users: AnyCell = given("How many people used it in the month.", "active users")


class OutreachMap(Record):
    """How the rows of a mailing tool become counts of a message in playbook/outreach/."""

    message: AnyCell = given("The template and its version.", "campaign")
    date: AnyCell = given("The day of the count.", "sent on")
    counts: dict[str, AnyCell] = given("What was counted: sent, bounced, opened, replied; and a note.")


class AnswersMap(Record):
    """How the rows of a questionnaire become MANIAC-T answers of deals; none is judged by it."""

    deal: AnyCell = given("The deal: its id, its institution, or the address of a contact; the first cell that fits.")
    date: AnyCell = given("The day of the answers.", "Timestamp")
    asked_by: AnyName | None = maybe("Who of the team asked: a person in playbook/team.yaml.", "asked by")
    answers: dict[str, AnyCell] = given("The columns of the answers, by money, authority, need and so on.")


class JoinMap(Record):
    """A second table of the same deals; its columns are called by the name of the table, a point, and their own."""

    file: Text = given("The table, next to the first.", "contracts.csv")
    key: Text = given("The column of that table that names the row.", "deal")
    to: Text = given("The column of the first table that holds the same.", "id")
    format: Format | None = maybe("How that table is written, where it differs from the first.")


class ContactMap(Record):
    """How the rows of a table of people become contacts of the members that they name."""

    file: Text | None = maybe("The table, next to the first; left out where the first is this table.", "contacts.csv")
    format: Format | None = maybe("How that table is written, where it differs from the first.")
    key: Text | None = maybe("The column by which other tables name these people.", "Record ID")
    joins: dict[str, JoinMap] = Field(default_factory=dict, description="Further tables of the same people.")
    member: AnyName = given("The institution, by name.", "company")
    fields: dict[str, AnyCell] = Field(
        default_factory=dict, description="The fields of a contact, such as name, role, email and phone."
    )


class FromTable(StrEnum):
    """The table that a cell of the mapping is read from."""

    FIRST = "first"
    MEMBERS = "members"
    ACTIVITIES = "activities"
    CONTACTS = "contacts"


class ColumnMap(Record):
    """A whole mapping."""

    format: Format = Field(default_factory=Format, description="How the table is written.")
    currency: AnyCell | None = Field(default=None, description="The currency of its amounts.", examples=["USD"])
    joins: dict[str, JoinMap] = Field(default_factory=dict, description="Further tables of the same deals.")
    deal: DealMap | None = maybe("How a row becomes a deal.")
    members: MemberMap | None = maybe("How members become records; without it, only members on file are known.")
    activities: ActivityMap | None = maybe("How the rows of a table become activities of deals.")
    users: UsersMap | None = maybe("How the rows of a table become counts of active users.")
    outreach: OutreachMap | None = maybe("How the rows of a table become counts of messages.")
    answers: AnswersMap | None = maybe("How the rows of a table become MANIAC-T answers.")
    contacts: ContactMap | None = maybe("How the rows of a table become contacts of members.")
    ours: Words = many(
        "Fields in which a record goes before, whatever a table says: the record's id, a point and the field.",
        "cascadia-general.expected_close",
    )

    @property
    def beside(self) -> list[tuple[FromTable, MemberMap | ActivityMap | ContactMap]]:
        """The parts that are read from a table of their own."""
        parts: list[tuple[FromTable, MemberMap | ActivityMap | ContactMap | None]] = [
            (FromTable.MEMBERS, self.members),
            (FromTable.ACTIVITIES, self.activities),
            (FromTable.CONTACTS, self.contacts),
        ]
        return [(of, part) for of, part in parts if part and part.file]

    def joined_to(self, of: FromTable) -> tuple[Path, Mapping[str, JoinMap]]:
        """Where the tables that are joined to one stand, and these."""
        if of is FromTable.FIRST:
            return ("joins",), self.joins
        return (of.value, "joins"), self.contacts.joins if of is FromTable.CONTACTS and self.contacts else {}


def unanswered(words: str | None) -> str:
    """The line of the mapping that still has its question mark; nothing where the words are an answer."""
    return words.removeprefix(UNANSWERED).strip() if words and words.startswith(UNANSWERED) else ""


def pipelines_of(conditions: tuple[When, ...], column: str) -> tuple[str, ...]:
    """The words of a column, such as that of the pipelines, that conditions ask for; an empty one where they ask for none."""
    return next((condition.is_ for condition in conditions if condition.column == column), ("",))


def stage_lines(mapping: ColumnMap) -> Iterator[tuple[Path, StageLine]]:
    """Every line of the stages that names one, cases among them, and where it stands."""
    for at, line in enumerate(mapping.deal.stages if mapping.deal else ()):
        if not line.cases:
            yield ("deal", "stages", at), line
        for number, case in enumerate(line.cases):
            yield ("deal", "stages", at, number), case


def stages_told(mapping: ColumnMap) -> Iterator[str]:
    """Every stage that a row can tell of."""
    yield from (line.stage for _, line in stage_lines(mapping) if line.stage)
    history = mapping.deal.history if mapping.deal else None
    yield from history.values.values() if history else ()
