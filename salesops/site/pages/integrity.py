"""The Integrity page: how far the history of the records can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import Book, Snapshot
from salesops.changes.integrity import Chapter, LateFact, integrity
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.health import Vital, VitalPart, vitals
from salesops.records.corrections import Corrections, RecordCorrection
from salesops.records.removals import Removal
from salesops.site.pages.charts.chart import month_in_words
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, day, told, unbroken


def columns_of(chapter: Chapter) -> Columns[LateFact]:
    """The columns of a chapter: its days stand in a column of their own where it counts any."""
    days = Column[LateFact](
        chapter.days.capitalize(), lambda fact, _: f"{fact.days:,}", right=True, order=lambda fact, _: fact.days
    )
    return (
        Column("Deal" if chapter.days else "Record", lambda fact, here: here.known_deal_link(fact.deal), header=True),
        Column("What", lambda fact, here: told(fact.what, here.as_of), words=True),
        *([days] if chapter.days else []),
        Column("Known", lambda fact, _: day(fact.commit.day)),
        Column("By", lambda fact, _: fact.commit.author),
    )


def named(part: VitalPart, here: Here) -> Markup | str:
    """A part of a figure by the name that people know, and what is to be said of it."""
    if part.kind == "month":
        return f"{month_in_words(part.name)}: {part.said}"
    if part.kind == "red line":
        return here.to("process", part.said, "red-lines")
    link = here.known_deal_link(part.name) if part.kind == "deal" else here.playbook_link(part.kind, part.name)
    return Markup("{} {}").format(link, part.said) if part.said else link


def behind(vital: Vital, here: Here) -> Markup:
    """What a figure rests on."""
    parts = Markup("; ").join(named(part, here) for part in vital.behind)
    both = [part for part in (vital.beside, parts) if part]
    return Markup(": ").join(both) if both else Markup(NOTHING)


VITALS: Columns[Vital] = (
    Column("What", lambda vital, _: vital.title, header=True),
    Column("Now", lambda vital, _: unbroken(vital.value), right=True),
    Column(
        "State", lambda vital, here: here.chip("good", "well") if vital.is_well else here.chip("warn", "look at it")
    ),
    Column("Behind it", behind, words=True),
)


class SignedByHand(NamedTuple):
    """A record that was removed on purpose, or a field of one that was corrected: what, why, when and by whom."""

    record: str
    what: Markup | str
    why: str
    date: date
    by: str


SIGNED: Columns[SignedByHand] = (
    Column("Record", lambda it, _: it.record, header=True),
    Column("What", lambda it, _: it.what, words=True),
    Column("Why", lambda it, _: it.why, words=True),
    Column("On", lambda it, _: day(it.date)),
    Column("By", lambda it, here: here.person_link(it.by)),
)


def signed(book: Book) -> list[SignedByHand]:
    """What was removed, and what was corrected in records other than deals, each of which tells its own; the newest first."""
    corrections: Corrections | None = book.only("corrections")
    found = [
        *(SignedByHand(f"{it.kind} {it.id}", "removed", it.why, it.date, it.by) for it in _removals(book)),
        *(
            SignedByHand(it.kind if it.id == it.kind else f"{it.kind} {it.id}", _corrected(it), it.why, it.date, it.by)
            for it in (corrections.corrections if corrections else ())
        ),
    ]
    return sorted(found, key=lambda it: it.date, reverse=True)


def _removals(book: Book) -> Sequence[Removal]:
    return book.removed.removed if book.removed else ()


def _corrected(it: RecordCorrection) -> Markup:
    return Markup("<code>{}</code> corrected, which was {}").format(it.field, it.was)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Late entries, close dates that drift, changes after the close."""
    yield page(
        "integrity",
        "Integrity",
        "integrity",
        snapshot,
        later=lambda: {
            "report": integrity(past.timeline, snapshot.book.outcome, snapshot.book.deals),
            "vitals": vitals(snapshot),
        },
        gap=past.timeline.gap,
        columns_of=columns_of,
        vital_columns=VITALS,
        signed=signed(snapshot.book),
        signed_columns=SIGNED,
    )
