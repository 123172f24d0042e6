"""Closing well: lessons of closed deals, and the days from the signature to hubs in use."""

COVERAGE, LEAD_TIME = "learning-coverage", "handoff-lead-time"
LOST = "stages: [enrichment: 2026-01-05, closed lost: 2026-02-02]"
TAUGHT = "{reason: price, learning: Ask earlier, verdict: execution, reengage: never, playbook: none needed}"


def test_of_the_closed_deals_those_count_whose_lessons_are_all_there(reading):
    found = reading(
        COVERAGE,
        "2026-06-01",
        f"""
        taught: {{{LOST}, loss: {TAUGHT}}}
        silent: {{{LOST}, loss: {{reason: price, learning: Ask earlier, verdict: icp, reengage: never}}}}
        open:   {{stages: [enrichment: 2026-01-05]}}
        """,
    )
    assert (found.hits, found.out_of) == (1, 2)
    assert found.hit == ("taught",)
    assert found.tables["missing"] == [{"deal": "silent", "missing": "loss.playbook"}]
    assert found.parts["missing_by_field"] == {"loss.playbook": 1}
    assert found.is_enough, "it is a share of all there are, not a sample"


def test_a_deal_that_came_closed_with_an_import_owes_no_lesson_and_is_named(reading, why):
    found = reading(COVERAGE, "2026-06-01", f"old: {{{LOST}, imported: {{from: crm.csv, date: 2026-03-02}}}}")
    assert found.value is None
    assert why(found) == {"old": "it came closed with an import"}


def test_a_process_that_asked_for_no_lesson_counts_in_nothing(reading, process, why):
    stages = {
        name: stage.model_copy(
            update={"completion": None, "exits": tuple(way.model_copy(update={"needs": ()}) for way in stage.exits)}
        )
        for name, stage in process.stages.items()
    }
    plain = process.model_copy(update={"stages": stages})
    found = reading(COVERAGE, "2026-06-01", f"old: {{{LOST}}}", versions={"v3": plain})
    assert found.value is None
    assert why(found) == {"old": "the process of 2026-02-02 did not ask what was learned"}


def test_a_window_takes_what_was_closed_in_it(reading):
    assert reading(COVERAGE, "2026-06-01", f"taught: {{{LOST}, loss: {TAUGHT}}}", since="2026-03-01").out_of == 0


WON = "stages: [proposal: 2026-01-05, closed won: 2026-02-02]"


def test_the_hand_off_takes_from_the_signature_to_hubs_in_use(reading, why):
    found = reading(
        LEAD_TIME,
        "2026-06-01",
        f"""
        quick:   {{{WON}, contract: {{signed: 2026-02-01}}, order: {{operational: 2026-02-11}}}}
        eager:   {{{WON}, contract: {{signed: 2026-02-01}}, order: {{operational: 2026-01-30}}}}
        waiting: {{{WON}, contract: {{signed: 2026-02-01}}}}
        verbal:  {{{WON}, order: {{operational: 2026-03-01}}}}
        """,
    )
    assert sorted(found.values) == [-2, 10]
    assert why(found) == {
        "waiting": "no day from which the hubs are in use",
        "verbal": "the contract has no day of signature",
    }


def test_hubs_that_come_into_use_later_are_not_in_use_yet(reading, why):
    deals = f"soon: {{{WON}, contract: {{signed: 2026-02-01}}, order: {{operational: 2026-07-01}}}}"
    assert why(reading(LEAD_TIME, "2026-06-01", deals)) == {"soon": "no day from which the hubs are in use"}
    assert reading(LEAD_TIME, "2026-07-01", deals).values == (150,)
    assert reading(LEAD_TIME, "2026-07-15", deals, since="2026-07-02").values == ()
