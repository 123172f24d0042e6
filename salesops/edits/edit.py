"""Edits of a record's text that touch only the lines they must: every other line keeps its bytes, comments included.

An edit splices text where the parser says that a value stands, then reads the result again: unless that holds exactly
the old values and the change, the edit is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from salesops.edits.yaml_writer import in_brackets, render, scalar
from salesops.problems import Path, dotted
from salesops.records.money import Money
from salesops.records.yaml_reader import EMPTY, read

Splice = tuple[int, int, str]
"""From, to and what comes in between."""

_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)
_COMMENT_LINE = re.compile(r"[ \t]*#")
_REST_OF_LINE = re.compile(r"[ \t]*,?[ \t]*(?:#[^\r\n]*)?\r?(?:\n|\Z)")


class CannotEdit(Exception):
    """The text cannot be changed without touching more than was asked for; one sentence says why."""


# ── what can be done ──────────────────────────────────────────────────────────────────────────────────────────────────


def set_scalar(text: str, path: Path, value: Any) -> str:
    """Another value in place of a single one."""
    file = _File.of(text)
    _, node = file.entry(path)
    if not isinstance(node, ScalarNode) or _is_nested(value):
        raise CannotEdit(f"{dotted(path)} is not a single value")
    if _is_empty(node):
        return file.checked([file.filled(path, f" {scalar(value, file.is_in_brackets(path))}")], _with(path, value))
    return file.checked([(*file.span(node), _like(node, value, file.is_in_brackets(path)))], _with(path, value))


def set_key(text: str, path: Path, value: Any, order: Sequence[str] = ()) -> str:
    """Any value at a path, put in place of what is there or added; ``order`` says where a new top-level key belongs."""
    file = _File.of(text)
    there = file.reach(path)
    if there == path:
        return set_scalar(text, path, value) if file.is_single(path, value) else file.replaced(path, value)
    key, *below = path[len(there) :]
    if value is None:
        return text
    if isinstance(key, int) or any(isinstance(part, int) for part in below):
        raise CannotEdit(f"there is no {dotted(path)}")
    return file.added(there, key, _wrapped(below, value), order if not there else ())


def remove_key(text: str, path: Path) -> str:
    """A key and its value, gone."""
    file = _File.of(text)
    file.entry(path)
    if not path or not isinstance(path[-1], str):
        raise CannotEdit(f"{dotted(path)} is not a key")
    return file.without(path)


def rejoin(text: str, path: Path, through: str, value: str) -> str:
    """A value in place of one between braces that a comma ended, and of its rest up to and with a key that is none."""
    file = _File.of(text)
    _, node = file.entry(path)
    _, last = file.entry((*path[:-1], through))
    between = file.keys_between(path, through)

    def whole(data: Any) -> Any:
        return _edited(
            data,
            path[:-1],
            lambda held: {k: value if k == path[-1] else v for k, v in held.items() if k not in between},
        )

    return file.checked([(node.start_mark.index, last.end_mark.index, scalar(value, True))], whole)


def rename_key(text: str, path: Path, name: str) -> str:
    """Another name for a key; its value stays as it is."""
    file = _File.of(text)
    key, _ = file.entry(path)
    if key is None:
        raise CannotEdit(f"{dotted(path)} is not a key")
    if name in _at(file.data, path[:-1]) or file.reach((*path[:-1], name)) == (*path[:-1], name):
        raise CannotEdit(f"there is already a '{name}'")
    return file.checked(
        [(*file.span(key), scalar(name, file.is_in_brackets(path)))],
        lambda data: _edited(data, path[:-1], lambda held: {name if k == path[-1] else k: v for k, v in held.items()}),
    )


def append_item(text: str, path: Path, value: Any, order: Sequence[str] = ()) -> str:
    """One more entry at the end of a list, written as its neighbours are; the list comes into being where it is missing."""
    found = _at_or_none(_File.of(text).data, path)
    return insert_item(text, path, len(found) if isinstance(found, list) else 0, value, order)


def insert_item(text: str, path: Path, at: int, value: Any, order: Sequence[str] = ()) -> str:
    """One more entry in a list, before the one that is now at this position."""
    file = _File.of(text)
    if _at_or_none(file.data, path) is None:
        return set_key(text, path, [value], order)
    node = file.list_at(path)
    if not 0 <= at <= len(node.value):
        raise CannotEdit(f"{dotted(path)} has no position {at}")
    if node.flow_style:
        splices = file.between_brackets(node, [_flow_span(part) for part in node.value], at, in_brackets(value))
    else:
        splices = file.lines_at(node, at, file.item(node, at, value))
    return file.checked(splices, _with_item(path, at, value))


def insert_lines(text: str, path: Path, at: int, lines: Sequence[str], value: Any) -> str:
    """An entry of a block list brought over as its lines are written elsewhere; ``value`` is what they must be read as."""
    file = _File.of(text)
    node = file.list_at(path)
    if node.flow_style:
        raise CannotEdit(f"{dotted(path)} is in brackets")
    width = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    moved = [" " * node.start_mark.column + line[width:] if line.strip() else line for line in lines]
    return file.checked(file.lines_at(node, at, moved), _with_item(path, at, value))


def remove_item(text: str, path: Path) -> str:
    """An entry of a list, gone; a list that becomes empty stays as ``[]``."""
    file = _File.of(text)
    file.entry(path)
    if not path or not isinstance(path[-1], int):
        raise CannotEdit(f"{dotted(path)} is not an entry of a list")
    return file.without(path)


# ── what can be asked ─────────────────────────────────────────────────────────────────────────────────────────────────


def comments(text: str) -> list[str]:
    """Every comment of a text, in its order."""
    file = _File.of(text)
    inside = sorted(_scalars(file.root))
    found: list[str] = []
    at = 0
    for match in _COMMENT.finditer(text):
        while at < len(inside) and inside[at][1] <= match.start():
            at += 1
        if at == len(inside) or match.start() < inside[at][0]:
            found.append(match.group().rstrip())
    return found


def item_lines(text: str, path: Path) -> list[str]:
    """The lines of an entry of a block list without their line ends, with the comment above it; none where it shares a line."""
    file = _File.of(text)
    node = file.list_at(path[:-1])
    if node.flow_style or not isinstance(path[-1], int):
        return []
    start = file.dash(node, path[-1])
    if text[_line_start(text, start) : start].strip():
        return []
    begin = file.above(node, path[-1])
    return text[begin : _line_end(text, file.end(node.value[path[-1]]))].splitlines()


def key_starts(text: str) -> dict[str, int]:
    """Where each top-level key of a text begins; nothing where they stand in braces."""
    root = _File.of(text).root
    return {} if root.flow_style else {key.value: key.start_mark.index for key, _ in root.value}


def as_read(value: Any) -> Any:
    """A value as the reader will give it back: texts, lists and mappings, without what is not given."""
    if isinstance(value, Mapping):
        return {key: as_read(part) for key, part in value.items() if part is not None}
    if _is_nested(value):
        return [as_read(part) for part in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


# ── how ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _File:
    """A text, its values, and the tree of nodes that says where they stand."""

    text: str
    data: dict[str, Any]
    root: MappingNode

    @classmethod
    def of(cls, text: str) -> _File:
        data = _read(text)
        if data is None:
            raise CannotEdit("the file has errors in its YAML: fix them by hand first")
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        if not isinstance(root, MappingNode):
            raise CannotEdit("the file holds no record")
        return cls(text, data, root)

    def checked(self, splices: list[Splice], change: Callable[[Any], Any]) -> str:
        """The text with the splices, if it then holds what it held, and the change."""
        text = self.text
        for start, end, words in sorted(splices, reverse=True):
            text = text[:start] + words + text[end:]
        if _read(text) != change(self.data):
            raise CannotEdit("the lines around it are written so that nothing can be changed safely: edit them by hand")
        return text

    # where things stand

    def step(self, node: Node, part: str | int) -> tuple[Node | None, Node] | None:
        """Key and value below a node."""
        if isinstance(node, MappingNode) and isinstance(part, str):
            return next(((key, value) for key, value in node.value if key.value == part), None)
        if isinstance(node, SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
            return None, node.value[part]
        return None

    def entry(self, path: Path) -> tuple[Node | None, Node]:
        """The key (None in a list) and the value at a path."""
        found: tuple[Node | None, Node] | None = (None, self.root)
        for part in path:
            found = self.step(found[1], part) if found else None
        if found is None:
            raise CannotEdit(f"there is no {dotted(path)}")
        return found

    def reach(self, path: Path) -> Path:
        """As much of a path as is there."""
        node: Node = self.root
        for depth, part in enumerate(path):
            found = self.step(node, part)
            if found is None:
                return path[:depth]
            node = found[1]
        return path

    def list_at(self, path: Path) -> SequenceNode:
        _, node = self.entry(path)
        if not isinstance(node, SequenceNode):
            raise CannotEdit(f"{dotted(path)} is not a list")
        return node

    def is_in_brackets(self, path: Path) -> bool:
        """Whether the value at a path stands inside braces or brackets."""
        return any(getattr(self.entry(path[:depth])[1], "flow_style", False) for depth in range(len(path)))

    def is_single(self, path: Path, value: Any) -> bool:
        return isinstance(self.entry(path)[1], ScalarNode) and not _is_nested(value)

    def end(self, node: Node) -> int:
        """Where the last character of a value ends; a block runs to its last value, not to the next key."""
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, ScalarNode):
            return start + len(self.text[start:end].rstrip()) if node.style in ("|", ">") else end
        if getattr(node, "flow_style", False) or not node.value:
            return end
        last = node.value[-1]
        return self.end(last[1] if isinstance(node, MappingNode) else last)

    def span(self, node: Node) -> tuple[int, int]:
        return node.start_mark.index, self.end(node)

    def colon(self, key: Node) -> int:
        """Just behind the colon of a key."""
        found = re.compile(r"[ \t]*:").match(self.text, key.end_mark.index)
        if not found:
            raise CannotEdit(f"the key {key.value!r} has no colon behind it")
        return found.end()

    def dash(self, node: SequenceNode, at: int) -> int:
        """Where the dash of an entry stands."""
        if at == 0:
            return int(node.start_mark.index)
        line = re.compile(rf"^ {{{node.start_mark.column}}}-(?=\s|\Z)", re.MULTILINE)
        found = line.search(self.text, self.end(node.value[at - 1]))
        if not found:
            raise CannotEdit("the entries of the list share a line")
        return found.end() - 1

    def above(self, node: SequenceNode, at: int) -> int:
        """Where the lines of an entry begin: those of the comment right above it are its own."""
        begin = _line_start(self.text, self.dash(node, at))
        floor = _line_end(self.text, self.end(node.value[at - 1])) if at else begin
        while begin > floor and _COMMENT_LINE.match(self.text, previous := _line_start(self.text, begin - 1)):
            begin = previous
        return begin

    def line_ends(self, index: int) -> str:
        """How the line at a spot ends; as the file's first line does where it has no end."""
        end = self.text.find("\n", index)
        end = self.text.find("\n") if end < 0 else end
        return "\r\n" if end > 0 and self.text[end - 1] == "\r" else "\n"

    # putting things in

    def filled(self, path: Path, words: str) -> Splice:
        """Words in place of an empty value."""
        key, node = self.entry(path)
        at = self.colon(key) if key else node.start_mark.index
        start, end = self.span(node)
        return (at, at, words) if start == end else (start, end, words.lstrip(" "))

    def replaced(self, path: Path, value: Any) -> str:
        """Another value, of whatever shape."""
        key, node = self.entry(path)
        if self.is_in_brackets(path) or key is None:
            flow = in_brackets(value)
            splice = self.filled(path, f" {flow}") if _is_empty(node) else (*self.span(node), flow)
            return self.checked([splice], _with(path, value))
        head, *rest = self.rendered(key, value)
        start, end = self.span(node)
        splices: list[Splice] = []
        if _is_empty(node):
            splices = [self.filled(path, head)] if head or start != end else []
            end = max(end, self.colon(key))
        elif _line_start(self.text, start) == _line_start(self.text, key.start_mark.index):
            splices = [(start if head else self.colon(key), end, head.lstrip(" "))]
        else:
            splices = [(self.colon(key), self.colon(key), head), self.cut(start, end)]
            end = _line_start(self.text, start) - 1
        return self.checked([*splices, *self.lines_below(end, rest)], _with(path, value))

    def rendered(self, key: Node, value: Any) -> list[str]:
        """What follows the colon of a key, and the lines below it."""
        first, *rest = render({"k": value}).splitlines() or ["k: null"]
        return [first[len("k:") :], *(f"{' ' * key.start_mark.column}{line}" for line in rest)]

    def added(self, there: Path, key: str, value: Any, order: Sequence[str]) -> str:
        """A key that was not there, in the mapping at a path."""
        _, node = self.entry(there)
        if _is_empty(node):
            return self.replaced(there, {key: value})
        if not isinstance(node, MappingNode):
            raise CannotEdit(f"{dotted(there)} is not a mapping")
        if node.flow_style:
            spans = [(name.start_mark.index, _flow_span(part)[1]) for name, part in node.value]
            words = f"{scalar(key, True)}: {in_brackets(value)}"
            splices = self.between_brackets(node, spans, self.turn(node, key, order), words)
        else:
            indent = " " * node.start_mark.column
            lines = [f"{indent}{line}" for line in render({key: value}).splitlines()]
            splices = self.lines_in_mapping(node, self.turn(node, key, order), lines)
        return self.checked(splices, _with((*there, key), value))

    def turn(self, node: MappingNode, key: str, order: Sequence[str]) -> int:
        """Behind how many of the keys that are there a new one belongs."""
        if key not in order:
            return len(node.value)
        before = set(order[: order.index(key)])
        return max((at for at, (name, _) in enumerate(node.value, 1) if name.value in before), default=0)

    def lines_in_mapping(self, node: MappingNode, at: int, lines: list[str]) -> list[Splice]:
        if at:
            return self.lines_below(self.end(node.value[at - 1][1]), lines)
        start = node.value[0][0].start_mark.index
        return self.lines_above(start, lines)

    def lines_at(self, node: SequenceNode, at: int, lines: list[str]) -> list[Splice]:
        """Lines for a new entry of a block list."""
        if at == len(node.value):
            return self.lines_below(self.end(node.value[-1]), lines)
        self.lines_above(self.dash(node, at), lines)
        return self.lines_above(self.above(node, at), lines)

    def lines_above(self, index: int, lines: list[str]) -> list[Splice]:
        at = _line_start(self.text, index)
        if self.text[at:index].strip():
            raise CannotEdit("it shares its line with something else")
        return [(at, at, "".join(line + self.line_ends(index) for line in lines))]

    def lines_below(self, index: int, lines: list[str]) -> list[Splice]:
        if not lines:
            return []
        ends, at = self.line_ends(index), _line_end(self.text, index)
        if self.text[at - 1 : at] == "\n":
            return [(at, at, "".join(line + ends for line in lines))]
        return [(at, at, "".join(ends + line for line in lines))]

    def item(self, node: SequenceNode, at: int, value: Any) -> list[str]:
        """The lines of a new entry, written as the one beside it is."""
        like = node.value[max(at - 1, 0)]
        indent, gap = " " * node.start_mark.column, " " * self.gap(node, max(at - 1, 0))
        if isinstance(value, Mapping) and _stands_below(like, value):
            first, *rest = render(value).splitlines()
            return [f"{indent}-{gap}{first}", *(f"{indent} {gap}{line}" for line in rest)]
        return [f"{indent}-{gap}{in_brackets(value) if _is_nested(value) else scalar(value)}"]

    def gap(self, node: SequenceNode, at: int) -> int:
        """How many blanks stand behind the dash."""
        found = re.compile(r"- +(?=\S)").match(self.text, self.dash(node, at))
        return len(found.group()) - 1 if found else 1

    def between_brackets(self, node: Node, spans: list[tuple[int, int]], at: int, words: str) -> list[Splice]:
        """One more part between brackets; on a line of its own where the last one has its own."""
        if not spans:
            start = node.start_mark.index + 1
            return [(start, start, words)]
        if at < len(spans):
            return [(spans[at][0], spans[at][0], f"{words}, ")]
        start, end = spans[-1]
        begin = _line_start(self.text, start)
        own_line = begin > node.start_mark.index and not self.text[begin:start].strip()
        if not own_line or not _REST_OF_LINE.match(self.text, end):
            return [(end, end, f", {words}")]
        has_comma = self.text[end:].lstrip(" \t").startswith(",")
        line = f"{self.text[begin:start]}{words}{',' if has_comma else ''}"
        return [*([] if has_comma else [(end, end, ",")]), *self.lines_below(end, [line])]

    # taking things out

    def cut(self, start: int, end: int) -> Splice:
        """The whole lines from one spot to another, gone."""
        begin, stop = _line_start(self.text, start), _line_end(self.text, end)
        if stop == len(self.text) and self.text[stop - 1 :] != "\n" and begin:
            begin -= len(self.line_ends(begin - 1))
        return begin, stop, ""

    def without(self, path: Path) -> str:
        """The text without the entry at a path."""
        _, parent = self.entry(path[:-1])
        spans = self.spans(parent)
        at = self.position(parent, path[-1])
        change = _without(path)
        if len(spans) == 1:
            return self.emptied(path[:-1], parent)
        if getattr(parent, "flow_style", False):
            return self.checked([self.out_of_brackets(parent, spans, at)], change)
        start, end = spans[at]
        if not self.text[_line_start(self.text, start) : start].strip():
            return self.checked([self.cut(start, end)], change)
        following = spans[at + 1][0] if at == 0 else start
        if at or "#" in self.text[end:following]:
            raise CannotEdit(f"{dotted(path)} shares its line with something else")
        return self.checked([(start, following, "")], change)

    def emptied(self, path: Path, node: Node) -> str:
        """The text with an empty list or mapping at a path."""
        nothing: Any = [] if isinstance(node, SequenceNode) else {}
        if not path:
            raise CannotEdit("nothing would be left of the record")
        return self.replaced(path, nothing)

    def spans(self, parent: Node) -> list[tuple[int, int]]:
        """From where to where each entry of a list or mapping stands, dashes and keys included."""
        if isinstance(parent, MappingNode):
            return [(key.start_mark.index, max(self.end(value), key.end_mark.index)) for key, value in parent.value]
        if not isinstance(parent, SequenceNode) or parent.flow_style:
            return [_flow_span(part) for part in parent.value]
        return [(self.dash(parent, at), self.end(part)) for at, part in enumerate(parent.value)]

    def keys_between(self, path: Path, through: str) -> frozenset[str]:
        """The keys behind one of a mapping, up to and with another."""
        _, parent = self.entry(path[:-1])
        names = [key.value for key, _ in parent.value]
        return frozenset(names[names.index(path[-1]) + 1 : names.index(through) + 1])

    def position(self, parent: Node, part: str | int) -> int:
        if isinstance(part, int):
            return part
        return next(at for at, (key, _) in enumerate(parent.value) if key.value == part)

    def out_of_brackets(self, parent: Node, spans: list[tuple[int, int]], at: int) -> Splice:
        start, end = spans[at]
        begin = _line_start(self.text, start)
        rest = _REST_OF_LINE.match(self.text, end)
        if begin > parent.start_mark.index and not self.text[begin:start].strip() and rest:
            return begin, rest.end(), ""
        first, last = (start, spans[at + 1][0]) if at + 1 < len(spans) else (spans[at - 1][1], end)
        if "#" in self.text[end if at + 1 < len(spans) else first : last if at + 1 < len(spans) else start]:
            raise CannotEdit("there is a comment between the brackets")
        return first, last, ""


