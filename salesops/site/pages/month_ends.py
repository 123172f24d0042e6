"""The board and the review as they were known at the ends of earlier months: pages of those evenings, whose links lead to those of today.

They are built on request, out of what the git history holds for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from salesops.book.book import Snapshot
from salesops.changes.timeline import GitHistory
from salesops.site.pages.board import board_page
from salesops.site.pages.page import Page, file_of
from salesops.site.pages.reviews import review_known
from salesops.site.pages.words import day_and_year

RANK = 0.1
"""How much a page of an earlier evening weighs in the search: what is true today comes first."""
SHOWN = ("board", "review")
"""The pages that are shown as they were known."""


def pages(today: Snapshot, past: GitHistory, there: Iterable[Page]) -> Iterator[Page]:
    """A board and a review for each month-end; ``there`` are the pages of today, to whose records they may lead."""
    if not past.month_ends:
        return
    leads = frozenset(page.file for page in there if "/" in page.path) | _picked(past.month_ends)
    for day in past.month_ends:
        then = past.then(day)
        if then is not None:
            for known in _known(then, past):
                yield _among(known, leads, then.as_of, today.as_of)


def _known(then: Snapshot, past: GitHistory) -> Iterator[Page]:
    day, said = then.as_of, day_and_year(then.as_of)
    yield board_page(f"board-{day}", f"Board as known on {said}", then, past.month_ends, known=day)
    yield review_known(f"review-{day}", f"Weekly review as known on {said}", then, past)


def _picked(ends: Iterable[date]) -> frozenset[str]:
    """Where the picker leads: to each month-end, and back to today."""
    return frozenset(file_of(path) for name in SHOWN for path in (name, *(f"{name}-{day}" for day in ends)))


def _among(known: Page, leads: frozenset[str], then: date, today: date) -> Page:
    """A page of an earlier evening among those of today: out of the menu, and with links to no page that there is not."""

    def render() -> str:
        # A script says how long ago the site was built: that is told by the day of the site, not by that of the page.
        return _LINK.sub(linked, known.render()).replace(f'data-day="{then}"', f'data-day="{today}"', 1)

    def linked(link: re.Match[str]) -> str:
        leads_on = _ELSEWHERE.match(link["to"]) or link["to"].removeprefix("./").partition("#")[0] in leads
        return link[0] if leads_on else f"<span{link['before']}{link['after']}>{link['text']}</span>"

    return replace(known, render=render, in_navigation=False, rank=RANK)


_LINK = re.compile(r'<a\b(?P<before>[^>]*?) href="(?P<to>[^"]*)"(?P<after>[^>]*)>(?P<text>.*?)</a>', re.DOTALL)
_ELSEWHERE = re.compile(r"#|[a-z]+:", re.IGNORECASE)
