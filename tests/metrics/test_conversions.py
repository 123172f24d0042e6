"""From stage to stage: who reached the next or one beyond it, who was lost, who is undecided; and how many were won."""

from datetime import date, timedelta
from random import Random

import pytest

from salesops.metrics import read_metric

CONVERSION = "outreach-to-discovery"


def counts(found):
    return found.hits, found.out_of, found.open


def test_the_share_is_of_those_that_are_decided_and_the_open_ones_stand_beside_it(reading, why):
    found = reading(
        CONVERSION,
        "2026-06-01",
        """
        engaged: {stages: [outreach: 2026-01-05, discovery: 2026-02-02]}
        silent:  {stages: [outreach: 2026-01-05, closed lost: 2026-03-02]}
        waiting: {stages: [outreach: 2026-01-05]}
        """,
    )
    assert counts(found) == (1, 2, 1)
    assert found.value == 0.5
    assert found.as_data()["to_date"] == pytest.approx(1 / 3)
    assert found.parts["attempts"] == {"converted": 1, "failed": 1, "open": 1, "parked": 0, "skipped": 0}
    assert found.included == ("engaged", "silent")
    assert why(found) == {"waiting": "still open"}


def test_a_skipped_stage_counts_as_reached(reading):
    found = reading(CONVERSION, "2026-06-01", "aspen: {stages: [outreach: 2026-01-05, proposal: 2026-02-02]}")
    assert counts(found) == (1, 1, 0)


def test_a_win_has_reached_everything_before_it(reading):
    deals = (
        "aspen: {stages: [enrichment: 2026-01-05, outreach: 2026-01-05, discovery: 2026-01-05, closed won: 2026-01-06]}"
    )
    for conversion in ("enrichment-to-outreach", CONVERSION, "discovery-to-proposal"):
        assert counts(reading(conversion, "2026-06-01", deals)) == (1, 1, 0)


def test_a_loss_reaches_nothing(reading):
    deals = "aspen: {stages: [enrichment: 2026-01-05, closed lost: 2026-02-02]}"
    assert counts(reading("enrichment-to-outreach", "2026-06-01", deals)) == (0, 1, 0)


def test_going_back_does_not_undo_what_was_reached_and_counts_once(reading):
    back = "aspen: {stages: [outreach: 2026-01-05, discovery: 2026-02-02, outreach: 2026-03-02]}"
    assert counts(reading(CONVERSION, "2026-06-01", back)) == (1, 1, 0)
    lost = (
        "aspen: {stages: [outreach: 2026-01-05, discovery: 2026-02-02, outreach: 2026-03-02, closed lost: 2026-03-03]}"
    )
    assert counts(reading(CONVERSION, "2026-06-01", lost)) == (1, 1, 0)


def test_what_was_reached_before_the_first_visit_is_not_a_conversion_from_it(reading):
    deals = "aspen: {stages: [discovery: 2026-01-05, outreach: 2026-02-02, closed lost: 2026-03-02]}"
    assert counts(reading(CONVERSION, "2026-06-01", deals)) == (0, 1, 0)


def test_every_attempt_counts(reading):
    deals = """
        aspen: {stages: [outreach: 2026-01-05, closed lost: 2026-02-02, outreach: 2026-05-04, discovery: 2026-05-18]}
    """
    found = reading(CONVERSION, "2026-06-01", deals)
    assert counts(found) == (1, 2, 0)
    assert set(found.included) == {"aspen"}
    assert counts(reading(CONVERSION, "2026-05-10", deals)) == (0, 1, 1)
    assert counts(reading(CONVERSION, "2026-03-01", deals)) == (0, 1, 0)
    assert counts(reading(CONVERSION, "2026-02-01", deals)) == (0, 0, 1)


