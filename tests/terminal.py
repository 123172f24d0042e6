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
MOST = 300.0
"""Seconds after which a command that goes on speaking is ended too."""
GRACE = 10.0
"""Seconds in which a command ends once it has left the terminal."""
_PAINT = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


Answer = str | Callable[[], str]
"""What is typed; one that is called does something else first: what others do while somebody thinks."""


def typed(root: Path, words: Sequence[str], answers: Sequence[Answer], as_of: str = "2026-11-20") -> tuple[int, str]:
    """Run a command in a terminal, and type an answer whenever it asks; its exit code, and all that was on the screen."""
    import pty

    program = str(Path(sys.executable).parent / "salesops")
    child, screen = pty.fork()
    if child == 0:
        os.environ |= {"SALESOPS_AS_OF": as_of, "TERM": "xterm", "COLUMNS": "200", "NO_COLOR": "1"}
        os.execv(program, [program, "-C", str(root), *words])
    left, status = list(answers), None
    try:
        shown = _PAINT.sub("", _answered(screen, left)).replace("\r\n", "\n")
        status = _ended(child)
    finally:
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        os.close(screen)
    assert status is not None, f"still asks:\n{shown}"
    assert not left, f"never asked for: {left}\n{shown}"
    return os.waitstatus_to_exitcode(status), shown


def _answered(screen: int, left: list[Answer]) -> str:
    """All that was on the screen until the command was done, or said nothing more for too long; each answer that is typed is taken out."""
    shown, end, last = "", time.monotonic() + PATIENCE, time.monotonic() + MOST
    while time.monotonic() < min(end, last):
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
        elif left and _PAINT.sub("", shown).endswith("▸ "):
            answer = left.pop(0)
            os.write(screen, f"{answer() if callable(answer) else answer}\n".encode())
    return shown


def _ended(child: int) -> int | None:
    """How a command ended that has left the terminal; None where it does not end, such as one that still asks."""
    end = time.monotonic() + GRACE
    while time.monotonic() < end:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status
        time.sleep(0.01)
    return None
