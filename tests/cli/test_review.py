"""`review`: the agenda of a week, the record of a meeting, the review of a month."""

from __future__ import annotations

import json

import pytest
import yaml
from gitting import Git

TEAM = """
    organisation: Test
    time_zone: UTC
    currency: USD
    review:
      owner: jim
      people: [{person: jim, role: required, why: Leads}, {person: april, role: optional}]
      links: [{kind: calendar, url: "https://calendar.example/review"}]
    people:
      jim: {name: Jim, roles: [business development lead]}
      april: {name: April, roles: [delivery manager]}
"""
BEFORE = """
    attended: [jim]
    experiments: [subject-lines]
    actions:
      - {deal: acme, action: Call the dean, owner: jim, due: 2026-12-01}
      - {action: Order cake, owner: april, done: true}
"""
TODAY = "playbook/reviews/2026-11-20.yaml"


@pytest.fixture
def crm(repo):
    repo.write("playbook/team.yaml", TEAM)
    repo.write("playbook/reviews/2026-11-09.yaml", BEFORE)
    repo.deal()
    return repo


def written(crm):
    return yaml.safe_load((crm.root / TODAY).read_text(encoding="utf-8"))


def test_the_agenda_has_its_points_in_order(crm):
    ran = crm.run("review")
    assert ran.code == 0
    titles = ["Pipeline", "Stage conversions", "Targets", "Late and stalled", "Closed since", "Renewals due"]
    titles += ["Experiments", "Red lines", "Open actions", "Who is asked"]
    places = [ran.out.index(f"\n{title}") for title in titles]
    assert places == sorted(places)
    assert "calendar: https://calendar.example/review" in ran.out


def test_without_git_it_says_that_it_compares_with_what_is_known_now(crm):
    assert "as it is known now; git cannot tell what was known then" in crm.run("review").out


def test_who_was_there_is_never_guessed(crm):
    ran = crm.run("review", "--record")
    assert ran.code == 1
    assert "--attended PERSON,PERSON" in ran.err
    assert not (crm.root / TODAY).exists()


def test_a_record_takes_over_what_is_not_done_and_says_who_was_asked(crm):
    ran = crm.run("review", "--record", "--attended", "jim,april", "--notes", "The dean first")
    assert ran.code == 0, ran.err
    found = written(crm)
    assert found["attended"] == ["jim", "april"]
    assert [action["action"] for action in found["actions"]] == ["Call the dean"]
    assert found["attendance"] == [
        {"person": "jim", "role": "required", "why": "Leads"},
        {"person": "april", "role": "optional"},
    ]
    assert (found["owner"], found["notes"], found["experiments"]) == ("jim", "The dean first", ["subject-lines"])
    assert found["links"] == [{"kind": "calendar", "url": "https://calendar.example/review"}]
    assert crm.said() == []


def test_a_record_names_the_commit_that_was_looked_at(crm):
    git = Git(crm.root)
    git("init", "-q"), git("add", "-A"), git("commit", "-qm", "Begin")
    assert crm.run("review", "--record", "--attended", "jim").code == 0
    assert git("rev-parse", "HEAD").startswith(written(crm)["commit"])


def test_twice_is_once(crm):
    assert crm.run("review", "--record", "--attended", "jim").code == 0
    before = (crm.root / TODAY).read_bytes()
    again = crm.run("review", "--record", "--attended", "jim")
    assert (again.code, "There already" in again.out) == (0, True)
    assert (crm.root / TODAY).read_bytes() == before


def test_a_record_that_says_otherwise_is_not_overwritten(crm):
    crm.run("review", "--record", "--attended", "jim")
    ran = crm.run("review", "--record", "--attended", "april")
    assert ran.code == 1
    assert "says that jim attended" in ran.err


def test_somebody_whom_nobody_knows_was_not_there(crm):
    assert crm.run("review", "--record", "--attended", "nobody").code == 2
    assert not (crm.root / TODAY).exists()


def test_trying_writes_nothing(crm):
    ran = crm.run("review", "--record", "--attended", "jim", "--dry-run")
    assert (ran.code, "Nothing was written." in ran.out) == (0, True)
    assert not (crm.root / TODAY).exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--record", "--month"),
        ("--record", "--known", "HEAD"),
        ("--attended", "jim"),
        ("--month", "october"),
        ("--month", "2027-01"),
        ("--month", "0000-01"),
        ("--record", "--format", "markdown"),
    ],
)
def test_what_does_not_go_together_is_a_wrong_call(crm, words):
    assert crm.run("review", *words).code == 2


def test_the_month_is_the_last_that_is_over_unless_another_is_named(crm):
    assert crm.run("review", "--month").out.startswith("Monthly review of October 2026")
    assert crm.run("review", "--month", "2025-03").out.startswith("Monthly review of March 2025")


def test_machines_read_it_too(crm):
    found = json.loads(crm.run("review", "--format", "json").out)
    assert (found["as_of"], found["since"], found["last_review"]) == ("2026-11-20", "2026-11-09", "2026-11-09")
    [action] = found["actions"]
    assert (action["action"], action["since"], action["is_late"]) == ("Call the dean", "2026-11-09", False)
    month = json.loads(crm.run("review", "--month", "--format", "json").out)
    assert month["month"] == "2026-10"
