"""What two versions of one record say differently: field by field, with the entries of lists matched by what they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from salesops.problems import Path
from salesops.records.kinds import entries_of
from salesops.records.record import Record, value_at

USUAL = (("id",), ("name",), ("date", "kind", "about"), ("since",), ("date",), ("url",))
"""What tells the entries of a list of the team's own apart: the first of these that both carry."""

MAX_ENTRY_PAIRS = 100_000
"""So many pairs of entries are compared to find those that were changed; in a list rewritten beyond that all are new or taken out."""


@dataclass(frozen=True)
class Difference:
    """A field that says something else; what is not there is None. ``path`` is its place in the later version."""

    path: Path
    before: Any
    after: Any

    @property
    def name(self) -> str:
        """The last word of the path that is a name."""
        return last_name(self.path)

    @property
    def section(self) -> str:
        """The top-level field."""
        return str(self.path[0]) if self.path else ""


def last_name(path: Path) -> str:
    """The last word of a path that is a name, not a number."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def differences(before: Mapping[str, Any], after: Mapping[str, Any], path: Path = ()) -> Iterator[Difference]:
    """Every difference between two mappings, in the order of the later one; what was taken out comes last."""
    for name in (*after, *(name for name in before if name not in after)):
        yield from _compared(before.get(name), after.get(name), (*path, name))


def _compared(before: Any, after: Any, path: Path) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, list) and _has_entries(after):
        before = [before]  # one entry that stood alone became a list
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from differences(before, after, path)
    elif isinstance(before, list | None) and isinstance(after, list | None) and _has_entries(before or after or []):
        yield from _lists(before or [], after or [], path)
    else:
        yield Difference(path, before, after)


def _has_entries(entries: list[Any]) -> bool:
    return any(isinstance(entry, Mapping) for entry in entries)


def _lists(before: list[Any], after: list[Any], path: Path) -> Iterator[Difference]:
    """Entries that were added, taken out or say something else; equal ones are paired off first, in order."""
    if entries_of(last_name(path)).in_order:
        for at in range(max(len(before), len(after))):
            yield from _compared(_at(before, at), _at(after, at), (*path, at))
        return
    left = list(before)
    new: list[int] = []
    for at, entry in enumerate(after):
        if entry in left:
            left.remove(entry)
        else:
            new.append(at)
    is_rewritten = len(left) * len(new) > MAX_ENTRY_PAIRS
    for at in new:
        was = None if is_rewritten else _earlier(left, after[at], path)
        if was is None:
            yield Difference((*path, at), None, after[at])
        else:
            left.remove(was)
            yield from _compared(was, after[at], (*path, at))
    for old in left:
        yield Difference((*path, before.index(old)), old, None)


def _at(entries: list[Any], place: int) -> Any:
    return entries[place] if place < len(entries) else None


def same_entry(before: Record, after: Record, name: str) -> bool:
    """Whether two entries of a list of this name are about the same thing."""
    return _agree([(value_at(before, (key,)), value_at(after, (key,))) for key in entries_of(name).by])


def _agree(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether what tells entries apart is the same in both; what one of them does not say yet tells nothing apart."""
    both = [(before, after) for before, after in pairs if before is not None and after is not None]
    return bool(both) and all(before == after for before, after in both)


def _earlier(left: list[Any], entry: Any, path: Path) -> Any:
    """What an entry was before: of those that are about the same thing, the one that says most of the same; None where it is new."""
    by = entries_of(last_name(path)).by

    def likeness(old: Any) -> tuple[int, int]:
        return sum(entry.get(key) == old.get(key) for key in by), sum(entry.get(key) == old[key] for key in old)

    return max((old for old in left if _same_thing(old, entry, path)), key=likeness, default=None)


def _same_thing(before: Any, after: Any, path: Path) -> bool:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return False
    known = entries_of(last_name(path))
    order = (("id",), known.by, *USUAL) if known.may_repeat else (known.by, *USUAL)
    keys = next((keys for keys in order if any(key in before and key in after for key in keys)), None)
    if keys is None:
        return len(before) == len(after) == 1 and before.keys() == after.keys()
    if keys == known.by:
        return _agree([(before.get(key), after.get(key)) for key in keys])
    return all(before.get(key) == after.get(key) for key in keys)
