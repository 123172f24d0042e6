"""Closing well: what was learned of deals that are closed, and how long the hand-off took (``reference/definitions#closing-well``)."""

from __future__ import annotations

from collections.abc import Iterator

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.book.visits import DealHistory
from salesops.book.waiting_closed import Lessons, are_unreadable, lessons_of
from salesops.metrics.conversions import closes
from salesops.metrics.metric import metric
from salesops.metrics.readings import Days, Share, tally
from salesops.problems import Path


def _last_close(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return closes(snapshot, history)[-1:]


@metric(
    "learning-coverage",
    "Learning coverage",
    kind="share",
    source="Sales Operations Overview (2025), Key Artifacts; reference/definitions#closing-well",
    lines=_last_close,
)
def learning_coverage(snapshot: Snapshot) -> Share:
    """Of the closed deals, the share whose learning is complete; it must be all of them.

    What is complete is said by the process of the day of the close: the lessons that its exit and its closed stage ask for, less
    those that were waived. `missing` names what each of the others lacks, and `missing_by_field` counts it. Deals that came closed with an
    import, and those of a process that asked for nothing, are left out by name.
    """
    closed = [history for history in snapshot.histories if not snapshot.is_open(history)]
    found = {history.id: _lessons(snapshot, history) for history in closed}
    counted = {
        deal: lessons for deal, lessons in found.items() if lessons is not None and not isinstance(lessons, LeftOut)
    }
    missing = {deal: lessons.missing for deal, lessons in counted.items() if lessons.missing}
    complete = tuple(deal for deal in counted if deal not in missing)
    return Share(
        hits=len(complete),
        out_of=len(counted),
        is_sample=False,
        hit=complete,
        parts={"missing_by_field": tally(name for names in missing.values() for name in names)},
        tables={"missing": [{"deal": deal, "missing": ", ".join(names)} for deal, names in missing.items()]},
        included=tuple(counted),
        excluded=(*(left for left in found.values() if isinstance(left, LeftOut)), *snapshot.unusable),
    )


def _lessons(snapshot: Snapshot, history: DealHistory) -> Lessons | LeftOut | None:
    """What a closed deal taught, or why it is left out; None where it was closed outside of the window."""
    closing = snapshot.closing(history.attempts[-1])
    if closing is None or not snapshot.in_window(closing.entered):
        return None
    lessons = lessons_of(snapshot, history)
    if lessons is None:
        return LeftOut(history.id, "it came closed with an import", Cause.IMPORTED)
    if are_unreadable(snapshot, history.id):
        return LeftOut(history.id, "what was learned cannot be read: run salesops check", Cause.UNUSABLE)
    if not lessons.owed:
        why = f"the process of {closing.entered} did not ask what was learned"
        return LeftOut(history.id, why, Cause.NOT_ASKED)
    return lessons


def _signed_and_in_use(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [("contract", "signed"), ("order", "operational")]


def _not_won(snapshot: Snapshot) -> Iterator[LeftOut]:
    for history in snapshot.histories:
        contract = history.deal.contract
        if contract and contract.signed and snapshot.outcome(history) != "won":
            yield LeftOut(history.id, f"signed on {contract.signed}, and not won", Cause.OTHER_STAGE)


@metric(
    "handoff-lead-time",
    "Hand-off lead time",
    kind="days",
    source="Sales Operations Overview (2025), Integration with Delivery; reference/definitions#closing-well",
    lines=_signed_and_in_use,
    near=_not_won,
)
def handoff_lead_time(snapshot: Snapshot) -> Days:
    """Days from the signature of a won deal to the day on which its hubs are in active use.

    With a window, only what came into use in it. In use on the day of the signature is 0; where people worked on the hubs before
    it was signed, the days are below 0. Won deals that are not in use yet, and those without a signature, are left out and named; those
    of services that have ended without ever having been in use, too.
    """
    values: list[int] = []
    counted: list[DealHistory] = []
    left_out: list[LeftOut] = []
    for history in snapshot.won:
        signed = history.deal.contract.signed if history.deal.contract else None
        in_use = history.deal.order.operational if history.deal.order else None
        if in_use is None:
            left_out.append(LeftOut(history.id, "no day from which the hubs are in use", Cause.NOT_IN_USE))
        elif signed is None:
            left_out.append(LeftOut(history.id, "the contract has no day of signature", Cause.NOT_SIGNED))
        elif snapshot.in_window(in_use):
            values.append((in_use - signed).days)
            counted.append(history)
    return Days(
        values=tuple(values),
        split=tally(history.type for history in counted),
        included=tuple(history.id for history in counted),
        excluded=(*left_out, *snapshot.unusable),
    )
