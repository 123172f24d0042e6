"""The overviews on paper: a PDF holds every stage, column and row of the screen as text, and no page of it is empty."""

import base64
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.browser

OVERVIEWS = {"board": True, "pipeline": True, "renewals": True, "review": False, "closed": False}
"""Each overview, and whether it is printed on its side."""
MOST_SHEETS = {"review": 2}
"""What a meeting takes along: front and back of one sheet."""
TEXTS = """[...document.querySelectorAll("article :is(h1, h2, h3, thead th, tbody :is(th, td), tfoot td, li.so-card > :not(.so-card-line), li.so-card .so-card-line > :first-child, ul > li, article p)")]
  .filter(it => it.checkVisibility() && !it.closest("form, template, .so-letters, .so-doing, .so-pills, figure, .so-hidden, .dt-search") && !it.querySelector("tr, li, details, .so-hidden"))
  .map(it => it.innerText ?? "")"""


@pytest.fixture(scope="module")
def words_of():
    """``words_of(pdf)``: the text of each of its pages."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("there is no pdftotext (poppler-utils) on this computer to read a PDF with")

    def read(pdf):
        ran = subprocess.run([reader, "-raw", "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=True)
        return ran.stdout.decode().removesuffix("\f").split("\f")

    return read


def squeezed(text):
    """A text without what paper and screen break differently."""
    return "".join(text.split()).casefold()


@pytest.mark.samples(1)
@pytest.mark.parametrize(("page", "landscape"), OVERVIEWS.items())
def test_the_pdf_of_an_overview_holds_every_stage_column_and_row_and_no_empty_page(
    browser, demo_served, words_of, page, landscape
):
    with browser.tab(width=1123, height=794) as tab:
        tab.go(f"{demo_served}/{page}.html")
        tab.listen(0.5)
        tab.ask("Emulation.setEmulatedMedia", media="print")
        shown = [text for text in tab.run(TEXTS) if text.strip()]
        tab.ask("Emulation.setEmulatedMedia", media="")
        printed = tab.ask("Page.printToPDF", landscape=landscape, paperWidth=8.27, paperHeight=11.69)["data"]
    sheets = words_of(base64.b64decode(printed))
    whole = squeezed("".join(sheets))
    lost = [text for text in shown if squeezed(text) not in whole]
    assert len(shown) > 50
    assert lost == []
    assert [number for number, sheet in enumerate(sheets, 1) if len(squeezed(sheet)) < 40] == []
    assert len(sheets) <= MOST_SHEETS.get(page, len(sheets))
