"""Days from the first look to the win or the loss, and in each stage: whole days, over whatever can be measured."""

from datetime import date

import pytest

from salesops.metrics import read_metric

WON = "enrichment: 2026-01-05, outreach: 2026-01-19, proposal: 2026-03-02, closed won: 2026-04-15"


def test_days_in_pipeline_go_from_enrichment_to_the_win(reading):
    found = reading("days-in-pipeline", "2026-06-01", f"aspen: {{stages: [{WON}]}}")
    assert (found.values, found.n, found.value, found.included) == ((100,), 1, 100, ("aspen",))


def test_days_in_pipeline_are_averaged_and_ordered(reading):
    found = reading(
        "days-in-pipeline",
        "2026-06-01",
        """
        a: {stages: [enrichment: 2026-01-01, closed won: 2026-01-11]}
        b: {stages: [enrichment: 2026-01-01, closed won: 2026-01-31]}
        c: {stages: [enrichment: 2026-01-01, closed won: 2026-01-21]}
        d: {stages: [enrichment: 2026-01-01, closed won: 2026-04-11]}
        """,
    )
    assert (found.n, found.value, found.median) == (4, 40, 25)
    assert found.p80 == pytest.approx(58)
    assert found.split == {"new business": 4}
    assert found.interval is None  # of four values none
    assert not found.is_enough


def test_a_win_on_the_same_day_is_0_days_and_not_no_data(reading):
    found = reading(
        "days-in-pipeline", "2026-06-01", "aspen: {stages: [enrichment: 2026-01-05, closed won: 2026-01-05]}"
    )
    assert (found.n, found.value) == (1, 0)


def test_the_clock_stops_at_the_win_and_not_when_the_service_stops(book, versions):
    known = book(
        """
        aspen: {stages: [enrichment: 2021-01-05, active service: 2021-01-25, inactive service: 2022-09-01]}
        birch: {stages: [active lead: 2021-01-05, inactive lead: 2021-01-08, closed lost: 2021-09-01]}
        """,
        versions=versions,
    )
    snapshot = known.on(date(2026, 1, 1))
    assert read_metric(snapshot, "days-in-pipeline").values == (20,)
    assert read_metric(snapshot, "days-to-loss").values == (3,)


def test_renewals_and_deals_that_are_not_won_have_no_days_in_pipeline(reading):
    found = reading(
        "days-in-pipeline",
        "2026-06-01",
        """
        cedar: {stages: [renewals: 2026-01-05, closed won: 2026-02-02], type: existing business}
        odd:   {stages: [enrichment: 2026-01-05, closed won: 2026-02-02], type: existing business}
        open:  {stages: [enrichment: 2026-01-05, outreach: 2026-02-02]}
        lost:  {stages: [enrichment: 2026-01-05, closed lost: 2026-02-02]}
        """,
    )
    assert (found.n, found.value, found.median, found.p80) == (0, None, None, None)


def test_a_win_that_never_was_in_enrichment_is_named(reading, why):
    found = reading("days-in-pipeline", "2026-06-01", "aspen: {stages: [outreach: 2026-01-05, closed won: 2026-02-02]}")
    assert found.n == 0
    assert why(found) == {"aspen": "won without ever being in 'enrichment'"}


def test_the_clock_starts_at_the_first_enrichment_whatever_happened_since(reading):
    deals = """
        aspen:
          stages:
            - enrichment: 2026-01-05
            - outreach: 2026-01-12
            - enrichment: 2026-01-19
            - closed lost: 2026-02-02
            - enrichment: 2026-05-01
            - closed won: 2026-05-31
    """
    found = reading("days-in-pipeline", "2026-06-01", deals)
    assert found.values == (146,)
    assert found.variants["current_attempt_mean"] == 30


def test_parked_days_are_taken_out_only_of_the_active_average(reading):
    deals = f"""
        aspen:
          stages: [{WON}]
          parked:
            - {{since: 2025-12-25, until: 2026-01-10, why: Before and after the start}}
            - {{since: 2026-02-01, until: 2026-02-11, why: Grant}}
            - {{since: 2026-04-10, until: 2026-05-01, why: Past the win}}
    """
    found = reading("days-in-pipeline", "2026-06-01", deals)
    assert found.value == 100
    assert found.variants["active_mean"] == 100 - 5 - 10 - 5


