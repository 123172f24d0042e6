"""What becomes of a record that an import makes: it is new, or says nothing new, or differs from the one on file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from salesops.book.book import Book, Ref
from salesops.edits.yaml_writer import FileChange, in_order, render
from salesops.imports.csv.rows import StandIn
from salesops.problems import Problem
from salesops.records.record import Record
from salesops.records.validation import typed
from salesops.records.yaml_reader import MAX_BYTES, Document, too_large


class Outcome(StrEnum):
    """What becomes of a record."""

    NEW = "new"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """One record of the import: its file, what becomes of it, and the change where there is one.

    ``differs`` names the fields in which it is not what is on file, ``why`` says what else keeps it from being written.
    """

    kind: str
    id: str
    path: str
    outcome: Outcome
    change: FileChange | None = None
    differs: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class OnFile:
    """The records on file; with ``update`` they are overwritten with the file's values."""

    book: Book
    update: bool = False

    def has(self, kind: str, record_id: str) -> bool:
        """Whether a record of that kind and id exists, readable or not."""
        return (kind, record_id) in self.book.documents or (kind, record_id) in self.book.broken

    def removed(self, kind: str, record_id: str) -> str:
        """The day on which a record was deleted on purpose; nothing where it was not."""
        return self._removals.get((kind, record_id), "")

    @cached_property
    def _removals(self) -> dict[Ref, str]:
        removals = self.book.removed.removed if self.book.removed else ()
        return {(entry.kind, entry.id): str(entry.date) for entry in removals}

    def entry(
        self, kind: str, model: type[Record], record_id: str, folder: str, data: dict[str, Any]
    ) -> RecordOutcome | list[Problem]:
        """What becomes of one record, or why it would not be one."""
        document = self.book.documents.get((kind, record_id))
        path = document.path if document else f"{folder}/{record_id}.yaml"
        if (kind, record_id) in self.book.broken:
            return RecordOutcome(
                kind, record_id, path, Outcome.KEPT, why="the existing file has errors: run salesops check"
            )
        merged = in_order(model, merge(document.data, data) if document else data)
        if document and merged == document.data:
            return RecordOutcome(kind, record_id, path, Outcome.UNCHANGED)
        text = render(merged)
        problems = _problems(path, model, merged, text)
        if problems:
            return problems
        if document is None:
            return RecordOutcome(kind, record_id, path, Outcome.NEW, FileChange(path, text))
        differs = tuple(key for key in merged if merged[key] != document.data.get(key))
        if not self.update:
            return RecordOutcome(kind, record_id, path, Outcome.KEPT, differs=differs)
        return RecordOutcome(kind, record_id, path, Outcome.UPDATED, FileChange(path, text, document.text), differs)


def _problems(path: str, model: type[Record], data: dict[str, Any], text: str) -> list[Problem]:
    """Why some data is not a record; no place in a file that does not exist yet."""
    size = len(text.encode("utf-8"))
    if size > MAX_BYTES:
        return [too_large(path, size)]
    return typed(Document(path, "", data), model)[1]


def merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """A record with what the table says put over what it held.

    What the mapping put in fills what is lacking and overrules nothing; whatever neither speaks of stays.
    """
    by_table, by_mapping = told_apart(new)
    return filled_up(overlaid(old, by_table), by_mapping)


def told_apart(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the table itself says, and what the mapping put in."""
    by_table: dict[str, Any] = {}
    by_mapping: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            told, put_in = told_apart(value)
            by_table.update({key: told} if told else {})
            by_mapping.update({key: put_in} if put_in else {})
        else:
            (by_mapping if _is_put_in(value) else by_table)[key] = value
    return by_table, by_mapping


def _is_put_in(value: Any) -> bool:
    """Whether nothing of a value comes from the table."""
    parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else None
    return isinstance(value, StandIn) if parts is None else all(_is_put_in(part) for part in parts)


def overlaid(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The new values over the old ones, key by key."""
    merged = dict(old)
    for key, value in new.items():
        deeper = isinstance(value, dict) and isinstance(old.get(key), dict)
        merged[key] = overlaid(old[key], value) if deeper else value
    return merged


def filled_up(old: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The old values, and those of the others that are lacking."""
    return overlaid(more, old)
