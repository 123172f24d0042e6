"""The only writer of record files: a record as YAML text in the house's style, and files that are old or new, never torn."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any

from salesops.documents import EMPTY, UNSEEN
from salesops.loading import CannotDecide
from salesops.records.money import Money
from salesops.records.record import Record
from salesops.records.typed import keyed_fields

WIDTH = 100
"""A mapping or list that fits into this many characters stands on one line."""
PATIENCE = 10.0
"""Seconds to wait for another command that is writing."""
TOGETHER = 1_000
"""This many files are made safe on the disk at once; more would only pile up temporary files."""

_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_NOT_PLAIN = re.compile(r":(?:\s|$)|\s#|[\t\n\r]")
_NOT_PLAIN_IN_BRACKETS = re.compile(r":(?:[\s,\[\]{}?]|$)|\s#|[,\[\]{}\t\n\r]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_TO_ESCAPE = re.compile(rf'[\\"\n\t\r]|{UNSEEN.pattern}')
_STALE = re.compile(r"\.salesops-[0-9]+-[0-9]+\.tmp")
_serial = count()
_held: set[str] = set()


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def render(record_data: Mapping[str, Any]) -> str:
    """A record as YAML text: short mappings in braces, everything else a line for each key, quotes only where needed.

    Values are text, days, money, numbers, truth values, lists and mappings of these; what is None is left out. The
    reader gives back exactly the text of each scalar, unless it holds a character that no record may hold.
    """
    return "".join(f"{line}\n" for key, value in _given(record_data).items() for line in _entry(key, value, ""))


def in_brackets(value: Any) -> str:
    """A value on one line, as it stands inside braces or brackets."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key, True)}: {in_brackets(part)}" for key, part in _given(value).items()) + "}"
    if _is_list(value):
        return "[" + ", ".join(in_brackets(part) for part in value) + "]"
    return scalar(value, True)


def scalar(value: Any, in_brackets: bool = False) -> str:
    """One scalar, quoted where YAML would read the bare text differently."""
    words = _words(value)
    if value is None:
        return words
    awkward = _NOT_PLAIN_IN_BRACKETS if in_brackets else _NOT_PLAIN
    if (
        words in EMPTY
        or words[0] in _INDICATORS
        or words.strip() != words
        or awkward.search(words)
        or UNSEEN.search(words)
    ):
        return '"' + _TO_ESCAPE.sub(_escaped, words) + '"'
    return words


