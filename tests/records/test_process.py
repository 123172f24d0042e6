"""The process as a graph: where a deal can go, what lies ahead, what lies between, and what was reached."""

from __future__ import annotations

import pytest

from salesops.records.process import RedLine

NEW, EXISTING = "new business", "existing business"


@pytest.fixture
def process(repo):
    return repo.book().versions["v3"]


def test_a_deal_of_each_type_has_its_start_and_its_path(process):
    assert process.start_of(NEW) == "enrichment"
    assert process.start_of(EXISTING) == "renewals"
    assert process.start_of("gift") == ""
    assert process.path_of(NEW) == {"enrichment", "outreach", "discovery", "proposal"}
    assert process.path_of(EXISTING) == {"renewals", "proposal"}
    assert process.path_of("gift") == set()


@pytest.mark.parametrize(
    ("start", "target", "left_out"),
    [
        ("enrichment", "discovery", ["outreach"]),
        ("enrichment", "closed won", ["outreach", "discovery", "proposal"]),
        ("renewals", "closed won", ["proposal"]),
        ("enrichment", "outreach", []),
        ("proposal", "enrichment", []),
        ("enrichment", "renewals", []),
        ("enrichment", "nowhere", []),
        ("nowhere", "proposal", []),
    ],
)
def test_a_jump_leaves_out_the_open_stages_between(process, start, target, left_out):
    assert process.between(start, target) == left_out


@pytest.mark.parametrize(
    ("start", "target", "type", "back"),
    [
        ("proposal", "enrichment", NEW, True),
        ("outreach", "enrichment", NEW, True),
        ("proposal", "renewals", EXISTING, True),
        ("proposal", "renewals", NEW, False),
        ("proposal", "discovery", EXISTING, False),
        ("enrichment", "outreach", NEW, False),
        ("outreach", "outreach", NEW, False),
        ("renewals", "enrichment", NEW, False),
        ("nowhere", "enrichment", NEW, False),
        ("proposal", "nowhere", NEW, False),
    ],
)
def test_back_is_towards_the_start_of_ones_own_path(process, start, target, type, back):
    assert process.is_back(start, target, type) is back


@pytest.mark.parametrize(
    ("now", "reached"),
    [
        ("enrichment", {"enrichment"}),
        ("outreach", {"enrichment", "outreach"}),
        ("discovery", {"enrichment", "outreach", "discovery"}),
        ("renewals", {"renewals"}),
        ("proposal", {"enrichment", "outreach", "discovery", "renewals", "proposal"}),
        ("closed won", {"enrichment", "outreach", "discovery", "renewals", "proposal", "closed won"}),
        ("closed lost", set()),
        ("nowhere", set()),
    ],
)
def test_a_stage_reaches_all_those_that_lead_to_it_and_a_loss_reaches_nothing(process, now, reached):
    assert {name for name in process.stages if process.reaches(now, name)} == reached


def test_several_exits_to_one_stage_are_alternatives(process):
    assert len(process.exits_between("outreach", "closed lost")) == 2
    assert len(process.exits_between("outreach", "discovery")) == 1
    assert process.exits_between("outreach", "proposal") == ()
    assert process.exits_between("nowhere", "proposal") == ()


def test_a_stage_of_an_older_version_is_found_under_its_new_name(process):
    assert process.name_now("prospecting") == "discovery"
    assert process.stage_named("prospecting") is process.stages["discovery"]
    assert process.name_now("discovery") == "discovery"
    assert process.name_now("nowhere") == "nowhere"
    assert process.stage_named("nowhere") is None


def test_a_circle_of_exits_ends_the_search(repo):
    repo.process("""
        stages:
          one: {title: One, exits: [{to: two, when: x}, {to: nowhere, when: x}]}
          two: {title: Two, exits: [{to: one, when: x}]}
        starts: {new business: one}
        conversions: []
        becomes: {}
    """)
    process = repo.book().versions["v3"]
    assert process.ahead("one") == process.ahead("two") == {"one", "two"}
    assert process.path_of(NEW) == {"one", "two"}


def test_a_need_has_a_name_for_waivers_and_a_sentence_for_people(process):
    said = {
        need.name: need.sentence for stage in process.stages.values() for exit in stage.exits for need in exit.needs
    }
    assert said["maniac_t.money"] == "maniac_t.money is met or partial"
    assert said["contract.signed"] == "contract.signed is given"
    assert said["held discovery meeting"] == "at least 1 held discovery meeting"
    assert said["email"] == "at least 3 email activities"
    assert said["contact"] == "at least 1 contact"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"below": "15%", "after": "20"}, "below 15 % after 20 or more"),
        ({"below": "15%", "after": "20", "of": "calls", "since": "v3"}, "below 15 % after 20 or more calls, since v3"),
        ({"below": "9000 USD"}, "below 9,000 USD"),
        ({"above": "120", "after": "5", "last": "20"}, "above 120 after 5 or more, of the last 20"),
        ({"wins": "0", "in": "10"}, "none won in 10"),
        ({"wins": "1", "in": "10", "since": "teaching-led@2"}, "at most 1 won in 10, since teaching-led@2"),
    ],
)
def test_a_red_line_says_in_words_when_it_is_crossed(line, sentence):
    assert RedLine.model_validate({"id": "a", "metric": "sqd", "means": "b", **line}).sentence == sentence
