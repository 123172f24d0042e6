"""What is missing in the records, and how the process is kept."""

from datetime import date

import pytest

from salesops.metrics import measure, metrics_of
from salesops.metrics.debt import data_debt
from salesops.metrics.health import vitals

ON = date(2026, 6, 1)


@pytest.fixture
def debts(book):
    def owed(deals, **more):
        snapshot = book(deals, **more).on(ON)
        return data_debt(snapshot, measure(snapshot, metrics_of(snapshot.process).values()))

    return owed


def test_an_amount_that_is_missing_names_the_owner_the_days_and_the_numbers_that_lack_it(debts):
    (debt,) = debts("aspen: {stages: [outreach: 2026-05-01]}")
    assert (debt.deal, debt.what, debt.owner, debt.days(ON)) == ("aspen", "it has no amount", "jim", 31)
    assert "pipeline-value" in debt.numbers


def test_what_leaves_the_most_numbers_out_comes_first_and_each_number_once(debts):
    found = debts("""
        aspen: {stages: [outreach: 2026-05-01]}
        bad:   {stages: [outreach: 2026-05-01, enrichment: 2026-04-01]}
    """)
    assert found[0].deal == "bad"
    assert len(found[0].numbers) == len(set(found[0].numbers)) > 20
    assert found[0].days(ON) is None


def test_lessons_that_are_missing_are_debt(debts):
    lost = "aspen: {stages: [enrichment: 2026-01-05, closed lost: 2026-02-02], loss: {reason: price, learning: Ask, verdict: icp, reengage: never}}"
    (debt,) = debts(lost)
    assert debt.what == "what was learned is not complete: what changed in the playbook"
    assert debt.numbers == ("learning-coverage",)


def test_what_is_parked_or_still_open_is_no_debt(debts):
    assert (
        debts(
            "aspen: {stages: [outreach: 2026-05-01], value: {mrr: 100 USD}, parked: [{since: 2026-05-02, why: Grant}]}"
        )
        == []
    )


def figures(book, deals):
    return {
        vital.title: (vital.value, vital.beside or "; ".join(": ".join(part[1:]) for part in vital.behind))
        for vital in vitals(book(deals).on(ON))
    }


def test_the_answers_of_open_qualified_deals_are_counted_and_unknown_is_none(book):
    answers = "maniac_t: {need: {status: met, date: 2026-05-01}, money: {status: unknown, date: 2026-05-01}}"
    found = figures(book, f"aspen: {{stages: [outreach: 2026-05-01], {answers}}}")
    assert found["Qualification of open deals"] == ("1 of 7 answers", "aspen: lacks 6")


def test_of_nothing_there_is_no_data(book):
    found = figures(book, {})
    assert found["Qualification of open deals"] == ("no data", "")
    assert found["Invoice lag"] == ("no data", "")
    assert found["Experiments running"] == ("0", "one or two at a time")


def test_an_override_counts_in_the_month_of_its_day(book):
    waived = "waived: [{need: maniac_t.money, stage: outreach, by: jim, date: 2026-04-30, why: Verbal yes}]"
    found = figures(book, f"aspen: {{stages: [outreach: 2026-05-01], {waived}}}")
    assert found["Overrides"] == ("1", "2026-04: 1")


def test_an_invoice_lags_behind_the_end_of_its_month(repo):
    repo.member("invoices: [{month: 2026-02, prepared: 2026-03-04}, {month: 2026-03, prepared: 2026-04-06}]\n")
    found = {vital.title: vital.value for vital in vitals(repo.book().on(ON))}
    assert found["Invoice lag"] == "5 days"
