"""A printed fix, pasted as a person would: over the guilty line, beside the field, or into the list."""

from __future__ import annotations

import re
from typing import Any

from salesops.edits.edit import insert_item, rejoin, rename_key, set_key
from salesops.problems import Path, Problem
from salesops.records.as_written import is_placeholder
from salesops.records.kinds import KINDS
from salesops.records.model_fields import fields_below
from salesops.records.record import value_at
from salesops.records.yaml_reader import read

WHOLE_LINES = {
    "not-yaml",
    "yaml-anchor",
    "text-cut-by-comma",
    "placeholder-left",
    "unseen-character",
    "text-cut-by-comment",
}


def pasted(text: str, problem: Problem, kind: str) -> str:
    """The text of a file with a problem's fix in its place."""
    document, _ = read("", text.encode())
    path: Path = tuple(int(part) if part.isdecimal() else part for part in problem.field.split(".") if part)
    if problem.edit and document:
        return _edited(text, problem)
    if (
        problem.code in WHOLE_LINES
        or problem.message.startswith("what looks like")
        or document is None
        or _is_of_more_words(problem, text)
    ):
        return _over_the_line(text, problem)
    if problem.fix.startswith("- ") and "stands here, where fields" in problem.message:
        return _over_the_line(text, problem)
    if problem.fix.startswith("- "):
        at = next(end for end, part in enumerate(path) if isinstance(part, int))
        for entry in reversed(_read_fix(problem.fix)):
            text = insert_item(text, path[:at], int(path[at]), entry)
        return text
    for key, value in _read_fix(problem.fix).items():
        home = next(
            path[:end] for end in range(len(path), -1, -1) if key in fields_below(KINDS[kind].model, path[:end])
        )
        held = value_at(document.data, (*home, key))
        text = (
            insert_item(text, (*home, key), len(held), value[0])
            if isinstance(held, list) and isinstance(value, list)
            else set_key(text, (*home, key), value)
        )
    return text


def _read_fix(fix: str) -> Any:
    lines = fix if not fix.startswith("- ") else f"fix:\n{fix}"
    document, _ = read("", f"{lines}\n".encode())
    assert document is not None, f"cannot be read as YAML: {fix}"
    return document.data["fix"] if fix.startswith("- ") else document.data


def _is_of_more_words(problem: Problem, text: str) -> bool:
    """Whether the fix is the whole guilty line, written anew."""
    return problem.code == "unknown-key" and problem.edit is None


def _edited(text: str, problem: Problem) -> str:
    edit = problem.edit
    assert edit is not None
    if edit.through:
        return rejoin(text, edit.path, edit.through, str(edit.value))
    text = (
        set_key(text, edit.path, list(edit.value) if isinstance(edit.value, tuple) else edit.value)
        if edit.value
        else text
    )
    return rename_key(text, edit.path, edit.name) if edit.name else text


def _over_the_line(text: str, problem: Problem) -> str:
    lines = text.split("\n")
    at = problem.place.line - 1
    indent = re.match(r" *", lines[at]).group()
    indent = "" if problem.message.startswith(("this line begins", "a tab", "what looks like")) else indent
    lines[at] = "\n".join(indent + line for line in problem.fix.split("\n"))
    return "\n".join(lines)


def facts(fix: str) -> set[str]:
    """Every value that a fix states, keys and placeholders left out."""
    bare = re.sub(r"(?m)\s+#.*$", "", fix)
    values = re.findall(r"(?:^|[\[{,:\-])\s*([^\[\]{},:#]+?)\s*(?=$|[\]},])", bare, re.MULTILINE)
    return {value.strip("\"' ") for value in values if not is_placeholder(value) and not value.endswith("://…")}
