"""Recurring revenue over time: the months of a contract sum to it, and what came and went leads from one month end to the next."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from salesops.metrics.in_service import memberships
from salesops.metrics.revenue import (
    month_movements,
    months_from,
    months_of_contract,
    recurring_months,
    spread,
    without_recurring,
)
from salesops.records.contract import Contract

YEAR_2026 = [f"2026-{month:02d}" for month in range(1, 13)]


def contract(**fields):
    return Contract.model_validate(fields)


def months(fields, of=YEAR_2026, stop=None):
    found = months_of_contract(contract(**fields), of, stop)
    return {month: str(money.amount) for month, money in found.items()}


# the months of a contract


def test_a_year_is_spread_by_days_and_sums_to_the_contract():
    shares = spread(Decimal(12_000), date(2026, 4, 1), date(2027, 3, 31))
    assert (len(shares), shares["2026-04"], sum(shares.values())) == (12, Decimal("986.30"), Decimal(12_000))
    assert shares["2027-02"] == Decimal("920.54")


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_days_the_months_sum_to_the_cent(seed):
    dice = Random(seed)
    first = date(2024, 1, 1).toordinal() + dice.randrange(900)
    amount = Decimal(dice.randrange(5_000_000)) / 100
    shares = spread(amount, date.fromordinal(first), date.fromordinal(first + dice.choice((0, 1, 27, 31, 364, 1_200))))
    assert sum(shares.values()) == amount
    assert all(share == share.quantize(Decimal("0.01")) >= 0 for share in shares.values())


def test_of_cents_that_are_left_over_the_month_that_came_nearest_gets_one_and_of_two_the_earlier():
    assert list(spread(Decimal("0.02"), date(2026, 1, 1), date(2026, 3, 31)).values()) == [
        Decimal("0.01"),
        Decimal("0.00"),
        Decimal("0.01"),
    ]
    assert list(spread(Decimal("0.01"), date(2026, 7, 1), date(2026, 8, 31)).values()) == [Decimal("0.01"), 0]


def test_a_contract_of_one_day_brings_all_of_it_in_its_month():
    assert months({"start": "2026-03-01", "end": "2026-03-01", "mrr": "310 USD"}) == {"2026-03": "10.00"}


def test_the_29th_of_february_is_a_day_like_any_other():
    leap = spread(Decimal(366), date(2024, 1, 1), date(2024, 12, 31))
    assert leap["2024-02"] == 29
    assert spread(Decimal(29), date(2024, 2, 29), date(2024, 2, 29)) == {"2024-02": 29}
    assert months({"start": "2024-02-29", "mrr": "290 USD"}, ["2024-02"]) == {"2024-02": "10.00"}


def test_what_comes_once_is_in_no_month():
    with_fee = {"start": "2026-01-01", "end": "2026-12-31", "mrr": "100 USD", "one_off": "9000 USD"}
    assert sum(map(Decimal, months(with_fee).values())) == 1200


def test_a_contract_without_an_end_brings_its_fee_in_full_months_and_part_of_it_in_the_others():
    open_ended = {"start": "2026-01-15", "end": "open", "mrr": "310 USD", "service_ended": "2026-04-16"}
    assert months(open_ended) == {"2026-01": "170.00", "2026-02": "310.00", "2026-03": "310.00", "2026-04": "155.00"}


def test_from_the_day_on_which_the_service_ends_nothing_comes_and_the_months_before_keep_theirs():
    whole = {"start": "2026-01-01", "end": "2026-12-31", "mrr": "1000 USD"}
    stopped = months({**whole, "service_ended": "2026-03-11"})
    assert stopped == {"2026-01": months(whole)["2026-01"], "2026-02": months(whole)["2026-02"], "2026-03": "328.77"}
    assert "2026-03" not in months({**whole, "service_ended": "2026-03-01"})
    assert months({**whole, "service_ended": "2026-01-01"}) == {}


def test_a_service_that_goes_on_after_the_term_brings_no_more_than_was_signed():
    assert sum(map(Decimal, months({"start": "2026-01-01", "end": "2026-06-30", "mrr": "100 USD"}).values())) == 600


def test_a_term_that_ends_before_it_starts_and_a_contract_without_a_fee_bring_nothing():
    assert months({"start": "2026-05-01", "end": "2026-04-01", "mrr": "100 USD"}) == {}
    assert months({"start": "2026-05-01", "end": "2026-06-01"}) == {}
    assert months({"end": "2026-06-01", "mrr": "100 USD"}) == {}


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2026, 11, 20), 3, ["2026-11", "2026-12", "2027-01"]),
        (date(2026, 1, 31), -3, ["2025-11", "2025-12", "2026-01"]),
        (date(2026, 1, 31), 0, []),
    ],
)
def test_months_are_counted_from_that_of_the_day_or_up_to_it(day, count, found):
    assert months_from(day, count) == found


BOOK = """
    aspen:  {stages: [closed won: 2025-12-01], contract: {start: 2026-01-01, end: 2026-12-31, mrr: 100 USD}}
    next:
      type: existing business
      renews: aspen
      member: aspen-university
      stages: [closed won: 2026-06-15]
      contract: {start: 2026-07-01, end: 2027-06-30, mrr: 130 USD}
    birch:  {stages: [closed won: 2026-01-05], contract: {start: 2026-02-01, end: open, mrr: 50 CAD}}
    free:   {stages: [closed won: 2026-01-05], contract: {start: 2026-02-01, end: open}}
    vague:  {stages: [closed won: 2026-01-05], contract: {mrr: 9 USD}}
    draft:  {stages: [proposal: 2026-01-05], contract: {start: 2026-02-01, end: open, mrr: 7000 USD}}
