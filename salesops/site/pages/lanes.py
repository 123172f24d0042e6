"""A deal's life as a drawing: its stages as a band, a lane for each kind of activity, the day looked at and the next step.

Places are per cent of the width, so that the same drawing serves a wide screen, a phone and paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple, get_args

from markupsafe import Markup

from salesops.book.moves import MoveKind, judged_moves
from salesops.book.stalled import parked_beside
from salesops.book.status import Standing
from salesops.book.visits import Visit
from salesops.changes.change import listed
from salesops.records.deal import Activity, ActivityKind
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here
from salesops.site.pages.words import MONTHS, NOTHING, counted, day, short_day

KINDS = {kind: "E-mails" if kind == "email" else f"{kind.capitalize()}s" for kind in get_args(ActivityKind)}
SHORT, FAR = timedelta(days=30), 0.5
"""What lies ahead is drawn up to half of the life so far, up to a month at least; what is later stands at the edge."""
ROOMS = {"": 260, "so-wider": 620, "so-widest": 1100}
"""The least width of the drawing in pixels: on a phone, on paper and a small screen, on a wide one; by the class of a name that fits only there."""
LETTER, EDGE = 7.2, 12
"""What a letter of a stage's name and the room beside it need, in pixels."""
MOST_TICKS = 6
"""A phone shows the words of every second one."""


class VisitRow(NamedTuple):
    """A visit to a stage: when it began, its days without the parked ones, and whether the move came with an import."""

    title: str
    entered: date
    days: int
    parked: str
    """The parked days beside them, in words."""
    attempt: int
    has_length: bool
    """The last stage of a closed deal has none."""
    was_brought: bool

    @property
    def said(self) -> str:
        """``14 days (3 parked)``; nothing where it has no length."""
        return f"{counted(self.days, 'day')}{self.parked}" if self.has_length else ""


class BandPart(NamedTuple):
    """A visit or a parked span on the band: its place and width, what it says, and its name where there is room for it."""

    start: float
    width: float
    look: str
    says: str
    name: str = ""
    room: str = ""
    """Where the name is shown: a class of ``ROOMS``."""


class Mark(NamedTuple):
    """Something at a place: how it looks, what it says, and the words beside it."""

    place: float
    look: str
    says: str
    words: str = ""


class Lane(NamedTuple):
    """The activities of one kind."""

    title: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Lanes:
    """The whole drawing; ``caption`` says what to see, ``in_words`` is read where nobody sees."""

    caption: str
    in_words: str
    band: tuple[BandPart, ...]
    parked: tuple[BandPart, ...]
    back: tuple[Mark, ...]
    lanes: tuple[Lane, ...]
    ahead: tuple[Mark, ...]
    """The next step, and the day on which the deal is expected to close."""
    ticks: tuple[Mark, ...]
    today: float | None
    """Where the day looked at is; None where the deal had ended before it."""

    @property
    def looks(self) -> set[str]:
        """The kinds of marks that its key explains."""
        return {mark.look for marks in (self.ahead, self.back, *(lane.marks for lane in self.lanes)) for mark in marks}


def _stage(row: VisitRow, here: Here) -> object:
    """The stage, which attempt it was, and whether the move came with an import."""
    attempt = Markup(" <small>attempt {}</small>").format(row.attempt) if row.attempt > 1 else ""
    brought = Markup(" <small>imported</small>") if row.was_brought else ""
    return Markup("{}{}{}").format(row.title, attempt, brought) if attempt or brought else row.title


VISITS: Columns[VisitRow] = (
    Column("Stage", _stage, header=True),
    Column("From", lambda row, _: day(row.entered)),
    Column("Days", lambda row, _: f"{row.days}{row.parked}" if row.has_length else NOTHING, right=True),
)


def visit_rows(standing: Standing) -> list[VisitRow]:
    """The visits of a deal up to the day, oldest first."""
    return [_row(standing, visit) for visit in standing.history.visits]


def _row(standing: Standing, visit: Visit) -> VisitRow:
    history, as_of = standing.history, standing.snapshot.as_of
    return VisitRow(
        standing.snapshot.book.title_of(visit.stage, visit.entered),
        visit.entered,
        history.active_days(visit, as_of),
        parked_beside(history, as_of, visit),
        visit.attempt,
        standing.is_open or visit is not history.now,
        standing.deal.was_brought(standing.deal.stages[visit.line]),
    )


