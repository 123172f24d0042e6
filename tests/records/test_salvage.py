"""A record whose shape is wrong is read as far as it goes, so that one run finds all that is wrong with it."""

from __future__ import annotations

from salesops.records.salvage import is_lost

TWENTY = """\
title: &Acme
member: uni-y
type: new business
tier: generall
owner: jimm
stages:
  - enrichment: 2026-01-05
  - outreach: 2026-01-02
  - proposal: 2026-02-02
value: {mrr: 1_000 USD, months: twelve}
expected_close: 2026-13-01
probability: {value: 0.6, date: 2026-03-05, why: Hope}
ownr: x
next: {action: Call, due: 2026-2-9}
maniac_t:
  money: {status: met, date: 2099-02-04}
  need: {status: mett, date: 2026-01-01}
  need: {status: met, date: 2026-01-01}
icp: {hypothesis: teaching-led, version: 1, fit: true}
activity:
  - {date: 2026-02-02, kind: phone}
contract: {start: 2026-04-01, end: 2026-03-31}
links: [{kind: notes, url: "javascript:alert(1)"}]
renews: nothing
waived: [{need: icp.fit, stage: outreach, by: jim, date: 2026-01-19, why: Yes}]
x: {token: ghp_0123456789abcdefghijABCDEFGHIJ012345}
"""


def test_twenty_different_mistakes_are_all_found_in_the_order_of_the_file(repo):
    repo.write("deals/acme.yaml", TWENTY)
    said = [(found.place.line, found.code) for found in repo.problems()]
    assert said == [
        (1, "yaml-anchor"),
        (2, "member-unknown"),
        (4, "tier-unknown"),
        (5, "person-unknown"),
        (8, "stage-dates-go-back"),
        (9, "stage-skipped"),
        (10, "not-money"),
        (10, "not-a-number"),
        (11, "not-a-date"),
        (12, "not-a-percentage"),
        (13, "unknown-key"),
        (14, "not-a-date"),
        (16, "fact-in-future"),
        (17, "not-a-choice"),
        (18, "key-twice"),
        (21, "not-a-choice"),
        (22, "contract-dates"),
        (23, "not-a-link"),
        (24, "new-business-renews"),
        (24, "renewed-deal-unknown"),
        (25, "waiver-idle"),
        (26, "secret-in-record"),
    ]


def test_what_could_not_be_read_is_not_said_to_be_missing(repo):
    repo.deal("""
        stages:
          - enrichment: 2026-01-05
          - outreach: 2026-01-12
        maniac_t:
          need: {status: met, date: 2026-01-10}
          money: {status: mett, date: 2026-01-10}
        next: {action: Call}
    """)
    assert repo.said() == ["deals/acme.yaml:6 not-a-choice", "deals/acme.yaml:7 field-missing"]


def test_a_deal_without_its_type_is_not_told_where_it_should_have_started(repo):
    repo.deal("type: lease\nstages: [{renewals: 2026-01-05}]")
    assert repo.said() == ["deals/acme.yaml:1 not-a-choice"]


def test_no_number_counts_a_record_that_is_only_half_read(repo):
    repo.deal("value: {mrr: lots}")
    book = repo.book()
    assert "acme" in book.deals
    assert "acme" not in book.histories
    assert [left.deal for left in book.unusable] == ["acme"]


def test_a_path_is_lost_with_what_holds_it_and_with_what_it_holds():
    lost = {("maniac_t", "money")}
    assert is_lost(("maniac_t", "money", "date"), lost)
    assert is_lost(("maniac_t",), lost)
    assert not is_lost(("maniac_t", "need"), lost)
    assert not is_lost(("member",), lost)
