"""A page for each deal: facts, stages, qualification, what is missing for each exit, activity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.book.status import Standing
from salesops.changes.timeline import GitHistory, by_commit
from salesops.metrics import Reading
from salesops.metrics.contracts import Term, terms
from salesops.site.pages.page import Page, page
from salesops.site.pages.renewals import TITLES


class VisitBar(NamedTuple):
    """A visit on the time line: its days, and where its bar begins and how long it is, in per cent of the deal's life."""

    stage: str
    title: str
    entered: object
    days: int
    attempt: int
    start: float
    width: float


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Every deal's page."""
    contracts = {term.id: term for term in terms(snapshot)}
    for history in snapshot.histories:
        yield _of(Standing(snapshot, history), contracts.get(history.id), past)


def _of(standing: Standing, term: Term | None, past: GitHistory) -> Page:
    snapshot, deal = standing.snapshot, standing.deal
    return page(
        f"deals/{standing.id}",
        f"{standing.member_name}: {deal.title}",
        "deal",
        snapshot,
        search=(standing.id,),
        standing=standing,
        deal=deal,
        term=term,
        windows=TITLES,
        spans=list(spans(standing)),
        activity=[
            entry for entry in reversed(deal.activity) if entry.date <= snapshot.as_of or entry.status == "scheduled"
        ],
        story=by_commit(past.timeline.of("deal", standing.id)),
        renewals=[id for id in snapshot.book.renewed_by.get(standing.id, ()) if snapshot.history(id)],
    )


def spans(standing: Standing) -> Iterator[VisitBar]:
    """The visits as bars over the deal's life; a closed stage has no length."""
    history, snapshot = standing.history, standing.snapshot
    first = history.visits[0].entered
    last = snapshot.as_of if standing.is_open else history.now.entered
    life = max((last - first).days, 1)
    for visit in history.visits:
        stage = snapshot.stage(visit.stage)
        days = visit.days(last)
        yield VisitBar(
            snapshot.name(visit.stage),
            stage.title,
            visit.entered,
            days,
            visit.attempt,
            100 * (visit.entered - first).days / life,
            max(100 * days / life, 0.6),
        )
