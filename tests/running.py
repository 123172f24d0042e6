"""The command line as the tests call it: in this process, which is quick, or in one of its own, as a shell would start it."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from salesops.cli import main

ON = "2026-11-20"
"""The day, unless a test says otherwise."""
COMMAND = Path(sys.executable).parent / "salesops"


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int | str | None
    out: str
    err: str


def run(root: Path, *words: str, **env: str) -> Ran:
    """A command in a folder, in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with (
        mock.patch.object(sys, "argv", ["salesops", *words]),
        mock.patch.dict(os.environ, {"SALESOPS_AS_OF": ON} | env),
        contextlib.chdir(root),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        main()
    return Ran(end.value.code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def spawn(root: Path, *words: str, timeout: int = 60, **more: Any) -> subprocess.CompletedProcess[str]:
    """The installed command in a folder, in a process of its own."""
    env = {**os.environ, "SALESOPS_AS_OF": ON, **more.pop("env", {})}
    return subprocess.run(
        [str(COMMAND), *words], cwd=root, env=env, capture_output=True, text=True, check=False, timeout=timeout, **more
    )
