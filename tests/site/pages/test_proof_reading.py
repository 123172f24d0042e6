"""What a reader finds at once, what a number leads to, how far the keys alone lead, and what is on paper."""

import re

import pytest

pytestmark = pytest.mark.browser

ON_THE_FIRST_SCREEN = """selector => [...document.querySelectorAll(selector)]
  .filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect()).filter(it => it.top >= 0 && it.bottom <= innerHeight).length"""
NARROWED = """[...document.querySelectorAll("a.so-pill[data-facet]")].filter(pill => pill.dataset.facet).map(pill => {
  pill.click()
  const shown = [...document.querySelectorAll("[data-facets] [data-owner]:not([data-kept]), [data-facets] [data-relation], [data-facets] [data-kind]")].filter(one => !one.hidden && one.isConnected).length
  pill.click()
  return [pill.textContent, shown]
})"""
STOP = """(at => [at.tagName, at.textContent.trim().slice(0, 40), getComputedStyle(at).outlineStyle, parseFloat(getComputedStyle(at).outlineWidth), getComputedStyle(at).boxShadow, at.className])(document.activeElement)"""

FOUND = "[...document.querySelectorAll('.md-search-result__link')].map(link => link.href)"
ENOUGH_TO_SEE = 40
"""Pixels that the focus must change for somebody to see where it is."""


@pytest.fixture
def tab(browser):
    with browser.tab(width=1440) as tab:
        yield tab


def last_number(text):
    return int(re.findall(r"\d[\d,]*", text)[-1].replace(",", ""))


def seen(tab, selector):
    """How many of these stand whole on the first screen."""
    return tab.run(f"({ON_THE_FIRST_SCREEN})({selector!r})")


def test_today_shows_every_target_and_eight_things_to_do_at_once(tab, demo_served):
    tab.go(f"{demo_served}/index.html")
    assert seen(tab, ".so-today > .so-tiles > a .so-tile-verdict") == tab.run(
        "document.querySelectorAll('.so-today > .so-tiles > a').length"
    )
    assert seen(tab, ".so-tasks > li") >= 8


def test_the_board_shows_every_stage_at_once(tab, demo_served, demo):
    tab.go(f"{demo_served}/board.html")
    assert seen(tab, ".so-column-head h2") == len(list(demo["board"].every("section", class_="so-column")))


@pytest.mark.parametrize("deal", ["larkspur-general", "marlowe-lake-general"])
def test_a_deal_shows_the_next_step_the_last_contact_the_people_and_the_first_open_need_at_once(tab, demo_served, deal):
    tab.go(f"{demo_served}/deals/{deal}.html")
    for what in (".so-next-step .so-what", ".so-next-step .so-soft", ".so-people > li", ".so-boxes > li.so-open"):
        assert seen(tab, what), what


@pytest.mark.samples(1)
@pytest.mark.parametrize("page", ["pipeline", "board", "members", "closed", "closed/2026"])
def test_a_pill_leaves_as_many_as_it_says(tab, demo_served, page):
    tab.go(f"{demo_served}/{page}.html")
    found = tab.run(NARROWED)
    assert len(found) > 3
    assert [(text, shown) for text, shown in found if last_number(text) != shown] == []


def test_a_column_of_the_board_holds_as_many_as_it_says_and_the_pipeline_holds_the_same(demo):
    open_ones = [row for row in demo["pipeline"].every("tr", data_stage=True) if "data-kept" not in row.attributes]
    rows = [row["data-stage"] for row in open_ones]
    for column in demo["board"].every("section", class_="so-column"):
        cards = list(column.every("li", class_="so-card"))
        assert len(cards) == int(next(column.every(class_="so-column-count")).text)
        for stage in {
            card["data-stage"]
            for card in cards
            if "data-stage" in card.attributes and "data-kept" not in card.attributes
        }:
            assert rows.count(stage) == len(cards)


SHOWN = "[...document.querySelectorAll('[data-facets] tbody tr')].filter(row => !row.hidden && row.isConnected).length"
FOOT = "document.querySelector('[data-sum]').textContent.replaceAll('\\u00a0', ' ')"


@pytest.mark.proof
def test_every_number_of_a_column_of_the_board_leads_to_the_deals_that_it_counts(tab, demo_served, demo):
    numbers = [a for head in demo["board"].every("div", class_="so-column-head") for a in head.every("a") if "pipeline" in a["href"]]  # fmt: skip
    assert sum("need=stalled" in a["href"] for a in numbers) > 1
    for number in numbers:
        tab.go(f"{demo_served}/{number['href'].removeprefix('./')}")
        if number["href"].endswith("#parked"):
            assert tab.run("document.querySelectorAll('#parked ~ .so-scroll tbody tr').length") == int(number.text)
            continue
        tab.wait("!!document.querySelector('.so-pills .so-pill-on')")
        if any(letter.isupper() for letter in number.text):
            assert number.text in tab.run(FOOT), "a sum is that of the rows below it"
        else:
            assert tab.run(SHOWN) == int(number.text.split()[0])


