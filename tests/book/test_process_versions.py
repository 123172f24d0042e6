"""The three versions of the process: every move within the older two, and 20,000 lives across all of them judged a second time."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from salesops.book.moves import MoveKind, judged_moves, kind_of
from salesops.records.deal import Deal
from salesops.store.load import load

NEW, EXISTING = "new business", "existing business"
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

# Rows: where the deal was ("-" for its first line). Columns: where the line takes it.
V1 = """
                      active_lead  waiting  needs_admin  active_service  inactive_service  inactive_lead
    -                 start        wrong    wrong        wrong           wrong             wrong
    active_lead       same         exit     exit         skip            skip              exit
    waiting           exit         same     back         skip            skip              exit
    needs_admin       back         exit     same         exit            skip              exit
    active_service    over         over     over         over            exit              over
    inactive_service  over         over     over         over            over              over
    inactive_lead     again        again    again        over            over              over
"""
V2_NEW = """
                 qualifying  prospecting  partnering  invoicing  closed_won  closed_lost
    -            start       wrong        wrong       wrong      wrong       wrong
    qualifying   same        exit         skip        skip       skip        exit
    prospecting  back        same         exit        skip       skip        exit
    partnering   back        back         same        exit       skip        exit
    invoicing    back        back         back        same       exit        exit
    closed_won   over        over         over        over       over        over
    closed_lost  again       again        again       again      over        over
"""
V2_EXISTING = """
                 qualifying  prospecting  partnering  invoicing  closed_won  closed_lost
    -            wrong       wrong        start       wrong      wrong       wrong
    qualifying   same        exit         skip        skip       skip        exit
    prospecting  none        same         exit        skip       skip        exit
    partnering   none        none         same        exit       skip        exit
    invoicing    none        none         back        same       exit        exit
    closed_won   over        over         over        over       over        over
    closed_lost  over        over         again       again      over        over
