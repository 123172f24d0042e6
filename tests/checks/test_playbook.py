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
            "at_least: …",
        ),
        (
            "metric: mrr, at_least: 12",
            "'12' is a number, and Monthly recurring revenue needs an amount of money, such as 20000 USD",
            "at_least: …",
        ),
        (
            "metric: win-rate, at_most: 12",
            "'12' is a number, and Win rate needs a percentage, such as 30%",
            "at_most: …",
        ),
        (
            "metric: days-in-pipeline, at_most: 30%",
            "'30%' is a percentage, and Days in Pipeline needs a number of days, such as 90",
            "at_most: …",
        ),
        (
            "metric: sqd, at_least: a lot",
            "'a lot' is a text, and Sales Qualified Deals needs a number, such as 12",
            "at_least: …",
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
    (problem,) = [found for found in repo.problems() if found.is_error]
    assert problem.message == "'twelfe' is no red line, no target and no process version"
    assert "twelve" in problem.help


LINE = "red_lines: [{{id: broken, {line}, means: Something is wrong}}]\n"


@pytest.fixture
def crossed(repo, sound, instead):
    """``crossed(line)``: the problems of a process with this red line alone."""

    def problems(line):
        repo.deal()
        (repo.root / "playbook/process/v3.yaml").unlink(missing_ok=True)
        process = sound["process"].replace("version: v3\n", "version: v9\n")
        repo.write("playbook/process/v9.yaml", instead(LINE.format(line=line), process))
        found = [problem for problem in repo.problems() if problem.code != "red-line-unanswered"]
        return [(problem.code, problem.message) for problem in found]

    return problems


@pytest.mark.parametrize(
    "line",
    [
        "metric: outreach-to-discovery, below: 15%, after: 20",
        "metric: outreach-to-discovery, below: 15%, after: 20, of: attempts",
        "metric: discovery-to-proposal, below: 25%, after: 10, of: calls, since: v9",
        "metric: proposal-to-won, wins: 0, in: 10",
        "metric: proposal-to-won, wins: 1, in: 10, since: teaching-led@1",
        "metric: days-in-pipeline, above: 120, after: 5, last: 20",
        "metric: mrr, below: 9000 USD",
        "metric: sqd, below: 12",
        "metric: stalled, above: 9",
    ],
)
def test_a_red_line_bounds_a_metric_of_any_kind_up_or_down(crossed, line):
    assert crossed(line) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "metric: outreach-to-discovery, below: 15, after: 20",
            "'15' is a number, and Outreach → Discovery needs a percentage, such as 30%",
        ),
        (
            "metric: mrr, below: 15%",
            "'15%' is a percentage, and Monthly recurring revenue needs an amount of money, such as 20000 USD",
        ),
        (
            "metric: sqd, above: 5 USD",
            "'5 USD' is an amount of money, and Sales Qualified Deals needs a number, such as 12",
        ),
        (
            "metric: days-in-pipeline, above: 30%, after: 5",
            "'30%' is a percentage, and Days in Pipeline needs a number of days, such as 90",
        ),
        (
            "metric: sqd, wins: 0, in: 10",
            "wins are counted of a share, and Sales Qualified Deals needs a number, such as below: 12",
        ),
    ],
)
def test_a_red_line_in_the_wrong_unit_is_told_what_its_metric_needs(crossed, line, message):
    assert crossed(line) == [("red-line-unit", message)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("metric: sqd", "the red line 'broken' does not say when it is crossed"),
        ("metric: sqd, below: 3, above: 9", "the red line 'broken' says below and above"),
        ("metric: proposal-to-won, below: 15%", "the red line 'broken' does not say from how many on it is judged"),
        ("metric: proposal-to-won, wins: 0", "the red line 'broken' must say both wins and in"),
        ("metric: proposal-to-won, wins: 10, in: 10", "the red line 'broken' is crossed at 10 of 10, which is always"),
        ("metric: sqd, below: 3, since: v9, last: 20", "the red line 'broken' says since and last"),
    ],
)
def test_a_red_line_says_exactly_when_it_is_crossed(crossed, line, message):
    assert crossed(line) == [("red-line-form", message)]


@pytest.mark.parametrize("since", ["v8", "teaching-led@2", "nobody@1"])
def test_a_red_line_counts_since_a_version_that_exists(crossed, since):
    assert crossed(f"metric: sqd, below: 3, since: {since}") == [
        ("red-line-unknown", f"'{since}' is no version of the process or of a hypothesis")
    ]
