"""The lines by which a metric counts a deal: those, and only those, without which it would say something else."""

from __future__ import annotations

from datetime import date

import pytest

from salesops.metrics import metrics_of

TODAY = date(2026, 11, 20)


@pytest.fixture
def ask(repo):
    """``ask(metric, fragment)``: the fields of a deal with this fragment by which a metric counts it."""

    def asked(id, fragment, day=TODAY, counted=True):
        repo.deal(fragment)
        snapshot = repo.book().on(day)
        metric = metrics_of(snapshot.process)[id]
        assert ("acme" in metric.measure(snapshot).included) is counted
        return [".".join(map(str, path)) for path in metric.lines_of(snapshot, "acme")]

    return asked


@pytest.fixture
def left_out(repo):
    """``left_out(metric, fragment)``: why a metric nearly counted the deal."""

    def asked(id, fragment="", day=TODAY):
        repo.deal(fragment)
        snapshot = repo.book().on(day)
        metric = metrics_of(snapshot.process)[id]
        return {left.deal: left.why for left in metric.near(snapshot)}

    return asked


def stages(*moves):
    return f"stages: [{', '.join(f'{{{stage}: {day}}}' for stage, day in moves)}]\n"


OPEN = stages(("enrichment", "2026-10-01"), ("outreach", "2026-10-10"), ("discovery", "2026-10-20"))
LOST = stages(("enrichment", "2026-01-05"), ("outreach", "2026-01-12"), ("closed lost", "2026-02-02"))
AGAIN = stages(
    ("enrichment", "2026-01-05"),
    ("outreach", "2026-01-12"),
    ("closed lost", "2026-02-02"),
    ("outreach", "2026-11-01"),
    ("discovery", "2026-11-17"),
)
BACK = stages(
    ("enrichment", "2026-01-05"),
    ("outreach", "2026-01-12"),
    ("discovery", "2026-02-02"),
    ("outreach", "2026-02-10"),
    ("discovery", "2026-03-02"),
    ("proposal", "2026-03-20"),
)
WON = stages(("enrichment", "2026-01-05"), ("outreach", "2026-01-12"), ("closed won", "2026-02-02"))


@pytest.mark.parametrize("id", ["open-deals", "sqd", "age-in-discovery"])
def test_what_is_open_rests_on_the_move_to_where_it_is(ask, id):
    assert ask(id, OPEN) == ["stages.2"]


def test_an_earlier_day_rests_on_where_the_deal_was_then(ask):
    assert ask("sqd", OPEN, date(2026, 10, 12)) == ["stages.1"]


@pytest.mark.parametrize(
    ("id", "fragment", "day", "found"),
    [
        ("sqd-net-new", OPEN, date(2026, 10, 12), ["stages.1"]),
        ("sqd-net-new", OPEN, date(2026, 10, 16), ["stages.1"]),
        ("sqd-exits", LOST, date(2026, 2, 3), ["stages.2"]),
        ("sqd-net-new", AGAIN, date(2026, 11, 2), ["stages.3"]),
    ],
)
def test_what_came_or_went_rests_on_the_move_across_the_line(ask, id, fragment, day, found):
    assert ask(id, fragment, day) == found


def test_a_meeting_rests_on_its_line(ask):
    activity = """\
    activity:
      - {date: 2026-11-08, kind: meeting, about: discovery, status: held}
      - {date: 2026-11-11, kind: call}
      - {date: 2026-11-12, kind: meeting, about: discovery, status: held}
      - {date: 2026-11-13, kind: meeting, about: discovery, status: cancelled}
      - {date: 2026-11-16, kind: meeting, about: discovery, status: held}
    """
    assert ask("meetings-per-week", activity) == ["activity.2"]


def test_value_rests_on_the_amount_too(ask):
    assert ask("pipeline-value", "value: {mrr: 900 USD}\n") == ["stages.0", "value"]


