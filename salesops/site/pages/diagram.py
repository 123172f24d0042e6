"""The process as a drawing: a box for each stage with the deals in it, the ways to a win from left to right, what is lost below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from salesops.book.book import Snapshot
from salesops.records.process import LOST, Process
from salesops.site.pages.stepper import way_to_win

BOX_WIDTH, BOX_HEIGHT = 132, 40
STEP, ROW = 168, 62
EDGE = 4


@dataclass(frozen=True)
class Box:
    """A stage: where its box stands, and how many deals are in it (None where it is closed)."""

    stage: str
    title: str
    x: int
    y: int
    deals: int | None
    look: str


@dataclass(frozen=True)
class Arrow:
    """A way out, as the points of a line: forward, or to a loss."""

    points: str
    look: str


@dataclass(frozen=True)
class Diagram:
    """Boxes and lines, and the size that they need."""

    boxes: tuple[Box, ...]
    ways: tuple[Arrow, ...]
    width: int
    height: int


def diagram(snapshot: Snapshot, deals_in: Mapping[str, int]) -> Diagram:
    """The process in force, drawn from its exits."""
    process = snapshot.process
    places = _places(snapshot)
    boxes = {name: _box(process, name, place, deals_in) for name, place in places.items()}
    ways = tuple(way for name, box in boxes.items() for way in _ways(process, box, boxes, name))
    return Diagram(
        tuple(boxes.values()),
        ways,
        max((box.x for box in boxes.values()), default=0) + BOX_WIDTH + EDGE,
        max((box.y for box in boxes.values()), default=0) + BOX_HEIGHT + EDGE,
    )


def _places(snapshot: Snapshot) -> dict[str, tuple[int, int]]:
    """The column and the row of every stage: by how far it is from a win, a row for each way in, losses in the last one."""
    process = snapshot.process
    rows: dict[str, int] = {}
    for row, (kind, start) in enumerate(process.starts.items()):
        for name in (start, *way_to_win(snapshot, str(kind), start)):
            rows.setdefault(name, row)
    open_ended = [name for name, stage in process.stages.items() if stage.outcome != LOST]
    left = {name: len(way_to_win(snapshot, "", name)) for name in open_ended}
    most, last = max(left.values(), default=0), len(process.starts)
    return {
        name: (most - left.get(name, most // 2), last if stage.outcome == LOST else rows.get(name, last - 1))
        for name, stage in process.stages.items()
    }


def _box(process: Process, name: str, place: tuple[int, int], deals_in: Mapping[str, int]) -> Box:
    stage = process.stages[name]
    x, y = EDGE + place[0] * STEP, EDGE + place[1] * ROW
    return Box(name, stage.title, x, y, deals_in.get(name, 0) if stage.is_open else None, stage.outcome or "open")


def _ways(process: Process, box: Box, boxes: Mapping[str, Box], name: str) -> Iterator[Arrow]:
    for target in dict.fromkeys(way_out.to for way_out in process.stages[name].exits):
        there = boxes.get(target)
        if there is None:
            continue
        if there.look == LOST:
            yield Arrow(_points(_bottom(box), _top(there)), "lost")
        elif there.x > box.x:
            yield Arrow(_points(_right(box), _left(there)), "forward")
        else:
            yield Arrow(_points(_bottom(box), _bottom(there)), "back")


def _points(*points: tuple[int, int]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _right(box: Box) -> tuple[int, int]:
    return box.x + BOX_WIDTH, box.y + BOX_HEIGHT // 2


def _left(box: Box) -> tuple[int, int]:
    return box.x, box.y + BOX_HEIGHT // 2


def _bottom(box: Box) -> tuple[int, int]:
    return box.x + BOX_WIDTH // 2, box.y + BOX_HEIGHT


def _top(box: Box) -> tuple[int, int]:
    return box.x + BOX_WIDTH // 2, box.y
