"""JSON that is read a part at a time says what it says when it is read whole, wherever its pieces end."""

from __future__ import annotations

import io
import json

import pytest

from salesops.imports.json_parts import JsonParts

TEXT = '{"results": [1.5e3, -0.25, "a\\"]", {"b": [true, null]}, 12], "n": NaN, "e": [ ], "last": 1E-7}'


def read(text, at_once, number=None):
    """A mapping whose lists are taken entry by entry, so many characters at a time."""
    file = io.StringIO(text)
    parts, found = JsonParts(lambda _: file.read(at_once), number), {}
    for key in parts.each_key():
        found[key] = [parts.value() for _ in parts.each_entry()] if parts.is_next("[") else parts.value()
    parts.end()
    return found


@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 7, 1_000])
def test_no_number_or_text_is_cut_where_a_piece_ends(at_once):
    whole = json.loads(TEXT, parse_float=str, parse_int=str, parse_constant=str)
    assert read(TEXT, at_once, str) == whole
    assert whole["results"][:2] == ["1.5e3", "-0.25"]


@pytest.mark.parametrize(
    "text", ['{"a": 1 2}', '{"a": [1,]}', '{"a": [1 2]}', '{"a": 1.}', '{"a": [1}', '{"a": "b', "{} {}", "{1: 2}"]
)
@pytest.mark.parametrize("at_once", [1, 4, 1_000])
def test_what_is_no_json_is_refused(text, at_once):
    with pytest.raises((ValueError, TypeError)):
        read(text, at_once)
