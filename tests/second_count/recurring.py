"""Months of money a second time: what each contract brings, what moved between two month ends, and what six months to come may bring."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

from second_count.contracts import later, months_of, rounded
from second_count.counting import column, count, iso, number, only, rows, sums
from second_count.members import days_of, ended, first_of, from_day, ledger, length_of, pays, serves, serving
from second_count.pipeline import OPEN

NEVER = 10**9


def month_of(day):
    return iso(day)[:7]


def months_from(day, how_many):
    """So many months, that of a day among them; backwards where it is less than 0."""
    first = date.fromordinal(day).replace(day=1)
    steps = range(how_many) if how_many > 0 else range(how_many + 1, 1)
    return [f"{later(first, step):%Y-%m}" for step in steps]


def cents_by_month(days, amount):
    """The largest remainders get the cents that are left over."""
    exact = {month: Fraction(amount * n, days.total()) for month, n in days.items()}
    told = {month: share.numerator // share.denominator for month, share in exact.items()}
    by_rest = sorted(exact, key=lambda month: (told[month] - exact[month], month))
    for month in by_rest[: amount - sum(told.values())]:
        told[month] += 1
    return told


def stop_of(known, id):
    """The day from which a contract brings nothing more: its service is over, or the term of a renewal begins."""
    return min([one["first"] for one in known.values() if one["renews"] == id] + [known[id]["stopped"] or NEVER])


def brings(known, id, months):
    """What a contract brings in each of some months, in cents."""
    deal, stop = known[id], stop_of(known, id)
    first = deal["first"]
    if deal["last"] is None:
        shares = {month: Fraction(deal["mrr"] * days_of(month, first, stop - 1), length_of(month)) for month in months}
        return {month: round(share) for month, share in shares.items()}
    amount = round(deal["mrr"] * months_of(deal["first"], deal["last"]))
    term = _term(deal)
    full, found = cents_by_month(term, amount), {}
    for month in months:
        days = days_of(month, first, min(stop - 1, deal["last"]))
        is_full = days == term[month]
        found[month] = full.get(month, 0) if is_full else round(Fraction(amount * days, term.total()))
    return found


def _term(deal):
    """How many days of each month a term has."""
    months = months_from(deal["first"], months_between(deal["first"], deal["last"]))
    return Counter({month: days_of(month, deal["first"], deal["last"]) for month in months})


def months_between(first, last):
    one, other = date.fromordinal(first), date.fromordinal(last)
    return (other.year - one.year) * 12 + other.month - one.month + 1


def every_month(con, months):
    """By month and deal, in cents."""
    found = {}
    for known in ledger(con).members.values():
        for id in known:
            if known[id]["mrr"]:
                found |= {(month, id): amount for month, amount in brings(known, id, months).items() if amount}
    return found


def movements(con, months):
    """By month: what each member moved, and in which of five ways; opening and closing."""
    book, found = ledger(con), {}
    for month in months:
        before = first_of(month) - 1
        after = min(before + length_of(month), book.as_of)
        found[month] = {
            (member, currency): (kind_of(known, before, after, amount, book.grace), amount)
            for member, known in book.members.items()
            for currency, amount in _change(known, before, after, book.grace).items()
        }
    return found


def _change(known, before, after, grace):
    change = Counter(pays(known, after, grace))
    change.subtract(pays(known, before, grace))
    return {currency: amount for currency, amount in change.items() if amount}


def kind_of(known, before, after, change, grace):
    if change < 0:
        return "contraction" if serving(known, after, grace) else "churn"
    if serving(known, before, grace):
        return "expansion"
    was = any(from_day(deal) <= before and serves(known, id, from_day(deal), grace) for id, deal in known.items())
    return "reactivation" if was else "new"


# six months


def factor(hits, decided, enough, guess):
    """A share in ten thousandths; a guess where too few are decided."""
    return rounded(Fraction(hits * 10_000, decided)) if decided >= enough else guess


QUALIFIED_PAST = """
select t.won_on is not null as won, count(*) as n from attempt t join asked a
where t.type = 'new business' and (t.won_on is not null or t.lost_on is not null)
  and exists (select 1 from visit v join qualified q on q.stage = v.raw and a.d between q.first and q.last
              where v.deal = t.deal and v.attempt = t.attempt) group by 1
"""
SETTLED = """
select d.renews from deal d join now n using (deal) group by d.renews having sum(n.outcome = 'won') or sum(n.outcome is null) = 0
"""
TO_COME = f"""
select n.deal, n.type, d.mrr, d.mrr_in, d.expected from ({OPEN} and is_qualified and type = 'new business') n join deal d using (deal) join asked a
where d.mrr is not null and d.expected >= a.d
"""


@count("forecast-mrr-6")
def six_months(con, _):
    found = [*_signed(con), *_renewals(con), *_new(con)]
    return {
        "value": sums(row[2:] for row in found) if found else None,
        "by_part": {part: sums(row[2:] for row in found if row[0] == part) for part in {row[0] for row in found}},
        "by_month": {month: sums(row[2:] for row in found if row[1] == month) for month in {row[1] for row in found}},
    }


def _signed(con):
    book = ledger(con)
    months = months_from(book.as_of + 1, 6)
    for known in book.members.values():
        for id, deal in known.items():
            if deal["mrr"] is not None:
                last = min(stop_of(known, id) - 1, deal["last"] or NEVER)
                for month, amount in brings(known, id, months).items():
                    days = days_of(month, deal["first"], last)
                    rest = days_of(month, max(deal["first"], book.as_of + 1), last)
                    if amount and (to_come := rounded(Fraction(amount * rest, days))):
                        yield "signed", month, deal["mrr_in"], to_come


def _renewals(con):
    book = ledger(con)
    became = Counter(ended(con, 0, book.as_of).values())
    renewed = became["on_time"] + became["late"]
    share = factor(renewed, renewed + became["not renewed"], number(con, "enough"), 8_000)
    months = months_from(book.as_of + 1, 6)
    followed = set(column(con, SETTLED))
    for known in book.members.values():
        for id, deal in known.items():
            is_over = deal["last"] is None or deal["stopped"] or book.as_of - deal["last"] > book.grace
            if id not in followed and not is_over and deal["mrr"]:
                yield from _parts("renewals", deal, max(deal["last"], book.as_of) + 1, share, months)


def _parts(part, deal, since, share, months):
    for month in months:
        days = days_of(month, since, NEVER)
        amount = rounded(Fraction(deal["mrr"] * share * days, 10_000 * length_of(month)))
        if days and amount:
            yield part, month, deal["mrr_in"], amount


def _new(con):
    as_of = only(con, "select d from asked")
    past = {row["won"]: row["n"] for row in rows(con, QUALIFIED_PAST)}
    won, lost = past.get(1, 0), past.get(0, 0)
    share = factor(won, won + lost, number(con, "enough"), 3_000)
    for row in rows(con, TO_COME):
        yield from _parts("new", row, max(row["expected"], as_of + 1), share, months_from(as_of + 1, 6))
