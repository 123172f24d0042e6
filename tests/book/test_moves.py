"""What the process says of a move, for every pair of stages, and for thousands of histories judged a second time."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from salesops.book.moves import MoveKind, judged_moves, kind_of
from salesops.records.deal import Deal

NEW, EXISTING = "new business", "existing business"
STAGES = ["enrichment", "outreach", "discovery", "renewals", "proposal", "closed won", "closed lost"]

# Rows: where the deal was ("-" for its first line). Columns: where the line takes it, in the order of STAGES.
# start · exit · back · reopened are allowed; wrong start · skipped · repeated · after close · no way are not.
OF_NEW_BUSINESS = """
    -            start  wrong  wrong  wrong  wrong  wrong  wrong
    enrichment   same   exit   skip   none   skip   skip   exit
    outreach     back   same   exit   none   skip   skip   exit
    discovery    back   back   same   none   exit   skip   exit
    renewals     none   none   none   same   exit   skip   exit
    proposal     back   back   back   none   same   exit   exit
    closed_won   over   over   over   over   over   over   over
    closed_lost  again  again  again  over   again  over   over
"""
OF_EXISTING_BUSINESS = """
    -            wrong  wrong  wrong  start  wrong  wrong  wrong
    enrichment   same   exit   skip   none   skip   skip   exit
    outreach     none   same   exit   none   skip   skip   exit
    discovery    none   none   same   none   exit   skip   exit
    renewals     none   none   none   same   exit   skip   exit
    proposal     none   none   none   back   same   exit   exit
    closed_won   over   over   over   over   over   over   over
    closed_lost  over   over   over   again  again  over   over
