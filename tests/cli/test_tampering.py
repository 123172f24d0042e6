"""Ways to tell the past otherwise, one story each in real git: an error until somebody signs, or named; never a word too few."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from gitting import CLEAN, Git

SIGN, NAME = "past-fact-changed", "past-fact-named"
GAPS = "by: …, date: …, why: …"
"""What whoever signs has to say; all else a person pastes as it is printed."""
MOVES = "  - enrichment: 2026-01-05\n  - closed lost: 2026-01-19\n"
LOST = """\
title: Membership of last winter
member: cascadia-university
type: new business
tier: general
owner: jim
source: {channel: referral, campaign: jupytercon-2025}
stages:
  - enrichment: 2026-01-05
  - closed lost: 2026-01-19
activity:
  - {date: 2026-01-08, kind: email, replied: 2026-01-09}
maniac_t:
  money: {status: unmet, date: 2026-01-15, note: Nothing in the budget}
loss: {reason: price, learning: Too dear, verdict: execution, reengage: never, playbook: none needed}
"""
REOPENED = LOST.replace(MOVES, f"{MOVES}  - enrichment: 2026-05-04\n") + (
    "reopened: [{date: 2026-05-04, why: A new budget}]\nnext: {action: Call the dean, due: 2099-01-01}\n"
)
PARKED = LOST.replace("  - closed lost: 2026-01-19\n", "").replace("loss:", "x:") + (
    "parked: [{since: 2026-02-02, until: 2026-03-02, why: A hiring freeze}]\nnext: {action: Call, due: 2099-01-01}\n"
)
OLD = LOST.replace("2026-01", "2024-01")
MEMBER = """\
name: Winter University
kind: university
country: US
health:
  - {date: 2026-05-01, status: green}
"""
INVOICED = """\
name: Cascadia University
kind: university
country: US
contacts:
  - {id: a-smith, role: Director of Research Computing}
vendor_setup: {status: done, date: 2025-03-02}
invoices:
  - {month: 2026-05, deal: cascadia-2025, tier_confirmed: 2026-03-28, delivery_confirmed: 2026-06-01, prepared: 2026-06-01, sent: 2026-06-02}
"""
TEAM = """\
organisation: Test
time_zone: UTC
currency: USD
people:
  jim: {name: Jim, roles: [business development lead]}
  april: {name: April, roles: [delivery manager]}
