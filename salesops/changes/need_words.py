"""What the process asks for, as people call it: one need as the head of a question, and several in a line."""

from __future__ import annotations

from collections.abc import Iterable

from salesops.changes.field_sentences import label
from salesops.records.process import Need

LEARNED = "What was learned"
OWN = ("loss", "win")
"""What stands in these is said without their name: a loss is closed with its reason."""


def title(need: Need) -> str:
    """A need as the head of its question: ``Need (MANIAC-T)``."""
    above, name = _parts(need)
    return f"{name[:1].upper()}{name[1:]}" + (f" ({above})" if above else "")


def condition(need: Need) -> str:
    """A need as a sentence, its field as people call it: ``Money (MANIAC-T) is met``."""
    return f"{title(need)}{need.sentence.removeprefix(need.field)}" if need.field else need.sentence


def in_a_line(needs: Iterable[Need]) -> str:
    """Several needs, each group under its name: ``MANIAC-T: need, money; what was learned``."""
    groups: dict[str, list[str]] = {}
    for above, name in map(_parts, needs):
        groups.setdefault(above, []).append(name)
    return "; ".join(f"{above}: {', '.join(said)}" if above else ", ".join(said) for above, said in groups.items())


def path_in_words(path: str) -> str:
    """A path into a record as people call it: ``hubs (contract scope)``."""
    *above, name = (label(part).rstrip(":") for part in path.split("."))
    return f"{name} ({' '.join(above)})" if above else name


def _parts(need: Need) -> tuple[str, str]:
    """Under which name a need stands, and its own."""
    if not need.field:
        return "", LEARNED[:1].lower() + LEARNED[1:] if need.learned else need.name
    path = need.field.split(".")
    above = "" if len(path) == 1 or path[0] in OWN else label(path[0])
    return above, label(path[-1]).rstrip(":")
