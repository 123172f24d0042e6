"""The menu: generated pages are in it by themselves, around what a team lists in mkdocs.yml, whichever program builds the site."""

import logging
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from salesops.site import pages
from salesops.site.navigation import menu
from salesops.site.pages.page import Page, page
from salesops.store.load import load

HOME = Path(__file__).parents[3]
IN_MENU = [it for it in pages.every_page(load(HOME)[0].on(date(2026, 11, 20))) if it.in_navigation]
OVERVIEWS = [it.title for it in IN_MENU if not it.section]


def of(section):
    return [it.title for it in IN_MENU if it.section == section]


GENERATED = [*of("Help/Reference"), "Commands"]
REFERENCE = {"Reference": GENERATED}
NUMBERS, PLAYBOOK = {"Numbers": of("Numbers")}, {"Playbook": of("Playbook")}
HELP = {"Help": [*of("Help"), REFERENCE]}
TABS = [NUMBERS, PLAYBOOK, HELP]
LISTED = """
  - Home: index.md
  - Board: board.md
  - Pipeline: pipeline.md
  - Closed deals: closed.md
  - Renewals: renewals.md
  - Metrics: metrics.md
  - Changes: changes.md
  - Integrity: integrity.md
  - Members: members.md
  - Process: process.md
  - How we work: how-we-work.md
  - Reference:
      - Checks: reference/checks.md
      - Fields: reference/fields.md
      - Commands: reference/commands.md
"""
"""What mkdocs.yml held before the generated pages came into the menu by themselves."""


def made(path, section=""):
    return Page(path, path.rpartition("/")[2].capitalize(), "", str, section=section)


def bare(entries):
    """A menu in short: files by name, sections with what is in them."""
    return [
        entry if isinstance(entry, str) else (title, bare(inner)) if isinstance(inner, list) else f"{title}={inner}"
        for entry in entries
        for title, inner in (entry.items() if isinstance(entry, dict) else [("", "")])
    ]


A, B, C = "A=a.md", "B=b.md", "C=c.md"
X, Y = ("Reference", ["X=r/x.md", "Y=r/y.md"]), ("Reference", ["Y=r/y.md"])


@pytest.mark.parametrize(
    ("own", "wanted"),
    [
        ([], [A, B, C, X]),
        (["how.md"], [A, B, C, "how.md", X]),
        ([{"How": "how.md"}, {"More": ["more.md"]}], [A, B, C, "How=how.md", ("More", ["more.md"]), X]),
        ([{"First": "a.md"}, {"Last": "c.md"}], ["First=a.md", B, "Last=c.md", X]),
        (["how.md", "a.md"], ["how.md", "a.md", B, C, X]),
        (["c.md", {"How": "how.md"}, "b.md", "a.md"], ["c.md", "How=how.md", "b.md", "a.md", X]),
        (["./b.md", "how.md"], [A, "./b.md", C, "how.md", X]),
        ([{"Weekly": [{"Ours": "b.md"}]}], [A, C, ("Weekly", ["Ours=b.md"]), X]),
        ([{"Reference": ["json.md"]}, "how.md"], [A, B, C, ("Reference", [*X[1], "json.md"]), "how.md"]),
        ([{"Reference": ["json.md", "r/x.md", "api.md"]}], [A, B, C, ("Reference", ["json.md", "r/x.md", "Y=r/y.md", "api.md"])]),
        ([{"Lists": ["r/x.md"]}], [A, B, C, ("Lists", ["r/x.md"]), Y]),
        ([{"Lists": ["r/x.md", {"Deep": ["r/y.md"]}]}], [A, B, C, ("Lists", ["r/x.md", ("Deep", ["r/y.md"])])]),
        ([{"Reference": "how.md"}], [A, B, C, "Reference=how.md", X]),
        ([{"Out": "https://crm.example/"}], [A, B, C, "Out=https://crm.example/", X]),
    ],
)  # fmt: skip
def test_where_pages_stand(own, wanted):
    generated = [made("a"), made("b"), made("c"), made("r/x", "Reference"), made("r/y", "Reference")]
    before = bare(own)
    assert bare(menu(own, generated)) == wanted
    assert bare(own) == before, "what MkDocs read stays as it was"
    assert bare(menu(menu(own, generated), generated)) == wanted, "a second time changes nothing"


def entries(page):
    """The menu that a page shows."""
    top = next(page.every("nav", class_="md-nav--primary"))
    return list(items(top.children_of("ul")[0]))


def sections(found):
    """What stands inside of the sections."""
    return [inner for entry in found if isinstance(entry, dict) for part in entry.values() for inner in part]


def items(listed):
    for item in listed.children_of("li"):
        if inner := item.children_of("nav"):
            yield {inner[0].children_of("label")[0].text: list(items(inner[0].children_of("ul")[0]))}
        else:
            yield item.children_of("a")[-1].text


@pytest.fixture
def crm(repo):
    """A sound repository with one page of its own."""
    repo.write("site/how-we-work.md", "# How we work, together\n")
    return repo


@pytest.fixture
def nav(crm, home):
    """``nav(text)`` says what mkdocs.yml lists; nothing at all where the text is empty."""
    config = (home / "mkdocs.yml").read_text(encoding="utf-8")
    without = re.sub(r"(?ms)^nav:.*?(?=^\S)", "", config)
    return lambda text: crm.write("mkdocs.yml", without + (f"nav:{text}" if text else ""))


