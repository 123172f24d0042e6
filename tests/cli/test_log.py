"""``salesops log``: a call is one command, and its words come back letter by letter."""

from __future__ import annotations

import re
import sys

import pytest
from gitting import Git
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from terminal import typed

from salesops.records.yaml_reader import UNSEEN, read

HARD = [
    "Costs $5,000 a year, she said", "Dean said: call back", "it's", '"quoted"', "# no comment", "a #b", "[x]", "{y}", "- dash",
    "yes", "null", "~", "&a", "*a", "!t", "%", "@", "`", "|", ">", "?", "a: b, c: d", "two\nlines", "tab\there", "trailing ", " leading",
    "é 東京 🙂", "\\n", "\\", "…and so on", "2026-11-20", "1,200 USD", "x" * 3_000,
]  # fmt: skip


@pytest.fixture
def crm(repo):
    repo.deal("activity:\n  - {date: 2026-01-06, kind: note, note: Begun}\n")
    return repo


def notes(repo) -> list[str | None]:
    document, problems = read("deals/acme.yaml", (repo.root / "deals/acme.yaml").read_bytes())
    assert problems == []
    return [entry.get("note") for entry in document.data["activity"][1:]]


def last(repo) -> str:
    return (repo.root / "deals/acme.yaml").read_text(encoding="utf-8").split("activity:\n")[1].splitlines()[1]


def test_a_call_is_one_line_and_the_next_step(crm):
    ran = crm.run(
        "log", "acme", "call", "Wants it in CAD, and a letter", "--with", "smith", "--next", "Send both", "tue"
    )
    assert ran.code == 0
    line = '  - {date: 2026-01-06, kind: note, note: Begun}\n  - {date: 2026-11-20, kind: call, outcome: spoke, with: [a-smith], note: "Wants it in CAD, and a letter"}\n'
    assert line in (crm.root / "deals/acme.yaml").read_text()
    assert 'next: {action: "Send both", due: 2026-11-24}' in (crm.root / "deals/acme.yaml").read_text()
    assert "next: Send both by 24 November" in ran.out
    assert ran.err == "tue: Tuesday 2026-11-24\n"


def test_a_step_that_was_somebody_elses_is_told_to_be_the_owners_now(crm):
    crm.deal("next: {action: Send the price, due: 2026-11-27, owner: april}\n")
    ran = crm.run("log", "acme", "note", "Sent it", "--next", "Call them", "tue")
    assert "next: Call them by 24 November (Jim, was April)" in ran.out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["call", "--outcome", "voice"], "  - {date: 2026-11-20, kind: call, outcome: voicemail}"),
        (["em", "--replied", "yesterday", "--date", "mon"], "  - {date: 2026-11-16, kind: email, replied: 2026-11-19}"),
        (["note", "Heard it"], '  - {date: 2026-11-20, kind: note, note: "Heard it"}'),
        (
            ["Meeting", "--about", "disc", "--date", "3 dec 2026"],
            "  - {date: 2026-12-03, kind: meeting, about: discovery, status: scheduled}",
        ),
        (
            ["meeting", "--about", "other", "--status", "no"],
            "  - {date: 2026-11-20, kind: meeting, about: other, status: no-show}",
        ),
        (["event", "--channel", "conference"], "  - {date: 2026-11-20, kind: event, channel: conference}"),
    ],
)
def test_what_happened_is_said_in_few_words(crm, words, line):
    assert crm.run("log", "acme", *words).code == 0
    assert last(crm) == line


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["acme", "call"], 1, "--outcome spoke|voicemail|no answer    what came of it?"),
        (["acme", "meeting"], 1, "--about discovery|proposal|renewal|other    what was it about?"),
        (["acme", "meeting", "--about", "other"], 1, "--status held|scheduled|cancelled|no-show    did it take place?"),
        (["nobody", "note", "A"], 2, "there is no deal 'nobody'"),
        (["acme", "visit"], 2, "KIND: 'visit' is none of: email, call, meeting, event, note"),
        (["acme", "e", "A"], 2, "KIND: 'e' is more than one of: email, event"),
        (["acme", "note", "A", "--date", "3/4"], 2, "'3/4' is 4 mar or 3 apr"),
        (["acme", "note", "A", "--next", "Call"], 2, "by when? Write the day at the end"),
        (["acme", "note", "A", "fri"], 2, "'fri' is the day of no next step"),
        (["acme", "note", "A", "--next", "Call, fri", "tue"], 2, "'Call, fri' ends with a day, and 'tue' is another"),
        (["acme", "note", "not \udcff UTF-8"], 2, "WORDS: U+DCFF, which stands for the byte 0xFF"),
        (["acme", "note", "A", "--channel", "a\x1b[31mb"], 2, "--channel: U+001B, an invisible character"),
        (["acme", "note", "A", "--outcome", "spoke"], 2, "--outcome says something of a call only"),
        (["acme", "email", "A", "--about", "other"], 2, "--about says something of a meeting only"),
        (["acme", "note", "A", "--with", "nobody"], 2, "the member has no contact 'nobody'"),
        (["acme", "note", "…"], 1, "(placeholder-left)"),
        (["acme", "note", "A", "--with", "Head of IT"], 2, "salesops set cascadia-university contacts +head-of-it"),
        (["acme", "note", "A", "--date", "2027-01-01"], 1, "2027-01-01 is still to come"),
        (["acme", "note", "A", "--date", "2027-01-01"], 1, 'salesops set acme next "WORDS, DAY"'),
        (
            ["acme", "meeting", "--about", "other", "--status", "held", "--date", "+1"],
            1,
            "a meeting to come is scheduled",
        ),
    ],
)
def test_what_is_missing_or_unclear_is_named_and_nothing_is_written(crm, words, code, says):
    before = (crm.root / "deals/acme.yaml").read_bytes()
    ran = crm.run("log", *words)
    assert ran.code == code
    assert says in ran.out + ran.err
    assert (crm.root / "deals/acme.yaml").read_bytes() == before


