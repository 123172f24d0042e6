"""Messages: opened of those that arrived, by version, with the answers beside it; and leads that qualify, by campaign."""

from datetime import date

import pytest
from booking import book_of

from salesops.metrics import metrics_of, read_metric
from salesops.records.outreach import Outreach

OPENS, LQR = "email-open-rate", "lead-qualification-rate"
DEALS = """
    aspen: {stages: [outreach: 2026-01-05], activity: [
        {date: 2026-01-06, kind: email, template: intro@1, opened: true, replied: 2026-01-09},
        {date: 2026-01-12, kind: email, template: intro@1, bounced: true},
        {date: 2026-01-13, kind: email, template: intro@1},
        {date: 2026-01-14, kind: email}]}
    birch: {stages: [outreach: 2026-01-05], activity: [{date: 2026-01-06, kind: email, template: quiet@1}]}
    cedar: {type: existing business, stages: [renewals: 2026-01-05], activity: [{date: 2026-01-06, kind: email, template: intro@1, opened: true}]}
"""


@pytest.fixture
def with_results(book):
    """A book of deals, and the results of intro@1."""

    def make(results, deals=DEALS):
        known = book(deals)
        records = Outreach.model_validate({"message": "intro@1", "results": results})
        return book_of(versions=dict(known.versions), deals=dict(known.deals), outreach={"intro-1": records})

    return make


RESULTS = [
    {"date": "2026-02-02", "sent": "40", "bounced": "2", "opened": "18", "replied": "5"},
    {"date": "2026-03-02", "sent": "20", "opened": "6"},
]


def test_without_results_on_file_the_e_mails_of_deals_count(reading, why):
    found = reading(OPENS, "2026-06-01", DEALS)
    assert (found.hits, found.out_of) == (1, 2)
    assert found.included == ("aspen",)
    assert why(found) == {"birch": "nobody counted the opens of quiet@1"}


def test_each_message_has_its_row_with_the_answers_beside_it(reading):
    intro, quiet = reading(OPENS, "2026-06-01", DEALS).tables["by_message"]
    names = ("message", "known_from", "sent", "delivered", "opened", "open_rate", "replied", "reply_rate")
    assert [intro[name] for name in names] == ["intro@1", "e-mails of deals", 3, 2, 1, 0.5, 1, 0.5]
    assert [quiet[name] for name in names] == ["quiet@1", "e-mails of deals", 1, 1, None, None, 0, 0.0]


def test_results_on_file_count_and_the_e_mails_of_deals_are_not_counted_twice(with_results, reading, why):
    found = reading(OPENS, "2026-06-01", with_results(RESULTS))
    assert (found.hits, found.out_of) == (24, 58)
    assert found.included == ()
    assert why(found)["aspen"] == "intro@1 is counted by its results on file"


def test_of_the_results_on_file_those_up_to_the_day_and_in_the_window_count(with_results, reading):
    known = with_results(RESULTS)
    assert reading(OPENS, "2026-02-15", known).out_of == 38
    assert reading(OPENS, "2026-06-01", known, since="2026-02-15").out_of == 20


def test_until_the_first_result_is_on_file_the_e_mails_of_deals_are_all_that_is_known(with_results, reading):
    known = with_results([{"date": "2026-05-04", "sent": "40", "opened": "20"}])
    before, after = reading(OPENS, "2026-05-03", known), reading(OPENS, "2026-05-04", known)
    assert (before.out_of, after.out_of) == (2, 40)
    assert [row["known_from"] for row in before.tables["by_message"]] == ["e-mails of deals"] * 2


def test_narrowed_to_some_deals_only_their_own_e_mails_count(with_results):
    known = with_results(RESULTS)
    snapshot = known.on(date(2026, 6, 1), only=lambda deal: deal.owner == "jim")
    assert read_metric(snapshot, OPENS).out_of == 2


@pytest.mark.parametrize("entry", [{"sent": "4", "opened": "5"}, {"sent": "4", "replied": "1"}])
def test_a_message_whose_opens_are_not_counted_or_cannot_be_is_in_no_rate(with_results, reading, entry):
    found = reading(OPENS, "2026-06-01", with_results([{"date": "2026-02-02", **entry}], "{}"))
    assert (found.value, found.out_of) == (None, 0)
    assert found.tables["by_message"][0]["open_rate"] is None


def test_no_red_line_may_rest_on_opens(process):
    assert not metrics_of(process)[OPENS].bears_red_lines


LEADS = """
    aspen: {stages: [enrichment: 2026-01-05, outreach: 2026-01-12], source: {campaign: jupytercon}}
    birch: {stages: [enrichment: 2026-01-05, closed lost: 2026-02-02], source: {campaign: jupytercon}}
    cedar: {stages: [enrichment: 2026-01-05], source: {channel: referral}}
    maple: {stages: [enrichment: 2026-01-05, proposal: 2026-03-02]}
"""


def test_leads_qualify_when_they_reach_outreach_or_beyond_campaign_by_campaign(reading):
    found = reading(LQR, "2026-06-01", LEADS)
    assert (found.hits, found.out_of, found.open) == (2, 3, 1)
    jupytercon, rest = found.tables["by_campaign"]
    names = ("campaign", "converted", "failed", "open", "share")
    assert [jupytercon[name] for name in names] == ["jupytercon", 1, 1, 0, 0.5]
    assert [rest[name] for name in names] == ["no campaign", 1, 0, 1, 1.0]


def test_the_campaigns_add_up_to_the_rate(implemented, random_book):
    for seed in range(10):
        found = implemented[LQR].measure(random_book(seed, size=40).on(date(2026, 9, 1)))
        rows = found.tables["by_campaign"]
        assert sum(row["converted"] for row in rows) == found.hits
        assert sum(row["converted"] + row["failed"] for row in rows) == found.out_of


def test_it_is_the_conversion_out_of_the_starting_stage_by_whatever_name(reading, process):
    assert (
        reading(LQR, "2026-06-01", LEADS).as_data()["hits"]
        == reading("enrichment-to-outreach", "2026-06-01", LEADS).hits
    )


def test_a_process_without_qualified_stages_has_no_such_rate(reading, process):
    stages = {name: stage.model_copy(update={"sales_qualified": False}) for name, stage in process.stages.items()}
    plain = process.model_copy(update={"stages": stages})
    assert reading(LQR, "2026-06-01", LEADS, versions={"v3": plain}).value is None