def test_a_column_that_is_cut_leads_to_all_of_its_deals(repo, page_of):
    for at in range(43):
        repo.deal("next: {action: Call, due: 2099-01-01}", id=f"deal-{at:02}")
    column = next(it for it in page_of("board").every("section", class_="so-column") if list(it.every("li")))
    more = [a for a in column.every("a") if a.text.endswith(" more")]
    assert [a.text for a in more] == ["3 more"]
    assert more[0]["href"].endswith("pipeline.html?stage=enrichment")
    rows = list(page_of("pipeline").every("tr", data_stage="enrichment"))
    assert len(rows) == len(list(column.every("li", class_="so-card"))) + 3 == int(column.one("a", class_="so-column-count").text)  # fmt: skip


def whole(number):
    return int(re.search(r"\d[\d,]*", number)[0].replace(",", ""))


def test_a_tile_of_today_leads_to_the_deals_that_it_counts(demo):
    tiles = list(demo[""].every("a", class_="so-tile"))
    kinds = set()
    for tile in tiles:
        page = demo[tile["href"].removeprefix("./").removesuffix(".html")]
        assert page.one("h1").text == tile.one("span", class_="so-tile-title").text
        rows = next(page.every("table", class_="so-sortable")).one("tbody").children_of("tr")
        assert len(rows) == whole(page.one("h2", id="counted").text)
        value = "".join(child for child in tile.one("span", class_="so-tile-value").children if isinstance(child, str))
        kinds.add(kind := "money" if "USD" in value else "share" if " of " in value else "count")
        if kind == "share":
            assert whole(value) == sum(1 for row in rows for _ in row.every("span", class_="so-good"))
            assert last_number(value) == len(rows)
        elif kind == "count":
            assert whole(value) == len(rows)
    assert kinds == {"money", "share", "count"}


def test_what_today_cuts_leads_to_the_whole_list(repo, page_of):
    for at in range(60):
        repo.deal("next: {action: Call, due: 2026-11-02}", id=f"deal-{at:02}")
    home = page_of("")
    for name, rows, beside in (("to-do", "so-tasks", 40), ("decide", "so-decide", 8), ("week", "so-news", 8)):
        every = [row for list_ in page_of(f"today/{name}").every("ul", class_=rows) for row in list_.children_of("li")]
        there = [row for list_ in home.every("ul", class_=rows) for row in list_.children_of("li")]
        more = [a for a in home.every("a") if f"today/{name}" in a["href"] and a.text.endswith(" more")]
        assert len(every) == len(there) + sum(whole(a.text) for a in more), name
        assert not more or len(there) == beside
    everything = [
        row for list_ in page_of("today/to-do").every("ul", class_="so-tasks") for row in list_.children_of("li")
    ]
    assert whole(next(a for a in home.every("a", class_="so-pill-on")).text) == len(everything) > 60


def test_a_term_of_the_bridge_leads_to_the_deals_that_moved_the_pipeline(demo):
    terms = [a for a in demo[""].one("p", class_="so-bridge").every("a") if "today/week" in a["href"]]
    assert terms
    for term in terms:
        group = demo["today/week"].one("tbody", id=term["href"].partition("#")[2])
        head, *rows = group.children_of("tr")
        assert term.text in head.text
        assert len(rows) == whole(head.text.removeprefix(term.text)) > 0


def test_a_tile_of_the_renewals_leads_to_as_many_contracts_as_it_says(demo):
    page = demo["renewals"]
    for tile in page.one("div", class_="so-tiles").every("a", class_="so-tile"):
        if (anchor := tile["href"].partition("#")[2]).startswith("window-"):
            rows = page.one("tbody", id=anchor).children_of("tr")
            assert len(rows) - 1 == int(tile.one("span", class_="so-tile-value").text)


def test_a_name_above_the_to_do_list_leads_to_as_many_things_to_do_as_it_says(demo):
    pills = [pill for pill in demo[""].every("a", class_="so-pill") if "people/" in pill["href"]]
    assert pills
    for pill in pills:
        path = pill["href"].removeprefix("./").removesuffix(".html")
        tasks = [row for list in demo[path].every("ul", class_="so-tasks") for row in list.children_of("li")]
        assert len(tasks) == last_number(pill.text)


@pytest.mark.proof
def test_the_keys_alone_lead_through_a_page_and_every_stop_can_be_seen(tab, demo_served):
    tab.go(f"{demo_served}/pipeline.html")
    tab.wait("!!document.querySelector('.dt-column-order')")
    stops = []
    for _ in range(60):
        tab.press("Tab")
        stops.append(tab.run(STOP))
    assert stops[0][1] == "Skip to content", stops[:5]
    unseen = [
        stop for stop in stops if stop[2] == "none" and stop[4] == "none" and stop[0] != "BODY" and "md-" not in stop[5]
    ]
    assert not unseen