def in_order(model: type[Record], data: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a record in the order of the reference; keys that it does not know come last."""
    known = [key for key, _ in keyed_fields(model) if key in data]
    return {key: data[key] for key in (*known, *(key for key in data if key not in known))}


def _given(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


def _entry(key: str, value: Any, indent: str) -> Iterator[str]:
    name = f"{indent}{scalar(key)}:"
    if not _is_nested(value):
        yield f"{name} {scalar(value)}"
    elif _fits(value, len(name)):
        yield f"{name} {in_brackets(value)}"
    else:
        yield name
        yield from _below(value, f"{indent}  ")


def _below(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in _given(value).items():
            yield from _entry(key, part, indent)
        return
    for part in value:
        yield from _item(part, indent)


def _item(part: Any, indent: str) -> Iterator[str]:
    lines = list(_below(part, f"{indent}  ")) if isinstance(part, Mapping) else []
    if len(lines) == 1 or (lines and not _fits(part, len(indent) + 1)):
        yield f"{indent}- {lines[0].lstrip(' ')}"
        yield from lines[1:]
    else:
        yield f"{indent}- {in_brackets(part) if _is_nested(part) else scalar(part)}"


def _fits(value: Any, used: int) -> bool:
    """Whether a mapping or list goes on the rest of a line; lists of mappings never do, nor does what is nested twice."""
    parts = list(_given(value).values() if isinstance(value, Mapping) else value)
    if not parts:
        return True
    inner = [part for part in parts if _is_nested(part)]
    if any(isinstance(part, Mapping) or any(_is_nested(deep) for deep in part) for part in inner):
        return False
    if inner and not isinstance(value, Mapping):
        return False
    return used + 1 + len(in_brackets(value)) <= WIDTH


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and not isinstance(value, Money)


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping) or _is_list(value)


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int | date | Money):
        return str(value)
    raise TypeError(f"a record holds no {type(value).__name__}")


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    point = ord(character)
    return _ESCAPES.get(character) or (f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}")


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Change:
    """A file to write: its path below the root, its text, and what it must hold until then (None: it must not exist)."""

    path: str
    text: str
    was: str | None = None

    @property
    def data(self) -> bytes:
        """What the file will hold, byte for byte."""
        return self.text.encode("utf-8")


@dataclass(frozen=True, slots=True)
class New:
    """A file to write where none may be: its path below the root, and what it will hold, text or not."""

    path: str
    data: bytes
    was: None = None


def save(root: Path, change: Change) -> None:
    """Write one file; see ``save_all``."""
    save_all(root, [change])


def save_all(root: Path, changes: Iterable[Change | New]) -> int:
    """Write files below ``root``, each of them old or new at every moment; how many were written.

    Raises CannotDecide where the disk or the permissions refuse, where a path leads out of the root or through a link,
    and where a file is no longer what the change was made for. Files written before that stay written.
    """
    remaining = iter(changes)
    written = 0
    swept: set[Path] = set()
    with alone(root):
        while group := list(islice(remaining, TOGETHER)):
            try:
                _write_together(root, group, swept)
            except CannotDecide as fault:
                before = f"; {written:,} files were written before that, each of them whole" if written else ""
                raise CannotDecide(f"{fault}{before}") from None
            written += len(group)
    return written


@contextmanager
def alone(root: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Keep other writing commands out while this one reads, decides and writes.

    The lock is on the folder itself, so it leaves no file behind and dies with its process. Raises CannotDecide when
    another command holds it for longer than ``patience`` seconds.
    """
    key = os.path.realpath(root)
    if key in _held or sys.platform == "win32":  # there, the comparison before each replacement is the only guard
        yield
        return
    with _sentence(str(root)):
        handle = os.open(root, os.O_RDONLY)
    try:
        _lock(handle, time.monotonic() + patience)
        _held.add(key)
        yield
    finally:
        _held.discard(key)
        os.close(handle)


def _lock(handle: int, end: float) -> None:
    import fcntl

    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= end:
                raise CannotDecide("another salesops command is writing here: try again when it is done") from None
            time.sleep(0.05)
        except OSError as fault:
            if fault.errno not in (errno.EBADF, errno.ENOLCK, errno.ENOTSUP, errno.EINVAL):
                raise CannotDecide(f"the folder cannot be locked: {fault.strerror}") from None
            return  # a network disk that cannot lock a folder: as on Windows


def _write_together(root: Path, group: list[Change | New], swept: set[Path]) -> None:
    """Write all new texts beside their files, make them safe at once, then put each in its place."""
    staged: list[tuple[Change | New, Path, Path]] = []
    try:
        for change in group:
            target = _target(root, change.path)
            if target.parent not in swept:
                swept.add(target.parent)
                _sweep(target.parent)
            draft = target.with_name(f".salesops-{os.getpid()}-{next(_serial)}.tmp")
            staged.append((change, draft, target))
            with _sentence(change.path):
                _draft(draft, change.data, _mode(target))
        with _sentence(group[0].path):
            _settle([draft for _, draft, _ in staged])
        for change, draft, target in staged:
            with _sentence(change.path):
                _same_as_before(change, target)
                os.replace(draft, target)
        for folder in {target.parent for _, _, target in staged}:
            with _sentence(str(folder)):
                _settle_folder(folder)
    except BaseException:
        for _, draft, _ in staged:
            with suppress(OSError):
                draft.unlink()
        raise


def _target(root: Path, path: str) -> Path:
    """The file of a path below the root; its folders are made where they are missing."""
    parts = path.split("/")
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts) or os.path.isabs(path):
        raise CannotDecide(f"{path} does not lie inside the repository")
    folder = root
    for part in parts[:-1]:
        folder = folder / part
        with _sentence(path):
            _make_folder(folder)
    target = folder / parts[-1]
    with _sentence(path), suppress(FileNotFoundError):
        if not stat.S_ISREG(os.lstat(target).st_mode):
            raise CannotDecide(f"{path} is not a plain file: replace it by one")
    return target


def _make_folder(folder: Path) -> None:
    try:
        mode = os.lstat(folder).st_mode
    except FileNotFoundError:
        folder.mkdir(exist_ok=True)
        _settle_folder(folder.parent)
        return
    if not stat.S_ISDIR(mode):
        raise CannotDecide(
            f"{folder} is {'a link' if stat.S_ISLNK(mode) else 'not a folder'}: nothing is written there"
        )


def _mode(target: Path) -> int | None:
    try:
        return stat.S_IMODE(os.lstat(target).st_mode)
    except FileNotFoundError:
        return None


def _draft(draft: Path, data: bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(draft, flags, 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    if mode is not None:
        os.chmod(draft, mode)


def _settle(drafts: list[Path]) -> None:
    """Bring drafts from memory to the disk: before a file is replaced by one, its text must be there."""
    if len(drafts) > 1 and sys.platform == "linux":
        os.sync()  # one wait for all; elsewhere sync() may come back before the disk is done
        return
    for draft in drafts:
        handle = os.open(draft, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _settle_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # Windows cannot open a folder; it keeps names in its own journal
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _same_as_before(change: Change | New, target: Path) -> None:
    try:
        now = target.read_bytes()
    except FileNotFoundError:
        if change.was is not None:
            raise CannotDecide(f"{change.path} was removed while this ran: nothing was put in its place") from None
        return
    if change.was is None:
        raise CannotDecide(f"{change.path} came into being while this ran: it is left as it is")
    if now != change.was.encode("utf-8"):
        raise CannotDecide(f"{change.path} was changed while this ran: it is left as it is")


def _sweep(folder: Path) -> None:
    """Take away drafts that a killed command left behind; a living one would hold the lock."""
    if sys.platform == "win32":
        return
    with suppress(OSError), os.scandir(folder) as listing:
        for entry in listing:
            if _STALE.fullmatch(entry.name):
                os.unlink(entry.path)


@contextmanager
def _sentence(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise CannotDecide(f"{path} cannot be written: {fault.strerror or fault}") from None
