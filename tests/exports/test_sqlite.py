"""Everything in one SQLite file: each number by one plain SELECT, each word of each record in a cell."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from selecting import other_numbers

from salesops.exports.known import view_of
from salesops.exports.sqlite import write
from salesops.metrics.metric import METRICS
from salesops.records.money import MONEY
from salesops.store.load import load

HOME = Path(__file__).parents[2]
DAYS = ["2024-12-31", "2025-09-15", "2026-03-01", "2026-11-20"]


@pytest.fixture(scope="module")
def ours():
    """The records of this project."""
    return load(HOME)[0]


@pytest.fixture
def database(tmp_path):
    """``database(snapshot)``: its export, open."""
    opened = []

    def of(snapshot):
        write(tmp_path / f"{len(opened)}.db", snapshot)
        opened.append(sqlite3.connect(tmp_path / f"{len(opened)}.db"))
        opened[-1].row_factory = sqlite3.Row
        return opened[-1]

    yield of
    for connection in opened:
        connection.close()


@pytest.mark.parametrize("day", DAYS)
def test_every_number_of_the_demonstration_comes_out_of_the_file_by_one_plain_select(ours, database, day):
    snapshot = ours.on(date.fromisoformat(day))
    assert other_numbers(database(snapshot), snapshot) == {}


def test_a_number_that_another_package_brings_reads_as_it_does(ours):
    metric = replace(METRICS["sqd"], package="our-numbers")
    assert view_of(metric, 10) == "SELECT value FROM metrics WHERE id = 'sqd'"


def leaves(value):
    """Each word that somebody wrote, wherever it stands."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from leaves(inner)
    if not isinstance(value, dict | list) and value is not None:
        yield str(value)


def cells_of(con):
    """Every cell of every table, as text."""
    names = [row["name"] for row in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {str(cell) for name in names for row in con.execute(f'SELECT * FROM "{name}"') for cell in row}


def test_no_word_of_any_record_is_missing(ours, database):
    cells = cells_of(database(ours.on(date(2026, 11, 20))))
    lost = {
        word
        for (kind, _), document in ours.documents.items()
        for word in leaves(document.data)
        if kind != "process" and not said_in(word, cells)
    }
    assert lost == set()


def said_in(word, cells):
    """Whether a word stands in a cell: yes and no as 1 and 0, money in cents, a share as a part, a month as its first day."""
    money = MONEY.fullmatch(word)
    told = {
        word,
        {"true": "1", "false": "0"}.get(word),
        f"{word}-01",
        str(round(float(money[1] + (money[2] or "")) * 100)) if money else None,
        f"{float(word[:-1]) / 100:g}" if word.endswith("%") and word[:-1].isdecimal() else None,
    }
    return bool(told & cells)


def test_what_stands_in_lists_is_joined_by_the_record_and_the_place(ours, database):
    con = database(ours.on(date(2026, 11, 20)))
    select = """
        SELECT a.deal, a.date, w.value FROM deals_activity a
        JOIN deals_activity_with w ON w.deal = a.deal AND w.activity = a.n JOIN deals d ON d.id = a.deal
    """
    told = {tuple(row) for row in con.execute(select)}
    wanted = {
        (deal, str(entry.date), contact)
        for deal, known in ours.deals.items()
        for entry in known.activity
        for contact in entry.with_
    }
    assert told == wanted
    assert wanted


def test_the_same_records_give_the_same_rows(ours, database):
    snapshot = ours.on(date(2026, 11, 20))
    assert list(database(snapshot).iterdump()) == list(database(snapshot).iterdump())
