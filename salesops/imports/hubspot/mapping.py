"""The mapping of an export as it lies in the repository: the language of any table, the files it is for, and what still waits for an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from salesops.book.book import Book
from salesops.edits.yaml_writer import in_brackets
from salesops.imports.csv.mapping import UNANSWERED, ColumnMap
from salesops.imports.csv.mapping_mistakes import mapping_of
from salesops.problems import Path, Problem, dotted
from salesops.records.as_written import is_placeholder
from salesops.records.record import given
from salesops.records.scalars import Text
from salesops.records.yaml_reader import Document, read

MAPPING = "imports/hubspot.yaml"
NAME = "hubspot"
"""What the file of the last import is called by."""
ANSWERED_HERE = frozenset({"currency", "deal", "members", "activities", "contacts"})
"""The parts of the mapping in which a question mark only costs the rows that it is about."""
_FILES = re.compile(r"(?m)^files:[ \t].*$")
_STAGES = re.compile(r"(?m)^  stages:[ \t]*(?:#.*)?$")


class HubspotMap(ColumnMap):
    """A mapping with the files that it is for, from the root of the repository."""

    files: tuple[Text, ...] = given("The files of the export, from the root of the repository.", "../exports/deals.csv")


def read_hubspot_mapping(path: str, raw: bytes, book: Book) -> tuple[Document | None, HubspotMap | None, list[Problem]]:
    """The mapping, its questions kept as such; or every mistake in it."""
    document, problems = read(path, raw)
    others = [problem for problem in problems if problem.code != "placeholder-left"]
    if document is None or others:
        return document, None, others or problems
    data = {key: _waiting(value, (key,)) if key in ANSWERED_HERE else value for key, value in document.data.items()}
    document = replace(document, data=data, lost=())
    mapping, mistakes = mapping_of(document, book, HubspotMap)
    return document, mapping, mistakes


def _waiting(value: Any, path: Path) -> Any:
    """A part of the mapping with a word in place of each question mark, which says where it stands."""
    if isinstance(value, dict):
        return {key: _waiting(part, (*path, key)) for key, part in value.items()}
    if isinstance(value, list):
        return [_waiting(part, (*path, at)) for at, part in enumerate(value)]
    return f"{UNANSWERED} {dotted(path)}" if is_placeholder(value) else value


def questions_in(document: Document) -> list[str]:
    """The lines that wait for an answer."""
    return [words.removeprefix(UNANSWERED).strip() for words in _texts(document.data) if words.startswith(UNANSWERED)]


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


def with_files(text: str, files: list[str]) -> str | None:
    """The text with other files in its line ``files:``, every other byte as it was; None where that is not one line."""
    line = f"files: {in_brackets(files)}"
    found = _FILES.search(text)
    return text[: found.start()] + line + text[found.end() :] if found else None


def with_more_stages(text: str, lines: list[str]) -> str | None:
    """The text with more lines at the end of its stages, every other byte as it was; None where they are not one line each."""
    found = _STAGES.search(text)
    if not found:
        return None
    rest = text[found.end() :].split("\n")
    end = next((at for at, line in enumerate(rest) if at and line.strip() and not line.startswith("    ")), len(rest))
    while end > 1 and not rest[end - 1].strip():
        end -= 1
    ending = "\r" if rest[0].endswith("\r") or text[: found.end()].endswith("\r") else ""
    return text[: found.end()] + "\n".join([*rest[:end], *(f"{line}{ending}" for line in lines), *rest[end:]])
