"""The pages that a team opens every day: today, board, pipeline, closed deals, renewals, members, prices, messages."""

import re
from datetime import date

import pytest
from waiting import CODES, everything_waits

from salesops.checks.waiting import everything_waiting
from salesops.site.pages.words import told

TARGETS = """
    targets:
      - {id: live, metric: sqd, at_least: "1", by: 2026-12-31, why: Enough talks}
      - {id: later, metric: ideas, at_least: 30%, by: 2026-12-31}
      - {id: over, metric: sqd, at_least: "99", by: 2026-11-19}
"""


def words(element):
    return [item.text for item in element.every("li")]


def tasks(page):
    """The list of things to do: its headings, each with its lines."""
    section = page.one("section", class_="so-todo")
    heads = [head.text for head in section.every("h3")]
    return dict(zip(heads, [words(group) for group in section.every("ul", class_="so-tasks")], strict=True))


def lists(page):
    """The bodies of the tables of a page, without those that repeat a chart."""
    drawn = [body for figure in page.every("figure") for body in figure.every("tbody")]
    return [body for body in page.every("tbody") if body not in drawn]


def foots(page):
    """The last lines of the tables of a page."""
    return [foot.text for foot in page.every("tfoot")]


def tiles(page):
    """The tiles by their titles."""
    return {tile.one("span", class_="so-tile-title").text: tile for tile in page.every("a", class_="so-tile")}


def test_today_begins_with_a_tile_for_each_target_and_says_how_far_it_is(repo, page_of, planned):
    repo.write("playbook/targets.yaml", TARGETS)
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-19]")
    page = page_of("")
    assert [tile.text for tile in page.one("section", class_="so-tiles").every("a", class_="so-tile")] == [
        "Sales Qualified Deals 1 of 1 reached",
        "Ideas not yet of 30 % unknown",
        "Sales Qualified Deals 1 of 99 missed by 98 on 19 Nov",
    ]


def test_of_many_targets_four_are_seen_and_the_others_when_somebody_asks(repo, page_of):
    goals = "".join(f"  - {{id: t{at}, metric: sqd, at_least: {at}, by: 2026-12-31}}\n" for at in range(1, 7))
    repo.write("playbook/targets.yaml", f"targets:\n{goals}")
    more = page_of("").one("details", class_="so-more-tiles")
    assert more.one("summary").text == "2 more"
    assert len(list(more.every("a", class_="so-tile"))) == 2
    assert len(list(page_of("").every("a", class_="so-tile"))) == 6


def test_a_target_whose_metric_is_not_built_yet_leads_to_its_line_in_the_glossary(repo, page_of, planned):
    repo.write("playbook/targets.yaml", TARGETS)
    found = tiles(page_of(""))
    assert found["Sales Qualified Deals"]["href"] == "./metrics/sqd.html"
    assert found["Ideas"]["href"] == "./metrics.html#ideas"


def test_without_targets_today_does_not_ask(page_of):
    assert not list(page_of("").every("section", class_="so-tiles"))
    assert not tiles(page_of(""))


def test_today_names_what_waits_a_line_for_each_record_the_oldest_first(repo, page_of):
    young = "stages: [enrichment: 2026-11-10]\n"
    repo.deal(f"{young}next: {{action: Call, due: 2026-11-01}}\nexpected_close: 2026-11-01", id="both")
    repo.deal("stages: [enrichment: 2026-11-01]\nnext: {action: Send the <slides>, due: 2026-11-02}", id="one")
    repo.deal(f"{young}next: {{action: Call, due: 2099-01-01}}", id="none")
    repo.deal(f"{young}parked: [{{since: 2026-11-11, until: 2026-12-04, why: Grant}}]", id="back")
    repo.deal(f"{young}parked: [{{since: 2026-11-11, until: 2026-12-05, why: Grant}}]", id="not-yet")
    page = page_of("")
    found = tasks(page)
    assert found == {
        "Late · 2": [
            "Sun 1 Nov 19 days late Call (it was to close on 1 Nov: ask again) Cascadia University Enrichment JimJ",
            "Mon 2 Nov 18 days late Send the <slides> Cascadia University Enrichment JimJ",
        ],
        "Mon 23 – Fri 27 November · 1": [
            "no day yet Begin the renewal (ends in 41 days) Cascadia University Closed Won JimJ"
        ],
        "Later · 1": ["Fri 4 Dec Back from parking: Grant Cascadia University Enrichment JimJ"],
    }
    links = [link["href"] for item in page.every("ul", class_="so-tasks") for link in item.every("a")]
    assert links == ["./deals/both.html", "./deals/one.html", "./deals/cascadia-2025.html", "./deals/back.html"]


def test_today_says_how_much_each_person_has_to_do_and_leads_to_their_page(repo, page_of):
    repo.deal("owner: april\nstages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2026-11-24}", id="aprils")
    repo.deal("owner: gone\nstages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2026-11-24}", id="nobodys")
    people = page_of("").one("nav", aria_label="People")
    assert people.text == "Everyone 3 April 1 gone 1 Jim 1"
    assert [link["href"] for link in people.every("a")] == [
        "./today/to-do.html",
        "./people/april.html",
        "./people/jim.html",
    ]


