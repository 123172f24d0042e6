"""Tables as Parquet: DuckDB reads them back with the same sums."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import duckdb

from salesops.exports import sqlite
from salesops.exports.evidence import numbers_of
from salesops.exports.known import known_tables
from salesops.exports.parquet import write
from salesops.exports.tables import DataColumn, DataTable, record_tables
from salesops.store.load import load

HOME = Path(__file__).parents[2]


def test_the_rows_and_sums_are_those_of_the_sqlite_file(tmp_path):
    snapshot = load(HOME)[0].on(date(2026, 11, 20))
    tables = [*record_tables(snapshot.book), *known_tables(snapshot, numbers_of(snapshot))]
    folder = tmp_path / "it's here"
    folder.mkdir()
    write(folder, tables)
    sqlite.write(tmp_path / "sales.db", snapshot)
    con, duck = sqlite3.connect(tmp_path / "sales.db"), duckdb.connect()
    for table in tables:
        numbers = [column.name for column in table.columns if column.type != "TEXT"]
        sums = ", ".join(["count(*)", *(f'sum("{name}")' for name in numbers)])
        source = str(folder / f"{table.name}.parquet").replace("'", "''")
        there = duck.execute(f"SELECT {sums} FROM read_parquet('{source}')").fetchone()
        here = con.execute(f'SELECT {sums} FROM "{table.name}"').fetchone()
        assert [None if n is None else round(float(n), 6) for n in there] == [
            None if n is None else round(float(n), 6) for n in here
        ], table.name
    con.close()


def test_every_cell_comes_back_as_it_was(tmp_path):
    rows = [
        ("a", 1, 0.5, 'two\nlines, "quoted" \\N é 東京 🙂\u2028'),
        ("", -(2**40), None, None),
        ("c", None, 1e-9, ""),
    ]
    columns = (DataColumn("id"), DataColumn('n "q"', "INTEGER"), DataColumn("x", "REAL"), DataColumn("words"))
    write(tmp_path, [DataTable("odd", columns, ("id",), rows), DataTable("none", columns, ("id",))])
    with duckdb.connect() as duck:
        found = duck.execute(f"SELECT * FROM read_parquet('{tmp_path}/odd.parquet')")
        assert [name for name, *_ in found.description] == ["id", 'n "q"', "x", "words"]
        assert found.fetchall() == rows
        assert duck.execute(f"SELECT count(*) FROM read_parquet('{tmp_path}/none.parquet')").fetchone() == (0,)
