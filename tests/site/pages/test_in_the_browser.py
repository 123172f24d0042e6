"""The pages as a browser shows them: nothing is refused by their policy, and search, sorting and the two schemes work."""

import pytest

from salesops.site.pages.page import file_of

pytestmark = pytest.mark.browser

LOOKED_AT = (
    "", "board.html", "pipeline.html", "closed.html", "renewals.html", "retention.html", "metrics.html", "metrics/win-rate.html", "metrics/meetings-per-week.html", "members.html",
    "members/skerrow-marine-institute.html", "process.html", "prices.html", "messages.html", "reference/checks.html", "reference/fields.html", "reference/commands.html", "404.html",
    "deals/larkspur-general.html", "deals/skerrow-general.html", "deals/alerce-renewal-2026.html", "deals/pan-basin-premier.html",
)  # fmt: skip
DEALS = "[...document.querySelectorAll('table.so-sortable')[0].tBodies[0].rows].map(row => row.cells[{at}].textContent)"


def column(at):
    return DEALS.format(at=at)


def orders(at):
    """What a column is sorted by."""
    return DEALS.format(at=at).replace("textContent", "dataset.order")


@pytest.fixture
def tab(browser):
    with browser.tab() as tab:
        yield tab


@pytest.mark.samples(1)
@pytest.mark.parametrize(
    ("dark", "paths"),
    [(False, LOOKED_AT[::4]), (False, LOOKED_AT), (True, LOOKED_AT[:3])],
    ids=["light", "light, all", "dark"],
)
def test_no_page_breaks_its_policy_or_asks_another_host_for_anything(browser, demo_served, demo, dark, paths):
    team_pages = [file_of(path) for path in demo if path.startswith("guides/")]
    with browser.tab(dark=dark) as tab:
        for path in (*paths, *team_pages[:2]):
            tab.go(f"{demo_served}/{path}")
            assert tab.run("document.body.dataset.mdColorScheme") == ("slate" if dark else "default")
        tab.listen(0.5)
        assert not tab.faults
        assert not [url for url in tab.requests if not url.startswith((demo_served, "data:"))]


@pytest.mark.proof
def test_a_table_sorts_by_a_click_on_its_head_and_by_the_keyboard(tab, demo_served):
    tab.go(f"{demo_served}/pipeline.html")
    as_built = tab.run(column(0))
    tab.wait("!!document.querySelector('.dt-column-order')")
    assert tab.run(column(0)) == as_built, "the order of the page stands until somebody asks for another"
    days = tab.run(orders(2))
    assert days == sorted(days), "the order of work: by the day of the next step"
    tab.run("[...document.querySelectorAll('thead th')].find(head => head.textContent.startsWith('Worth')).click()")
    worth = [float(amount) for amount in tab.run(orders(4))]
    assert worth == sorted(worth), "money sorts by its amount, not by its text"
    assert worth[0] < worth[-1]
    assert tab.run("location.search") == "?sort=worth", "the address can be pasted into a chat"
    assert tab.run("document.querySelector('th[aria-sort]').textContent").startswith("Worth")
    tab.run("document.querySelector('thead th [tabindex]').focus()")
    tab.press("Enter")
    tab.wait("location.search", "?sort=member")
    names = tab.run(orders(0))
    assert names == sorted(names, key=lambda name: name.replace(" ", ""))
    assert len(names) == len(as_built)
    assert not tab.faults


