"""What the checks of targets and red lines say, word for word where a salesperson has to act on it."""

from __future__ import annotations

import pytest


@pytest.fixture
def found(repo):
    """``found(target)``: the problems of the only target, as code, message and fix."""

    def problems(target):
        repo.deal()
        repo.write("playbook/targets.yaml", f"targets: [{{id: a-target, {target}, by: 2026-12-31}}]\n")
        return [(problem.code, problem.message, problem.fix) for problem in repo.problems()]

    return problems


@pytest.mark.parametrize(
    ("target", "message", "fix"),
    [
        (
            "metric: sqd, at_least: 12 USD",
            "'12 USD' is an amount of money, and Sales Qualified Deals needs a number, such as 12",
            "at_least: 12",
        ),
        (
            "metric: mrr, at_least: 12",
            "'12' is a number, and Monthly recurring revenue needs an amount of money, such as 20000 USD",
            "at_least: 20000 USD",
        ),
        (
            "metric: win-rate, at_most: 12",
            "'12' is a number, and Win rate needs a percentage, such as 30%",
            "at_most: 30%",
        ),
        (
            "metric: days-in-pipeline, at_most: 30%",
            "'30%' is a percentage, and Days in Pipeline needs a number of days, such as 90",
            "at_most: 90",
        ),
        (
            "metric: sqd, at_least: a lot",
            "'a lot' is a text, and Sales Qualified Deals needs a number, such as 12",
            "at_least: 12",
        ),
    ],
)
def test_a_target_in_the_wrong_unit_is_told_what_its_metric_needs(found, target, message, fix):
    assert found(target) == [("target-unit", message, fix)]


@pytest.mark.parametrize(
    "target",
    ["metric: mrr, at_most: 900 USD", "metric: win-rate, at_least: 30%", "metric: days-in-pipeline, at_most: 90"],
)
def test_a_target_fits_metrics_of_every_kind(found, target):
    assert found(target) == []


def test_a_target_has_exactly_one_bound(found):
    assert [code for code, *_ in found("metric: sqd")] == ["target-bound"]
    assert [code for code, *_ in found("metric: sqd, at_least: 3, at_most: 9")] == ["target-bound"]


def test_a_decision_may_answer_a_target(repo):
    repo.deal()
    repo.write("playbook/targets.yaml", "targets: [{id: twelve, metric: sqd, at_least: 12, by: 2026-10-31}]\n")
    decision = "date: 2026-11-06\nverdict: hold\nwhy: Too early to say.\nanswers: "
    repo.write("playbook/decisions/2026-11-twelve.yaml", decision + "twelve\n")
    assert repo.problems() == []
    repo.write("playbook/decisions/2026-11-twelve.yaml", decision + "twelfe\n")
    (problem,) = repo.problems()
    assert problem.message == "'twelfe' is no red line, no target and no process version"
    assert "twelve" in problem.help
