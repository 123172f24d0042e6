"""The ready-made mappings for Airtable: the table of leads with its six statuses, that of the hubs, and a guess for any other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from salesops.book.book import Book
from salesops.edits.yaml_writer import in_brackets
from salesops.imports.airtable.tables import ADDRESSES, BETWEEN
from salesops.imports.csv.columns import TableColumn, columns_of, empty_words
from salesops.imports.csv.detect import (
    NamedColumns,
    country_lines,
    currency_lines,
    format_lines,
    mapping_for,
    owner_lines,
    tier_lines,
)
from salesops.imports.csv.mapping import LEAVE_OUT, Format
from salesops.imports.csv.table import Table
from salesops.imports.names import id_for
from salesops.output import show
from salesops.records.process import Process

STATUSES = {
    "Active Lead": "outreach",
    "Inactive Lead": "closed lost",
    "Needs Admin": "proposal",
    "Active Service": "closed won",
    "Inactive Service": "closed won",
    "Waiting": "outreach",
}
"""The statuses of the table of leads (Sales and invoicing process, Tracking leads with AirTable), each with the stage that it is today."""
ENDED, SERVICE, WAITING = "Inactive Service", ("Active Service", "Inactive Service"), "Waiting"

OF_LEADS = {
    "status": "status",
    "community": "community|community name|organisation|organization|institution|lead|name",
    "owner": "owner|account manager|assignee|lead contact|our contact|partnerships contact",
    "contact": "contact|contact name|primary contact|community representative|representative",
    "email": "email|e-mail|contact email|email address",
    "created": "created|created time|date created|date added|first contact|first contacted",
    "confirmed": "service confirmed|confirmed|confirmation date|agreed on",
    "start": "service start|service start date|start date|contract start",
    "end": "contract end|contract end date|service end|service end date|end date",
    "stopped": "service stopped|service ended|stopped|decommissioned",
    "changed": "status changed|last modified time status|status last modified",
    "until": "follow up|follow up date|follow up on|next follow up|waiting until",
    "waits": "waiting for|reason for waiting|why waiting",
    "tier": "service tier|tier|service",
    "monthly": "monthly fee|monthly price|price per month|mrr|monthly operations fee",
    "website": "website|url|homepage",
    "country": "country",
}
"""What the columns of the table of leads are called."""
OF_HUBS = {
    "hub": "hub|hub name",
    "community": "community|communities|lead|leads|organisation|organization|institution",
    "url": "url|hub url|domain|address",
    "since": "since|start|start date|launched|active since|date active",
    "until": "until|decommissioned|stopped|end date",
    "issue": "issue|github issue|new hub issue",
}
"""What the columns of the table of active hubs are called."""
PREFIX = "lead-"
"""What is before the name of a community in the id of its deal, which may not be that of the member."""


def airtable_mapping(table: Table, shape: Format, book: Book, process: Process | None) -> str:
    """The text of the mapping for a table of Airtable."""
    empty, columns = empty_words(table), _columns(table)
    head = [
        f"# The mapping for {show(table.name)}, ready-made for Airtable. A line that says ? waits for an answer.",
        *format_lines(shape, columns, empty),
    ]
    if leads := _leads(columns):
        return "\n".join([*head, *_Leads(leads, columns, book, process).lines(), ""])
    if hubs := _of_hubs(columns):
        return "\n".join([*head, *_hubs(columns, hubs, book), ""])
    return mapping_for(table, shape, book, process)


def airtable_name(table: Table) -> str:
    """What the imports of a table are remembered by: leads and hubs are two tables."""
    columns = _columns(table)
    return "airtable-hubs" if not _leads(columns) and _of_hubs(columns) else "airtable"


def _columns(table: Table) -> list[TableColumn]:
    return [column for column in columns_of(table, empty_words(table)) if column.name != ADDRESSES]


def _leads(columns: list[TableColumn]) -> dict[str, TableColumn | None]:
    """The columns of the table of leads; none where it is not that table."""
    took = _took(columns, OF_LEADS)
    status = took["status"]
    return took if status and took["community"] and {*status.held} & STATUSES.keys() else {}


def _of_hubs(columns: list[TableColumn]) -> dict[str, TableColumn | None]:
    """The columns of the table of hubs; none where it is not that table."""
    took = _took(columns, OF_HUBS)
    return took if took["hub"] and took["community"] else {}


def _took(columns: list[TableColumn], called: dict[str, str]) -> dict[str, TableColumn | None]:
    named = NamedColumns(columns)
    return {field: named.take(names) for field, names in called.items()}


class _Leads:
    """The table of leads: one row for each community, with the status that says how far it is."""

    def __init__(
        self,
        took: dict[str, TableColumn | None],
        columns: list[TableColumn],
        book: Book,
        process: Process | None,
    ) -> None:
        self.took, self.columns, self.book = took, columns, book
        self.process = process
        self.status = took["status"].name if took["status"] else ""
        self.held = set(took["status"].held) if took["status"] else set()
        self.days = ", ".join(column.name for column in columns if column.looks == "day") or "no column holds days"

    def lines(self) -> Iterator[str]:
        """The mapping below the format."""
        community = f"{{column: {in_brackets(self.took['community'].name if self.took['community'] else '')}"
        if monthly := self.took["monthly"]:
            yield from currency_lines([monthly], self.book)
        yield from ("deal:", f"  id: {community}, prefix: {PREFIX}}}")
        yield from ("  title: Hub service", f"  member: {community}}}", "  type: new business")
        yield from tier_lines(self.took["tier"], self.process)
        yield from owner_lines(self.took["owner"], self.book)
        yield from ("  stages:", *self._stages(), "  fields:", *self._fields(), "  entries:", *self._entries())
        yield from ("members:", *self._members())

    def _stage(self, status: str) -> str:
        """The stage of the process that a status means today; a ? where the process says no such thing."""
        becomes = self.process.becomes.get(status.lower()) if self.process else None
        stage = becomes.stage if becomes else STATUSES[status]
        return stage if self.process and stage in self.process.stages else "?"

    def _when(self, *statuses: str) -> str:
        return f"when: {in_brackets({'column': self.status, 'is': list(statuses)})}"

    def _day(self, *names: str) -> str:
        """The first of these columns that there is; a ? with those that hold days where there is none."""
        found = next((column.name for name in names if (column := self.took[name])), None)
        return f"day: {in_brackets(found)}" if found else f"day: ?  # one of {self.days}"

    def _stages(self) -> Iterator[str]:
        """A move for each stage that the statuses of the table mean, in their order."""
        yield from self._move("Active Lead", self._day("created"), self._when(*STATUSES))
        if "Needs Admin" in self.held:
            yield from self._move("Needs Admin", self._day("confirmed", "changed"), self._when("Needs Admin"))
        if confirmed := self.took["confirmed"]:
            day = f"day: {in_brackets(confirmed.name)}"
            yield from self._move("Needs Admin", day, self._when(*SERVICE), f"missing: {LEAVE_OUT}")
        if self.held & {*SERVICE}:
            yield from self._move("Active Service", self._day("start"), self._when(*SERVICE))
        if "Inactive Lead" in self.held:
            yield from self._move("Inactive Lead", self._day("changed"), self._when("Inactive Lead"))

    def _move(self, status: str, *lines: str) -> Iterator[str]:
        yield f"    - stage: {self._stage(status)}"
        yield from (f"      {line}" for line in lines)

    def _fields(self) -> Iterator[str]:
        yield from self._field("contract.start", "start", SERVICE)
        yield from self._field("contract.end", "end", SERVICE)
        yield from self._field("contract.mrr", "monthly", SERVICE)
        yield from self._field("value.mrr", "monthly", [one for one in STATUSES if one not in SERVICE])
        if ENDED in self.held and not self.took["stopped"]:
            yield f"    contract.service_ended: ?  # {{column: …, when: …}} for {ENDED}; {self.days}"
        yield from self._field("contract.service_ended", "stopped", [ENDED])
        yield from _kept(self.columns)

    def _field(self, field: str, name: str, statuses: Collection[str]) -> Iterator[str]:
        column = self.took[name]
        if column and self.held & {*statuses}:
            yield f"    {field}: {{column: {in_brackets(column.name)}, {self._when(*statuses)}}}"

    def _entries(self) -> Iterator[str]:
        """The files as links, and the time for which a community waits."""
        yield f'    links: {{kind: attachment, url: {{column: {ADDRESSES}, split: "{BETWEEN}"}}}}'
        if WAITING not in self.held:
            return
        when, changed = self._when(WAITING), self.took["changed"]
        since = (
            f"{{column: {in_brackets(changed.name)}, {when}}}" if changed else f"?  # since when it waits: {self.days}"
        )
        yield "    parked:"
        yield f"      since: {since}"
        if until := self.took["until"]:
            yield f"      until: {{column: {in_brackets(until.name)}, {when}}}"
        if waits := self.took["waits"]:
            yield f"      why: {{column: {in_brackets(waits.name)}, missing: {WAITING}, {when}}}"
        else:
            yield f"      why: {{constant: {WAITING}, {when}}}"

    def _members(self) -> Iterator[str]:
        website, country = self.took["website"], self.took["country"]
        yield "  fields:" if website or country else "  fields: {}"
        if website:
            yield f'    website: {{column: {in_brackets(website.name)}, prefix: "https://"}}'
        if country:
            yield from country_lines(country)
        contact, email = self.took["contact"], self.took["email"]
        if source := contact or email:
            yield "  entries:"
            yield "    contacts:"
            yield f"      id: {{column: {in_brackets(source.name)}, kind: id}}"
            yield from (f"      name: {in_brackets({'column': column.name})}" for column in (contact,) if column)
            yield from (f"      email: {in_brackets({'column': column.name})}" for column in (email,) if column)


def _hubs(columns: list[TableColumn], took: dict[str, TableColumn | None], book: Book) -> Iterator[str]:
    """The table of hubs: each row is a hub of the member that is called as the community."""
    community, hub = took["community"], took["hub"]
    if community is None or hub is None:
        return
    yield from ("members:", f"  name: {in_brackets({'column': community.name})}", "  entries:", "    hubs:")
    yield f"      name: {in_brackets({'column': hub.name})}"
    if url := took["url"]:
        prefix = "" if all(words.startswith("http") for words in url.held) else ', prefix: "https://"'
        yield f"      url: {{column: {in_brackets(url.name)}{prefix}}}"
    for field in ("since", "until", "issue"):
        if column := took[field]:
            yield f"      {field}: {in_brackets({'column': column.name})}"
    yield from _deals_of_hubs(community, book)
    used = [column for column in took.values() if column]
    yield from (f"      # not taken along: {show(column.name)}" for column in columns if column not in used)


def _deals_of_hubs(community: TableColumn, book: Book) -> Iterator[str]:
    """The deal that the table of leads became, for those communities that have one."""
    names = list(dict.fromkeys(community.held))
    leads = [name for name in names if f"{PREFIX}{id_for(name)}" in book.deals]
    column = in_brackets(community.name)
    when = "" if leads == names else f", when: {{column: {column}, is: {in_brackets(leads)}}}"
    if leads:
        yield f"      deal: {{column: {column}, kind: id, prefix: {PREFIX}{when}}}"
    if leads != names:
        left = ", ".join(show(name) for name in names if name not in leads)
        yield f"      # without a deal of the table of leads: {left}"


def _kept(columns: list[TableColumn]) -> Iterator[str]:
    """Every column under ``x.airtable``, so that nothing of the table is lost; several choices as a set."""
    taken: set[str] = set()
    for column in columns:
        name = re.sub(r"[^a-z0-9]+", "_", column.name.lower()).strip("_")[:40] or "more"
        while name in taken:
            name += "_more"
        taken.add(name)
        sign = ', split: ","' if is_multi_select(column) else ""
        yield f"    x.airtable.{name}: {{column: {in_brackets(column.name)}{sign}}}"


LONGEST_CHOICE = 60


def is_multi_select(column: TableColumn) -> bool:
    """Whether a column holds several choices of a few: without blanks after the commas, and some of them more than once."""
    several = [words for words in column.held if "," in words]
    if not several or any(", " in words for words in several):
        return False
    parts = [part for words in column.held for part in words.split(",")]
    return len(set(parts)) < len(parts) and all(part and len(part) <= LONGEST_CHOICE for part in parts)
