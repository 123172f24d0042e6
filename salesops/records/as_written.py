"""Values of a record as it was written, whatever it was: a mapping, a list or a text, empty where it is something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

GAP = "…"
"""What a fix prints where only a person knows the answer; to YAML it is a plain text wherever it stands, which a question mark is not."""
PLACEHOLDERS = frozenset({GAP, "...", "?"})
"""What stands for an answer that nobody has given yet: no value of any field."""
LEFT = "'{}' is a placeholder, not an answer"
WRITE = "write what is true, or delete the key"

Data = Mapping[str, Any]
"""A record, or a part of one, as plain text, lists and mappings."""


def as_map(value: Any) -> Data:
    """A mapping."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Any) -> list[Any]:
    """A list."""
    return value if isinstance(value, list) else []


def as_text(value: Any) -> str:
    """A text."""
    return value if isinstance(value, str) else ""


def is_placeholder(value: Any) -> bool:
    """Whether a value is still what a fix left for a person to fill in."""
    return isinstance(value, str) and value in PLACEHOLDERS


def question(key: str, words: Iterable[str] = ()) -> str:
    """A line that leaves the value of a key to a person, with the words to choose from behind it."""
    choices = ", ".join(words)
    return f"{key}: {GAP}  # {choices}" if choices else f"{key}: {GAP}"
