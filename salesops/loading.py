"""The only reader of record files: a folder on disk to a Book and every problem with its files."""

from __future__ import annotations

import gc
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path as FilePath
from typing import Any

from salesops.book import Book, Ref
from salesops.documents import MAX_BYTES, Document, read, too_large
from salesops.halves import CannotDecide, can_split, elsewhere
from salesops.problems import Path, Place, Problem
from salesops.records.kinds import KINDS, Kind
from salesops.records.record import Record
from salesops.records.salvage import salvage
from salesops.records.scalars import ID_FORM, slug
from salesops.records.typed import typed

__all__ = ["MARKER", "CannotDecide", "find_root", "load"]

MARKER = "playbook/team.yaml"
ALONGSIDE = frozenset({"README.md", "CODEOWNERS"})
SALVAGED = frozenset({"deal", "member"})
"""Kinds whose records are checked as far as they can be read; a playbook that is half read would blame everybody else."""
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
CAREFUL = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
"""Never follow a link, never wait on a pipe, as far as the system knows how."""
FORK_FROM = 400
"""From this many files on a second process reads half of them; below it, starting one costs more than it brings."""


def find_root(start: FilePath) -> FilePath | None:
    """The nearest folder upwards that holds playbook/team.yaml."""
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file():
            return folder
    return None


def load(root: FilePath) -> tuple[Book, list[Problem]]:
    """Every record below ``root``, joined, and every problem with the files themselves.

    Raises CannotDecide where a file or folder cannot be read at all.
    """
    collecting = gc.isenabled()
    gc.disable()  # tens of thousands of records are born and none dies: the collector would only walk them
    try:
        reading = _Reading(root)
        reading.all()
        return reading.book(), reading.problems
    finally:
        if collecting:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _File:
    kind: Kind
    id: str
    path: str


