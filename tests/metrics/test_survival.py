"""Curves of outcomes that exclude each other, against figures that lifelines worked out and against counting by hand."""

from itertools import pairwise
from random import Random

import pytest

from salesops.metrics.survival import NOBODY, Followed, cumulative_incidence

WON, LOST = "won", "lost"


def followed(text):
    """``3 won, 7, 12 lost``: days and outcome; nothing beside the days for one that is still open."""
    parts = (words.split() for words in text.split(","))
    return [Followed(int(days), rest[0] if rest else None) for days, *rest in parts]


def some(seed, size=40, longest=30):
    dice = Random(seed)
    return [Followed(dice.randrange(longest), dice.choice((WON, LOST, LOST, None))) for _ in range(size)]


def test_of_nobody_there_is_no_curve():
    assert cumulative_incidence([]) == NOBODY
    assert (NOBODY.share(WON), NOBODY.undecided(), NOBODY.limit) == (0.0, 1.0, None)


def test_where_all_are_decided_the_end_is_the_plain_share():
    curve = cumulative_incidence(followed("3 won, 5 lost, 5 won, 9 lost"))
    assert curve.share(WON) == pytest.approx(2 / 4)
    assert curve.share(LOST) == pytest.approx(2 / 4)
    assert curve.undecided() == pytest.approx(0)


def test_a_quick_win_among_slow_open_ones_does_not_make_a_rate_of_1():
    curve = cumulative_incidence(followed("2 won, 10, 10, 10"))
    assert curve.share(WON) == pytest.approx(1 / 4)
    assert curve.undecided() == pytest.approx(3 / 4)


def test_whoever_left_open_before_counts_no_more_and_on_the_day_itself_still_does():
    before = cumulative_incidence(followed("4, 5 won, 5 lost"))
    on_the_day = cumulative_incidence(followed("5, 5 won, 5 lost"))
    assert before.share(WON) == pytest.approx(1 / 2)
    assert on_the_day.share(WON) == pytest.approx(1 / 3)


def test_a_deal_that_is_long_open_is_asked_what_became_of_those_as_long_open():
    curve = cumulative_incidence(followed("1 won, 2 won, 3 won, 50 lost, 60 lost, 70 won"))
    assert curve.chance(WON, after=0) == pytest.approx(4 / 6)
    assert curve.chance(WON, after=3) == pytest.approx(1 / 3)
    assert curve.chance(WON, after=60) == pytest.approx(1)
    assert curve.chance(WON, after=70) is None


@pytest.mark.parametrize("seed", range(30))
def test_the_outcomes_and_what_is_undecided_are_always_the_whole(seed):
    curve = cumulative_incidence(some(seed))
    for step in curve.steps:
        assert sum(step.shares.values()) + step.undecided == pytest.approx(1)
    for one, next_one in pairwise(curve.steps):
        assert one.day < next_one.day
        assert one.at_risk > next_one.at_risk
        assert one.undecided >= next_one.undecided


@pytest.mark.parametrize("seed", range(30))
def test_the_curve_agrees_with_a_reckoning_by_single_days(seed):
    observations = some(seed)
    curve = cumulative_incidence(observations)
    undecided, won = 1.0, 0.0
    for day in range(30):
        here = [each for each in observations if each.days >= day]
        today = [each.outcome for each in here if each.days == day and each.outcome]
        won += undecided * today.count(WON) / len(here) if here else 0
        undecided -= undecided * len(today) / len(here) if here else 0
        assert curve.share(WON, day) == pytest.approx(won)
        assert curve.undecided(day) == pytest.approx(undecided)


def test_the_order_of_those_who_were_followed_changes_nothing():
    observations = some(3)
    assert cumulative_incidence(observations) == cumulative_incidence(observations[::-1])


def test_the_day_by_which_a_share_had_won():
    curve = cumulative_incidence(followed("3 won, 5 lost, 7 won, 9 won"))
    assert curve.days_to(WON, 0.5) == 7
    assert curve.days_to(WON, 0.9) is None


PUBLISHED = """83, 39 won, 102 lost, 167 lost, 13 lost, 19, 138 lost, 25 lost, 94 lost, 150, 15 won, 130, 55 lost, 10 won, 23 won,
    112 lost, 108 won, 18 lost, 62, 24 lost, 142 won, 109 lost, 16 lost, 145 won"""
# lifelines 0.30.3, AalenJohansenFitter(calculate_variance=True): share, variance and interval by the day.
BY_LIFELINES = [
    (WON, 10, 0.041667, 0.001664, (0.002990, 0.175933)),
    (WON, 23, 0.127315, 0.004726, (0.031931, 0.291296)),
    (WON, 108, 0.223274, 0.007870, (0.080423, 0.409865)),
    (WON, 150, 0.348022, 0.011617, (0.153218, 0.552179)),
    (LOST, 25, 0.212963, 0.007165, (0.077353, 0.392729)),
    (LOST, 112, 0.464857, 0.011872, (0.247733, 0.656705)),
    (LOST, 138, 0.527231, 0.012502, (0.293647, 0.715777)),
]


@pytest.mark.parametrize(("outcome", "day", "share", "variance", "interval"), BY_LIFELINES)
def test_share_variance_and_interval_agree_with_lifelines(outcome, day, share, variance, interval):
    curve = cumulative_incidence(followed(PUBLISHED))
    assert curve.share(outcome, day) == pytest.approx(share, abs=5e-7)
    assert curve.variance(outcome, day) == pytest.approx(variance, abs=5e-7)
    assert curve.interval(outcome, day) == pytest.approx(interval, abs=5e-6)


def test_the_end_of_the_curve_agrees_with_lifelines():
    curve = cumulative_incidence(followed(PUBLISHED))
    assert (curve.share(WON), curve.share(LOST)) == pytest.approx((0.348022, 0.651978), abs=5e-7)
    assert (curve.limit, curve.followed) == (167, 24)
