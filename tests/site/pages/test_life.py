"""A deal's life step by step: what the process of each day asked, and what of that was unanswered on the evening."""

from datetime import date

import pytest
from gitting import Git

from salesops.book.status import Standing
from salesops.changes.timeline import Timeline
from salesops.site.pages import every_page
from salesops.site.pages.life import life
from salesops.store.record_histories import git_history

TODAY = date(2026, 11, 20)
ANSWERED = """
maniac_t:
  need: {status: met, date: 2026-01-10, note: Their server died}
  money: {status: partial, date: 2026-01-12, note: The dean has a fund}
  timeline: {status: met, date: 2026-02-10, note: Six weeks}
icp: {hypothesis: teaching-led, version: 1, fit: true}
"""


@pytest.fixture
def told(repo):
    """The steps of a deal with these keys."""

    def of(fragment):
        repo.deal(fragment)
        snapshot = repo.book().on(TODAY)
        return life(Standing(snapshot, snapshot.history("acme")), Timeline())

    return of


def test_a_deal_that_has_only_begun_has_no_steps(told):
    assert told("stages: [enrichment: 2026-01-05]") == []


def test_each_move_says_from_where_to_where_and_after_how_many_days(told):
    found = told("stages: [enrichment: 2026-01-05, outreach: 2026-01-19, discovery: 2026-02-02]\n" + ANSWERED)
    assert [(str(step.day), step.way, step.stay) for step in found] == [
        ("2026-01-05", "Begins in Enrichment", ""),
        ("2026-01-19", "Enrichment → Outreach", "14 days"),
        ("2026-02-02", "Outreach → Discovery", "14 days"),
    ]


def test_parked_days_stand_beside_the_days_in_the_stage(told):
    found = told(
        "stages: [enrichment: 2026-01-05, outreach: 2026-01-19]\nparked: [{since: 2026-01-08, until: 2026-01-12, why: Holidays}]"
    )
    assert found[-1].stay == "10 days (4 parked)"


def test_a_move_that_had_everything_says_so_and_what_was_answered_by_then(told):
    said = told("stages: [enrichment: 2026-01-05, outreach: 2026-01-19]\n" + ANSWERED)[-1].said
    assert said == (
        "v3 asked for need, money, ICP hypothesis and ICP fit: all of it was there.",
        "MANIAC-T: 1 of 7 met, 1 partial; no answer on authority, impending event, application, competition and timeline.",
    )


def test_an_answer_of_a_later_day_was_unanswered_on_that_evening(told):
    found = told(
        "stages: [enrichment: 2026-01-05, outreach: 2026-01-11]\n" + ANSWERED,
    )
    assert "Unanswered on that evening: money." in found[-1].said


def test_a_waived_need_says_who_signed_and_why(told):
    found = told(
        "stages: [enrichment: 2026-01-05, outreach: 2026-01-11]\n"
        + ANSWERED
        + "waived: [{need: maniac_t.money, stage: outreach, by: jim, date: 2026-01-11, why: Verbal yes from the provost}]"
    )
    said = found[-1].said
    assert said[0] == "v3 asked for need, money, ICP hypothesis and ICP fit."
    assert said[1].startswith("Without money: ")
    assert said[1].endswith(" signed for it on Sun 11 Jan. Verbal yes from the provost")
    assert not any(words.startswith("Unanswered") for words in said)


def test_a_deal_that_went_back_says_why_and_one_without_a_reason_that_nobody_wrote_it(told):
    moves = "stages: [enrichment: 2026-01-05, outreach: 2026-01-19, enrichment: 2026-02-02]\n"
    assert told(moves + "moved_back: [{date: 2026-02-02, why: A new dean}]")[-1].said[0] == "Went back: A new dean"
    assert told(moves)[-1].said[0] == "Went back: nobody wrote down why."


def test_a_stage_that_was_skipped_is_no_way_of_the_process(told):
    assert told("stages: [enrichment: 2026-01-05, discovery: 2026-01-19]")[-1].said[0] == "v3 has no such way."


def test_a_move_of_an_import_is_not_judged(told):
    found = told(
        "stages: [enrichment: 2026-01-05, discovery: 2026-01-19]\nimported: {date: 2026-02-01, from: the old CRM}"
    )
    assert found[-1].said[0] == "It came with the import, and the process does not judge it."


def test_the_page_says_who_wrote_a_move_down_and_what_they_wrote_stays_text(repo, tree):
    git = Git(repo.root)
    repo.deal("stages: [enrichment: 2026-01-05]")
    git.begin()
    repo.deal(
        "stages: [enrichment: 2026-01-05, outreach: 2026-01-11]\n"
        + ANSWERED
        + "waived: [{need: maniac_t.money, stage: outreach, by: jim, date: 2026-01-11, why: <b>Verbal</b>}]"
    )
    git("add", "-A")
    git("commit", "-q", "-m", "Late", GIT_AUTHOR_NAME="Ada <b>", GIT_COMMITTER_DATE="2026-11-09T12:00:00Z")
    book = repo.book()
    page = tree(every_page(book.on(TODAY), past=git_history(repo.root, book, TODAY)), "deals/acme")
    steps = next(box for box in page.every("details") if box.text.startswith("Step by step"))
    begun, moved = next(steps.every("li")), steps.text
    assert "written down" not in begun.text, "it was brought with the first commit"
    assert "written down Mon 9 Nov by Ada" in moved
    assert "<b>Verbal</b>" in moved
    assert not list(steps.every("b"))


def test_a_page_without_git_names_no_writer(repo, page_of):
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-19]\n" + ANSWERED)
    text = page_of("deals/acme").text
    assert "Step by step 2 moves" in text
    assert "written down" not in text