def test_today_shows_forty_things_and_where_the_rest_is(repo, page_of):
    for at in range(43):
        repo.deal("stages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2026-11-02}", id=f"deal-{at:02}")
    page = page_of("")
    assert [(head, len(lines)) for head, lines in tasks(page).items()] == [("Late · 43", 40)]
    leading = [link.text for link in page.one("section", class_="so-todo").every("a", href="./today/to-do.html")]
    assert leading == ["Everyone 44", "4 more"]


def test_a_contract_that_ended_is_to_be_renewed_and_a_decision_until_somebody_signs(repo, page_of):
    def decide(day):
        return words(page_of("", date.fromisoformat(day)).one("div", class_="so-beside").children_of("section")[0])

    assert tasks(page_of("", date(2027, 1, 1))) == {
        "Late · 1": [
            "Tue 1 Dec 2026 31 days late The contract ended on 31 Dec 2026, and nothing renews it Cascadia University Closed Won JimJ"
        ]
    }
    assert decide("2026-12-31") == []
    (item,) = decide("2027-01-01")
    assert item.startswith("Cascadia University term over for 1 day, not renewed 1,000 USD a month at risk")
    repo.deal("type: existing business\nrenews: cascadia-2025\nstages: [renewals: 2026-10-01]", id="next")
    assert tasks(page_of("", date(2027, 1, 1))) == {}, "the talk has begun"
    (item,) = decide("2027-01-02")
    assert item.startswith("Cascadia University term over for 2 days, not renewed")
    link = page_of("", date(2027, 1, 2)).one("ul", class_="so-decide").one("a")
    assert link["href"] == "./deals/next.html", "to the deal in which they talk"


def test_a_renewal_that_is_missing_stands_once(repo, page_of):
    won = (repo.root / "deals/cascadia-2025.yaml").read_text(encoding="utf-8")
    repo.write("deals/cascadia-2025.yaml", won.replace("end: 2026-12-31", "end: 2026-12-10"))
    assert tasks(page_of("")) == {
        "Late · 1": [
            "Tue 10 Nov 10 days late The contract ends in 20 days, on 10 Dec, and nothing renews it Cascadia University Closed Won JimJ"
        ]
    }


CROSSED = "red_lines: [{id: busy, metric: open-deals, above: 0, means: More than we can <look> after}]"


def test_a_red_line_that_nobody_answered_is_the_first_thing_on_today(repo, page_of):
    repo.process(CROSSED)
    repo.deal()
    [band] = page_of("").every("div", class_="so-band")
    assert band.text.startswith("More than we can <look> after Open deals is 1: above 0, crossed since ")
    assert "Nobody has decided what follows." in band.text
    repo.write("playbook/decisions/d.yaml", "date: 2026-11-20\nanswers: busy\nverdict: hold\nwhy: Two more weeks\n")
    assert not list(page_of("").every("div", class_="so-band"))


def test_the_process_says_where_each_red_line_is_and_what_was_decided(repo, page_of):
    repo.process(CROSSED)
    repo.deal()
    assert "nobody decided yet salesops new decision busy" in page_of("process").text
    repo.write("playbook/decisions/d.yaml", "date: 2026-11-20\nanswers: busy\nverdict: hold\nwhy: Two more weeks\n")
    text = page_of("process").text
    assert "crossed and confirmed" in text
    assert "hold, Fri 20 Nov Two more weeks" in text
    assert "D hold Open deals above 0 Fri 20 Nov 1 1" in text
    assert "D Fri 20 Nov Open deals above 0 hold Two more weeks" in page_of("decisions").text


def test_a_tier_that_was_deferred_says_so_no_longer_than_it_is(repo, page_of):
    assert "deferred until Wed 1 Jul: only parked" in page_of("process", date(2026, 6, 30)).text
    assert "was deferred until Wed 1 Jul" in page_of("process").text
    assert "only parked" not in page_of("process").text


def test_today_has_nothing_to_say_on_a_quiet_day(page_of):
    text = page_of("", date(2026, 5, 1)).text
    assert "Nothing is to be done in the next 30 days." in text
    assert "Nothing waits for the team's word." in text
    assert "No deal moved." in text
    assert "Pipeline" not in text


def test_before_the_first_deal_today_leads_to_the_form_that_begins_it(repo, page_of):
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    page = page_of("")
    assert "No deal yet. Write the first one." in page.text
    assert page.one("section", class_="so-todo").one("a")["href"] == "./new.html"


@pytest.mark.parametrize(
    ("moved", "shown"), [("2026-11-15", False), ("2026-11-16", True), ("2026-11-20", True), ("2026-11-21", False)]
)
def test_this_week_tells_the_moves_since_monday_and_counts_the_day_itself(repo, page_of, moved, shown):
    repo.deal(f"stages: [enrichment: 2026-01-05, outreach: {moved}]")
    page = page_of("")
    assert ("Cascadia University Enrichment → Outreach" in page.text) == shown
    assert page.one("h2", id="this-week").text == "This week since Mon 16 Nov"


def test_on_a_monday_it_is_the_week_before_that_is_told(page_of):
    assert page_of("", date(2026, 11, 23)).one("h2", id="this-week").text == "This week since Mon 16 Nov"
    assert page_of("", date(2026, 11, 24)).one("h2", id="this-week").text == "This week since Mon 23 Nov"


