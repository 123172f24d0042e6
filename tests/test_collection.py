"""Two processes that share the tests must see the same ones, so nothing in a test's name may come from a clock, a hash or a disk."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

HOME = Path(__file__).parents[1]


def collecting(hash_seed: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "pytest", "--collect-only", "--assert=plain", "-p", "no:cacheprovider"]
    return subprocess.Popen(
        words, cwd=HOME, env={**os.environ, "PYTHONHASHSEED": hash_seed}, stdout=subprocess.PIPE, text=True
    )


def names(process: subprocess.Popen[str]) -> list[str]:
    out, _ = process.communicate(timeout=120)
    return [line for line in out.splitlines() if "::" in line]


def test_two_processes_collect_the_same_tests_in_the_same_order():
    one = collecting("1")
    time.sleep(1.1)  # so that a clock that is read in whole seconds shows another one
    two = collecting("2")
    first, second = names(one), names(two)
    assert len(first) > 1_000
    assert first == second
