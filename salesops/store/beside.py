"""What lies beside the files on the disk that are checked: the last commit, what is staged, and what git keeps no track of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from salesops.problems import CannotDecide, Place, Problem, Severity
from salesops.records.kinds import folders, kind_at_path
from salesops.store.git import Blob, tree
from salesops.store.git_call import asks, git

LAST_COMMIT, STAGED = "the last commit", "what is staged"
SHAPING = ("merge", "filter", "working-tree-encoding", "text", "eol", "ident")
"""Attributes by which git changes or joins the files of records."""


def states(root: Path) -> Iterator[tuple[str, dict[str, Blob]]]:
    """The record files of the last commit and of the index, each where it differs from the disk.

    Inside of a hook of ``git commit`` what is staged is what will be committed, and the last commit is gone by.
    """
    changed = git(root, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--", *folders())
    entries = [entry for entry in changed.split(b"\0") if entry]
    if entries and "GIT_INDEX_FILE" not in os.environ:
        yield LAST_COMMIT, tree(root, "HEAD")
    if any(entry[:1] not in (b" ", b"?") for entry in entries) and any(entry[1:2] != b" " for entry in entries):
        yield STAGED, _staged(root)


def _staged(root: Path) -> dict[str, Blob]:
    found: dict[str, Blob] = {}
    for entry in git(root, "ls-files", "--stage", "-z", "--", *folders()).split(b"\0"):
        if entry:
            told, path = entry.split(b"\t", 1)
            mode, object_id, _ = told.split(b" ")
            found[os.fsdecode(path)] = Blob(mode.decode(), object_id.decode())
    return found


def needs_own_objects(root: Path) -> None:
    """Raise CannotDecide where the configuration puts other objects in place of those that were committed."""
    switched = (asks(root, "config", "--type=bool", "--get-all", "core.useReplaceRefs") or "").split()
    if "true" in switched and git(root, "for-each-ref", "--count=1", "refs/replace/"):
        raise CannotDecide(
            "git shows other objects than were committed (refs/replace, switched on by core.useReplaceRefs): "
            "git config --unset core.useReplaceRefs, or git replace -d"
        )


def slips(root: Path, base: str) -> Iterator[Problem]:
    """Records that would be in no commit, and attributes by which git would change or join records otherwise than before."""
    for path in _listed(root, "--others", "--ignored", "--exclude-standard"):
        if path.endswith("/"):
            continue
        yield Problem(
            "record-ignored",
            "git ignores this file: it would be in no commit, and nobody would see it missing",
            Place(path),
            help="change the pattern (git check-ignore -v names it), or move the file out of the folders of records",
        )
    for path in _listed(root, "--others"):
        if path.endswith("/"):
            yield Problem(
                "record-ignored",
                "this folder is a git repository of its own: its files would be in no commit of this one",
                Place(path.rstrip("/")),
                help="delete its .git, or move the folder out of the folders of records",
            )
    for path in _listed(root, "--cached", "--ignored", "--exclude-standard"):
        yield Problem(
            "record-ignored-soon",
            "a pattern of .gitignore fits this record: the next one of its kind would be in no commit",
            Place(path),
            Severity.WARNING,
            help="change the pattern; git check-ignore -v --no-index names it",
        )
    yield from _new_attributes(root, base)


def _listed(root: Path, *words: str) -> Iterator[str]:
    for entry in git(root, "ls-files", "-z", *words, "--", *folders()).split(b"\0"):
        path = os.fsdecode(entry)
        if entry and (kind_at_path(path) or path.endswith("/")):
            yield path


def _new_attributes(root: Path, base: str) -> Iterator[Problem]:
    """Lines of .gitattributes that say of records how git joins or stores them and that the earlier commit had not."""
    for path in git(root, "ls-files", "-z", "--", ".gitattributes", "**/.gitattributes").split(b"\0"):
        name = os.fsdecode(path)
        file = root / name
        if not path or not file.is_file():
            continue
        before = (asks(root, "rev-parse", f"{base}:./{name}") and git(root, "show", f"{base}:./{name}")) or b""
        known = {line.strip() for line in before.decode("utf-8", "replace").splitlines()}
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if line.strip() not in known and _shapes(line, name):
                yield Problem(
                    "record-attribute",
                    "this attribute is new: git may join or store records otherwise than before",
                    Place(name, number),
                    Severity.WARNING,
                    excerpt=line[:120],
                    help="look whether it is meant for records",
                )


def _shapes(line: str, file: str) -> bool:
    """Whether a line of attributes may change how records are joined or stored."""
    pattern, _, attributes = line.strip().partition(" ")
    if not pattern or pattern.startswith("#"):
        return False
    words = [word.lstrip("-!").split("=")[0] for word in attributes.split()]
    first, below, _ = pattern.lstrip("/").partition("/")
    reaches = file.split("/")[0] in folders() or not below or "*" in first or first in folders()
    return reaches and any(word in SHAPING or word == "binary" for word in words)