def test_the_week_tells_wins_and_losses_first_with_what_was_learned_and_how_the_pipeline_came_about(repo, page_of):
    repo.deal("stages: [enrichment: 2026-11-17]\nvalue: {one_off: 500 USD}", id="fresh")
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-11-16]\nvalue: {one_off: 700 USD}", id="moved")
    repo.deal(
        "stages: [enrichment: 2026-01-05, closed lost: 2026-11-18]\nvalue: {one_off: 300 USD}\n"
        "loss: {reason: price, learning: Ask <who> pays}",
        id="lost",
    )
    repo.deal(
        "stages: [enrichment: 2026-01-05, closed lost: 2026-02-02, outreach: 2026-11-19]\nvalue: {one_off: 50 USD}",
        id="again",
    )
    *_, week = page_of("").one("div", class_="so-beside").children_of("section")
    assert words(week) == [
        "Lost Cascadia University: price Ask <who> pays",
        "Cascadia University opened again, now in Outreach",
        "Cascadia University Enrichment → Outreach",
        "New Cascadia University, General Membership, 500 USD",
    ]
    assert week.one("p", class_="so-bridge").text == (
        "Pipeline 1,000 USD → 1,250 USD: +500 USD new, +50 USD opened again, \N{MINUS SIGN}300 USD lost"
    )


def test_a_sum_of_several_currencies_is_told_in_the_teams_where_all_of_it_has_a_rate(repo, page_of):
    repo.deal("stages: [enrichment: 2026-11-17]\nvalue: {one_off: 500 USD}", id="ours")
    repo.deal("stages: [enrichment: 2026-01-05]\nvalue: {one_off: 1000 EUR}", id="theirs")
    assert "Pipeline 1,000 EUR → 1,000 EUR + 500 USD: +500 USD new" in page_of("").text
    assert "Together 1" not in page_of("metrics/pipeline-value").text
    repo.write("playbook/rates.yaml", "rates: [{date: 2026-10-01, from: EUR, to: USD, rate: 1.1}]\n")
    assert "Pipeline 1,100 USD → 1,600 USD: +500 USD new" in page_of("").text
    value = page_of("metrics/pipeline-value").text
    assert "1,000 EUR + 500 USD Together 1,600 USD: 1,000 EUR at 1.1 (1 Oct)." in value
    assert next(page_of("board").every("div", class_="so-column-head")).text == "Enrichment 2 1,600 USD 1,000 EUR at 1.1 (1 Oct)"  # fmt: skip
    assert page_of("pipeline").one("tfoot").text == "2 deals, 1,600 USD, of it 1,000 EUR at 1.1 (1 Oct)"
    assert "Pipeline value 1,600 USD 1,000 EUR at 1.1 (1 Oct)" in page_of("metrics").text


def test_the_sum_of_what_was_closed_is_not_told_at_the_rate_of_a_later_day(repo, page_of):
    for id, worth in (("ours", "500 USD"), ("theirs", "1000 EUR")):
        repo.deal(f"stages: [enrichment: 2026-01-05, closed lost: 2026-02-01]\nvalue: {{one_off: {worth}}}", id=id)
    repo.write("playbook/rates.yaml", "rates: [{date: 2026-10-01, from: EUR, to: USD, rate: 1.1}]\n")
    assert foots(page_of("closed"))[-1] == "2 deals, 1,000 EUR + 500 USD"


def test_what_is_overdue_is_said_beside_the_recurring_revenue_as_not_in_it(repo, page_of):
    text = (repo.root / "deals/cascadia-2025.yaml").read_text(encoding="utf-8")
    (repo.root / "deals/over.yaml").write_text(text.replace("end: 2026-12-31", "end: 2026-10-31"), encoding="utf-8")
    tile = tiles(page_of("renewals"))["MRR"].text
    assert tile == "MRR 1,000 USD overdue 1,000 USD not in it"


def test_of_two_currencies_what_is_worth_more_at_the_rate_is_worth_more_in_the_order(repo, page_of):
    for id, worth in (("more", "1000 EUR"), ("less", "1050 USD"), ("unknown", "1200 CAD")):
        repo.deal(f"value: {{one_off: {worth}}}", id=id)
    repo.write("playbook/rates.yaml", "rates: [{date: 2026-10-01, from: EUR, to: USD, rate: 1.1}]\n")
    rows = page_of("pipeline").one("tbody").children_of("tr")
    order = {row["data-worth"]: float(next(row.every("td", class_="so-right"))["data-order"]) for row in rows}
    assert order == {"1000:EUR": 1100, "1050:USD": 1050, "1200:CAD": 1200}


def test_nobody_expects_to_the_cent(repo, page_of):
    repo.deal(
        "expected_close: 2026-12-18\nvalue: {one_off: 1000.49 USD}\nprobability: {value: 33%, date: 2026-11-20, why: So}"
    )
    for table in page_of("forecast").every("table"):
        assert not re.search(r"\d\.\d\d(?!\d)", table.text), table.text


