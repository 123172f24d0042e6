"""The ready-made mapping for issues of GitHub, with a ? for what neither the issues nor the process say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from salesops.book.book import Book
from salesops.edits.yaml_writer import in_brackets
from salesops.imports.csv.detect import stage_words
from salesops.imports.csv.mapping import LEAVE_OUT, Format
from salesops.imports.csv.table import Table
from salesops.imports.github.issues import CLOSED, FIXED, TIME, stage_meant
from salesops.output import show
from salesops.records.process import Process

_NOT_IN_KEY = re.compile(r"[^A-Za-z0-9]+")
MAX_KEY = 60
"""Characters of the name of a field of the team's own."""
ISSUE_KEY = "links.issue"
"""What the deal of an issue is found again by: its address, which has repository and number, whatever its title says by now."""


def issues_mapping(table: Table, shape: Format, book: Book, process: Process | None) -> str:
    """The text of the mapping."""
    del shape
    tiers = list(process.tiers) if process else []
    start = process.starts.get("new business", "") if process else ""
    lines = [
        f"# The mapping for {show(table.name)}, ready-made for issues of GitHub. A line that says ? waits for an answer.",
        f"format: {{dates: {TIME}}}",
        "deal:",
        "  id: {columns: [organisation, lead]}",
        "  title: {column: lead}",
        "  member: {column: organisation}",
        "  type: new business",
        f"  tier: {tiers[0]}" if len(tiers) == 1 else f"  tier: ?  # one of {', '.join(tiers)}",
        *_owner(table, book),
        "  stages:",
        f"    - {{stage: {in_brackets(start) if start else '?'}, day: created}}",
        "  history:",
        "    column: history",
        f"    ended: {CLOSED}",
        *_labels(table, process),
        f"  key: {ISSUE_KEY}",
        "  fields:",
        "    x.hubspot: {column: deal_id}",
        "    x.github.author: {column: author}",
        '    x.github.labels: {column: labels, split: "|"}',
        *_answers(table),
        "  entries:",
        "    links: {kind: issue, url: {column: url}}",
        "    activity: {date: {column: text_day}, kind: note, note: {column: text}}",
        "members:",
        "  entries:",
        "    contacts: {id: {column: person, kind: id}, name: {column: person}}",
    ]
    return "\n".join([*lines, ""])


def _owner(table: Table, book: Book) -> Iterator[str]:
    """Who is assigned leads the deal; where nobody is, a person has to say who does."""
    people = book.team.people if book.team else {}
    yield "  owner:"
    yield "    column: assignee"
    if any(not table.cell(row, "assignee") for row in table.rows):
        yield f"    missing: ?  # one of {', '.join(people)}: some issues have nobody assigned"


def _labels(table: Table, process: Process | None) -> Iterator[str]:
    """What each label of the file means: a stage where it is called as one, or none."""
    known = stage_words(process)
    words = dict.fromkeys(
        line.partition(" ")[2] for row in table.rows for line in table.cell(row, "history").split("\n")
    )
    labels = [word for word in words if word and word != CLOSED]
    if labels:
        yield "    values:"
    for label in labels:
        stage = stage_meant(label, known) or LEAVE_OUT
        yield f"      {in_brackets(label)}: {in_brackets(stage)}"


def _answers(table: Table) -> Iterator[str]:
    """A field of the team's own for each answer of a form."""
    taken: set[str] = set()
    for column in table.header[len(FIXED) :]:
        group, _, label = column.partition(": ")
        key = _key(f"x.{group}.", label, taken)
        taken.add(key)
        yield f"    {in_brackets(key)}: {in_brackets({'column': column})}"


def _key(before: str, label: str, taken: set[str]) -> str:
    """A name for an answer that no other one has."""
    bare = _NOT_IN_KEY.sub(" ", label).strip()[:MAX_KEY].strip() or "answer"
    key, number = f"{before}{bare}", 2
    while key in taken:
        key, number = f"{before}{bare[: MAX_KEY - 4].strip()} {number}", number + 1
    return key