@pytest.mark.proof
def test_many_stages_and_a_name_from_right_to_left_leave_every_figure_in_its_place(tab, repo, site_of):
    process = repo.root / "playbook/process/v3.yaml"
    limits = "    title: Enrichment\n    stale_after: 30\n"
    repo.write(
        "playbook/process/v3.yaml", process.read_text(encoding="utf-8").replace("    title: Enrichment\n", limits, 1)
    )
    repo.write(
        "mkdocs.yml",
        "site_name: Sales\ntheme: {name: material}\nplugins: [salesops]\nextra_css: [assets/salesops/salesops.css]\n",
    )
    repo.member("name: جامعة الملك عبد العزيز", id="jamia")
    repo.deal("member: jamia\nstages: [enrichment: 2026-10-01]\nvalue: {one_off: 1234567.89 USD}")
    address = site_of(repo.root).html.as_uri()
    tab.widen(1440)
    tab.go(f"{address}/index.html")
    name, days = (
        tab.run("""[".so-decide a", ".so-decide .so-red"].map(it => document.querySelector(it).getClientRects()[0])
      .map((it, at) => at ? it.left : it.right)""")
    )
    assert days >= name
    tab.go(f"{address}/board.html")
    tab.run("document.querySelector('.so-board').style.gridTemplateColumns = 'repeat(8, 9rem)'")
    out = "[...document.querySelectorAll('.so-card')].filter(card => [...card.querySelectorAll('*')].some(it => it.getBoundingClientRect().right > card.getBoundingClientRect().right))"
    assert tab.run(f"{out}.length") == 0


def test_a_table_narrows_to_what_is_typed(tab, demo_served, demo):
    tab.go(f"{demo_served}/pipeline.html")
    tab.wait("!!document.querySelector('.dt-search input')")
    assert tab.run("document.querySelector('.dt-search label').textContent") == "Search:"
    tab.run("document.querySelector('.dt-search input').focus()")
    tab.type("maren")
    left = tab.wait(f"({column(3)}).every(owner => owner == 'Maren Tollefsby') && {column(0)}")
    assert len(left) == sum(history.deal.owner == "maren" for history in demo.snapshot.open)
    tab.wait("location.search", "?q=maren")
    assert tab.run("document.querySelector('[data-sum]').textContent").startswith(f"{len(left)} deals, ")
    assert not tab.faults


@pytest.mark.samples(1)
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("larkspur", ["/deals/larkspur-general.html", "/members/larkspur-university.html"]),
        ("skerrow", ["/deals/skerrow-general.html", "/members/skerrow-marine-institute.html"]),
        ("win rate", ["/metrics/win-rate.html"]),
    ],
)
def test_the_search_finds_a_deal_a_member_and_a_metric(tab, demo_served, words, wanted):
    tab.go(f"{demo_served}/?q={words.replace(' ', '+')}")
    tab.wait("document.querySelectorAll('.md-search-result__link').length")
    found = tab.run("[...document.querySelectorAll('.md-search-result__link')].map(link => link.pathname)")
    assert set(wanted) <= set(found)
    assert not tab.faults


@pytest.mark.proof
def test_the_switch_of_the_theme_turns_the_page_dark_and_the_next_page_remembers(tab, demo_served):
    tab.go(f"{demo_served}/board.html")
    assert tab.run("document.body.dataset.mdColorScheme") == "default"
    tab.run("document.querySelector('label[for=__palette_1]').click()")
    tab.wait("document.body.dataset.mdColorScheme == 'slate'")
    tab.go(f"{demo_served}/deals/larkspur-general.html")
    assert tab.run("document.body.dataset.mdColorScheme") == "slate"
    assert not tab.faults


@pytest.mark.samples(1)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_lines_and_words_can_be_told_from_the_ground(browser, demo_served, contrast, dark):
    with browser.tab(dark=dark) as tab:
        tab.go(f"{demo_served}/board.html")
        for words in (
            ".so-card a",
            ".so-card-title",
            ".so-card-next",
            ".so-card .so-soft",
            ".so-card .so-red",
            ".so-column-head .so-soft",
            ".so-list small",
            ".so-pill",
            ".so-asof",
        ):
            assert contrast(tab, words, "color") >= 4.5, words
        assert contrast(tab, ".so-card", "borderTopColor") >= 1.15
        tab.go(f"{demo_served}/renewals.html")
        for words in (
            ".so-chip.so-good",
            ".so-chip.so-warn",
            ".so-tile-title",
            ".so-tile-value",
            ".so-tile-aside",
            ".so-group-row small",
            "thead th",
        ):
            assert contrast(tab, words, "color") >= 4.5, words


