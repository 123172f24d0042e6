"""A deal's life as visits and attempts: whole days, the order of the file, and nothing from after the day asked for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesops.book.visits import history_of, is_in_order
from salesops.records.deal import Deal

OUTCOMES = {"closed won": "won", "service ended": "won", "closed lost": "lost"}
STAGES = ("enrichment", "outreach", "discovery", "proposal", "closed won", "closed lost")


def day(text):
    return date.fromisoformat(text)


def deal(*moves, parked=()):
    """A deal from lines such as ``enrichment: 2026-01-05``."""
    return Deal.model_validate(
        {
            "title": "General Membership",
            "member": "cascadia-university",
            "type": "new business",
            "tier": "general",
            "owner": "jim",
            "stages": [dict([move.split(": ")]) for move in moves],
            "parked": list(parked),
        }
    )


def life(*moves, parked=()):
    return history_of("cascadia", deal(*moves, parked=parked), OUTCOMES.get)


def stages_of(visits):
    return [visit.stage for visit in visits]


def test_a_visit_ends_when_the_next_one_begins_and_the_last_is_open():
    first, last = life("enrichment: 2026-01-05", "outreach: 2026-01-19").visits
    assert (first.entered, first.left) == (day("2026-01-05"), day("2026-01-19"))
    assert (last.entered, last.left) == (day("2026-01-19"), None)


def test_days_in_a_stage_are_the_difference_of_two_dates():
    first, last = life("enrichment: 2026-01-05", "outreach: 2026-01-19").visits
    assert first.days(day("2026-03-01")) == 14
    assert last.days(day("2026-01-19")) == 0
    assert last.days(day("2026-01-20")) == 1


def test_days_are_counted_over_the_leap_day():
    (visit,) = life("enrichment: 2028-02-28").visits
    assert visit.days(day("2028-03-01")) == 2


def test_a_visit_of_one_day_counts_as_visited_and_has_no_days():
    visits = life("enrichment: 2026-01-05", "outreach: 2026-01-05", "discovery: 2026-01-09").visits
    assert stages_of(visits) == ["enrichment", "outreach", "discovery"]
    assert [visit.days(day("2026-01-10")) for visit in visits] == [0, 4, 1]


def test_two_moves_on_one_day_keep_the_order_of_the_file():
    history = life("outreach: 2026-01-05", "enrichment: 2026-01-05")
    assert stages_of(history.visits) == ["outreach", "enrichment"]
    assert history.now.stage == "enrichment"


def test_every_visit_knows_its_line_in_the_file():
    history = life("enrichment: 2026-01-05", "outreach: 2026-01-19", "discovery: 2026-02-02")
    assert [visit.line for visit in history.visits] == [0, 1, 2]


def test_opening_a_lost_deal_again_starts_a_new_attempt():
    history = life(
        "enrichment: 2026-01-05",
        "closed lost: 2026-01-19",
        "outreach: 2026-05-04",
        "discovery: 2026-05-11",
        "closed lost: 2026-06-01",
        "proposal: 2026-06-01",
    )
    assert [visit.attempt for visit in history.visits] == [1, 1, 2, 2, 2, 3]
    assert [stages_of(attempt) for attempt in history.attempts] == [
        ["enrichment", "closed lost"],
        ["outreach", "discovery", "closed lost"],
        ["proposal"],
    ]


def test_a_won_deal_whose_service_ends_is_still_the_same_attempt():
    history = life("proposal: 2026-01-05", "closed won: 2026-01-19", "service ended: 2027-01-19")
    assert history.attempts == (history.visits,)


def test_a_won_deal_that_goes_on_selling_starts_a_new_attempt():
    history = life("proposal: 2026-01-05", "closed won: 2026-01-19", "proposal: 2027-01-19", "closed lost: 2027-02-01")
    assert [stages_of(attempt) for attempt in history.attempts] == [
        ["proposal", "closed won"],
        ["proposal", "closed lost"],
    ]


def test_going_back_does_not_start_a_new_attempt():
    history = life("enrichment: 2026-01-05", "outreach: 2026-01-19", "enrichment: 2026-02-02")
    assert history.attempts == (history.visits,)


def test_on_an_earlier_day_the_deal_stands_where_it_stood_then():
    history = life("enrichment: 2026-01-05", "outreach: 2026-01-19", "discovery: 2026-02-02")
    earlier = history.until(day("2026-02-01"))
    assert earlier.now.stage == "outreach"
    assert earlier.now.left is None
    assert earlier.now.days(day("2026-02-01")) == 13
    assert earlier.visits[0] == history.visits[0]


def test_a_move_counts_from_its_own_day_on():
    history = life("enrichment: 2026-01-05", "outreach: 2026-01-19")
    assert history.until(day("2026-01-18")).now.stage == "enrichment"
    assert history.until(day("2026-01-19")).now.stage == "outreach"


def test_on_a_day_with_two_moves_the_deal_ends_it_in_the_last():
    history = life("enrichment: 2026-01-05", "outreach: 2026-01-19", "discovery: 2026-01-19", "proposal: 2026-02-02")
    assert history.until(day("2026-01-19")).now.stage == "discovery"
    assert len(history.until(day("2026-01-19")).visits) == 3


def test_before_its_first_day_a_deal_does_not_exist():
    history = life("enrichment: 2026-01-05")
    assert history.until(day("2026-01-04")) is None
    assert history.until(day("2026-01-05")) == history


def test_before_it_was_opened_again_a_deal_has_one_attempt_and_is_lost():
    history = life("enrichment: 2026-01-05", "closed lost: 2026-01-19", "outreach: 2026-05-04")
    earlier = history.until(day("2026-05-03"))
    assert earlier.now.stage == "closed lost"
    assert len(earlier.attempts) == 1


@pytest.mark.parametrize(
    ("on", "parked"),
    [
        ("2026-01-09", False),
        ("2026-01-10", True),
        ("2026-01-17", True),
        ("2026-01-18", False),  # ``until`` is the day it is back
        ("2026-03-01", True),
        ("2030-01-01", True),  # nobody said until when
    ],
)
def test_a_parked_deal_is_back_on_the_day_that_until_names(on, parked):
    history = life(
        "enrichment: 2026-01-05",
        parked=[
            {"since": "2026-01-10", "until": "2026-01-18", "why": "Waiting for the grant"},
            {"since": "2026-03-01", "why": "Premier comes later"},
        ],
    )
    span = history.parked_on(day(on))
    assert (span is not None) == parked


def test_a_deal_that_waits_by_a_later_process_is_back_once_its_record_says_so():
    def waits_from(stage: str) -> date | None:
        return day("2026-03-01") if stage == "waiting" else None

    waiting = deal("enrichment: 2026-01-05", "waiting: 2026-02-01")
    assert history_of("a", waiting, lambda _: None, waits_from).parked_on(day("2026-06-15"))
    resumed = waiting.model_copy(
        update={
            "parked": life(
                "a: 2026-01-05", parked=[{"since": "2026-03-01", "until": "2026-06-10", "why": "Waiting"}]
            ).deal.parked
        }
    )
    history = history_of("a", resumed, lambda _: None, waits_from)
    assert history.parked_on(day("2026-06-09"))
    assert not history.parked_on(day("2026-06-10"))
    assert history.parked_days(day("2026-02-01"), day("2026-06-15")) == 101


def test_a_deal_without_parked_spans_is_never_parked():
    assert life("enrichment: 2026-01-05").parked_on(day("2026-01-05")) is None


def test_a_span_that_ends_before_it_begins_parks_nothing():
    history = life("enrichment: 2026-01-05", parked=[{"since": "2026-01-10", "until": "2026-01-08", "why": "A slip"}])
    assert not [n for n in range(20) if history.parked_on(day("2026-01-01") + timedelta(days=n))]


def test_moves_are_in_order_unless_one_lies_before_the_one_above_it():
    assert is_in_order(deal("enrichment: 2026-01-05"))
    assert is_in_order(deal("enrichment: 2026-01-05", "outreach: 2026-01-05"))
    assert not is_in_order(deal("enrichment: 2026-01-05", "outreach: 2026-01-04"))


def lives():
    """Any life: any stages in any order, several on one day, opened again and again."""
    move = st.tuples(st.sampled_from(STAGES), st.integers(0, 20))
    return st.lists(move, min_size=1, max_size=12).map(_dated)


def _dated(moves):
    on = day("2026-01-01")
    lines = []
    for stage, wait in moves:
        on += timedelta(days=wait)
        lines.append(f"{stage}: {on}")
    return lines


@given(lives(), st.integers(0, 300))
def test_the_days_of_all_visits_add_up_to_the_life_of_the_deal(lines, later):
    as_of = day("2026-01-01") + timedelta(days=later)
    history = life(*lines).until(as_of)
    if history:
        assert sum(visit.days(as_of) for visit in history.visits) == (as_of - history.visits[0].entered).days


@given(lives(), st.integers(0, 300))
def test_on_any_day_a_life_is_what_it_would_be_had_the_rest_never_happened(lines, later):
    as_of = day("2026-01-01") + timedelta(days=later)
    known = [line for line in lines if day(line.split(": ")[1]) <= as_of]
    then = life(*lines).until(as_of)
    assert (then.visits if then else ()) == (life(*known).visits if known else ())


@given(lives())
def test_attempts_are_all_the_visits_cut_after_each_close(lines):
    history = life(*lines)
    assert tuple(visit for attempt in history.attempts for visit in attempt) == history.visits
    for attempt in history.attempts:
        assert not any(OUTCOMES.get(visit.stage) for visit in attempt[:-1])
    for attempt in history.attempts[:-1]:
        assert OUTCOMES.get(attempt[-1].stage)


def test_each_loss_belongs_to_a_closing_in_order_and_one_more_is_prepared():
    lost = {"loss": [{"reason": "timing"}, {"reason": "price"}]}
    moves = [{"enrichment": "2026-01-05"}, {"closed lost": "2026-01-11"}, {"enrichment": "2026-02-01"}]
    record = deal("enrichment: 2026-01-05").model_dump(exclude_none=True)
    again = Deal.model_validate({**record, **lost, "stages": moves})
    history = history_of("cascadia", again, OUTCOMES.get)
    assert [(loss.reason, closing and closing.line) for loss, closing in history.losses] == [
        ("timing", 1),
        ("price", None),
    ]
    assert [(closing.line, loss and loss.reason) for closing, loss in history.lost] == [(1, "timing")]
