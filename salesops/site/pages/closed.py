"""Closed deals with what was learned from each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.book.status import Standing, standings
from salesops.book.visits import Visit
from salesops.changes.timeline import GitHistory
from salesops.checks.waiting import everything_waiting
from salesops.metrics import Reading, wording
from salesops.records.deal import Loss
from salesops.records.money import Money, total
from salesops.records.record import value_at
from salesops.records.scalars import slug
from salesops.site.pages.charts.came_and_went import UNSAID, Lost, reasons
from salesops.site.pages.charts.stages import member_of
from salesops.site.pages.columns import DEAL, MEMBER, Column, Columns
from salesops.site.pages.facets import FIELDS, Pill, button, title_in, worth_of
from salesops.site.pages.page import Here, Page, file_of, page
from salesops.site.pages.words import FAULTS, NOTHING, day, if_day, kind_of_business, money, said


def mrr(standing: Standing) -> Money | None:
    """What the contract brings a month."""
    return standing.deal.contract.mrr if standing.deal.contract else None


def mrr_order(standing: Standing, place: int) -> object:
    """The amount alone, to sort by."""
    found = mrr(standing)
    return found.amount if found else 0


def learned(standing: Standing, here: Here) -> Markup | str:
    """What a win taught, and the signals that announced it."""
    win = standing.deal.win
    signals = Markup("<br><small>{}</small>").format(", ".join(win.signals)) if win and win.signals else ""
    return ((win and win.learning) or NOTHING) + signals


class LossRow(NamedTuple):
    """One closing as lost: a deal that was lost twice has two."""

    standing: Standing
    closing: Visit
    loss: Loss | None


def lost_on(row: LossRow, here: Here) -> Markup:
    """The day of the closing, and whether the deal was opened again since."""
    again = row.closing.attempt < row.standing.history.now.attempt
    return day(row.closing.entered) + (Markup(" <small>{}</small>").format("opened again") if again else "")


def lost_from(row: LossRow, here: Here) -> str:
    """The stage that the deal was in before it was lost."""
    visits = row.standing.history.visits
    at = visits.index(row.closing)
    return row.standing.snapshot.book.title_of(visits[at - 1].stage, visits[at - 1].entered) if at else NOTHING


def taught(row: LossRow, here: Here) -> Markup | str:
    """What a loss taught, and what the playbook says since."""
    loss = row.loss
    since = Markup("<br><small>playbook: {}</small>").format(loss.playbook) if loss and loss.playbook else ""
    return ((loss and loss.learning) or NOTHING) + since


def of_loss(name: str) -> Callable[[LossRow, Here], object]:
    """The cell for a field of the loss, such as its reason."""
    return lambda row, here: said(value_at(row.loss, (name,)) or NOTHING)


def verdict(row: LossRow, here: Here) -> str:
    """What was at fault."""
    found = row.loss.verdict if row.loss else None
    return FAULTS.get(found, found) if found else NOTHING


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
    reason, fault = (loss.reason, loss.verdict) if loss else (None, None)
    return Lost(deal, member_of(row.standing.snapshot, deal), reason or "", fault or "")


WON: Columns[Standing] = (
    MEMBER,
    DEAL,
    Column("Won", lambda standing, _: day(standing.since), sort="won", order=lambda it, _: it.since),
    Column("Type", lambda standing, _: kind_of_business(standing.deal.type)),
    Column("MRR", lambda standing, _: money(mrr(standing)), right=True, order=mrr_order),
    Column("What we learned", learned, words=True),
    Column("Hand-off", lambda standing, here: here.parts.unfinished(standing.unfinished)),
    Column("Owner", lambda standing, here: here.person_link(standing.deal.owner, standing.owner_name)),
)
LOST: Columns[LossRow] = (
    Column("Member", lambda row, here: here.member_link(row.standing.deal.member), header=True),
    Column("Deal", lambda row, here: here.deal_link(row.standing.id, row.standing.deal.title)),
    Column("Lost", lost_on),
    Column("Reason", of_loss("reason")),
    Column("Verdict", verdict, words=True),
    Column("What we learned", taught, words=True),
    Column("Try again", lambda row, _: if_day(row.loss.reengage) if row.loss and row.loss.reengage else NOTHING),
    Column("Lost from", lost_from, label="from"),
    Column("Owner", lambda row, here: here.person_link(row.standing.deal.owner, row.standing.owner_name)),
)


Closed = Standing | LossRow
MOST_ROWS = 100
"""Rows of a table, the newest; a year's own page has more, and the file for programs has all."""


