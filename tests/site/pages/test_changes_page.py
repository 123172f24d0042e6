"""What the commits tell, on the pages: the history of a deal, the changes of the week and month, and the integrity."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from gitting import Git

from salesops.changes.timeline import GitHistory
from salesops.site.pages import every_page
from salesops.store.record_histories import git_history

TODAY = date(2026, 11, 20)
MINUS = "−"


def with_pages(root: Path, home: Path) -> Path:
    """The repository with what a site needs."""
    shutil.copytree(home / "site", root / "site")
    shutil.copy(home / "mkdocs.yml", root)
    return root


@pytest.fixture(scope="module")
def history(demo_history, tmp_path_factory, home):
    """Eighteen months of the demonstration as a git history, with what a site needs."""
    return with_pages(shutil.copytree(demo_history, tmp_path_factory.mktemp("history") / "demo"), home)


@pytest.fixture(scope="module")
def site(history, site_of):
    return site_of(history)


@pytest.fixture
def told(repo, tree):
    """``told("changes", day)``: a page of the small repository with what its commits tell."""

    def rendered(path, day=TODAY):
        book = repo.book()
        return tree(every_page(book.on(day), past=git_history(repo.root, book, day)), path)

    return rendered


@pytest.fixture
def git(repo):
    git = Git(repo.root)
    git.begin()
    return git


def commit(git, day, subject="A change", by="Jim"):
    git("add", "-A")
    git("commit", "-q", "-m", subject, GIT_AUTHOR_NAME=by, GIT_COMMITTER_DATE=f"{day}T12:00:00Z")


def spans(page):
    """Each heading of the page with the lines of the commits below it, the day as a browser knows it in front."""
    found, at = {}, None
    for element in page.every():
        if element.tag == "h2":
            at = element.text
            found[at] = []
        elif element.has("class", "so-commit"):
            found[at].append(f"{next(element.every('time'))['datetime']} {element.text}")
    return found


# the history of a deal


def test_a_deal_shows_its_newest_changes_and_folds_the_rest(site):
    page = site.article("deals/larkspur-general")
    found = list(page.every("p", class_="so-commit"))
    commits = [told.text for told in found]
    assert commits[0].startswith("Thu 12 Nov Maren Tollefsby Larkspur: registrar wants counsel to read it")
    assert commits[-1].startswith("Mon 2 Mar Maren Tollefsby Larkspur: new deal")
    days = [next(told.every("time"))["datetime"] for told in found]
    assert days == sorted(days, reverse=True)
    assert f"{len(commits) - 6} earlier changes" in page.text
    assert page.one("h2", id="history").text == "History"


@pytest.mark.proof
def test_each_deal_that_has_a_commit_has_a_history(site):
    for path in site:
        if path.startswith("deals/"):
            assert list(site.article(path).every("p", class_="so-commit")), path


# changes


def test_changes_are_told_by_week_month_and_before(site):
    found = spans(site.article("changes"))
    assert list(found) == ["This week", "Earlier this month", "Earlier"]
    days = {span: [text[:10] for text in lines] for span, lines in found.items()}
    assert all(day >= "2026-11-16" for day in days["This week"])
    assert all("2026-11-01" <= day < "2026-11-16" for day in days["Earlier this month"])
    assert all(day < "2026-11-01" for day in days["Earlier"])
    assert 50 < sum(map(len, days.values())) <= 100
    assert min(days["Earlier"]) >= "2026-10-21", "thirty days; the feed has the others"
    for lines in days.values():
        assert lines == sorted(lines, reverse=True)


def test_the_bridges_of_the_week_and_the_month_add_up(site):
    bridges = list(site.article("changes").every("table"))
    assert len(bridges) == 2
    for table in bridges:
        rows = [
            [cell.text for cell in row.every() if cell.tag in ("th", "td")] for row in table.one("tbody").every("tr")
        ]
        assert (rows[0][0], rows[-1][0]) == ("Opening", "Closing")
        for column in (1, 2):
            first, *steps, last = (_sums(row[column]) for row in rows)
            for currency in first | last:
                assert first[currency] + sum(step[currency] for step in steps) == last[currency], rows
        counted = next(metric for metric in _metrics(site) if metric["id"] == "open-deals")["value"]
        assert _sums(rows[-1][1]) == {"": counted}


def _sums(text):
    """The amounts of a cell by their currency; a count has none."""
    found = re.findall(r"(-?)([\d,]+)(?: ([A-Z]{3}))?", text.replace(MINUS, "-").replace("- ", "-"))
    return Counter({currency: int(f"{sign}{number.replace(',', '')}") for sign, number, currency in found})


def _metrics(site):
    return json.loads((site.html / "metrics.json").read_text(encoding="utf-8"))["metrics"]


def test_the_bridges_name_the_deals_that_moved(site):
    week, _ = site.article("changes").every("table")
    assert "Marlowe Lake Polytechnic, General Membership" in week.text
    assert {link.text for link in week.every("a")} >= {
        *(
            "Alder Coast University, Renewal of General Membership",
            "Quill Bay University, Renewal of General Membership, third hub",
        )
    }


def test_a_week_in_which_nothing_changed_says_so(repo, git, told):
    found = told("changes", date(2026, 12, 20))
    assert [element.text for element in found.every("p", class_="so-empty")] == ["Nothing changed.", "Nothing changed."]
    assert list(spans(found)) == ["This week", "Earlier this month", "Earlier"]


def test_what_became_known_later_is_not_told_on_an_earlier_day(repo, git, told):
    repo.deal()
    commit(git, "2026-11-18", "Acme is new")
    assert "Acme is new" in told("changes").text
    assert "Acme is new" not in told("changes", date(2026, 11, 17)).text


def test_the_week_begins_on_monday_and_the_month_on_its_first_day(repo, git, told):
    for at, day in enumerate(("2026-10-31", "2026-11-01", "2026-11-15", "2026-11-16", "2026-11-20")):
        repo.deal(f"title: T{at}\n")
        commit(git, day, f"On {day}")
    found = {
        span: [line.split(" On ")[1][:10] for line in lines if " On " in line]
        for span, lines in spans(told("changes")).items()
    }
    assert found == {
        "This week": ["2026-11-20", "2026-11-16"],
        "Earlier this month": ["2026-11-15", "2026-11-01"],
        "Earlier": ["2026-10-31"],
    }


def test_in_the_first_days_of_a_month_the_week_is_the_longer_one(repo, git, told):
    for at, day in enumerate(("2026-11-29", "2026-11-30", "2026-12-01")):
        repo.deal(f"title: T{at}\n")
        commit(git, day, f"On {day}")
    found = {
        span: [line.split(" On ")[1][:10] for line in lines if " On " in line]
        for span, lines in spans(told("changes", date(2026, 12, 2))).items()
    }
    assert found["This week"] == ["2026-12-01", "2026-11-30"]
    assert found["Earlier this month"] == []
    assert found["Earlier"][0] == "2026-11-29"


def test_a_deal_that_is_gone_is_named_without_a_link(repo, git, told):
    repo.deal()
    commit(git, "2026-11-17")
    (repo.root / "deals/acme.yaml").unlink()
    commit(git, "2026-11-18", "Entered twice")
    page = told("changes")
    assert "Entered twice" in page.text
    assert not [link for link in page.every("a", href=True) if "acme" in link["href"]]


# integrity


def test_the_report_is_the_one_of_the_command(site, history, demo_command):
    page = site.article("integrity")
    told = demo_command(history)
    headings = [element.text for element in page.every("h2") if "(" in element.text]
    names = ("late", "pushed", "after_close", "owners", "corrected", "removed")
    assert [int(text.split("(")[1].strip(")")) for text in headings] == [len(told[name]) for name in names]
    assert "Larkspur University, General Membership" in page.text
    assert "pushed back 3 times" in page.text


@pytest.fixture
def demo_command():
    def asked(root):
        command = [
            str(Path(sys.executable).parent / "salesops"),
            "integrity",
            "--format",
            "json",
            "--as-of",
            str(TODAY),
        ]
        return json.loads(subprocess.run(command, cwd=root, capture_output=True, check=True).stdout)

    return asked


# where there is no history


def test_without_a_history_the_pages_say_so_and_the_deals_have_no_such_heading(repo, told):
    for path in ("changes", "integrity"):
        page = told(path)
        assert page.one("p", class_="so-empty").text.startswith("No history available: there is no git history")
        assert not [heading for heading in page.every("h2") if "(" in heading.text or path == "changes"]
    assert not list(told("deals/cascadia-2025").every("h2", id="history"))


def test_in_a_clone_that_was_cut_the_pages_say_how_to_fetch_the_rest(repo, git, tmp_path, tree):
    git.commit()
    git("clone", "-q", "--depth=1", f"file://{repo.root}", str(tmp_path / "cut"))
    book = repo.book()
    pages = list(every_page(book.on(TODAY), past=git_history(tmp_path / "cut", book, TODAY)))
    for path in ("changes", "integrity"):
        assert "git fetch --unshallow, or fetch-depth: 0" in tree(pages, path).text


def test_where_nobody_asked_git_nothing_is_told(repo, tree):
    pages = list(every_page(repo.book().on(TODAY), past=GitHistory()))
    assert "Nothing changed." in tree(pages, "changes").text


# the same bytes


@pytest.mark.proof
def test_the_site_is_the_same_in_every_time_zone_and_under_every_hash_seed(history, tmp_path):
    found = []
    for seed, zone in (("1", "Pacific/Kiritimati"), ("77", "America/Vancouver")):
        out = tmp_path / seed
        command = [str(Path(sys.executable).parent / "salesops"), "site", "-o", str(out), "--as-of", str(TODAY)]
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C" if seed == "1" else "C.UTF-8"}
        subprocess.run(command, cwd=history, env=env, capture_output=True, check=True)
        found.append(
            {str(file.relative_to(out)): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file()}
        )
    assert found[0].keys() == found[1].keys()
    assert [path for path in found[0] if found[0][path] != found[1][path]] == []
    assert "changes.xml" in found[0]


# in the browser

LOOKED_AT = ("changes", "integrity", "deals/larkspur-general")


@pytest.mark.proof
@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_keep_to_their_policy_fit_the_window_and_can_be_read(browser, serve, site, contrast, dark):
    with serve(site.html) as address, browser.tab(dark=dark) as tab:
        for path in LOOKED_AT:
            tab.go(f"{address}/{path}.html")
            for words in (".so-commit", ".so-commit small", ".so-commit code", ".so-story li ul li"):
                if path != "integrity":
                    assert contrast(tab, words, "color") >= 4.5, (path, words)
            for width in (400, 800, 1200):
                tab.widen(width)
                assert tab.run("document.documentElement.scrollWidth") <= width, (path, width)
        tab.listen(0.3)
        assert not tab.faults
        assert not [url for url in tab.requests if not url.startswith((address, "data:"))]


@pytest.mark.proof
@pytest.mark.browser
def test_without_scripts_the_pages_read_the_same(browser, serve, site):
    def words(path, scripts):
        with browser.tab(scripts=scripts) as tab:
            tab.go(f"{address}/{path}.html")
            tab.ask("Emulation.setScriptExecutionDisabled", value=False)
            return tab.run(
                "[...document.querySelectorAll('.so-commit, .so-story li li, tbody td')].map(one => one.textContent)"
            )

    with serve(site.html) as address:
        for path in LOOKED_AT:
            assert words(path, scripts=True) == words(path, scripts=False), path
