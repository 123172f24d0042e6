"""2,000 deals and 660 members in the browser: no page is too heavy, and pills, heads and search of the longest tables answer at once."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

pytestmark = [pytest.mark.proof, pytest.mark.browser]

HOME = Path(__file__).parents[3]
MOST_BYTES, MOST_ELEMENTS = 300_000, 6_000
AT_ONCE = 1000
"""Milliseconds; on a machine of its own they take a tenth of that."""
COUNT = "document.querySelectorAll('*').length"
RESPONSES = """(async () => {
  const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)))
  const timed = async doing => { const began = performance.now(); doing(); await drawn(); return performance.now() - began }
  const search = document.querySelector(".dt-search input"), said = {}
  const pill = [...document.querySelectorAll(".so-facets .so-pill:not([hidden])")][1]
  if (pill) said.pill = await timed(() => pill.click())
  said.head = await timed(() => document.querySelector("table.so-sortable thead th:nth-child(4)").click())
  said.search = await timed(() => { search.value = "a"; search.dispatchEvent(new Event("input", { bubbles: true })) })
  return said
})()"""


@pytest.fixture(scope="module")
def large(tmp_path_factory, site_of):
    """The site of a large portfolio that is made up."""
    root = tmp_path_factory.mktemp("large") / "crm"
    made = [sys.executable, str(HOME / "benchmarks/generate.py"), str(root), "--deals", "2000", "--commits", "20"]
    subprocess.run(made, check=True, capture_output=True)
    return site_of(root, date(2026, 11, 20))


@pytest.fixture(scope="module")
def large_served(large, serve):
    with serve(large.html) as address:
        yield address


def test_the_portfolio_is_as_large_as_said(large):
    assert len(large.snapshot.book.deals) == 2000
    assert len(large.snapshot.book.members) >= 600


def test_no_page_is_heavier_than_a_telephone_bears(large):
    heavy = {
        path: size for path in large if (size := (large.html / f"{path or 'index'}.html").stat().st_size) > MOST_BYTES
    }
    assert heavy == {}


def test_no_page_has_more_elements_than_a_browser_lays_out_at_once(browser, large, large_served):
    heaviest = sorted(large, key=lambda path: -(large.html / f"{path or 'index'}.html").stat().st_size)[:25]
    found = {}
    with browser.tab() as tab:
        for path in heaviest:
            tab.go(f"{large_served}/{path or 'index'}.html")
            found[path] = tab.run(COUNT)
    assert {path: count for path, count in found.items() if count > MOST_ELEMENTS} == {}
    assert max(found.values()) > MOST_ELEMENTS / 2, "they are large"


@pytest.mark.parametrize("path", ["pipeline", "closed"])
def test_the_longest_tables_are_sorted_narrowed_and_searched_at_once(browser, large_served, path):
    with browser.tab() as tab:
        tab.go(f"{large_served}/{path}.html")
        tab.listen(0.5)
        took = tab.run(RESPONSES)
    assert set(took) == {"pill", "head", "search"}
    assert {what: round(time) for what, time in took.items() if time > AT_ONCE} == {}
