"""A mapping guessed from a table: its headings, its cells, the team and the process; what is not certain is left as a question."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from salesops.book.book import Book
from salesops.edits.yaml_writer import in_brackets
from salesops.imports.csv.columns import TableColumn, columns_of, empty_words
from salesops.imports.csv.mapping import DECIMALS, THOUSANDS, Format
from salesops.imports.csv.table import Table
from salesops.imports.names import Directory, sameness
from salesops.imports.remarks import cut
from salesops.output import show
from salesops.records.deal import EXISTING, NEW
from salesops.records.iso_codes import COUNTRIES, COUNTRY_NAMES
from salesops.records.process import Process
from salesops.records.team import kinds_known

SYNONYMS = {
    "id": "record id|deal id|opportunity id|id|number|deal number|reference|key|issue",
    "title": "deal name|deal|title|opportunity|opportunity name|product|subject|name",
    "member": "account|account name|company|company name|associated company|institution|organisation|organization|customer|client|university|member|prospect",
    "owner": "deal owner|owner|sales agent|sales rep|rep|salesperson|assigned to|account manager|account owner|lead owner",
    "stage": "deal stage|stage|status|phase|sales stage|pipeline stage",
    "type": "deal type|type|business type",
    "tier": "tier|membership|membership tier|plan",
    "closed": "close date|closed|closed date|date closed|won date|closing date",
    "value.one_off": "amount|deal value|close value|total contract value|deal amount",
    "value.mrr": "monthly recurring revenue|mrr",
    "expected_close": "expected close|expected close date|forecast close date",
    "source.channel": "lead source|source|original source|channel|original traffic source",
    "next.action": "next step|next action",
    "loss.learning": "closed lost reason|loss reason|lost reason|why lost",
    "win.learning": "closed won reason|win reason|why won",
}
"""What a field of a deal is called elsewhere; what comes first goes before."""
OF_MEMBERS = {
    "name": "name|account|account name|company name|company|institution|organisation|organization|university|member|display name",
    "country": "country|country region|office location|country code",
    "website": "website|web site|url|website url|web page|homepage|company domain name|domain",
    "kind": "kind|type|industry|sector",
}
OF_ACTIVITIES = {
    "deal": "deal id|deal|associated deal ids|opportunity id|record id",
    "date": "start time|meeting start time|activity date|date|day|start|when",
    "kind": "activity type|kind|type|engagement type",
    "contact": "contact|attendee|associated contact|with|attendees",
    "status": "meeting outcome|outcome|status",
    "note": "body|notes|note|words|description|title|subject",
}
ONLY_ACTIVITIES = frozenset(
    {
        "starttime",
        "meetingstarttime",
        "meetingoutcome",
        "activitytype",
        "activitydate",
        "engagementid",
        "engagementtype",
    }
)
WON_LOST = {"won": "closed won", "lost": "closed lost", "closedwon": "closed won", "closedlost": "closed lost"}
ENTERED = re.compile(r'(?:Date entered|Entered)\s+"?(.*?)"?(?:\s*\([^()]*\)"?)?', re.IGNORECASE)
WIDTH = 90
"""Characters of a comment; a list of words that is longer is cut."""


class NamedColumns:
    """The columns of a table by what they are elsewhere called; each is taken once."""

    def __init__(self, columns: list[TableColumn]) -> None:
        self.columns = columns
        self.taken: set[str] = set()

    def take(self, synonyms: str) -> TableColumn | None:
        """The column that is called by one of these names."""
        by_name = {sameness(column.name): column for column in reversed(self.columns) if column.name not in self.taken}
        found = next((by_name[same] for word in synonyms.split("|") if (same := sameness(word)) in by_name), None)
        if found:
            self.taken.add(found.name)
        return found

    @property
    def left(self) -> list[TableColumn]:
        """Those that nothing was made of."""
        return [column for column in self.columns if column.name not in self.taken]


def mapping_for(table: Table, shape: Format, book: Book, process: Process | None) -> str:
    """The text of a mapping: what headings and cells say for certain, and a line with a question mark for all else."""
    empty = empty_words(table)
    columns = columns_of(table, empty)
    headings = {sameness(column.name) for column in columns}
    has_stage = any(sameness(word) in headings for word in SYNONYMS["stage"].split("|")[:2])
    lines = [
        f"# A mapping for {show(table.name)}, from its headings and cells. Answer each line that says ?, then run the import."
    ]
    lines += format_lines(shape, columns, empty)
    if headings & ONLY_ACTIVITIES and not has_stage:
        lines += _activities(NamedColumns(columns))
    elif has_stage or any(sameness(word) in headings for word in SYNONYMS["owner"].split("|")):
        lines += _deals(NamedColumns(columns), book, process)
    else:
        named = NamedColumns(columns)
        lines += [*_members(named, book, alone=True), *left_lines(named.left, "  ")]
    return "\n".join([*lines, ""])


def entry_line(key: str, value: object, indent: str = "  ") -> str:
    """A line of the mapping that is an answer."""
    return f"{indent}{key}: {in_brackets(value)}"


def question_line(key: str, hint: str, indent: str = "  ") -> str:
    """A line that only a person can fill in."""
    return f"{indent}{key}: ?  # {as_remark(hint)}"


def as_remark(words: str) -> str:
    """Words behind a line, no longer than a glance."""
    return cut(show(words), WIDTH)


def listed(words: Iterable[str]) -> str:
    """Words behind one another."""
    return ", ".join(words)


# ── how it is written ─────────────────────────────────────────────────────────────────────────────────────────────────


def format_lines(shape: Format, columns: list[TableColumn], empty: list[str]) -> list[str]:
    """How the table is written."""
    lines = ["format:", entry_line("delimiter", shape.delimiter)]
    if shape.encoding != "utf-8":
        lines.append(entry_line("encoding", shape.encoding))
    lines += [*_dates([column for column in columns if column.looks == "day"]), *marks_lines(columns)]
    if empty:
        lines.append(entry_line("empty", empty))
    return lines


def _dates(columns: list[TableColumn]) -> Iterator[str]:
    """How days are written: one way that fits all, else one for each column; what has two readings is asked."""
    common = [way for way in columns[0].dates if all(way in column.dates for column in columns)] if columns else []
    if len(common) == 1:
        yield entry_line("dates", common[0])
    elif common:
        yield question_line(
            "dates", f"{' or '.join(common)}: no day in the table says which of the two numbers is the month"
        )
    elif columns:
        ways = [" or ".join(column.dates) for column in columns]
        if all(len(column.dates) == 1 for column in columns):
            yield entry_line("dates", list(dict.fromkeys(ways)))
        else:
            said = "; ".join(f"{column.name}: {way}" for column, way in zip(columns, ways, strict=True))
            yield question_line("dates", said)


def marks_lines(columns: list[TableColumn]) -> Iterator[str]:
    """The marks in amounts, where they are otherwise than usual, or asked."""
    amounts = [column for column in columns if column.looks == "amount"]
    thousands = {mark for column in amounts for mark in column.thousands}
    decimals = {mark for column in amounts for mark in column.decimals}
    by_sign = {sign: name for name, sign in THOUSANDS.items()}
    if "," in decimals and "." not in decimals and "," not in thousands:
        yield entry_line("decimal", "comma")
    if len(thousands) == 1 and not thousands & decimals:
        (mark,) = thousands
        is_clear = mark not in DECIMALS.values() or decimals
        said = f"{by_sign[mark]}, if 1{mark}250 is more than a thousand"
        yield entry_line("thousands", by_sign[mark]) if is_clear else question_line("thousands", said)
    elif thousands:
        yield question_line("thousands", f"the table has {listed(by_sign[mark] for mark in sorted(thousands))}")


def currency_lines(columns: list[TableColumn], book: Book) -> Iterator[str]:
    """The currency of these amounts, where they say it."""
    marks = {mark for column in columns if column.looks == "amount" for mark in column.marks}
    codes = {mark for mark in marks if len(mark) == 3}
    if len(codes) == 1 and len(marks) == 1:
        yield f"currency: {codes.pop()}"
    else:
        team = book.team.currency if book.team else ""
        said = f"the amounts say {listed(sorted(marks))}" if marks else "the amounts do not say"
        yield question_line("currency", f"{said}; the team's is {team}", "")


# ── deals ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _deals(named: NamedColumns, book: Book, process: Process | None) -> list[str]:
    took = {field: named.take(names) for field, names in SYNONYMS.items()}
    money = [column for field, column in took.items() if field.startswith("value.") and column]
    stages = list(_stages(named, took["stage"], took["closed"], process))
    deal = [
        "deal:",
        *_source("id", took["id"], "the column that tells one deal from another, or several: {columns: [a, b]}"),
        *_source("title", took["title"], "the column with what is sold, or a word for all"),
        *_source("member", took["member"], "the column with the name of the institution"),
        *type_lines(took["type"]),
        *tier_lines(took["tier"], process),
        *owner_lines(took["owner"], book),
        "  stages:",
        *stages,
    ]
    fields = [f"    {line}" for field, column in took.items() for line in _field(field, column)]
    members = _members(named, book, alone=False)
    more = ["  fields:", *fields] if fields else []
    return [*(currency_lines(money, book) if money else ()), *deal, *more, *left_lines(named.left, "  "), *members]


def _source(field: str, column: TableColumn | None, hint: str) -> Iterator[str]:
    yield entry_line(field, {"column": column.name}) if column else question_line(field, hint)


def _field(field: str, column: TableColumn | None) -> Iterator[str]:
    """A field that a deal need not have, where its cells are of its kind."""
    if column is None or field not in SYNONYMS or ("." not in field and field != "expected_close"):
        return
    looks = {"value": "amount", "expected_close": "day"}.get(field.partition(".")[0], column.looks)
    if column.looks == looks:
        yield entry_line(field, {"column": column.name}, "")
    else:
        yield f"# {field}: {in_brackets({'column': column.name})}  # {as_remark(f'holds {column.looks}')}"


def type_lines(column: TableColumn | None) -> Iterator[str]:
    """New or existing business, where the words of the column say it for certain."""
    if column is None:
        yield question_line("type", f"{NEW} or {EXISTING}, for all rows or by a column")
        return
    known = {sameness(words): words for words in (NEW, EXISTING)}
    found = {word: known[sameness(word)] for word in column.words if sameness(word) in known}
    if column.words and len(found) == len(column.words):
        values = {word: meant for word, meant in found.items() if word != meant}
        yield entry_line("type", {"column": column.name, **({"values": values} if values else {})})
    else:
        yield question_line("type", f"{NEW} or {EXISTING}; {column.name} has {listed(column.words) or 'many words'}")


def tier_lines(column: TableColumn | None, process: Process | None) -> Iterator[str]:
    """The tier, where the words of the column are ours."""
    tiers = process.tiers if process else {}
    known = {sameness(words): tier for tier, said in tiers.items() for words in (tier, said.name)}
    if column and column.words and all(sameness(word) in known for word in column.words):
        values = {word: known[sameness(word)] for word in column.words if word != known[sameness(word)]}
        yield entry_line("tier", {"column": column.name, **({"values": values} if values else {})})
    else:
        has = f"; {column.name} has {listed(column.words) or 'many words'}" if column else ""
        yield question_line("tier", f"one of {listed(tiers)}{has}")


def owner_lines(column: TableColumn | None, book: Book) -> Iterator[str]:
    """Who leads the deals, where a column names people of the team."""
    people = book.team.people if book.team else {}
    if column is None:
        yield question_line("owner", f"one of {listed(people)}, or the column with the name")
        return
    known = Directory(((person_id, person.name) for person_id, person in people.items()), {})
    strangers = [name for name in dict.fromkeys(column.held) if known.id(name) not in people]
    if not strangers:
        yield entry_line("owner", {"column": column.name})
        return
    yield "  owner:"
    yield entry_line("column", column.name, "    ")
    yield question_line("people", f"known or add; not in the team: {listed(strangers)}", "    ")


def _stages(
    named: NamedColumns, column: TableColumn | None, closed: TableColumn | None, process: Process | None
) -> Iterator[str]:
    """A line for each word of the stages, with the day where a column of its own has it."""
    entered = {sameness(match[1]): one.name for one in named.columns if (match := ENTERED.fullmatch(one.name))}
    named.taken |= set(entered.values())
    days = listed(one.name for one in named.columns if one.looks == "day") or "none of the columns holds days"
    known = stage_words(process)
    if column is None or not column.words:
        yield question_line("- stage", f"one of {listed(process.stages if process else ())}", "    ")
        yield question_line("day", f"a column with the day: {days}", "      ")
        return
    for word in in_order_of(process, column.words, known):
        stage = known.get(sameness(word))
        day = entered.get(sameness(word))
        if (
            day is None
            and closed
            and stage
            and process
            and stage in process.stages
            and not process.stages[stage].is_open
        ):
            day = closed.name
        yield (
            entry_line("- stage", stage, "    ")
            if stage
            else question_line("- stage", f"what {word} is: one of {listed(process.stages if process else ())}", "    ")
        )
        yield (
            entry_line("day", day, "      ")
            if day
            else question_line("day", f"since when it is in {word}: {days}", "      ")
        )
        yield entry_line("when", {"column": column.name, "is": [word]}, "      ")


def in_order_of(process: Process | None, words: list[str], known: dict[str, str]) -> list[str]:
    """Words in the order of the stages that they mean; those that mean none come first."""
    order = list(process.stages) if process else []
    return sorted(
        words, key=lambda word: order.index(known[sameness(word)]) if known.get(sameness(word)) in order else -1
    )


def stage_words(process: Process | None) -> dict[str, str]:
    """What the stages of the process are called, and the words that all programs have for the end."""
    stages = process.stages if process else {}
    words = {same: stage for same, stage in WON_LOST.items() if stage in stages}
    return {**words, **{sameness(word): name for name, stage in stages.items() for word in (name, stage.title) if word}}


# ── members and activities ────────────────────────────────────────────────────────────────────────────────────────────


def _members(named: NamedColumns, book: Book, alone: bool) -> list[str]:
    took = {field: named.take(names) for field, names in OF_MEMBERS.items() if alone or field in ("country", "website")}
    lines = ["members:"]
    if alone:
        lines += _source("name", took["name"], "the column with the name of the institution")
    lines += ["  fields:", *_kind(took.get("kind"), book), *country_lines(took["country"])]
    if web := took["website"]:
        has_scheme = all(words.startswith(("http://", "https://")) for words in web.held)
        lines.append(
            entry_line("website", {"column": web.name, **({} if has_scheme else {"prefix": "https://"})}, "    ")
        )
    return lines


def _kind(column: TableColumn | None, book: Book) -> Iterator[str]:
    kinds = kinds_known(book.team)
    if column and column.words and all(word in kinds for word in column.words):
        yield entry_line("kind", {"column": column.name}, "    ")
    else:
        has = f"; {column.name} has {listed(column.words) or 'many words'}" if column else ""
        yield question_line("kind", f"one of {listed(kinds)}{has}", "    ")


def country_lines(column: TableColumn | None) -> Iterator[str]:
    """The country, and what is none."""
    if column is None:
        yield question_line("country", "a code such as CA, or unknown, for all rows", "    ")
        return
    odd = [
        word for word in dict.fromkeys(column.held) if word not in COUNTRIES and word.casefold() not in COUNTRY_NAMES
    ]
    yield entry_line("country", {"column": column.name}, "    ")
    if odd:
        yield f"    # left as unknown, unless values: says which country it is: {as_remark(listed(odd))}"


def _activities(named: NamedColumns) -> list[str]:
    took = {field: named.take(names) for field, names in OF_ACTIVITIES.items()}
    lines = ["activities:", *_source("deal", took["deal"], "the column with the id of the deal")]
    lines += _source("date", took["date"], "the column with the day")
    lines += _kind_of_activity(took["kind"])
    if contact := took["contact"]:
        lines.append(entry_line("contact", {"column": contact.name}))
    fields = [
        entry_line(field, {"column": column.name}, "    ") for field in ("status", "note") if (column := took[field])
    ]
    return [*lines, *(["  fields:", *fields] if fields else [])]


def _kind_of_activity(column: TableColumn | None) -> Iterator[str]:
    kinds = ("email", "call", "meeting", "event", "note")
    if column and column.words and all(word.casefold() in kinds for word in column.words):
        values = {word: word.casefold() for word in column.words if word not in kinds}
        yield entry_line("kind", {"column": column.name, **({"values": values} if values else {})})
    else:
        has = f"; {column.name} has {listed(column.words) or 'many words'}" if column else ""
        yield question_line("kind", f"one of {listed(kinds)}{has}")


def left_lines(left: Collection[TableColumn], indent: str, before: str = "") -> Iterator[str]:
    """The columns that nothing was made of, ready to be taken along; ``before`` is what their names have before them in the mapping."""
    if left:
        yield f"{indent}# not taken along; what has no field of ours can go under fields:, as x. and a name:"
    for column in left:
        name = re.sub(r"[^a-z0-9]+", "_", column.name.lower()).strip("_")[:40] or "more"
        yield f"{indent}# x.{name}: {show(in_brackets({'column': f'{before}{column.name}'}))}"
