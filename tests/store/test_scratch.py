"""What does not fit into memory waits in a file: it comes out as it went in, and a disk that is full is a sentence."""

from __future__ import annotations

import tempfile

import pytest

from salesops.imports.csv.rows import StandIn
from salesops.problems import CannotDecide
from salesops.store import scratch
from salesops.store.scratch import ScratchDict, ScratchFile, ScratchList

THINGS = [{"id": "a", "moves": [{"enrichment": "2026-01-05"}]}, "山东 \ud800", ["", None, "x" * 100_000], StandIn("US")]


@pytest.fixture(params=[1, 1024 * 1024])
def limit(request, monkeypatch):
    """Everything goes to the disk at once, or nothing does."""
    monkeypatch.setattr(scratch, "IN_MEMORY", request.param)


@pytest.mark.usefixtures("limit")
def test_things_come_out_as_they_went_in_in_whatever_order_they_are_asked_for():
    kept = ScratchList(THINGS)
    assert [kept[at] for at in (2, 0, 3, 1, 2)] == [THINGS[at] for at in (2, 0, 3, 1, 2)]
    assert list(kept) == THINGS
    assert isinstance(kept[3], StandIn)


@pytest.mark.usefixtures("limit")
def test_a_change_to_what_was_taken_out_is_not_kept_until_it_is_put_anew():
    kept = ScratchDict()
    kept["a"] = {"stage": "outreach"}
    kept["a"]["stage"] = "proposal"
    assert kept["a"] == {"stage": "outreach"}
    kept["a"] = {"stage": "proposal"}
    assert dict(kept) == {"a": {"stage": "proposal"}}
    del kept["a"]
    assert "a" not in kept


@pytest.mark.usefixtures("limit")
def test_what_is_put_between_two_reads_harms_neither():
    file = ScratchFile()
    first = file.put("first")
    assert (file.get(first), file.get(file.put("second")), file.get(first)) == ("first", "second", "first")


def test_a_disk_without_room_is_a_sentence_with_a_way_out(monkeypatch):
    monkeypatch.setattr(scratch, "IN_MEMORY", 1)
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: open("/dev/full", "w+b", buffering=0))  # noqa: SIM115
    with pytest.raises(
        CannotDecide, match="No space left on device; make room there, or name another folder in TMPDIR"
    ):
        ScratchList(["a", "b"])


def test_a_part_of_a_list_is_a_list():
    assert ScratchList("abcd")[1:3] == ["b", "c"]
