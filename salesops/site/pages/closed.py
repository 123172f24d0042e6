"""Closed deals with what was learned from each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from salesops.book.book import Snapshot
from salesops.book.status import Standing, standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.records.money import Money
from salesops.records.record import value_at
from salesops.site.pages.columns import DEAL, MEMBER, Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, day, kind_of_business, money


def mrr(standing: Standing) -> Money | None:
    """What the contract brings a month."""
    return standing.deal.contract.mrr if standing.deal.contract else None


def mrr_order(standing: Standing, place: int) -> object:
    """The amount alone, to sort by."""
    found = mrr(standing)
    return found.amount if found else 0


def learned(standing: Standing, here: Here) -> str:
    """What a win taught."""
    return (standing.deal.win and standing.deal.win.learning) or NOTHING


def loss(name: str) -> Callable[[Standing, Here], object]:
    """The cell for a field of the loss, such as its reason."""
    return lambda standing, here: value_at(standing.deal, ("loss", name)) or NOTHING


WON: Columns[Standing] = (
    MEMBER,
    DEAL,
    Column("Won", lambda standing, _: day(standing.since)),
    Column("Type", lambda standing, _: kind_of_business(standing.deal.type)),
    Column("MRR", lambda standing, _: money(mrr(standing)), right=True, order=mrr_order),
    Column("What we learned", learned, words=True),
    Column("Hand-off", lambda standing, here: here.parts.unfinished(standing.unfinished)),
)
LOST: Columns[Standing] = (
    MEMBER,
    DEAL,
    Column("Lost", lambda standing, _: day(standing.since)),
    Column("Reason", loss("reason")),
    Column("Verdict", loss("verdict")),
    Column("What we learned", loss("learning"), words=True),
    Column("Try again", loss("reengage")),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Wins and losses, the newest first."""
    won = sorted(standings(snapshot, snapshot.won), key=lambda standing: standing.since, reverse=True)
    lost = sorted(standings(snapshot, snapshot.lost), key=lambda standing: standing.since, reverse=True)
    yield page(
        "closed",
        "Closed deals",
        "closed",
        snapshot,
        won=won,
        won_columns=WON,
        lost=lost,
        lost_columns=LOST,
        win_rate=readings.get("win-rate"),
    )
