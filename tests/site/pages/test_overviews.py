"""The pages that a team opens every day: home, board, pipeline, closed deals, renewals, members, prices, messages."""

from datetime import date

import pytest
from waiting import CODES, everything_waits

from salesops.checks.waiting import everything_waiting

TARGETS = """
    targets:
      - {id: live, metric: sqd, at_least: "1", by: 2026-12-31, why: Enough talks}
      - {id: later, metric: ideas, at_least: 30%, by: 2026-12-31}
      - {id: over, metric: sqd, at_least: "99", by: 2026-11-19}
"""


def words(element):
    return [item.text for item in element.every("li")]


def test_home_says_whether_the_team_is_on_track(repo, page_of, planned):
    repo.write("playbook/targets.yaml", TARGETS)
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-19]")
    rows = [[cell.text for cell in row.children_of("th", "td")] for row in next(page_of("").every("tbody")).every("tr")]
    assert rows == [
        ["Sales Qualified Deals Enough talks", "1", "1 → 1 → 1 → 1", "1", "2026-12-31", "reached"],
        ["Ideas", "not yet", "–", "30%", "2026-12-31", "unknown"],
        ["Sales Qualified Deals", "1", "1 → 1 → 1 → 1", "99", "2026-11-19", "missed by 98 on 2026-11-19"],
    ]


def test_a_target_whose_metric_is_not_built_yet_leads_to_its_line_in_the_glossary(repo, page_of, planned):
    repo.write("playbook/targets.yaml", TARGETS)
    links = {link.text: link["href"] for link in next(page_of("").every("tbody")).every("a")}
    assert links["Sales Qualified Deals"] == "./metrics/sqd.html"
    assert links["Ideas"] == "./metrics.html#ideas"


def test_without_targets_home_does_not_ask(page_of):
    assert not list(page_of("").every("h2", id="on-track"))


def test_home_names_what_waits_a_line_for_each_record_the_oldest_first(repo, page_of):
    repo.deal(
        "stages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2026-11-01}\nexpected_close: 2026-11-01", id="both"
    )
    repo.deal("stages: [enrichment: 2026-11-01]\nnext: {action: Call, due: 2026-11-01}", id="one")
    repo.deal("stages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2099-01-01}", id="none")
    repo.deal(
        "stages: [enrichment: 2026-11-10]\nparked: [{since: 2026-11-11, until: 2026-12-20, why: Grant}]", id="back"
    )
    page = page_of("")
    found = [link["href"] for item in page.every("li") for link in item.every("a")]
    assert found[:3] == ["./deals/both.html", "./deals/one.html", "./deals/back.html"]
    assert "./deals/none.html" not in found[:3]


def test_a_contract_that_ended_waits_until_a_renewal_is_begun_and_then_says_that_the_service_goes_on(repo, page_of):
    item = words(page_of("", date(2027, 1, 1)))[0]
    assert item == "Cascadia University Jim the contract ended on 2026-12-31, and nothing renews it"
    repo.deal("type: existing business\nrenews: cascadia-2025\nstages: [renewals: 2026-10-01]", id="next")
    item = words(page_of("", date(2027, 1, 1)))[0]
    assert item == "Cascadia University overdue renewal The term ended 1 day ago and the service goes on."
    item = words(page_of("", date(2027, 1, 2)))[0]
    assert "2 days ago" in item


CROSSED = "red_lines: [{id: busy, metric: open-deals, above: 0, means: More than we can <look> after}]"


def test_a_red_line_that_nobody_answered_is_the_first_thing_on_home(repo, page_of):
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
    assert "hold, 2026-11-20 Two more weeks" in text
    assert "d busy: hold 2026-11-20 1 1" in text
    assert "d 2026-11-20 busy hold Two more weeks" in page_of("decisions").text


def test_home_has_nothing_to_say_on_a_quiet_day(page_of):
    text = page_of("").text
    assert "Nothing waits for anybody." in text
    assert "No deal moved." in text


@pytest.mark.parametrize(("moved", "shown"), [("2026-11-14", True), ("2026-11-13", False), ("2026-11-20", True)])
def test_moves_of_the_last_seven_days_count_the_day_itself(repo, page_of, moved, shown):
    repo.deal(f"stages: [enrichment: 2026-01-05, outreach: {moved}]")
    assert (f"{moved} Cascadia University → Outreach" in page_of("").text) == shown


def test_the_board_shows_the_first_concern_on_a_card_and_parked_deals_below(repo, page_of):
    repo.deal("stages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2026-11-01}\nexpected_close: 2026-11-01")
    repo.deal("stages: [enrichment: 2026-11-10]\nparked: [{since: 2026-11-11, why: Grant}]", id="later")
    page = page_of("board")
    card = page.one("li", class_="so-card-warn")
    assert card.one("span", class_="so-card-concern").text == "the next step was due on 2026-11-01"
    assert "10 days · Jim · 15,000 USD" in card.text
    assert words(page)[-1] == "Cascadia University Enrichment parked with no return date"
    assert [part.text for part in page.every("p", class_="so-empty")] == ["No deals."] * 4


