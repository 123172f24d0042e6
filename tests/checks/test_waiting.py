"""Nothing waits in silence: each rule at its edges, and a book in which everything waits at once."""

from __future__ import annotations

import re
from datetime import date

import pytest
from waiting import CODES, LOST, everything_waits

from salesops.checks import CHECKS
from salesops.checks.waiting import everything_waiting

WON = "deals/cascadia-2025.yaml"
TOLD = "reason: timing, learning: Asked too early, verdict: execution, playbook: none needed"


@pytest.fixture
def waits(repo):
    """What waits on a day, as ``record code since``."""

    def on(day="2026-11-20"):
        found = everything_waiting(repo.book().on(date.fromisoformat(day)))
        return [f"{it.record} {it.code} {it.since}" for it in found]

    return on


@pytest.fixture
def won(repo):
    """The won deal with some of its text replaced."""

    def written(*pairs, id="cascadia-2025"):
        text = (repo.root / WON).read_text(encoding="utf-8")
        for was, now in pairs:
            assert was in text
            text = text.replace(was, now)
        repo.write(f"deals/{id}.yaml", text)

    return written


def test_where_everything_waits_everything_is_shown_once(repo, waits):
    everything_waits(repo)
    assert sorted(line.split()[1] for line in waits()) == sorted(CODES)
    assert sorted(line.split()[1] for line in repo.said()) == sorted(CODES)


def test_where_nothing_waits_nothing_is_shown(repo, waits):
    repo.deal()
    assert waits() == []
    assert repo.said() == []


def test_each_thing_that_waits_is_a_finding_that_only_advises():
    assert {CHECKS[code].severity.value for code in CODES} == {"warning"}


def test_what_waits_is_told_in_words_and_never_by_the_name_of_a_field(repo):
    everything_waits(repo)
    told = [it.message for it in everything_waiting(repo.book().on(date(2026, 11, 20)))]
    assert [line for line in told if re.search(r"\b[a-z]+_[a-z]+|\b(?:loss|win|order|contract)\.[a-z]", line)] == []
    assert any("salesops expects it within 7 days, as the process names no number" in line for line in told)


def test_on_an_earlier_day_nothing_waits_that_came_later(repo, waits):
    everything_waits(repo)
    for day in ("2026-06-01", "2026-09-15", "2026-11-10", "2026-11-19"):
        assert all(line.split()[-1] <= day for line in waits(day))
    assert not [
        line for line in waits("2026-10-28") if "handoff" in line or ("invoice-owed" in line and "10-31" in line)
    ]


def test_what_has_waited_longest_comes_first(repo, waits):
    everything_waits(repo)
    days = [line.split()[-1] for line in waits()]
    assert days == sorted(days)


# Deals in play


def test_a_deal_has_no_next_step_since_the_last_thing_that_happened_in_it(repo, waits):
    repo.deal("next: null\nactivity: [{date: 2026-11-12, kind: call, outcome: spoke}]")
    assert waits() == ["acme next-step-missing 2026-11-12"]


def test_a_next_step_waits_for_whoever_takes_it(repo):
    repo.deal("next: {action: Call, due: 2026-11-18, owner: april}")
    (found,) = everything_waiting(repo.book().on(date(2026, 11, 20)))
    assert found.person == "april"


def test_a_deal_has_stalled_since_the_first_day_over_the_limit_parked_days_left_out(repo, waits):
    process = repo.root / "playbook/process/v3.yaml"
    text = process.read_text(encoding="utf-8").replace(
        "    title: Enrichment\n", "    title: Enrichment\n    stale_after: 30\n"
    )
    process.write_text(text, encoding="utf-8")
    repo.deal("stages: [enrichment: 2026-10-01]\nactivity: [{date: 2026-11-15, kind: call, outcome: spoke}]")
    assert waits() == ["acme deal-stalled 2026-11-01"]
    assert waits("2026-11-01") == ["acme deal-stalled 2026-11-01"]
    assert waits("2026-10-31") == []
    parked = "parked: [{since: 2026-10-11, until: 2026-10-21, why: Grant}]\n"
    repo.deal(parked + "stages: [enrichment: 2026-10-01]\nactivity: [{date: 2026-11-15, kind: call, outcome: spoke}]")
    assert waits() == ["acme deal-stalled 2026-11-11"]


