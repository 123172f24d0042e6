"""A version of the process on the past: which moves it would have stopped, and what became of those deals."""

from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import pytest
from booking import book_of

from salesops.checks import CHECKS
from salesops.checks.check import Case
from salesops.records.deal import Deal
from salesops.records.process import Became, Need, Process
from salesops.reports.backtest import backtest_process, version_before
from salesops.store.load import load

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 20)
WAY = ("enrichment", "outreach", "discovery", "proposal", "closed won")
GATES = (
    *("need-not-met", "stage-skipped", "start-wrong", "move-not-allowed"),
    *("moved-back-without-reason", "reopened-without-reason"),
)
NONE_MEETS = Need(field="x.vpat")
EVERY = (Need(field="title"), Need(field="source.channel"))


@cache
def demonstration():
    return load(ROOT)[0]


@pytest.fixture
def process():
    return demonstration().versions["v3"]


def asking(process: Process, *needs: Need) -> Process:
    """A version that follows, and asks for more on the way from Enrichment to Outreach."""
    stage = process.stages["enrichment"]
    exits = tuple(
        way.model_copy(update={"needs": (*way.needs, *needs)}) if way.to == "outreach" else way for way in stage.exits
    )
    stages = {**process.stages, "enrichment": stage.model_copy(update={"exits": exits})}
    return process.model_copy(update={"version": "v9", "in_force": date(2027, 1, 4), "stages": stages})


def without_needs(process: Process) -> Process:
    """A version that lets through whatever goes one of its ways."""
    stages = {
        name: stage.model_copy(
            update={"exits": tuple(way.model_copy(update={"needs": ()}) for way in stage.exits)},
        )
        for name, stage in process.stages.items()
    }
    return process.model_copy(update={"stages": stages})


def deal(**fields):
    common = {"title": "General Membership", "member": "acme", "type": "new business", "tier": "general"}
    return Deal.model_validate({**common, "owner": "jim", "source": {"channel": "referral"}, **fields})


def life(dice: Random) -> Deal:
    """A deal that goes its way, knows some things on some days, and is won, lost or still open."""
    reached = dice.randint(1, len(WAY))
    days = sorted(dice.randint(1, 28) for _ in range(reached + 1))
    stages = [{stage: f"2026-03-{day:02d}"} for stage, day in zip(WAY, days, strict=False)][:reached]
    if reached < len(WAY) and dice.random() < 0.5:
        stages.append({"closed lost": f"2026-03-{days[-1]:02d}"})
    if dice.random() < 0.2:
        stages.append({dice.choice(WAY): "2026-04-02"})
    known = {
        name: {"status": "met", "date": f"2026-03-{dice.randint(1, 28):02d}", "note": "Said so"}
        for name in ("need", "money", "authority")
        if dice.random() < 0.7
    }
    call = {"date": f"2026-03-{dice.randint(1, 28):02d}", "kind": "call", "outcome": "spoke"}
    icp = {"hypothesis": "teaching-led", "version": "1", "fit": "true"}
    return deal(stages=stages, maniac_t=known, activity=[call] if dice.random() < 0.6 else [], icp=icp)


def lives(seed, version):
    """A book of such deals under one version, from a seed."""
    return book_of(
        versions={version.version: version}, deals={f"deal-{at}": life(Random(f"{seed}.{at}")) for at in range(12)}
    )


def blamed(book):
    """The moves that the checks blame, by deal and line."""
    for id, record in book.deals.items():
        case = Case("deal", id, record, book, DAY)
        for code in GATES:
            yield from ((id, finding.path[1]) for finding in CHECKS[code].run(case))


@pytest.mark.parametrize("seed", range(20))
def test_a_need_that_every_deal_meets_stops_no_more_moves_and_one_that_none_meets_stops_all(process, seed):
    plain = without_needs(process)
    snapshot = lives(seed, plain).on(DAY)
    before = [move.step for move in backtest_process(snapshot, plain, None).stopped]
    met = backtest_process(snapshot, asking(plain, *EVERY), plain)
    assert [(move.step.line, move.step.kind) for move in met.stopped] == [(step.line, step.kind) for step in before]
    assert all(it.newly == 0 for it in met.by_outcome.values())
    unmet = backtest_process(snapshot, asking(plain, NONE_MEETS), plain)
    news = [move for move in unmet.stopped if not move.is_stopped_before]
    on_the_way = [move for move in unmet.judged if (move.step.before, move.step.stage) == ("enrichment", "outreach")]
    assert news == on_the_way
    assert {move.why for move in news} <= {("x.vpat",)}


