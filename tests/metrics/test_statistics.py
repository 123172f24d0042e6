"""Shares, quantiles and intervals against published values and against slower ways to the same number."""

from fractions import Fraction
from itertools import pairwise
from math import comb
from statistics import median, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.metrics.statistics import chance_of_at_most, difference, median_interval, quantile, upper_bound, wilson

# R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3: the score interval without correction.
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("hits", "out_of", "low", "high"), NEWCOMBE)
def test_wilson_agrees_with_newcombe_1998(hits, out_of, low, high):
    assert wilson(hits, out_of) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(
    ("hits", "out_of", "low", "high"),
    [(3, 10, 0.1078, 0.6032), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (8, 19, 0.2314, 0.6372)],
)
def test_wilson_of_the_shares_that_a_small_team_sees(hits, out_of, low, high):
    assert wilson(hits, out_of) == pytest.approx((low, high), abs=0.00005)


def test_none_of_none_has_no_interval():
    assert wilson(0, 0) is None


def test_no_hit_begins_at_exactly_0_and_all_hits_end_at_exactly_1():
    assert wilson(0, 7)[0] == 0.0
    assert wilson(7, 7)[1] == 1.0


@pytest.mark.parametrize(
    ("hits", "out_of", "line", "confirmed"),
    [
        (0, 20, 0.15, True),
        (1, 20, 0.15, False),
        (1, 30, 0.15, True),
        (2, 30, 0.15, False),
        (4, 60, 0.15, True),
        (5, 60, 0.15, False),
        (0, 10, 0.25, True),
        (1, 10, 0.25, False),
        (3, 30, 0.25, True),
        (4, 30, 0.25, False),
    ],
)
def test_the_upper_bound_of_one_side_confirms_a_red_line_where_the_definition_says_so(hits, out_of, line, confirmed):
    """One side at 95 % is two sides at 90 %."""
    assert (wilson(hits, out_of, confidence=0.90)[1] < line) == confirmed


shares = st.integers(1, 3000).flatmap(lambda out_of: st.tuples(st.integers(0, out_of), st.just(out_of)))


@given(shares)
def test_an_interval_holds_its_share_and_stays_between_0_and_1(share):
    hits, out_of = share
    low, high = wilson(hits, out_of)
    assert 0 <= low <= hits / out_of <= high <= 1
    assert low < high


@given(shares)
def test_hits_and_misses_mirror_each_other(share):
    hits, out_of = share
    low, high = wilson(hits, out_of)
    assert wilson(out_of - hits, out_of) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(shares)
def test_one_more_hit_moves_both_ends_up(share):
    hits, out_of = share
    if hits < out_of:
        fewer, more = wilson(hits, out_of), wilson(hits + 1, out_of)
        assert fewer[0] < more[0]
        assert fewer[1] < more[1]


@given(shares)
def test_ten_times_as_much_evidence_narrows_the_interval(share):
    hits, out_of = share
    few, many = wilson(hits, out_of), wilson(10 * hits, 10 * out_of)
    assert many[1] - many[0] < few[1] - few[0]


@given(shares)
def test_more_confidence_widens_the_interval(share):
    hits, out_of = share
    usual, wide = wilson(hits, out_of), wilson(hits, out_of, confidence=0.99)
    assert wide[0] <= usual[0]
    assert wide[1] >= usual[1]
    assert wide[1] - wide[0] > usual[1] - usual[0]


# Ranks of the 95 % interval of a median, as printed in tables (Gardner and Altman, Statistics with Confidence).
RANKS = [
    (6, 1, 6),
    (7, 1, 7),
    (8, 1, 8),
    (9, 2, 8),
    (10, 2, 9),
    (11, 2, 10),
    (12, 3, 10),
    (15, 4, 12),
    (20, 6, 15),
    (25, 8, 18),
    (30, 10, 21),
    (40, 14, 27),
    (50, 18, 33),
    (100, 40, 61),
]


@pytest.mark.parametrize(("count", "low", "high"), RANKS)
def test_the_interval_of_a_median_lies_between_the_tabled_ranks(count, low, high):
    assert median_interval(range(1, count + 1)) == (low, high)


@pytest.mark.parametrize("count", range(6))
def test_fewer_than_six_values_say_nothing_of_the_median(count):
    assert median_interval(range(count)) is None


def _confidence(count, rank):
    """How often the values at ``rank`` from below and from above hold the median."""
    outside = sum(comb(count, below) for below in range(rank))
    return 1 - Fraction(2 * outside, 2**count)


@pytest.mark.parametrize("count", [*range(6, 200, 7), 500, 999, 1000])
def test_the_interval_of_a_median_is_the_narrowest_that_is_sure_enough(count):
    rank = int(median_interval(range(1, count + 1))[0])
    assert _confidence(count, rank) >= Fraction(95, 100) > _confidence(count, rank + 1)


