"""Retention: what the members of an earlier day still pay, how many of them are left, and which contracts were renewed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from salesops.book.book import Cause
from salesops.metrics import read_metric
from salesops.metrics.retention import window_of
from salesops.metrics.wording import detail, headline
from salesops.records.rates import Rates
from salesops.records.team import Team

TODAY = date(2026, 6, 17)
AGO = date(2025, 6, 17)
TEAM = Team.model_validate(
    {"organisation": "Ours", "time_zone": "UTC", "currency": "USD", "people": {"jim": {"name": "Jim"}}}
)


@pytest.fixture
def ours(book):
    """A book of a team that counts in USD, with rates of CAD."""

    def make(deals, rates=()):
        known = book(deals)
        dated = [{"date": day, "from": "CAD", "to": "USD", "rate": rate} for day, rate in rates]
        kept = Rates.model_validate({"rates": dated}) if dated else None
        return replace(
            known, records={**known.records, "team": {"team": TEAM}, **({"rates": {"rates": kept}} if kept else {})}
        )

    return make


def won(member, start, end, mrr, more="", renews=""):
    of = f"renews: {renews}, type: existing business, " if renews else ""
    fee = f", mrr: {mrr}" if mrr else ""
    return (
        f"{{{of}member: {member}, stages: [closed won: {start}], contract: {{start: {start}, end: {end}{fee}{more}}}}}"
    )


FOUR = f"""
    a1: {won("a", "2025-01-01", "2025-12-31", "100 USD")}
    a2: {won("a", "2026-01-01", "2026-12-31", "80 USD", renews="a1")}
    b1: {won("b", "2025-01-01", "open", "100 USD")}
    b2: {won("b", "2026-02-01", "open", "50 USD")}
    c1: {won("c", "2025-01-01", "2025-12-31", "100 USD", ", service_ended: 2026-01-01")}
    d1: {won("d", "2026-03-01", "open", "500 USD")}
