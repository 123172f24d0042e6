"""Every cell of a mapping, the field that it fills, and what that field can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from salesops.imports.csv.mapping import (
    ActivityMap,
    Cell,
    ColumnMap,
    ContactMap,
    DealMap,
    Entry,
    FromTable,
    Kind,
    MemberMap,
)
from salesops.problems import Path
from salesops.records.deal import Activity, Deal
from salesops.records.member import Contact, Health, Member
from salesops.records.model_fields import fields_below, inside, type_at
from salesops.records.money import Money
from salesops.records.outreach import Outreach, Results
from salesops.records.qualification import Answer, Qualification
from salesops.records.record import Record

NEEDED = ("id", "title", "member", "type", "tier", "owner")
"""What every deal needs besides its stages; each has a place of its own in the mapping."""
_OWN_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,60}")


@dataclass(frozen=True)
class MappedCell:
    """A cell of the mapping and where it stands; ``field`` is the path in the record that it fills."""

    at: Path
    cell: Cell
    model: type[Record] = Deal
    field: str = ""
    source: FromTable = FromTable.FIRST
    is_needed: bool = False

    @property
    def whole(self) -> list[MappedCell]:
        """It and its cases."""
        cases = [replace(self, at=(*self.at, number), cell=case) for number, case in enumerate(self.cell.cases)]
        return [self, *(inner for case in cases for inner in case.whole)]


def mapped_cells(mapping: ColumnMap) -> Iterator[MappedCell]:
    """Every cell of a mapping, and each of its cases."""
    for spot in _cells(mapping):
        yield from spot.whole


def _cells(mapping: ColumnMap) -> Iterator[MappedCell]:
    if mapping.deal:
        yield from _cells_of_deals(mapping.deal)
    if mapping.currency:
        yield MappedCell(("currency",), mapping.currency)
    if mapping.members:
        yield from _cells_of_members(mapping.members)
    if mapping.activities:
        yield from _cells_of_activities(mapping.activities)
    yield from _cells_onto_records(mapping)
    if mapping.contacts:
        yield from _cells_of_contacts(mapping.contacts)


def _cells_of_deals(deal: DealMap) -> Iterator[MappedCell]:
    for name in NEEDED:
        yield MappedCell(("deal", name), getattr(deal, name), Deal, name, is_needed=True)
    if deal.contacts:
        yield MappedCell(("deal", "contacts"), deal.contacts, Activity, "with")
    yield from _fields(("deal",), deal.fields, deal.entries, Deal, FromTable.FIRST)


def _cells_of_members(members: MemberMap) -> Iterator[MappedCell]:
    source = FromTable.MEMBERS if members.file else FromTable.FIRST
    for name in ("id", "name"):
        if cell := getattr(members, name):
            yield MappedCell(("members", name), cell, Member, name, is_needed=True)
    yield from _fields(("members",), members.fields, members.entries, Member, source)


def _cells_of_activities(activities: ActivityMap) -> Iterator[MappedCell]:
    source = FromTable.ACTIVITIES if activities.file else FromTable.FIRST
    for name in ("deal", "date", "kind"):
        yield MappedCell(("activities", name), getattr(activities, name), Activity, name, source, is_needed=True)
    if activities.contact:
        yield MappedCell(("activities", "contact"), activities.contact, Activity, "with", source)
    yield from _fields(("activities",), activities.fields, {}, Activity, source)


def _cells_onto_records(mapping: ColumnMap) -> Iterator[MappedCell]:
    """The cells whose values are added to records on file."""
    users, outreach, answers = mapping.users, mapping.outreach, mapping.answers
    for name in ("hub", "month", "users") if users else ():
        yield MappedCell(("users", name), getattr(users, name), Health, is_needed=True)
    if outreach:
        yield MappedCell(("outreach", "message"), outreach.message, Outreach, "message", is_needed=True)
        yield MappedCell(("outreach", "date"), outreach.date, Results, "date", is_needed=True)
        for name, cell in outreach.counts.items():
            yield MappedCell(("outreach", "counts", name), cell, Results, name)
    if answers:
        yield MappedCell(("answers", "deal"), answers.deal, Deal, "member", is_needed=True)
        yield MappedCell(("answers", "date"), answers.date, Answer, "date", is_needed=True)
        if answers.asked_by:
            yield MappedCell(("answers", "asked_by"), answers.asked_by, Answer, "asked_by", is_needed=True)
        for letter, cell in answers.answers.items():
            yield MappedCell(("answers", "answers", letter), cell, Qualification, f"{letter}.note")


def _cells_of_contacts(contacts: ContactMap) -> Iterator[MappedCell]:
    source = FromTable.CONTACTS if contacts.file else FromTable.FIRST
    yield MappedCell(("contacts", "member"), contacts.member, Contact, "member", source, is_needed=True)
    yield from _fields(("contacts",), contacts.fields, {}, Contact, source)


def _fields(
    at: Path, fields: dict[str, Cell], entries: dict[str, Entry], model: type[Record], source: FromTable
) -> Iterator[MappedCell]:
    for field, cell in fields.items():
        yield MappedCell((*at, "fields", field), cell, model, field, source)
    for name, entry in entries.items():
        for part, cell in entry.items():
            yield MappedCell((*at, "entries", name, part), cell, model, f"{name}.{part}", source)


def kind_at(model: type[Record], field: str) -> Kind | None:
    """What a field holds, as a kind of cell; None where no single cell can fill it."""
    path = field.split(".")
    if path == ["with"] or (model is Activity and path == ["deal"]):
        return "text"
    if path[0] == "x" and "x" in model.model_fields:
        return "text" if len(path) > 1 and all(_OWN_KEY.fullmatch(part) for part in path[1:]) else None
    found = _type_at(model, field)
    return _kind(inside(get_args(found)[0]) if get_origin(found) is tuple else found)


def keys_at(model: type[Record], field: str) -> list[str]:
    """The keys that may stand below a field, or at the top where none is named."""
    return list(fields_below(model, tuple(field.split(".")) if field else ()))


def is_listed(model: type[Record], field: str) -> bool:
    """Whether a field holds a list, of which one cell is then the only entry."""
    return get_origin(_type_at(model, field)) is tuple


def holds_several(model: type[Record], field: str) -> bool:
    """Whether a field can hold several values: a list, or a field of the team's own."""
    return field.startswith("x.") or is_listed(model, field)


def _type_at(model: type[Record], field: str) -> Any:
    """The type of a field, None where there is no such field; a cell is never one entry of a list among others."""
    path = field.split(".")
    return None if any(part.isdecimal() for part in path) else type_at(model, tuple(path))


def _kind(found: Any) -> Kind | None:
    if get_origin(found) is Literal or found is str:
        return "text"
    kinds: dict[Any, Kind] = {date: "date", Money: "money", bool: "text", int: "number", Decimal: "number"}
    return kinds.get(found) if isinstance(found, type) else None
