"""The reference: every code with its manual and examples, every field, and what the sources name; straight from the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.changes.timeline import GitHistory
from salesops.checks.manual import SECTIONS, TITLES, rules, without_mark
from salesops.metrics import Reading
from salesops.records.field_reference import Field, fields_of
from salesops.records.kinds import KINDS
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import prose

SUBJECTS = {
    "reading": "Files, YAML and values",
    "references": "References",
    "history": "Stages",
    "needs": "Needs and waivers",
    "facts": "Facts",
    "tiers": "Tiers",
    "contracts": "Contracts",
    "renewals": "Renewals",
    "invoices": "Invoices",
    "upkeep": "Upkeep",
    "waiting": "What waits",
    "learning": "Learning",
    "privacy": "Privacy",
    "process": "The process itself",
}
"""Titles of the groups of codes; a group that is not listed is shown by its own name."""
REFERENCE = "Help/Reference"
"""The section of the menu."""
_CODE = Markup("<code>{}</code>")


def path(field: Field, here: Here) -> Markup:
    """The path of a field, and whether it must be given."""
    return _CODE.format(field.path) + (Markup("<br><small>required</small>") if field.required else "")


FIELDS: Columns[Field] = (
    Column("Field", path, header=True),
    Column("Meaning", lambda field, _: prose(field.description), words=True),
    Column("Value", lambda field, _: field.holds),
    Column("Example", lambda field, _: _CODE.format(field.examples[0]) if field.examples else ""),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The codes, the fields, how the numbers are counted, and what holds for records."""
    groups = [
        (SUBJECTS.get(about, about.capitalize()), list(found))
        for about, found in groupby(rules().values(), key=lambda rule: rule.about)
    ]
    yield page(
        "reference/checks",
        "Checks",
        "checks",
        snapshot,
        section=REFERENCE,
        groups=groups,
        without_mark=without_mark,
        search=list(rules()),
    )
    kinds = [(kind, list(fields_of(kind.name))) for kind in KINDS.values()]
    yield page("reference/fields", "Fields", "fields", snapshot, section=REFERENCE, kinds=kinds, columns=FIELDS)
    for path, sections in SECTIONS.items():
        words = [section.title for section in sections]
        yield page(
            path,
            TITLES[path],
            "sections",
            snapshot,
            section=REFERENCE,
            sections=sections,
            address=path,
            search=words,
        )
