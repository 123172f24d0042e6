"""`backtest`: a change of the process, tried on the moves that were made."""

from __future__ import annotations

import csv
import io
import json

import pytest
from gitting import Git

DRAFT = """\
version: v5
in_force: 2027-01-04
from: v3
changelog: The bottleneck is said before we write.
stages:
  enrichment:
    exits:
      - to: outreach
        when: Worth our time
        needs: [{field: %s}]
      - {to: closed lost, when: No fit}
"""


@pytest.fixture
def drafts(repo, tmp_path):
    """A version outside of the repository that asks for one field before Outreach."""

    def write(field, text=DRAFT):
        file = tmp_path / "later.yaml"
        file.write_text(text % field, encoding="utf-8")
        return str(file)

    repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n")
    return write


def told(repo, *words):
    ran = repo.run("backtest", *words, "--format", "json")
    return json.loads(ran.out), ran


def test_it_says_which_moves_the_version_would_have_stopped_by_what_became_of_them(repo, drafts):
    ran = repo.run("backtest", "process", drafts("x.vpat"))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "Process v5 on 7 moves up to 2026-11-20\n"
        "2 moves stopped, in 2 deals\n"
        "\n"
        "attempts  all  stopped  not by v3\n"
        "won         1        1          1\n"
        "lost        0        0          0\n"
        "open        1        1          1\n"
        "\n"
        "move                   what is missing  won  lost  open\n"
        "Enrichment → Outreach  x.vpat             1           1\n"
        "\n"
        "deal           attempt  day         move                   what is missing\n"
        "acme           open     2026-01-12  Enrichment → Outreach  x.vpat\n"
        "cascadia-2025  won      2025-01-13  Enrichment → Outreach  x.vpat\n"
    )


def test_a_need_that_all_deals_meet_stops_none(repo, drafts):
    data, ran = told(repo, "process", drafts("maniac_t.money"))
    assert (data["judged"], data["stopped"], ran.code) == (7, [], 0)
    assert (data["version"], data["follows"], data["problems"]) == ("v5", "v3", [])


def test_machines_and_spreadsheets_read_the_same_moves(repo, drafts):
    file = drafts("x.vpat")
    data, _ = told(repo, "process", file)
    rows = list(csv.DictReader(io.StringIO(repo.run("backtest", "process", file, "--format", "csv").out)))
    assert [(row["deal"], row["day"], row["lacks"]) for row in rows] == [
        (move["deal"], move["day"], "; ".join(move["lacks"])) for move in data["stopped"]
    ]
    assert data["outcomes"]["won"] == {"attempts": 1, "stopped": 1, "newly": 1}
    assert data["reasons"] == [
        {"from": "enrichment", "to": "outreach", "why": "x.vpat", "won": 1, "lost": 0, "open": 1}
    ]


def test_moves_before_a_day_are_left_aside(repo, drafts):
    data, _ = told(repo, "process", drafts("x.vpat"), "--since", "2026-01-01")
    assert [move["deal"] for move in data["stopped"]] == ["acme"]
    assert data["since"] == "2026-01-01"


def test_what_is_wrong_with_the_file_itself_is_said_first(repo, drafts):
    ran = repo.run("backtest", "process", drafts("maniac_t.monney"))
    assert ran.out.startswith("playbook/process/v5.yaml:10:")
    assert "error[process-need-unreadable]" in ran.out.split("\n")[0]
    assert "2 moves stopped" in ran.out
    assert ran.code == 1


def test_a_file_that_is_no_version_is_not_judged_by(repo, drafts):
    data, ran = told(repo, "process", drafts("x", "version: v5\nfrom: %s\n"))
    assert (ran.code, data["version"]) == (1, None)
    assert [problem["code"] for problem in data["problems"]]


