"""A member: an institution that buys, or may buy, a membership (``reference/fields#member``)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import PlainValidator, WithJsonSchema

from salesops.records.deal import LINKS, Link
from salesops.records.record import Entries, Past, Record, free, given, many, maybe
from salesops.records.scalars import (
    UNKNOWN,
    Amount,
    Country,
    Email,
    Happened,
    Id,
    Month,
    Own,
    Phone,
    Ror,
    Text,
    Url,
    Whole,
    YesNo,
    text,
)

MEMBER_KINDS = (
    "university",
    "research institution",
    "educational organisation",
    "consortium",
    "other",
    UNKNOWN,
)
"""The kinds of institution that every team knows; it may add its own."""

INVOICE_STEPS = ("prepared", "sent", "certified", "invoiced", "paid")
"""The steps of an invoice in their order, none of which is left out (Sales and invoicing process, Sending invoices)."""


def _kind(value: object) -> str:
    """One of the kinds of institution, or one of those that the team adds in playbook/team.yaml."""
    return text(value)


MemberKind = Annotated[
    str,
    PlainValidator(_kind),
    WithJsonSchema({"anyOf": [{"type": "string", "enum": list(MEMBER_KINDS)}, {"type": "string", "minLength": 1}]}),
]


CloudAccount = Literal["billed", "managed", "own"]


class Contact(Record):
    """A person at the institution; as little personal data as the work needs."""

    id: Id = given("A short id, by which deals name the person.", "a-smith")
    name: Text | None = maybe("The name.")
    role: Text | None = maybe("The role.", "Director of Research Computing")
    email: Email | None = maybe("The e-mail address.")
    phone: Phone | None = maybe("The telephone number.", "+1 604 555 0100")
    decides: YesNo | None = maybe("Whether the person can decide to buy.", "true")


class VendorSetup(Record):
    """Whether the team is set up as a vendor in the institution's system (Leads, sales, and hubs process, Converting leads into sales)."""

    status: Literal["not needed", "pending", "done"] = given("How far it is.", "not needed", "pending", "done")
    date: Happened | None = maybe("Since when.", "2025-03-02")


class Community(Record):
    """A community of users that the institution pays for (Sales Operations Overview (2025), Purpose & Philosophy: the buyer is not the user)."""

    name: Text = given("The name of the community.", "Data science teaching")
    users: Whole | None = maybe("How many people use it.", "280")
    representative: Id | None = maybe("Who speaks for it: a contact of the member, by id.", "a-smith")
    deal: Id | None = maybe(
        "The won deal whose contract pays for it, where it gets an invoice of its own.", "cascadia-general"
    )


class RunningHub(Record):
    """A hub that runs for the member, tied to the deal that paid for it (Leads, sales, and hubs process, Converting sales into hubs)."""

    name: Text = given("The name of the hub.", "teaching")
    url: Url | None = maybe("Its address.")
    deal: Id | None = maybe("The deal under which it runs.", "cascadia-general")
    since: Happened | None = maybe("Since when it is in use.", "2026-04-20")
    until: Happened | None = maybe("The day on which it was switched off.", "2027-05-01")
    issue: Url | None = maybe("The issue under which it was set up.")
    owner: Id | None = maybe("Who of the team looks after it.", "april")
    cloud: CloudAccount | None = maybe(
        "Whose cloud it runs in: billed on to the member, managed by us in the member's, or the member's own.",
        "billed",
        "managed",
        "own",
    )


class Health(Record):
    """What delivery saw of the member on a day (Sales Operations Overview (2025), Integration with Delivery)."""

    date: Happened = given("The day.", "2026-05-01")
    status: Literal["green", "amber", "red"] | None = maybe(
        "Its status, where somebody judged it; a count of users alone says none.", "green", "amber", "red"
    )
    active_users: Whole | None = maybe("How many people used it in the month before.", "280")
    hub: Text | None = maybe(
        "The hub that was counted, where the member has several; they are not added up.", "teaching"
    )
    satisfaction: Whole | None = maybe("Satisfaction from 1 to 5.", "4")
    note: Text | None = maybe("What was seen.")


class Credit(Record):
    """What is taken off an invoice (Sales and invoicing process, Sending invoices)."""

    what: Text = given("What for.", "Two days without service")
    amount: Amount = given("How much is taken off.", "80 USD")


