"""The metrics: each with its definition, interval, and a page of the deals behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot, kept_with_snapshot
from salesops.book.status import Standing
from salesops.book.visits import DealHistory
from salesops.changes.timeline import GitHistory
from salesops.metrics import Metric, Reading, measure, metrics_of, wording
from salesops.metrics.readings import Amounts, Days, MoneyShare, Row, Share
from salesops.metrics.targets import goal
from salesops.records.targets import Target
from salesops.reports.weekly import change
from salesops.site.pages.charts.chart import Chart
from salesops.site.pages.charts.over_time import month_ends_of, mrr, pipeline_value, sqd, sqd_flow, weeks_of
from salesops.site.pages.charts.stages import ageing, conversions, days_in_stage, outcomes
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, linked, page
from salesops.site.pages.tiles import NO_CHANGE
from salesops.site.pages.words import NOTHING, day, days_said, in_weeks, percent, prose, unbroken

MAX_DEALS_NAMED = 500
"""Deals named on a metric's page; its JSON twin names them all."""
OF_EARLIER_DAYS = frozenset({"won-value", "sales-velocity"})
"""Sums of what was won on many days: each has its own rate, and none of them that of today."""
SUBJECT_TITLES = {
    "pipeline": "Enough deals?",
    "conversions": "Do they move on?",
    "outreach": "Do they answer?",
    "velocity": "How fast?",
    "expected": "How much is to come?",
    "contracts": "Who stays?",
    "recurring_forecast": "What comes in every month?",
    "retention": "What stays of it?",
    "closing": "Do we close well?",
    "red_lines": "Are we within our limits?",
    "own": "Our own",
}
"""What a group of metrics answers; the name of its module where it is not here."""
HIT = {"win-rate": "won", "renewal-6": "in service", "contract-renewal-rate": "renewed"}
"""What a hit of a share is called where it is not a stage that was reached."""


class GlossaryRow(NamedTuple):
    """A metric and today's reading; None where it is not measured yet."""

    metric: Metric
    reading: Reading | None
    moved: str = ""
    """How far it has come in the last weeks."""
    bounds: tuple[str, ...] = ()
    """What the team wants of it, and its red line."""

    @property
    def anchor(self) -> str:
        """Where links to the metric lead."""
        return self.metric.id


class CameAndLeft(NamedTuple):
    """The deals that a number counts and did not some weeks ago, and those that it counted then and does not any more."""

    since: date
    came: tuple[str, ...]
    left: tuple[str, ...]


class CountedDeal(NamedTuple):
    """A deal that a metric counted, and in a word whether it is among the hits of a share."""

    history: DealHistory
    hit: str
    attempts: str
    """Which of its attempts were counted, where there are several."""


def linked_title(row: GlossaryRow, here: Here) -> object:
    """The title, leading to the page of a metric that is measured."""
    title = row.metric.title
    return Markup('<a href="{}">{}</a>').format(here.metric_at(row.metric.id), title) if row.reading else title


def headline(row: GlossaryRow, here: Here) -> object:
    """The number itself; money in the currency of the team over the rates, as far as there are any."""
    if isinstance(row.reading, Amounts) and row.reading.n and row.metric.id not in OF_EARLIER_DAYS:
        told = here.in_one(row.reading.sums)
        rates = Markup("<br> <small>{}</small>").format(unbroken(told.at_rates)) if told.at_rates else Markup("")
        return Markup("{}{}").format(unbroken(told.figure), rates)
    if row.reading:
        return unbroken(wording.headline(row.reading))
    return here.chip("bad", "cannot be measured") if row.metric.measure else here.chip("quiet", "not yet")


def behind(row: GlossaryRow, here: Here) -> Markup | str:
    """What it rests on; of one that is not measured what it will be, and where that stands."""
    if row.reading:
        return wording.detail(row.reading)
    told = Markup("<small>{} Source: {}.</small>")
    return told.format(prose(row.metric.summary), linked(row.metric.source, here.root))


def wanted(row: GlossaryRow, here: Here) -> str:
    """The target, and the red line."""
    return unbroken("; ".join(row.bounds)) or NOTHING


def deal_and_hit(row: CountedDeal, here: Here) -> Markup:
    """The deal, whether it is a hit, and which of its attempts count."""
    link = here.deal_link(row.history.id, row.history.deal.title)
    if row.attempts:
        link += Markup(" <small>{}</small>").format(row.attempts)
    return link + " " + here.chip("good", row.hit) if row.hit else link


def week(point: Mapping[str, Any]) -> Column[object]:
    """The column of one week: the one table that lies on its side, a single row with a cell for each week."""
    said = f"{point['value']} so far" if point["partial"] else point["value"]
    return Column(point["week"], lambda _, here: said, right=True)


