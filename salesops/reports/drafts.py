"""Documents drawn up from a template of the team and the facts of a deal, with a visible gap for each fact that nobody knows (``reference/records#templates``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel, PlainValidator

from salesops.book.book import Book, Snapshot
from salesops.changes.need_words import path_in_words
from salesops.output import address, markdown
from salesops.problems import did_you_mean
from salesops.records.contract import MONTHS_A_YEAR, OPEN, Hub
from salesops.records.deal import Deal
from salesops.records.member import Contact, Member
from salesops.records.model_fields import inside
from salesops.records.money import Money
from salesops.records.record import value_at
from salesops.records.scalars import UNKNOWN, url
from salesops.records.team import Person, Team

BLANK = re.compile(r"\{\{ *([a-z_0-9.]+) *\}\}")
"""A place in a template: ``{{ contract.start }}``."""
WORKED_OUT_FROM = {
    "contract.yearly": "contract.mrr",
    "value.yearly": "value.mrr",
    "prices.usage": "contract.prices",
    "communities": "member.communities",
}
"""The facts that the blanks need which are worked out."""
OPEN_ENDED = "none; it runs until one of the two ends it"


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


class Fact(NamedTuple):
    """What stands at a path of a record: the value, and whether it is a link or a list."""

    value: Any
    is_link: bool = False
    is_list: bool = False


def gap(path: str) -> str:
    """What stands where nobody knows a fact: nobody can miss it, or take it for one."""
    return f"[TO FILL IN: {path_in_words(path)}]"


def draft(
    snapshot: Snapshot, deal_id: str, template: str, *, hub: Hub | None = None, safe: Callable[[str], str] = markdown
) -> DrawnUp:
    """A template with the facts of a deal in its blanks; ``safe`` makes what people wrote plain text where it is to be shown. Raises NoSuchField."""
    sources, plain = _sources(snapshot, deal_id, hub), _plain(snapshot, deal_id)
    gaps: dict[str, None] = {}

    def filled(match: re.Match[str]) -> str:
        path = match[1]
        fact = _plain_fact(plain[path]) if path in plain else _fact(sources, path)
        words = list(_words(fact.value))
        if not words:
            asked = WORKED_OUT_FROM.get(path, path)
            gaps[asked] = None
            return gap(asked)
        written = list(map(address if fact.is_link else safe, words))
        if not _stands_alone(template, match):
            return ", ".join(written)
        return "\n".join(f"- {one}" if fact.is_list else one for one in written)

    return DrawnUp(BLANK.sub(filled, template), tuple(gaps))


def fill_in(snapshot: Snapshot, deal_id: str, gaps: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each gap of a document in words, with the command or the file in which its fact is written down."""
    history = snapshot.history(deal_id)
    member = history.deal.member if history else ""
    for path in gaps:
        first, _, rest = path.partition(".")
        ways = {
            "deal": f"salesops set {deal_id} {rest} VALUE",
            "member": f"salesops set {member} {rest} VALUE",
            "contact": f"salesops edit {member}",
            "hub": f"salesops edit {deal_id}",
            "delivery_owner": f"salesops handoff {deal_id} --owner PERSON",
            **dict.fromkeys(("team", "owner", "entity"), "write it in playbook/team.yaml"),
        }
        yield path_in_words(path), ways.get(first) or f"salesops set {deal_id} {first}{'.' if rest else ''}{rest} VALUE"


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


def _plain(snapshot: Snapshot, deal_id: str) -> Mapping[str, str | Money | tuple[str, ...] | None]:
    """The blanks that are one fact and no record."""
    history = snapshot.history(deal_id)
    deal = history.deal if history else None
    member = snapshot.book.members.get(deal.member) if deal else None
    contract = deal.contract if deal else None
    open_ended = {"contract.end": OPEN_ENDED} if contract and contract.end == OPEN else {}
    return {
        **open_ended,
        "id": deal_id,
        "today": str(snapshot.as_of),
        "today.day": str(snapshot.as_of),
        "tier.name": _tier(snapshot, deal) if deal else None,
        "entity.address": _address_of(contract.entity if contract else None, snapshot.book.team),
        "member.billing_address": member.bill_to if member else None,
        "contract.yearly": _yearly(contract.mrr if contract else None),
        "value.yearly": _yearly(deal.value.mrr if deal and deal.value else None),
        "prices.usage": _usage(snapshot.book, contract.prices if contract else None),
        "communities": _communities(member),
    }


