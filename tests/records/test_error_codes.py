"""Every code of the reader has a manual and, where a fragment can show it, a bad and a good example that do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pasting import facts, pasted

from salesops.checks import CHECKS
from salesops.checks.check import GUILTY
from salesops.records.error_codes import REFUSALS

SOURCE = Path(__file__).parents[2] / "salesops"
SHOWN = [pytest.param(refusal, id=refusal.code) for refusal in REFUSALS.values() if refusal.bad]
PLACES = {"deal": "deals/acme.yaml", "member": "members/cascadia-university.yaml", "team": "playbook/team.yaml"}


def codes_in_the_source() -> set[str]:
    """Every code that the reader can give: the first argument of whatever makes or raises a problem."""
    pattern = re.compile(r"\b(?:Problem|complain|complaint|refuse|problem)\(\s*\"([a-z]+(?:-[a-z0-9]+)+)\"")
    ternary = re.compile(r'"(yaml-[a-z]+)" if')
    texts = [
        file.read_text(encoding="utf-8")
        for file in (
            SOURCE / "store/load.py",
            SOURCE / "store/beside.py",
            SOURCE / "edits/change_list.py",
            SOURCE / "edits/applied.py",
            SOURCE / "edits/sent_issue.py",
            *(SOURCE / "records").glob("*.py"),
        )
    ]
    return {code for text in texts for code in (*pattern.findall(text), *ternary.findall(text))} | {"not-money"}


def test_every_code_of_the_reader_has_a_manual():
    assert codes_in_the_source() <= REFUSALS.keys()


def test_no_manual_is_of_a_code_that_nothing_gives():
    assert REFUSALS.keys() <= codes_in_the_source() | {"stages-empty"}


def test_a_code_means_one_thing():
    assert not REFUSALS.keys() & CHECKS.keys()


@pytest.fixture
def found(repo, sound, instead):
    """Writes a fragment into a sound record; gives the codes that are then found, by line."""

    def codes(refusal, fragment: str) -> list[tuple[int, str]]:
        repo.deal()
        repo.write(PLACES[refusal.kind], instead(GUILTY.sub("", fragment), sound[refusal.kind]))
        return [(problem.place.line, problem.code) for problem in repo.problems()]

    return codes


@pytest.mark.parametrize("refusal", SHOWN)
def test_the_bad_example_is_refused_for_that_reason(found, refusal):
    lines = [number for number, line in enumerate(refusal.bad.split("\n"), 1) if "# <--" in line]
    said = found(refusal, refusal.bad)
    assert refusal.code in {code for _, code in said}
    if lines:
        assert {line for line, code in said if code == refusal.code} == set(lines)


@pytest.mark.parametrize("refusal", SHOWN)
def test_the_good_example_is_taken(found, refusal):
    assert found(refusal, refusal.good) == []


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=lambda refusal: refusal.code)
def test_the_manual_is_a_fact_then_why_and_what_to_do(refusal):
    summary, *rest = refusal.manual.split("\n\n")
    assert summary.endswith(".")
    assert rest
    assert rest[-1].endswith(".")
    assert refusal.source
    assert refusal.bad or refusal.example


@pytest.mark.parametrize("refusal", SHOWN)
def test_a_fix_when_pasted_leaves_its_problem_gone_and_no_new_one(found, repo, refusal):
    """But for the placeholders that it leaves to a person."""
    found(refusal, refusal.bad)
    file = repo.root / PLACES[refusal.kind]
    for problem in repo.problems():
        if problem.fix and problem.code == refusal.code:
            before = {(each.code, each.field) for each in repo.problems()}
            text = file.read_text()
            file.write_text(pasted(text, problem, refusal.kind))
            after = {(each.code, each.field) for each in repo.problems()}
            assert (problem.code, problem.field) not in after
            assert {code for code, _ in after - before} <= {"placeholder-left"}
            file.write_text(text)


@pytest.mark.parametrize("refusal", SHOWN)
def test_a_fix_states_nothing_that_is_not_on_file(found, repo, refusal):
    """But for what the reader read: an amount, a day, a country, an id in the one form that it has."""
    found(refusal, refusal.bad)
    known = "\n".join(f"{file.stem}\n{file.read_text()}" for file in repo.root.rglob("*.yaml"))
    for problem in repo.problems():
        if problem.fix and problem.code == refusal.code and problem.edit is None:
            assert {said for said in facts(problem.fix) if said not in known} == set()
