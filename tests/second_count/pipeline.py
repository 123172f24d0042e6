"""The pipeline a second time: stock, what came and went, meetings, stalls, ages and value."""

from __future__ import annotations

from datetime import date

from second_count.counting import by, count, number, of_deals, only, rows, sums

OPEN = "select * from now where outcome is null and not is_parked"
UNPARKED = (
    "({to} - {start} - (select count(*) from parked p where p.deal = {deal} and p.day >= {start} and p.day < {to}))"
)


def unparked(deal, start, to):
    """How many days lie between two, without those on which a deal was parked."""
    return UNPARKED.format(deal=deal, start=start, to=to)


@count("open-deals")
def open_deals(con, _):
    found = rows(con, OPEN)
    return of_deals(found) | {"by_stage": by(found, "stage")}


@count("sqd")
def sqd(con, _):
    return of_deals(rows(con, f"{OPEN} and is_qualified"))


CROSSED = """
with judged as (
    select v.*, d.type,
           exists (select 1 from qualified q where q.stage = v.raw and v.day between q.first and q.last) as inside,
           exists (select 1 from qualified q where q.stage = v.raw_before and v.day between q.first and q.last) as was
    from visit v join deal d using (deal)),
crossed as (
    select j.*, row_number() over (partition by deal, inside order by n) as times from judged j where inside <> was)
select c.*, a.d from crossed c join asked a where c.inside = :inside and c.day between a.d - 6 and a.d
"""


@count("sqd-net-new")
def net_new(con, _):
    found = _each_once(rows(con, CROSSED, inside=1))
    first = by([{"entry": "first entry" if row["times"] == 1 else "re-entry"} for row in found], "entry")
    return of_deals(found) | {"by_entry": first, "flow": flow(con)}


@count("sqd-exits")
def exits(con, _):
    return of_deals(_each_once(rows(con, CROSSED, inside=0)))


def _each_once(found):
    return list({row["deal"]: row for row in reversed(found)}.values())


FLOW = """
with days as (select d.deal, c.day from deal d join calendar c join asked a where c.day between a.d - 6 and a.d),
eve as (
    select s.deal, s.day, v.raw,
           exists (select 1 from parked p where p.deal = s.deal and p.day = s.day) as now_parked,
           exists (select 1 from parked p where p.deal = s.deal and p.day = s.day - 1) as was_parked
    from days s join visit v on v.deal = s.deal and v.day < s.day and (v.left_on is null or v.left_on >= s.day)),
counted as (
    select e.*, exists (select 1 from qualified q where q.stage = e.raw and e.day - 1 between q.first and q.last) as was,
           exists (select 1 from qualified q where q.stage = e.raw and e.day between q.first and q.last) as inside
    from eve e),
moved as (
    select v.*, exists (select 1 from qualified q where q.stage = v.raw and v.day between q.first and q.last) as inside,
           exists (select 1 from qualified q where q.stage = v.raw_before and v.day between q.first and q.last) as was
    from visit v join asked a where v.day between a.d - 6 and a.d
      and not exists (select 1 from parked p where p.deal = v.deal and p.day = v.day))
select (select count(*) from moved where inside > was) as entries,
       (select count(*) from counted where was and was_parked and not now_parked) as resumed,
       (select count(*) from moved where was > inside) as exits,
       (select count(*) from counted where was and now_parked and not was_parked) as parked,
       (select coalesce(sum(inside - was), 0) from counted where not now_parked) as reclassified
"""


def flow(con):
    """What moved the stock in seven days, crossing by crossing."""
    told = dict(rows(con, FLOW)[0])
    net = told["entries"] + told["resumed"] + told["reclassified"] - told["exits"] - told["parked"]
    return told | {"net": net}


HELD = """
with held as (
    select e.deal, e.day, e.about, coalesce(e.meeting, e.deal || ' ' || e.n) as meeting from entry e join asked a
    where e.kind = 'meeting' and e.status = 'held' and e.about in ('discovery', 'proposal', 'renewal') and e.day <= a.d),
turned as (select *, row_number() over (partition by meeting order by day, deal) as turn from held)
select t.*, d.type from turned t join deal d using (deal) where turn = 1
"""


