"""A new CRM repository: the files that `init` writes, filled in for the day and the version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib import resources

from salesops.edits.issue_forms import as_file, forms
from salesops.output import as_json
from salesops.records.json_schema import editor_settings, schema_of
from salesops.records.kinds import KINDS
from salesops.records.process import Process
from salesops.records.record import Record
from salesops.records.team import Team
from salesops.records.validation import typed
from salesops.records.yaml_reader import read
from salesops.setup.vendoring import below, wheel
from salesops.store.load import MARKER

PROCESS = "playbook/process/v1.yaml"
SOON = timedelta(days=14)
RENAMED = {"gitignore": ".gitignore", "gitattributes": ".gitattributes"}
"""Files that cannot carry their name inside the package."""


def files(today: date) -> Iterator[tuple[str, bytes]]:
    """Path and content of every file of a new repository: the starter's, the schemas, and the program itself."""
    program = wheel()
    filled = {
        "@@TODAY@@": str(today),
        "@@SOON@@": str(today + SOON),
        "@@WHEEL@@": program.requirement,
        "@@EDITOR@@": as_json(editor_settings("./schemas")),
    }
    begun: dict[str, bytes] = {}
    for path, file in below(resources.files("salesops.setup").joinpath("starter")):
        text = file.read_text(encoding="utf-8")
        for mark, value in filled.items():
            text = text.replace(mark, value)
        begun[RENAMED.get(path, path)] = text.encode()
    yield from begun.items()
    process, team = (_record(begun, path, model) for path, model in ((PROCESS, Process), (MARKER, Team)))
    for kind in KINDS:
        yield f"schemas/{kind}.json", f"{as_json(schema_of(kind))}\n".encode()
    for form in forms(process, team) if isinstance(process, Process) and isinstance(team, Team) else ():
        yield f".github/ISSUE_TEMPLATE/{form.name}.yml", as_file(form).encode()
    yield program.path, program.data


def _record(begun: Mapping[str, bytes], path: str, model: type[Record]) -> Record | None:
    """A record of the starter."""
    document, _ = read(path, begun[path])
    return typed(document, model)[0] if document else None
