"""What does not fit into memory waits in a file: it comes out as it went in, and a disk that is full is a sentence."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.imports.csv.rows import StandIn
from salesops.problems import CannotDecide
from salesops.store.scratch import AT_A_TIME, ScratchDict, ScratchList

THINGS = [
    {"id": "a", "moves": [{"enrichment": "2026-01-05"}]},
    "山东 \ud800",
    ["", None, "x" * 5_000_000],
    StandIn("US"),
]


def test_things_come_out_as_they_went_in_in_whatever_order_they_are_asked_for():
    kept = ScratchList(THINGS)
    assert [kept[at] for at in (2, 0, 3, -1, 1, 2)] == [THINGS[at] for at in (2, 0, 3, -1, 1, 2)]
    assert list(kept) == THINGS
    assert isinstance(kept[3], StandIn)
    with pytest.raises(IndexError):
        kept[4]


def test_a_part_of_a_list_is_a_list():
    assert ScratchList("abcd")[1:3] == ["b", "c"]


def test_a_change_to_what_was_taken_out_is_not_kept_until_it_is_put_anew():
    kept, listed = ScratchDict(), ScratchList([{"stage": "outreach"}])
    kept["a"] = {"stage": "outreach"}
    kept["a"]["stage"] = listed[0]["stage"] = "proposal"
    assert (kept["a"], listed[0]) == ({"stage": "outreach"}, {"stage": "outreach"})
    kept["a"] = listed[-1] = {"stage": "proposal"}
    assert (dict(kept), list(listed)) == ({"a": {"stage": "proposal"}}, [{"stage": "proposal"}])
    del kept["a"]
    assert "a" not in kept
    with pytest.raises(KeyError):
        del kept["a"]


def test_what_stands_first_under_a_key_stays_there():
    kept = ScratchDict()
    assert (kept.setdefault("a", [1]), kept.setdefault("a", [2]), kept.setdefault("b", [3])) == ([1], [1], [3])
    assert (list(kept.values()), list(kept.items())) == ([[1], [3]], [("a", [1]), ("b", [3])])


def test_what_is_changed_on_a_walk_harms_nothing():
    kept = ScratchList(range(3 * AT_A_TIME))
    for at, number in enumerate(kept):
        kept[at] = number + 1
        if at < 10:
            kept.append(-1)
    assert list(kept) == [*range(1, 3 * AT_A_TIME + 1), *[0] * 10]


text = st.text(st.characters(codec=None, exclude_categories=()))


@given(st.lists(st.tuples(text | st.tuples(text, text), st.integers()), max_size=12))
def test_a_mapping_is_one_like_any_other_with_keys_in_order(entries):
    kept = ScratchDict()
    for key, value in entries:
        kept[key] = value
    expected = dict(entries)
    assert (dict(kept), list(kept), len(kept), bool(kept)) == (expected, list(expected), len(expected), bool(expected))
    words = [key for key in kept.in_order() if isinstance(key, str)]
    pairs = [key for key in kept.in_order() if isinstance(key, tuple)]
    assert words == sorted(key for key in expected if isinstance(key, str))
    assert pairs == sorted(key for key in expected if isinstance(key, tuple))


def test_a_disk_without_room_is_a_sentence_with_a_way_out(tmp_path, monkeypatch):
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    real = sqlite3.connect

    def small(*given, **named):
        database = real(*given, **named)
        database.execute("PRAGMA max_page_count=20")
        return database

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(CannotDecide, match="is full; make room there, or name another folder in TMPDIR"):
        ScratchList("x" * 1000 for _ in range(1000))
