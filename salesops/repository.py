"""The only one that asks git: one hardened call, so that nothing in a repository or its configuration can run code."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from salesops.loading import CannotDecide

SAFE = (
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.pager=cat",
    "-c", "protocol.allow=never",
    "-c", "diff.external=",
)  # fmt: skip
ENVIRONMENT = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
LIMIT = 120
"""Seconds after which git is given up."""


def git(root: Path, *words: str) -> bytes:
    """What git answers; raises CannotDecide with its own words where it fails, is missing or hangs."""
    code, out, said = _run(root, words)
    if code:
        raise CannotDecide(f"git {words[0]}: {said or f'ended with {code}'}")
    return out


def asks(root: Path, *words: str) -> str | None:
    """A one-line answer of git, or None where it has none."""
    code, out, _ = _run(root, words)
    return out.decode("utf-8", "replace").strip() if code == 0 else None


def _run(root: Path, words: tuple[str, ...]) -> tuple[int, bytes, str]:
    try:
        ended = subprocess.run(
            ["git", *SAFE, *words],
            cwd=root,
            env={**os.environ, **ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT,
            check=False,
        )
    except FileNotFoundError:
        raise CannotDecide("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise CannotDecide(f"git {words[0]} did not answer within {LIMIT} seconds") from None
    return ended.returncode, ended.stdout, ended.stderr.decode("utf-8", "replace").strip().split("\n")[0]


def is_repository(root: Path) -> bool:
    """Whether the folder lies in a git work tree."""
    return asks(root, "rev-parse", "--is-inside-work-tree") == "true"


def is_shallow(root: Path) -> bool:
    """Whether the history was cut, as CI does unless it is told otherwise."""
    return asks(root, "rev-parse", "--is-shallow-repository") == "true"