def _read(text: str) -> dict[str, Any] | None:
    """The values of a text; None where it has any error as YAML."""
    try:
        document, problems = read("", text.encode("utf-8"))
    except UnicodeEncodeError:
        return None
    return None if document is None or any(problem.is_error for problem in problems) else document.data


def _scalars(node: Node) -> Iterator[tuple[int, int]]:
    """Where every single value and key stands."""
    if isinstance(node, ScalarNode):
        yield node.start_mark.index, node.end_mark.index
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)
    else:
        for part in node.value:
            yield from _scalars(part)


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list | tuple) and not isinstance(value, Money))


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.style and node.value in EMPTY


def _flow_span(node: Node) -> tuple[int, int]:
    return node.start_mark.index, node.end_mark.index


def _stands_below(like: Node, value: Mapping[str, Any]) -> bool:
    """Whether a mapping goes on lines of its own, as the one beside it does."""
    if not value or not isinstance(like, MappingNode) or like.flow_style:
        return False
    return len(value) == 1 or len(like.value) > 1


def _like(node: ScalarNode, value: Any, brackets: bool) -> str:
    """A value in place of another; quotes that somebody chose to write are kept, quotes that were needed are not."""
    words: str | None = as_read(value)
    if words is None or node.style not in ("'", '"') or scalar(node.value, brackets).startswith('"'):
        return scalar(value, brackets)
    if node.style == "'" and not re.search(r"[\t\r\n]", words):
        return "'" + words.replace("'", "''") + "'"
    return json.dumps(words, ensure_ascii=False)


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    """Just behind the end of the line at a spot."""
    return text.find("\n", index) + 1 or len(text)


