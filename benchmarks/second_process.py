"""Whether each second process is worth its place: ``second_process.py [--rounds N] [--work DIR]``.

The same command with and without the help of a second process at one place, one after the other, in one run; printed is
wall time with it as a share of wall time without it, the median of the rounds. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from generate import AS_OF  # noqa: E402

from salesops.cli.gate import CHECK_FROM  # noqa: E402

ALONE = "import importlib, sys; module = importlib.import_module({module!r}); {alone}; "
RUN = "from salesops.cli import main; sys.argv = ['salesops', *sys.argv[1:]]; main()"


@dataclass(frozen=True)
class Helper:
    """A place where a second process may help: its module, and a command that goes there."""

    what: str
    module: str
    words: tuple[str, ...]
    least: int = 0
    """The deals from which on it helps."""
    alone: str = "module.can_split = lambda: False"
    """What keeps it from helping."""


ONE_BY_ONE = "module.from_both_ends = lambda parts, at_all: [part() for part in parts]"
HELPERS = (
    Helper("reading files", "salesops.store.load", ("metrics", "sqd")),
    Helper("checking", "salesops.cli.gate", ("check",), CHECK_FROM),
    Helper("telling the history", "salesops.store.record_histories", ("history",)),
    Helper("writing pages", "salesops.site.build", ("site", "--rebuild"), alone=ONE_BY_ONE),
)


def seconds(repository: Path, helper: Helper, *, alone: bool) -> float:
    """How long the command takes."""
    code = (ALONE.format(module=helper.module, alone=helper.alone) if alone else "import sys; ") + RUN
    start = time.perf_counter()
    words = [sys.executable, "-c", code, *helper.words]
    env = {"PATH": "/usr/bin:/bin", "SALESOPS_AS_OF": AS_OF}
    subprocess.run(words, cwd=repository, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def main() -> None:
    """Measure every place at two sizes."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--work", type=Path, default=Path("/tmp/salesops-benchmarks"))
    asked.add_argument("--deals", type=int, nargs="*", default=[1_000, 10_000])
    given = asked.parse_args()
    print("| deals | a second process for | with, s | without, s | ratio |\n|--:|---|--:|--:|--:|")
    for deals in given.deals:
        repository = given.work / f"second-{deals}"
        if not repository.is_dir():
            words = [sys.executable, str(HERE / "generate.py"), str(repository), "--deals", str(deals)]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        for helper in (each for each in HELPERS if deals >= each.least):
            both = [
                (seconds(repository, helper, alone=False), seconds(repository, helper, alone=True))
                for _ in range(given.rounds)
            ]
            ratio = median(helped / alone for helped, alone in both)
            helped, alone = (median(times) for times in zip(*both, strict=True))
            print(f"| {deals:,} | {helper.what} | {helped:.2f} | {alone:.2f} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