def column_of(name: str, *, header: bool) -> Column[Row]:
    """The column of a table beside a number: a deal leads to its page, a fraction is a share, a pair an interval of one."""
    is_figure = not header and name not in ("deal", "became")
    return Column(name.replace("_", " ").capitalize(), partial(_figure, name), header=header, right=is_figure)


def _figure(name: str, row: Row, here: Here) -> object:
    found = row[name]
    if name == "deal":
        return here.deal_link(found)
    if isinstance(found, tuple):
        return unbroken(wording.between(found))
    if isinstance(found, float):
        return percent(found)
    return NOTHING if found is None else f"{found:,}" if isinstance(found, int) else found


def _tables(reading: Reading) -> list[tuple[str, Columns[Row], Sequence[Row]]]:
    """The tables beside a number that have rows, each with its name and its columns."""
    return [
        (
            name.replace("_", " ").capitalize(),
            tuple(column_of(column, header=at == 0) for at, column in enumerate(rows[0])),
            rows[:MAX_DEALS_NAMED],
        )
        for name, rows in reading.tables.items()
        if rows
    ]


def _glossary(weeks: int) -> Columns[GlossaryRow]:
    """The columns of the list of metrics; a change is that of so many weeks."""
    return (
        Column("Metric", linked_title, header=True),
        Column("Value", headline, right=True, look="so-sum so-strong"),
        Column(in_weeks(weeks).capitalize(), lambda row, _: unbroken(row.moved) or NOTHING, right=True, look="so-sum"),
        Column("Target or red line", wanted),
        Column("Based on", behind, words=True),
    )


