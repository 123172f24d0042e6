"""Answers of a questionnaire become MANIAC-T answers with their day and who asked; what nobody judged stays unknown."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tabling import adds_up, reasons

from salesops.checks import check_book
from salesops.problems import errors
from salesops.store.load import load

HEAD = (
    "Timestamp,Email address,Institution,Asked by,Is there a specific amount of money set aside?,Who has the authority to make a buying decision?,"
    "What are your clear pain-points?,Do you have an upcoming event that is urgent?,What is your use-case?,What alternatives do you consider?,"
    "What does the buying process look like?,Anything else?\n"
)
FULL = '2026-11-02 09:30:00,,Ash College,Jim,"40k, in FY26",The dean,Server died,Course in May,Teaching,In-house,Six weeks,Hello\n'


@pytest.fixture
def bring(brought):
    """Import a questionnaire; Ash College has one open deal, of which nothing is known."""
    ask = brought("questionnaire", "answers.csv")
    ask.repo.member("name: Ash College\ncontacts:\n  - {id: ann, email: ann@ash.example}\n", id="ash-college")
    ask.repo.deal("member: ash-college\nmaniac_t: {}\nicp: {}\n", id="ash-general")
    return ask


def answers(bring, deal="ash-general"):
    """The answers that a deal has."""
    found = load(bring.repo.root)[0].deals[deal].maniac_t
    return {
        letter: (said.status, str(said.date), said.note, said.asked_by)
        for letter in type(found).model_fields
        if (said := getattr(found, letter))
    }


def row(institution="Ash College", email="", day="2026-11-02 09:30:00", asked_by="Jim", **said):
    """One row of the questionnaire with some answers."""
    letters = ("money", "authority", "need", "impending_event", "application", "competition", "timeline")
    cells = [day, email, institution, asked_by, *(said.get(letter, "") for letter in letters), ""]
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


def test_each_question_becomes_one_of_the_seven_and_none_is_judged(bring):
    found = bring.run((HEAD + FULL).encode())
    assert (found["taken"], found["deals"]["updated"], adds_up(found)) == (1, 1, True)
    assert answers(bring) == {
        "money": ("unknown", "2026-11-02", "40k, in FY26", "jim"),
        "authority": ("unknown", "2026-11-02", "The dean", "jim"),
        "need": ("unknown", "2026-11-02", "Server died", "jim"),
        "impending_event": ("unknown", "2026-11-02", "Course in May", "jim"),
        "application": ("unknown", "2026-11-02", "Teaching", "jim"),
        "competition": ("unknown", "2026-11-02", "In-house", "jim"),
        "timeline": ("unknown", "2026-11-02", "Six weeks", "jim"),
    }
    book, problems = load(bring.repo.root)
    assert problems == []
    assert list(errors(check_book(book, date(2026, 11, 20)))) == []


def test_what_no_answer_was_made_of_is_named_in_the_mapping(bring):
    assert "# not taken along: Anything else?" in bring.detect((HEAD + FULL).encode())


def test_an_answer_on_file_stays_and_is_named_and_the_others_come_along(bring):
    bring.repo.deal(
        "member: ash-college\nmaniac_t:\n  need: {status: met, date: 2026-01-05, note: Ours}\nicp: {}\n",
        id="ash-general",
    )
    found = bring.run((HEAD + row(need="Server died", money="40k")).encode())
    assert found["taken"] == 1
    assert reasons(found, "notes") == [
        (2, "What are your clear pain-points?", "need is answered already in ash-general, since 2026-01-05: the answer on file stays", "Server died")
    ]  # fmt: skip
    assert answers(bring)["need"] == ("met", "2026-01-05", "Ours", None)
    assert answers(bring)["money"] == ("unknown", "2026-11-02", "40k", "jim")


def test_a_second_import_changes_no_byte_even_after_somebody_judged(bring):
    raw = (HEAD + FULL).encode()
    bring.run(raw)
    judged = bring.holds("deals/ash-general.yaml").replace("status: unknown", "status: met", 1)
    bring.repo.write("deals/ash-general.yaml", judged.encode())
    found = bring.run(raw)
    assert (found["taken"], found["notes"]) == (1, [])
    assert bring.holds("deals/ash-general.yaml") == judged


@pytest.mark.parametrize(
    "words",
    [{"institution": "ASH college."}, {"institution": "", "email": "Ann@Ash.example"}, {"institution": "ash-general"}],
)
def test_the_deal_is_found_by_institution_address_or_id(bring, words):
    bring.run((HEAD + row(need="x", **words)).encode())
    assert "need" in answers(bring)


def test_none_or_several_deals_are_listed_and_not_guessed(bring):
    bring.repo.deal("member: ash-college\nicp: {}\n", id="ash-premier")
    rows = (
        row(need="x")
        + row("Nowhere", need="x")
        + row("", need="x")
        + row("ash-premier")
        + row("Ash College", day="2020-01-01 08:00:00", need="x")
    )
    found = bring.run((HEAD + rows).encode(), code=1)
    assert adds_up(found)
    assert reasons(found, "asked")[0][3] == "Ash College: ash-general, ash-premier"
    assert [row for row, *_ in reasons(found)] == [3, 4, 6]
    assert [row for row, *_ in reasons(found, "skipped")] == [5]


def test_an_unknown_asker_is_left_out_and_said(bring):
    found = bring.run((HEAD + row(need="x", asked_by="Nobody")).encode())
    assert answers(bring)["need"] == ("unknown", "2026-11-02", "x", None)
    assert reasons(found, "notes")[0][1:] == ("Asked by", "is not in playbook/team.yaml: it is left out", "Nobody")


def test_two_rows_of_one_deal_that_contradict_each_other_are_asked(bring):
    found = bring.run((HEAD + row(need="x") + row(need="y")).encode(), code=1)
    assert found["became"]["asked"] == 2


CELLS = [
    "=1+1",
    "\x1b[31m",
    "a\0b",
    "\u202e",
    "…",
    "?",
    "{{ x }}",
    "- a: b",
    "x" * 30_000,
    "<script>alert(1)</script>",
    "line\nline",
]


@pytest.mark.parametrize("words", CELLS, ids=lambda words: repr(words[:12]))
def test_hostile_words_are_kept_as_they_are_or_left_out_and_said(bring, words):
    bring.repo.write("../answers.csv", (HEAD + row(need=words, money="40k")).encode())
    ran = bring.repo.run("import", "questionnaire", "../answers.csv", "--format", "json")
    found = json.loads(ran.out)
    assert ran.code in (0, 1)
    assert found["rows"] == sum(found["became"].values())
    book, problems = load(bring.repo.root)
    assert problems == []
    said = book.deals["ash-general"].maniac_t
    assert (said and said.need and said.need.note == words) or found["notes"] or found["rejected"]
