"""Counts of a mailing tool come to the message that they are of, and nothing is counted that nobody said."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tabling import adds_up, reasons

from salesops.checks import check_book
from salesops.problems import errors
from salesops.store.load import load

HEAD = "Campaign,Send date,Recipients,Bounces,Unique opens,Replies\n"
ROWS = "intro@2,2026-03-02,40,2,18,5\nintro@2,2026-04-02,12,,9,\nfollow-up@1,2026-04-02,7,0,3,1\n"


@pytest.fixture
def bring(brought):
    """Import the counts of a mailing tool."""
    ask = brought("outreach", "counts.csv")
    for template in ("intro@2", "follow-up@1", "newsletter@6"):
        ask.repo.write(f"playbook/templates/{template}.md", "Dear colleague\n")
    return ask


def test_each_message_gets_its_counts_and_an_empty_cell_is_no_zero(bring):
    found = bring.run((HEAD + ROWS).encode())
    assert (found["taken"], found["outreach"]["new"], adds_up(found)) == (3, 2, True)
    assert bring.holds("playbook/outreach/intro-2.yaml") == (
        "message: intro@2\nresults:\n"
        "  - {date: 2026-03-02, sent: 40, bounced: 2, opened: 18, replied: 5}\n"
        "  - {date: 2026-04-02, sent: 12, opened: 9}\n"
    )
    book, problems = load(bring.repo.root)
    assert problems == []
    assert list(errors(check_book(book, date(2026, 11, 20)))) == []


def test_a_newer_table_adds_its_days_and_asks_where_a_number_changed_of_which_nothing_is_remembered(bring):
    bring.run((HEAD + ROWS).encode())
    before = bring.files()
    assert bring.run((HEAD + ROWS).encode())["outreach"]["unchanged"] == 2
    assert bring.files() == before
    bring.forget()
    found = bring.run((HEAD + "intro@2,2026-05-02,3,0,1,0\nintro@2,2026-03-02,41,2,18,5\n").encode())
    assert found["outreach"]["updated"] == 1
    assert "  - {date: 2026-05-02, sent: 3, bounced: 0, opened: 1, replied: 0}\n" in bring.holds(
        "playbook/outreach/intro-2.yaml"
    )
    assert "sent: 40" in bring.holds("playbook/outreach/intro-2.yaml")
    assert found["updated"][0]["asked"][0]["table"] == "41"


def test_a_record_on_file_is_found_by_its_message_and_keeps_its_words(bring):
    text = "message: intro@2\nnote: The first one  # ours\nresults:\n  - {date: 2026-03-02, sent: 40}\n"
    bring.repo.write("playbook/outreach/intro-2.yaml", text)
    bring.run((HEAD + "intro@2,2026-03-02,40,2,18,\n").encode())
    assert bring.holds("playbook/outreach/intro-2.yaml") == text.replace(
        "sent: 40}", "sent: 40, bounced: 2, opened: 18}"
    )


def test_a_campaign_that_is_no_message_waits_for_a_person(bring):
    raw = (HEAD + "June newsletter,2026-06-02,400,,,\n").encode()
    assert '"June newsletter": ?' in bring.detect(raw) or "June newsletter: ?" in bring.detect(raw)
    assert bring.run(raw, code=2)["problems"][0]["code"] == "placeholder-left"
    assert bring.run(raw, answers={"June newsletter": "newsletter@6"})["written"] == [
        "playbook/outreach/newsletter-6.yaml"
    ]


def test_a_message_that_is_no_template_of_the_team_is_rejected(bring):
    mapping = (
        "outreach: {message: {column: Campaign}, date: {column: Send date}, counts: {sent: {column: Recipients}}}\n"
    )
    found = bring.run((HEAD + "intro@9,2026-03-02,40,,,\n").encode(), map=mapping, code=1)
    assert reasons(found)[0][3] == "intro@9"
    assert found["written"] == []


def test_two_rows_of_one_day_that_differ_are_asked_about(bring):
    found = bring.run(
        (HEAD + "intro@2,2026-03-02,40,,,\nintro@2,2026-03-02,41,,,\nintro@2,2026-03-02,40,,,\n").encode(), code=1
    )
    assert found["became"]["asked"] == 3
    assert found["written"] == []


def test_rows_without_a_count_or_a_day_are_named(bring):
    found = bring.run(
        (HEAD + "intro@2,2026-03-02,,,,\nintro@2,soon,1,,,\nintro@2,2026-03-03,many,,4,\n").encode(), code=1
    )
    assert [row for row, *_ in reasons(found)] == [2, 3]
    assert reasons(found, "notes")[0][3] == "many"
    assert adds_up(found)


@pytest.mark.parametrize(
    "raw", [b"", b"\0" * 9, b"a,b\n", HEAD.encode(), (HEAD + '"=1+1@2",2026-03-02,1,,,\n').encode()]
)
def test_an_odd_table_is_a_message_and_writes_nothing(bring, raw):
    before = bring.files()
    bring.repo.write("../counts.csv", raw)
    ran = bring.repo.run("import", "outreach", "../counts.csv", "--format", "json")
    assert ran.code in (0, 1, 2)
    assert json.loads(ran.out)["written"] == []
    assert bring.files() == before
