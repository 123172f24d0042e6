"""The command `diff`: the working copy or what a branch brings, in three formats, and what it says when it cannot tell."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from gitting import Git

DAY_BY_DAY = [
    ("2026-10-05", "stages: [enrichment: 2026-10-05]\nvalue: {mrr: 1000 USD, months: 12}\n"),
    ("2026-10-12", "stages: [enrichment: 2026-10-05, outreach: 2026-10-12]\nvalue: {mrr: 1000 USD, months: 12}\n"),
    ("2026-10-19", "stages: [enrichment: 2026-10-05, outreach: 2026-10-12]\nvalue: {mrr: 1200 USD, months: 12}\n"),
]
MOVED = "stages: [enrichment: 2026-01-05, outreach: 2026-01-19]"


@pytest.fixture
def git(repo):
    """The sound repository and an open deal `acme`, committed."""
    repo.deal()
    found = Git(repo.root)
    found.begin()
    return found


@pytest.fixture
def days(repo):
    """A deal that grew day by day, a commit for each."""
    git = Git(repo.root)
    git.begin()
    for day, text in DAY_BY_DAY:
        repo.deal(text)
        git("add", "-A")
        git("commit", "-q", "-m", day, GIT_COMMITTER_DATE=f"{day}T12:00:00Z", GIT_AUTHOR_DATE=f"{day}T12:00:00Z")
    return git


def said(repo, *words):
    ran = repo.run("diff", *words, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    return [change["sentence"].partition(": ")[2] for change in json.loads(ran.out)["changes"]]


# what is compared with what


def test_alone_it_says_what_my_commit_would_do(repo, git):
    assert said(repo) == []
    repo.deal(MOVED)
    assert said(repo) == ["Enrichment → Outreach on 19 January, 1,250 USD a month, 2 of 7 MANIAC-T answers"]
    git.commit()
    assert said(repo) == []


def test_files_that_git_does_not_know_yet_are_part_of_it(repo, git):
    repo.deal(id="new")
    assert len(said(repo)) == 1
    git("add", "-A")
    assert len(said(repo)) == 1


def test_with_a_base_it_says_what_this_branch_brings_and_not_what_happened_there(repo, git):
    git.branch()
    repo.deal(MOVED)
    git.commit()
    git("checkout", "-q", "main")
    repo.deal(id="elsewhere")
    git.commit()
    git("checkout", "-q", "change")
    assert [one.split(" on ")[0] for one in said(repo, "main")] == ["Enrichment → Outreach"]
    exact = said(repo, "main", "--exact")
    assert [one.split(" on ")[0].split(";")[0] for one in exact] == ["Enrichment → Outreach", "removed"]


def test_two_commits_are_read_from_git_alone(repo, git):
    git.branch()
    repo.deal(MOVED)
    git.commit()
    repo.write("deals/acme.yaml", "]]: {\n")
    assert len(said(repo, "main", "change")) == 1
    git("stash", "-q")
    git("checkout", "-q", "main")
    assert said(repo, "main", "change") == said(repo, "main~0", "change")


def test_a_day_means_what_was_known_by_its_end_looked_at_on_that_day(repo, days):
    assert said(repo, "2026-10-05", "2026-10-12") == [
        "Enrichment → Outreach on 12 October, 1,000 USD a month, 2 of 7 MANIAC-T answers"
    ]
    assert said(repo, "2026-10-12", "2026-10-19") == ["expected 1,200 USD a month, was 1,000 USD"]
    found = json.loads(repo.run("diff", "2026-10-05", "2026-10-12", "--format", "json").out)
    assert (found["before"], found["after"]) == (
        {"name": "2026-10-05", "as_of": "2026-10-05"},
        {"name": "2026-10-12", "as_of": "2026-10-12"},
    )


def test_the_weeks_of_a_deal_add_up(repo, days):
    ends = ["2026-10-05", "2026-10-12", "2026-10-19"]
    bridges = [
        json.loads(repo.run("diff", *pair, "--format", "json").out)["bridge"]
        for pair in [*pairwise(ends), (ends[0], ends[-1])]
    ]
    money = [float(one["closing"]["money"]["USD"]) - float(one["opening"]["money"]["USD"]) for one in bridges]
    assert money[0] + money[1] == money[2] == 2400


# the formats


def test_json_holds_what_machines_need(repo, git):
    repo.deal(MOVED + "\nvalue: {mrr: 1300 USD, months: 12}\n")
    found = json.loads(repo.run("diff", "--format", "json").out)
    assert list(found) == ["schema_version", "before", "after", "changes", "metrics", "bridge", "problems"]
    move, price = found["changes"]
    assert move == {
        "deal": "acme",
        "kind": "moved",
        "from": "enrichment",
        "to": "outreach",
        "date": "2026-01-19",
        "sentence": "Cascadia University, acme: Enrichment → Outreach on 19 January, 1,300 USD a month, 2 of 7 MANIAC-T answers",
    }
    assert (price["kind"], price["from"], price["to"]) == ("priced", "1250 USD", "1300 USD")
    sqd = next(metric for metric in found["metrics"] if metric["id"] == "sqd")
    assert (sqd["before"], sqd["after"], sqd["joined"]) == (0, 1, ["acme"])
    assert found["bridge"]["opening"] == {
        "name": "opening",
        "deals": 1,
        "money": {"USD": "15000.00"},
        "which": ["acme"],
    }
    terms = {term["name"]: term for term in found["bridge"]["terms"]}
    assert terms["re-priced"] == {"name": "re-priced", "deals": 0, "money": {"USD": "600.00"}, "which": ["acme"]}


def test_every_kind_of_record_is_named_by_its_kind_in_json(repo, git):
    repo.member("country: CA")
    assert [
        set(change) & {"deal", "member"} for change in json.loads(repo.run("diff", "--format", "json").out)["changes"]
    ] == [{"member"}]


def test_what_must_be_fixed_is_listed_in_every_format(repo, git):
    repo.deal("stages: [enrichment: 2026-01-12]")
    text, comment, data = (repo.run("diff", "--format", format) for format in ("text", "markdown", "json"))
    assert {text.code, comment.code, data.code} == {0}, "diff tells; check judges"
    assert "  deals/acme.yaml:1: " in text.out
    assert "### Fix before merging" in comment.out
    assert "past-altered" in {problem["code"] for problem in json.loads(data.out)["problems"]}


def test_the_same_commits_on_the_same_day_give_the_same_bytes(repo, days):
    assert len({repo.run("diff", "HEAD~2", "HEAD", "--format", "markdown").out for _ in range(2)}) == 1
    other = repo.run("diff", "HEAD~2", "HEAD", "--format", "markdown", SALESOPS_AS_OF="2026-12-24").out
    assert "as of 2026-12-24" in other


def test_no_secret_is_printed_in_any_format(repo, git):
    secret = "ghp_" + "a1B2" * 9
    repo.deal(
        f"title: Hub {secret}\nowner: {secret}\nvalue: {{mrr: {secret}}}\nnext: {{action: Use {secret}, due: 2099-01-01}}"
    )
    for format in ("text", "markdown", "json"):
        ran = repo.run("diff", "--format", format)
        assert "secret" in ran.out
        assert secret not in ran.out + ran.err


def test_it_writes_nothing(repo, git):
    before = {path: path.read_bytes() for path in repo.root.rglob("*") if path.is_file() and ".git" not in path.parts}
    repo.run("diff", "HEAD", "--format", "markdown")
    after = {path: path.read_bytes() for path in repo.root.rglob("*") if path.is_file() and ".git" not in path.parts}
    assert before == after
    assert git("status", "--porcelain") == ""


# where it cannot tell


def test_a_file_that_cannot_be_read_is_told_and_the_numbers_are_not_whole(repo, git):
    repo.write("deals/acme.yaml", "]]: {\n")
    ran = repo.run("diff")
    assert ran.code == 1
    assert "  cannot be read any more: not counted until the file is fixed\n" in ran.out
    assert "1 file cannot be counted (deals/acme.yaml)" in ran.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere",), 3, "there is no commit 'nowhere'"),
        (("HEAD", "nowhere"), 3, "there is no commit 'nowhere'"),
        (("2020-01-01",), 3, "nothing was known on 2020-01-01"),
        (("2026-11-20", "2026-11-02"), 2, "2026-11-20 is after 2026-11-02"),
        (("2026-02-30",), 2, "BASE: '2026-02-30' is not a date in the calendar"),
        (("--as-of", "tomorrow"), 2, "--as-of"),
        (("HEAD", "HEAD", "HEAD"), 2, "Got unexpected extra argument"),
        (("--format", "pdf"), 2, "'pdf' is not one of"),
        (("",), 3, "there is no commit ''"),
        (("--", "--upload-pack=x"), 3, "there is no commit '--upload-pack=x'"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(repo, git, words, code, said):
    ran = repo.run("diff", *words)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_without_a_history_there_is_nothing_to_compare_with(repo):
    ran = repo.run("diff")
    assert (ran.code, ran.out) == (3, "")
    assert "there is no git history here" in ran.err
    Git(repo.root)("init", "-q", "-b", "main")
    ran = repo.run("diff")
    assert (ran.code, ran.out) == (3, "")
    assert "there is no commit yet" in ran.err


def test_branches_without_a_commit_in_common_cannot_be_compared_unless_exactly(repo, git):
    git("checkout", "-q", "--orphan", "other")
    git.commit("Another beginning")
    ran = repo.run("diff", "main", "other")
    assert (ran.code, ran.out) == (3, "")
    assert "no commit in common" in ran.err
    assert repo.run("diff", "main", "other", "--exact").code == 0


def test_a_whole_new_repository_is_told_from_nothing(repo):
    git = Git(repo.root)
    git("init", "-q", "-b", "main")
    git("commit", "-q", "--allow-empty", "-m", "Begin")
    git.commit("The records")
    ran = repo.run("diff", "HEAD~1", "HEAD")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("1 deal and 5 other records changed (6 new, 1 won) · no problems\n")


def test_the_report_finds_the_past_of_a_deal_that_came_back_altered_as_the_check_does(repo, git):
    repo.deal(MOVED)
    git.commit()
    (repo.root / "deals/acme.yaml").unlink()
    repo.write("playbook/removed.yaml", "removed: [{kind: deal, id: acme, date: 2026-02-01, by: jim, why: Twice}]\n")
    git.commit()
    git.branch()
    (repo.root / "playbook/removed.yaml").unlink()
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-26]")
    git.commit()
    check = json.loads(repo.run("check", "--against", "main", "--format", "json").out)["problems"]
    told = json.loads(repo.run("diff", "main", "HEAD", "--format", "json").out)["problems"]
    altered = [problem for problem in check if problem["code"] == "past-altered"]
    assert len(altered) == 1
    assert altered[0].pop("new") is True
    assert altered[0] in told