@pytest.mark.parametrize("words", HARD)
def test_hard_words_come_back_letter_by_letter(crm, words):
    ran = crm.run("log", "--", "acme", "note", words)
    if ran.code == 0:
        assert notes(crm) == [words]
    else:
        assert re.search(r"\([a-z]+(-[a-z]+)+\)$", ran.out, re.MULTILINE), "the code of what is wrong"
        assert words in ("?",)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=40))
def test_any_words_come_back_or_are_refused_by_name(crm, words):
    crm.deal("activity:\n  - {date: 2026-01-06, kind: note, note: Begun}\n")
    ran = crm.run("log", "--", "acme", "note", words)
    if ran.code == 0:
        assert notes(crm) == [words]
    else:
        assert (
            UNSEEN.search(words)
            or not words.strip()
            or words.strip() in ("?", "…", "...")
            or "\r" in words
            or ran.code == 2
        )


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_on_a_terminal_it_asks_for_what_is_missing_and_for_a_last_yes(crm):
    Git(crm.root).begin()
    code, screen = typed(crm.root, ["log", "acme", "meeting"], ["disc", "held", "They teach, a lot", "diff", "y"])
    assert code == 0
    assert "+  - {date: 2026-11-20, kind: meeting" in screen
    assert screen.count("They teach, a lot") >= 2
    assert notes(crm) == ["They teach, a lot"]
    code, screen = typed(crm.root, ["log", "acme", "note", "Not this one"], ["n"])
    assert (code, notes(crm)) == (0, ["They teach, a lot"])
    assert screen.endswith("Nothing was written.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_nobody_is_kept_out_while_somebody_thinks_and_what_changed_meanwhile_is_shown(crm):
    Git(crm.root).begin()

    def meanwhile() -> str:
        assert crm.run("log", "acme", "note", "Theirs came first").code == 0
        return "y"

    code, screen = typed(crm.root, ["log", "acme", "note", "Mine came second"], [meanwhile, "y"])
    assert code == 0
    assert "the records have changed meanwhile; look again" in screen
    assert notes(crm) == ["Theirs came first", "Mine came second"]


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_on_a_terminal_a_last_answer_that_is_neither_yes_nor_no_is_asked_for_again_and_nothing_typed_is_lost(crm):
    code, screen = typed(crm.root, ["log", "acme", "note", "They like it"], ["send prices, 3 dec", "Yes"])
    assert code == 0
    assert "'send prices, 3 dec' is none of: yes, no, diff" in screen
    assert notes(crm) == ["They like it"]


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_on_a_terminal_what_it_was_is_asked_for_where_nobody_said_it(crm):
    code, screen = typed(crm.root, ["log", "acme"], ["fax", "note", "They teach", "Send it, mon", ""])
    assert code == 0
    assert "what was it? (email, call, meeting, event, note)" in screen
    assert "'fax' is none of" in screen
    assert notes(crm) == ["They teach"]
    assert "next: Send it, by 2026-11-23" in screen


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_on_a_terminal_a_call_without_words_is_asked_for_them(crm):
    code, _ = typed(crm.root, ["log", "acme", "call"], ["spoke", "They pay by school", ""])
    assert (code, notes(crm)) == (0, ["They pay by school"])


@pytest.mark.proof
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_on_a_terminal_whoever_was_there_and_is_new_becomes_a_contact_after_a_yes(crm):
    said = ["log", "acme", "call", "They like it", "--with", "Head of IT"]
    members = b"".join(file.read_bytes() for file in (crm.root / "members").iterdir())
    code, screen = typed(crm.root, said, ["no"])
    assert (code, notes(crm)) == (2, [])
    assert "Nobody there goes by 'Head of IT' yet. A new contact, by the role Head of IT? (yes, no)" in screen
    assert b"".join(file.read_bytes() for file in (crm.root / "members").iterdir()) == members
    code, screen = typed(crm.root, said, ["perhaps", "yes", "y"])
    assert (code, notes(crm)) == (0, ["They like it"])
    assert "with: [head-of-it]" in last(crm)
    assert "head-of-it" in "".join(file.read_text(encoding="utf-8") for file in (crm.root / "members").iterdir())
    code, _ = typed(crm.root, ["log", "acme", "note", "Again", "--with", "head of"], ["y"])
    assert (code, notes(crm)) == (0, ["They like it", "Again"]), "somebody who is known is not asked for again"


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_on_a_terminal_nobody_is_told_of_keys_who_has_seen_none(crm):
    code, screen = typed(crm.root, ["log", "acme", "note"], ["…", "They like it", "y"])
    assert (code, notes(crm)) == (0, ["They like it"])
    assert "'…' is a placeholder, not an answer: write what is true\n" in screen


def test_without_a_terminal_it_says_what_may_be_logged(crm):
    ran = crm.run("log", "acme")
    assert ran.code == 2
    assert "what was it? salesops log acme email|call|meeting|event|note" in ran.err


@pytest.mark.parametrize("said", ["phone", "Phone", "phone call"])
def test_a_phone_call_is_a_call(crm, said):
    assert crm.run("log", "acme", said, "They like it", "--outcome", "spoke").code == 0
    assert last(crm) == '  - {date: 2026-11-20, kind: call, outcome: spoke, note: "They like it"}'
