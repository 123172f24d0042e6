"""What the team believes, tries, decides and reviews: hypotheses, experiments, decisions, weekly reviews."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import GetPydanticSchema
from pydantic_core import core_schema

from salesops.records.deal import LINKS, Link
from salesops.records.process import Need
from salesops.records.record import Entries, Past, Record, given, many, maybe
from salesops.records.scalars import Day, Happened, Id, Percent, Text, Whole, YesNo, refuse, text
from salesops.records.team import ATTENDEES, Attendee


class Since(Record):
    """A dated note of what changed."""

    version: Whole = given("The version.", "2")
    date: Happened = given("Since when.", "2026-01-15")
    note: Text = given("What changed.")


class Prediction(Record):
    """What a hypothesis foretells, so that it can be wrong."""

    conversion: Id = given("The conversion.", "outreach-to-discovery")
    at_least: Percent = given("The minimum share.", "30%")


class Evidence(Record):
    """What speaks for or against a hypothesis."""

    date: Happened = given("When it was seen.", "2026-03-01")
    note: Text = given("What was seen.", "4 of 9 engaged")
    deals: tuple[Id, ...] = many("The deals that show it.", "cascadia-general")


class Hypothesis(Record):
    """An ICP hypothesis: playbook/icp/<id>.yaml (Sales Operations Overview (2025), Key Artifacts)."""

    claim: Text = given("What is believed.", past=Past.NEW_VERSION)
    version: Whole = given("Its version.", "2", past=Past.FREE)
    since: Day = given("The day from which this version is current.", "2026-01-15", past=Past.FREE)
    predicts: Prediction | None = maybe("What it predicts.", past=Past.NEW_VERSION)
    when: tuple[Need, ...] = many(
        "What can be seen of a deal that it is about; a deal is scored by how many of these it meets.",
        past=Past.NEW_VERSION,
    )
    status: Literal["testing", "supported", "rejected", "replaced"] = given(
        "Its status.", "testing", "supported", "rejected", "replaced", past=Past.FREE
    )
    evidence: tuple[Evidence, ...] = many(
        "What was seen.", entries=Entries(("date",), may_repeat=True, called="evidence of"), past=Past.FREE
    )
    changelog: tuple[Since, ...] = many(
        "What changed, and when.", entries=Entries(("version",), called="changelog of version"), past=Past.FREE
    )


class Cohort(Record):
    """Which attempts an experiment counts."""

    stage: Text = given("The stage that they enter.", "outreach")
    since: Day = given("From this day on.", "2026-01-15")
    until: Day | None = maybe("To this day.", "2026-03-15")


class Stop(Record):
    """When an experiment ends, so that it can be counted: whichever of the two comes first."""

    each_variant: Whole | None = maybe("So many attempts in each variant.", "20")
    until: Day | None = maybe("On this day.", "2026-06-30")

    def __str__(self) -> str:
        parts = [f"{self.each_variant} attempts in each variant"] if self.each_variant is not None else []
        return " or ".join([*parts, *([f"on {self.until}"] if self.until else [])])


def _stop(value: Any, read: core_schema.ValidatorFunctionWrapHandler) -> Any:
    if value == {}:
        refuse("value-missing", "nothing says when it ends", "give each_variant, until or both, or say it in words")
    return read(value) if isinstance(value, dict) else text(value)


StopRule = Annotated[
    Stop | str,
    GetPydanticSchema(
        lambda _, read: core_schema.no_info_wrap_validator_function(_stop, read.generate_schema(Stop)),
        lambda _, read: {
            "anyOf": [{"type": "string", "minLength": 1}, {**read(Stop.__pydantic_core_schema__), "minProperties": 1}]
        },
    ),
]
"""The end of an experiment in words, or in numbers."""


ExperimentStatus = Literal["planned", "running", "done", "abandoned"]
STATUSES: tuple[ExperimentStatus, ...] = get_args(ExperimentStatus)
"""In the order in which an experiment goes through them; it ends in one of the last two."""
ENDED = STATUSES[2:]


class Experiment(Record):
    """An experiment: playbook/experiments/<id>.yaml (Sales Operations Overview (2025), Key Artifacts)."""

    hypothesis: Text = given("What is believed.", past=Past.SIGNED_ONCE_RUNNING)
    variants: tuple[Text, ...] = many("What is compared.", "plain", "named", past=Past.SIGNED_ONCE_RUNNING)
    cohort: Cohort | None = maybe("Which attempts count.", past=Past.SIGNED_ONCE_RUNNING)
    measure: Id | None = maybe("The metric that decides.", "outreach-to-discovery", past=Past.SIGNED_ONCE_RUNNING)
    stop: StopRule | None = maybe(
        "When it ends, decided in advance: in words, {each_variant: 20} or {until: 2026-06-30}.",
        "20 attempts in each variant",
        past=Past.SIGNED_ONCE_RUNNING,
    )
    owner: Id | None = maybe("Who runs it.", "jim", past=Past.FREE)
    status: ExperimentStatus = given("Its status.", *STATUSES, past=Past.SIGNED_WHERE_IT_GOES_BACK)
    result: Text | None = maybe("What came out.", past=Past.SIGNED_ONCE_DONE)
    learning: Text | None = maybe("What the team learned.", past=Past.FREE)


class Decision(Record):
    """A decision: playbook/decisions/<id>.yaml (Sales Operations Overview (2025), Pivot Decision Points)."""

    date: Happened = given("When it was taken.", "2026-04-06", past=Past.SIGNED_AFTER_ITS_DAY)
    answers: Id | None = maybe(
        "What it answers: a red line, a target or a process version.", "outreach-broken", past=Past.SIGNED_AFTER_ITS_DAY
    )
    verdict: Literal["pivot", "hold", "gather more"] = given(
        "What was decided.", "pivot", "hold", "gather more", past=Past.SIGNED_AFTER_ITS_DAY
    )
    why: Text = given("The reason.", past=Past.SIGNED_AFTER_ITS_DAY)
    until: Day | None = maybe("When it is looked at again.", "2026-06-01", past=Past.SIGNED_AFTER_ITS_DAY)


class Action(Record):
    """Something that a review asked for."""

    deal: Id | None = maybe("The deal it is about.", "cascadia-general")
    action: Text = given("What will be done.")
    owner: Id = given("Who does it.", "jim")
    due: Day | None = maybe("By when.", "2026-04-13")
    done: YesNo | None = maybe("Whether it was done.", "true")


class Review(Record):
    """One weekly review: playbook/reviews/<date>.yaml (Sales Operations Overview (2025), Weekly Sales Review)."""

    owner: Id | None = maybe("Who led it.", "jim", past=Past.SIGNED_AFTER_ITS_DAY)
    attended: tuple[Id, ...] = many("Who was there.", "jim", past=Past.SIGNED_AFTER_ITS_DAY)
    attendance: tuple[Attendee, ...] = many(
        "Who was asked to be there, and why; who came is under attended.",
        entries=ATTENDEES,
        past=Past.SIGNED_AFTER_ITS_DAY,
    )
    commit: Text | None = maybe("The commit that was looked at.", past=Past.SIGNED_AFTER_ITS_DAY)
    notes: Text | None = maybe("What was said.", past=Past.SIGNED_AFTER_ITS_DAY)
    experiments: tuple[Id, ...] = many(
        "The one or two experiments chosen for the week.", "subject-lines", past=Past.SIGNED_AFTER_ITS_DAY
    )
    actions: tuple[Action, ...] = many(
        "What was agreed.",
        entries=Entries(("deal", "action"), may_repeat=True, about="action", called="action:"),
        past=Past.ENTRIES_SIGNED,
    )
    links: tuple[Link, ...] = many("Where more is.", entries=LINKS, past=Past.FREE)
