"""What was said of deals against what became of them, and what was learned with its day."""

from datetime import date
from random import Random

import pytest
from booking import book_of

from salesops.metrics.experiments import experiments_measured
from salesops.metrics.lessons import lessons, standing_questions
from salesops.metrics.outcomes import answers, attempted, coverage, messages, objections, sources
from salesops.records.deal import Deal
from salesops.records.knowledge import QUESTIONS, Knowledge
from salesops.records.learning import Hypothesis

LAST = date(2026, 12, 30)
AGAIN = [
    {"enrichment": "2026-01-05"},
    {"closed lost": "2026-02-01"},
    {"enrichment": "2026-03-01"},
    {"closed won": "2026-04-01"},
]


def deal(ends="closed won", stages=None, **more):
    fields = {"title": "General", "member": "a", "type": "new business", "tier": "general", "owner": "jim"}
    moves = stages or [{"enrichment": "2026-02-01"}, *([{ends: "2026-04-01"}] if ends else [])]
    return Deal.model_validate({**fields, "stages": moves, **more})


@pytest.fixture
def snapshot(process):
    return lambda deals, day=LAST, **more: book_of(versions={"v3": process}, deals=deals, **more).on(day)


@pytest.fixture
def every(snapshot):
    return lambda deals, day=LAST: attempted(snapshot(deals, day))


def told(found):
    return {it.word: (it.share.hits, it.lost, it.share.open) for it in found}


def money(status, day="2026-03-01"):
    return {"maniac_t": {"money": {"status": status, "date": day}}}


def test_an_answer_counts_as_it_was_on_the_day_of_the_close(every):
    deals = {
        "a": deal(**money("met")),
        "b": deal("closed lost", **money("met")),
        "late": deal("closed lost", **money("met", "2026-04-02")),
        "unasked": deal("closed lost"),
        "open": deal("", **money("met")),
        "renewal": deal(type="existing business", **money("met")),
    }
    assert told(answers(every(deals))["money"]) == {"met": (1, 1, 0), "no answer": (0, 2, 0)}


def test_a_deal_that_was_opened_again_counts_once_on_each_side(every):
    assert told(answers(every({"again": deal(stages=AGAIN, **money("partial", "2026-01-20"))}))["money"]) == {
        "partial": (1, 1, 0)
    }


def test_what_happened_after_the_day_does_not_count(every):
    assert told(answers(every({"a": deal(**money("met"))}, date(2026, 3, 31)))["money"]) == {}


def test_sources_are_counted_with_the_open_deals_beside_them_whatever_their_capitals(every):
    deals = {
        "a": deal(source={"channel": "Conference", "campaign": "jupytercon"}),
        "b": deal("closed lost", source={"channel": "conference"}),
        "c": deal("", source={"channel": "referral", "referred_by": "a"}),
    }
    found = sources(every(deals))
    assert told(found["Channel"]) == {"Conference": (1, 1, 0), "referral": (0, 0, 1)}
    assert told(found["Campaign"]) == {"jupytercon": (1, 0, 0)}
    assert told(found["Referred by"]) == {"a": (0, 0, 1)}


def test_a_message_is_answered_among_those_that_arrived_and_belongs_to_its_attempt(every):
    sent = [
        {"date": "2026-01-10", "kind": "email", "template": "intro@2", "bounced": "true"},
        {"date": "2026-01-12", "kind": "email", "template": "intro@2"},
        {"date": "2026-03-10", "kind": "email", "template": "intro@3", "replied": "2026-03-12"},
    ]
    old, new = messages(every({"again": deal(stages=AGAIN, activity=sent)}))
    assert (old.template, old.answered.hits, old.answered.out_of, old.outcomes.hits, old.outcomes.out_of) == (
        "intro@2",
        0,
        1,
        0,
        1,
    )
    assert (new.answered.hits, new.answered.out_of, new.outcomes.hits, new.outcomes.out_of) == (1, 1, 1, 1)


def test_objections_are_told_by_what_they_are_about_and_whether_they_were_overcome(every):
    raised = [{"about": "price", "resolved": "true"}, {"about": "Price"}, {"about": "term", "resolved": "false"}]
    found = objections(every({"a": deal(proposal={"objections": raised}), "b": deal("closed lost")}))
    assert [(it.outcomes.word, it.resolved, it.unresolved, it.unsaid, it.outcomes.share.hits) for it in found] == [
        ("price", 1, 0, 1, 1),
        ("term", 0, 1, 0, 1),
    ]


