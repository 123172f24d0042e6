"""``salesops reopen``: a lost deal begins again where it was lost, with a reason."""

from __future__ import annotations

import pytest
from underway import held

LOST = """
stages:
  - enrichment: 2026-01-05
  - outreach: 2026-01-12
  - closed lost: 2026-01-19
loss: {reason: timing, learning: Too early, verdict: execution, reengage: never, playbook: none needed}
"""


@pytest.mark.parametrize(("words", "stage"), [([], "outreach"), (["enr"], "enrichment")])
def test_a_lost_deal_goes_on_where_it_was_lost_or_where_it_is_told_to(repo, words, stage):
    repo.deal(LOST)
    ran = repo.run("reopen", "acme", *words, "--why", "The new dean asked", "--next", "Call her, mon")
    assert ran.code == 0
    assert held(repo)["stages"][-1] == {stage: "2026-11-20"}
    assert held(repo)["reopened"] == [{"date": "2026-11-20", "why": "The new dean asked"}]
    assert held(repo)["next"] == {"action": "Call her", "due": "2026-11-23"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["acme"], 1, '--why "WORDS"    why is it opened again?'),
        (["acme", "nowhere", "--why", "So"], 2, "there is no stage 'nowhere'"),
        (["acme", "renewals", "--why", "So"], 1, "acme is closed: there is no way from Closed Lost to Renewals"),
        (["cascadia-2025", "--why", "So"], 1, "cascadia-2025 is not lost: it is in Closed Won"),
        (["cascadia-2025", "--why", "So"], 1, "a renewal is a deal of its own: salesops renew cascadia-2025"),
        (["nobody", "--why", "So"], 2, "there is no deal 'nobody'"),
    ],
)
def test_what_is_missing_or_cannot_be_is_named_and_nothing_is_written(repo, words, code, says):
    before = repo.deal(LOST).read_bytes()
    ran = repo.run("reopen", *words)
    assert (ran.code, (repo.root / "deals/acme.yaml").read_bytes()) == (code, before)
    assert says in ran.out + ran.err


def test_a_move_out_of_a_loss_says_why_too(repo):
    repo.deal(LOST)
    assert repo.run("move", "acme", "outreach").code == 1
    assert repo.run("move", "acme", "outreach", "--why", "They wrote").code == 0
    assert held(repo)["reopened"] == [{"date": "2026-11-20", "why": "They wrote"}]


def test_a_deal_that_was_lost_by_mistake_is_opened_again_on_the_same_day(repo):
    repo.deal(LOST.replace("2026-01-12", "2026-11-20").replace("2026-01-19", "2026-11-20"))
    ran = repo.run("reopen", "acme", "--why", "They called back at noon", "--next", "Call her, mon")
    assert ran.code == 0
    assert [next(iter(line)) for line in held(repo)["stages"]] == ["enrichment", "outreach", "closed lost", "outreach"]
    assert held(repo)["reopened"] == [{"date": "2026-11-20", "why": "They called back at noon"}]
    assert "Closed Lost → Outreach" in ran.out
    assert "reason-idle" not in ran.out
