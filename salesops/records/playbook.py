"""The rest of the playbook: the team, what it believes, tries, decides and aims for: ``reference/fields`` lists every field of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic_core import PydanticCustomError

from salesops.records.deal import LINKS, Link
from salesops.records.record import Entries, Record, given, many, maybe
from salesops.records.scalars import (
    Currency,
    Day,
    Handle,
    Id,
    Number,
    Percent,
    Text,
    Url,
    Whole,
    YesNo,
    Zone,
    money,
    percent,
    whole,
)


class Person(Record):
    """Somebody in the team; roles change, history does not."""

    name: Text = given("The name.")
    roles: tuple[Text, ...] = many("What the person does in the team.", "account manager", "delivery manager")
    github: Handle | None = maybe("The account on GitHub, so that reviews of their deals reach them.", "octocat")


class Team(Record):
    """The organisation: playbook/team.yaml."""

    organisation: Text = given("Its name.")
    time_zone: Zone = given("Its time zone, an IANA name.", "America/Vancouver")
    currency: Currency = given("Its own currency, ISO 4217.", "USD")
    repository: Url | None = maybe("Where the records live, for edit links.")
    github: Handle | None = maybe(
        "Who on GitHub reviews everything except the deals; default: everybody with an account.", "our-org/sales"
    )
    people: dict[Id, Person] = given("Everybody who may own a deal, a step or a decision.")


class Since(Record):
    """A dated note of what changed."""

    version: Whole = given("The version.", "2")
    date: Day = given("Since when.", "2026-01-15")
    note: Text = given("What changed.")


class Prediction(Record):
    """What a hypothesis foretells, so that it can be wrong."""

    conversion: Id = given("The conversion.", "outreach-to-discovery")
    at_least: Percent = given("The minimum share.", "30%")


class Evidence(Record):
    """What speaks for or against a hypothesis."""

    date: Day = given("When it was seen.", "2026-03-01")
    note: Text = given("What was seen.", "4 of 9 engaged")
    deals: tuple[Id, ...] = many("The deals that show it.", "cascadia-general")


class Hypothesis(Record):
    """An ICP hypothesis: playbook/icp/<id>.yaml (Sales Operations Overview (2025), Key Artifacts)."""

    claim: Text = given("What is believed.")
    version: Whole = given("Its version.", "2")
    since: Day = given("The day from which this version is current.", "2026-01-15")
    predicts: Prediction | None = maybe("What it predicts.")
    status: Literal["testing", "supported", "rejected", "replaced"] = given(
        "Its status.", "testing", "supported", "rejected", "replaced"
    )
    evidence: tuple[Evidence, ...] = many(
        "What was seen.", entries=Entries(("date",), may_repeat=True, called="evidence of")
    )
    changelog: tuple[Since, ...] = many("What changed, and when.", entries=Entries(("version",), called="changelog"))


class Cohort(Record):
    """Which attempts an experiment counts."""

    stage: Text = given("The stage that they enter.", "outreach")
    since: Day = given("From this day on.", "2026-01-15")
    until: Day | None = maybe("To this day.", "2026-03-15")


class Experiment(Record):
    """An experiment: playbook/experiments/<id>.yaml (Sales Operations Overview (2025), Key Artifacts)."""

    hypothesis: Text = given("What is believed.")
    variants: tuple[Text, ...] = many("What is compared.", "plain", "named")
    cohort: Cohort | None = maybe("Which attempts count.")
    measure: Id | None = maybe("The metric that decides.", "outreach-to-discovery")
    stop: Text | None = maybe("When it ends, decided in advance.", "20 attempts in each variant")
    owner: Id | None = maybe("Who runs it.", "jim")
    status: Literal["planned", "running", "done", "abandoned"] = given(
        "Its status.", "planned", "running", "done", "abandoned"
    )
    result: Text | None = maybe("What came out.")
    learning: Text | None = maybe("What the team learned.")


class Decision(Record):
    """A decision: playbook/decisions/<id>.yaml (Sales Operations Overview (2025), Pivot Decision Points)."""

    date: Day = given("When it was taken.", "2026-04-06")
    answers: Id | None = maybe("What it answers: a red line or a process version.", "outreach-broken")
    verdict: Literal["pivot", "hold", "gather more"] = given("What was decided.", "pivot", "hold", "gather more")
    why: Text = given("The reason.")
    until: Day | None = maybe("When it is looked at again.", "2026-06-01")


class Target(Record):
    """A sustainability KPI: what must be reached by when (Sales Sync, WHY)."""

    id: Id = given("Its id.", "sqd-by-year-end")
    metric: Id = given("The metric that must reach it.", "sqd")
    at_least: Text = given("A count, a percentage or an amount of money.", "12", "30%", "20000 USD")
    by: Day = given("By which day.", "2026-12-31")
    why: Text | None = maybe("Why it matters.")

    def fits(self, kind: str) -> bool:
        """Whether it is written in the unit of a metric of this kind: count, share, money or days."""
        reader = {"share": percent, "money": money}.get(kind, whole)
        try:
            reader(self.at_least)
        except PydanticCustomError:
            return False
        return True


class Targets(Record):
    """All targets: playbook/targets.yaml."""

    targets: tuple[Target, ...] = given("The targets.", entries=Entries(("id",)))


class Action(Record):
    """Something that a review asked for."""

    deal: Id | None = maybe("The deal it is about.", "cascadia-general")
    action: Text = given("What will be done.")
    owner: Id = given("Who does it.", "jim")
    due: Day | None = maybe("By when.", "2026-04-13")
    done: YesNo | None = maybe("Whether it was done.", "true")


class Review(Record):
    """One weekly review: playbook/reviews/<date>.yaml (Sales Operations Overview (2025), Weekly Sales Review)."""

    owner: Id | None = maybe("Who led it.", "jim")
    attended: tuple[Id, ...] = many("Who was there.", "jim")
    commit: Text | None = maybe("The commit that was looked at.")
    notes: Text | None = maybe("What was said.")
    experiments: tuple[Id, ...] = many("The one or two experiments chosen for the week.", "subject-lines")
    actions: tuple[Action, ...] = many(
        "What was agreed.", entries=Entries(("deal", "action"), may_repeat=True, about="action", called="action:")
    )
    links: tuple[Link, ...] = many("Where more is.", entries=LINKS)


RemovableKind = Literal["deal", "member", "experiment", "icp", "decision"]
"""The kinds of records that go only with a signed line: what they held counts, or was learned from."""


class Removal(Record):
    """A record that was deleted on purpose."""

    kind: RemovableKind = given("What it was.", "deal", "member")
    id: Id = given("Its id.")
    date: Day = given("When.", "2026-03-01")
    by: Id = given("Who removed it.", "jim")
    why: Text = given("Why.", "Entered twice")


class Removed(Record):
    """All removals: playbook/removed.yaml."""

    removed: tuple[Removal, ...] = given(
        "The records that were deleted on purpose.", entries=Entries(("kind", "id"), about="id", called="removal of")
    )


class Rate(Record):
    """An exchange rate from its day on, until the next one of the pair."""

    date: Day = given("From which day.", "2026-01-02")
    from_: Currency = given("What is converted.", "CAD", key="from")
    to: Currency = given("Into what.", "USD")
    rate: Number = given("How much one unit is worth in it.", "0.7312")


class Rates(Record):
    """All exchange rates: playbook/rates.yaml (reference/definitions#currencies)."""

    rates: tuple[Rate, ...] = given("The rates.", entries=Entries(("date", "from", "to"), called="rate of"))

    def on(self, day: date, start: str, target: str) -> Decimal | None:
        """The newest rate of the pair on or before the day; None where there is none: nothing is guessed."""
        known = [rate for rate in self.rates if rate.from_ == start and rate.to == target and rate.date <= day]
        return max(known, key=lambda rate: rate.date).rate if known else None
