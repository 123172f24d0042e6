"""Numbers of some deals only: what is asked for adds up to the whole, and a window takes the cohorts and closes of its days."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from salesops.book.narrowing import Narrowing, sources
from salesops.metrics import read_metric
from salesops.metrics.readings import Amounts, Count, Share

DAYS = ("2025-12-01", "2026-03-20", "2026-07-01", "2026-11-20")
TYPES = ("new business", "existing business")
PRODUCTS = {"sales-velocity"}
"""Money a day: a product of rates and means, which has no parts that add up."""


def narrowed(book, day, **asked):
    return book.on(date.fromisoformat(day), only=Narrowing(**asked))


def number(reading):
    return Counter(reading.sums if isinstance(reading, Amounts) else {"": Decimal(reading.value)})


def parts_add_up(implemented, book, day, name, values):
    whole = book.on(date.fromisoformat(day))
    parts = [narrowed(book, day, **{name: value}) for value in values]
    for id, metric in implemented.items():
        found = metric.measure(whole)
        if isinstance(found, Count | Amounts) and id not in PRODUCTS:
            total = sum((number(metric.measure(part)) for part in parts), Counter())
            assert +total == +number(found), (id, day, name)


@pytest.mark.parametrize("day", DAYS)
def test_the_sum_over_the_types_is_the_whole_for_every_count_and_sum(implemented, demonstration, day):
    parts_add_up(implemented, demonstration, day, "type", TYPES)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", ["owner", "tier"])
def test_the_sum_over_the_owners_and_over_the_tiers_is_the_whole_for_every_count_and_sum(
    implemented, demonstration, day, name
):
    parts_add_up(implemented, demonstration, day, name, {getattr(deal, name) for deal in demonstration.deals.values()})


@pytest.mark.parametrize("seed", range(4))
def test_a_meeting_of_several_types_counts_for_the_type_of_its_first_deal(implemented, random_book, seed):
    for day in DAYS[1:]:
        parts_add_up(implemented, random_book(seed, size=20), day, "type", TYPES)


def test_deals_outside_are_neither_counted_nor_named_as_left_out(implemented, demonstration):
    jim = {id for id, deal in demonstration.deals.items() if deal.owner == "jim"}
    for day in DAYS:
        snapshot = narrowed(demonstration, day, owner="jim")
        for id, metric in implemented.items():
            found = metric.measure(snapshot)
            named = {*found.included, *(left.deal for left in (*found.excluded, *metric.near(snapshot)))}
            assert named <= jim, (id, day)


def test_what_a_narrowed_rate_counts_is_what_the_whole_counts_of_those_deals(implemented, demonstration):
    for day in DAYS:
        for id, metric in implemented.items():
            whole = metric.measure(demonstration.on(date.fromisoformat(day)))
            if isinstance(whole, Share) and id != "email-open-rate":  # results on file do not say whose they are
                parts = [metric.measure(narrowed(demonstration, day, type=kind)) for kind in TYPES]
                assert sum(part.hits for part in parts) == whole.hits, id
                assert sum(part.out_of for part in parts) == whole.out_of, id


def test_a_contract_whose_renewal_is_of_another_type_is_still_renewed(demonstration):
    snapshot = narrowed(demonstration, "2026-11-20", type="new business")
    everything = demonstration.on(date(2026, 11, 20))
    assert set(read_metric(snapshot, "contracts-superseded").included) == {
        deal
        for deal in read_metric(everything, "contracts-superseded").included
        if demonstration.deals[deal].type == "new business"
    }


def test_deals_are_asked_for_by_channel_campaign_or_the_member_that_referred_them(demonstration):
    larkspur = demonstration.deals["larkspur-general"]
    assert sources(larkspur) == ("referral", "sixth-month-referrals", "alder-coast-university")
    for word in sources(larkspur):
        assert Narrowing(source=word)(larkspur)
    assert not Narrowing(source="none")(larkspur)
    without = next(deal for deal in demonstration.deals.values() if deal.source is None)
    assert Narrowing(source="none")(without)


def test_a_type_may_be_asked_for_in_one_word(demonstration):
    for deal in demonstration.deals.values():
        assert Narrowing(type=deal.type)(deal)
        assert Narrowing(type=deal.type.split()[0])(deal)


LIVES = """
    early: {stages: [enrichment: 2026-01-05, outreach: 2026-01-12, closed lost: 2026-02-02]}
    first: {stages: [enrichment: 2026-01-05, outreach: 2026-02-01, closed lost: 2026-03-01]}
    last:  {stages: [enrichment: 2026-01-05, outreach: 2026-02-28, discovery: 2026-03-20, closed lost: 2026-03-31]}
    late:  {stages: [enrichment: 2026-01-05, outreach: 2026-03-01, closed lost: 2026-04-01]}
"""


def test_a_window_takes_the_cohorts_and_closes_of_its_days_both_ends_among_them(book):
    known = book(LIVES)
    cohort = known.on(date(2026, 6, 1), date(2026, 2, 1), date(2026, 2, 28))
    assert read_metric(cohort, "outreach-to-discovery").included == ("first", "last")
    closes = known.on(date(2026, 6, 1), date(2026, 3, 1), date(2026, 3, 31))
    assert read_metric(closes, "win-rate").included == ("first", "last")
    assert read_metric(closes, "days-to-loss").included == ("first", "last")


def test_what_became_of_a_cohort_is_told_as_of_the_day(book):
    known = book(LIVES)
    on_that_day = known.on(date(2026, 3, 10), date(2026, 2, 1), date(2026, 2, 28))
    found = read_metric(on_that_day, "outreach-to-discovery")
    assert (found.hits, found.out_of, found.open) == (0, 1, 1)
    later = known.on(date(2026, 6, 1), date(2026, 2, 1), date(2026, 2, 28))
    assert (read_metric(later, "outreach-to-discovery").hits, read_metric(later, "outreach-to-discovery").out_of) == (
        1,
        2,
    )


def test_windows_side_by_side_add_up_to_the_whole(demonstration):
    day = date(2026, 11, 20)
    whole = read_metric(demonstration.on(day), "win-rate")
    before = read_metric(demonstration.on(day, until=date(2026, 3, 31)), "win-rate")
    after = read_metric(demonstration.on(day, date(2026, 4, 1)), "win-rate")
    assert (before.hits + after.hits, before.out_of + after.out_of) == (whole.hits, whole.out_of)
