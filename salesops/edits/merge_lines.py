"""Three versions of a text, line by line: what one side changed, what both did alike, and where they clash."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_LINES = 5_000
"""Longer texts are not compared line by line: they clash as a whole."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that belong together in the three versions."""

    base: Sequence[str]
    ours: Sequence[str]
    theirs: Sequence[str]

    @property
    def settled(self) -> Sequence[str] | None:
        """The lines that stand after the merge; None where both sides changed them differently."""
        if self.ours in (self.theirs, self.base):
            return self.theirs
        return self.ours if self.theirs == self.base else None


def together(base: str, ours: str, theirs: str) -> str | None:
    """The text with the changes of both sides; None where they touch."""
    settled = [stretch.settled for stretch in _stretches(base, ours, theirs)]
    return "".join(line for lines in settled for line in lines or ()) if None not in settled else None


def marked(base: str, ours: str, theirs: str) -> str:
    """The text with the changes of both sides, and both versions between markers where they clash."""
    return "".join(_marked(base, ours, theirs))


def _marked(base: str, ours: str, theirs: str) -> Iterator[str]:
    for stretch in _stretches(base, ours, theirs):
        settled = stretch.settled
        yield conflict("".join(stretch.ours), "".join(stretch.theirs)) if settled is None else "".join(settled)


def conflict(ours: str, theirs: str) -> str:
    """Two versions between the markers that git and editors know."""
    ends = "\r\n" if "\r\n" in (ours or theirs) else "\n"
    return "".join(
        (f"<<<<<<< here{ends}", _ended(ours, ends), f"======={ends}", _ended(theirs, ends), f">>>>>>> there{ends}")
    )


def _ended(text: str, ends: str) -> str:
    return text if not text or text.endswith("\n") else text + ends


def _stretches(base: str, ours: str, theirs: str) -> Iterator[Stretch]:
    """The three versions cut at the lines that all of them share."""
    b, o, t = (_LINE.findall(text) for text in (base, ours, theirs))
    if max(len(b), len(o), len(t)) > MAX_LINES:
        yield Stretch(b, o, t)
        return
    at = (0, 0, 0)
    for *start, size in (*_shared(b, o, t), (len(b), len(o), len(t), 0)):
        yield Stretch(b[at[0] : start[0]], o[at[1] : start[1]], t[at[2] : start[2]])
        same = b[start[0] : start[0] + size]
        yield Stretch(same, same, same)
        at = (start[0] + size, start[1] + size, start[2] + size)


def _shared(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where runs of lines begin that stand in all three versions, and how long they are."""
    left, right = (SequenceMatcher(None, base, side).get_matching_blocks() for side in (ours, theirs))
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i].a, right[j].a)
        end = min(left[i].a + left[i].size, right[j].a + right[j].size)
        if start < end:
            yield start, left[i].b + start - left[i].a, right[j].b + start - right[j].a, end - start
        if left[i].a + left[i].size < right[j].a + right[j].size:
            i += 1
        else:
            j += 1