def test_the_active_average_is_over_all_wins(reading):
    found = reading(
        "days-in-pipeline",
        "2026-06-01",
        """
        a: {stages: [enrichment: 2026-01-01, closed won: 2026-01-11]}
        b: {stages: [enrichment: 2026-01-01, closed won: 2026-01-31], parked: [{since: 2026-01-05, until: 2026-01-15, why: Grant}]}
        """,
    )
    assert (found.value, found.variants["active_mean"]) == (20, 15)


def test_a_span_without_an_end_takes_out_the_days_to_the_win(reading):
    deals = f"aspen: {{stages: [{WON}], parked: [{{since: 2026-04-05, why: Premier comes later}}]}}"
    assert reading("days-in-pipeline", "2026-06-01", deals).variants["active_mean"] == 90


def test_spans_that_overlap_take_a_day_out_once(reading):
    deals = f"""
        aspen:
          stages: [{WON}]
          parked:
            - {{since: 2026-02-11, until: 2026-03-03, why: Second}}
            - {{since: 2026-02-01, until: 2026-03-13, why: Holds the others}}
            - {{since: 2026-02-01, until: 2026-02-21, why: First}}
    """
    assert reading("days-in-pipeline", "2026-06-01", deals).variants["active_mean"] == 60


def test_days_in_pipeline_are_known_from_the_day_of_the_win_on(reading):
    deals = f"aspen: {{stages: [{WON}]}}"
    assert [reading("days-in-pipeline", on, deals).n for on in ("2026-04-14", "2026-04-15")] == [0, 1]


def test_a_window_takes_deals_by_the_day_of_their_close(reading):
    deals = """
        won-before:  {stages: [enrichment: 2025-11-03, closed won: 2025-12-31]}
        won-after:   {stages: [enrichment: 2025-12-30, closed won: 2026-01-01]}
        lost-before: {stages: [enrichment: 2025-11-03, closed lost: 2025-12-31]}
        lost-after:  {stages: [enrichment: 2025-12-25, closed lost: 2026-01-01]}
    """
    won = reading("days-in-pipeline", "2026-06-01", deals, since="2026-01-01")
    lost = reading("days-to-loss", "2026-06-01", deals, since="2026-01-01")
    assert (won.values, won.included) == ((2,), ("won-after",))
    assert (lost.values, lost.included) == ((7,), ("lost-after",))


def test_days_to_loss_count_every_loss_of_an_attempt(reading):
    found = reading(
        "days-to-loss",
        "2026-06-01",
        """
        twice: {stages: [outreach: 2026-01-05, closed lost: 2026-01-15, discovery: 2026-03-01, closed lost: 2026-03-05]}
        saved: {stages: [enrichment: 2026-01-05, closed lost: 2026-01-08, discovery: 2026-03-01, closed won: 2026-03-05]}
        cedar: {stages: [renewals: 2026-01-05, closed lost: 2026-02-02], type: existing business}
        """,
    )
    assert sorted(found.values) == [3, 4, 10]
    assert found.included == ("saved", "twice")
    assert found.split == {"new business": 3}


def test_days_in_a_stage_add_up_all_visits_of_an_attempt_that_has_left_it(reading, why):
    found = reading(
        "days-in-discovery",
        "2026-06-01",
        """
        gone: {stages: [discovery: 2026-01-05, outreach: 2026-01-15, discovery: 2026-02-01, proposal: 2026-02-06]}
        here: {stages: [discovery: 2026-01-05]}
        back: {stages: [discovery: 2026-01-05, proposal: 2026-01-15, discovery: 2026-02-01]}
        """,
    )
    assert (found.values, found.included) == ((15,), ("gone",))
    assert why(found) == {"back": "still in 'discovery'", "here": "still in 'discovery'"}


def test_each_attempt_has_its_own_days_in_a_stage(reading):
    deals = """
        aspen: {stages: [discovery: 2026-01-05, closed lost: 2026-01-15, discovery: 2026-03-01, closed won: 2026-03-05]}
    """
    found = reading("days-in-discovery", "2026-06-01", deals)
    assert (sorted(found.values), found.included) == ([4, 10], ("aspen",))


