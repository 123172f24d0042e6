"""Money: exact to the cent, each currency for itself, what has no amount named; never a float."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from salesops.metrics import read_metric

PIPELINE = """
    aspen: {stages: [outreach: 2026-01-05], value: {mrr: 1250 USD, one_off: 2000 USD, months: 24}}
    birch: {stages: [outreach: 2026-01-05], value: {mrr: 412.50 CAD}}
    cedar: {stages: [renewals: 2026-01-05], type: existing business, value: {mrr: 0.10 USD, months: 3}}
    elm:   {stages: [outreach: 2026-01-05]}
"""


def test_a_deal_is_worth_its_months_and_what_comes_once(reading):
    found = reading("pipeline-value", "2026-06-01", PIPELINE)
    assert found.sums == {"CAD": Decimal("4950"), "USD": Decimal("32000.30")}
    assert found.value == {"CAD": "4950.00", "USD": "32000.30"}
    assert (found.n, found.included) == (3, ("aspen", "birch", "cedar"))


def test_a_deal_is_weighted_as_a_whole_and_rounded_once(reading):
    likely = "probability: {value: 1%, date: 2026-01-05, why: A hunch}"
    deals = (
        f"aspen: {{stages: [outreach: 2026-01-05], value: {{mrr: 0.50 USD, months: 1, one_off: 0.50 USD}}, {likely}}}"
    )
    assert reading("weighted-pipeline", "2026-06-01", deals).value == {"USD": "0.01"}


def test_a_part_of_a_month_is_not_rounded_before_it_is_multiplied(reading):
    contract = "contract: {start: 2026-01-28, end: 2026-03-01, mrr: 0.35 USD}"
    deals = f"aspen: {{stages: [proposal: 2026-01-05, closed won: 2026-01-26], {contract}}}"
    assert reading("won-value", "2026-06-01", deals).value == {"USD": "0.38"}, "0.35 times 1 and 2/28"


def test_new_and_existing_business_are_worth_what_they_are_worth(reading):
    found = reading("pipeline-value", "2026-06-01", PIPELINE).as_data()
    assert found["split"] == {
        "existing business": {"USD": "0.30"},
        "new business": {"CAD": "4950.00", "USD": "32000.00"},
    }


def test_the_pipeline_is_split_by_stage_in_the_order_of_the_process(reading):
    found = reading("pipeline-value", "2026-06-01", PIPELINE).as_data()
    assert list(found["by_stage"].items()) == [
        ("outreach", {"CAD": "4950.00", "USD": "32000.00"}),
        ("renewals", {"USD": "0.30"}),
    ]


def test_a_deal_without_an_amount_is_named_and_adds_nothing(reading, why):
    found = reading("pipeline-value", "2026-06-01", PIPELINE)
    assert (found.without, why(found)) == (1, {"elm": "it has no amount"})


def test_a_length_that_is_given_without_an_amount_is_no_amount(reading, why):
    found = reading("pipeline-value", "2026-06-01", "elm: {stages: [outreach: 2026-01-05], value: {months: 12}}")
    assert (found.value, found.without, why(found)) == (None, 1, {"elm": "it has no amount"})


def test_parked_and_closed_deals_are_worth_nothing_to_the_pipeline(reading, why):
    found = reading(
        "pipeline-value",
        "2026-06-01",
        """
        warm: {stages: [outreach: 2026-01-05], value: {mrr: 10 USD}, parked: [{since: 2026-02-01, until: 2026-07-01, why: Grant}]}
        won:  {stages: [outreach: 2026-01-05, closed won: 2026-02-02], value: {mrr: 10 USD}}
        lost: {stages: [outreach: 2026-01-05, closed lost: 2026-02-02], value: {mrr: 10 USD}}
        """,
    )
    assert (found.value, found.n, found.without) == (None, 0, 0)
    assert why(found) == {"warm": "parked until 2026-07-01"}


def test_nothing_with_an_amount_is_no_data_and_an_amount_of_0_is_0(reading):
    assert reading("pipeline-value", "2026-06-01", {}).value is None
    free = reading("pipeline-value", "2026-06-01", "free: {stages: [outreach: 2026-01-05], value: {mrr: 0 USD}}")
    assert free.value == {"USD": "0.00"}


def test_cents_add_up_exactly(reading):
    deals = {f"d-{n}": {"stages": [{"outreach": "2026-01-05"}], "value": {"one_off": "0.10 USD"}} for n in range(3)}
    assert reading("pipeline-value", "2026-06-01", deals).sums == {"USD": Decimal("0.30")}


CONTRACTS = """
    aspen:   {stages: [closed won: 2026-01-05], contract: {start: 2026-01-05, end: 2026-12-31, mrr: 1250 USD, one_off: 900 USD}}
    birch:   {stages: [closed won: 2026-01-05], contract: {start: 2026-01-05, mrr: 412.55 CAD}}
    cedar:   {stages: [closed won: 2026-01-05], type: existing business, contract: {start: 2026-01-05, end: 2026-06-01, mrr: 100.05 USD}}
    unsaid:  {stages: [closed won: 2026-01-05], contract: {start: 2026-01-05, end: 2026-12-31}}
    overdue: {stages: [closed won: 2026-01-05], contract: {start: 2026-01-05, end: 2026-05-31, mrr: 77 USD}}
    ended:   {stages: [closed won: 2026-01-05], contract: {start: 2026-01-05, service_ended: 2026-05-01, mrr: 10000 USD}}
    to-come: {stages: [closed won: 2026-01-05], contract: {start: 2026-06-02, mrr: 20000 USD}}
    open:    {stages: [proposal: 2026-01-05], contract: {start: 2026-01-05, mrr: 30000 USD}}
