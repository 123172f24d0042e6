"""A metric on every Monday of the past, as it is counted and as it would be."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from salesops.metrics import read_metric
from salesops.metrics.readings import Count
from salesops.reports.metric_backtest import Redefinition, TwoReadings, backtest_metric, mondays
from salesops.store.load import load

ROOT = Path(__file__).parents[2]
LAST = date(2026, 11, 20)


@cache
def demonstration():
    return load(ROOT)[0]


def stricter(version):
    """A version under which a deal is qualified from Discovery on."""
    outreach = version.stages["outreach"].model_copy(update={"sales_qualified": False})
    return version.model_copy(
        update={"version": "v9", "in_force": date(2030, 1, 1), "stages": {**version.stages, "outreach": outreach}}
    )


def both(metric, otherwise, first=date(2026, 1, 1)):
    book = demonstration()
    return list(backtest_metric(metric, otherwise, ((day, None, book) for day in mondays(book, first, LAST))))


def test_the_days_are_the_mondays_from_the_first_move_to_the_last_day():
    book = demonstration()
    days = list(mondays(book, None, LAST))
    began = min(history.visits[0].entered for history in book.histories.values())
    assert {day.weekday() for day in days} == {0}
    assert began <= days[0] < began + timedelta(days=7)
    assert LAST - timedelta(days=7) < days[-1] <= LAST
    assert list(mondays(book, date(2026, 11, 16), LAST)) == [date(2026, 11, 16)]


def test_each_side_is_the_metric_on_that_day_under_its_own_definition():
    book, draft = demonstration(), stricter(demonstration().versions["v3"])
    alone = Redefinition("sqd", draft).of(book)
    found = both("sqd", Redefinition("sqd", draft))
    for point in found:
        assert point.now == read_metric(book.on(point.day), "sqd")
        assert point.would == read_metric(alone.on(point.day), "sqd")
    fewer = [point for point in found if point.differs]
    assert fewer
    assert all(point.would.value < point.now.value for point in fewer)
    assert all(point.only_now and not point.only_then for point in fewer)


@pytest.mark.samples(2)
@pytest.mark.parametrize("metric", ["sqd", "win-rate", "days-in-pipeline", "pipeline-value", "outreach-to-discovery"])
def test_nothing_differs_where_nothing_is_counted_otherwise(metric):
    """Since 2025 one version has been in force: to count by it alone changes nothing."""
    assert not any(point.differs for point in both(metric, Redefinition(metric)))
    one = Redefinition(metric, demonstration().versions["v3"])
    assert not any(point.differs for point in both(metric, one))


def test_another_metric_may_stand_in_its_place():
    found = both("open-deals", Redefinition("sqd"))
    assert any(point.differs for point in found)
    assert all(point.would == read_metric(demonstration().on(point.day), "sqd") for point in found)


def test_a_metric_that_the_process_of_a_day_does_not_have_is_not_there_on_that_day():
    lead = demonstration().versions["v1"]
    found = both("outreach-to-discovery", Redefinition("outreach-to-discovery", lead))
    assert {point.would for point in found} == {None}
    assert all(point.differs for point in found)


def test_two_readings_differ_where_the_number_is_the_same_and_the_counts_behind_it_are_not():
    assert not TwoReadings(LAST, Count(value=2), Count(value=2)).differs
    assert TwoReadings(LAST, Count(value=2), Count(value=3)).differs
    assert TwoReadings(LAST, Count(value=2), None).differs
    assert not TwoReadings(LAST, None, None).differs
