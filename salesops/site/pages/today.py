"""Today: are we on track, what is to be done, what needs a decision, what happened this week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

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
from salesops.records.scalars import slug
from salesops.reports.todo import Task, ToDecide, ToDo, crossed, to_decide, to_do
from salesops.site.pages.charts.chart import MINUS
from salesops.site.pages.columns import DEAL, MEMBER, OWNER, STAGE, Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.tiles import tiles
from salesops.site.pages.words import NOTHING, ago, counted, in_days, short_day, unbroken

MOST_TILES = 4
MOST_TASKS = 40
MOST_TO_DECIDE = 8
MOST_NEWS = 8
MOST_OF_ALL = 400
"""Rows of a list on the page that has the whole of it."""
MOVED: Columns[Standing] = (
    MEMBER,
    DEAL,
    STAGE,
    Column("Worth", lambda standing, _: wording.amounts(total(standing.amounts)) or NOTHING, right=True),
    OWNER,
)
TERMS = {
    "entered": "new",
    "resumed": "back from parking",
    "reopened": "opened again",
    "readable again": "readable again",
    "re-priced": "priced",
}
"""How the terms of the bridge are called in its sentence, where another word is plainer."""


class MovedBy(NamedTuple):
    """A term of the bridge that moved money: ``+28,800 USD new``, and the deals behind it."""

    id: str
    sum: str
    word: str
    deals: tuple[str, ...]


class News(NamedTuple):
    """One sentence of the week: a deal, what became of it, and what was learned."""

    standing: Standing
    word: str
    what: str
    learned: str
    look: str


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The page of the day, and behind each list of it that is cut the whole."""
    listed, decide, monday = to_do(snapshot), to_decide(snapshot), _monday(snapshot.as_of)
    targets, news = tiles(snapshot, target_standings(snapshot)), list(_news(snapshot, monday))
    moved = bridge(snapshot.whole.on(monday - timedelta(days=1)), snapshot)
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
        decide=decide[:MOST_TO_DECIDE],
        more_to_decide=max(len(decide) - MOST_TO_DECIDE, 0),
        news=news,
        most_news=MOST_NEWS,
        monday=monday,
        bridge=moved,
        terms=list(_terms(moved)),
        **CELLS,
    )
    yield _whole("to-do", "Everything to do", snapshot, len(listed.tasks), groups=list(groups(listed, MOST_OF_ALL)))
    yield _whole("decide", "Everything that needs a decision", snapshot, len(decide), decide=decide[:MOST_OF_ALL])
    yield _whole("week", "This week", snapshot, len(news), news=news[:MOST_OF_ALL], terms=list(_terms(moved)))


def _whole(name: str, title: str, snapshot: Snapshot, count: int, **shown: Any) -> Page:
    """One of the lists of Today as a page of its own, up to so many rows that it stays light."""
    terms: list[MovedBy] = shown.get("terms", [])
    nothing = {"groups": (), "decide": (), "news": (), "terms": ()}
    return page(
        f"today/{name}",
        title,
        "today_whole",
        snapshot,
        rank=0.5,
        cut=max(count - MOST_OF_ALL, 0),
        columns=MOVED,
        moved=[
            (
                term.id,
                f"{wording.rounded(term.sum)} {term.word}",
                counted(len(term.deals), "deal"),
                _standings(snapshot, term),
            )
            for term in terms
        ],
        **nothing | shown,
        **CELLS,
    )


def _standings(snapshot: Snapshot, term: MovedBy) -> list[Standing]:
    """The deals behind a term, as they stand."""
    found = (snapshot.history(deal) for deal in term.deals)
    return [Standing(snapshot, history) for history in found if history]


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


def _terms(found: Bridge) -> Iterator[MovedBy]:
    """The terms of the bridge that moved money."""
    for term in found.terms:
        words = wording.amounts({currency: abs(value) for currency, value in term.sums.items() if value})
        if any(term.sums.values()):
            is_less = max(term.sums.values()) <= 0
            called = TERMS.get(term.name, term.name)
            yield MovedBy(slug(term.name), f"{MINUS if is_less else '+'}{words}", called, term.deals)


CELLS: Mapping[str, Any] = {"when": when, "subject": subject, "contact": contact}
"""How the rows of the lists say what they are about."""
