"""The records as they are on disk, and as they would be with some files written: nothing is read twice, nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from salesops.book.book import Book
from salesops.edits.yaml_writer import FileChange
from salesops.problems import Problem
from salesops.store.load import DirEntry, Files, FoundFile, Is, ReadFile, files_on_disk, load_from, read_file


class Drafted:
    """A repository's files, with others in their place."""

    def __init__(self, root: Path) -> None:
        self._disk: Files = files_on_disk(root)
        self._read: dict[str, ReadFile] = {}
        self._changes: dict[str, FileChange] = {}
        self._gone: frozenset[str] = frozenset()

    def load(self, changes: Iterable[FileChange] = (), gone: Iterable[str] = ()) -> tuple[Book, list[Problem]]:
        """Every record, joined, as it would be with these files, and without those ``gone``; and every problem with the files."""
        self._changes = {change.path: change for change in changes}
        self._gone = frozenset(gone)
        return load_from(self)

    def entries(self, folder: str) -> Iterable[DirEntry]:
        """What is in a folder."""
        there = {entry.name: entry for entry in self._disk.entries(folder)}
        for path in self._changes:
            if path.startswith(f"{folder}/"):
                name, below, _ = path[len(folder) + 1 :].partition("/")
                there.setdefault(name, DirEntry(name, Is.FOLDER if below else Is.FILE))
        return [entry for name, entry in there.items() if f"{folder}/{name}" not in self._gone]

    def what_is(self, path: str) -> Is | None:
        """What stands at a path."""
        if path in self._gone:
            return None
        return Is.FILE if path in self._changes else self._disk.what_is(path)

    def read_all(self, files: list[FoundFile]) -> Iterable[ReadFile]:
        """Every file, read; those of the disk once."""
        unread = [file for file in files if file.path not in self._read and file.path not in self._changes]
        self._read |= {file.path: read for file, read in zip(unread, self._disk.read_all(unread), strict=True)}
        return [
            read_file(file, self._changes[file.path].data) if file.path in self._changes else self._read[file.path]
            for file in files
        ]
