"""What lists are narrowed by: one grammar of addresses, the same on every list, and a page that leads somewhere without a script."""

from collections import Counter
from datetime import date

import pytest

from salesops.book.status import Standing
from salesops.output import counted
from salesops.records.money import total
from salesops.site.pages import closed
from salesops.site.pages.facets import needs
from salesops.site.pages.moneys import in_one

SHOWN = "[...document.querySelectorAll('[data-facets] [data-owner]:not([data-kept]), [data-facets] [data-relation]')].filter(it => !it.hidden)"
COUNT = "document.querySelector('[data-count]')"


def narrowed(facet, tab):
    return tab.run(f"{SHOWN}.map(it => it.dataset.{facet})")


@pytest.fixture
def tab(browser):
    with browser.tab() as tab:
        yield tab


@pytest.mark.parametrize(
    ("fragment", "wanted"),
    [
        ("next: {action: Call, due: 2026-11-19}", {"late", "look", "week"}),
        ("next: {action: Call, due: 2026-11-20}", {"week"}),
        ("next: {action: Call, due: 2026-11-27}", {"week"}),
        ("next: {action: Call, due: 2026-11-28}", set()),
        ("next: null", {"look", "no-step"}),
        ("next: {action: Call, due: 2099-01-01}\nexpected_close: 2026-11-30", {"closing"}),
        ("next: {action: Call, due: 2099-01-01}\nvalue: null", {"no-amount"}),
        ("next: null\nparked: [{since: 2026-11-11, why: Grant}]", {"parked"}),
    ],
)
def test_what_somebody_may_look_for_in_a_deal(repo, fragment, wanted):
    repo.deal(f"stages: [enrichment: 2026-11-10]\n{fragment}")
    snapshot = repo.book().on(date(2026, 11, 20))
    assert set(needs(Standing(snapshot, snapshot.history("acme")), snapshot.as_of)) == wanted


def test_pills_count_what_they_lead_to_the_stages_in_the_order_of_the_process(repo, page_of):
    for id, stages in (
        ("a", "enrichment: 2026-11-10"),
        ("b", "enrichment: 2026-11-10, outreach: 2026-11-11"),
        ("c", "enrichment: 2026-11-10, outreach: 2026-11-12"),
    ):
        repo.deal(f"stages: [{stages}]\nowner: {'april' if id == 'a' else 'jim'}", id=id)
    page = page_of("pipeline")
    pills = [pill.text for pill in page.one("nav", aria_label="Stage").every("a")]
    assert pills == ["Enrichment 1", "Outreach 2"]
    assert [pill.text for pill in page.one("nav", aria_label="Owner").every("a")] == ["Jim 2", "April 1"]
    rows = [row["data-stage"] for row in page.every("tr", data_stage=True)]
    assert Counter(rows) == {"enrichment": 1, "outreach": 2}


def test_hostile_words_of_a_facet_stay_words(repo, page_of):
    repo.deal("source: {channel: '\"><script>alert(1)</script>'}", id="a")
    repo.deal("source: {channel: event}", id="b")
    page = page_of("pipeline")
    assert not [script for script in page.every("script") if "alert" in script.raw]
    assert '"><script>alert(1)</script> 1' in [pill.text for pill in page.one("nav", aria_label="Source").every("a")]


@pytest.mark.browser
@pytest.mark.parametrize("page", ["pipeline", "board"])
def test_an_address_shows_what_it_names_and_the_line_counts_it(tab, demo_served, demo, page):
    deals = [history.deal for history in demo.snapshot.open]
    owner = deals[0].owner
    wanted = sum(deal.owner == owner for deal in deals)
    tab.go(f"{demo_served}/{page}.html?owner={owner}")
    assert narrowed("owner", tab) == [owner] * wanted
    assert tab.run(f"{COUNT}.textContent") == f"{wanted} of {len(deals)} · show all"
    assert tab.run("document.querySelector('.so-pill[aria-current]').dataset.value") == owner
    if page == "pipeline":
        assert tab.run("document.querySelector('[data-sum]').textContent").startswith(f"{wanted} deal")
    tab.run(f"{COUNT}.querySelector('a').click()")
    assert len(narrowed("owner", tab)) == len(deals)
    assert tab.run(f"{COUNT}.hidden")
    assert not tab.faults


