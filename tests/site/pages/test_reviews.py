"""The pages of the weekly review: this week's agenda, the last month, and what was written down of each meeting."""

import pytest

from salesops.reports.sections import Head, SheetSection, cells
from salesops.site.pages.reviews import columns_of

HELD = """
    owner: jim
    attended: [jim]
    attendance: [{person: jim, role: required, why: Leads}, {person: april, role: optional}]
    notes: The dean <b>first</b>
    experiments: [subject-lines]
    actions:
      - {deal: acme, action: Call the dean, owner: jim, due: 2026-11-13}
      - {action: Order cake, owner: april, done: true}
      - {action: Ask again, owner: april}
"""


@pytest.fixture
def held(repo):
    repo.deal()
    repo.write("playbook/reviews/2026-11-09.yaml", HELD)
    repo.write(
        "playbook/reviews/2026-11-16.yaml",
        "attended: [jim]\nexperiments: [subject-lines]\nactions: [{action: ask again., owner: april}]\n",
    )
    return repo


def rows(page, caption):
    table = next(each for each in page.every("table") if [it.text for it in each.every("caption")] == [caption])
    return [[cell.text for cell in row.children_of("th", "td")] for row in next(table.every("tbody")).every("tr")]


def test_the_agenda_leads_to_the_deals_the_metrics_and_the_reviews_that_were_held(held, page_of):
    links = {link["href"] for link in page_of("review").every("a")}
    assert {"./deals/acme.html", "./metrics/sqd.html", "./reviews/2026-11-09.html"} <= links


def test_a_review_that_was_held_says_who_came_and_who_was_asked(held, page_of):
    page = page_of("reviews/2026-11-09")
    assert rows(page, "Who was there") == [["Jim", "required", "Leads", "yes"], ["April", "optional", "–", "no"]]
    assert "The dean <b>first</b>" in page.text


def test_it_says_what_became_of_each_action(held, page_of):
    said = rows(page_of("reviews/2026-11-09"), "What was agreed")
    assert [(row[0], row[-1]) for row in said] == [
        ("Call the dean", "open"),
        ("Order cake", "done"),
        ("Ask again", "in a later review"),
    ]


def test_where_nobody_knows_what_was_known_the_command_is_named(held, page_of):
    assert "salesops review --known 2026-11-09" in page_of("reviews/2026-11-09").text


def test_the_month_says_how_little_so_few_deals_can_tell(held, page_of):
    assert "1 closed deal so far: too few to look for patterns." in page_of("review-of-the-month").text


def test_days_are_said_as_people_say_them_and_what_somebody_wrote_stays(repo, page_of):
    repo.deal("next: {action: Send what 2026-11-02 was about, due: 2026-10-31}\nexpected_close: 2026-10-30")
    page = page_of("review")
    assert page.one("h1").text == "Weekly review of Friday 20 Nov"
    [row] = rows(page, "Late and stalled")
    assert row[-1] == "the next step was due on 31 Oct; the deal was expected to close on 30 Oct"
    repo.write("playbook/targets.yaml", "targets: [{id: enough, metric: sqd, at_least: 5, by: 2026-12-31}]\n")
    [row] = rows(page_of("review"), "Targets")
    assert row[4] == "Thu 31 Dec"


def test_a_renewal_that_is_due_says_its_days_as_people_do_and_the_step_as_it_was_written(repo, page_of):
    repo.deal(
        """
        type: existing business
        renews: cascadia-2025
        stages: [renewals: 2026-10-05]
        next: {action: Send what 2026-11-24 was about, due: 2026-11-24}
        """
    )
    [row] = rows(page_of("review"), "Renewals due")
    assert row[-1] == "in Renewals since Mon 5 Oct; next: Send what 2026-11-24 was about, by Tue 24 Nov"
    repo.deal(
        "type: existing business\nrenews: cascadia-2025\nstages: [renewals: 2026-10-05]\n"
        "parked: [{since: 2026-11-11, until: 2027-01-04, why: Grant}]\n"
    )
    [row] = rows(page_of("review"), "Renewals due")
    assert row[-1].startswith("parked until Mon 4 Jan 2027")


def test_a_column_in_which_nothing_stands_is_left_out():
    heads = (Head("Number"), Head("Last review", right=True), Head("Now", right=True))
    first = SheetSection("numbers", "Numbers", heads=heads, rows=(cells("SQD", None, "8"), cells("MRR", None, "5")))
    later = SheetSection("numbers", "Numbers", heads=heads, rows=(cells("SQD", None, "8"), cells("MRR", "4", "5")))
    assert [column.heading for column in columns_of(first)] == ["Number", "Now"]
    assert [column.heading for column in columns_of(later)] == ["Number", "Last review", "Now"]


def test_how_short_a_target_is_and_the_name_of_a_table_are_said_as_the_rest_of_the_page(repo, page_of):
    repo.deal("value: {one_off: 1000.49 USD}")
    repo.deal("stages: [enrichment: 2026-10-05, closed lost: 2026-11-18]\nloss: {reason: price}", id="gone")
    goal = "{id: much, metric: pipeline-value, at_least: 5000 USD, by: 2026-12-31}"
    repo.write("playbook/targets.yaml", f"targets: [{goal}]\n")
    page = page_of("review")
    assert "4,000 USD short" in page.text
    captions = [caption.text for caption in page.every("caption")]
    assert "Closed since Friday 13 Nov" in captions
    assert not [caption for caption in captions if "2026-" in caption]


def test_amounts_are_whole_on_the_page(repo, page_of):
    repo.deal("value: {mrr: 1250.55 USD, months: 12}\nstages: [enrichment: 2026-01-05, outreach: 2026-02-01]")
    [value] = [row for row in rows(page_of("review"), "Pipeline") if row[0] == "Pipeline value"]
    assert value[2] == "15,007 USD"
