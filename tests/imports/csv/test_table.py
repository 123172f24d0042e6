"""Reading a table as spreadsheets and other programs write them, with whatever they do wrong."""

from __future__ import annotations

import codecs
import csv
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.imports.csv.mapping import Format
from salesops.imports.csv.table import read_table
from salesops.output import guarded, unguarded


def table(raw, **format):
    found, problems = read_table("deals.csv", raw if isinstance(raw, bytes) else raw.encode(), Format(**format))
    assert problems == []
    assert found is not None
    return found


def refused(raw, **format):
    found, problems = read_table("deals.csv", raw if isinstance(raw, bytes) else raw.encode(), Format(**format))
    assert found is None
    return problems


def cells(found):
    return [[found.cell(row, name) for name in found.columns] for row in found.rows]


@pytest.mark.parametrize(
    ("raw", "format"),
    [
        ("id,name\n1,Ümit\n", {}),
        ("id,name\r\n1,Ümit\r\n", {}),
        ("id,name\r1,Ümit", {}),
        (codecs.BOM_UTF8 + "id,name\n1,Ümit\n".encode(), {}),
        ("id,name\n1,Ümit\n".encode("utf-16"), {"encoding": "utf-16"}),
        ("id,name\n1,Ümit\n".encode("windows-1252"), {"encoding": "windows-1252"}),
        ("id;name\n1;Ümit\n", {"delimiter": "semicolon"}),
        ("id\tname\n1\tÜmit\n", {"delimiter": "tab"}),
        ("id|name\n1|Ümit\n", {"delimiter": "bar"}),
        ('"id","name"\n"1","Ümit"\n', {}),
        ("'id','name'\n'1','Ümit'\n", {"quote": "single"}),
        ("id, name\n 1 , Ümit \n", {}),
        ("\n\nid,name\n\n1,Ümit\n,\n  \n", {}),
        (gzip.compress("id,name\n1,Ümit\n".encode(), mtime=0), {}),
        (gzip.compress(b"id,name\n", mtime=0) + gzip.compress("1,Ümit\n".encode(), mtime=0), {}),
    ],
)
def test_the_same_table_is_read_however_it_is_written(raw, format):
    found = table(raw, **format)
    assert found.header == ("id", "name")
    assert cells(found) == [["1", "Ümit"]]
    assert found.refused == ()


def test_rows_are_numbered_as_a_spreadsheet_numbers_them_and_lines_as_an_editor_does():
    found = table('id,note\n1,"two\nlines"\n\n2,x\n')
    assert [(row.number, row.line) for row in found.rows] == [(2, 2), (4, 5)]


def test_a_row_with_too_few_or_too_many_cells_is_reported_and_the_others_are_read():
    found = table("id,name\n1\n2,b\n3,c,d\n")
    assert cells(found) == [["2", "b"]]
    assert [(remark.row, remark.code, remark.reason) for remark in found.refused] == [
        (2, "row-ragged", "the row has fewer cells than the header, 1 and not 2"),
        (4, "row-ragged", "the row has more cells than the header, 3 and not 2"),
    ]


def test_a_quote_in_the_wrong_place_costs_its_own_row_only():
    found = table('id,name\n1,"a"b\n2,b\n')
    assert cells(found) == [["2", "b"]]
    assert [(remark.row, remark.reason) for remark in found.refused] == [(2, "there is text after a closing quote")]


def test_a_quote_that_is_never_closed_is_reported_at_the_row_where_it_opens():
    found = table('id,name\n1,a\n2,"b\n3,c\n')
    assert cells(found) == [["1", "a"]]
    assert [(remark.row, remark.line, remark.code) for remark in found.refused] == [(3, 3, "row-unreadable")]


def test_two_columns_of_one_name_are_refused_because_one_would_be_lost():
    (problem,) = refused("id,name,name\n1,a,b\n")
    assert (problem.code, problem.message) == ("column-twice", "'name' is the name of 2 columns (2, 3)")


