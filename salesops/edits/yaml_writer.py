"""A record as YAML text in the house's style, and the file that is to hold it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from io import BufferedReader
from typing import Any

from salesops.records.model_fields import keyed_fields
from salesops.records.money import Money
from salesops.records.record import Record
from salesops.records.yaml_reader import EMPTY, UNSEEN

WIDTH = 100
"""A mapping or list that fits into this many characters stands on one line."""
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_NOT_PLAIN = re.compile(r":(?:\s|$)|\s#|[\t\n\r]")
_NOT_PLAIN_IN_BRACKETS = re.compile(r":(?:[\s,\[\]{}?]|$)|\s#|[,\[\]{}?\t\n\r]")
_SURELY_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./;=+() -]*(?<! )")
"""What most values are: text that no YAML reads differently, in brackets or out of them."""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_TO_ESCAPE = re.compile(rf'[\\"\n\t\r]|{UNSEEN.pattern}')


class Quoted(str):
    """A text that is written in quotes, whatever it holds: nobody need ask whether YAML would cut it."""


def render(record_data: Mapping[str, Any]) -> str:
    """A record as YAML text: short mappings in braces, everything else a line for each key, quotes only where needed.

    Values are text, days, money, numbers, truth values, lists and mappings of these; what is None is left out. The
    reader gives back exactly the text of each scalar, unless it holds a character that no record may hold.
    """
    return "".join(f"{line}\n" for key, value in _given(record_data).items() for line in _entry(key, value, ""))


def in_brackets(value: Any) -> str:
    """A value on one line, as it stands inside braces or brackets."""
    if isinstance(value, str):
        return scalar(value, True)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key, True)}: {in_brackets(part)}" for key, part in _given(value).items()) + "}"
    if _is_list(value):
        return "[" + ", ".join(in_brackets(part) for part in value) + "]"
    return scalar(value, True)


def scalar(value: Any, in_brackets: bool = False) -> str:
    """One scalar, quoted where YAML would read the bare text differently."""
    words = _words(value)
    if value is None:
        return words
    if _SURELY_PLAIN.fullmatch(words) and words not in EMPTY and not isinstance(value, Quoted):
        return words
    awkward = _NOT_PLAIN_IN_BRACKETS if in_brackets else _NOT_PLAIN
    if (
        isinstance(value, Quoted)
        or words in EMPTY
        or words[0] in _INDICATORS
        or words.strip() != words
        or awkward.search(words)
        or UNSEEN.search(words)
    ):
        return '"' + _TO_ESCAPE.sub(_escaped, words) + '"'
    return words


@lru_cache(maxsize=1024, typed=True)
def _key(key: Any, in_brackets: bool = False) -> str:
    """A key as it is written; most stand in every record."""
    return scalar(key, in_brackets)


def in_order(model: type[Record], data: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a record in the order of the reference; keys that it does not know come last."""
    known = [key for key in _keys(model) if key in data]
    return {key: data[key] for key in (*known, *(key for key in data if key not in known))}


@cache
def _keys(model: type[Record]) -> tuple[str, ...]:
    return tuple(key for key, _ in keyed_fields(model))


def _given(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


def _entry(key: str, value: Any, indent: str) -> Iterator[str]:
    name = f"{indent}{_key(key)}:"
    if not _is_nested(value):
        yield f"{name} {scalar(value)}"
    elif line := _on_one_line(value, len(name)):
        yield f"{name} {line}"
    else:
        yield name
        yield from _below(value, f"{indent}  ")


def _below(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in _given(value).items():
            yield from _entry(key, part, indent)
        return
    for part in value:
        yield from _item(part, indent)


def _item(part: Any, indent: str) -> Iterator[str]:
    lines = list(_below(part, f"{indent}  ")) if isinstance(part, Mapping) else []
    if len(lines) == 1 or (lines and not _on_one_line(part, len(indent) + 1)):
        yield f"{indent}- {lines[0].lstrip(' ')}"
        yield from lines[1:]
    else:
        yield f"{indent}- {in_brackets(part) if _is_nested(part) else scalar(part)}"


def _on_one_line(value: Any, used: int) -> str | None:
    """A mapping or list on the rest of a line, where it fits; lists of mappings never do, nor does what is nested twice."""
    parts = list(_given(value).values() if isinstance(value, Mapping) else value)
    if not parts:
        return in_brackets(value)
    inner = [part for part in parts if _is_nested(part)]
    if any(isinstance(part, Mapping) or any(_is_nested(deep) for deep in part) for part in inner):
        return None
    if inner and not isinstance(value, Mapping):
        return None
    line = in_brackets(value)
    return line if used + 1 + len(line) <= WIDTH else None


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and not isinstance(value, Money)


def _is_nested(value: Any) -> bool:
    return not isinstance(value, str) and (isinstance(value, Mapping) or _is_list(value))


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int | date | Money):
        return str(value)
    raise TypeError(f"a record holds no {type(value).__name__}")


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    point = ord(character)
    return _ESCAPES.get(character) or (f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}")


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file to write: its path below the root, its text, and what it must hold until then (None: it must not exist)."""

    path: str
    text: str
    was: str | None = None

    @property
    def data(self) -> bytes:
        """What the file will hold, byte for byte."""
        return self.text.encode("utf-8")

    @property
    def pieces(self) -> Iterable[bytes]:
        """The same for whoever writes it."""
        return (self.data,)

    def is_as_it_was(self, file: BufferedReader) -> bool:
        """Whether a file still holds what the change was made for."""
        return self.was is not None and file.read() == self.was.encode("utf-8")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to write where none may be: its path below the root, and what it will hold, text or not."""

    path: str
    data: bytes
    was: None = None

    @property
    def pieces(self) -> Iterable[bytes]:
        """What it will hold, for whoever writes it."""
        return (self.data,)

    def is_as_it_was(self, file: BufferedReader) -> bool:
        """No file may be there."""
        return False


@dataclass(frozen=True, slots=True)
class LongFile:
    """A file that may be too long to hold: its path, its text in parts, and the SHA-256 digest of what it must hold until then (None: it must not exist)."""

    path: str
    parts: Iterable[str]
    was: str | None = None

    @property
    def pieces(self) -> Iterable[bytes]:
        """What it will hold, for whoever writes it."""
        return (part.encode("utf-8") for part in self.parts)

    def is_as_it_was(self, file: BufferedReader) -> bool:
        """Whether a file still holds what this was made for."""
        return hashlib.file_digest(file, "sha256").hexdigest() == self.was


WrittenFile = FileChange | NewFile | LongFile
"""Whatever may be written."""
