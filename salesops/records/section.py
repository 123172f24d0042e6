"""A section of the pages that travel with the program: what a check, a metric or an error code rests on, for a reader to open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

HEADING = re.compile(r"(?m)^## (?P<title>.+) \{#(?P<anchor>[a-z0-9-]+)\}$")
Block = str | tuple[str, ...]
"""A paragraph, or the points of a list."""
POINT = " - "
"""What parts the points of a list once its lines are joined."""


@dataclass(frozen=True)
class Section:
    """One thing that the program holds to.

    ``anchor`` is its place on the page, by which sources name it. ``text`` holds paragraphs with a blank line between
    them; one that begins with a hyphen is a list, and what stands between backticks is code.
    """

    anchor: str
    title: str
    text: str

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The paragraphs and lists, each point of a list in one line."""
        return tuple(_block(part) for part in self.text.strip().split("\n\n"))


def _block(part: str) -> Block:
    lines = [line.strip() for line in part.splitlines()]
    if not lines[0].startswith("- "):
        return " ".join(lines)
    return tuple(" ".join(lines).removeprefix("- ").split(POINT))


def sections_of(room: str, name: str) -> tuple[Section, ...]:
    """The sections of a page of prose that lies beside the code, such as ``definitions.md`` in ``salesops.metrics``."""
    text = resources.files(room).joinpath(name).read_text(encoding="utf-8")
    _, *parts = HEADING.split(text)
    return tuple(Section(anchor, title, body) for title, anchor, body in zip(*[iter(parts)] * 3, strict=True))
