"""What was there, plus what came, less what left, is what is there: for every stage and every period, and for SQD."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from salesops.metrics import read_metric

SEEDS = range(12)


def entered(book, first, last):
    """How many visits to each stage began in the days from ``first`` to ``last``."""
    return Counter(
        visit.stage for history in book.histories.values() for visit in history.visits if first <= visit.entered <= last
    )


def left(book, first, last):
    """How many visits to each stage ended in the days from ``first`` to ``last``."""
    return Counter(
        visit.stage
        for history in book.histories.values()
        for visit in history.visits
        if visit.left and first <= visit.left <= last
    )


def assert_every_stage_balances(book, stock, first, last):
    before, after = stock(book, first - timedelta(days=1)), stock(book, last)
    came, went = entered(book, first, last), left(book, first, last)
    for stage in {*before, *after, *came, *went}:
        assert before[stage] + came[stage] - went[stage] == after[stage], (stage, first, last)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("length", [1, 7, 30])
def test_every_stage_balances_over_every_period(random_book, stock, days, seed, length):
    book = random_book(seed)
    for first in days("2025-12-20", "2026-12-31")[::length]:
        assert_every_stage_balances(book, stock, first, first + timedelta(days=length - 1))


def test_every_stage_of_the_demonstration_balances_in_every_week_of_two_years(demonstration, stock, days):
    assert any(history.now.entered.year == 2026 for history in demonstration.histories.values())
    for monday in days("2024-12-30", "2026-12-28")[::7]:
        assert_every_stage_balances(demonstration, stock, monday, monday + timedelta(days=6))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_pipeline_and_the_parked_deals_are_the_stock_of_the_open_stages(random_book, stock, process, days, seed):
    book = random_book(seed)
    for on in days("2026-01-01", "2026-12-31")[::11]:
        found = read_metric(book.on(on), "open-deals")
        parked = Counter(book.on(on).history(left.deal).now.stage for left in found.excluded)
        in_stock = {stage: n for stage, n in stock(book, on).items() if process.stages[stage].is_open}
        assert Counter(found.parts["by_stage"]) + parked == in_stock
        assert sum(found.parts["by_stage"].values()) == found.value


def assert_true_net_is_the_change_of_the_stock(book, every_day):
    stock = {on: read_metric(book.on(on), "sqd").value for on in every_day}
    for on in every_day[7:]:
        flow = read_metric(book.on(on), "sqd-net-new").parts["flow"]
        assert flow["net"] == stock[on] - stock[on - timedelta(days=7)], on
        came = flow["entries"] + flow["resumed"] + flow["reclassified"]
        assert flow["net"] == came - flow["exits"] - flow["parked"]


@pytest.mark.samples(8)
@pytest.mark.parametrize("seed", range(24))
def test_the_true_net_of_sqd_is_todays_stock_less_that_of_a_week_ago(random_book, days, seed):
    """Over parked spans that touch and overlap, several moves a day, ways back and deals opened again."""
    assert_true_net_is_the_change_of_the_stock(random_book(seed, size=5), days("2025-12-25", "2026-12-31"))


@pytest.mark.proof
def test_the_true_net_of_the_demonstration_holds_on_every_day_of_two_years(demonstration, days):
    assert_true_net_is_the_change_of_the_stock(demonstration, days("2024-12-25", "2026-12-31"))


@pytest.mark.parametrize("seed", SEEDS)
def test_sqd_net_new_is_whoever_was_outside_and_came_in(random_book, process, days, seed):
    """Told once more, move by move, without crossings."""
    book = random_book(seed)
    for on in days("2026-01-01", "2026-12-31")[::5]:
        came, went = set(), set()
        for id, deal in book.deals.items():
            moves = [move for move in deal.stages if move.entered <= on]
            inside = [process.stages[move.stage].sales_qualified for move in moves]
            recent = [(on - move.entered).days < 7 for move in moves]
            for was, now, fresh in zip([False, *inside], inside, recent, strict=False):
                if fresh and was != now:
                    (came if now else went).add(id)
        assert set(read_metric(book.on(on), "sqd-net-new").included) == came
        assert set(read_metric(book.on(on), "sqd-exits").included) == went


def test_random_lives_hold_what_the_identities_are_about(random_book):
    """Otherwise they would say little."""
    lives = [history for seed in SEEDS for history in random_book(seed).histories.values()]
    assert any(len(life.attempts) > 2 for life in lives)
    assert any(one.entered == other.entered for life in lives for one, other in pairwise(life.visits))
    assert any(len(life.deal.parked) > 1 for life in lives)
