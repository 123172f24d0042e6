"""The site that was built last: whether it is still what a new build would write, because nothing that it is made of has changed.

A note of it lies among git's own files of the clone. It holds digests: of every file of the repository and of the program, of
what git knows and what was asked for, and of the files that were built. Whatever cannot be told counts as changed.
Little is imported here, for that is what it is for.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import file_digest, sha256
from operator import itemgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from salesops.problems import CannotDecide
from salesops.store.git_call import git, own_folder

HTML = "build/html"
"""Where the site is built, unless it is asked for elsewhere."""
NOTE = "salesops/site.json"
"""Where the note lies, below git's own folder."""
PACKAGE = Path(__file__).parents[1]
ENVIRONMENT = re.compile(r"(?:SALESOPS|GIT|LC)_.*|SOURCE_DATE_EPOCH|LANG|TZ")
"""What the shell may say that changes a site."""
LARGE = 4 * 1024 * 1024
"""Bytes above which a file, such as a film or a backup, is not read: its clocks tell when it was written."""
LeftOut = Callable[[str, str], bool]
"""Whether a folder, by its name from the top and its path, is left out."""
LEADS_ELSEWHERE = re.compile(rb"\bINHERIT\b|!ENV\b|!relative\b|!!python")
"""What may stand in mkdocs.yml whose value lies in no file of the repository, or in none that is known."""


@dataclass(frozen=True)
class KeptSite:
    """A site as it was built: the day it is about, how many pages it has, and what holds as long as it stands.

    ``today`` is the day on which it was built, in the time zone of the team; ``inputs`` and ``files`` are digests.
    """

    out: str
    inputs: str
    files: str
    day: str
    today: str
    zone: str
    pages: int


def inputs_of(root: Path, out: Path, asked: Mapping[str, object]) -> str | None:
    """A digest of everything that a site is made of but the day on which it is built; None where that cannot be told."""
    try:
        config = (root / "mkdocs.yml").read_bytes()
        if LEADS_ELSEWHERE.search(config) or _half_written(root):
            return None
        told = sha256(repr((sorted(asked.items()), config)).encode())
        left_out = {str(out.resolve()), str(PACKAGE)}
        files = _contents(root, lambda name, path: path in left_out or name == "build" or name.startswith("."))
        for part in (*_of_git(root), *_of_the_program(), *files):
            _add(told, part)
        return told.hexdigest()
    except (OSError, CannotDecide):
        return None


def kept_site(root: Path, out: Path, inputs: str | None) -> KeptSite | None:
    """The site in ``out``, where a build would write it again as it is."""
    if inputs is None:
        return None
    with suppress(OSError, ValueError, TypeError, KeyError):
        told = json.loads(_note(root).read_bytes())
        kept = KeptSite(**{**told, "day": str(date.fromisoformat(told["day"])), "pages": int(told["pages"])})
        same = (kept.inputs, kept.out, kept.today) == (inputs, str(out), _today(kept.zone))
        if same and kept.files == _files(out):
            return kept
    return None


def keep(
    root: Path, out: Path, inputs: str, asked: Mapping[str, object], *, day: date, today: date, zone: str, pages: int
) -> None:
    """Note a site that was built; where that cannot be done, the next one is built, too.

    Where midnight came in between, or somebody wrote, nobody knows which of the two had its say: such a site is not noted.
    """
    with suppress(OSError):
        if str(today) != _today(zone) or inputs_of(root, out, asked) != inputs:
            return
        note = _note(root)
        note.parent.mkdir(exist_ok=True)
        draft = note.with_name(f".{note.name}.{os.getpid()}")
        kept = KeptSite(str(out), inputs, _files(out), str(day), str(today), zone, pages)
        draft.write_text(json.dumps(asdict(kept)), encoding="utf-8")
        draft.replace(note)


def _note(root: Path) -> Path:
    """Where the note lies; raises FileNotFoundError where there is no git."""
    note = own_folder(root, NOTE)
    if note is None:
        raise FileNotFoundError(NOTE)
    return note


def _today(zone: str) -> str:
    return str(datetime.now(ZoneInfo(zone)).date())


def _half_written(root: Path) -> bool:
    """Whether a command was stopped while it wrote: the next one writes the rest."""
    return any(_note(root).parent.glob("*.open"))


def _of_git(root: Path) -> Iterator[bytes]:
    """What a site takes from git, but for the files: where the history stands, how it is called, and what is set."""
    yield git(root, "rev-parse", "HEAD", "--is-shallow-repository", "--symbolic-full-name", "HEAD")
    yield git(root, "for-each-ref", "--format=%(refname) %(objectname) %(symref)")
    yield git(root, "config", "--list", "-z")


def _of_the_program() -> Iterator[bytes]:
    """What builds: this program, byte for byte, what is installed beside it, and what the shell says.

    A package without a dot in its name is told by its dist-info; its own folder has another clock as soon as Python compiles it.
    """
    yield from _contents(PACKAGE, lambda name, _: name.endswith("__pycache__"))
    yield sys.version.encode()
    for folder in sys.path:
        if folder.endswith("-packages") and os.path.isdir(folder):
            with os.scandir(folder) as found:
                named = sorted((each.name, "." in each.name and each.stat().st_mtime_ns) for each in found)
            yield repr((folder, named)).encode()
    yield repr(sorted(item for item in os.environ.items() if ENVIRONMENT.fullmatch(item[0]))).encode()


def _contents(root: Path, is_left_out: LeftOut) -> Iterator[bytes]:
    """The names of what is below a folder, and digests of what the files hold, of large ones their sizes and clocks.

    Nobody follows a link, so of one it is where it leads.
    """
    for name, entry in _entries(root, is_left_out):
        yield os.fsencode(name)
        if entry.is_symlink():
            yield os.fsencode(os.readlink(entry.path))
        elif not entry.is_file():
            yield b"a folder" if entry.is_dir() else b"neither file, folder nor link"
        elif (state := entry.stat()).st_size > LARGE:
            yield b"%d %d %d" % (state.st_size, state.st_mtime_ns, state.st_ctime_ns)
        else:
            with open(entry.path, "rb") as file:
                yield file_digest(file, sha256).digest()


def _files(out: Path) -> str:
    """A digest of the files of a site: their names, sizes and clocks."""
    told = sha256()
    for name, entry in _entries(out):
        state = entry.stat(follow_symlinks=False)
        _add(told, os.fsencode(name), b"%d %d %d" % (state.st_mode, state.st_size, state.st_mtime_ns))
    return told.hexdigest()


def _entries(root: Path, is_left_out: LeftOut = lambda *_: False) -> list[tuple[str, os.DirEntry[str]]]:
    """Everything below a folder, by its name from there, but for the folders that are left out."""
    found, folders, top = [], [str(root)], len(str(root)) + 1
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                name = entry.path[top:]
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder and is_left_out(name, entry.path):
                    continue
                found.append((name, entry))
                if is_folder:
                    folders.append(entry.path)
    return sorted(found, key=itemgetter(0))


def _add(told: Any, *parts: bytes) -> None:
    """Add parts to a digest, each with its length: no two lists of parts are told in the same way."""
    for part in parts:
        told.update(b"%d:" % len(part))
        told.update(part)
