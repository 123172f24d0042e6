"""What we know: today's answers to the standing questions, and what the closed deals say of answers, sources, messages and objections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.experiments import experiments_measured
from salesops.metrics.lessons import AnswerOnPage, Lesson, lessons, standing_questions
from salesops.metrics.outcomes import (
    Coverage,
    MessageOutcomes,
    ObjectionOutcomes,
    Outcomes,
    answers,
    attempted,
    coverage,
    messages,
    objections,
    sources,
)
from salesops.metrics.readings import Share
from salesops.metrics.wording import detail, headline
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.deals_named import folded, links
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import day, id_in_words, unbroken

LESSON_PAGES = {"experiment": "experiments", "icp": "hypotheses"}


class OutcomeRow(NamedTuple):
    """Something that is said of deals, and what became of their attempts."""

    group: str
    word: str
    share: Share


def _won_and_lost(row: OutcomeRow, here: Here) -> str:
    return f"{row.share.hits} won, {row.share.out_of - row.share.hits} lost"


OUTCOMES: Columns[OutcomeRow] = (
    Column("What", lambda row, _: row.group, header=True),
    Column("Which", lambda row, _: row.word, words=True),
    Column("Closed", _won_and_lost),
    Column("Share won", lambda row, _: unbroken(headline(row.share)), right=True),
    Column("How sure", lambda row, _: unbroken(detail(row.share)), words=True),
    Column("Counted", lambda row, here: folded(row.share.included, here)),
)


def _with(
    of: Callable[[MessageOutcomes], Share], show: Callable[[Share], str]
) -> Callable[[MessageOutcomes, Here], str]:
    return lambda row, _: unbroken(show(of(row)))


MESSAGES: Columns[MessageOutcomes] = (
    Column("Message", lambda row, here: here.message_link(row.template), header=True),
    Column("Answered", _with(lambda row: row.answered, headline), right=True),
    Column("How sure", _with(lambda row: row.answered, detail), words=True),
    Column("Won", _with(lambda row: row.outcomes, headline), right=True),
    Column("How sure", _with(lambda row: row.outcomes, detail), words=True),
    Column("Sent in", lambda row, here: folded(row.answered.included, here)),
)
OBJECTIONS: Columns[ObjectionOutcomes] = (
    Column("About", lambda row, _: row.outcomes.word, header=True),
    Column("Overcome", lambda row, _: row.resolved, right=True),
    Column("Not overcome", lambda row, _: row.unresolved, right=True),
    Column("Not said", lambda row, _: row.unsaid, right=True),
    Column("Won", lambda row, _: unbroken(headline(row.outcomes.share)), right=True),
    Column("How sure", lambda row, _: unbroken(detail(row.outcomes.share)), words=True),
    Column("Raised in", lambda row, here: folded(row.outcomes.share.included, here)),
)
COVERAGE: Columns[Coverage] = (
    Column("Field", lambda row, _: Markup("<code>{}</code>").format(row.field), header=True),
    Column("Written down", lambda row, _: f"{row.share.hits} of {row.share.out_of}", right=True),
    Column("Missing in", lambda row, here: links(row.missing, here), words=True),
)


def _of_what(row: Lesson, here: Here) -> Markup | str:
    kind, name = row.ref
    if kind == "deal":
        return here.known_deal_link(name)
    return here.to(f"{LESSON_PAGES[kind]}/{name}", id_in_words(name))


LESSONS: Columns[Lesson] = (
    Column("On", lambda row, _: day(row.day, "no day")),
    Column("From", _of_what, header=True),
    Column("As", lambda row, _: row.kind),
    Column("What we learned", lambda row, _: row.text, words=True),
    Column("Last support", lambda row, _: day(row.supported)),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The one page of what the team knows."""
    questions = standing_questions(snapshot)
    yield page(
        "knowledge",
        "What we know",
        "knowledge",
        snapshot,
        branch=past.branch,
        search=[it.today.answer for it in questions if it.today],
        later=lambda: _values(snapshot, past),
        questions=questions,
    )


def _values(snapshot: Snapshot, past: GitHistory) -> dict[str, Any]:
    every = attempted(snapshot)
    learned = lessons(snapshot, experiments_measured(snapshot, past.beliefs.declared))
    return {
        "links": links,
        "has_faded": _has_faded(snapshot),
        "fades_after": snapshot.numbers.fades_after,
        "answers": _rows(answers(every)),
        "sources": _rows(sources(every)),
        "outcome_columns": OUTCOMES,
        "messages": messages(every),
        "message_columns": MESSAGES,
        "objections": objections(every),
        "objection_columns": OBJECTIONS,
        "coverage": coverage(every),
        "coverage_columns": COVERAGE,
        "lessons": [it for it in learned if not it.has_faded(snapshot)],
        "faded": [it for it in learned if it.has_faded(snapshot)],
        "lesson_columns": LESSONS,
    }


def _has_faded(snapshot: Snapshot) -> Callable[[AnswerOnPage], bool]:
    return lambda answer: answer.has_faded(snapshot)


def _rows(groups: Mapping[str, list[Outcomes]]) -> list[OutcomeRow]:
    return [
        OutcomeRow(group.replace("_", " ").capitalize(), it.word, it.share)
        for group, found in groups.items()
        for it in found
    ]
