"""JSON of any length, a part at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

PIECE = 256 * 1024
"""Characters that are read at once."""


class JsonParts:
    """JSON that is too long to hold, read from its beginning to its end; raises ValueError or TypeError where it is none.

    ``number`` says what the words of a number become.
    """

    _behind = frozenset(",:]} \t\n\r")
    _blanks = re.compile(r"[ \t\n\r]*")

    def __init__(self, read: Callable[[int], str], number: Callable[[str], Any] | None = None) -> None:
        self._decoder = json.JSONDecoder(parse_float=number, parse_int=number, parse_constant=number)
        self._read = read
        self._held = ""
        self._at = 0

    def _reads_on(self, size: int = 0) -> bool:
        """Read the next piece; whether there is one."""
        piece = self._read(size or PIECE)
        self._held, self._at = self._held[self._at :] + piece, 0
        return bool(piece)

    def _sign(self) -> str:
        """The next sign that is no blank; nothing at the end."""
        while True:
            if found := self._blanks.match(self._held, self._at):
                self._at = found.end()
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._reads_on():
                return ""

    def _past(self, sign: str) -> None:
        if self._sign() != sign:
            raise ValueError
        self._at += 1

    def value(self) -> Any:
        """What comes next, whole."""
        self._sign()
        size = PIECE
        while True:
            with suppress(ValueError):
                found, end = self._decoder.raw_decode(self._held, self._at)
                if end < len(self._held) and self._held[end] in self._behind:
                    self._at = end
                    return found
            if not self._reads_on(size):
                raise ValueError
            size *= 2

    def is_next(self, sign: str) -> bool:
        """Whether what comes next begins with a sign, such as a brace."""
        return self._sign() == sign

    def each_entry(self) -> Iterator[None]:
        """The entries of a list; whoever is told of one takes it before the next."""
        self._past("[")
        while self._sign() != "]":
            yield
            self._on_to_next("]")
        self._past("]")

    def each_key(self) -> Iterator[str]:
        """The keys of a mapping; whoever is told one takes what it stands for before the next."""
        self._past("{")
        while self._sign() != "}":
            key = self.value()
            if not isinstance(key, str):
                raise TypeError
            self._past(":")
            yield key
            self._on_to_next("}")
        self._past("}")

    def _on_to_next(self, end: str) -> None:
        if self._sign() != end:
            self._past(",")
            if self._sign() == end:
                raise ValueError

    def end(self) -> None:
        """Nothing may follow."""
        if self._sign():
            raise ValueError