def test_a_file_in_the_playbook_is_tried_where_it_is(repo, drafts):
    repo.write("playbook/process/v5.yaml", DRAFT % "x.vpat")
    data, ran = told(repo, "process", "playbook/process/v5.yaml")
    assert (len(data["stopped"]), data["follows"], ran.code) == (2, "v3", 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["process", "nowhere.yaml"], "there is no nowhere.yaml"),
        (["process", "deals"], "deals is a folder"),
        (["process", "playbook/process/v3.yaml", "--since", "June"], "--since"),
    ],
)
def test_a_wrong_call_says_so(repo, words, said):
    ran = repo.run("backtest", *words)
    assert ran.code == 2
    assert said in ran.err


def test_nothing_is_written(repo, drafts):
    before = {path: path.read_bytes() for path in repo.root.rglob("*") if path.is_file()}
    repo.run("backtest", "process", drafts("x.vpat"))
    assert {path: path.read_bytes() for path in repo.root.rglob("*") if path.is_file()} == before


STRICT = """\
version: v5
in_force: 2027-01-04
from: v3
changelog: A deal is qualified from %s on.
stages: {outreach: {sales_qualified: false}}
"""


def test_both_numbers_of_every_monday_stand_side_by_side(repo, drafts):
    ran = repo.run("backtest", "metric", "sqd", "--process", drafts("Discovery", STRICT), "--since", "2026-11-01")
    assert ran.code == 0
    assert ran.out == (
        "sqd as it is, and with process v5\n"
        "They differ in 3 of 3 weeks, the first on 2026-11-02, the last on 2026-11-16\n"
        "\n"
        "Monday      as it is  as it would be\n"
        "2026-11-02         1               0  differs\n"
        "2026-11-09         1               0  differs\n"
        "2026-11-16         1               0  differs\n"
    )
    assert "--known then" in ran.err


def test_every_week_from_the_first_move_on_in_each_format(repo, drafts):
    words = ("metric", "sqd", "--process", drafts("Discovery", STRICT))
    data, ran = told(repo, *words)
    rows = list(csv.DictReader(io.StringIO(repo.run("backtest", *words, "--format", "csv").out)))
    assert ran.code == 0
    assert data["series"][0]["as_of"] == rows[0]["as_of"] == "2025-01-06"
    assert data["weeks"] == len(data["series"]) == len(rows)
    assert data["differ"] == sum(row["differs"] == "yes" for row in rows) > 0
    assert [row["would_be_value"] for row in rows] == [str(it["would_be"]["value"]) for it in data["series"]]
    assert data["series"][-1]["no_longer_counted"] == ["acme"]


def test_another_metric_may_be_counted_in_its_place(repo):
    data, _ = told(repo, "metric", "open-deals", "--with", "sqd")
    assert (data["metric"], data["with"], data["version"]) == ("open-deals", "sqd", None)


def test_money_has_a_row_for_each_currency(repo):
    repo.deal("value: {mrr: 100 CAD}\n", id="beta")
    repo.deal()
    words = ("metric", "pipeline-value", "--with", "won-value", "--since", "2026-11-16", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(repo.run("backtest", *words).out)))
    assert [row["currency"] for row in rows] == ["CAD", "USD"]


def test_with_known_then_each_week_is_counted_by_what_was_known_in_it(repo, drafts):
    file = drafts("Discovery", STRICT)
    Git(repo.root).begin()
    data, ran = told(repo, "metric", "sqd", "--process", file, "--known", "then")
    assert (ran.code, ran.err) == (0, "")
    assert data["series"][0]["as_of"] == "2026-11-02", "the first commit is of 1 November"
    assert all(len(it["commit"]) == 40 for it in data["series"])
    assert data["differ"] == 3


LOST = "stages: [enrichment: 2026-10-05, closed lost: {}]\nloss: {{reason: price, learning: Too dear, verdict: icp}}\n"


def four_decided(repo):
    """Attempts that were lost on 6, 13 and 27 October, and one that was won on 14 October 2026."""
    won = (repo.root / "deals/cascadia-2025.yaml").read_text(encoding="utf-8")
    head, stages = won.partition("maniac_t:")[0], "stages: [enrichment: 2026-10-05, closed won: 2026-10-14]\n"
    repo.write("deals/cascadia-2025.yaml", head[: head.index("stages:")] + stages)
    for day in ("2026-10-06", "2026-10-13", "2026-10-27"):
        repo.deal(LOST.format(day), id=f"lost-{day}")