HEADS = """[...document.querySelectorAll('.so-column:not(.so-column-parked) .so-column-head')].map(head =>
  ['h2', '[data-shown]', '[data-worth-of-shown]', '[data-at-rates]'].map(name => (head.querySelector(name)?.textContent || '').replaceAll('\\u00a0', ' ')))"""


@pytest.mark.proof
@pytest.mark.browser
def test_of_a_part_the_head_of_a_column_and_the_foot_of_the_table_say_what_is_shown(tab, demo_served, demo):
    standings = [Standing(demo.snapshot, history) for history in demo.snapshot.open]
    seen = set()
    for owner in {it.deal.owner for it in standings}:
        theirs = [it for it in standings if it.deal.owner == owner]
        tab.go(f"{demo_served}/board.html?owner={owner}")
        for title, count, figure, at_rates in tab.run(HEADS):
            there = [it for it in theirs if it.stage.title == title]
            sums = total(amount for it in there for amount in it.amounts)
            told = in_one(demo.snapshot, sums)
            assert (count, figure, at_rates) == (str(len(there)), told.figure if sums else "", told.at_rates)
            seen.add(bool(at_rates))
        tab.go(f"{demo_served}/pipeline.html?owner={owner}")
        said = in_one(demo.snapshot, total(amount for it in theirs for amount in it.amounts)).words
        without = sum(not it.amounts for it in theirs)
        foot = tab.run("document.querySelector('[data-sum]').textContent.replaceAll('\\u00a0', ' ')")
        assert foot == f"{counted(len(theirs), 'deal')}, {said}{f', {without} without an amount' if without else ''}"
    assert seen == {True, False}, "somebody has a deal in another currency"
    tab.go(f"{demo_served}/pipeline.html")
    assert tab.run("document.querySelector('[data-sum]').textContent").endswith("1 without an amount")


PARKED = "[...document.querySelectorAll('#parked ~ .so-scroll tbody tr')].filter(it => !it.hidden).map(it => it.dataset.owner)"


@pytest.mark.proof
@pytest.mark.browser
def test_each_number_of_a_narrowed_board_leads_to_the_deals_that_it_counts(tab, demo_served, demo):
    owner = next(history.deal.owner for history in demo.snapshot.open if Standing(demo.snapshot, history).stalled)
    tab.go(f"{demo_served}/board.html?owner={owner}")
    numbers = tab.run("""[...document.querySelectorAll('[data-shown], [data-stalled]')].filter(it => !it.hidden)
      .map(it => [parseInt(it.textContent), it.href])""")
    assert numbers
    for count, address in numbers:
        tab.go(address)
        shown = tab.run(PARKED) if address.endswith("#parked") else narrowed("owner", tab)
        assert shown == [owner] * count, address
    assert sum(count for count, address in numbers if "stalled" in address) == sum(
        bool(Standing(demo.snapshot, history).stalled) for history in demo.snapshot.open if history.deal.owner == owner
    )


@pytest.mark.browser
def test_the_board_and_the_table_lead_to_each_other_as_they_are_narrowed(tab, demo_served):
    tab.go(f"{demo_served}/board.html?need=look")
    shown = len(narrowed("owner", tab))
    tab.go(tab.run("document.querySelector('.so-asof a').href"))
    assert tab.run("location.pathname + location.search") == "/pipeline.html?need=look"
    assert len(narrowed("owner", tab)) == shown
    assert "Nothing here" not in tab.run(f"{COUNT}.textContent")


KEPT = (
    "[...document.querySelectorAll('.so-column-parked .so-card')].filter(it => !it.hidden).map(it => it.dataset.owner)"
)


