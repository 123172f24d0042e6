"""A process version that says only what differs: the whole of it, made with the version that it builds on.

Mappings are merged key by key; a list or a single value takes the place of the one before. What ``without`` names is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from salesops.problems import Path, did_you_mean
from salesops.records.as_written import Data, as_list, as_map, as_text
from salesops.records.record import value_at

BUILDS_ON = ("from", "without")
OWN = frozenset({"version", "in_force", "changelog", "source", *BUILDS_ON})
"""What a version says of itself: it is taken from no other."""

Written = Mapping[str, Data]
"""The versions as their files say them, by name of the file."""


def builds_on(version: Data) -> str:
    """The version that one builds on; nothing where it is whole as it is written."""
    return as_text(version.get("from"))


def line_of(version_id: str, written: Written) -> list[str]:
    """A version, the one that it builds on, and so on; it ends early at one that is unknown, or that is in the line already."""
    line = [version_id]
    while base := builds_on(written.get(line[-1], {})):
        line.append(base)
        if base not in written or base in line[:-1]:
            break
    return line


def whole(version_id: str, written: Written) -> dict[str, Any]:
    """All that a version says, with what it takes from others; as far as those can be found."""
    found: dict[str, Any] = {}
    for name in reversed(list(dict.fromkeys(line_of(version_id, written)))):
        own = written.get(name, {})
        kept = {key: value for key, value in found.items() if key not in OWN}
        found = _merged(_left(kept, own), own)
    return found


def faults(version_id: str, written: Written) -> Iterator[tuple[Path, str, str]]:
    """Why a version cannot be made whole, or leaves out what is not there: place, message and help."""
    line = line_of(version_id, written)
    base = line[1] if len(line) > 1 else ""
    if base and base not in written:
        others = [name for name in written if name != version_id]
        yield ("from",), f"there is no process version '{base}'", did_you_mean(base, others)
    elif version_id in line[1:]:
        yield ("from",), f"the versions build on each other: {' from '.join(line)}", "let one of them be whole"
    elif base:
        known = whole(base, written)
        for at, path in enumerate(as_list(written[version_id].get("without"))):
            if value_at(known, as_text(path)) is None:
                yield (
                    ("without", at),
                    f"version {base} has no '{as_text(path)}' that could be left out",
                    "write the path, such as stages.outreach",
                )


def _left(found: dict[str, Any], own: Data) -> dict[str, Any]:
    """What is taken over, once the version has left out what it names."""
    for path in as_list(own.get("without")):
        found = _cut(found, as_text(path).split("."))
    return found


def _cut(found: Data, path: list[str]) -> dict[str, Any]:
    first, *rest = path
    if not rest:
        return {key: value for key, value in found.items() if key != first}
    return {
        key: _cut(value, rest) if key == first and isinstance(value, Mapping) else value for key, value in found.items()
    }


def _merged(found: Data, own: Data) -> dict[str, Any]:
    """Two mappings as one: a key that is new stands behind the one that is written before it."""
    behind: dict[str | None, list[str]] = {}
    before: str | None = None
    for key in own:
        if key in found:
            before = key
        else:
            behind.setdefault(before, []).append(key)
    order = [*behind.get(None, ()), *(each for key in found for each in (key, *behind.get(key, ())))]
    return {key: _one(found.get(key), own[key]) if key in own else found[key] for key in order}


def _one(found: Any, own: Any) -> Any:
    return _merged(as_map(found), own) if isinstance(found, Mapping) and isinstance(own, Mapping) else own