def test_a_card_says_the_member_the_worth_the_stay_and_the_next_step_red_where_it_is_late(repo, page_of):
    repo.deal("title: The <lab>\nstages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2026-11-01}", id="late")
    repo.deal("stages: [enrichment: 2026-11-10]\nnext: {action: Write, due: 2026-11-24}", id="fine")
    late, fine = page_of("board").every("li", class_="so-card")
    assert late.text == "Cascadia University The <lab> 15,000 USD JimJ 10 days MANIACT Sun 1 Nov late · Call"
    assert fine.text == "Cascadia University 15,000 USD JimJ 10 days MANIACT Tue 24 Nov · Write"
    assert late.has("class", "so-card-red")
    assert not fine.has("class", "so-card-red")
    assert [list(card.every("span", class_="so-red")) != [] for card in (late, fine)] == [True, False]
    assert late.one("span", class_="so-letters")["aria-label"] == "MANIAC-T: 2 met"
    assert [link["href"] for link in late.every("a")] == ["./deals/late.html"], "the card is one link"


def test_a_column_stands_in_the_order_of_work_what_stalled_and_what_is_late_before_the_next_days(repo, page_of):
    text = (repo.root / "playbook/process/v3.yaml").read_text(encoding="utf-8")
    repo.write(
        "playbook/process/v3.yaml",
        text.replace("    title: Enrichment\n", "    title: Enrichment\n    stale_after: 300\n", 1),
    )
    repo.deal("stages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2026-12-02}", id="a-week-on")
    repo.deal("stages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2026-11-24}", id="b-tuesday")
    repo.deal("stages: [enrichment: 2026-11-10]\nnext: null", id="c-no-step")
    repo.deal("stages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2026-11-18}", id="d-late")
    repo.deal("stages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2026-11-02}", id="e-later")
    repo.deal("stages: [enrichment: 2026-01-05]\nnext: {action: Call, due: 2026-12-24}", id="f-stalled")
    page = page_of("board")
    column = next(page.every("section", class_="so-column"))
    found = [link["href"][8:-5] for link in column.every("a", class_="so-card-link")]
    assert found == ["f-stalled", "e-later", "d-late", "c-no-step", "b-tuesday", "a-week-on"]
    assert column.one("div", class_="so-column-head").text == "Enrichment 6 90,000 USD 1 stalled"
    assert next(column.every("a"))["href"] == "./stages/enrichment.html"


def test_what_is_red_on_a_card_and_in_the_table_is_why_the_deal_has_stalled(repo, page_of):
    text = (repo.root / "playbook/process/v3.yaml").read_text(encoding="utf-8")
    limits = "    title: Enrichment\n    stale_after: 30\n    idle_after: 14\n"
    repo.write("playbook/process/v3.yaml", text.replace("    title: Enrichment\n", limits, 1))
    spoken = "next: {action: Call, due: 2026-12-02}\nactivity: [{date: 2026-11-01, kind: meeting, status: held}]"
    repo.deal(f"stages: [enrichment: 2026-11-01]\n{spoken}", id="a-silent")
    repo.deal(f"stages: [enrichment: 2026-10-01]\n{spoken}", id="b-both")
    silent, both = page_of("board").every("li", class_="so-card")
    assert [why.text for why in silent.every("span", class_="so-red")] == ["no contact for 19 days"]
    assert [why.text for why in both.every("span", class_="so-red")] == ["50 of 30 days", "no contact for 19 days"]
    rows = page_of("pipeline").one("tbody").children_of("tr")
    red = [[why.text for name in ("span", "small") for why in row.every(name, class_="so-red")] for row in rows]
    assert red == [["19 days ago"], ["19 days ago", "50 of 30 days"]]


def test_parked_deals_have_a_narrow_column_with_the_day_on_which_they_come_back(repo, page_of):
    repo.deal("stages: [enrichment: 2026-11-10]\nparked: [{since: 2026-11-11, why: Grant}]", id="later")
    repo.deal(
        "stages: [enrichment: 2026-11-10]\nparked: [{since: 2026-11-11, until: 2027-02-15, why: Grant}]", id="back"
    )
    page = page_of("board")
    parked = page.one("section", class_="so-column-parked")
    assert words(parked) == [
        "Cascadia University Enrichment back Mon 15 Feb 2027",
        "Cascadia University Enrichment no day given",
    ]
    titles = [section.one("h2").text for section in page.every("section", class_="so-column")]
    assert titles == [
        stage.title for stage in repo.book().on(date(2026, 11, 20)).process.stages.values() if stage.is_open
    ] + ["Parked"]


def test_below_the_board_stand_the_deals_that_were_closed_in_the_last_thirty_days(repo, page_of):
    lost = "loss: {reason: price, learning: Ask who pays}"
    repo.deal(f"stages: [enrichment: 2026-01-05, closed lost: 2026-10-22]\n{lost}", id="lately")
    repo.deal(f"stages: [enrichment: 2026-01-05, closed lost: 2026-10-21]\n{lost}", id="long-ago")
    page = page_of("board")
    assert [head.text for head in page.every("h2")][-1] == "Lost in the last 30 days"
    assert words(page) == ["Thu 22 Oct Cascadia University · 15,000 USD Ask who pays"]


