"""Where imports keep what they took; known to commands that read none of it."""

from __future__ import annotations

import re

PROGRAMS = frozenset({"airtable", "calendar", "github", "hubspot", "outreach", "questionnaire", "users"})
"""The programs whose imports are remembered under their own names."""
MOST_KEPT = 1_000_000_000
"""Bytes of such a file that are read."""


def last_path(name: str) -> str:
    """The file that keeps what imports of one name took."""
    return f"imports/{name}.last.json"


def is_last_path(path: str) -> bool:
    """Whether a file of the repository is such a file."""
    return re.fullmatch(r"imports/[^/]+\.last\.json", path) is not None