def test_with_another_number_of_the_team_every_week_is_counted_by_it(repo):
    four_decided(repo)
    ran = repo.run("backtest", "metric", "win-rate", "--numbers", "enough=3")
    assert ran.code == 0
    assert ran.out == (
        "win-rate as it is, and with enough=3\n"
        "They differ in 5 of 7 weeks, the first on 2026-10-19, the last on 2026-11-16\n"
        "\n"
        "Monday      as it is  as it would be\n"
        "2026-10-05   no data         no data\n"
        "2026-10-12    0 of 1          0 of 1\n"
        "2026-10-19    1 of 3            33 %  differs\n"
        "2026-10-26    1 of 3            33 %  differs\n"
        "2026-11-02    1 of 4            25 %  differs\n"
        "2026-11-09    1 of 4            25 %  differs\n"
        "2026-11-16    1 of 4            25 %  differs\n"
    )


def test_a_number_of_the_team_that_changes_whom_the_metric_counts_changes_its_value(repo):
    """The contract is over since 1 October and the service goes on: with 20 days of grace it is lost from 22 October on."""
    repo.not_handed_off()
    file = repo.root / "deals/cascadia-2025.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("end: 2026-12-31", "end: 2026-10-01"), encoding="utf-8")
    data, ran = told(repo, "metric", "net-retention", "--numbers", "grace_days=20", "--since", "2026-10-05")
    assert (ran.code, data["numbers"], data["problems"]) == (0, {"grace_days": "20"}, [])
    assert [(it["as_of"], it["is"]["value"], it["would_be"]["value"]) for it in data["series"]] == [
        ("2026-10-05", 1.0, 1.0),
        ("2026-10-12", 1.0, 1.0),
        ("2026-10-19", 1.0, 1.0),
        ("2026-10-26", 1.0, 0.0),
        ("2026-11-02", 1.0, 0.0),
        ("2026-11-09", 1.0, 0.0),
        ("2026-11-16", 1.0, 0.0),
    ]
    assert (data["weeks"], data["differ"]) == (7, 4)


def test_a_number_that_the_team_has_set_itself_is_what_it_is_held_against(repo):
    four_decided(repo)
    team = repo.root / "playbook/team.yaml"
    team.write_text(team.read_text(encoding="utf-8") + "numbers: {enough: 4}\n", encoding="utf-8")
    data, _ = told(repo, "metric", "win-rate", "--numbers", "enough=3")
    enough = [(it["is"]["enough"], it["would_be"]["enough"]) for it in data["series"]]
    assert enough == [(False, False)] * 2 + [(False, True)] * 2 + [(True, True)] * 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["metric", "sqd"], "say what is to be counted otherwise"),
        (["metric", "sdq", "--with", "open-deals"], "did you mean 'sqd'?"),
        (["metric", "sqd", "--with", "nothing-known"], "there is no metric 'nothing-known'"),
        (["metric", "sqd", "--numbers", "enough"], "--numbers enough: write a name and a number"),
        (["metric", "sqd", "--numbers", "enoug=20"], "--numbers: "),
        (["metric", "sqd", "--process", "nowhere.yaml"], "there is no nowhere.yaml"),
    ],
)
def test_a_wrong_call_about_a_metric_says_so(repo, words, said):
    ran = repo.run("backtest", *words)
    assert ran.code == 2
    assert said in ran.err


def test_a_metric_cannot_be_counted_by_a_file_that_is_no_version(repo, drafts):
    ran = repo.run("backtest", "metric", "sqd", "--process", drafts("x", "version: v5\nfrom: %s\n"))
    assert (ran.code, ran.out) == (1, "")
    assert "process-from-unknown" in ran.err
