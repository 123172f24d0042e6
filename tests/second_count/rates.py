"""Rates and days a second time: conversions, the win rate, the opens, what was learned, and how long it took."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

from second_count.counting import by, column, count, iso, rows, within
from second_count.pipeline import mean, spread, unparked

CONVERSIONS = {
    "enrichment-to-outreach": ("enrichment", "outreach"),
    "outreach-to-discovery": ("outreach", "discovery"),
    "discovery-to-proposal": ("discovery", "proposal"),
    "proposal-to-won": ("proposal", "closed won"),
}

COHORT = f"""
with first as (
    select t.deal, t.attempt, t.began, t.lost_on, t.is_parked, d.campaign,
           (select min(n) from visit v where v.deal = t.deal and v.attempt = t.attempt and v.stage = :start) as n,
           (select min(v.n) from visit v join beyond b on b.other = v.stage
            where v.deal = t.deal and v.attempt = t.attempt and b.stage = :goal) as ever
    from attempt t join deal d using (deal) where t.type = 'new business'),
cohort as (
    select f.*, v.day as entered,
           (select min(o.day) from visit o join beyond b on b.other = o.stage
            where o.deal = f.deal and o.attempt = f.attempt and o.n > f.n and b.stage = :goal) as reached_on
    from first f left join visit v on v.deal = f.deal and v.n = f.n)
select c.*, {unparked("c.deal", "c.entered", "coalesce(c.reached_on, c.lost_on, a.d)")} as days,
       case when n is null then case when ever is not null then 'skipped' end
                 when reached_on is not null then 'converted' when lost_on is not null then 'failed'
                 when is_parked then 'parked' else 'open' end as became
from cohort c join asked a where became is not null and {within("coalesce(c.entered, c.began)")}
"""


def cohort(con, start, goal):
    return rows(con, COHORT, start=start, goal=goal)


def became(found, *more):
    words = by(found, "became")
    return {word: words.get(word, 0) for word in ("converted", "failed", "open", "parked", *more)}


def share(hits, out_of, undecided=0, parked=0):
    return {
        "hits": hits,
        "out_of": out_of,
        "open": undecided,
        "parked": parked,
        "value": hits / out_of if out_of else None,
        "to_date": hits / (out_of + undecided) if out_of + undecided else None,
    }


def _as_share(found):
    told = became(found)
    return share(told["converted"], told["converted"] + told["failed"], told["open"], told["parked"])


CALLED = """
with begun as (
    select deal, attempt, min(began, coalesce(lag(lost_on) over (partition by deal order by attempt) + 1, began)) as day from attempt)
select distinct e.deal, coalesce((select max(b.attempt) from begun b where b.deal = e.deal and b.day <= e.day), 1) as attempt
from entry e join asked a
where e.kind = 'meeting' and e.about = 'discovery' and e.status = 'held' and e.day <= a.d
"""
"""What is held after a loss belongs to the next attempt; before there is any, to the first."""


@count(*CONVERSIONS)
def conversion(con, metric):
    found = cohort(con, *CONVERSIONS[metric])
    inside = [row for row in found if row["became"] != "skipped"]
    hits = [row for row in inside if row["became"] == "converted"]
    told = _as_share(found) | {"attempts": became(inside) | {"skipped": by(found, "became").get("skipped", 0)}}
    told |= {"hit": sorted({row["deal"] for row in hits}), "by_month": _by_month(inside)}
    told["by_days"] = lambda row: _by_day(inside, row["days"])
    if metric == "discovery-to-proposal":
        called = {(row["deal"], row["attempt"]) for row in rows(con, CALLED)}
        told["calls"] = became([row for row in inside if (row["deal"], row["attempt"]) in called])
    return told


def _by_day(inside, last):
    """How likely one has converted, and has failed, so many days after it began (Aalen and Johansen)."""
    left, share = Fraction(1), {"converted": Fraction(0), "failed": Fraction(0)}
    for days in sorted({row["days"] for row in inside if row["became"] in share and row["days"] <= last}):
        at_risk = sum(row["days"] >= days for row in inside)
        here = [row["became"] for row in inside if row["became"] in share and row["days"] == days]
        for word in share:
            share[word] += left * here.count(word) / at_risk
        left -= left * len(here) / at_risk
    followed = sum(row["days"] >= last for row in inside)
    return {"days": last, "followed": followed, **share, "undecided": left}


def _by_month(inside):
    """By the month of the first entry; who is parked is told beside the others."""
    months = sorted({iso(row["entered"])[:7] for row in inside})
    return [_month(month, [row for row in inside if iso(row["entered"])[:7] == month]) for month in months]


def _month(month, inside):
    told = became(inside)
    n = len(inside) - told["parked"]
    to_date = told["converted"] / n if n else None
    return {"month": month, "n": n, **told, "to_date": to_date, "interval": wilson(told["converted"], n)}


def wilson(hits, n):
    """Wilson's score interval of 95 %."""
    if not n:
        return None
    z, p = 1.959963984540054, hits / n
    middle, reach = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [max(0.0, (middle - reach) / (1 + z * z / n)), min(1.0, (middle + reach) / (1 + z * z / n))]


@count("lead-qualification-rate")
def qualification(con, _):
    on_the_way = ("enrichment", "outreach", "discovery", "proposal")
    now = column(con, "select q.stage from qualified q join asked a on a.d between q.first and q.last")
    found = cohort(con, "enrichment", next(stage for stage in on_the_way if stage in now))
    inside = [row for row in found if row["became"] != "skipped"]
    campaigns = sorted({row["campaign"] or "no campaign" for row in inside})
    told = {each: became([row for row in inside if (row["campaign"] or "no campaign") == each]) for each in campaigns}
    return _as_share(found) | {"by_campaign": told}


