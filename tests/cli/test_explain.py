"""`explain METRIC --as-of DAY`: why each deal is counted, in words for people and as data for machines."""

from __future__ import annotations

import json

import pytest
from gitting import Git


@pytest.fixture
def git(repo):
    repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n")
    repo.deal(id="beta")
    git = Git(repo.root)
    git.begin()
    return git


def told(repo, *words):
    ran = repo.run("explain", *words, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_each_deal_is_named_with_its_line_its_person_its_day_and_its_commit(repo, git):
    ran = repo.run("explain", "sqd", "--as-of", "2026-11-20")
    short = git("rev-parse", "--short=12", "HEAD")
    assert ran.out.split("reference/definitions#sqd\n\n")[1] == (
        "On 2026-11-20: 1  1 new business\n"
        "\n"
        "Counted (1)\n"
        "  deals/acme.yaml:1: stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n"
        f"      Jim, 2026-11-01 ({short})\n"
        "\n"
        "Left out (1)\n"
        "  beta: in Enrichment, which does not count as sales qualified\n"
    )
    assert (ran.code, ran.err) == (0, "")


def test_machines_read_the_same(repo, git):
    assert told(repo, "sqd", "--as-of", "2026-11-20") == {
        "schema_version": 1,
        "as_of": "2026-11-20",
        "id": "sqd",
        "value": 1,
        "counted": [
            {
                "deal": "acme",
                "path": "deals/acme.yaml",
                "line": 1,
                "text": "stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]",
                "commit": git("rev-parse", "HEAD"),
                "person": "Jim",
                "day": "2026-11-01",
            }
        ],
        "left_out": [{"deal": "beta", "why": "in Enrichment, which does not count as sales qualified"}],
        "gap": None,
    }


def test_an_edit_that_is_not_committed_says_so(repo, git):
    repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-13}]\n")
    ran = repo.run("explain", "sqd", "--as-of", "2026-11-20")
    assert "{outreach: 2026-01-13}]\n      not committed\n" in ran.out
    (line,) = told(repo, "sqd")["counted"]
    assert (line["commit"], line["person"], line["day"]) == (None, None, None)


def test_without_a_history_the_lines_are_named_all_the_same(repo, git, tmp_path):
    git.commit()
    git("clone", "-q", "--depth=1", f"file://{repo.root}", str(tmp_path / "cut"))
    ran = type(repo)(tmp_path / "cut").run("explain", "sqd", "--as-of", "2026-11-20")
    assert ran.code == 0
    assert "deals/acme.yaml:1" in ran.out
    assert "the lines are shown without their commits: this clone does not have the full history" in ran.err
    assert "not committed" not in ran.out, "nobody knows whether it is"


def test_without_a_day_a_metric_is_only_explained(repo, git):
    ran = repo.spawn("explain", "sqd", env={"SALESOPS_AS_OF": ""})
    assert ran.returncode == 0
    assert "Counted" not in ran.stdout


def test_a_metric_that_is_not_built_counts_nothing(repo, git, planned):
    assert told(repo, planned)["value"] is None
    assert "Counted (" not in repo.run("explain", planned, "--as-of", "2026-11-20").out


def test_a_file_that_cannot_be_counted_is_named(repo, git):
    repo.write("deals/beta.yaml", "title: [\n")
    for words in (["--as-of", "2026-11-20"], ["--format", "json"]):
        ran = repo.run("explain", "sqd", *words)
        assert ran.code == 1
        assert "1 file cannot be counted (deals/beta.yaml)" in ran.err
        assert "acme" in ran.out
    assert repo.run("explain", "stage-skipped").code == 0


def test_hostile_authors_and_lines_reach_the_terminal_as_text(repo, git):
    repo.deal('title: "x"\nstages: [{enrichment: 2026-01-05}, {outreach: 2026-01-14}]\n')
    git("add", "-A")
    git("commit", "-q", "-m", "x", GIT_AUTHOR_NAME="\x1b[31mred\u202egro")
    ran = repo.run("explain", "sqd", "--as-of", "2026-11-20")
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert "red" in ran.out
    assert json.loads(repo.run("explain", "sqd", "--format", "json").out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sqd", "--as-of", "soon"], "--as-of"),
        (
            ["stage-skipped", "--format", "json"],
            "--format json is for metrics and red lines, and 'stage-skipped' is neither",
        ),
        (["sqq", "--as-of", "2026-11-20"], "did you mean 'sqd'?"),
        (["sqd", "--format", "yaml"], "--format"),
    ],
)
def test_called_wrongly(repo, words, said):
    ran = repo.run("explain", *words)
    assert ran.code == 2
    assert said in ran.err


def test_data_is_wanted_of_a_metric_outside_of_a_repository(repo, tmp_path):
    ran = repo.run("-C", str(tmp_path), "explain", "sqd", "--format", "json")
    assert ran.code == 2
    assert "go into a salesops repository" in ran.err


def test_a_format_that_the_shell_asks_for_everywhere_is_no_wrong_call(repo):
    ran = repo.run("explain", "stage-skipped", SALESOPS_FORMAT="json")
    assert (ran.code, ran.out[:15]) == (0, "stage-skipped (")


@pytest.mark.proof
def test_every_metric_of_the_demonstration_is_explained_in_words(demo):
    ran = demo.run("metrics", "--format", "json")
    for metric in json.loads(ran.out)["metrics"]:
        explained = demo.run("explain", metric["id"], "--as-of", "2026-11-20")
        assert (explained.code, explained.err) == (0, ""), metric["id"]
        assert "not committed" not in explained.out, metric["id"]


