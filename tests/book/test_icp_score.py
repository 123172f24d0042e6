"""A hypothesis is scored by how many of its conditions a deal meets."""

from datetime import date

import pytest

from salesops.book.icp_score import score_on

TODAY = date(2026, 11, 20)
CLAIM = "claim: They buy.\nversion: 2\nsince: 2025-01-01\nstatus: testing\nchangelog: [{version: 2, date: 2025-01-01, note: Narrowed}]\n"


@pytest.fixture
def score(repo):
    """The score of the deal, with these lines of its own, by a hypothesis with these conditions."""

    def of(conditions: str, deal: str = "", day: date = TODAY):
        repo.write("playbook/icp/teaching-led.yaml", f"{CLAIM}when: {conditions}\n")
        repo.deal(deal)
        snapshot = repo.book().on(day)
        return score_on(snapshot, snapshot.history("acme"))

    return of


@pytest.mark.parametrize(
    ("condition", "deal", "is_met"),
    [
        ("{field: value.mrr, at_least: 1250 USD}", "", True),
        ("{field: value.mrr, at_least: 1251 USD}", "", False),
        ("{field: value.mrr, at_least: 500 CAD}", "", False),
        ("{field: value.months, at_least: 12}", "value: {mrr: 1250 USD, months: 12}", True),
        ("{field: value.months, at_least: 12}", "", False),
        ("{field: discovery.jobs, at_least: 2}", "discovery: {jobs: [Teach, Grade]}", True),
        ("{field: discovery.jobs, at_least: 3}", "discovery: {jobs: [Teach, Grade]}", False),
        ("{field: x.courses, at_least: 3}", "x: {courses: 4}", True),
        ("{field: x.courses, at_least: 3}", "x: {courses: many}", False),
        ("{field: x.budget, at_least: 500 USD}", "x: {budget: 600 USD}", True),
        ("{field: maniac_t.need, is: met}", "", True),
        ("{activity: contact, at_least: 2}", "", False),
    ],
)
def test_a_condition_is_met_or_not(score, condition, deal, is_met):
    found = score(f"[{condition}]", deal)
    assert (len(found.met), len(found.missing)) == ((1, 0) if is_met else (0, 1))


def test_a_score_says_how_many_of_how_many_and_only_knows_what_was_known_on_the_day(score):
    conditions = "[{field: maniac_t.need, is: met}, {field: value.mrr, at_least: 2000 USD}]"
    assert score(conditions).in_words == "1 of 2 conditions"
    later = "maniac_t: {need: {status: met, date: 2026-02-02}}"
    assert score(conditions, later, date(2026, 2, 1)).in_words == "0 of 2 conditions"


def test_a_hypothesis_without_conditions_scores_nothing(score):
    assert score("[]") is None


def test_a_need_of_an_amount_is_said_as_a_sentence(score):
    (need,) = score("[{field: value.mrr, at_least: 2000 USD}]").missing
    assert need.sentence == "value.mrr is at least 2000 USD"
    assert need.demand == "value.mrr must be at least 2000 USD"
