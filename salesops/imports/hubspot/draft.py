"""The mapping of an export of HubSpot as it can be guessed: what is certain is written, what a person must decide is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, get_args

from salesops.book.book import Book
from salesops.edits.yaml_writer import in_brackets
from salesops.imports.csv.columns import DATES, EMPTY_WORDS, TableColumn, columns_of, empty_words, is_read
from salesops.imports.csv.detect import (
    NamedColumns,
    as_remark,
    country_lines,
    entry_line,
    in_order_of,
    left_lines,
    listed,
    marks_lines,
    question_line,
    stage_words,
    tier_lines,
    type_lines,
)
from salesops.imports.csv.mapping import Format
from salesops.imports.csv.table import Table
from salesops.imports.hubspot.headings import (
    COMPANY_NAMES,
    CONTACT_NAMES,
    DEAL_NAMES,
    MEETING_NAMES,
    OUTCOMES,
    EnteredColumn,
    Role,
    column_called,
    entered_column,
)
from salesops.imports.hubspot.tables import HubspotExport, PipelineStage
from salesops.imports.names import sameness
from salesops.records.deal import Loss, MeetingAbout, MeetingStatus
from salesops.records.process import Process
from salesops.records.team import kinds_known

HEAD = """\
# What becomes of the columns of an export of HubSpot. A ? waits for your answer; every other line is yours to change, too.
# The next export is read with it: salesops import hubspot FILE…, then salesops import hubspot --go
"""
COMPANY = "company"
"""What the columns of the companies are called beside those of another table."""


class StageWord(NamedTuple):
    """A stage as the export calls it, in its pipeline; nothing where there is only one."""

    pipeline: str
    word: str


@dataclass(frozen=True)
class DealColumns:
    """The table of the deals by what its columns hold, the words for its stages, and what these are here."""

    export: HubspotExport
    table: Table
    book: Book
    process: Process | None

    @cached_property
    def named(self) -> NamedColumns:
        """Its columns, with those that a later line has taken."""
        return NamedColumns(columns_of(self.table, empty_words(self.table)))

    @cached_property
    def names(self) -> dict[str, str]:
        """The headings by what they hold."""
        return {what: column_called(self.table.header, names) for what, names in DEAL_NAMES.items()}

    @cached_property
    def words(self) -> dict[StageWord, int]:
        """The stages in which deals are now, and how many."""
        found: dict[StageWord, int] = {}
        stage, pipeline = self.names["stage"], self.pipeline
        for row in self.table.rows if stage else ():
            word = self.table.cell(row, stage)
            if word and word not in EMPTY_WORDS:
                each = StageWord(self.table.cell(row, pipeline) if pipeline else "", word)
                found[each] = found.get(each, 0) + 1
        return found

    @cached_property
    def pipeline(self) -> str:
        """The column of the pipelines where there are several."""
        column = self.names["pipeline"]
        several = column and len({self.table.cell(row, column) for row in self.table.rows}) > 1
        return column if several else ""

    @cached_property
    def entered(self) -> list[EnteredColumn]:
        """The columns of the days of the stages in which any deal is or was, and of those that are certain to be ours."""
        filled = {column.name for column in self.named.columns if column.held}
        found = [one for name in self.table.columns if (one := entered_column(name))]
        present = [stage.word for stage in self.words]
        return [one for one in found if one.name in filled or self.meant(one.label) or any(map(one.is_of, present))]

    @cached_property
    def known(self) -> dict[str, str]:
        """What words for a stage are certain here: our own names and titles, and the ends of a pipeline."""
        own = self.process.stages if self.process else {}
        ends = {stage.label or stage.id: "closed won" if stage.is_won else "closed lost" for stage in self._closed}
        of_ends = {sameness(word): meant for word, meant in ends.items() if meant in own}
        return {**of_ends, **stage_words(self.process)}

    @property
    def _closed(self) -> list[PipelineStage]:
        return [stage for stage in self.export.stages if stage.is_closed]

    def meant(self, word: str) -> str:
        """The stage of ours that a word means for certain; nothing where a person must say."""
        return self.known.get(sameness(word), "")

    def is_closing(self, word: str) -> bool:
        """Whether a word is known to mean the end of a deal."""
        return bool(meant := self.meant(word)) and self.process is not None and not self.process.stages[meant].is_open

    @cached_property
    def is_ours(self) -> bool:
        """Whether the deals are an export of ours, which calls them by their ids."""
        column = self.names["id"]
        return bool(column) and any(self.table.cell(row, column) in self.book.deals for row in self.table.rows)

    def column(self, what: str) -> TableColumn | None:
        """A column by what it holds, where there is one with anything in it; it is then taken."""
        found = next((one for one in self.named.columns if one.name == self.names[what]), None)
        if found is None:
            return None
        self.named.taken.add(found.name)
        return found


def draft(export: HubspotExport, files: list[str], book: Book, process: Process | None) -> str:
    """The text of a mapping for an export."""
    lines = [*HEAD.rstrip("\n").split("\n"), f"files: {in_brackets(files)}"]
    companies = export.table(Role.COMPANIES)
    if export.deals is not None:
        deals = DealColumns(export, export.deals, book, process)
        lines += [
            *_format(export.deals, export.shape(Role.DEALS)),
            *_currency(deals),
            *_joins(deals, companies),
            *_deals(deals, companies),
        ]
        lines += _members_of_deals(deals, companies)
    elif companies is not None:
        lines += [*_format(companies, export.shape(Role.COMPANIES)), *_members_alone(companies, book)]
    is_alone = export.deals is None and companies is None
    if export.meetings is not None:
        lines += _meetings(export, is_alone=is_alone)
        is_alone = False
    if (contacts := export.table(Role.CONTACTS)) is not None:
        lines += _contacts(export, contacts, companies, is_alone=is_alone)
    return "\n".join([*lines, ""])


# ── how it is written ─────────────────────────────────────────────────────────────────────────────────────────────────


def ways_of_days(table: Table) -> list[str]:
    """Every way in which a day or a time of a table is written; what can be read in two ways has both."""
    found: list[str] = []
    for column in columns_of(table, empty_words(table)):
        if not may_hold_days(column.name):
            continue
        for words in dict.fromkeys(column.held):
            if not any(is_read(words, way) for way in found):
                found += [
                    way for way in column.dates or [way for way in DATES if is_read(words, way)] if way not in found
                ]
    return found


def may_hold_days(name: str) -> bool:
    """Whether a heading is one of days or times."""
    same = sameness(name)
    return bool(entered_column(name)) or "date" in same or same.endswith(("time", "entered"))


def format_of(table: Table, shape: Format) -> dict[str, object]:
    """How a table is written, where it is otherwise than usual."""
    found: dict[str, object] = {} if shape.delimiter == "comma" else {"delimiter": shape.delimiter}
    if shape.encoding != "utf-8":
        found["encoding"] = shape.encoding
    if ways := ways_of_days(table):
        found["dates"] = ways
    if empty := empty_words(table):
        found["empty"] = empty
    return found


def _format(table: Table, shape: Format, indent: str = "") -> Iterator[str]:
    found = format_of(table, shape)
    amounts = marks_lines(
        [column for column in columns_of(table, empty_words(table)) if sameness(column.name) in _AMOUNTS]
    )
    lines = [
        *(entry_line(key, value, f"{indent}  ") for key, value in found.items()),
        *(f"{indent}{line}" for line in amounts if ": ?" not in line),
    ]
    if lines:
        yield f"{indent}format:"
        yield from lines


_AMOUNTS = frozenset({"amount", "monthlyrecurringrevenue", "oneoffamount"})


def _currency(deals: DealColumns) -> Iterator[str]:
    if column := deals.column("currency"):
        yield entry_line("currency", {"column": column.name}, "")
        return
    held = [
        column
        for what in ("amount", "value.mrr")
        if (column := next((one for one in deals.named.columns if one.name == deals.names[what]), None))
    ]
    marks = {mark for column in held for mark in column.marks}
    if held and any(column.held for column in held):
        team = deals.book.team.currency if deals.book.team else ""
        said = f"the amounts say {listed(sorted(marks))}" if marks else "the amounts do not say"
        yield question_line("currency", f"{said}; the team's is {team}", "")


# ── deals ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_joined(deals: DealColumns, companies: Table | None) -> bool:
    """Whether the companies stand beside the deals by their numbers."""
    return companies is not None and bool(
        deals.names["companies"] and column_called(companies.header, COMPANY_NAMES["id"])
    )


def _join_of(export: HubspotExport, companies: Table, to: str) -> dict[str, object]:
    key = column_called(companies.header, COMPANY_NAMES["id"])
    shape = format_of(companies, export.shape(Role.COMPANIES))
    return {"file": Role.COMPANIES.value, "key": key, "to": to, **({"format": shape} if shape else {})}


def _joins(deals: DealColumns, companies: Table | None) -> Iterator[str]:
    if companies is not None and is_joined(deals, companies):
        yield "joins:"
        yield entry_line(COMPANY, _join_of(deals.export, companies, deals.names["companies"]))


def _name_of_company(companies: Table) -> str:
    return f"{COMPANY}.{column_called(companies.header, COMPANY_NAMES['name'])}"


def _deals(deals: DealColumns, companies: Table | None) -> Iterator[str]:
    member, title = deals.column("member"), deals.column("title")
    deals.column("companies")
    buyer = (
        _name_of_company(companies)
        if companies is not None and is_joined(deals, companies)
        else member.name
        if member
        else ""
    )
    number = deals.column("id")
    yield "deal:"
    yield from _id(buyer, title, number)
    yield (
        entry_line("title", {"column": title.name})
        if title
        else question_line("title", "what is sold: a word for all, or the column with it")
    )
    yield (
        entry_line("member", {"column": buyer})
        if buyer
        else question_line("member", "the name of the institution: the column with it, or one for all")
    )
    yield from type_lines(deals.column("type"))
    yield from tier_lines(deals.column("tier"), deals.process)
    yield from _owner(deals)
    yield from _stages(deals)
    if number:
        yield "  key: x.hubspot"
    yield "  fields:"
    if number:
        yield entry_line("x.hubspot", {"column": number.name}, "    ")
    yield from _fields(deals)
    deals.column("pipeline")
    for what in ("created", "merged", "deleted"):
        deals.column(what)
    yield from left_lines(deals.named, "  ")


def _id(buyer: str, title: TableColumn | None, number: TableColumn | None) -> Iterator[str]:
    columns = [column for column in (buyer, title.name if title else "") if column]
    if title is not None:
        yield entry_line("id", {"columns": columns} if len(columns) > 1 else {"column": columns[0]})
    elif number:
        yield entry_line("id", {"column": number.name})
    else:
        yield question_line("id", "the column that tells one deal from another")


def _owner(deals: DealColumns) -> Iterator[str]:
    people = deals.book.team.people if deals.book.team else {}
    column = deals.column("owner")
    if column:
        yield entry_line("owner", {"column": column.name})
        yield '  # an owner whom the team does not know is listed; a number becomes somebody by ids: {"71": jim} beside the column'
    else:
        yield question_line("owner", f"one of {listed(people)}")


def stages_of(deals: DealColumns) -> Iterator[tuple[str, list[StageWord]]]:
    """The words for stages, by their pipelines, in the order of our stages."""
    pipelines = dict.fromkeys(one.pipeline for one in deals.words)
    for pipeline in pipelines:
        words = [one.word for one in deals.words if one.pipeline == pipeline]
        words += [one.label for one in deals.entered if _is_only_past(deals, one, pipeline)]
        yield (
            pipeline,
            [StageWord(pipeline, word) for word in in_order_of(deals.process, list(dict.fromkeys(words)), deals.known)],
        )


def _is_only_past(deals: DealColumns, column: EnteredColumn, pipeline: str) -> bool:
    """Whether a column is of a stage of a pipeline in which no deal is now."""
    if pipeline and column.pipeline and column.pipeline != pipeline:
        return False
    return not any(column.is_of(one.word) for one in deals.words if one.pipeline == pipeline or not column.pipeline)


def days_of(deals: DealColumns, stage: StageWord) -> list[str]:
    """The columns with the days on which deals entered a stage: that of its pipeline, or one that does not say which."""
    found = [one for one in deals.entered if one.is_of(stage.word)]
    own = [one for one in found if one.pipeline == stage.pipeline or not stage.pipeline]
    return [
        one.name for one in own or found if not (stage.pipeline and one.pipeline and one.pipeline != stage.pipeline)
    ]


def _stages(deals: DealColumns) -> Iterator[str]:
    yield from (entry_line("now", column.name) for column in [deals.column("stage")] if column)
    for one in deals.entered:
        deals.named.taken.add(one.name)
    yield "  stages:"
    if not deals.words:
        yield question_line("- stage", f"one of {listed(deals.process.stages if deals.process else ())}", "    ")
        yield question_line("day", "the column with the day on which a deal entered it", "      ")
    for _, words in stages_of(deals):
        for word in words:
            yield from stage_lines_of(deals, word)


def stage_lines_of(deals: DealColumns, stage: StageWord) -> Iterator[str]:
    """The lines of a stage: what it is here, what the export calls it, where its day is, and in which pipeline that holds."""
    process = deals.process
    meant = deals.meant(stage.word)
    closed = deals.names["closed"] if deals.is_closing(stage.word) else ""
    pipeline = [{"column": deals.pipeline, "is": [stage.pipeline]}] if deals.pipeline else []
    now = [{"column": deals.names["stage"], "is": [stage.word]}]
    of_pipeline = f" of {stage.pipeline}" if pipeline else ""
    days = days_of(deals, stage) or [""]
    for day in days:
        yield (
            entry_line("- stage", meant, "    ")
            if meant
            else question_line(
                "- stage",
                f"what {stage.word}{of_pipeline} is: one of {listed(process.stages if process else ())}",
                "    ",
            )
        )
        yield entry_line("is", [stage.word], "      ")
        if day:
            yield entry_line("day", day, "      ")
            yield from [entry_line("or_day", closed, "      ")] if closed else []
        elif closed:
            yield entry_line("day", closed, "      ")
        else:
            held = (
                listed(one.name for one in deals.named.columns if one.looks == "day")
                or "none of the columns holds days"
            )
            yield question_line("day", f"since when a deal is in {stage.word}: {held}", "      ")
        if when := [*pipeline, *([] if day else now)]:
            yield entry_line("when", when, "      ")


def _fields(deals: DealColumns) -> Iterator[str]:
    stage, closed = deals.names["stage"], deals.column("closed")
    indent = "    "
    has_parts = deals.column("one_off") or deals.column("value.months")
    amount = deals.column("amount")
    for field, column in (
        ("value.mrr", deals.column("value.mrr")),
        ("value.one_off", deals.column("one_off") if has_parts else amount),
        ("value.months", deals.column("value.months")),
        ("next.action" if deals.is_ours else "x.next_step", deals.column("next.action")),
        ("source.channel", deals.column("source.channel")),
    ):
        if column and column.held:
            yield entry_line(field, {"column": column.name}, indent)
    ended = list(
        dict.fromkeys(("Closed Won", "Closed Lost", *(one.word for one in deals.words if deals.is_closing(one.word))))
    )
    if closed and stage:
        yield entry_line("expected_close", {"column": closed.name, "when": {"column": stage, "not": ended}}, indent)
    yield from _lessons(deals, stage, indent)


def _lessons(deals: DealColumns, stage: str, indent: str) -> Iterator[str]:
    """Why deals were lost and won: reasons where all are ours, else what was learned."""
    reasons = {sameness(reason): reason for reason in keys_of_loss()}
    for what, end in (("lost", "closed lost"), ("win.learning", "closed won")):
        column = deals.column(what)
        words = list(dict.fromkeys(one.word for one in deals.words if deals.meant(one.word) == end))
        if not (column and column.held and words):
            continue
        is_ours = what == "lost" and all(sameness(word) in reasons for word in column.held)
        values = {
            word: reasons[sameness(word)]
            for word in dict.fromkeys(column.held)
            if is_ours and word != reasons[sameness(word)]
        }
        field = "loss.reason" if is_ours else "loss.learning" if what == "lost" else what
        more = {"values": values} if values else {}
        yield entry_line(field, {"column": column.name, **more, "when": {"column": stage, "is": words}}, indent)


def keys_of_loss() -> tuple[str, ...]:
    """The reasons for a loss that are known here."""
    found = Loss.model_json_schema()["properties"]["reason"]["anyOf"]
    return tuple(str(word) for each in found for word in each.get("enum", ()))


# ── members, meetings and contacts ────────────────────────────────────────────────────────────────────────────────────


def _members_of_deals(deals: DealColumns, companies: Table | None) -> Iterator[str]:
    yield "members:"
    yield entry_line("folder", "members")
    if companies is None:
        return
    if is_joined(deals, companies):
        yield "  fields:"
        yield from _member_fields(companies, deals.book, f"{COMPANY}.")
    elif name := column_called(companies.header, COMPANY_NAMES["name"]):
        yield entry_line("file", Role.COMPANIES.value)
        yield entry_line("key", name)
        if shape := format_of(companies, deals.export.shape(Role.COMPANIES)):
            yield entry_line("format", shape)
        yield "  fields:"
        yield from _member_fields(companies, deals.book, "")


def _members_alone(companies: Table, book: Book) -> Iterator[str]:
    yield "members:"
    yield entry_line("name", {"column": column_called(companies.header, COMPANY_NAMES["name"])})
    yield "  fields:"
    yield from _member_fields(companies, book, "")


def _member_fields(companies: Table, book: Book, before: str) -> Iterator[str]:
    columns = {column.name: column for column in columns_of(companies, empty_words(companies))}
    names = {what: column_called(columns, spelled) for what, spelled in COMPANY_NAMES.items()}
    if names["id"] and not any(told in book.members for told in columns[names["id"]].held):
        yield entry_line("x.hubspot", {"column": f"{before}{names['id']}"}, "    ")
    kinds = kinds_known(book.team)
    if names["kind"] and all(word in kinds for word in columns[names["kind"]].held):
        yield entry_line("kind", {"column": f"{before}{names['kind']}"}, "    ")
    else:
        yield f"    # kind: {as_remark(f'one of {listed(kinds)}; as long as nobody says it, it is unknown')}"
    if names["country"]:
        yield from country_lines(TableColumn(f"{before}{names['country']}", columns[names["country"]].held))
    if web := names["website"]:
        has_scheme = all(words.startswith(("http://", "https://")) for words in columns[web].held)
        yield entry_line(
            "website", {"column": f"{before}{web}", **({} if has_scheme else {"prefix": "https://"})}, "    "
        )


def _meetings(export: HubspotExport, is_alone: bool) -> Iterator[str]:
    table = export.meetings
    if table is None:
        return
    names = {what: column_called(table.header, spelled) for what, spelled in MEETING_NAMES.items()}
    if is_alone:
        yield from _format(table, export.shape(Role.MEETINGS))
    yield "activities:"
    if not is_alone:
        yield entry_line("file", Role.MEETINGS.value)
        yield from _format(table, export.shape(Role.MEETINGS), "  ")
    deal = {"column": names["deal"], "split": ";"}
    yield (
        entry_line("deal", deal)
        if names["deal"]
        else question_line("deal", "the column with the deal's number, or the id of one deal for all")
    )
    yield entry_line("date", {"column": names["date"]})
    yield "  kind: meeting"
    if names["contact"]:
        yield entry_line("contact", {"column": names["contact"], "split": ";"})
    yield "  fields:"
    yield from _meeting_fields(table, names)


def _meeting_fields(table: Table, names: Mapping[str, str]) -> Iterator[str]:
    columns = {column.name: column for column in columns_of(table, empty_words(table))}
    if names["id"]:
        yield entry_line("id", {"column": names["id"]}, "    ")
    yield from _status(columns[names["status"]] if names["status"] else None)
    yield question_line("about", f"what the meetings were about: {listed(get_args(MeetingAbout))}", "    ")
    told = [name for name in (names["title"], names["body"]) if name and columns[name].held]
    if told:
        yield entry_line("note", {"columns": told, "between": ": "} if len(told) > 1 else {"column": told[0]}, "    ")


def _status(column: TableColumn | None) -> Iterator[str]:
    """Whether meetings took place: what HubSpot says of each, and a question for those of which it says nothing."""
    hint = f"whether they took place, where nothing says it: {listed(get_args(MeetingStatus))}"
    if column is None or not column.held:
        yield question_line("status", hint, "    ")
        return
    yield "    status:"
    yield entry_line("column", column.name, "      ")
    words = [word for word in dict.fromkeys(column.held) if sameness(word) in OUTCOMES]
    if words:
        yield entry_line("values", {word: OUTCOMES[sameness(word)] for word in words}, "      ")
    yield question_line("otherwise" if words else "missing", hint, "      ")


def _contacts(export: HubspotExport, table: Table, companies: Table | None, is_alone: bool) -> Iterator[str]:
    names = {what: column_called(table.header, spelled) for what, spelled in CONTACT_NAMES.items()}
    if is_alone:
        yield from _format(table, export.shape(Role.CONTACTS))
    yield "contacts:"
    if not is_alone:
        yield entry_line("file", Role.CONTACTS.value)
        yield from _format(table, export.shape(Role.CONTACTS), "  ")
    if companies is not None and names["companies"] and column_called(companies.header, COMPANY_NAMES["id"]):
        yield "  joins:"
        yield entry_line(COMPANY, _join_of(export, companies, names["companies"]), "    ")
        yield entry_line("member", {"column": _name_of_company(companies)})
    elif names["company"]:
        yield entry_line("member", {"column": names["company"]})
    else:
        yield question_line("member", "the column with the name of the institution")
    yield "  fields:"
    called = [name for name in (names["first"], names["last"]) if name]
    if called:
        yield entry_line("name", {"columns": called} if len(called) > 1 else {"column": called[0]}, "    ")
    for field in ("email", "role", "phone"):
        if names[field]:
            yield entry_line(field, {"column": names[field]}, "    ")
