"""A portfolio as plain tables of days and cents in SQLite, and what was known of it on a day."""

from __future__ import annotations

import sqlite3
from datetime import date

from second_count.portfolios import LAST, LESSONS, OLD, QUALIFIED, RENAMED, VERSIONS

SCHEMA = """
create table asked (d, since, until);
create table deal (deal primary key, type, member, campaign, mrr, mrr_in, one_off, one_off_in, months, renews,
                   chance, chance_day, expected, operational);
create table move (deal, n, stage, day);
create table span (deal, since, until);
create table entry (deal, n, day, kind, about, status, meeting, outcome, replied, opened, bounced, message);
create table contract (deal primary key, signed, first, last, stopped, mrr, mrr_in, one_off, one_off_in);
create table lesson (deal, path, n);
create table waived (deal, path, stage);
create table sent (message, day, sent, bounced, opened, replied);
create table rate (day, currency, rate);
create table version (version, first, last);
create table qualified (stage, first, last);
create table becomes (name primary key, stage);
create table stage (stage primary key, outcome, chance, stale, idle);
create table beyond (stage, other);
create table asks (came_from, stage, path);
create table line (id, metric, bound, after, of, wins, run);
create table number (name, value);
create table calendar (day primary key);
"""

KNOWN = """
drop table if exists visit;
drop table if exists parked;
drop table if exists now;
drop table if exists attempt;
drop table if exists term;

-- Moves up to the day, by the names that the stages have today; an attempt begins with the deal, and whenever a lost one is opened again.
create table visit as
with known as (
    select m.deal, m.n, m.day, m.stage as raw, coalesce(b.stage, m.stage) as stage
    from move m join asked a left join becomes b on b.name = m.stage where m.day <= a.d),
judged as (
    select k.*, s.outcome, lag(s.outcome) over w as before, lag(k.stage) over w as came_from, lag(k.raw) over w as raw_before,
           lead(k.day) over w as left_on
    from known k join stage s using (stage) window w as (partition by deal order by n))
select *, 1 + sum(before is 'lost' and outcome is not 'lost') over (partition by deal order by n) as attempt from judged;

-- Every day on which a deal is parked: as it says itself, or since it waits under a name that means so, until it says how long.
create table parked as
select distinct s.deal, c.day from span s join calendar c on c.day >= s.since and (s.until is null or c.day < s.until)
union
select v.deal, c.day from visit v join calendar c on c.day >= max(v.day, :renamed) and (v.left_on is null or c.day < v.left_on)
where v.raw = 'waiting'
  and not exists (select 1 from span s where s.deal = v.deal and s.since between max(v.day, :renamed) and c.day);
create index parked_days on parked (deal, day);

create table now as
select v.*, d.type, d.member,
       exists (select 1 from parked p, asked a where p.deal = v.deal and p.day = a.d) as is_parked,
       exists (select 1 from qualified q, asked a where q.stage = v.raw and a.d between q.first and q.last) as is_qualified
from visit v join deal d using (deal) where v.left_on is null and v.n = (select max(n) from visit o where o.deal = v.deal);

-- An attempt with its first and last day, and what became of it.
create table attempt as
select v.deal, v.attempt, min(v.day) as began,
       min(case when v.outcome = 'won' then v.day end) as won_on, min(case when v.outcome = 'lost' then v.day end) as lost_on,
       n.type, n.attempt = v.attempt and n.is_parked as is_parked
from visit v join now n using (deal) group by v.deal, v.attempt;

-- Contracts that are known on the day: of deals that are won by then, nothing before the signature, no end of the service that is to come.
create table term as
select c.deal, n.type, n.member, c.signed, c.first, c.last, c.mrr, c.mrr_in, c.one_off, c.one_off_in,
       case when c.stopped <= a.d then c.stopped end as stopped, d.renews, t.won_on, c.last - a.d as left_days
from now n join asked a join deal d using (deal) join contract c using (deal) join attempt t on t.deal = n.deal and t.attempt = n.attempt
where n.outcome = 'won' and (c.signed is null or c.signed <= a.d);
"""


def day(value):
    """The number of a day; of a month or a quarter that of its first."""
    if not value:
        return None
    if "Q" in value:
        return date(int(value[:4]), int(value[5]) * 3 - 2, 1).toordinal()
    return date.fromisoformat(value if len(value) == 10 else f"{value}-01").toordinal()


def money(text):
    """``12.30 USD`` in cents, and the currency."""
    if not text:
        return None, None
    amount, currency = text.split()
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int((part + "00")[:2]), currency


