"""The rule of a newer table, over records, tables and last imports at random, against the same rule said in a table."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.imports.additions import Addition, Grasp, Question, differences
from salesops.imports.last_import import Remembered, as_json, read_last
from salesops.imports.outcomes import RecordOutcomes
from salesops.imports.three_way import LastImport, Sides, three_way
from salesops.records.deal import Deal
from salesops.records.kinds import entries_of
from salesops.records.model_fields import lists_of
from salesops.records.record import value_at
from salesops.store.scratch import ScratchDict

FIELDS = ("title", "expected_close", "owner")
value = st.sampled_from([None, "a", "b", "c"])
side = st.fixed_dictionaries(dict.fromkeys(FIELDS, value))


def decided(record, table, before):
    """What is to become of one field: nothing, the table's word, or a question."""
    if table is None:
        return "ask" if before is not None and record is not None else "keep"
    if table in (before, record):
        return "keep"
    if before is None:
        return "take" if record is None else "ask"
    return "take" if record == before else "ask"


def found_in(record, table, before, ours=()):
    sides = [{key: word for key, word in each.items() if word is not None} for each in (record, table, before)]
    emptied = [key for key in FIELDS if table[key] is None]
    found = list(differences(sides[0], sides[1], Grasp()))
    last = LastImport({("deal", "a"): sides[2]}, ours)
    return list(three_way(found, Sides(*sides, "a", Deal, emptied), last))


@given(side, side, side)
def test_each_field_is_kept_taken_or_asked_by_who_changed_it(record, table, before):
    found = {each.path[0]: each for each in found_in(record, table, before)}
    for key in FIELDS:
        expected = decided(record[key], table[key], before[key])
        kind = {Addition: "take", Question: "ask"}.get(type(found.get(key)), "keep")
        assert kind == expected, (key, record[key], table[key], before[key])
        if kind == "take":
            assert found[key].value == table[key]
        if kind == "ask":
            assert (found[key].record, found[key].table) == (record[key], table[key])


@given(side, side, side)
def test_a_field_in_which_the_record_goes_before_is_neither_taken_nor_asked(record, table, before):
    assert found_in(record, table, before, ours=[f"a.{key}" for key in FIELDS]) == []


@given(side, side)
def test_the_same_table_again_finds_nothing_whatever_the_record_says_since(record, table):
    assert found_in(record, table, table) == []


NOTE = {"date": "2026-02-02", "kind": "note"}
WITH = NOTE | {"note": "With the dean", "with": "dean"}
SHORT = NOTE | {"note": "Sent the price"}


def asked_of(record, table, before):
    """The questions about the activities of a deal."""
    sides = Sides({"activity": record}, {"activity": table}, {"activity": before}, "a", Deal)
    found = list(differences(sides.record, sides.table, Grasp(lists=dict(lists_of(Deal)))))
    return [each for each in three_way(found, sides, LastImport()) if isinstance(each, Question)]


@pytest.mark.parametrize("first", [[WITH, SHORT], [SHORT, WITH]])
def test_of_two_entries_of_one_day_none_is_taken_for_the_other(first):
    assert asked_of(first, first, first) == []
    assert asked_of([*first, SHORT], first[::-1], first) == []
    left_empty = [{key: value for key, value in one.items() if key != "with"} for one in first]
    assert [(each.path, each.record, each.table) for each in asked_of(first, left_empty, first)] == [
        (("activity", first.index(WITH), "with"), "dean", None)
    ]


plain = st.recursive(
    st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=12
)


@given(plain)
def test_what_is_remembered_is_written_as_json_has_it(value):
    assert as_json(value) == json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


@pytest.mark.proof
@given(st.dictionaries(st.sampled_from(["deal", "member", "outreach"]), st.dictionaries(st.text(), st.dictionaries(st.text(), plain, min_size=1), min_size=1), min_size=1))  # fmt: skip
def test_what_is_remembered_is_read_back_as_it_was_written(records):
    taken = ScratchDict()
    taken.update({(kind, record_id): told for kind, of in records.items() for record_id, told in of.items()})
    text = "".join(Remembered(taken, {"file": ["a", "\x1b"]}).after(RecordOutcomes(), {"contacts": []}))
    one_by_one = map(text.__getitem__, range(len(text)))
    assert read_last("x.last.json", lambda size: next(one_by_one, "")) == read_last("x.last.json", StringIO(text).read)
    assert read_last("x.last.json", StringIO(text).read) == Remembered(taken, {"file": ["a", "\x1b"], "contacts": []})
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


DAYS = [f"2026-0{month}-01" for month in range(1, 8)]
STAGES = ("enrichment", "outreach", "discovery", "proposal", "closed won")
moves = st.integers(1, 5).flatmap(
    lambda length: st.lists(st.sampled_from(DAYS), min_size=length, max_size=length).map(
        lambda days: [{stage: day} for stage, day in zip(STAGES, sorted(days), strict=False)]
    )
)


@given(moves, moves, moves)
def test_no_move_of_a_record_is_ever_changed_and_none_is_added_where_both_sides_went_on(record, table, before):
    sides = Sides({"stages": record}, {"stages": table}, {"stages": before}, "a", Deal)
    known = Grasp(frozenset(STAGES), frozenset({"closed won"}))
    found = list(three_way(list(differences(sides.record, sides.table, known)), sides, LastImport()))
    asked = [each for each in found if isinstance(each, Question)]
    if table == before:
        assert found == []
    elif record == before and table[: len(before)] == before:
        assert [each.value for each in found] == table[len(before) :]
    elif all(move in record for move in table) and all(move in table or move not in record for move in before):
        assert not found
    else:
        assert len(asked) == 1
        assert found == asked


RECORD = {
    "title": "General",
    "value": {"one_off": "1 USD"},
    "stages": [{"enrichment": "2026-01-01"}],
    "activity": [{"date": "2026-01-02", "kind": "call", "note": "x"}],
    "maniac_t": {"need": {"status": "met", "note": "y"}},
}
TABLE = {
    "title": "Premier",
    "value": {"one_off": "2 USD", "months": "3"},
    "stages": [{"enrichment": "2026-01-01"}, {"outreach": "2026-02-01"}],
    "activity": [
        {"date": "2026-01-02", "kind": "call", "note": "z"},
        {"date": "2026-01-03", "kind": "note", "note": "n"},
    ],
    "maniac_t": {"need": {"status": "unknown", "note": "w"}},
}


@given(st.dictionaries(st.sampled_from([*RECORD, "links", "x"]), plain))
def test_whatever_is_said_to_be_remembered_no_word_goes_that_is_not_what_was_taken(before):
    known = Grasp(frozenset(STAGES), lists={key: entries_of(key) for key in ("activity",)})
    sides = Sides(RECORD, TABLE, before, "a", Deal, ["next.action", "title", "value.one_off", "maniac_t.need.note"])
    for each in three_way(list(differences(RECORD, TABLE, known)), sides, LastImport()):
        held = value_at(RECORD, each.path)
        if isinstance(each, Addition) and each.at is None and held is not None:
            assert value_at(before, each.path) == held or each.path[0] == "activity"
