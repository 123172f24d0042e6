"""An edit changes the lines that it must: comments, quotes, blank lines, line ends and odd indents of the others stay."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.edits.edit import (
    CannotEdit,
    append_item,
    comments,
    insert_item,
    insert_lines,
    item_lines,
    key_starts,
    remove_item,
    remove_key,
    rename_key,
    set_key,
    set_scalar,
)
from salesops.records.deal import Deal
from salesops.records.model_fields import keyed_fields
from salesops.records.money import money_from_text
from salesops.records.yaml_reader import UNSEEN, read

DEAL = """\
# The big one
title: General Membership  # in their words
owner: "jim"
parked:
stages:
- enrichment: 2026-01-05 # the first
# they answered
- outreach: 2026-01-19

value: {mrr: 1250 USD, months: 12}   # a guess
jobs: [Teach, Learn]
signals: [
  course,  # in the fall
  grant    # maybe
]
activity:
    -   {date: 2026-01-20, kind: email}   # no answer
    # then they called
    -   {date: 2026-02-02, kind: call}
contacts:
  - id: a-smith
    role: Dean
  -
    id: b-jones
    role: Provost
links: []
note: |
  Two lines
  of text

'the team''s': {a: , b: "1", c: 'x'}
"""


def values(text: str) -> dict:
    document, problems = read("a.yaml", text.encode())
    assert problems == []
    return document.data


def changed(before: str, after: str) -> list[str]:
    """What a diff shows, without the lines around it."""
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(
    ("edit", "difference"),
    [
        (lambda t: set_scalar(t, ("title",), "Premier: 2"), ["-title: General Membership  # in their words", '+title: "Premier: 2"  # in their words']),
        (lambda t: set_scalar(t, ("owner",), "april"), ['-owner: "jim"', '+owner: "april"']),
        (lambda t: set_scalar(t, ("parked",), "x"), ["-parked:", "+parked: x"]),
        (lambda t: set_scalar(t, ("value", "mrr"), money_from_text("1400 USD")), ["-value: {mrr: 1250 USD, months: 12}   # a guess", "+value: {mrr: 1400 USD, months: 12}   # a guess"]),
        (lambda t: set_scalar(t, ("stages", 0, "enrichment"), "2026-01-06"), ["-- enrichment: 2026-01-05 # the first", "+- enrichment: 2026-01-06 # the first"]),
        (lambda t: set_scalar(t, ("the team's", "c"), "it's"), ["-'the team''s': {a: , b: \"1\", c: 'x'}", "+'the team''s': {a: , b: \"1\", c: 'it''s'}"]),
        (lambda t: set_scalar(t, ("note",), "One"), ["-note: |", "-  Two lines", "-  of text", "+note: One"]),
        (lambda t: rename_key(t, ("stages", 1, "outreach"), "closed lost"), ["-- outreach: 2026-01-19", "+- closed lost: 2026-01-19"]),
        (lambda t: append_item(t, ("stages",), {"discovery": "2026-02-02"}), ["+- discovery: 2026-02-02"]),
        (lambda t: insert_item(t, ("stages",), 1, {"discovery": "2026-01-10"}), ["+- discovery: 2026-01-10"]),
        (lambda t: append_item(t, ("activity",), {"date": "2026-02-03", "kind": "call"}), ["+    -   {date: 2026-02-03, kind: call}"]),
        (lambda t: append_item(t, ("contacts",), {"id": "c", "role": "CIO"}), ["+  - id: c", "+    role: CIO"]),
        (lambda t: append_item(t, ("parked",), {"since": "2026-01-01", "why": "x"}), ["+  - {since: 2026-01-01, why: x}"]),
        (lambda t: append_item(t, ("links",), {"kind": "notes", "url": "https://a.example"}), ["-links: []", "+links: [{kind: notes, url: https://a.example}]"]),
        (lambda t: append_item(t, ("jobs",), "Ask, then teach"), ["-jobs: [Teach, Learn]", '+jobs: [Teach, Learn, "Ask, then teach"]']),
        (lambda t: insert_item(t, ("jobs",), 0, "Ask"), ["-jobs: [Teach, Learn]", "+jobs: [Ask, Teach, Learn]"]),
        (lambda t: append_item(t, ("signals",), "dean"), ["-  grant    # maybe", "+  grant,    # maybe", "+  dean"]),
        (lambda t: append_item(t, ("new",), "x"), ["+new: [x]"]),
        (lambda t: remove_item(t, ("signals", 0)), ["-  course,  # in the fall"]),
        (lambda t: remove_item(t, ("jobs", 1)), ["-jobs: [Teach, Learn]", "+jobs: [Teach]"]),
        (lambda t: remove_item(t, ("stages", 1)), ["-- outreach: 2026-01-19"]),
        (lambda t: remove_item(t, ("contacts", 0)), ["-  - id: a-smith", "-    role: Dean"]),
        (lambda t: remove_key(t, ("contacts", 0, "id")), ["-  - id: a-smith", "-    role: Dean", "+  - role: Dean"]),
        (lambda t: remove_key(t, ("value", "mrr")), ["-value: {mrr: 1250 USD, months: 12}   # a guess", "+value: {months: 12}   # a guess"]),
        (lambda t: remove_key(t, ("note",)), ["-note: |", "-  Two lines", "-  of text"]),
        (lambda t: set_key(t, ("value", "one_off"), "1 USD"), ["-value: {mrr: 1250 USD, months: 12}   # a guess", "+value: {mrr: 1250 USD, months: 12, one_off: 1 USD}   # a guess"]),
        (lambda t: set_key(t, ("links",), None), ["-links: []", "+links: null"]),
        (lambda t: set_key(t, ("jobs",), "Teach"), ["-jobs: [Teach, Learn]", "+jobs: Teach"]),
        (lambda t: set_key(t, ("note",), ["a"]), ["-note: |", "-  Two lines", "-  of text", "+note: [a]"]),
        (lambda t: set_key(t, ("contacts", 1, "role"), "Rector"), ["-    role: Provost", "+    role: Rector"]),
        (lambda t: set_key(t, ("contacts", 1, "decides"), True), ["+    decides: true"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_an_edit_shows_in_the_difference_as_the_lines_it_is_about(edit, difference, ends):
    text = DEAL.replace("\n", ends)
    expected = [line + ends.removesuffix("\n") for line in difference]
    assert changed(text, edit(text)) == expected


def test_the_last_line_may_lack_its_end():
    text = "title: A\nstages:\n  - enrichment: 2026-01-05"
    longer = append_item(text, ("stages",), {"outreach": "2026-01-19"})
    assert longer == text + "\n  - outreach: 2026-01-19"
    assert remove_item(longer, ("stages", 1)) == text
    assert set_key(text, ("owner",), "jim") == text + "\nowner: jim"


def test_a_new_key_stands_where_the_reference_has_it():
    order = [key for key, _ in keyed_fields(Deal)]
    text = "title: A\nowner: jim\nstages:\n  - enrichment: 2026-01-05\n\nactivity: []\nx: {a: b}\n"
    assert changed(text, set_key(text, ("value", "mrr"), "1 USD", order)) == ["+value: {mrr: 1 USD}"]
    assert list(values(set_key(text, ("value", "mrr"), "1 USD", order))) == [
        "title",
        "owner",
        "stages",
        "value",
        "activity",
        "x",
    ]
    assert list(values(set_key(text, ("links",), [], order))) == ["title", "owner", "stages", "activity", "links", "x"]
    assert list(values(set_key("owner: jim\n", ("title",), "A", order))) == ["title", "owner"]


def test_a_list_whose_last_entry_goes_is_an_empty_list():
    assert remove_item("parked:\n  - {since: 2026-01-01}  # gone\nx: {}\n", ("parked", 0)) == "parked: []\nx: {}\n"
    assert remove_item("jobs: [a]\n", ("jobs", 0)) == "jobs: []\n"


@pytest.mark.parametrize(
    "edit",
    [
        lambda: set_scalar("title: A\n", ("owner",), "jim"),
        lambda: set_scalar("x: {a: b}\n", ("x",), "jim"),
        lambda: set_scalar("title: A\n", ("title",), "a\u202eb"),
        lambda: set_scalar("title: A\n", ("title",), "a\ud800"),
        lambda: rename_key("a: 1\nb: 2\n", ("a",), "b"),
        lambda: rename_key("a:\nb: 2\n", ("b",), "a"),
        lambda: rename_key("a: [x]\n", ("a", 0), "b"),
        lambda: append_item("title: A\n", ("title",), "b"),
        lambda: insert_item("a: [x]\n", ("a",), 2, "y"),
        lambda: remove_item("a: [x]\n", ("a", 1)),
        lambda: remove_item("a: {b: c}\n", ("a", "b")),
        lambda: remove_key("a: [x]\n", ("a", 0)),
        lambda: remove_key("a: b\n", ("a",)),
        lambda: remove_key("a: b\n", ()),
        lambda: set_key("a: [x]\n", ("a", 3, "b"), "c"),
        lambda: set_key("a: [x]\n", ("a", "b"), "c"),
        lambda: set_key("a: b\n", ("a", "b"), "c"),
        lambda: set_key("[a]\n", ("a",), "c"),
        lambda: set_key("", ("a",), "c"),
        lambda: set_key("a: *b\n", ("a",), "c"),
        lambda: set_key("a: 1\na: 2\n", ("b",), "c"),
        lambda: set_key("a: 1\n<<<<<<< HEAD\n", ("a",), "c"),
        lambda: set_key("? a\n: b\n", ("a",), ["c"]),
        lambda: remove_item("a:\n  - - x\n    - y\n", ("a", 0, 0)) and remove_key("a: [{b: c,\n  # d\n  e: f}]\n", ("a", 0, "b")),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_a_sentence(edit):
    with pytest.raises(CannotEdit) as refusal:
        edit()
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) > 10


def test_the_comments_of_a_file_are_those_outside_of_its_texts():
    assert comments(DEAL) == [
        "# The big one", "# in their words", "# the first", "# they answered", "# a guess", "# in the fall", "# maybe",
        "# no answer", "# then they called",
    ]  # fmt: skip
    assert comments('a: "x # y"\nb: |\n  # text\nc: d#e\n') == []


def test_the_lines_of_an_entry_carry_over_to_another_list():
    lines = item_lines(DEAL, ("activity", 1))
    assert lines == ["    # then they called", "    -   {date: 2026-02-02, kind: call}"]
    text = "activity:\n  - {date: 2026-01-20, kind: email}\n"
    assert insert_lines(text, ("activity",), 1, lines, {"date": "2026-02-02", "kind": "call"}) == (
        text + "  # then they called\n  -   {date: 2026-02-02, kind: call}\n"
    )
    with pytest.raises(CannotEdit):
        insert_lines(text, ("activity",), 1, lines, {"date": "2026-02-02", "kind": "email"})
    assert item_lines("jobs: [a]\n", ("jobs", 0)) == []


def test_the_keys_of_a_file_and_where_they_begin():
    assert key_starts("# x\na: 1\n'b c':\n  d: 2\n") == {"a": 4, "b c": 9}
    assert key_starts("{a: b}\n") == {}


# ── many layouts ──────────────────────────────────────────────────────────────────────────────────────────────────────

words = st.one_of(
    st.sampled_from(["2026-02-09", "1250 USD", "no", "null", "a: b", "x, y", "[a", "- a", "it's", 'say "hi"', "# a", "", " "]),
    st.text(alphabet="ab :,#-{}[]'\"\\é\n", min_size=1, max_size=12),
    st.text(min_size=1, max_size=20),
).filter(lambda text: not UNSEEN.search(text))  # fmt: skip
LAYOUTS = [
    ("{k}: old", ()),
    ("{k}:    old   # why", ()),
    ("# above\n{k}: old\n\n# below", ()),
    ("'{k}' : old", ()),
    ("{k}: {{a: old, b: [x, y]}}  # c", ("a",)),
    ("{k}: {{a: [x, old], b: }}", ("a", 1)),
    ("{k}: {{\n    a: x,  # one\n  b: old   # two\n  }}", ("b",)),
    ("{k}:\n- old # x\n- y", (0,)),
    ("{k}:\n   -  x\n   # between\n   -  old", (1,)),
    ("{k}:\n  - {{date: old, kind: call}}\n  - {{date: y}}  # trail", (0, "date")),
    ("{k}:\n  - date: x\n    kind: old\n\n  -\n    date: y", (0, "kind")),
    ("{k}:\n     a:\n       b: old\n     c: |\n       old\n\n     d: [\n  x]", ("a", "b")),
    ("{k}:\n  - enrichment: old", (0, "enrichment")),
    ("{k}:\n  - - x\n    - old", (0, 1)),
    ("{k}:\n  nothing:\n  a: old", ("a",)),
]


@st.composite
def files(draw):
    """A text of several layouts, the path of an old value in each, and the line ends."""
    chosen = draw(st.lists(st.sampled_from(LAYOUTS), min_size=1, max_size=5))
    text = "\n".join(layout.format(k=f"k{at}") for at, (layout, _) in enumerate(chosen))
    text = draw(st.sampled_from(["", "---\n", "# head\n\n"])) + text + draw(st.sampled_from(["", "\n", "\n\n# end\n"]))
    at = draw(st.integers(0, len(chosen) - 1))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))), (f"k{at}", *chosen[at][1])


@given(files(), words)
def test_another_value_leaves_every_other_line_as_it_is_and_the_old_one_brings_the_old_bytes_back(file, value):
    text, path = file
    after = set_scalar(text, path, value)
    was, now = text.split("\n"), after.split("\n")
    assert len(was) == len(now)
    assert sum(one != other for one, other in zip(was, now, strict=True)) == (value != "old")
    assert set_scalar(after, path, "old") == text


@given(files(), words)
def test_a_new_key_and_its_removal_leave_the_bytes_as_they_were(file, value):
    text, path = file
    after = set_key(text, ("fresh",), value)
    assert values(after) == values(text) | {"fresh": value}
    assert remove_key(after, ("fresh",)) == text
    assert all(line in after.split("\n") or line + "\r" in after.split("\n") for line in text.split("\n"))
    assert path[0] in key_starts(after)


@given(
    files(), st.one_of(words, st.dictionaries(st.sampled_from(["date", "kind", "a b"]), words, min_size=1)), st.data()
)
def test_a_new_entry_and_its_removal_leave_the_bytes_as_they_were(file, value, data):
    text, path = file
    held = values(text)[path[0]]
    if not isinstance(held, list):
        return
    at = data.draw(st.integers(0, len(held)))
    after = insert_item(text, path[:1], at, value)
    assert values(after)[path[0]] == [*held[:at], value, *held[at:]]
    assert remove_item(after, (path[0], at)) == text


@given(files(), st.text(min_size=1, max_size=8).filter(lambda text: not UNSEEN.search(text)))
def test_a_key_takes_another_name_in_its_own_line_only(file, name):
    text, path = file
    if name in values(text):
        return
    after = rename_key(text, path[:1], name)
    assert sum(one != other for one, other in zip(text.split("\n"), after.split("\n"), strict=True)) == 1


@given(st.text(alphabet="ab:-{}[],'\"#| \n", max_size=40), words)
def test_whatever_the_text_an_edit_gives_a_text_or_a_refusal(text, value):
    for edit in (set_key, append_item):
        try:
            after = edit(text, ("a",), value)
        except CannotEdit:
            continue
        assert values(after)["a"] in (value, [value]) or values(after)["a"][-1] == value
