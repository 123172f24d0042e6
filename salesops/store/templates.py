"""The templates of messages, proposals, agreements and issues: the files below playbook/templates/, and the program's own."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from salesops.problems import CannotDecide
from salesops.store.load import TEMPLATES, files_on_disk, read_bytes, templates

_NAMED = re.compile(r"(?P<name>[^@/]+)(?:@(?P<version>[^@/]+))?")
OWN = "salesops.setup"


def template_text(root: Path, name: str) -> str | None:
    """The text of a template by its name, such as ``new-hub@1``; the program's own where the team has none of this name; None where there is none."""
    path = templates(files_on_disk(root)).get(name)
    return _own(name) if path is None else _text(root, path)


def team_templates(root: Path) -> dict[str, str]:
    """The text of each template of the team, by its path."""
    return {path: _text(root, path) for path in templates(files_on_disk(root)).values()}


def _text(root: Path, path: str) -> str:
    raw = read_bytes(root, path)
    if isinstance(raw, int):
        raise CannotDecide(f"{path}: {raw:,} bytes are too many for a template")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotDecide(f"{path}: it is not UTF-8 text") from None


def newest(names: frozenset[str] | set[str], asked: str) -> str | None:
    """The template that is meant: itself, or the one of this name with the highest version."""
    if asked in names:
        return asked
    versions = [match for name in names if (match := _NAMED.fullmatch(name)) and match["name"] == asked]
    best = max(versions, key=lambda match: _rank(match["version"]), default=None)
    return best[0] if best else None


def own_templates() -> frozenset[str]:
    """The templates that the program brings."""
    brought = resources.files(OWN).joinpath("starter", TEMPLATES).iterdir()
    return frozenset(file.name.removesuffix(".md") for file in brought)


def _rank(version: str | None) -> tuple[bool, int, str]:
    """Versions that are numbers by their value, before all others; one without comes last."""
    found = version or ""
    return found.isdecimal(), int(found) if found.isdecimal() else 0, found


def _own(name: str) -> str | None:
    if name not in own_templates():
        return None
    return resources.files(OWN).joinpath("starter", TEMPLATES, f"{name}.md").read_text(encoding="utf-8")
