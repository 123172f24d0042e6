"""What may stand where in a record: the fields of its model, walked along a path, and the type at its end."""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import cache
from typing import Any, Union, get_args, get_origin

from salesops.problems import Path
from salesops.records.record import Entries, Record


def fields_below(model: Any, path: Path) -> dict[str, Any]:
    """The fields that may stand below a path, by their YAML keys; of the entries where a list is at the path."""
    found = _entry_type(type_at(model, path))
    return dict(_by_key(found)) if _is_record(found) else {}


def type_at(model: Any, path: Path) -> Any:
    """The type that stands at a path of keys and positions: a record, a list, a choice, a scalar; None where nothing may."""
    for part in path:
        if _is_record(model):
            field = _by_key(model).get(str(part))
            model = inside(field.annotation) if field else None
        elif get_origin(model) is tuple:
            entry = inside(get_args(model)[0])
            model = entry if str(part).isdecimal() else type_at(entry, (part,))
        elif get_origin(model) is dict:
            model = inside(get_args(model)[0 if part == "[key]" else 1])
        else:
            return None
    return model


def _is_record(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Record)


def inside(annotation: Any) -> Any:
    """The type of a field without its None and its readers."""
    if get_origin(annotation) in (types.UnionType, Union):  # Literal["a"] | None is the older kind
        return inside(next(part for part in get_args(annotation) if part is not type(None)))
    if hasattr(annotation, "__metadata__"):
        return inside(annotation.__origin__)
    return annotation


def lists_of(model: type[Record]) -> Iterator[tuple[str, Entries]]:
    """Every list in a record whose entries can be told apart, by its YAML key."""
    for key, field in keyed_fields(model):
        yield from ((key, said) for said in field.metadata if isinstance(said, Entries))
        inner = _entry_type(inside(field.annotation))
        if _is_record(inner):
            yield from lists_of(inner)


def _entry_type(annotation: Any) -> Any:
    """What a list or a mapping holds; the type itself where it is neither."""
    if get_origin(annotation) in (tuple, dict):
        return inside(get_args(annotation)[0 if get_origin(annotation) is tuple else 1])
    return annotation


def keyed_fields(model: type[Record]) -> Iterator[tuple[str, Any]]:
    """The fields of a record by their YAML keys, in the order of the reference."""
    for name, field in model.model_fields.items():
        yield field.alias or name, field


@cache
def _by_key(model: type[Record]) -> dict[str, Any]:
    return dict(keyed_fields(model))
