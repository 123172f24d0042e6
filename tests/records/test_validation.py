"""A file that is not the record it should be: everything that is wrong at once, each at its place, and nobody else's values."""

from __future__ import annotations

from textwrap import dedent

import pytest
from pydantic import ValidationError

from salesops.problems import Problem
from salesops.records.deal import Deal, Move
from salesops.records.kinds import KINDS
from salesops.records.validation import typed
from salesops.records.yaml_reader import MAX_COMPLAINTS, read

DEAL = """
    title: General Membership
    member: cascadia-university
    type: new business
    tier: general
    owner: jim
    stages:
      - enrichment: 2026-01-05
"""


def typed_as(kind: str, text: str):
    document, problems = read("deals/acme.yaml", dedent(text).lstrip("\n").encode())
    assert document is not None
    assert not problems
    return typed(document, KINDS[kind].model)


def problems_of(text: str, kind: str = "deal") -> list[Problem]:
    record, problems = typed_as(kind, text)
    assert (record is None) == bool(problems)
    return problems


def problem_with(lines: str) -> Problem:
    (problem,) = problems_of(DEAL + lines)
    return problem


def test_six_keys_make_a_deal():
    record, problems = typed_as("deal", DEAL)
    assert not problems
    assert record.stages == (Move("enrichment", record.stages[0].entered),)
    assert str(record.stages[0].entered) == "2026-01-05"
    assert record.value is None
    assert record.activity == ()


def test_everything_that_is_wrong_is_said_at_once_and_in_its_place():
    text = """
        title: General Membership
        member: Cascadia University
        type: New Business
        tier: general
        stages:
          - enrichment: 2026-02-30
          - outreach
        value:
          mrr: 1_000 USD
          mmr: 1000 USD
        activity:
          - {kind: telegram, date: 2026-01-20}
          - {kind: call, outcome: spoke}
        maniac_t: a lot
        renews: [a, b]
    """
    assert {
        (problem.place.line, problem.place.column, problem.code, problem.field) for problem in problems_of(text)
    } == {
        (1, 1, "field-missing", "owner"),
        (2, 9, "not-an-id", "member"),
        (3, 7, "not-a-choice", "type"),
        (6, 17, "not-a-date", "stages.0.enrichment"),
        (7, 5, "move-unreadable", "stages.1"),
        (9, 8, "not-money", "value.mrr"),
        (10, 3, "unknown-key", "value.mmr"),
        (12, 12, "not-a-choice", "activity.0.kind"),
        (13, 5, "field-missing", "activity.1.date"),
        (14, 11, "wrong-shape", "maniac_t"),
        (15, 9, "wrong-shape", "renews"),
    }


def test_every_problem_shows_its_own_line_and_nothing_else():
    lines = [*dedent(DEAL).split("\n")[1:], "tear: general", "owner_2: b", ""]
    for problem in problems_of("\n".join(lines)):
        assert problem.excerpt == lines[problem.place.line - 1]


def test_a_missing_field_says_what_it_is_for_and_how_it_looks():
    (problem,) = problems_of(DEAL.replace("owner: jim", ""))
    assert problem.message == "'owner' is missing"
    assert problem.why == Deal.model_fields["owner"].description
    assert problem.fix == "owner: …"


def test_a_missing_choice_is_left_to_a_person_with_the_words_to_choose_from():
    problem = problem_with("    maniac_t: {need: {date: 2026-01-05}}\n")
    assert problem.fix == "status: …  # met, partial, unmet, unknown"


def test_a_missing_field_of_a_part_is_reported_at_that_part():
    problem = problem_with("    next:\n      action: Call\n")
    assert (problem.code, problem.field, problem.place.line, problem.place.column) == (
        "field-missing",
        "next.due",
        8,
        1,
    )


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("expected-close: 2026-04-15", "expected_close"),
        ("Source: {channel: x}", "source"),
        ("activities: []", "activity"),
        ("maniac-t: {}", "maniac_t"),
        ("waved: []", "waived"),
    ],
)
def test_an_unknown_key_is_met_with_the_nearest_one(line, meant):
    problem = problem_with(f"    {line}\n")
    assert problem.code == "unknown-key"
    assert problem.help == f"did you mean '{meant}'?"
    assert problem.fix == f"{meant}:"