def test_a_column_shows_its_first_forty_deals_and_leads_to_the_others_of_the_stage(repo, page_of):
    for at in range(42):
        repo.deal(id=f"deal-{at:02}")
    column = next(page_of("board").every("section"))
    assert len(list(column.every("li"))) == 40
    leading = [link.text for link in column.every("a", href="./pipeline.html?stage=enrichment")]
    assert leading == ["42", "630,000 USD", "2 more"]


def test_money_in_the_pipeline_sorts_by_all_that_a_deal_brings(repo, page_of):
    repo.deal("value: {mrr: 100 USD, months: 12, one_off: 2000 USD}", id="more")
    repo.deal("value: {mrr: 150 USD}", id="less")
    cells = {
        link["href"].split("/")[-1].removesuffix(".html"): row
        for row in page_of("pipeline").every("tr")
        for link in row.every("a")
        if "deals" in link["href"]
    }
    orders = {id: float(row.one("td", class_="so-right", data_order=True)["data-order"]) for id, row in cells.items()}
    assert orders == {"more": 3200, "less": 1800}


def test_an_empty_pipeline_says_so_without_an_empty_table(page_of, repo):
    page = page_of("pipeline")
    assert "No open deal. Write the first one." in page.text
    assert not list(page.every("table"))
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    closed = page_of("closed").text
    assert "No won deals yet." in closed
    assert "No lost deals." in closed
    assert "()" not in closed


def test_closed_deals_show_what_was_learned_and_what_the_hand_off_lacks(repo, page_of):
    repo.not_handed_off()
    repo.deal(
        "stages: [enrichment: 2026-01-05, closed lost: 2026-02-01]\nloss: {reason: price, learning: Ask who pays, verdict: icp, reengage: never}"
    )
    won, lost = lists(page_of("closed"))
    assert "The course decided" in won.text
    assert "4 missing" in won.text
    assert "price the ICP was wrong Ask who pays never" in lost.text


@pytest.mark.parametrize(
    ("day", "window", "ends"),
    [
        ("2025-03-15", "Not started", "Thu 31 Dec 2026"), ("2026-01-01", "Later", "Thu 31 Dec in 364 days"),
        ("2026-10-02", "31 to 90 days", "Thu 31 Dec in 90 days"), ("2026-12-30", "0 to 30 days", "Thu 31 Dec in 1 day"),
        ("2026-12-31", "0 to 30 days", "Thu 31 Dec today"), ("2027-01-01", "Overdue", "Thu 31 Dec 2026 1 day ago"),
        ("2027-01-03", "Overdue", "Thu 31 Dec 2026 3 days ago"),
    ],
)  # fmt: skip
def test_a_contract_stands_in_one_window_on_every_day(repo, page_of, day, window, ends):
    page = page_of("renewals", date.fromisoformat(day))
    (group,) = lists(page)
    heading, row = group.every("tr")
    assert heading.text == f"{window} 1 contract"
    assert row.children_of("th", "td")[1].text == ends
    counts = {title: tile.one("span", class_="so-tile-value").text for title, tile in tiles(page).items()}
    assert list(counts)[:5] == ["Active", "Overdue", "0 to 30 days", "31 to 90 days", "91 to 180 days"]
    told = [title for title in list(counts)[1:5] if counts[title] != "0"]
    assert told == ([window] if window in counts else [])
    assert not told or tiles(page)[window]["href"].endswith(f"renewals.html#{group['id']}"), (
        "the tile leads to its group"
    )
    assert (group in list(next(page.every("details", class_="so-exit"), group).every("tbody"))) == (
        window not in counts
    )


def test_a_contract_in_its_last_months_without_a_talk_is_marked(repo, page_of):
    def row():
        (group,) = lists(page_of("renewals"))
        return [cell.text for cell in list(group.every("tr"))[1].children_of("th", "td")]

    member, ends = "Cascadia University General Membership", "Thu 31 Dec in 41 days"
    assert row() == [member, ends, "1,000 USD", "no talk yet", "–", "–", "–", "Jim"]
    assert "1 without a talk" in tiles(page_of("renewals"))["31 to 90 days"].text
    repo.deal("owner: april\ntype: existing business\nrenews: cascadia-2025\nstages: [renewals: 2026-10-01]", id="next")
    assert row() == [
        member, ends, "1,000 USD → 1,250 USD", "Renewals", "–", "–", "Thu 1 Jan 2099 Call the dean", "April",
    ]  # fmt: skip
    assert "without a talk" not in page_of("renewals").text


