"""What members pay a second time: single days and whole cents, from the contracts that are known on the day."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from second_count.contracts import later
from second_count.counting import cents, count, number, only, rows
from second_count.rates import share


class Ledger(NamedTuple):
    """The contracts of each member by id, the day on which they are known, the days of grace, and the rates."""

    members: dict
    as_of: int
    grace: int
    rates: list


def ledger(con):
    members = {}
    for row in rows(con, "select * from term where first is not null order by deal"):
        members.setdefault(row["member"], {})[row["deal"]] = row
    rates = rows(con, "select * from rate order by day")
    return Ledger(members, only(con, "select d from asked"), number(con, "grace_days"), rates)


def from_day(deal):
    return max(deal["first"], deal["won_on"], deal["signed"] or deal["first"])


def serves(known, id, day, grace):
    """Whether a contract is in service on a single day."""
    deal = known[id]
    if day < from_day(deal) or (deal["stopped"] and day >= deal["stopped"]):
        return False
    if deal["last"] and day - deal["last"] > grace:
        return False
    return not any(one["renews"] == id and from_day(one) <= day for one in known.values())


def serving(known, day, grace):
    """The contracts that hold a member on a day, a short gap among it: looked for day by day, back and ahead."""
    found = [id for id in known if serves(known, id, day, grace)]
    if found:
        return found
    eve = next(
        (day - back for back in range(1, grace + 1) if any(serves(known, id, day - back, grace) for id in known)), 0
    )
    last = [id for id in known if serves(known, id, eve, grace)]
    if not last or any(known[id]["last"] and eve - known[id]["last"] == grace for id in last):
        return []
    is_back = any(serves(known, id, eve + ahead, grace) for ahead in range(2, grace + 2) for id in known)
    return last if is_back else []


def pays(known, day, grace):
    """Cents a month, by currency."""
    sums = Counter()
    for id in serving(known, day, grace):
        if known[id]["mrr"]:
            sums[known[id]["mrr_in"]] += known[id]["mrr"]
    return sums


def in_dollars(paid, day, rates):
    """The cents in the currency of the team at the rate of a day; None where there is none."""
    at = [Fraction(rate["rate"], 10_000) for rate in rates if rate["day"] <= day]
    if paid["EUR"] or (paid["CAD"] and not at):
        return None
    return paid["USD"] + (round(paid["CAD"] * at[-1]) if paid["CAD"] else 0)


def _ends(con, book, months):
    since, until = rows(con, "select since, until from asked")[0]
    first = later(date.fromordinal(until or book.as_of), -months).toordinal()
    return since or first, until or book.as_of


@count("gross-retention", "net-retention")
def retention(con, metric):
    book = ledger(con)
    start, end = _ends(con, book, 12)
    told = Counter()
    for known in book.members.values():
        if serving(known, start, book.grace):
            before, now = (in_dollars(pays(known, day, book.grace), start, book.rates) for day in (start, end))
            if before is not None and now is not None:
                told += Counter(whole=before, gross=min(before, now), net=now, members=1)
                lost = max(0, before - now)
                told["contraction" if serving(known, end, book.grace) else "churn"] += lost
                told["expansion"] += max(0, now - before)
    part = told[metric.removesuffix("-retention")]
    money = {name: {"USD": cents(told[name])} for name in ("whole", "churn", "contraction")}
    money |= {"expansion": {"USD": cents(told["expansion"])}} if metric == "net-retention" else {}
    value = part / told["whole"] if told["whole"] else None
    return {"value": value, "part": {"USD": cents(part)}, "members": told["members"], **money}


@count("renewal-6")
def renewal_6(con, _):
    book = ledger(con)
    start, end = _ends(con, book, 6)
    members = [known for known in book.members.values() if serving(known, start, book.grace)]
    still = [known for known in members if serving(known, end, book.grace)]
    in_gap = [known for known in still if not any(serves(known, id, end, book.grace) for id in known)]
    late = [known for known in still if known not in in_gap and _is_late(known, end, book.grace)]
    return share(len(still), len(members)) | {"members": {"overdue": len(late), "gap": len(in_gap)}}


def _is_late(known, day, grace):
    """Whether nothing but contracts whose last day has passed holds a member."""
    return all(known[id]["last"] and known[id]["last"] < day for id in serving(known, day, grace))


def ended(con, since, until):
    """The contracts whose term ended between two days, with what became of each."""
    book, found = ledger(con), {}
    for known in book.members.values():
        for id, deal in known.items():
            last = min(deal["last"], (deal["stopped"] or 10**9) - 1) if deal["last"] else None
            if last and since <= last <= until and last >= deal["first"]:
                found[id] = _became(con, id, deal, last, book)
    return found


def _became(con, id, deal, last, book):
    renewals = rows(
        con,
        "select t.*, d.renews from attempt t join deal d using (deal) where t.won_on is not null and d.renews = :id",
        id=id,
    )
    if renewals:
        signed = [
            only(con, "select max(signed) from contract where deal = :id", id=row["deal"]) or row["won_on"]
            for row in renewals
        ]
        return "on_time" if min(signed) <= last else "late"
    waits = not deal["stopped"] and book.as_of - last <= book.grace
    return "open" if waits else "not renewed"


@count("contract-renewal-rate")
def contract_renewal(con, _):
    book = ledger(con)
    found = Counter(ended(con, *_ends(con, book, 12)).values())
    hits = found["on_time"] + found["late"]
    told = share(hits, hits + found["not renewed"], found["open"])
    return told | {"renewed": {name: found[name] for name in ("on_time", "late")}}


def length_of(month):
    return monthrange(int(month[:4]), int(month[5:]))[1]


def first_of(month):
    return date(int(month[:4]), int(month[5:]), 1).toordinal()


def days_of(month, first, last):
    """How many days of a month lie between two, both among them."""
    start = first_of(month)
    return max(0, min(start + length_of(month) - 1, last) - max(start, first) + 1)
