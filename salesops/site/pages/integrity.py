"""The Integrity page: how far the history of the records can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesops.book.book import Snapshot
from salesops.changes.integrity import Chapter, LateFact, integrity
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.health import Vital, vitals
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Page, page
from salesops.site.pages.words import NOTHING, day, unbroken


def columns_of(chapter: Chapter) -> Columns[LateFact]:
    """The columns of a chapter: its days stand in a column of their own where it counts any."""
    days = Column[LateFact](chapter.days.capitalize(), lambda fact, _: fact.days, right=True)
    return (
        Column("Deal" if chapter.days else "Record", lambda fact, here: here.known_deal_link(fact.deal), header=True),
        Column("What", lambda fact, _: fact.what, words=True),
        *([days] if chapter.days else []),
        Column("Known", lambda fact, _: day(fact.commit.day)),
        Column("By", lambda fact, _: fact.commit.author),
    )


VITALS: Columns[Vital] = (
    Column("What", lambda vital, _: vital.title, header=True),
    Column("Now", lambda vital, _: unbroken(vital.value), right=True),
    Column(
        "State", lambda vital, here: here.chip("good", "well") if vital.is_well else here.chip("warn", "look at it")
    ),
    Column("Behind it", lambda vital, _: vital.beside or NOTHING, words=True),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Late entries, close dates that drift, changes after the close."""
    report = integrity(past.timeline, snapshot.book.outcome, snapshot.book.deals)
    yield page(
        "integrity",
        "Integrity",
        "integrity",
        snapshot,
        report=report,
        gap=past.timeline.gap,
        columns_of=columns_of,
        vitals=vitals(snapshot),
        vital_columns=VITALS,
    )
