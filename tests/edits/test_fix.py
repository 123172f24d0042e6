"""`salesops check --fix`: what has one reading is fixed in its own line, everything else is left to a person."""

from __future__ import annotations

from datetime import date

import pytest
from booking import book_of
from hypothesis import given
from hypothesis import strategies as st

from salesops.edits.fix import SAFE, fixes, is_meant, is_same_name
from salesops.problems import CannotDecide
from salesops.records.deal import Deal
from salesops.records.process import Process
from salesops.records.validation import typed
from salesops.records.yaml_reader import read
from salesops.store.load import load
from salesops.store.save import save_all

TODAY = date(2026, 11, 20)
SOUND = """\
title: General Membership  # in their words
member: cascadia-university
type: new business
tier: general
owner: jim
stages:
  - enrichment: 2026-01-05   # they wrote to us
  - closed lost: 2026-02-09
value: {mrr: 1250 USD, months: 12}
next: {action: Call the dean, due: 2099-01-01}

maniac_t:
  need: {status: met, date: 2026-01-05, note: Their server died}
  authority: {status: partial, date: 2026-01-05, contacts: [a-smith]}
icp: {hypothesis: teaching-led, version: 1, fit: true}   # sure
activity:
  - {date: 2026-01-07, kind: meeting, status: no-show}
"""

BREAKS = [
    ("2026-01-05   #", "2026/1/5   #"),
    ("2026-02-09", "2026.2.9"),
    ("2099-01-01", '"2099-1-1"'),
    ("date: 2026-01-07", "date: 2026-01-07 00:00:00"),
    ("mrr: 1250 USD", 'mrr: "1,250 usd"'),
    ("mrr: 1250 USD", "mrr: 1_250 Usd"),
    ("fit: true", "fit: Yes"),
    ("fit: true", "fit: 'TRUE'"),
    ("type: new business", "type: New_Business"),
    ("status: no-show", "status: No Show"),
    ("status: partial", "status: Partial"),
    ("contacts: [a-smith]", "contacts: a-smith"),
    ("owner: jim", "Owner: jim"),
    ("owner: jim", "ownr: jim"),
    ("maniac_t:", "maniac-t:"),
    ("stages:", "stage:"),
    ("note: Their", "notes: Their"),
    ("- enrichment:", "- Enrichment:"),
    ("- enrichment:", "- enrichmnet:"),
    ("- closed lost:", "- closed-lost:"),
    ("activity:", "activty:"),
]
"""A line of a sound deal, and how people write it."""


@pytest.fixture(scope="module")
def process(home) -> Process:
    text = (home / "playbook/process/v3.yaml").read_bytes()
    record, _ = typed(read("v3.yaml", text)[0], Process)
    return record


def fixed(text: str, process: Process) -> str:
    document, problems = read("deals/acme.yaml", text.encode())
    record, shape = typed(document, Deal)
    book = book_of(
        versions={"v3": process}, deals={"acme": record} if record else {}, documents={("deal", "acme"): document}
    )
    about = [*problems, *shape] or [document.problem("stage-unknown", "", ("stages",))]
    return next((change.text for change in fixes(book, about, TODAY).changes), text)


@given(
    st.lists(st.sampled_from(BREAKS), min_size=1, max_size=6, unique_by=lambda each: each[0]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_deal_that_was_sound_but_for_its_spelling_is_sound_again(process, breaks, ends):
    sound, text = SOUND.replace("\n", ends), SOUND.replace("\n", ends)
    for right, wrong in breaks:
        text = text.replace(right, wrong, 1)
    after = fixed(text, process)
    assert read("", after.encode())[0].data == read("", sound.encode())[0].data
    lines = zip(sound.split("\n"), text.split("\n"), after.split("\n"), strict=True)
    assert all(broken == now for right, broken, now in lines if right == broken)
    assert fixed(after, process) == after


@pytest.mark.parametrize(("right", "wrong"), BREAKS)
def test_each_fix_from_the_command_line(repo, right, wrong):
    file = repo.write("deals/acme.yaml", SOUND.replace(right, wrong, 1))
    ran = repo.run("check", "--fix", "deals/acme.yaml")
    assert ran.out.startswith("fixed 1 problem in 1 file\n")
    assert read("", file.read_bytes())[0].data == read("", SOUND.encode())[0].data
    assert repo.run("check", "--fix", "deals/acme.yaml").out.startswith("fixed 0 problems in 0 files\n")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("2026-02-09", "9.2.2026"),
        ("2026-02-09", "02/09/2026"),
        ("2026-02-09", "2026-02-30"),
        ("2026-02-09", "2026-02-09T23:30:00Z"),
        ("1250 USD", "1,5 USD"),
        ("1250 USD", "$1250"),
        ("1250 USD", "0125 USD"),
        ("months: 12", "months: 012"),
        ("1250 USD", "1250 UDS"),
        ("owner: jim", "owner: Jim"),
        ("owner: jim", "owner: jim\nownr: april"),
        ("owner: jim", "account_manager: jim"),
        ("type: new business", "type: new"),
        ("status: no-show", "status: noshowed"),
        ("contacts: [a-smith]", "contacts: 'a-smith, b-jones'"),
        ("fit: true", "fit: maybe"),
        ("- enrichment:", "- closed won lost:"),
        ("- closed lost:", "- lost:"),
        ("title: General Membership", "title: General\ntitle: Premier"),
        ("2026-02-09", "2026-02-09\nrenewed: cascadia-2025"),
    ],
)
def test_what_has_two_readings_is_left_to_a_person(repo, right, wrong):
    text = SOUND.replace(right, wrong, 1)
    file = repo.write("deals/acme.yaml", text)
    ran = repo.run("check", "--fix")
    assert ran.out.startswith("fixed 0 problems in 0 files\n")
    assert ran.code == 1
    assert file.read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        "title: A\n<<<<<<< HEAD\nexpected_close: 2026/1/5\n=======\n>>>>>>> main\n",
        "title: [A\nexpected_close: 2026/1/5\n",
        "title: &a A\nexpected_close: 2026/1/5\n",
        "",
        "- a\n",
        b"title: \xff\nexpected_close: 2026/1/5\n",
    ],
)
def test_a_file_that_cannot_be_read_safely_is_left_alone(repo, text):
    file = repo.write("deals/acme.yaml", text)
    before = file.read_bytes()
    assert repo.run("check", "--fix").code == 1
    assert file.read_bytes() == before