def test_a_red_line_is_explained_by_its_id_and_on_its_metric(repo):
    ran = repo.run("explain", "outreach-broken")
    assert ran.code == 0
    assert "Crossed when outreach-to-discovery is below 15 % after 20 or more." in ran.out
    assert "Red line outreach-broken: below 15 % after 20 or more." in repo.run("explain", "outreach-to-discovery").out


def lost(repo, *days):
    """So many attempts that got to Outreach and no further, one for each day."""
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    for day in days:
        repo.deal(
            f"stages: [enrichment: 2026-01-05, outreach: 2026-01-12, closed lost: {day}]\n"
            "loss: {reason: price, learning: Too dear, verdict: icp}\n",
            id=f"lost-{day}",
        )


TWENTY = [f"2026-03-{day:02}" for day in range(1, 21)]
DECISION = "date: 2026-04-01\nanswers: outreach-broken\nverdict: hold\nwhy: The list was old\nuntil: {}\n"


def test_a_red_line_says_that_too_little_is_decided_to_judge_it(repo):
    lost(repo, *TWENTY[:12])
    out = repo.run("explain", "outreach-broken").out
    assert "\nOn 2026-11-20: 0 of 12 (0 %)  too few to judge\n8 more outcomes to judge it.\n" in out
    assert "Nobody has decided" not in out


def test_a_red_line_that_is_crossed_says_since_when_how_surely_and_that_nobody_decided(repo):
    lost(repo, *TWENTY)
    out = repo.run("explain", "outreach-broken").out
    assert "\nOn 2026-11-20: 0 of 20 (0 %)  crossed and confirmed since 2026-03-20\n" in out
    assert "The true rate is hardly above 11.9 %; at a true rate of 20% it would have tripped by now in" in out
    assert "Nobody has decided what follows: salesops new decision outreach-broken\n" in out
    assert "It rests on 20 deals\n" in out


def test_a_red_line_names_the_decision_that_answers_it_and_until_when(repo):
    lost(repo, *TWENTY)
    repo.write("playbook/decisions/spring.yaml", DECISION.format("2026-12-01"))
    out = repo.run("explain", "outreach-broken").out
    assert "Answered by spring, decided on 2026-04-01: hold, until 2026-12-01. The list was old.\n" in out
    found = told(repo, "outreach-broken")
    assert (found["state"], found["since"], found["hits"], found["out_of"]) == ("confirmed", "2026-03-20", 0, 20)
    assert found["answered_by"] == "spring"
    assert found["decision"] == {
        "date": "2026-04-01",
        "verdict": "hold",
        "why": "The list was old",
        "until": "2026-12-01",
    }


def test_a_decision_whose_day_has_passed_leaves_a_red_line_open_again(repo):
    lost(repo, *TWENTY)
    repo.write("playbook/decisions/spring.yaml", DECISION.format("2026-06-01"))
    out = " ".join(repo.run("explain", "outreach-broken").out.split())
    assert "That day has passed, so a new decision is due: salesops new decision outreach-broken" in out
    found = told(repo, "outreach-broken")
    assert (found["answered_by"], found["decision"]) == (None, None)
    before = told(repo, "outreach-broken", "--as-of", "2026-06-01")
    assert before["answered_by"] == "spring"


def test_a_red_line_that_cannot_be_judged_says_so(repo):
    repo.process("red_lines: [{id: unsound, metric: win-rate, means: Something is wrong}]")
    assert "it cannot be judged; run salesops check" in repo.run("explain", "unsound").out
    found = told(repo, "unsound")
    assert (found["id"], found["state"]) == ("unsound", None)


def test_a_file_that_cannot_be_counted_is_named_before_a_red_line(repo):
    repo.write("deals/broken.yaml", "title: [\n")
    ran = repo.run("explain", "outreach-broken")
    assert ran.code == 1
    assert "1 file cannot be counted" in ran.err


def test_a_metric_is_explained_by_its_name_in_two_words(repo):
    assert repo.run("explain", "win", "rate").out == repo.run("explain", "win-rate").out


def test_a_stage_says_what_its_visits_suggest_as_its_limit(repo):
    for number in range(10):
        repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n", id=f"deal-{number}")
    out = repo.run("explain", "enrichment").out
    assert "\nSuggested: 7 days; of 11 visits that led on, four of five took no longer than 7 days.\n" in out


def test_a_version_of_the_process_is_explained_with_what_it_changed_and_what_came_of_it(repo):
    repo.write(
        "playbook/process/v4.yaml",
        "version: v4\nin_force: 2026-01-01\nfrom: v3\nchangelog: Silence is an answer.\nanswers_valid: 90\n",
    )
    ran = repo.run("explain", "v4", "--as-of", "2026-11-20")
    assert (ran.code, ran.err) == (0, "")
    title, told, changes, impact = ran.out.split("\n\n", 3)
    assert title == "Process v4, in force since 2026-01-01"
    assert told == "Silence is an answer."
    assert changes.startswith("Against the version before\n- ")
    assert impact == (
        "Attempts under it, up to 2026-11-20\n"
        "\n"
        "conversion             under it  open  under the one before  difference\n"
        "Enrichment → Outreach   no data                      1 of 1              cannot tell yet\n"
        "Outreach → Discovery    no data                      1 of 1              cannot tell yet\n"
        "Discovery → Proposal    no data                      1 of 1              cannot tell yet\n"
        "Proposal → Closed Won   no data                      1 of 1              cannot tell yet\n"
    )


def test_a_version_to_come_says_from_when_and_has_no_attempts_yet(repo):
    repo.write("playbook/process/v4.yaml", "version: v4\nin_force: 2027-01-01\nfrom: v3\nchangelog: Later.\n")
    ran = repo.run("explain", "v4", "--as-of", "2026-11-20")
    assert ran.out.startswith("Process v4, in force from 2027-01-01\n\nLater.\n")
    assert "Attempts" not in ran.out
