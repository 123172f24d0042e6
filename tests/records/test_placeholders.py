"""What a fix leaves for a person to fill in is no value of any field: a record that was only pasted is never green."""

from __future__ import annotations

from typing import get_args, get_origin

import pytest

from salesops.problems import Problem
from salesops.records.kinds import KINDS
from salesops.records.model_fields import inside, keyed_fields, type_at
from salesops.records.record import Record
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


def problems_of(text: str) -> list[Problem]:
    document, problems = read("deals/acme.yaml", text.encode())
    return [*problems, *(typed(document, KINDS["deal"].model)[1] if document else [])]


def single(model, path=()):
    """Every field below a record that holds one value, or a list of such values; as path and whether it is a list."""
    for key, field in keyed_fields(model):
        kind = inside(field.annotation)
        listed = get_origin(kind) is tuple
        held = inside(get_args(kind)[0]) if listed else kind
        if isinstance(held, type) and issubclass(held, Record):
            yield from single(held, (*path, key, *([0] if listed else [])))
        elif get_origin(kind) is not dict:
            yield (*path, key, *([0] if listed else []))


def nested(path, value):
    for part in reversed(path):
        value = [value] if isinstance(part, int) else {part: value}
    return value


FIELDS = [(kind.name, path) for kind in KINDS.values() for path in single(kind.model)]


@pytest.mark.parametrize("words", ["…", "...", "?"])
@pytest.mark.parametrize(("kind", "path"), FIELDS, ids=str)
def test_no_field_of_any_record_takes_a_placeholder(kind, path, words):
    problems = typed(Document("a.yaml", "", nested(path, words)), KINDS[kind].model)[1]
    (found,) = [problem for problem in problems if problem.field == ".".join(map(str, path))]
    assert (found.code, found.message) == ("placeholder-left", f"'{words}' is a placeholder, not an answer")


@pytest.mark.parametrize("words", ["…", "...", '"?"', "[green, …]", "{deep: {er: …}}"])
def test_no_field_of_the_teams_own_takes_a_placeholder(words):
    (found,) = problems_of(f"{DEAL}x:\n  vpat: {words}\n  colour: green\n")
    assert (found.code, found.field, found.place.line) == ("placeholder-left", "x.vpat", 9)


def test_a_need_of_a_teams_own_field_is_not_met_by_pasting_what_is_offered(repo, sound, instead):
    process = sound["process"].replace("- {field: icp.fit,", "- {field: x.vpat}\n          - {field: icp.fit,", 1)
    repo.write("playbook/process/v3.yaml", process)
    moved = "stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n"
    repo.deal(moved)
    (asked,) = [found for found in repo.problems() if found.code == "need-not-met" and "acme" in found.place.path]
    assert asked.fix == "x:\n  vpat: …"
    repo.deal(f"{moved}{asked.fix}\n")
    assert "deals/acme.yaml:3 placeholder-left" in repo.said()


@pytest.mark.parametrize("words", ["https://…", "https://...", "https://docs.example/…"])
def test_a_link_with_dots_in_it_leads_nowhere(words):
    (problem,) = problems_of(f"{DEAL}links: [{{kind: notes, url: {words}}}]\n")
    assert problem.code == "placeholder-left"


def test_a_placeholder_where_a_word_is_to_be_chosen_is_met_with_the_words():
    (problem,) = problems_of(f"{DEAL}loss: {{reason: …}}\n")
    words = get_args(type_at(KINDS["deal"].model, ("loss", "reason")))
    assert problem.help == f"choose one of: {', '.join(words)}"


@pytest.mark.parametrize(
    ("lines", "place", "field"),
    [
        ("expected_close: ?\n", (8, 17), "expected_close"),
        ("maniac_t:\n  need:\n    status: ?  # met, partial\n    date: 2026-01-05\n", (10, 13), "maniac_t.need.status"),
        ("icp: {note: what?, fit: ?}\n", (8, 25), "icp.fit"),
        ("discovery: {jobs: [?, teach]}\n", (8, 20), "discovery.jobs.0"),
        ("loss: {reason: ?}   # to be asked\n", (8, 16), "loss.reason"),
        ("x: {asana: ?}\n", (8, 12), "x.asana"),
        ("icp: {note: '?'}\n", (8, 13), "icp.note"),
        ("parked: ?\n", (8, 9), "parked"),
    ],
)
def test_a_bare_question_mark_is_a_placeholder_at_its_place_and_the_rest_is_read(lines, place, field):
    (problem,) = problems_of(DEAL + lines)
    assert problem.code == "placeholder-left"
    assert ((problem.place.line, problem.place.column), problem.field) == (place, field)
    assert "?" in problem.excerpt


def test_a_lone_question_mark_in_a_list_is_one_too():
    assert [problem.code for problem in problems_of(f"{DEAL}discovery:\n  jobs:\n    - ?\n")] == ["placeholder-left"]


def test_the_other_mistakes_of_the_file_are_found_beside_it():
    found = {(problem.code, problem.place.line) for problem in problems_of(f"{DEAL}expected_close: ?\nrenews: A B\n")}
    assert found == {("placeholder-left", 8), ("not-an-id", 9)}


@pytest.mark.parametrize("note", ["What now?", "…and then they left", "To be continued …", "? or !", "?!"])
def test_a_sentence_with_a_question_mark_or_dots_is_a_sentence(note):
    document, problems = read("deals/acme.yaml", f'{DEAL}icp: {{note: "{note}"}}\n'.encode())
    assert not problems
    assert typed(document, KINDS["deal"].model)[1] == []


def test_what_is_asked_does_not_hide_a_fault_of_the_yaml():
    assert [problem.code for problem in problems_of("a: ?\nb: [c\n")] == ["not-yaml"]
