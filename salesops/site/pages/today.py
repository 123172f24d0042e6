"""Today: are we on track, what is to be done, what needs a decision, what happened this week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.status import Standing
from salesops.book.visits import DealHistory, Visit
from salesops.book.waiting import Waiting
from salesops.changes.bridges import Bridge, bridge
from salesops.changes.timeline import GitHistory
from salesops.checks.waiting import name_of
from salesops.metrics import Reading, wording
from salesops.metrics.targets import target_standings
from salesops.records.money import total
from salesops.records.process import LOST, WON
from salesops.reports.todo import Task, ToDecide, ToDo, crossed, to_decide, to_do
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.tiles import tiles
from salesops.site.pages.words import ago, in_days, short_day, unbroken

MOST_TILES = 4
MOST_TASKS = 40
MOST_TO_DECIDE = 8
MOST_NEWS = 8
TERMS = {
    "entered": "new",
    "resumed": "back from parking",
    "reopened": "opened again",
    "readable again": "readable again",
    "re-priced": "priced",
}
"""How the terms of the bridge are called in its sentence, where another word is plainer."""
MINUS = "\N{MINUS SIGN}"


class News(NamedTuple):
    """One sentence of the week: a deal, what became of it, and what was learned."""

    standing: Standing
    word: str
    what: str
    learned: str
    look: str


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The page of the day."""
    listed = to_do(snapshot)
    targets = tiles(snapshot, target_standings(snapshot))
    monday = _monday(snapshot.as_of)
    yield page(
        "",
        "Today",
        "today",
        snapshot,
        crossed=crossed(snapshot),
        tiles=targets[:MOST_TILES],
        more_tiles=targets[MOST_TILES:],
        todo=listed,
        groups=list(groups(listed, MOST_TASKS)),
        beyond=max(len(listed.tasks) - MOST_TASKS, 0),
        decide=(decide := to_decide(snapshot))[:MOST_TO_DECIDE],
        more_to_decide=max(len(decide) - MOST_TO_DECIDE, 0),
        news=list(_news(snapshot, monday)),
        most_news=MOST_NEWS,
        monday=monday,
        bridge=bridge(snapshot.whole.on(monday - timedelta(days=1)), snapshot),
        terms=list(_terms(bridge(snapshot.whole.on(monday - timedelta(days=1)), snapshot))),
        task=task_place,
        when=when,
        subject=subject,
        contact=contact,
        has_changes=past.week is not None,
    )


def groups(listed: ToDo, most: int) -> Iterator[tuple[str, str, tuple[Task, ...]]]:
    """The groups with their headings, cut where the page would be too long."""
    left = most
    for name, heading, tasks in (
        ("late", "Late", listed.late),
        ("week", _week(listed), listed.week),
        ("later", "Later", listed.later),
    ):
        if tasks[:left]:
            yield name, f"{heading} · {len(tasks)}", tasks[:left]
        left = max(left - len(tasks), 0)


def _week(listed: ToDo) -> str:
    """``Mon 23 – Fri 27 November``."""
    first, last = listed.first, listed.last
    start = f"{first:%a} {first.day}{f' {first:%B}' if first.month != last.month else ''}"
    return f"{start} – {last:%a} {last.day} {last:%B}"


def when(task: Task, as_of: date) -> Markup:
    """The day, and how near it is where that helps."""
    if task.day is None:
        return Markup('<span class="so-when so-soft">no day yet</span>')
    days = (task.day - as_of).days
    late = Markup(' <span class="so-red">{}</span>').format(in_days(days)) if days < 0 else ""
    shown = Markup('<span class="so-when"><time datetime="{}">{}</time>{}</span>')
    return shown.format(task.day, short_day(task.day, as_of), late)


def task_place(task: Task, here: Here) -> Markup | str:
    """The record that a task is about: the institution of a deal, else what it is called."""
    if task.kind == "deal":
        history = here.snapshot.history(task.record)
        return here.deal_link(task.record, Standing(here.snapshot, history).member_name) if history else task.record
    if task.kind == "member":
        return here.member_link(task.record)
    page_of = {"review": f"reviews/{task.record}", "decision": "decisions", "experiment": f"experiments/{task.record}"}
    return here.to(page_of[task.kind], f"{task.kind} {task.record}") if task.kind in page_of else task.kind


def subject(it: ToDecide, here: Here) -> Markup | str:
    """What is to be decided on: the institution, or the target."""
    if it.standing:
        return here.deal_link(it.standing.id, it.standing.member_name)
    waiting = Waiting("", it.kind, it.record, None, it.since, "", ())
    return here.to("", name_of(here.snapshot, waiting).capitalize()) if it.kind == "targets" else it.kind


def contact(standing: Standing, as_of: date) -> str:
    """When somebody last spoke with them."""
    spoke = standing.last_contact
    return f"last contact {ago((as_of - spoke).days)}" if spoke else "no contact yet"


def _monday(as_of: date) -> date:
    """The Monday of the week that is told: this one, and on a Monday the one before."""
    yesterday = as_of - timedelta(days=1)
    return yesterday - timedelta(days=yesterday.weekday())


def _news(snapshot: Snapshot, monday: date) -> Iterator[News]:
    """What happened since: wins and losses first, then moves, then what is new."""
    seen = [
        (visit, history)
        for history in snapshot.histories
        for visit in history.visits
        if monday <= visit.entered and visit is history.now
    ]
    found = [_told(snapshot, history, visit) for visit, history in seen]
    order = {"Won": 0, "Lost": 1, "": 2, "New": 3}
    yield from sorted(found, key=lambda news: (order[news.word], -news.standing.since.toordinal(), news.standing.id))


def _told(snapshot: Snapshot, history: DealHistory, visit: Visit) -> News:
    standing = Standing(snapshot, history)
    outcome = snapshot.outcome(history)
    worth = f", {unbroken(wording.amounts(total(standing.amounts)))}" if standing.amounts else ""
    if outcome == WON:
        contract = history.deal.contract
        paid = f", {unbroken(wording.amounts(total([contract.mrr])))} a month" if contract and contract.mrr else ""
        learned = history.deal.win.learning if history.deal.win else None
        return News(standing, "Won", f", {history.deal.title}{paid}", learned or "", "good")
    if outcome == LOST:
        loss = history.lost[-1][1] if history.lost else None
        return News(standing, "Lost", f": {loss.reason}" if loss else "", (loss and loss.learning) or "", "bad")
    if len(history.visits) == 1:
        return News(standing, "New", f", {history.deal.title}{worth}", "", "")
    before = history.visits[history.visits.index(visit) - 1]
    if before.attempt < visit.attempt:
        return News(standing, "", f" opened again, now in {standing.stage.title}", "", "")
    came_from = snapshot.book.title_of(before.stage, before.entered)
    return News(standing, "", f" {came_from} → {standing.stage.title}", "", "")


def _terms(found: Bridge) -> Iterator[tuple[str, str]]:
    """The terms of the bridge that moved money: ``+28,800 USD new``."""
    for term in found.terms:
        words = wording.amounts({currency: abs(value) for currency, value in term.sums.items() if value})
        if any(term.sums.values()):
            is_less = max(term.sums.values()) <= 0
            yield f"{MINUS if is_less else '+'}{words}", TERMS.get(term.name, term.name)
