"""What two branches remember of their last imports, made one: what both took otherwise is forgotten, and asked where a record differs."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import Any

from salesops.problems import Problem
from salesops.records.record import is_given


def last_imports_merged(path: str, base: str, ours: str, theirs: str) -> str | None:
    """The text of the file that holds what both remember; None where one of them cannot be read. ``base`` may be empty."""
    # git merges records all day and these seldom: what an import needs is loaded only for them
    from salesops.imports.last_import import Remembered, Taken, read_last  # noqa: PLC0415
    from salesops.imports.outcomes import RecordOutcomes  # noqa: PLC0415

    sides = [read_last(path, StringIO(text).read) if text else Remembered() for text in (base, ours, theirs)]
    found = [side for side in sides if not isinstance(side, Problem)]
    if len(found) < len(sides):
        return None
    was, here, there = found
    taken = Taken()
    for side in (here.taken, there.taken):
        for ref in side:
            if ref not in taken and (told := _of_both(was.taken.get(ref), here.taken.get(ref), there.taken.get(ref))):
                taken[ref] = told
    headings = _of_both(was.headings, here.headings, there.headings) or {}
    named = _of_both(was.named, here.named, there.named) or {}
    return "".join(Remembered(taken, headings).after(RecordOutcomes(), {}, named))


def _of_both(was: Any, here: Any, there: Any) -> Any:
    """A value as the side says that changed it; of mappings each part, of lists of entries all that are left; else None where both did."""
    if here == there or there == was:
        return here
    if here == was:
        return there
    if all(isinstance(side, Mapping) for side in (was or {}, here, there)):
        parts = {key: _of_both((was or {}).get(key), here.get(key), there.get(key)) for key in {**here, **there}}
        return {key: part for key, part in parts.items() if is_given(part)}
    if all(_are_entries(side) for side in (was or [], here, there)):
        return [
            *(entry for entry in here if entry in there or entry not in (was or [])),
            *(entry for entry in there if entry not in here and entry not in (was or [])),
        ]
    return None


def _are_entries(side: Any) -> bool:
    return isinstance(side, list) and all(isinstance(entry, Mapping) for entry in side)
