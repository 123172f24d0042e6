"""Two versions of a record side by side: every difference is found, none is made up, and each stands where it says."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.changes.field_differences import differences, same_entry
from salesops.records.member import Invoice
from salesops.records.rates import Rate

WORDS = st.sampled_from(["a", "b", "2026-03-01", "true"])
ENTRIES = st.fixed_dictionaries({"date": WORDS, "kind": WORDS}, optional={"note": WORDS, "about": WORDS})
NAMED = st.fixed_dictionaries({"id": WORDS}, optional={"role": WORDS})
RECORDS = st.dictionaries(
    st.sampled_from(["title", "value", "activity", "contacts", "tags"]),
    WORDS
    | st.none()
    | st.lists(ENTRIES, max_size=4)
    | st.lists(NAMED, max_size=3)
    | st.lists(WORDS, max_size=3)
    | st.dictionaries(WORDS, WORDS | st.lists(NAMED, max_size=2), max_size=2),
    max_size=4,
)


def without_nothing(data):
    """The record without what is not given: an empty value is as good as none."""
    return {name: value for name, value in data.items() if value is not None and value != []}


def spelled(value):
    return json.dumps(value, sort_keys=True)


def at(data, path):
    for part in path:
        data = data[part]
    return data


@given(RECORDS)
def test_a_record_does_not_differ_from_itself(record):
    assert list(differences(record, deepcopy(record))) == []


@given(RECORDS, RECORDS)
def test_records_that_say_something_else_differ(before, after):
    if list(differences(before, after)):
        assert before != after
    else:
        in_any_order = [
            {name: sorted(map(spelled, value)) if isinstance(value, list) else value for name, value in side.items()}
            for side in (without_nothing(before), without_nothing(after))
        ]
        assert in_any_order[0] == in_any_order[1]


@given(RECORDS, RECORDS)
def test_what_is_said_to_stand_somewhere_stands_there(before, after):
    for one in differences(before, after):
        assert one.before != one.after
        if one.after is not None:
            assert at(after, one.path) == one.after
        elif isinstance(one.path[-1], int):
            assert one.before in at(before, one.path[:-1])
        else:
            assert one.path[-1] not in after or at(after, one.path) is None


@given(st.lists(ENTRIES, max_size=5), st.lists(ENTRIES, max_size=5))
def test_entries_that_both_versions_have_are_not_told(before, after):
    told = [one for one in differences({"activity": before}, {"activity": after}) if len(one.path) == 2]
    assert sum(one.after is not None for one in told) - sum(one.after is None for one in told) == len(after) - len(
        before
    )
    for one in told:
        if one.after is not None:
            assert after.count(one.after) > before.count(one.after)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": "1"}, {"a": "2"}, [(("a",), "1", "2")]),
        ({"a": "1"}, {}, [(("a",), "1", None)]),
        ({}, {"a": {"b": "1"}}, [(("a",), None, {"b": "1"})]),
        ({"a": {"b": "1", "c": "2"}}, {"a": {"b": "1", "c": "3"}}, [(("a", "c"), "2", "3")]),
        (
            {"hubs": [{"name": "x", "since": "1"}, {"name": "y"}]},
            {"hubs": [{"name": "y"}, {"name": "x", "since": "2"}]},
            [(("hubs", 1, "since"), "1", "2")],
        ),
        (
            {"invoices": [{"month": "2026-09"}]},
            {"invoices": [{"month": "2026-09"}, {"month": "2026-10"}]},
            [(("invoices", 1), None, {"month": "2026-10"})],
        ),
        (
            {"rates": [{"date": "d", "from": "CAD", "to": "USD", "rate": "1"}]},
            {"rates": [{"date": "d", "from": "EUR", "to": "USD", "rate": "2"}]},
            [
                (("rates", 0), None, {"date": "d", "from": "EUR", "to": "USD", "rate": "2"}),
                (("rates", 0), {"date": "d", "from": "CAD", "to": "USD", "rate": "1"}, None),
            ],
        ),
        (
            {"activity": [{"date": "d", "kind": "email"}, {"date": "d", "kind": "email"}]},
            {"activity": [{"date": "d", "kind": "email"}]},
            [(("activity", 0), {"date": "d", "kind": "email"}, None)],
        ),
        (
            {"activity": [{"id": "fair", "date": "d", "kind": "meeting"}]},
            {"activity": [{"id": "fair", "date": "e", "kind": "meeting"}]},
            [(("activity", 0, "date"), "d", "e")],
        ),
        (
            {"activity": [{"date": "d", "kind": "meeting", "about": x, "note": x} for x in "ab"]},
            {"activity": [{"date": "d", "kind": "meeting", "about": "b", "note": "c"}]},
            [
                (("activity", 0, "note"), "b", "c"),
                (("activity", 0), {"date": "d", "kind": "meeting", "about": "a", "note": "a"}, None),
            ],
        ),
        ({"a": [{"x": "1"}]}, {"a": "word"}, [(("a",), [{"x": "1"}], "word")]),
        (
            {"invoices": [{"month": "2026-09", "sent": "d"}]},
            {"invoices": [{"month": "2026-09", "deal": "a", "sent": "d"}]},
            [(("invoices", 0, "deal"), None, "a")],
        ),
        (
            {"invoices": [{"month": "2026-09", "sent": "d"}]},
            {"invoices": [{"month": "2026-09", "deal": "a", "sent": "d"}, {"month": "2026-09", "deal": "b"}]},
            [(("invoices", 0, "deal"), None, "a"), (("invoices", 1), None, {"month": "2026-09", "deal": "b"})],
        ),
        (
            {"invoices": [{"month": "2026-09", "sent": "d"}, {"month": "2026-09", "deal": "a"}]},
            {"invoices": [{"month": "2026-09", "deal": "a", "sent": "d"}]},
            [
                (("invoices", 0, "sent"), None, "d"),
                (("invoices", 0), {"month": "2026-09", "sent": "d"}, None),
            ],
        ),
    ],
)
def test_entries_are_matched_by_what_they_are_about(before, after, found):
    assert [(one.path, one.before, one.after) for one in differences(before, after)] == found


def test_a_list_that_is_rewritten_as_a_whole_is_told_as_new_and_taken_out():
    before, after = ([{"url": f"https://{side}.example/{at}"} for at in range(5_000)] for side in ("old", "new"))
    for at, entry in enumerate(after):
        entry["kind"] = before[at]["kind"] = "notes"
    found = list(differences({"links": before}, {"links": after}))
    assert [one.after for one in found[:5_000]] == after
    assert [one.before for one in found[5_000:]] == before


def test_an_invoice_that_lacked_its_deal_is_the_same_one_with_it():
    first, second, other = ({"month": "2026-09", **more} for more in ({}, {"deal": "a"}, {"deal": "b"}))
    first, second, other = (Invoice.model_validate(entry) for entry in (first, second, other))
    assert same_entry(first, second, "invoices")
    assert not same_entry(second, other, "invoices")


def test_rates_of_one_day_are_told_apart_by_their_currencies():
    cad, eur = ({"date": "2026-01-02", "from": currency, "to": "USD", "rate": "1.1"} for currency in ("CAD", "EUR"))
    assert not same_entry(Rate.model_validate(cad), Rate.model_validate(eur), "rates")
