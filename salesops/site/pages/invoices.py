"""The invoices: what each of the last months' waits for, and what is not paid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from salesops.book.book import Snapshot
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.metrics.wording import amounts
from salesops.reports.invoices import Batch, InvoiceRow, Unpaid, batch, months_behind, unpaid
from salesops.site.pages.charts.chart import month_in_words
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import NOTHING, counted, day, days_said

MONTHS = 12
"""How many months the page goes back at most."""
ROWS = 400
"""How many rows the page has room for: who invoices many sees fewer months."""
MOST = 200
"""How many rows of a month are shown."""
LOOKS = {"paid": "good", "not prepared": "quiet"}


def _member(row: InvoiceRow | Unpaid, here: Here) -> Markup:
    name = here.member_link(row.member)
    return Markup("{} <small>{}</small>").format(name, row.community) if row.community else name


def _lines(row: InvoiceRow, _: Here) -> Markup | str:
    """Each line in words and its amount."""
    said = (f"{line.says} {line.amount.amount:,.2f}" for line in row.lines)
    return Markup("<small>{}</small>").format(" · ".join(said)) if row.lines else NOTHING


def _state(row: InvoiceRow, here: Here) -> Markup:
    since = Markup(" {}").format(day(row.done[1])) if row.done else ""
    return Markup("{}{}").format(here.chip(LOOKS.get(row.state, "neutral"), row.state), since)


COLUMNS: Columns[InvoiceRow] = (
    Column("Member", _member, header=True),
    Column("Deal", lambda row, here: here.deal_link(row.deal, here.book.deals[row.deal].title)),
    Column("Lines", _lines, words=True),
    Column("Total", lambda row, _: amounts(row.total) if row.total else NOTHING, right=True, label="Total"),
    Column("State", _state),
    Column(
        "Waits for",
        lambda row, here: days_said("; ".join(row.waits_for), here.as_of) or NOTHING,
        words=True,
        label="Waits for",
    ),
)
UNPAID: Columns[Unpaid] = (
    Column("Member", _member, header=True),
    Column("Month", lambda row, _: month_in_words(row.month)),
    Column("Total", lambda row, _: amounts(row.total) if row.total else NOTHING, right=True, label="Total"),
    Column("Went out", lambda row, _: day(row.went_out), label="Went out"),
    Column("Days", lambda row, here: (here.as_of - row.went_out).days, right=True, label="Days"),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The page of the invoices."""
    behind = months_behind(snapshot, MONTHS)
    newest = [batch(snapshot, month) for month in behind[:1]]
    room = ROWS // max(1, *(len(found.rows) for found in newest)) if newest else 0
    months = [*newest, *(batch(snapshot, month) for month in behind[1:room])]
    yield page(
        "invoices",
        "Invoices",
        "invoices",
        snapshot,
        groups=[
            (found.month, month_in_words(found.month), _beside(found), found.rows) for found in months if found.rows
        ],
        columns=COLUMNS,
        earlier=behind[len(months) :],
        unpaid=unpaid(snapshot),
        unpaid_columns=UNPAID,
        paid_within=snapshot.numbers.paid_within,
        most=MOST,
    )


def _beside(found: Batch) -> str:
    far = ", ".join(f"{count} {state}" for state, count in found.states.items())
    return f"{counted(len(found.rows), 'invoice')} · {amounts(found.total) if found.total else NOTHING} · {far}"