def test_a_column_shows_its_first_fifty_deals_and_where_the_rest_is(repo, page_of):
    for at in range(52):
        repo.deal(id=f"deal-{at:02}")
    column = next(page_of("board").every("section"))
    assert len(list(column.every("li"))) == 50
    assert column.one("a", href="./pipeline.html").text == "2 more"


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
    assert "0 open deals." in page.text
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
    won, lost = page_of("closed").every("tbody")
    assert "The course decided" in won.text
    assert "4 missing" in won.text
    assert "price icp Ask who pays never" in lost.text


@pytest.mark.parametrize(
    ("day", "window", "left"),
    [
        ("2025-03-15", "Not started", "–"), ("2026-01-01", "Later", "364"), ("2026-10-02", "31 to 90 days", "90"),
        ("2026-12-31", "0 to 30 days", "0"), ("2027-01-01", "Overdue", "1 overdue"),
    ],
)  # fmt: skip
def test_a_contract_stands_in_one_window_on_every_day(repo, page_of, day, window, left):
    page = page_of("renewals", date.fromisoformat(day))
    assert page.one("table").one("tbody").one("tr").children_of("th", "td")[4].text == left
    counts = {
        card.one("span", class_="so-number-title").text: card.one("span", class_="so-number-value").text
        for card in page.every("a", class_="so-number")
    }
    assert [title for title, count in counts.items() if count != "0"] == [window]


def test_a_contract_in_its_last_months_without_a_talk_is_marked(repo, page_of):
    assert "no conversation yet" in page_of("renewals").text
    repo.deal("type: existing business\nrenews: cascadia-2025\nstages: [renewals: 2026-10-01]", id="next")
    text = page_of("renewals").text
    assert "no conversation yet" not in text
    assert "Renewals next" in text


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
        row.children_of("th")[0].text: row.children_of("td")[0].text
        for row in page_of("members").one("tbody").every("tr")
    }
    assert rows["Other University"] == relation
    assert next(page_of("members/other-university").every("p")).text.startswith(relation)


def test_members_stand_by_name_whatever_their_files_are_called(repo, page_of):
    repo.member("name: ábaco University", id="z")
    repo.member("name: Zebra University", id="a")
    names = [row.children_of("th")[0].text for row in page_of("members").one("tbody").every("tr")]
    assert names == ["Cascadia University", "Zebra University", "ábaco University"]


def test_a_contact_has_its_telephone_number_on_the_page_of_the_member_and_nowhere_else(repo, page_of):
    repo.deal()
    repo.member("contacts: [{id: a-smith, name: Ann Smith, email: a@u.example, phone: +1 604 555 0100}]")
    assert "+1 604 555 0100" in page_of("members/cascadia-university").text
    assert "+1 604 555 0100" not in page_of("members").text + page_of("deals/acme").text
    assert not [problem for problem in repo.problems() if problem.code == "personal-data"]


def test_the_invoices_of_a_member_name_their_deal(repo, page_of):
    repo.member("invoices: [{month: 2026-05, deal: cascadia-2025}, {month: 2026-04}]")
    page = page_of("members/cascadia-university")
    assert [link["href"] for link in page.every("a") if link.text == "cascadia-2025"]


def test_the_process_says_its_red_lines_in_words(repo, page_of):
    text = (repo.root / "playbook/process/v3.yaml").read_text(encoding="utf-8")
    repo.write("playbook/process/v3.yaml", text.replace("below: 1%, after: 10", "wins: 0, in: 10"))
    lines = " ".join(page_of("process").text.split())
    assert (
        "Outreach → Discovery below 15 % after 20 or more 1 of 1 (100.0 %) too few to judge 19 more outcomes to judge it"
        in lines
    )
    assert "Proposal → Closed Won none won in 10 1 of 1 (100.0 %) too few to judge 9 more outcomes to judge it" in lines
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
    assert "Quoted since 2026-01-01. Nobody pays for a guest." in page.text
    fees, ladder, made = ([row.text for row in table.every("tr")][1:] for table in page.every("table"))
    assert fees == ["General Membership 1,250 USD", "closed-shop 10 USD"]
    assert ladder == ["1 to 10 10 USD", "11 to 100 5 USD"]
    assert made == ["Cascadia University General Membership general 2026-11-20 7 USD"]
    assert "Usage costs at most 550 USD a month." in page.text
    assert page_of("deals/acme").one("a", href="../prices.html#list-2026").text == "2026"
    assert "No contract names it." in page_of("prices", date(2026, 11, 19)).text


