"""What a table adds to a record on file, and where the two say different things: nothing on file is ever taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from salesops.edits.edit import append_item, set_key
from salesops.edits.yaml_writer import in_brackets
from salesops.imports.csv.rows import StandIn
from salesops.problems import Path, dotted
from salesops.records.model_fields import keyed_fields
from salesops.records.record import Record, is_given

Moves = list[dict[str, str]]
"""The moves of a deal as its file writes them."""


@dataclass(frozen=True, slots=True)
class Addition:
    """Something that the table says and the record does not: a value at a path, or a move at the end of ``stages``."""

    path: Path
    value: Any
    is_move: bool = False

    def put_into(self, text: str, model: type[Record]) -> str:
        """The record's text with it, every other byte as it was."""
        if self.is_move:
            return append_item(text, self.path, self.value)
        return set_key(text, self.path, self.value, [key for key, _ in keyed_fields(model)])


@dataclass(frozen=True, slots=True)
class Question:
    """A field of which the record and the table say different things: for a person to decide."""

    path: Path
    record: Any
    table: Any

    @property
    def apart(self) -> Question:
        """The same of two lists without the entries that both have: these would only push the others out of sight."""
        if not (isinstance(self.record, list) and isinstance(self.table, list)):
            return self
        record = [entry for entry in self.record if entry not in self.table]
        return Question(self.path, record, [entry for entry in self.table if entry not in self.record])

    def as_data(self) -> dict[str, str]:
        """The question as people and programs read it."""
        return {"field": dotted(self.path), "record": in_brackets(self.record), "table": in_brackets(self.table)}


def differences(record: Mapping[str, Any], table: Mapping[str, Any], above: Path = ()) -> Iterator[Addition | Question]:
    """What a table says beyond a record on file or against it; what the mapping put in only ever adds."""
    for key, value in table.items():
        path = (*above, key)
        held: Any = record.get(key)
        if not is_given(held):
            yield Addition(path, value)
        elif path == ("stages",):
            yield from _of_moves(held, value)
        elif isinstance(value, dict) and isinstance(held, dict):
            yield from differences(held, value, path)
        elif not is_put_in(value) and not _is_there(value, held):
            yield Question(path, held, value)


def is_put_in(value: Any) -> bool:
    """Whether nothing of a value comes from the table."""
    parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else None
    return isinstance(value, StandIn) if parts is None else all(is_put_in(part) for part in parts)


def _is_there(value: Any, held: Any) -> bool:
    """Whether a record holds a value, if only among others of a list."""
    if isinstance(value, list) and isinstance(held, list):
        return all(part in held for part in value)
    return bool(value == held)


def _of_moves(held: Moves, table: Moves) -> Iterator[Addition | Question]:
    """Moves are told once: the table may tell of later ones, and the record of more."""
    if _are_among(table, held):
        return
    if len(held) < len(table) and all(map(_is_same, held, table)):
        yield from (Addition(("stages",), move, is_move=True) for move in table[len(held) :])
    else:
        yield Question(("stages",), held, table)


def _are_among(table: Moves, held: Moves) -> bool:
    """Whether the record tells of every move of the table, in their order."""
    left = iter(held)
    return all(any(_is_same(move, told) for move in left) for told in table)


def _is_same(held: dict[str, str], told: dict[str, str]) -> bool:
    """Whether two lines are one move; a day that the mapping put in is no word against the record's."""
    return held.keys() == told.keys() and all(is_put_in(day) or held[stage] == day for stage, day in told.items())


def completed(text: str, additions: list[Addition], model: type[Record]) -> str:
    """A record's text with what it lacked."""
    return reduce(lambda so_far, addition: addition.put_into(so_far, model), additions, text)