def test_in_a_window_those_without_a_talk_come_first_and_those_that_are_secured_last(repo, page_of):
    won = (repo.root / "deals/cascadia-2025.yaml").read_text(encoding="utf-8")
    for at, name in enumerate(("signed", "talking", "silent")):
        repo.member(
            f"name: {name}\nhealth: [{{date: 2026-11-0{at + 1}, status: green, active_users: {110 + at}}}]", id=name
        )
        repo.write(
            f"deals/{name}-2025.yaml",
            won.replace("cascadia-university", name).replace("2026-12-31", f"2026-12-2{at + 2}"),
        )
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    repo.deal(
        "member: talking\ntype: existing business\nrenews: talking-2025\nstages: [renewals: 2026-10-01]", id="talk"
    )
    again = won.replace("cascadia-university", "signed").replace(
        "type: new business", "type: existing business\nrenews: signed-2025"
    )
    repo.write(
        "deals/again.yaml",
        again[: again.index("stages:")]
        + "stages: [renewals: 2026-10-01, proposal: 2026-10-12, closed won: 2026-11-02]\n"
        + "contract: {signed: 2026-11-02, start: 2026-12-23, end: 2027-12-22, mrr: 1000 USD}\n",
    )
    page = page_of("renewals")
    soon, not_started = lists(page)
    assert [next(body.every("th")).text for body in (soon, not_started)] == [
        "31 to 90 days 3 contracts",
        "Not started 1 contract",
    ]
    rows = [[cell.text for cell in row.children_of("th", "td")] for row in list(soon.every("tr"))[1:]]
    assert [(row[0].split()[0], row[3]) for row in rows] == [
        ("silent", "no talk yet"),
        ("talking", "Renewals"),
        ("signed", "secured from Wed 23 Dec next term"),
    ]
    assert rows[0][4:6] == ["green Tue 3 Nov", "112"]
    assert "1 secured, 1 without a talk" in tiles(page)["31 to 90 days"].text


def test_a_won_deal_without_a_start_is_named_apart(repo, page_of):
    repo.deal("stages: [enrichment: 2026-01-05, closed won: 2026-02-01]")
    assert "acme: won, but the contract has no start" in page_of("renewals").text


WON = "stages: [enrichment: 2026-01-05, closed won: 2026-02-01]\ncontract: {start: %s, mrr: 1 USD%s}"


@pytest.mark.parametrize(
    ("deal", "relation"),
    [
        (None, "not a member"),
        ("stages: [enrichment: 2026-01-05]", "prospect"),
        ("stages: [enrichment: 2026-01-05, closed lost: 2026-02-01]", "not a member"),
        (WON % ("2027-01-01", ""), "member to be"),
        (WON % ("2026-02-01", ""), "member"),
        (WON % ("2026-02-01", ", end: 2026-11-19"), "member"),
        (WON % ("2026-02-01", ", end: 2026-10-31, service_ended: 2026-11-01"), "former member"),
    ],
)
def test_what_an_institution_is_to_the_team(repo, page_of, deal, relation):
    repo.member("name: Other University", id="other-university")
    if deal:
        repo.deal(f"member: other-university\n{deal}")
    rows = {
        next(row.children_of("th")[0].every("a")).text: row.children_of("td")[0].text
        for row in page_of("members").one("tbody").every("tr")
    }
    assert rows["Other University"] == relation
    assert page_of("members/other-university").one("p", class_="so-line-of-facts").text.startswith(relation)


def test_members_stand_by_the_end_of_their_contract_then_prospects_by_stage_then_the_others_by_name(repo, page_of):
    for id, name in (
        ("z", "ábaco"),
        ("a", "Zebra"),
        ("early", "Early"),
        ("far", "Far"),
        ("ends-first", "Ends first"),
        ("open", "Open"),
    ):
        repo.member(f"name: {name}", id=id)
    repo.deal("member: early\nstages: [enrichment: 2026-01-05]", id="one")
    repo.deal("member: far\nstages: [enrichment: 2026-01-05, outreach: 2026-01-19]", id="two")
    repo.deal("member: ends-first\n" + WON % ("2026-02-01", ", end: 2026-12-01"), id="three")
    repo.deal("member: open\n" + WON % ("2026-02-01", ", end: open"), id="four")
    names = [next(row.children_of("th")[0].every("a")).text for row in page_of("members").one("tbody").every("tr")]
    assert names == ["Ends first", "Cascadia University", "Open", "Far", "Early", "Zebra", "ábaco"]


def test_a_contact_has_its_telephone_number_on_the_page_of_the_member_and_nowhere_else(repo, page_of):
    repo.deal()
    repo.member("contacts: [{id: a-smith, name: Ann Smith, email: a@u.example, phone: +1 604 555 0100}]")
    assert "+1 604 555 0100" in page_of("members/cascadia-university").text
    assert "+1 604 555 0100" not in page_of("members").text + page_of("deals/acme").text
    assert not [problem for problem in repo.problems() if problem.code == "personal-data"]


def test_the_invoices_of_a_member_name_their_deal(repo, page_of):
    repo.member("invoices: [{month: 2026-05, deal: cascadia-2025}, {month: 2026-04}]")
    page = page_of("members/cascadia-university")
    assert [link.text for link in page.every("a") if "cascadia-2025" in link["href"]][-1:] == [
        "Cascadia University, General Membership"
    ]


def test_a_long_title_of_a_stage_stands_in_two_lines_of_its_box(repo, sound, page_of):
    longer = sound["process"].replace("title: Outreach", "title: Negotiation and review of the draft")
    repo.write("playbook/process/v3.yaml", longer)
    drawing = next(page_of("process").every("svg", class_="so-diagram"))
    box = next(a for a in drawing.every("a") if "Negotiation" in a.text)
    assert [line.text for line in box.every("text")][:2] == ["Negotiation", "and review…"]
    assert box.one("title").text == "Negotiation and review of the draft"


