"""A person at a terminal: a command runs in a real one, and what is asked is answered line by line."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PATIENCE = 60.0
"""Seconds after which a command that says nothing more has hung: no test waits for that where all is well."""
_PAINT = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def typed(
    root: Path, words: Sequence[str], answers: Sequence[str | Callable[[], str]], as_of: str = "2026-11-20"
) -> tuple[int, str]:
    """Run a command in a terminal, and type an answer whenever it asks; its exit code, and all that was on the screen.

    An answer that is called does something else first: what others do while somebody thinks.
    """
    import pty

    program = str(Path(sys.executable).parent / "salesops")
    child, screen = pty.fork()
    if child == 0:
        os.environ |= {"SALESOPS_AS_OF": as_of, "TERM": "xterm", "COLUMNS": "200", "NO_COLOR": "1"}
        os.execv(program, [program, "-C", str(root), *words])
    shown, left, end = "", list(answers), time.monotonic() + PATIENCE
    while time.monotonic() < end:
        ready, _, _ = select.select([screen], [], [], 0.2)
        if ready:
            try:
                more = os.read(screen, 65_536)
            except OSError:
                break
            if not more:
                break
            shown += more.decode("utf-8", "replace")
            end = time.monotonic() + PATIENCE
        if left and _PAINT.sub("", shown).endswith("▸ ") and not ready:
            answer = left.pop(0)
            os.write(screen, f"{answer() if callable(answer) else answer}\n".encode())
    else:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(screen)
    assert time.monotonic() < end, f"still asks:\n{shown}"
    assert not left, f"never asked for: {left}\n{shown}"
    return os.waitstatus_to_exitcode(status), _PAINT.sub("", shown).replace("\r\n", "\n")
