"""Every record as plain tables: one for each kind, one for each list in it, found in the models of the records."""

from __future__ import annotations

import json
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from salesops.book.book import Book
from salesops.records.kinds import KINDS, Kind
from salesops.records.model_fields import inside, keyed_fields
from salesops.records.money import Money
from salesops.records.record import Record, value_at

Cell = str | int | float | None
"""What a cell holds: text, a day as ISO 8601, a whole number, a yes as 1 and a no as 0, or nothing. Money is whole cents."""


class DataColumn(NamedTuple):
    """A column: its name, and the type of SQLite that its cells have."""

    name: str
    type: str = "TEXT"


@dataclass
class DataTable:
    """A table: its name, its columns, and those of them that tell its rows apart."""

    name: str
    columns: tuple[DataColumn, ...]
    key: tuple[str, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)


def record_tables(book: Book) -> list[DataTable]:
    """The tables of every kind of record, empty ones too, in the order in which a reader meets the kinds."""
    return [table for kind in KINDS.values() for table in _of_kind(kind, book.of(kind.name))]


def table_name(kind: Kind) -> str:
    """What the table of a kind is called: as its folder or its file."""
    return kind.where.rpartition("/")[2].removesuffix(".yaml").replace("-", "_")


def _of_kind(kind: Kind, records: Mapping[str, Any]) -> list[DataTable]:
    """The tables of a kind; a file that only holds lists has none of its own."""
    found = _Shape(table_name(kind), () if kind.is_single else (DataColumn("id"),), kind.model, whose=kind.name)
    for record_id, record in records.items():
        found.take(record, () if kind.is_single else (record_id,))
    return [table for table in found.tables() if table.columns]


class _Plain(NamedTuple):
    """A field that is no list: where it stands, its columns, and whether it is what is written where a record may stand."""

    path: tuple[str, ...]
    columns: tuple[DataColumn, ...]
    is_word: bool = False


class _Shape:
    """The tables of a model: its own, with a column for each plain field, and one for each list or mapping below it."""

    def __init__(self, name: str, key: tuple[DataColumn, ...], model: Any, whose: str = "") -> None:
        self.name, self.key, self.whose = name, key, whose
        self.lists: dict[tuple[str, ...], _Shape] = {}
        self.plain: list[_Plain] = []
        if _is_record(model):
            self._walk(model, ())
        else:
            self.plain.append(_Plain((), tuple(_columns("value", model))))
        columns = (*key, *(column for plain in self.plain for column in plain.columns))
        self.table = DataTable(name, columns, tuple(column.name for column in key))

    def tables(self) -> Iterator[DataTable]:
        """Its own table, and those of its lists."""
        yield self.table
        for below in self.lists.values():
            yield from below.tables()

    def _walk(self, model: type[Record], above: tuple[str, ...]) -> None:
        for key, known in keyed_fields(model):
            annotation, path = inside(known.annotation), (*above, key)
            entry = _entry(annotation)
            if entry is not None:
                self._below(path, annotation, entry)
            elif _is_record(annotation):
                if _may_be_a_word(known.annotation):
                    self.plain.append(_Plain(path, (DataColumn("_".join(path)),), is_word=True))
                self._walk(annotation, path)
            else:
                self.plain.append(_Plain(path, tuple(_columns(self._free("_".join(path)), known.annotation))))

    def _free(self, name: str) -> str:
        return f"{name}_" if name in {column.name for column in self.key} else name

    def _below(self, path: tuple[str, ...], annotation: Any, entry: Any) -> None:
        """The table of a list: whose it is, the places of the lists above it by their names, and its own place."""
        words = "_".join(path)
        above = self.name.rpartition("_")[2]
        renamed = {"id": self.whose, "n": above, "key": above}
        whose = tuple(DataColumn(renamed.get(column.name, column.name), column.type) for column in self.key)
        place = DataColumn("key") if get_origin(annotation) is dict else DataColumn("n", "INTEGER")
        name = self.name if words == self.name else f"{self.name}_{words}"
        self.lists[path] = _Shape(name, (*whose, place), inside(entry))

    def take(self, record: Any, key: tuple[Cell, ...]) -> None:
        """A record, or an entry of a list, as a row here and rows below."""
        cells: list[Cell] = list(key)
        for plain in self.plain:
            value = _at(record, plain.path)
            cells += (None,) if plain.is_word and isinstance(value, BaseModel) else _cells(value, len(plain.columns))
        self.table.rows.append(tuple(cells))
        for path, below in self.lists.items():
            for place, entry in _entries(_at(record, path)):
                below.take(entry, (*key, place))


def _is_record(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Record)


def _may_be_a_word(annotation: Any) -> bool:
    """Whether words may stand where a record may."""
    return str in _alternatives(annotation)


def _alternatives(annotation: Any) -> Iterator[Any]:
    """Each type that may stand in a field."""
    if hasattr(annotation, "__metadata__"):
        yield from _alternatives(annotation.__origin__)
    elif get_origin(annotation) in (types.UnionType, Union):
        for part in get_args(annotation):
            yield from _alternatives(part)
    else:
        yield annotation


def _entry(annotation: Any) -> Any:
    """What a list or a mapping holds; None where the field is neither."""
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0]
    return get_args(annotation)[1] if get_origin(annotation) is dict else None


def _columns(name: str, annotation: Any) -> Iterator[DataColumn]:
    """The columns of a field that is no list: two for money, one for each part of a pair, else one."""
    name = name.replace("-", "_")
    if inside(annotation) is Money and set(_alternatives(annotation)) <= {Money, type(None)}:
        yield DataColumn(f"{name}_cents", "INTEGER")
        yield DataColumn(f"{name}_currency")
    elif _parts(inside(annotation)) and inside(annotation) is not Money:
        yield from (DataColumn(part) for part in _parts(inside(annotation)))
    else:
        yield DataColumn(name, "INTEGER" if set(_alternatives(annotation)) <= {int, bool, type(None)} else "TEXT")


def _parts(annotation: Any) -> tuple[str, ...]:
    """The names of what stands together as one entry, such as a stage and the day it was entered."""
    parts: tuple[str, ...] = getattr(annotation, "_fields", ())
    return parts


def _at(record: Any, path: tuple[str, ...]) -> Any:
    return value_at(record, path) if path else record


def _entries(value: Any) -> Iterable[tuple[Cell, Any]]:
    if isinstance(value, Mapping):
        return ((str(key), entry) for key, entry in value.items())
    return enumerate(value or (), 1)


def _cells(value: Any, width: int) -> tuple[Cell, ...]:
    if isinstance(value, Money) and width > 1:
        return (in_cents(value.amount), value.currency)
    if _parts(type(value)) and not isinstance(value, Money):
        return tuple(map(cell, value))
    return (None,) * width if value is None else (cell(value),)


def in_cents(amount: Decimal) -> int:
    """An amount in whole cents; money has no smaller part."""
    return int(amount * 100)


def cell(value: Any) -> Cell:
    """A value as a cell: days and decimals as text, what has parts as JSON."""
    if value is None or isinstance(value, str | float):
        return value if value is None or isinstance(value, float) else str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, date | Decimal | Money):
        return str(value)
    data = value.model_dump(mode="json", exclude_none=True) if isinstance(value, BaseModel) else value
    return json.dumps(data, ensure_ascii=False, default=str)