"""


def rows(version: str, type: str, table: str):
    head, *lines = table.split("\n")[1:-1]
    stages = [name.replace("_", " ") for name in head.split()]
    for line in lines:
        before, *words = line.split()
        before = None if before == "-" else before.replace("_", " ")
        for stage, word in zip(stages, words, strict=True):
            yield pytest.param(
                version, type, before, stage, WORDS[word], id=f"{version} {type.split()[0]}: {before} to {stage}"
            )


@pytest.fixture(scope="module")
def book(home):
    return load(home)[0]


@pytest.mark.parametrize(
    ("version", "type", "before", "stage", "kind"),
    [*rows("v1", NEW, V1), *rows("v1", EXISTING, V1), *rows("v2", NEW, V2_NEW), *rows("v2", EXISTING, V2_EXISTING)],
)
def test_every_move_of_the_older_versions_has_its_kind(book, version, type, before, stage, kind):
    assert kind_of(book.versions[version], type, before, stage) is kind


# The same rules once more, from the prose alone.

EDGES = {
    "v1": {
        "active lead": {"waiting", "needs admin", "inactive lead"},
        "waiting": {"active lead", "inactive lead"},
        "needs admin": {"active service", "waiting", "inactive lead"},
        "active service": {"inactive service"},
        "inactive service": set(),
        "inactive lead": set(),
    },
    "v2": {
        "qualifying": {"prospecting", "closed lost"},
        "prospecting": {"partnering", "closed lost"},
        "partnering": {"invoicing", "closed lost"},
        "invoicing": {"closed won", "closed lost"},
        "closed won": set(),
        "closed lost": set(),
    },
    "v3": {
        "enrichment": {"outreach", "closed lost"},
        "outreach": {"discovery", "closed lost"},
        "discovery": {"proposal", "closed lost"},
        "renewals": {"proposal", "closed lost"},
        "proposal": {"closed won", "closed lost"},
        "closed won": set(),
        "closed lost": set(),
    },
}
STARTS = {
    "v1": {NEW: "active lead", EXISTING: "active lead"},
    "v2": {NEW: "qualifying", EXISTING: "partnering"},
    "v3": {NEW: "enrichment", EXISTING: "renewals"},
}
CLOSED = {"closed won", "closed lost", "active service", "inactive service", "inactive lead"}
LOST = {"closed lost", "inactive lead"}
BECAME = {
    "v1": {},
    "v2": {
        "active lead": "prospecting",
        "waiting": "prospecting",
        "needs admin": "invoicing",
        "active service": "closed won",
        "inactive service": "closed won",
        "inactive lead": "closed lost",
    },
    "v3": {
        "qualifying": "enrichment",
        "prospecting": "discovery",
        "partnering": "proposal",
        "invoicing": "proposal",
        "active lead": "outreach",
        "waiting": "outreach",
        "needs admin": "proposal",
        "active service": "closed won",
        "inactive service": "closed won",
        "inactive lead": "closed lost",
    },
}


def in_force(day: date) -> str:
    return "v3" if day >= date(2025, 1, 1) else "v2" if day >= date(2023, 7, 1) else "v1"


def reached_from(version: str, stage: str) -> set[str]:
    known: set[str] = set()
    waiting = [stage]
    while waiting:
        for target in EDGES[version][waiting.pop()]:
            if target not in known:
                known.add(target)
                waiting.append(target)
    return known


REACHED = {version: {stage: reached_from(version, stage) for stage in edges} for version, edges in EDGES.items()}


def verdict(day: date, type: str, before: str | None, stage: str) -> str:
    version = in_force(day)
    edges, start = EDGES[version], STARTS[version][type]
    if stage not in edges:
        return "unknown stage"
    if before is None:
        return "start" if stage == start else "wrong start"
    before = before if before in edges else BECAME[version].get(before, before)
    if before not in edges:
        return "unknown stage"
    may_be_in = {start, *REACHED[version][start]} - CLOSED
    if stage in edges[before]:
        return "exit"
    if before in LOST and stage in may_be_in:
        return "reopened"
    if before in CLOSED:
        return "after close"
    if before == stage:
        return "repeated"
    if stage in may_be_in and before in REACHED[version][stage]:
        return "back"
    return "skipped" if stage in REACHED[version][before] else "no way"


def life(chance: random.Random) -> Deal:
    """Up to ten moves between 2020 and 2027, about half of which the process of their day allows."""
    type = chance.choice([NEW, EXISTING])
    day = date(2020, 1, 6) + timedelta(days=chance.randrange(2200))
    stage, moves = None, []
    every = [name for edges in EDGES.values() for name in edges]
    for _ in range(chance.randint(1, 10)):
        version = in_force(day)
        now = BECAME[version].get(stage, stage)
        likely = [STARTS[version][type]] if stage is None else sorted(EDGES[version].get(now, ()))
        stage = (
            chance.choice(likely)
            if likely and chance.random() < 0.65
            else chance.choice([*EDGES[version], *every, "nowhere"])
        )
        moves.append({stage: str(day)})
        day += timedelta(days=chance.choice([0, 1, 7, 30, 200]))
    return Deal(title="x", member="m", type=type, tier="general", owner="jim", stages=moves)


def test_twenty_thousand_lives_across_the_versions_are_judged_the_same_by_a_second_reading(book):
    chance = random.Random(20261120)
    disagreements, seen, carried = [], Counter(), 0
    for _ in range(20_000):
        deal = life(chance)
        before = None
        for step in judged_moves(deal, book.process_of):
            said = verdict(step.day, deal.type, before, step.stage)
            seen[said] += 1
            carried += before is not None and before not in EDGES[in_force(step.day)]
            if step.kind != said:
                disagreements.append((deal.type, before, step.stage, step.day, step.kind, said))
            before = step.stage
    assert disagreements == []
    assert len(seen) == 10
    assert min(seen.values()) > 500
    assert carried > 500
