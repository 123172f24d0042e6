"""What is pasted from a document into a record is made plain by `check --fix`, and no word of a person with it."""

from __future__ import annotations

import pytest

from salesops.edits.clean import cleaned
from salesops.records.yaml_reader import read

SOUND = """\
title: General Membership
member: cascadia-university
type: new business
tier: general
owner: jim
stages:
  - enrichment: 2026-01-05
value: {mrr: 1250 USD, months: 12}
next:
  action: Call the dean
  due: 2099-01-01
maniac_t:
  need: {status: met, date: 2026-01-05, note: Their server died}
  money: {status: met, date: 2026-01-05, note: In the budget}
icp: {hypothesis: teaching-led, version: 1, fit: true}
discovery:
  jobs:
    - Teach well
    - Research
"""
N, Z = "\u00a0", "\u200b"

PASTED = [
    pytest.param(("  action: Call", f"{N}{N}action: Call"), id="no-break blanks before a key"),
    pytest.param(("  due:", f" {N}due:"), id="one no-break blank before a key"),
    pytest.param(("  action: Call the dean\n  due:", f"{N}{N}action: Call the dean\n{N}{N}due:"), id="in two lines"),
    pytest.param(("title: G", f"title:{N}G"), id="a no-break blank after a colon"),
    pytest.param(("- Research", f"-{N}Research"), id="a no-break blank after a hyphen"),
    pytest.param(("  - enrichment", f"  -{N}enrichment"), id="after the hyphen of a move"),
    pytest.param(("{mrr: 1250 USD, months: 12}", f"{{mrr:{N}1250 USD,{N}months: 12}}"), id="between braces"),
    pytest.param(("  action:", "\taction:"), id="a tab before a key"),
    pytest.param(("  action: Call the dean\n  due:", "\taction: Call the dean\n\tdue:"), id="tabs before two keys"),
    pytest.param(("    - Teach well\n    - Research", "\t\t- Teach well\n\t\t- Research"), id="tabs before a list"),
    pytest.param(("- enrichment", "• enrichment"), id="a bullet for a hyphen"),
    pytest.param(("  - enrichment", f"{N}•{N}enrichment"), id="a bullet between no-break blanks"),
    pytest.param(("General Membership", f"General{Z} Membership"), id="a zero-width blank"),
    pytest.param(("title:", "\ufefftitle:"), id="a byte-order mark"),
    pytest.param(("need: {status: met", f"need: {{{Z}status: met"), id="a zero-width blank between braces"),
    pytest.param(("title: G", "title:\u3000G"), id="a wide blank after a colon"),
]


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["", "of Windows"])
@pytest.mark.parametrize("change", PASTED)
def test_what_was_pasted_is_made_plain_and_every_other_line_stays(repo, change, ends):
    assert SOUND.count(change[0]) == 1
    text = SOUND.replace(*change).replace("\n", ends)
    file = repo.write("deals/acme.yaml", text.encode())
    ran = repo.run("check", "--fix", "deals/acme.yaml")
    after = file.read_bytes().decode()
    assert ran.out.startswith("fixed "), ran.out
    assert read("", after.encode())[0].data == read("", SOUND.encode())[0].data
    pairs = zip(SOUND.replace("\n", ends).split("\n"), text.split("\n"), after.split("\n"), strict=True)
    assert all(now == was for sound, was, now in pairs if sound == was)
    assert repo.run("check", "--fix", "deals/acme.yaml").out.startswith("fixed 0 problems in 0 files\n")


@pytest.mark.parametrize(
    "note",
    [f"about 1{N}000 students", f'"{N}at the fair: she said{N}so"', f"'it is{N}«so»'", f"he said:{N}later", "a–b"],
)
def test_what_a_person_wrote_keeps_its_blanks(repo, note):
    text = SOUND.replace("note: In the budget", f"note: {note}").replace("  due:", f"{N}{N}due:")
    file = repo.write("deals/acme.yaml", text.encode())
    assert repo.run("check", "--fix").out.startswith("fixed 1 problem in 1 file\n")
    assert file.read_text() == SOUND.replace("note: In the budget", f"note: {note}")


@pytest.mark.parametrize(
    "text",
    [
        SOUND.replace("General Membership", f'"General{Z} Membership"'),
        SOUND.replace("In the budget", f"'In{Z} the budget'"),
        SOUND.replace("General Membership", "Gen\u200ceral Membership"),
        SOUND.replace("General Membership", "Acme\u202erenewal"),
        SOUND.replace("General Membership", "Dean said: call back").replace("  due:", f"{N}{N}due:"),
        SOUND.replace("  due:", f"{N}{N}due:") + "note: [",
        SOUND.replace("  due:", "\tdue:") + "title: Twice: so\n",
        SOUND.replace("  due:", f"{N}{N}due:") + "<<<<<<< HEAD\n",
    ],
)
def test_what_does_not_read_afterwards_is_left_to_a_person(repo, text):
    file = repo.write("deals/acme.yaml", text.encode())
    ran = repo.run("check", "--fix", "deals/acme.yaml")
    assert ran.out.startswith("fixed 0 problems in 0 files\n")
    assert ran.code == 1
    assert file.read_bytes() == text.encode()


def test_a_tab_that_can_be_read_in_two_ways_is_left_to_a_person():
    text = "a:\n    b:\n\tc: 1\n"
    assert cleaned("x.yaml", text) is None


def test_what_is_left_is_fixed_as_in_any_other_file(repo):
    file = repo.write("deals/acme.yaml", SOUND.replace("  due: 2099-01-01", f"{N}{N}due: 2099/1/1").encode())
    assert repo.run("check", "--fix").out.startswith("fixed 2 problems in 1 file\n")
    assert file.read_text() == SOUND


def test_a_dry_run_shows_what_would_be_made_plain_and_writes_nothing(repo):
    file = repo.write("deals/acme.yaml", SOUND.replace("  due:", f"{N}{N}due:").encode())
    before = file.read_bytes()
    ran = repo.run("check", "--fix", "--dry-run")
    assert "+  due: 2099-01-01" in ran.out
    assert ran.err == "would fix 1 problem in 1 file; nothing was written\n"
    assert file.read_bytes() == before


def test_a_file_full_of_what_cannot_be_read_ends_soon():
    assert cleaned("x.yaml", "a:\n" + f"{N}b\n" * 2_000) is None
