"""The pages of the public site: templates of its own that see plain values only."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from jinja2 import Environment

from salesops.site.pages.page import Page, file_of
from salesops.site.public.view import PublicFacts
from salesops.site.templating import environment_of

NUMBERS, PROCESS, LEARNING, MEMBERS = "Numbers", "Process", "What we learn", "Members"


def public_pages(facts: PublicFacts) -> list[Page]:
    """The home page, and a page for whatever there is to say."""
    listed = list(_pages(facts))
    return [_page("", "Home", "home", facts, listed=listed), *listed]


def _pages(facts: PublicFacts) -> Iterator[Page]:
    if facts.figures:
        yield _page("numbers", NUMBERS, "numbers", facts)
    if facts.stages or facts.tiers:
        yield _page("process", PROCESS, "process", facts)
    if facts.hypotheses or facts.experiments or facts.answers or facts.lessons:
        yield _page("learning", LEARNING, "learning", facts)
    if facts.members:
        yield _page("members", MEMBERS, "members", facts)


def _page(path: str, title: str, template: str, facts: PublicFacts, **more: object) -> Page:
    def render() -> str:
        return _templates().get_template(f"{template}.html").render(facts=facts, title=title, file_of=file_of, **more)

    return Page(path, title, "", render)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return environment_of("salesops.site.public")
