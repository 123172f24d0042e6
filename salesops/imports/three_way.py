"""A newer table, the record on file and what the last import took: what only one side changed stands, what both changed is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from salesops.imports.additions import Addition, Question
from salesops.imports.csv.rows import is_put_in
from salesops.problems import Path, dotted
from salesops.records.kinds import entries_of
from salesops.records.model_fields import keyed_fields
from salesops.records.record import Past, Record, is_given, past_of, value_at
from salesops.records.scalars import UNKNOWN

Ref = tuple[str, str]
"""A kind of record and an id."""
SIGNED = frozenset({Past.SIGNED, Past.SIGNED_ONCE_CLOSED})
"""What of a deal that has ended nobody changes without a signature: a newer table asks there, too."""


@dataclass(frozen=True)
class LastImport:
    """What the last import took, by record.

    ``ours`` are the fields, each behind the id of its record and a point, in which the record goes before whatever a table
    says; ``closing`` are the stages in which a deal is closed.
    """

    taken: Mapping[Ref, Mapping[str, Any]] = field(default_factory=dict)
    ours: Collection[str] = ()
    closing: Collection[str] = ()

    def goes_before(self, record_id: str, path: Path) -> bool:
        """Whether a record goes before in a field, or in one that it is part of."""
        return any(f"{record_id}.{dotted(path[:end])}" in self.ours for end in range(1, len(path) + 1))

    def of(self, kind: str, record_id: str) -> Mapping[str, Any]:
        """What it took of a record; nothing where it took none."""
        return self.taken.get((kind, record_id), {})


NOTHING_TAKEN = LastImport()
"""Where no import was before."""


@dataclass(frozen=True)
class Sides:
    """A record as it is on file, as a table tells it now, and as the last import took it; ``emptied`` are fields that the table leaves empty."""

    record: Mapping[str, Any]
    table: Mapping[str, Any]
    before: Mapping[str, Any]
    id: str
    model: type[Record]
    emptied: Collection[str] = ()


Found = Addition | Question


def three_way(found: Sequence[Found], sides: Sides, last: LastImport) -> Iterator[Found]:
    """What is to be added or put in place, and what is to be asked, of the ``found`` differences between record and table."""
    moves = [each for each in found if each.path == ("stages",)]
    others = [each for each in found if each.path != ("stages",)]
    every = [
        *_of_stages(moves, sides),
        *(kept for each in others for kept in _of_field(each, sides, last)),
        *_emptied(sides),
        *_emptied_entries(found, sides),
    ]
    yield from (each for each in every if not last.goes_before(sides.id, each.path))


def _of_field(each: Found, sides: Sides, last: LastImport) -> Iterator[Found]:
    """One difference: dropped where the table says what it said before, taken where the record does, else asked."""
    told = each.value if isinstance(each, Addition) else each.table
    before = _before(sides, each)
    if is_given(before) and _is_one(before, told):
        return
    if isinstance(each, Addition):
        yield each if not is_given(before) or is_put_in(told) else Question(each.path, None, told, each.entry)
    elif is_given(before) and _is_one(before, each.record) and not _is_held(sides, each.path, last):
        yield Addition(each.path, told, entry=each.entry)
    else:
        yield each


def _before(sides: Sides, each: Found) -> Any:
    """What the last import took where a difference is; of a new entry of a list, the same entry."""
    if isinstance(each, Addition) and each.at is not None:
        entries = list_at(sides.before, each.path)
        return next((entry for entry in entries if is_like(str(each.path[-1]), entry, each.value)), None)
    at = next((at for at, part in enumerate(each.path) if isinstance(part, int)), None)
    if at is None:
        return value_at(sides.before, each.path)
    held = value_at(sides.record, each.path[: at + 1])
    entries = list_at(sides.before, each.path[:at])
    like = next((entry for entry in entries if is_like(str(each.path[at - 1]), entry, held)), None)
    return value_at(like, each.path[at + 1 :]) if like else None


def list_at(before: Mapping[str, Any], path: Path) -> list[Any]:
    """The entries at a place of what an import took; none where it did not take a list."""
    found = value_at(before, path)
    return found if isinstance(found, list) else []


def is_like(name: str, one: Any, other: Any) -> bool:
    """Whether two entries of a list are about the same: they have one id, or agree in what tells entries apart."""
    if not (isinstance(one, Mapping) and isinstance(other, Mapping)):
        return bool(one == other)
    if "id" in one and "id" in other:
        return bool(one["id"] == other["id"])
    return all(one.get(key) == other.get(key) for key in entries_of(name).by or (*one, *other))


def said_itself(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a table says itself, without what the mapping put in, as plain data."""
    return {key: _plain(value) for key, value in told.items() if is_given(value) and not is_put_in(value)}


