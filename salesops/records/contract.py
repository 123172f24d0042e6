"""What was signed with a deal, and its hand-off to delivery: ``contract`` and ``order`` of a deal (``reference/fields#deal.contract``)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import PlainValidator, WithJsonSchema

from salesops.records.money import CENT, Money
from salesops.records.record import Entries, Past, Record, given, many, maybe
from salesops.records.scalars import (
    Amount,
    Day,
    Happened,
    Id,
    Text,
    Url,
    Whole,
    day,
)

Date = date  # inside a record that has a field of this name, the field hides the type

OPEN = "open"
"""The end of a contract that has none."""
MONTHS_A_YEAR = 12

DeliverableStatus = Literal["planned", "under way", "delivered", "dropped"]


def day_or_open(value: object) -> date | str:
    """A whole calendar day, 2026-02-09, or the word open."""
    return OPEN if value == OPEN else day(value)


def months_after(start: date, months: int) -> date:
    """The same day of a later month, or the last day of a month that is shorter."""
    year, month = divmod(start.year * MONTHS_A_YEAR + start.month - 1 + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def month_days(month: str) -> tuple[date, date]:
    """The first and the last day of a month such as ``2026-05``."""
    year, number = map(int, month.split("-"))
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def month_before(month: str) -> str:
    """The month before one, both as ``2026-05``."""
    return f"{month_days(month)[0] - timedelta(days=1):%Y-%m}"


LastDay = Annotated[
    date | str,
    PlainValidator(day_or_open),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "const": OPEN}]}),
]


class Scope(Record):
    """What the contract covers."""

    hubs: Whole | None = maybe("How many hubs.", "3")
    support: Text | None = maybe("The support that is included.", "Working days, answer within a day")
    consulting_hours: Whole | None = maybe("Hours of consulting that are included.", "20")


class Deliverable(Record):
    """Something that the contract promises."""

    what: Text = given("What it is.", "Training for lecturers")
    due: Day | None = maybe("By which day it is due.", "2026-09-01")
    status: DeliverableStatus | None = maybe("How far it is.", "planned", "under way", "delivered", "dropped")
    link: Url | None = maybe("A link to it.", "https://…")


class Contract(Record):
    """The signed agreement (Sales Operations Overview (2025), Closed Won). A contract is a closed interval: in force on its first and its last day."""

    signed: Happened | None = maybe("The day of the last signature.", "2026-03-28")
    start: Day | None = maybe("The first day of the term.", "2026-04-01")
    end: LastDay | None = maybe(
        "The last day of the term, or open where it runs until somebody ends it.", "2027-03-31", OPEN
    )
    mrr: Amount | None = maybe("Recurring revenue, money a month.", "1250 USD")
    one_off: Amount | None = maybe("One-off fee.", "2000 USD")
    entity: Text | None = maybe("The legal entity that contracts, such as the fiscal sponsor.")
    template: Text | None = maybe("The agreement template and its version.", "outbound-services@5")
    agreement: Url | None = maybe("A link to the executed agreement.", "https://…")
    scope: Scope | None = maybe("What it covers.")
    prices: Id | None = maybe("The version of the price list: a file in playbook/prices/.", "2026-01")
    renewal_terms: Text | None = maybe("How it is renewed or ended.", "Renews by a year unless ended 60 days before")
    service_levels: Text | None = maybe("What is promised of the service.", "99.5% in term time")
    goals: tuple[Text, ...] = many("What they want to reach with it.", "300 students in the first term", past=Past.FREE)
    deliverables: tuple[Deliverable, ...] = many(
        "What it promises, and how far that is.",
        entries=Entries(("what",), about="what", called="deliverable"),
        past=Past.FREE,
    )
    why_different: Text | None = maybe(
        "Why it differs from the expected value in money or months, or is free of charge.", "A hub less than offered"
    )
    service_ended: Happened | None = maybe(
        "The day on which the service stopped; from that day on it is over.", "2027-05-01"
    )

    @property
    def last_day(self) -> Date | None:
        """The last day of the term; None where it is open-ended, or the contract does not say."""
        return self.end if isinstance(self.end, Date) else None

    @property
    def term(self) -> Fraction | None:
        """The length of the term in months; days that make no whole month count as a part of one. None where it has no first or no last day."""
        if self.start is None or self.last_day is None or self.last_day < self.start:
            return None
        over = self.last_day + timedelta(days=1)
        whole = (over.year - self.start.year) * MONTHS_A_YEAR + over.month - self.start.month
        whole -= over < months_after(self.start, whole)
        last, following = (months_after(self.start, count) for count in (whole, whole + 1))
        return whole + Fraction((over - last).days, (following - last).days)

    @property
    def months(self) -> int | None:
        """The length of the term in months, to the nearest."""
        term = self.term
        return None if term is None else round(term)

    def recurring(self, months_without_end: int = MONTHS_A_YEAR) -> Money | None:
        """What recurs, over its term: the fee of a month times the months, so many where it has no end; None where it has no such fee."""
        if self.mrr is None:
            return None
        hundredths = round(Fraction(self.mrr.amount) * 100 * (self.term or months_without_end))
        return Money(Decimal(hundredths) * CENT, self.mrr.currency)

    def amounts(self, months_without_end: int = MONTHS_A_YEAR) -> list[Money]:
        """What it brings over its term: what recurs, and what comes once."""
        return [money for money in (self.recurring(months_without_end), self.one_off) if money]

    @property
    def began(self) -> Date | None:
        """The day of the signature; a draft that nobody has signed has none."""
        return self.signed

    def covers(self, month: str) -> bool:
        """Whether there was service on any day of a month."""
        start, last = self.start or self.signed, self.last_in_service
        return (start is None or f"{start:%Y-%m}" <= month) and (last is None or month <= f"{last:%Y-%m}")

    def in_month(self, month: str) -> tuple[Date, Date] | None:
        """The first and the last day of service in a month; None where there is none, or nobody says when it began."""
        start, last = self.start or self.signed, self.last_in_service
        first_of, last_of = month_days(month)
        if start is None:
            return None
        days = max(start, first_of), min(last or last_of, last_of)
        return days if days[0] <= days[1] else None

    @property
    def last_in_service(self) -> Date | None:
        """The last day on which there is service: that of the term, or the one before the service ended; None where neither is said."""
        last_days = [self.last_day, self.service_ended - timedelta(1) if self.service_ended else None]
        return min((last for last in last_days if last), default=None)


class Hub(Record):
    """A hub as ordered (Sales Operations Overview (2025), Integration with Delivery)."""

    name: Text = given("The name of the hub.", "teaching")
    environment: Text | None = maybe("The software environment.", "python-datascience")
    authentication: Text | None = maybe("How people sign in.", "institutional single sign-on")
    storage: Text | None = maybe("The storage.", "10 GB a user")
    issue: Url | None = maybe("The issue by which delivery sets it up.", "https://…")


class Frozen(Record):
    """What the configurator's link said on a day, kept for when the configurator is gone (Sales Operations Overview (2025), Integration with Delivery)."""

    date: Happened = given("The day on which it was copied.", "2026-03-30")
    catalogue: Text | None = maybe("The version of the configurator's catalogue, where the link names one.", "2026-03")
    hubs: tuple[Hub, ...] = many("The hubs that it specifies.", entries=Entries(("name",)))


class Order(Record):
    """The hand-off to delivery (Sales Operations Overview (2025), Integration with Delivery)."""

    configurator: Url | None = maybe("The configurator's link, the first specification of the order.", "https://…")
    frozen: Frozen | None = maybe("A copy of what the link said.")
    hubs: tuple[Hub, ...] = many("The hubs that are ordered.", entries=Entries(("name",)))
    created: Happened | None = maybe("The day on which the order was made.", "2026-03-30")
    issues: tuple[Url, ...] = many("The issues that delivery works by.", "https://…")
    issued: Happened | None = maybe("The day on which the issues were opened.", "2026-03-31")
    delivery_owner: Id | None = maybe("Who in delivery owns it.", "april")
    taken_on: Happened | None = maybe("The day on which delivery took it on.", "2026-04-01")
    operational: Happened | None = maybe(
        "The day from which the hubs are in active use: the hand-off is complete.", "2026-04-20"
    )
