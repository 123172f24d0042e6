"""`list experiments` and `list questions`: what the team tries and what it knows, for people, machines and spreadsheets."""

import csv
import io
import json

import pytest
from gitting import Git

NAMED = """
    hypothesis: A named colleague gets more calls
    variants: [plain, named]
    cohort: {stage: outreach, since: 2026-01-10}
    measure: outreach-to-discovery
    stop: {each_variant: 10}
    owner: jim
    status: running
    """
MAIL = "activity: [{date: 2026-01-20, kind: email, experiment: named-colleague, variant: %s, replied: 2026-01-21}]\n"
CALLED = "stages: [enrichment: 2026-01-05, outreach: 2026-01-19, discovery: 2026-02-01]\n"
LOST = (
    "stages: [enrichment: 2026-01-05, outreach: 2026-01-19, closed lost: 2026-02-09]\n"
    "loss: {reason: price, learning: Too dear, verdict: icp}\n"
)
KNOWN = """
    answers:
      - {question: needs, date: 2025-06-02, answer: Any server}
      - {question: needs, date: 2026-03-02, answer: Teaching without installs, evidence: Two wins, deals: [cascadia-2025]}
    """


@pytest.fixture
def trying(repo):
    """An experiment in which 2 of 10 and 9 of 10 attempts got a call."""
    (repo.root / "playbook/experiments/subject-lines.yaml").unlink()
    repo.write("playbook/experiments/named-colleague.yaml", NAMED)
    for variant, hits in (("plain", 2), ("named", 9)):
        for at in range(10):
            repo.deal((CALLED if at < hits else LOST) + MAIL % variant, id=f"{variant}-{at}")
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-19]\n", id="without")
    return repo


def told(repo, what, *words):
    ran = repo.run("list", what, "--format", "json", *words)
    assert ran.code == 0
    return json.loads(ran.out)


def test_an_experiment_tells_machines_its_state_each_variant_their_difference_and_its_end(trying):
    data = told(trying, "experiments")
    [found] = data["experiments"]
    assert (found["id"], found["status"], found["owner"], data["as_of"]) == (
        "named-colleague",
        "running",
        "jim",
        "2026-11-20",
    )
    assert [(row["variant"], row["attempts"], row["hits"], row["out_of"]) for row in found["results"]] == [
        ("plain", 10, 2, 10),
        ("named", 10, 9, 10),
    ]
    [pair] = found["differences"]
    assert (pair["one"], pair["other"], pair["verdict"]) == ("plain", "named", "named above plain")
    assert pair["difference"] == pytest.approx(-0.7)
    assert pair["interval"] == pytest.approx([-0.8652, -0.2658], abs=1e-4)
    assert (found["verdict"], found["rule"], found["reached"]) == (
        "named above plain",
        {"each_variant": 10, "until": None},
        "2026-01-20",
    )
    assert found["left_out"] == [
        {
            "deal": "without",
            "why": "no activity of it is part of the experiment",
            "reason": "not part of the experiment",
        }
    ]


def test_what_an_experiment_has_not_measured_is_null_and_says_why(repo):
    [found] = told(repo, "experiments")["experiments"]
    assert found["unmeasured"] == "it says of no cohort which attempts count"
    assert [(row["variant"], row["attempts"], row["hits"], row["value"]) for row in found["results"]] == [
        ("plain", None, None, None),
        ("named", None, None, None),
    ]
    assert (found["differences"], found["verdict"], found["rule"], found["reached"]) == ([], None, None, None)


def test_the_commits_say_whether_it_was_declared_before_its_first_attempt(repo):
    git = Git(repo.root)
    git.begin()
    repo.write("playbook/experiments/late.yaml", NAMED)
    repo.write("playbook/experiments/early.yaml", NAMED.replace("2026-01-10", "2026-11-02"))
    git.commit()
    data = told(repo, "experiments")
    found = {each["id"]: (each["registered"], each["declared"]) for each in data["experiments"]}
    assert data["gap"] is None
    assert found["early"] == ("pre-registered", "2026-11-01")
    assert found["late"] == ("not pre-registered", "2026-11-01")


def test_without_commits_the_experiments_are_listed_and_it_says_what_nobody_can_tell(trying):
    data = told(trying, "experiments")
    assert data["gap"]
    assert [each["registered"] for each in data["experiments"]] == ["cannot be told"]


def test_people_read_a_line_of_each_experiment(trying):
    ran = trying.run("list", "experiments")
    assert ran.code == 0
    [line] = [line for line in ran.out.splitlines() if line.startswith("named-colleague")]
    assert "running  plain: 10 · named: 10  stop rule reached on 2026-01-20" in line
    assert line.endswith("named above plain")


def test_a_spreadsheet_gets_a_row_for_each_variant(trying):
    rows = list(csv.DictReader(io.StringIO(trying.run("list", "experiments", "--format", "csv").out)))
    assert [(row["experiment"], row["variant"], row["hits"], row["out_of"]) for row in rows] == [
        ("named-colleague", "plain", "2", "10"),
        ("named-colleague", "named", "9", "10"),
    ]


def test_a_question_has_todays_answer_with_its_day_its_evidence_and_those_before_it(repo):
    repo.write("playbook/knowledge.yaml", KNOWN)
    found = {each["id"]: each for each in told(repo, "questions")["questions"]}
    assert list(found) == ["ideal-member", "messaging", "needs", "predicting"]
    assert found["needs"]["today"] == {
        "date": "2026-03-02",
        "answer": "Teaching without installs",
        "evidence": "Two wins",
        "deals": ["cascadia-2025"],
    }
    assert [each["answer"] for each in found["needs"]["before"]] == ["Any server"]
    assert (found["needs"]["supported"], found["needs"]["faded"]) == ("2026-03-02", True)
    assert (found["messaging"]["today"], found["messaging"]["before"]) == (None, [])


def test_on_a_day_before_an_answer_the_one_before_it_is_todays(repo):
    repo.write("playbook/knowledge.yaml", KNOWN)
    [needs] = [each for each in told(repo, "questions", "--as-of", "2026-03-01")["questions"] if each["id"] == "needs"]
    assert (needs["today"]["answer"], needs["before"]) == ("Any server", [])


def test_people_and_spreadsheets_read_the_questions_too(repo):
    repo.write("playbook/knowledge.yaml", KNOWN)
    assert "2026-03-02  Teaching without installs" in repo.run("list", "questions").out
    rows = list(csv.DictReader(io.StringIO(repo.run("list", "questions", "--format", "csv").out)))
    assert [(row["id"], row["date"], row["faded"]) for row in rows][2] == ("needs", "2026-03-02", "yes")


@pytest.mark.parametrize("what", ["experiments", "questions"])
def test_filters_of_deals_do_not_go_with_what_the_team_learns(repo, what):
    ran = repo.run("list", what, "--open")
    assert (ran.code, ran.out) == (2, "")
    assert f"these filters are for deals, not for {what}" in ran.err
