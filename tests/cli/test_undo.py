"""``salesops undo``: the last write goes back to the byte; what was merged goes back with a signature."""

from __future__ import annotations

import json
import sys

import pytest
from gitting import CLEAN, Git
from terminal import typed

unix = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")


@pytest.fixture
def crm(repo, monkeypatch):
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    repo.deal("activity:\n  - {date: 2026-01-06, kind: note, note: Begun}\n")
    git = Git(repo.root)
    git.begin()
    git("config", "salesops.me", "jim")
    return repo


@pytest.fixture
def git(crm) -> Git:
    return Git(crm.root)


def text(crm) -> str:
    return (crm.root / "deals/acme.yaml").read_text()


MOVE = """
salesops: 1
changes:
  - {move: acme, to: outreach, date: 2026-11-20}
"""


def moves(crm, change: str = MOVE) -> str:
    """The deal after a move; what it said before."""
    before = text(crm)
    crm.write("../list.yaml", change)
    assert crm.run("apply", "../list.yaml").code == 0
    return before


def green(crm) -> None:
    ran = crm.run("check", "--against", "main")
    assert ran.code == 0, ran.out


def test_what_was_written_last_goes_back_to_the_byte(crm):
    before = text(crm)
    assert crm.run("log", "acme", "note", "Not this deal").code == 0
    ran = crm.run("undo")
    assert (ran.code, text(crm)) == (0, before)
    assert ran.out.startswith("Take back: Cascadia University, acme: a note on 20 November: Not this deal\n")
    assert ran.out.endswith("Written: deals/acme.yaml (1 removed).\n")
    ran = crm.run("undo")
    assert (ran.code, ran.out) == (0, "Nothing to take back: no command has written here.\n")


def test_several_go_back_as_one_and_a_new_file_goes_away(crm):
    before = text(crm)
    assert crm.run("log", "acme", "note", "One").code == 0
    crm.write(
        "../list.yaml",
        "salesops: 1\nchanges:\n  - {new: member, id: pine, name: Pine, kind: university, country: US}\n",
    )
    assert crm.run("apply", "../list.yaml").code == 0
    assert crm.run("log", "acme", "note", "Two").code == 0
    listed = crm.run("undo", "--list").out
    assert [line.split("  ")[1] for line in listed.splitlines()[::2]] == ["1", "2", "3"] or listed.count("\n") == 6
    assert "deals/acme.yaml" in listed
    assert crm.run("undo", "4").code == 2
    ran = crm.run("undo", "3")
    assert ran.code == 0
    assert "members/pine.yaml (deleted)" in ran.out
    assert (text(crm), (crm.root / "members/pine.yaml").exists()) == (before, False)


def test_a_file_that_was_changed_since_is_left_as_it_is(crm):
    assert crm.run("log", "acme", "note", "One").code == 0
    crm.write("deals/acme.yaml", text(crm) + "# by hand\n")
    before = text(crm)
    ran = crm.run("undo")
    assert ran.code == 1
    assert "deals/acme.yaml has changed since, by hand or by git: it is left as it is." in ran.out
    assert ran.out.endswith("Nothing was written.\n")
    assert text(crm) == before


def test_to_try_it_writes_nothing_and_json_tells_what_it_would_be(crm):
    assert crm.run("log", "acme", "note", "One").code == 0
    after = text(crm)
    assert "-  - {date: 2026-11-20, kind: note, note: One}" in crm.run("undo", "--dry-run").out
    told = json.loads(crm.run("undo", "--dry-run", "--format", "json").out)
    assert (told["written"], told["signed"], text(crm)) == (False, [], after)
    assert json.loads(crm.run("undo", "--list", "--format", "json").out)["writes"][0]["files"] == ["deals/acme.yaml"]
    assert json.loads(crm.run("undo", "--format", "json").out)["written"] is True


def test_a_move_on_a_branch_of_its_own_goes_back_without_a_word(crm, git):
    git.branch("work")
    before = moves(crm)
    git.commit()
    ran = crm.run("undo")
    assert (ran.code, text(crm)) == (0, before)
    assert ran.out.startswith("Take back: Cascadia University, acme: Enrichment → Outreach on 20 November")
    assert "without a correction" not in ran.out


def test_a_merged_move_goes_back_as_a_signed_correction(crm, git):
    before = moves(crm)
    git.commit("Merged")
    git.branch("work")
    refused = crm.run("undo")
    assert refused.code == 1
    assert '--why "WORDS"    it has been merged already' in refused.err
    assert crm.run("undo", "--why", "It was the other deal, not this").code == 0
    (entry,) = crm.book().deals["acme"].corrections
    assert (entry.field, entry.was, entry.by) == ("stages.1", "outreach: 2026-11-20", "jim")
    assert (str(entry.date), entry.why) == ("2026-11-20", "It was the other deal, not this")
    assert text(crm).startswith(before)
    green(crm)


def test_a_merged_record_of_the_playbook_goes_back_by_the_file_of_corrections(crm, git):
    moves(crm, "salesops: 1\nchanges:\n  - {set: subject-lines, kind: experiment, fields: {stop: 20 attempts}}\n")
    git.commit("Merged")
    git.branch("work")
    assert crm.run("undo", "--why", "Mistyped").code == 0
    (entry,) = crm.book().of("corrections")["corrections"].corrections
    assert (entry.kind, entry.id, entry.field, entry.was) == ("experiment", "subject-lines", "stop", "20 attempts")
    green(crm)


