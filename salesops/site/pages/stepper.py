"""The stages of a deal as a row of steps: those it came through, the one it is in, and those that lie ahead on the way to a win."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.book.status import Standing, counted
from salesops.records.process import WON, Process
from salesops.site.pages.words import days_said, short_day

DONE, NOW, AHEAD, WAS_WON, WAS_LOST = "done", "now", "ahead", "won", "lost"


class StageStep(NamedTuple):
    """One stage: its name and title, what is said below it, and whether it is behind, here or ahead."""

    stage: str
    title: str
    said: str
    look: str


def steps(standing: Standing) -> list[StageStep]:
    """The stages of a deal, in the order of the process."""
    snapshot = standing.snapshot
    order = {name: at for at, name in enumerate(snapshot.process.stages)}
    behind = sorted(_behind(standing), key=lambda step: order.get(step.stage, len(order)))
    return [*behind, _here(standing), *(_ahead(standing) if standing.is_open else ())]


def _behind(standing: Standing) -> Iterator[StageStep]:
    """Every open stage it was in and is not any more; its days of all visits together."""
    history, snapshot = standing.history, standing.snapshot
    days: Counter[str] = Counter()
    visits: Counter[str] = Counter()
    for visit in history.visits:
        name = snapshot.name(visit.stage)
        if name != standing.stage_name and snapshot.stage(visit.stage).is_open:
            days[name] += history.active_days(visit, snapshot.as_of)
            visits[name] += 1
    for name, number in visits.items():
        said = counted(days[name]) + (f", {number} visits" if number > 1 else "")
        yield StageStep(name, snapshot.stage(name).title, said, DONE)


def _here(standing: Standing) -> StageStep:
    title, as_of = standing.stage.title, standing.snapshot.as_of
    if not standing.is_open:
        look = WAS_WON if standing.stage.outcome == WON else WAS_LOST
        return StageStep(standing.stage_name, title, short_day(standing.since, as_of), look)
    visits = sum(standing.snapshot.name(visit.stage) == standing.stage_name for visit in standing.history.visits)
    again = f", visit {visits}" if visits > 1 else ""
    parked = f"; {days_said(standing.parked, as_of)}" if standing.parked else ""
    return StageStep(standing.stage_name, title, f"{standing.stay}{again}{parked}", NOW)


def _ahead(standing: Standing) -> Iterator[StageStep]:
    expected: date | None = standing.deal.expected_close
    way = way_to_win(standing.snapshot, standing.deal.type, standing.stage_name)
    for name in way:
        is_last = name == way[-1]
        said = f"expected {short_day(expected, standing.snapshot.as_of)}" if is_last and expected else ""
        yield StageStep(name, standing.snapshot.stage(name).title, said, AHEAD)


def way_to_win(snapshot: Snapshot, deal_type: str, stage: str) -> list[str]:
    """The stages that follow one on the way to a win: as the process states it, else by the fewest moves."""
    process = snapshot.process
    path = {str(kind): names for kind, names in process.path.items()}.get(deal_type, ())
    if stage in path:
        return list(path[path.index(stage) + 1 :])
    return _shortest(process, stage)


def _shortest(process: Process, stage: str) -> list[str]:
    waiting: deque[tuple[str, list[str]]] = deque([(stage, [])])
    seen = {stage}
    while waiting:
        name, way = waiting.popleft()
        found = process.stages.get(name)
        if found is None or found.outcome == WON:
            return way
        for way_out in found.exits:
            if way_out.to not in seen:
                seen.add(way_out.to)
                waiting.append((way_out.to, [*way, way_out.to]))
    return []
