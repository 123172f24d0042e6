"""Where a repository begins: the folder that holds the team's file."""

from __future__ import annotations

from pathlib import Path

MARKER = "playbook/team.yaml"


def find_root(start: Path) -> Path | None:
    """The nearest folder upwards that holds playbook/team.yaml."""
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file():
            return folder
    return None