"""


def test_three_members_shrink_grow_and_leave_and_a_fourth_is_in_neither_number(ours):
    gross, net = (read_metric(ours(FOUR).on(TODAY), id) for id in ("gross-retention", "net-retention"))
    assert (gross.part, gross.whole, headline(gross)) == (180, 300, "60.0 %")
    assert (net.part, net.whole, headline(net)) == (230, 300, "76.7 %")
    assert gross.parts == {"churn": 100, "contraction": 20, "at_risk": 0}
    assert net.parts == {"churn": 100, "contraction": 20, "expansion": 50, "at_risk": 0}
    assert gross.included == net.included == ("a1", "a2", "b1", "b2", "c1")
    assert detail(gross) == "180 of 300 USD a month · 3 members"


def test_a_reading_of_money_is_exact_and_never_too_small(ours):
    data = read_metric(ours(FOUR).on(TODAY), "gross-retention").as_data()
    assert (data["part"], data["whole"], data["members"]) == ({"USD": "180.00"}, {"USD": "300.00"}, 3)
    assert data["value"] == pytest.approx(0.6)
    assert (data["interval"], data["enough"]) == (None, True)


def test_nobody_a_year_ago_is_no_data(ours):
    found = read_metric(ours(f"d1: {won('d', '2026-03-01', 'open', '500 USD')}").on(TODAY), "gross-retention")
    assert (found.value, headline(found), detail(found), found.included) == (None, "no data", "", ())


def test_members_that_came_later_are_told_as_near_misses(ours, implemented):
    snapshot = ours(FOUR).on(TODAY)
    near = {left.deal: left.why for left in implemented["gross-retention"].near(snapshot)}
    assert near == {"d1": "the member was not in service on 2025-06-17"}


@pytest.mark.parametrize(
    ("since", "until", "start", "end"),
    [
        (None, None, AGO, TODAY),
        (date(2025, 9, 1), None, date(2025, 9, 1), TODAY),
        (None, date(2026, 2, 28), date(2025, 2, 28), date(2026, 2, 28)),
        (date(2025, 9, 1), date(2026, 2, 28), date(2025, 9, 1), date(2026, 2, 28)),
        (None, date(2027, 1, 1), AGO, TODAY),
    ],
)
def test_the_window_is_a_year_up_to_the_day_unless_days_are_asked_for(ours, since, until, start, end):
    assert window_of(ours(FOUR).on(TODAY, since, until)) == (start, end)


def test_a_year_back_from_the_29th_of_february_is_the_28th(ours):
    assert window_of(ours(FOUR).on(date(2028, 2, 29))).start == date(2027, 2, 28)


def test_a_window_of_days_gives_start_and_end(ours):
    found = read_metric(ours(FOUR).on(TODAY, date(2025, 12, 31), date(2026, 1, 1)), "net-retention")
    assert (found.part, found.whole) == (180, 300)
    assert read_metric(ours(FOUR).on(TODAY, date(2026, 6, 1), date(2026, 5, 1)), "net-retention").value is None


def test_what_one_member_grows_does_not_make_up_for_what_another_loses(ours):
    deals = f"""
        a1: {won("a", "2025-01-01", "open", "100 USD", ", service_ended: 2026-01-01")}
        b1: {won("b", "2025-01-01", "open", "100 USD")}
        b2: {won("b", "2026-01-01", "open", "900 USD")}
    """
    gross, net = (read_metric(ours(deals).on(TODAY), id) for id in ("gross-retention", "net-retention"))
    assert (gross.value, net.value) == (0.5, 5.0)


def test_two_contracts_of_one_member_are_taken_together(ours):
    deals = f"""
        a1: {won("a", "2025-01-01", "open", "100 USD", ", service_ended: 2026-01-01")}
        a2: {won("a", "2026-01-01", "open", "100 USD")}
    """
    assert read_metric(ours(deals).on(TODAY), "gross-retention").value == 1


@pytest.mark.parametrize(
    ("end", "more", "kept", "at_risk"),
    [
        ("2026-06-16", "", 100, 100),
        ("2026-06-17", "", 100, 0),
        ("2026-03-19", "", 100, 100),
        ("2026-03-18", "", 0, 0),
        ("2026-06-16", ", service_ended: 2026-06-17", 0, 0),
    ],
)
def test_an_overdue_contract_is_kept_and_at_risk_for_90_days_while_the_service_goes_on(ours, end, more, kept, at_risk):
    found = read_metric(ours(f"a1: {won('a', '2025-01-01', end, '100 USD', more)}").on(TODAY), "gross-retention")
    assert (found.part, found.parts["at_risk"]) == (kept, at_risk)


def test_a_short_gap_with_a_way_back_is_kept_at_what_was_paid_before(ours):
    deals = f"""
        a1: {won("a", "2025-01-01", "2026-05-31", "100 USD", ", service_ended: 2026-06-01")}
        a2: {{member: a, stages: [closed won: 2026-06-10], contract: {{start: 2026-07-01, end: open, mrr: 60 USD}}}}
    """
    found = read_metric(ours(deals).on(TODAY), "net-retention")
    assert (found.part, found.parts["at_risk"]) == (100, 0)
    assert read_metric(ours(deals).on(TODAY), "renewal-6").parts["members"] == {"overdue": 0, "gap": 1}
    assert read_metric(ours(deals).on(date(2026, 6, 9)), "net-retention").part == 0


RATES = (("2025-01-01", "0.50"), ("2026-01-01", "0.90"))
CANADIAN = f"a1: {won('a', '2025-01-01', 'open', '100.01 CAD')}"


def test_another_currency_counts_at_the_rate_of_the_start_on_both_days(ours):
    found = read_metric(ours(CANADIAN, RATES).on(TODAY), "net-retention")
    assert (found.part, found.whole, found.currency) == (Decimal("50.00"), Decimal("50.00"), "USD")


def test_a_member_that_changes_the_currency_is_weighed_at_one_rate(ours):
    deals = f"""
        a1: {won("a", "2025-01-01", "open", "100 CAD", ", service_ended: 2026-03-01")}
        a2: {won("a", "2026-03-01", "open", "60 USD")}
    """
    found = read_metric(ours(deals, RATES).on(TODAY), "net-retention")
    assert (found.part, found.whole) == (60, 50)


@pytest.mark.parametrize("rates", [(), (("2025-06-18", "0.50"),)], ids=["none", "only later"])
def test_a_member_without_a_rate_at_the_start_is_left_out_and_named(ours, rates, why):
    deals = f"{CANADIAN}\nb1: {won('b', '2025-01-01', 'open', '70 USD')}"
    found = read_metric(ours(deals, rates).on(TODAY), "gross-retention")
    assert (found.whole, found.members, found.included) == (70, 1, ("b1",))
    assert why(found) == {"a1": "no rate from CAD to USD on 2025-06-17"}
    assert found.excluded[0].cause is Cause.NO_RATE


def test_a_contract_without_a_fee_is_named_and_one_that_is_free_counts_as_0(ours, why):
    deals = f"a1: {won('a', '2025-01-01', 'open', '')}\nb1: {won('b', '2025-01-01', 'open', '0 EUR')}"
    found = read_metric(ours(deals).on(TODAY), "gross-retention")
    assert (found.value, found.members, found.included) == (None, 2, ("b1",))
    assert why(found) == {"a1": "the contract has no mrr"}


def test_a_member_is_asked_for_by_a_contract_of_the_start_and_counts_whole(ours):
    known = ours(FOUR)
    new = known.on(TODAY, only=lambda deal: deal.type == "new business")
    found = read_metric(new, "net-retention")
    assert (found.part, found.whole, found.included) == (230, 300, ("a1", "b1", "b2", "c1"))
    renewals = read_metric(known.on(TODAY, only=lambda deal: deal.type == "existing business"), "net-retention")
    assert renewals.value is None


# members


def test_of_the_members_of_six_months_ago_so_many_are_left(ours):
    found = read_metric(ours(FOUR).on(TODAY), "renewal-6")
    assert (found.hits, found.out_of) == (2, 3)
    assert (found.hit, found.included) == (("a1", "b1"), ("a1", "b1", "c1"))
    assert window_of(ours(FOUR).on(TODAY), 6).start == date(2025, 12, 17)


def test_a_member_that_pays_less_is_still_there_and_one_kept_by_an_overdue_contract_is_told(ours):
    deals = f"a1: {won('a', '2025-01-01', '2026-06-01', '100 USD')}\nb1: {won('b', '2025-01-01', 'open', '')}"
    found = read_metric(ours(deals).on(TODAY), "renewal-6")
    assert (found.hits, found.out_of, found.parts["members"]) == (2, 2, {"overdue": 1, "gap": 0})


# contracts


def renewal(signed, start="2026-01-01"):
    return f"{{renews: a, type: existing business, member: ash, stages: [closed won: {signed}], contract: {{signed: {signed}, start: {start}, end: open, mrr: 1 USD}}}}"


@pytest.mark.parametrize(
    ("deals", "hits", "out_of", "undecided", "on_time"),
    [
        (f"a: {won('ash', '2025-01-01', '2025-12-31', '1 USD')}\nb: {renewal('2025-12-31')}", 1, 1, 0, 1),
        (f"a: {won('ash', '2025-01-01', '2025-12-31', '1 USD')}\nb: {renewal('2026-01-01')}", 1, 1, 0, 0),
        (f"a: {won('ash', '2025-01-01', '2025-12-31', '1 USD')}", 0, 1, 0, 0),
        (f"a: {won('ash', '2025-01-01', '2026-03-19', '1 USD')}", 0, 0, 1, 0),
        (f"a: {won('ash', '2025-01-01', '2026-03-18', '1 USD')}", 0, 1, 0, 0),
        (f"a: {won('ash', '2025-01-01', '2026-06-01', '1 USD', ', service_ended: 2026-06-02')}", 0, 1, 0, 0),
        (f"a: {won('ash', '2025-01-01', '2026-12-31', '1 USD', ', service_ended: 2026-02-01')}", 0, 1, 0, 0),
        (f"a: {won('ash', '2025-01-01', 'open', '1 USD', ', service_ended: 2026-02-01')}", 0, 0, 0, 0),
        (f"a: {won('ash', '2024-01-01', '2025-06-16', '1 USD')}", 0, 0, 0, 0),
        (f"a: {won('ash', '2024-01-01', '2025-06-17', '1 USD')}", 0, 1, 0, 0),
        (f"a: {won('ash', '2026-06-17', '2026-06-17', '1 USD')}", 0, 0, 1, 0),
    ],
    ids="renewed|late|not renewed|waits|waited 91 days|stopped|stopped early|open-ended|too early|first day|one day".split(
        "|"
    ),
)
def test_of_the_contracts_that_ended_so_many_were_renewed(ours, deals, hits, out_of, undecided, on_time):
    found = read_metric(ours(deals).on(TODAY), "contract-renewal-rate")
    assert (found.hits, found.out_of, found.open) == (hits, out_of, undecided)
    assert found.parts["renewed"] == {"on_time": on_time, "late": hits - on_time}


def test_a_renewal_that_is_not_won_yet_or_lost_renews_nothing(ours):
    for stage in ("proposal", "closed lost"):
        talk = f"{{renews: a, type: existing business, member: ash, stages: [{stage}: 2026-01-01]}}"
        deals = f"a: {won('ash', '2025-01-01', '2025-12-31', '1 USD')}\nb: {talk}"
        assert read_metric(ours(deals).on(TODAY), "contract-renewal-rate").hits == 0


def test_contracts_that_end_on_other_days_are_told_as_near_misses(ours, implemented):
    deals = f"""
        a: {won("ash", "2024-01-01", "2025-01-31", "1 USD")}
        b: {won("birch", "2026-01-01", "2026-12-31", "1 USD")}
        c: {won("cedar", "2026-01-01", "open", "1 USD")}
    """
    near = {left.deal: left.why for left in implemented["contract-renewal-rate"].near(ours(deals).on(TODAY))}
    assert near == {
        "a": "its term ended on 2025-01-31, before 2025-06-17",
        "b": "its term ends on 2026-12-31",
        "c": "open-ended: nothing to renew",
    }
