"""``salesops move``: the process asks its questions once, in its own words; what nobody said is never written."""

from __future__ import annotations

import sys

import pytest
from gitting import Git
from terminal import typed
from underway import IN_DISCOVERY, held

ANSWERS = ("--set", "maniac_t.timeline=part", "--set", "proposal.requested=thu")


@pytest.fixture
def crm(repo):
    repo.deal(IN_DISCOVERY)
    return repo


def test_a_move_is_one_line_with_what_the_exit_asks_for_and_the_next_step(crm):
    ran = crm.run("move", "acme", "prop", *ANSWERS, "--next", "Send the proposal, 27 nov")
    assert (ran.code, ran.err) == (0, "part: partial\nthu: Thursday 2026-11-19\n")
    deal = held(crm)
    assert deal["stages"][-1] == {"proposal": "2026-11-20"}
    assert deal["maniac_t"]["timeline"] == {"status": "partial", "date": "2026-11-20"}
    assert deal["proposal"] == {"requested": "2026-11-19"}
    assert deal["next"] == {"action": "Send the proposal", "due": "2026-11-27"}
    assert "Discovery → Proposal on 20 November" in ran.out


def test_the_same_move_twice_is_one_move(crm):
    words = ("move", "acme", "proposal", *ANSWERS)
    assert crm.run(*words).code == 0
    before = (crm.root / "deals/acme.yaml").read_bytes()
    again = crm.run(*words)
    assert (again.code, (crm.root / "deals/acme.yaml").read_bytes()) == (0, before)
    assert "There already" in again.out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (
            ["proposal"],
            1,
            "--set maniac_t.timeline.status=met|partial|unmet|unknown    Timeline (MANIAC-T): Procurement has surprised us",
        ),
        (["proposal"], 1, "--set proposal.requested=DAY "),
        (["proposal"], 1, 'or sign for one: --waive "proposal.requested" --why "…"   (also: maniac_t.timeline)'),
        (["closed won"], 1, "process v3 has no way from Discovery to Closed Won: Proposal lies between"),
        (["renewals"], 1, "the ways out of Discovery: Proposal (proposal), Closed Lost (closed lost)"),
        (["discovery"], 1, "acme is in Discovery already, since 2026-02-02"),
        (["outreach"], 1, '--why "WORDS"    why does it go back?'),
        (["nowhere"], 2, "there is no stage 'nowhere'"),
        (["proposal", "--date", "+5"], 1, "2026-11-25 is still to come"),
        (["proposal", "--date", "2026-01-20"], 1, "2026-01-20 is before 2026-02-02"),
        (["proposal", "--why", "So"], 2, "--why is the reason of a --waive"),
        (["proposal", "--waive", "maniac_t.timeline"], 1, "whoever signs says why"),
        (["proposal", "--waive", "nothing", "--why", "So"], 2, "open: proposal.requested, maniac_t.timeline"),
        (["proposal", "--waive", "proposal.requested", "--why", "So"], 2, "nobody has said here who you are"),
        (["proposal", "--set", "maniac_t.timeline=perhaps"], 2, "'perhaps' is none of: met, partial, unmet, unknown"),
        (["proposal", "--set", "proposal.requested=3/4"], 2, "'3/4' is 4 mar or 3 apr"),
        (["proposal", "--set", "proposal.requestd=thu"], 2, "did you mean 'proposal.requested'?"),
        (["proposal", "--set", "proposal=thu"], 2, "proposal has fields of its own: requested, presented"),
        (["proposal", "--set", "proposal.requested"], 2, "write it as FIELD=VALUE"),
        (["proposal", *ANSWERS, "--set", "learned=?"], 1, "'?' is a placeholder, not an answer"),
        (["\u202enowhere"], 2, "STAGE: U+202E, which changes the direction"),
        (["proposal", *ANSWERS, "--set", "proposal.link=x"], 2, "'x' is not a link"),
    ],
)
def test_what_is_missing_or_cannot_be_is_named_and_nothing_is_written(crm, words, code, says):
    before = (crm.root / "deals/acme.yaml").read_bytes()
    ran = crm.run("move", "acme", *words)
    assert (ran.code, (crm.root / "deals/acme.yaml").read_bytes()) == (code, before)
    assert says in ran.out + ran.err


