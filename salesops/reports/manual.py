"""The manual: every check, refusal, metric, stage and field as entries that `explain` and the reference pages share."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import PlainValidator

from salesops.checks import CHECKS
from salesops.checks.check import GUILTY, Check
from salesops.metrics import Metric
from salesops.problems import nearest
from salesops.records.kinds import KINDS
from salesops.records.record import Record
from salesops.records.typed import inside, keyed_fields
from salesops.refusals import REFUSALS, Refusal


@dataclass(frozen=True)
class Rule:
    """The manual page of one code."""

    code: str
    severity: str
    paragraphs: tuple[str, ...]
    bad: str
    good: str
    source: str
    about: str
    before: str = ""
    """What the example said in an earlier commit, where the rule compares."""

    @property
    def summary(self) -> str:
        """The fact in one sentence."""
        return self.paragraphs[0]


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
    def name(self) -> str:
        """The last word of the path."""
        return self.path.rsplit(".", 1)[-1]


def rules() -> dict[str, Rule]:
    """Every code, the reader's first."""
    return {rule.code: rule for rule in (*map(_of_refusal, REFUSALS.values()), *map(_of_check, CHECKS.values()))}


def _of_check(check: Check) -> Rule:
    paragraphs = tuple(" ".join(part.split()) for part in check.manual.split("\n\n"))
    texts = check.bad, check.good, check.source, check.subject, check.before
    return Rule(check.code, check.severity.value, paragraphs, *texts)


def _of_refusal(refusal: Refusal) -> Rule:
    paragraphs = tuple(refusal.manual.split("\n\n"))
    return Rule(
        refusal.code,
        refusal.severity.value,
        paragraphs,
        refusal.bad or refusal.example,
        refusal.good,
        refusal.source,
        "reading",
    )


def without_mark(example: str) -> str:
    """An example as it would stand in a file, without the mark of the guilty line."""
    return GUILTY.sub("", example)


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
        yield from (field for field in fields_of(first) if field.path == rest)
        return
    yield from (field for kind in KINDS if kind != "deal" for field in fields_of(kind) if field.path == name)


def hint(name: str, metrics: dict[str, Metric], stages: list[str]) -> str | None:
    """What was probably meant by a name that the manual does not know."""
    paths = [field.path for kind in KINDS for field in fields_of(kind)]
    last = next((path for path in paths if path.rsplit(".", 1)[-1] == name), None)
    return last or nearest(name, [*rules(), *metrics, *stages, *KINDS, *paths])
