"""A second process for half of the work, where there is enough of it: reading and checking thousands of records."""

from __future__ import annotations

import gc
import marshal
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from salesops.problems import CannotDecide


def can_split() -> bool:
    """Whether a second process may be started, and would find a processor."""
    threading = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1
    return (os.cpu_count() or 1) > 1 and hasattr(os, "fork") and alone


def elsewhere(work: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
    """Start ``work`` in a forked process; the result, a list of plain values, is read by calling what is returned.

    Where the work failed, that raises CannotDecide with what was said of it. Raises OSError where no process can be started.
    """
    source, sink = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(source)
        os.close(sink)
        raise
    if child == 0:
        gc.freeze()  # what is there by now lives as long as the process: the collector would only walk it, and copy it
        try:
            os.close(source)
            with os.fdopen(sink, "wb") as pipe:
                pipe.write(marshal.dumps(_carried_out(work)))
        finally:
            os._exit(0)
    os.close(sink)

    def result() -> list[Any]:
        with os.fdopen(source, "rb") as pipe:
            sent = pipe.read()
        os.waitpid(child, 0)
        found, fault = marshal.loads(sent) if sent else (None, "")
        if found is None:
            raise CannotDecide(f"the second process was stopped{f': {fault}' if fault else ''}")
        done: list[Any] = found
        return done

    return result


def _carried_out(work: Callable[[], list[Any]]) -> tuple[list[Any] | None, str]:
    """What came of work; or nothing, and what was said of it."""
    try:
        return work(), ""
    except Exception as fault:
        if "SALESOPS_DEBUG" in os.environ:
            traceback.print_exc()
        return None, str(fault) or type(fault).__name__


MOST_PARTS = 4_000
"""A pipe holds 4 KB wherever it is, and there is a byte for each part."""


def from_both_ends(parts: Sequence[Callable[[], object]], *, at_all: bool) -> None:
    """Carry out every part once: this process from the first on, a forked one (if ``at_all``) from the last, until they meet.

    Raises what a part raises here, and CannotDecide for what one raises there.
    """
    if not at_all or not can_split() or len(parts) > MOST_PARTS:
        _each(parts)
        return
    left, sink = os.pipe()
    os.write(sink, bytes(len(parts)))
    os.close(sink)
    try:
        theirs = elsewhere(lambda: _take(left, reversed(parts)))
    except OSError:
        os.close(left)
        _each(parts)
        return
    try:
        _take(left, parts)
    except BaseException:
        with suppress(CannotDecide):
            theirs()
        raise
    finally:
        os.close(left)
    theirs()


def _each(parts: Iterable[Callable[[], object]]) -> None:
    for part in parts:
        part()


def _take(left: int, parts: Iterable[Callable[[], object]]) -> list[Any]:
    """Carry out one part for each byte that is left; who takes the last one has met the other, and who fails takes all."""
    try:
        for part in parts:
            if not os.read(left, 1):
                break
            part()
    except BaseException:
        while os.read(left, MOST_PARTS):
            pass
        raise
    return []