def test_a_key_that_is_near_to_none_may_go_under_x():
    problem = problem_with("    asana: 1203\n")
    assert problem.help == "see the reference of the fields; the team's own fields go under x:"
    assert problem.fix == ""


def test_an_unknown_key_of_a_part_lists_what_may_stand_there():
    problem = problem_with("    value: {qqq: 1}\n")
    assert problem.help == "known: mrr, one_off, months"


def test_words_of_python_are_keys_like_any_other():
    record, problems = typed_as(
        "deal", DEAL + "    activity: [{date: 2026-01-20, kind: call, outcome: spoke, with: [a-smith]}]\n"
    )
    assert not problems
    assert record.activity[0].with_ == ("a-smith",)
    assert (
        problem_with("    activity: [{date: 2026-01-20, kind: call, outcome: spoke, with_: [a-smith]}]\n").fix
        == "with:"
    )


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("maniac_t: {money: {status: Met, date: 2026-01-05}}", "status: met"),
        ("activity: [{date: 2026-01-05, kind: e-mail}]", "kind: email"),
        ("loss: {reason: wrong-icp}", "reason: wrong ICP"),
        ("loss: {reason: Feature_Gap}", "reason: feature gap"),
        ("loss: {reason: cheaper}", ""),
    ],
)
def test_a_word_that_is_no_choice_is_met_with_all_of_them(line, fix):
    problem = problem_with(f"    {line}\n")
    assert problem.code == "not-a-choice"
    assert problem.fix == fix
    assert problem.help == (f"did you mean '{fix.partition(': ')[2]}'?" if fix else "pick one of them")


def test_the_words_to_choose_from_are_all_named():
    assert problem_with("    loss: {verdict: nobody}\n").message == "'nobody' is not one of: icp, execution"


def test_a_choice_that_is_a_key_is_held_to_its_words_too():
    text = """
        version: v9
        in_force: 2026-01-01
        changelog: New.
        tiers: {}
        starts: {new bisness: enrichment}
        stages: {}
    """
    (problem,) = problems_of(text, "process")
    assert (problem.code, problem.place.line, problem.place.column) == ("not-a-choice", 5, 10)
    assert problem.message == "'new bisness' is not one of: new business, existing business"
    assert problem.fix == "new business:"


@pytest.mark.parametrize(
    ("line", "said", "fix"),
    [
        ("next: soon", "fields of their own", "next: {due: …, action: soon}"),
        ("discovery: {jobs: Teach}", "a list", "jobs: [Teach]"),
        ("discovery: {jobs: 'Teach, and more'}", "a list", ""),
        ("discovery: {jobs: {a: b}}", "a list", ""),
        ("value: [1000 USD]", "fields of their own", "value: {mrr: 1000 USD}"),
        ("x: 5", "fields of their own", ""),
        ("links: {kind: folder, url: https://a.example}", "a list", ""),
    ],
)
def test_a_value_of_the_wrong_shape_says_which_shape_belongs_there(line, said, fix):
    problem = problem_with(f"    {line}\n")
    assert problem.code == "wrong-shape"
    assert said in problem.message
    assert problem.fix == fix


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("- enrichment", "a move is expected here"),
        ("- {enrichment: 2026-01-05, outreach: 2026-01-19}", "2 stages in one line"),
        ("- {}", "no day in one line"),
        ("- enrichment:", "no day in one line"),
        ("-", "a move is expected here"),
        ("- enrichment: {a: b}", "a day is expected here"),
        ("- enrichment: soon", "not a day"),
    ],
)
def test_a_move_is_one_stage_and_its_day(line, said):
    (problem,) = problems_of(DEAL.replace("- enrichment: 2026-01-05", line))
    assert problem.place.line == 7
    assert said in problem.message


