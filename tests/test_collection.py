"""Two processes that share the tests must see the same ones, so nothing in a test's name may come from a clock, a hash or a disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[1]


def collected(hash_seed: str, marked: str) -> list[str]:
    """The names of all tests that are so marked, as another process sees them."""
    words = [sys.executable, "-m", "pytest", "--collect-only", "--assert=plain", "-p", "no:cacheprovider", "-m", marked]
    env = {**os.environ, "PYTHONHASHSEED": hash_seed}
    said = subprocess.run(words, cwd=HOME, env=env, capture_output=True, text=True, check=False, timeout=300).stdout
    return [line for line in said.splitlines() if "::" in line]


def test_another_process_collects_the_same_tests_in_the_same_order(request):
    """The other one has another hash seed, and begins later, so that a clock that is read shows another time."""
    ours = [item.nodeid for item in request.session.items]
    theirs = collected("1" if os.environ.get("PYTHONHASHSEED") != "1" else "2", request.config.option.markexpr)
    assert len(theirs) > 1_000
    assert len(set(theirs)) == len(theirs)
    chosen = set(ours)
    found = [name for name in theirs if name in chosen]
    assert (
        found == ours if len(ours) == len(theirs) else sorted(found) == sorted(ours)
    )  # files may be named in any order