CLOSED = """
select t.deal, t.attempt, t.type, 'won' as became, t.won_on as closed, null as lost_from from attempt t where won_on is not null
union all
select t.deal, t.attempt, t.type, 'lost', v.day, v.came_from from attempt t join visit v on v.deal = t.deal and v.attempt = t.attempt
where v.outcome = 'lost'
"""
CLOSED_IN_WINDOW = f"select c.* from ({CLOSED}) c join asked a where {within('c.closed')}"


@count("win-rate")
def win_rate(con, _):
    found = rows(con, CLOSED_IN_WINDOW)
    won = [row for row in found if row["became"] == "won"]
    live = rows(con, "select * from attempt where won_on is null and lost_on is null")
    parked = sum(bool(row["is_parked"]) for row in live)
    words = [f"{row['became']} {row['type']}" for row in found]
    return share(len(won), len(found), len(live) - parked, parked) | {
        "split": {word: words.count(word) for word in set(words)},
        "lost_from": by([row for row in found if row["became"] == "lost" and row["lost_from"]], "lost_from"),
        "hit": sorted({row["deal"] for row in won}),
    }


def as_days(found, name="days"):
    values = sorted(row[name] for row in found)
    told = {"days": values, "n": len(values), "value": mean(values), "split": by(found, "type"), **spread(values)}
    return told | {"included": sorted({row["deal"] for row in found})}


TO_THE_WIN = f"""
select t.*, (select min(v.day) from visit v where v.deal = t.deal and v.stage = 'enrichment') as start
from attempt t join asked a where t.won_on is not null and t.type = 'new business' and {within("t.won_on")}
"""


@count("days-in-pipeline")
def days_in_pipeline(con, _):
    sql = f"select w.*, w.won_on - w.start as days, w.won_on - w.began as own, {unparked('w.deal', 'w.start', 'w.won_on')} as active from ({TO_THE_WIN}) w"
    found = rows(con, f"{sql} where w.start is not null")
    means = {"active_mean": mean([row["active"] for row in found])}
    return as_days(found) | means | {"current_attempt_mean": mean([row["own"] for row in found])}


@count("days-to-loss")
def days_to_loss(con, _):
    sql = f"select t.*, t.lost_on - t.began as days from attempt t join asked a where t.lost_on is not null and t.type = 'new business' and {within('t.lost_on')}"
    return as_days(rows(con, sql))


DAYS_IN = f"""
with stays as (
    select v.deal, v.attempt, sum(v.left_on - v.day) as days, max(v.left_on) as left_on, sum(v.left_on is null) as there
    from visit v where v.stage = :stage group by v.deal, v.attempt)
select s.*, d.type from stays s join deal d using (deal) join asked a where not there and {within("s.left_on")}
"""


@count("days-in-")
def days_in(con, stage):
    return as_days(rows(con, DAYS_IN, stage=stage))


MESSAGES = f"""
with mail as (
    select e.*, e.bounced is not 1 as delivered from entry e join deal d using (deal) join asked a
    where e.kind = 'email' and e.message is not null and e.day <= a.d and d.type = 'new business' and {within("e.day")}),
on_file as (select s.*, {within("s.day")} as inside from sent s join asked a where s.day <= a.d)
select message, sum(inside * sent) as sent, sum(inside * (sent - coalesce(bounced, 0))) as delivered,
       sum(case when inside then opened end) as opened
from on_file group by message
union all
select message, count(*), sum(delivered), sum(case when delivered then opened end)
from mail where message not in (select message from on_file) group by message
"""


@count("email-open-rate")
def opens(con, _):
    found = rows(con, MESSAGES)
    counted = [row for row in found if row["opened"] is not None]
    told = share(sum(row["opened"] for row in counted), sum(row["delivered"] for row in counted))
    table = {row["message"]: (row["sent"], row["delivered"], row["opened"]) for row in found}
    return told | {"by_message": table}


OWED = f"""
with closed as (select n.deal, n.type, n.stage, n.raw, n.came_from from now n join asked a where n.outcome is not null and {within("n.day")}),
owed as (
    select c.deal, e.path, w.deal is not null as is_waived from closed c join asks e on e.came_from = c.came_from and e.stage = c.stage
    left join waived w on w.deal = c.deal and w.path = e.path and w.stage = c.raw
    union select c.deal, e.path, 0 from closed c join asks e on e.came_from is null and e.stage = c.stage),
lacking as (
    select distinct o.deal, o.path from owed o where not is_waived
      and not exists (select 1 from lesson l where l.deal = o.deal and l.path = o.path
        and (l.n is null or l.n = (select count(*) from visit v where v.deal = l.deal and v.outcome = 'lost'))))
select c.*, (select group_concat(path) from lacking l where l.deal = c.deal) as lacks from closed c
where exists (select 1 from owed o where o.deal = c.deal)
"""


@count("learning-coverage")
def learning(con, _):
    found = rows(con, OWED)
    whole = [row["deal"] for row in found if not row["lacks"]]
    told = share(len(whole), len(found)) | {"hit": sorted(whole)}
    lacking = [path for row in found for path in (row["lacks"] or "").split(",") if path]
    return told | {"missing_by_field": {path: lacking.count(path) for path in set(lacking)}}


@count("handoff-lead-time")
def handoff(con, _):
    sql = f"""select t.*, d.operational - t.signed as days from term t join deal d using (deal) join asked a
              where d.operational <= a.d and t.signed is not null and {within("d.operational")}"""
    return as_days(rows(con, sql))
