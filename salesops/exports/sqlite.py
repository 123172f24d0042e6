"""One SQLite file of everything: a table for each kind of record and each list in it, and a view for each number."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from salesops.book.book import Snapshot
from salesops.exports.evidence import numbers_of
from salesops.exports.known import known_tables, view_of
from salesops.exports.tables import DataTable, record_tables


def write(file: Path, snapshot: Snapshot) -> list[DataTable]:
    """The records and what they say on a day, in a new file; the tables that are in it. Raises OSError and sqlite3.Error where the disk refuses."""
    numbers = numbers_of(snapshot)
    tables = [*record_tables(snapshot.book), *known_tables(snapshot, numbers)]
    with sqlite3.connect(file) as database:
        for table in tables:
            _put(database, table)
        database.execute('CREATE INDEX "of the metric" ON counted (metric)')
        for each in numbers:
            select = view_of(each.metric, snapshot.numbers.enough)
            database.execute(f"CREATE VIEW {_quoted(each.metric.id)} AS {select}")
    database.close()
    return tables


def _put(database: sqlite3.Connection, table: DataTable) -> None:
    columns = [f"{_quoted(column.name)} {column.type}" for column in table.columns]
    key = [f"PRIMARY KEY ({_listed(table.key)})"] if table.key else []
    database.execute(f"CREATE TABLE {_quoted(table.name)} ({', '.join(columns + key)})")
    places = ", ".join("?" * len(table.columns))
    database.executemany(f"INSERT INTO {_quoted(table.name)} VALUES ({places})", table.rows)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(_quoted, names))


def _quoted(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
