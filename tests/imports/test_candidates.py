"""Rows that tell of one deal: said twice is said once, and what contradicts itself is asked about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tabling import IN_PLACE, adds_up, reasons, row

from salesops.imports.additions import differences
from salesops.imports.candidates import merged

ASKED = "is the id of several rows that contradict each other"
ONE = "is the id of a row above that says the same: they are one"


def test_two_rows_that_say_the_same_are_one_deal(desk):
    found = desk.run(rows=row(1) + row(1) + row(2, id="a-1"))
    assert (found["taken"], found["deals"]["new"]) == (3, 1)
    assert reasons(found, "notes") == [(number, "id", ONE, "a-1, row 2") for number in (3, 4)]
    assert adds_up(found)


def test_a_difference_in_a_column_that_the_mapping_does_not_read_is_none(desk):
    assert desk.run(rows=row(1, note="x") + row(1, note="y"), map=IN_PLACE)["taken"] == 2


def test_rows_that_contradict_each_other_ask_and_say_in_what(desk):
    found = desk.run(rows=row(1, amount="5", note="x") + row(1, amount="7", note="x") + row(2), code=1)
    told = "a-1, rows 2 and 3: value.one_off is 5 USD and 7 USD"
    assert reasons(found, "asked") == [(number, "id", ASKED, told) for number in (2, 3)]
    assert found["became"] == {"taken": 1, "rejected": 0, "asked": 2, "skipped": 0}
    assert adds_up(found)
    assert "deals/2026/a-1.yaml" not in found["written"]
    assert "Asked, and not imported yet: 2 rows" in desk.text(rows=row(1, amount="5") + row(1, amount="7"), code=1)


def test_what_one_row_leaves_open_the_other_fills(desk):
    found = desk.run(rows=row(1, amount="5") + row(1, note="Too small"))
    assert found["deals"]["new"] == 1
    assert "value: {one_off: 5 USD}\nloss: {learning: Too small}\n" in desk.holds("deals/2026/a-1.yaml")


def test_a_default_of_the_mapping_contradicts_no_row(desk):
    map = IN_PLACE.replace("{column: product}", "{column: product, missing: Something}")
    assert desk.run(rows=row(1, product="") + row(1), map=map)["deals"]["new"] == 1
    assert "title: General\n" in desk.holds("deals/a-1.yaml")


def test_two_rows_of_one_deal_that_are_in_two_stages_ask_which_is_so(desk):
    found = desk.run(rows=row(1) + row(1, stage="Talking", called="2026-01-12"), code=1)
    assert reasons(found, "asked")[0][3] == (
        "a-1, rows 2 and 3: stages is [{enrichment: 2026-01-05}] and [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]"
    )


def test_a_deal_of_which_another_row_is_not_taken_asks_too_for_that_row_may_say_something_else(desk):
    found = desk.run(rows=row(1) + row(1, stage="Talking", called="soon") + row(2), code=1)
    told = "is told by another row, too, which is not taken: what is true of the deal?"
    assert reasons(found, "asked") == [(2, "id", told, "a-1, row 3")]
    assert found["became"] == {"taken": 1, "rejected": 1, "asked": 1, "skipped": 0}
    assert found["written"] == [path for path in found["written"] if "a-1" not in path]
    assert adds_up(found)


def test_what_stands_against_a_deal_stands_against_each_of_its_rows(desk):
    found = desk.run(rows=row(1, id="cascadia-university") + row(1, id="cascadia-university"), code=1)
    assert [number for number, *_ in reasons(found)] == [2, 3]
    assert adds_up(found)


fields = st.fixed_dictionaries(
    {},
    optional={
        "a": st.sampled_from(["1", "2"]),
        "b": st.fixed_dictionaries({"c": st.sampled_from(["1", "2"])}),
        "x": st.lists(st.sampled_from(["p", "q"]), min_size=1, max_size=2, unique=True),
    },
)


@given(fields, fields)
def test_two_rows_together_say_what_each_of_them_says_or_ask(one, other):
    data, against = merged(one, other)
    if not against:
        assert not [*differences(data, one), *differences(data, other)]
        assert not merged(other, one)[1]