def _plain(value: Any) -> Any:
    """A value as JSON has it; entries of lists are kept whole, for they are found again by all that they say."""
    if isinstance(value, dict):
        return said_itself(value)
    if isinstance(value, list):
        return [plain_entry(each) for each in value]
    return str(value)


def plain_entry(entry: Any) -> Any:
    """An entry of a list as JSON has it."""
    return {key: _plain(part) for key, part in entry.items()} if isinstance(entry, dict) else str(entry)


def _is_one(before: Any, told: Any) -> bool:
    """Whether two values are the same, but for what the mapping put in; of lists of words, in any order."""
    if isinstance(before, dict) and isinstance(told, dict):
        return before == said_itself(told)
    if isinstance(before, list) and isinstance(told, list):
        return sorted(map(str, before)) == sorted(map(str, told))
    return bool(before == told)


def _is_held(sides: Sides, path: Path, last: LastImport) -> bool:
    """Whether nobody changes a field unasked, although the record says in it what the last import took."""
    return _is_signed(sides, path, last) or _is_judged(sides, path)


def _is_judged(sides: Sides, path: Path) -> bool:
    """Whether a field is part of an answer that somebody has judged since: the judgement was about those words."""
    if path[0] != "maniac_t" or len(path) < 2:
        return False
    status = value_at(sides.record, (*path[:2], "status"))
    return status not in (None, UNKNOWN, value_at(sides.before, (*path[:2], "status")))


def _is_signed(sides: Sides, path: Path, last: LastImport) -> bool:
    """Whether a field of a deal that has ended holds its past, which only a signed correction changes."""
    moves = _moves(sides.record)
    has_ended = bool(moves) and isinstance(moves[-1], Mapping) and any(stage in last.closing for stage in moves[-1])
    return has_ended and past_of(dict(keyed_fields(sides.model)).get(str(path[0]))) in SIGNED


def _of_stages(found: list[Found], sides: Sides) -> Iterator[Found]:
    """Moves: new ones are taken where they go on from the record's, a past that the table tells otherwise is asked."""
    before, told, held = (_moves(side) for side in (sides.before, sides.table, sides.record))
    if not before:
        yield from found
    elif told != before:
        is_rewritten = any(move not in told and move in held for move in before)
        if is_rewritten or (found and held != before):
            yield Question(("stages",), held, told)
        else:
            yield from found


def _moves(side: Mapping[str, Any]) -> list[Any]:
    return list_at(side, ("stages",))


def _emptied(sides: Sides) -> Iterator[Question]:
    """What the last import took, the table leaves empty now and the record still says: nothing is removed unasked."""
    for name in sides.emptied:
        path = tuple(name.split("."))
        before, held = value_at(sides.before, path), value_at(sides.record, path)
        if is_given(before) and is_given(held) and not is_given(value_at(sides.table, path)):
            yield Question(path, held, None)


def _emptied_entries(found: Sequence[Found], sides: Sides) -> Iterator[Question]:
    """The same of the entries of lists that the table still tells of, if in other words."""
    for name, told in sides.table.items():
        if not (isinstance(told, list) and entries_of(name).by):
            continue
        now = list_at(sides.record, (name,))[:]
        for each in found:
            if isinstance(each, Addition) and each.path == (name,) and each.at is not None:
                now.insert(each.at, each.value)
        for before, entry in told_otherwise(name, list_at(sides.before, (name,)), told):
            held = _held_of(name, now, before)
            for key in before:
                if is_given(held.get(key)) and not is_given(entry.get(key)):
                    yield Question((name, now.index(held), key), held[key], None, entry)


def told_otherwise(name: str, before: Sequence[Any], told: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """The entries of a list of which a table told something else before, each with what that was."""
    left, others = list(before), list[Any]()
    for entry in told:
        if (plain := plain_entry(entry)) in left:
            left.remove(plain)
        else:
            others.append(entry)
    for entry in others:
        like = next((one for one in left if is_like(name, one, entry)), None)
        if like is not None:
            left.remove(like)
            yield like, entry


def _held_of(name: str, entries: Sequence[Any], before: Any) -> Mapping[str, Any]:
    """The entry of a record that an import took: the one that still says all of it, else one about the same; an empty one where there is none."""
    alike = [one for one in entries if isinstance(one, Mapping) and is_like(name, one, before)]
    same = (one for one in alike if all(one.get(key) == value for key, value in before.items()))
    return next(same, alike[0] if alike else {})