def test_a_price_list_to_come_says_so_and_the_newest_comes_first(repo, page_of):
    repo.write("playbook/prices/2026.yaml", "since: 2026-01-01\nfees: {general: 1 USD}")
    repo.write("playbook/prices/2027.yaml", "since: 2027-01-01\nfees: {general: 2 USD}")
    page = page_of("prices")
    assert [head.text for head in page.every("h2")] == ["Price list 2027", "Price list 2026"]
    assert "Quoted from 2027-01-01 on." in page.text


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
    assert "Sent 40 2 of them came back Opened 47.4 % 18 of 38" in page.text
    assert "Answered 13.2 % 5 of 38 · 95 % interval" in page.text
    counts, sends = ([row.text for row in table.every("tr")][1:] for table in page.every("table"))
    assert counts == ["2026-03-02 40 2 – – On a Monday", "2026-11-20 – – 18 5"]
    assert sends == ["2026-03-02 Cascadia University General Membership answered 2026-11-20"]
    assert page_of("deals/acme").one("a", href="../messages.html#message-intro-2").text == "intro@2"
    before = page_of("messages", date(2026, 11, 19))
    assert "Opened no data Answered no data" in before.text
    assert [row.text for row in list(before.every("table"))[1].every("tr")][1:] == [
        "2026-03-02 Cascadia University General Membership"
    ]


def test_the_newest_version_of_a_message_comes_first(repo, page_of):
    for version in (2, 10, 9):
        repo.write(f"playbook/outreach/intro-{version}.yaml", f"message: intro@{version}")
    assert [head.text for head in page_of("messages").every("h2")] == ["intro@10", "intro@9", "intro@2"]


def test_without_price_lists_and_messages_their_pages_say_where_they_belong(page_of):
    assert "No price list yet: each is a file in playbook/prices/." in page_of("prices").text
    assert "No results of a message yet: each is a file in playbook/outreach/." in page_of("messages").text


def test_the_win_rate_on_home_is_split_by_type(demo):
    card = next(link for link in demo[""].every("a", class_="so-number") if link["href"].endswith("win-rate.html"))
    assert "new " in card.text
    assert "existing " in card.text


def test_home_and_the_page_of_what_waits_show_everything_with_whom_it_waits_for(repo, page_of):
    everything_waits(repo)
    found = everything_waiting(repo.book().on(date(2026, 11, 20)))
    text = page_of("waiting").text
    assert {it.code for it in found} == CODES
    for it in found:
        assert it.message in text
        assert it.code in text
    assert [head.text for head in page_of("waiting").every("h2")] == ["Jim", "April", "The whole team"]
    home = page_of("")
    assert "April the hubs are not in use" not in home.text
    assert home.text.count("what waits, by person") == 1
    assert home.one("a", href="./waiting.html")
    shown = [item.text for item in home.every("li")][:12]
    assert [it for it in found[:8] if not any(it.message in line for line in shown)] == []
    assert shown[0] == "Other University Jim closed on 2026-02-02, and what was learned is not complete: loss.playbook"
    assert shown[2].startswith("decision wait The whole team")


def test_where_nothing_waits_the_page_says_so(page_of):
    assert "Nothing waits for anybody." in page_of("waiting").text


def test_each_closing_of_a_deal_that_was_lost_twice_has_a_row(repo, page_of):
    repo.deal(
        "stages: [enrichment: 2026-01-05, closed lost: 2026-02-01, enrichment: 2026-03-01, closed lost: 2026-04-01]\n"
        "reopened: [{date: 2026-03-01, why: A new dean}]\n"
        "loss: [{reason: timing, reengage: 2026Q1}, {reason: price, reengage: never}]"
    )
    _, lost = page_of("closed").every("tbody")
    assert [[cell.text for cell in row.children_of("td")][1:3] for row in lost.every("tr")] == [
        ["2026-04-01", "price"],
        ["2026-02-01 opened again", "timing"],
    ]


def test_the_forecast_names_the_deals_that_it_rests_on_and_those_that_it_leaves_out(repo, page_of):
    sure = "probability: {value: 100%, date: 2026-11-02, why: Signed by <both>}"
    stages = "stages: [enrichment: 2026-10-05, outreach: 2026-10-12]\nvalue: {one_off: 1000 USD}\n"
    repo.deal(f"{stages}{sure}\nexpected_close: 2026-12-15", id="sure")
    repo.deal(f"{stages}{sure}", id="some-day")
    repo.deal(f"{stages}expected_close: 2026-11-01", id="stale")
    page = page_of("forecast")
    months, _, deals, left_out = page.every("tbody")
    assert [row.text for row in months.every("tr")] == [
        "2026-12 1,000 1,000 1,000 1,000 sure",
        "No month 1,000 1,000 1,000 1,000 some-day",
    ]
    assert "estimate said on 2026-11-02: Signed by <both>" in deals.text
    assert left_out.text == "stale its expected close was 2026-11-01, and nobody wrote a new day"
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
    assert "Attempts that entered the stage under v4, by what became of them up to 2026-11-20" in text
    assert "Enrichment → Outreach 1 of 1 0 1 of 1" in text
    assert "cannot tell yet" in text


def test_a_version_to_come_has_no_attempts_to_tell_of(repo, page_of):
    repo.write("playbook/process/v4.yaml", "version: v4\nin_force: 2027-01-01\nfrom: v3\nchangelog: Later.\n")
    assert "Conversions under it" not in page_of("process/v4").text
