"""How the process is kept: qualification, invoices, overrides, red lines without an answer, experiments (``reference/definitions#process-health``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.metrics.pipeline import qualified
from salesops.metrics.readings import tally
from salesops.metrics.red_lines import red_lines_of
from salesops.metrics.statistics import quantile
from salesops.metrics.wording import NO_DATA
from salesops.output import counted
from salesops.records.deal import NEW, Deal
from salesops.records.qualification import MANIAC_T

MONTHS_TOLD = 6
ENOUGH_EXPERIMENTS = 2


class Vital(NamedTuple):
    """One figure: what it is of, the figure in words, what is to be said of it, and whether all is well."""

    title: str
    value: str
    beside: str
    is_well: bool


def vitals(snapshot: Snapshot) -> list[Vital]:
    """Every figure on a day."""
    makers = (_qualification, _invoices, _overrides, _unanswered, _experiments)
    return [make(snapshot) for make in makers]


def _qualification(snapshot: Snapshot) -> Vital:
    """How many of the seven answers the open qualified deals of new business have; which ones a stage asks for is the process's to say."""
    deals = [each for each in snapshot.open if each.type == NEW and qualified(snapshot, each.now.stage)]
    given = {history.id: _answers(history.deal) for history in deals}
    value = f"{sum(given.values())} of {len(given) * len(MANIAC_T)} answers" if given else NO_DATA
    lacking = [f"{deal} lacks {len(MANIAC_T) - count}" for deal, count in given.items() if count < len(MANIAC_T)]
    return Vital("Qualification of open deals", value, ", ".join(lacking), True)


def _answers(deal: Deal) -> int:
    found = deal.maniac_t
    answers = (getattr(found, letter, None) for letter in MANIAC_T)
    return sum(answer is not None and answer.status != "unknown" for answer in answers)


def _invoices(snapshot: Snapshot) -> Vital:
    """How long after its month an invoice is prepared."""
    days = sorted(
        (invoice.prepared - _last_day(invoice.month)).days
        for member in snapshot.book.members.values()
        for invoice in member.invoices
        if invoice.prepared
    )
    middle = quantile(days, 0.5)
    value = NO_DATA if middle is None else counted(round(middle), "day")
    return Vital("Invoice lag", value, f"median of {counted(len(days), 'invoice')}" if days else "", True)


def _last_day(month: str) -> date:
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _overrides(snapshot: Snapshot) -> Vital:
    """Needs that were waived and chances that a person wrote, by month."""
    months = tally(f"{day:%Y-%m}" for day in _days_of_overrides(snapshot))
    latest = list(months.items())[-MONTHS_TOLD:]
    said = ", ".join(f"{month}: {count}" for month, count in latest)
    return Vital("Overrides", f"{sum(months.values()):,}", said, True)


def _days_of_overrides(snapshot: Snapshot) -> Iterator[date]:
    for history in snapshot.histories:
        yield from (waiver.date for waiver in history.deal.waived)
        if history.deal.probability:
            yield history.deal.probability.date


def _unanswered(snapshot: Snapshot) -> Vital:
    """Red lines that are crossed, and that nobody has decided about."""
    names = [each.line.id for each in red_lines_of(snapshot) if each.is_unanswered]
    return Vital("Red lines without a decision", f"{len(names)}", ", ".join(names), not names)


def _experiments(snapshot: Snapshot) -> Vital:
    """Experiments that are running."""
    names = [name for name, found in sorted(snapshot.book.experiments.items()) if found.status == "running"]
    is_well = 1 <= len(names) <= ENOUGH_EXPERIMENTS
    beside = ", ".join(names) if is_well else f"one or two at a time{': ' if names else ''}{', '.join(names)}"
    return Vital("Experiments running", f"{len(names)}", beside, is_well)
