"""Many versions of one file, read quickly: each says exactly what it says when it is read alone."""

from __future__ import annotations

import json
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesops.records import yaml_reader as documents
from salesops.store import record_histories as versions
from salesops.store.record_histories import LARGEST, VersionReader

PATH = "deals/acme.yaml"
DEAL = """\
# Acme, since the fair
title: General Membership
member: acme
stages:
- enrichment: 2026-01-05
- outreach: 2026-01-12
value: {mrr: 1250 USD,
  months: 12}
next: {action: Call the dean, due: 2026-02-01}   # she is back in February
win:
  learning: |
    They asked twice.

    title: not a key
"""

# What people and programs write, and what they should not: each may follow each.
BLOCKS = [
    "title: Acme\n",
    "title : Acme\n",
    "title:  Acme # and a comment\n",
    "title:\n",
    "title: ~\n",
    "title: |\n  two\n  lines\n",
    "title: |+\n  kept\n\n\n",
    "title: >-\n  folded\n  text\n# a remark at the margin\n",
    "title: folded over\n  two lines\n",
    'title: "over\n  two lines"\n',
    'title: "over\nowner: two lines"\n',
    "title: 'over\nowner: two lines'\n",
    'title: "never closed\n',
    "title: {a: 1,\nowner: 2}\n",
    "title: [a,\nowner]\n",
    "title: [a,\n  b]\n",
    "title: &a Acme\n",
    "title: *a\n",
    "title: !!str Acme\n",
    "title: !x {a: 1}\n",
    "title: {a: 1, a: 2}\n",
    "title: {<<: {a: 1}}\n",
    "title: text #1 and more\n",
    "title: a\u2028b\n",
    "title: a\x85b\n",
    "title: a\x00b\n",
    "title: a\rb: 1\n",
    "title: a: b\n",
    "title: [a, b\n",
    "title: \u00e9t\u00e9\n",
    "title: ================\n",
    "title:1: odd\n",
    "title\n",
    "owner: jim\n",
    "owner: april\n",
    "owner:\n- jim\n- april\n",
    "owner:\n  - {name: jim}\n  # inside\n\n  - {name: april}\n",
    "owner:\n  name: jim\n  title: lead\n",
    "owner: {name: jim, title: lead}\n",
    "owner: 2}\n",
    'owner: two lines"\n',
    "stages:\n- enrichment: 2026-01-05\n- outreach: 2026-01-12\n",
    "stages:\n- enrichment: 2026-01-05\n\n- outreach: 2026-01-12\n\n",
    "_x: 1\n",
    '"title": quoted\n',
    "'owner': quoted\n",
    '"owner": ~\n',
    "? title\n: complex\n",
    "? [a, b]\n: complex\n",
    "1: a number\n",
    "-x: a dash\n",
    "- a list\n",
    "\u3000: a wide blank\n",
    "\xa0owner: a hard blank\n",
    "\u00e9: an accent\n",
    "{title: flow}\n",
    "---\n",
    "--- \n",
    "...\n",
    "%YAML 1.1\n",
    "<<: {a: 1}\n",
    "<<<<<<< ours\n",
    "=======\n",
    ">>>>>>> theirs\n",
    "# a remark\n",
    "  # a remark further in\n",
    "# an unseen mark \u200b in a remark\n",
    "\n",
    "   \n",
    "\t\n",
    "\u3000\n",
    "\ufeff",
    "no key at all\n",
    " owner: further in\n",
]

texts = st.lists(st.sampled_from(BLOCKS), max_size=6).map("".join)
endings = st.sampled_from([lambda text: text, lambda text: text.replace("\n", "\r\n"), lambda text: text.rstrip("\n")])
raws = st.builds(lambda text, ending: ending(text).encode("utf-8", "surrogatepass"), texts, endings)


def alone(raw: bytes):
    """What a version says when it is the only one that is read."""
    document, _ = documents.read(PATH, raw)
    return document.data if document else None


def same(*raw: bytes) -> None:
    reader = VersionReader(PATH)
    for one in raw:
        assert reader.data(one) == alone(one), [each.decode("utf-8", "replace") for each in raw]


@given(st.lists(raws, min_size=1, max_size=5))
@example([b'title: "over\nowner: two lines"\n', b'title: "over\nowner: 3 lines"\n'])
@example([b"title: {a: 1,\nowner: 2}\n", b"title: {a: 1,\nowner: 3}\n"])
@example([b"title: Acme\nowner: jim\n", b"# an unseen mark \xe2\x80\xa8 in a remark\ntitle: Acme\nowner: jim\n"])
@example([b'title: Acme\n"owner": jim\n', b'title: Acme\n"owner": jim\nmember: acme\n'])
@example([b'title: Acme\n"owner": ~\n', b'title: Acme\n"owner": ~\nowner: jim\n'])
@example([b"title: Acme\n-x: 1\n", b"title: Acme\n-x: 1\nowner: jim\n"])
@example([b"title: Acme\n", b"title:\ntitle: Acme\n"])
@example([b"title: Acme\n", b"\xe3\x80\x80\ntitle: Acme\n"])
def test_each_version_says_what_it_says_when_it_is_read_alone(raw):
    same(*raw)


@given(st.lists(st.tuples(st.integers(0, len(DEAL)), st.integers(0, 30), st.sampled_from(["", *BLOCKS])), max_size=6))
def test_a_file_that_is_edited_here_and_there(edits):
    versions_of_it, text = [DEAL.encode()], DEAL
    for start, length, put in edits:
        text = text[:start] + put + text[start + length :]
        versions_of_it.append(text.encode("utf-8", "surrogatepass"))
    same(*versions_of_it, *versions_of_it)


@given(st.lists(st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=60)))
def test_any_bytes_at_all(raw):
    same(DEAL.encode(), *raw, DEAL.encode())


def test_the_hostile_collection(hostile):
    cases = [
        (hostile / "cases" / f"{case['id']}.yaml").read_bytes()
        for case in json.loads((hostile / "index.json").read_text())
    ]
    assert len(cases) > 70
    same(*cases)
    for raw in cases:
        same(DEAL.encode(), raw, DEAL.encode(), DEAL.encode() + raw, raw + DEAL.encode())


@pytest.mark.parametrize("inner", ["- a\n", "- {a: b, c: d}\n", "- [[[[]]]]\n"])
def test_what_is_too_large_as_a_whole_is_refused_though_no_part_of_it_is(inner):
    half = "".join(f"{inner}" for _ in range(12_000))
    both = f"title:\n{half}owner:\n{half}".encode()
    same(f"title:\n{half}".encode(), f"owner:\n{half}".encode(), both)
    assert len(both) > LARGEST


def test_a_file_too_large_to_be_read_says_nothing():
    assert VersionReader(PATH).data(10_000_000) is None


def test_what_did_not_change_is_not_read_again():
    reader = VersionReader(PATH)
    with mock.patch.object(versions, "read", wraps=documents.read) as read:
        for _ in range(10):
            reader.data(DEAL.encode())
        assert read.call_count == 1, "the same text"
        reader.data(DEAL.replace("months: 12", "months: 24").encode())
        assert read.call_count == 2, "one field"
        (_, block), _ = read.call_args
        assert block == b"value: {mrr: 1250 USD,\n  months: 24}\n"
        reader.data(DEAL.replace("months: 12", "months: 24").encode())
        reader.data(DEAL.encode())
        assert read.call_count == 2, "back and forth"
