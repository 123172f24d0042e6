"""A source can be opened: it names a sales document that the page of the sources lists, or a place that a page has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from salesops.checks.manual import FIELDS_PAGE, SECTIONS, TITLES, cited, rules, section
from salesops.metrics import metrics_of
from salesops.records.field_reference import fields_of
from salesops.records.kinds import KINDS
from salesops.records.section import Section

HOME = Path(__file__).parents[2]
LISTED = (HOME / "site/reference/sources.md").read_text(encoding="utf-8")
PLACE = re.compile(r"reference/[a-z]+#[a-z0-9.#_-]+")
PLACES = {
    *(f"{page}#{part.anchor}" for page, sections in SECTIONS.items() for part in sections),
    *(f"{FIELDS_PAGE}#{kind}" for kind in KINDS),
    *(f"{FIELDS_PAGE}#{kind}.{field.path}" for kind in KINDS for field in fields_of(kind)),
}


def documents():
    """The documents of the table, each with the sections that may be named."""
    rows = [line.strip("| ").split(" | ") for line in LISTED.splitlines() if line.startswith("| ")]
    return {title: set(sections.split(" · ")) for title, _, sections in rows[1:]}


def names(document):
    return {f"{title}, {part}" for title, parts in document.items() for part in parts}


@pytest.fixture
def sources(repo):
    """Every source, by the code or metric that names it."""
    metrics = metrics_of(repo.book().processes[-1])
    return {name: entry.source for name, entry in [*rules().items(), *metrics.items()]}


def test_every_source_is_a_listed_document_or_a_place_that_is_there(sources):
    known = names(documents())
    assert len(sources) > 150
    for name, source in sources.items():
        for part in cited(source):
            assert part.page or part.text in known, (name, part)
            assert not part.page or f"{part.page}#{part.anchor}" in PLACES, (name, part)


def test_every_place_that_a_description_names_is_there():
    for file in (HOME / "salesops").rglob("*.py"):
        found = {place.rstrip(".") for place in PLACE.findall(file.read_text(encoding="utf-8"))}
        assert found <= PLACES, (file, found - PLACES)


def test_the_page_of_the_sources_lists_no_document_that_nobody_names(sources):
    named = {part.text for source in sources.values() for part in cited(source)}
    program = " ".join(" ".join(file.read_text(encoding="utf-8").split()) for file in (HOME / "salesops").rglob("*.py"))
    for name in names(documents()):
        assert name in named or name in program, name


def test_a_place_reads_as_the_titles_of_its_page_and_section():
    first, second = cited("Sales Sync, WHY; reference/definitions#pipeline-value")
    assert (first.text, first.page) == ("Sales Sync, WHY", "")
    assert second.text == "How the numbers are counted, Pipeline value"
    assert (second.page, second.anchor) == ("reference/definitions", "pipeline-value")
    assert [part.text for part in cited("reference/fields#deal.stages")] == ["Fields, deal.stages"]


def test_no_two_sections_of_a_page_share_an_anchor_or_a_title():
    for page, sections in SECTIONS.items():
        assert page in TITLES
        for said in ([part.anchor for part in sections], [part.title for part in sections]):
            assert len(said) == len(set(said))


def test_a_section_holds_paragraphs_and_lists_in_whole_lines():
    found = Section("a", "A", "\n  One\n  line.\n\n  - first\n    point;\n  - second.\n  ")
    assert found.blocks == ("One line.", ("first point;", "second."))


@pytest.mark.parametrize(
    "part", [part for sections in SECTIONS.values() for part in sections], ids=lambda part: part.anchor
)
def test_every_section_is_whole_sentences(part):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", part.anchor)
    for block in part.blocks:
        paragraph = block if isinstance(block, str) else block[-1]
        assert paragraph.endswith((".", ":")), paragraph
        assert paragraph.count("`") % 2 == 0


@pytest.mark.parametrize("name", [f"{page}#{part.anchor}" for page, parts in SECTIONS.items() for part in parts])
def test_explain_prints_what_a_source_names(repo, name):
    ran = repo.run("explain", name)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(section(name).title)


def test_explain_prints_a_field_that_a_source_names(repo):
    assert repo.run("explain", "reference/fields#deal.stages").out == repo.run("explain", "deal.stages").out


def test_explain_prints_the_source_of_each_code_and_metric(repo, sources):
    for name, source in sources.items():
        assert f"Source: {source}" in repo.run("explain", name).out
