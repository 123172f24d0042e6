"""What the team wants to learn in a stage is shown where a person decides: with the deal, and where an exit asks for the answer."""

from __future__ import annotations

import json
from datetime import date

import pytest

from salesops.site.pages import every_page

TODAY = date(2026, 11, 20)
QUESTION = "Which words, which door and which promise got an answer?"
OUTREACH = """
stages:
  - enrichment: 2026-10-05
  - outreach: 2026-10-12
maniac_t:
  need: {status: met, date: 2026-10-06, note: Their server died}
  money: {status: met, date: 2026-10-06, note: In the budget}
"""
LEARNED = """
learned:
  - {stage: enrichment, date: 2026-10-12, note: They publish their budget}
  - {stage: outreach, date: 2026-11-02, note: They answered the colleague they knew}
"""


@pytest.mark.parametrize(("lines", "notes"), [("", []), (LEARNED, ["They answered the colleague they knew"])])
def test_show_has_the_question_of_the_stage_and_its_answers(repo, lines, notes):
    repo.deal(OUTREACH + lines)
    said = repo.run("show", "acme").out
    _, after = said.split(f"To learn: {QUESTION}\n")
    answers, _ = after.split("To discovery", 1)
    assert [line.split("  ")[-1] for line in answers.splitlines()] == notes


def test_json_has_the_question_and_its_answers(repo):
    repo.deal(OUTREACH + LEARNED)
    data = json.loads(repo.run("show", "acme", "--format", "json").out)
    assert data["question"] == QUESTION
    assert data["answered"] == [{"date": "2026-11-02", "note": "They answered the colleague they knew"}]
    assert [entry["stage"] for entry in data["learned"]] == ["enrichment", "outreach"]


def test_an_answer_of_a_later_day_is_not_shown_for_an_earlier_one(repo):
    repo.deal(OUTREACH + LEARNED)
    assert json.loads(repo.run("show", "acme", "--format", "json", "--as-of", "2026-10-20").out)["answered"] == []


def test_a_stage_without_a_question_asks_none(repo):
    repo.process(
        "stages: {enrichment: {title: Enrichment, exits: [{to: closed lost, when: No fit}]}, closed lost: {title: Lost, outcome: lost}}"
    )
    repo.deal()
    assert "To learn" not in repo.run("show", "acme").out
    assert json.loads(repo.run("show", "acme", "--format", "json").out)["question"] is None


def test_the_page_of_the_deal_has_both_above_its_exits(repo):
    repo.deal(OUTREACH + LEARNED)
    page = str(next(page.body for page in every_page(repo.book().on(TODAY)) if page.path == "deals/acme"))
    learn = page.index('id="to-learn"')
    assert (
        learn < page.index(QUESTION) < page.index("They answered the colleague they knew") < page.index('id="missing"')
    )


def test_a_move_that_needs_the_answer_is_told_the_question(repo):
    repo.write(
        "playbook/process/v4.yaml",
        """\
        version: v4
        in_force: 2026-01-01
        from: v3
        changelog: Outreach ends with what we learned.
        stages: {outreach: {exits: [{to: discovery, when: They engage, needs: [{learned: true}]}, {to: closed lost, when: Silence}]}}
        """,
    )
    repo.deal(OUTREACH.replace("2026-10-12\n", "2026-10-12\n  - discovery: 2026-11-09\n"))
    (found,) = [each for each in repo.problems() if each.code == "need-not-met"]
    assert found.message == "before 'discovery', the learning question of the stage must be answered"
    assert f"the question of the stage: {QUESTION}" in found.help
    assert found.fix == "learned:\n  - {stage: outreach, date: …, note: …}"
    repo.deal(OUTREACH.replace("2026-10-12\n", "2026-10-12\n  - discovery: 2026-11-09\n") + LEARNED)
    assert "need-not-met" not in {each.code for each in repo.problems()}
