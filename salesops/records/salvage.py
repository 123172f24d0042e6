"""What can still be read of a record whose shape is wrong, so that all its other faults are found in the same run.

The faulty fields are left out and named as lost: no rule speaks of what it cannot see. A salvaged record is checked and
never counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, TypeVar

from salesops.problems import Path
from salesops.records.model_fields import keyed_fields
from salesops.records.record import Record
from salesops.records.validation import validated
from salesops.records.yaml_reader import Document

R = TypeVar("R", bound=Record)
TRIES = 8


def salvage(document: Document, model: type[R]) -> tuple[R | None, frozenset[Path]]:
    """The record without its faulty fields, and the paths that were lost; None where too little is left."""
    data: dict[str, Any] = deepcopy(document.data)
    lost: set[Path] = set(document.lost)
    for _ in range(TRIES):
        record, faults = validated(data, model)
        if record is not None:
            return record, frozenset(lost)
        for fault in faults:
            path = _droppable(tuple(fault["loc"]), fault["type"] == "missing")
            lost.add(path)
            _drop(data, path)
            _stand_in(data, model, path)
    return None, frozenset(lost)


def is_lost(path: Path, lost: Iterable[Path]) -> bool:
    """Whether a path was lost, lies inside of something lost, or holds something lost."""
    return any(path[: len(gone)] == gone or gone[: len(path)] == path for gone in lost)


def _droppable(path: Path, missing: bool) -> Path:
    """The mapping key to leave out for a fault: nothing is taken from a list, or the lines after it would be misread."""
    if missing and len(path) > 1:
        path = path[:-1]
    first = next((at for at, part in enumerate(path) if isinstance(part, int)), len(path))
    return path[:first]


def _drop(data: dict[str, Any], path: Path) -> None:
    inside: Any = data
    for part in path[:-1]:
        inside = inside.get(part) if isinstance(inside, dict) else None
    if isinstance(inside, dict):
        inside.pop(path[-1], None)


def _stand_in(data: dict[str, Any], model: type[Record], path: Path) -> None:
    """Something of the right shape in place of a field that every record of the kind must have."""
    if len(path) != 1:
        return
    field = dict(keyed_fields(model)).get(str(path[0]))
    if field is not None and field.is_required():
        listed = str(field.annotation).startswith("tuple[")
        data[str(path[0])] = [] if listed else next(iter(field.examples or ["?"]))