def drawn(standing: Standing, activity: list[Activity], named: Mapping[str, str]) -> Lanes:
    """The drawing of a deal with this activity; ``named`` are the contacts of its member by id."""
    scale = _scale(standing, activity)
    rows = visit_rows(standing)
    lanes = tuple(_lanes(standing, scale, activity, named))
    return Lanes(
        _caption(standing, scale, activity),
        listed([_in_words(row, standing.snapshot.as_of) for row in rows]),
        tuple(_band(standing, scale, rows)),
        tuple(_parked(standing, scale)),
        tuple(_back(standing, scale)),
        lanes,
        tuple(_ahead(standing, scale)),
        tuple(_ticks(scale)),
        scale.place(standing.snapshot.as_of) if standing.is_open else None,
    )


# ── the days, and where they are ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Scale:
    """The days that the drawing shows; ``now`` is the last that is no plan."""

    first: date
    now: date
    last: date

    def place(self, when: date) -> float:
        """Where a day is, in per cent; what lies outside is at the edge."""
        within = min(max(when, self.first), self.last)
        return round(100 * (within - self.first).days / max((self.last - self.first).days, 1), 2)


def _scale(standing: Standing, activity: list[Activity]) -> Scale:
    as_of = standing.snapshot.as_of
    happened = [entry.date for entry in activity if entry.date <= as_of]
    first = min([standing.history.visits[0].entered, *happened])
    if not standing.is_open:
        now = max([standing.history.now.entered, *happened])
        return Scale(first, now, now)
    plans = [entry.date for entry in activity if entry.date > as_of]
    plans += [when for when in (_due(standing), standing.deal.expected_close) if when]
    farthest = as_of + max((as_of - first) * FAR, SHORT)
    return Scale(first, as_of, min(max([as_of, *plans]), farthest))


def _due(standing: Standing) -> date | None:
    return standing.deal.next.due if standing.deal.next else None


def _caption(standing: Standing, scale: Scale, activity: list[Activity]) -> str:
    """``265 days since Mon 2 Mar, 67 of them parked: 5 meetings, 2 calls and 1 e-mail.``"""
    as_of = standing.snapshot.as_of
    since, end = standing.history.visits[0].entered, as_of if standing.is_open else standing.history.now.entered
    parked = standing.history.parked_days(since, end)
    until = "" if standing.is_open else f" to {short_day(end, as_of)}"
    found = [
        counted(number, title[:-1].lower())
        for kind, title in KINDS.items()
        if (number := sum(entry.kind == kind for entry in activity))
    ]
    days = f"{counted((end - since).days, 'day')} {'since' if standing.is_open else 'from'} {short_day(since, as_of)}{until}"
    return f"{days}{f', {parked} of them parked' if parked else ''}{f': {listed(found)}' if found else ''}."


# ── the band of stages ────────────────────────────────────────────────────────────────────────────────────────────────


def _band(standing: Standing, scale: Scale, rows: list[VisitRow]) -> Iterator[BandPart]:
    history = standing.history
    for at, (visit, row) in enumerate(zip(history.visits, rows, strict=True)):
        start, end = scale.place(visit.entered), scale.place(visit.left or scale.now)
        is_last = visit is history.now
        between = "closed" if visit.outcome else "odd" if at % 2 else "even"
        look = visit.outcome or "now" if is_last else between
        says = _in_words(row, standing.snapshot.as_of)
        yield _named(BandPart(start, round(end - start, 2), look, says, row.title))


def _in_words(row: VisitRow, as_of: date) -> str:
    """``Discovery from Tue 14 Apr for 56 days``."""
    return f"{row.title} from {short_day(row.entered, as_of)}{f' for {row.said}' if row.said else ''}"


def _named(part: BandPart) -> BandPart:
    """A part with its name, and with the least room in which that fits; without it where it never does."""
    needed = len(part.name) * LETTER + EDGE
    room = next((room for room, width in ROOMS.items() if part.width / 100 * width >= needed), None)
    return part._replace(name="") if room is None else part._replace(room=room)