@pytest.mark.browser
def test_what_is_parked_is_narrowed_with_the_open_deals_and_not_counted_among_them(tab, demo_served, demo):
    parked = [history.deal.owner for history in demo.snapshot.parked]
    owner, others = parked[0], len([each for each in parked if each != parked[0]])
    assert others, "somebody else has a parked deal, too"
    tab.go(f"{demo_served}/board.html?owner={owner}")
    assert tab.run(KEPT) == [owner] * (len(parked) - others)
    assert tab.run("document.querySelector('.so-column-parked [data-shown]').textContent") == str(len(parked) - others)
    wanted = sum(history.deal.owner == owner for history in demo.snapshot.open)
    assert tab.run(f"{COUNT}.textContent") == f"{wanted} of {len(demo.snapshot.open)} · show all"


@pytest.mark.browser
def test_several_values_of_one_facet_widen_and_several_facets_narrow(tab, demo_served, demo):
    tab.go(f"{demo_served}/pipeline.html")
    wanted = tab.run("document.querySelector('.so-pill[data-facet=need]').dataset.value")
    tab.go(f"{demo_served}/pipeline.html?stage=discovery,proposal&need={wanted}")
    stages = narrowed("stage", tab)
    assert set(stages) <= {"discovery", "proposal"}
    assert all(wanted in (need or "").split() for need in narrowed("need", tab))
    tab.go(f"{demo_served}/pipeline.html?stage=discovery,proposal")
    assert set(narrowed("stage", tab)) == {"discovery", "proposal"}
    assert len(narrowed("stage", tab)) >= len(stages)


@pytest.mark.browser
def test_a_value_that_is_not_there_is_named_and_ignored(tab, demo_served, demo):
    tab.go(f"{demo_served}/pipeline.html?owner=nobody%3Cb%3E,{demo.snapshot.open[0].deal.owner}")
    told = tab.run(f"{COUNT}.textContent")
    assert told.startswith("Nothing here is called nobody<b>. ")
    assert set(narrowed("owner", tab)) == {demo.snapshot.open[0].deal.owner}
    assert not tab.run(f"!!{COUNT}.querySelector('b')")


@pytest.mark.browser
def test_a_pill_changes_the_address_and_back_takes_it_back(tab, demo_served, demo):
    tab.go(f"{demo_served}/pipeline.html")
    everything = len(narrowed("owner", tab))
    assert not tab.run("[...document.querySelectorAll('.so-pill')].some(pill => pill.hidden)")
    tab.run("document.querySelector('[data-facet=stage][data-value=discovery]').click()")
    assert tab.run("location.search") == "?stage=discovery"
    tab.run("document.querySelector('[data-facet=stage][data-value=proposal]').click()")
    assert tab.run("location.search") == "?stage=discovery,proposal"
    tab.run("history.back()")
    tab.wait("location.search", "?stage=discovery")
    tab.wait(f"{SHOWN}.every(it => it.dataset.stage == 'discovery')")
    tab.run("history.back()")
    tab.wait(f"{SHOWN}.length", everything)
    assert not tab.faults


LOOK_FOR = """(words => { const box = document.querySelector(".dt-search input")
  box.value = words; box.dispatchEvent(new Event("input", { bubbles: true })) })"""


@pytest.mark.browser
def test_a_search_counts_and_sums_the_rows_it_leaves_and_show_all_takes_it_back(tab, demo_served, demo):
    tab.go(f"{demo_served}/pipeline.html")
    whole = tab.run("document.querySelector('[data-sum]').textContent")
    tab.run(f"{LOOK_FOR}('university')")
    tab.wait(f"!{COUNT}.hidden")
    shown, every = len(narrowed("owner", tab)), len(demo.snapshot.open)
    assert 0 < shown < every
    assert tab.run(f"{COUNT}.textContent") == f"{shown} of {every} · show all"
    assert tab.run("document.querySelector('[data-sum]').textContent").startswith(f"{counted(shown, 'deal')}, ")
    tab.run(f"{COUNT}.querySelector('a').click()")
    assert len(narrowed("owner", tab)) == every
    assert tab.run("[location.search, document.querySelector('.dt-search input').value]") == ["", ""]
    assert tab.run("document.querySelector('[data-sum]').textContent") == whole


