"""Open deals, sales qualified deals, and what came and went in the last seven days."""

import pytest


def test_the_pipeline_is_every_open_deal_by_its_stage(reading):
    found = reading(
        "open-deals",
        "2026-03-02",
        """
        aspen: {stages: [enrichment: 2026-01-05]}
        birch: {stages: [enrichment: 2026-01-05, discovery: 2026-02-02]}
        cedar: {stages: [renewals: 2026-01-05], type: existing business}
        elm:   {stages: [enrichment: 2026-01-05, discovery: 2026-02-09]}
        won:   {stages: [proposal: 2026-01-05, closed won: 2026-02-02]}
        lost:  {stages: [enrichment: 2026-01-05, closed lost: 2026-02-02]}
        """,
    )
    assert found.value == 4
    assert found.split == {"existing business": 1, "new business": 3}
    assert list(found.parts["by_stage"].items()) == [("enrichment", 1), ("discovery", 2), ("renewals", 1)]
    assert found.included == ("aspen", "birch", "cedar", "elm")


def test_a_parked_deal_is_out_of_the_pipeline_and_named(reading, why):
    deals = """
        warm: {stages: [outreach: 2026-01-05], parked: [{since: 2026-02-01, until: 2026-07-01, why: Premier}]}
    """
    for metric in ("open-deals", "sqd"):
        parked = reading(metric, "2026-06-30", deals)
        assert (parked.value, why(parked)) == (0, {"warm": "parked until 2026-07-01"})
        assert reading(metric, "2026-07-01", deals).value == 1
        assert reading(metric, "2026-01-31", deals).value == 1


def test_a_parked_deal_that_would_not_be_sales_qualified_anyway_is_not_named_there(reading):
    deals = "warm: {stages: [enrichment: 2026-01-05], parked: [{since: 2026-02-01, why: Premier comes later}]}"
    assert reading("sqd", "2026-03-02", deals).excluded == ()


def test_stages_of_the_pipeline_add_up_even_where_the_process_of_the_day_does_not_know_one(reading, book, process):
    first = process.model_copy(
        update={
            "version": "v1",
            "in_force": process.in_force.replace(year=2020),
            "stages": {name: stage for name, stage in process.stages.items() if name != "discovery"},
        }
    )
    deals = "early: {stages: [discovery: 2023-01-05]}"
    found = reading("open-deals", "2023-02-01", book(deals, versions={"v1": first, "v3": process}))
    assert found.value == 1
    assert found.parts["by_stage"] == {"discovery": 1}


SALES_QUALIFIED = ("outreach", "discovery", "renewals", "proposal")


@pytest.mark.parametrize("stage", SALES_QUALIFIED)
def test_a_deal_in_the_four_stages_is_sales_qualified(reading, stage):
    assert reading("sqd", "2026-01-05", f"aspen: {{stages: [{stage}: 2026-01-05]}}").value == 1


@pytest.mark.parametrize("stage", ["enrichment", "closed won", "closed lost"])
def test_before_and_after_them_it_is_not(reading, stage):
    assert reading("sqd", "2026-01-05", f"aspen: {{stages: [outreach: 2026-01-04, {stage}: 2026-01-05]}}").value == 0


def test_new_and_existing_business_are_counted_together_and_shown_apart(reading):
    found = reading(
        "sqd",
        "2026-03-02",
        """
        aspen: {stages: [outreach: 2026-01-05]}
        birch: {stages: [proposal: 2026-01-05]}
        cedar: {stages: [renewals: 2026-01-05], type: existing business}
        """,
    )
    assert found.value == 3
    assert found.split == {"existing business": 1, "new business": 2}


def test_on_the_day_of_several_moves_the_last_one_decides(reading):
    assert reading("sqd", "2026-01-05", "aspen: {stages: [outreach: 2026-01-05, closed lost: 2026-01-05]}").value == 0
    assert reading("sqd", "2026-01-05", "aspen: {stages: [closed lost: 2026-01-05, outreach: 2026-01-05]}").value == 1


def test_a_move_counts_from_its_day_on(reading):
    deals = "aspen: {stages: [enrichment: 2026-01-05, outreach: 2026-01-19]}"
    assert [reading("sqd", on, deals).value for on in ("2026-01-18", "2026-01-19")] == [0, 1]


@pytest.mark.parametrize(
    ("came", "counts"),
    [
        ("2026-03-09", True),  # the day itself
        ("2026-03-03", True),  # six days before
        ("2026-03-02", False),  # seven days before
        ("2026-03-10", False),  # tomorrow
    ],
)
def test_the_last_seven_days_hold_the_day_itself_and_six_before(reading, came, counts):
    deals = f"aspen: {{stages: [enrichment: 2026-01-05, outreach: {came}]}}"
    assert reading("sqd-net-new", "2026-03-09", deals).value == counts
    gone = f"aspen: {{stages: [outreach: 2026-01-05, closed lost: {came}]}}"
    assert reading("sqd-exits", "2026-03-09", gone).value == counts


def test_a_move_between_sales_qualified_stages_is_not_new(reading):
    deals = "aspen: {stages: [outreach: 2026-02-02, discovery: 2026-03-05, proposal: 2026-03-06, outreach: 2026-03-09]}"
    found = reading("sqd-net-new", "2026-03-09", deals)
    assert found.value == 0
    assert found.parts["flow"] == {"entries": 0, "resumed": 0, "exits": 0, "parked": 0, "reclassified": 0, "net": 0}
    assert reading("sqd-exits", "2026-03-09", deals).value == 0


