"""The Book: which process judges a day, which deals can be counted, and how all of it stood on an earlier day."""

from datetime import date, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from booking import book_of

from salesops.book.book import Cause, LeftOut
from salesops.records.deal import Deal
from salesops.records.process import Process
from salesops.records.validation import typed
from salesops.records.yaml_reader import read
from salesops.store.load import load

ROOT = Path(__file__).parents[2]

FIRST = """
    version: v1
    in_force: 2020-01-01
    changelog: The first one
    tiers: {general: {name: General Membership}}
    starts: {new business: qualifying}
    stages:
      qualifying: {title: Qualifying, exits: [{to: prospecting, when: They answer}]}
      prospecting: {title: Prospecting, exits: [{to: closed won, when: They sign}]}
      haggling: {title: Haggling}
      closed won: {title: Closed Won, outcome: won}
"""


def process(text):
    document, problems = read("process.yaml", dedent(text).encode())
    record, shape = typed(document, Process)
    assert not problems + shape
    return record


V1 = process(FIRST)
V3 = process((ROOT / "playbook/process/v3.yaml").read_text(encoding="utf-8"))


def day(text):
    return date.fromisoformat(text)


def deal(*moves, **fields):
    return Deal.model_validate(
        {
            "title": "General Membership",
            "member": "cascadia-university",
            "type": "new business",
            "tier": "general",
            "owner": "jim",
            "stages": [dict([move.split(": ")]) for move in moves],
            **fields,
        }
    )


def book(deals, versions=(V1, V3), **more):
    return book_of(versions={version.version: version for version in versions}, deals=deals, **more)


def names(histories):
    return [history.id for history in histories]


@pytest.mark.parametrize(
    ("on", "version"),
    [
        ("2019-12-31", "v1"),  # older than the oldest: the oldest judges
        ("2020-01-01", "v1"),
        ("2024-12-31", "v1"),
        ("2025-01-01", "v3"),
        ("2099-01-01", "v3"),
    ],
)
def test_a_process_is_in_force_from_its_day_until_the_next_one(on, version):
    assert book({}, versions=(V3, V1)).process_on(day(on)).version == version


def test_without_a_process_none_is_in_force_and_nothing_can_be_counted():
    empty = book_of(deals={"cascadia": deal("enrichment: 2026-01-05")})
    assert empty.process_on(day("2026-01-05")) is None
    assert empty.outcome("closed won") is None
    assert empty.unusable == (
        LeftOut("cascadia", "'enrichment' is not a stage of any process version", Cause.UNUSABLE),
    )
    with pytest.raises(LookupError):
        _ = empty.on(day("2026-01-05")).process


def test_a_stage_is_seen_as_the_process_of_the_day_sees_it():
    both = book({})
    assert not both.stage("prospecting", day("2024-06-01")).sales_qualified
    assert both.stage("prospecting", day("2026-06-01")).title == "Discovery"  # what it became


def test_a_stage_that_only_another_version_knows_is_found_there():
    both = book({})
    assert both.stage("renewals", day("2024-06-01")).title == "Renewals"
    assert both.stage("haggling", day("2026-06-01")).title == "Haggling"
    assert both.stage("invoicing", day("2024-06-01")).title == "Proposal"
    assert both.stage("haggled", day("2026-06-01")) is None


def test_an_outcome_is_known_whatever_the_version():
    both = book({})
    assert both.outcome("closed won") == "won"
    assert both.outcome("closed lost") == "lost"
    assert both.outcome("haggling") is None
    assert both.outcome("nowhere") is None


def test_a_deal_of_the_old_process_is_counted_under_the_new_names():
    snapshot = book({"old": deal("qualifying: 2024-01-05", "prospecting: 2024-02-01")}).on(day("2026-01-05"))
    (history,) = snapshot.open
    assert [snapshot.name(visit.stage) for visit in history.visits] == ["enrichment", "discovery"]


def test_deals_that_cannot_be_followed_are_named_with_the_reason():
    known = book(
        {
            "fine": deal("enrichment: 2026-01-05"),
            "nowhere": deal(),
            "backwards": deal("enrichment: 2026-01-05", "outreach: 2026-01-02"),
            "misspelt": deal("enrichmnet: 2026-01-05"),
            "half-read": deal("enrichment: 2026-01-05"),
        },
        broken=frozenset({("deal", "half-read"), ("deal", "unread")}),
    )
    assert {left.deal: left.why for left in known.unusable} == {
        "unread": "its file cannot be read: run salesops check",
        "nowhere": "it has no stage",
        "backwards": "its stages are not in date order",
        "misspelt": "'enrichmnet' is not a stage of any process version",
        "half-read": "its file has errors: run salesops check",
    }
    assert len(known.unusable) == 5
    assert list(known.histories) == ["fine"]


