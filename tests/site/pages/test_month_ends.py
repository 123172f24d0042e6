"""The board and the review as they were known at the ends of earlier months, and the way there and back."""

from datetime import date

import pytest
from gitting import Git

from salesops.site.pages import every_page
from salesops.store.record_histories import git_history, month_ends

TODAY = date(2026, 11, 20)


@pytest.fixture
def site(repo):
    """``site(months)``: the pages of the small repository by path, with what its commits tell."""

    def built(months=3):
        book = repo.book()
        return {
            page.path: page
            for page in every_page(book.on(TODAY), past=git_history(repo.root, book, TODAY, months=months))
        }

    return built


@pytest.fixture
def git(repo):
    git = Git(repo.root)
    repo.deal("stages: [enrichment: 2026-09-07]\nowner: jim")
    repo.deal("stages: [enrichment: 2026-09-07]\nx: {}", id="gone")
    git("init", "-q", "-b", "main", "--template=")
    commit(git, "2026-09-08")
    return git


def commit(git, day, subject="A change"):
    git("add", "-A")
    git("commit", "-q", "-m", subject, GIT_COMMITTER_DATE=f"{day}T12:00:00Z")


def moved_late(repo, git):
    """A move of September that was written down in November; and a deal that was removed by then."""
    repo.deal("stages: [enrichment: 2026-09-07, outreach: 2026-09-21]\nowner: jim")
    (repo.root / "deals/gone.yaml").unlink()
    commit(git, "2026-11-09")


def test_the_ends_of_the_months_that_are_over_the_newest_first():
    assert month_ends(date(2026, 3, 31), 3) == [date(2026, 2, 28), date(2026, 1, 31), date(2025, 12, 31)]
    assert month_ends(TODAY, 0) == []


def test_a_board_shows_what_was_known_on_that_evening_not_what_is_known_of_it_now(repo, git, site, tree):
    moved_late(repo, git)
    pages = site().values()
    then, now = tree(pages, "board-2026-09-30"), tree(pages, "board")
    first = {board: next(board.every("section", class_="so-column")).text for board in (then, now)}
    assert "Cascadia University" in first[then]
    assert "Cascadia University" not in first[now]
    assert "As known on the evening of Wednesday 30 September 2026; the links lead to today's pages." in then.text


def test_its_cards_lead_to_the_pages_of_today_and_a_deal_without_one_is_text(repo, git, site, tree):
    moved_late(repo, git)
    board = tree(site().values(), "board-2026-09-30")
    links = {link["href"] for link in board.every("a")}
    assert "./deals/acme.html" in links
    assert "./deals/gone.html" not in links
    assert len(list(board.every("span", class_="so-card-link"))) == 1


def test_no_link_of_a_past_page_leads_nowhere(repo, git, site, tree):
    moved_late(repo, git)
    pages = site()
    files = {page.file for page in pages.values()}
    for path in pages:
        if path.startswith(("board-", "review-2")):
            for link in tree(pages.values(), path).every("a"):
                assert link["href"].removeprefix("./").partition("#")[0] in files, (path, link["href"])


def test_the_review_of_that_evening_counts_what_was_known(repo, git, site, tree):
    moved_late(repo, git)
    review = tree(site().values(), "review-2026-09-30")
    assert "As known on the evening of" in review.text
    assert review.one("h1").text.endswith("Wednesday 30 Sep")


@pytest.mark.parametrize("name", ["board", "review"])
def test_each_leads_to_the_others_and_back_to_today(git, site, tree, name):
    pages = site()
    for path in (name, f"{name}-2026-09-30", f"{name}-2026-10-31"):
        picker = tree(pages.values(), path).one("nav", **{"aria-label": "Month-ends"})
        assert [link["href"] for link in picker.every("a")] == [
            f"./{name}.html", f"./{name}-2026-10-31.html", f"./{name}-2026-09-30.html",
        ], "nothing was known in August"  # fmt: skip


def test_past_pages_are_out_of_the_menu_and_last_in_the_search(git, site):
    found = [page for path, page in site().items() if path.startswith(("board-", "review-2"))]
    assert len(found) == 4
    assert all(page.is_record and page.rank < 1 for page in found)


def test_nobody_who_did_not_ask_gets_any(git, site):
    pages = site(0)
    assert not [path for path in pages if path.startswith("board-")]
    assert "Month-ends" not in pages["board"].body


def test_a_past_page_tells_the_day_of_the_site_to_the_script_that_counts_its_age(git, site):
    assert f'data-day="{TODAY}"' in site()["board-2026-09-30"].body