def test_an_activity_that_is_missing_is_logged_by_its_own_command(repo):
    repo.deal(IN_DISCOVERY.replace("  - {date: 2026-02-03, kind: meeting, about: discovery, status: held}\n", ""))
    ran = repo.run("move", "acme", "proposal", *ANSWERS)
    assert ran.code == 1
    assert "  salesops log acme meeting --about discovery --status held" in ran.err


def test_a_waiver_is_signed_with_its_reason(crm):
    ran = crm.run(
        "move", "acme", "prop", "--set", "proposal.requested=thu", "--waive", "maniac_t.timeline", "--why", "On Friday",
        "--by", "jim",
    )  # fmt: skip
    assert ran.code == 0
    signed = {"need": "maniac_t.timeline", "stage": "proposal", "by": "jim", "date": "2026-11-20", "why": "On Friday"}
    assert held(crm)["waived"] == [signed]


def test_what_cannot_be_waived_is_not_signed_for(repo):
    process = (repo.root / "playbook/process/v3.yaml").read_text()
    repo.write(
        "playbook/process/v3.yaml",
        process.replace("{field: maniac_t.timeline,", "{field: maniac_t.timeline, waivable: false,"),
    )
    repo.deal(IN_DISCOVERY)
    ran = repo.run("move", "acme", "prop", "--waive", "maniac_t.timeline", "--why", "So", "--by", "jim")
    assert ran.code == 1
    assert "Timeline (MANIAC-T) cannot be waived" in ran.err
    assert "--waive" not in repo.run("move", "acme", "prop", "--set", "proposal.requested=thu").err


def test_an_answer_that_stood_there_is_replaced_with_its_day(repo):
    process = (repo.root / "playbook/process/v3.yaml").read_text()
    repo.write(
        "playbook/process/v3.yaml",
        process.replace("{field: maniac_t.competition,", "{field: maniac_t.competition, is: [met, partial, unmet],"),
    )
    repo.deal(IN_DISCOVERY)
    ran = repo.run("move", "acme", "prop", *ANSWERS)
    assert "--set maniac_t.competition.status=met|partial|unmet" in ran.err
    assert repo.run("move", "acme", "prop", *ANSWERS, "--set", "competition=unmet").code == 0
    assert held(repo)["maniac_t"]["competition"] == {"status": "unmet", "date": "2026-11-20"}


def test_a_need_with_a_note_and_what_was_learned_are_asked_for(repo):
    process = (repo.root / "playbook/process/v3.yaml").read_text()
    process = process.replace(
        "{field: maniac_t.need, is: [met, partial],",
        "{learned: true}\n          - {field: maniac_t.need, is: [met, partial], with: [note, evidence],",
    )
    repo.write("playbook/process/v3.yaml", process)
    repo.deal("maniac_t:\n  need: {status: met, date: 2026-01-05}\n  money: {status: met, date: 2026-01-05}\n")
    ran = repo.run("move", "acme", "outreach")
    assert '--set maniac_t.need.note="WORDS"    how we know it' in ran.err
    assert '--set learned="WORDS"               What could we have seen from outside' in ran.err
    assert repo.run("move", "acme", "outr", "--set", "learned=A, b", "--set", "need.note=It: died").code == 0
    assert held(repo)["learned"] == [{"stage": "enrichment", "date": "2026-11-20", "note": "A, b"}]
    assert held(repo)["maniac_t"]["need"]["note"] == "It: died"


def test_a_move_back_says_why(crm):
    assert crm.run("move", "acme", "outreach", "--why", "The dean has changed").code == 0
    assert held(crm)["moved_back"] == [{"date": "2026-11-20", "why": "The dean has changed"}]


def test_a_parked_deal_is_resumed_first(repo):
    repo.deal(IN_DISCOVERY + "parked: [{since: 2026-11-01, until: 2027-01-01, why: The grant}]\n")
    ran = repo.run("move", "acme", "proposal", *ANSWERS)
    assert ran.code == 1
    assert "acme is parked since 2026-11-01, until 2027-01-01: The grant" in ran.err
    assert "salesops resume acme" in ran.err


terminal = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")