@pytest.mark.parametrize("count", [1001, 1002, 1003, 1500, 1708, 2000, 3001])
def test_of_very_many_values_the_interval_is_sure_enough_and_at_most_one_rank_too_wide(count):
    rank = int(median_interval(range(1, count + 1))[0])
    assert _confidence(count, rank) >= Fraction(95, 100) > _confidence(count, rank + 2)


def test_the_rank_does_not_jump_where_the_approximation_takes_over():
    ranks = [median_interval(range(1, count + 1))[0] for count in range(990, 1012)]
    assert all(0 <= later - earlier <= 1 for earlier, later in pairwise(ranks))


@given(st.lists(st.integers(0, 400), min_size=6, max_size=120).map(sorted))
def test_the_interval_of_a_median_holds_the_median(values):
    low, high = median_interval(values)
    assert values[0] <= low <= median(values) <= high <= values[-1]


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([1, 2, 3, 4], 0.25, 1.75),  # R: quantile(1:4, 0.25)
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.8, 8.2),  # R: quantile(1:10, 0.8)
        ([15, 20, 35, 40, 50], 0.4, 29),
        ([1, 2, 3, 4], 0.5, 2.5),
        ([1, 2, 3], 0.5, 2),
        ([7], 0.8, 7),
        ([3, 9], 0, 3),
        ([3, 9], 1, 9),
    ],
)
def test_a_quantile_lies_straight_between_its_neighbours(values, share, expected):
    assert quantile(values, share) == pytest.approx(expected)


def test_of_nothing_there_is_no_quantile():
    assert quantile([], 0.5) is None


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=60).map(sorted))
def test_every_tenth_agrees_with_the_standard_library(values):
    ours = [quantile(values, tenth / 10) for tenth in range(1, 10)]
    assert ours == pytest.approx(quantiles(values, n=10, method="inclusive"))


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60).map(sorted), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_share_never_has_a_lower_quantile(values, one, other):
    low, high = sorted((one, other))
    assert values[0] <= quantile(values, low) <= quantile(values, high) <= values[-1]


# R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10.
DIFFERENCES = [
    ((56, 70), (48, 80), 0.2000, 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.6000, 0.1705, 0.8090),
    ((10, 10), (0, 10), 1.0000, 0.6075, 1.0000),
    ((0, 10), (0, 10), 0.0000, -0.2775, 0.2775),
]


@pytest.mark.parametrize(("one", "other", "apart", "low", "high"), DIFFERENCES)
def test_two_shares_are_as_far_apart_as_newcombe_1998_says(one, other, apart, low, high):
    found, interval = difference(*one, *other)
    assert found == pytest.approx(apart)
    assert interval == pytest.approx((low, high), abs=0.00005)


def test_a_share_of_nothing_is_not_compared():
    assert difference(0, 0, 3, 10) is None
    assert difference(3, 10, 0, 0) is None


@pytest.mark.parametrize(
    ("hits", "out_of", "rate", "chance"),
    [(2, 20, 0.15, 0.40), (2, 20, 0.25, 0.09), (2, 10, 0.30, 0.38), (2, 10, 0.50, 0.055), (0, 10, 0.20, 0.11)],
)
def test_a_line_is_crossed_by_chance_as_often_as_the_definition_says(hits, out_of, rate, chance):
    assert chance_of_at_most(hits, out_of, rate) == pytest.approx(chance, abs=0.006)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 99))
def test_the_chance_of_few_hits_is_the_exact_sum(hits, out_of, percent):
    rate = Fraction(percent, 100)
    exact = sum(comb(out_of, k) * rate**k * (1 - rate) ** (out_of - k) for k in range(min(hits, out_of) + 1))
    assert chance_of_at_most(hits, out_of, percent / 100) == pytest.approx(float(exact), abs=1e-12)


@pytest.mark.parametrize("out_of", [1000, 1001, 1100, 5000])
def test_the_chance_of_few_hits_is_known_of_thousands_too(out_of):
    rate, hits = Fraction(3, 10), out_of * 29 // 100
    exact = sum(comb(out_of, k) * rate**k * (1 - rate) ** (out_of - k) for k in range(hits + 1))
    assert chance_of_at_most(hits, out_of, 0.3) == pytest.approx(float(exact), rel=1e-9)


def test_after_no_hit_in_ten_the_bound_of_one_side_is_below_that_of_two():
    assert upper_bound(0, 10) == pytest.approx(0.2129, abs=0.0001)
    assert upper_bound(0, 10) < wilson(0, 10)[1]
    assert upper_bound(0, 0) is None
