"""The weekly review: this week's agenda, the review of the last month, and a page for each review that was held."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.waiting_playbook import open_actions
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.wording import rounded
from salesops.records.learning import Action, Review
from salesops.records.scalars import day_or_none
from salesops.reports.agenda import agenda
from salesops.reports.monthly import in_sections, last_day_of, month_over, monthly_review
from salesops.reports.sections import Head, Paper, SheetCell, SheetSection
from salesops.reports.weekly import PAGES_OF_PAST, past_reviews, since, weekly_review
from salesops.site.pages.charts.came_and_went import bridge
from salesops.site.pages.charts.chart import Chart
from salesops.site.pages.charts.over_time import sqd, weeks_of
from salesops.site.pages.charts.stages import ageing
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, day, days_said, unbroken

Row = tuple[SheetCell, ...]
_DAY = re.compile(r"\d{4}-\d\d-\d\d\b", re.ASCII)


def shown(cell: SheetCell, here: Here, head: Head) -> Markup | str:
    """A cell, with a link to the record or the metric that it names; days in words where the sentence is the program's own."""
    if cell.parts:
        return Markup("").join(day(part) if isinstance(part, date) else part for part in cell.parts)
    if cell.ref is None:
        if head.right:
            return unbroken(rounded(cell.text))
        return days_said(rounded(cell.text), here.as_of) if head.own else _with_day(cell.text)
    kind, name = cell.ref
    if kind == "experiment":
        return Markup("{}{}").format(here.playbook_link(kind, name), cell.text.removeprefix(name))
    if kind == "metric":
        return Markup('<a href="{}">{}</a>').format(here.metric_at(name), cell.text)
    return here.deal_link(name, cell.text) if here.snapshot.history(name) else cell.text


def _with_day(text: str) -> Markup | str:
    """A text that begins with a day, which does not part at the end of a line."""
    begins = _DAY.match(text)
    when = day_or_none(begins[0]) if begins else None
    return Markup("{}{}").format(day(when), text[len(str(when)) :]) if when else text


def columns_of(section: SheetSection) -> Columns[Row]:
    """The columns of a section in which something stands: before there was a review there is nothing to compare with."""
    return tuple(
        Column(
            head.title,
            lambda row, here, at=at, head=head: shown(row[at], here, head),  # type: ignore[misc]  # bound to each
            header=at == 0,
            right=head.right,
            label=head.title if head.right else "",
            look="so-sum" if head.right else "",
            words=head.words,
        )
        for at, head in enumerate(section.heads)
        if at == 0 or any(row[at].text != NOTHING for row in section.rows)
    )


def asked(row: tuple[str, str, str | None, bool], here: Here) -> str:
    """Somebody who was asked, or came."""
    return here.person(row[0])


ATTENDANCE: Columns[tuple[str, str, str | None, bool]] = (
    Column("Who", asked, header=True),
    Column("Asked as", lambda row, _: row[1] or NOTHING),
    Column("Why", lambda row, _: row[2] or NOTHING, words=True),
    Column("Was there", lambda row, here: here.chip("good", "yes") if row[3] else here.chip("quiet", "no")),
)
ACTIONS: Columns[tuple[Action, str]] = (
    Column("What", lambda row, _: row[0].action, header=True, words=True),
    Column("About", lambda row, here: here.known_deal_link(row[0].deal) if row[0].deal else NOTHING),
    Column("Who", lambda row, here: here.person(row[0].owner)),
    Column("By", lambda row, _: day(row[0].due)),
    Column("Now", lambda row, here: here.chip({"done": "good", "open": "warn"}.get(row[1], "quiet"), row[1])),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The agenda, the month, and the reviews that were held."""
    held = past_reviews(snapshot.book, snapshot.as_of)
    yield _paper_page(
        "review",
        "Weekly review",
        lambda: _agenda(snapshot, past),
        snapshot,
        held=held,
        charts=lambda: _charts(snapshot, readings, past),
        ends=past.month_ends,
    )
    yield _paper_page("review-of-the-month", "Monthly review", lambda: _month(snapshot), snapshot, held=[])
    for at, name in enumerate(held):
        if when := day_or_none(name):
            yield _held_page(snapshot, name, when, past if at < PAGES_OF_PAST else None)


def _charts(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> list[Chart | None]:
    """What a team looks at first: enough deals, where they are stuck, and what moved the pipeline this week."""
    moved = bridge(snapshot, past.week.bridge, past.week.before.as_of) if past.week else None
    return [sqd(snapshot, weeks_of(snapshot)), ageing(snapshot, readings), moved]


def review_known(path: str, title: str, snapshot: Snapshot, past: GitHistory) -> Page:
    """The agenda of an evening that is over, as it was known then."""
    return _paper_page(
        path, title, lambda: _agenda(snapshot, past), snapshot, held=[], ends=past.month_ends, known=snapshot.as_of
    )


def _paper_page(
    path: str,
    title: str,
    paper: Callable[[], Paper],
    snapshot: Snapshot,
    held: list[str],
    charts: Callable[[], Sequence[Chart | None]] = tuple,
    ends: Sequence[date] = (),
    known: date | None = None,
) -> Page:
    def later() -> dict[str, Any]:
        told = paper()
        return {"paper": told, "heading": days_said(told.title, snapshot.as_of), "charts": charts()}

    return page(path, title, "review", snapshot, later=later, columns_of=columns_of, held=held, ends=ends, known=known)


def _agenda(snapshot: Snapshot, past: GitHistory) -> Paper:
    """The agenda of the day; without git, by what is known now of the day of the last review."""
    start = since(snapshot.book, snapshot.as_of)
    if past.earlier is None:
        return agenda(weekly_review(snapshot, snapshot.whole.on(start), is_as_known=False))
    return agenda(weekly_review(snapshot, past.then(start)))


def _month(snapshot: Snapshot) -> Paper:
    """The last month that is over."""
    first = month_over(snapshot.as_of)
    return in_sections(monthly_review(snapshot.whole.on(last_day_of(first)), first))


def _held_page(snapshot: Snapshot, name: str, when: date, past: GitHistory | None) -> Page:
    review = snapshot.book.reviews[name]

    def then() -> dict[str, Any]:
        known = past.then(when) if past else None
        return {"paper": _agenda(known, past) if known and past and known.book.processes else None}

    return page(
        f"reviews/{name}",
        f"Review of {name}",
        "held_review",
        snapshot,
        review=review,
        name=name,
        attendance=_attendance(review),
        attendance_columns=ATTENDANCE,
        actions=[(action, _became(snapshot, name, action)) for action in review.actions],
        action_columns=ACTIONS,
        later=then,
        columns_of=columns_of,
        search=[review.notes],
    )


def _attendance(review: Review) -> list[tuple[str, str, str | None, bool]]:
    """Everybody who was asked, then whoever came without."""
    asked_for = {each.person for each in review.attendance}
    return [
        *((each.person, each.role, each.why, each.person in review.attended) for each in review.attendance),
        *((person, "", None, True) for person in review.attended if person not in asked_for),
    ]


def _became(snapshot: Snapshot, name: str, action: Action) -> str:
    """What became of an action: done, open, or taken over by a later review."""
    if action.done:
        return "done"
    still = any(each.review == name and each.action == action for each in open_actions(snapshot))
    return "open" if still else "in a later review"