COUNTED: Columns[CountedDeal] = (
    Column("Member", lambda row, here: here.member_link(row.history.deal.member), header=True),
    Column("Deal", deal_and_hit),
    Column("Stage", lambda row, here: here.snapshot.stage(row.history.now.stage).title),
    Column("Since", lambda row, _: day(row.history.now.entered)),
    Column("Type", lambda row, _: row.history.type),
    Column("Owner", lambda row, here: here.person(row.history.deal.owner)),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The glossary with today's readings, and a page for each metric that is measured."""
    every = metrics_of(snapshot.process).values()
    yield page("metrics", "Metrics", "metrics", snapshot, later=lambda: _glossary_of(snapshot, every, readings))
    for metric in every:
        reading = readings[metric.id]
        if reading is not None:
            yield _of(snapshot, metric, reading, readings)


def _glossary_of(snapshot: Snapshot, every: Iterable[Metric], readings: Mapping[str, Reading | None]) -> dict[str, Any]:
    bounds, then = _bounds(snapshot), _then(snapshot)
    groups = [
        (
            SUBJECT_TITLES.get(subject, subject.replace("_", " ").capitalize()),
            [
                GlossaryRow(
                    metric,
                    readings[metric.id],
                    _moved(then.get(metric.id), readings[metric.id]),
                    tuple(bounds.get(metric.id, ())),
                )
                for metric in found
            ],
        )
        for subject, found in groupby(every, key=lambda metric: metric.subject)
    ]
    return {
        "groups": groups,
        "columns": _glossary(snapshot.numbers.trend_weeks),
        "charts": [conversions(snapshot, readings), ageing(snapshot, readings)],
    }


@kept_with_snapshot
def _then(snapshot: Snapshot) -> dict[str, Reading | None]:
    """The readings of as many weeks ago as the team looks back, by what is known now; nothing where there was no process yet."""
    earlier = snapshot.whole.on(_weeks_ago(snapshot))
    return measure(earlier, metrics_of(snapshot.process).values()) if earlier.book.processes else {}


def _weeks_ago(snapshot: Snapshot) -> date:
    return snapshot.as_of - timedelta(weeks=snapshot.numbers.trend_weeks)


def _came_and_left(snapshot: Snapshot, then: Reading | None, now: Reading) -> CameAndLeft | None:
    """What is to be said of a number that moved; None where it counts the same deals as then, or was not measured."""
    if then is None:
        return None
    before, after = dict.fromkeys(then.included), dict.fromkeys(now.included)
    came, left = tuple(it for it in after if it not in before), tuple(it for it in before if it not in after)
    return CameAndLeft(_weeks_ago(snapshot), came, left) if came or left else None


def _moved(then: Reading | None, now: Reading | None) -> str:
    found = change(then, now)
    return "" if found == NO_CHANGE else wording.rounded(found)


def _bounds(snapshot: Snapshot) -> dict[str, list[str]]:
    """What the team wants of each metric, in words."""
    found: dict[str, list[str]] = {}
    for target in snapshot.book.targets.targets if snapshot.book.targets else ():
        if target.by >= snapshot.as_of:
            found.setdefault(target.metric, []).append(f"goal {goal(target)}")
    for line in snapshot.process.red_lines:
        found.setdefault(line.metric, []).append(f"red line {line.sentence}")
    return found


def _chart_of(metric: str, snapshot: Snapshot, readings: Mapping[str, Reading | None]) -> Chart | None:
    """The chart of a metric; None of one without."""
    by_week, by_month = {"sqd": sqd, "sqd-net-new": sqd_flow}, {"pipeline-value": pipeline_value, "mrr": mrr}
    if metric in by_week:
        return by_week[metric](snapshot, weeks_of(snapshot))
    if metric in by_month:
        return by_month[metric](snapshot, month_ends_of(snapshot))
    stages = {f"days-in-{name.replace(' ', '-')}": name for name in snapshot.process.stages}
    if metric in stages:
        return days_in_stage(snapshot, readings, stages[metric])
    return outcomes(snapshot, metric)


def _of(snapshot: Snapshot, metric: Metric, reading: Reading, readings: Mapping[str, Reading | None]) -> Page:
    return page(
        f"metrics/{metric.id}",
        metric.title,
        "metric",
        snapshot,
        search=(metric.title, metric.summary),
        later=lambda: _values(snapshot, metric, reading, readings),
    )


def _values(
    snapshot: Snapshot, metric: Metric, reading: Reading, readings: Mapping[str, Reading | None]
) -> dict[str, Any]:
    data = reading.as_data()
    left_out = metric.left_out(snapshot, reading)
    beside = ("included", "excluded", "hit", "kind", "value", "weeks", "attempts_counted", *reading.tables)
    return {
        "metric": metric,
        "reading": reading,
        "sums": reading.sums if isinstance(reading, Amounts) and metric.id not in OF_EARLIER_DAYS else {},
        "charts": [_chart_of(metric.id, snapshot, readings)],
        "moved": _came_and_left(snapshot, _then(snapshot).get(metric.id), reading),
        "targets": _targets_of(snapshot, metric.id),
        "goal": goal,
        "definition": metric.definition.split("\n\n"),
        "included": list(_counted(snapshot, metric, reading)),
        "counted_columns": COUNTED,
        "how_many": _how_many(reading),
        "reasons": wording.by_kind(left_out),
        "data": {name: value for name, value in data.items() if name not in beside and _is_told(name, reading)},
        "week_columns": [week(point) for point in data.get("weeks", ())],
        "tables": _tables(reading),
        "most": MAX_DEALS_NAMED,
        "of_whom": _of_whom,
        "and_where": partial(_and_where, {left.deal: left.why for left in left_out}),
    }


def _targets_of(snapshot: Snapshot, metric: str) -> list[Target]:
    """What the team wants of a metric, those to come first."""
    found = snapshot.book.targets.targets if snapshot.book.targets else ()
    return sorted((target for target in found if target.metric == metric), key=lambda target: target.by, reverse=True)


def _of_whom(deal: str, here: Here) -> Markup | str:
    """A deal by its member; the bare id of one that had not begun."""
    history = here.snapshot.history(deal)
    return here.deal_link(deal, Standing(here.snapshot, history).member_name) if history else deal


def _and_where(whys: Mapping[str, str], deal: str, here: Here) -> Markup:
    """A deal that is counted no longer, and why not: else where it is now."""
    history = here.snapshot.history(deal)
    if why := whys.get(deal):
        return Markup("{} <small>{}</small>").format(_of_whom(deal, here), days_said(why, here.as_of))
    stage = here.snapshot.stage(history.now.stage).title if history else ""
    where = "parked" if history and history.parked_on(here.as_of) else stage
    return Markup("{} <small>{}</small>").format(_of_whom(deal, here), where)


def _is_told(figure: str, reading: Reading) -> bool:
    """Whether people are told a figure: the 80 % mark of a few values is none, and money that is all there is has no interval."""
    if isinstance(reading, MoneyShare):
        return figure not in ("interval", "enough")
    return figure != "p80" or not isinstance(reading, Days) or reading.is_enough_for_quantiles


def _counted(snapshot: Snapshot, metric: Metric, reading: Reading) -> Iterator[CountedDeal]:
    hits = frozenset(reading.hit) if isinstance(reading, Share) else frozenset()
    word = HIT.get(metric.id, "reached")
    for name in reading.included[:MAX_DEALS_NAMED]:
        history = snapshot.history(name) or snapshot.whole.histories[name]
        yield CountedDeal(history, word if name in hits else "", wording.attempts_in_words(reading, name))


def _how_many(reading: Reading) -> str:
    """How many deals; how many attempts of how many deals, where these differ."""
    counted = len(reading.included)
    return wording.counted_in_words(reading) if len(reading.attempts_counted) > counted else f"{counted:,}"