def test_an_attempt_that_never_was_in_the_first_stage_is_left_out_and_named(reading, why):
    found = reading(
        CONVERSION,
        "2026-06-01",
        """
        aspen: {stages: [enrichment: 2026-01-05, discovery: 2026-02-02]}
        birch: {stages: [enrichment: 2026-01-05]}
        cedar: {stages: [enrichment: 2026-01-05, closed lost: 2026-02-02]}
        """,
    )
    assert counts(found) == (0, 0, 0)
    assert found.value is None
    assert found.parts["attempts"]["skipped"] == 1
    assert why(found) == {"aspen": "reached 'discovery' without 'outreach'"}


def test_a_parked_attempt_is_in_no_denominator_and_says_so(reading, why):
    deals = """
        warm: {stages: [outreach: 2026-01-05], parked: [{since: 2026-02-01, until: 2026-07-01, why: Grant}]}
    """
    found = reading(CONVERSION, "2026-06-01", deals)
    assert (*counts(found), found.parked) == (0, 0, 0, 1)
    assert found.as_data()["to_date"] is None
    assert why(found) == {"warm": "parked until 2026-07-01"}


def test_renewals_are_no_attempts(reading):
    deals = (
        "cedar: {stages: [renewals: 2026-01-05, proposal: 2026-02-02, closed won: 2026-03-02], type: existing business}"
    )
    for conversion in ("discovery-to-proposal", "proposal-to-won"):
        found = reading(conversion, "2026-06-01", deals)
        assert (counts(found), found.excluded) == ((0, 0, 0), ())


def test_only_what_happened_by_the_day_counts(reading):
    deals = "aspen: {stages: [outreach: 2026-01-05, discovery: 2026-02-02]}"
    assert counts(reading(CONVERSION, "2026-02-01", deals)) == (0, 0, 1)
    assert counts(reading(CONVERSION, "2026-02-02", deals)) == (1, 1, 0)
    assert counts(reading(CONVERSION, "2026-01-04", deals)) == (0, 0, 0)


def test_a_window_takes_attempts_by_their_first_day_in_the_stage(reading):
    deals = """
        early: {stages: [enrichment: 2025-11-03, outreach: 2025-12-31, discovery: 2026-02-02]}
        late:  {stages: [enrichment: 2025-11-03, outreach: 2026-01-01, closed lost: 2026-02-02]}
        again: {stages: [outreach: 2025-12-01, enrichment: 2025-12-15, outreach: 2026-01-15, discovery: 2026-02-02]}
    """
    found = reading(CONVERSION, "2026-06-01", deals, since="2026-01-01")
    assert (counts(found), found.included) == ((0, 1, 0), ("late",))


OLD_SERVICE = """
    served: {stages: [active lead: 2021-01-05, needs admin: 2021-02-05, active service: 2021-03-05, inactive service: 2022-09-01]}
    cold:   {stages: [active lead: 2021-01-05, inactive lead: 2021-06-05]}
    left:   {stages: [active lead: 2022-01-05, needs admin: 2022-02-05, inactive lead: 2022-06-05]}
"""


def test_a_won_deal_whose_service_stopped_is_one_win_of_the_day_it_was_won(book, versions):
    known = book(OLD_SERVICE, versions=versions)
    found = read_metric(known.on(date(2023, 1, 1)), "win-rate")
    assert counts(found) == (1, 3, 0)
    assert found.parts["lost_from"] == {"active lead": 1, "needs admin": 1}
    assert read_metric(known.on(date(2023, 1, 1), since=date(2022, 1, 1)), "win-rate").included == ("left",)


def test_losses_of_the_old_process_are_shown_by_todays_stages(book, versions):
    found = read_metric(book(OLD_SERVICE, versions=versions).on(date(2026, 1, 1)), "win-rate")
    assert counts(found) == (1, 3, 0)
    assert found.parts["lost_from"] == {"outreach": 1, "proposal": 1}


def test_each_process_has_the_conversions_that_it_names(book, versions):
    known = book(OLD_SERVICE, versions=versions)
    assert counts(read_metric(known.on(date(2023, 1, 1)), "lead-to-agreement")) == (2, 3, 0)
    with pytest.raises(KeyError):
        read_metric(known.on(date(2023, 1, 1)), CONVERSION)
    with pytest.raises(KeyError):
        read_metric(known.on(date(2026, 1, 1)), "lead-to-agreement")