def test_a_stall_rests_on_the_move_and_on_the_last_real_contact(repo, ask, home):
    repo.write("playbook/process/v3.yaml", (home / "playbook/process/v3.yaml").read_bytes())
    assert ask("stalled", OPEN, date(2027, 3, 1)) == ["stages.2"]
    entries = (
        "{date: 2026-10-15, kind: call, outcome: spoke}",
        "{date: 2026-10-28, kind: call, outcome: spoke}",
        "{date: 2026-11-02, kind: email}",
    )
    activity = f"activity: [{', '.join(entries)}]\n"
    assert ask("stalled", OPEN + activity, date(2027, 3, 1)) == ["stages.2", "activity.1"]


def test_a_close_rests_on_its_own_line(ask):
    assert ask("win-rate", LOST) == ["stages.2"]
    assert ask("win-rate", AGAIN) == ["stages.2"]


def test_days_to_a_loss_rest_on_both_ends(ask):
    assert ask("days-to-loss", AGAIN) == ["stages.0", "stages.2"]


def test_days_to_a_win_rest_on_the_first_day_in_the_first_stage_and_on_the_win(ask):
    assert ask("days-in-pipeline", WON) == ["stages.0", "stages.2"]
    later = stages(("outreach", "2026-01-01"), ("enrichment", "2026-01-05"), ("closed won", "2026-02-02"))
    assert ask("days-in-pipeline", later) == ["stages.1", "stages.2"]


@pytest.mark.parametrize(
    ("id", "fragment", "found"),
    [
        ("enrichment-to-outreach", OPEN, ["stages.0", "stages.1"]),
        ("outreach-to-discovery", OPEN, ["stages.1", "stages.2"]),
        ("outreach-to-discovery", LOST, ["stages.1", "stages.2"]),
        ("outreach-to-discovery", BACK, ["stages.1", "stages.2"]),
        ("discovery-to-proposal", BACK, ["stages.2", "stages.5"]),
        ("outreach-to-discovery", AGAIN, ["stages.1", "stages.2", "stages.3", "stages.4"]),
    ],
)
def test_a_conversion_rests_on_the_first_entry_and_on_what_decided_it(ask, id, fragment, found):
    assert ask(id, fragment) == found


def test_an_attempt_that_is_still_open_is_no_part_of_the_proof(ask):
    again = AGAIN.replace(", {discovery: 2026-11-17}", "")
    assert ask("outreach-to-discovery", again) == ["stages.1", "stages.2"]


@pytest.mark.parametrize(
    ("id", "fragment", "found"),
    [
        ("days-in-outreach", OPEN, ["stages.1", "stages.2"]),
        ("days-in-outreach", BACK, ["stages.1", "stages.2", "stages.3", "stages.4"]),
        ("days-in-discovery", BACK, ["stages.2", "stages.3", "stages.4", "stages.5"]),
    ],
)
def test_days_in_a_stage_rest_on_each_entry_and_on_the_move_away(ask, id, fragment, found):
    assert ask(id, fragment) == found


def test_a_stage_in_which_the_deal_still_is_proves_no_days(ask):
    assert ask("days-in-outreach", AGAIN.replace(", {discovery: 2026-11-17}", "")) == ["stages.1", "stages.2"]


CONTRACT = "contract: {start: 2026-02-02, end: 2026-12-01, mrr: 900 USD}\n"


@pytest.mark.parametrize(
    ("id", "found"),
    [
        ("existing-business-active", ["contract.start", "contract.end"]),
        ("renewal-0-30", ["contract.start", "contract.end"]),
        ("mrr", ["contract.start", "contract.end", "contract.mrr"]),
        ("arr", ["contract.start", "contract.end", "contract.mrr"]),
    ],
)
def test_a_contract_rests_on_its_days_and_revenue_on_its_price(ask, id, found):
    assert ask(id, WON + CONTRACT) == found


def test_what_was_won_rests_on_the_close_and_on_what_the_contract_brings(ask):
    assert ask("won-value", WON + CONTRACT) == ["stages.2", "contract.start", "contract.end", "contract.mrr"]
    assert ask("won-value", WON + "value: {mrr: 900 USD}\n") == ["stages.2", "value"]