def test_a_renewal_that_begins_in_renewals_is_new_and_existing_business(reading):
    deals = "cedar: {stages: [renewals: 2026-03-05], type: existing business, renews: old}"
    found = reading("sqd-net-new", "2026-03-09", deals)
    assert (found.value, found.split) == (1, {"existing business": 1})
    assert found.parts["by_entry"] == {"first entry": 1}


def test_first_entries_and_those_who_came_back_are_shown_apart(reading):
    found = reading(
        "sqd-net-new",
        "2026-03-09",
        """
        first:    {stages: [enrichment: 2026-03-02, outreach: 2026-03-05]}
        reopened: {stages: [outreach: 2025-10-06, closed lost: 2025-11-03, discovery: 2026-03-04]}
        back:     {stages: [outreach: 2026-01-05, enrichment: 2026-02-02, outreach: 2026-03-03]}
        """,
    )
    assert found.value == 3
    assert found.parts["by_entry"] == {"first entry": 1, "re-entry": 2}


def test_a_deal_that_came_in_twice_in_the_week_of_its_first_entry_is_a_first_entry(reading):
    deals = "aspen: {stages: [outreach: 2026-03-04, closed lost: 2026-03-05, discovery: 2026-03-06]}"
    found = reading("sqd-net-new", "2026-03-09", deals)
    assert (found.value, found.parts["by_entry"]) == (1, {"first entry": 1})


def test_a_deal_that_came_and_went_within_the_week_counts_on_both_sides(reading):
    deals = "aspen: {stages: [enrichment: 2026-03-02, outreach: 2026-03-04, closed lost: 2026-03-06]}"
    new, gone = reading("sqd-net-new", "2026-03-09", deals), reading("sqd-exits", "2026-03-09", deals)
    assert (new.included, gone.included) == (("aspen",), ("aspen",))
    assert new.parts["flow"] == {"entries": 1, "resumed": 0, "exits": 1, "parked": 0, "reclassified": 0, "net": 0}


def test_a_deal_that_came_and_went_within_the_day_counts_on_both_sides(reading):
    deals = "aspen: {stages: [enrichment: 2026-03-09, outreach: 2026-03-09, closed lost: 2026-03-09]}"
    assert reading("sqd-net-new", "2026-03-09", deals).value == 1
    assert reading("sqd-exits", "2026-03-09", deals).value == 1


def test_a_deal_that_came_twice_counts_once_and_its_crossings_twice(reading):
    deals = "aspen: {stages: [outreach: 2026-03-03, enrichment: 2026-03-05, outreach: 2026-03-07]}"
    found = reading("sqd-net-new", "2026-03-09", deals)
    assert found.value == 1
    assert found.parts["flow"] == {"entries": 2, "resumed": 0, "exits": 1, "parked": 0, "reclassified": 0, "net": 1}


def test_who_left_is_shown_by_where_it_went(reading):
    found = reading(
        "sqd-exits",
        "2026-03-09",
        """
        won:  {stages: [proposal: 2026-01-05, closed won: 2026-03-04]}
        lost: {stages: [outreach: 2026-01-05, closed lost: 2026-03-04]}
        back: {stages: [outreach: 2026-01-05, enrichment: 2026-03-04]}
        stay: {stages: [outreach: 2026-01-05]}
        """,
    )
    assert found.value == 3
    assert found.included == ("back", "lost", "won")
    assert found.parts["by_stage"] == {"closed lost": 1, "closed won": 1, "enrichment": 1}


def test_a_deal_that_comes_back_from_being_parked_is_resumed_not_new(reading):
    deals = """
        warm: {stages: [outreach: 2026-01-05], parked: [{since: 2026-02-01, until: 2026-03-04, why: Grant}]}
    """
    found = reading("sqd-net-new", "2026-03-09", deals)
    assert found.value == 0
    assert found.parts["flow"] == {"entries": 0, "resumed": 1, "exits": 0, "parked": 0, "reclassified": 0, "net": 1}


def test_a_deal_that_is_parked_leaves_the_stock_and_is_no_exit(reading):
    deals = "warm: {stages: [outreach: 2026-01-05], parked: [{since: 2026-03-04, why: Premier comes later}]}"
    assert reading("sqd-exits", "2026-03-09", deals).value == 0
    flow = reading("sqd-net-new", "2026-03-09", deals).parts["flow"]
    assert flow == {"entries": 0, "resumed": 0, "exits": 0, "parked": 1, "reclassified": 0, "net": -1}


def test_a_move_of_a_parked_deal_moves_no_stock_until_it_is_back(reading):
    deals = """
        warm:
          stages: [enrichment: 2026-01-05, outreach: 2026-03-05]
          parked: [{since: 2026-02-01, until: 2026-03-08, why: Grant}]
    """
    before = reading("sqd-net-new", "2026-03-07", deals).parts["flow"]
    after = reading("sqd-net-new", "2026-03-09", deals).parts["flow"]
    assert before == {"entries": 0, "resumed": 0, "exits": 0, "parked": 0, "reclassified": 0, "net": 0}
    assert after == {"entries": 0, "resumed": 1, "exits": 0, "parked": 0, "reclassified": 0, "net": 1}


def test_one_span_that_follows_another_without_a_day_between_is_no_return(reading):
    deals = """
        warm:
          stages: [outreach: 2026-01-05]
          parked:
            - {since: 2026-02-01, until: 2026-03-05, why: Grant}
            - {since: 2026-03-05, until: 2026-04-05, why: Second round}
    """
    flow = reading("sqd-net-new", "2026-03-09", deals).parts["flow"]
    assert flow == {"entries": 0, "resumed": 0, "exits": 0, "parked": 0, "reclassified": 0, "net": 0}
