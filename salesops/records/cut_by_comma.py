"""Values between braces that a comma ends too early: ``note: Two hubs, standard`` is read as ``note: Two hubs``, and the rest as a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from salesops.problems import Path, nearest
from salesops.records.model_fields import fields_below, type_at
from salesops.records.record import Record
from salesops.records.yaml_errors import in_quotes, lines_between
from salesops.records.yaml_reader import EMPTY, Document

Entry = tuple[ScalarNode, Node]


@dataclass(frozen=True)
class CutText:
    """A value that a comma ended: its path, the keys that are the rest of it, all of its words, and those that would be lost.

    ``start`` and ``end`` bound it in the text, rest included; ``value`` is what its field would take. It ``is_certain``
    where a part of the rest has not even a colon; otherwise somebody may have meant a field.
    """

    path: Path
    rest: tuple[str, ...]
    words: str
    lost: str
    start: int
    end: int
    is_certain: bool
    value: str = ""

    @property
    def keys(self) -> frozenset[Path]:
        """The paths of the keys that are no keys."""
        return frozenset((*self.path[:-1], name) for name in self.rest)

    def mended_lines(self, text: str) -> str:
        """The lines of the text that hold it, made whole, without their common indent."""
        plain = re.fullmatch(r"[\w. ]+", self.value)
        return lines_between(text, self.start, self.end, self.value if plain else in_quotes(self.value))


def cut_texts(document: Document, model: type[Record]) -> list[CutText]:
    """Every value of a document that a comma may have ended too early, in the order of the file."""
    try:
        root = yaml.compose(document.text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return []
    return list(_Search(document.text, model, set()).below(root, ())) if root else []


def rejoined(data: dict[str, Any], cuts: list[CutText]) -> dict[str, Any]:
    """The values of a record with every cut one whole again, and without the keys that were its rest."""
    whole = deepcopy(data)
    for cut in cuts:
        held: Any = whole
        for part in cut.path[:-1]:
            held = held[part]
        for name in cut.rest:
            held.pop(name, None)
        held[cut.path[-1]] = cut.words
    return whole


@dataclass(frozen=True)
class _Search:
    """The walk over a document's nodes; a node that is repeated is looked at once."""

    text: str
    model: type[Record]
    seen: set[int]

    def below(self, node: Node, path: Path) -> Iterator[CutText]:
        if id(node) in self.seen:
            return
        self.seen.add(id(node))
        if isinstance(node, SequenceNode):
            for at, part in enumerate(node.value):
                yield from self.below(part, (*path, at))
        elif isinstance(node, MappingNode):
            entries = [(key, value) for key, value in node.value if isinstance(key, ScalarNode)]
            if node.flow_style:
                yield from self.between_braces(entries, path)
            for key, value in entries:
                yield from self.below(value, (*path, key.value))

    def between_braces(self, entries: list[Entry], path: Path) -> Iterator[CutText]:
        names = {key.value for key, _ in entries}
        if len(names) < len(entries):  # a key given twice is a problem of its own
            return
        strays = [self.is_stray(entry, path, names) for entry in entries]
        for at, (is_stray, next_is_stray) in enumerate(pairwise(strays)):
            if next_is_stray and not is_stray and _is_plain(entries[at][1]):
                rest = [
                    entry
                    for entry, _ in takewhile(lambda it: it[1], zip(entries[at + 1 :], strays[at + 1 :], strict=True))
                ]
                yield self.cut(entries[at], rest, path)

    def is_stray(self, entry: Entry, path: Path, names: set[str]) -> bool:
        """Whether a key is none: it has no colon, or is no field and not nearly one that is still free."""
        key, value = entry
        if key.style or self.is_bare(entry):
            return not key.style
        known = fields_below(self.model, path)
        if not known:
            return False
        return key.value not in known and (_is_nothing(value) or nearest(key.value, known.keys() - names) is None)

    def is_bare(self, entry: Entry) -> bool:
        key, value = entry
        return bool(value.end_mark.index <= key.end_mark.index)

    def cut(self, entry: Entry, rest: list[Entry], path: Path) -> CutText:
        key, value = entry
        start, end = value.start_mark.index, rest[-1][1].end_mark.index
        return CutText(
            (*path, key.value),
            tuple(part.value for part, _ in rest),
            " ".join(self.text[start:end].split()),
            " ".join(self.text[rest[0][0].start_mark.index : end].split()),
            start,
            end,
            any(self.is_bare(part) for part in rest),
        )


def _is_plain(value: Node) -> bool:
    return isinstance(value, ScalarNode) and not value.style and not _is_nothing(value)


def _is_nothing(value: Node) -> bool:
    return isinstance(value, ScalarNode) and not value.style and value.value in EMPTY


def may_be_cut(text: str, path: Path, model: type[Record]) -> bool:
    """Whether a key without a value may be the rest of one: it is no field, or stands between commas without a colon."""
    return not is_field(model, path) or bool(re.search(rf",\s*{re.escape(str(path[-1]))}\s*[,}}]", text))


def is_field(model: type[Record], path: Path) -> bool:
    """Whether a key without a value is one that may stand there: a field, or a name that the record leaves open."""
    known = fields_below(model, path[:-1])
    return str(path[-1]) in known if known else type_at(model, path[:-1]) is not None
