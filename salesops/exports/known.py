"""What the records say on a day, as tables beside those of the records: where each deal stands, its visits, the terms, the numbers and what is behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

from salesops.book.book import Snapshot
from salesops.book.status import Standing
from salesops.exports.evidence import Behind, Counted
from salesops.exports.tables import Cell, DataColumn, DataTable, cell, in_cents
from salesops.metrics.contracts import terms
from salesops.metrics.metric import Metric
from salesops.metrics.pipeline import qualified
from salesops.metrics.readings import Amounts
from salesops.output import SCHEMA_VERSION, as_json

COUNTED, NUMBERS = "counted", "metrics"
"""The tables of the numbers: the rows that each is made of, and what each is and reads."""


def known_tables(snapshot: Snapshot, numbers: Sequence[Behind]) -> Iterator[DataTable]:
    """What is known on a day, table by table."""
    yield _table("about", "schema_version salesops as_of organisation currency", [_about(snapshot)], integers="")
    yield _table(
        "standings",
        "deal member type tier owner stage since age_days attempt outcome parked sales_qualified stalled",
        map(_standing, (Standing(snapshot, history) for history in snapshot.histories)),
        integers="age_days attempt parked sales_qualified stalled",
        key="deal",
    )
    yield _table("visits", "deal n attempt stage entered left", _visits(snapshot), integers="n attempt", key="deal n")
    yield _table(
        "terms",
        "deal member bucket starts ends days_left secured_by mrr_cents mrr_currency",
        _terms(snapshot),
        integers="days_left mrr_cents",
        key="deal",
    )
    yield _table(
        NUMBERS,
        "id title kind value source types summary definition reading",
        (_number(each) for each in numbers),
        integers="",
        key="id",
    )
    yield _table(
        COUNTED,
        " ".join(Counted._fields),
        (row for each in numbers for row in each.rows),
        "attempt hits out_of days cents",
    )
    yield _table("left_out", "metric deal reason why", _left_out(numbers), integers="")


def _table(name: str, columns: str, rows: Iterable[tuple[Cell, ...]], integers: str, key: str = "") -> DataTable:
    whole = set(integers.split())
    found = (DataColumn(each, "INTEGER" if each in whole else "TEXT") for each in columns.split())
    kinds = {"value": "REAL"} if name == NUMBERS else {}
    return DataTable(
        name,
        tuple(DataColumn(each.name, kinds.get(each.name, each.type)) for each in found),
        tuple(key.split()),
        list(rows),
    )


def _about(snapshot: Snapshot) -> tuple[Cell, ...]:
    team = snapshot.book.team
    return (
        str(SCHEMA_VERSION),
        version("salesops"),
        str(snapshot.as_of),
        team.organisation if team else None,
        team.currency if team else None,
    )


def _standing(standing: Standing) -> tuple[Cell, ...]:
    snapshot, deal, history = standing.snapshot, standing.deal, standing.history
    outcome = snapshot.outcome(history)
    return (
        standing.id,
        deal.member,
        history.type,
        deal.tier,
        deal.owner,
        standing.stage_name,
        str(standing.since),
        standing.age if outcome is None else None,
        history.now.attempt,
        outcome or "open",
        int(history.parked_on(snapshot.as_of) is not None),
        int(outcome is None and qualified(snapshot, history.now.stage)),
        int(bool(standing.stalled)),
    )


def _visits(snapshot: Snapshot) -> Iterator[tuple[Cell, ...]]:
    for history in snapshot.histories:
        for visit in history.visits:
            left = str(visit.left) if visit.left else None
            yield history.id, visit.line + 1, visit.attempt, snapshot.name(visit.stage), str(visit.entered), left


def _terms(snapshot: Snapshot) -> Iterator[tuple[Cell, ...]]:
    for term in terms(snapshot):
        mrr, ends = term.contract.mrr, term.contract.last_day
        yield (
            term.id,
            term.history.deal.member,
            term.bucket,
            str(term.contract.start),
            str(ends) if ends else None,
            term.days_left,
            term.secured_by,
            in_cents(mrr.amount) if mrr else None,
            mrr.currency if mrr else None,
        )


def _number(each: Behind) -> tuple[Cell, ...]:
    metric, reading = each.metric, each.reading
    value = None if isinstance(reading, Amounts) else reading.value
    about = (metric.source, metric.types, metric.summary, metric.definition)
    return (metric.id, metric.title, metric.kind, value, *map(cell, about), as_json(reading.as_data()))


def _left_out(numbers: Iterable[Behind]) -> Iterator[tuple[Cell, ...]]:
    for each in numbers:
        for left in each.reading.excluded:
            yield each.metric.id, left.deal, left.cause.value, left.why


def view_of(metric: Metric, enough: int) -> str:
    """The number as one plain SELECT over the rows behind it; of a metric that another package brings, as it reads."""
    rows = f"FROM {COUNTED} WHERE metric = '{metric.id}'"
    if metric.package:
        return f"SELECT value FROM {NUMBERS} WHERE id = '{metric.id}'"
    if metric.id == "sales-velocity":
        return _VELOCITY.format(rows=rows, enough=enough)
    return _BY_KIND[metric.kind].format(rows=rows)


_BY_KIND = {
    "count": "SELECT count(*) AS value {rows}",
    "share": "SELECT 1.0 * sum(hits) / nullif(sum(out_of), 0) AS value, sum(hits) AS hits, sum(out_of) AS out_of {rows}",
    "days": "SELECT avg(days) AS value, count(*) AS n, min(days) AS least, max(days) AS greatest {rows}",
    "money": "SELECT currency, sum(cents) / 100.0 AS value, sum(cents) AS cents, count(DISTINCT deal) AS n {rows} GROUP BY currency",
}
_VELOCITY = """\
WITH won AS (SELECT currency, sum(cents) AS cents, count(*) AS n {rows} AND part = 'won' AND currency IS NOT NULL GROUP BY currency),
     open AS (SELECT currency, count(*) AS n {rows} AND part = 'open' GROUP BY currency),
     took AS (SELECT sum(days) AS days, count(*) AS n {rows} AND days IS NOT NULL),
     rate AS (SELECT sum(hits) AS hits, sum(out_of) AS out_of FROM counted WHERE metric = 'win-rate'),
     exact AS (SELECT won.currency, coalesce(open.n, 0) * won.cents * rate.hits * took.n AS above, won.n * rate.out_of * took.days AS below
               FROM won LEFT JOIN open USING (currency) JOIN took JOIN rate
               WHERE won.n >= {enough} AND rate.out_of >= {enough} AND took.days > 0)
SELECT currency, (2 * above + below) / (2 * below) / 100.0 AS value, (2 * above + below) / (2 * below) AS cents FROM exact"""
"""Money a day, to the cent, half a cent up; divided once, at the end."""