class Invoice(Record):
    """The invoice for one month of one contract, and the dates of its steps (Sales and invoicing process, Sending invoices)."""

    month: Month = given("The month of service.", "2026-05")
    deal: Id | None = maybe(
        "The won deal whose contract it is for; needed where the member has more than one.", "cascadia-general"
    )
    community: Text | None = maybe(
        "The community that it is for, where the contract pays for several that get one each.", "Data science teaching"
    )
    tier_confirmed: Happened | None = maybe("When the tier at a specific price was confirmed.", "2026-03-28")
    delivery_confirmed: Happened | None = maybe("When the member confirmed the month's service.", "2026-06-02")
    active_users: Whole | None = maybe("How many people used the hubs in the month.", "280")
    usage: Amount | None = maybe(
        "The month's usage fee; where it is left out, it follows from the active users and the contract's price list.",
        "412.50 USD",
    )
    cloud: Amount | None = maybe("Cloud costs passed through.", "0 USD")
    credits: tuple[Credit, ...] = many("What is taken off.", entries=Entries(("what",), called="credit"))
    prepared: Happened | None = maybe("When the line items were prepared.", "2026-06-01")
    sent: Happened | None = maybe("When they were sent to the fiscal sponsor.", "2026-06-01")
    certified: Happened | None = maybe("When the service was certified.", "2026-06-02")
    invoiced: Happened | None = maybe("When the invoice went out.", "2026-06-03")
    paid: Happened | None = maybe("When it was paid.", "2026-07-01")
    archived: Happened | None = maybe("When the evidence was archived with the fiscal sponsor.", "2026-06-02")

    @property
    def done(self) -> list[tuple[str, date]]:
        """The steps that were made, in the order in which they are to be made, each with its day."""
        return [(step, day) for step in INVOICE_STEPS if (day := getattr(self, step)) is not None]


class Member(Record):
    """An institution that buys or may buy; the file name is its id."""

    name: Text = given("The name of the institution.", "Cascadia University", past=Past.FREE)
    kind: MemberKind = given(
        "What kind of institution it is; 'unknown' where nobody knows yet. The team may add kinds of its own.",
        *MEMBER_KINDS,
        past=Past.FREE,
    )
    country: Country = given("Its country, ISO 3166-1 alpha-2; 'unknown' where nobody knows yet.", "US", past=Past.FREE)
    ror: Ror | None = maybe("Its id in the Research Organization Registry; the checksum is checked.", past=Past.FREE)
    website: Url | None = maybe("Its website.", past=Past.FREE)
    address: Text | None = maybe(
        "Its postal address, as it stands in an agreement.", "1 Campus Way, Bellingham, WA 98225, USA", past=Past.FREE
    )
    billing_address: Text | None = maybe(
        "Where its invoices go, if not to the postal address.",
        "Accounts Payable, PO Box 12, Bellingham",
        past=Past.FREE,
    )
    contacts: tuple[Contact, ...] = many("The people there.", entries=Entries(("id",)), past=Past.FREE)
    vendor_setup: VendorSetup | None = maybe("Whether the team is a vendor in its system.", past=Past.FREE)
    communities: tuple[Community, ...] = many(
        "The communities it pays for.", entries=Entries(("name",), called="community"), past=Past.FREE
    )
    hubs: tuple[RunningHub, ...] = many("The hubs that run for it.", entries=Entries(("name",)), past=Past.FREE)
    health: tuple[Health, ...] = many(
        "What delivery saw, oldest first.",
        entries=Entries(("date", "hub"), called="health check of"),
        past=Past.ENTRIES_NAMED,
    )
    invoices: tuple[Invoice, ...] = many(
        "The monthly invoices, oldest first; one for each contract and month, or for each community that has its own.",
        entries=Entries(("month", "deal", "community"), called="invoice for"),
        past=Past.ENTRIES_SIGNED_ONCE_SENT,
    )
    links: tuple[Link, ...] = many("Where its documents live.", entries=LINKS, past=Past.FREE)
    x: dict[str, Own] = free("The team's own fields: shown, never interpreted.", past=Past.FREE)

    @property
    def bill_to(self) -> str | None:
        """Where its invoices go; None where no address is on file."""
        return self.billing_address or self.address

    @property
    def running(self) -> tuple[RunningHub, ...]:
        """The hubs that were not switched off."""
        return tuple(hub for hub in self.hubs if hub.until is None)

    @property
    def judged(self) -> tuple[Health, ...]:
        """What delivery saw, where somebody said how the member stands."""
        return tuple(seen for seen in self.health if seen.status is not None)

    @property
    def counted(self) -> tuple[Health, ...]:
        """The counts of active users of the whole member, not of one hub among several."""
        return tuple(seen for seen in self.health if seen.active_users is not None and seen.hub is None)

    @property
    def is_what_and_where(self) -> tuple[str, str]:
        """Its kind and its country in words; neither of them stands alone where it is unknown."""
        kind = f"kind {UNKNOWN}" if self.kind == UNKNOWN else self.kind
        return kind, f"country {UNKNOWN}" if self.country == UNKNOWN else self.country
