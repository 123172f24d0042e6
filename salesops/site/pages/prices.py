"""The price lists: since when each is quoted, what it asks for every tier and for usage, and the contracts that were made by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.book.status import Standing, standings
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.records.money import Money
from salesops.records.prices import PriceList, UsageStep, most_for_usage
from salesops.site.pages.closed import mrr
from salesops.site.pages.columns import DEAL, MEMBER, Column, Columns
from salesops.site.pages.page import Here, Page, page
from salesops.site.pages.words import day, money


class Fee(NamedTuple):
    """What a list asks for a tier."""

    tier: str
    amount: Money


class Rung(NamedTuple):
    """A step of the usage ladder, with the first of its users."""

    first: int
    step: UsageStep


class PriceListOnPage(NamedTuple):
    """A price list, and the deals whose contracts name it."""

    id: str
    record: PriceList
    fees: list[Fee]
    ladder: list[Rung]
    most: Money | None
    deals: list[Standing]


def tier(fee: Fee, here: Here) -> str:
    """What the process calls the tier."""
    known = here.snapshot.process.tiers.get(fee.tier)
    return known.name if known else fee.tier


def signed(standing: Standing, here: Here) -> object:
    """The day of the signature."""
    return day(standing.deal.contract.signed if standing.deal.contract else None)


FEES: Columns[Fee] = (
    Column("Tier", tier, header=True),
    Column("A month", lambda fee, _: money(fee.amount), right=True),
)
LADDER: Columns[Rung] = (
    Column("Active users", lambda rung, _: f"{rung.first:,} to {rung.step.to:,}", header=True),
    Column("Each, a month", lambda rung, _: money(rung.step.fee), right=True),
)
MADE: Columns[Standing] = (
    MEMBER,
    DEAL,
    Column("Tier", lambda standing, _: standing.deal.tier),
    Column("Signed", signed),
    Column("MRR", lambda standing, _: money(mrr(standing)), right=True),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Every price list, the newest first."""
    lists = sorted(snapshot.book.prices.items(), key=lambda known: (known[1].since, known[0]), reverse=True)
    deals = standings(snapshot)
    yield page(
        "prices",
        "Prices",
        "prices",
        snapshot,
        branch=past.branch,
        search=[name for name, _ in lists],
        lists=[_quoted(name, record, deals) for name, record in lists],
        fee_columns=FEES,
        ladder_columns=LADDER,
        deal_columns=MADE,
    )


def _quoted(name: str, record: PriceList, deals: list[Standing]) -> PriceListOnPage:
    fees = [Fee(*fee) for fee in record.fees.items()]
    made = [standing for standing in deals if standing.deal.contract and standing.deal.contract.prices == name]
    return PriceListOnPage(name, record, fees, _rungs(record), most_for_usage(record.usage), made)


def _rungs(record: PriceList) -> list[Rung]:
    """The steps, each from the user behind the last one of the step before."""
    ends = pairwise([0, *(step.to for step in record.usage)])
    return [Rung(before + 1, step) for (before, _), step in zip(ends, record.usage, strict=True)]
