"""What ``salesops import json`` does: the files of an export again, beside those that are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from salesops.cli.named_file import bytes_of
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.cli.repository import folder_of
from salesops.imports.whole import NoExport, Taken, entries_of, taken
from salesops.output import SCHEMA_VERSION, as_json, counted, show
from salesops.store.journal import saying_what_is_written
from salesops.store.load import MARKER, find_root, read_bytes
from salesops.store.save import alone, save_all

MOST = 1_000_000_000
"""Bytes of a file that is read; more is no export of a team."""


def run(folder: str, file: str, output_format: str, *, dry_run: bool) -> int:
    """Write what is new, and report; 1 where an entry was kept or refused, 2 where the file is no export."""
    raw = bytes_of(Path(folder, file), file, MOST)
    if len(raw) > MOST:
        raise Usage(f"{show(file)} is too large")
    try:
        entries = entries_of(raw)
    except NoExport as why:
        raise Usage(f"{show(file)}: {why}") from None
    root = _root(folder, {str(entry.get("path")) for entry in entries})
    with alone(root), saying_what_is_written():
        found = taken(entries, _on_file(root, [str(entry.get("path", "")) for entry in entries]))
        if not dry_run:
            save_all(root, found.new)
    if output_format == "json":
        say(as_json(_as_data(found, dry_run)))
    else:
        for line in _as_text(found, file, dry_run):
            say(line)
    return 1 if found.kept or found.refused else 0


def _root(folder: str, paths: set[str]) -> Path:
    """The repository to write into; an empty folder becomes one where the file brings a team."""
    start = folder_of(folder)
    root = find_root(start)
    if root is not None:
        return root
    others = [entry.name for entry in start.iterdir() if entry.name != ".git" and not entry.is_file()]
    if MARKER not in paths or others:
        raise Usage(
            f"{show(start)} is neither a repository nor a folder for a new one: go into an empty one, or create one with salesops init DIR"
        )
    return start


def _on_file(root: Path, paths: list[str]) -> dict[str, str]:
    """What lies where the entries go: the text of each, and something that no text equals where it cannot be read as one."""
    found = {}
    for path in paths:
        if ".." not in path.split("/") and (root / path).is_file():
            raw = read_bytes(root, path)
            found[path] = "\0" if isinstance(raw, int) else raw.decode("utf-8", "surrogateescape")
    return found


def _as_data(found: Taken, dry_run: bool) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "dry_run": dry_run,
        "rows": found.rows,
        "written": [change.path for change in found.new],
        "unchanged": found.unchanged,
        "kept": found.kept,
        "refused": [{"path": path, "why": why} for path, why in found.refused],
    }


def _as_text(found: Taken, file: str, dry_run: bool) -> Iterator[str]:
    yield f"{show(file)}: {counted(found.rows, 'file')}"
    yield f"  {len(found.new):,} {'would be new' if dry_run else 'new'}, {len(found.unchanged):,} unchanged"
    for heading, look, lines in (
        ("kept: what lies there says something else", "warning", [show(path) for path in found.kept]),
        ("refused", "error", [f"{show(path) or 'without a path'}: {show(why)}" for path, why in found.refused]),
    ):
        if lines:
            yield style(f"{counted(len(lines), 'file')} {heading}", look)
            yield from (f"  {line}" for line in lines)
