"""How a prospect is judged: the seven MANIAC-T answers and the fit to an ICP hypothesis (``reference/fields#deal.maniac_t``)."""

from __future__ import annotations

from typing import Literal

from salesops.records.record import Entries, Record, given, many, maybe
from salesops.records.scalars import (
    Amount,
    Day,
    Happened,
    Id,
    Text,
    Url,
    Whole,
    YesNo,
)

MANIAC_T = ("money", "authority", "need", "impending_event", "application", "competition", "timeline")

AnswerStatus = Literal["met", "partial", "unmet", "unknown"]
MoneySource = Literal["allocated", "sought", "unknown"]


class Answer(Record):
    """One MANIAC-T answer (Sales and invoicing process, When to decide to work with a lead)."""

    status: AnswerStatus = given("How well the question is answered.", "met", "partial", "unmet", "unknown")
    date: Happened = given("The day of the answer.", "2026-02-04")
    note: Text | None = maybe("What was learned, in a sentence.", "CIO signs above 25k")
    asked_by: Id | None = maybe("Who of the team asked, where it was asked for.", "jim")
    evidence: Url | None = maybe("A link to what shows it.", "https://…")


class MoneyAnswer(Answer):
    """Money: is a specific amount set aside?"""

    amount: Amount | None = maybe("The amount set aside.", "40000 USD")
    range: Text | None = maybe("The range in which they think, in their words.", "15 to 20 thousand a year")
    source: MoneySource | None = maybe(
        "Whether the money is there, is still being sought, or nobody knows.", "allocated", "sought", "unknown"
    )


class AuthorityAnswer(Answer):
    """Authority: who can decide, and who else is involved?"""

    contacts: tuple[Id, ...] = many("The deciders, by their contact ids on the member.", "a-smith")
    process: Text | None = maybe("How they decide, and who has a say.", "Department asks, purchasing signs")


class NeedAnswer(Answer):
    """Need: what hurts, and how much?"""

    pains: tuple[Text, ...] = many("What hurts today, in their words.", "Three days of installing each term")
    strength: Text | None = maybe("How strong the wish for a change is.", "Strong: the server is switched off in May")


class EventAnswer(Answer):
    """Impending event: what is coming that presses?"""

    event: Day | None = maybe("The day of the event; the answer is stale once it has passed.", "2026-09-01")


class ApplicationAnswer(Answer):
    """Application: does their use fit what is offered?"""

    changes: tuple[Text, ...] = many("What would have to change in the offer for them.", "Grades back to Moodle")
    referral: Text | None = maybe("Where they were sent instead, if their use does not fit.", "The national facility")


class CompetitionAnswer(Answer):
    """Competition: what else do they consider, doing nothing included?"""

    alternatives: tuple[Text, ...] = many(
        "The alternatives; write 'none known' rather than nothing.", "in-house", "nothing"
    )


class BuyingStep(Record):
    """One step of their buying process."""

    what: Text = given("What has to happen.", "Counsel reads the agreement")
    by: Day | None = maybe("By which day they expect it.", "2026-03-15")


class TimelineAnswer(Answer):
    """Timeline: their buying process, step by step."""

    steps: tuple[BuyingStep, ...] = many(
        "The steps of their buying process, in order.",
        entries=Entries(("what",), about="what", called="buying step:"),
    )


class Qualification(Record):
    """The seven MANIAC-T answers; each is optional until the process asks for it."""

    money: MoneyAnswer | None = maybe("Is a specific amount of money set aside? If funding is sought, the details.")
    authority: AuthorityAnswer | None = maybe("Can the contact decide? Who else is involved?")
    need: NeedAnswer | None = maybe("What hurts today? Is there a real need for change?")
    impending_event: EventAnswer | None = maybe("Is something urgent coming up?")
    application: ApplicationAnswer | None = maybe("Does their use fit what is offered, or would it need major changes?")
    competition: CompetitionAnswer | None = maybe("What else are they considering, doing nothing included?")
    timeline: TimelineAnswer | None = maybe("What is their buying process, and how long does it take?")

    @property
    def answered(self) -> int:
        """How many of the seven have an answer."""
        return sum(getattr(self, letter) is not None for letter in MANIAC_T)


class Fit(Record):
    """The judgement against an ICP hypothesis (Sales Operations Overview (2025), Enrichment)."""

    hypothesis: Id | None = maybe("The hypothesis by which the fit was judged.", "research-university-r1")
    version: Whole | None = maybe("The version of the hypothesis.", "2")
    fit: YesNo | None = maybe("Whether the prospect fits.", "true")
    note: Text | None = maybe("Why.", "Three active courses")