@pytest.mark.parametrize("seed", range(20))
def test_what_is_stopped_is_what_the_checks_find_where_the_version_was_always_in_force(process, seed):
    draft = asking(process, Need(field="maniac_t.authority"))
    found = backtest_process(lives(seed, process).on(DAY), draft, process)
    ruled = lives(seed, draft.model_copy(update={"in_force": date(2020, 1, 1)}))
    assert {(move.deal, move.step.line) for move in found.stopped} == set(blamed(ruled))
    assert found.stopped, "a sample without a stopped move shows nothing"


@pytest.mark.parametrize("seed", range(10))
def test_each_attempt_counts_once_under_what_became_of_it(process, seed):
    found = backtest_process(lives(seed, process).on(DAY), asking(process, NONE_MEETS), process)
    for outcome, told in found.by_outcome.items():
        stopped = {move.key for move in found.stopped if move.outcome == outcome}
        assert told.stopped == len(stopped) <= told.attempts
        assert told.newly <= told.stopped
    assert sum(sum(by.values()) for *_, by in found.by_need) == sum(len(move.why) for move in found.stopped)


def test_a_version_that_was_in_force_stops_none_of_the_moves_of_its_own_time():
    book = demonstration()
    for version in book.processes:
        found = backtest_process(book.on(DAY), version, None)
        own = [move for move in found.stopped if book.process_on(move.step.day) is version]
        assert own == []


def test_what_was_learned_after_the_move_comes_too_late_for_it(process):
    stages = [{"enrichment": "2026-03-01"}, {"outreach": "2026-03-10"}]
    plain = without_needs(process)
    book = book_of(
        versions={"v3": plain},
        deals={
            id: deal(stages=stages, maniac_t={"need": {"status": "met", "date": day, "note": "Said so"}})
            for id, day in (("in-time", "2026-03-10"), ("late", "2026-03-11"))
        },
    )
    found = backtest_process(book.on(DAY), asking(plain, Need(field="maniac_t.need")), plain)
    assert [(move.deal, move.step.day, move.lacks) for move in found.stopped] == [
        ("late", date(2026, 3, 10), ("maniac_t.need",))
    ]


def test_a_stage_of_an_older_version_is_taken_for_what_it_became_and_one_that_became_nothing_is_named(process):
    stages = [{"waiting": "2026-03-01"}, {"prospecting": "2026-03-05"}, {"discovery": "2026-03-10"}]
    old = process.model_copy(
        update={
            "version": "v1",
            "in_force": date(2024, 1, 1),
            "stages": dict.fromkeys(("waiting", "prospecting", "partnering"), process.stages["outreach"])
            | dict(process.stages),
        }
    )
    book = book_of(
        versions={"v1": old},
        deals={
            "renamed": deal(stages=stages),
            "lost-track": deal(stages=[{"partnering": "2026-03-01"}, {"discovery": "2026-03-10"}]),
        },
    )
    became = {name: Became(stage="outreach") for name in ("waiting", "prospecting")}
    draft = without_needs(process).model_copy(update={"becomes": became})
    found = backtest_process(book.on(DAY), draft, None)
    assert [(move.deal, move.step.stage, move.step.kind.value) for move in found.stopped] == [
        ("renamed", "outreach", "wrong start")
    ]
    assert found.within == 1
    assert found.unknown == {"partnering": ["lost-track"]}
    assert [move.deal for move in found.judged] == ["renamed", "renamed"]


def test_only_moves_from_a_day_on_where_that_is_asked(process):
    found = backtest_process(demonstration().on(DAY), process, None, date(2026, 6, 1))
    assert found.judged
    assert min(move.step.day for move in found.judged) >= date(2026, 6, 1)


def test_a_version_is_held_against_the_one_it_builds_on_else_the_last_one_before_it():
    book = demonstration()
    versions = book.versions
    assert version_before(versions.values(), versions["v4"]) is versions["v3"]
    assert version_before(versions.values(), versions["v1"]) is None
    later = versions["v2"].model_copy(update={"version": "v9", "in_force": date(2030, 1, 1), "from_": None})
    assert version_before(versions.values(), later) is versions["v4"]
