"""The deals behind a figure of a table: how many, and each by its name."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from salesops.metrics.readings import AttemptKey
from salesops.site.pages.page import Here
from salesops.site.pages.words import NOTHING, counted

MOST = 25
"""Deals named in one cell."""


def links(deals: Iterable[str], here: Here) -> Markup:
    """The deals by name, each a link."""
    every = list(dict.fromkeys(deals))
    named: list[Markup | str] = [here.known_deal_link(deal) for deal in every[:MOST]]
    named += [f"{len(every) - MOST:,} more"] if len(every) > MOST else []
    return Markup("; ").join(named) if named else Markup(NOTHING)


def folded(deals: Iterable[str], here: Here) -> Markup:
    """How many deals, and their names when somebody asks; a dash where there is none."""
    named = list(dict.fromkeys(deals))
    if not named:
        return Markup(NOTHING)
    return Markup("<details><summary>{}</summary>{}</details>").format(counted(len(named), "deal"), links(named, here))


def of_attempts(keys: Iterable[AttemptKey], here: Here) -> Markup:
    """The deals of some attempts, by name."""
    return links((key.deal for key in keys), here)