"""


def test_the_months_of_the_book_hold_the_signed_contracts_and_a_renewal_takes_over_on_its_first_day(book):
    found = {row.month: row for row in recurring_months(book(BOOK).on(date(2026, 6, 20)), YEAR_2026)}
    assert set(found["2026-01"].deals) == {"aspen"}
    assert set(found["2026-06"].deals) == {"aspen", "birch"}
    assert set(found["2026-07"].deals) == {"next", "birch"}
    assert found["2026-07"].sums == {"CAD": Decimal(50), "USD": Decimal("132.50")}


def test_before_the_renewal_is_won_the_old_term_runs_to_its_end(book):
    found = {row.month: row for row in recurring_months(book(BOOK).on(date(2026, 6, 10)), YEAR_2026)}
    assert set(found["2026-12"].deals) == {"aspen", "birch"}


def test_whoever_brings_nothing_in_any_month_is_named(book):
    left = without_recurring(book(BOOK).on(date(2026, 6, 20)))
    assert {each.deal: each.why for each in left} == {
        "vague": "won, but the contract has no start",
        "free": "the contract has no mrr",
    }


# what came and went


def movements(book, deals, on):
    rows = month_movements(book(deals).on(date.fromisoformat(on)))
    return {
        row.month: [(each.member, each.kind, str(each.change)) for each in row.movements]
        for row in rows
        if row.movements
    }


def won(member, start, end, mrr, more="", on=None):
    return f"{{member: {member}, stages: [closed won: {on or start}], contract: {{start: {start}, end: {end}, mrr: {mrr}{more}}}}}"


def test_a_member_comes_grows_shrinks_leaves_and_comes_back(book):
    deals = f"""
        a: {won("ash", "2026-01-10", "open", "100 USD", ", service_ended: 2026-04-01")}
        b: {won("ash", "2026-02-10", "open", "40 USD", ", service_ended: 2026-03-15")}
        c: {won("ash", "2026-09-01", "open", "70 USD")}
    """
    assert movements(book, deals, "2026-10-31") == {
        "2026-01": [("ash", "new", "100 USD")],
        "2026-02": [("ash", "expansion", "40 USD")],
        "2026-03": [("ash", "contraction", "-40 USD")],
        "2026-04": [("ash", "churn", "-100 USD")],
        "2026-09": [("ash", "reactivation", "70 USD")],
    }


def test_a_gap_of_90_days_is_none_and_one_of_91_is(book):
    def deals(back):
        first = won("ash", "2026-01-01", "open", "100 USD", ", service_ended: 2026-03-01")
        return f"a: {first}\nb: {won('ash', back, 'open', '100 USD')}"

    assert list(movements(book, deals("2026-05-30"), "2026-10-31")) == ["2026-01"]
    assert list(movements(book, deals("2026-05-31"), "2026-10-31")) == ["2026-01", "2026-03", "2026-05"]


def test_a_way_back_counts_from_the_day_on_which_it_is_known(book):
    deals = f"""
        a: {won("ash", "2026-01-01", "open", "100 USD", ", service_ended: 2026-03-01")}
        b: {won("ash", "2026-05-01", "open", "100 USD", on="2026-04-10")}
    """
    assert "2026-03" in movements(book, deals, "2026-04-09")
    assert "2026-03" not in movements(book, deals, "2026-04-10")


def test_an_overdue_contract_is_lost_after_the_days_of_grace_unless_the_service_ends_before(book):
    overdue = won("ash", "2025-01-01", "2026-01-31", "100 USD")
    assert movements(book, f"a: {overdue}", "2026-05-01") == {}
    assert movements(book, f"a: {overdue}", "2026-05-02") == {"2026-05": [("ash", "churn", "-100 USD")]}
    ended = won("ash", "2025-01-01", "2026-01-31", "100 USD", ", service_ended: 2026-03-05")
    assert list(movements(book, f"a: {ended}", "2026-05-02")) == ["2026-03"]


def test_a_renewal_at_the_same_price_moves_nothing_and_one_at_another_price_the_difference(book):
    def deals(mrr):
        old = won("ash", "2025-01-01", "2026-02-14", "100 USD")
        new = won("ash", "2026-02-15", "2027-02-14", f"{mrr} USD").replace(
            "{member", "{renews: a, type: existing business, member", 1
        )
        return f"a: {old}\nb: {new}"

    assert movements(book, deals(100), "2026-06-30") == {}
    assert movements(book, deals(130), "2026-06-30") == {"2026-02": [("ash", "expansion", "30 USD")]}


def test_two_terms_that_overlap_count_both_unless_one_renews_the_other(book):
    both = (
        f"a: {won('ash', '2025-01-01', '2026-06-30', '100 USD')}\nb: {won('ash', '2026-02-01', '2026-08-31', '60 USD')}"
    )
    assert movements(book, both, "2026-02-28") == {"2026-02": [("ash", "expansion", "60 USD")]}
    renewed = both.replace("b: {member", "b: {renews: a, type: existing business, member")
    assert movements(book, renewed, "2026-02-28") == {"2026-02": [("ash", "contraction", "-40 USD")]}


def test_who_changes_the_currency_shrinks_in_one_and_grows_in_the_other(book):
    deals = f"""
        a: {won("ash", "2025-01-01", "open", "100 USD", ", service_ended: 2026-02-01")}
        b: {won("ash", "2026-02-01", "open", "140 CAD")}
    """
    assert movements(book, deals, "2026-02-28") == {
        "2026-02": [("ash", "expansion", "140 CAD"), ("ash", "contraction", "-100 USD")]
    }


def test_a_contract_that_is_won_or_signed_late_counts_from_then(book):
    late = won("ash", "2026-01-01", "open", "100 USD", ", signed: 2026-03-02", on="2026-02-20")
    assert list(movements(book, f"a: {late}", "2026-06-30")) == ["2026-03"]


def test_the_running_month_is_shown_as_far_as_it_has_come(book):
    rows = month_movements(book(f"a: {won('ash', '2026-06-05', 'open', '100 USD')}").on(date(2026, 6, 10)))
    assert [row.is_over for row in rows] == [True] * 11 + [False]
    assert (rows[0].month, rows[-1].month, rows[-1].closing) == ("2025-07", "2026-06", {"USD": 100})
    assert month_movements(book({}).on(date(2026, 6, 30)))[-1].is_over


def test_each_month_opens_as_the_one_before_it_closed(demonstration):
    rows = month_movements(demonstration.on(date(2026, 11, 20)))
    assert [row.opening for row in rows[1:]] == [row.closing for row in rows[:-1]]


def test_only_members_that_are_asked_for_are_there(book):
    deals = f"a: {won('ash', '2026-01-01', 'open', '100 USD')}\nb: {won('birch', '2026-01-01', 'open', '100 USD')}"
    only = book(deals).on(date(2026, 6, 10), only=lambda deal: deal.member == "ash")
    assert [each.member for each in memberships(only)] == ["ash"]
