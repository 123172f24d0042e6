"""What a record holds on a day: only what is dated up to it. What has no day is today's word and stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, get_args

from salesops.problems import Path
from salesops.records.model_fields import inside
from salesops.records.record import Record, dated_fields, days_of

R = TypeVar("R", bound=Record)


ANNOUNCED = frozenset(
    {
        ("parked", "since"),
        ("contract", "service_ended"),
        ("reopened", "date"),
        ("moved_back", "date"),
        ("hubs", "since"),
        ("rates", "date"),
        ("changelog", "date"),
    }
)
"""Days that may be known before they come; that of a move is the move's own matter."""


class Span(NamedTuple):
    """The days from ``first`` (None: without a beginning) to ``last``, both included."""

    first: date | None
    last: date

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return day <= self.last and (self.first is None or self.first <= day)


class _Parts(NamedTuple):
    """The parts of a record and the lists of parts, each by attribute and key."""

    single: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, str], ...]


@lru_cache(maxsize=256)
def _layout(model: type[Record]) -> _Parts:
    single, lists = [], []
    for name, field in model.model_fields.items():
        bare = inside(field.annotation)
        if _is_record(bare):
            single.append((name, field.alias or name))
        elif any(_is_record(inside(part)) for part in get_args(bare)[:1]):
            lists.append((name, field.alias or name))
    return _Parts(tuple(single), tuple(lists))


def _is_record(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Record)


def _parts(record: Record) -> Iterator[tuple[Path, Record]]:
    layout = _layout(type(record))
    for name, key in layout.single:
        if isinstance(part := getattr(record, name), Record):
            yield (key,), part
    for name, key in layout.lists:
        for at, part in enumerate(getattr(record, name)):
            yield (key, at), part


def every_day(record: Record) -> Iterator[date]:
    """Every day on which something in a record or its parts happened."""
    yield from days_of(record)
    for _, part in _parts(record):
        yield from every_day(part)


def later_days(record: Record, day: date, path: Path = ()) -> Iterator[tuple[Path, date]]:
    """The days after a day on which something in a record or its parts is said to have happened, each with its path."""
    for name in () if record.is_planned else dated_fields(type(record)):
        found = getattr(record, name)
        if found is not None and found > day:
            yield (*path, name), found
    for where, part in _parts(record):
        yield from later_days(part, day, (*path, *where))


def days_to_come(record: Record, day: date) -> Iterator[tuple[Path, date]]:
    """The same but for days that may be known before they come."""
    for path, found in later_days(record, day):
        if tuple(part for part in path if isinstance(part, str)) not in ANNOUNCED:
            yield path, found


def outside(record: Record, span: Span, path: Path = ()) -> Iterator[Path]:
    """What a record does not hold within some days: the paths of parts and days that lie outside, none inside of another.

    A part is there from its first day on; one of an earlier time only where all its days lie before the first.
    """
    for name in () if record.is_planned else dated_fields(type(record)):
        day = getattr(record, name)
        if day is not None and not span.holds(day):
            yield (*path, name)
    for where, part in _parts(record):
        if not is_within(part, span):
            yield (*path, *where)
        else:
            yield from outside(part, span, (*path, *where))


def is_within(part: Record, span: Span) -> bool:
    """Whether a part of a record is there within some days; what has no day always is."""
    begun = part.began
    return begun is None or (begun <= span.last and (span.first is None or span.first <= max(days_of(part))))


def without(record: R, paths: Iterable[Path]) -> R:
    """A record without what is at some paths; itself where there is none."""
    below: dict[str, list[Path]] = {}
    for path in paths:
        below.setdefault(str(path[0]), []).append(path[1:])
    if not below:
        return record
    names = {field.alias or name: name for name, field in type(record).model_fields.items()}
    changed = {names[key]: _less(getattr(record, names[key]), inner) for key, inner in below.items()}
    return record.model_copy(update=changed)


def _less(value: Any, paths: list[Path]) -> Any:
    if () in paths:
        return None
    if not isinstance(value, tuple):
        return without(value, paths)
    gone = {path[0] for path in paths if len(path) == 1}
    inner = {at: [path[1:] for path in paths if path[0] == at and len(path) > 1] for at in range(len(value))}
    return tuple(without(entry, inner[at]) if inner[at] else entry for at, entry in enumerate(value) if at not in gone)


def data_without(data: Any, paths: Iterable[Path]) -> Any:
    """Plain data, as a file says it, without what is at some paths."""
    below: dict[str | int, list[Path]] = {}
    for path in paths:
        below.setdefault(path[0], []).append(path[1:])
    if isinstance(data, Mapping):
        kept = ((key, value) for key, value in data.items() if not _is_gone(value, below.get(key, ())))
        return {key: data_without(value, below.get(key, ())) for key, value in kept}
    if isinstance(data, list):
        return [data_without(value, below.get(at, ())) for at, value in enumerate(data) if () not in below.get(at, ())]
    return data


def _is_gone(value: Any, paths: Iterable[Path]) -> bool:
    """Whether nothing is left of a value; an entry that stands alone is the first of its list."""
    return () in paths or (isinstance(value, Mapping) and (0,) in paths)
