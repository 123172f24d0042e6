"""``salesops close``: a loss leaves its lesson, a win its contract, and a second loss stands beside the first."""

from __future__ import annotations

import sys

import pytest
from gitting import Git
from terminal import typed
from underway import IN_PROPOSAL, held

LESSON = ("--reason", "tim", "--learned", "Ask who pays", "--verdict", "exec", "--again", "sep 2027")
PAPER = (
    "--signed", "thu", "--start", "1 dec", "--end", "12 months", "--mrr", "1250", "--entity", "Sponsor",
    "--agreement", "https://docs.example/a", "--learned", "The course, above all", "--signal", "A course", "--signal", "A dean",
)  # fmt: skip
terminal = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")


def test_a_loss_says_why_and_when_to_try_again(repo):
    repo.deal()
    ran = repo.run("close", "acme", "lost", *LESSON)
    assert (ran.code, ran.err) == (0, "tim: timing\nexec: execution\nsep 2027: 2027-09\n")
    deal = held(repo)
    assert deal["stages"][-1] == {"closed lost": "2026-11-20"}
    assert deal["loss"] == {
        "reason": "timing",
        "learning": "Ask who pays",
        "verdict": "execution",
        "reengage": "2027-09",
    }
    assert "still wanted within the process: playbook" in ran.out


def test_a_second_loss_stands_beside_the_first(repo):
    first = "{reason: price, learning: Too dear, verdict: icp, reengage: never, playbook: none needed}"
    stages = "stages:\n  - enrichment: 2026-01-05\n  - closed lost: 2026-01-19\n  - enrichment: 2026-08-03\n"
    repo.deal(f"{stages}loss: {first}\nreopened: [{{date: 2026-08-03, why: They wrote}}]\n")
    assert repo.run("close", "acme", "lost", *LESSON, "--playbook", "none needed").code == 0
    loss = held(repo)["loss"]
    assert [entry["reason"] for entry in loss] == ["price", "timing"]
    assert f"  - {first}\n" in (repo.root / "deals/acme.yaml").read_text()
    assert loss[1]["playbook"] == "none needed"


def test_a_lesson_that_was_prepared_is_completed_and_not_doubled(repo):
    repo.deal("loss: {reason: timing}\n")
    ran = repo.run("close", "acme", "lost")
    assert "--reason" not in ran.err
    assert repo.run("close", "acme", "lost", *LESSON).code == 0
    assert held(repo)["loss"]["reason"] == "timing"


def test_the_reason_decides_which_way_out_it_is_and_what_that_asks_for(repo):
    repo.deal("stages:\n  - enrichment: 2026-01-05\n  - outreach: 2026-01-12\n")
    ran = repo.run("close", "acme", "lost", "--reason", "unresponsive", *LESSON[2:])
    assert ran.code == 1
    assert "salesops log acme email    Two messages is bad luck; three is an answer." in ran.err
    assert repo.run("close", "acme", "lost", *LESSON).code == 0


def test_a_win_takes_the_contract_in_the_order_of_the_paper(repo):
    repo.deal(IN_PROPOSAL)
    asked = repo.run("close", "acme", "won").err
    order = [
        "--signed DAY",
        "--start DAY",
        "--end DAY|open",
        "--mrr AMOUNT",
        '--entity "WORDS"',
        "--agreement LINK",
        '--learned "WORDS"',
    ]
    assert [asked.index(option) for option in order] == sorted(asked.index(option) for option in order)
    ran = repo.run("close", "acme", "won", *PAPER)
    assert ran.code == 0
    deal = held(repo)
    assert deal["contract"] == {
        "signed": "2026-11-19", "start": "2026-12-01", "end": "2027-11-30", "mrr": "1250 USD", "entity": "Sponsor",
        "agreement": "https://docs.example/a",
    }  # fmt: skip
    assert deal["win"] == {"learning": "The course, above all", "signals": ["A course", "A dean"]}
    assert "still wanted within the process: order: configurator" in ran.out


def test_a_contract_without_a_price_is_asked_why(repo):
    repo.deal(IN_PROPOSAL + "value: {months: 12}\n")
    ran = repo.run("close", "acme", "won", *PAPER, "--mrr", "0")
    assert (ran.code, "the contract brings 0 USD a month; why is it another" in ran.err) == (1, True)


def test_what_was_offered_once_is_asked_for_with_the_rest_of_the_paper(repo):
    repo.deal(IN_PROPOSAL + OFFERED)
    assert repo.run("close", "acme", "won", *PAPER, "--mrr", "1450", "--one-off", "2500").code == 0
    assert held(repo)["contract"]["one_off"] == "2500 USD"


OFFERED = "value: {mrr: 1450 USD, one_off: 2500 USD, months: 12}\n"