def tables(portfolio, process):
    """The portfolio in a new database; of the process it takes what a file of it says."""
    con = sqlite3.connect(":memory:")
    con.row_factory = sqlite3.Row
    con.executescript(SCHEMA)
    for id, fields in portfolio.deals.items():
        if _can_be_followed(fields["stages"], process["stages"]):
            _put_deal(con, id, fields)
    for result in portfolio.outreach.values():
        for count in result["results"]:
            told = [int(count[name]) if name in count else None for name in ("sent", "bounced", "opened", "replied")]
            _put(con, "sent", result["message"], day(count["date"]), *told)
    for rate in portfolio.rates:
        _put(con, "rate", day(rate["date"]), rate["from"], int(rate["rate"][2:]))
    for name, value in portfolio.numbers.items():
        _put(con, "number", name, value)
    for line in portfolio.red_lines:
        bound = (line.get("below") or line.get("above") or "").rstrip("%")
        whole = [int(line[name]) if name in line else None for name in ("after", "wins", "in")]
        _put(con, "line", line["id"], line["metric"], int(bound or 0), whole[0], line.get("of"), *whole[1:])
    _put_process(con, process)
    con.execute("create index moves on move (deal, n)")
    con.execute("create index spans on span (deal)")
    return con


def _can_be_followed(moves, stages):
    """Whether the days of a deal never go back and some version knows each of its stages: else it is in no number."""
    names, days = zip(*((name, on) for move in moves for name, on in move.items()), strict=True)
    return list(days) == sorted(days) and {*names} <= {*OLD, *stages}


def _put(con, table, *values):
    con.execute(f"insert into {table} values ({','.join('?' * len(values))})", values)


def _put_deal(con, id, fields):
    value, chance = fields.get("value", {}), fields.get("probability", {})
    _put(
        con,
        "deal",
        id,
        fields["type"],
        fields["member"],
        fields.get("source", {}).get("campaign"),
        *money(value.get("mrr")),
        *money(value.get("one_off")),
        int(value["months"]) if "months" in value else None,
        fields.get("renews"),
        int(chance["value"][:-1]) if chance else None,
        day(chance.get("date")),
        day(fields.get("expected_close")),
        day(fields.get("order", {}).get("operational")),
    )
    for n, move in enumerate(fields["stages"]):
        _put(con, "move", id, n, *((stage, day(on)) for stage, on in move.items()).__next__())
    for span in fields["parked"]:
        _put(con, "span", id, day(span["since"]), day(span.get("until")))
    for n, entry in enumerate(fields["activity"]):
        _put_entry(con, id, n, entry)
    contract = fields.get("contract", {})
    days = [day(contract.get(name)) for name in ("signed", "start", "end", "service_ended")]
    if contract:
        _put(con, "contract", id, *days, *money(contract.get("mrr")), *money(contract.get("one_off")))
    for name in fields.get("win", {}):
        _put(con, "lesson", id, f"win.{name}", None)
    for n, loss in enumerate(fields.get("loss", ()), 1):
        for name in loss:
            _put(con, "lesson", id, f"loss.{name}", n)
    for waiver in fields.get("waived", ()):
        _put(con, "waived", id, waiver["need"], waiver["stage"])


def _put_entry(con, id, n, entry):
    words = [entry.get(name) for name in ("kind", "about", "status", "id", "outcome")]
    yes = [entry[name] == "true" if name in entry else None for name in ("opened", "bounced")]
    _put(con, "entry", id, n, day(entry["date"]), *words, day(entry.get("replied")), *yes, entry.get("template"))


def _put_process(con, process):
    firsts = {version: first.toordinal() for version, first in VERSIONS.items()}
    lasts = dict(zip(firsts, [*[first - 1 for first in firsts.values()][1:], LAST.toordinal() * 2], strict=True))
    stages = process["stages"]
    for version, first in firsts.items():
        _put(con, "version", version, first, lasts[version])
        for name in (*OLD, *stages):
            if (name if version == "v1" else OLD.get(name, name)) in QUALIFIED[version]:
                _put(con, "qualified", name, first, lasts[version])
    for old, new in OLD.items():
        _put(con, "becomes", old, new)
    for name, stage in stages.items():
        chance = int(stage["probability"][:-1]) if "probability" in stage else None
        limits = [int(stage[limit]) if limit in stage else None for limit in ("stale_after", "idle_after")]
        _put(con, "stage", name, stage.get("outcome"), chance, *limits)
        for way in stage.get("exits", ()):
            _put_lessons(con, name, way["to"], way.get("needs", ()))
        _put_lessons(con, None, name, stage.get("completion", {}).get("needs", ()))
        for other in _beyond(stages, name):
            _put(con, "beyond", name, other)
    con.executemany(
        "insert into calendar values (?)", [(on,) for on in range(date(2025, 6, 1).toordinal(), LAST.toordinal() + 1)]
    )


def _put_lessons(con, start, stage, needs):
    """What was learned, where a way into a stage or the closed stage itself asks for it."""
    for need in needs:
        if need.get("field") in LESSONS:
            _put(con, "asks", start, stage, need["field"])


def _beyond(stages, name):
    """A stage, and those to which its exits lead, a loss left out."""
    found, more = set(), {name}
    while more:
        found |= more
        more = {
            ex["to"] for at in more for ex in stages[at].get("exits", ()) if stages[ex["to"]].get("outcome") != "lost"
        }
        more -= found
    return found


def ask(con, asked):
    """What is known on the day that is asked for."""
    con.execute("delete from asked")
    days = [on.toordinal() if on else None for on in asked]
    con.execute("insert into asked values (?, ?, ?)", days)
    con.executescript(KNOWN.replace(":renamed", str(RENAMED.toordinal())))