def test_stages_of_the_old_process_count_under_what_they_became(reading):
    deals = "old: {stages: [qualifying: 2025-01-05, outreach: 2025-02-05, prospecting: 2025-03-05]}"
    assert counts(reading(CONVERSION, "2026-06-01", deals)) == (1, 1, 0)
    assert counts(reading("enrichment-to-outreach", "2026-06-01", deals)) == (1, 1, 0)


LADDER = ["enrichment", "outreach", "discovery", "proposal", "closed won"]
STAGES = [*LADDER, "renewals", "closed lost"]
CONVERSIONS = {
    "enrichment-to-outreach": ("enrichment", "outreach"),
    "outreach-to-discovery": ("outreach", "discovery"),
    "discovery-to-proposal": ("discovery", "proposal"),
    "proposal-to-won": ("proposal", "closed won"),
}


def told_once_more(deals, start, end, on, since):
    """The definition once more, on plain lists of moves and a ladder of stages instead of a graph of exits."""
    found = {"converted": 0, "failed": 0, "open": 0, "parked": 0, "skipped": 0}
    for fields in deals.values():
        if fields["type"] != "new business":
            continue
        moves = [(stage, day) for move in fields["stages"] for stage, day in move.items() if day <= str(on)]
        while moves:
            size = next((at for at, (stage, _) in enumerate(moves, 1) if stage.startswith("closed")), len(moves))
            attempt, moves = moves[:size], moves[size:]
            what, day = _one_attempt(attempt, start, LADDER.index(end))
            if what and day >= since:
                found[what] += 1
    return found


def _one_attempt(attempt, start, height):
    at = [stage for stage, _ in attempt].index(start) if start in dict(attempt) else None
    heights = [LADDER.index(stage) if stage in LADDER else -1 for stage, _ in attempt]
    if at is None:
        return ("skipped" if max(heights) >= height else None), attempt[0][1]
    if max(heights[at + 1 :], default=-1) >= height:
        return "converted", attempt[at][1]
    return ("failed" if attempt[-1][0] == "closed lost" else "open"), attempt[at][1]


def histories(dice, size):
    """Deals that leap, go back, are lost and opened again; stages in any order."""
    deals = {}
    for number in range(size):
        day = date(2026, 1, 1) + timedelta(days=dice.randrange(100))
        stages = []
        for _ in range(dice.randint(1, 9)):
            stages.append({dice.choice(STAGES): str(day)})
            day += timedelta(days=dice.choice((0, 0, 1, 3, 9, 27)))
        deals[f"deal-{number}"] = {
            "stages": stages,
            "type": dice.choices(("new business", "existing business"), (5, 1))[0],
        }
    return deals


@pytest.mark.parametrize("seed", range(30))
def test_three_thousand_random_lives_are_counted_as_the_definition_says(book, seed):
    dice = Random(seed)
    deals = histories(dice, 100)
    known = book(deals)
    for _ in range(4):
        on = date(2026, 1, 1) + timedelta(days=dice.randrange(260))
        since = dice.choice((None, date(2026, 1, 1) + timedelta(days=dice.randrange(200))))
        for id, (start, end) in CONVERSIONS.items():
            found = read_metric(known.on(on, since=since), id)
            expected = told_once_more(deals, start, end, on, str(since or ""))
            assert found.parts["attempts"] == expected, (id, on, since)
            assert counts(found) == (
                expected["converted"],
                expected["converted"] + expected["failed"],
                expected["open"],
            )


def test_the_win_rate_is_of_the_attempts_that_were_closed(reading, why):
    found = reading(
        "win-rate",
        "2026-06-01",
        """
        won:     {stages: [proposal: 2026-01-05, closed won: 2026-02-02]}
        renewed: {stages: [renewals: 2026-01-05, proposal: 2026-01-12, closed won: 2026-02-02], type: existing business}
        lost:    {stages: [proposal: 2026-01-05, closed lost: 2026-02-02]}
        open:    {stages: [proposal: 2026-01-05]}
        warm:    {stages: [proposal: 2026-01-05], parked: [{since: 2026-02-01, why: Grant}]}
        """,
    )
    assert (*counts(found), found.parked) == (2, 3, 1, 1)
    assert found.parts["split"] == {"lost new business": 1, "won existing business": 1, "won new business": 1}
    assert sorted(found.included) == ["lost", "renewed", "won"]
    assert why(found) == {"open": "still open", "warm": "parked with no return date"}


