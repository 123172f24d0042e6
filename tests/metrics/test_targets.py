"""Whether a target is reached, missing, missed or unknown, and how it is put in words."""

from datetime import date
from decimal import Decimal

import pytest

from salesops.metrics.readings import Amounts, Count, Days, MoneyShare, Share
from salesops.metrics.targets import goal, progress, target_standings
from salesops.records.learning import Decision
from salesops.records.rates import Rates
from salesops.records.targets import Target, Targets

RATES = Rates.model_validate(
    {
        "rates": [
            {"date": "2026-07-02", "from": "CAD", "to": "USD", "rate": "0.7341"},
            {"date": "2026-10-01", "from": "CAD", "to": "USD", "rate": "0.7296"},
        ]
    }
)


def target(at_least):
    return Target(id="a-target", metric="sqd", at_least=at_least, by="2026-12-31")


def ceiling(at_most):
    return Target(id="a-target", metric="sqd", at_most=at_most, by="2026-12-31")


def money(n=1, **sums):
    return Amounts(sums={currency: Decimal(sum) for currency, sum in sums.items()}, n=n)


def kept(part, whole):
    return MoneyShare(part=Decimal(part), whole=Decimal(whole), currency="USD", members=3)


@pytest.mark.parametrize(
    ("at_least", "reading", "now", "state", "gap"),
    [
        ("12", Count(value=8), "8", "missing", "4 short"),
        ("12", Count(value=12), "12", "reached", "reached"),
        ("12", Count(value=0), "0", "missing", "12 short"),
        ("0", Count(value=0), "0", "reached", "reached"),
        ("1000", Count(value=1250), "1,250", "reached", "reached"),
        ("50%", Share(hits=5, out_of=6), "5 of 6", "reached", "reached"),
        ("50%", Share(hits=4, out_of=10), "40 %", "missing", "10.0 points short"),
        ("50%", Share(hits=0, out_of=10), "0 %", "missing", "50.0 points short"),
        ("50%", Share(hits=0, out_of=0), "no data", "unknown", "no data"),
        ("85%", kept(180, 300), "60.0 %", "missing", "25.0 points short"),
        ("85%", kept(255, 300), "85.0 %", "reached", "reached"),
        ("85%", kept(0, 0), "no data", "unknown", "no data"),
        ("9000 USD", money(USD="4050", CAD="1650"), "4,050 USD", "missing", "4,950 USD short"),
        ("9000 USD", money(USD="9000.00"), "9,000 USD", "reached", "reached"),
        ("9000 USD", money(USD="8999.50"), "8,999.50 USD", "missing", "0.50 USD short"),
        ("90", Days(values=(100, 120)), "110.0 days", "reached", "reached"),
        ("90", Days(values=()), "no data", "unknown", "no data"),
        ("12", None, "not yet", "unknown", ""),
    ],
)
def test_the_value_the_state_and_the_gap(at_least, reading, now, state, gap):
    assert progress(target(at_least), reading)[:3] == (now, state, gap)


@pytest.mark.parametrize("at_least", ["9000 USD", "50%"])
def test_a_count_cannot_reach_a_target_in_another_unit(at_least):
    assert progress(target(at_least), Count(value=8))[:3] == ("8", "unknown", "the target is in another unit")


@pytest.mark.parametrize("at_least", ["12", "50%"])
def test_money_cannot_reach_a_target_in_another_unit(at_least):
    assert progress(target(at_least), money(USD="12"))[1:3] == ("unknown", "the target is in another unit")


@pytest.mark.parametrize(
    ("at_most", "reading", "state", "gap"),
    [
        ("3", Count(value=2), "reached", "kept"),
        ("3", Count(value=3), "reached", "kept"),
        ("3", Count(value=5), "missing", "2 over"),
        ("30", Days(values=(40, 41)), "missing", "10.5 over"),
        ("90", Days(values=(119, 119, 119, 119, 119, 119, 119, 122)), "missing", "29.4 over"),
        ("10%", Share(hits=3, out_of=10), "missing", "20.0 points over"),
        ("500 USD", money(USD="650"), "missing", "150 USD over"),
    ],
)
def test_a_target_may_be_what_must_not_be_exceeded(at_most, reading, state, gap):
    assert progress(ceiling(at_most), reading)[1:3] == (state, gap)
    assert goal(ceiling("3")) == "at most 3"


def test_contracts_in_another_currency_without_a_rate_are_not_counted_and_that_is_said():
    found = progress(target("9000 USD"), money(CAD="1650"))
    assert found[:4] == ("0 USD", "missing", "9,000 USD short", ("1,650 CAD not counted",))