@pytest.mark.proof
@pytest.mark.parametrize(
    ("page", "stops"),
    [("index", 24), *((page, 60) for page in ("pipeline", "board", "deals/larkspur-general", "closed", "new"))],
)
def test_at_every_stop_of_the_keys_the_picture_shows_where_it_is(browser, tab, demo_served, page, stops):
    tab.go(f"{demo_served}/{page}.html")
    found = []
    for _ in range(stops):
        tab.press("Tab")
        if tab.run("document.activeElement != document.body"):  # behind the last stop the browser itself has its own
            found.append((tab.run(STOP), tab.with_and_without_focus()))
    seen = browser.pixels_apart(pictures for _, pictures in found)
    assert len(seen) > 20
    assert not [(stop, count) for (stop, _), count in zip(found, seen, strict=True) if count < ENOUGH_TO_SEE]


@pytest.mark.samples(1)
def test_the_search_is_opened_typed_into_and_followed_by_the_keys_alone(browser, door):
    with browser.tab(width=1440) as tab:
        tab.go(f"{door}/deals/larkspur-general.html")
        tab.press("/")
        tab.wait("document.activeElement.matches('.md-search__input')")
        tab.type("skerrow")
        found = tab.wait(f"(found => found.length > 2 && found)({FOUND})")
        for at in (0, 1):
            tab.press("ArrowDown")
            assert tab.wait("document.activeElement.matches('.md-search-result__link') && document.activeElement.href") == found[at]  # fmt: skip
        assert browser.pixels_apart([tab.with_and_without_focus()])[0] >= ENOUGH_TO_SEE
        tab.press("Enter")
        tab.wait("location.href.split('?')[0]", found[1].split("?")[0])
        assert not tab.faults


@pytest.mark.samples(1)
def test_enter_opens_the_best_of_what_the_search_found_and_escape_closes_the_search(browser, door):
    with browser.tab(width=1440) as tab:
        tab.go(f"{door}/index.html")
        tab.press("/")
        tab.type("larkspur")
        tab.wait(f"{FOUND}.length > 1")
        tab.press("Escape")
        tab.listen(0.2)  # the theme notices a moment later that the focus has left
        assert not tab.run("document.querySelector('#__search').checked")
        assert tab.run("location.pathname").endswith("/index.html")
        tab.press("/")
        tab.wait("document.querySelector('#__search').checked")
        tab.press("Enter")
        tab.wait("location.pathname.endsWith('/members/larkspur-university.html')")
        assert not tab.faults


def test_a_pill_and_a_disclosure_open_by_the_keys(tab, demo_served):
    tab.go(f"{demo_served}/pipeline.html")
    tab.run("document.querySelector(\"a.so-pill[data-facet='stage']\").focus()")
    tab.press("Enter")
    assert tab.wait("location.search.startsWith('?stage=') && document.activeElement.getAttribute('aria-current')") == "true"  # fmt: skip
    tab.go(f"{demo_served}/deals/larkspur-general.html")
    tab.run("document.querySelector('.so-doing summary').focus()")
    tab.press("Enter")
    assert tab.run("document.querySelector('.so-doing').open")
    tab.press("Tab")
    assert tab.run("!!document.activeElement.closest('.so-doing form')")


@pytest.mark.parametrize("page", ["board", "renewals", *(pytest.param(page, marks=pytest.mark.proof) for page in ("index", "pipeline", "members", "review"))])  # fmt: skip
def test_paper_holds_every_row_and_heading_of_the_screen(tab, demo_served, page):
    """The sheet of the review has the sentence of each chart in place of its table, and no list of other reviews."""
    rows = "[...document.querySelectorAll('article :is(tbody tr, li.so-card, .so-tasks > li, h2)')].filter(it => !it.closest('SKIPPED')).map(it => [it.textContent.trim().slice(0, 40), it.checkVisibility(), it.getBoundingClientRect().height > 0])"
    skipped = "form, template, .so-doing, .so-review" + (", figure, .so-held" if page == "review" else "")
    tab.go(f"{demo_served}/{page}.html")
    tab.wait("document.readyState == 'complete'")
    tab.ask("Emulation.setEmulatedMedia", media="print")
    tab.widen(1123)
    found = tab.run(rows.replace("SKIPPED", skipped))
    assert len(found) > 8
    assert not [row for row in found if not (row[1] and row[2])]


@pytest.mark.samples(1)
@pytest.mark.parametrize("path", ["index", "board", "metrics/sqd", "process"])
def test_the_header_names_the_site_until_the_heading_is_scrolled_away(browser, demo_served, path):
    named = 'document.querySelector(".md-header__title").classList.contains("md-header__title--active")'
    with browser.tab(height=600) as tab:
        tab.go(f"{demo_served}/{path}.html")
        tab.listen(0.5)
        assert not tab.run(named), "the name of the site"
        tab.run("scrollTo(0, 500)")
        tab.listen(0.5)
        assert tab.run(named), "the title of the page"


def test_on_a_phone_the_next_step_of_a_deal_is_on_the_first_screen(browser, demo_served):
    with browser.tab(width=400, height=800) as tab:
        tab.go(f"{demo_served}/deals/skerrow-renewal-2026.html")
        tab.listen(0.5)
        assert tab.run('document.querySelector(".so-what").getBoundingClientRect().bottom') < 800