def test_a_service_that_ended_rests_on_its_end(ask):
    ended = CONTRACT.replace("mrr", "service_ended: 2026-11-01, mrr")
    assert ask("contracts-ended", WON + ended) == ["contract.start", "contract.end", "contract.service_ended"]


def test_every_metric_that_is_built_can_say_what_it_rests_on(repo):
    repo.deal()
    snapshot = repo.book().on(TODAY)
    for metric in metrics_of(snapshot.process).values():
        if metric.measure:
            for deal in metric.measure(snapshot).included:
                assert metric.lines_of(snapshot, deal), (metric.id, deal)


def test_a_deal_that_nobody_knows_proves_nothing(repo):
    snapshot = repo.book().on(TODAY)
    assert metrics_of(snapshot.process)["sqd"].lines_of(snapshot, "nobody") == []


# near misses


def test_a_stage_that_does_not_count_is_named(left_out):
    assert left_out("sqd") == {"acme": "in Enrichment, which does not count as sales qualified"}


@pytest.mark.parametrize(
    ("came", "named"), [("2026-11-14", False), ("2026-11-13", True), ("2026-11-07", True), ("2026-11-06", False)]
)
def test_what_came_just_before_the_week_is_named(left_out, came, named):
    fragment = stages(("enrichment", "2026-10-01"), ("outreach", came))
    wanted = {"acme": f"came in on {came}; the 7 days begin on 2026-11-14"}
    assert left_out("sqd-net-new", fragment) == (wanted if named else {})


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("status: cancelled, about: discovery", "the meeting of 2026-11-11 was cancelled"),
        ("about: discovery", "the meeting of 2026-11-11 was without a status"),
        ("status: held, about: other", "the meeting of 2026-11-11 was about other"),
        ("status: held", "the meeting of 2026-11-11 was about an unnamed subject"),
    ],
)
def test_a_meeting_that_does_not_count_is_named_with_its_rule(left_out, entry, why):
    activity = f"activity: [{{date: 2026-11-11, kind: meeting, {entry}}}]\n"
    assert left_out("meetings-per-week", activity) == {"acme": why}


def test_a_win_of_existing_business_is_named(left_out):
    assert left_out("days-in-pipeline", "type: existing business\n" + WON) == {
        "acme": "existing business: only new business counts"
    }


@pytest.mark.parametrize(
    ("contract", "why"),
    [
        ("start: 2026-02-02, end: 2026-11-20", "ends today"),
        ("start: 2026-02-02, end: 2026-11-21", "ends in 1 day"),
        ("start: 2026-02-02, end: 2027-02-01", "ends in 73 days"),
        ("start: 2026-02-02, end: 2026-11-19", "overdue: ended 1 day ago, and the service goes on"),
        ("start: 2026-02-02", "open-ended"),
        ("start: 2026-12-01, end: 2027-11-30", "starts in 11 days"),
        ("start: 2026-02-02, end: 2026-10-01, service_ended: 2026-10-05", "the service ended on 2026-10-05"),
    ],
)
def test_a_contract_in_another_window_says_where_it_is(left_out, contract, why):
    assert left_out("renewal-later", f"{WON}contract: {{{contract}, mrr: 900 USD}}\n")["acme"] == why


def test_a_contract_whose_renewal_has_begun_says_so(repo, left_out):
    contract = "contract: {start: 2025-02-02, end: 2026-02-01, mrr: 900 USD}\n"
    repo.deal("renews: acme\n" + WON + CONTRACT, id="next")
    assert (
        left_out("mrr", WON.replace("2026", "2025") + contract)["acme"]
        == "a renewal took its place, ended 292 days ago"
    )


# one evidence everywhere


def test_what_is_nearly_counted_is_left_out_once(left_out, repo):
    snapshot = repo.book().on(TODAY)
    sqd = metrics_of(snapshot.process)["sqd"]
    assert [left.deal for left in sqd.left_out(snapshot, sqd.measure(snapshot))] == []
    repo.deal()
    snapshot = repo.book().on(TODAY)
    assert [left.why for left in sqd.left_out(snapshot, sqd.measure(snapshot))] == [
        "in Enrichment, which does not count as sales qualified"
    ]