def test_a_deal_is_not_blamed_for_the_broken_file_of_its_member():
    known = book({"fine": deal("enrichment: 2026-01-05")}, broken=frozenset({("member", "cascadia-university")}))
    assert known.unusable == ()
    assert names(known.on(day("2026-01-05")).open) == ["fine"]


def test_a_member_and_a_deal_of_one_name_are_not_mixed_up():
    known = book({"cascadia": deal("enrichment: 2026-01-05")}, broken=frozenset({("member", "cascadia")}))
    assert list(known.histories) == ["cascadia"]


def test_the_renewals_of_a_deal_are_found():
    known = book(
        {
            "first": deal("enrichment: 2026-01-05"),
            "second": deal("renewals: 2026-01-05", type="existing business", renews="first"),
            "third": deal("renewals: 2026-02-05", type="existing business", renews="first"),
        }
    )
    assert known.renewed_by == {"first": ["second", "third"]}


def test_a_deal_does_not_renew_itself():
    known = book({"first": deal("renewals: 2026-01-05", type="existing business", renews="first")})
    assert known.renewed_by == {}


def test_the_deals_of_a_member_are_found():
    known = book(
        {
            "one": deal("enrichment: 2026-01-05"),
            "other": deal("enrichment: 2026-01-05", member="birch-college"),
            "two": deal("enrichment: 2026-02-05"),
        }
    )
    assert known.deals_of("cascadia-university") == ["one", "two"]
    assert known.deals_of("nobody") == []


PARKED = {"parked": [{"since": "2026-02-01", "until": "2026-03-01", "why": "Waiting for the grant"}]}


def test_the_pipeline_holds_open_deals_that_are_not_parked():
    snapshot = book(
        {
            "open": deal("enrichment: 2026-01-05"),
            "warm": deal("enrichment: 2026-01-05", **PARKED),
            "won": deal("enrichment: 2026-01-05", "closed won: 2026-01-06"),
            "lost": deal("enrichment: 2026-01-05", "closed lost: 2026-01-06"),
            "lost-while-parked": deal("enrichment: 2026-01-05", "closed lost: 2026-02-06", **PARKED),
            "to-come": deal("enrichment: 2026-02-11"),
        }
    ).on(day("2026-02-10"))
    assert names(snapshot.open) == ["open"]
    assert names(snapshot.parked) == ["warm"]
    assert names(snapshot.won) == ["won"]
    assert names(snapshot.lost) == ["lost", "lost-while-parked"]


def test_a_parked_deal_says_until_when():
    snapshot = book(
        {
            "warm": deal("enrichment: 2026-01-05", **PARKED),
            "for-good": deal("enrichment: 2026-01-05", parked=[{"since": "2026-02-01", "why": "Premier comes later"}]),
            "open": deal("enrichment: 2026-01-05"),
        }
    ).on(day("2026-02-10"))
    assert {history.id: snapshot.why_parked(history) for history in snapshot.histories} == {
        "warm": "parked until 2026-03-01",
        "for-good": "parked with no return date",
        "open": None,
    }


def test_one_deal_can_be_asked_for_as_it_stood():
    snapshot = book({"cascadia": deal("enrichment: 2026-01-05", "outreach: 2026-01-19")}).on(day("2026-01-10"))
    assert snapshot.history("cascadia").now.stage == "enrichment"
    assert snapshot.history("nobody") is None
    assert book({"cascadia": deal("enrichment: 2026-01-05")}).on(day("2026-01-04")).history("cascadia") is None


def test_a_stage_that_no_version_knows_cannot_be_asked_for():
    with pytest.raises(LookupError):
        book({}).on(day("2026-01-10")).stage("nowhere")


def test_deals_come_by_their_id_whatever_the_order_of_the_files():
    deals = {id: deal("enrichment: 2026-01-05") for id in ("birch", "aspen", "cedar")}
    assert names(book(deals).on(day("2026-01-10")).histories) == ["aspen", "birch", "cedar"]


def test_every_deal_of_the_demonstration_is_open_parked_won_or_lost_on_every_day_of_its_life():
    known, _ = load(ROOT)
    assert known.histories
    for later in range(0, 730, 5):
        snapshot = known.on(day("2025-01-01") + timedelta(days=later))
        groups = [*snapshot.open, *snapshot.parked, *snapshot.won, *snapshot.lost]
        assert sorted(names(groups)) == sorted(names(snapshot.histories))
