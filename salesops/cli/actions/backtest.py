"""What ``salesops backtest`` does: a version of the process, or a metric, tried on the past."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from salesops.cli.actions import backtest_metric, backtest_process

TRIED: dict[str, Callable[..., int]] = {"process": backtest_process.run, "metric": backtest_metric.run}


def run(folder: str, tried: str, output_format: str, as_of: str | None, **asked: Any) -> int:
    """Try it and print what comes of it; 1 where something could not be counted, or the file has an error."""
    return TRIED[tried](folder, output_format, as_of, **asked)
