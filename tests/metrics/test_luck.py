"""How often a red line trips although all is well: against the table of the definition, and against slower ways to the same number."""

from fractions import Fraction
from itertools import product

import pytest

from salesops.metrics.luck import ever, in_a_row, of_the_last, once, outcomes_to_confirm

FIFTEEN, QUARTER = Fraction(15, 100), Fraction(25, 100)

ONE_LOOK = [
    *((20, FIFTEEN, rate, chance) for rate, chance in ((0.15, 0.40), (0.20, 0.21), (0.25, 0.09), (0.30, 0.035))),
    *((10, QUARTER, rate, chance) for rate, chance in ((0.30, 0.38), (0.35, 0.26), (0.40, 0.17), (0.50, 0.055))),
]
EVERY_LOOK = [
    *((20, 60, FIFTEEN, rate, chance) for rate, chance in ((0.15, 0.78), (0.20, 0.49), (0.25, 0.25), (0.30, 0.10))),
    *((10, 40, QUARTER, rate, chance) for rate, chance in ((0.30, 0.61), (0.35, 0.41), (0.40, 0.26), (0.50, 0.08))),
]
IN_A_ROW = [(0.15, 0.81), (0.20, 0.62), (0.25, 0.42), (0.30, 0.26)]
NO_WIN_OF_TEN = [(0.15, 0.20), (0.20, 0.11), (0.25, 0.06), (0.30, 0.03)]


@pytest.mark.parametrize(("out_of", "bound", "rate", "chance"), ONE_LOOK)
def test_a_fine_team_crosses_a_line_at_the_first_look_as_often_as_the_table_says(out_of, bound, rate, chance):
    assert once(out_of, bound, rate) == pytest.approx(chance, abs=0.01)


@pytest.mark.parametrize(("after", "until", "bound", "rate", "chance"), EVERY_LOOK)
def test_looking_after_every_outcome_trips_it_more_often(after, until, bound, rate, chance):
    assert ever(after, until, bound, rate) == pytest.approx(chance, abs=0.01)


@pytest.mark.parametrize(("rate", "chance"), IN_A_ROW)
def test_ten_losses_in_a_row_come_sooner_or_later(rate, chance):
    assert in_a_row(10, 0, 40, rate) == pytest.approx(chance, abs=0.01)


@pytest.mark.parametrize(("rate", "chance"), NO_WIN_OF_TEN)
def test_no_win_in_the_first_ten(rate, chance):
    assert in_a_row(10, 0, 10, rate) == pytest.approx(chance, abs=0.01)


def test_only_the_last_twenty_trip_a_fine_team_in_seven_of_ten_hundreds():
    assert of_the_last(20, 20, FIFTEEN, 100, 0.25) == pytest.approx(0.71, abs=0.03)


def test_a_line_stays_silent_at_a_bad_rate_a_third_of_the_time():
    assert 1 - once(20, FIFTEEN, 0.10) == pytest.approx(0.32, abs=0.01)


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_every_way_that_nine_outcomes_can_go_adds_up_to_the_chance(rate):
    ways = list(product((0, 1), repeat=9))

    def chance(crosses):
        return sum(rate ** sum(way) * (1 - rate) ** (9 - sum(way)) for way in ways if crosses(way))

    assert ever(4, 9, QUARTER, rate) == pytest.approx(
        chance(lambda way: any(Fraction(sum(way[:n]), n) < QUARTER for n in range(4, 10)))
    )
    assert in_a_row(3, 0, 9, rate) == pytest.approx(
        chance(lambda way: any(sum(way[at : at + 3]) == 0 for at in range(7)))
    )
    assert in_a_row(4, 1, 9, rate) == pytest.approx(
        chance(lambda way: any(sum(way[at : at + 4]) <= 1 for at in range(6))), abs=0.03
    )


def test_the_same_teams_are_simulated_every_time():
    assert of_the_last(20, 20, FIFTEEN, 40, 0.25) == of_the_last(20, 20, FIFTEEN, 40, 0.25)


def test_how_many_more_outcomes_confirm_a_line():
    assert outcomes_to_confirm(1, 20, FIFTEEN) == 18  # 2 of 38
    assert outcomes_to_confirm(0, 20, FIFTEEN) == 0
    assert outcomes_to_confirm(2, 20, FIFTEEN) > 60
    assert outcomes_to_confirm(3, 20, FIFTEEN) is None
