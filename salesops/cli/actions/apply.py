"""What ``salesops apply`` does: a list of changes from a file, through the door that all changes go through."""

from __future__ import annotations

import sys
from pathlib import Path

from salesops.cli.door import carry_out, tell
from salesops.cli.options import Usage
from salesops.cli.repository import root_of
from salesops.output import show
from salesops.records.yaml_reader import MAX_BYTES


def run(folder: str, file: str, output_format: str, as_of: str | None, *, dry_run: bool) -> int:
    """Make the changes; 1 where they are refused."""
    root = root_of(folder)
    name, raw = _read(file)
    tried, written = carry_out(root, name, raw, as_of, agrees=lambda _: not dry_run)
    return tell(tried, written, output_format, dry_run=dry_run)


def _read(file: str) -> tuple[str, bytes]:
    if file == "-":
        return "the list", sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(file).open("rb") as opened:
            return file, opened.read(MAX_BYTES + 1)
    except OSError as fault:
        raise Usage(f"{show(file)}: {fault.strerror}") from None
