"""A second table of the same deals knows other stages: nothing on file goes, and what is new comes where its day puts it."""

from __future__ import annotations

import pytest
from tabling import IN_PLACE, row

from salesops.imports.additions import Addition, Grasp, Question, differences

WON = IN_PLACE.replace("[{stage: enrichment, day: opened}]", "[{stage: closed won, day: closed}]")
CALLED = IN_PLACE.replace("[{stage: enrichment, day: opened}]", "[{stage: outreach, day: called}]")


def moves(desk):
    return [
        line.strip("- ")
        for line in desk.holds("deals/a-1.yaml").split("stages:\n")[1].split("imported:")[0].splitlines()
    ]


def test_a_table_that_knows_only_the_day_of_the_win_takes_no_earlier_stage_away(desk):
    desk.run(rows=row(1, called="2026-01-12"), map=CALLED, called="calls")
    won = row(1, closed="2026-03-02")
    assert desk.run(rows=won, map=WON)["kept"][0]["differs"] == ["stages"]
    desk.run("--update", rows=won, map=WON)
    assert moves(desk) == ["outreach: 2026-01-12", "closed won: 2026-03-02"]
    assert desk.run("--update", rows=won, map=WON)["written"] == []
    assert desk.run("--update", rows=row(1, called="2026-01-12"), map=CALLED, called="calls")["written"] == []
    assert moves(desk) == ["outreach: 2026-01-12", "closed won: 2026-03-02"]


def test_an_earlier_stage_that_only_the_second_table_knows_comes_before_the_win_of_the_import(desk):
    desk.run(rows=row(1, closed="2026-03-02"), map=WON)
    desk.run("--update", rows=row(1, called="2026-01-12"), map=CALLED, called="calls")
    assert moves(desk) == ["outreach: 2026-01-12", "closed won: 2026-03-02"]


A, B, C = {"enrichment": "2026-01-05"}, {"outreach": "2026-02-05"}, {"closed won": "2026-03-05"}


@pytest.mark.parametrize(
    ("held", "told", "stages", "brought", "added"),
    [
        ([B], [C], {"closed won"}, "2026-11-01", [(C, 1)]),
        ([B], [C], {"closed won"}, "", [(C, 1)]),
        ([C], [B], {"outreach"}, "2026-11-01", [(B, 0)]),
        ([A, C], [B], {"outreach"}, "2026-11-01", [(B, 1)]),
        ([C], [A, B], {"enrichment", "outreach"}, "2026-11-01", [(A, 0), (B, 1)]),
        ([A, C], [B], {"outreach"}, "", None),
        ([A, C], [B], {"outreach"}, "2026-02-10", None),
        ([B], [C], {"outreach", "closed won"}, "2026-11-01", None),
        ([B], [{"outreach": "2026-02-06"}], {"outreach"}, "2026-11-01", None),
        ([C], [{"outreach": "2026-04-05"}], {"outreach"}, "2026-11-01", None),
        ([C], [{"outreach": "2026-03-05"}], {"outreach"}, "2026-11-01", None),
        ([B], [{"closed won": "2026-02-05"}], {"closed won"}, "2026-11-01", [({"closed won": "2026-02-05"}, 1)]),
        ([B], [{"closed won": "2026-01-05"}], {"closed won"}, "2026-11-01", None),
        ([A, B, C], [C], {"closed won"}, "2026-11-01", []),
    ],
)
def test_a_new_move_has_one_place_or_asks(held, told, stages, brought, added):
    record = {"stages": held, "imported": {"from": "a.csv", "date": brought}}
    known = Grasp(frozenset(stages), frozenset({"closed won"}))
    found = list(differences(record, {"stages": told}, known))
    if added is None:
        assert found == [Question(("stages",), held, told)]
    else:
        assert found == [Addition(("stages",), move, True, at) for move, at in added]