@pytest.mark.proof
@terminal
def test_on_a_terminal_each_need_is_one_question_and_the_last_one_is_a_yes(crm):
    Git(crm.root).begin()
    answers = ["perhaps", "thu", "part", "Board in December, then", "Send it, 3/4", "Send it", "Send it, 27 nov", "y"]
    code, screen = typed(crm.root, ["move", "acme", "prop"], answers)
    assert code == 0
    assert "Cascadia University · General Membership   Discovery → Proposal, Friday 2026-11-20" in screen
    assert "Proposal asks for 2 things that are not there yet. Enter leaves one open." in screen
    assert "2  Timeline (MANIAC-T): Procurement has surprised us more often than price." in screen
    assert "Next step (now: Call the dean, by 2099-01-01)" in screen
    assert "\n'3/4' is 4 mar or 3 apr: write the month by its name\n" in screen, "nobody has written an option"
    assert "\nby when? Write the day at the end" in screen
    assert held(crm)["maniac_t"]["timeline"]["note"] == "Board in December, then"


@pytest.mark.samples(2)
@terminal
@pytest.mark.parametrize(
    ("answers", "stage", "waived"),
    [
        (["w", "y"], "discovery", None),
        (["", "y"], "discovery", None),
        (["n"], "discovery", None),
        (["s", "They tell us on Friday", "y"], "proposal", "jim"),
    ],
)
def test_with_a_need_left_open_one_waits_or_signs_or_leaves_it(crm, answers, stage, waived):
    git = Git(crm.root)
    git.begin()
    git("config", "salesops.me", "jim")
    code, screen = typed(crm.root, ["move", "acme", "prop"], ["thu", "", "", *answers])
    assert code == 0
    assert "Not written: Timeline is open. [W]ait and keep the rest / [s]ign for it / [n]o" in screen
    deal = held(crm)
    assert (next(iter(deal["stages"][-1])), deal.get("waived", [{}])[0].get("by")) == (stage, waived)
    assert deal.get("proposal") == ({"requested": "2026-11-19"} if answers != ["n"] else None)


@pytest.mark.proof
@terminal
def test_whoever_signs_for_the_first_time_says_who_it_is_and_is_not_asked_again(crm):
    git = Git(crm.root)
    git.begin()
    code, _ = typed(crm.root, ["move", "acme", "prop"], ["thu", "", "", "s", "They tell us on Friday", "Jim", "y"])
    assert code == 0
    assert git("config", "salesops.me") == "jim"
    assert held(crm)["waived"][0]["by"] == "jim"


@terminal
def test_an_answer_that_does_not_open_the_way_says_so_at_once(crm):
    for path in (crm.root / "playbook/process").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        asked = text.replace("{field: maniac_t.timeline,", "{field: maniac_t.timeline, is: [met, partial],")
        path.write_text(asked, encoding="utf-8")
    Git(crm.root).begin()
    code, screen = typed(crm.root, ["move", "acme", "prop"], ["thu", "unmet", "", "", "n"])
    assert code == 0
    assert "Kept, but the stage asks for met or partial: it stays open." in screen


@pytest.mark.proof
@terminal
def test_a_day_of_the_attempt_before_is_said_not_to_count(repo):
    repo.deal(
        IN_DISCOVERY.replace(
            "  - discovery: 2026-02-02\n",
            "  - discovery: 2026-02-02\n  - closed lost: 2026-03-02\n  - discovery: 2026-06-01\n",
        )
        + "reopened: [{date: 2026-06-01, why: They wrote}]\n"
    )
    Git(repo.root).begin()
    code, screen = typed(repo.root, ["move", "acme", "prop"], ["3 feb 2026", *[""] * 6, "n"])
    assert code == 0, screen
    assert "That was in the attempt before: what counts now begins on 2026-03-03. It stays open." in screen


def test_a_move_without_its_stage_names_those_to_which_there_is_a_way(crm):
    ran = crm.run("move", "acme")
    assert ran.code == 2
    assert "to which stage? salesops move acme proposal" in ran.err


@terminal
def test_on_a_terminal_a_move_without_its_stage_asks_for_it(crm):
    code, screen = typed(crm.root, ["move", "acme"], ["nowhere", "prop", "", "", "", "n"])
    assert code == 0
    assert "To which stage? (Proposal" in screen
    assert "Discovery → Proposal" in screen
