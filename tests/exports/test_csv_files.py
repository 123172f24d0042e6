"""Tables as CSV: nothing is lost, and no spreadsheet takes a text for a formula."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.exports.csv_files import as_csv_file
from salesops.exports.tables import DataColumn, DataTable
from salesops.output import unguarded

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(bool)


def written(words):
    table = DataTable(
        "t", (DataColumn("n", "INTEGER"), DataColumn("words")), (), [(at, word) for at, word in enumerate(words)]
    )
    return list(csv.reader(StringIO(as_csv_file(table), newline="")))


@given(st.lists(TEXTS, max_size=4))
def test_whatever_stands_in_a_cell_comes_back_as_it_was(words):
    assert [unguarded(row[1]) for row in written(words)[1:]] == words


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "'=1", "\ufeff=1"],
)
def test_what_a_spreadsheet_would_compute_has_an_apostrophe_before_it(text):
    cell = written([text])[1][1]
    assert cell == f"'{text}"


def test_a_number_stays_a_number():
    assert written(["a", "b"])[2] == ["1", "b"]
    table = DataTable("t", (DataColumn("n", "INTEGER"),), (), [(-5,), (None,)])
    assert as_csv_file(table) == 'n\r\n-5\r\n""\r\n'
