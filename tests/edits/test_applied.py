"""A list of changes: all of it or nothing, twice is once, and no byte outside of the lines that must change."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesops.book.book import Book
from salesops.edits.applied import Applied, applied
from salesops.edits.change_list import as_list, changes_in
from salesops.records.kinds import KINDS
from salesops.records.yaml_reader import read

DEAL = """\
# A deal that somebody wrote by hand.
title: General Membership
member: acme
stages:
  - enrichment: 2026-01-05    # from the fair
  - outreach: 2026-01-12
next: {action: Call the dean, due: 2026-03-01}
links: [{kind: folder, url: https://drive.example/a}]

# what we heard
activity:
  - {date: 2026-01-15, kind: call, outcome: spoke, note: Wants a demo}
loss: {reason: price, learning: Too dear, verdict: execution, reengage: never}
"""
MEMBER = "name: Acme University\nkind: university\ncountry: US\ncontacts:\n  - {id: dean, role: Dean}\n"


def book(**texts: str) -> Book:
    """The records of some texts, such as ``deal_acme``."""
    documents = {}
    for name, text in {"deal_acme-general": DEAL, "member_acme": MEMBER, **texts}.items():
        kind, _, record_id = name.partition("_")
        document, problems = read(f"{KINDS[kind].where}/{record_id}.yaml", text.encode())
        assert document is not None, problems
        documents[kind, record_id] = document
    records = {kind: {} for kind, _ in documents}
    return Book(records, documents=documents)


def done(changes: list[dict], of: Book | None = None) -> Applied:
    wanted, problems = changes_in("list", as_list(changes).encode())
    assert problems == []
    return applied(of or book(), wanted)


def text_after(*changes: dict) -> str:
    result = done(list(changes))
    assert result.problems == ()
    (file,) = result.files
    return file.text


def codes(*changes: dict, of: Book | None = None) -> list[str]:
    result = done(list(changes), of)
    assert not (result.problems and result.files)
    return [problem.code for problem in result.problems]


CALL = {
    "log": "acme-general",
    "date": "2026-02-02",
    "kind": "call",
    "outcome": "spoke",
    "note": "Wants it in CAD, she said",
}


def test_a_call_is_one_line_and_every_other_byte_stays():
    line = '  - {date: 2026-02-02, kind: call, outcome: spoke, note: "Wants it in CAD, she said"}\n'
    assert text_after(CALL) == DEAL.replace("loss:", line + "loss:")


def test_a_call_may_bring_the_next_step():
    after = text_after({**CALL, "next": {"action": "Send the price", "due": "2026-02-06"}})
    assert 'next: {action: "Send the price", due: 2026-02-06}\n' in after
    assert "Call the dean" not in after


def test_a_move_is_one_line_and_says_what_the_process_asks_with_it():
    wanted = {
        "maniac_t.need.status": "met",
        "maniac_t.need.date": "2026-02-02",
        "maniac_t.need.note": "Their server died",
    }
    after = text_after(
        {"move": "acme-general", "to": "discovery", "date": "2026-02-02", "was": "outreach", "set": wanted}
    )
    assert "  - outreach: 2026-01-12\n  - discovery: 2026-02-02\nnext:" in after
    assert '  need: {status: met, date: 2026-02-02, note: "Their server died"}\n' in after


def test_a_new_deal_and_its_member_come_in_one_list():
    result = done(
        [
            {"new": "member", "id": "pine", "name": "Pine College", "kind": "university", "country": "CA"},
            {
                "new": "deal",
                "id": "pine-general",
                "member": "pine",
                "title": "General",
                "stage": "enrichment",
                "date": "2026-02-02",
            },
            {"log": "pine-general", "date": "2026-02-02", "kind": "note", "note": "Met at the fair"},
        ]
    )
    assert [(file.path, file.was) for file in result.files] == [
        ("members/pine.yaml", None),
        ("deals/pine-general.yaml", None),
    ]
    assert result.files[1].text == (
        "title: General\nmember: pine\nstages:\n  - enrichment: 2026-02-02\nactivity:\n"
        '  - {date: 2026-02-02, kind: note, note: "Met at the fair"}\n'
    )


@pytest.mark.parametrize("kind", ["rates", "corrections"])
def test_a_list_that_one_file_holds_begins_with_its_first_entry(kind):
    entry = {"date": "2026-02-02"}
    result = done([{"new": kind, "id": kind, kind: [entry]}])
    assert [file.path for file in result.files] == [f"playbook/{kind}.yaml"]


def test_fields_are_set_cleared_and_added_to():
    after = text_after(
        {"set": "acme-general", "fields": {"next.due": "2026-03-08"}, "was": {"next.due": "2026-03-01"}},
        {"clear": "acme-general", "fields": ["loss.reengage"]},
        {"add": "acme-general", "to": "links", "entry": {"kind": "notes", "url": "https://drive.example/b"}},
    )
    assert "next: {action: Call the dean, due: 2026-03-08}\n" in after
    assert "verdict: execution}" in after
    assert (
        'links: [{kind: folder, url: https://drive.example/a}, {kind: notes, url: "https://drive.example/b"}]' in after
    )


def test_a_second_loss_makes_a_list_and_the_first_one_stays():
    after = text_after({"add": "acme-general", "to": "loss", "entry": {"reason": "timing", "learning": "Too late"}})
    document, _ = read("a.yaml", after.encode())
    assert [entry["reason"] for entry in document.data["loss"]] == ["price", "timing"]
    assert document.data["loss"][0]["learning"] == "Too dear"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"set": "nobody", "fields": {"title": "A"}}, "change-record-unknown"),
        ({"log": "acme", "date": "2026-02-02", "kind": "note"}, "change-record-unknown"),
        ({"set": "teaching", "kind": "hypothesis", "fields": {"claim": "A"}}, "change-unclear"),
        ({"set": "teaching", "kind": "icp", "fields": {"claim": "A"}}, "change-record-unknown"),
        ({"new": "dael", "id": "a"}, "change-unclear"),
        ({"new": "deal", "id": "acme-general", "title": "Another"}, "change-id-taken"),
        ({"new": "deal", "id": "acme", "title": "Another"}, "change-id-taken"),
        ({"move": "acme-general", "to": "discovery", "date": "2026-02-02", "was": "proposal"}, "change-grown-old"),
        (
            {"move": "acme-general", "to": "discovery", "date": "2026-02-02", "set": {"next.due": "2026-04-01"}},
            "change-grown-old",
        ),
        ({"set": "acme-general", "fields": {"title": "A"}, "was": {"title": "Premier"}}, "change-grown-old"),
        ({"set": "acme-general", "fields": {"title": "A"}, "was": {"owner": "jim"}}, "change-grown-old"),
        (
            {"clear": "acme-general", "fields": ["next"], "was": {"next": {"action": "Write", "due": "2026-03-01"}}},
            "change-grown-old",
        ),
        ({"clear": "acme-general", "fields": ["links.0"]}, "change-impossible"),
        ({"add": "acme-general", "to": "title", "entry": "A"}, "change-impossible"),
        ({**CALL, "next": {"action": "A", "due": "2026-03-01"}, "was": {}}, "change-grown-old"),
    ],
)
def test_what_cannot_be_done_refuses_the_whole_list(change, code):
    assert codes(CALL if change.get("log") != "acme-general" else {**CALL, "note": "A"}, change) == [code]


def again(first: dict, second: dict) -> list[str]:
    """The codes where a second list comes after a first one."""
    (file,) = done([first]).files
    return codes(second, of=book(**{"deal_acme-general": file.text}))


def test_what_comes_with_a_line_that_is_there_is_never_lost_in_silence():
    first = {**CALL, "next": {"action": "Call", "due": "2026-03-08"}}
    assert again(first, first) == []
    assert again(first, {**CALL, "next": {"action": "Write", "due": "2026-03-09"}}) == ["change-grown-old"]
    moved = {
        "move": "acme-general",
        "to": "discovery",
        "date": "2026-02-02",
        "set": {"proposal.requested": "2026-02-01"},
    }
    assert again(moved, moved) == []
    assert again(moved, {**moved, "set": {"proposal.requested": "2026-02-02"}}) == ["change-grown-old"]
    assert again(moved, {**moved, "set": {"x.vpat": "done"}}) == ["change-grown-old"]


def test_one_of_two_equal_comments_is_not_lost_either():
    deal = DEAL.replace(
        "next: {action: Call the dean, due: 2026-03-01}", "next:\n  action: Call\n  # from the fair\n  due: 2026-03-01"
    )
    assert codes({"clear": "acme-general", "fields": ["next"]}, of=book(**{"deal_acme-general": deal})) == [
        "change-impossible"
    ]


def test_a_file_that_there_is_once_goes_by_its_kind():
    (file,) = done([{"new": "rates", "id": "other", "rates": []}]).files
    assert file.path == "playbook/rates.yaml"
    there = book(rates_rates="rates:\n  - {date: 2026-01-02}\n")
    assert codes({"new": "rates", "id": "other", "rates": [{"date": "2026-01-03"}]}, of=there) == ["change-id-taken"]


def test_two_words_on_one_field_are_refused_for_the_second_time_would_undo_them():
    first = {"set": "acme-general", "fields": {"next.due": "2026-03-08"}}
    assert codes(first, {"set": "acme-general", "fields": {"next": {"action": "A", "due": "2026-03-09"}}}) == [
        "change-twice"
    ]


def test_a_list_that_would_change_more_each_time_is_refused():
    cleared = {"clear": "acme-general", "fields": ["links.1.kind"]}
    another = {"add": "acme-general", "to": "links", "entry": {"kind": "notes", "url": "https://drive.example/b"}}
    assert codes(cleared, another) == ["change-twice"]


def test_a_comment_that_would_be_lost_refuses_the_change_and_else_it_stays():
    deal = DEAL.replace(
        "next: {action: Call the dean, due: 2026-03-01}",
        "next:\n  action: Call\n  # her mobile, not the office\n  due: 2026-03-01",
    )
    written = book(**{"deal_acme-general": deal})
    assert codes({"clear": "acme-general", "fields": ["next"]}, of=written) == ["change-impossible"]
    step = {"action": "Write, then call", "due": "2026-04-01"}
    (file,) = done([{"set": "acme-general", "fields": {"next": step}}], written).files
    assert 'next:\n  action: "Write, then call"\n  # her mobile, not the office\n  due: 2026-04-01\n' in file.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not-a-record"),
        ("[1]", "not-a-record"),
        ("salesops: 2\nchanges: []\n", "not-a-choice"),
        ("salesops: 1\nchange: []\n", "unknown-key"),
        ("salesops: 1\nchanges: [{logged: a}]\n", "change-unclear"),
        ("salesops: 1\nchanges: [a]\n", "change-unclear"),
        ("salesops: 1\nchanges: [{log: a, date: 2026-02-30, kind: call}]\n", "not-a-date"),
        ("salesops: 1\nchanges: [{log: a, date: 2026-02-02, kind: calll}]\n", "not-a-choice"),
        ("salesops: 1\nchanges: [{move: a, to: b}]\n", "field-missing"),
        ("salesops: 1\nchanges: [{set: a, fields: {b: c}, waz: {}}]\n", "unknown-key"),
        ("salesops: 1\nchanges: [{new: deal}]\n", "field-missing"),
        ('salesops: 1\nchanges: [{add: a, to: b, entry: "?"}]\n', ""),
        ("salesops: 1\nchanges:\n  - {log: a, date: 2026-02-02, kind: note, note: b, c d}\n", "text-cut-by-comma"),
        ("salesops: 1\nchanges: &a [*a]\n", "anchor"),
        ("salesops: 1\nchanges: [" + "{log: a, date: 2026-02-02, kind: note}, " * 2_001 + "]\n", "too-many-problems"),
        ("x" * (256 * 1024 + 1), "file-too-large"),
    ],
)
def test_a_list_that_is_none_says_where_and_why(text, code):
    wanted, problems = changes_in("list", text.encode())
    if not code:
        assert wanted
        return
    assert not wanted or problems
    assert any(code in problem.code or problem.code == code for problem in problems), problems
    assert all(problem.place.path == "list" for problem in problems)


def test_a_list_in_json_is_the_same_list():
    wanted, problems = changes_in("list", json.dumps({"salesops": 1, "changes": [CALL]}).encode())
    assert problems == []
    assert applied(book(), wanted) == done([CALL])


# ── whatever the list ─────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from(
    ["a", "a, b", "it's: so", "# no", "two\nlines", '"', "{x}", "- a", "é 🙂", "?!", "x" * 300, " a "]
)
DAYS = st.integers(0, 400).map(lambda days: str(date(2026, 1, 1) + timedelta(days=days)))
ID = st.sampled_from(["acme-general", "acme-general", "acme-general", "pine-general", "nobody"])
STAGE = st.sampled_from(["enrichment", "outreach", "discovery", "proposal"])
PATH = st.sampled_from(
    [
        "title",
        "next.due",
        "next.action",
        "value.mrr",
        "maniac_t.need.note",
        "x.vpat",
        "links.0.kind",
        "links.7.kind",
        "next",
    ]
)
CHANGES = st.one_of(
    st.builds(lambda record, day, words: {"log": record, "date": day, "kind": "note", "note": words}, ID, DAYS, WORDS),
    st.builds(lambda record, to, day: {"move": record, "to": to, "date": day}, ID, STAGE, DAYS),
    st.builds(lambda record, to, day, was: {"move": record, "to": to, "date": day, "was": was}, ID, STAGE, DAYS, STAGE),
    st.builds(lambda record, path, words: {"set": record, "fields": {path: words}}, ID, PATH, WORDS),
    st.builds(lambda record, path: {"clear": record, "fields": [path]}, ID, PATH),
    st.builds(lambda record, words: {"add": record, "to": "links", "entry": {"kind": words, "url": "u"}}, ID, WORDS),
    st.builds(
        lambda words, day: {"new": "deal", "id": "pine-general", "title": words, "stage": "enrichment", "date": day},
        WORDS,
        DAYS,
    ),
)


def _holds(changes: list[dict]) -> None:
    first = done(changes)
    if first.problems:
        assert first.files == ()
        return
    after = {"deal_acme-general": DEAL} | {f"deal_{file.path[6:-5]}": file.text for file in first.files}
    again = done(changes, book(**after))
    assert again.files == (), "the same list twice changes nothing"
    for file in first.files:
        gone = set(DEAL.split("\n")) - set(file.text.split("\n")) if file.was else set()
        assert not {line for line in gone if line.lstrip().startswith("#") or "from the fair" in line}


@settings(max_examples=200)
@given(st.lists(CHANGES, min_size=1, max_size=5))
def test_whatever_the_list_it_is_done_as_a_whole_or_not_and_twice_is_once(changes):
    _holds(changes)


@pytest.mark.long
@settings(max_examples=20_000)
@given(st.lists(CHANGES, min_size=1, max_size=8))
def test_twenty_thousand_lists_are_done_as_a_whole_or_not_and_twice_is_once(changes):
    _holds(changes)