def test_the_process_says_its_red_lines_in_words(repo, page_of):
    text = (repo.root / "playbook/process/v3.yaml").read_text(encoding="utf-8")
    repo.write("playbook/process/v3.yaml", text.replace("below: 1%, after: 10", "wins: 0, in: 10"))
    lines = " ".join(page_of("process").text.split())
    assert (
        "Outreach → Discovery below 15 % after 20 or more 1 of 1 (100 %) too few to judge 19 more outcomes to judge it"
        in lines
    )
    assert "Proposal → Closed Won none won in 10 1 of 1 (100 %) too few to judge 9 more outcomes to judge it" in lines
    assert "outreach-to-discovery below 15 % after 20 or more" in " ".join(words(page_of("process/v3")))


PRICES = """
    since: 2026-01-01
    fees: {general: 1250 USD, closed-shop: 10 USD}
    usage: [{to: 10, fee: 10 USD}, {to: 100, fee: 5 USD}]
    note: Nobody pays for a guest.
"""


def test_a_price_list_says_what_it_asks_since_when_and_who_pays_by_it(repo, page_of):
    repo.write("playbook/prices/2026.yaml", PRICES)
    repo.deal("stages: [enrichment: 2026-01-05]\ncontract: {signed: 2026-11-20, mrr: 7 USD, prices: 2026}")
    page = page_of("prices")
    assert "Quoted since Thu 1 Jan. Nobody pays for a guest." in page.text
    fees, ladder, made = ([row.text for row in table.every("tr")][1:] for table in page.every("table"))
    assert fees == ["General Membership 1,250 USD", "closed-shop 10 USD"]
    assert ladder == ["1 to 10 10 USD", "11 to 100 5 USD"]
    assert made == ["Cascadia University General Membership general Fri 20 Nov 7 USD"]
    assert "Usage costs at most 550 USD a month." in page.text
    assert page_of("deals/acme").one("a", href="../prices.html#list-2026").text == "2026"
    assert "No contract names it." in page_of("prices", date(2026, 11, 19)).text


def test_a_price_list_to_come_says_so_and_the_newest_comes_first(repo, page_of):
    repo.write("playbook/prices/2026.yaml", "since: 2026-01-01\nfees: {general: 1 USD}")
    repo.write("playbook/prices/2027.yaml", "since: 2027-01-01\nfees: {general: 2 USD}")
    page = page_of("prices")
    assert [head.text for head in page.every("h2")] == ["Price list 2027", "Price list 2026"]
    assert "Quoted from Fri 1 Jan 2027 on." in page.text


def test_a_message_says_what_came_of_it_and_where_it_was_sent(repo, page_of):
    repo.write(
        "playbook/outreach/intro-2.yaml",
        """
        message: intro@2
        note: To heads of teaching.
        results:
          - {date: 2026-03-02, sent: 40, bounced: 2, note: On a Monday}
          - {date: 2026-11-20, opened: 18, replied: 5}
        """,
    )
    repo.deal("activity: [{date: 2026-03-02, kind: email, template: intro@2, replied: 2026-11-20}]")
    page = page_of("messages")
    assert "Sent 40 2 of them came back Opened 47 % 18 of 38" in page.text
    assert "Answered 13 % 5 of 38 · could be" in page.text
    counts, sends = ([row.text for row in table.every("tr")][1:] for table in page.every("table"))
    assert counts == ["Mon 2 Mar 40 2 – – On a Monday", "Fri 20 Nov – – 18 5"]
    assert sends == ["Mon 2 Mar Cascadia University General Membership answered Fri 20 Nov"]
    assert page_of("deals/acme").one("a", href="../messages.html#message-intro-2").text == "intro@2"
    before = page_of("messages", date(2026, 11, 19))
    assert "Opened no data Answered no data" in before.text
    assert [row.text for row in list(before.every("table"))[1].every("tr")][1:] == [
        "Mon 2 Mar Cascadia University General Membership"
    ]


def test_the_newest_version_of_a_message_comes_first(repo, page_of):
    for version in (2, 10, 9):
        repo.write(f"playbook/outreach/intro-{version}.yaml", f"message: intro@{version}")
    assert [head.text for head in page_of("messages").every("h2")] == ["intro@10", "intro@9", "intro@2"]


def test_without_price_lists_and_messages_their_pages_say_where_they_belong(page_of):
    assert "No price list yet: each is a file in playbook/prices/." in page_of("prices").text
    assert "No results of a message yet: each is a file in playbook/outreach/." in page_of("messages").text


def test_the_win_rate_is_split_by_type_where_it_is_explained(demo):
    text = demo.article("metrics/win-rate").text
    assert "new business" in text
    assert "existing business" in text


