"""Tables as Parquet files, written by DuckDB."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from salesops.exports.tables import DataTable

TYPES = {"TEXT": "VARCHAR", "INTEGER": "BIGINT", "REAL": "DOUBLE"}


def write(folder: Path, tables: Iterable[DataTable]) -> None:
    """A file for each table that has rows or none, such as ``deals.parquet``."""
    import duckdb  # noqa: PLC0415 - a package that is there only where somebody asked for it

    with duckdb.connect() as database:
        for table in tables:
            columns = ", ".join(f"{_quoted(column.name)} {TYPES[column.type]}" for column in table.columns)
            name = _quoted(table.name)
            database.execute(f"CREATE TABLE {name} ({columns})")
            if table.rows:
                database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(table.columns))})", table.rows)
            database.execute(f"COPY {name} TO {_text(folder / f'{table.name}.parquet')} (FORMAT parquet)")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
