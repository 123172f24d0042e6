"""A section of the pages that travel with the program: what a check, a metric or an error code rests on, for a reader to open."""

from __future__ import annotations

from dataclasses import dataclass

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
