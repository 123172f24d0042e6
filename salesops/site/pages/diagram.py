"""The process as a drawing: a box for each stage with the deals in it, the ways to a win from left to right, what is lost below.

On a phone the same stands upright: the ways lead down, what is lost is at the right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.records.process import LOST, Process
from salesops.site.pages.stepper import way_to_win
from salesops.site.pages.words import counted

EDGE = 4


class Layout(NamedTuple):
    """The size of a box, how far boxes are apart along the ways and across them, the letters of a line, and whether the ways lead down."""

    width: int
    height: int
    along: int
    across: int
    letters: int
    is_upright: bool = False


WIDE = Layout(132, 40, 168, 62, 12)
UPRIGHT = Layout(112, 40, 62, 124, 11, is_upright=True)
"""Three boxes side by side fit on a phone."""


@dataclass(frozen=True)
class Box:
    """A stage: where its box stands, and how many deals are in it (None where it is closed)."""

    stage: str
    title: str
    x: int
    y: int
    deals: int | None
    look: str
    letters: int
    """So many of a line fit into it beside the number."""

    @property
    def lines(self) -> list[tuple[str, int]]:
        """The title in two lines, each with its height in the box; the second is empty where one is enough."""
        parts = wrap(self.title, self.letters, max_lines=2, placeholder="…")
        return [*zip(parts, (17, 33), strict=True)] if len(parts) == 2 else [(self.title, 25), ("", 33)]


@dataclass(frozen=True)
class Arrow:
    """A way out, as the points of a line: forward, or to a loss."""

    points: str
    look: str


@dataclass(frozen=True)
class Diagram:
    """Boxes and lines, and the size that they need."""

    layout: Layout
    boxes: tuple[Box, ...]
    ways: tuple[Arrow, ...]

    @property
    def width(self) -> int:
        """Of the whole, in pixels."""
        return max((box.x for box in self.boxes), default=0) + self.layout.width + EDGE

    @property
    def height(self) -> int:
        """Of the whole, in pixels."""
        return max((box.y for box in self.boxes), default=0) + self.layout.height + EDGE

    @property
    def in_words(self) -> str:
        """The stages, and how many deals are in each."""
        return ", ".join(
            box.title if box.deals is None else f"{box.title}: {counted(box.deals, 'deal')}" for box in self.boxes
        )


def diagram(snapshot: Snapshot, deals_in: Mapping[str, int], layout: Layout = WIDE) -> Diagram:
    """The process in force, drawn from its exits."""
    process = snapshot.process
    boxes = {name: _box(process, name, place, deals_in, layout) for name, place in _places(snapshot).items()}
    ways = tuple(way for name, box in boxes.items() for way in _ways(process, box, boxes, name, layout))
    return Diagram(layout, tuple(boxes.values()), ways)


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


def _box(process: Process, name: str, place: tuple[int, int], deals_in: Mapping[str, int], layout: Layout) -> Box:
    stage = process.stages[name]
    along, across = EDGE + place[0] * layout.along, EDGE + place[1] * layout.across
    x, y = (across, along) if layout.is_upright else (along, across)
    return Box(
        name,
        stage.title,
        x,
        y,
        deals_in.get(name, 0) if stage.is_open else None,
        stage.outcome or "open",
        layout.letters,
    )


def _ways(process: Process, box: Box, boxes: Mapping[str, Box], name: str, layout: Layout) -> Iterator[Arrow]:
    """The ways out: on from the middle of one side to that of the other, to a loss and back across them."""

    def middle(it: Box, along: int, across: int) -> str:
        """A point of a box, in halves of its size."""
        right, down = (across, along) if layout.is_upright else (along, across)
        return f"{it.x + right * layout.width // 2},{it.y + down * layout.height // 2}"

    for target in dict.fromkeys(way_out.to for way_out in process.stages[name].exits):
        there = boxes.get(target)
        if there is None:
            continue
        is_ahead = there.y > box.y if layout.is_upright else there.x > box.x
        if there.look == LOST:
            yield Arrow(f"{middle(box, 1, 2)} {middle(there, 1, 0)}", "lost")
        elif is_ahead:
            yield Arrow(f"{middle(box, 2, 1)} {middle(there, 0, 1)}", "forward")
        else:
            yield Arrow(f"{middle(box, 1, 2)} {middle(there, 1, 2)}", "back")