@pytest.mark.browser
def test_back_brings_the_search_that_a_pill_was_pressed_in(tab, demo_served, demo):
    tab.go(f"{demo_served}/pipeline.html?q=university")
    before = narrowed("owner", tab)
    owner = before[0]
    tab.run(f"document.querySelector('[data-facet=owner][data-value={owner}]').click()")
    tab.run(f"{LOOK_FOR}('')")
    wanted = [history.deal.owner for history in demo.snapshot.open].count(owner)
    tab.wait(f"{SHOWN}.length", wanted)
    assert narrowed("owner", tab) == [owner] * wanted
    tab.run("history.back()")
    tab.wait(f"{SHOWN}.length", len(before))
    assert tab.run("location.search") == "?q=university"
    assert narrowed("owner", tab) == before
    assert tab.run("document.querySelector('.dt-search input').value") == "university"


@pytest.mark.browser
def test_members_narrow_by_the_same_grammar(tab, demo_served):
    tab.go(f"{demo_served}/members.html?relation=prospect")
    assert set(narrowed("relation", tab)) == {"prospect"}
    assert tab.run("document.querySelector('[data-sum]').textContent").endswith(("institution", "institutions"))


def test_won_and_lost_is_narrowed_by_reason_owner_tier_and_year_and_each_table_says_what_is_left(
    tab, demo_served, demo
):
    tab.go(f"{demo_served}/closed.html")
    assert tab.run("[...document.querySelectorAll('.so-facets nav')].map(it => it.getAttribute('aria-label'))") == [
        *("Reason", "Owner", "Type", "Year")  # all that were closed had the same tier
    ]
    tab.run("document.querySelector('[data-facet=reason]').click()")
    assert set(tab.run(f"{SHOWN}.map(it => it.dataset.outcome)")) == {"lost"}
    assert len(set(narrowed("reason", tab))) == 1
    left = len(narrowed("reason", tab))
    assert tab.run("[...document.querySelectorAll('[data-sum]')].map(it => it.textContent.split(',')[0])") == [
        "0 deals",
        f"{left} deal{'s' if left > 1 else ''}",
    ]
    tab.run("document.querySelector('.so-pill[data-facet=\"\"]').click()")
    tab.run("document.querySelector('[data-facet=year][data-value=\"2026\"]').click()")
    in_2026 = [it.closing.entered for it in closed.losses(demo.snapshot) if it.closing.entered.year == 2026]
    assert narrowed("outcome", tab).count("lost") == len(in_2026)
    assert tab.run("location.search") == "?year=2026"


@pytest.mark.proof
def test_a_reason_of_the_chart_leads_to_its_losses(tab, demo_served, demo):
    for path in ("closed", "closed/2026"):
        table = next(table for figure in demo[path].every("figure") for table in figure.every("table"))
        for link in [link for link in table.every("a") if "?reason=" in link["href"]][:3]:
            tab.go(f"{demo_served}/{link['href'].lstrip('./')}")
            assert len(narrowed("reason", tab)) == int(link.text)


def test_won_and_lost_has_a_pill_for_each_tier_and_for_losses_of_which_nobody_said_why(repo, page_of):
    lost = "stages: [enrichment: 2026-01-05, closed lost: 2026-02-01]\n"
    repo.deal(f"{lost}tier: premier", id="silent")
    repo.deal(f"{lost}loss: {{reason: price, learning: Ask, verdict: icp, reengage: never}}", id="dear")
    page = page_of("closed")
    assert [pill.text for pill in page.one("nav", aria_label="Tier").every("a")] == ["General Membership 2", "Premier Membership 1"]  # fmt: skip
    assert [pill.text for pill in page.one("nav", aria_label="Reason").every("a")] == ["price 1", "not said 1"]
    years = page_of("closed/2026").one("nav", aria_label="Years")
    assert [link.text for link in years.every("a")] == ["all years", "2026", "2025"]
