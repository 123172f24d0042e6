"""`metrics --known` and series: what we knew then is what a checkout of that commit says, number by number."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from gitting import Git

from salesops.cli.actions.metrics_series import SHOWN

MONTHS = [f"{2025 + (month - 1) // 12}-{(month - 1) % 12 + 1:02}-28" for month in range(5, 23)]


def metrics(repo, *words):
    ran = repo.run("metrics", "--format", "json", *words)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def series(repo, *words):
    return metrics(repo, *words)["series"]


# two clocks


@pytest.mark.samples(4)
@pytest.mark.parametrize("day", MONTHS)
def test_what_was_known_on_a_day_is_what_a_checkout_of_that_evening_says(demo, tmp_path, day):
    git = Git(demo.root)
    commit = git("rev-list", "-1", "--first-parent", f"--before={day}T23:59:59-0800", "main")
    known = metrics(demo, "--known", day, "--as-of", day)
    assert known.pop("known") == {"commit": commit, "day": day}
    git("clone", "-q", "--no-checkout", str(demo.root), str(tmp_path / "then"))
    Git(tmp_path / "then")("checkout", "-q", commit)
    there = metrics(type(demo)(tmp_path / "then"), "--as-of", day)
    assert there.pop("known") is None
    assert known == there
    assert len(known["metrics"]) > 40


def test_what_is_known_now_is_what_lies_here(demo):
    now, head = metrics(demo), metrics(demo, "--known", "HEAD")
    assert head.pop("known") == {"commit": Git(demo.root)("rev-parse", "HEAD"), "day": None}
    assert now.pop("known") is None
    assert now == head


def test_hindsight_and_what_was_believed_differ_where_an_entry_came_late(demo):
    hindsight = demo.run("metrics", "sqd", "--evidence", "--as-of", "2026-03-20").out
    believed = demo.run("metrics", "sqd", "--evidence", "--as-of", "2026-03-20", "--known", "2026-03-20").out
    assert "alder-coast-renewal-2026" not in hindsight.split("counted (")[1].splitlines()[0]
    assert "alder-coast-renewal-2026" in believed.split("counted (")[1].splitlines()[0]


def test_a_day_that_was_known_is_looked_at_on_that_day(demo):
    assert metrics(demo, "--known", "2026-03-20")["as_of"] == "2026-11-20", "SALESOPS_AS_OF says so here"
    told = json.loads(demo.run("metrics", "--format", "json", "--known", "2026-03-20", "--as-of", "2026-03-20").out)
    assert told["as_of"] == "2026-03-20"


def test_without_a_day_of_its_own_what_was_known_then_is_looked_at_then(demo):
    ran = demo.spawn("metrics", "--known", "2026-03-20", "--format", "json", env={"SALESOPS_AS_OF": ""})
    assert json.loads(ran.stdout)["as_of"] == "2026-03-20"


def test_a_terminal_says_which_commit_that_was(demo):
    ran = demo.run("metrics", "sqd", "--known", "2026-03-20", "--as-of", "2026-03-20")
    assert ran.err.startswith("as known at 2026-03-20 (commit ")
    assert ran.err.endswith("), as of 2026-03-20\n")
    assert "as known at " in demo.run("metrics", "sqd", "--known", "HEAD~3").err


def test_numbers_of_an_earlier_day_by_the_records_of_today_say_so(demo):
    words = "is today's word; --known 2026-03-20 shows what was known then"
    for form in ("text", "json", "csv"):
        assert words in demo.run("metrics", "pipeline-value", "--as-of", "2026-03-20", "--format", form).err
    assert words not in demo.run("metrics", "pipeline-value", "--as-of", "2026-03-20", "--known", "HEAD").err


def test_a_series_by_the_records_of_today_says_so_and_how_to_see_what_was_known_on_each_day(demo):
    series = ("metrics", "pipeline-value", "--since", "2026-11-01")
    assert "is today's word; --known then shows what was known then" in demo.run(*series).err
    assert demo.run(*series, "--known", "then").err == ""
    assert "as known at 2026-11-10 (commit " in demo.run(*series, "--known", "2026-11-10").err


def test_a_series_as_it_was_known_on_a_day_ends_on_that_day(demo):
    series = ("metrics", "sqd", "--since", "2026-03-13", "--known", "2026-03-20", "--format", "json")
    ran = demo.spawn(*series, env={"SALESOPS_AS_OF": ""})
    assert [point["as_of"] for point in json.loads(ran.stdout)["series"]] == ["2026-03-13", "2026-03-20"]


def test_what_is_not_committed_is_not_known(repo):
    git = Git(repo.root)
    git.begin()
    repo.deal()
    count = {one["id"]: one["value"] for one in metrics(repo)["metrics"]}["open-deals"]
    known = {one["id"]: one["value"] for one in metrics(repo, "--known", "HEAD")["metrics"]}["open-deals"]
    assert (count, known) == (1, 0)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--known", "2020-01-01"], 3, "nothing was known on 2020-01-01: the first commit is of 2025-05-20"),
        (["--known", "never"], 3, "there is no commit 'never'"),
        (["--known", "--upload-pack=x"], 3, "there is no commit '--upload-pack=x'"),
        (["--known", "2026-13-01"], 2, "--known: '2026-13-01' is not a date in the calendar"),
        (["--known", ""], 3, "there is no commit ''"),
        (["--known", "\x1b[31mred"], 3, "there is no commit "),
        (["--known", "HEAD:deals"], 3, "there is no commit 'HEAD:deals'"),
        (["--known", "then"], 2, "--known then are for a series"),
        (["--every", "month"], 2, "are for a series: add --since DAY"),
        (["--known", "HEAD", "--as-of", "soon"], 2, "--as-of"),
        (["--known", "HEAD", "nonsense"], 2, "there is no metric 'nonsense'"),
        (["--since", "soon"], 2, "--since"),
        (["--since", "2027-01-01"], 2, "--since 2027-01-01 is after 2026-11-20"),
        (["--since", "2026-01-01", "--every", "year"], 2, "--every"),
        (["--since", "1990-01-01", "--every", "day"], 2, "points; the limit is 2,000"),
        (["--since", "2026-01-01", "sqq"], 2, "did you mean 'sqd'"),
        (["--since", "2026-01-01", "--from", "soon"], 2, "--from"),
        (["--since", "2026-01-01", "--from", "2026-12-01"], 2, "--from 2026-12-01 is after 2026-11-20"),
        (["--since", "0001-01-01"], 2, "is not between 1990 and 2100"),
        (["--since", "2026-01-01", "--known", "never"], 3, "there is no commit 'never'"),
    ],
)
def test_a_wrong_question_is_answered_in_one_sentence(demo, words, code, said):
    ran = demo.run("metrics", *words)
    assert ran.code == code
    assert said in " ".join(ran.err.split())
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert "\x1b" not in ran.err


def test_a_day_in_the_time_zone_of_the_team(repo):
    """A commit at eleven in the evening in London is of the next day in Auckland."""
    repo.write("playbook/team.yaml", (repo.root / "playbook/team.yaml").read_text().replace("UTC", "Pacific/Auckland"))
    git = Git(repo.root)
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "Late", GIT_COMMITTER_DATE="2026-11-01T23:00:00Z")
    assert repo.run("metrics", "--known", "2026-11-01").code == 3
    assert repo.run("metrics", "--known", "2026-11-02").code == 0


# where the history is not there


@pytest.fixture
def cut(repo, tmp_path):
    """A clone without the history."""
    git = Git(repo.root)
    git.begin()
    repo.deal()
    git.commit()
    git("clone", "-q", "--depth=1", f"file://{repo.root}", str(tmp_path / "cut"))
    return type(repo)(tmp_path / "cut")


def test_a_clone_that_was_cut_knows_its_commit_and_no_days(cut):
    assert cut.run("metrics", "--known", "HEAD").code == 0
    for words in (["--known", "2026-11-19"], ["--since", "2026-11-01", "--known", "then"]):
        ran = cut.run("metrics", *words)
        assert (ran.code, ran.out) == (3, "")
        assert "fetch the whole history: git fetch --unshallow" in ran.err


def test_a_clone_that_was_cut_still_has_a_series_of_hindsight(cut):
    assert len(series(cut, "--since", "2026-11-01")) == 3


@pytest.mark.parametrize(
    "words", [["--known", "HEAD"], ["--known", "2026-11-19"], ["--since", "2026-11-01", "--known", "then"]]
)
def test_without_git_or_a_commit_nobody_can_tell(repo, words):
    ran = repo.run("metrics", *words)
    assert (ran.code, ran.out) == (3, "")
    assert "create one with git init" in ran.err
    Git(repo.root)("init", "-q")
    ran = repo.run("metrics", *words)
    assert (ran.code, ran.out) == (3, "")
    assert "there is no commit yet" in ran.err


def test_an_earlier_state_that_could_not_be_read_is_counted_as_far_as_it_goes_and_said(repo):
    git = Git(repo.root)
    repo.write("deals/acme.yaml", "title: [\n")
    git.begin()
    repo.deal()
    ran = repo.run("metrics", "open-deals", "--known", "HEAD")
    assert ran.code == 1
    assert "1 file cannot be counted (deals/acme.yaml)" in ran.err
    assert repo.run("metrics", "open-deals").code == 0


# a series


@pytest.mark.parametrize(
    ("since", "every", "days"),
    [
        ("2026-11-18", "day", ["2026-11-18", "2026-11-19", "2026-11-20"]),
        ("2026-11-01", "week", ["2026-11-01", "2026-11-08", "2026-11-15"]),
        ("2026-08-31", "month", ["2026-08-31", "2026-09-30", "2026-10-31"]),
        ("2025-12-31", "month", ["2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        ("2026-11-20", "month", ["2026-11-20"]),
    ],
)
def test_the_days_of_a_series(demo, since, every, days):
    found = [point["as_of"] for point in series(demo, "sqd", "--since", since, "--every", every)]
    assert found[: len(days)] == days
    assert found[-1] <= "2026-11-20"


def test_a_series_goes_by_weeks_where_it_is_not_said(demo):
    assert series(demo, "--since", "2026-11-01") == series(demo, "--since", "2026-11-01", "--every", "week")


def test_each_point_of_a_series_is_the_reading_of_that_day(demo):
    for point in series(demo, "--since", "2026-09-30", "--every", "month", "--known", "then"):
        day = point["as_of"]
        assert point["metrics"] == _short(metrics(demo, "--as-of", day))
        then = metrics(demo, "--as-of", day, "--known", day)
        assert point["believed"] == _short(then)
        assert point["commit"] == then["known"]["commit"]


def _short(told):
    without = ("included", "excluded", "hit", "title")
    return [{key: value for key, value in one.items() if key not in without} for one in told["metrics"]]


def test_a_series_as_known_at_one_commit(demo):
    commit = Git(demo.root)("rev-list", "-1", "--first-parent", "--before=2026-06-01", "main")
    (point,) = series(demo, "--since", "2026-05-20", "--as-of", "2026-05-20", "--known", commit)
    assert point["metrics"] == _short(metrics(demo, "--as-of", "2026-05-20", "--known", commit))


def test_before_the_first_commit_nothing_was_believed(demo):
    first, *_, last = series(demo, "--since", "2025-05-01", "--every", "month", "--known", "then")
    assert (first["believed"], first["commit"]) == (None, None)
    assert last["believed"] is not None
    ran = demo.run(
        "metrics", "sqd", "--since", "2025-05-01", "--as-of", "2025-06-01", "--every", "month", "--known", "then"
    )
    head, before, after = ran.out.splitlines()
    assert head.split() == ["day", "sqd", "believed"]
    assert before.split()[0::2] == ["2025-05-01", "nothing"]
    assert after.split()[0] == "2025-06-01"
    assert after.split()[2].isdigit()


def test_a_series_shows_a_few_metrics_in_a_terminal_and_all_to_machines(demo):
    head = demo.run("metrics", "--since", "2026-11-01").out.splitlines()[0]
    assert head.split() == ["day", *SHOWN]
    (point, *_) = series(demo, "--since", "2026-11-01")
    assert len(point["metrics"]) > 40
    assert list(point) == ["as_of", "metrics"]


def test_a_series_says_how_it_was_asked_for(demo):
    told = metrics(demo, "sqd", "--since", "2026-11-01", "--every", "day", "--known", "then")
    assert {key: told[key] for key in ("schema_version", "every", "known")} == {
        "schema_version": 1,
        "every": "day",
        "known": "then",
    }


@pytest.mark.parametrize("every", ["day", "week", "month"])
def test_a_series_ends_with_the_calendar(demo, every):
    found = series(demo, "sqd", "--since", "2100-12-31", "--as-of", "2100-12-31", "--every", every)
    assert [point["as_of"] for point in found] == ["2100-12-31"]


# the guide


@pytest.mark.proof
def test_the_commands_of_the_guide_say_what_it_says(demo, home):
    guide = (home / "site/guides/time-travel.md").read_text(encoding="utf-8")
    typed = [shlex.split(line) for line in re.findall(r"^    salesops -C build/demo (.*)$", guide, re.MULTILINE)]
    assert len(typed) >= 7
    for words in (words for words in typed if words[0] != "serve"):  # which goes on until it is stopped
        ran = demo.run(*words)
        assert (ran.code, ran.out != "") == (0, True), words
    for known, count in (([], "nine"), (["--known", "2026-03-20"], "ten")):
        (one,) = metrics(demo, "sqd", "--as-of", "2026-03-20", *known)["metrics"]
        assert f"counts {count}" in guide
        assert one["value"] == {"nine": 9, "ten": 10}[count]
    for id in re.findall(r"^\| an? .*\| `([a-z0-9-]+)`", guide, re.MULTILINE):
        assert demo.run("history", id).code == 0, id
