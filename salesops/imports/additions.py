"""What a table adds to a record on file, and where the two say different things: nothing on file is ever taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from salesops.edits.edit import insert_item, set_key
from salesops.edits.yaml_writer import in_brackets
from salesops.imports.csv.rows import is_put_in
from salesops.problems import Path, dotted
from salesops.records.model_fields import keyed_fields
from salesops.records.record import Entries, Record, is_given

Moves = list[dict[str, str]]
"""The moves of a deal as its file writes them."""


@dataclass(frozen=True, slots=True)
class Addition:
    """Something that the table says and the record does not: a value at a path, or an entry at a place of a list.

    ``entry`` is the entry of a list, as the table tells it, that it is part of.
    """

    path: Path
    value: Any
    is_move: bool = False
    at: int | None = None
    entry: Any = None

    def put_into(self, text: str, model: type[Record]) -> str:
        """The record's text with it, every other byte as it was."""
        if self.at is not None:
            return insert_item(text, self.path, self.at, self.value)
        return set_key(text, self.path, self.value, [key for key, _ in keyed_fields(model)])


@dataclass(frozen=True, slots=True)
class Question:
    """A field of which the record and the table say different things: for a person to decide.

    ``entry`` is the entry of a list, as the table tells it, that it is part of.
    """

    path: Path
    record: Any
    table: Any
    entry: Any = None

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


@dataclass(frozen=True)
class Grasp:
    """What has to be known to compare: the stages that the mapping can tell of, those that end a deal, and how the entries of lists are told apart."""

    stages: frozenset[str] = frozenset()
    closing: frozenset[str] = frozenset()
    lists: Mapping[str, Entries] = field(default_factory=dict)


def differences(
    record: Mapping[str, Any], table: Mapping[str, Any], known: Grasp = Grasp(), above: Path = ()
) -> Iterator[Addition | Question]:
    """What a table says beyond a record on file or against it; what the mapping put in only ever adds."""
    for key, value in table.items():
        path = (*above, key)
        held: Any = record.get(key)
        if not is_given(held):
            yield Addition(path, value)
        elif path == ("stages",):
            yield from _of_moves(held, value, known, str(record.get("imported", {}).get("date", "")))
        elif isinstance(value, dict) and isinstance(held, dict):
            yield from differences(held, value, known, path)
        elif key in known.lists and isinstance(held, list) and isinstance(value, list):
            yield from _of_entries(held, value, known, path)
        elif not is_put_in(value) and not _is_there(value, held):
            yield Question(path, held, value)


def _of_entries(held: Moves, told: Moves, known: Grasp, path: Path) -> Iterator[Addition | Question]:
    """Entries of a list: those that the record has in other words ask or gain what they lack, new ones are added by their day."""
    left, now = list(held), list(held)
    for entry in sorted(told, key=lambda one: not any(_holds(other, one) for other in held)):
        like = next((other for other in left if _holds(other, entry)), None)
        like = like or next((other for other in left if _is_like(other, entry, known.lists[str(path[-1])].by)), None)
        if like is None:
            at = _by_day(now, entry)
            now.insert(at, entry)
            yield Addition(path, entry, at=at, entry=entry)
        else:
            left.remove(like)
            found = differences(like, entry, known, (*path, now.index(like)))
            yield from (replace(each, entry=entry) for each in found)


def _holds(held: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Whether an entry says everything that another says."""
    return all(held.get(key) == value for key, value in told.items())


def _is_like(held: Mapping[str, Any], told: Mapping[str, Any], by: tuple[str, ...]) -> bool:
    """Whether two entries are about the same: they have one id, or agree in what tells entries apart."""
    if "id" in held and "id" in told:
        return bool(held["id"] == told["id"])
    return all(held.get(key) == told.get(key) for key in by)


def _by_day(now: Moves, entry: Mapping[str, Any]) -> int:
    """Where an entry belongs: after those of its day and before, the newest last; at the end where it has no day."""
    day = entry.get("date")
    return next((at for at, other in enumerate(now) if day and str(other.get("date", "")) > str(day)), len(now))


def _is_there(value: Any, held: Any) -> bool:
    """Whether a record holds a value, if only among others of a list."""
    if isinstance(value, list) and isinstance(held, list):
        return all(part in held for part in value)
    return bool(value == held)


def _of_moves(held: Moves, table: Moves, known: Grasp, brought: str) -> Iterator[Addition | Question]:
    """Moves are told once: the table may tell of more, each where its day puts it, and so may the record."""
    if _are_among(table, held):
        return
    if len(held) < len(table) and all(map(_is_same, held, table)):
        yield from (Addition(("stages",), move, True, at) for at, move in enumerate(table) if at >= len(held))
        return
    found = _placed(held, table, known, brought)
    yield from found
    if not found:
        yield Question(("stages",), held, table)


def _placed(held: Moves, table: Moves, known: Grasp, brought: str) -> list[Addition]:
    """The moves that only the table has, each in the one place where it can be; none at all where that is not sure.

    It is not sure where the record says otherwise of a stage that the mapping knows, and where a place is not the end:
    only among moves that an import brought, the last of them on the day ``brought``, may a day alone decide.
    """
    new = [move for move in table if not any(_is_same(other, move) for other in held)]
    untold = [move for move in held if not any(_is_same(move, other) for other in table)]
    if {*map(_stage, untold)} & known.stages or {*map(_stage, new)} & {*map(_stage, held)}:
        return []
    now, found = list(held), list[Addition]()
    for move in new:
        at = _place(now, move, known.closing, brought)
        if at is None:
            return []
        now.insert(at, move)
        found.append(Addition(("stages",), move, True, at))
    return found


def _place(now: Moves, move: dict[str, str], closing: frozenset[str], brought: str) -> int | None:
    """The one place where a move can be, or None."""
    day = _day(move)
    if day >= _day(now[-1]):
        return None if _stage(now[-1]) in closing else len(now)
    later = next(at for at, other in enumerate(now) if _day(other) > day)
    is_alone = all(_day(other) != day for other in now)
    return later if is_alone and _day(now[later]) <= brought and _stage(move) not in closing else None


def _stage(move: dict[str, str]) -> str:
    return next(iter(move))


def _day(move: dict[str, str]) -> str:
    return str(next(iter(move.values())))


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
