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


class VitalPart(NamedTuple):
    """A part of a figure: the kind and the id of a record, or a month, and what is to be said of it."""

    kind: str
    name: str
    said: str = ""


class Vital(NamedTuple):
    """One figure: what it is of, the figure in words, what is to be said of it, whether all is well, and what is behind it."""

    title: str
    value: str
    beside: str
    is_well: bool
    behind: tuple[VitalPart, ...] = ()


def vitals(snapshot: Snapshot) -> list[Vital]:
    """Every figure on a day."""
    makers = (_qualification, _invoices, _overrides, _unanswered, _experiments)
    return [make(snapshot) for make in makers]


def _qualification(snapshot: Snapshot) -> Vital:
    """How many of the seven answers the open qualified deals of new business have; which ones a stage asks for is the process's to say."""
    deals = [each for each in snapshot.open if each.type == NEW and qualified(snapshot, each.now.stage)]
    given = {history.id: _answers(history.deal) for history in deals}
    value = f"{sum(given.values())} of {len(given) * len(MANIAC_T)} answers" if given else NO_DATA
    lacking = {deal: len(MANIAC_T) - count for deal, count in given.items() if count < len(MANIAC_T)}
    behind = tuple(VitalPart("deal", deal, f"lacks {count}") for deal, count in lacking.items())
    return Vital("Qualification of open deals", value, "", True, behind)


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
    behind = tuple(VitalPart("month", month, str(count)) for month, count in latest)
    return Vital("Overrides", f"{sum(months.values()):,}", "", True, behind)


def _days_of_overrides(snapshot: Snapshot) -> Iterator[date]:
    for history in snapshot.histories:
        yield from (waiver.date for waiver in history.deal.waived)
        if history.deal.probability:
            yield history.deal.probability.date


def _unanswered(snapshot: Snapshot) -> Vital:
    """Red lines that are crossed, and that nobody has decided about."""
    lines = [each.line for each in red_lines_of(snapshot) if each.is_unanswered]
    behind = tuple(VitalPart("red line", line.id, line.means) for line in lines)
    return Vital("Red lines without a decision", f"{len(lines)}", "", not lines, behind)


def _experiments(snapshot: Snapshot) -> Vital:
    """Experiments that are running."""
    names = [name for name, found in sorted(snapshot.book.experiments.items()) if found.status == "running"]
    is_well = 1 <= len(names) <= ENOUGH_EXPERIMENTS
    behind = tuple(VitalPart("experiment", name) for name in names)
    return Vital("Experiments running", f"{len(names)}", "" if is_well else "one or two at a time", is_well, behind)