@pytest.mark.parametrize(("day", "waiting"), [("2026-11-14", False), ("2026-11-15", True)])
def test_the_day_on_which_the_service_was_to_start_counts_itself(repo, waits, day, waiting):
    repo.deal("contract: {start: 2026-11-15}")
    assert bool(waits(day)) == waiting


def test_a_parked_deal_waits_after_90_days_and_again_90_days_after_somebody_looked(repo, waits):
    parked = "parked: [{since: 2026-06-01, why: Grant}]\nnext: null\nexpected_close: 2026-06-02\n"
    repo.deal(parked)
    assert waits("2026-08-29") == []
    assert waits("2026-08-30") == ["acme parked-long 2026-08-30"]
    repo.deal(parked + "activity: [{date: 2026-08-31, kind: note, note: Still nothing}]")
    assert waits() == []
    assert waits("2026-11-29") == ["acme parked-long 2026-11-29"]


def test_a_parked_deal_with_an_end_waits_for_nothing(repo, waits):
    repo.deal("parked: [{since: 2026-01-06, until: 2027-06-01, why: Grant}]\nnext: null")
    assert waits() == []


# Closed deals


@pytest.mark.parametrize(("day", "waiting"), [("2026-11-01", False), ("2026-11-02", True)])
def test_a_lost_deal_waits_from_the_day_to_try_again(repo, waits, day, waiting):
    repo.deal(f"{LOST}loss: {{{TOLD}, reengage: 2026-11-02}}")
    assert bool(waits(day)) == waiting


def test_a_lost_deal_does_not_wait_once_it_is_open_again_or_the_member_has_a_later_one(repo, waits):
    loss = f"loss: {{{TOLD}, reengage: 2026-11-02}}\n"
    repo.deal(LOST + loss)
    assert waits() == ["acme reengage-due 2026-11-02"]
    repo.deal("stages: [enrichment: 2026-11-05]", id="next")
    assert waits() == []
    (repo.root / "deals/next.yaml").unlink()
    stages = LOST.replace("02-02}]", "02-02}, {enrichment: 2026-11-04}]")
    repo.deal(stages + loss + "reopened: [{date: 2026-11-04, why: A new dean}]")
    assert waits() == []


def test_what_an_exit_asked_for_and_is_missing_is_one_error_and_still_waits(repo, waits):
    repo.deal(f"{LOST}loss: {{reason: timing, verdict: execution, reengage: never, playbook: none needed}}")
    assert waits() == ["acme learning-missing 2026-02-02"]
    assert repo.said() == ["deals/acme.yaml:1 need-not-met"]


@pytest.mark.parametrize(
    ("days", "waiting"), [("2025-03-16", []), ("2025-03-17", ["handoff-unowned"]), ("2025-04-23", ["handoff-unowned"])]
)
def test_a_hand_off_has_an_owner_within_a_week(won, waits, days, waiting):
    won(("delivery_owner: april, operational: 2025-04-07", ""))
    assert [line.split()[1] for line in waits(days)] == waiting


def test_hubs_are_in_use_within_45_days(won, waits):
    won((", operational: 2025-04-07", ""))
    assert waits("2025-04-23") == []
    assert waits("2025-04-24") == ["cascadia-2025 handoff-unused 2025-04-24"]


