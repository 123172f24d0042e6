"""A list of changes to records: the one form in which every command, form and program asks for a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import create_model

from salesops.edits.yaml_writer import in_brackets
from salesops.problems import Path, Problem, did_you_mean
from salesops.records.deal import Activity, NextStep
from salesops.records.record import Record, given, many, maybe
from salesops.records.scalars import Happened, Id, Text
from salesops.records.validation import explained, typed, validated
from salesops.records.yaml_reader import Document, read

FORMAT = "1"
"""The form of the list; another one would have another number."""
MAX_CHANGES = 2_000


class New(Record):
    """A record that is not there yet: its fields stand beside these, the first stage of a deal as ``stage`` and ``date``."""

    new: Text = given("The kind of record.", "deal", "member")
    id: Id = given("Its id, which is the name of its file.", "pinecrest-college-general")


class LogEntry(Activity):
    """Something that happened: one more entry under ``activity``; and the next step, where there is one."""

    log: Id = given("The deal.", "owlspruce-general")
    next: NextStep | None = maybe("The next step from now on.")
    was: dict[str, Any] | None = maybe("What stood there when the list was made, as {next: …}; {} for nothing.")


class Moved(Record):
    """A move to another stage, and what is said with it."""

    move: Id = given("The deal.", "owlspruce-general")
    to: Text = given("The stage that it enters.", "proposal")
    date: Happened = given("On which day.", "2026-11-21")
    set: dict[str, Any] | None = maybe(
        "What is said with it, by the paths of the fields; it takes the place of nothing."
    )
    was: Text | None = maybe("The stage in which it was when the list was made.", "discovery")


class Put(Record):
    """Fields of a record that say something else from now on."""

    set: Id = given("The record.", "owlspruce-general")
    kind: Text | None = maybe("What it is, where it is neither a deal nor a member.", "experiment")
    fields: dict[str, Any] = given("The values, by the paths of the fields.", "{next.due: 2026-12-04}")
    was: dict[str, Any] | None = maybe("What stood there when the list was made; a path that is not named was empty.")


class Cleared(Record):
    """Fields of a record that say nothing from now on."""

    clear: Id = given("The record.", "owlspruce-general")
    kind: Text | None = maybe("What it is, where it is neither a deal nor a member.", "experiment")
    fields: tuple[Text, ...] = given("The paths of the fields.", "expected_close")
    was: dict[str, Any] | None = maybe("What stood there when the list was made.")


class Added(Record):
    """One more entry of a list in a record."""

    add: Id = given("The record.", "owlspruce-general")
    kind: Text | None = maybe("What it is, where it is neither a deal nor a member.", "experiment")
    to: Text = given("The list, by its path.", "links")
    entry: Any = given("The entry.", "{kind: folder, url: https://drive.example/owlspruce}")


class ChangeList(Record):
    """The whole list; each change begins with a word for it and the record that it is about."""

    salesops: Literal["1"] = given("The form of the list.", FORMAT)
    changes: tuple[Any, ...] = many("The changes, in their order.")


VERBS: dict[str, type[Record]] = {
    "move": Moved,
    "log": LogEntry,
    "new": New,
    "set": Put,
    "clear": Cleared,
    "add": Added,
}
"""The words for a change. A move may carry a ``set``, so it is looked for first."""


@dataclass(frozen=True)
class Wanted:
    """One change of a list: its place there, the word for it, what it says as it was written, and as it is read."""

    at: int
    verb: str
    data: Mapping[str, Any]
    change: Any
    document: Document

    @property
    def record(self) -> str:
        """The id of the record that it is about."""
        return str(self.data["id"] if self.verb == "new" else self.data[self.verb])

    def problem(self, code: str, message: str, *path: str, help: str = "") -> Problem:  # noqa: A002 - as in Problem
        """A problem at a place in this change."""
        return self.document.problem(code, message, ("changes", self.at, *path), help=help)


def changes_in(name: str, raw: bytes) -> tuple[list[Wanted], list[Problem]]:
    """The changes of a list in YAML or JSON, or every way in which it is none; ``name`` is what messages call it."""
    document, problems = read(name, raw)
    if document is None:
        return [], problems
    whole, shape = typed(document, ChangeList)
    problems = [*problems, *shape]
    if whole is None or problems:
        return [], problems
    if len(whole.changes) > MAX_CHANGES:
        message = f"{len(whole.changes):,} changes in one list; the limit is {MAX_CHANGES:,}"
        return [], [document.problem("too-many-problems", message, ("changes",))]
    found = [_wanted(document, at, data) for at, data in enumerate(document.data.get("changes") or ())]
    return [it for it in found if isinstance(it, Wanted)], [
        it for some in found if isinstance(some, list) for it in some
    ]


def _wanted(document: Document, at: int, data: Any) -> Wanted | list[Problem]:
    verb = next((word for word in VERBS if isinstance(data, dict) and word in data), None)
    if verb is None:
        said = next(iter(data), "") if isinstance(data, dict) else ""
        way_out = did_you_mean(said, VERBS) or f"one of: {', '.join(VERBS)}"
        message = "a change begins with the word for it, and the record"
        return [document.problem("change-unclear", message, ("changes", at), help=way_out)]
    own = {key: data[key] for key in ("new", "id") if key in data} if verb == "new" else data
    change, faults = validated(own, VERBS[verb])
    if change is not None:
        return Wanted(at, verb, data, change, document)
    placed = [{**fault, "loc": ("changes", at, *fault["loc"])} for fault in faults]
    return explained(document, _list_of(verb), placed)


@lru_cache(maxsize=len(VERBS))
def _list_of(verb: str) -> type[Record]:
    """A list whose changes are all of one kind: it says what may stand where in one."""
    return create_model(f"ListOf{verb.title()}", __base__=ChangeList, changes=(tuple[VERBS[verb], ...], ...))  # type: ignore[valid-type]


def as_list(changes: Iterable[Mapping[str, Any]]) -> str:
    """Changes as the text of a list, each on a line of its own."""
    return f'salesops: "{FORMAT}"\nchanges:\n' + "".join(f"  - {in_brackets(change)}\n" for change in changes)


def path_of(dotted_path: str) -> Path:
    """The path that is written with dots."""
    return tuple(int(part) if part.isdecimal() and part.isascii() else part for part in dotted_path.split("."))
