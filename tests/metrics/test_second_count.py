"""Every number a second time, over portfolios at random: to the cent, to the day and to the deal."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from second_count.agreement import book_of_portfolio, differences, read_as_text
from second_count.counting import count_of
from second_count.portfolios import asked, portfolio
from selecting import other_numbers

from salesops.exports.sqlite import write
from salesops.metrics import metrics_of

HERE = 60
ALL, PARTS = 5_000, 20
PROCESS = Path(__file__).parents[2] / "playbook/process/v3.yaml"


@pytest.fixture(scope="module")
def as_text():
    """The process as its file says it."""
    return read_as_text(PROCESS)


@pytest.fixture(scope="module")
def unlike(process, as_text, random_deals):
    """Where the two counts of a portfolio differ, asked some of its questions; the seed is told with it."""

    def found(seed, questions=slice(None)):
        records = portfolio(seed, random_deals)
        return [(seed, *each) for each in differences(records, asked(seed, records)[questions], process, as_text)]

    return found


def test_every_metric_that_the_program_knows_is_counted_a_second_time(process):
    assert [id for id in metrics_of(process) if count_of(id)[0] is None] == []


@pytest.mark.samples(1)
@pytest.mark.parametrize("part", range(4))
def test_two_counts_of_a_portfolio_say_the_same(unlike, part):
    for seed in range(part, HERE, 4):
        assert unlike(seed) == []


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_so_they_do_over_five_thousand_portfolios(unlike, part):
    """One question each: any day of one portfolio, a day at a limit of the next."""
    for seed in range(HERE + part, HERE + ALL, PARTS):
        turn = seed // PARTS % 2
        assert unlike(seed, slice(turn, turn + 1)) == []


@pytest.mark.proof
def test_the_exported_file_says_it_a_third_time_by_plain_sql(process, random_deals, tmp_path):
    for seed in range(20):
        records = portfolio(seed, random_deals)
        book = book_of_portfolio(records, process)
        for turn, question in enumerate(asked(seed, records)):
            snapshot = book.on(*question)
            write(tmp_path / f"{seed}-{turn}.db", snapshot)
            con = sqlite3.connect(tmp_path / f"{seed}-{turn}.db")
            con.row_factory = sqlite3.Row
            assert other_numbers(con, snapshot) == {}, (seed, question)
            con.close()


def test_portfolios_hold_what_the_numbers_are_about(process, random_deals):
    """Otherwise two counts that say the same would say little."""
    seen = Counter()
    for seed in range(HERE):
        records = portfolio(seed, random_deals)
        book = book_of_portfolio(records, process)
        for question in asked(seed, records):
            snapshot = book.on(*question)
            for id, metric in metrics_of(snapshot.process).items():
                seen[id] += bool(metric.measure(snapshot).value)
    rare = {id: seen[id] for id in metrics_of(process) if seen[id] < 5}
    assert rare == {}