@pytest.fixture
def menu_of(crm, site_of, caplog):
    """Builds the site with MkDocs, which has nothing to say of the menu, and reads it from the home page."""

    def read():
        with caplog.at_level(logging.INFO, logger="mkdocs"):
            site = site_of(crm.root, strict=True)
        assert not [said for said in caplog.messages if '"nav"' in said]
        assert entries(site["board"]) == entries(site[""])
        return entries(site[""])

    return read


def test_without_nav_the_teams_pages_stand_between_the_overviews_and_the_reference(crm, nav, menu_of):
    nav("")
    crm.write("site/guides/first.md", "# First steps\n")
    crm.write("site/reference/zones.md", "# Zones\n")
    crm.write("site/board.md", "Read it aloud.\n")
    together = {"Reference": [*GENERATED, "Zones"]}
    assert menu_of() == [
        *OVERVIEWS, "How we work, together", {"Guides": ["First steps"]}, together, NUMBERS, PLAYBOOK, {"Help": of("Help")},
    ]  # fmt: skip


def test_the_overviews_begin_with_the_pages_of_every_day():
    assert OVERVIEWS == ["Today", "Board", "Pipeline", "Renewals", "Members"]
    assert GENERATED[:2] == ["Checks", "Fields"]
    assert NUMBERS["Numbers"][0] == "Weekly review"
    assert PLAYBOOK["Playbook"][0] == "Process"
    assert HELP["Help"][0] == "New deal"


def test_a_team_lists_only_its_own_pages(nav, menu_of):
    nav("\n  - How: how-we-work.md\n")
    assert menu_of() == [*OVERVIEWS, "How", *TABS]


def test_an_old_mkdocs_yml_that_lists_every_page_keeps_its_menu(nav, menu_of):
    nav(LISTED)
    own = "Home, Board, Pipeline, Closed deals, Renewals, Metrics, Changes, Integrity, Members, Process, How we work".split(
        ", "
    )
    assert [entry for entry in menu_of() if isinstance(entry, str)] == own
    known = {"Won and lost", "Metrics", "Changes", "Integrity", "Process"}
    rest = [
        {title: [it for it in found if it not in known]} for it in (NUMBERS, PLAYBOOK) for title, found in it.items()
    ]
    assert [entry for entry in menu_of() if not isinstance(entry, str)] == [REFERENCE, *rest, {"Help": of("Help")}]


def test_what_a_team_lists_stands_where_the_team_put_it_and_the_rest_is_added(nav, menu_of):
    nav("\n  - Start: index.md\n  - Weekly:\n      - Our funnel: pipeline.md\n      - how-we-work.md\n")
    rest = [title for title in OVERVIEWS if title not in ("Today", "Pipeline")]
    assert menu_of() == ["Start", *rest, {"Weekly": ["Our funnel", "How we work, together"]}, *TABS]


@pytest.mark.parametrize("listed", [LISTED, "\n  - How we work: how-we-work.md\n"], ids=["an old one", "a new one"])
def test_a_new_page_reaches_the_menu_by_itself(nav, menu_of, monkeypatch, listed):
    nav(listed)
    quarter = ModuleType("quarter")
    quarter.pages = lambda snapshot, readings, past: [
        page("quarter", "Quarter", "waiting", snapshot, heading="Quarter", people=[]),
        page("reference/terms", "Terms", "fields", snapshot, section="Help/Reference", kinds=[], columns=()),
    ]  # fmt: skip
    (section, tabs), *others = pages.MENU
    at = tabs.index(pages.pipeline) + 1
    monkeypatch.setattr(pages, "MENU", ((section, (*tabs[:at], quarter, *tabs[at:])), *others))
    found = menu_of()
    assert found[1:4] == ["Board", "Pipeline", "Quarter"]
    assert "Quarter" in found
    assert "How we work" in found
    (reference,) = (it["Reference"] for it in (*found, *sections(found)) if isinstance(it, dict) and "Reference" in it)
    assert set(reference) == {*GENERATED, "Terms"}


@pytest.mark.proof
def test_mkdocs_typed_by_hand_has_the_same_menu(crm, nav, page_at):
    nav("\n  - How: how-we-work.md\n  - Reference:\n      - Home page: https://crm.example/\n")
    env = os.environ | {"SALESOPS_AS_OF": "2026-11-20", "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [Path(sys.executable).parent / "mkdocs", "build", "--strict"],
        cwd=crm.root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = entries(page_at(crm.root / "build/html/index.html"))
    together = {"Reference": [*GENERATED, "Home page"]}
    assert found == [*OVERVIEWS, "How", together, NUMBERS, PLAYBOOK, {"Help": of("Help")}]


def test_both_files_of_ours_name_no_generated_page(home, demo):
    generated = {found.source for found in pages.every_page(demo.snapshot)} | {"reference/commands.md"}
    for file in ("mkdocs.yml", "salesops/setup/starter/mkdocs.yml"):
        text = re.sub(r"#.*", "", (home / file).read_text(encoding="utf-8"))
        assert not generated & set(re.findall(r"\S+\.md", text)), file
