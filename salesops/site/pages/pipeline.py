"""The pipeline: every open deal in one table in the order of work, that narrows and sorts; parked ones in a second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.status import Standing, standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading, wording
from salesops.records.money import total
from salesops.site.pages.board import by_urgency
from salesops.site.pages.columns import DEAL, MEMBER, OWNER, STAGE, Column, Columns
from salesops.site.pages.facets import Pill, button, kept_by, pills, said_by, wanted
from salesops.site.pages.moneys import rates_as_data, teller
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, ago, day, in_days, unbroken

FEW = 10
"""From so many rows on a table is searched and sorted by the reader."""
MANY = 500
"""Up to so many."""


def member(standing: Standing, here: Here) -> Markup:
    """The institution over the title of the deal; both lead to the deal."""
    title = Markup("<br><small>{}</small>").format(standing.deal.title) if standing.says_more else ""
    return here.deal_link(standing.id, standing.member_name) + title


def stage(standing: Standing, here: Here) -> Markup:
    """The stage over the days in it."""
    look = "so-red" if standing.is_over and standing.stalled else "so-soft"
    return Markup('{}<br> <small class="{}">{}</small>').format(standing.stage.title, look, standing.stay)


def worth(standing: Standing, place: int) -> object:
    """What a deal brings, to sort by: at the rates of the team; what has none counts as it is written."""
    sums, telling = total(standing.amounts), teller(standing.snapshot)
    return telling.tell(sums) + sum(value for currency, value in sums.items() if currency in telling.missed)


def next_step(standing: Standing, here: Here) -> Markup:
    """The day over what is to be done; red where it has passed."""
    step = standing.deal.next
    if step is None:
        return Markup('<span class="so-red">no next step</span>')
    near = in_days((step.due - here.as_of).days) if standing.is_late else ""
    late = Markup(' <span class="so-red">{}</span>').format(near) if near else ""
    return day(step.due) + late + Markup("<br> {}").format(step.action)


def expected(standing: Standing, here: Here) -> Markup:
    """The day on which it is expected to close; red where it has passed."""
    when = standing.deal.expected_close
    look = Markup('<span class="so-red">{}</span>') if when and when < here.as_of else Markup("{}")
    return look.format(day(when))


def contact(standing: Standing, here: Here) -> Markup:
    """How long ago somebody spoke with them; red where that is longer than the process allows."""
    spoke = standing.last_contact
    look = Markup('<span class="so-red">{}</span>') if standing.silence else Markup("{}")
    return look.format(ago((here.as_of - spoke).days) if spoke else "none yet")


def until(standing: Standing, here: Here) -> Markup:
    """The day on which a parked deal comes back."""
    span = standing.history.parked_on(here.as_of)
    return day(span.until if span else None, "no day given")


def why(standing: Standing, here: Here) -> str:
    """Why a deal is parked."""
    span = standing.history.parked_on(here.as_of)
    return span.why if span else NOTHING


def first(day: date | None) -> str:
    """A day to sort by; what has none comes first."""
    return str(day or "")


OPEN: Columns[Standing] = (
    Column("Member", member, header=True, sort="member", order=lambda it, _: it.member_name.casefold()),
    Column("Stage", stage, sort="stage", order=lambda it, _: list(it.snapshot.process.stages).index(it.stage_name)),
    Column("Next step", next_step, words=True, sort="next", order=lambda it, _: first(it.deal.next.due if it.deal.next else None)),
    Column("Owner", lambda it, here: here.person_link(it.deal.owner), sort="owner", order=lambda it, _: it.owner_name),
    Column("Worth", lambda it, _: unbroken(wording.amounts(total(it.amounts))), right=True, sort="worth", order=worth),
    Column("Expected", expected, label="Expected", sort="expected", order=lambda it, _: first(it.deal.expected_close) or "9"),
    Column("MANIAC-T", lambda it, here: here.parts.letters(it), sort="maniac", order=lambda it, _: -_met(it)),
    Column("Last contact", contact, label="Last contact", sort="contact", order=lambda it, _: first(it.last_contact)),
)  # fmt: skip
"""The columns of the open deals; an entry here is all that a new one takes."""
PARKED: Columns[Standing] = (
    MEMBER,
    DEAL,
    STAGE,
    Column("Until", until),
    Column("Why", why, words=True),
    OWNER,
)


def _met(standing: Standing) -> int:
    return sum(status == "met" for _, status in standing.letters)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The pipeline table."""
    shown, here = in_order_of_work(snapshot), Here("./", snapshot)
    yield page(
        "pipeline",
        "Pipeline",
        "pipeline",
        snapshot,
        deals=shown,
        said_by=said_by,
        kept_by=kept_by,
        views=list(_views(shown, snapshot.as_of)),
        facets=[(facet, found) for facet in FACETS if len(found := pills(shown, facet, here)) > 1],
        button=button,
        is_sortable=FEW <= len(shown) <= MANY,
        parked=standings(snapshot, snapshot.parked),
        open_columns=OPEN,
        parked_columns=PARKED,
        worth=readings.get("pipeline-value"),
        rates=rates_as_data(snapshot),
    )


def in_order_of_work(snapshot: Snapshot) -> list[Standing]:
    """The open deals by the day of the next step; what has none comes first."""
    return sorted(standings(snapshot, snapshot.open), key=_order_of_work)


FACETS = ("stage", "owner", "type", "tier", "source")


def _views(shown: list[Standing], as_of: date) -> Iterator[Pill]:
    """The lists that people ask for most; those that would be empty are left out."""
    for need, text in (
        ("late", "Late"),
        ("stalled", "Stalled"),
        ("closing", "Closing this month"),
        ("no-step", "No next step"),
        ("no-amount", "No amount"),
    ):
        pill = wanted(shown, need, text, as_of)
        if pill.count:
            yield pill


def _order_of_work(standing: Standing) -> tuple[object, ...]:
    step = standing.deal.next
    return step.due if step else date.min, by_urgency(standing)
