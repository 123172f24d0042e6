"""What a record says happened: calls that say what came of them, people who are in the team, days that have come."""

import pytest


def test_a_call_of_long_ago_on_a_closed_deal_need_not_say_what_came_of_it(repo):
    repo.deal("""
        stages: [enrichment: 2026-01-05, closed lost: 2026-02-09]
        loss: {reason: price, learning: Too dear, verdict: execution, reengage: never}
        activity: [{date: 2026-01-20, kind: call}]
    """)
    assert "call-unclear" not in " ".join(repo.said())


def test_an_outcome_that_cannot_be_read_is_not_missing_as_well(repo):
    repo.deal("activity: [{date: 2026-01-20, kind: call, outcome: chatted}]")
    assert repo.said() == ["deals/acme.yaml:1 not-a-choice"]


def test_whoever_works_on_a_deal_or_decided_on_it_is_in_the_team(repo):
    repo.deal("team: [april, nobody]\ndecision: {go: true, date: 2026-02-09, by: nobody}")
    assert repo.said() == ["deals/acme.yaml:1 person-unknown", "deals/acme.yaml:2 person-unknown"]


def test_a_price_is_not_agreed_and_a_deal_not_decided_on_tomorrow(repo):
    repo.deal("agreed: 2099-01-01\ndecision: {go: true, date: 2099-01-01}")
    assert repo.said() == ["deals/acme.yaml:1 fact-in-future", "deals/acme.yaml:2 fact-in-future"]


@pytest.mark.parametrize(
    ("said", "is_found"),
    [
        ("health: [{date: 2099-05-01, status: green}]", True),
        ("vendor_setup: {status: done, date: 2099-05-01}", True),
        ("invoices: [{month: 2026-10, prepared: 2099-11-01}]", True),
        ("links: [{kind: folder, url: 'https://docs.example/f', date: 2099-05-01}]", True),
        ("hubs: [{name: teaching, since: 2099-05-01}]", False),
    ],
)
def test_what_happened_with_a_member_has_happened(repo, said, is_found):
    repo.member(said)
    assert repo.said() == (["members/cascadia-university.yaml:1 fact-in-future"] if is_found else [])


def test_what_was_learned_has_been_learned_and_what_is_announced_may_lie_ahead(repo):
    repo.deal("learned: [{stage: enrichment, date: 2099-01-01, note: They asked}]")
    assert repo.said() == ["deals/acme.yaml:1 fact-in-future"]
    repo.deal("parked: [{since: 2099-01-01, until: 2099-02-01, why: Summer}]")
    assert "fact-in-future" not in " ".join(repo.said())


def test_a_price_that_is_quoted_by_a_link_asks_at_once_whether_administration_knows(repo):
    repo.deal('links: [{kind: proposal, url: "https://docs.example/p", status: sent, date: 2026-02-09}]')
    assert repo.said() == ["deals/acme.yaml:1 quote-untold"]


def test_a_community_is_represented_by_a_contact_of_the_member(repo):
    repo.member("communities: [{name: Teaching, representative: a-smith}, {name: Research, representative: b-jones}]")
    assert repo.said() == ["members/cascadia-university.yaml:1 member-names-unknown"]


def test_what_came_of_a_message_is_counted_on_a_day_that_has_come_and_is_said_once(repo):
    repo.write("playbook/outreach/intro-2.yaml", "message: intro@2\nresults: [{date: 2099-03-02, sent: 40}]\n")
    assert repo.said() == ["playbook/outreach/intro-2.yaml:2 fact-in-future"]
    repo.write("playbook/outreach/intro-2.yaml", "message: intro@2\nresults: [{date: 2026-03-02, sent: 40}]\n")
    assert "fact-in-future" not in repo.run("check", "--as-of", "2026-02-01").out


def test_only_an_email_comes_back(repo):
    repo.deal("activity: [{date: 2026-01-20, kind: call, outcome: spoke, bounced: true}]")
    assert repo.said() == ["deals/acme.yaml:1 outcome-misplaced"]
    repo.deal("activity: [{date: 2026-01-20, kind: email, bounced: true}]")
    assert repo.said() == []