def test_the_process_may_give_other_days_for_the_hand_off(repo, won, waits):
    won((", operational: 2025-04-07", ""))
    process = repo.root / "playbook/process/v3.yaml"
    when = "      when: The hubs are up and people work on them\n"
    text = process.read_text(encoding="utf-8")
    process.write_text(text.replace(when, f"{when}      in_use_after: 60\n"), encoding="utf-8")
    assert waits("2025-05-08") == []
    assert waits("2025-05-09") == ["cascadia-2025 handoff-unused 2025-05-09"]


def test_a_process_that_does_not_ask_for_a_hand_off_gets_no_reminder(repo, won, waits):
    won(("delivery_owner: april, operational: 2025-04-07", ""))
    process = repo.root / "playbook/process/v3.yaml"
    lines = process.read_text(encoding="utf-8").splitlines(keepends=True)
    process.write_text("".join(line for line in lines if "{field: order." not in line), encoding="utf-8")
    assert waits() == []


def test_what_came_with_an_import_is_asked_for_no_hand_off_and_no_lesson(won, waits):
    order = 'order: {configurator: "https://hub.example/c", created: 2025-03-12, delivery_owner: april, operational: 2025-04-07}'
    won((order, "imported: {from: old.csv, date: 2025-06-01}"))
    assert waits() == []


@pytest.mark.parametrize(
    ("day", "waiting"), [("2026-11-30", False), ("2026-12-01", True), ("2026-12-31", True), ("2027-03-01", True)]
)
def test_a_contract_waits_for_its_renewal_from_30_days_before_its_end(waits, day, waiting):
    assert waits(day) == (["cascadia-2025 renewal-missing 2026-12-01"] if waiting else [])


def test_a_renewal_that_is_open_or_won_answers_and_one_that_is_lost_does_not(repo, waits):
    renewal = "type: existing business\nrenews: cascadia-2025\n"
    repo.deal(renewal + "stages: [renewals: 2026-10-01]", id="next")
    assert waits("2026-12-01") == []
    lost = f"stages: [renewals: 2026-10-01, closed lost: 2026-11-02]\nloss: {{{TOLD}, reengage: never}}\n"
    repo.deal(renewal + lost, id="next")
    assert waits("2026-12-01") == ["cascadia-2025 renewal-missing 2026-12-01"]


def test_a_service_that_has_ended_waits_for_nothing(won, waits):
    won(("end: 2026-12-31,", "end: 2026-12-31, service_ended: 2026-11-01,"), (", operational: 2025-04-07", ""))
    assert waits("2027-01-10") == []


# Invoices


def test_a_member_without_invoices_owes_none(waits):
    assert waits() == []


@pytest.mark.parametrize(("day", "waiting"), [("2026-10-30", False), ("2026-10-31", True)])
def test_a_month_waits_for_its_invoice_from_the_31st_day_after_its_end(repo, waits, day, waiting):
    repo.member(
        "invoices: [{month: 2026-08, prepared: 2026-09-01, sent: 2026-09-01, certified: 2026-09-02, invoiced: 2026-09-03}]"
    )
    assert waits(day) == (["cascadia-university invoice-owed 2026-10-31"] if waiting else [])


def test_a_contract_that_is_open_owes_an_invoice_for_every_month_until_its_service_ends(repo, waits):
    path = repo.root / "deals/cascadia-2025.yaml"
    row = "prepared: 2026-09-01, sent: 2026-09-01, certified: 2026-09-02, invoiced: 2026-09-03"
    repo.member(f"invoices: [{{month: 2026-08, {row}}}]")
    path.write_text(path.read_text().replace("end: 2026-12-31,", "end: open,"))
    assert waits("2026-10-31") == ["cascadia-university invoice-owed 2026-10-31"]
    path.write_text(path.read_text().replace("end: open,", "end: open, service_ended: 2026-08-20,"))
    assert not [line for line in waits("2026-10-31") if "invoice-owed" in line]


