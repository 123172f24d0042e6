"""Every kind of page in every mode: it fits its window, can be read, stays still, breaks no policy, says nothing to the console and asks no other host."""

import pytest

from salesops.site.pages.page import file_of

pytestmark = pytest.mark.browser

LOOKED_AT = (
    "", "board", "pipeline", "members", "renewals", "review", "metrics", "process", "changes", "closed", "retention", "invoices", "404", "members/skerrow-marine-institute", "people/idris",
    "metrics/sqd", "stages/discovery", "guides/first-deal", "deals/larkspur-general", "deals/skerrow-renewal-2026",
)  # fmt: skip
MORE = (
    "experiments", "integrity", "forecast", "knowledge", "decisions", "hypotheses", "waiting", "debt", "prices", "messages", "new", "metrics/win-rate", "experiments/booking-link",
    "hypotheses/teaching-led-university", "decisions/2026-10-fewer-conversations", "reviews/2026-11-16", "closed/2026", "process/v4", "reference/commands", "reference/fields",
    "deals/pan-basin-premier", "deals/alder-coast-general", "deals/greywater-general", "deals/alerce-renewal-2026",
)  # fmt: skip
WINDOWS = {"a screen": (1440, "screen"), "a phone": (400, "screen"), "a wall": (2500, "screen"), "twice the size": (720, "screen"), "paper": (1123, "print")}  # fmt: skip
"""How wide each is: a screen of 1,440 pixels that shows everything twice the size has room for 720."""
WATCH = """window.moved = []
new PerformanceObserver(list => moved.push(...list.getEntries().map(one => [one.value, one.sources.map(it => it.node?.className)]))).observe({ type: "layout-shift", buffered: true })"""
STAYED = "new Promise(done => requestAnimationFrame(() => setTimeout(() => done(moved.filter(([value]) => value > 0.01)), 20)))"
TOO_WIDE = """document.documentElement.scrollWidth > innerWidth && [...document.querySelectorAll("body *")]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 4).map(one => one.outerHTML.slice(0, 80))"""
TOO_SMALL = """(words => {
  const found = new Set(), isSheet = matchMedia("print").matches && document.querySelector(".so-sheet")
  while (words.nextNode()) {
    const at = words.currentNode.parentElement, text = words.currentNode.textContent.trim()
    if (text && !at.closest("script, style, noscript") && parseFloat(getComputedStyle(at).fontSize) < (isSheet ? 9 : 11.99) && at.checkVisibility({ visibilityProperty: true }))
      found.add(`${text.slice(0, 40)}: ${getComputedStyle(at).fontSize}`)
  }
  return [...found]
})(document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT))"""
"""Words of fewer than twelve pixels; nine on paper for the review, which is two pages of a meeting."""


def quiet(tab, served):
    """Whether pages did nothing but show themselves."""
    tab.listen(0.3)
    return not tab.faults and not tab.said and all(url.startswith((served, "data:")) for url in tab.requests)


def every_window(tab):
    """What does not fit a window, and words that are too small in it."""
    for window, (width, medium) in WINDOWS.items():
        tab.ask("Emulation.setEmulatedMedia", media=medium)
        tab.widen(width)
        if wide := tab.run(TOO_WIDE):
            yield window, "too wide", wide
        if small := tab.run(TOO_SMALL):
            yield window, "too small", small[:5]


@pytest.mark.parametrize("paths", [LOOKED_AT[::5], pytest.param(LOOKED_AT, marks=pytest.mark.proof), pytest.param(MORE, marks=pytest.mark.long)], ids=["few", "some", "others"])  # fmt: skip
def test_a_page_fits_every_window_and_can_be_read_in_each(browser, demo_served, paths):
    found = []
    with browser.tab(width=1440) as tab:
        for path in paths:
            tab.ask("Emulation.setEmulatedMedia", media="screen")
            tab.widen(1440)
            tab.go(f"{demo_served}/{file_of(path)}")
            found += [(path, *each) for each in every_window(tab)]
        assert quiet(tab, demo_served)
    assert not found


@pytest.mark.samples(1)
@pytest.mark.parametrize("width", [400, 720, 1440, 2500])
@pytest.mark.parametrize(
    "paths", [LOOKED_AT[:10:2], pytest.param(LOOKED_AT, marks=pytest.mark.long)], ids=["some", "all"]
)
def test_nothing_moves_while_a_page_comes(browser, demo_served, paths, width):
    found = {}
    with browser.tab(width=width) as tab:
        tab.ask("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        for path in paths:
            for _ in range(3):  # what a page does by itself it does each time; what a busy machine does, not
                tab.go(f"{demo_served}/{file_of(path)}")
                found[path] = tab.run(STAYED)
                if not found[path]:
                    break
    assert not {path: moved for path, moved in found.items() if moved}


@pytest.mark.samples(1)
@pytest.mark.parametrize("mode", [{"dark": True}, {"scripts": False}], ids=["dark", "without scripts"])
@pytest.mark.parametrize("paths", [LOOKED_AT[1:12:5], LOOKED_AT[1:12], pytest.param((*LOOKED_AT, *MORE), marks=pytest.mark.long)], ids=["few", "some", "all"])  # fmt: skip
def test_in_the_dark_and_without_scripts_a_page_fits_too(browser, demo_served, paths, mode):
    found = []
    with browser.tab(width=400, **mode) as tab:
        for path in paths:
            tab.ask("Emulation.setScriptExecutionDisabled", value=not mode.get("scripts", True))
            tab.go(f"{demo_served}/{file_of(path)}")
            tab.ask("Emulation.setScriptExecutionDisabled", value=False)
            found += [(path, it) for it in (tab.run(TOO_WIDE), tab.run(TOO_SMALL)) if it]
        assert quiet(tab, demo_served)
    assert not found
