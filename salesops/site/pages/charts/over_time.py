"""Charts over time: sales qualified deals and what came and went, the value of the pipeline, recurring revenue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot, kept_with_snapshot
from salesops.metrics import read_metric
from salesops.metrics.pipeline import SqdWeek, sqd_weeks
from salesops.metrics.readings import Amounts
from salesops.metrics.revenue import (
    CAME_BACK,
    GREW,
    LEFT,
    NEW_MEMBER,
    SHRANK,
    MonthOfMovements,
    month_movements,
    month_of,
)
from salesops.metrics.targets import REACHED, TargetStanding, goal, targets_of_interest
from salesops.records.bounds import value_of
from salesops.records.contract import MONTHS_A_YEAR, months_after
from salesops.records.money import Money, Sums, total
from salesops.site.pages.charts.chart import (
    ACCENT,
    BAD,
    GROUND,
    INK,
    PALE,
    PLOT,
    QUIET,
    RAMP,
    SAYS,
    Chart,
    Sign,
    Spec,
    amount_of,
    at,
    by_day,
    drawing,
    in_colours,
    layer,
    listed,
    month_in_words,
    signed,
)
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.moneys import Teller, teller
from salesops.site.pages.page import Here
from salesops.site.pages.words import counted, day, short

WEEKS = 78
"""Eighteen months, looked back week by week from the day."""
MONTHS = 18
WEEKS_OF_FLOW = 26
HALF_WEEK = timedelta(days=4)
"""A bar stands in the middle of its week, so that no drawing reaches beyond the day."""
RECENT, QUARTER = 13, 3
"""A quarter of a year in weeks and in months: how far back "since" looks."""
DAY = timedelta(days=1)


@kept_with_snapshot
def weeks_of(snapshot: Snapshot) -> tuple[SqdWeek, ...]:
    """The weeks since the first deal began, eighteen months of them at most."""
    began = min((history.visits[0].entered for history in snapshot.histories), default=snapshot.as_of)
    return tuple(week for week in sqd_weeks(snapshot, WEEKS) if week.end >= began)


class MonthEnd(NamedTuple):
    """The last day of a month, or the day itself, and what the records say of it now."""

    end: date
    value: Amounts
    mrr: Amounts


@kept_with_snapshot
def month_ends_of(snapshot: Snapshot) -> tuple[MonthEnd, ...]:
    """The last months up to the day."""
    month, on, found = snapshot.as_of.replace(day=1), snapshot, []
    for _ in range(MONTHS):
        found.append(_month_end(on))
        end, month = month - DAY, months_after(month, -1)
        if not any(history.visits[0].entered <= end for history in on.histories):
            break
        on = snapshot.whole.on(end)
    return tuple(found[::-1])


def _month_end(on: Snapshot) -> MonthEnd:
    value, mrr = read_metric(on, "pipeline-value"), read_metric(on, "mrr")
    assert isinstance(value, Amounts)
    assert isinstance(mrr, Amounts)
    return MonthEnd(on.as_of, value, mrr)


# ── goals ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def goal_of(snapshot: Snapshot, metric: str) -> TargetStanding | None:
    """The target of a metric that comes next; None where there is none."""
    found = [standing for standing in targets_of_interest(snapshot) if standing.target.metric == metric]
    return min(found, key=lambda standing: standing.target.by, default=None)


def against_goal(standing: TargetStanding | None, as_of: date) -> str:
    """What the caption says of a goal: ``; 4 short of the goal of 12 by 31 Dec``; of money only whether it is reached, for rates move."""
    if standing is None:
        return ""
    wanted = f"the goal of {goal(standing.target)} by {short(standing.target.by, as_of)}"
    if standing.progress.state == REACHED:
        return f"; {wanted} is {standing.progress.gap}"
    if isinstance(value_of(standing.target.bound, "money"), Money):
        return f"; {wanted} is not reached yet"
    return f"; {standing.progress.gap} of {wanted}" if standing.progress.distance else ""


def _goal_layers(standing: TargetStanding | None, kind: str, currency: str, as_of: date) -> list[Spec]:
    """The goal as a dashed rule, with its day."""
    wanted = value_of(standing.target.bound, kind) if standing else None
    if standing is None or wanted is None or (isinstance(wanted, Money) and wanted.currency != currency):
        return []
    level = float(wanted.amount if isinstance(wanted, Money) else wanted)
    said = f"goal {goal(standing.target)} by {short(standing.target.by, as_of)}"
    values = [{"level": level, "words": said, "says": said}]
    where = {"field": "level", "type": "quantitative"}
    place = {"align": "left", "baseline": "bottom", "dy": -4}
    words = {"y": where, "x": at(4), "text": {"field": "words", "type": "nominal"}}
    return [
        layer(values, "rule", {"y": where, "tooltip": SAYS}, color=INK, strokeDash=[5, 4], strokeWidth=1.2),
        layer(values, "text", words, color=GROUND, stroke=GROUND, strokeWidth=3, **place),
        layer(values, "text", words, **place),
    ]


# ── sales qualified deals ─────────────────────────────────────────────────────────────────────────────────────────────

KINDS = {"new business": "new business", "existing business": "existing business"}


def _in_kinds(week: SqdWeek) -> list[tuple[str, int]]:
    return [(kind, week.split.get(kind, 0)) for kind in KINDS]


SQD_COLUMNS: Columns[SqdWeek] = (
    Column("Day", lambda week, _: day(week.end), header=True),
    Column("Sales qualified", lambda week, _: week.value, right=True),
    Column("New business", lambda week, _: week.split.get("new business", 0), right=True),
    Column("Existing business", lambda week, _: week.split.get("existing business", 0), right=True),
)


def sqd(snapshot: Snapshot, weeks: Sequence[SqdWeek]) -> Chart | None:
    """How many sales qualified deals there were, week by week, new and existing business apart, with the goal."""
    if len(weeks) < 2:
        return None
    as_of, standing = snapshot.as_of, goal_of(snapshot, "sqd")
    values = [
        {
            "day": str(week.end),
            "kind": kind,
            "at": place,
            "deals": deals,
            "says": f"{short(week.end, as_of)}: {_sqd_in_words(week)}",
        }
        for week in weeks
        for place, (kind, deals) in enumerate(_in_kinds(week))
    ]
    areas = layer(
        values,
        "area",
        {
            "x": by_day(),
            "y": {**amount_of("deals", form="d", domainMin=0), "stack": "zero"},
            "color": in_colours("kind", dict(zip(KINDS, (ACCENT, PALE), strict=True))),
            "order": {"field": "at", "type": "quantitative"},
            "tooltip": SAYS,
        },
        interpolate="step-before",
    )
    dashed = (Sign("dashed", INK, "goal"),) if standing else ()
    return Chart(
        title="Sales qualified deals by week",
        caption=_sqd_caption(snapshot, weeks, standing),
        spec=drawing(PLOT, areas, *_goal_layers(standing, "count", "", as_of)),
        columns=SQD_COLUMNS,
        rows=list(reversed(weeks)),
        key=(Sign("box", ACCENT, "new business"), Sign("box", PALE, "existing business"), *dashed),
    )


def _sqd_in_words(week: SqdWeek) -> str:
    return f"{counted(week.value, 'deal')}, " + listed(f"{deals} {kind}" for kind, deals in _in_kinds(week))


def _sqd_caption(snapshot: Snapshot, weeks: Sequence[SqdWeek], standing: TargetStanding | None) -> str:
    now, then = weeks[-1], weeks[-min(RECENT + 1, len(weeks))]
    most = max(_in_kinds(now), key=lambda pair: pair[1])
    mostly = f", {most[1]} of them {most[0]}" if now.value else ""
    return (
        f"{counted(now.value, 'deal')} {'is' if now.value == 1 else 'are'} sales qualified{mostly}, "
        f"{_change(now.value - then.value)} {short(then.end, snapshot.as_of)}"
        f"{against_goal(standing, snapshot.as_of)}."
    )


def _change(by: int) -> str:
    return f"{abs(by):,} {'more' if by > 0 else 'fewer'} than on" if by else "as many as on"


# ── what came and went ────────────────────────────────────────────────────────────────────────────────────────────────

CAME = ("entries", "resumed")
WENT = ("exits", "parked")


def _came(week: SqdWeek) -> int:
    return sum(week.flow[part] for part in CAME) + max(week.flow["reclassified"], 0)


def _went(week: SqdWeek) -> int:
    return sum(week.flow[part] for part in WENT) - min(week.flow["reclassified"], 0)


FLOW_COLUMNS: Columns[SqdWeek] = (
    Column("Seven days to", lambda week, _: day(week.end), header=True),
    *(
        Column(name.capitalize(), lambda week, _, name=name: week.flow[name], right=True)  # type: ignore[misc]  # bound
        for name in ("entries", "resumed", "exits", "parked", "reclassified")
    ),
    Column("Net", lambda week, _: signed(week.flow["net"]), right=True),
)


def sqd_flow(snapshot: Snapshot, weeks: Sequence[SqdWeek]) -> Chart | None:
    """What came into the sales qualified stages and what left them, week by week, and the net of it."""
    shown = list(weeks[-WEEKS_OF_FLOW:])
    if len(shown) < 2:
        return None
    values = [_flow_values(week, snapshot.as_of) for week in shown]
    x = by_day("day", shown[0].end - HALF_WEEK - HALF_WEEK, shown[-1].end)
    bars = [
        layer(
            values,
            "bar",
            {"x": by_day(), "y": amount_of(field, form="d"), "tooltip": SAYS},
            color=colour,
            width={"expr": f"max(3, width / {len(shown)} * 0.55)"},
        )
        for field, colour in (("came", ACCENT), ("went", PALE))
    ]
    net = layer(
        values,
        "point",
        {"x": x, "y": amount_of("net", form="d"), "tooltip": SAYS},
        filled=True,
        size=48,
        color=INK,
        stroke=GROUND,
        strokeWidth=1.2,
        opacity=1,
    )
    zero = layer([{"came": 0}], "rule", {"y": {"field": "came", "type": "quantitative"}}, color=INK, strokeWidth=0.8)
    return Chart(
        title="Sales qualified deals: what came and went, by week",
        caption=_flow_caption(shown, snapshot.as_of),
        spec=drawing(PLOT, *bars, zero, net),
        columns=FLOW_COLUMNS,
        rows=list(reversed(shown)),
        key=(Sign("box", ACCENT, "came in"), Sign("box", PALE, "left"), Sign("dot", INK, "net")),
    )


def _flow_values(week: SqdWeek, as_of: date) -> dict[str, Any]:
    parts = listed(f"{week.flow[name]} {name}" for name in (*CAME, *WENT))
    return {
        "day": str(week.end - HALF_WEEK),
        "came": _came(week),
        "went": -_went(week),
        "net": week.flow["net"],
        "says": f"Seven days to {short(week.end, as_of)}: {parts}; net {signed(week.flow['net'])}",
    }


def _flow_caption(shown: Sequence[SqdWeek], as_of: date) -> str:
    came, went = sum(map(_came, shown)), sum(map(_went, shown))
    last = shown[-1]
    return (
        f"In the last seven days {counted(_came(last), 'deal')} came in and {_went(last):,} left; "
        f"in {len(shown)} weeks {came:,} came and {went:,} left, which makes {signed(came - went)}."
    )


# ── the value of the pipeline ─────────────────────────────────────────────────────────────────────────────────────────


def pipeline_value(snapshot: Snapshot, months: Sequence[MonthEnd]) -> Chart | None:
    """What the open deals are worth, month by month and stage by stage."""
    told = teller(snapshot, (month.value.sums for month in months))
    if len(months) < 2 or not any(month.value.n for month in months):
        return None
    stages = _stages_in(snapshot, months)
    colours = dict(zip(stages.values(), RAMP * (len(stages) // len(RAMP) + 1), strict=False))
    standing = goal_of(snapshot, "pipeline-value")
    areas = layer(
        [value for month in months for value in _stage_values(month, stages, told, snapshot.as_of)],
        "area",
        {
            "x": by_day(),
            "y": {**amount_of("worth", domainMin=0), "stack": "zero"},
            "color": in_colours("stage", colours),
            "order": {"field": "at", "type": "quantitative"},
            "tooltip": SAYS,
        },
        interpolate="step-before",
        stroke=GROUND,
        strokeWidth=0.6,
    )
    return Chart(
        title=f"Pipeline value by month and stage, in {told.currency}",
        caption=_value_caption(snapshot, months, told, standing),
        spec=drawing(PLOT, areas, *_goal_layers(standing, "money", told.currency, snapshot.as_of)),
        columns=_value_columns(stages, told),
        rows=list(reversed(months)),
        key=tuple(Sign("box", colour, stage) for stage, colour in colours.items()),
    )


def _stages_in(snapshot: Snapshot, months: Sequence[MonthEnd]) -> dict[str, str]:
    """The stages that ever held money in these months, with their titles, in the order of the process."""
    held = {name for month in months for name in month.value.by["by_stage"]}
    in_order = [name for name in snapshot.process.stages if name in held]
    return {name: snapshot.process.title_of(name) for name in (*in_order, *sorted(held.difference(in_order)))}


def _stage_values(month: MonthEnd, stages: Mapping[str, str], told: Teller, as_of: date) -> Iterator[dict[str, Any]]:
    for place, (name, title) in enumerate(stages.items()):
        worth = told.tell(month.value.by["by_stage"].get(name, {}))
        says = f"{short(month.end, as_of)}: {told.words(worth)} in {title}, {told.words(told.tell(month.value.sums))} in all"
        yield {"day": str(month.end), "stage": title, "at": place, "worth": float(worth), "says": says}


def _value_columns(stages: Mapping[str, str], told: Teller) -> Columns[MonthEnd]:
    def cell(name: str) -> Any:
        return lambda month, _: told.words(told.tell(month.value.by["by_stage"].get(name, {})))

    return (
        Column("Day", lambda month, _: day(month.end), header=True),
        Column("Together", lambda month, _: told.words(told.tell(month.value.sums)), right=True),
        *(Column(title, cell(name), right=True) for name, title in stages.items()),
    )


def _value_caption(
    snapshot: Snapshot, months: Sequence[MonthEnd], told: Teller, standing: TargetStanding | None
) -> str:
    now, then = months[-1], months[-min(QUARTER + 1, len(months))]
    worth, before = told.tell(now.value.sums), told.tell(then.value.sums)
    by = worth - before
    moved = f"{told.words(abs(by))} {'more' if by > 0 else 'less'} than" if by else "as much as"
    missing = f" {counted(now.value.without, 'open deal')} without an amount." if now.value.without else ""
    return (
        f"The open deals are worth {told.words(worth)}, {moved} on {short(then.end, snapshot.as_of)}"
        f"{against_goal(standing, snapshot.as_of)}.{missing}{told.aside}"
    )


# ── recurring revenue ─────────────────────────────────────────────────────────────────────────────────────────────────

PARTS = {"kept": PALE, "new": ACCENT, "grown": RAMP[2], "shrunk": QUIET, "left": BAD}
"""What recurring revenue is made of, the last two taken away."""
KIND_OF = {NEW_MEMBER: "new", CAME_BACK: "new", GREW: "grown", SHRANK: "shrunk", LEFT: "left"}


class MonthParts(NamedTuple):
    """A month of recurring revenue in one currency, by what it is made of, and what the contracts in force bring on its last day."""

    month: str
    parts: dict[str, Decimal]
    closing: Decimal
    in_force: Decimal
    moved: MonthOfMovements


def mrr(snapshot: Snapshot, ends: Sequence[MonthEnd]) -> Chart | None:
    """What members pay a month: kept, new, grown, shrunk and left, month by month, with that of the contracts in force as a line."""
    every = month_movements(snapshot, MONTHS)
    first = next((at for at, month in enumerate(every) if month.closing or month.opening), None)
    months = every[first:] if first is not None else []
    if len(months) < 2:
        return None
    told = teller(snapshot, (month.closing for month in months))
    in_force = {month_of(each.end): each.mrr.sums for each in ends}
    rows = [_parts_of(month, in_force.get(month.month, {}), told) for month in months]
    standing = goal_of(snapshot, "mrr")
    return Chart(
        title=f"Recurring revenue by month, in {told.currency}",
        caption=_mrr_caption(rows, told, standing, snapshot.as_of),
        spec=_mrr_spec(rows, told, _goal_layers(standing, "money", told.currency, snapshot.as_of)),
        columns=_mrr_columns(told),
        rows=list(reversed(rows)),
        key=(*(Sign("box", colour, part) for part, colour in PARTS.items()), Sign("line", INK, "contracts in force")),
    )


def _parts_of(month: MonthOfMovements, in_force: Sums, told: Teller) -> MonthParts:
    parts = dict.fromkeys(PARTS, Decimal(0))
    for kind, part in KIND_OF.items():
        parts[part] += told.tell(total(each.change for each in month.of(kind)))
    parts["kept"] = told.tell(month.opening) + parts["shrunk"] + parts["left"]
    return MonthParts(month.month, parts, told.tell(month.closing), told.tell(in_force), month)


def _mrr_spec(rows: Sequence[MonthParts], told: Teller, goals: Sequence[Spec]) -> Spec:
    x = {
        "field": "day",
        "type": "ordinal",
        "sort": None,
        "axis": {"grid": False, "labelAngle": 0, "labelOverlap": True, "labelSeparation": 8},
        "scale": {"paddingInner": 0.35},
    }
    months = {row.month: month_in_words(row.month) for row in rows}
    bars = [
        {
            "day": _label(row.month),
            "part": part,
            "at": place,
            "worth": float(worth),
            "says": f"{months[row.month]}: {told.words(worth)} {part}",
        }
        for row in rows
        for place, (part, worth) in enumerate(row.parts.items())
        if worth
    ]
    sums = [
        {
            "day": _label(row.month),
            "worth": float(row.in_force),
            "says": f"{months[row.month]}: {told.words(row.in_force)} by contracts in force",
        }
        for row in rows
    ]
    stacked = {
        "x": x,
        "y": {**amount_of("worth"), "stack": "zero"},
        "color": in_colours("part", PARTS),
        "order": {"field": "at", "type": "quantitative"},
        "tooltip": SAYS,
    }
    line = {"x": x, "y": amount_of("worth"), "tooltip": SAYS}
    return drawing(
        PLOT,
        layer(sums, "line", line, color=INK, strokeWidth=0),
        layer(bars, "bar", stacked),
        layer(sums, "line", line, color=INK, strokeWidth=1.6, point={"filled": True, "size": 24, "color": INK}),
        *goals,
    )


def _label(month: str) -> str:
    """``Nov 26``."""
    said = month_in_words(month)
    return f"{said[:3]} {said[6:]}"


def _mrr_columns(told: Teller) -> Columns[MonthParts]:
    def cell(part: str) -> Any:
        return lambda row, _: told.words(row.parts[part]).replace("-", "\N{MINUS SIGN}")

    def members(row: MonthParts, here: Here) -> Markup:
        return Markup(", ").join(here.member_link(each.member) for each in row.moved.movements)

    return (
        Column("Month", lambda row, _: month_in_words(row.month), header=True),
        *(Column(part.capitalize(), cell(part), right=True) for part in PARTS),
        Column("Together", lambda row, _: told.words(row.closing), right=True),
        Column("In force", lambda row, _: told.words(row.in_force), right=True),
        Column("Whose changed", members, words=True),
    )


def _mrr_caption(rows: Sequence[MonthParts], told: Teller, standing: TargetStanding | None, as_of: date) -> str:
    now, then = rows[-1], rows[-min(MONTHS_A_YEAR + 1, len(rows))]
    by = now.in_force - then.in_force
    moved = f"{told.words(abs(by))} {'more' if by > 0 else 'less'} than" if by else "as much as"
    overdue = now.closing - now.in_force
    more = f" Overdue contracts bring {told.words(overdue)} more, which is not sure." if overdue > 0 else ""
    lost = sum((row.parts["left"] + row.parts["shrunk"] for row in rows), Decimal(0))
    won = sum((row.parts["new"] + row.parts["grown"] for row in rows), Decimal(0))
    return (
        f"Contracts in force bring {told.words(now.in_force)} a month, {moved} at the end of {month_in_words(then.month)}"
        f"{against_goal(standing, as_of)}.{more} In {len(rows)} months {told.words(won)} came and {told.words(abs(lost))} went.{told.aside}"
    )
