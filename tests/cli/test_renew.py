"""``salesops renew``: a new deal for a contract that ends, at the price that was agreed, and nothing asked."""

from __future__ import annotations

from salesops.records.yaml_reader import read

RENEWAL = """\
title: "Renewal of General Membership"
member: cascadia-university
type: existing business
tier: general
owner: jim
stages:
  - renewals: 2026-11-20
"""


def test_a_renewal_has_the_price_and_the_months_of_the_contract(repo):
    ran = repo.run("renew", "cascadia", "--next", "Send the usage report, fri")
    assert ran.code == 0
    text = (repo.root / "deals/cascadia-renewal-2027.yaml").read_text()
    assert text.startswith(RENEWAL)
    document, problems = read("deals/new.yaml", text.encode())
    assert problems == []
    assert document.data["value"] == {"mrr": "1000 USD", "months": "21"}
    assert document.data["renews"] == "cascadia-2025"


def test_a_renewal_that_is_there_is_named_and_nothing_is_written(repo):
    assert repo.run("renew", "cascadia").code == 0
    files = sorted((repo.root / "deals").iterdir())
    ran = repo.run("renew", "cascadia-2025")
    assert (ran.code, sorted((repo.root / "deals").iterdir())) == (0, files)
    assert ran.out == "There already: cascadia-renewal-2027 renews cascadia-2025, in Renewals since 2026-11-20.\n"


def test_a_renewal_that_was_lost_may_begin_again_under_another_id(repo):
    loss = "loss: {reason: other, learning: None, verdict: execution, reengage: never, playbook: none needed}\n"
    stages = "type: existing business\nstages:\n  - renewals: 2026-01-05\n  - closed lost: 2026-02-02\nmaniac_t: null\nicp: null\n"
    repo.deal(f"{stages}renewal: {{valued: Peace}}\n{loss}renews: cascadia-2025\n", "cascadia-renewal-2027")
    assert repo.run("renew", "cascadia-2025").code == 0
    assert (repo.root / "deals/cascadia-renewal-2027-2.yaml").exists()


def test_only_a_won_deal_is_renewed(repo):
    repo.deal()
    ran = repo.run("renew", "acme")
    assert (ran.code, "acme is not won, but in Enrichment since 2026-01-05" in ran.err) == (1, True)
    assert repo.run("renew", "cascadia-2025", "--id", "Not An Id").code == 2


def test_an_id_may_be_chosen_and_nothing_is_written_on_trial(repo):
    ran = repo.run("renew", "cascadia-2025", "--id", "cascadia-again", "--dry-run")
    assert (ran.code, "Nothing was written." in ran.out) == (0, True)
    assert not (repo.root / "deals/cascadia-again.yaml").exists()
    assert repo.run("renew", "cascadia-2025", "--id", "cascadia-again").code == 0
    assert (repo.root / "deals/cascadia-again.yaml").exists()
