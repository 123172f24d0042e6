"""Tables as Parquet files, written by DuckDB."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from salesops.exports.tables import DataTable

TYPES = {"TEXT": "VARCHAR", "INTEGER": "BIGINT", "REAL": "DOUBLE"}


def write(folder: Path, tables: Iterable[DataTable]) -> None:
    """A file for each table, also for one without rows, such as ``deals.parquet``."""
    import duckdb  # noqa: PLC0415 - a package that is there only where somebody asked for it

    with TemporaryDirectory(prefix="salesops-") as scratch, duckdb.connect() as database:
        for table in tables:
            rows = Path(scratch, "rows.json")
            with rows.open("w", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(dict(enumerate(row)), ensure_ascii=False)}\n" for row in table.rows)
            types = ", ".join(f"'{at}': '{TYPES[column.type]}'" for at, column in enumerate(table.columns))
            named = ", ".join(f'"{at}" AS {_quoted(column.name)}' for at, column in enumerate(table.columns))
            read = f"read_json({_text(rows)}, format='newline_delimited', columns={{{types}}})"
            target = _text(folder / f"{table.name}.parquet")
            database.execute(f"COPY (SELECT {named} FROM {read}) TO {target} (FORMAT parquet)")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
