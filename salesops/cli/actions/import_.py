"""What ``salesops import`` does: one kind of file after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from salesops.cli.actions import import_csv, import_hubspot, import_json, import_ready
from salesops.imports.sources import SOURCES as READY

SOURCES: dict[str, Callable[..., int]] = {
    "csv": import_csv.run,
    "hubspot": import_hubspot.run,
    "json": import_json.run,
    **{source: partial(import_ready.run, source) for source in READY},
}


def run(folder: str, source: str, file: str | tuple[str, ...], output_format: str, **asked: Any) -> int:
    """Import a file and say what came of it; 1 where something was kept back, 2 where nothing can be used."""
    return SOURCES[source](folder, file, output_format, **asked)
