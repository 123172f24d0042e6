"""What the last import took of each record, in a small sorted file: a newer export is held against it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from salesops.imports.additions import Question
from salesops.imports.csv.rows import is_put_in
from salesops.imports.outcomes import RecordOutcome
from salesops.imports.three_way import Ref
from salesops.problems import Path, Place, Problem
from salesops.records.record import is_given, value_at

LAST = "imports/hubspot.last.json"
FORMAT = 1
BESIDE = ("activity", "contacts")
"""Lists that come from tables of their own, which need not be there every time."""

Taken = dict[Ref, dict[str, Any]]


@dataclass(frozen=True)
class LastExport:
    """What was taken, by record, and the headings of each table as they were then."""

    taken: Taken = field(default_factory=dict)
    headings: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The file."""
        kinds = sorted({kind for kind, _ in self.taken})
        data = {
            f"{kind}s": {record_id: self.taken[of, record_id] for of, record_id in sorted(self.taken) if of == kind}
            for kind in kinds
        }
        whole = {"format": FORMAT, "headings": dict(sorted(self.headings.items())), **data}
        return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_last(text: str) -> LastExport | Problem:
    """What the file says; or that it is damaged."""
    try:
        data = json.loads(text)
        taken = {
            (kind, record_id): _plain(told)
            for kind in ("deal", "member")
            for record_id, told in data.get(f"{kind}s", {}).items()
        }
        headings = {role: list(map(str, names)) for role, names in data["headings"].items()}
        if data["format"] != FORMAT:
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        advice = "take it back from git; without it, an import no longer knows what it took, and asks wherever a record differs: then delete it"
        return Problem("not-json", "is not what an import left here", Place(LAST), help=advice)
    return LastExport(taken, headings)


def _plain(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise TypeError
    return told


def after(last: LastExport, entries: Iterable[RecordOutcome], headings: Mapping[str, list[str]]) -> LastExport:
    """What is to be remembered: what the table says of each record that was taken, but for what is still asked."""
    taken = dict(last.taken)
    for entry in entries:
        if entry.why:
            continue
        ref = (entry.kind, entry.id)
        now = taken[ref] = _remembered(taken.get(ref, {}), entry)
        for question in entry.asked:
            _put_back(now, last.taken.get(ref, {}), question)
    return LastExport(taken, {**last.headings, **headings})


def _remembered(before: dict[str, Any], entry: RecordOutcome) -> dict[str, Any]:
    """What a table says of a record, without what the mapping put in; tables that are not there say nothing."""
    told = _said(entry.told)
    is_whole = "stages" in told or "name" in told
    kept = {key: value for key, value in before.items() if not is_whole or key in BESIDE}
    return {**kept, **told}


def _said(told: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a table says itself, as plain data."""
    return {key: _value(value) for key, value in told.items() if is_given(value) and not is_put_in(value)}


def _value(value: Any) -> Any:
    """A value as JSON has it; entries of lists are kept whole, for they are found again by all that they say."""
    if isinstance(value, dict):
        return _said(value)
    if isinstance(value, list):
        return [
            {key: _value(part) for key, part in each.items()} if isinstance(each, dict) else str(each) for each in value
        ]
    return str(value)


def _put_back(now: dict[str, Any], before: Mapping[str, Any], question: Question) -> None:
    """Remember of a field that is asked what was taken before, so that it is asked again."""
    path: Path = question.path
    until = next((at for at, part in enumerate(path) if isinstance(part, int)), len(path))
    keys = [str(part) for part in path[:until]]
    was = value_at(before, tuple(keys))
    inner: Any = now
    for key in keys[:-1]:
        inner = inner.setdefault(key, {})
    if is_given(was):
        inner[keys[-1]] = was
    else:
        inner.pop(keys[-1], None)
