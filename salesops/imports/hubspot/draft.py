"""The mapping of an export of HubSpot as it can be guessed: what is certain is written, what a person must decide is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import get_args

from salesops.book.book import Book
from salesops.edits.yaml_writer import in_brackets
from salesops.imports.csv.columns import TableColumn, columns_of, empty_words
from salesops.imports.csv.detect import (
    as_remark,
    country_lines,
    entry_line,
    left_lines,
    listed,
    marks_lines,
    question_line,
    tier_lines,
    type_lines,
)
from salesops.imports.csv.mapping import Format
from salesops.imports.csv.table import Table
from salesops.imports.hubspot.deal_columns import DealColumns, StageWord, ways_of_days
from salesops.imports.hubspot.headings import (
    COMPANY_NAMES,
    CONTACT_NAMES,
    MEETING_NAMES,
    OUTCOMES,
    Role,
    column_called,
)
from salesops.imports.hubspot.tables import HubspotExport
from salesops.imports.names import sameness
from salesops.output import show
from salesops.records.deal import Loss, MeetingAbout, MeetingStatus
from salesops.records.process import Process
from salesops.records.team import kinds_known

HEAD = """\
# What becomes of the columns of an export of HubSpot. A ? waits for your answer; every other line is yours to change, too.
# The next export is read with it: salesops import hubspot FILE…, then salesops import hubspot --go
"""
COMPANY = "company"
"""What the columns of the companies are called beside those of another table."""


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
    buyer = member.name if member else ""
    if companies is not None and is_joined(deals, companies):
        deals.column("companies")
        buyer = _name_of_company(companies)
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
    if named := _contacts_of_deals(deals):
        yield entry_line("contacts", {"column": named, "split": ";"})
    yield from _stages(deals)
    if number:
        yield "  key: x.hubspot"
    yield "  fields:"
    if number:
        yield entry_line("x.hubspot", {"column": number.name}, "    ")
    yield from _fields(deals)
    for what in ("merged", "deleted", *(["pipeline"] if deals.pipeline else [])):
        deals.column(what)
    yield from left_lines(deals.named.left, "  ")


def _contacts_of_deals(deals: DealColumns) -> str:
    """The column that names the people of deals: by their numbers where the table of people has these, else by their names."""
    numbers, names = deals.column("contact ids"), deals.column("contacts")
    people = deals.export.table(Role.CONTACTS)
    has_numbers = people is not None and column_called(people.header, CONTACT_NAMES["id"])
    found = numbers if numbers and numbers.held and has_numbers else names
    return found.name if found and found.held else ""


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


def _stages(deals: DealColumns) -> Iterator[str]:
    yield from (entry_line("now", column.name) for column in [deals.column("stage")] if column)
    for one in deals.entered:
        deals.named.taken.add(one.name)
    yield "  stages:"
    if not deals.words:
        yield question_line("- stage", f"one of {listed(deals.process.stages if deals.process else ())}", "    ")
        yield question_line("day", "the column with the day on which a deal entered it", "      ")
    for _, words in deals.stages():
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
    days = deals.days_of(stage) or [""]
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
    is_kind_told = bool(names["kind"]) and all(word in kinds for word in columns[names["kind"]].held)
    if is_kind_told:
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
    used = {name for what, name in names.items() if what != "kind" or is_kind_told}
    yield from left_lines(_left(companies, used), "    ", before)


def _left(table: Table, used: Collection[str]) -> list[TableColumn]:
    """The columns of a table that hold anything and of which nothing was made."""
    return [column for column in columns_of(table, empty_words(table)) if column.held and column.name not in used]


def _left_without_place(table: Table, used: Collection[str]) -> Iterator[str]:
    """The same, where a record has no place for them."""
    yield from (f"    # not taken along: {show(column.name)}" for column in _left(table, used))


def _begin(part: str, table: Table, export: HubspotExport, role: Role, is_alone: bool) -> Iterator[str]:
    """The first lines of a part of the mapping: the table that it reads, and how that is written."""
    if is_alone:
        yield from _format(table, export.shape(role))
    yield f"{part}:"
    if not is_alone:
        yield entry_line("file", role.value)
        yield from _format(table, export.shape(role), "  ")


def _meetings(export: HubspotExport, is_alone: bool) -> Iterator[str]:
    table = export.meetings
    if table is None:
        return
    names = {what: column_called(table.header, spelled) for what, spelled in MEETING_NAMES.items()}
    yield from _begin("activities", table, export, Role.MEETINGS, is_alone=is_alone)
    if names["deal"]:
        yield entry_line("deal", {"column": names["deal"], "split": ";"})
        yield entry_line("key", "x.hubspot")
    else:
        yield question_line("deal", "the column with the deal's number, or the id of one deal for all")
    yield entry_line("date", {"column": names["date"]})
    yield "  kind: meeting"
    if names["contact"]:
        yield entry_line("contact", {"column": names["contact"], "split": ";"})
    yield "  fields:"
    yield from _meeting_fields(table, names)
    yield from _left_without_place(table, names.values())


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
    yield from _begin("contacts", table, export, Role.CONTACTS, is_alone=is_alone)
    if names["id"]:
        yield entry_line("key", names["id"])
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
    yield from _left_without_place(table, names.values())
