"""A new CRM repository: the files that `init` writes, filled in for the day and the version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable

from salesops.output import as_json
from salesops.records.kinds import KINDS
from salesops.schemas import editor_settings, schema_of

SOON = timedelta(days=14)
RENAMED = {"gitignore": ".gitignore", "gitattributes": ".gitattributes"}
"""Files that cannot carry their name inside the package."""


def files(today: date) -> Iterator[tuple[str, str]]:
    """Path and text of every file of a new repository."""
    filled = {
        "@@TODAY@@": str(today),
        "@@SOON@@": str(today + SOON),
        "@@VERSION@@": version("salesops"),
        "@@EDITOR@@": as_json(editor_settings("./schemas")),
    }
    for path, text in _below(resources.files("salesops").joinpath("starter"), ""):
        for mark, value in filled.items():
            text = text.replace(mark, value)
        yield RENAMED.get(path, path), text
    for kind in KINDS:
        yield f"schemas/{kind}.json", as_json(schema_of(kind)) + "\n"


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{path}{entry.name}"
        if entry.is_dir():
            yield from _below(entry, f"{name}/")
        else:
            yield name, entry.read_text(encoding="utf-8")