def test_today_and_the_page_of_what_waits_show_everything_with_whom_it_waits_for(repo, page_of):
    everything_waits(repo)
    found = everything_waiting(repo.book().on(date(2026, 11, 20)))
    page = page_of("waiting")
    assert {it.code for it in found} == CODES
    for it in found:
        assert told(it.message, date(2026, 11, 20)) in page.text
        assert it.code in page.text
    assert "closed on 2 Feb, and what was learned is not complete" in page.text
    assert [head.text for head in page.every("h2")] == ["Jim", "April", "The whole team"]
    home = page_of("")
    late = next(lines for head, lines in tasks(home).items() if head.startswith("Late"))
    assert late[0] == (
        "Mon 2 Feb 291 days late Closed on 2 Feb, and what was learned is not complete: what changed in the playbook Other University Closed Lost JimJ"
    )
    assert late[2].endswith("Wait decision all"), "the whole team"
    assert late[4].startswith(
        "Fri 2 Oct 49 days late The invoice for 2026-08 was prepared on 1 Sep, and is not sent yet (no invoice of"
    )
    assert "Mon 16 Nov 4 days late Call Cascadia University Enrichment AprilA" in late
    decide, _ = home.one("div", class_="so-beside").children_of("section")
    assert words(decide) == [
        "Cascadia University 319 of 300 days in Enrichment 15,000 USD · no contact yet · Jim",
        "Targets the target of 99 for Sales Qualified Deals was missed by 98 on 31 Oct since Sat 31 Oct",
    ]
    assert len(late) + len(words(decide)) == len(found) - 1, "the two of the invoices are one line"


def test_where_nothing_waits_the_page_says_so(page_of):
    assert "Nothing waits for anybody." in page_of("waiting").text


def test_each_closing_of_a_deal_that_was_lost_twice_has_a_row(repo, page_of):
    repo.deal(
        "stages: [enrichment: 2026-01-05, closed lost: 2026-02-01, enrichment: 2026-03-01, closed lost: 2026-04-01]\n"
        "reopened: [{date: 2026-03-01, why: A new dean}]\n"
        "loss: [{reason: timing, reengage: 2026Q1}, {reason: price, reengage: never}]"
    )
    _, lost = lists(page_of("closed"))
    assert [[cell.text for cell in row.children_of("td")][1:3] for row in lost.every("tr")] == [
        ["Wed 1 Apr", "price"],
        ["Sun 1 Feb opened again", "timing"],
    ]


def test_the_forecast_names_the_deals_that_it_rests_on_and_those_that_it_leaves_out(repo, page_of):
    sure = "probability: {value: 100%, date: 2026-11-02, why: Signed by <both>}"
    stages = "stages: [enrichment: 2026-10-05, outreach: 2026-10-12]\nvalue: {one_off: 1000 USD}\n"
    repo.deal(f"{stages}{sure}\nexpected_close: 2026-12-15", id="sure")
    repo.deal(f"{stages}{sure}", id="some-day")
    repo.deal(f"{stages}expected_close: 2026-11-01", id="stale")
    page = page_of("forecast")
    months, _, deals, left_out = lists(page)
    assert [row.text for row in months.every("tr")] == [
        "Dec 2026 1,000 1,000 1,000 1,000 Cascadia University",
        "No month 1,000 1,000 1,000 1,000 Cascadia University",
    ]
    assert "estimate said on 2 Nov: Signed by <both>" in deals.text
    drawn = page.one("figure").one("tbody").text
    assert drawn == "Dec 2026 1,000 USD 1,000 USD 1,000 USD Cascadia University", (
        "a table beside a chart names them too"
    )
    assert (
        left_out.text
        == "Cascadia University, General Membership its expected close was 1 Nov, and nobody wrote a new day"
    )
    assert "may bring 2,000 USD; in 8 of 10 draws it is 2,000 to 2,000" in page.text


def test_a_forecast_of_nothing_says_so(page_of):
    text = page_of("forecast").text
    assert "nothing can be expected" in text
    assert "No data yet: a forecast is scored once nine of ten of its deals are decided." in text


def test_the_forecast_shows_what_was_said_and_what_came(repo, page_of):
    repo.deal("stages: [enrichment: 2026-10-05, closed lost: 2026-11-10]\noutlook: [{date: 2026-11-02, says: commit}]")
    assert "commit 0 of 1 0–79 % 0" in page_of("forecast").text


def test_a_version_says_what_became_of_the_attempts_that_began_under_it(repo, page_of):
    repo.write(
        "playbook/process/v4.yaml", "version: v4\nin_force: 2026-01-01\nfrom: v3\nchangelog: Silence is an answer.\n"
    )
    repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}]\n")
    text = " ".join(page_of("process/v4").text.split())
    assert "Conversions under it" in text
    assert "Attempts that entered the stage under v4, by what became of them up to 20 Nov 2026" in text
    assert "Enrichment → Outreach 1 of 1 0 1 of 1" in text
    assert "cannot tell yet" in text


def test_a_version_to_come_has_no_attempts_to_tell_of(repo, page_of):
    repo.write("playbook/process/v4.yaml", "version: v4\nin_force: 2027-01-01\nfrom: v3\nchangelog: Later.\n")
    assert "Conversions under it" not in page_of("process/v4").text


def test_a_count_of_users_says_nothing_of_how_a_member_stands(repo, page_of):
    repo.member(
        "health:\n  - {date: 2026-09-01, status: amber, active_users: 90}\n  - {date: 2026-10-31, active_users: 104}\n"
        "  - {date: 2026-11-15, active_users: 7, hub: research}\n"
    )
    page = page_of("members/cascadia-university")
    assert "104 (+14)" in page.text
    assert "not judged" in page.text
    row = next(row for row in page.every("tr") if "research" in row.text)
    assert "–" in row.text
    assert "amber" in page_of("members").text