"""
RATES = "rates:\n  - {date: 2026-01-02, from: CAD, to: USD, rate: 0.7312}\n"
TARGETS = "targets:\n  - {id: twelve, metric: sqd, at_least: '12', by: 2026-12-31}\n"
DECISION = "date: 2026-04-06\nverdict: hold\nwhy: Too early to say.\n"
REVIEW = "owner: jim\nattended: [jim]\nexperiments: [subject-lines]\n"
CLAIM = (
    "claim: They buy.\nversion: 1\nsince: 2025-01-01\nstatus: testing\n"
    "predicts: {conversion: outreach-to-discovery, at_least: 30%}\nwhen: [{field: maniac_t.need, is: met}]\n"
)
RUNNING = (
    "hypothesis: Names help.\nvariants: [plain, named]\nowner: jim\nstatus: running\n"
    "cohort: {stage: outreach, since: 2026-01-15}\nmeasure: outreach-to-discovery\nstop: 20 attempts\n"
)
DONE = RUNNING.replace("running", "done") + "result: It helped.\nlearning: Use names.\n"
REMOVED = "removed: [{kind: deal, id: winter, date: 2026-11-20, by: nobody, why: Entered twice}]\n"

DEAL, MEMBERS, EXPERIMENT = (
    "deals/winter.yaml",
    "members/winter-university.yaml",
    "playbook/experiments/subject-lines.yaml",
)
ICP, WON, V3 = "playbook/icp/teaching-led.yaml", "deals/cascadia-2025.yaml", "playbook/process/v3.yaml"


@dataclass(frozen=True)
class Story:
    """Someone tells the past otherwise: in a file, from one text to another, or with other words put in place of some."""

    title: str
    code: str
    path: str
    before: str | None
    after: str | tuple[str, str] | None


def stories(code: str, path: str, before: str | None, **told: str | tuple[str, str] | None) -> list[Story]:
    """Several ways to alter one file; each keyword is the name of a story."""
    return [Story(title.replace("_", " "), code, path, before, after) for title, after in told.items()]


NEW_VERSION = "version: v4\nin_force: {}\nfrom: v3\nchangelog: Stricter.\n"
SIGNED = [
    *stories(
        SIGN,
        DEAL,
        PARKED,
        a_pause_of_last_winter_is_moved=("since: 2026-02-02", "since: 2026-02-09"),
        a_pause_of_last_winter_is_gone=("[{since: 2026-02-02, until: 2026-03-02, why: A hiring freeze}]", "[]"),
    ),
    *stories(
        SIGN,
        DEAL,
        REOPENED,
        the_day_on_which_a_deal_was_opened_again_is_moved=("[{date: 2026-05-04", "[{date: 2026-05-11"),
        nothing_says_any_more_that_a_deal_was_opened_again=("reopened: [{date: 2026-05-04, why: A new budget}]\n", ""),
    ),
    *stories(
        "process-changed",
        V3,
        None,
        a_need_of_a_version_under_which_deals_moved_is_dropped=('          - {field: icp.fit, is: "true"}\n', ""),
        a_stage_of_old_becomes_another_one=("qualifying: enrichment", "qualifying: outreach"),
        a_version_is_in_force_from_another_day=("in_force: 2025-01-01", "in_force: 2025-01-20"),
    ),
    *stories(
        SIGN,
        "playbook/rates.yaml",
        RATES,
        a_rate_of_days_gone_by_is_changed=("0.7312", "0.7999"),
        a_rate_of_days_gone_by_is_dropped=(RATES.splitlines(keepends=True)[1], "  []\n"),
        a_rate_is_put_in_for_days_gone_by=(
            "rates:\n",
            "rates:\n  - {date: 2025-06-01, from: CAD, to: USD, rate: 0.6}\n",
        ),
    ),
    *stories(
        SIGN,
        "playbook/team.yaml",
        TEAM,
        the_time_zone_of_the_team_is_another=("UTC", "Europe/Berlin"),
        the_currency_of_the_team_is_another=("currency: USD", "currency: CAD"),
    ),
    *stories(
        SIGN,
        EXPERIMENT,
        RUNNING,
        what_an_experiment_believes_is_rewritten_while_it_runs=("Names help.", "Names hurt."),
        an_experiment_that_runs_counts_from_another_day=("2026-01-15", "2026-02-15"),
        a_variant_of_an_experiment_that_runs_is_dropped=("[plain, named]", "[plain]"),
        what_an_experiment_measures_is_another_while_it_runs=("measure: outreach-to-discovery", "measure: win-rate"),
        an_experiment_that_runs_ends_earlier_than_was_agreed=("20 attempts", "10 attempts"),
    ),
    *stories(SIGN, EXPERIMENT, DONE, the_result_of_an_experiment_is_rewritten=("It helped.", "It hurt.")),
    *stories(
        SIGN,
        ICP,
        CLAIM,
        what_a_hypothesis_claims_is_rewritten=("They buy.", "They rent."),
        what_a_hypothesis_predicts_is_lowered=("30%", "10%"),
        whom_a_hypothesis_is_about_is_rewritten=("maniac_t.need", "maniac_t.money"),
    ),
    *stories(
        SIGN,
        "playbook/decisions/2026-04-outreach.yaml",
        DECISION,
        a_decision_is_turned_round_after_its_day=("hold", "pivot"),
    ),
    *stories(
        SIGN,
        "playbook/reviews/2026-10-05.yaml",
        REVIEW,
        someone_is_said_to_have_been_at_a_review_after_its_day=("attended: [jim]", "attended: [jim, april]"),
    ),
    *stories(
        SIGN,
        "members/cascadia-university.yaml",
        INVOICED,
        an_invoice_that_was_sent_is_changed=("sent: 2026-06-02", "sent: 2026-06-09"),
        an_invoice_that_was_sent_is_deleted=(INVOICED[INVOICED.index("invoices:") :], ""),
    ),
    *stories(SIGN, DEAL, LOST, the_tier_of_a_closed_deal_is_another=("tier: general", "tier: premier")),
    *stories(
        "past-altered",
        DEAL,
        LOST,
        a_move_of_last_winter_is_made_on_another_day=("enrichment: 2026-01-05", "enrichment: 2026-01-04"),
    ),
]
NAMED = [
    *stories(
        NAME,
        DEAL,
        LOST,
        a_closed_deal_has_another_owner=("owner: jim", "owner: april"),
        a_closed_deal_came_from_somewhere_else=("channel: referral", "channel: conference"),
        a_closed_deal_belongs_to_another_campaign=("jupytercon-2025", "jupytercon-2026"),
        a_message_of_last_winter_is_told_now=("activity:\n", "activity:\n  - {date: 2026-01-12, kind: note, note: He rang}\n"),
        a_reply_of_last_winter_is_another=("replied: 2026-01-09", "replied: 2026-01-10"),
        an_answer_of_last_winter_is_another=("status: unmet", "status: partial"),
    ),
    *stories(NAME, MEMBERS, MEMBER, how_a_member_was_doing_is_another=("status: green", "status: red")),
    *stories(NAME, WON, None, a_service_is_said_to_have_ended_long_ago=("entity: Sponsor", "entity: Sponsor, service_ended: 2026-03-31")),
    *stories(
        NAME,
        "playbook/targets.yaml",
        TARGETS,
        a_target_is_lowered=("'12'", "'10'"),
        a_target_is_moved=("2026-12-31", "2027-12-31"),
        a_target_is_dropped=(TARGETS.splitlines(keepends=True)[1], "  []\n"),
    ),
]  # fmt: skip
UNSIGNED = [
    Story("a version of the process is deleted", "process-deleted", "playbook/process/v4.yaml", NEW_VERSION.format("2026-01-02"), None),
    Story("a new version takes over days on which deals moved", "process-changed", "playbook/process/v4.yaml", None, NEW_VERSION.format("2026-01-02")),
    Story("a rule is put before the days of the first version", "process-changed", "playbook/process/v0.yaml", None, NEW_VERSION.replace("v4", "v0").format("1990-01-01")),
    Story("the exchange rates are deleted", "record-deleted", "playbook/rates.yaml", RATES, None),
    Story("a deal is deleted", "record-deleted", DEAL, LOST, None),
]  # fmt: skip


@dataclass(frozen=True)
class Book:
    """A repository in git, changed on a branch."""

    repo: object
    git: Git

    def put(self, path: str, text: str | None) -> None:
        file = self.git.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True) if text is None else file.write_text(text, encoding="utf-8")

    def text(self, path: str) -> str:
        return (self.git.root / path).read_text(encoding="utf-8")

    def alter(self, story: Story) -> None:
        after = story.after
        if isinstance(after, tuple):
            assert self.text(story.path).count(after[0]) == 1, after[0]
            after = self.text(story.path).replace(*after).replace("rates:\n  []", "rates: []")
            after = after.replace("targets:\n  []", "targets: []")
        self.put(story.path, after)

    def found(self) -> dict[str, list[Mapping[str, str]]]:
        """What the change brings, by code."""
        ran = self.repo.run("check", "--against=main", "--format=json")
        told: dict[str, list[Mapping[str, str]]] = {}
        for problem in json.loads(ran.out)["problems"]:
            told.setdefault(problem["code"], []).append(problem)
        assert ran.code == int(any(each[0]["severity"] == "error" for each in told.values()))
        return told


@pytest.fixture
def book(repo, monkeypatch):
    """``book(story)``: what is found once the story was committed on a branch, beside a main that knew better."""
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)

    def told(story: Story) -> Book:
        here = Book(repo, Git(repo.root))
        here.put(DEAL, OLD if "v0" in story.path else LOST)
        here.put(MEMBERS, MEMBER)
        if story.before is not None:
            here.put(story.path, story.before)
        here.git.begin()
        here.git.branch()
        here.alter(story)
        here.git.commit(story.title or "A change")
        return here

    return told


def signatures(story: Story, found: list[Mapping[str, str]]) -> str:
    """The corrections that the messages ask for, filled in."""
    (block,) = (problem["fix"] for problem in found if problem.get("fix"))
    assert "kind: " not in block if story.path.startswith("deals/") else "kind: " in block
    assert GAPS in block
    return block.replace(GAPS, "by: jim, date: 2026-11-20, why: It had been wrong") + "\n"


@pytest.mark.parametrize("story", SIGNED, ids=lambda story: story.title)
def test_the_past_is_told_otherwise_and_the_check_is_red_until_somebody_signs(book, story):
    here = book(story)
    found = here.found()
    assert {each["severity"] for each in found[story.code]} == {"error"}
    if "hypothesis" in story.title:
        assert "as the next version" in found[story.code][0]["help"]
        return
    signed = signatures(story, found[story.code])
    in_deal = story.path.startswith("deals/")
    here.put(
        story.path if in_deal else "playbook/corrections.yaml", (here.text(story.path) if in_deal else "") + signed
    )
    here.git.commit("Signed")
    assert story.code not in here.found()


@pytest.mark.parametrize("story", NAMED, ids=lambda story: story.title)
def test_the_past_is_told_otherwise_and_whoever_reviews_is_told(book, story):
    found = book(story).found()
    assert [each["severity"] for each in found[story.code]] == ["warning"]
    assert all(each["severity"] == "warning" for told in found.values() for each in told)


@pytest.mark.parametrize("story", UNSIGNED, ids=lambda story: story.title)
def test_what_the_past_rests_on_is_taken_away_and_the_check_is_red(book, story):
    found = book(story).found()
    assert {each["severity"] for each in found[story.code]} == {"error"}


def test_a_hypothesis_may_say_something_else_as_its_next_version(book):
    story = Story("", "", ICP, CLAIM, CLAIM.replace("They buy.", "They rent.").replace("version: 1", "version: 2"))
    assert SIGN not in book(story).found()


def test_a_removal_is_signed_by_nobody_the_team_knows(book):
    here = book(Story("", "record-deleted", DEAL, LOST, None))
    here.put("playbook/removed.yaml", REMOVED)
    here.git.commit()
    assert [each["severity"] for each in here.found()["removed-by-unknown"]] == ["error"]


@pytest.mark.parametrize(
    "path", ["deals/.old/acme.yaml", "deals/.acme.yaml", "Deals/acme.yaml", "MEMBERS/acme.yaml", "deal/acme.yaml"]
)
@pytest.mark.parametrize("when", ["new", "there before"])
def test_a_record_where_nothing_is_read_is_an_error_whether_old_or_new(repo, monkeypatch, path, when):
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value)
    here = Book(repo, Git(repo.root))
    if when == "there before":
        here.put(path, LOST)
    here.git.begin()
    here.git.branch()
    here.put(path, LOST)
    here.git.commit()
    assert [each["severity"] for each in here.found()["file-name"]] == ["error"]
