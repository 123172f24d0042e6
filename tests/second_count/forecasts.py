"""What is to come a second time: chances, the weighted pipeline, sales velocity, and the recurring revenue of six months."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from second_count.contracts import rounded, won
from second_count.counting import cents, count, number, rows
from second_count.pipeline import OPEN, VALUE, added, apart, unparked
from second_count.rates import win_rate

PLACES = 10_000
"""A chance is told to the hundredth of a percent."""

VISITS = f"""
select v.deal, v.stage, d.type, {unparked("v.deal", "v.day", "coalesce(v.left_on, a.d)")} as days,
       (select o.stage from visit o where o.deal = v.deal and o.n = v.n + 1) as went_to
from visit v join deal d using (deal) join asked a where v.outcome is null
"""


def ways(visits, age):
    """Where those went that were still in a stage at an age (Aalen and Johansen), as shares."""
    there = [row for row in visits if row["days"] > age]
    left, found = Fraction(1), Counter()
    for days in sorted({row["days"] for row in there if row["went_to"]}):
        at_risk = sum(row["days"] >= days for row in there)
        gone = Counter(row["went_to"] for row in there if row["went_to"] and row["days"] == days)
        for stage, count_ in gone.items():
            found[stage] += left * Fraction(count_, at_risk)
        left -= left * Fraction(gone.total(), at_risk)
    return found


def from_the_start(visits):
    """The chance of a win from the first day in each stage: the shares are equations, for some go back; whence no way leads to a win there is none."""
    stages = sorted({row["stage"] for row in visits})
    told = {stage: ways([row for row in visits if row["stage"] == stage], -1) for stage in stages}
    able = {"closed won"}
    while more := [
        stage for stage in stages if stage not in able and able & {to for to in told[stage] if told[stage][to]}
    ]:
        able |= {*more}
    open_ = [stage for stage in stages if stage in able]
    rows_ = [
        [Fraction(stage == other) - told[stage][other] for other in open_] + [Fraction(told[stage]["closed won"])]
        for stage in open_
    ]
    return dict.fromkeys(stages, Fraction(0)) | dict(zip(open_, _solved(rows_), strict=True))


def _solved(rows_):
    """Gauss and Jordan, with fractions."""
    for at in range(len(rows_)):
        pivot = next(other for other in range(at, len(rows_)) if rows_[other][at])
        rows_[at], rows_[pivot] = rows_[pivot], rows_[at]
        rows_[at] = [value / rows_[at][at] for value in rows_[at]]
        for other in range(len(rows_)):
            if other != at:
                times = rows_[other][at]
                rows_[other] = [mine - times * its for mine, its in zip(rows_[other], rows_[at], strict=True)]
    return [row[-1] for row in rows_]


DECIDED = """
select t.type, v.stage, count(distinct v.deal || ' ' || v.attempt) as decided from visit v join attempt t using (deal, attempt)
where v.outcome is null and (t.won_on is not null or t.lost_on is not null) group by t.type, v.stage
"""
LIVE = f"""
select n.*, s.chance as usual, case when d.chance_day <= a.d then d.chance end as said, {unparked("n.deal", "n.day", "a.d")} as age
from ({OPEN}) n join deal d using (deal) join stage s using (stage) join asked a
"""


def chances(con):
    """The chance of every open deal in hundredths of a percent, and what it rests on."""
    enough, visits = number(con, "enough"), rows(con, VISITS)
    decided = {(row["type"], row["stage"]): row["decided"] for row in rows(con, DECIDED)}
    known = {
        type_: from_the_start([row for row in visits if row["type"] == type_])
        for type_ in ("new business", "existing business")
    }
    found = {}
    for row in rows(con, LIVE):
        alike = [each for each in visits if (each["type"], each["stage"]) == (row["type"], row["stage"])]
        if row["said"] is not None:
            found[row["deal"]] = row["said"] * 100, "estimate"
        elif decided.get((row["type"], row["stage"]), 0) >= enough:
            found[row["deal"]] = _own(alike, row["age"], enough, known[row["type"]]), "own history"
        elif row["usual"] is not None:
            found[row["deal"]] = row["usual"] * 100, "process default"
    return found


def _own(alike, age, enough, known):
    over = sorted((row["days"] for row in alike if row["went_to"]), reverse=True)
    oldest = max(over[enough - 1] - 1, 0) if len(over) >= enough else 0
    told = ways(alike, min(age, oldest))
    found = sum((share * known.get(stage, stage == "closed won") for stage, share in told.items()), Fraction(0))
    return rounded(PLACES * found)


WORTH = f"""
select v.deal, v.type, n.stage, v.currency, sum(v.amount) as amount from ({VALUE}) v join ({OPEN}) n using (deal)
group by v.deal, v.currency
"""


@count("weighted-pipeline")
def weighted(con, _):
    known, found = chances(con), []
    for row in rows(con, WORTH):
        if row["deal"] in known:
            chance, provenance = known[row["deal"]]
            amount = rounded(Fraction(row["amount"] * chance, PLACES))
            found.append(dict(row) | {"amount": amount, "provenance": provenance})
    deals = sorted({row["deal"] for row in found})
    return {
        "value": added(found) if deals else None,
        "n": len(deals),
        "split": apart(found, "type"),
        "by_stage": apart(found, "stage"),
        "by_provenance": apart(found, "provenance"),
        "included": deals,
    }


@count("sales-velocity")
def velocity(con, _):
    enough, rate = number(con, "enough"), win_rate(con, _)
    won_deals = [(row, pairs) for row, pairs in won(con) if pairs]
    days = [row["won_on"] - row["began"] for row, _ in won(con)]
    live = {}
    for row in rows(con, f"select w.* from ({WORTH}) w join ({OPEN} and is_qualified) n using (deal)"):
        live.setdefault(row["currency"], set()).add(row["deal"])
    told = {}
    for currency in sorted({currency for _, pairs in won_deals for currency, _ in pairs}):
        amounts = [
            sum(cents_ for each, cents_ in pairs if each == currency)
            for _, pairs in won_deals
            if currency in dict(pairs)
        ]
        if len(amounts) >= enough and rate["out_of"] >= enough and sum(days):
            above = len(live.get(currency, ())) * sum(amounts) * rate["hits"] * len(days)
            told[currency] = cents(rounded(Fraction(above, len(amounts) * rate["out_of"] * sum(days))))
    return {"value": told or None}
