"""The only one that calls git: hardened, so that nothing in a repository or its configuration can run code.

Little is imported here: a command whose last answer still holds asks git and ends.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import IO, Any

from salesops.problems import CannotDecide

SAFE = (
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.pager=cat",
    "-c", "protocol.allow=never",
    "-c", "diff.external=",
    "-c", "log.showSignature=false",
    "-c", "log.follow=false",
    "-c", "core.warnAmbiguousRefs=true",
    "-c", "core.useReplaceRefs=false",
)  # fmt: skip
ENVIRONMENT = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
HARMLESS = ("GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH")
"""Settings of git that may stay; the others a hook or a shell has set would lead git to another repository than the one asked about."""
GIT_SECONDS = 120
"""Seconds after which git is given up."""


def git(root: Path, *words: str) -> bytes:
    """What git answers; raises CannotDecide with its own words where it fails, is missing or hangs."""
    code, out, said = answer_of(root, words)
    if code:
        raise CannotDecide(f"git {words[0]}: {said or f'ended with {code}'}")
    return out


def told(root: Path, data: bytes, *words: str) -> bytes:
    """What git answers where it is given something to read; raises CannotDecide as ``git``."""
    code, out, said = answer_of(root, words, data)
    if code:
        raise CannotDecide(f"git {words[0]}: {said or f'ended with {code}'}")
    return out


def asks(root: Path, *words: str) -> str | None:
    """A one-line answer of git, or None where it has none."""
    code, out, _ = answer_of(root, words)
    return out.decode("utf-8", "replace").strip() if code == 0 else None


def answer_of(root: Path, words: tuple[str, ...], data: bytes | None = None) -> tuple[int, bytes, str]:
    """How git ended, what it wrote, and the first line of its complaint; raises CannotDecide where it is missing or hangs."""
    reads: dict[str, Any] = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
    try:
        ended = subprocess.run(
            ["git", *SAFE, *words],
            cwd=root,
            env=_environment(),
            **reads,
            capture_output=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise CannotDecide("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise CannotDecide(f"git {words[0]} did not answer within {GIT_SECONDS} seconds") from None
    return ended.returncode, ended.stdout, ended.stderr.decode("utf-8", "replace").strip().split("\n")[0]


def batch(root: Path, asked: IO[bytes]) -> subprocess.Popen[bytes]:
    """A git that writes each object whose id is asked for; raises CannotDecide where git is missing."""
    try:
        return subprocess.Popen(
            ["git", *SAFE, "cat-file", "--batch", "--buffer"],
            cwd=root,
            env=_environment(),
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise CannotDecide("git is not installed") from None


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if _is_harmless(name)}
    return {**kept, **ENVIRONMENT}


def _is_harmless(name: str) -> bool:
    return not name.startswith("GIT_") or name.startswith(HARMLESS)


def own_folder(root: Path, name: str) -> Path | None:
    """The folder of a name that is ours among git's own files of this work tree; None where there is no git.

    Git is not asked: a note of what is being written must be found, whether or not git can be run.
    """
    for folder in (root, *root.parents):
        own = folder / ".git"
        if own.is_dir():
            return own / name
        if own.is_file():
            led = own.read_text(encoding="utf-8", errors="surrogateescape").removeprefix("gitdir:").strip()
            return folder / led / name
    return None
