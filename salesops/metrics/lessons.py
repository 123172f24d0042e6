"""What was learned, from whom and when, what still stands behind it, and today's answers to the standing questions (``reference/definitions#what-we-know``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from salesops.book.book import Ref, Snapshot
from salesops.book.visits import DealHistory
from salesops.metrics.experiments import ExperimentResult
from salesops.records.knowledge import QUESTIONS, KnownAnswer
from salesops.records.process import WON


@dataclass(frozen=True)
class Lesson:
    """Something that was learned: of a win, a loss, a stage, an experiment, or as evidence of a hypothesis.

    ``day`` is None where no day is written; ``supported`` is the newest day on which something spoke for it.
    """

    kind: str
    ref: Ref
    text: str
    day: date | None
    supported: date | None
    deals: tuple[str, ...] = ()

    def has_faded(self, snapshot: Snapshot) -> bool:
        """Whether nothing has spoken for it for as many days as the team says."""
        return _has_faded(self.supported, snapshot)


class AnswerOnPage(NamedTuple):
    """A standing question with today's answer, and those before it, the newest first; None where nobody has answered it."""

    id: str
    question: str
    today: KnownAnswer | None
    before: tuple[KnownAnswer, ...] = ()
    supported: date | None = None
    """The newest day on which something spoke for it: the answer itself, or later evidence that names one of its deals."""

    def has_faded(self, snapshot: Snapshot) -> bool:
        """Whether nothing has spoken for it for as many days as the team says."""
        return _has_faded(self.supported, snapshot)

    def as_data(self, snapshot: Snapshot) -> dict[str, Any]:
        """As machines read it."""
        return {
            "id": self.id,
            "question": self.question,
            "today": _answer_as_data(self.today) if self.today else None,
            "supported": self.supported,
            "faded": self.has_faded(snapshot),
            "before": [_answer_as_data(each) for each in self.before],
        }


def _answer_as_data(given: KnownAnswer) -> dict[str, Any]:
    return {"date": given.date, "answer": given.answer, "evidence": given.evidence, "deals": list(given.deals)}


def _has_faded(supported: date | None, snapshot: Snapshot) -> bool:
    return supported is not None and (snapshot.as_of - supported).days > snapshot.numbers.fades_after


def standing_questions(snapshot: Snapshot) -> list[AnswerOnPage]:
    """The standing questions with their answers up to the day."""
    every = snapshot.book.knowledge.answers if snapshot.book.knowledge else ()
    spoken = _spoken_for(snapshot)
    return [
        _answered(spoken, word, text, [it for it in every if it.question == word]) for word, text in QUESTIONS.items()
    ]


def _answered(spoken: Mapping[str, date], word: str, text: str, found: list[KnownAnswer]) -> AnswerOnPage:
    """Of two answers of one day the lower one in the file is the newer."""
    ordered = [it for _, it in sorted(enumerate(found), key=lambda pair: (pair[1].date, pair[0]), reverse=True)]
    if not ordered:
        return AnswerOnPage(word, text, None)
    today = ordered[0]
    return AnswerOnPage(word, text, today, tuple(ordered[1:]), _newest(spoken, today.date, today.deals))


def lessons(snapshot: Snapshot, experiments: list[ExperimentResult]) -> list[Lesson]:
    """Everything that was learned up to the day, the newest first; what has no day comes last."""
    spoken = _spoken_for(snapshot)
    found = [*_of_deals(snapshot, spoken), *_of_experiments(experiments), *_of_hypotheses(snapshot, spoken)]
    return sorted(found, key=lambda it: (it.day or date.min, it.ref, it.text), reverse=True)


def _spoken_for(snapshot: Snapshot) -> dict[str, date]:
    """The newest day on which evidence of a hypothesis, or an answer, named each deal."""
    answers = snapshot.book.knowledge.answers if snapshot.book.knowledge else ()
    evidence = [it for each in snapshot.book.icp.values() for it in each.evidence]
    named = [*((it.date, it.deals) for it in answers), *((it.date, it.deals) for it in evidence)]
    found: dict[str, date] = {}
    for day, deals in named:
        for deal in deals:
            found[deal] = max(found.get(deal, day), day)
    return found


def _newest(spoken: Mapping[str, date], day: date, deals: tuple[str, ...]) -> date:
    return max([day, *(spoken[deal] for deal in deals if deal in spoken)])


def _of_deals(snapshot: Snapshot, spoken: Mapping[str, date]) -> Iterator[Lesson]:
    for history in snapshot.histories:
        for kind, text, day in _told_by(history):
            yield Lesson(kind, ("deal", history.id), text, day, _newest(spoken, day, (history.id,)), (history.id,))


def _told_by(history: DealHistory) -> Iterator[tuple[str, str, date]]:
    win = history.deal.win
    won = [visit.entered for visit in history.closings if visit.outcome == WON]
    if won and win and win.learning:
        yield "win", win.learning, won[-1]
    for closing, loss in history.lost:
        if loss and loss.learning:
            yield "loss", loss.learning, closing.entered
    for entry in history.deal.learned:
        yield entry.stage, entry.note, entry.date


def _of_experiments(experiments: list[ExperimentResult]) -> Iterator[Lesson]:
    for each in experiments:
        if each.experiment.learning:
            yield Lesson("experiment", ("experiment", each.id), each.experiment.learning, each.reached, each.reached)


def _of_hypotheses(snapshot: Snapshot, spoken: Mapping[str, date]) -> Iterator[Lesson]:
    for name, hypothesis in snapshot.book.icp.items():
        for it in hypothesis.evidence:
            yield Lesson("evidence", ("icp", name), it.note, it.date, _newest(spoken, it.date, it.deals), it.deals)
