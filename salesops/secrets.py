"""What a secret looks like: `check` refuses it, and no output prints it."""

from __future__ import annotations

import re

SECRET = re.compile(
    r"\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|AKIA[0-9A-Z]{12,}|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|sk-[A-Za-z0-9_-]{20,}|glpat-[A-Za-z0-9_-]{16,})|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
"""Tokens of GitHub, AWS, Slack and GitLab, keys of paid interfaces, private-key headers."""

MARKS = ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "AKIA", "xox", "sk-", "glpat-", "PRIVATE KEY")


def may_hold_secret(text: str) -> bool:
    """A quick look that spares most texts the thorough one."""
    return any(mark in text for mark in MARKS)
