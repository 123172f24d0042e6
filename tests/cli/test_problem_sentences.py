"""What a command says of a problem: a sentence in the words of the field, what to do, the command that does it, and where."""

from __future__ import annotations

import pytest

from salesops.checks import CHECKS
from salesops.cli.problem_sentences import WAYS, problem_sentences
from salesops.problems import Place, Problem, Severity


def problem(field="", **more):
    return Problem(
        **{
            "code": "value-wrong",
            "message": "it is wrong",
            "place": Place("deals/a/acme.yaml", 7, 5),
            "field": field,
            **more,
        }
    )


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("contract.mrr", "error: MRR (contract): it is wrong"),
        ("maniac_t.need.date", "error: date (MANIAC-T need): it is wrong"),
        ("activity.1.date", "error: date (activity): it is wrong"),
        ("stages.0", "error: it is wrong"),
        ("", "error: it is wrong"),
    ],
)
def test_a_field_is_called_as_people_call_it(field, says):
    assert list(problem_sentences([problem(field)])) == [says]


def test_the_help_goes_before_the_fix_and_the_command_stands_below():
    found = problem(code="next-step-missing", severity=Severity.WARNING, help="write what is next", fix="next: …")
    assert list(problem_sentences([found], in_files=True)) == [
        "warning: it is wrong",
        "  write what is next",
        '  salesops set acme next "WORDS, DAY"',
        "  in deals/a/acme.yaml, line 7 (next-step-missing)",
    ]
    assert list(problem_sentences([problem(fix="a: b")])) == ["error: it is wrong", "  a: b"]


def test_what_no_command_answers_is_written_into_the_record():
    found = problem(help="restore it, or sign a correction", fix="corrections:\n  - by: …")
    assert list(problem_sentences([found], in_files=True)) == [
        "error: it is wrong",
        "  restore it, or sign a correction",
        "  salesops edit acme, and write there:",
        "      corrections:",
        "        - by: …",
        "  in deals/a/acme.yaml, line 7 (value-wrong)",
    ]
    assert list(problem_sentences([found])) == ["error: it is wrong", "  restore it, or sign a correction"]


def test_every_command_answers_a_problem_that_there_is():
    assert set(WAYS) <= set(CHECKS)


def test_what_a_command_warns_of_shows_no_line_of_a_file(repo):
    ran = repo.run("renew", "cascadia-2025", "--yes")
    assert ran.code == 0, ran.err
    assert "warning: the open deal has no next step" in ran.out
    assert 'salesops set cascadia-renewal-2027 next "WORDS, DAY"' in ran.out
    assert "next: {action" not in ran.out


def test_a_hand_off_and_an_invoice_are_of_the_deal_that_was_won(repo):
    repo.deal("title: Another attempt at Cascadia", "cascadia-2027")
    assert repo.run("handoff", "cascadia").out.startswith("cascadia-2025")
