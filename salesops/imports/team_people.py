"""New people in playbook/team.yaml: lines added to its ``people:``, every other byte as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from salesops.edits.yaml_writer import in_brackets, scalar
from salesops.records.yaml_reader import Document, read

People = Mapping[str, Mapping[str, Any]]
"""New people by id; each with a name, and roles where the mapping gives some."""

_NOBODY = re.compile(r"(people[ \t]*:)[ \t]*\{[ \t]*\}")


def lines_for(people: People, indent: str = "  ") -> list[str]:
    """A line for each person, as it stands below ``people:``."""
    return [f"{indent}{scalar(person_id)}: {in_brackets(person)}" for person_id, person in people.items()]


def with_people(team: Document, people: People) -> str | None:
    """The text of the team's file with these people added; None where ``people:`` is not written one line a person."""
    text = _added(team, people)
    if text is None:
        return None
    document, problems = read(team.path, text.encode("utf-8"))
    before = team.data.get("people") or {}
    wanted = {**team.data, "people": {**before, **{person_id: dict(person) for person_id, person in people.items()}}}
    return text if document is not None and not problems and document.data == wanted else None


def _added(team: Document, people: People) -> str | None:
    end = "\r\n" if "\r\n" in team.text else "\n"
    place = team.place(("people",), key=True)
    lines = team.text.split("\n")
    at = place.line - 1
    if not team.data.get("people"):
        changed, times = _NOBODY.subn(r"\1", lines[at])
        if not times:
            return None
        lines[at] = changed
        last, indent = at, "  "
    else:
        first = team.place(("people", next(iter(team.data["people"]))), key=True)
        last, indent = _end_of_block(lines, at), " " * (first.column - 1)
    new = [f"{line}{end[:-1]}" for line in lines_for(people, indent)]
    if last == len(lines) - 1:  # the file does not end with a line end, and its last line is the block's
        lines[last] += end[:-1]
        new[-1] = new[-1].rstrip("\r")
    return "\n".join([*lines[: last + 1], *new, *lines[last + 1 :]])


def _end_of_block(lines: list[str], at: int) -> int:
    """The last line that is indented below line ``at``; blank lines and comments after it belong to what follows."""
    last = at
    for number in range(at + 1, len(lines)):
        bare = lines[number].strip()
        if not bare or bare.startswith("#"):
            continue
        if not lines[number].startswith(" "):
            break
        last = number
    return last
