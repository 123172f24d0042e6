"""Two processes that share the tests must see the same ones, so nothing in a test's name may come from a clock, a hash or a disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]


def collected(hash_seed: str) -> list[str]:
    """The names of all tests, as another process sees them."""
    words = [sys.executable, "-m", "pytest", "--collect-only", "--assert=plain", "-p", "no:cacheprovider", "-m", ""]
    env = {**os.environ, "PYTHONHASHSEED": hash_seed}
    said = subprocess.run(words, cwd=HOME, env=env, capture_output=True, text=True, check=False, timeout=300).stdout
    return [line for line in said.splitlines() if "::" in line]


@pytest.mark.proof
def test_two_processes_collect_the_same_tests_in_the_same_order():
    """The other one has another hash seed, and begins later, so that a clock that is read shows another time."""
    ours, theirs = collected("1"), collected("2")
    assert len(ours) > 1_000
    assert len(set(ours)) == len(ours)
    assert ours == theirs