@count("meetings-per-week")
def meetings(con, _):
    on, found = only(con, "select d from asked"), rows(con, HELD)
    sunday = on - on % 7
    each = [_week(found, sunday - 7 * back) for back in range(number(con, "weeks_shown") - 1, -1, -1)]
    running = [_week(found, sunday + 7) | {"partial": True}] if on > sunday else []
    last = [row for row in found if sunday - 7 < row["day"] <= sunday]
    told = of_deals(last) | {"weeks": each + running, "so_far": running[0]["value"] if running else None}
    told.pop("included")
    return told


def _week(found, sunday):
    first = date.fromordinal(sunday - 6)
    held = sum(sunday - 7 < row["day"] <= sunday for row in found)
    return {"week": f"{first:%G-W%V}", "starts": str(first), "value": held, "partial": False}


STALLED = f"""
with contact as (
    select deal, day from entry where kind = 'meeting' and status = 'held'
    union all select deal, day from entry where kind = 'call' and outcome = 'spoke'
    union all select deal, replied from entry where replied is not null),
idle as (
    select n.*, a.d, s.stale, s.idle, max(n.day, coalesce((select max(c.day) from contact c where c.deal = n.deal and c.day <= a.d), 0)) as spoken
    from ({OPEN}) n join asked a join stage s using (stage))
select * from idle where {unparked("idle.deal", "idle.day", "idle.d")} > stale or {unparked("idle.deal", "idle.spoken", "idle.d")} > idle.idle
"""


@count("stalled")
def stalled(con, _):
    found = rows(con, STALLED)
    return of_deals(found) | {"by_stage": by(found, "stage")}


AGES = f"""
select n.*, {unparked("n.deal", "n.day", "a.d")} as age,
       (select sum({unparked("v.deal", "v.day", "coalesce(v.left_on, a.d)")}) from visit v
        where v.deal = n.deal and v.attempt = n.attempt and v.stage = n.stage) as whole
from ({OPEN}) n join asked a where n.stage = :stage
"""


@count("age-in-")
def ages(con, stage):
    found = rows(con, AGES, stage=stage)
    values = sorted(row["age"] for row in found)
    return {
        "n": len(values),
        "value": mean(values),
        "oldest": max(values, default=None),
        "cumulative": mean([row["whole"] for row in found]),
        **{name: told for name, told in of_deals(found).items() if name != "value"},
        **spread(values),
    }


def mean(values):
    return sum(values) / len(values) if values else None


def spread(values):
    """The middle, the least and the greatest of some values."""
    half = len(values) // 2
    middle = (values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2) if values else None
    return {"median": middle, "least": min(values, default=None), "greatest": max(values, default=None)}


VALUE = """
select d.deal, d.type, d.mrr_in as currency, d.mrr * coalesce(d.months, 12) as amount from deal d where d.mrr is not null
union all select d.deal, d.type, d.one_off_in, d.one_off from deal d where d.one_off is not null
"""
"""What a deal is expected to bring, one row for what recurs and one for what comes once."""


@count("pipeline-value")
def pipeline_value(con, _):
    worth = rows(con, f"select v.*, n.stage from ({VALUE}) v join ({OPEN}) n using (deal)")
    deals = {row["deal"] for row in worth}
    return {
        "value": added(worth) if deals else None,
        "n": len(deals),
        "without_amount": only(con, f"select count(*) from ({OPEN})") - len(deals),
        "split": apart(worth, "type"),
        "by_stage": apart(worth, "stage"),
        "included": sorted(deals),
    }


def added(worth):
    return sums((row["currency"], row["amount"]) for row in worth)


def apart(worth, name):
    """The sums of the rows that have the same word in a column."""
    words = dict.fromkeys(row[name] for row in worth)
    return {word: added([row for row in worth if row[name] == word]) for word in words}
