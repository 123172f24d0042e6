"""The organisation and its people: playbook/team.yaml."""

from __future__ import annotations

from salesops.records.member import MEMBER_KINDS
from salesops.records.record import Past, Record, given, many, maybe
from salesops.records.scalars import Currency, Handle, Id, Text, Url, Zone


class Person(Record):
    """Somebody in the team; roles change, history does not."""

    name: Text = given("The name.")
    roles: tuple[Text, ...] = many("What the person does in the team.", "account manager", "delivery manager")
    github: Handle | None = maybe("The account on GitHub, so that reviews of their deals reach them.", "octocat")


class Team(Record):
    """The organisation: playbook/team.yaml."""

    organisation: Text = given("Its name.", past=Past.FREE)
    time_zone: Zone = given("Its time zone, an IANA name.", "America/Vancouver", past=Past.SIGNED)
    currency: Currency = given("Its own currency, ISO 4217.", "USD", past=Past.SIGNED)
    repository: Url | None = maybe("Where the records live, for edit links.", past=Past.FREE)
    github: Handle | None = maybe(
        "Who on GitHub reviews everything except the deals; default: everybody with an account.",
        "our-org/sales",
        past=Past.FREE,
    )
    member_kinds: tuple[Text, ...] = many(
        "Kinds of member that the team knows besides the usual ones.", "museum", "observatory", past=Past.FREE
    )
    people: dict[Id, Person] = given("Everybody who may own a deal, a step or a decision.", past=Past.FREE)


def kinds_known(team: Team | None) -> tuple[str, ...]:
    """The kinds of member that may be written: the usual ones and those of the team."""
    return (*MEMBER_KINDS, *(team.member_kinds if team else ()))