def _wrapped(below: Sequence[str | int], value: Any) -> Any:
    for part in reversed(below):
        value = {part: value}
    return value


# ── what the values must be afterwards ────────────────────────────────────────────────────────────────────────────────


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _at_or_none(data: Any, path: Path) -> Any:
    try:
        return _at(data, path)
    except (KeyError, IndexError, TypeError):
        return None


def _edited(data: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """A copy of the values with a change at a path; mappings on the way come into being."""
    if not path:
        return change(data)
    part, *rest = path
    if isinstance(part, int):
        return [*data[:part], _edited(data[part], tuple(rest), change), *data[part + 1 :]]
    held = data or {}
    return _given({**held, part: _edited(held.get(part), tuple(rest), change)})


def _given(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


def _with(path: Path, value: Any) -> Callable[[Any], Any]:
    return lambda data: _edited(data, path, lambda _: as_read(value))


def _with_item(path: Path, at: int, value: Any) -> Callable[[Any], Any]:
    return lambda data: _edited(data, path, lambda held: [*held[:at], as_read(value), *held[at:]])


def _without(path: Path) -> Callable[[Any], Any]:
    def taken_out(held: Any) -> Any:
        if isinstance(held, list):
            return [part for at, part in enumerate(held) if at != path[-1]]
        return {key: part for key, part in held.items() if key != path[-1]}

    return lambda data: _edited(data, path[:-1], taken_out)