@dataclass
class _Reading:
    root: FilePath
    problems: list[Problem] = field(default_factory=list)
    records: dict[str, dict[str, Any]] = field(default_factory=lambda: {name: {} for name in KINDS})
    documents: dict[Ref, Document] = field(default_factory=dict)
    broken: set[Ref] = field(default_factory=set)
    lost: dict[Ref, frozenset[Path]] = field(default_factory=dict)
    misnamed: set[Ref] = field(default_factory=set)

    def all(self) -> None:
        files = self.unique(chain.from_iterable(self.files(kind) for kind in KINDS.values()))
        for file, document, problems in _documents(self.root, files):
            self.take(file, document, problems)

    def files(self, kind: Kind) -> Iterator[_File]:
        if link := self.link_to(kind.where):
            self.problems.append(_not_a_file(link, "is a link to somewhere else"))
            return
        if kind.is_single:
            if os.path.lexists(self.root / kind.where):
                yield from self.regular(kind, kind.where, kind.name)
            elif kind.name == "team":
                self.problems.append(Problem("field-missing", "there is no playbook/team.yaml", Place(kind.where)))
            return
        yield from self.below(kind, kind.where)

    def link_to(self, where: str) -> str | None:
        """The folder on the way to the files of a kind that is a link: what it leads to is not part of the repository."""
        folders = where.split("/")[: -1 if where.endswith(".yaml") else None]
        ways = ("/".join(folders[: end + 1]) for end in range(len(folders)))
        return next((way for way in ways if (self.root / way).is_symlink()), None)

    def below(self, kind: Kind, folder: str) -> Iterator[_File]:
        try:
            with os.scandir(self.root / folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        except NotADirectoryError:
            self.problems.append(_not_a_file(folder, "is not a folder"))
            return
        except OSError as fault:
            raise CannotDecide(f"{folder}: {fault.strerror}") from None
        for entry in entries:
            path = f"{folder}/{entry.name}"
            if entry.name.startswith(".") or entry.name in ALONGSIDE:
                continue
            if entry.is_dir(follow_symlinks=False) and not entry.name.endswith((".yaml", ".yml")):
                yield from self.below(kind, path)
            elif problem := _name_problem(kind, entry.name, path):
                self.problems.append(problem)
                self.misnamed.add((kind.name, slug(entry.name.split(".", 1)[0])))
            else:
                yield from self.regular(kind, path, entry.name[: -len(".yaml")])

    def regular(self, kind: Kind, path: str, id: str) -> Iterator[_File]:
        try:
            mode = os.lstat(self.root / path).st_mode
        except OSError as fault:
            raise CannotDecide(f"{path}: {fault.strerror}") from None
        if stat.S_ISREG(mode):
            yield _File(kind, id, path)
            return
        what = (
            "is a link to somewhere else"
            if stat.S_ISLNK(mode)
            else "is a folder"
            if stat.S_ISDIR(mode)
            else "is not a plain file"
        )
        self.problems.append(_not_a_file(path, what))
        self.broken.add((kind.name, id))

    def unique(self, files: Iterable[_File]) -> list[_File]:
        """One file for each id over the deals and members and within each other kind; the later ones are problems."""
        first: dict[Ref, _File] = {}
        for file in files:
            space = "record" if file.kind.name in ("deal", "member") else file.kind.name
            taken = first.setdefault((space, file.id), file)
            if taken is not file:
                self.problems.append(
                    Problem(
                        "id-taken",
                        f"the id '{file.id}' is already taken by {taken.path}",
                        Place(file.path),
                        help="rename one of the two files: ids are unique over all folders",
                    )
                )
        return list(first.values())

    def take(self, file: _File, document: Document | None, problems: list[Problem]) -> None:
        ref = (file.kind.name, file.id)
        record: Record | None = None
        if document is not None:
            self.documents[ref] = document
            record, shape = typed(document, file.kind.model)
            problems = problems + shape if shape else problems
            if record is None and file.kind.name in SALVAGED:
                record, self.lost[ref] = salvage(document, file.kind.model)
        if problems:
            self.problems.extend(problems)
        if record is None or any(problem.is_error for problem in problems):
            self.broken.add(ref)
        if record is not None:
            self.records[file.kind.name][file.id] = record

    def book(self) -> Book:
        single = {name: next(iter(self.records[name].values()), None) for name, kind in KINDS.items() if kind.is_single}
        return Book(
            team=single["team"],
            versions=self.records["process"],
            deals=dict(sorted(self.records["deal"].items())),
            members=self.records["member"],
            icp=self.records["icp"],
            experiments=self.records["experiment"],
            decisions=self.records["decision"],
            reviews=self.records["review"],
            targets=single["targets"],
            rates=single["rates"],
            removed=single["removed"],
            documents=self.documents,
            broken=frozenset(self.broken | (self.misnamed - self.documents.keys())),
            lost=self.lost,
        )


def _name_problem(kind: Kind, name: str, path: str) -> Problem | None:
    stem, dot, ending = name.rpartition(".")
    if not dot or ending != "yaml":
        meant = f"{slug(stem or name)}.yaml" if ending.lower() in ("yml", "yaml") else ""
        return Problem(
            "file-name",
            f"only {kind.name} files live here, and their names end in .yaml",
            Place(path),
            help="rename or move the file",
            fix=meant,
        )
    if not ID_FORM.fullmatch(stem) or stem in RESERVED:
        return Problem(
            "file-name",
            "the file name is the record's id: lower-case letters, digits and hyphens, at most 80",
            Place(path),
            help="rename the file",
            fix=f"{slug(stem)}.yaml" if slug(stem) and slug(stem) not in RESERVED else "",
        )
    return None


def _not_a_file(path: str, what: str) -> Problem:
    return Problem(
        "not-a-file",
        f"the entry {what}",
        Place(path),
        why="only plain files can be reviewed",
        help="replace it by a plain file",
    )


def read_bytes(root: FilePath, path: str) -> bytes | int:
    """The bytes of a plain file, or its size where that is over the limit; links are never followed."""
    try:
        handle = os.open(root / path, os.O_RDONLY | CAREFUL)
    except OSError as fault:
        raise CannotDecide(f"{path}: {fault.strerror}") from None
    try:
        parts: list[bytes] = []
        size = 0
        while part := os.read(handle, MAX_BYTES + 1):
            parts.append(part)
            size += len(part)
            if size > MAX_BYTES:
                return max(size, os.fstat(handle).st_size)
        return b"".join(parts)
    except OSError as fault:
        raise CannotDecide(f"{path}: {fault.strerror}") from None
    finally:
        os.close(handle)


def _document(root: FilePath, file: _File) -> tuple[Document | None, list[Problem]]:
    raw = read_bytes(root, file.path)
    return (None, [too_large(file.path, raw)]) if isinstance(raw, int) else read(file.path, raw)


def _documents(root: FilePath, files: list[_File]) -> Iterator[tuple[_File, Document | None, list[Problem]]]:
    """Every file as a document; a second process takes half of them where there are many."""
    if len(files) < FORK_FROM or not can_split():
        for file in files:
            yield file, *_document(root, file)
        return
    share = len(files) * 9 // 20  # the first process also types what the second has read
    theirs = elsewhere(lambda: [_clean(root, file) for file in files[-share:]])
    for file in files[:-share]:
        yield file, *_document(root, file)
    for file, found in zip(files[-share:], theirs(), strict=True):
        if found is None:
            yield file, *_document(root, file)
        else:
            yield file, Document(file.path, *found), []


def _clean(root: FilePath, file: _File) -> tuple[str, dict[str, Any]] | None:
    """What the second process sends: text and data of a file without any problem; whatever else, the first one reads again."""
    try:
        document, problems = _document(root, file)
    except CannotDecide:
        return None
    return None if document is None or problems else (document.text, document.data)
