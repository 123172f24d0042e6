"""The file that keeps what the last import took, as it lies in the repository."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from salesops.cli.named_file import opened
from salesops.edits.yaml_writer import LongFile
from salesops.imports.json_parts import PIECE
from salesops.imports.last_files import PROGRAMS, last_path
from salesops.imports.last_import import Remembered, read_last
from salesops.problems import CannotDecide, Place, Problem
from salesops.store.scratch import ScratchList

CSV = "csv"
TOGETHER = 100
"""Pieces of a file that are put aside as one."""


class Unusable(Exception):
    """The mapping or the table cannot be used at all; the problems say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True)
class LastFile:
    """The file that keeps what the last import of a name took: its path, what it holds, and its digest; None where there is none."""

    path: str
    held: Remembered
    digest: str | None

    @classmethod
    def on_disk(cls, root: Path, name: str) -> LastFile:
        """The file of that name; raises Unusable where it is damaged."""
        path = last_path(name)
        if not (root / path).exists():
            return cls(path, Remembered(), None)
        try:
            with opened(root / path, path) as file:
                text = TextIOWrapper(file, encoding="utf-8", newline="")
                found = read_last(path, text.read)
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except CannotDecide as fault:
            raise Unusable([Problem("not-json", str(fault).removeprefix(f"{path} "), Place(path))]) from None
        if isinstance(found, Problem):
            raise Unusable([found])
        return cls(path, found, digest)

    def after(self, pieces: Iterable[str]) -> list[LongFile]:
        """The file with another text; nothing where it is so already, or there is nothing to keep."""
        return changed(self.path, pieces, self.digest)


def changed(path: str, pieces: Iterable[str], was: str | None) -> list[LongFile]:
    """A file with the text of some pieces, which are put aside; nothing where its digest is that already, or there are none."""
    parts, digest, rest = ScratchList[str](), hashlib.sha256(), iter(pieces)
    while part := "".join(islice(rest, TOGETHER)):
        parts.append(part)
        digest.update(part.encode("utf-8"))
    is_new = len(parts) > 0 and digest.hexdigest() != was
    return [LongFile(path, parts, was)] if is_new else []


def name_of(column_map: str, source: str) -> str:
    """What the file of the last import is called by: the mapping's name, so that no two programs share one."""
    stem = Path(column_map).stem
    if source == CSV:
        return f"{CSV}-{stem}" if stem.partition("-")[0] in PROGRAMS else stem
    return stem if stem.partition("-")[0] == source else f"{source}-{stem}"


def text_of(root: Path, path: str) -> str | None:
    """The text of a file that an import wrote; None where there is none."""
    return "".join(_pieces(root, path)) if (root / path).exists() else None


def digest_of(root: Path, path: str) -> str | None:
    """The digest of such a file; None where there is none."""
    if not (root / path).exists():
        return None
    digest = hashlib.sha256()
    for piece in _pieces(root, path):
        digest.update(piece.encode("utf-8"))
    return digest.hexdigest()


def _pieces(root: Path, path: str) -> Iterator[str]:
    try:
        with opened(root / path, path) as file, TextIOWrapper(file, encoding="utf-8", newline="") as text:
            while piece := text.read(PIECE):
                yield piece
    except UnicodeDecodeError:
        raise CannotDecide(f"{path} is not UTF-8: move it away, or take it back from git") from None