def test_a_contract_that_is_older_than_the_first_invoice_here_is_asked_from_the_members_first_one(repo, waits):
    repo.write(
        "members/other.yaml",
        "name: Other\nkind: university\ncountry: US\ninvoices: [{month: 2025-12, prepared: 2026-01-02, sent: 2026-01-02, certified: 2026-01-02, invoiced: 2026-01-02, paid: 2026-02-02}]\n",
    )
    repo.member("invoices: [{month: 2026-10, prepared: 2026-11-02}]")
    assert waits() == []


def test_an_invoice_goes_on_within_30_days_of_its_last_step_until_it_is_out(repo, waits):
    row = "invoices: [{month: 2026-10, prepared: 2026-10-20, sent: 2026-10-20"
    repo.member(row + "}]")
    assert waits("2026-11-19") == []
    assert waits("2026-11-20") == ["cascadia-university invoice-held-up 2026-11-20"]
    repo.member(row + ", certified: 2026-10-20, invoiced: 2026-10-20}]")
    assert waits() == []


# The playbook


def test_a_decision_waits_after_its_day_until_a_newer_one_answers_the_same(repo, waits):
    text = "date: {}\nverdict: hold\nwhy: Early.\nanswers: outreach-broken\n"
    repo.write("playbook/decisions/a.yaml", text.format("2026-04-06") + "until: 2026-06-01\n")
    assert waits("2026-06-01") == []
    assert waits("2026-06-02") == ["a decision-due 2026-06-01"]
    repo.write("playbook/decisions/b.yaml", text.format("2026-06-08"))
    assert waits("2026-06-07") == ["a decision-due 2026-06-01"]
    assert waits() == []


def test_a_later_review_that_lists_an_action_again_takes_it_over(repo, waits):
    review = "experiments: [subject-lines]\nactions: [{{action: {}, owner: jim, due: {}}}]\n"
    repo.write("playbook/reviews/2026-11-02.yaml", review.format("Call the dean", "2026-11-06"))
    assert waits() == ["2026-11-02 action-overdue 2026-11-06"]
    repo.write("playbook/reviews/2026-11-09.yaml", review.format("call the  Dean.", "2026-11-13"))
    assert waits() == ["2026-11-09 action-overdue 2026-11-13"]
    assert waits("2026-11-08") == ["2026-11-02 action-overdue 2026-11-06"]


def test_an_experiment_with_a_result_waits_for_nothing(repo, waits):
    path = "playbook/experiments/subject-lines.yaml"
    over = (repo.root / path).read_text() + "cohort: {stage: outreach, since: 2026-01-15, until: 2026-03-15}\n"
    repo.write(path, over)
    assert waits("2026-03-15") == []
    assert waits("2026-03-16") == ["subject-lines experiment-over 2026-03-15"]
    repo.write(path, over + "result: 4 of 9\n")
    assert waits() == []


def test_a_target_is_missed_by_what_was_so_on_its_day(repo, waits):
    repo.write("playbook/targets.yaml", "targets: [{id: one, metric: sqd, at_least: 1, by: 2026-10-31}]\n")
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-11-05]")
    assert waits("2026-10-31") == []
    assert waits("2026-11-01") == ["targets target-missed 2026-10-31"]
    assert waits() == ["targets target-missed 2026-10-31"], "reaching it later does not undo it"


def test_a_target_that_was_reached_by_its_day_waits_for_nothing(repo, waits):
    repo.write("playbook/targets.yaml", "targets: [{id: one, metric: sqd, at_least: 1, by: 2026-10-31}]\n")
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-10-05]")
    assert waits() == []


# Broken files


def test_what_could_not_be_read_does_not_wait(repo, waits):
    repo.deal("next: [")
    repo.deal("next: {action: Call, due: soon}", id="lost")
    assert waits() == []


def test_without_a_process_nothing_can_be_said(repo, waits):
    (repo.root / "playbook/process/v3.yaml").unlink()
    repo.deal("next: null")
    assert waits() == []
