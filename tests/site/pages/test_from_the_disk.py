"""The site in a browser, opened from the disk and from a server: the search finds, what it finds opens, nothing is refused."""

from itertools import groupby, islice
from pathlib import PurePosixPath

import pytest

from salesops.site.pages.page import file_of

pytestmark = pytest.mark.browser

FOUND = "[...document.querySelectorAll('.md-search-result__link')].map(link => link.href.split('?')[0])"


def search(tab, words):
    """Type into the search, and the pages that it finds."""
    tab.run("document.querySelector('.md-search__input').focus()")
    tab.type(words)
    return tab.wait(f"(found => found.length && found)({FOUND})")


@pytest.mark.samples(1)
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("larkspur", "deals/larkspur-general.html"),
        ("skerrow", "members/skerrow-marine-institute.html"),
        ("win rate", "metrics/win-rate.html"),
        ("stage-skipped", "reference/checks.html"),
    ],
)
def test_what_is_typed_into_the_search_of_the_home_page_is_found_and_opens(browser, door, words, wanted):
    with browser.tab() as tab:
        tab.go(f"{door}/index.html")
        assert f"{door}/{wanted}" in search(tab, words)
        tab.follow(f".md-search-result__link[href*='/{wanted}']")
        assert tab.run("location.href.split('?')[0]") == f"{door}/{wanted}"
        assert tab.run("document.querySelector('article h1').textContent")
        tab.listen(0.3)
        assert not tab.faults
        assert not [url for url in tab.requests if not url.startswith((door, "data:"))]


@pytest.mark.samples(1)
def test_from_a_page_in_a_folder_the_search_leads_back_up(browser, door):
    with browser.tab() as tab:
        tab.go(f"{door}/deals/larkspur-general.html")
        assert f"{door}/members/skerrow-marine-institute.html" in search(tab, "skerrow")
        assert not tab.faults


def some_of_each_folder(pages, count):
    """So many pages of every folder of the site: those of a folder come from one template."""
    by_folder = sorted(pages, key=lambda path: (PurePosixPath(path).parent, path))
    folders = groupby(by_folder, key=lambda path: PurePosixPath(path).parent)
    return [path for _, paths in folders for path in islice(paths, count)]


@pytest.mark.parametrize(
    "count",
    [1, pytest.param(4, marks=pytest.mark.proof), pytest.param(None, marks=pytest.mark.long)],
    ids=["one", "some", "every"],
)
def test_every_page_opens_from_the_disk_without_a_fault(browser, demo, count):
    """Of each folder so many, and of those at the top, each of which has a template of its own, all or every fourth."""
    at_the_top = [path for path in demo if "/" not in path]
    chosen = {*some_of_each_folder(demo, count), *at_the_top[:: 4 if count == 1 else 1]}
    with browser.tab() as tab:
        for path in sorted(chosen):
            tab.go(f"{demo.html.as_uri()}/{file_of(path)}")
            assert "js" in tab.run("document.documentElement.className").split(), path
        tab.listen(0.3)
        assert not tab.faults
        assert not [url for url in tab.requests if not url.startswith((demo.html.as_uri(), "data:"))]


@pytest.mark.proof
def test_from_the_disk_the_search_knows_the_language_of_the_team(browser, crm, site_of):
    config = (crm / "mkdocs.yml").read_text(encoding="utf-8")
    (crm / "mkdocs.yml").write_text(config.replace("language: en", "language: de"), encoding="utf-8")
    door = site_of(crm).html.as_uri()
    with browser.tab() as tab:
        tab.go(f"{door}/index.html")
        assert f"{door}/deals/larkspur-general.html" in search(tab, "larkspur")
        assert [url for url in tab.requests if url.endswith("/lunr/min/lunr.de.min.js")]
        assert not tab.faults


@pytest.mark.proof
def test_the_policy_of_the_page_holds_in_the_frame_of_the_search(browser, demo):
    with browser.tab() as tab:
        tab.go(f"{demo.html.as_uri()}/index.html")
        search(tab, "larkspur")
        tab.run("""(room => {
            const script = room.createElement("script");
            script.textContent = "parent.alert()";
            room.body.append(script);
        })(document.querySelector("iframe").contentDocument)""")
        tab.listen(0.3)
        assert not tab.ran
        assert any("inline script" in fault for fault in tab.faults)
