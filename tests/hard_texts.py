"""Texts that are hard to write down and read again: what YAML, a shell, a terminal, a page or a date reader takes for something else."""

from __future__ import annotations

import json
from pathlib import Path

OWN = [
    "Costs $5,000 a year, she said", "Dean said: call back", "it's", '"quoted"', "# no comment", "a #b", "[x]", "{y}",
    "- dash", "yes", "null", "~", "&a", "*a", "!t", "%", "@", "`", "|", ">", "?", "a: b, c: d", "two\nlines", "tab\there",
    "trailing ", " leading", "é 東京 🙂", "\\n", "\\", "…and so on", "2026-11-20", "1,200 USD", "+plus", "a=b", "x" * 3_000,
    "\x1b[31mred", "turned \u202e round", "zero\u200bwidth", "no\u00a0break", "not \udcff UTF-8", "two\rends",
]  # fmt: skip
"""Forty-one of our own."""


def naughty(data: Path) -> list[str]:
    """The 515 strings of the big list of naughty strings."""
    strings: list[str] = json.loads((data / "yaml_and_strings/blns.json").read_text(encoding="utf-8"))
    return strings
