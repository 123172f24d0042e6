"""The last writes of a clone: several files are written as one, and each write can be taken back.

Each write is noted before its files are touched: a command that was killed in the middle is finished by the next one. The
notes lie in the git folder, or in ``.salesops`` where there is no git; they are nobody's records and go nowhere. A note may
be longer than what fits into memory: it is written and read a line at a time.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

from salesops.edits.yaml_writer import FileChange, LongFile
from salesops.problems import CannotDecide
from salesops.store.git_call import own_folder
from salesops.store.load import CAREFUL
from salesops.store.save import alone, remove, save_all, sweep
from salesops.store.scratch import ScratchDict

KEPT = 50
"""So many writes can be taken back, the last ones."""
PIECE = 256 * 1024
"""Characters of a file that are read at once."""
NOTHING = "nothing was written"
HALF = "some of it is written: the next salesops command writes the rest, once the disk lets it"
_NAME = re.compile(r"([0-9]{6})\.(json|open)")
_BYTES = "utf-8", "surrogateescape"
"""How texts become bytes and come of them: what is no UTF-8 is told apart, too."""


@dataclass(frozen=True)
class NotedText:
    """A text of a note, which is read in ``parts`` when it is asked for, and its SHA-256 digest."""

    digest: str
    parts: Iterable[str]

    @property
    def whole(self) -> str:
        """All of it."""
        return "".join(self.parts)


@dataclass(frozen=True)
class WrittenFile:
    """A file of a write: what it held before and after; None where it was not there."""

    path: str
    was: NotedText | None
    now: NotedText | None

    @property
    def before(self) -> str | None:
        """The digest of what it held before."""
        return self.was.digest if self.was else None

    @property
    def after(self) -> str | None:
        """The digest of what it held then."""
        return self.now.digest if self.now else None


@dataclass(frozen=True)
class Write:
    """A write: its number, and what it did in a sentence; its files stand in its note in a ``folder``, as long as that is kept."""

    number: int
    sentence: str
    folder: Path

    @property
    def files(self) -> Iterator[WrittenFile]:
        """The files that it wrote."""
        return _files(self.folder, self.number)


class _Wanted(NamedTuple):
    """A file that is to be written, or to go: the digest of what it must hold until then, and what it is to hold."""

    path: str
    was: str | None
    parts: Iterable[str] | None


def write(root: Path, changes: Iterable[FileChange | LongFile], sentence: str) -> Write:
    """Write files as one: all of them, or none; raises CannotDecide where one is no longer what its change was made for."""
    return _write(root, map(_wanted, changes), sentence)


def _wanted(change: FileChange | LongFile) -> _Wanted:
    if isinstance(change, LongFile):
        return _Wanted(change.path, change.was, change.parts)
    return _Wanted(change.path, None if change.was is None else _digest(change.was), (change.text,))


def _write(root: Path, wanted: Iterable[_Wanted], sentence: str) -> Write:
    with alone(root):
        with saying_what_is_written():
            finish(root)
            done = _begun(root, wanted, sentence)
        try:
            _carry_out(root, lambda: done.files)
        except CannotDecide as fault:
            raise CannotDecide(f"{fault}; {_take_back(root, done)}") from None
        with suppress(CannotDecide):  # it is written, all of it: the next command finds that out, and closes the note
            _close(root, done.number)
            for number, _ in _noted(root)[:-KEPT]:
                _drop(root, number)
    return done


def _begun(root: Path, wanted: Iterable[_Wanted], sentence: str) -> Write:
    """The note of a write whose files are what they are thought to be."""
    folder = _folder(root)
    begun = Write(max((number for number, _ in _noted(root)), default=0) + 1, sentence, folder)
    save_all(folder.parent, [LongFile(f"{folder.name}/{begun.number:06}.open", _lines(root, wanted, sentence))])
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
    begun = _read(_folder(root), number)
    for folder in {(root / file.path).parent for file in begun.files}:
        sweep(folder)
    if not any(_held(root, file.path) == file.after for file in begun.files):
        _drop(root, number)
        return False
    wrote = _carry_out(
        root, lambda: (file for file in begun.files if _held(root, file.path) == file.before != file.after)
    )
    _close(root, number)
    return wrote


def is_open(root: Path) -> bool:
    """Whether a write was begun and not brought to its end."""
    return any(state == "open" for _, state in _noted(root))


def last_writes(root: Path) -> Iterator[Write]:
    """The writes that can be taken back, newest first."""
    for number, state in reversed(_noted(root)):
        if state == "json":
            yield _read(_folder(root), number)


def take_all_back(root: Path, done: Sequence[Write], instead: Iterable[FileChange] = ()) -> None:
    """Take the last writes back as one, newest first, or write ``instead``; raises CannotDecide where a file has moved on since."""
    with alone(root):
        finish(root)
        for path in moved_on(root, done):
            raise CannotDecide(f"{path} has changed since: it is left as it is")
        undone = _write(root, _back(done, instead), f"taken back: {done[0].sentence}")
        for each in (undone, *done):
            _drop(root, each.number)


def _back(done: Sequence[Write], instead: Iterable[FileChange]) -> Iterator[_Wanted]:
    """The files of some writes as they were, or with another text instead; then the other files that are written instead."""
    other = {change.path: change for change in instead}
    for file in as_one(done):
        change = other.pop(file.path, None)
        was = (change.text,) if change else file.was.parts if file.was else None
        yield _Wanted(file.path, file.after, was)
    yield from map(_wanted, other.values())


def as_one(done: Sequence[Write]) -> Iterable[WrittenFile]:
    """The files of some writes, newest first, from what the last one left to what was there before the first."""
    found = ScratchDict[str, WrittenFile]()
    for file in (file for each in done for file in each.files):
        newer = found.get(file.path)
        found[file.path] = replace(newer, was=file.was) if newer else file
    return found.values()


def moved_on(root: Path, done: Sequence[Write]) -> list[str]:
    """The files of some writes, newest first, that say something else than the writes left there."""
    held = ScratchDict[str, str | None]()
    found = dict[str, None]()
    for file in (file for each in done for file in each.files):
        if held.setdefault(file.path, _held(root, file.path)) != file.after:
            found[file.path] = None
        held[file.path] = file.before
    return list(found)


def _take_back(root: Path, failed: Write) -> str:
    """After a write that the disk refused: the files that were written are put back as they were; what there is to say of it."""
    try:
        _carry_out(
            root,
            lambda: (
                WrittenFile(file.path, file.now, file.was)
                for file in failed.files
                if _held(root, file.path) == file.after != file.before
            ),
        )
    except CannotDecide:
        return HALF
    with suppress(CannotDecide):  # a note of which no file is written is dropped by the next command
        _drop(root, failed.number)
    return NOTHING


def _carry_out(root: Path, files: Callable[[], Iterator[WrittenFile]]) -> bool:
    """Write what is to be written, then take away what is to go; whether there was anything."""
    count = save_all(root, (LongFile(file.path, file.now.parts, file.before) for file in files() if file.now))
    for file in files():
        if file.now is None and file.was is not None:
            remove(root, file.path, file.was.digest)
            count += 1
    return count > 0


# ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(*_BYTES)).hexdigest()


@contextmanager
def _opened(root: Path, path: str) -> Iterator[BufferedReader | None]:
    """A plain file; None where there is none."""
    try:
        if (root / path).exists():
            with os.fdopen(os.open(root / path, os.O_RDONLY | CAREFUL), "rb") as file:
                yield file
        else:
            yield None
    except OSError as fault:
        raise CannotDecide(f"{path}: {fault.strerror}") from None


def _parts(file: BufferedReader) -> Iterator[str]:
    with TextIOWrapper(file, *_BYTES, newline="") as text:
        while part := text.read(PIECE):
            yield part


def _held(root: Path, path: str) -> str | None:
    """The digest of what a file holds; None where there is none."""
    with _opened(root, path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if file else None


# ── the notes ─────────────────────────────────────────────────────────────────────────────────────────────────────────
#
# A line for the sentence, then for each file: what it held and what it is to hold, in lines that are texts, and behind them
# its path, with digest and length of both. An older note is one line with all of it.


def _lines(root: Path, wanted: Iterable[_Wanted], sentence: str) -> Iterator[str]:
    """The lines of a note; raises CannotDecide where a file is not what it is thought to be."""
    yield _line({"sentence": sentence})
    for path, expected, parts in wanted:
        with _opened(root, path) as file:
            was = yield from _text_lines(_parts(file) if file else None)
        if (was["sha256"] if was else None) != expected:
            raise CannotDecide(f"{path} was changed while this ran")
        yield _line({"path": path, "was": was, "now": (yield from _text_lines(parts))})


def _text_lines(parts: Iterable[str] | None) -> Generator[str, None, dict[str, Any] | None]:
    """The lines of a text; then its digest, and how many bytes these lines have."""
    if parts is None:
        return None
    digest, size = hashlib.sha256(), 0
    for part in parts:
        digest.update(part.encode(*_BYTES))
        yield (line := _line(part))
        size += len(line)
    return {"sha256": digest.hexdigest(), "bytes": size}


def _line(data: Any) -> str:
    return json.dumps(data, ensure_ascii=True) + "\n"


def _folder(root: Path) -> Path:
    with _sentence():
        return own_folder(root, "salesops") or root / ".salesops"


def _noted(root: Path) -> list[tuple[int, str]]:
    """Number and state of every write that is noted, oldest first."""
    with _sentence(), suppress(FileNotFoundError, NotADirectoryError):
        names = [_NAME.fullmatch(file.name) for file in _folder(root).iterdir()]
        return sorted((int(name[1]), name[2]) for name in names if name)
    return []


def _close(root: Path, number: int) -> None:
    folder = _folder(root)
    with _sentence():
        (folder / f"{number:06}.open").replace(folder / f"{number:06}.json")


def _drop(root: Path, number: int) -> None:
    folder = _folder(root)
    with _sentence():
        for state in ("open", "json"):
            (folder / f"{number:06}.{state}").unlink(missing_ok=True)


@contextmanager
def _note(folder: Path, number: int) -> Iterator[BufferedReader]:
    """The note of a write, whether that was brought to its end or not."""
    file = folder / f"{number:06}.json"
    file = file if file.exists() else file.with_suffix(".open")
    try:
        with _sentence(), file.open("rb") as note:
            yield note
    except (ValueError, KeyError, TypeError):
        raise CannotDecide(f"{file} cannot be read: delete it, and look at the last files you wrote") from None


def _read(folder: Path, number: int) -> Write:
    with _note(folder, number) as note:
        return Write(number, json.loads(note.readline())["sentence"], folder)


def _files(folder: Path, number: int) -> Iterator[WrittenFile]:
    """The files of a note."""
    with _note(folder, number) as note:
        for each in json.loads(note.readline()).get("files", ()):
            yield WrittenFile(each["path"], _of_old_note(each["was"]), _of_old_note(each["now"]))
        at = note.tell()
        for line in note:
            if not line.startswith(b'"'):
                told = json.loads(line)
                behind = at - (told["now"]["bytes"] if told["now"] else 0)
                was = _LinesOfNote.text(folder, number, behind, told["was"])
                yield WrittenFile(told["path"], was, _LinesOfNote.text(folder, number, at, told["now"]))
            at += len(line)


def _of_old_note(text: str | None) -> NotedText | None:
    return None if text is None else NotedText(_digest(text), (text,))


@dataclass(frozen=True)
class _LinesOfNote:
    """The lines of a text in a note: where they begin and end."""

    folder: Path
    number: int
    begin: int
    end: int

    @classmethod
    def text(cls, folder: Path, number: int, end: int, told: Mapping[str, Any] | None) -> NotedText | None:
        """The text whose lines end at a place; None where there is none."""
        return NotedText(told["sha256"], cls(folder, number, end - told["bytes"], end)) if told else None

    def __iter__(self) -> Iterator[str]:
        with _note(self.folder, self.number) as note:
            note.seek(self.begin)
            while note.tell() < self.end:
                yield json.loads(note.readline())


@contextmanager
def _sentence() -> Iterator[None]:
    """A fault of the disk in a sentence."""
    try:
        yield
    except OSError as fault:
        raise CannotDecide(f"{fault.filename or 'a file'}: {fault.strerror or fault}") from None