@pytest.mark.parametrize(
    "paths",
    [("pipeline.html", "reference/fields.html", "deals/larkspur-general.html"), pytest.param((*LOOKED_AT[:7], "members/skerrow-marine-institute.html"), marks=pytest.mark.proof)],
    ids=["some", "others"],
)  # fmt: skip
def test_no_page_is_wider_than_the_window_and_no_sentence_stands_in_a_column_of_two_words(browser, demo_served, paths):
    with browser.tab() as tab:
        for path in paths:
            tab.go(f"{demo_served}/{path}")
            for width in (400, 800, 1200, 1600):
                tab.widen(width)
                assert tab.run("document.documentElement.scrollWidth") <= width, (path, width)
                assert not tab.run(SQUEEZED), (path, width)


SQUEEZED = """[...document.querySelectorAll('.so-table td, .so-table th')]
  .filter(cell => cell.textContent.length > 60 && cell.getBoundingClientRect().width < 100).map(cell => cell.textContent)"""


DRAWN = """[...document.querySelectorAll('.so-diagram')].filter(it => it.getBoundingClientRect().width).map(it => ({
  across: it.classList.contains('so-lying'),
  cut: it.parentElement.scrollWidth > it.parentElement.clientWidth,
  over: [...it.querySelectorAll('a')].filter(stage => {
    const [box, ...texts] = [...stage.querySelectorAll('rect, text')].map(part => part.getBoundingClientRect()).filter(part => part.width)
    return texts.some(text => text.left < box.left || text.right > box.right) || texts.length > 1 && texts[0].right > texts.at(-1).left
  }).map(stage => stage.textContent),
  ends: [...it.querySelectorAll('polyline')].filter(way => way.getAttribute('marker-end')).length,
}))"""


@pytest.mark.parametrize(("width", "across"), [(1440, True), (400, False)])
def test_the_drawing_of_the_process_fits_the_window_upright_on_a_phone(browser, demo_served, demo, width, across):
    with browser.tab(width=width) as tab:
        tab.go(f"{demo_served}/process.html")
        (drawing,) = tab.run(DRAWN)
        onward = sum(stage.is_open for stage in demo.snapshot.process.stages.values())
        assert drawing == {"across": across, "cut": False, "over": [], "ends": onward}


LINES_OF_EACH_SUM = """[...document.querySelectorAll("[class^=so-tile-], .so-bridge a, .so-card-line span")].flatMap(value =>
  [...value.childNodes].filter(node => node.nodeType == 3).flatMap(node =>
    [...node.data.matchAll(/[0-9,.]+\\u00a0(?:[A-Z]{3}|%)/g)].map(found => {
      const sum = document.createRange()
      sum.setStart(node, found.index)
      sum.setEnd(node, found.index + found[0].length)
      return [found[0], new Set([...sum.getClientRects()].map(line => line.top)).size]
    })))"""


@pytest.mark.parametrize("width", [320, *(pytest.param(width, marks=pytest.mark.proof) for width in (400, 768, 1200))])
def test_no_sum_on_a_tile_is_broken(browser, demo_served, width):
    with browser.tab(width=width) as tab:
        lines = []
        for path in ("index.html", "renewals.html"):
            tab.go(f"{demo_served}/{path}")
            lines += tab.run(LINES_OF_EACH_SUM)
        assert len(lines) > 5
        assert not [sum for sum, count in lines if count != 1]


def test_without_scripts_the_page_reads_the_same(browser, demo_served):
    def words(scripts):
        with browser.tab(scripts=scripts) as tab:
            tab.go(f"{demo_served}/pipeline.html")
            tab.ask("Emulation.setScriptExecutionDisabled", value=False)
            return tab.run(column(0)), tab.run(column(7))

    assert words(scripts=False) == words(scripts=True)


@pytest.mark.proof
def test_a_script_in_a_page_of_the_team_does_not_run(tab, crm, fill, site_of, serve):
    fill(
        crm,
        {"site/trick.md": "# Trick\n\n<script>alert(1)</script><img src=x onerror='alert(2)'><p id=here>words</p>\n"},
    )
    with serve(site_of(crm).html) as address:
        tab.go(f"{address}/trick.html")
        tab.listen(0.3)
        assert tab.run("document.querySelector('#here').textContent") == "words"
    assert not tab.ran
    assert any("script" in fault for fault in tab.faults)
