"""The rest of a deal or a member, section by section: whatever its record holds, so that a field that is new is shown without a word here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from salesops.book.book import Snapshot
from salesops.book.icp_score import score_on
from salesops.book.status import Standing, person_name
from salesops.changes.field_sentences import label as said_of
from salesops.changes.need_words import condition
from salesops.cli.printing import style
from salesops.metrics.wording import amount
from salesops.output import show
from salesops.records.deal import Activity, Deal, Loss
from salesops.records.member import Member
from salesops.records.money import Money
from salesops.records.record import Record
from salesops.records.scalars import as_said

ABOVE = frozenset({"title", "member", "type", "tier", "owner", "stages", "next", "maniac_t"})
"""What the lines above the sections tell."""
ABOVE_MEMBER = frozenset({"name", "kind", "country", "website", "contacts"})
OF_PEOPLE = frozenset({"owner", "by", "delivery_owner", "asked_by"})
TITLES = {"mrr": "MRR", "icp": "ICP fit", "x": "Own fields", "waived": "Waivers", "moved_back": "Moved back"}


def sections(standing: Standing) -> Iterator[str]:
    """The sections of a deal, each after an empty line; one that holds nothing is left out."""
    deal, snapshot = standing.deal, standing.snapshot
    last = [f"Last contact: {standing.last_contact}"] if standing.last_contact else []
    yield from _section("More", [*last, *_score(standing), *_facts(snapshot, deal, ABOVE)])
    yield from _section("People", _people(standing))
    losses = [f"{when:<10}  {_entry(snapshot, entry)}" for when, entry in _losses(standing)]
    yield from _sections(snapshot, deal, ABOVE, {"loss": losses})


def _score(standing: Standing) -> list[str]:
    """How many conditions of its hypothesis a deal meets, and which not."""
    found = score_on(standing.snapshot, standing.history)
    if found is None:
        return []
    missing = "; ".join(condition(need) for need in found.missing)
    return [f"ICP score: {found.in_words} of version {found.version}" + (f"; not met: {missing}" if missing else "")]


def member_sections(snapshot: Snapshot, member: Member) -> Iterator[str]:
    """The sections of a member, as those of a deal."""
    yield from _section("More", _facts(snapshot, member, ABOVE_MEMBER))
    yield from _sections(snapshot, member, ABOVE_MEMBER)


def _facts(snapshot: Snapshot, record: Record, told: Set[str]) -> list[str]:
    """The fields that are one value each, in a line each."""
    plain = [name for name in _given(record) if name not in told and not _is_section(getattr(record, name))]
    return [f"{_title(name)}: {_words(snapshot, name, getattr(record, name))}" for name in plain]


def _sections(
    snapshot: Snapshot, record: Record, told: Set[str], known: Mapping[str, list[str]] = MappingProxyType({})
) -> Iterator[str]:
    """The fields that hold more than one value, in a section each; ``known`` has the lines of some."""
    for name in _given(record):
        if name not in told and _is_section(getattr(record, name)):
            yield from _section(_title(name), known.get(name) or _lines(snapshot, name, getattr(record, name)))


def _given(record: Record) -> Iterator[str]:
    """The fields of a record that say something, in their order."""
    return (name for name in type(record).model_fields if getattr(record, name) not in (None, (), {}))


def _is_section(value: object) -> bool:
    return isinstance(value, Record | Mapping) or (isinstance(value, tuple) and not isinstance(value, Money))


def _section(title: str, lines: list[str] | Iterator[str]) -> Iterator[str]:
    told = list(lines)
    if told:
        yield ""
        yield style(title, "head")
        yield from (show(f"  {line}") for line in told)


def _title(name: str) -> str:
    words = TITLES.get(name) or name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _lines(snapshot: Snapshot, name: str, value: Any) -> Iterator[str]:
    """The lines of a section: a field each, or an entry each, of activity the newest first."""
    if isinstance(value, Record):
        yield from _fields(snapshot, value)
    elif isinstance(value, Mapping):
        yield from (f"{key}: {_plain(part)}" for key, part in value.items())
    else:
        entries = sorted(value, key=_day, reverse=True) if name == "activity" else value
        yield from (_entry(snapshot, entry) for entry in entries)


def _losses(standing: Standing) -> Iterator[tuple[str, Loss]]:
    """Each loss with the day of its closing; one that is written before the deal is lost has none yet."""
    for loss, closing in standing.history.losses:
        yield str(closing.entered) if closing else "prepared", loss


def _fields(snapshot: Snapshot, record: Record) -> Iterator[str]:
    for name in _given(record):
        value = getattr(record, name)
        if isinstance(value, tuple) and value and isinstance(value[0], Record):
            yield f"{_label(name)}:"
            yield from (f"  {_entry(snapshot, entry)}" for entry in value)
        else:
            yield f"{_label(name)}: {_words(snapshot, name, value)}"


def _label(name: str) -> str:
    """A field as people call it; one that is a word of the language has an underscore here."""
    return said_of(name.rstrip("_")).rstrip(":")


def _entry(snapshot: Snapshot, entry: Any) -> str:
    """An entry of a list in a line."""
    if isinstance(entry, Activity):
        return _activity(snapshot, entry)
    if not isinstance(entry, Record):
        return _plain(entry)
    day, why = getattr(entry, "date", None), getattr(entry, "why", None) or getattr(entry, "note", None)
    rest = ", ".join(labelled(snapshot, entry, ("date", "why", "note")))
    return "  ".join(([str(day)] if day else []) + ([rest] if rest else [])) + (f": {why}" if why else "")


def labelled(snapshot: Snapshot, record: Record, without: Iterable[str]) -> list[str]:
    """The fields of a record, each with its name; those ``without`` are told elsewhere."""
    names = [name for name in _given(record) if name not in without]
    return [f"{_label(name)} {_words(snapshot, name, getattr(record, name))}" for name in names]


def _day(entry: Activity) -> date:
    """The day by which activity is sorted."""
    return entry.date


def _activity(snapshot: Snapshot, entry: Activity) -> str:
    """``2026-05-05  discovery meeting, held, with a-smith: They teach 300 students``."""
    what = f"{entry.about} {entry.kind}" if entry.about else str(entry.kind)
    status = [entry.status] if entry.status else []
    more = labelled(snapshot, entry, ("date", "kind", "about", "status", "note"))
    return f"{entry.date}  {', '.join([what, *status, *more])}" + (f": {entry.note}" if entry.note else "")


def _words(snapshot: Snapshot, name: str, value: Any) -> str:
    """A value in words; a person of the team by name."""
    if isinstance(value, Record):
        return _entry(snapshot, value)
    if isinstance(value, tuple) and value and isinstance(value[0], Record):
        return "; ".join(_entry(snapshot, entry) for entry in value)
    if isinstance(value, str) and name in OF_PEOPLE:
        return person_name(snapshot, value)
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | Decimal):
        return f"{float(value) * 100:g} %"
    if isinstance(value, Money):
        return f"{amount(value.amount)} {value.currency}"
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(part)}" for key, part in value.items())
    return as_said(value) if isinstance(value, date) else str(value)


def _people(standing: Standing) -> Iterator[str]:
    for person in people_of(standing):
        yield f"{person['name'] or person['id']}: {', '.join(person['as'])}"


def people_of(standing: Standing) -> list[dict[str, Any]]:
    """Who has to do with a deal, of the team and of the member: id, name, and as what."""
    deal = standing.deal
    found: dict[str, dict[str, Any]] = {}
    for person_id, role in _of_team(deal):
        entry = found.setdefault(
            person_id, {"id": person_id, "name": person_name(standing.snapshot, person_id), "as": []}
        )
        entry["as"].append(role)
    return [*found.values(), *_contacts(standing)]


def _of_team(deal: Deal) -> Iterator[tuple[str, str]]:
    yield deal.owner, "owner"
    yield from ((person, "team") for person in deal.team)
    if deal.next and deal.next.owner:
        yield deal.next.owner, "next step"
    if deal.order and deal.order.delivery_owner:
        yield deal.order.delivery_owner, "delivery owner"


def _contacts(standing: Standing) -> Iterator[dict[str, Any]]:
    """The member's contacts that the deal names: what they are there, whether they decide, and when they were met."""
    deal, member = standing.deal, standing.snapshot.book.members.get(standing.deal.member)
    known = {contact.id: contact for contact in member.contacts} if member else {}
    authority = deal.maniac_t.authority if deal.maniac_t else None
    deciding = set(authority.contacts if authority else ())
    spoken = sorted((entry.contact, entry.with_) for entry in deal.activity if entry.contact)
    met = {contact: on for on, there in spoken for contact in there}
    named = [contact for entry in sorted(deal.activity, key=_day) for contact in entry.with_]
    for contact_id in dict.fromkeys([*deciding, *named]):
        contact = known.get(contact_id)
        roles = [contact.role] if contact and contact.role else []
        decides = ["decides"] if contact_id in deciding or (contact and contact.decides) else []
        last = [f"last spoken to on {met[contact_id]}"] if contact_id in met else []
        yield {"id": contact_id, "name": contact.name if contact else None, "as": [*roles, *decides, *last]}