"""


def test_recurring_revenue_is_what_the_contracts_in_force_bring_a_month(reading, why):
    found = reading("mrr", "2026-06-01", CONTRACTS)
    assert found.sums == {"CAD": Decimal("412.55"), "USD": Decimal("1350.05")}
    assert (found.n, found.included) == (3, ("aspen", "birch", "cedar"))
    assert found.as_data()["split"] == {
        "existing business": {"USD": "100.05"},
        "new business": {"CAD": "412.55", "USD": "1250.00"},
    }
    assert found.without == 1
    assert why(found) == {"unsaid": "the contract has no mrr", "overdue": "overdue: at risk"}


def test_overdue_revenue_is_at_risk_and_not_in_the_sum(reading):
    assert reading("mrr", "2026-06-01", CONTRACTS).parts["at_risk"] == {"USD": Decimal("77")}
    assert reading("arr", "2026-06-01", CONTRACTS).parts["at_risk"] == {"USD": Decimal("924")}
    last_day = reading("mrr", "2026-05-31", CONTRACTS)
    assert last_day.parts["at_risk"] == {}
    assert last_day.sums["USD"] == Decimal("1427.05")


def test_a_renewed_contract_brings_the_new_amount_from_the_first_day_of_the_new_term(reading):
    deals = """
        old: {stages: [closed won: 2025-01-05], contract: {start: 2025-02-01, end: 2026-01-31, mrr: 1000 USD}}
        new: {stages: [closed won: 2025-12-05], type: existing business, renews: old, contract: {start: 2026-02-01, mrr: 1200 USD}}
    """
    sums = [reading("mrr", on, deals).value for on in ("2026-01-31", "2026-02-01")]
    assert sums == [{"USD": "1000.00"}, {"USD": "1200.00"}]


def test_no_contract_in_force_is_no_data(reading):
    for metric in ("mrr", "arr"):
        assert reading(metric, "2026-06-01", "open: {stages: [proposal: 2026-01-05]}").value is None


def floats(value):
    """Every float in a reading, however deep."""
    if isinstance(value, dict):
        return [found for part in (*value, *value.values()) for found in floats(part)]
    if isinstance(value, list | tuple):
        return [found for part in value for found in floats(part)]
    return [value] if isinstance(value, float) else []


@pytest.mark.parametrize("seed", range(12))
def test_a_year_is_twelve_months_and_no_amount_is_ever_a_float(random_book, days, seed):
    book = random_book(seed, size=20)
    for on in Random(seed).sample(days("2026-01-01", "2026-12-31"), 20):
        month, year, pipeline = (read_metric(book.on(on), id) for id in ("mrr", "arr", "pipeline-value"))
        assert year.sums == {currency: 12 * amount for currency, amount in month.sums.items()}
        assert (year.included, year.excluded) == (month.included, month.excluded)
        for found in (month, year, pipeline):
            assert not floats(found.as_data())
            amounts = [*found.sums.values(), *(sum for part in found.split.values() for sum in part.values())]
            assert all(type(amount) is Decimal for amount in amounts)
            assert list(found.sums) == sorted(found.sums)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("metric", ["mrr", "pipeline-value"])
def test_the_split_by_type_adds_up_to_the_whole(random_book, days, seed, metric):
    book = random_book(seed, size=20)
    for on in Random(seed).sample(days("2026-01-01", "2026-12-31"), 20):
        found = read_metric(book.on(on), metric)
        summed = {}
        for part in found.split.values():
            for currency, amount in part.items():
                summed[currency] = summed.get(currency, 0) + amount
        assert summed == found.sums


# what was won


def won(contract, more="", on="2026-02-02"):
    return f"aspen: {{stages: [outreach: 2026-01-05, closed won: {on}], contract: {{{contract}}}{more}}}"


@pytest.mark.parametrize(
    ("contract", "worth"),
    [
        ("start: 2026-03-01, end: 2027-02-28, mrr: 1000 USD", "12000.00"),
        ("start: 2026-03-01, end: 2027-02-28, mrr: 1000 USD, one_off: 500 USD", "12500.00"),
        ("start: 2026-03-15, end: 2026-04-14, mrr: 1000 USD", "1000.00"),
        ("start: 2026-01-31, end: 2026-02-27, mrr: 1000 USD", "1000.00"),
        ("start: 2026-03-01, end: 2026-04-15, mrr: 1000 USD", "1500.00"),
        ("start: 2026-03-01, end: 2026-03-01, mrr: 310 USD", "10.00"),
        ("start: 2026-03-01, mrr: 1000 USD", "12000.00"),
        ("one_off: 700 USD", "700.00"),
    ],
)
def test_what_was_won_is_the_months_of_the_contract_and_what_comes_once(reading, contract, worth):
    assert reading("won-value", "2026-06-01", won(contract)).value == {"USD": worth}


def test_a_contract_without_an_end_counts_with_the_months_that_were_expected(reading):
    expected = ", value: {mrr: 900 USD, months: 24}"
    assert reading("won-value", "2026-06-01", won("start: 2026-03-01, mrr: 1000 USD", expected)).value == {
        "USD": "24000.00"
    }
    assert reading("won-value", "2026-06-01", won("start: 2026-03-01", expected)).value == {"USD": "21600.00"}


WINS = """
    first:  {stages: [outreach: 2026-01-05, closed won: 2026-02-02], contract: {start: 2026-03-01, end: 2027-02-28, mrr: 100 USD}}
    second: {stages: [outreach: 2026-01-05, closed won: 2026-02-28], contract: {start: 2026-03-01, end: 2027-02-28, mrr: 10 CAD}}
    third:
      type: existing business
      stages: [renewals: 2026-01-05, closed won: 2026-03-01]
      contract: {start: 2026-03-01, end: 2026-04-30, service_ended: 2026-05-01, mrr: 1 USD}
    free:   {stages: [outreach: 2026-01-05, closed won: 2026-02-10]}
    lost:   {stages: [outreach: 2026-01-05, closed lost: 2026-02-10], value: {mrr: 5 USD}}
    open:   {stages: [outreach: 2026-01-05], value: {mrr: 5 USD}}
"""


def test_what_was_won_is_split_by_type_and_by_the_month_of_the_close(reading, why):
    found = reading("won-value", "2026-06-01", WINS)
    assert found.value == {"CAD": "120.00", "USD": "1202.00"}
    assert found.as_data()["by_month"] == {"2026-02": {"CAD": "120.00", "USD": "1200.00"}, "2026-03": {"USD": "2.00"}}
    assert found.as_data()["split"] == {
        "existing business": {"USD": "2.00"},
        "new business": {"CAD": "120.00", "USD": "1200.00"},
    }
    assert why(found) == {"free": "won, and neither contract nor value has an amount"}


def test_a_window_takes_what_was_won_in_it_by_the_day_of_the_close(book, implemented):
    february = book(WINS).on(date(2026, 6, 1), date(2026, 2, 3), date(2026, 2, 28))
    found = read_metric(february, "won-value")
    assert (found.included, found.value) == (("second",), {"CAD": "120.00"})
    near = {left.deal: left.why for left in implemented["won-value"].near(february)}
    assert near["third"] == "won on 2026-03-01, outside of the window"
    assert read_metric(book(WINS).on(date(2026, 2, 1)), "won-value").value is None
