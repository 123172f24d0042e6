"""The last writes of a clone: several files are written as one, and each write can be taken back.

Each write is noted before its files are touched: a command that was killed in the middle is finished by the next one. The
notes lie in the git folder, or in ``.salesops`` where there is no git; they are nobody's records and go nowhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from salesops.edits.yaml_writer import FileChange, NewFile
from salesops.problems import CannotDecide
from salesops.store.git import own_folder
from salesops.store.load import read_bytes
from salesops.store.save import alone, remove, save_all, sweep

KEPT = 50
"""So many writes can be taken back, the last ones."""
LARGEST = 1_000_000_000
"""Bytes of a file that a write may hold; what an import remembers is larger than any record."""
NOTHING = "nothing was written"
HALF = "some of it is written: the next salesops command writes the rest, once the disk lets it"
_NAME = re.compile(r"([0-9]{6})\.(json|open)")


@dataclass(frozen=True)
class WrittenFile:
    """A file of a write: what it held before and after; None where it was not there."""

    path: str
    was: str | None
    now: str | None


@dataclass(frozen=True)
class Write:
    """A write: its number, what it did in a sentence, and its files."""

    number: int
    sentence: str
    files: tuple[WrittenFile, ...]


def write(root: Path, changes: Iterable[FileChange], sentence: str) -> Write:
    """Write files as one: all of them, or none; raises CannotDecide where one is no longer what its change was made for."""
    return _write(root, tuple(WrittenFile(each.path, each.was, each.text) for each in changes), sentence)


def _write(root: Path, files: tuple[WrittenFile, ...], sentence: str) -> Write:
    with alone(root):
        with saying_what_is_written():
            finish(root)
            done = _begun(root, files, sentence)
        try:
            _carry_out(root, files)
        except CannotDecide as fault:
            raise CannotDecide(f"{fault}; {_take_back(root, done)}") from None
        with suppress(CannotDecide):  # it is written, all of it: the next command finds that out, and closes the note
            _close(root, done.number)
            for number, _ in _noted(root)[:-KEPT]:
                _drop(root, number)
    return done


def _begun(root: Path, files: tuple[WrittenFile, ...], sentence: str) -> Write:
    """The note of a write whose files are what they are thought to be."""
    for file in files:
        if _held(root, file.path) != file.was:
            raise CannotDecide(f"{file.path} was changed while this ran")
    last = max((number for number, _ in _noted(root)), default=0)
    begun = Write(last + 1, sentence, files)
    _note(root, begun)
    return begun


@contextmanager
def saying_what_is_written() -> Iterator[None]:
    """Say of whatever goes wrong whether anything was written: nothing, unless it says that itself."""
    try:
        with _sentence():
            yield
    except CannotDecide as fault:
        said = str(fault)
        raise CannotDecide(said if said.endswith((NOTHING, HALF)) else f"{said}: {NOTHING}") from None


def finish(root: Path) -> bool:
    """Bring to its end what a killed command began: all of it where a file is written already, else nothing; whether files were written."""
    with alone(root):
        finished = [_finished(root, number) for number, state in _noted(root) if state == "open"]
    return any(finished)


def _finished(root: Path, number: int) -> bool:
    begun = _read(root, number, "open")
    held = [_held(root, file.path) for file in begun.files]
    for folder in {(root / file.path).parent for file in begun.files}:
        sweep(folder)
    if not any(text == file.now for file, text in zip(begun.files, held, strict=True)):
        _drop(root, number)
        return False
    rest = [file for file, text in zip(begun.files, held, strict=True) if text == file.was != file.now]
    _carry_out(root, tuple(rest))
    _close(root, number)
    return bool(rest)


def is_open(root: Path) -> bool:
    """Whether a write was begun and not brought to its end."""
    return any(state == "open" for _, state in _noted(root))


def last_writes(root: Path) -> Iterator[Write]:
    """The writes that can be taken back, newest first."""
    for number, state in reversed(_noted(root)):
        if state == "json":
            yield _read(root, number, state)


def take_all_back(root: Path, done: Sequence[Write], instead: Iterable[FileChange] = ()) -> None:
    """Take the last writes back as one, newest first, or write ``instead``; raises CannotDecide where a file has moved on since."""
    with alone(root):
        finish(root)
        together = as_one(done)
        for path in moved_on(root, done):
            raise CannotDecide(f"{path} has changed since: it is left as it is")
        changes = list(instead)
        other = {change.path: change.text for change in changes}
        back = [WrittenFile(file.path, file.now, other.pop(file.path, file.was)) for file in together]
        more = [WrittenFile(change.path, change.was, change.text) for change in changes if change.path in other]
        undone = _write(root, (*back, *more), f"taken back: {done[0].sentence}")
        for each in (undone, *done):
            _drop(root, each.number)


def as_one(done: Sequence[Write]) -> list[WrittenFile]:
    """The files of some writes, newest first, from what the last one left to what was there before the first."""
    found: dict[str, WrittenFile] = {}
    for file in (file for each in done for file in each.files):
        newer = found.get(file.path)
        found[file.path] = replace(newer, was=file.was) if newer else file
    return list(found.values())


def moved_on(root: Path, done: Sequence[Write]) -> list[str]:
    """The files of some writes, newest first, that say something else than the writes left there."""
    held: dict[str, str | None] = {}
    found = []
    for file in (file for each in done for file in each.files):
        now = held[file.path] if file.path in held else _held(root, file.path)
        if now != file.now and file.path not in found:
            found.append(file.path)
        held[file.path] = file.was
    return found


def _take_back(root: Path, failed: Write) -> str:
    """After a write that the disk refused: the files that were written are put back as they were; what there is to say of it."""
    try:
        now = [file for file in failed.files if _held(root, file.path) == file.now != file.was]
        _carry_out(root, tuple(WrittenFile(file.path, file.now, file.was) for file in now))
    except CannotDecide:
        return HALF
    with suppress(CannotDecide):  # a note of which no file is written is dropped by the next command
        _drop(root, failed.number)
    return NOTHING


def _carry_out(root: Path, files: tuple[WrittenFile, ...]) -> None:
    save_all(root, [FileChange(file.path, file.now, file.was) for file in files if file.now is not None])
    for file in files:
        if file.now is None and file.was is not None:
            remove(root, file.path, file.was)


def _held(root: Path, path: str) -> str | None:
    with _sentence():
        if not (root / path).exists():
            return None
    found = read_bytes(root, path, LARGEST)
    return found.decode("utf-8", "surrogateescape") if isinstance(found, bytes) else ""


# ── the notes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _folder(root: Path) -> Path:
    with _sentence():
        return own_folder(root, "salesops") or root / ".salesops"


def _noted(root: Path) -> list[tuple[int, str]]:
    """Number and state of every write that is noted, oldest first."""
    with _sentence(), suppress(FileNotFoundError, NotADirectoryError):
        names = [_NAME.fullmatch(file.name) for file in _folder(root).iterdir()]
        return sorted((int(name[1]), name[2]) for name in names if name)
    return []


def _note(root: Path, done: Write) -> None:
    folder = _folder(root)
    files = [{"path": file.path, "was": file.was, "now": file.now} for file in done.files]
    data = json.dumps({"sentence": done.sentence, "files": files}, ensure_ascii=True)
    save_all(folder.parent, [NewFile(f"{folder.name}/{done.number:06}.open", data.encode("ascii"))])


def _close(root: Path, number: int) -> None:
    folder = _folder(root)
    with _sentence():
        (folder / f"{number:06}.open").replace(folder / f"{number:06}.json")


def _drop(root: Path, number: int) -> None:
    folder = _folder(root)
    with _sentence():
        for state in ("open", "json"):
            (folder / f"{number:06}.{state}").unlink(missing_ok=True)


def _read(root: Path, number: int, state: str) -> Write:
    file = _folder(root) / f"{number:06}.{state}"
    try:
        with _sentence():
            text = file.read_text("ascii")
        data: dict[str, Any] = json.loads(text)
        files = tuple(WrittenFile(each["path"], each["was"], each["now"]) for each in data["files"])
        return Write(number, data["sentence"], files)
    except (ValueError, KeyError, TypeError):
        raise CannotDecide(f"{file} cannot be read: delete it, and look at the last files you wrote") from None


@contextmanager
def _sentence() -> Iterator[None]:
    """A fault of the disk in a sentence."""
    try:
        yield
    except OSError as fault:
        raise CannotDecide(f"{fault.filename or 'a file'}: {fault.strerror or fault}") from None
