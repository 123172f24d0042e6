"""Whoever imports a large file at a terminal sees how far it is; where nobody looks, nothing is said."""

from __future__ import annotations

import sys

import pytest
from terminal import typed

ROWS = 20_001
MAP = "members: {name: {column: name}, id: {column: id, missing: skip}, fields: {kind: university, country: CA}}\n"


@pytest.fixture
def large(repo):
    """A table of many rows, of which only one becomes a member."""
    rows = "".join(f",Name {number}\n" for number in range(ROWS - 1))
    repo.write("../table.csv", ("id,name\nelm,Elm\n" + rows).encode())
    repo.write("../map.yaml", MAP.encode())
    return repo


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such terminal")
def test_a_terminal_shows_how_many_rows_are_read(large):
    code, shown = typed(large.root, ["import", "csv", "../table.csv", "--map", "../map.yaml"], [])
    assert code == 0
    steps = [line for line in shown.split("\n") if line.endswith("…")]
    assert steps[:4] == ["reading ../table.csv …", "10,000 rows read …", "20,000 rows read …", "writing 1 file …"]
    assert "20,001 rows, 1 accepted" in shown


def test_a_pipe_gets_the_report_alone(large):
    ran = large.run("import", "csv", "../table.csv", "--map", "../map.yaml")
    assert ran.code == 0
    assert "…" not in ran.err
