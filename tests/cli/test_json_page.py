"""The page for machines names every key that the commands print as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SECTIONS = {
    "check --against HEAD~200": "check",
    "today --for all": "today",
    "board": "list",
    "list": "list",
    "list members": "list",
    "list experiments": "list",
    "list questions": "list",
    "doctor": "doctor",
    "metrics sqd win-rate --evidence": "metrics",
    "metrics sqd win-rate pipeline-value days-in-pipeline --known 2026-03-20": "metrics",
    "metrics sqd --since 2025-05-01 --as-of 2025-07-01 --every month --known then": "metrics",
    "backtest process playbook/process/v4.yaml": "backtest process",
    "backtest metric win-rate --with proposal-to-won --since 2026-09-01": "backtest process",
    "review": "review",
    "review --month 2026-05": "review",
    "diff 2026-11-13 2026-11-20": "diff",
    "history larkspur-general --since 2026-10-01": "history",
    "integrity": "integrity",
    "explain sqd": "explain",
    "explain no-wins": "explain",
}
OF_SOME = {"hit", "lost_from", "cumulative", "active_mean", "current_attempt_mean"}
"""Figures of single metrics: each metric's own page tells of those."""
OPEN = {
    "excluded_count",
    "split",
    "money",
    "worth",
    "behind",
    "before",
    "after",
    "value",
    "deals",
    "members",
    "parked",
    "lost_from",
    "by_stage",
}
"""What stands below them has keys of its own: deal types, currencies, stages, the fields of a record."""


def keys(data: Any) -> Iterator[str]:
    for entry in data if isinstance(data, list) else []:
        yield from keys(entry)
    for key, value in data.items() if isinstance(data, dict) else []:
        yield key
        if key not in OPEN:
            yield from keys(value)


@pytest.fixture(scope="module")
def page() -> dict[str, str]:
    """The page's parts by the first command in their titles; what is before them belongs to every one."""
    text = (Path(__file__).parents[2] / "site/reference/json.md").read_text()
    head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    return {part.split("`")[1]: " ".join((head + part).split()) for part in parts}


@pytest.mark.parametrize("words", SECTIONS)
def test_every_key_that_a_command_prints_stands_on_the_page(demo, page, words):
    ran = demo.run(*words.split(), "--format", "json")
    told = page[SECTIONS[words]]
    told += "".join(page[name] for name in re.findall(r"as in `(\w+)`", told))
    printed = set(keys(json.loads(ran.out))) - OF_SOME
    assert {key for key in printed if f"`{key}`" not in told} == set()


def test_what_follows_from_a_deal_stands_on_the_page(demo, page):
    [deal, *_] = json.loads(demo.run("list", "--format", "json").out)["deals"]
    written = set(json.loads(demo.run("schema", "deal").out)["properties"])
    assert {key for key in deal.keys() - written if f"`{key}`" not in page["list"]} == set()


TABLES = {
    "list": "list",
    "list members": "list members",
    "list experiments": "list experiments",
    "list questions": "list questions",
    "metrics": "metrics",
    "metrics sqd --evidence": "metrics --evidence",
    "backtest process playbook/process/v4.yaml": "backtest process",
    "history larkspur-general": "history",
}


@pytest.mark.parametrize("words", TABLES)
def test_every_column_of_a_table_stands_on_the_page(demo, words):
    text = (Path(__file__).parents[2] / "site/reference/json.md").read_text()
    [row] = [row for row in text.split("## `csv`")[1].split("\n") if row.startswith(f"| `{TABLES[words]}` |")]
    columns = demo.run(*words.split(), "--format", "csv").out.split("\n")[0].split(",")
    assert [column for column in columns if f"`{column}`" not in row and not column.startswith("worth_")] == []
