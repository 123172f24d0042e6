"""Texts that are hard on whatever passes them on: ours, and a public collection of naughty ones where it is there."""

import json
from pathlib import Path

HARD = [
    "Costs $5,000 a year, she said", "Dean said: call back", "it's", '"quoted"', "# no comment", "a #b", "[x]", "{y}", "- dash",
    "yes", "null", "~", "&a", "*a", "!t", "%", "@", "`", "```", "|", ">", "a: b, c: d", "two\nlines", "tab\there", "trailing ", " leading",
    "é 東京 🙂", "\\n", "\\", "…and so on", "2026-11-20", "1,200 USD", "x" * 3_000, "</script><b>", "a\u00a0b", "${x}", "%0A&title=", "é", "+plus", "a=b", "a: &b {c: *d} # e",
    "می\u200cخواهم 👩\u200d🔬",
]  # fmt: skip


def every(data: Path) -> list[str]:
    """Ours and those of the collection."""
    return [*HARD, *json.loads((data / "yaml_and_strings/blns.json").read_text(encoding="utf-8"))]
