"""What a chart is: a specification that Vega-Lite draws, a sentence that says what to see, and the same data as a table.

Text of records stands in a specification only as data, in ``values``, and in rows of the table; fields of data have names of our own, and no
expression holds any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from salesops.site.pages.columns import Columns
from salesops.site.pages.forms import as_script

Spec = dict[str, Any]
Values = Sequence[Mapping[str, Any]]

ACCENT, PALE, QUIET, BAD, WARN, GOOD, BAND, INK, GROUND = (
    f"var(--so-chart-{name})" for name in ("1", "2", "quiet", "bad", "warn", "good", "band", "ink", "ground")
)
RAMP = tuple(f"var(--so-chart-{number})" for number in range(1, 7))
"""Colours of what is stacked, the first the strongest; they follow the scheme of the page."""
PLOT, STEP, FOOT = 240, 30, 30
"""In pixels: the height of a chart over time, of a row in one with rows, and of what stands below the axis."""
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Sign:
    """An entry of the key: how it looks (box, line, dashed, dot, hollow or tick; pale), its colour, and what it means."""

    look: str
    colour: str
    words: str

    @property
    def classes(self) -> str:
        """Its classes."""
        name = self.colour.removeprefix("var(--so-chart-").removesuffix(")")
        return f"so-key-{self.look} so-mark-{name}"


@dataclass(frozen=True)
class Chart:
    """A chart: ``title`` names what is drawn, ``caption`` says what to see, ``columns`` and ``rows`` are the same data as a table."""

    title: str
    caption: str
    spec: Spec
    columns: Columns[Any]
    rows: Sequence[Any]
    key: tuple[Sign, ...] = ()

    @property
    def height(self) -> int:
        """How much room it takes; it is kept free until the chart is drawn."""
        return int(self.spec["height"])

    @property
    def script(self) -> Markup:
        """The specification as data for the script that draws it."""
        return as_script(self.spec)


def drawing(height: int, *layers: Spec) -> Spec:
    """A specification that fills its place: as wide as the text, and as high as it says with its axes."""
    return {
        "width": "container",
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 0, "right": 6, "top": 8, "bottom": 5},
        "layer": list(layers),
    }


def layer(values: Values, mark: str, encoding: Spec, **look: Any) -> Spec:
    """One layer: a mark for each of these values."""
    return {"data": {"values": [dict(each) for each in values]}, "mark": {"type": mark, **look}, "encoding": encoding}


def ticks(apart: int = 60) -> Spec:
    """As many ticks as there is room for, about so many pixels apart."""
    return {"expr": f"clamp(floor(width / {apart}), 2, 10)"}


def by_day(field: str = "day", first: date | None = None, last: date | str | None = None) -> Spec:
    """Days from left to right, as the calendar has them wherever the reader is; to the first of a month, as ``2023-06``."""
    ends = {"domain": [str(first), str(last)]} if first and last else {}
    spoken = {"year": "%Y", "quarter": "%b", "month": "%b", "week": "%-d %b", "date": "%-d %b", "day": "%-d %b"}
    axis = {"tickCount": ticks(), "format": spoken, "grid": False, "labelBound": False, "labelFlush": True}
    return {"field": field, "type": "temporal", "scale": {"type": "utc", **ends}, "axis": axis}


def amount_of(field: str, *, title: str | None = None, form: str = "~s", down: bool = True, **scale: Any) -> Spec:
    """A quantity, upwards unless ``down`` is False, with no more ticks than there is room for."""
    room = {"expr": f"clamp(floor({'height' if down else 'width'} / {45 if down else 80}), 2, 8)"}
    axis = {"title": title, "tickCount": room, "labelExpr": f"format(datum.value, '{form}')"}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def of_rows(field: str = "row") -> Spec:
    """One row for each name, in the order of the values."""
    return {"field": field, "type": "ordinal", "sort": None, "axis": {"grid": False, "title": None}}


def in_colours(field: str, colours: Mapping[str, str]) -> Spec:
    """A colour for each word; the key of the figure says which."""
    scale = {"domain": list(colours), "range": list(colours.values())}
    return {"field": field, "type": "nominal", "scale": scale, "legend": None}


SAYS: Spec = {"field": "says", "type": "nominal"}
"""What a mark says when the pointer rests on it."""
LEADS: Spec = {"field": "href", "type": "nominal"}
"""Where a click on a mark leads, from the home page on."""


def at(pixels: int) -> Spec:
    """So many pixels from the corner."""
    return {"value": pixels}


MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def month_in_words(month: str) -> str:
    """``Nov 2026`` of ``2026-11``."""
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def signed(number: int) -> str:
    """``+3``, ``−2`` or ``0``."""
    return f"{number:+,}".replace("-", MINUS) if number else "0"


def opened(text: str) -> str:
    """A text with its first letter as a capital, the others as they are."""
    return text[:1].upper() + text[1:]


def listed(words: Iterable[str]) -> str:
    """``a, b and c``."""
    every = list(words)
    return " and ".join([", ".join(every[:-1]), every[-1]]) if len(every) > 1 else "".join(every)
