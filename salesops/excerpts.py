"""Spots in a text: the place of a character, and the line it stands on, cut so that it cannot flood a log."""

from __future__ import annotations

from salesops.problems import Place

EXCERPT_WIDTH = 120


def spot(path: str, text: str, index: int, width: int = 1) -> tuple[Place, str]:
    """The place of a character, counted from 0 over the whole text, and its line."""
    line = text.count("\n", 0, index) + 1
    start = text.rfind("\n", 0, index) + 1
    end = text.find("\n", index)
    whole = text[start : end if end >= 0 else len(text)]
    return Place(path, line, index - start + 1, width), whole.rstrip("\r")[:EXCERPT_WIDTH]


def line_of(text: str, number: int) -> str:
    """A line of the text, counted from 1; nothing where the text has fewer."""
    start = 0
    for _ in range(number - 1):
        start = text.find("\n", start) + 1
        if not start:
            return ""
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].rstrip("\r")[:EXCERPT_WIDTH]
