"""Contracts a second time: the renewal windows, what was won, and what recurs."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from fractions import Fraction
from math import floor

from second_count.counting import count, of_deals, rows, within
from second_count.pipeline import added, apart

BUCKETS = """
with followed as (
    select t.*, (select count(*) from term r join asked a where r.renews = t.deal and r.first <= a.d) as begun,
           (select count(*) from term r join asked a where r.renews = t.deal and r.first > a.d) as waiting
    from term t where t.first is not null)
select f.*, waiting > 0 as is_secured, f.first = a.d or f.left_days is 0 as is_on_a_boundary,
       case when stopped is not null then 'contracts-ended' when begun then 'contracts-superseded'
            when f.first > a.d then 'contracts-not-started' when f.last is null then 'renewal-open-ended'
            when left_days < 0 then 'renewal-overdue' when left_days <= 30 then 'renewal-0-30'
            when left_days <= 90 then 'renewal-31-90' when left_days <= 180 then 'renewal-91-180' else 'renewal-later' end as bucket
from followed f join asked a
"""
ACTIVE = ("renewal-open-ended", "renewal-0-30", "renewal-31-90", "renewal-91-180", "renewal-later")
ALL = (*ACTIVE, "renewal-overdue", "contracts-not-started", "contracts-superseded", "contracts-ended")


def in_buckets(con, *buckets):
    return [row for row in rows(con, BUCKETS) if row["bucket"] in buckets]


def _told(found):
    return of_deals(found) | {
        "members": len({row["member"] for row in found}),
        "secured": sum(row["is_secured"] for row in found),
    }


@count(*ALL)
def bucket(con, metric):
    return _told(in_buckets(con, metric))


@count("existing-business-active")
def active(con, _):
    found = in_buckets(con, *ACTIVE)
    return _told(found) | {
        "overdue": len(in_buckets(con, "renewal-overdue")),
        "on_a_boundary_day": sum(row["is_on_a_boundary"] for row in found),
    }


def recurring(found, times=1):
    """What recurs of some contracts, as amounts by currency."""
    return [
        {"deal": row["deal"], "type": row["type"], "currency": row["mrr_in"], "amount": row["mrr"] * times}
        for row in found
        if row["mrr"] is not None
    ]


@count("mrr", "arr")
def mrr(con, metric):
    times = 12 if metric == "arr" else 1
    found = in_buckets(con, *ACTIVE)
    worth = recurring(found, times)
    return {
        "value": added(worth) if worth else None,
        "n": len(worth),
        "without_amount": len(found) - len(worth),
        "split": apart(worth, "type"),
        "at_risk": added(recurring(in_buckets(con, "renewal-overdue"), times)),
        "included": sorted(row["deal"] for row in worth),
    }


def later(day, months):
    """The day so many months later; the last of the month where it has no such day."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_of(first, last):
    """The months of a term, both ends among them: whole ones, and days as a part of the month that they begin."""
    start, end = date.fromordinal(first), date.fromordinal(last + 1)
    whole = max(0, (end.year - start.year) * 12 + end.month - start.month)
    while whole and later(start, whole) > end:
        whole -= 1
    rest = (end - later(start, whole)).days
    return whole + Fraction(rest, (later(start, whole + 1) - later(start, whole)).days)


def rounded(amount):
    """To the cent; a half goes up."""
    return floor(Fraction(amount) + Fraction(1, 2))


WON = f"""
select n.deal, n.type, t.began, t.won_on, d.months, d.mrr as expected, d.one_off as expected_once, d.mrr_in as expected_in, d.one_off_in as once_in,
       c.first, c.last, c.mrr, c.mrr_in, c.one_off, c.one_off_in
from attempt t join asked a join now n using (deal) join deal d using (deal) left join term c using (deal)
where t.won_on is not null and {within("t.won_on")}
"""


def worth(row):
    """What a won deal brings, as pairs of a currency and cents; none where nobody says."""
    if row["mrr"] is None and row["one_off"] is None:
        months = 12 if row["months"] is None else row["months"]
        pairs = [(row["expected_in"], row["expected"], months), (row["once_in"], row["expected_once"], 1)]
    else:
        months = 12 if row["months"] is None else row["months"]
        if row["first"] is not None and row["last"] is not None:
            months = months_of(row["first"], row["last"])
        pairs = [(row["mrr_in"], row["mrr"], months), (row["one_off_in"], row["one_off"], 1)]
    return [(currency, round(amount * times)) for currency, amount, times in pairs if amount is not None]


def won(con):
    """The deals that were won in the window, each with what it brings."""
    return [(row, worth(row)) for row in rows(con, WON)]


@count("won-value")
def won_value(con, _):
    found = won(con)
    flat = [
        {
            "type": row["type"],
            "month": f"{date.fromordinal(row['won_on']):%Y-%m}",
            "currency": currency,
            "amount": amount,
        }
        for row, pairs in found
        for currency, amount in pairs
    ]
    deals = sorted(row["deal"] for row, pairs in found if pairs)
    return {
        "value": added(flat) if deals else None,
        "n": len(deals),
        "without_amount": len(found) - len(deals),
        "split": apart(flat, "type"),
        "by_month": apart(flat, "month"),
        "included": deals,
    }
