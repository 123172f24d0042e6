"""Ready-made mappings for tables about records on file: active users, counts of a mailing tool, answers of a questionnaire."""

from __future__ import annotations

import re
from collections.abc import Iterator

from salesops.book.book import Book
from salesops.edits.yaml_writer import in_brackets
from salesops.imports.csv.columns import TableColumn, columns_of, empty_words, table_as_it_looks
from salesops.imports.csv.detect import NamedColumns, format_lines
from salesops.imports.csv.mapping import Format
from salesops.imports.csv.table import Table
from salesops.output import show
from salesops.problems import Problem
from salesops.records.process import Process

HUB = "hub|hub name|hub url|url|domain|namespace|member|institution|organisation|organization|community|name"
MONTH = "month|date|day|period|as of"
USERS = "active users|monthly active users|mau|users|unique users|count"
MESSAGE = "template|message|email template|campaign|campaign name|campaign title|subject|email name|title|name"
SENT_ON = "date|sent on|send date|sent at|send time|day|date sent"
COUNTS = {
    "sent": "sent|emails sent|recipients|delivered|total sent|total recipients|sends",
    "bounced": "bounced|bounces|total bounces|hard bounces",
    "opened": "opened|opens|unique opens|total opens",
    "replied": "replied|replies|responses",
}
ASKED_ON = "timestamp|submitted at|submission date|date|day|submitted on|start time|completion time"
DEAL = (
    "deal|deal id|hubspot deal id|lead",
    "institution|organisation|organization|community|university|company|name of your institution|name of your organization",
    "email|e-mail|email address|e-mail address|your email",
)
ASKED_BY = "asked by|interviewer|filled in by|account manager|owner|team member"
QUESTIONS = {
    "money": r"money|budget|funding|funds|amount",
    "authority": r"authority|buying decision|decision[- ]mak|who else",
    "need": r"need|pain|current infrastructure",
    "impending_event": r"impending|upcoming event|urgent|pressing|deadline",
    "application": r"application|use[- ]case|use case",
    "competition": r"competition|alternative|other option|competitor",
    "timeline": r"timeline|buying process|time line|procurement",
}
"""The words by which a question is one of the seven (Leads, sales, and hubs process, When to decide to work with a lead)."""


def plain_table(name: str, raw: bytes, book: Book) -> tuple[Table | None, Format, list[Problem]]:
    """A CSV file, however it is written."""
    del book
    return table_as_it_looks(name, raw)


def users_mapping(table: Table, shape: Format, book: Book, process: Process | None) -> str:
    """The mapping for a table of active users."""
    del book, process
    columns = _columns(table)
    named = NamedColumns(columns)
    month, users = named.take(MONTH), named.take(USERS)
    lines = [
        *_head(table, shape, columns, "monthly active users"),
        "users:",
        _source("hub", named.take(HUB)),
        _source("month", month),
        _source("users", users),
    ]
    return "\n".join([*lines, ""])


def outreach_mapping(table: Table, shape: Format, book: Book, process: Process | None) -> str:
    """The mapping for the counts of a mailing tool; what its campaigns are called here, only a person knows."""
    del process
    columns = _columns(table)
    named = NamedColumns(columns)
    day = named.take(SENT_ON)
    counts = {name: column for name, words in COUNTS.items() if (column := named.take(words))}
    message = named.take(MESSAGE)
    lines = [*_head(table, shape, columns, "the counts of a mailing tool"), "outreach:", *_messages(message, book)]
    lines += [_source("date", day), "  counts:" if counts else "  counts: ?  # {sent: {column: …}}"]
    lines += [f"    {name}: {in_brackets({'column': column.name})}" for name, column in counts.items()]
    return "\n".join([*lines, ""])


def answers_mapping(table: Table, shape: Format, book: Book, process: Process | None) -> str:
    """The mapping for a questionnaire: each question that is about one of the seven, the others as a remark."""
    del process
    columns = _columns(table)
    named = NamedColumns(columns)
    day, asked_by = named.take(ASKED_ON), named.take(ASKED_BY)
    deals = [column for words in DEAL if (column := named.take(words))]
    questions, left = _questions(named.left)
    people = ", ".join(book.team.people) if book.team else ""
    lines = [*_head(table, shape, columns, "a questionnaire"), "answers:"]
    if len(deals) == 1:
        lines.append(_source("deal", deals[0]))
    elif deals:
        lines += ["  deal:", *(f"    - {in_brackets({'column': column.name})}" for column in deals)]
    else:
        lines.append("  deal: ?  # the column with the deal, the institution or an e-mail address")
    lines.append(_source("date", day))
    if asked_by:
        lines.append(_source("asked_by", asked_by))
    else:
        lines.append(f"  # asked_by: one of {people}")
    lines.append("  answers:" if questions else "  answers: ?  # {need: {column: …}}")
    lines += [f"    {letter}: {_asked(found)}" for letter, found in questions.items()]
    lines += [f"    # not taken along: {show(column.name)}" for column in left]
    return "\n".join([*lines, ""])


def _columns(table: Table) -> list[TableColumn]:
    return columns_of(table, empty_words(table))


def _head(table: Table, shape: Format, columns: list[TableColumn], what: str) -> Iterator[str]:
    yield f"# The mapping for {show(table.name)}, ready-made for {what}. A line that says ? waits for an answer."
    yield from format_lines(shape, columns, empty_words(table))


def _source(field: str, column: TableColumn | None) -> str:
    return f"  {field}: {in_brackets({'column': column.name}) if column else '?'}"


def _messages(column: TableColumn | None, book: Book) -> Iterator[str]:
    """The column of the message, with a question for each word that is no message of the team."""
    templates = sorted(book.templates)
    if column is None:
        yield "  message: ?  # the column with the template and its version, such as intro@2"
        return
    strange = [word for word in dict.fromkeys(column.held) if word not in templates]
    if not strange:
        yield _source("message", column)
        return
    yield from ("  message:", f"    column: {in_brackets(column.name)}", "    values:")
    yield from (
        f"      {in_brackets(word)}: ?  # one of {', '.join(templates) or 'none: put it into playbook/templates/'}"
        for word in strange
    )


def _questions(columns: list[TableColumn]) -> tuple[dict[str, list[TableColumn]], list[TableColumn]]:
    """The columns by the one of the seven that their words are about; those about none or several are left."""
    found: dict[str, list[TableColumn]] = {}
    left: list[TableColumn] = []
    for column in columns:
        letters = [
            letter for letter, words in QUESTIONS.items() if re.search(rf"\b(?:{words})", column.name, re.IGNORECASE)
        ]
        exact = [letter for letter in letters if column.name.strip().casefold().startswith(letter.replace("_", " "))]
        letters = exact if len(exact) == 1 else letters
        if len(letters) == 1:
            found.setdefault(letters[0], []).append(column)
        else:
            left.append(column)
    return {letter: found[letter] for letter in QUESTIONS if letter in found}, left


def _asked(columns: list[TableColumn]) -> str:
    if len(columns) == 1:
        return in_brackets({"column": columns[0].name})
    return in_brackets({"columns": [column.name for column in columns], "between": " / "})