def test_a_deal_that_was_lost_and_then_won_is_one_of_two(reading):
    deals = """
        aspen: {stages: [outreach: 2026-01-05, closed lost: 2026-02-02, discovery: 2026-05-04, closed won: 2026-05-18]}
    """
    found = reading("win-rate", "2026-06-01", deals)
    assert (counts(found), found.value) == ((1, 2, 0), 0.5)
    assert found.included == ("aspen",)
    assert counts(reading("win-rate", "2026-05-10", deals)) == (0, 1, 1)


def test_losses_are_shown_by_the_stage_they_were_lost_from(reading):
    found = reading(
        "win-rate",
        "2026-06-01",
        """
        unfit:  {stages: [enrichment: 2026-01-05, closed lost: 2026-02-02]}
        silent: {stages: [enrichment: 2026-01-05, outreach: 2026-01-12, closed lost: 2026-02-02]}
        again:  {stages: [outreach: 2026-01-12, closed lost: 2026-02-02, discovery: 2026-03-02, closed lost: 2026-04-02]}
        won:    {stages: [proposal: 2026-01-05, closed won: 2026-02-02]}
        """,
    )
    assert counts(found) == (1, 5, 0)
    assert found.parts["lost_from"] == {"discovery": 1, "enrichment": 1, "outreach": 2}


def test_a_deal_that_was_never_open_was_lost_from_nowhere(reading):
    found = reading("win-rate", "2026-06-01", "aspen: {stages: [closed lost: 2026-02-02]}")
    assert (counts(found), found.parts["lost_from"]) == ((0, 1, 0), {})


def test_a_window_takes_attempts_by_the_day_of_their_close(reading):
    deals = """
        before: {stages: [outreach: 2025-11-03, closed lost: 2025-12-31]}
        after:  {stages: [outreach: 2025-11-03, closed won: 2026-01-01]}
    """
    found = reading("win-rate", "2026-06-01", deals, since="2026-01-01")
    assert (counts(found), found.included) == ((1, 1, 0), ("after",))


def test_where_nothing_was_closed_there_is_no_win_rate(reading):
    found = reading("win-rate", "2026-06-01", "open: {stages: [proposal: 2026-01-05]}")
    assert (found.value, found.interval, found.as_data()["to_date"]) == (None, None, 0)
    empty = reading("win-rate", "2026-06-01", {})
    assert (empty.value, empty.as_data()["to_date"]) == (None, None)


@pytest.mark.parametrize("seed", range(10))
def test_every_attempt_of_random_lives_is_won_lost_or_undecided(book, seed):
    deals = histories(Random(seed), 100)
    found = read_metric(book(deals).on(date(2027, 12, 31)), "win-rate")
    outcomes = [stage for fields in deals.values() for move in fields["stages"] for stage in move]
    last = [next(iter(fields["stages"][-1])) for fields in deals.values()]
    assert found.hits == outcomes.count("closed won")
    assert found.out_of - found.hits == outcomes.count("closed lost")
    assert found.open == sum(not stage.startswith("closed") for stage in last)


def test_ten_decided_attempts_are_enough_to_speak_of_a_rate(reading):
    def after(closed):
        return {
            f"deal-{number}": {"stages": [{"outreach": "2026-01-05"}, {"closed lost": "2026-02-02"}]}
            for number in range(closed)
        }

    assert not reading("win-rate", "2026-06-01", after(9)).is_enough
    assert reading("win-rate", "2026-06-01", after(10)).is_enough
    assert reading("win-rate", "2026-06-01", after(10)).interval[1] == pytest.approx(0.2775, abs=0.0001)