@pytest.mark.parametrize(
    ("day", "now", "aside"),
    [
        ("2026-07-01", "4,050 USD", "1,650 CAD not counted"),
        ("2026-07-02", "5,261.26 USD", "1,650 CAD at 0.7341 of 2026-07-02"),
        ("2026-09-30", "5,261.26 USD", "1,650 CAD at 0.7341 of 2026-07-02"),
        ("2026-11-20", "5,253.84 USD", "1,650 CAD at 0.7296 of 2026-10-01"),
    ],
)
def test_another_currency_is_converted_at_the_newest_rate_up_to_the_day(day, now, aside):
    found = progress(target("9000 USD"), money(USD="4050", CAD="1650"), RATES, date.fromisoformat(day))
    assert (found.now, found.aside) == (now, (aside,))


def test_a_rate_the_other_way_round_is_no_rate():
    found = progress(target("9000 CAD"), money(USD="1000"), RATES, date(2026, 11, 20))
    assert (found.now, found.aside) == ("0 CAD", ("1,000 USD not counted",))


def test_where_nothing_is_open_the_money_is_0_and_not_unknown():
    assert progress(target("9000 USD"), money(n=0))[:3] == ("0 USD", "missing", "9,000 USD short")


DEALS = """
    aspen: {stages: [enrichment: 2026-01-05, outreach: 2026-03-03]}
    birch: {stages: [enrichment: 2026-01-05, outreach: 2026-03-11, discovery: 2026-03-18]}
    cedar: {stages: [enrichment: 2026-01-05, outreach: 2026-04-02]}
"""


@pytest.fixture
def aims(book):
    """``aims(day, decisions)``: how the target for the sales qualified deals stands, three by the end of March."""

    def standings(day, decisions=(), by="2026-03-31", at_least="3"):
        targets = Targets.model_validate(
            {"targets": [{"id": "three", "metric": "sqd", "at_least": at_least, "by": by}]}
        )
        known = book(DEALS)
        records = {
            **known.records,
            "targets": {"targets": targets},
            "decision": {
                f"d{at}": Decision.model_validate({"verdict": "hold", "why": "Too early", **told})
                for at, told in enumerate(decisions)
            },
        }
        return target_standings(type(known)(records).on(date.fromisoformat(day)))

    return standings


def test_up_to_its_day_a_target_is_held_against_the_day(aims):
    (found,) = aims("2026-03-31")
    assert (found.progress.now, found.progress.state, found.progress.gap) == ("2", "missing", "1 short")


def test_a_target_that_was_missed_stays_with_the_value_of_its_own_day(aims):
    (found,) = aims("2026-05-20")
    assert (found.progress.now, found.progress.state) == ("2", "missed")
    assert found.progress.gap == "missed by 1 on 2026-03-31"


def test_a_target_that_was_reached_on_its_day_is_done(aims):
    assert aims("2026-05-20", at_least="2") == []


def test_a_decision_answers_a_target_that_was_missed_from_its_own_day_on(aims):
    answer = [{"date": "2026-04-07", "answers": "three"}]
    assert [found.progress.state for found in aims("2026-04-06", answer)] == ["missed"]
    assert aims("2026-04-07", answer) == []
    assert [found.progress.state for found in aims("2026-04-07", [{"date": "2026-04-07", "answers": "four"}])] == [
        "missed"
    ]


def test_the_trend_holds_the_values_on_the_last_four_sundays(aims):
    (found,) = aims("2026-03-18")
    assert [(str(day), now) for day, now in found.trend] == [
        ("2026-02-22", "0"),
        ("2026-03-01", "0"),
        ("2026-03-08", "1"),
        ("2026-03-15", "2"),
    ]


def test_the_trend_of_a_target_whose_day_has_passed_ends_on_that_day(aims):
    (found,) = aims("2026-05-20")
    assert [str(day) for day, _ in found.trend] == ["2026-03-08", "2026-03-15", "2026-03-22", "2026-03-29"]


def test_whoever_knows_earlier_records_gives_them_for_the_trend(aims, book):
    (found,) = aims("2026-03-18")
    known = book(DEALS)
    records = {**known.records, "targets": {"targets": Targets(targets=(found.target,))}}
    snapshot = type(known)(records).on(date(2026, 3, 18))
    (as_known_then,) = target_standings(snapshot, lambda day: None if day < date(2026, 3, 8) else book({}).on(day))
    assert [now for _, now in as_known_then.trend] == ["–", "–", "0", "0"]


@pytest.mark.parametrize(
    ("at_least", "shown"), [("9000 USD", "9,000 USD"), ("412.50 CAD", "412.50 CAD"), ("12", "12"), ("50%", "50 %")]
)
def test_a_goal_is_written_as_the_readings_are(at_least, shown):
    assert goal(target(at_least)) == shown
