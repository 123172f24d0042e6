"""Closed deals with what was learned from each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.status import Standing, standings
from salesops.book.visits import Visit
from salesops.changes.timeline import GitHistory
from salesops.checks.waiting import everything_waiting
from salesops.metrics import Reading
from salesops.records.deal import Loss
from salesops.records.money import Money
from salesops.records.record import value_at
from salesops.site.pages.charts.came_and_went import Lost, reasons
from salesops.site.pages.charts.stages import member_of
from salesops.site.pages.columns import DEAL, MEMBER, Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, day, kind_of_business, money, said


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


class LossRow(NamedTuple):
    """One closing as lost: a deal that was lost twice has two."""

    standing: Standing
    closing: Visit
    loss: Loss | None


def lost_on(row: LossRow, here: Here) -> Markup:
    """The day of the closing, and whether the deal was opened again since."""
    again = row.closing.attempt < row.standing.history.now.attempt
    return day(row.closing.entered) + (Markup(" <small>{}</small>").format("opened again") if again else "")


def of_loss(name: str) -> Callable[[LossRow, Here], object]:
    """The cell for a field of the loss, such as its reason."""
    return lambda row, here: said(value_at(row.loss, (name,)) or NOTHING)


def losses(snapshot: Snapshot) -> list[LossRow]:
    """Every closing as lost, the newest first."""
    found = [
        LossRow(Standing(snapshot, history), closing, loss)
        for history in snapshot.histories
        for closing, loss in history.lost
    ]
    return sorted(found, key=lambda row: row.closing.entered, reverse=True)


def _as_lost(row: LossRow) -> Lost:
    """A loss as the chart of the reasons counts it."""
    loss, deal = row.loss, row.standing.id
    reason, verdict = (loss.reason, loss.verdict) if loss else (None, None)
    return Lost(deal, member_of(row.standing.snapshot, deal), reason or "", verdict or "")


WON: Columns[Standing] = (
    MEMBER,
    DEAL,
    Column("Won", lambda standing, _: day(standing.since)),
    Column("Type", lambda standing, _: kind_of_business(standing.deal.type)),
    Column("MRR", lambda standing, _: money(mrr(standing)), right=True, order=mrr_order),
    Column("What we learned", learned, words=True),
    Column("Hand-off", lambda standing, here: here.parts.unfinished(standing.unfinished)),
)
LOST: Columns[LossRow] = (
    Column("Member", lambda row, here: here.member_link(row.standing.deal.member), header=True),
    Column("Deal", lambda row, here: here.deal_link(row.standing.id, row.standing.deal.title)),
    Column("Lost", lost_on),
    Column("Reason", of_loss("reason")),
    Column("Verdict", of_loss("verdict")),
    Column("What we learned", of_loss("learning"), words=True),
    Column("Try again", of_loss("reengage")),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Wins and losses, the newest first."""
    won = sorted(standings(snapshot, snapshot.won), key=lambda standing: standing.since, reverse=True)
    lost = losses(snapshot)
    years = sorted({it.since.year for it in won} | {row.closing.entered.year for row in lost}, reverse=True)
    common: dict[str, Any] = {
        "won_columns": WON,
        "lost_columns": LOST,
        "years": years,
        "win_rate": readings.get("win-rate"),
    }
    yield page(
        "closed",
        "Won and lost",
        "closed",
        snapshot,
        won=won,
        lost=lost,
        again=list(_again(snapshot)),
        charts=[reasons(map(_as_lost, lost))],
        **common,
    )
    for year in years:
        yield page(
            f"closed/{year}",
            f"Won and lost in {year}",
            "closed",
            snapshot,
            won=[it for it in won if it.since.year == year],
            lost=(found := [row for row in lost if row.closing.entered.year == year]),
            again=[],
            charts=[reasons(map(_as_lost, found))],
            **common,
        )


def _again(snapshot: Snapshot) -> Iterator[tuple[Standing, date]]:
    """Lost deals whose day to try again has come, and no later deal of the member has begun."""
    for it in everything_waiting(snapshot):
        history = snapshot.history(it.record) if it.code == "reengage-due" else None
        if history:
            yield Standing(snapshot, history), it.since