def test_a_contract_that_is_another_than_what_was_offered_is_asked_why(repo):
    repo.deal(IN_PROPOSAL + OFFERED)
    ran = repo.run("close", "acme", "won", *PAPER)
    assert (ran.code, "contract" in held(repo)) == (1, False)
    assert (
        '--set contract.why_different="WORDS"    Why it differs from the offer (contract): 1250 USD a month in the contract, and 1450 USD a month expected;'
        in ran.err
    )
    assert "nothing one-off in the contract, and 2500 USD one-off expected" in ran.err
    assert "--one-off AMOUNT" in ran.err
    assert "2500 USD were offered, to be paid once." in ran.err
    assert repo.run("close", "acme", "won", *PAPER, "--set", "contract.why_different=A hub less").code == 0
    assert held(repo)["contract"]["why_different"] == "A hub less"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (
            ["lost"],
            1,
            "--reason price|timing|competitor|feature gap|wrong ICP|unresponsive|other    The specific reason.",
        ),
        (["lost"], 1, "--again DAY|never "),
        (["won"], 1, "has no way from Enrichment to Closed Won: Outreach, Discovery, Proposal lie between"),
        (["drawn"], 2, "'drawn' is none of: won, lost"),
        (["lost", "--mrr", "3"], 2, "--mrr says something of a deal that is won"),
        (["lost", "--reason", "weather"], 2, "loss.reason: 'weather' is none of: price, timing"),
        (["lost", "--again", "3/4"], 2, "'3/4' is 4 mar or 3 apr"),
    ],
)
def test_what_is_missing_or_cannot_be_is_named_and_nothing_is_written(repo, words, code, says):
    before = repo.deal().read_bytes()
    ran = repo.run("close", "acme", *words)
    assert (ran.code, (repo.root / "deals/acme.yaml").read_bytes()) == (code, before)
    assert says in ran.out + ran.err


def test_a_deal_that_is_closed_so_already_is_left_alone(repo):
    ran = repo.run("close", "cascadia-2025", "won")
    assert (ran.code, ran.out) == (0, "There already: cascadia-2025 is closed as won since 2025-03-10.\n")
    ran = repo.run("close", "cascadia-2025", "lost")
    assert (ran.code, "a renewal is a deal of its own: salesops renew cascadia-2025" in ran.err) == (1, True)


@terminal
def test_a_loss_on_a_terminal_is_five_questions_and_a_yes(repo):
    repo.deal()
    Git(repo.root).begin()
    answers = ["timing", "Ask who pays, first", "exec", "sep 2027", "none needed", "y"]
    code, screen = typed(repo.root, ["close", "acme", "lost"], answers)
    assert code == 0
    assert "Enrichment → Closed Lost, Friday 2026-11-20" in screen
    assert "3  Verdict: Was the ICP wrong, or the execution poor?" in screen
    asked, _, later = screen.partition("What follows may wait: it is asked for once the deal is closed.")
    assert "Closed Lost asks for 4 things" in asked
    assert ("5  Playbook" in asked, "5  Playbook" in later) == (False, True), "it asks for as many as it says"
    assert held(repo)["loss"] == {
        "reason": "timing", "learning": "Ask who pays, first", "verdict": "execution", "reengage": "2027-09",
        "playbook": "none needed",
    }  # fmt: skip


@terminal
def test_a_question_left_open_is_not_asked_twice_and_enter_at_the_end_keeps_the_answers(repo):
    repo.deal()
    Git(repo.root).begin()
    code, screen = typed(
        repo.root, ["close", "acme", "lost"], ["timing", "", "exec", "sep 2027", "none needed", "", "y"]
    )
    assert (code, screen.count("Learned: What the team learned.")) == (0, 1)
    assert held(repo)["loss"]["reason"] == "timing"
    assert "closed lost" not in held(repo)["stages"][-1]


@pytest.mark.proof
@terminal
def test_a_win_on_a_terminal_offers_the_hand_off(repo):
    repo.deal(IN_PROPOSAL)
    Git(repo.root).begin()
    paper = ["thu", "1 dec", "12 months", "1250", "Sponsor", "https://docs.example/a", "The course", "A course", ""]
    answers = [*paper, "yes", "https://hub.example/c", "thu", "april", "", "y"]
    code, screen = typed(repo.root, ["close", "acme", "won"], answers)
    assert code == 0
    assert "The hand-off to delivery: fill in what is known of it now?  yes, no" in screen
    deal = held(repo)
    assert deal["contract"]["end"] == "2027-11-30"
    assert deal["order"] == {
        "configurator": "https://hub.example/c",
        "created": "2026-11-19",
        "delivery_owner": "april",
    }


@pytest.mark.proof
@terminal
def test_a_price_below_the_offer_loses_no_answer_that_was_typed(repo):
    repo.deal(IN_PROPOSAL + "value: {mrr: 1450 USD, months: 12}\n")
    Git(repo.root).begin()
    paper = ["thu", "1 dec", "12 months", "1250", "Sponsor", "https://docs.example/a", "The course", "A course", ""]
    code, screen = typed(repo.root, ["close", "acme", "won"], [*paper, "A hub less", "no", "y"])
    assert code == 0
    assert "why is it another than what was offered?" in screen
    assert held(repo)["contract"]["why_different"] == "A hub less"


def test_a_close_without_its_end_says_that_it_is_won_or_lost(repo):
    repo.deal(IN_PROPOSAL)
    ran = repo.run("close", "acme")
    assert ran.code == 2
    assert "won or lost? salesops close acme won|lost" in ran.err


def test_a_day_to_try_again_that_is_none_is_told_that_a_month_or_a_quarter_will_do(repo):
    repo.deal(IN_PROPOSAL)
    ran = repo.run("close", "acme", "lost", "--again", "spring")
    assert ran.code == 2
    assert "'spring' is not a day" in ran.err
    assert "or a month or a quarter: sep 2027, 2027Q1" in ran.err