"""
WORDS = {
    "start": MoveKind.START,
    "exit": MoveKind.EXIT,
    "back": MoveKind.BACK,
    "again": MoveKind.REOPENED,
    "wrong": MoveKind.WRONG_START,
    "skip": MoveKind.SKIPPED,
    "same": MoveKind.REPEATED,
    "over": MoveKind.AFTER_CLOSE,
    "none": MoveKind.NO_WAY,
}


def rows(table: str, type: str):
    for row in table.split("\n")[1:-1]:
        before, *words = row.split()
        before = None if before == "-" else before.replace("_", " ")
        for stage, word in zip(STAGES, words, strict=True):
            yield pytest.param(type, before, stage, WORDS[word], id=f"{type.split()[0]}: {before} to {stage}")


@pytest.fixture(scope="session")
def book(tmp_path_factory, home):
    from salesops.store.load import load

    root = tmp_path_factory.mktemp("moves")
    (root / "playbook/process").mkdir(parents=True)
    (root / "playbook/process/v3.yaml").write_bytes((home / "playbook/process/v3.yaml").read_bytes())
    return load(root)[0]


@pytest.fixture(scope="session")
def process(book):
    return book.versions["v3"]


@pytest.mark.parametrize(
    ("type", "before", "stage", "kind"), [*rows(OF_NEW_BUSINESS, NEW), *rows(OF_EXISTING_BUSINESS, EXISTING)]
)
def test_every_move_has_its_kind(process, type, before, stage, kind):
    assert kind_of(process, type, before, stage) is kind


def test_the_table_names_every_stage_of_the_process(process):
    assert list(process.stages) == STAGES


def test_four_kinds_of_moves_are_allowed_and_those_that_came_with_an_import_are_not_judged():
    allowed = {kind for kind in MoveKind if kind.is_allowed}
    assert allowed == {MoveKind.START, MoveKind.EXIT, MoveKind.BACK, MoveKind.REOPENED, MoveKind.IMPORTED}


@pytest.mark.parametrize("before", [None, "enrichment", "closed won", "nowhere"])
def test_a_stage_that_does_not_exist_is_unknown_from_anywhere(process, before):
    assert kind_of(process, NEW, before, "nowhere") is MoveKind.UNKNOWN


def test_a_move_away_from_a_stage_that_does_not_exist_is_unknown_too(process):
    assert kind_of(process, NEW, "nowhere", "outreach") is MoveKind.UNKNOWN


def test_a_deal_that_came_from_an_older_version_goes_on_under_the_new_name(process):
    assert kind_of(process, NEW, "prospecting", "proposal") is MoveKind.EXIT
    assert kind_of(process, NEW, "partnering", "closed won") is MoveKind.EXIT
    assert kind_of(process, NEW, "prospecting", "discovery") is MoveKind.REPEATED
    assert kind_of(process, NEW, "outreach", "prospecting") is MoveKind.UNKNOWN


# The same rules once more, written from the prose alone: a deal is judged line by line, with no process file in sight.

EDGES = {
    "enrichment": {"outreach", "closed lost"},
    "outreach": {"discovery", "closed lost"},
    "discovery": {"proposal", "closed lost"},
    "renewals": {"proposal", "closed lost"},
    "proposal": {"closed won", "closed lost"},
    "closed won": set(),
    "closed lost": set(),
}
PATHS = {NEW: ["enrichment", "outreach", "discovery", "proposal"], EXISTING: ["renewals", "proposal"]}


def can_come_from(start: str, target: str) -> bool:
    return any(next == target or can_come_from(next, target) for next in EDGES[start])


def verdict(type: str, before: str | None, stage: str) -> str:
    path = PATHS[type]
    if stage not in EDGES or (before is not None and before not in EDGES):
        return "unknown stage"
    if before is None:
        return "start" if stage == path[0] else "wrong start"
    if before == "closed lost" and stage in path:
        return "reopened"
    if before.startswith("closed"):
        return "after close"
    if before == stage:
        return "repeated"
    if stage in EDGES[before]:
        return "exit"
    if before in path and stage in path and path.index(stage) < path.index(before):
        return "back"
    return "skipped" if can_come_from(before, stage) else "no way"


def wandering(chance: random.Random) -> Deal:
    """A history of up to ten moves, about half of which the process allows."""
    type = chance.choice([NEW, EXISTING])
    stage, day, moves = None, date(2025, 1, 6), []
    for _ in range(chance.randint(1, 10)):
        likely = sorted(EDGES.get(stage, set())) if stage else [PATHS[type][0]]
        anything = [*STAGES, "nowhere"]
        stage = chance.choice(likely) if likely and chance.random() < 0.6 else chance.choice(anything)
        day += timedelta(days=chance.choice([0, 1, 7, 30]))
        moves.append({stage: str(day)})
    return Deal(title="x", member="m", type=type, tier="general", owner="jim", stages=moves)


def test_two_thousand_random_histories_are_judged_the_same_by_a_second_reading_of_the_rules(book):
    chance = random.Random(20261120)
    disagreements, seen = [], Counter()
    for _ in range(2_000):
        deal = wandering(chance)
        before = None
        judged = judged_moves(deal, book.process_of)
        assert len(judged) == len(deal.stages)
        for step in judged:
            said = verdict(deal.type, before, step.stage)
            seen[said] += 1
            if step.kind != said or step.kind.is_allowed != (said in ("start", "exit", "back", "reopened")):
                disagreements.append((deal.type, before, step.stage, step.kind, said))
            before = step.stage
    assert disagreements == []
    assert len(seen) == 10
    assert min(seen.values()) > 100


def test_a_move_is_judged_by_the_version_of_its_day(repo):
    """Until July a deal went straight from enrichment to discovery; since then it passes outreach."""
    old = repo.process(
        """
        version: v1
        in_force: 2024-01-01
        starts: {new business: enrichment}
        stages:
          enrichment: {title: E, exits: [{to: discovery, when: x}]}
          discovery: {title: D}
        conversions: []
        becomes: {}
        """,
        "v1",
    )
    assert old.exists()
    repo.process("in_force: 2026-07-01")
    repo.deal("stages: [{enrichment: 2026-06-01}, {discovery: 2026-06-30}]", "before")
    repo.deal("stages: [{enrichment: 2026-06-01}, {discovery: 2026-07-01}]", "after")
    repo.deal("stages: [{enrichment: 2020-01-01}, {discovery: 2020-02-01}]", "long-ago")
    book = repo.book()
    kinds = {
        id: [step.kind for step in judged_moves(book.deals[id], book.process_of)]
        for id in ("before", "after", "long-ago")
    }
    assert kinds == {
        "before": [MoveKind.START, MoveKind.EXIT],
        "after": [MoveKind.START, MoveKind.SKIPPED],
        "long-ago": [MoveKind.START, MoveKind.EXIT],
    }


def test_a_won_stage_leads_on_only_where_the_process_says_so(repo):
    repo.process("""
        stages:
          talks: {title: Talks, exits: [{to: service, when: Signed}]}
          service: {title: Service, outcome: won, exits: [{to: ended, when: The term is over}]}
          ended: {title: Ended, outcome: won}
        starts: {new business: talks}
        conversions: []
        becomes: {}
    """)
    process = repo.book().versions["v3"]
    assert kind_of(process, NEW, "service", "ended") is MoveKind.EXIT
    assert kind_of(process, NEW, "ended", "service") is MoveKind.AFTER_CLOSE
    assert kind_of(process, NEW, "service", "talks") is MoveKind.AFTER_CLOSE


def test_an_exit_carries_all_its_alternatives(repo):
    repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}, {closed lost: 2026-01-19}]")
    book = repo.book()
    start, out, lost = judged_moves(book.deals["acme"], book.process_of)
    assert (len(start.exits), len(out.exits), len(lost.exits)) == (0, 1, 2)
    assert [step.line for step in (start, out, lost)] == [0, 1, 2]
    assert [step.before for step in (start, out, lost)] == [None, "enrichment", "outreach"]


def test_without_a_process_nothing_is_judged(repo):
    (repo.root / "playbook/process/v3.yaml").unlink()
    book = repo.book()
    assert judged_moves(book.deals["cascadia-2025"], book.process_of) == []
