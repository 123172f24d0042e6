"""The forecast: what the open deals may bring, by month and for the year, what that rests on, and how past forecasts did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup

from salesops.book.book import LeftOut, Snapshot
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.forecast import ExpectedDeal, Forecast, Landing, forecast, money_of
from salesops.metrics.forecasts_scored import SaidAndDone, Scores, StageBias, said_and_done, score, weeks_before
from salesops.metrics.simulation import DRAWS, NO_MONTH, Band
from salesops.metrics.wording import NO_DATA, amount, between, percent
from salesops.site.pages.charts.chart import month_in_words
from salesops.site.pages.charts.contracts import forecast as forecast_chart
from salesops.site.pages.charts.stages import member_of
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, day, days_said, told

SCORED, WEEKS_APART = 12, 4
"""How many past forecasts are looked at, and how many weeks lie between two of them."""


class MonthRow(NamedTuple):
    """A month with its band, and the deals that are expected in it."""

    name: str
    band: Band
    deals: tuple[ExpectedDeal, ...]


def whole(value: Decimal) -> str:
    """``12,400``: nobody expects to the cent."""
    return amount(value.quantize(Decimal(1)))


def level(at: int) -> Column[MonthRow]:
    """The column of one end of the bands, or of their middle."""
    headings = ("1 in 10 below", "Half below", "9 in 10 below")
    return Column(
        headings[at], lambda row, _: whole(money_of(row.band[at])), right=True, order=lambda row, _: row.band[at]
    )


def expected_here(row: MonthRow, here: Here) -> str:
    """Amounts times chances of the deals of a month."""
    return whole(sum((deal.expected for deal in row.deals), start=money_of(0)))


def links(row: MonthRow, here: Here) -> Markup:
    """The deals of a month by name."""
    return Markup(", ").join(
        here.deal_link(deal.id, member_of(here.snapshot, deal.id)) for deal in row.deals
    ) or Markup(NOTHING)


def why(deal: ExpectedDeal, here: Here) -> Markup:
    """How the chance is known, and at which rate its money is told."""
    rates = f"; {days_said(', '.join(deal.converted), here.as_of)}" if deal.converted else ""
    return Markup("{} <small>{}{}</small>").format(
        deal.chance.provenance.value, told(deal.chance.why, here.as_of), rates
    )


MONTHS: Columns[MonthRow] = (
    Column("Month", lambda row, _: "No month" if row.name == NO_MONTH else month_in_words(row.name), header=True),
    level(0),
    level(1),
    level(2),
    Column("Expected", expected_here, right=True),
    Column("Deals", links, words=True),
)
DEALS: Columns[ExpectedDeal] = (
    Column("Deal", lambda deal, here: here.deal_link(deal.id, deal.weighed.history.deal.title), header=True),
    Column("Member", lambda deal, here: here.member_link(deal.weighed.history.deal.member)),
    Column("Stage", lambda deal, here: here.snapshot.stage(deal.chance.key.stage).title),
    Column("Expected close", lambda deal, _: day(deal.close, "no day")),
    Column("Amount", lambda deal, _: whole(deal.amount), right=True, order=lambda deal, _: deal.amount),
    Column(
        "Chance", lambda deal, _: percent(float(deal.chance.value)), right=True, order=lambda deal, _: deal.chance.value
    ),
    Column("Weighted", lambda deal, _: whole(deal.expected), right=True, order=lambda deal, _: deal.expected),
    Column("How we know", why, words=True),
)
LANDINGS: Columns[Landing] = (
    Column("Period", lambda each, _: each.name, header=True),
    Column("Won", lambda each, _: whole(each.won), right=True),
    Column("Expected", lambda each, _: whole(each.expected), right=True),
    Column("Together", lambda each, _: whole(each.total), right=True),
    Column("In 8 of 10 draws", lambda each, _: spread(each.band) if each.band else NOTHING, right=True),
)
LEFT_OUT: Columns[LeftOut] = (
    Column("Deal", lambda left, here: here.known_deal_link(left.deal), header=True),
    Column("Why", lambda left, here: days_said(left.why, here.as_of), words=True),
)
BIAS: Columns[StageBias] = (
    Column("Stage", lambda row, here: title(here, row.key.stage), header=True),
    Column("Type", lambda row, _: row.key.type),
    Column("Deals", lambda row, _: f"{row.deals:,}", right=True),
    Column("Wins expected", lambda row, _: f"{row.expected:,.1f}", right=True),
    Column("Wins that came", lambda row, _: f"{row.came:,}", right=True),
)
SAID: Columns[SaidAndDone] = (
    Column("Said", lambda row, _: row.says, header=True),
    Column("Won", lambda row, _: f"{row.won:,} of {row.decided:,}" if row.decided else NO_DATA, right=True),
    Column("95 % interval", lambda row, _: between(row.interval) or NOTHING, right=True),
    Column("Undecided", lambda row, _: f"{row.open:,}", right=True),
)


def title(here: Here, stage: str) -> str:
    """A stage as the process of the day calls it."""
    return here.snapshot.process.title_of(stage)


def spread(band: Band) -> str:
    """``12,000 to 30,000``."""
    return f"{whole(money_of(band.p10))} to {whole(money_of(band.p90))}"


def scores_of(snapshot: Snapshot) -> Scores:
    """How past forecasts did, by what the records now say of those days."""
    now = snapshot.whole.on(snapshot.as_of)
    return score(snapshot.whole.on, now, weeks_before(snapshot.as_of, SCORED, WEEKS_APART))


def months_of(found: Forecast) -> list[MonthRow]:
    """The months in order, then what has none, then all."""
    return [MonthRow(name, band, tuple(found.deals_in(name))) for name, band in found.months.items()]


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The forecast page."""
    yield page("forecast", "Forecast", "forecast", snapshot, later=lambda: _values(snapshot))


def _values(snapshot: Snapshot) -> dict[str, Any]:
    found = forecast(snapshot)
    return {
        "found": found,
        "charts": [forecast_chart(snapshot, found)],
        "total": spread(found.total),
        "middle": whole(money_of(found.total.p50)),
        "expected": whole(found.expected),
        "draws": DRAWS,
        "months": months_of(found),
        "month_columns": MONTHS,
        "deal_columns": DEALS,
        "landing_columns": LANDINGS,
        "left_columns": LEFT_OUT,
        "scores": scores_of(snapshot),
        "bias_columns": BIAS,
        "said": said_and_done(snapshot),
        "said_columns": SAID,
    }
