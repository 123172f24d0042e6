"""Stalled deals: longer in their stage, or longer without a real contact, than the process allows."""

import pytest

CALL = "activity: [{date: 2026-03-01, kind: call, outcome: spoke}]"


@pytest.mark.parametrize(
    ("on", "stalled"),
    [("2026-01-19", False), ("2026-01-20", True)],  # 14 days without a contact in Outreach, and 15
)
def test_a_deal_stalls_on_the_day_after_the_last_that_it_may_be_quiet(reading, on, stalled):
    found = reading("stalled", on, "aspen: {stages: [enrichment: 2025-11-03, outreach: 2026-01-05]}")
    assert (found.value, found.parts["by_stage"]) == ((1, {"outreach": 1}) if stalled else (0, {}))


@pytest.mark.parametrize(("on", "stalled"), [("2026-03-02", False), ("2026-03-03", True)])
def test_a_deal_stalls_on_the_day_after_the_last_that_it_may_stay(reading, on, stalled):
    """30 days in Outreach, and 31; the call was yesterday."""
    deals = f"aspen: {{stages: [outreach: 2026-01-31], {CALL}}}"
    assert reading("stalled", on, deals).value == stalled


@pytest.mark.parametrize(
    ("entry", "contact"),
    [
        ("{date: 2026-01-19, kind: call, outcome: spoke}", True),
        ("{date: 2026-01-20, kind: call, outcome: spoke}", True),  # today
        ("{date: 2026-01-19, kind: meeting, about: other, status: held}", True),
        ("{date: 2026-01-05, kind: email, replied: 2026-01-19}", True),
        ("{date: 2026-01-19, kind: email}", False),
        ("{date: 2026-01-19, kind: email, opened: true}", False),
        ("{date: 2026-01-19, kind: email, replied: 2026-01-21}", False),  # answered tomorrow
        ("{date: 2026-01-19, kind: meeting, about: discovery, status: no-show}", False),
        ("{date: 2026-01-19, kind: meeting, about: discovery, status: scheduled}", False),
        ("{date: 2026-01-21, kind: meeting, about: discovery, status: held}", False),  # held tomorrow
        ("{date: 2026-01-19, kind: note}", False),
        ("{date: 2026-01-19, kind: event}", False),
    ],
)
def test_only_a_real_contact_keeps_a_deal_from_going_quiet(reading, entry, contact):
    deals = f"aspen: {{stages: [outreach: 2026-01-05], activity: [{entry}]}}"
    assert reading("stalled", "2026-01-20", deals).value == (not contact)


def test_a_parked_or_a_closed_deal_does_not_stall(reading, why):
    found = reading(
        "stalled",
        "2026-12-01",
        """
        warm: {stages: [outreach: 2026-01-05], parked: [{since: 2026-02-01, why: Premier comes later}]}
        won:  {stages: [outreach: 2026-01-05, closed won: 2026-02-02]}
        lost: {stages: [outreach: 2026-01-05, closed lost: 2026-02-02]}
        """,
    )
    assert (found.value, why(found)) == (0, {"warm": "parked with no return date"})


def test_a_stage_without_limits_never_stalls_a_deal(reading, book, process):
    patient = process.stages["outreach"].model_copy(update={"stale_after": None, "idle_after": None})
    known = process.model_copy(update={"stages": {**process.stages, "outreach": patient}})
    deals = "aspen: {stages: [outreach: 2025-01-05]}"
    assert reading("stalled", "2026-12-01", deals).value == 1
    assert reading("stalled", "2026-12-01", book(deals, versions={"v3": known})).value == 0
