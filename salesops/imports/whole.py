"""Records from one JSON document of all of them (`salesops export json`): the same files again, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from salesops.edits.yaml_writer import FileChange, render
from salesops.problems import Problem
from salesops.records.kinds import KINDS, id_of, kind_at_path
from salesops.records.scalars import ID_FORM
from salesops.records.validation import typed
from salesops.records.yaml_reader import MAX_BYTES, Document, read

TEMPLATES = "playbook/templates/"


class NoExport(ValueError):
    """The document is none that `salesops export json` writes; the message says why."""


@dataclass
class Taken:
    """What becomes of each entry of the document: rows = new + unchanged + kept + refused."""

    new: list[FileChange] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many entries the document has."""
        return len(self.new) + len(self.unchanged) + len(self.kept) + len(self.refused)


def entries_of(raw: bytes) -> list[Mapping[str, Any]]:
    """The records and templates of a document. Raises NoExport."""
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        raise NoExport(f"it is no JSON: {fault}") from None
    records = data.get("records") if isinstance(data, dict) else None
    if not isinstance(records, list):
        raise NoExport("it holds no `records`: it was not written by salesops export json")
    templates = data.get("templates") or []
    found = [*records, *(templates if isinstance(templates, list) else [])]
    if not all(isinstance(entry, dict) for entry in found):
        raise NoExport("one of its `records` is none")
    return found


def taken(entries: list[Mapping[str, Any]], on_file: Mapping[str, str]) -> Taken:
    """What to write, beside what is on file by its path: a file that is there and says something else stays."""
    found = Taken()
    seen: set[str] = set()
    for entry in entries:
        path = str(entry.get("path", ""))
        text = _text(entry, path, seen)
        if isinstance(text, _NotTaken):
            found.refused.append((path, text.why))
        elif path not in on_file:
            found.new.append(FileChange(path, text))
        else:
            (found.unchanged if on_file[path] == text else found.kept).append(path)
        seen.add(path)
    return found


@dataclass(frozen=True)
class _NotTaken:
    why: str


def _text(entry: Mapping[str, Any], path: str, seen: set[str]) -> str | _NotTaken:
    """The text of a file, as people wrote it where that is what `data` says, else made from `data`; or why there is none."""
    if path in seen:
        return _NotTaken("it stands in the document twice")
    text, data = entry.get("text"), entry.get("data")
    if path.startswith(TEMPLATES):
        return _template(path, text)
    kind = kind_at_path(path)
    if kind is None or ".." in path.split("/") or (not kind.is_single and not ID_FORM.fullmatch(id_of(path))):
        return _NotTaken("no record lies there")
    if isinstance(text, str) and (data is None or _says(path, text) == data):
        return text if len(text.encode("utf-8", "replace")) <= MAX_BYTES else _NotTaken("it is too long for a record")
    if not isinstance(data, dict):
        return _NotTaken("it has neither `text` nor `data`")
    return _made(path, data, kind.name)


def _template(path: str, text: object) -> str | _NotTaken:
    name = path.rpartition("/")[2]
    if ".." in path.split("/") or not name or name.startswith(".") or not isinstance(text, str):
        return _NotTaken("it is no template")
    return text


def _says(path: str, text: str) -> object:
    try:
        document, _ = read(path, text.encode("utf-8"))
    except UnicodeEncodeError:
        return None
    return document.data if document else None


def _made(path: str, data: dict[str, Any], kind: str) -> str | _NotTaken:
    """A file made from data that a program has changed; it has to be a sound record."""
    try:
        text = render(data)
        document, problems = read(path, text.encode("utf-8"))
    except (TypeError, ValueError, AttributeError, RecursionError):
        return _NotTaken("its `data` cannot be written as a record")
    errors = list(_errors(problems)) + (list(_errors(_shape(document, kind))) if document else [])
    return _NotTaken(errors[0]) if errors else text


def _shape(document: Document, kind: str) -> list[Problem]:
    return typed(document, KINDS[kind].model)[1]


def _errors(problems: list[Problem]) -> Iterator[str]:
    return (
        f"{problem.field}: {problem.message}" if problem.field else problem.message
        for problem in problems
        if problem.is_error
    )