def _usage(book: Book, version: str | None) -> tuple[str, ...]:
    """What usage costs by a price list; nothing where the contract names none, or one that is not on file."""
    prices = book.prices.get(version) if version else None
    if prices is None:
        return ()
    below, said = 0, [f"by price list {version}"]
    for step in prices.usage:
        said.append(f"{_amount(step.fee)} each for active users {below + 1:,} to {step.to:,}")
        below = step.to
    return (*said, "nothing for more of them" if prices.usage else "none")


def _communities(member: Member | None) -> tuple[str, ...]:
    """The communities of a member, each with how many use it."""
    known = member.communities if member else ()
    return tuple(it.name if it.users is None else f"{it.name} ({it.users:,} users)" for it in known)


def _yearly(fee: Money | None) -> Money | None:
    """The fee of a month, for a year."""
    return fee and Money(fee.amount * MONTHS_A_YEAR, fee.currency)


def _address_of(entity: str | None, team: Team | None) -> str | None:
    """The address of whoever signs for the team: its sponsor or itself; None where the contract names somebody else, or nobody."""
    known = {team.organisation: team.address} if team else {}
    if team and team.sponsor:
        known |= {team.sponsor.name: team.sponsor.address}
    return known.get(entity) if entity else None


def _tier(snapshot: Snapshot, deal: Deal) -> str:
    tiers = snapshot.process.tiers
    return tiers[deal.tier].name if deal.tier in tiers else deal.tier


def _plain_fact(value: str | Money | tuple[str, ...] | None) -> Fact:
    return Fact(value, is_list=isinstance(value, tuple) and not isinstance(value, Money))


def _fact(sources: Mapping[str, tuple[type[BaseModel], Any]], path: str) -> Fact:
    """What stands at a path; a field of the deal may be named without ``deal.``."""
    first, _, rest = path.partition(".")
    if first not in sources:
        first, rest = "deal", path
    model, record = sources[first]
    if not rest:
        raise NoSuchField(f"{{{{ {path} }}}}: there is no such fact: say which of the record, such as {path}.name")
    holds = _known(model, rest, path)
    value = value_at(record, rest) if record is not None else None
    return _plain_fact(value)._replace(is_link=_is_link(holds))


def _known(model: Any, rest: str, path: str) -> Any:
    """The type that stands at a path; None where only the record can say. Refuses a path that no record could ever have."""
    for name in rest.split("."):
        fields = _fields(model)
        if fields is None and _may_have_parts(model):
            return None
        if fields is None or name not in fields:
            meant = did_you_mean(name, fields or ())
            raise NoSuchField(f"{{{{ {path} }}}}: there is no '{name}'{f'; {meant}' if meant else ''}")
        model = fields[name]
    return model


def _is_link(holds: Any) -> bool:
    """Whether a field, or each entry of it, is read as a link."""
    marks = getattr(holds, "__metadata__", ())
    is_read = any(isinstance(mark, PlainValidator) and mark.func is url for mark in marks)
    return is_read or any(map(_is_link, get_args(holds)))


def _fields(model: Any) -> dict[str, Any] | None:
    """The fields of a record, through what may be left out; None for what is no record: a list, a mapping, words."""
    candidates = [model, *get_args(model)]
    found = next((it for it in candidates if isinstance(it, type) and issubclass(it, BaseModel)), None)
    return {field.alias or name: field.annotation for name, field in found.model_fields.items()} if found else None


def _may_have_parts(model: Any) -> bool:
    """Whether names may follow: those of a list or of a mapping are not known beforehand."""
    return any(get_origin(it) in (tuple, dict) for it in (inside(model), *get_args(model)))


def _amount(money: Money) -> str:
    return f"{money.amount:,.2f} {money.currency}"


def _words(value: Any) -> Iterator[str]:
    """A fact in words; none where there is no fact."""
    if value in (None, "", UNKNOWN):
        return
    if isinstance(value, Money):
        yield _amount(value)
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
        yield from (line for line in str(value).splitlines() if line.strip())
