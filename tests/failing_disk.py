"""A disk that fails, and a kill, at any file-system call of a command: ``strace`` counts the calls and puts the fault into one of them.

The command runs in a child of this process, which has the program loaded already: a thousand runs need not start it anew.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from salesops.cli import main
from salesops.cli.actions import apply, check

CALLS = (
    "openat,read,pread64,write,pwrite64,getdents64,close,fsync,fdatasync,syncfs,flock,rename,renameat,renameat2,link,linkat,"
    "unlink,unlinkat,mkdir,mkdirat,rmdir,chmod,fchmod,fchmodat,ftruncate,truncate,newfstatat,stat,lstat,fstat,statx,readlink"
)
LASTING = ("rename", "fsync", "unlink", "mkdir", "chmod", "flock")
"""Calls that a command makes on records only, so that a fault may last from one of them on."""
LOADED = (apply, check)
"""What the commands of these tests would load is loaded here, once."""
_ANYBODY = 0x59616D61, ctypes.c_ulong(-1)
"""That any process of ours may trace this one, in the words of Linux."""


@dataclass(frozen=True)
class Call:
    """A file-system call of a command: its name, the how manyth of that name it is, of all and on its own file, and its words.

    ``before`` says how many of each lasting call came before it: strace counts each by its own name.
    """

    name: str
    nth: int
    nth_of_file: int
    words: str
    before: Mapping[str, int]

    @property
    def file(self) -> Path:
        """The file that it is about."""
        return Path(_file_of(self.words))

    def lasting(self, error: str) -> str:
        """The fault that begins with this call and lasts."""
        begins = {name: self.before[name] + 1 for name in LASTING}
        return " ".join(f"{name}:error={error}:when={nth}+" for name, nth in begins.items())

    @property
    def writes(self) -> bool:
        """Whether a disk may be too full for it."""
        return self.name not in ("read", "getdents64", "newfstatat", "readlink", "flock") and (
            self.name != "openat" or "O_CREAT" in self.words
        )


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, less than zero where it was killed, and all it said."""

    code: int
    said: str


@cache
def why_not() -> str:
    """Why no fault can be put into a call here; empty where it can."""
    if not shutil.which("strace") or not hasattr(os, "fork"):
        return "there is no strace here"
    tried = subprocess.run(["strace", "-e", "inject=fsync:error=EIO", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "strace may not trace here"


def needs_strace() -> None:
    """Skip the test where no fault can be put into a call."""
    if why_not():
        pytest.skip(why_not())


def calls_of(words: list[str], below: Path, log: Path) -> list[Call]:
    """Every file-system call that a command makes on anything below a folder, from the first lock on."""
    _run(words, log, f"trace={CALLS}")
    return list(_calls_in(log.read_text(errors="replace"), str(below)))


def _calls_in(log: str, below: str) -> Iterator[Call]:
    seen: Counter[str] = Counter()
    on_file: Counter[tuple[str, str]] = Counter()
    begun = False
    for line in log.splitlines():
        name, paren, rest = line.partition("(")
        if not paren or not name.isidentifier():
            continue
        before = {each: seen[each] for each in LASTING}
        seen[name] += 1
        on_file[name, _file_of(rest)] += 1
        begun = begun or name == "flock"
        if below in rest.rpartition(" = ")[0] and begun:
            yield Call(name, seen[name], on_file[name, _file_of(rest)], rest, before)


def _file_of(words: str) -> str:
    """The file that a call is about: that of its descriptor, else the first that it names."""
    found = re.match(r"\d+<([^>]*)>", words) or re.search(r'"([^"]*)"', words)
    return found[1] if found else ""


def run_with(words: list[str], log: Path, fault: str = "", of: Path | None = None) -> Ended:
    """A command with a fault in it, as ``strace --inject`` writes it, several with blanks between them; none where there is none.

    Only the calls on one file are counted where it is named: how often a pipe from git is read differs between two runs.
    """
    return _run(words, log, " ".join(f"inject={each}" for each in fault.split()), of)


def _run(words: list[str], log: Path, traced: str, of: Path | None = None) -> Ended:
    said = log.with_suffix(".said")
    go, ready = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        _become(words, said, go, ready)
    os.close(go[0])
    os.read(ready[0], 1)
    tracer = _traced_by(child, log, traced, of) if traced else None
    os.write(go[1], b"!")
    for end in (go[1], *ready):
        os.close(end)
    _, status = os.waitpid(child, 0)
    if tracer:
        tracer.communicate()
    return Ended(os.waitstatus_to_exitcode(status), said.read_text(encoding="utf-8"))


def _traced_by(child: int, log: Path, traced: str, of: Path | None) -> subprocess.Popen[bytes]:
    expressions = [word for each in traced.split() for word in ("-e", each)]
    words = ["strace", "-y", "-s", "200", "-o", str(log), *expressions, *(("-P", str(of)) if of else ())]
    tracer = subprocess.Popen([*words, "-p", str(child)], stderr=subprocess.PIPE)
    assert tracer.stderr is not None
    assert b"attached" in tracer.stderr.readline()
    return tracer


def _become(words: list[str], said: Path, go: tuple[int, int], ready: tuple[int, int]) -> None:
    """The child: the command line with these words, once it is traced."""
    code: object = 99
    try:
        sys.argv = ["salesops", *words]
        streams = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(streams, stream)
        sys.stdout, sys.stderr = os.fdopen(1, "w", encoding="utf-8"), os.fdopen(2, "w", encoding="utf-8")
        ctypes.CDLL(None).prctl(*_ANYBODY, 0, 0, 0)
        os.write(ready[1], b"!")
        os.read(go[0], 1)
        main()
    except SystemExit as end:
        code = end.code
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code if isinstance(code, int) else 0)
