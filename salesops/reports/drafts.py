"""Documents drawn up from a template of the team and the facts of a deal, with a visible gap for each fact that nobody knows (``reference/records#templates``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from salesops.book.book import Snapshot
from salesops.output import markdown
from salesops.problems import did_you_mean
from salesops.records.contract import Hub
from salesops.records.deal import Deal
from salesops.records.member import Contact, Member
from salesops.records.model_fields import inside
from salesops.records.money import Money
from salesops.records.record import value_at
from salesops.records.scalars import UNKNOWN
from salesops.records.team import Person, Team

BLANK = re.compile(r"\{\{ *([a-z_0-9.]+) *\}\}")
"""A place in a template: ``{{ contract.start }}``."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(?:@[A-Za-z0-9.]+)?")


class NoSuchField(ValueError):
    """A template asks for something that no record has; the message says what, and what it may have meant."""


@dataclass(frozen=True)
class DrawnUp:
    """A document that was drawn up, and the facts that are missing in it, by their paths."""

    text: str
    gaps: tuple[str, ...]

    @property
    def title(self) -> str:
        """Its first line, without what makes it a heading."""
        return self.text.partition("\n")[0].lstrip("# ").strip()

    @property
    def body(self) -> str:
        """What follows its first line."""
        return self.text.partition("\n")[2].lstrip("\n")


def gap(path: str) -> str:
    """What stands where nobody knows a fact: nobody can miss it, or take it for one."""
    return f"[TO FILL IN: {path}]"


def draft(
    snapshot: Snapshot, deal_id: str, template: str, *, hub: Hub | None = None, safe: Callable[[str], str] = markdown
) -> DrawnUp:
    """A template with the facts of a deal in its blanks; ``safe`` makes what people wrote plain text where it is to be shown. Raises NoSuchField."""
    sources, plain = _sources(snapshot, deal_id, hub), _plain(snapshot, deal_id)
    gaps: dict[str, None] = {}

    def filled(match: re.Match[str]) -> str:
        path = match[1]
        value = plain[path] if path in plain else _value(sources, path)
        words, is_list = list(_words(value)), isinstance(value, (tuple, list)) and not isinstance(value, Money)
        if not words:
            gaps[path] = None
            return gap(path)
        if is_list and _stands_alone(template, match):
            return "\n".join(f"- {safe(one)}" for one in words)
        return ", ".join(map(safe, words))

    return DrawnUp(BLANK.sub(filled, template), tuple(gaps))


def _stands_alone(template: str, match: re.Match[str]) -> bool:
    before, after = template[: match.start()].rpartition("\n")[2], template[match.end() :].partition("\n")[0]
    return not before.strip() and not after.strip()


def _sources(snapshot: Snapshot, deal_id: str, hub: Hub | None) -> Mapping[str, tuple[type[BaseModel], Any]]:
    """What a blank may begin with, each with the kind of record it is, and the record."""
    history = snapshot.history(deal_id)
    deal = history.deal if history else None
    book, team = snapshot.book, snapshot.book.team
    member = book.members.get(deal.member) if deal else None
    people = team.people if team else {}
    delivery = deal.order.delivery_owner if deal and deal.order else None
    deciding = next((contact for contact in (member.contacts if member else ()) if contact.decides), None)
    return {
        "deal": (Deal, deal),
        "member": (Member, member),
        "team": (Team, team),
        "owner": (Person, people.get(deal.owner) if deal else None),
        "delivery_owner": (Person, people.get(delivery) if delivery else None),
        "contact": (Contact, deciding),
        "hub": (Hub, hub),
    }


def _plain(snapshot: Snapshot, deal_id: str) -> Mapping[str, str | None]:
    """The blanks that are one fact and no record."""
    history = snapshot.history(deal_id)
    tier = _tier(snapshot, history.deal) if history else None
    return {"id": deal_id, "today": str(snapshot.as_of), "today.day": str(snapshot.as_of), "tier.name": tier}


def _tier(snapshot: Snapshot, deal: Deal) -> str:
    tiers = snapshot.process.tiers
    return tiers[deal.tier].name if deal.tier in tiers else deal.tier


def _value(sources: Mapping[str, tuple[type[BaseModel], Any]], path: str) -> Any:
    """What stands at a path; a field of the deal may be named without ``deal.``."""
    first, _, rest = path.partition(".")
    if first not in sources:
        first, rest = "deal", path
    model, record = sources[first]
    if not rest:
        raise NoSuchField(f"{{{{ {path} }}}}: there is no such fact: say which of the record, such as {path}.name")
    _known(model, rest, path)
    return value_at(record, rest) if record is not None else None


def _known(model: Any, rest: str, path: str) -> None:
    """Refuse a path that no record could ever have."""
    for name in rest.split("."):
        fields = _fields(model)
        if fields is None and _may_have_parts(model):
            return
        if fields is None or name not in fields:
            meant = did_you_mean(name, fields or ())
            raise NoSuchField(f"{{{{ {path} }}}}: there is no '{name}'{f'; {meant}' if meant else ''}")
        model = fields[name]


def _fields(model: Any) -> dict[str, Any] | None:
    """The fields of a record, through what may be left out; None for what is no record: a list, a mapping, words."""
    candidates = [model, *get_args(model)]
    found = next((it for it in candidates if isinstance(it, type) and issubclass(it, BaseModel)), None)
    return {field.alias or name: field.annotation for name, field in found.model_fields.items()} if found else None


def _may_have_parts(model: Any) -> bool:
    """Whether names may follow: those of a list or of a mapping are not known beforehand."""
    return any(get_origin(it) in (tuple, dict) for it in (inside(model), *get_args(model)))


def _words(value: Any) -> Iterator[str]:
    """A fact in words; none where there is no fact."""
    if value in (None, "", UNKNOWN):
        return
    if isinstance(value, Money):
        yield f"{value.amount:,.2f} {value.currency}"
    elif isinstance(value, BaseModel):
        yield ", ".join(
            f"{name}: {words}" for name in type(value).model_fields for words in _words(getattr(value, name))
        )
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from _words(one)
    elif isinstance(value, Mapping):
        yield ", ".join(f"{name}: {words}" for name, one in value.items() for words in _words(one))
    elif isinstance(value, bool):
        yield "yes" if value else "no"
    elif isinstance(value, (str, int, Decimal, date)):
        yield str(value)
