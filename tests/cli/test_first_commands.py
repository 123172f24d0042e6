"""The first five commands lead to an own deal on an own board; benchmarks/first_quarter_hour.py times the same five."""

from __future__ import annotations

import os
import re
import sys
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from terminal import typed

from salesops.store.load import load

HOME = Path(__file__).parents[2]
LINK = re.compile(r"""\b(?:href|src|action)=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


@pytest.fixture(scope="module")
def script():
    """The answers of the benchmark, so that both are the same person."""
    sys.path.insert(0, str(HOME / "benchmarks"))
    import first_quarter_hour

    sys.path.remove(str(HOME / "benchmarks"))
    return first_quarter_hour


@pytest.fixture(scope="module")
def ours(script, tmp_path_factory) -> Path:
    """What is there after `pip install` and these four."""
    folder = tmp_path_factory.mktemp("first")
    commands = [(words[1:], answers) for words, answers in script.commands(Path("venv/bin"), Path("salesops.whl"))[1:]]
    assert [words for words, _ in commands] == [
        ["init", "our-sales"], ["-C", "our-sales", "new", "deal"], ["-C", "our-sales", "check"], ["-C", "our-sales", "site"],
    ]  # fmt: skip
    for words, answers in commands:
        there = folder / "our-sales" if words[0] == "-C" else folder
        code, screen = typed(there, words[2:] if words[0] == "-C" else words, answers)
        assert code == 0, screen
    return folder / "our-sales"


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_five_commands_lead_to_an_own_deal_on_an_own_board_and_no_example_is_left(ours):
    book, problems = load(ours)
    assert problems == []
    assert [*book.deals] == ["pinecrest-college-standard"]
    assert [*book.members] == ["pinecrest-college"]
    assert book.team.organisation == "Our organisation"
    board = (ours / "build/html/board.html").read_text(encoding="utf-8")
    assert "Pinecrest College" in board
    assert "Example" not in board


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_no_link_of_the_site_leads_to_a_folder(ours):
    html = ours / "build/html"
    lost = []
    for page in html.rglob("*.html"):
        for found in LINK.finditer(page.read_text(encoding="utf-8")):
            link = urlsplit(unescape(next(filter(None, found.groups()), "")))
            there = unquote(link.path)
            if link.scheme or link.netloc or not there or (page.name == "404.html" and there.startswith("/")):
                continue
            if not Path(os.path.normpath(page.parent / there)).is_file():
                lost.append((page.relative_to(html).as_posix(), there))
    assert lost == []
