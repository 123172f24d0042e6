"""Nothing keeps anybody from reading a page or from working with it, as far as axe-core can tell: WCAG and the best practices, in light and dark."""

import hashlib
import json
import tomllib
from pathlib import Path

import pytest

from salesops.site.pages.page import file_of

AXE = Path(__file__).parent / "axe"
FOUND = """axe.run({exclude: [[".md-header__topic"]]}, %s).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
  nodes.map(node => [id, node.html.slice(0, 160), [...node.any, ...node.all, ...node.none].map(it => it.message)[0]])))"""
"""The theme's own title fades in and out while the page scrolls: it is not judged in between."""
OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""What may differ between the two schemes."""
LOOKED_AT = (
    "", "board", "pipeline", "members", "renewals", "review", "metrics", "process", "changes", "integrity", "closed", "new", "404", "members/skerrow-marine-institute",
    "people/idris", "metrics/sqd", "stages/discovery", "experiments/booking-link", "guides/first-deal", "deals/larkspur-general", "deals/skerrow-renewal-2026", "deals/pan-basin-premier",
    "deals/alder-coast-general",
)  # fmt: skip
MORE = (
    "forecast", "retention", "invoices", "deals/arrebol-general", "knowledge", "experiments", "decisions", "hypotheses", "waiting", "debt", "prices", "messages", "closed/2026", "process/v4", "reviews/2026-11-16",
    "hypotheses/teaching-led-university", "decisions/2026-10-fewer-conversations", "reference/checks", "reference/fields", "reference/commands", "guides/github",
)  # fmt: skip


def test_axe_is_the_one_that_was_reviewed_and_its_licence_stands_beside_it():
    (entry,) = tomllib.loads((AXE / "VENDORED.toml").read_text(encoding="utf-8"))["vendored"]
    script = (AXE / entry["file"]).read_bytes()
    assert hashlib.sha256(script).hexdigest() == entry["sha256"]
    assert f"{entry['name']} v{entry['version']}" in script[:100].decode()
    assert "Mozilla Public License, version 2.0" in (AXE / entry["licence_file"]).read_text(encoding="utf-8")[:60]


def violations(browser, served, paths, dark):
    """What axe has to say of each of these pages."""
    script = f"{(AXE / 'axe.min.js').read_text(encoding='utf-8')};0"
    options = {"resultTypes": ["violations"], **(OF_COLOUR if dark else {})}
    with browser.tab(width=1440, dark=dark) as tab:
        for path in paths:
            tab.go(f"{served}/{file_of(path)}")
            tab.run(script)
            yield from ((path, *each) for each in tab.run(FOUND % json.dumps(options)))


@pytest.mark.proof
@pytest.mark.browser
@pytest.mark.parametrize(
    ("paths", "dark"),
    [(LOOKED_AT, False), (LOOKED_AT[::2], True)],
    ids=["light", "dark"],
)
def test_nothing_keeps_anybody_from_reading_a_page(browser, demo_served, paths, dark):
    assert not list(violations(browser, demo_served, paths, dark))


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_keeps_anybody_from_reading_the_others(browser, demo_served, dark):
    assert not list(violations(browser, demo_served, (*LOOKED_AT, *MORE), dark))
