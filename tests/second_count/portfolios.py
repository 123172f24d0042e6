"""Whole portfolios at random, as files would say them: deals, contracts one after the other, rates, results of messages, the team's own numbers."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

DAY = timedelta(days=1)
ANCIENT, RENAMED, SHARPER, AGAIN = date(2020, 1, 1), date(2026, 3, 1), date(2026, 7, 1), date(2026, 10, 5)
"""The first days of four versions of the process."""
VERSIONS = {"v1": ANCIENT, "v2": RENAMED, "v3": SHARPER, "v4": AGAIN}
OLD = {
    "lead": "enrichment",
    "talks": "outreach",
    "waiting": "outreach",
    "chat": "discovery",
    "again": "renewals",
    "offer": "proposal",
    "member": "closed won",
    "gone": "closed lost",
}
"""The stages of the first version, and what they are since the second; whoever waits is parked from then on."""
QUALIFIED = {
    "v1": ("talks", "waiting", "chat", "offer"),
    "v2": ("outreach", "discovery", "renewals", "proposal"),
    "v3": ("discovery", "renewals", "proposal"),
    "v4": ("outreach", "discovery", "proposal"),
}
LAST = date(2027, 3, 31)
LESSONS = ("win.learning", "win.signals", "loss.learning", "loss.playbook")


class Portfolio(NamedTuple):
    """The records of a team, as plain data."""

    deals: dict[str, dict[str, Any]]
    rates: list[dict[str, str]]
    outreach: dict[str, dict[str, Any]]
    numbers: dict[str, int]
    red_lines: list[dict[str, Any]]


class Asked(NamedTuple):
    """The day of a number, and the days between which its cohort began or its deals were closed."""

    as_of: date
    since: date | None = None
    until: date | None = None


def portfolio(seed, random_deals):
    """``random_deals`` gives lives; what a number of money, of the process or of the team needs comes on top."""
    dice = Random(f"portfolio {seed}")
    deals = random_deals(seed, dice.choice((3, 5, 8, 8, 12, 20)))
    for number, (id, deal) in enumerate(deals.items()):
        _make_whole(dice, deal, number, max(2, len(deals) // 3))
        _renewed(dice, id, deal, deals)
    return Portfolio(deals, _rates(dice), _results(dice), _numbers(dice), _red_lines(dice))


def asked(seed, records):
    """Two questions about a portfolio: on any day, and on one on which a limit is just reached or passed, mostly between two days."""
    dice = Random(f"asked {seed}")
    any_day = RENAMED + timedelta(days=dice.randrange(330))
    edge = dice.choice(sorted(day for day in _edges(records) if RENAMED <= day < LAST) or [any_day])
    since = edge - timedelta(days=dice.randrange(200))
    until = edge - timedelta(days=dice.randrange(30))
    window = dice.choice(((since, None), (since, max(since, until)), (None, until), (None, None)))
    return [Asked(any_day), Asked(edge, *window)]


AFTER_A_MOVE = (0, 6, 7, 14, 15, 21, 22, 30, 31, 45, 46, 60, 61)
AROUND_AN_END = (-181, -180, -91, -90, -31, -30, -1, 0, 1, 10, 11, 90, 91)


def _edges(records):
    """Days on which a number may turn: a week after a move, the limits of a stage, the windows around the end of a contract."""
    for deal in records.deals.values():
        contract = deal.get("contract", {})
        days = {_entered(move): AFTER_A_MOVE for move in deal["stages"]}
        days |= {date.fromisoformat(span["since"]): (0,) for span in deal["parked"]}
        days |= {date.fromisoformat(contract[name]): AROUND_AN_END for name in ("start", "end") if contract.get(name)}
        yield from (day + timedelta(days=later) for day, offsets in days.items() for later in offsets)


def _make_whole(dice, deal, number, members):
    deal["member"] = f"member-{dice.randrange(members)}"
    moves = _legal(deal["stages"])
    if _stage(moves[-1]) == "closed won" and dice.random() < 0.4:
        moves = [
            {stage: str(date.fromisoformat(on) - timedelta(days=400))} for move in moves for stage, on in move.items()
        ]
    deal["stages"] = [_named(dice, move) for move in moves]
    began, closed = (_entered(deal["stages"][at]) for at in (0, -1))
    if "contract" in deal:
        deal["contract"] |= _signature(dice, closed)
        if deal["contract"].get("start") and dice.random() < 0.7:
            _moved(deal["contract"], closed + timedelta(days=dice.randrange(-200, 20)))
    if dice.random() < 0.6:
        deal["expected_close"] = str(began + timedelta(days=dice.randrange(300)))
    if dice.random() < 0.25:
        said = began + timedelta(days=dice.randrange(150))
        deal["probability"] = {"value": f"{dice.randrange(101)}%", "date": str(said), "why": "They nodded"}
    deal["parked"] = [_parked(dice, span) for span in deal["parked"]]
    deal["activity"] = [_said(dice, entry) for entry in deal["activity"]]
    deal |= _lessons(dice, deal["stages"])
    if dice.random() < 0.03:
        deal["stages"] = _unusable(dice, deal["stages"])


def _unusable(dice, moves):
    """Moves that nobody can follow: back in time, or into a stage that no version knows."""
    wrong = dice.choice(({"discovery": str(_entered(moves[-1]) - DAY)}, {"limbo": str(_entered(moves[-1]))}))
    return [*moves, wrong]


def _entered(move):
    return date.fromisoformat(next(iter(move.values())))


def _stage(move):
    return OLD.get(next(iter(move)), next(iter(move)))


def _legal(moves):
    """What is won stays won, and what is lost is not lost twice in a row."""
    kept = []
    for move in moves:
        if kept and _stage(kept[-1]) == "closed won":
            break
        if not (kept and _stage(kept[-1]) == _stage(move) == "closed lost"):
            kept.append(move)
    return kept


def _named(dice, move):
    """A move by a name of its day."""
    names = [old for old, new in OLD.items() if new in move]
    return {dice.choice(names): str(_entered(move))} if _entered(move) < RENAMED and names else move


def _signature(dice, won):
    return {"signed": str(won + timedelta(days=dice.randrange(-10, 4))) if dice.random() < 0.7 else None}


def _moved(contract, start):
    """The same term, so many days earlier or later."""
    later = start - date.fromisoformat(contract["start"])
    for name in ("start", "end", "service_ended"):
        if contract.get(name):
            contract[name] = str(date.fromisoformat(contract[name]) + later)
    contract["one_off"] = f"{start.toordinal() % 5000}.{start.day:02d} USD" if start.day < 9 else None


def _renewed(dice, id, deal, deals):
    """An existing deal may renew a won one of its member that nobody renews yet; its term begins then, or a little later."""
    deal.pop("renews", None)
    taken = {other.get("renews") for other in deals.values()}
    before = [name for name, other in deals.items() if _may_renew(name, id, other, deal) and name not in taken]
    if before and dice.random() < 0.8:
        deal["type"], deal["renews"] = "existing business", before[-1]
        contract = deals[before[-1]]["contract"]
        last = date.fromisoformat(contract.get("end") or contract["start"])
        if deal.get("contract", {}).get("start"):
            start = max(last, date.fromisoformat(contract["start"])) + dice.choice((1, 1, 1, 5, 40, 95)) * DAY
            _moved(deal["contract"], start)


def _may_renew(name, id, other, deal):
    is_won = any(_stage(move) == "closed won" for move in other["stages"])
    is_before = int(name.split("-")[1]) < int(id.split("-")[1])
    return is_before and is_won and other["member"] == deal["member"] and other.get("contract", {}).get("start")


def _parked(dice, span):
    if "until" in span and dice.random() < 0.15:
        later = date.fromisoformat(span["until"]) + 31 * DAY
        quarter = f"{later.year + (later.month > 9)}Q{later.month // 3 % 4 + 1}"
        return span | {"until": dice.choice((quarter, f"{later:%Y-%m}"))}
    return span


def _said(dice, entry):
    """What came back of it."""
    if entry["kind"] == "call":
        return entry | {"outcome": dice.choice(("spoke", "spoke", "voicemail", "no answer"))}
    if entry["kind"] == "email":
        kept = {
            name: value for name, value in entry.items() if name not in ("opened", "bounced") or dice.random() < 0.7
        }
        later = date.fromisoformat(entry["date"]) + timedelta(days=dice.randrange(20))
        return kept | ({"replied": str(later)} if dice.random() < 0.3 else {})
    return entry


def _lessons(dice, moves):
    """What was learned of the win, and of each loss in their order; some of it was waived."""
    losses = sum(_stage(move) == "closed lost" for move in moves)
    found = {"win": _some_of(dice, "win"), "loss": [_some_of(dice, "loss") for _ in range(dice.randint(0, losses))]}
    if dice.random() < 0.3:
        waived = {"need": dice.choice(LESSONS), "stage": next(iter(moves[-1])), "by": "jim", "why": "Gone"}
        found["waived"] = [waived | {"date": str(_entered(moves[-1]))}]
    return {name: value for name, value in found.items() if value}


def _some_of(dice, kind):
    names = [path.split(".")[1] for path in LESSONS if path.startswith(kind) and dice.random() < 0.6]
    return {name: ["They asked twice"] if name == "signals" else "They asked twice" for name in names}


def _rates(dice):
    days = sorted(dice.sample(range(500), dice.randrange(4)))
    first = date(2025, 6, 1)
    return [
        {
            "date": str(first + timedelta(days=day)),
            "from": "CAD",
            "to": "USD",
            "rate": f"0.{dice.randrange(6500, 8000)}",
        }
        for day in days
    ]


def _results(dice):
    if dice.random() < 0.6:
        return {}
    counts = []
    for month in sorted(dice.sample(range(1, 12), 2)):
        sent = dice.randrange(1, 30)
        bounced = dice.randrange(sent + 1)
        opened = {"opened": str(dice.randrange(sent - bounced + 1))} if dice.random() < 0.8 else {}
        counts.append({"date": f"2026-{month:02d}-11", "sent": str(sent), "bounced": str(bounced), **opened})
    return {"intro-1": {"message": "intro@1", "results": counts}}


def _numbers(dice):
    return {
        "enough": dice.choice((1, 2, 3, 10)),
        "grace_days": dice.choice((10, 90)),
        "weeks_shown": dice.choice((2, 8)),
    }


def _red_lines(dice):
    """Bounds of each kind that can be crossed by chance."""
    few = dice.choice((1, 2, 3))
    lines = [
        {"id": "outreach", "metric": "outreach-to-discovery", "below": f"{dice.randrange(20, 90)}%", "after": str(few)},
        {"id": "talks", "metric": "discovery-to-proposal", "below": "60%", "after": str(few), "of": "calls"},
        {"id": "no-wins", "metric": "proposal-to-won", "wins": "0", "in": str(few)},
    ]
    of_readings = [
        {"id": "stock", "metric": "sqd", "below": str(dice.randrange(8))},
        {"id": "slow", "metric": "days-in-pipeline", "above": str(dice.randrange(5, 60)), "after": str(few)},
    ]
    return lines + (of_readings if dice.random() < 0.15 else [])
