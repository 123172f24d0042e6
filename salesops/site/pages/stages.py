"""A page for each stage: what it is for, which deals are there now, what we do, what each way out asks for, what we learn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salesops.book.book import Snapshot
from salesops.book.status import Standing, board, standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.velocity import suggested_stale_after
from salesops.records.deal import Learned
from salesops.records.scalars import slug
from salesops.site.pages.board import by_urgency
from salesops.site.pages.charts.stages import days_in_stage
from salesops.site.pages.decisions import title_of
from salesops.site.pages.page import Page, page

MOST_CARDS = 40
MOST_ANSWERS = 5


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """A page for each stage of the process in force."""
    columns = {column.name: column for column in board(snapshot)}
    told = _answers(snapshot)
    for name, stage in snapshot.process.stages.items():
        here = columns[name].deals if name in columns else ()
        yield page(
            f"stages/{slug(name)}",
            f"Stage: {stage.title}",
            "stage",
            snapshot,
            heading=stage.title,
            rank=2,
            search=(name,),
            name=name,
            stage=stage,
            process=snapshot.process,
            deals=sorted(here, key=by_urgency)[:MOST_CARDS],
            more=max(len(here) - MOST_CARDS, 0),
            answers=told.get(name, [])[:MOST_ANSWERS],
            suggested=suggested_stale_after(snapshot, name),
            out=[it.id for it in snapshot.process.conversions if it.from_ == name],
            charts=[days_in_stage(snapshot, readings, name)],
            readings=readings,
            title_of=title_of,
        )


def _answers(snapshot: Snapshot) -> dict[str, list[tuple[Standing, Learned]]]:
    """What was learned in each stage, the newest first."""
    found: dict[str, list[tuple[Standing, Learned]]] = {}
    for standing in standings(snapshot):
        for entry in standing.deal.learned:
            found.setdefault(snapshot.name(entry.stage), []).append((standing, entry))
    return {name: sorted(said, key=lambda it: it[1].date, reverse=True) for name, said in found.items()}
