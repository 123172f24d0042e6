"""Many versions of one file, read quickly: what has not changed since another version is not read again.

A record is a mapping whose keys begin at the left margin; the text between two of them says what the first one holds.
Where a text is not of this simple make it is read as a whole.
"""

from __future__ import annotations

import re
from typing import Any

from salesops.documents import MAX_NODES, UNSEEN, read

_BLOCK = re.compile(r"^(?=[A-Za-z_])", re.MULTILINE)
_HIDDEN = re.compile(r"^(?:[^A-Za-z_# \r\n-]|-(?![ \r\n]))", re.MULTILINE)
"""Lines at the left margin that may begin something else inside of a block: quoted keys, other documents, directives."""
LARGEST = MAX_NODES
"""Bytes of a version that is read block by block: none so short is refused for its size or for its many values."""


class Reader:
    """Reads the versions of one file; remembers the blocks that it has seen."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.seen: dict[str, dict[str, Any]] = {}

    def data(self, raw: bytes | int) -> dict[str, Any] | None:
        """What a version says, as plain text, lists and mappings; None where it cannot be read."""
        if isinstance(raw, int):
            return None
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return None
        blocks = _blocks(text) if len(raw) <= LARGEST else None
        if blocks is None:
            return self._whole(raw)
        return self._by_blocks(raw, blocks) if self.seen else self._first(raw, blocks)

    def _whole(self, raw: bytes) -> dict[str, Any] | None:
        document, _ = read(self.path, raw)
        return document.data if document else None

    def _first(self, raw: bytes, blocks: list[str]) -> dict[str, Any] | None:
        """The first version is read as a whole, which is quicker than in parts; what its blocks say is remembered.

        A block is what it seems only where a key of the record begins it, and another one or nothing follows: in a
        text or a list over several lines a line may look like a key.
        """
        document, problems = read(self.path, raw)
        if document is None:
            return None
        data = document.data
        if not problems and not any(_HIDDEN.search(block) for block in blocks):
            keys = [_key(block) for block in blocks]
            for block, key, following in zip(blocks, keys, [*keys[1:], None], strict=True):
                if key in data and (following is None or following in data):
                    self.seen[block] = {key: data[key]}
        return data

    def _by_blocks(self, raw: bytes, blocks: list[str]) -> dict[str, Any] | None:
        new = [block for block in blocks if block not in self.seen]
        if new and not (self._learn(new) or all(self._learn([block], may_be_empty=True) for block in new)):
            return self._whole(raw)
        data: dict[str, Any] = {}
        for block in blocks:
            data.update(self.seen[block])
        return data

    def _learn(self, blocks: list[str], may_be_empty: bool = False) -> bool:
        """Read blocks together, which is quicker than one by one; whether each of them is plainly what it seems.

        A key without a value cannot be told from one that a text above it has swallowed: such a block is read alone.
        """
        document, problems = read(self.path, "".join(blocks).encode("utf-8"))
        if document is None or problems or any(_HIDDEN.search(block) for block in blocks):
            return False
        data, keys = document.data, [_key(block) for block in blocks]
        if data.keys() != set(keys) and not (may_be_empty and not data):
            return False
        self.seen |= {block: {key: data[key]} if key in data else {} for block, key in zip(blocks, keys, strict=True)}
        return True


def _blocks(text: str) -> list[str] | None:
    """The text of each top-level key; None where something else stands above the first, or a key twice."""
    head, *blocks = _BLOCK.split(text)
    if UNSEEN.search(head) or not all(not line.strip(" \r") or line.startswith("#") for line in head.split("\n")):
        return None
    return blocks if blocks and len({_key(block) for block in blocks}) == len(blocks) else None


def _key(block: str) -> str:
    return block.split(":", 1)[0].rstrip(" ")
