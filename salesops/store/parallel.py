"""A second process for half of the work, where there is enough of it: reading and checking thousands of records."""

from __future__ import annotations

import gc
import marshal
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from salesops.problems import CannotDecide


def can_split() -> bool:
    """Whether a second process may be started, and would find a processor."""
    threading = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1
    return (os.cpu_count() or 1) > 1 and hasattr(os, "fork") and alone


def elsewhere(work: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
    """Start ``work`` in a forked process; the result, a list of plain values, is read by calling what is returned."""
    source, sink = os.pipe()
    gc.freeze()  # what is there by now lives on in both: the collector would only walk it, and copy it
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(source)
            with os.fdopen(sink, "wb") as pipe:
                pipe.write(marshal.dumps(work()))
            status = 0
        finally:
            os._exit(status)
    os.close(sink)

    def result() -> list[Any]:
        with os.fdopen(source, "rb") as pipe:
            sent = pipe.read()
        _, status = os.waitpid(child, 0)
        if status:
            raise CannotDecide("the second process was stopped")
        found: list[Any] = marshal.loads(sent)
        return found

    return result


MOST_PARTS = 60_000
"""A pipe holds 64 KB, and there is a byte for each part."""


def from_both_ends(parts: Sequence[Callable[[], object]], *, at_all: bool) -> None:
    """Carry out every part once: this process from the first on, a forked one (if ``at_all``) from the last, until they meet."""
    if not at_all or not can_split() or len(parts) > MOST_PARTS:
        for part in parts:
            part()
        return
    left, sink = os.pipe()
    os.write(sink, bytes(len(parts)))
    os.close(sink)
    theirs = elsewhere(lambda: _take(left, reversed(parts)))
    try:
        _take(left, parts)
    finally:
        while os.read(left, MOST_PARTS):
            pass
        os.close(left)
        theirs()


def _take(left: int, parts: Iterable[Callable[[], object]]) -> list[Any]:
    """Carry out one part for each byte that is left; who takes the last one has met the other."""
    for part in parts:
        if not os.read(left, 1):
            break
        part()
    return []
