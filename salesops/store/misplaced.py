"""Records that would be nowhere: in a folder that is nearly ours, below a hidden one, or under another kind's roof."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath

from salesops.problems import Place, Problem
from salesops.records.kinds import KINDS, Kind

ELSEWHERE = frozenset({"build", "dist", "node_modules", "site", "tests", "vendor"})
"""Folders at the top of a repository in which nobody keeps records."""
MAX_ENTRIES = 20_000
HEAD = 64 * 1024
FOREIGN = frozenset({"apiVersion"})
_KEY = re.compile(r"(?m)^([A-Za-z_]+)[ \t]*:")
_ENDINGS = (".yaml", ".yml")


def misplaced(root: FilePath, hidden: Iterable[str]) -> list[Problem]:
    """Every record below a folder that no kind has, and those below the ``hidden`` folders and files of the kinds."""
    return [*_outside(root), *(problem for path in hidden for problem in _in_hidden(root, path))]


def kind_of(keys: Iterable[str]) -> Kind | None:
    """The kind of record that has these keys at its top; None where they could be anybody's."""
    found = frozenset(keys)
    if found & FOREIGN:
        return None
    return next((kind for kind in KINDS.values() if any(found.issuperset(shape) for shape in kind.shapes)), None)


def stray(kind: Kind, path: str) -> Problem:
    """The one thing to say of a record that lies where none of its kind is read."""
    name = path.rpartition("/")[2].rpartition(".")[0].lstrip(".")
    where = kind.where if kind.is_single else f"{kind.where}/{name}.yaml"
    return Problem(
        "file-name",
        f"this is {_called(kind)}; it belongs into {kind.where if kind.is_single else f'{kind.where}/'}",
        Place(path),
        why="nothing outside of the records' folders is read, or counted",
        help=f"move it to {where}",
    )


def _called(kind: Kind) -> str:
    words = kind.title or kind.name
    words = words if words[:2].isupper() else f"{words[0].lower()}{words[1:]}"
    return words if kind.is_single else f"{'an' if words[0] in 'aeiouAEIOU' else 'a'} {words}"


def _in_hidden(root: FilePath, path: str) -> Iterator[Problem]:
    for file in _files(root, path, [MAX_ENTRIES]):
        if kind := _kind_in(root, file):
            yield Problem(
                "file-name",
                f"this is {_called(kind)} in a hidden place, where nothing is read",
                Place(file),
                help=f"move it to {kind.where}/, or delete it",
            )


def _outside(root: FilePath) -> Iterator[Problem]:
    left = [MAX_ENTRIES]
    for path in _strangers(root, left):
        if meant := _meant(path):
            name = path.rpartition("/")[2]
            said = f"'{name}' is not '{meant.rpartition('/')[2]}': nothing in it is read"
            yield Problem("file-name", said, Place(path), help=f"rename it to {meant}")
            continue
        for file in _files(root, path, left):
            if kind := _kind_in(root, file):
                yield stray(kind, file)


def _places() -> frozenset[str]:
    """Every path in which a kind of record lives, and the folders on the way."""
    ways = (kind.where.split("/") for kind in KINDS.values())
    return frozenset("/".join(way[: end + 1]) for way in ways for end in range(len(way)))


def _meant(path: str) -> str | None:
    """The place of records that a path is but for capitals."""
    return next((place for place in _places() if place != path and place.casefold() == path.casefold()), None)


def _strangers(root: FilePath, left: list[int]) -> Iterator[str]:
    """What stands beside the places of records, at the top and in folders that hold nothing but such places."""
    places, held = _places(), {kind.where for kind in KINDS.values()}
    for folder in ("", *sorted(places - held)):
        for name, is_folder in _entries(root, folder, left):
            path = f"{folder}/{name}" if folder else name
            apart = name.startswith(".") or (not folder and name in ELSEWHERE)
            if path not in places and not apart and (is_folder or name.endswith(_ENDINGS)):
                yield path


def _files(root: FilePath, path: str, left: list[int]) -> Iterator[str]:
    """The YAML files at a path or below it; not those of another repository."""
    if not (root / path).is_dir():
        yield path
        return
    if (root / path / ".git").exists() or (root / path / "playbook/team.yaml").exists():
        return
    for name, is_folder in _entries(root, path, left):
        if is_folder and name not in ELSEWHERE and not name.startswith("."):
            yield from _files(root, f"{path}/{name}", left)
        elif not is_folder and name.endswith(_ENDINGS):
            yield f"{path}/{name}"


def _entries(root: FilePath, folder: str, left: list[int]) -> list[tuple[str, bool]]:
    """The plain files and folders of a folder; none where it may not be read, or where there were too many already."""
    try:
        with os.scandir(root / folder) as listing:
            found = sorted(
                (entry.name, entry.is_dir(follow_symlinks=False))
                for entry in listing
                if not entry.is_symlink() and (entry.is_dir() or entry.is_file())
            )
    except OSError:
        return []
    left[0] -= len(found)
    return found if left[0] >= 0 else []


def _kind_in(root: FilePath, path: str) -> Kind | None:
    """The kind of record that a file looks like."""
    try:
        with (root / path).open("rb") as file:
            return kind_of(_KEY.findall(file.read(HEAD).decode("utf-8", "replace")))
    except OSError:
        return None
