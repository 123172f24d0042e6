"""Where the time of a command goes: ``profiled.py [--one] ROWS COMMAND …``, such as ``profiled.py 30 -C repo check``.

With ``--one`` everything is read in one process, so that nothing is hidden in a second one. A profiler makes small
functions look dearer than they are: read it for the order, and measure a change with run.py.
"""

from __future__ import annotations

import cProfile
import pstats
import sys

from generate import AS_OF


def main() -> None:
    """Run a command under the profiler."""
    import os

    import salesops.store.load
    from salesops.cli import main as salesops_main

    os.environ.setdefault("SALESOPS_AS_OF", AS_OF)
    if sys.argv[1] == "--one":
        del sys.argv[1]
        salesops.store.load.FORK_FROM = sys.maxsize
    rows = int(sys.argv.pop(1))
    profile = cProfile.Profile()
    profile.enable()
    try:
        salesops_main()
    except SystemExit:
        pass
    finally:
        profile.disable()
    stats = pstats.Stats(profile, stream=sys.stderr)
    for order in ("tottime", "cumtime"):
        stats.sort_stats(order).print_stats(rows)


if __name__ == "__main__":
    main()