def test_a_fix_is_a_line_to_paste():
    assert problem_with("    expected_close: 2026/4/15\n").fix == "expected_close: 2026-04-15"
    assert problem_with("    value: {mrr: 1_000 USD}\n").fix == "mrr: 1000 USD"
    assert problem_with("    win: {signals: ['']}\n").fix == ""
    (problem,) = problems_of("removed: [{kind: deal, id: A B, date: 2026-01-05, by: jim, why: x}]\n", "removed")
    assert problem.fix == "id: a-b"


def test_a_teams_own_fields_may_hold_anything():
    record, problems = typed_as("deal", DEAL + "    x: {asana: '1203', deep: {list: [a, {b: c}]}, none: ~}\n")
    assert not problems
    assert record.x == {"asana": "1203", "deep": {"list": ["a", {"b": "c"}]}}


def test_a_record_does_not_change_once_it_is_read():
    record, _ = typed_as("deal", DEAL)
    with pytest.raises(ValidationError):
        record.title = "Other"


FULL = """\
title: secret-1
member: cascadia-university
type: new business
tier: secret-2
owner: jim
stages:
  - enrichment: 2026-01-05
value:
  mrr: 1250 USD
  months: 12
next:
  action: secret-3
  due: 2026-03-20
probability:
  value: 60%
  date: 2026-03-05
  why: secret-4
parked:
  - since: 2026-01-10
    why: secret-5
maniac_t:
  money:
    status: met
    date: 2026-02-04
    note: secret-6
    amount: 40000 USD
icp:
  fit: true
  note: secret-7
activity:
  - date: 2026-01-20
    kind: email
    note: secret-8
contract:
  mrr: 1234.56 USD
  entity: secret-9
  agreement: https://secret.example/10
loss:
  reason: price
  learning: secret-11
x:
  own: secret-12
"""


VALUES = [number for number, line in enumerate(FULL.splitlines()) if ": " in line and "own:" not in line]


@pytest.mark.parametrize("broken", ["' '", "[broken]", "{broken: broken}"])
@pytest.mark.parametrize("number", VALUES, ids=lambda number: FULL.splitlines()[number].partition(":")[0].strip("- "))
def test_no_message_holds_the_value_of_another_field(number, broken):
    lines = FULL.splitlines()
    lines[number] = f"{lines[number].partition(': ')[0]}: {broken}"
    problems = problems_of("\n".join(lines))
    assert {problem.place.line for problem in problems} == {number + 1}
    for problem in problems:
        said = " ".join((problem.message, problem.help, problem.why, problem.fix, problem.field))
        assert "secret" not in said
        assert "1234" not in said


def test_fifty_problems_are_all_said():
    found = problems_of(dedent(DEAL) + "".join(f"k{n}: a\n" for n in range(MAX_COMPLAINTS)))
    assert [problem.code for problem in found] == ["unknown-key"] * MAX_COMPLAINTS


def test_a_file_with_thousands_of_problems_says_the_first_of_them_and_how_many_there_are():
    found = problems_of(dedent(DEAL) + "".join(f"k{n}: a\n" for n in range(15_000)))
    assert len(found) == MAX_COMPLAINTS + 1
    assert found[-1].code == "too-many-problems"
    assert "15,000" in found[-1].message


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("- outreach 2026-03-15", "- outreach: 2026-03-15"),
        ("- discovery", "- discovery: …"),
        ("- [1, 2]", "- …: …"),
    ],
)
def test_the_fix_of_a_move_has_the_stage_and_day_that_were_written_and_no_others(line, fix):
    text = f"{DEAL}      {line}\n"
    assert [problem.fix for problem in problems_of(text)] == [fix]


def test_a_day_in_place_of_a_reason_is_offered_as_the_day_and_not_as_the_reason():
    assert problem_with("    reopened:\n      - 2026-10-01\n").fix == "- {why: …, date: 2026-10-01}"