def test_new_and_existing_business_have_days_in_a_stage(reading):
    found = reading(
        "days-in-proposal",
        "2026-06-01",
        """
        aspen: {stages: [proposal: 2026-01-05, closed won: 2026-01-06]}
        cedar: {stages: [renewals: 2026-01-01, proposal: 2026-01-05, closed lost: 2026-01-05], type: existing business}
        """,
    )
    assert (found.values, found.split) == ((1, 0), {"existing business": 1, "new business": 1})


def test_a_window_takes_attempts_by_the_day_they_left_the_stage(reading):
    deals = """
        before: {stages: [discovery: 2025-11-03, proposal: 2025-12-31]}
        after:  {stages: [discovery: 2025-11-03, proposal: 2026-01-01]}
    """
    assert reading("days-in-discovery", "2026-06-01", deals, since="2026-01-01").included == ("after",)


def test_on_an_earlier_day_a_deal_was_still_in_the_stage(reading, why):
    deals = "aspen: {stages: [discovery: 2026-01-05, proposal: 2026-01-15]}"
    before = reading("days-in-discovery", "2026-01-14", deals)
    assert (before.n, why(before)) == (0, {"aspen": "still in 'discovery'"})
    assert reading("days-in-discovery", "2026-01-15", deals).values == (10,)


def test_the_age_is_of_the_visit_that_is_open(reading):
    found = reading(
        "age-in-discovery",
        "2026-03-01",
        """
        fresh: {stages: [discovery: 2026-03-01]}
        old:   {stages: [discovery: 2026-01-05, outreach: 2026-01-15, discovery: 2026-02-01]}
        gone:  {stages: [discovery: 2026-01-05, proposal: 2026-01-15]}
        """,
    )
    assert (found.values, found.included) == ((0, 28), ("fresh", "old"))
    assert found.variants == {"oldest": 28, "cumulative": (0 + 28 + 10) / 2}


def test_what_an_earlier_attempt_spent_in_the_stage_does_not_age_this_one(reading):
    deals = "aspen: {stages: [discovery: 2026-01-05, closed lost: 2026-01-15, discovery: 2026-02-01]}"
    found = reading("age-in-discovery", "2026-03-01", deals)
    assert found.variants == {"oldest": 28, "cumulative": 28}


def test_parked_deals_do_not_age_and_are_named(reading, why):
    deals = """
        warm: {stages: [discovery: 2026-01-05], parked: [{since: 2026-02-01, until: 2026-07-01, why: Grant}]}
    """
    found = reading("age-in-discovery", "2026-03-01", deals)
    assert (found.n, found.value, found.variants) == (0, None, {"oldest": None, "cumulative": None})
    assert why(found) == {"warm": "parked until 2026-07-01"}
    assert reading("age-in-discovery", "2026-07-01", deals).values == (27,), "from 5 January to 1 February"


def test_ages_are_of_all_deals_there_are_and_estimate_nothing(reading):
    deals = {f"deal-{number}": {"stages": [{"discovery": "2026-01-05"}]} for number in range(6)}
    found = reading("age-in-discovery", "2026-03-01", deals)
    assert (found.n, found.interval, found.is_enough) == (6, None, True)


@pytest.mark.parametrize("seed", range(12))
def test_every_attempt_that_saw_a_stage_has_left_it_or_is_still_there(random_book, reading, process, days, seed):
    book = random_book(seed)
    for on in days("2026-01-01", "2026-12-31")[::30]:
        for stage in (name for name, stage in process.stages.items() if stage.is_open):
            attempts = [attempt for history in book.on(on).histories for attempt in history.attempts]
            seen = [attempt for attempt in attempts if any(visit.stage == stage for visit in attempt)]
            left, aged = reading(f"days-in-{stage}", on, book), reading(f"age-in-{stage}", on, book)
            assert left.n + len(left.excluded) == len(seen)
            assert {one.deal for one in left.excluded} == {*aged.included, *(one.deal for one in aged.excluded)}