def test_what_is_missing_at_the_close_is_named_field_by_field(every):
    deals = {
        "won": deal(win={"learning": "They came by themselves"}),
        "silent": deal("closed lost"),
        "again": deal(stages=AGAIN, loss={"reason": "price"}),
    }
    found = {it.field: (it.share.hits, it.share.out_of, it.missing) for it in coverage(every(deals))}
    assert found["win.learning"] == (1, 2, ("again",))
    assert found["loss.reason"] == (1, 2, ("silent",))
    assert found["loss.verdict"] == (0, 2, ("again", "silent"))


def test_a_second_count_of_the_answers_agrees_on_random_books(every):
    random = Random(108)
    for _ in range(60):
        said = [
            (
                random.choice(["closed won", "closed lost", ""]),
                random.choice(["met", "partial", "unmet", "unknown", ""]),
            )
            for _ in range(random.randint(0, 20))
        ]
        deals = {f"d{at}": deal(ends, **(money(status) if status else {})) for at, (ends, status) in enumerate(said)}
        own = {
            status or "no answer": (said.count(("closed won", status)), said.count(("closed lost", status)), 0)
            for ends, status in said
            if ends
        }
        assert told(answers(every(deals))["money"]) == own


# ── what was learned ──────────────────────────────────────────────────────────────────────────────────────────────────


def learned(snapshot, day):
    book = snapshot(
        {"old": deal(win={"learning": "They came by themselves"}), "named": deal(win={"learning": "Two calls"})},
        day,
        icp={
            "teaching": Hypothesis.model_validate(
                {
                    "claim": "They teach",
                    "version": "1",
                    "since": "2026-01-01",
                    "status": "testing",
                    "evidence": [{"date": "2026-09-01", "note": "It held", "deals": ["named"]}],
                }
            )
        },
    )
    return {(it.ref[1], it.text): (it.day, it.has_faded(book)) for it in lessons(book, experiments_measured(book))}


def test_what_was_learned_fades_after_half_a_year_unless_later_evidence_names_the_deal(snapshot):
    close, seen = date(2026, 4, 1), date(2026, 9, 1)
    assert learned(snapshot, date(2026, 9, 28)) == {
        ("teaching", "It held"): (seen, False),
        ("old", "They came by themselves"): (close, False),
        ("named", "Two calls"): (close, False),
    }
    assert learned(snapshot, date(2026, 9, 29))["old", "They came by themselves"] == (close, True)
    assert learned(snapshot, date(2026, 9, 29))["named", "Two calls"] == (close, False)
    assert ("teaching", "It held") not in learned(snapshot, date(2026, 8, 31))


def answered(snapshot, day=LAST):
    said = [
        {"question": "needs", "date": "2026-05-01", "answer": "Later", "deals": ["a"]},
        {"question": "needs", "date": "2026-02-01", "answer": "First"},
        {"question": "needs", "date": "2026-05-01", "answer": "Latest"},
    ]
    return snapshot({"a": deal()}, day, knowledge={"knowledge": Knowledge.model_validate({"answers": said})})


def known(snapshot, day=LAST):
    return {it.id: it for it in standing_questions(answered(snapshot, day))}


def test_the_newest_answer_up_to_the_day_is_todays_and_a_question_without_one_says_so(snapshot):
    assert list(known(snapshot)) == list(QUESTIONS)
    assert known(snapshot)["needs"].today.answer == "Latest"
    assert [it.answer for it in known(snapshot)["needs"].before] == ["Later", "First"]
    assert known(snapshot, date(2026, 4, 30))["needs"].today.answer == "First"
    assert known(snapshot, date(2026, 1, 31))["needs"].today is None
    assert known(snapshot)["messaging"].today is None


def test_an_answer_that_nothing_has_spoken_for_in_half_a_year_is_said_to_be_old(snapshot):
    assert not known(snapshot, date(2026, 10, 28))["needs"].has_faded(answered(snapshot, date(2026, 10, 28)))
    assert known(snapshot, date(2026, 10, 29))["needs"].has_faded(answered(snapshot, date(2026, 10, 29)))
