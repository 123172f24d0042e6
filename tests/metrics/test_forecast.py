"""The forecast of a book: its months, what it names instead of dropping it, the landing of a period, and how past forecasts did."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from booking import book_of

from salesops.metrics.forecast import forecast
from salesops.metrics.forecasts_scored import said_and_done, score, weeks_before
from salesops.metrics.simulation import NO_MONTH, Band
from salesops.records.rates import Rates
from salesops.records.team import Team

TODAY = date(2026, 5, 10)
SURE = "probability: {value: 100%, date: 2026-05-01, why: Signed by both}"
EVEN = "probability: {value: 50%, date: 2026-05-01, why: Could go either way}"


@pytest.fixture
def expected(book):
    """The forecast of some deals on 10 May 2026."""
    return lambda deals, on=TODAY, **more: forecast(book(deals).on(on), **more)


def an_open(name="one", rest=SURE, value="value: {one_off: 1000 USD}", close="expected_close: 2026-07-01"):
    return f"{name}: {{stages: [proposal: 2026-04-01], {', '.join(part for part in (value, close, rest) if part)}}}\n"


def test_a_deal_at_100_percent_with_a_day_is_in_its_month_for_sure(expected):
    found = expected(an_open())
    assert found.months == {"2026-07": Band(1000_00, 1000_00, 1000_00)}
    assert found.total == Band(1000_00, 1000_00, 1000_00)
    assert found.expected == Decimal("1000.00")


def test_nothing_open_is_a_forecast_of_nothing(expected):
    found = expected({})
    assert (found.months, found.total, found.expected) == ({}, Band(0, 0, 0), 0)


def test_a_deal_without_a_day_is_in_the_total_and_in_no_month(expected):
    found = expected(an_open(close=""))
    assert found.months == {NO_MONTH: Band(1000_00, 1000_00, 1000_00)}
    assert [deal.id for deal in found.without_day] == ["one"]


@pytest.mark.parametrize(
    ("deal", "why", "cause"),
    [
        (
            an_open(close="expected_close: 2026-05-09"),
            "its expected close was 2026-05-09, and nobody wrote a new day",
            "expected close has passed",
        ),
        (an_open(value=""), "it has no amount", "no amount"),
        (an_open(value="value: {one_off: 10 CAD}"), "there is no rate from CAD to USD", "no exchange rate"),
        (
            an_open(rest="parked: [{since: 2026-05-02, until: 2026-09-01, why: The grant}]"),
            "parked until 2026-09-01",
            "parked",
        ),
    ],
)
def test_what_is_not_in_the_forecast_is_named(expected, deal, why, cause):
    found = expected(deal)
    assert [(left.deal, left.why, left.cause) for left in found.left_out] == [("one", why, cause)]
    assert found.deals == ()


def test_an_expected_close_on_the_day_itself_has_not_passed(expected):
    assert expected(an_open(close="expected_close: 2026-05-10")).months == {"2026-05": Band(1000_00, 1000_00, 1000_00)}


def test_a_lost_deal_brings_nothing_and_a_won_one_is_no_longer_expected(expected):
    lost = an_open() + "gone: {stages: [proposal: 2026-04-01, closed lost: 2026-05-02], value: {one_off: 900 USD}}"
    won = an_open() + "done: {stages: [proposal: 2026-04-01, closed won: 2026-05-02], value: {one_off: 900 USD}}"
    assert expected(lost).total == expected(won).total == Band(1000_00, 1000_00, 1000_00)


def test_a_loss_of_today_never_raises_the_forecast(book):
    alone = {"value": {"one_off": "1000 USD"}, "expected_close": "2026-07-01"}
    past = {
        f"past-{at}": {
            "stages": [{"proposal": "2026-01-01"}, {"closed won" if at % 3 else "closed lost": "2026-02-20"}]
        }
        for at in range(30)
    }
    deals = {f"open-{at}": {"stages": [{"proposal": f"2026-04-{at + 1:02d}"}], **alone} for at in range(8)}
    before = forecast(book(past | deals).on(TODAY))
    for lost in deals:
        gone = {**deals[lost], "stages": [*deals[lost]["stages"], {"closed lost": str(TODAY)}]}
        after = forecast(book({**past, **deals, lost: gone}).on(TODAY))
        assert after.expected < before.expected
        assert all(less <= more for less, more in zip(after.total, before.total, strict=True))


def test_money_of_another_currency_is_told_at_the_rate_of_the_day(book, process):
    deals = book(an_open(value="value: {one_off: 100 CAD}")).deals
    rates = Rates.model_validate({"rates": [{"date": "2026-01-01", "from": "CAD", "to": "USD", "rate": "0.7312"}]})
    found = forecast(book_of(versions={"v3": process}, deals=dict(deals), rates=rates).on(TODAY))
    assert found.deals[0].amount == Decimal("73.12")
    assert found.deals[0].converted == ("CAD at 0.7312 of 2026-01-01",)


def test_the_currency_is_that_of_the_team(book, process):
    team = Team.model_validate({"organisation": "We", "time_zone": "UTC", "currency": "CAD", "people": {}})
    deals = book(an_open(value="value: {one_off: 100 CAD}")).deals
    found = forecast(book_of(versions={"v3": process}, deals=dict(deals), team=team).on(TODAY))
    assert (found.currency, found.expected) == ("CAD", 100)


def test_the_landing_of_a_period_counts_each_deal_once(expected):
    found = expected(
        an_open()
        + an_open("later", EVEN, close="expected_close: 2026-11-01")
        + an_open("next-year", EVEN, close="expected_close: 2027-02-01")
        + "done: {stages: [proposal: 2026-04-01, closed won: 2026-05-02], value: {one_off: 900 USD}}\n"
        + "last-year: {stages: [proposal: 2025-04-01, closed won: 2025-05-02], value: {one_off: 70 USD}}"
    )
    quarter, year = found.landings
    assert (quarter.first, quarter.last) == (date(2026, 4, 1), date(2026, 6, 30))
    assert (quarter.won, quarter.expected, quarter.total) == (900, 0, 900)
    assert (year.won, year.expected, year.total) == (900, 1500, 2400)
    assert year.band == Band(1900_00, 1900_00 if year.band.p50 == 1900_00 else 2900_00, 2900_00)


def test_days_are_taken_as_they_are_until_ten_wins_tell_how_late_they_come(book):
    won = {
        f"won-{at}": {
            "stages": [{"proposal": "2026-01-01"}, {"closed won": "2026-03-01"}],
            "expected_close": "2026-01-30",
        }
        for at in range(10)
    }
    one = {"stages": [{"proposal": "2026-05-01"}], "value": {"one_off": "5 USD"}, "expected_close": "2026-06-15"}
    few = forecast(book({**dict(list(won.items())[:9]), "one": one}).on(TODAY))
    enough = forecast(book({**won, "one": one}).on(TODAY))
    assert (few.takes_its_days_as_they_are, list(few.months)) == (True, ["2026-06"])
    assert (enough.takes_its_days_as_they_are, list(enough.months)) == (False, ["2026-07"])


def test_the_same_day_and_seed_give_the_same_forecast(demonstration):
    once, again = (forecast(replace(demonstration.on(date(2026, 7, 1))), seed=3).as_data() for _ in range(2))
    assert once == again


@pytest.mark.parametrize("seed", range(5))
def test_every_open_deal_is_in_the_forecast_or_named(random_book, days, seed):
    book = random_book(seed, size=20)
    for on in days("2026-01-01", "2026-12-31")[seed::40]:
        snapshot = book.on(on)
        found = forecast(snapshot)
        named = {*(deal.id for deal in found.deals), *(left.deal for left in found.left_out)}
        assert {history.id for history in (*snapshot.open, *snapshot.parked)} <= named
        assert sum(sum(values) for values in found.drawn.parts.values()) == sum(found.drawn.totals)


# ── how past forecasts did ────────────────────────────────────────────────────────────────────────────────────────────


def alike(count, won_of=3):
    """A deal a day: the win after 20 days, the loss after 50, one of three won."""
    first = date(2025, 1, 1)
    for at in range(count):
        began = first + timedelta(days=at)
        end = (
            {"closed won": str(began + timedelta(20))}
            if at % won_of == 0
            else {"closed lost": str(began + timedelta(50))}
        )
        yield f"deal-{at:03d}", {"stages": [{"proposal": str(began)}, end]}


@pytest.fixture
def scores(book):
    """Weekly forecasts of a year of such deals."""
    known = book(dict(alike(400)))
    now = known.on(date(2026, 6, 1))
    return score(known.on, now, weeks_before(date(2026, 1, 10), 30))


def test_forecasts_of_slow_losses_expect_about_as_many_wins_as_came(scores):
    assert len(scores.scored) == 30
    assert abs(scores.bias) < 0.05
    assert scores.brier < scores.plain_brier
    assert scores.held >= 24


def test_the_bias_is_told_by_stage(scores):
    (row,) = scores.by_stage
    assert row.key.stage == "proposal"
    assert (row.expected, row.came) == (pytest.approx(scores.expected), scores.came)


def test_a_forecast_is_not_scored_while_many_of_its_deals_are_undecided(book):
    known = book(dict(alike(400)))
    now = known.on(date(2025, 12, 1))
    found = score(known.on, now, [date(2025, 9, 1), date(2025, 11, 30)])
    assert [each.is_ripe for each in found.forecasts] == [True, False]
    assert len(found.scored) == 1


def test_a_day_of_which_nothing_is_known_has_no_forecast(book):
    known = book(dict(alike(40)))
    now = known.on(date(2026, 1, 1))
    assert score(lambda day: None, now, [date(2025, 2, 1)]).forecasts == ()
    assert score(known.on, now, [date(2024, 2, 1)]).forecasts == ()


def test_without_forecasts_there_is_nothing_to_score(book):
    found = score(lambda day: None, book({}).on(TODAY), [])
    assert (found.bias, found.brier, found.coverage) == (None, None, None)
    assert found.as_data()["scored"] == 0


def test_what_was_said_of_a_deal_is_held_against_what_became_of_it(book):
    said = "outlook: [{date: 2026-04-02, says: best case}, {date: 2026-04-20, says: commit}, {date: 2026-04-21, says: commit}]"
    found = said_and_done(
        book(f"""
            kept:    {{stages: [proposal: 2026-04-01, closed won: 2026-05-01], {said}}}
            broken:  {{stages: [proposal: 2026-04-01, closed lost: 2026-05-01], {said}}}
            running: {{stages: [proposal: 2026-04-01], {said}}}
            earlier: {{stages: [proposal: 2026-05-01], {said}}}
            unsaid:  {{stages: [proposal: 2026-04-01, closed won: 2026-05-01]}}
        """).on(TODAY)
    )
    assert [tuple(row) for row in found] == [("commit", 1, 2, 1), ("best case", 1, 2, 1)]


def test_what_is_said_tomorrow_is_not_said_yet(book):
    later = "one: {stages: [proposal: 2026-04-01], outlook: [{date: 2026-05-11, says: commit}]}"
    assert said_and_done(book(later).on(TODAY)) == []