def test_a_merged_deal_that_is_taken_back_leaves_a_signed_line(crm, git):
    (crm.root / "deals/acme.yaml").unlink()
    git.commit()
    fragment = "type: new business, tier: general, owner: jim, next: {action: Call, due: 2026-12-01}"
    moves_new = f"salesops: 1\nchanges:\n  - {{new: deal, id: twice, title: Twice, member: cascadia-university, stage: enrichment, date: 2026-11-20, {fragment}}}\n"
    crm.write("../list.yaml", moves_new)
    assert crm.run("apply", "../list.yaml").code == 0
    git.commit("Merged")
    git.branch("work")
    assert crm.run("undo", "--why", "Entered twice").code == 0
    assert not (crm.root / "deals/twice.yaml").exists()
    assert "kind: deal, id: twice" in (crm.root / "playbook/removed.yaml").read_text()
    green(crm)


def test_a_signature_that_was_merged_cannot_be_taken_back(crm, git):
    moves(
        crm,
        "salesops: 1\nchanges:\n  - {add: acme, to: corrections, entry: {field: x, was: y, by: jim, date: 2026-11-20, why: So}}\n",
    )
    git.commit("Merged")
    git.branch("work")
    ran = crm.run("undo", "--why", "No")
    assert ran.code == 1
    assert "[signature-removed]" in ran.out


def test_whoever_signs_is_somebody_the_team_knows(crm, git):
    moves(crm)
    git.commit("Merged")
    git("config", "--unset", "salesops.me")
    ran = crm.run("undo", "--why", "Wrong")
    assert ran.code != 0
    assert "salesops.me" in ran.out + ran.err


def test_a_move_that_git_reverted_is_green_once_the_printed_block_is_pasted_and_its_gaps_are_filled(crm, git):
    before = moves(crm)
    merged = git.commit("Merged")
    git.branch("work")
    git("revert", "--no-edit", merged)
    assert text(crm) == before
    ran = crm.run("check", "--against", "main", "--format", "json")
    assert ran.code == 1
    (problem,) = [it for it in json.loads(ran.out)["problems"] if it["code"] == "past-altered"]
    block = problem["fix"]
    assert block.startswith("corrections:\n  - {field: stages.1, was: ")
    crm.write("deals/acme.yaml", f"{before}{block}\n")
    assert crm.run("check", "--against", "main").code == 1
    for gap in ("by: jim", "date: 2026-11-20", "why: It was the other deal"):
        block = block.replace(f"{gap.partition(' ')[0]} …", gap)
    crm.write("deals/acme.yaml", f"{before}{block}\n")
    git.commit("Reverted, and signed for")
    green(crm)


@unix
def test_on_a_terminal_it_says_what_it_was_and_asks_once(crm):
    before = text(crm)
    assert crm.run("log", "acme", "note", "Not this deal").code == 0
    after = text(crm)
    code, screen = typed(crm.root, ["undo"], ["diff", "n"])
    assert (code, text(crm)) == (0, after)
    assert '-  - {date: 2026-11-20, kind: note, note: "Not this deal"}' in screen
    code, screen = typed(crm.root, ["undo"], [" "])
    assert (code, text(crm)) == (0, before)


@unix
def test_on_a_terminal_it_asks_why_a_merged_move_was_wrong(crm, git):
    moves(crm)
    git.commit("Merged")
    git.branch("work")
    code, screen = typed(crm.root, ["undo"], ["The other deal", "y"])
    assert code == 0, screen
    assert "signed by jim, 1 correction of the past" in screen
    green(crm)


PARKED = "parked:\n  - {since: 2026-10-01, until: 2027-03-01, why: A grant}\n"
LOST = "stages:\n  - enrichment: 2026-01-05\n  - closed lost: 2026-01-19\nloss: {reason: timing, learning: Early, verdict: icp, reengage: never, playbook: none needed}\n"
WRITES = {
    "log": ("", ["log", "acme", "note", "Not this deal", "--next", "Call, mon"]),
    "set": ("", ["set", "acme", "maniac_t.timeline", "partial"]),
    "a new value": ("", ["set", "acme", "title", "Another"]),
    "park": ("", ["park", "acme", "--until", "open", "--why", "A grant"]),
    "resume": (PARKED, ["resume", "acme"]),
    "reopen": (LOST, ["reopen", "acme", "--why", "They wrote"]),
    "close": (
        "",
        [
            "close",
            "acme",
            "lost",
            "--reason",
            "timing",
            "--learned",
            "Early",
            "--verdict",
            "icp",
            "--again",
            "never",
            "--playbook",
            "none needed",
        ],
    ),
    "renew": ("", ["renew", "cascadia-2025"]),
    "new deal": (
        "",
        [
            "new",
            "deal",
            "cascadia",
            "--another",
            "--type",
            "new",
            "--tier",
            "gen",
            "--owner",
            "jim",
            "--happened",
            "Met at the fair",
        ],
    ),
    "new member": ("", ["new", "member", "Pinecrest", "--kind", "cons", "--country", "us"]),
}


def records(crm) -> dict[str, str]:
    found = [*(crm.root / "deals").iterdir(), *(crm.root / "members").iterdir()]
    return {file.name: file.read_text(encoding="utf-8") for file in found}


@pytest.mark.samples(4)
@pytest.mark.parametrize(("fragment", "words"), WRITES.values(), ids=WRITES)
def test_every_merged_write_goes_back_and_the_gate_accepts_it(crm, git, fragment, words):
    if fragment:
        crm.deal(fragment)
        git.commit()
    before = records(crm)
    ran = crm.run(*words)
    assert ran.code == 0, ran.out + ran.err
    after = records(crm)
    git.commit("Merged")
    git.branch("work")
    ran = crm.run("undo", "--why", "It was the other deal")
    assert ran.code == 0, ran.out + ran.err
    back = records(crm)
    assert back.keys() == before.keys()
    assert all(text.startswith(before[name]) for name, text in back.items())
    green(crm)
    assert back != after
