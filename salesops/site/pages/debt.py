"""Data debt: what is missing in the records, whose it is, for how long, and which numbers it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading, metrics_of
from salesops.metrics.debt import Debt, data_debt
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING


def _days(debt: Debt, here: Here) -> object:
    days = debt.days(here.as_of)
    return NOTHING if days is None else days


def _numbers(debt: Debt, here: Here) -> Markup:
    known = metrics_of(here.snapshot.process)
    link = Markup('<a href="{}">{}</a>')
    return Markup(", ").join(link.format(here.metric_at(number), known[number].title) for number in debt.numbers)


DEBT: Columns[Debt] = (
    Column("Deal", lambda debt, here: here.known_deal_link(debt.deal), header=True),
    Column("Missing", lambda debt, _: debt.what, words=True),
    Column("Owner", lambda debt, here: here.person(debt.owner) if debt.owner else NOTHING),
    Column("Days", _days, right=True),
    Column("Leaves out of", _numbers, words=True),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The list of what is missing."""
    yield page("debt", "Data debt", "debt", snapshot, debts=data_debt(snapshot, readings), columns=DEBT)
