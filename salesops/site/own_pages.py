"""The team's own pages below site/: which files may be published, and the refusal of everything that leads elsewhere."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

SOURCE = "site"
"""Where the team's own pages are."""
PUBLISHED = frozenset({".md", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".pdf", ".txt"})
"""What may be published from site/; a YAML file that strays in there is not."""


class CannotBuild(Exception):
    """The site cannot be built, and why."""


def own_pages(root: Path) -> Iterator[tuple[str, bytes]]:
    """The team's own pages and pictures below site/; raises CannotBuild for links and whatever else is not a plain file."""
    source = root / SOURCE
    if source.is_symlink():
        raise CannotBuild(f"{SOURCE}/ is not a plain folder: what it leads to would be published")
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in [*folders, *sorted(files)]:
            path = Path(folder) / name
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode) or name.startswith("."):
                continue
            if not stat.S_ISREG(mode):
                raise CannotBuild(f"{path.relative_to(root)} is not a plain file: what it leads to would be published")
            if path.suffix.lower() in PUBLISHED:
                yield path.relative_to(source).as_posix(), path.read_bytes()
