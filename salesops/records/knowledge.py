"""What the team knows today: its dated answers to the standing questions of the sales process (Sales Operations Overview (2025), What Makes This System Different)."""

from __future__ import annotations

from typing import Literal

from salesops.records.record import Entries, Past, Record, given, many, maybe
from salesops.records.scalars import Happened, Id, Text

Question = Literal["ideal-member", "messaging", "needs", "predicting"]

QUESTIONS: dict[Question, str] = {
    "ideal-member": "Who makes an ideal member?",
    "messaging": "What messaging resonates with prospects?",
    "needs": "Which needs does a membership solve well, and which poorly?",
    "predicting": "How can we tell which prospects will convert?",
}
"""The standing questions, in the order in which they are asked."""


class KnownAnswer(Record):
    """What the team answers to a standing question from a day on; the newest one is today's."""

    question: Question = given("The question.", *QUESTIONS)
    date: Happened = given("The day of the answer.", "2026-10-05")
    answer: Text = given("The answer, as it is today.", "Universities where one office pays for teaching technology.")
    evidence: Text | None = maybe("What it rests on.", "5 of the 6 that fit signed")
    deals: tuple[Id, ...] = many("The deals that show it.", "cascadia-general")


class Knowledge(Record):
    """What the team knows: playbook/knowledge.yaml; optional."""

    answers: tuple[KnownAnswer, ...] = many(
        "The answers to the standing questions; a new answer is a new entry, so the older ones can be looked up.",
        entries=Entries(("question", "date"), may_repeat=True, about="question", called="answer to"),
        past=Past.ENTRIES_SIGNED,
    )
