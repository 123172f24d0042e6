"""Charts of stages: how many move on, how old the open deals are, how long visits took, and what becomes of attempts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.metrics import Reading, metrics_of
from salesops.metrics.conversions import curve_of
from salesops.metrics.curves import CONVERTED, FAILED
from salesops.metrics.readings import Days, Share
from salesops.metrics.red_lines import red_lines_of
from salesops.metrics.survival import Incidence
from salesops.metrics.wording import TOO_FEW, percent
from salesops.records.process import Stage
from salesops.site.pages.charts.chart import (
    ACCENT,
    BAD,
    BAND,
    FOOT,
    GROUND,
    INK,
    LEADS,
    PALE,
    PLOT,
    QUIET,
    SAYS,
    STEP,
    Chart,
    Sign,
    Spec,
    amount_of,
    drawing,
    layer,
    of_rows,
)
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import file_of
from salesops.site.pages.words import NOTHING, counted, unbroken

Readings = Mapping[str, Reading | None]


# ── conversions ───────────────────────────────────────────────────────────────────────────────────────────────────────


class ConversionRow(NamedTuple):
    """A conversion with its reading, and the share below which its red line is crossed."""

    id: str
    title: str
    share: Share
    line: float | None

    @property
    def words(self) -> str:
        """``10 of 12``; where there are too few, that."""
        said = f"{self.share.hits:,} of {self.share.out_of:,}"
        return said if self.share.is_enough else f"{said}, {TOO_FEW}"

    @property
    def could_be(self) -> str:
        """``55 to 95 %``."""
        low, high = self.share.interval or (0.0, 1.0)
        return f"{low * 100:.0f} to {high * 100:.0f} %"


CONVERSION_COLUMNS: Columns[ConversionRow] = (
    Column(
        "Conversion",
        lambda row, here: Markup('<a href="{}">{}</a>').format(here.metric_at(row.id), row.title),
        header=True,
    ),
    Column("Reached", lambda row, _: row.words, right=True),
    Column(
        "Share",
        lambda row, _: (
            unbroken(percent(row.share.value)) if row.share.value is not None and row.share.is_enough else NOTHING
        ),
        right=True,
    ),
    Column("Could be", lambda row, _: unbroken(row.could_be), right=True),
    Column(
        "Red line below",
        lambda row, _: NOTHING if row.line is None else unbroken(percent(row.line, to_a_tenth=True)),
        right=True,
    ),
)


def conversions(snapshot: Snapshot, readings: Readings) -> Chart | None:
    """Every conversion of the process as a row: how sure it is as a bar, the share as a dot, the counts in words."""
    rows = [row for row in _conversion_rows(snapshot, readings) if row.share.out_of]
    if not rows:
        return None
    layers = _conversion_layers(rows)
    return Chart(
        title="Conversions: the share that went on, and how sure it is",
        caption=_conversion_caption(rows),
        spec=drawing(len(rows) * 44 + FOOT, *layers),
        columns=CONVERSION_COLUMNS,
        rows=rows,
        key=(
            Sign("dot", ACCENT, "share of the decided"),
            Sign("box", PALE, "could be (95 %)"),
            *((Sign("tick", BAD, "red line"),) if any(row.line is not None for row in rows) else ()),
        ),
    )


def _conversion_layers(rows: Sequence[ConversionRow]) -> list[Spec]:
    """The bars, the dots where there are enough outcomes, the red lines, and the counts on the side where there is room."""
    x = amount_of("low", form=".0%", down=False, domain=[0, 1])
    y = of_rows()
    y["axis"] = {**y["axis"], "labelExpr": r"split(datum.label, '\n')"}
    encoding = {"y": y, "tooltip": SAYS, "href": LEADS}
    drawn = [(row, _conversion_value(row)) for row in rows]
    sure = [value for row, value in drawn if row.share.is_enough]
    lines = [value for _, value in drawn if value["line"] is not None]
    left = [value for row, value in drawn if (row.share.value or 0) <= 0.5]
    right = [value for row, value in drawn if (row.share.value or 0) > 0.5]
    bar, dot = {**encoding, "x": x, "x2": {"field": "high"}}, {**encoding, "x": {**x, "field": "share"}}
    words = {"text": {"field": "words", "type": "nominal"}}
    return [
        layer([value for _, value in drawn], "bar", bar, color=PALE, height=6, cornerRadius=3, cursor="pointer"),
        layer(sure, "point", dot, filled=True, size=90, color=ACCENT, opacity=1, cursor="pointer"),
        layer(lines, "tick", {**encoding, "x": {**x, "field": "line"}}, color=BAD, height=20, thickness=2),
        *(
            layer(found, "text", {**encoding, "x": {**x, "field": end}, **words}, align=side, dy=-13)
            for found, end, side in ((left, "low", "left"), (right, "high", "right"))
            if found
        ),
    ]


def _conversion_rows(snapshot: Snapshot, readings: Readings) -> Iterator[ConversionRow]:
    known = metrics_of(snapshot.process)
    lines = {line.line.metric: float(line.bound) for line in red_lines_of(snapshot) if line.bound is not None}
    for conversion in snapshot.process.conversions:
        share = readings.get(conversion.id)
        if isinstance(share, Share):
            yield ConversionRow(conversion.id, known[conversion.id].title, share, lines.get(conversion.id))


def _conversion_value(row: ConversionRow) -> dict[str, Any]:
    low, high = row.share.interval or (0.0, 1.0)
    return {
        "row": row.title.replace("→ ", "→\n"),
        "low": low,
        "high": high,
        "share": row.share.value,
        "line": row.line,
        "words": row.words,
        "says": f"{row.title}: {row.words}; could be {row.could_be}",
        "href": file_of(f"metrics/{row.id}"),
    }


def _conversion_caption(rows: Sequence[ConversionRow]) -> str:
    sure = [row for row in rows if row.share.is_enough]
    few = (
        f" {counted(len(rows) - len(sure), 'conversion')} of {len(rows)} cannot be told: too few are decided."
        if len(rows) > len(sure)
        else ""
    )
    if not sure:
        return "Too few attempts are decided to speak of shares yet."
    least = min(sure, key=lambda row: row.share.value or 0)
    below = [row.title for row in sure if row.line is not None and (row.share.value or 0) < row.line]
    crossed = f" Below its red line: {'; '.join(below)}." if below else ""
    return (
        f"Fewest move on from {least.title.replace(' → ', ' to ')}: {least.words}, {percent(least.share.value or 0)}; "
        f"it could be {least.could_be}.{crossed}{few}"
    )


# ── how old the open deals are ────────────────────────────────────────────────────────────────────────────────────────


class AgeRow(NamedTuple):
    """An open deal, the days in its stage, and how many the process expects at most."""

    deal: str
    member: str
    stage: str
    days: int
    limit: int | None

    @property
    def is_beyond(self) -> bool:
        """Whether it is longer there than the process allows."""
        return self.limit is not None and self.days > self.limit

    @property
    def words(self) -> str:
        """``54 of 30 days``."""
        return counted(self.days, "day") if self.limit is None else f"{self.days:,} of {self.limit:,} days"


AGE_COLUMNS: Columns[AgeRow] = (
    Column("Member", lambda row, here: here.deal_link(row.deal, row.member), header=True),
    Column("Stage", lambda row, _: row.stage),
    Column("Days there", lambda row, _: f"{row.days:,}", right=True),
    Column("Expected at most", lambda row, _: NOTHING if row.limit is None else f"{row.limit:,}", right=True),
)
MOST_ROWS = 100
"""Rows of a table under a chart; the metrics have all."""


def ageing(snapshot: Snapshot, readings: Readings) -> Chart | None:
    """Every open deal by the days in its stage, against what the process expects of the stage."""
    stages = [(name, stage) for name, stage in snapshot.process.stages.items() if stage.is_open]
    rows = [row for name, stage in stages for row in _ages_in(snapshot, readings, name, stage)]
    if not rows:
        return None
    bands = [
        {"row": stage.title, "limit": stage.stale_after, "says": f"{stage.title}: at most {stage.stale_after} days"}
        for _, stage in stages
        if stage.stale_after is not None
    ]
    names = [{"row": stage.title, "limit": 0} for _, stage in stages]
    x = amount_of("limit", title="days in the stage", form="d", down=False)
    return Chart(
        title="Open deals by days in their stage",
        caption=_age_caption(rows),
        spec=drawing(
            len(stages) * STEP + 2 * FOOT,
            layer(names, "bar", {"y": of_rows(), "x": x}, opacity=0),
            layer(bands, "bar", {"y": of_rows(), "x": x, "tooltip": SAYS}, color=BAND, height=18),
            *_age_dots(rows, x),
        ),
        columns=AGE_COLUMNS,
        rows=sorted(rows, key=lambda row: (not row.is_beyond, -row.days))[:MOST_ROWS],
        key=(
            Sign("dot", ACCENT, "open deal"),
            Sign("dot", BAD, "longer than expected"),
            Sign("box", BAND, "what the process expects"),
        ),
    )


def _ages_in(snapshot: Snapshot, readings: Readings, name: str, stage: Stage) -> Iterator[AgeRow]:
    found = readings.get(f"age-in-{name.replace(' ', '-')}")
    if not isinstance(found, Days):
        return
    for deal, days in zip(found.included, found.values, strict=True):
        yield AgeRow(deal, member_of(snapshot, deal), stage.title, days, stage.stale_after)


def member_of(snapshot: Snapshot, deal: str) -> str:
    """The name of the member of a deal; its id where there is no such record."""
    history = snapshot.history(deal) or snapshot.whole.histories[deal]
    member = snapshot.book.members.get(history.deal.member)
    return member.name if member else history.deal.member


def _age_dots(rows: Sequence[AgeRow], x: Spec) -> Iterator[Spec]:
    for colour, beyond in ((ACCENT, False), (BAD, True)):
        heaps: dict[tuple[str, int], list[AgeRow]] = {}
        for row in rows:
            if row.is_beyond is beyond:
                heaps.setdefault((row.stage, row.days), []).append(row)
        encoding = {"y": of_rows(), "x": {**x, "field": "days"}, "tooltip": SAYS, "href": LEADS}
        look = {"filled": True, "size": 90, "color": colour, "opacity": 0.9, "stroke": GROUND, "strokeWidth": 1}
        if heaps:
            yield layer([_age_value(heap) for heap in heaps.values()], "point", encoding, cursor="pointer", **look)


def _age_value(heap: Sequence[AgeRow]) -> dict[str, Any]:
    """A dot for the deals that are equally old in a stage; it leads to the first of them."""
    first, others = heap[0], len(heap) - 1
    more = f" and {counted(others, 'other')}" if others else ""
    return {
        "row": first.stage,
        "days": first.days,
        "says": f"{first.member}{more}: {first.words} in {first.stage}",
        "href": file_of(f"deals/{first.deal}"),
    }


def _age_caption(rows: Sequence[AgeRow]) -> str:
    beyond = sorted((row for row in rows if row.is_beyond), key=lambda row: (row.limit and row.limit - row.days) or 0)
    if not beyond:
        return f"None of {counted(len(rows), 'open deal')} is longer in its stage than the process expects."
    first = beyond[0]
    return (
        f"{len(beyond):,} of {counted(len(rows), 'open deal')} {'is' if len(beyond) == 1 else 'are'} longer in the stage than the process "
        f"expects, {first.member} most: {first.words} in {first.stage}."
    )


# ── how long visits took ──────────────────────────────────────────────────────────────────────────────────────────────


class StayRow(NamedTuple):
    """An attempt and its days in a stage; it may still be there."""

    deal: str
    member: str
    days: int
    is_open: bool


STAY_COLUMNS: Columns[StayRow] = (
    Column("Member", lambda row, here: here.deal_link(row.deal, row.member), header=True),
    Column("Days", lambda row, _: f"{row.days:,}", right=True),
    Column("Now", lambda row, _: "still there" if row.is_open else "moved on or closed"),
)
BINS, MOST_HIGH = 40, 10


def days_in_stage(snapshot: Snapshot, readings: Readings, name: str) -> Chart | None:
    """The days that attempts spent in a stage as dots, those still there hollow, with the middle and what four of five stay below."""
    stage, place = snapshot.process.stages[name], name.replace(" ", "-")
    done, now = readings.get(f"days-in-{place}"), readings.get(f"age-in-{place}")
    if not isinstance(done, Days) or not isinstance(now, Days) or not done.n:
        return None
    rows = [
        *(_stay(snapshot, key.deal, days, False) for key, days in zip(done.attempts_counted, done.values, strict=True)),
        *(_stay(snapshot, deal, days, True) for deal, days in zip(now.included, now.values, strict=True)),
    ]
    dots, each = _heaped(rows)
    marks = [
        {"days": value, "words": words, "says": f"{words} {value:,.0f} days"}
        for words, value in (
            ("median", done.median),
            ("80 % within", done.p80 if done.is_enough_for_quantiles else None),
        )
        if value is not None
    ]
    return Chart(
        title=f"Days in {stage.title}",
        caption=_stay_caption(done, now, stage, each),
        spec=_stay_spec(dots, marks, stage.stale_after),
        columns=STAY_COLUMNS,
        rows=sorted(rows, key=lambda row: -row.days)[:MOST_ROWS],
        key=(
            Sign("dot", ACCENT, "left the stage" if each == 1 else f"left the stage, {each} each"),
            *((Sign("hollow", ACCENT, "still there"),) if now.n else ()),
            Sign("tick", INK, "median" + (" and what four of five stay within" if len(marks) > 1 else "")),
            *((Sign("dashed", BAD, "expected at most"),) if stage.stale_after is not None else ()),
        ),
    )


def _stay(snapshot: Snapshot, deal: str, days: int, is_open: bool) -> StayRow:
    return StayRow(deal, member_of(snapshot, deal), days, is_open)


def _heaped(rows: Sequence[StayRow]) -> tuple[list[dict[str, Any]], int]:
    """The rows as dots on heaps of like days, and how many each dot stands for where they are too many."""
    width = max(max(row.days for row in rows) / BINS, 1)
    heaps: dict[int, list[StayRow]] = {}
    for row in sorted(rows, key=lambda row: row.is_open):
        heaps.setdefault(int(row.days / width), []).append(row)
    each = -(-max(map(len, heaps.values())) // MOST_HIGH)
    dots = [
        {
            "days": sum(each.days for each in heap) / len(heap),
            "high": high + 0.5,
            "open": row.is_open,
            "says": f"{row.member}: {counted(row.days, 'day')}{', still there' if row.is_open else ''}",
            "href": file_of(f"deals/{row.deal}"),
        }
        for heap in heaps.values()
        for high, row in enumerate(heap[::each])
    ]
    return dots, each


def _stay_spec(dots: list[dict[str, Any]], marks: list[dict[str, Any]], limit: int | None) -> Spec:
    high = max(max(dot["high"] for dot in dots) + 0.5, 3)
    far = max([*(dot["days"] for dot in dots), *(mark["days"] for mark in marks), limit or 0, 1])
    x = amount_of("days", title="days", form="d", down=False, domain=[-far / 50, far * 1.04], nice=False)
    y = {"field": "high", "type": "quantitative", "axis": None, "scale": {"domain": [0, high]}}
    encoding = {"x": x, "y": y, "tooltip": SAYS, "href": LEADS}
    shape = {"size": 70, "color": ACCENT, "opacity": 1, "cursor": "pointer"}
    limits = [{"days": limit, "says": f"expected at most: {limit} days"}] if limit is not None else []
    layers = [
        layer(limits, "rule", {"x": x, "tooltip": SAYS}, color=BAD, strokeDash=[5, 4], strokeWidth=1.2),
        layer(marks, "rule", {"x": x, "tooltip": SAYS}, color=INK, strokeWidth=1.6),
        layer([dot for dot in dots if not dot["open"]], "point", encoding, filled=True, **shape),
        layer([dot for dot in dots if dot["open"]], "point", encoding, filled=False, strokeWidth=1.8, **shape),
    ]
    return drawing(int(high * 13) + 2 * FOOT, *(each for each in layers if each["data"]["values"]))


def _stay_caption(done: Days, now: Days, stage: Stage, each: int) -> str:
    half = f"Half of {counted(done.n, 'attempt')} left {stage.title} within {counted(round(done.median or 0), 'day')}"
    most = f", four of five within {counted(round(done.p80 or 0), 'day')}" if done.is_enough_for_quantiles else ""
    beyond = sum(days > stage.stale_after for days in now.values) if stage.stale_after is not None else 0
    still = f"; {counted(now.n, 'deal')} {'is' if now.n == 1 else 'are'} there now" if now.n else ""
    late = f", {beyond} for longer than the {stage.stale_after} days that the process expects" if beyond else ""
    heaps = f" Each dot stands for {each} attempts." if each > 1 else ""
    return f"{half}{most}{still}{late}.{heaps}"


# ── what becomes of attempts ──────────────────────────────────────────────────────────────────────────────────────────


class CurveRow(NamedTuple):
    """A day after the beginning, and how likely each outcome is by then."""

    day: int
    reached: float
    failed: float
    undecided: float


CURVE_COLUMNS: Columns[CurveRow] = (
    Column("Days after entry", lambda row, _: f"{row.day:,}", header=True, right=True),
    Column("Reached", lambda row, _: unbroken(percent(row.reached)), right=True),
    Column("Lost", lambda row, _: unbroken(percent(row.failed)), right=True),
    Column("Undecided", lambda row, _: unbroken(percent(row.undecided)), right=True),
)


def outcomes(snapshot: Snapshot, conversion: str) -> Chart | None:
    """What has become of attempts so many days after they began: reached and lost as curves that rise with each day."""
    found = next((each for each in snapshot.process.conversions if each.id == conversion), None)
    curve = curve_of(snapshot, found) if found else None
    if found is None or curve is None or curve.limit is None or not curve.steps:
        return None
    rows = _curve_rows(curve)
    start, end = (snapshot.process.title_of(name) for name in (found.from_, found.to))
    x = amount_of("day", title=f"days after coming into {start}", form="d", down=False)
    lines = [
        layer(
            [_curve_value(row, row[at_], f"{word} by then") for row in rows],
            "line",
            {"x": x, "y": amount_of("share", form=".0%", domain=[0, 1]), "tooltip": SAYS},
            color=colour,
            interpolate="step-after",
            strokeWidth=2.2,
        )
        for at_, word, colour in ((1, f"reached {end}", ACCENT), (2, "lost", QUIET))
    ]
    return Chart(
        title=f"What becomes of attempts after they came into {start}",
        caption=_curve_caption(curve, start, end),
        spec=drawing(PLOT, *lines),
        columns=CURVE_COLUMNS,
        rows=rows[:MOST_ROWS],
        key=(Sign("line", ACCENT, f"reached {end}"), Sign("line", QUIET, "lost")),
    )


def _curve_rows(curve: Incidence) -> list[CurveRow]:
    days = sorted({0, *(step.day for step in curve.steps), curve.limit or 0})
    return [CurveRow(day, curve.share(CONVERTED, day), curve.share(FAILED, day), curve.undecided(day)) for day in days]


def _curve_value(row: CurveRow, share: float, words: str) -> dict[str, Any]:
    return {"day": row.day, "share": share, "says": f"{counted(row.day, 'day')} after entry: {percent(share)} {words}"}


def _curve_caption(curve: Incidence, start: str, end: str) -> str:
    last = curve.steps[-1]
    by = next((mark for mark in (30, 60, 90, 180, 365) if mark >= last.day / 2), last.day)
    return (
        f"By {by} days after they came into {start}, {percent(curve.share(CONVERTED, by))} have reached {end} and "
        f"{percent(curve.share(FAILED, by))} are lost; the rest is undecided. From {counted(curve.followed, 'attempt')}, open ones counted "
        "for as long as they were followed."
    )
