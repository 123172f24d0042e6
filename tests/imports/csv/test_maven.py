"""The worked example: 8,800 opportunities of a public table, imported whole, give the figures that others have published for it.

The table is not part of this project: put it into a folder and name that folder in SALESOPS_DATA.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from salesops.checks import check_book
from salesops.metrics import read_metric
from salesops.problems import errors
from salesops.records.money import total
from salesops.store.load import load

HOME = Path(__file__).parents[3]
EXAMPLE = HOME / "site/examples/maven"
DATA = Path(os.environ.get("SALESOPS_DATA") or HOME.parent / "shared/data") / "maven_crm"
END = date(2017, 12, 31)
QUARTERS = {
    "2017Q1": (date(2017, 1, 1), date(2017, 3, 31)),
    "2017Q2": (date(2017, 4, 1), date(2017, 6, 30)),
    "2017Q3": (date(2017, 7, 1), date(2017, 9, 30)),
    "2017Q4": (date(2017, 10, 1), date(2017, 12, 31)),
}

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no {DATA}: name the folder of data sets in SALESOPS_DATA"),
]


def import_into(root):
    """The command as people run it; what it said as data."""
    command = [Path(sys.executable).parent / "salesops", "-C", root, "import", "csv", DATA / "sales_pipeline.csv.gz"]
    more = ["--map", EXAMPLE / "map.yaml", "--format", "json"]
    ran = subprocess.run([*command, *more], capture_output=True, text=True, check=False, timeout=300)
    assert (ran.returncode, ran.stderr) == (0, "")
    return json.loads(ran.stdout)


def tree(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def answers():
    """What another program made of the same table."""
    return json.loads((DATA / "answers.json").read_text())


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A fresh repository with the example's playbook, after one import: its folder, what the import said, its records."""
    root = tmp_path_factory.mktemp("maven") / "crm"
    shutil.copytree(EXAMPLE / "playbook", root / "playbook")
    found = import_into(root)
    book, problems = load(root)
    assert problems == []
    return root, found, book


@pytest.fixture(scope="module")
def at_the_end(imported):
    """The records as they stand at the end of the year."""
    return imported[2].on(END)


def test_every_row_is_taken(imported, answers):
    _, found, book = imported
    assert (found["rows"], found["taken"], found["rejected"], found["skipped"]) == (answers["deals"], 8800, [], [])
    assert len(book.deals) == 8800
    assert len(book.members) == answers["accounts"] + 1


def test_every_row_in_which_the_mapping_put_something_is_named(imported, answers):
    _, found, _ = imported
    columns = [remark["column"] for remark in found["stand_ins"]]
    assert columns.count("account") == answers["missing_account"]
    assert columns.count("engage_date") == answers["missing_engage_date"]
    assert columns.count("office_location") == 1


def test_the_agents_are_added_to_a_team_that_knew_none_of_them(imported):
    _, found, book = imported
    assert len(found["people"]["added"]) == 30
    assert len(book.team.people) == 30


def test_the_same_table_again_changes_no_byte(imported):
    root, _, _ = imported
    before = tree(root)
    found = import_into(root)
    assert found["deals"]["unchanged"] == 8800
    assert found["written"] == []
    assert tree(root) == before


def test_the_records_pass_the_check_of_their_process(imported):
    _, _, book = imported
    assert list(errors(check_book(book, book.deals["1c1i7a6r"].imported.date))) == []


def test_the_win_rate_is_the_published_one(at_the_end, answers):
    reading = read_metric(at_the_end, "win-rate")
    assert (reading.hits, reading.out_of) == (4238, 6711)
    assert round(reading.value, 6) == answers["win_rate"] == 0.631501


@pytest.mark.parametrize("quarter", QUARTERS)
def test_the_win_rate_of_each_quarter_is_the_published_one(imported, answers, quarter):
    first, last = QUARTERS[quarter]
    reading = read_metric(imported[2].on(last, first), "win-rate")
    expected = answers["by_close_quarter"][quarter]
    assert (reading.hits, reading.out_of - reading.hits) == (expected["won"], expected["lost"])
    assert round(reading.value, 6) == expected["win_rate"]


@pytest.mark.parametrize(
    ("metric", "answer"),
    [
        ("days-in-pipeline", "days_engage_to_close_won"),
        ("days-to-loss", "days_engage_to_close_lost"),
        ("age-in-outreach", "engaging_age_days_at_2017-12-31"),
    ],
)
def test_the_days_are_the_published_ones(at_the_end, answers, metric, answer):
    reading = read_metric(at_the_end, metric)
    expected = answers[answer]
    assert (reading.n, round(reading.value, 4), reading.median) == (expected["n"], expected["mean"], expected["median"])


def test_the_money_of_the_deals_won_is_the_published_sum(at_the_end, answers):
    won = [history.deal.contract for history in at_the_end.won]
    assert total(contract.one_off for contract in won) == {"USD": Decimal(answers["won_value"])}


@pytest.mark.parametrize("quarter", QUARTERS)
def test_the_money_of_each_quarter_is_the_published_sum(at_the_end, answers, quarter):
    first, last = QUARTERS[quarter]
    contracts = [history.deal.contract for history in at_the_end.won]
    signed = total(contract.one_off for contract in contracts if first <= contract.signed <= last)
    assert signed == {"USD": Decimal(answers["by_close_quarter"][quarter]["won_value"])}


def test_the_middle_of_the_year_can_be_looked_at_from_its_end(imported, answers):
    reading = read_metric(imported[2].on(date(2017, 7, 1)), "win-rate")
    expected = answers["as_of_2017-07-01"]
    assert (reading.hits, reading.out_of - reading.hits) == (expected["won"], expected["lost"])
