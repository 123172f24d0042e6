"""What the program writes reads alike in every program that reads YAML."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from salesops.edits.yaml_writer import render

HARD = [
    "https://x.example:80/?q=1",
    "what?, no",
    "a ?",
    "? a",
    "a?b",
    "a: b",
    "a:b",
    "a::b",
    "- a",
    "---",
    "...",
    "=",
    "<<",
]
SIGNS = st.text("a1 ?:-,#&*!|>'\"%@`{}[]/\\~=<.\t\u00e9\u00a0", min_size=1, max_size=8).filter(str.strip)


def alike(words: str) -> None:
    for data in (
        {"k": words},
        {"k": {"a": words, "b": "x"}},
        {"k": [words, "y"]},
        {"k": [{"a": words, "b": "z"}]},
        {words: "v"},
    ):
        assert yaml.load(render(data), Loader=yaml.BaseLoader) == data


@pytest.mark.parametrize("words", HARD)
def test_a_hard_text_reads_the_same_in_a_reader_of_pure_python(words):
    alike(words)


@given(SIGNS)
def test_any_text_reads_the_same_in_a_reader_of_pure_python(words):
    alike(words)