def _parked(standing: Standing, scale: Scale) -> Iterator[BandPart]:
    as_of = standing.snapshot.as_of
    for span in standing.history.spans:
        start, end = scale.place(span.since), scale.place(min(span.until or scale.last, scale.last))
        back = f" to {short_day(span.until, as_of)}" if span.until else ""
        if end > start:
            yield BandPart(start, round(end - start, 2), "parked", f"Parked from {short_day(span.since, as_of)}{back}")


def _back(standing: Standing, scale: Scale) -> Iterator[Mark]:
    """The moves back and the openings again."""
    snapshot = standing.snapshot
    for move in judged_moves(standing.deal, snapshot.book.process_of):
        if move.kind in (MoveKind.BACK, MoveKind.REOPENED):
            verb = "Back" if move.kind is MoveKind.BACK else "Opened again"
            title = snapshot.book.title_of(move.stage, move.day)
            yield Mark(scale.place(move.day), "back", f"{verb} to {title} on {short_day(move.day, snapshot.as_of)}")


# ── what was done, and what comes ─────────────────────────────────────────────────────────────────────────────────────


def _lanes(standing: Standing, scale: Scale, activity: list[Activity], named: Mapping[str, str]) -> Iterator[Lane]:
    for kind, title in KINDS.items():
        found = sorted((entry for entry in activity if entry.kind == kind), key=lambda entry: entry.date)
        if found:
            yield Lane(title, tuple(_marks(found, scale, named, standing.snapshot.as_of)))


def _marks(found: list[Activity], scale: Scale, named: Mapping[str, str], as_of: date) -> Iterator[Mark]:
    """A mark for each activity; those that would cover each other are one."""
    for (place, look), entries in groupby(found, lambda entry: (round(scale.place(entry.date)), _look(entry))):
        yield Mark(place, look, "; ".join(_said(entry, named, as_of) for entry in entries))


def _look(entry: Activity) -> str:
    """Full where somebody was reached, or it took place; hollow where it was tried; dashed where it is planned."""
    if entry.is_planned:
        return "planned"
    return "reached" if entry.contact or entry.kind in ("event", "note") else "tried"


def _said(entry: Activity, named: Mapping[str, str], as_of: date) -> str:
    about = f"{entry.about} " if entry.about and entry.kind == "meeting" else ""
    status = f" ({entry.status})" if entry.status and entry.status != "held" else ""
    people = listed([named.get(contact, contact) for contact in entry.with_])
    return f"{short_day(entry.date, as_of)}: {about}{entry.kind}{status}{f' with {people}' if people else ''}"


def _ahead(standing: Standing, scale: Scale) -> Iterator[Mark]:
    as_of, step, expected = standing.snapshot.as_of, standing.deal.next, standing.deal.expected_close
    if standing.is_open and step:
        look = "late" if standing.is_late else "step"
        yield Mark(scale.place(step.due), look, f"Next step: {step.action}", _worded(step.due, scale, as_of))
    if standing.is_open and expected and expected >= as_of:
        says = f"Expected to close on {short_day(expected, as_of)}"
        yield Mark(scale.place(expected), "expected", says)


def _worded(when: date, scale: Scale, as_of: date) -> str:
    return f"{short_day(when, as_of)}{' →' if when > scale.last else ''}"


# ── the days along the edge ───────────────────────────────────────────────────────────────────────────────────────────


def _ticks(scale: Scale) -> Iterator[Mark]:
    """The first days of months, or single days of a short life; few enough that their words do not meet."""
    days = (scale.last - scale.first).days
    firsts = [_month(number) for number in range(_months(scale.first) + 1, _months(scale.last) + 1)]
    if len(firsts) < 2:
        step = max(-(-days // MOST_TICKS), 1)
        found = [scale.first + timedelta(days=at) for at in range(0, days + 1, step)]
        yield from (Mark(scale.place(when), "", "", f"{when.day} {MONTHS[when.month - 1][:3]}") for when in found)
        return
    step = next(step for step in (1, 2, 3, 6, *range(12, 12_000, 12)) if len(_each(firsts, step)) <= MOST_TICKS)
    for when in _each(firsts, step):
        yield Mark(scale.place(when), "", "", str(when.year) if when.month == 1 else MONTHS[when.month - 1][:3])


def _each(firsts: list[date], step: int) -> list[date]:
    return [when for when in firsts if _months(when) % step == 0]


def _months(when: date) -> int:
    return when.year * 12 + when.month - 1


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
