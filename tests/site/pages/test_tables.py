"""Tables: one macro writes them all, the columns of each are a list in its page's module, and what a cell says is escaped."""

import importlib
import pkgutil
from dataclasses import replace
from datetime import date

import pytest
from markupsafe import Markup, escape

from salesops.changes.integrity import Chapter
from salesops.site import pages
from salesops.site.pages import closed, deals, integrity, members, pipeline
from salesops.site.pages.columns import Column
from salesops.site.pages.page import Here

HOSTILE = "<script>alert(1)</script> & \"'"
MODULES = [importlib.import_module(f"{pages.__name__}.{found.name}") for found in pkgutil.iter_modules(pages.__path__)]
LISTS = {
    f"{module.__name__.rsplit('.', 1)[1]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, tuple) and value and all(isinstance(part, Column) for part in value)
}
LISTS = {name: columns for name, columns in LISTS.items() if name in {id(it): at for at, it in LISTS.items()}.values()}


def headings(table):
    return [head.text for head in table.one("thead").every("th")]


def cells(row):
    return row.children_of("th", "td")


def test_no_template_spells_a_table_by_hand(home):
    folder = home / "salesops/site/pages/templates"
    assert [file.name for file in folder.glob("*.html") if "<table" in file.read_text(encoding="utf-8")] == [
        "_parts.html"
    ]
    assert (folder / "_parts.html").read_text(encoding="utf-8").count("<table") == 1
    for module in MODULES:
        assert "<table" not in (home / module.__file__).read_text(encoding="utf-8"), module


def test_every_table_of_every_page_has_the_columns_of_a_list(demo):
    plain = {tuple(escape(column.heading).striptags() for column in columns): name for name, columns in LISTS.items()}
    shown = set()
    for path in demo:
        article = demo.article(path)
        drawn = [table for figure in article.every("figure") for table in figure.every("table")]
        for table in article.every("table", class_="so-table"):
            found = tuple(headings(table))
            rows = [
                row for body in table.every("tbody") for row in body.every("tr") if not row.has("class", "so-group-row")
            ]
            assert all(len(cells(row)) == len(found) for row in rows), path
            if table in drawn:  # a chart brings its own heads
                continue
            made = (
                "integrity",
                "metrics",
                "review",
            )  # chapters, evidence, weeks that a team sets and points of an agenda bring their own heads
            assert found in plain or path.startswith(made), (path, found)
            shown.add(plain.get(found))
    assert LISTS.keys() - shown <= {
        *(
            "changes.BRIDGE",
            "members.HEALTH",
            "members.HEALTH_OF_HUBS",
            "members.INVOICES",
            "members.PLAIN_INVOICES",
            "deals.HUBS",
        ),
        *("process.DECISIONS", "debt.DEBT", "invoices.UNPAID"),
    }


@pytest.mark.parametrize(
    ("module", "name", "path", "at"),
    [
        (pipeline, "OPEN", "pipeline", 0),
        (closed, "WON", "closed", 0),
        (members, "INDEX", "members", 0),
        (members, "DEALS", "members/cascadia-university", 0),
        (deals, "VISITS", "deals/acme", 0),
    ],
)
def test_a_column_is_added_by_one_entry_and_is_shown_escaped(repo, page_of, monkeypatch, module, name, path, at):
    repo.deal()
    before = headings(list(page_of(path).every("table"))[at])
    column = Column(f"Extra {HOSTILE}", lambda row, here: HOSTILE, right=True, order=lambda row, place: f'"{place}<')
    monkeypatch.setattr(module, name, (*getattr(module, name), column))
    table = list(page_of(path).every("table"))[at]
    assert headings(table) == [*before, f"Extra {HOSTILE}"]
    assert not list(table.every("script"))
    for place, row in enumerate(table.one("tbody").every("tr"), 1):
        cell = cells(row)[-1]
        assert cell.raw == HOSTILE
        assert cell.attributes == {"class": "so-right", "data-order": f'"{place}<'}


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (Column("A", lambda row, here: row), "<td>&lt;b&gt;</td>"),
        (Column("A", lambda row, here: Markup("<i>{}</i>").format(row)), "<td><i>&lt;b&gt;</i></td>"),
        (Column("A", lambda row, here: 7, right=True), '<td class="so-right">7</td>'),
        (Column("A", lambda row, here: "", words=True, header=True), '<th scope="row" class="so-words"></th>'),
        (Column("A", lambda row, here: "", right=True, look="so-sum"), '<td class="so-right so-sum"></td>'),
        (Column("A", lambda row, here: "–", right=True, label="A"), '<td class="so-right so-none">–</td>'),
        (Column("A", lambda row, here: "–", header=True), '<th scope="row">–</th>'),
        (Column("A", lambda row, here: "", order=lambda row, place: place), '<td data-order="3"></td>'),
        (Column("A", lambda row, here: here.chip("good", row)), '<td><span class="so-chip so-good">&lt;b&gt;</span></td>'),
        (Column("A", lambda row, here: here.deal_link("x", row)), '<td><a href="./deals/x.html">&lt;b&gt;</a></td>'),
    ],
)  # fmt: skip
def test_a_cell(repo, column, wanted):
    assert column.element("<b>", Here("./", repo.book().on(date(2026, 11, 20))), 3) == wanted


def test_the_heading_of_figures_stands_above_them():
    assert Column("A & B", str).head == '<th scope="col">A &amp; B</th>'
    assert replace(Column("A", str), right=True).head == '<th scope="col" class="so-right">A</th>'


def test_a_chapter_that_counts_no_days_has_no_column_for_them():
    late = Chapter("Late", "", "days late", ())
    assert [column.heading for column in integrity.columns_of(late)] == ["Deal", "What", "Days late", "Known", "By"]
    gone = replace(late, days="")
    assert [column.heading for column in integrity.columns_of(gone)] == ["Record", "What", "Known", "By"]
