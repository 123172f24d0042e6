"""Many versions of one file, read quickly: what has not changed since another version is not read again.

A record is a mapping whose keys begin at the left margin; the text between two of them says what the first one holds.
Where a text is not of this simple make it is read as a whole.
"""

from __future__ import annotations

import re
from typing import Any

from salesops.documents import read

_BLOCK = re.compile(r"^(?=[A-Za-z_])", re.MULTILINE)
_DOCUMENT = ("\n---", "\n...", "\n%")
"""Line beginnings by which YAML tells documents apart; what else is odd shows when a block is read."""


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
        blocks = _blocks(text)
        if blocks is None:
            return self._whole(raw)
        return self._by_blocks(raw, blocks) if self.seen else self._first(raw, blocks)

    def _whole(self, raw: bytes) -> dict[str, Any] | None:
        document, _ = read(self.path, raw)
        return document.data if document else None

    def _first(self, raw: bytes, blocks: list[str]) -> dict[str, Any] | None:
        """The first version is read as a whole, which is quicker than in parts; what its blocks say is remembered."""
        document, problems = read(self.path, raw)
        if document is None:
            return None
        if not problems:
            self.seen = {block: {key: document.data[key]} for block in blocks if (key := _key(block)) in document.data}
        return document.data

    def _by_blocks(self, raw: bytes, blocks: list[str]) -> dict[str, Any] | None:
        data: dict[str, Any] = {}
        for block in blocks:
            part = self.seen.get(block)
            if part is None:
                document, problems = read(self.path, block.encode("utf-8"))
                if document is None or problems or len(document.data) > 1:
                    return self._whole(raw)
                part = self.seen[block] = document.data
            data.update(part)
        return data


def _blocks(text: str) -> list[str] | None:
    """The text of each top-level key; None where something else stands above the first, or a key twice."""
    if any(mark in text for mark in _DOCUMENT):
        return None
    head, *blocks = _BLOCK.split(text)
    if not all(not line.strip() or line.startswith("#") for line in head.split("\n")):
        return None
    return blocks if len({_key(block) for block in blocks}) == len(blocks) else None


def _key(block: str) -> str:
    return block.split(":", 1)[0]
