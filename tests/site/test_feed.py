"""The feed: XML that every reader takes, whatever the commits and the records say."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.changes.change import Change
from salesops.changes.timeline import Commit, Event, Timeline
from salesops.site.feed import MAX_FEED_COMMITS, atom
from salesops.store.load import load
from salesops.store.record_histories import timeline_of

TODAY = date(2026, 11, 20)
SPACE = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def book(home):
    return load(home)[0]


def known(*commits):
    """A chronicle of these commits, each an author, a subject and a sentence."""
    entries = tuple(
        Event(
            Commit(f"{at:040}", TODAY, 1_760_000_000 + at, author, subject),
            Change("moved", ("deal", "acme"), "Acme", what),
        )
        for at, (author, subject, what) in enumerate(commits)
    )
    return Timeline({("deal", "acme"): entries})


def entries(feed):
    """Title, author and content of each entry, as a reader takes them."""
    top = ElementTree.fromstring(feed.encode())
    assert top.tag == f"{SPACE}feed"
    return [
        (
            found.findtext(f"{SPACE}title"),
            found.findtext(f"{SPACE}author/{SPACE}name"),
            found.findtext(f"{SPACE}content"),
        )
        for found in top.iter(f"{SPACE}entry")
    ]


def test_each_commit_is_an_entry_with_its_sentences_the_newest_first(book):
    feed = atom(known(("Jim", "One", "won"), ("April", "Two", "lost")), book, TODAY)
    assert entries(feed) == [("Two", "April", "Acme: lost"), ("One", "Jim", "Acme: won")]
    top = ElementTree.fromstring(feed)
    assert top.findtext(f"{SPACE}updated") == datetime.fromtimestamp(1_760_000_001, UTC).isoformat()
    assert [found.findtext(f"{SPACE}id") for found in top.iter(f"{SPACE}entry")] == [
        f"urn:salesops:commit:{1:040}",
        f"urn:salesops:commit:{0:040}",
    ]


HOSTILE = [
    "]]>",
    "<![CDATA[x]]>",
    "<script>alert(1)</script>",
    "&lt;b&gt; &amp; &nbsp; &#0; &#x0;",
    "\"quotes\" and 'quotes'",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "\x00\x01\x08\x0b\x0c\x1f\x7f\x85",
    "\ud800 \udfff",
    "\ufffe\uffff\ufeff\u202e\u2028",
    "\U0001f600",
    "<?xml version='1.0'?>",
    "--><!--",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(book, text):
    ((title, author, content),) = entries(atom(known((text, text, text)), book, TODAY))
    plain = "".join(
        one
        for one in text
        if one in "\t\n" or (one >= " " and not "\ud800" <= one <= "\udfff" and one < "\ufffe") or one > "\uffff"
    )
    assert title == author == (plain or "–")
    assert content == f"Acme: {plain}"


@given(st.text(st.characters(), max_size=40), st.text(st.characters(), max_size=40))
def test_any_text_makes_a_feed(book, author, text):
    assert len(entries(atom(known((author, text, text)), book, TODAY))) == 1


def test_the_collection_of_payloads(book, hostile):
    texts = json.loads((hostile / "payloads.json").read_text(encoding="utf-8"))
    assert len(entries(atom(known(*((text, text, text) for text in texts)), book, TODAY))) == len(texts)


def test_what_looks_like_a_secret_is_not_written(book):
    secret = "ghp_" + "a1B2" * 9
    assert secret not in atom(known((secret, f"token {secret}", secret)), book, TODAY)


def test_it_holds_the_newest_hundred(book):
    feed = atom(known(*(("Jim", f"Commit {at}", "moved") for at in range(MAX_FEED_COMMITS + 5))), book, TODAY)
    titles = [title for title, *_ in entries(feed)]
    assert (len(titles), titles[0], titles[-1]) == (MAX_FEED_COMMITS, f"Commit {MAX_FEED_COMMITS + 4}", "Commit 5")


def test_a_feed_of_nothing_is_a_feed(book):
    feed = atom(Timeline(), book, TODAY)
    assert entries(feed) == []
    assert ElementTree.fromstring(feed).findtext(f"{SPACE}updated") == "2026-11-20T00:00:00+00:00"


def test_ids_are_those_of_the_commits_and_stay_when_others_come(demo):
    book = demo.book()
    all_of_it = timeline_of(demo.root, book, TODAY)
    then, now = (atom(all_of_it.until(day), book, day) for day in (date(2026, 11, 16), TODAY))
    ids = [
        [found.findtext(f"{SPACE}id") for found in ElementTree.fromstring(feed).iter(f"{SPACE}entry")]
        for feed in (then, now)
    ]
    new = len([one for one, _ in all_of_it.commits if one.day > date(2026, 11, 16)])
    assert new > 0
    assert ids[1][new:] == ids[0][: MAX_FEED_COMMITS - new]
    assert len(set(ids[1])) == MAX_FEED_COMMITS


def test_the_command_prints_it(demo):
    ran = demo.run("history", "--format", "atom")
    assert (ran.code, ran.err) == (0, "")
    assert len(entries(ran.out)) == MAX_FEED_COMMITS