def test_columns_without_a_name_do_no_harm():
    assert cells(table("id,,\n1,a,\n")) == [["1"]]


def test_rows_come_in_whatever_order_they_are_asked_for():
    rows = read_table("deals.csv", b"id\n0\n1\n2\n3\n", Format())[0].rows
    assert [rows[at].cells for at in (-1, 0, 1, 3, 1, 2, -1, -4)] == [[each] for each in "30131230"]
    assert [row.cells for row in reversed(rows)] == [[each] for each in "3210"]


def test_a_table_parted_by_semicolons_gets_the_line_for_the_mapping():
    (problem,) = refused("id;name;country\n1;a;US\n")
    assert problem.code == "delimiter-wrong"
    assert problem.fix == "format: {delimiter: semicolon}"


@pytest.mark.parametrize(
    ("raw", "format", "code", "fix"),
    [
        (b"", {}, "table-empty", ""),
        (b"\n\n", {}, "table-empty", ""),
        (b"PK\x03\x04rest", {}, "not-a-table", ""),
        (b"\x1f\x8bnot really", {}, "not-a-table", ""),
        (gzip.compress(b"id,name\n1,a\n", mtime=0)[:-9], {}, "not-a-table", ""),
        ("id,name\n1,é\n".encode("latin-1"), {}, "not-decoded", "format: {encoding: windows-1252}"),
        ("id,name\n1,é\n".encode("utf-16"), {}, "not-decoded", "format: {encoding: utf-16}"),
        ("id,name\n1,é\n".encode(), {"encoding": "utf-16"}, "not-decoded", "format: {encoding: utf-8}"),
        (b"id,na\x00me\n1,a\n", {}, "unseen-character", ""),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_the_way_out(raw, format, code, fix):
    (problem,) = refused(raw, **format)
    assert (problem.code, problem.fix) == (code, fix)


def test_a_wrong_letter_is_found_by_line_and_column():
    (problem,) = refused("id,name\n1,a\n2,é\n".encode("latin-1"))
    assert (problem.place.line, problem.place.column) == (3, 3)


def test_a_packed_file_that_would_fill_the_memory_is_refused():
    (problem,) = refused(gzip.compress(b"\n" * (65 * 1024 * 1024)))
    assert problem.code == "file-too-large"


def test_a_cell_of_any_length_is_read_and_the_limit_of_the_interpreter_is_put_back():
    before = csv.field_size_limit()
    assert len(cells(table("id,name\n1," + "a" * 131_073))[0][1]) == 131_073
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("'=SUM(A1)", "=SUM(A1)"),
        ("'+1", "+1"),
        ("'-1", "-1"),
        ("'@x", "@x"),
        ("''quoted", "'quoted"),
        ("'\tx", "\tx"),
        ("'  =x", "  =x"),
        ("'＝x", "＝x"),
        ("'tis the season", "'tis the season"),
        ("O'Neill", "O'Neill"),
        ("=SUM(A1)", "=SUM(A1)"),
        ("'", "'"),
        ("''", "'"),
        ("'12", "'12"),
    ],
)
def test_the_apostrophe_of_a_spreadsheet_is_taken_off_and_no_other(cell, meant):
    assert unguarded(cell) == meant


@given(st.text(alphabet="'=+-@ \t\r\nab＝", max_size=8))
def test_what_an_export_guards_comes_back_as_it_was(words):
    assert unguarded(guarded(words)) == words


@given(st.one_of(st.binary(max_size=80), st.text(alphabet="ab,;\"\n\r\0'=é \ufeff", max_size=60).map(str.encode)))
def test_any_bytes_are_a_table_or_a_reason_never_a_crash(raw):
    for format in (
        Format(),
        Format(quote="none", delimiter="tab"),
        Format(encoding="utf-16"),
        Format(encoding="windows-1252"),
    ):
        found, problems = read_table("deals.csv", raw, format)
        assert (found is None) == bool(problems)
        assert found is None or all(len(row.cells) == len(found.header) for row in found.rows)
