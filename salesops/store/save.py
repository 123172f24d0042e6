"""The only writer of record files: files that are old or new, never torn."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count, islice
from pathlib import Path

from salesops.edits.yaml_writer import FileChange, LongFile, WrittenFile
from salesops.problems import CannotDecide

if sys.platform != "win32":
    import fcntl

PATIENCE = 10.0
"""Seconds to wait for another command that is writing."""
TOGETHER = 1_000
"""This many files are made safe on the disk at once; more would only pile up temporary files."""
MANY = 30
"""From this many files on the whole disk is brought up to date first: one wait, where each file would have its own."""

_STALE = re.compile(r"\.salesops-[0-9]+-[0-9]+\.tmp")
_serial = count()
_held: set[str] = set()


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def save(root: Path, change: FileChange) -> None:
    """Write one file; see ``save_all``."""
    save_all(root, [change])


def save_all(root: Path, changes: Iterable[WrittenFile]) -> int:
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
                before = f"; {written:,} files were written before that, each of them complete" if written else ""
                raise CannotDecide(f"{fault}{before}") from None
            written += len(group)
    return written


def remove(root: Path, path: str, was: str) -> None:
    """Take a file away that holds what has the SHA-256 digest ``was``; raises CannotDecide where it does not."""
    target = _target(root, path)
    with alone(root), _sentence(path):
        _same_as_before(LongFile(path, (), was), target)
        target.unlink()
        _settle_folder(target.parent)


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
        with suppress(OSError):  # the lock goes with the process, if not before: what was written is written
            os.close(handle)


def _lock(handle: int, end: float) -> None:
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


def _write_together(root: Path, group: list[WrittenFile], swept: set[Path]) -> None:
    """Write all new texts beside their files, make them safe at once, then put each in its place."""
    staged: list[tuple[WrittenFile, Path, Path]] = []
    try:
        for change in group:
            target = _target(root, change.path)
            if target.parent not in swept:
                swept.add(target.parent)
                sweep(target.parent)
            draft = target.with_name(f".salesops-{os.getpid()}-{next(_serial)}.tmp")
            staged.append((change, draft, target))
            with _sentence(change.path):
                _draft(draft, change.pieces, _mode(target))
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
        raise CannotDecide(f"{path} is not inside the repository")
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


def _draft(draft: Path, pieces: Iterable[bytes], mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(draft, flags, 0o666)
    with os.fdopen(handle, "wb") as file:
        file.writelines(pieces)
    if mode is not None:
        os.chmod(draft, mode)


def _settle(drafts: list[Path]) -> None:
    """Bring drafts from memory to the disk: before a file is replaced by one, its text must be there."""
    if len(drafts) >= MANY and sys.platform == "linux":
        os.sync()  # it never says what failed: each draft is still asked for, which then takes no time
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


def _same_as_before(change: WrittenFile, target: Path) -> None:
    try:
        with target.open("rb") as file:
            is_same = change.is_as_it_was(file)
    except FileNotFoundError:
        if change.was is not None:
            raise CannotDecide(f"{change.path} was removed while this ran: nothing was written") from None
        return
    if change.was is None:
        raise CannotDecide(f"{change.path} was created while this ran: it is left as it is")
    if not is_same:
        raise CannotDecide(f"{change.path} was changed while this ran: it is left as it is")


def sweep(folder: Path) -> None:
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
