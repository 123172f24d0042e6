"""A large import holds little of each row, and how much is held at once changes nothing of what it says and writes."""

from __future__ import annotations

import random
import shutil
import tracemalloc
from dataclasses import replace
from datetime import date

import pytest
from tabling import adds_up, row

from salesops.imports.csv.mapping import FromTable
from salesops.imports.csv.mapping_mistakes import read_mapping
from salesops.imports.csv.table import read_table
from salesops.imports.plan import Planner
from salesops.records.yaml_reader import read
from salesops.store import load, save, scratch

A_ROW = 50
"""Bytes that a row may hold, of which nothing is to be said."""


def rows(seed, number=60):
    """Rows with whatever happens: the same twice, contradictions, unknown people, names in two spellings, odd days and amounts."""
    chance = random.Random(seed)
    some = [
        row(
            chance.randrange(number),
            account=chance.choice(["Cascadia University", "cascadia university", "Rainy Coast", "Elm", ""]),
            rep=chance.choice(["Jim", "April", "Nobody"]),
            stage=chance.choice(["Open", "Talking", "Lost", "Elsewhere"]),
            called=chance.choice(["2026-01-12", "2026-02-30", ""]),
            closed=chance.choice(["2026-02-02", ""]),
            amount=chance.choice(["", "5", "1,5", "900.50"]),
            note=chance.choice(["", "Too small", "line\u200bend"]),
        )
        for _ in range(number)
    ]
    return "".join([*some, *chance.choices(some, k=number // 6)])


def imported(desk, seed):
    """What three imports said: the first, a newer table, and that again; and all files after them."""
    said = [
        desk.run(*options, rows=rows(newer), code=1)
        for newer, options in ((seed, ()), (seed + 100, ("--update",)), (seed + 100, ("--update",)))
    ]
    assert all(map(adds_up, said))
    return said, desk.files()


@pytest.mark.samples(2)
@pytest.mark.parametrize("seed", range(6))
def test_how_much_is_held_at_once_changes_nothing(desk, seed, tmp_path, monkeypatch):
    other = replace(desk, repo=replace(desk.repo, root=tmp_path / "other" / "crm"))
    shutil.copytree(desk.repo.root, other.repo.root)
    at_once = imported(desk, seed)
    monkeypatch.setattr(scratch, "IN_MEMORY", 1)
    monkeypatch.setattr(load, "AT_ONCE", 1 + seed)
    monkeypatch.setattr(save, "TOGETHER", 1 + seed)
    assert imported(other, seed) == at_once


@pytest.mark.proof
def test_a_row_of_which_nothing_is_to_be_said_holds_little(desk, monkeypatch):
    monkeypatch.setattr(scratch, "IN_MEMORY", 1)
    peaks = []
    book, _ = load.load_aside(desk.repo.root)
    mapping, _ = read_mapping(read("map.yaml", desk.map.encode())[0], book)
    for number in (100, 2_500, 5_000):
        lines = "".join(row(each, account="Cascadia University", note="x" * 500) for each in range(number))
        raw = (desk.head + lines).encode()
        tracemalloc.start()
        table, _ = read_table("table.csv", raw, mapping.format)
        plan = Planner(book, mapping, {FromTable.FIRST: table}, date(2026, 11, 20)).plan()
        assert sum(1 for _ in plan.changes) == plan.files >= number
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] - peaks[1] < 2_500 * A_ROW
