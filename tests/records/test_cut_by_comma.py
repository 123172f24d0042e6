"""No word of a sentence is lost to a comma between braces, and no key passes because nothing stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.edits.edit import rejoin
from salesops.problems import Path, Problem
from salesops.records.kinds import KINDS
from salesops.records.model_fields import inside, keyed_fields
from salesops.records.record import Record, value_at
from salesops.records.validation import typed
from salesops.records.yaml_reader import Document, read

DEAL = """\
title: General Membership
member: cascadia-university
type: new business
tier: general
owner: jim
stages:
  - enrichment: 2026-01-05
"""


def problems_of(line: str, kind: str = "deal") -> list[Problem]:
    document, problems = read("deals/acme.yaml", f"{DEAL}{line}\n".encode())
    assert document is not None
    return [*problems, *typed(document, KINDS[kind].model)[1]]


def problem_with(line: str) -> Problem:
    (problem,) = problems_of(line)
    return problem


CUT = [
    (
        "activity: [{date: 2026-01-20, kind: call, note: Costs $5,000 a year, she said}]",
        "000 a year, she said",
        'activity: [{date: 2026-01-20, kind: call, note: "Costs $5,000 a year, she said"}]',
    ),
    (
        "maniac_t: {need: {status: met, note: Wants a demo, and a price, date: 2026-01-05}}",
        "and a price",
        'maniac_t: {need: {status: met, note: "Wants a demo, and a price", date: 2026-01-05}}',
    ),
    (
        "maniac_t: {need: {status: met, date: 2026-01-05, note: She said, quote: never, ever}}",
        "quote: never, ever",
        'maniac_t: {need: {status: met, date: 2026-01-05, note: "She said, quote: never, ever"}}',
    ),
    ("x: {vpat: yes, says the dean}", "says the dean", 'x: {vpat: "yes, says the dean"}'),
    ("icp: {fit: true, note: Two hubs, version}", "version", 'icp: {fit: true, note: "Two hubs, version"}'),
    ("value: {mrr: 1,200 USD, months: 12}", "200 USD", "value: {mrr: 1200 USD, months: 12}"),
    ("value: {one_off: 1,200.50 USD}", "200.50 USD", "value: {one_off: 1200.50 USD}"),
]


@pytest.mark.parametrize(("line", "lost", "fix"), CUT)
def test_a_sentence_that_a_comma_ends_is_offered_whole_in_its_line(line, lost, fix):
    problem = problem_with(line)
    assert (problem.code, problem.place.line, problem.is_error) == ("text-cut-by-comma", 8, True)
    assert problem.message.startswith("a comma ends a value here: ")
    assert f"'{lost}'" in problem.help
    assert problem.fix == fix
    assert problems_of(fix) == []


@pytest.mark.parametrize(("line", "lost", "fix"), CUT)
def test_the_fix_is_made_by_itself_with_nothing_else_touched(repo, line, lost, fix):
    file = repo.deal(line)
    ran = repo.run("check", "--fix", "deals/acme.yaml")
    assert ran.out.startswith("fixed 1 problem in 1 file\n")
    assert fix in file.read_text()


def test_a_sentence_may_go_over_lines():
    problem = problem_with("icp: {fit: true,\n  note: Two hubs,\n    standard}")
    assert problem.fix == '  note: "Two hubs, standard"}'.strip()


def test_what_has_a_colon_may_be_a_field_that_is_not_known_or_the_rest_of_a_sentence():
    line = "icp: {fit: true, note: They want a demo, budget: 5000 USD}"
    problem = problem_with(line)
    assert (problem.code, problem.field) == ("unknown-key", "icp.budget")
    assert problem.help.startswith("put the sentence before it in quotes if the comma belongs to it")
    assert problem.fix == 'icp: {fit: true, note: "They want a demo, budget: 5000 USD"}'


def test_a_field_that_is_nearly_one_is_not_taken_for_words():
    assert problem_with("icp: {fit: true, note: Two hubs, versoin: 2}").help == "did you mean 'version'?"


def test_a_field_given_twice_between_commas_may_be_a_sentence():
    assert "put the sentence in quotes" in problem_with("icp: {note: A price, note: in March}").help
    assert "quotes" not in problem_with("icp:\n  note: A price\n  note: in March").help


@pytest.mark.parametrize(
    "line",
    ["ownr:", "icp: {versoin: }", "maniac_t:\n  ned:", "activity: [{date: 2026-01-20, kind: call, nte: ~}]"],
)
def test_a_key_that_is_no_field_is_an_error_with_nothing_behind_it_too(line):
    assert problem_with(line).code == "unknown-key"


@pytest.mark.parametrize("line", ["icp: {note: , version: 1}", "value:", "x: {asana: }", "x:\n  asana:"])
def test_a_field_may_be_left_empty(line):
    assert problems_of(line) == []


def test_words_behind_a_value_that_cannot_hold_them_are_named():
    assert (
        problem_with("expected_close: 2026-04-15\nnext: {action: Call, due: 2026-04-01, she said}").code
        == "unknown-key"
    )
    assert {found.code for found in problems_of("maniac_t: {need: {Their server died, twice}}")} == {
        "unknown-key",
        "field-missing",
    }


def parts(annotation: Any, path: Path) -> Iterator[Path]:
    """Every place below a type where a mapping of fields stands."""
    kind = inside(annotation)
    if get_origin(kind) in (tuple, dict):
        yield from parts(
            get_args(kind)[get_origin(kind) is dict], (*path, 0 if get_origin(kind) is tuple else "general")
        )
    elif isinstance(kind, type) and issubclass(kind, Record):
        yield path
        for key, field in keyed_fields(kind):
            yield from parts(field.annotation, (*path, key))


@pytest.mark.parametrize(
    ("kind", "path"), [(kind.name, path) for kind in KINDS.values() for path in parts(kind.model, ())], ids=str
)
def test_no_record_takes_an_unknown_key_at_any_depth(kind, path):
    document = Document("a.yaml", "", {}, (), ((*path, "she said"),))
    fields = {problem.field: problem.code for problem in typed(document, KINDS[kind].model)[1]}
    assert fields[".".join(map(str, (*path, "she said")))] == "unknown-key"


@given(st.lists(st.text("abcdefgh ", min_size=1).map(str.strip).filter(bool), min_size=2, max_size=5, unique=True))
def test_no_part_of_a_sentence_between_commas_is_lost(words):
    sentence = ", ".join(words)
    problem = problem_with(f"icp: {{fit: true, note: {sentence}}}")
    document, _ = read("", problem.fix.encode())
    assert document is not None
    assert value_at(document.data, "icp.note") == " ".join(sentence.split())
    assert rejoin(f"icp: {{note: {sentence}}}", problem.edit.path, problem.edit.through, problem.edit.value)


def test_a_record_with_words_beside_its_fields_is_still_counted(repo):
    repo.deal("icp: {hypothesis: teaching-led, version: 1, fit: true, note: Two hubs, standard}")
    assert ("deal", "acme") not in repo.book().broken
    assert repo.run("check").code == 1
