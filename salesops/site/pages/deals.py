"""A page for each deal: facts, stages, qualification, what is missing for each exit, activity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.icp_score import score_on
from salesops.book.stalled import parked_beside
from salesops.book.status import Standing
from salesops.changes.timeline import GitHistory, by_commit
from salesops.metrics import Reading
from salesops.metrics.contracts import Term, terms
from salesops.records.contract import Hub
from salesops.records.deal import Deal, Loss
from salesops.records.qualification import MANIAC_T
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.forms import deal_forms
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.renewals import TITLES
from salesops.site.pages.words import NOTHING, day


class VisitBar(NamedTuple):
    """A visit on the time line: its days without the parked ones, and where its bar begins and how long it is, in per cent of the deal's life."""

    stage: str
    title: str
    entered: date
    days: int
    parked: str
    """The parked days beside them, in words."""
    attempt: int
    start: float
    width: float
    has_length: bool
    """The last stage of a closed deal has none."""
    was_brought: bool
    """Whether the move came with an import."""


class AnswerRow(NamedTuple):
    """One of the seven questions, and its answer, where it has one."""

    question: str
    answer: Any
    people: tuple[str, ...] = ()
    """Whom of the member it names."""


ANSWERED = {"met": "good", "partial": "warn", "unmet": "bad", "unknown": "quiet"}


def stage(bar: VisitBar, here: Here) -> object:
    """The stage, which attempt it was, and whether the move came with an import."""
    attempt = Markup(" <small>attempt {}</small>").format(bar.attempt) if bar.attempt > 1 else ""
    brought = Markup(" <small>imported</small>") if bar.was_brought else ""
    return Markup("{}{}{}").format(bar.title, attempt, brought) if attempt or brought else bar.title


def status(row: AnswerRow, here: Here) -> Markup:
    """How well the question is answered."""
    if row.answer is None:
        return here.chip("quiet", "no answer")
    return here.chip(ANSWERED[row.answer.status], row.answer.status)


def note(row: AnswerRow, here: Here) -> Markup | str:
    """What was answered, and who decides."""
    said = here.parts.answer_note(row.answer, here.as_of) if row.answer else ""
    return Markup("{}<br><small>Decides: {}</small>").format(said, "; ".join(row.people)) if row.people else said


STAGES: Columns[VisitBar] = (
    Column("Stage", stage, header=True),
    Column("From", lambda bar, _: day(bar.entered)),
    Column("Days", lambda bar, _: f"{bar.days}{bar.parked}" if bar.has_length else NOTHING, right=True),
    Column(
        Markup('<span class="so-hidden">Share of the deal\'s life</span>'),
        lambda bar, here: here.parts.bar(bar),
        look="so-bar",
    ),
)
ANSWERS: Columns[AnswerRow] = (
    Column("Question", lambda row, _: row.question, header=True),
    Column("Answer", status),
    Column("Day", lambda row, _: day(row.answer.date if row.answer else None)),
    Column("Note", note, words=True),
)
HUBS: Columns[Hub] = (
    Column("Hub", lambda hub, _: hub.name, header=True),
    Column("Environment", lambda hub, _: hub.environment or NOTHING),
    Column("Sign-in", lambda hub, _: hub.authentication or NOTHING),
    Column("Storage", lambda hub, _: hub.storage or NOTHING),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Every deal's page."""
    contracts = {term.id: term for term in terms(snapshot)}
    for history in snapshot.histories:
        yield _of(Standing(snapshot, history), contracts.get(history.id), past)


def _of(standing: Standing, term: Term | None, past: GitHistory) -> Page:
    snapshot, deal = standing.snapshot, standing.deal
    named = names_there(standing)
    return page(
        f"deals/{standing.id}",
        f"{standing.member_name}: {deal.title}",
        "deal",
        snapshot,
        branch=past.branch,
        search=(standing.id,),
        standing=standing,
        deal=deal,
        term=term,
        windows=TITLES,
        spans=list(spans(standing)),
        stage_columns=STAGES,
        answers=answers(deal, named) if deal.maniac_t or snapshot.process.asks_for("maniac_t") else [],
        answer_columns=ANSWERS,
        hub_columns=HUBS,
        named=named,
        forms=deal_forms(standing, named, past.branch),
        score=score_on(snapshot, standing.history),
        activity=[
            entry for entry in reversed(deal.activity) if entry.date <= snapshot.as_of or entry.status == "scheduled"
        ],
        story=by_commit(past.timeline.of("deal", standing.id)),
        losses=list(losses(standing)),
        renewals=[deal_id for deal_id in snapshot.book.renewed_by.get(standing.id, ()) if snapshot.history(deal_id)],
    )


def names_there(standing: Standing) -> dict[str, str]:
    """The contacts of the member by id: the name and the role, as far as they are known."""
    member = standing.snapshot.book.members.get(standing.deal.member)
    return {
        contact.id: ", ".join(part for part in (contact.name, contact.role) if part) or contact.id
        for contact in (member.contacts if member else ())
    }


def answers(deal: Deal, named: Mapping[str, str]) -> list[AnswerRow]:
    """The seven questions in their order, answered or not."""
    found = ((letter, getattr(deal.maniac_t, letter, None)) for letter in MANIAC_T)
    return [
        AnswerRow(
            letter.replace("_", " ").capitalize(),
            answer,
            tuple(named.get(contact, contact) for contact in getattr(answer, "contacts", ())),
        )
        for letter, answer in found
    ]


def losses(standing: Standing) -> Iterator[tuple[str, Loss]]:
    """What is said of each loss with its heading, the newest first; one may be prepared while the deal is open."""
    for loss, closing in reversed(standing.history.losses):
        if closing is None:
            yield "Prepared in case it is lost", loss
        elif closing.attempt == standing.history.now.attempt:
            yield "Why it was lost", loss
        else:
            yield "Why an earlier attempt was lost", loss


def spans(standing: Standing) -> Iterator[VisitBar]:
    """The visits as bars over the deal's life; a closed stage has no length."""
    history, snapshot = standing.history, standing.snapshot
    first = history.visits[0].entered
    last = snapshot.as_of if standing.is_open else history.now.entered
    life = max((last - first).days, 1)
    for visit in history.visits:
        days = visit.days(last)
        yield VisitBar(
            visit.stage,
            snapshot.book.title_of(visit.stage, visit.entered),
            visit.entered,
            history.active_days(visit, last),
            parked_beside(history, last, visit),
            visit.attempt,
            100 * (visit.entered - first).days / life,
            max(100 * days / life, 0.6),
            standing.is_open or visit is not history.now,
            standing.deal.was_brought(standing.deal.stages[visit.line]),
        )
