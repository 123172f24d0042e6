"""Every field of every kind of record: its path, its meaning, what it holds; from the models themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import PlainValidator

from salesops.records.kinds import KINDS
from salesops.records.model_fields import inside, keyed_fields
from salesops.records.record import Record


@dataclass(frozen=True)
class Field:
    """One field of a record: its path from the top, what it means, what it holds."""

    kind: str
    path: str
    description: str
    holds: str
    required: bool
    examples: tuple[str, ...]
    depth: int

    @property
    def address(self) -> str:
        """The kind and the path, such as ``deal.value.mrr``."""
        return f"{self.kind}.{self.path}"

    @property
    def name(self) -> str:
        """The last word of the path."""
        return self.path.rsplit(".", 1)[-1]


def fields_of(kind: str) -> Iterator[Field]:
    """Every field of a kind of record, each parent before its children."""
    yield from _fields(kind, KINDS[kind].model, ())


def _fields(kind: str, model: type[Record], path: tuple[str, ...]) -> Iterator[Field]:
    for key, field in keyed_fields(model):
        below = (*path, key)
        holds, inner = _holds(field.annotation, field.metadata)
        examples = tuple(str(example) for example in field.examples or () if example is not None)
        yield Field(kind, ".".join(below), field.description or "", holds, field.is_required(), examples, len(path))
        if inner is not None:
            yield from _fields(kind, inner, below)


def _holds(annotation: Any, metadata: Any = ()) -> tuple[str, type[Record] | None]:
    """What a field holds in words, and the record inside it."""
    reader = next((entry.func for entry in metadata if isinstance(entry, PlainValidator)), None)
    if reader is not None:
        return _first_sentence(reader), None
    if hasattr(annotation, "__metadata__"):
        return _holds(annotation.__origin__, annotation.__metadata__)
    bare = inside(annotation)
    if bare is not annotation or (get_origin(annotation) is not None and type(None) in get_args(annotation)):
        return _holds(next(part for part in get_args(annotation) if part is not type(None)))
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return "a mapping", annotation
    if get_origin(annotation) is tuple:
        holds, inner = _holds(get_args(annotation)[0])
        return f"a list: each {holds[0].lower()}{holds[1:]}", inner
    if get_origin(annotation) is dict:
        holds, inner = _holds(get_args(annotation)[1])
        return ("a mapping of names to mappings" if inner else "a free mapping"), inner
    if get_args(annotation):
        return "one of: " + ", ".join(str(word) for word in get_args(annotation)), None
    return "a value", None


def _first_sentence(reader: Any) -> str:
    words = inspect.cleandoc(reader.__doc__ or "A value.").split("\n")[0]
    return words.rstrip(".").replace("``", "")


def find_fields(name: str) -> Iterator[Field]:
    """Every field that a path may mean: of a deal first, then of the kind it begins with, then of the others."""
    first, _, rest = name.partition(".")
    yield from (field for field in fields_of("deal") if field.path == name)
    if first in KINDS and rest:
        yield from (field for field in fields_of(first) if field.path in (rest, name))
        return
    yield from (field for kind in KINDS if kind != "deal" for field in fields_of(kind) if field.path == name)