def test_a_dry_run_shows_the_lines_and_writes_nothing(repo):
    file = repo.write("deals/acme.yaml", SOUND.replace("2026-02-09", "2026/2/9   # ::error::").replace("true}", "YES}"))
    before = file.read_bytes()
    ran = repo.run("check", "--fix", "--dry-run")
    assert file.read_bytes() == before
    assert ran.code == 1
    assert ran.err == "would fix 2 problems in 1 file; nothing was written\n"
    lines = ran.out.splitlines()
    assert lines[:2] == ["--- a/deals/acme.yaml", "+++ b/deals/acme.yaml"]
    assert [line for line in lines[2:] if line[0] in "+-"] == [
        "-  - closed lost: 2026/2/9   # ::error::",
        "+  - closed lost: 2026-02-09   # ::error::",
        "-icp: {hypothesis: teaching-led, version: 1, fit: YES}   # sure",
        "+icp: {hypothesis: teaching-led, version: 1, fit: true}   # sure",
    ]


def test_a_dry_run_of_nothing_is_called_wrongly(repo):
    assert repo.run("check", "--dry-run").code == 2


def test_what_is_left_decides_how_the_check_ends(repo):
    repo.deal("expected_close: 2099/1/5")
    assert repo.run("check", "--fix").code == 0
    repo.deal("expected_close: 2099/1/5\nprobability: {value: 60, date: 2026/1/9, why: They said so}")
    ran = repo.run("check", "--fix")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "fixed 2 problems in 1 file")
    assert "not-a-percentage" in ran.out


def test_only_the_files_that_were_named_are_fixed(repo):
    here, other = repo.deal("expected_close: 2099/1/5"), repo.deal("expected_close: 2099/1/5", id="other")
    assert repo.run("check", "--fix", "deals/acme.yaml").code == 0
    assert "2099-01-05" in here.read_text()
    assert "2099/1/5" in other.read_text()


def test_machines_still_get_nothing_but_their_format(repo):
    repo.deal("expected_close: 2099/1/5")
    ran = repo.run("check", "--fix", "--format", "json")
    assert ran.out.startswith("{")
    assert ran.err == "fixed 1 problem in 1 file\n"


def test_members_and_the_playbook_are_fixed_too(repo):
    member = repo.member(
        "country: us\nvendor_setup: {status: Done, date: 2026/3/1}\ncommunities: [{name: Teaching, users: 1_250}]"
    )
    team = repo.write("playbook/team.yaml", (repo.root / "playbook/team.yaml").read_text().replace("USD", "usd"))
    assert repo.run("check", "--fix").code == 0
    assert "country: US" in member.read_text()
    assert "vendor_setup: {status: done, date: 2026-03-01}" in member.read_text()
    assert "users: 1250}" in member.read_text()
    assert "currency: USD" in team.read_text()


def test_a_file_that_changed_meanwhile_is_not_overwritten(repo):
    file = repo.deal("expected_close: 2099/1/5")
    found = fixes(*load(repo.root), TODAY)
    file.write_text(file.read_text() + "x: {a: b}\n")
    with pytest.raises(CannotDecide):
        save_all(repo.root, found.changes)
    assert file.read_text().endswith("x: {a: b}\n")


def test_every_fix_says_why_nobody_need_be_asked():
    assert all(safe.why.endswith(".") for safe in SAFE.values())


@pytest.mark.parametrize(
    ("word", "other", "same", "meant"),
    [
        ("Closed_Won", "closed won", True, True),
        ("enrichmnet", "enrichment", False, True),
        ("enrichmen", "enrichment", False, True),
        ("closed won", "closed lost", False, False),
        ("renewed", "renews", False, False),
        ("referred_to", "referred_by", False, False),
        ("phase 3", "phase 2", False, False),
        ("mr", "mrr", False, False),
        ("", "x", False, False),
    ],
)
def test_two_names_are_the_same_or_meant_or_neither(word, other, same, meant):
    assert (is_same_name(word, other), is_meant(word, other)) == (same, meant)