def closed_on(row: Closed) -> date:
    """The day of the closing."""
    return row.closing.entered if isinstance(row, LossRow) else row.since


def reason_of(row: Closed) -> str:
    """Why it was lost; nothing of a win."""
    return ((row.loss and row.loss.reason) or UNSAID) if isinstance(row, LossRow) else ""


def quarter(day: date) -> str:
    """``2026 Q4``."""
    return f"{day.year} Q{(day.month + 2) // 3}"


def said_of(row: Closed) -> dict[str, str]:
    """What a row can be found by: the fields of its deal, why it was lost, its year and its quarter."""
    standing = row.standing if isinstance(row, LossRow) else row
    when = closed_on(row)
    return {
        "outcome": "lost" if isinstance(row, LossRow) else "won",
        "reason": reason_of(row),
        **{name: FIELDS[name](standing) for name in ("owner", "tier", "type")},
        "year": str(when.year),
        "quarter": quarter(when),
    }


def found_by(row: Closed, as_of: date) -> Markup:
    """The attributes by which a row is found, and what its deal is worth."""
    standing = row.standing if isinstance(row, LossRow) else row
    said = {name: slug(value) for name, value in said_of(row).items()} | {"worth": worth_of(standing)}
    return Markup("").join(Markup(' data-{}="{}"').format(name, value) for name, value in said.items() if value)


def facets_of(rows: Sequence[Closed], here: Here, period: str) -> Iterator[tuple[str, list[Pill]]]:
    """What the rows are narrowed by; a facet with a single value narrows nothing."""
    for name in ("reason", "owner", "tier", "type", period):
        counts = Counter(said_of(row)[name] for row in rows)
        counts.pop("", None)
        order = sorted(counts.items(), key=lambda pair: (pair[0] == UNSAID, -pair[1], pair[0]))
        found = sorted(order, reverse=True) if name == period else order
        if len(found) > 1:
            yield name, [_pill(name, value, count, here) for value, count in found]


def _pill(name: str, value: str, count: int, here: Here) -> Pill:
    without = f"{here.root}{file_of(f'closed/{value}')}" if name == "year" else ""
    return Pill(name, slug(value), title_in(name, value, here) if name in FIELDS else value, count, without)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Wins and losses, the newest first: all of them, and those of each year."""
    won = sorted(standings(snapshot, snapshot.won), key=lambda standing: standing.since, reverse=True)
    lost, win_rate = losses(snapshot), readings.get("win-rate")
    every: list[Closed] = [*won, *lost]
    years = sorted({closed_on(row).year for row in every}, reverse=True)
    yield _page("closed", "Won and lost", snapshot, won, lost, "year", years, win_rate, again=list(_again(snapshot)))
    for year in years:
        yield _page(
            f"closed/{year}",
            f"Won and lost in {year}",
            snapshot,
            [it for it in won if it.since.year == year],
            [row for row in lost if row.closing.entered.year == year],
            "quarter",
            years,
            win_rate,
        )


def _page(
    path: str,
    title: str,
    snapshot: Snapshot,
    won: list[Standing],
    lost: list[LossRow],
    period: str,
    years: list[int],
    win_rate: Reading | None,
    again: Sequence[tuple[Standing, date]] = (),
) -> Page:
    """One of the pages: of all times, narrowed by the year, or of a year, narrowed by its quarters."""
    shown: list[Closed] = [*won[:MOST_ROWS], *lost[:MOST_ROWS]]
    return page(
        path,
        title,
        "closed",
        snapshot,
        won=won,
        lost=lost,
        again=again,
        charts=[reasons(map(_as_lost, lost), file_of(path))],
        everything=len(shown),
        facets=list(facets_of(shown, Here("../" * path.count("/") or "./", snapshot), period)),
        button=button,
        said=found_by,
        worth_of=lambda found: wording.amounts(total(amount for it in found for amount in it.amounts)),
        most=MOST_ROWS,
        own=path,
        won_columns=WON,
        lost_columns=LOST,
        years=years,
        win_rate=win_rate,
    )


def _again(snapshot: Snapshot) -> Iterator[tuple[Standing, date]]:
    """Lost deals whose day to try again has come, and no later deal of the member has begun."""
    for it in everything_waiting(snapshot):
        history = snapshot.history(it.record) if it.code == "reengage-due" else None
        if history:
            yield Standing(snapshot, history), it.since
