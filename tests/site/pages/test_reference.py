"""The reference of a team that has the program and its own records alone: every source leads to a place that is there."""

from urllib.parse import urldefrag

from salesops.checks.manual import SECTIONS, TITLES
from salesops.metrics.metric import METRICS
from salesops.site.pages.page import file_of

PAGES = {file_of(path): path for path in TITLES}


def sources(article):
    """The places that the sources on a page lead to: the page and the fragment."""
    for link in article.every("a", href=True):
        file, fragment = urldefrag(link["href"])
        path = PAGES.get(file.lstrip("./"))
        if path:
            yield path, fragment


def test_every_source_leads_to_a_place_that_is_there(page_of):
    there = {path: {element["id"] for element in page_of(path).every(id=True)} for path in TITLES}
    for name, least in (("reference/checks", 100), ("metrics", 0), ("metrics/sqd", 1), ("metrics/gross-retention", 1)):
        found = list(sources(page_of(name)))
        assert len(found) >= least, name
        assert not [place for place in found if place[1] not in there[place[0]]], name


def test_every_section_is_on_its_page_below_its_title(page_of):
    for path, sections in SECTIONS.items():
        article = page_of(path)
        assert article.one("h1").text == TITLES[path]
        for part in sections:
            assert article.one("h2", id=part.anchor).text == part.title
            assert [link for link in article.every("a", href=True) if link["href"] == f"#{part.anchor}"]


def test_what_is_planned_names_its_source_in_the_glossary(page_of):
    article = page_of("metrics")
    for id, metric in METRICS.items():
        assert ("Source: " in article.one("tr", id=id).text) == (metric.status == "planned"), id
