"""A column that tells a whole history: each line is a day and a word, and what it leaves unsaid is asked."""

from __future__ import annotations

import pytest
from tabling import IN_PLACE, adds_up, reasons, row

MAP = (
    IN_PLACE
    + "  history: {column: note, ended: closed, values: {Talking: outreach, Met: discovery, junk: leave out}}\n"
)


def moves(desk):
    """The moves of the deal, as its file has them."""
    text = desk.holds("deals/a-1.yaml").split("stages:\n")[1]
    return [line.strip("- ") for line in text.split("\n") if line.startswith("  - ")]


def test_the_lines_of_a_cell_come_after_the_stages_and_a_word_may_mean_none(desk):
    note = "2026-01-12 Talking\n2026-01-20 junk\n2026-02-02 Met\n2026-02-03 discovery\n2026-03-02 closed lost"
    found = desk.run(rows=row(note=note), map=MAP)
    assert (found["taken"], adds_up(found)) == (1, True)
    assert moves(desk) == [
        "enrichment: 2026-01-05",
        "outreach: 2026-01-12",
        "discovery: 2026-02-02",
        "closed lost: 2026-03-02",
    ]


def test_a_deal_that_ended_as_a_stage_says_is_taken(desk):
    assert desk.run(rows=row(note="2026-01-12 closed lost\n2026-01-13 closed"), map=MAP)["taken"] == 1


@pytest.mark.parametrize(
    ("note", "value"),
    [
        ("2026-01-12 Somewhere", "Somewhere"),
        ("Talking", "outreach"),
        ("? Talking", "outreach"),
        ("2026-13-40 Talking", "outreach"),
        ("2026-01-12 Talking\n2026-01-20 closed", "last in outreach"),
        ("2026-01-12 Talking\n-2026-01-20 Talking", "outreach"),
    ],
)
def test_what_a_history_leaves_unsaid_is_asked(desk, note, value):
    found = desk.run(rows=row(note=note), map=MAP, code=1)
    assert [said for *_, said in reasons(found, "asked")] == [value]
    assert found["written"] == []


def test_days_that_go_back_are_rejected_and_moves_without_an_exit_are_named(desk):
    found = desk.run(rows=row(note="2026-01-12 Talking\n2026-01-11 Met"), map=MAP, code=1)
    assert reasons(found)[0][3] == "2026-01-11 after 2026-01-12"
    found = desk.run(rows=row(note="2026-01-12 Met\n2026-01-20 Talking"), map=MAP)
    assert [said for *_, said in reasons(found, "notes")] == [
        "enrichment to discovery on 2026-01-12",
        "discovery to outreach on 2026-01-20",
    ]


def test_a_stage_that_no_process_has_is_a_mistake_in_the_mapping(desk):
    found = desk.run(rows=row(), map=MAP.replace("Met: discovery", "Met: discovry"), code=2)
    assert [problem["code"] for problem in found["problems"]] == ["stage-unknown"]
