"""The organisation and its people: playbook/team.yaml."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from salesops.records.deal import LINKS, Link
from salesops.records.member import MEMBER_KINDS
from salesops.records.public import Public
from salesops.records.record import Entries, Past, Record, given, many, maybe
from salesops.records.scalars import Currency, Email, Handle, Id, Percent, Text, Url, Zone, refuse, whole


class Person(Record):
    """Somebody in the team; roles change, history does not."""

    name: Text = given("The name.")
    roles: tuple[Text, ...] = many("What the person does in the team.", "account manager", "delivery manager")
    github: Handle | None = maybe("The account on GitHub, so that reviews of their deals reach them.", "octocat")


MOST = 1_000


def _from_one(value: object) -> int:
    """A whole number from 1 to 1,000."""
    found = whole(value)
    if not 1 <= found <= MOST:
        refuse("not-a-number", f"{found:,} is not between 1 and {MOST:,}", f"write a number from 1 to {MOST:,}")
    return found


Some = Annotated[
    int,
    PlainValidator(_from_one),
    WithJsonSchema({"type": ["integer", "string"], "pattern": "^([1-9][0-9]{0,2}|1000)$"}),
]


class Numbers(Record):
    """By which numbers the team counts; each left out is as it has always been (``reference/definitions#numbers``)."""

    enough: Some = Field(
        default=10,
        description="From how many outcomes on there is a rate, an average or a difference; below it, too few to say. Default: 10.",
        examples=["10"],
    )
    grace_days: Some = Field(
        default=90,
        description="Days after the end of a contract for which a member whose service goes on still counts as kept. Default: 90.",
        examples=["90"],
    )
    weeks_shown: Some = Field(
        default=8, description="How many full weeks a number of the week is shown for. Default: 8.", examples=["8"]
    )
    trend_weeks: Some = Field(
        default=4,
        description="How many weeks the trend of a target, and the change of a number on the site, goes back. Default: 4.",
        examples=["4"],
    )
    fades_after: Some = Field(
        default=180,
        description="Days after which what was learned asks to be seen again. Default: 180.",
        examples=["180"],
    )
    invoice_within: Some = Field(
        default=30,
        description="Days after the end of a month, or after a step of its invoice, after which the next step is waited for. Default: 30.",
        examples=["30"],
    )
    paid_within: Some = Field(
        default=60, description="Days after an invoice went out after which it is unpaid. Default: 60.", examples=["60"]
    )
    renewal_waits: Some = Field(
        default=30,
        description="Days before the end of a contract from which on its renewal is waited for. Default: 30.",
        examples=["30"],
    )
    renewal_begins: Some = Field(
        default=180,
        description="Days before the end of a contract from which on its renewal is proposed (`salesops renew --due`). Default: 180.",
        examples=["180"],
    )
    parked_long: Some = Field(
        default=90,
        description="Days without a word after which a deal that is parked without an end asks to be looked at. Default: 90.",
        examples=["90"],
    )
    returned_for: Some = Field(
        default=30,
        description="Days for which a deal that came back from parking is pointed out until somebody logs something. Default: 30.",
        examples=["30"],
    )
    closed_looked_at: Some = Field(
        default=20,
        description="How many closed deals the monthly review looks at: those of the month, and the last ones before it. Default: 20.",
        examples=["20"],
    )
    days_ahead: Some = Field(
        default=30,
        description="How many days ahead the list of what there is to do looks. Default: 30.",
        examples=["30"],
    )
    back_soon: Some = Field(
        default=14,
        description="Days before a parked deal comes back from which on that is among what there is to do. Default: 14.",
        examples=["14"],
    )
    closed_shown: Some = Field(
        default=30,
        description="For how many days a deal that was won or lost still stands below the board. Default: 30.",
        examples=["30"],
    )
    assumed_renewed: Percent = Field(
        default=Decimal("0.8"),
        description="The share of contracts that the MRR forecast takes as renewed until enough have ended to measure it. Default: 80%.",
        examples=["80%"],
    )
    assumed_won: Percent = Field(
        default=Decimal("0.3"),
        description="The share of qualified new deals that the MRR forecast takes as won until enough are decided to measure it. Default: 30%.",
        examples=["30%"],
    )


class Sponsor(Record):
    """Who signs and sends the invoices for the team: the fiscal sponsor (Sales Operations Overview (2025), Service Agreements & Legal Structure)."""

    name: Text = given("Its name; the entity of the contracts.", "Code for Science & Society")
    email: Email | None = maybe(
        "Where its operations read what is to be invoiced and archived.", "operations@sponsor.example"
    )
    address: Text | None = maybe(
        "Its postal address, as it stands in an agreement.", "12 Harbour Street, Portland, OR 97204, USA"
    )


class Delivery(Record):
    """How delivery takes on what was sold (Sales Operations Overview (2025), Integration with Delivery)."""

    repository: Url | None = maybe(
        "The repository in which the issues for delivery are opened.", "https://github.com/our-org/infrastructure"
    )
    new_hub: Text | None = maybe("The template of the issue for a new hub.", "new-hub@1")
    decommission: Text | None = maybe("The template of the issue by which a hub is switched off.", "decommission@1")
    labels: tuple[Text, ...] = many("The labels that the issues get.", "hub")


class Attendee(Record):
    """Somebody who is asked to a meeting, and the reason (Sales Sync, ATTENDEES)."""

    person: Id = given("Who it is.", "jim")
    role: Literal["required", "optional"] = given("Whether the meeting needs the person.", "required", "optional")
    why: Text | None = maybe("Why the person is there.", "Tells what delivery sees of the members")


ATTENDEES = Entries(("person",), called="attendance of")
"""How attendees are told apart, wherever they are listed."""
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Meeting(Record):
    """The weekly review as it stands in everybody's calendar (Sales Sync, CADENCE and ATTENDEES)."""

    owner: Id | None = maybe("Who leads it.", "jim")
    weekday: Weekday | None = maybe("The day of the week on which it is held.", "monday")
    people: tuple[Attendee, ...] = many("Who is asked to be there, and why.", entries=ATTENDEES)
    links: tuple[Link, ...] = many("The entry in the calendar, and where more is.", entries=LINKS)


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
    numbers: Numbers | None = maybe("By which numbers the team counts.", past=Past.FREE)
    review: Meeting | None = maybe(
        "The weekly review: who leads it, who is asked, and its entry in the calendar.", past=Past.FREE
    )
    public: Public | None = maybe(
        "What a public site may show; without it there is none (`salesops site --public`).", past=Past.FREE
    )
    address: Text | None = maybe(
        "Its postal address, where it signs agreements itself.",
        "12 Harbour Street, Portland, OR 97204, USA",
        past=Past.FREE,
    )
    sponsor: Sponsor | None = maybe("Who signs the contracts and sends the invoices for the team.", past=Past.FREE)
    delivery: Delivery | None = maybe("Where delivery works, and by which templates.", past=Past.FREE)
    people: dict[Id, Person] = given("Everybody who may own a deal, a step or a decision.", past=Past.FREE)


def kinds_known(team: Team | None) -> tuple[str, ...]:
    """The kinds of member that may be written: the usual ones and those of the team."""
    return (*MEMBER_KINDS, *(team.member_kinds if team else ()))
