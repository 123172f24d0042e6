"""``salesops today``: everything that waits, by person, the oldest first."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from gitting import Git
from waiting import CODES, everything_waits


def listed(repo, *words):
    ran = repo.run("today", "--format", "json", *words)
    assert ran.code == 0
    return json.loads(ran.out)


@pytest.fixture
def busy(repo):
    everything_waits(repo)
    return repo


def test_today_lists_everything_once_the_oldest_first(busy):
    told = listed(busy)
    assert told["for"] is None
    assert sorted(it["code"] for it in told["waiting"]) == sorted(CODES)
    days = [it["since"] for it in told["waiting"]]
    assert days == sorted(days)


def test_a_repository_in_which_nothing_waits_says_so(repo):
    assert repo.run("today").out == "nothing waits\n"
    assert listed(repo)["waiting"] == []


def test_a_new_repository_has_nothing_that_waits(repo):
    assert repo.run("init", "../fresh").code == 0
    ran = repo.run("-C", "../fresh", "today")
    assert (ran.code, ran.out) == (0, "nothing waits\n")


def test_for_everybody_it_is_told_by_person_and_the_whole_team_comes_last(busy):
    out = busy.run("today").out
    heads = [line for line in out.splitlines() if line and line[0] != " "]
    assert heads == ["Jim  14 things", "April  2 things", "The whole team  2 things"]
    jim, april = out.split("April  2")[0], out.split("April  2")[1].split("The whole")[0]
    assert "closed on 2026-02-02, and what was learned is not complete: what changed in the playbook" in jim
    assert "the next step was due on 2026-11-16" in april
    assert "the hubs are not in use" in april


@pytest.mark.parametrize("asked", ["april", "Apr", "APRIL"])
def test_one_person_is_found_by_a_part_of_the_name_and_hears_how_much_waits_for_others(busy, asked):
    ran = busy.run("today", "--for", asked)
    assert ran.out.startswith("April  2 things\n")
    assert ran.out.endswith("16 things for others or the whole team: --for all\n")
    assert {it["person"] for it in listed(busy, "--for", asked)["waiting"]} == {"april"}


def test_somebody_for_whom_nothing_waits_is_told_so(repo):
    assert repo.run("today", "--for", "april").out == "nothing waits for April\n"


def test_whoever_says_once_who_they_are_sees_their_own(busy):
    assert busy.run("today", "--for", "me").code == 2
    git = Git(busy.root)
    git("init", "-q")
    git("config", "salesops.me", "april")
    assert listed(busy)["for"] == listed(busy, "--for", "me")["for"] == "april"
    assert listed(busy, "--for", "all")["for"] is None
    assert len(listed(busy, "--for", "all")["waiting"]) == len(CODES)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--for", "nobody"], "--for: there is no 'nobody'"),
        (["--for", "me"], "git config salesops.me YOUR-ID"),
        (["--for", "\x1b[31mred"], "--for: there is no "),
    ],
)
def test_what_was_asked_for_wrongly_is_a_wrong_call(repo, words, said):
    ran = repo.run("today", *words)
    assert ran.code == 2
    assert said in ran.err
    assert "\x1b[31mred" not in ran.err


def test_on_an_earlier_day_it_lists_nothing_that_came_later(busy):
    told = listed(busy, "--as-of", "2026-09-15")
    assert told["as_of"] == "2026-09-15"
    codes = {it["code"] for it in told["waiting"] if it["id"] != "nobodys"}  # on that day it was still an open deal
    assert codes == {"decision-due", "experiment-over", "learning-missing", "parked-long"}
    assert all(it["since"] <= "2026-09-15" for it in told["waiting"])


def test_each_entry_says_where_it_is_and_what_to_do(busy):
    (found,) = [it for it in listed(busy)["waiting"] if it["code"] == "next-step-overdue"]
    assert found == {
        "code": "next-step-overdue",
        "kind": "deal",
        "id": "late-step",
        "name": "Cascadia University",
        "person": "april",
        "person_name": "April",
        "since": "2026-11-16",
        "days": 4,
        "message": "the next step was due on 2026-11-16",
        "help": "log what happened and write the next step",
        "path": "deals/late-step.yaml",
        "field": "next.due",
    }


def test_spreadsheets_get_a_row_for_each_thing(busy):
    rows = list(csv.DictReader(StringIO(busy.run("today", "--format", "csv").out)))
    assert {row["code"] for row in rows} == CODES
    assert [row["person"] for row in rows if row["code"] == "decision-due"] == [""]


def test_what_was_known_then_waits_then(repo):
    git = Git(repo.root)
    git("init", "-q")
    repo.deal("next: {action: Call, due: 2026-11-16}")
    git.commit("2026-11-18")
    repo.deal()
    assert listed(repo)["waiting"] == []
    known = listed(repo, "--known", "HEAD")["waiting"]
    assert [it["code"] for it in known] == ["next-step-overdue"]


def test_a_file_that_cannot_be_counted_is_named_and_the_rest_is_listed(busy):
    busy.write("deals/broken.yaml", "title: [")
    ran = busy.run("today")
    assert ran.code == 1
    assert "deals/broken.yaml" in ran.err
    assert "Jim  14 things" in ran.out
