"""Two tables of the same deals as one: the rows of the second stand beside those of the first that have the same key."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from salesops.imports.csv.cells import cleaned
from salesops.imports.csv.mapping import Format, JoinMap
from salesops.imports.csv.table import JoinedBy, RowsOnDisk, Table, TableRow
from salesops.imports.remarks import Remark, Verdict
from salesops.store.scratch import ScratchDict, ScratchList


def joined(first: Table, name: str, join: JoinMap, second: Table, shape: Format, used: Collection[str]) -> Table:
    """The first table with the columns of the second, called by its name, a point and their own.

    A row of the first without its like in the second has empty cells there; a row of the second that belongs to none of
    the first is said to be left over. Rows of one key that differ in a column that is ``used`` are asked about.
    """
    columns = {f"{name}.{column}": at for column, at in second.columns.items()}
    by_key = ScratchDict[str, tuple[int, ...]]()
    for at, row in enumerate(second.rows):
        if key := _key(second, row, join.key):
            by_key[key] = (*by_key.get(key, ()), at)
    asked, met = list[Remark](), bytearray(len(second.rows))

    def beside() -> Iterator[TableRow]:
        for row in first.rows:
            key = _key(first, row, join.to)
            places = by_key.get(key, ()) if key else ()
            like = [second.rows[at] for at in places]
            for at in places:
                met[at] = True
            differs = [column for column, at in columns.items() if column in used and _differ(like, at)]
            if differs:
                asked.append(_asked(first, row, join, second, like, differs))
            else:
                yield replace(row, cells=[*row.cells, *(_of(like, at) for at in columns.values())])

    return Table(
        first.name,
        (*first.header, *columns),
        RowsOnDisk(beside()),
        (*first.refused, *asked),
        {**first.formats, **dict.fromkeys(columns, shape)},
        ScratchList(chain(first.left_over, second.refused, _left_over(first, join, second, met))),
        {**first.beside, second.name: len(second.rows) + len(second.refused)},
        {**first.joins, **dict.fromkeys(columns, JoinedBy(second.name, join.to, f"{name}.{join.key}"))},
    )


def _key(table: Table, row: TableRow, column: str) -> str:
    return key_in(table.cell(row, column))


def key_in(words: str) -> str:
    """What a cell says that joins rows."""
    return cleaned(words)[0].strip()


def _differ(rows: Sequence[TableRow], at: int) -> bool:
    return len({row.cells[at].strip() for row in rows} - {""}) > 1


def _of(rows: Sequence[TableRow], at: int) -> str:
    """The cell of the rows of one key; where some leave it empty, that of the others."""
    return next((row.cells[at] for row in rows if row.cells[at].strip()), "")


def _asked(
    first: Table, row: TableRow, join: JoinMap, second: Table, like: list[TableRow], differs: list[str]
) -> Remark:
    numbers = " and ".join(str(each.number) for each in like)
    reason = f"stands in several rows of {second.name} that contradict each other"
    value = f"{_key(first, row, join.to)}, rows {numbers}: {', '.join(differs)}"
    return Remark(Verdict.ASKED, first.name, row.number, row.line, join.to, "rows-contradict", reason, value)


def _left_over(first: Table, join: JoinMap, second: Table, met: bytearray) -> Iterator[Remark]:
    for row in (row for at, row in enumerate(second.rows) if not met[at]):
        reason, key = f"belongs to no row of {first.name}", _key(second, row, join.key)
        yield Remark(Verdict.SKIPPED, second.name, row.number, row.line, join.key, "row-left-over", reason, key)
