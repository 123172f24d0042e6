"""Which lines of a deal's file make a metric count it, and which deals it nearly counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from datetime import date, timedelta

from salesops.book.book import LeftOut, Snapshot
from salesops.book.stalled import last_contact
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.contracts import ACTIVE, ENDED, NOT_STARTED, OPEN_ENDED, OVERDUE, SUPERSEDED, WINDOWS, Term, terms
from salesops.metrics.metric import Metric
from salesops.metrics.pipeline import COUNTED_MEETINGS, WINDOW, crossings, qualified
from salesops.problems import Path
from salesops.records.deal import NEW
from salesops.records.process import LOST

Proof = Callable[[Snapshot, DealHistory], list[Path]]


def proof_of(metric: Metric, snapshot: Snapshot, deal: str) -> list[Path]:
    """The fields of a deal by which a metric counts it; where it is now, unless the metric rests on something else."""
    history = snapshot.history(deal)
    if history is None:
        return []
    proof = PROOFS.get(metric.id) or _of_family(metric, snapshot)
    return proof(snapshot, history) or _now(snapshot, history)


def _line(visit: Visit) -> Path:
    return ("stages", visit.line)


def _now(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [_line(history.now)]


def _came(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return _crossed(snapshot, history, into=True)


def _went(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return _crossed(snapshot, history, into=False)


def _crossed(snapshot: Snapshot, history: DealHistory, *, into: bool) -> list[Path]:
    first = snapshot.as_of - timedelta(days=WINDOW - 1)
    return [_line(visit) for visit, came in crossings(snapshot, history) if came is into and visit.entered >= first]


def _met(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    monday = snapshot.as_of - timedelta(days=snapshot.as_of.weekday())
    return [
        ("activity", at)
        for at, entry in enumerate(history.deal.activity)
        if entry.kind == "meeting"
        and entry.status == "held"
        and entry.about in COUNTED_MEETINGS
        and monday <= entry.date <= snapshot.as_of
    ]


def _worth(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [_line(history.now), ("value",)]


def _closes(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [_line(visit) for visits in history.attempts if (visit := snapshot.closing(visits))]


def _stalled(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    """The move into the stage, and the last real contact where there was one since."""
    contact = last_contact(history.deal, snapshot.as_of)
    since = [
        ("activity", at)
        for at, entry in enumerate(history.deal.activity)
        if contact and entry.contact == contact and contact >= history.now.entered
    ]
    return [_line(history.now), *since[-1:]]


def _losses(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    found = [(visits[0], visit) for visits in history.attempts if (visit := snapshot.closing(visits))]
    return [_line(one) for first, last in found if snapshot.stage(last.stage).outcome == LOST for one in (first, last)]


def _whole_way(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    start = snapshot.process.start_of(NEW)
    began = [visit for visit in history.visits if snapshot.name(visit.stage) == start]
    return [*(_line(visit) for visit in began[:1]), *_closes(snapshot, history)[-1:]]


def _term(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    contract = history.deal.contract
    names = [name for name in ("start", "end", "service_ended") if contract and getattr(contract, name)]
    return [("contract", name) for name in names]


def _recurring(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [*_term(snapshot, history), ("contract", "mrr")]


PROOFS: Mapping[str, Proof] = {
    "sqd-net-new": _came,
    "sqd-exits": _went,
    "meetings-per-week": _met,
    "stalled": _stalled,
    "pipeline-value": _worth,
    "win-rate": _closes,
    "days-to-loss": _losses,
    "days-in-pipeline": _whole_way,
    "existing-business-active": _term,
    "mrr": _recurring,
    "arr": _recurring,
    **{metric_id: _term for _, metric_id, *_ in WINDOWS},
}
"""What each metric rests on, where that is not the stage in which the deal is."""


def _of_family(metric: Metric, snapshot: Snapshot) -> Proof:
    """Metrics that the process names: a conversion rests on the first entry and on what decided it, days on the visits."""
    process = snapshot.process
    for conversion in process.conversions:
        if metric.id == conversion.id:
            return lambda snapshot, history: _decided(snapshot, history, conversion.from_, conversion.to)
    for name in process.stages:
        if metric.id == f"days-in-{name.replace(' ', '-')}":
            return lambda snapshot, history: _stayed(snapshot, history, name)
    return _now


def _stayed(snapshot: Snapshot, history: DealHistory, stage: str) -> list[Path]:
    """Each visit to a stage with the move that ended it, of the attempts that have left the stage."""
    found: list[Path] = []
    for visits in history.attempts:
        here = [visit for visit in visits if snapshot.name(visit.stage) == stage]
        if here and here[-1].left is not None:
            found += [("stages", line) for visit in here for line in (visit.line, visit.line + 1)]
    return list(dict.fromkeys(found))


def _decided(snapshot: Snapshot, history: DealHistory, start: str, end: str) -> list[Path]:
    found: list[Path] = []
    for visits in history.attempts:
        names = [snapshot.name(visit.stage) for visit in visits]
        if start in names:
            first = names.index(start)
            after = [
                visit
                for visit, name in zip(visits[first + 1 :], names[first + 1 :], strict=True)
                if snapshot.process.reaches(name, end) or snapshot.stage(visit.stage).outcome == LOST
            ]
            found += [_line(visit) for visit in (visits[first], *after[:1]) if after]
    return found


# ── near misses ───────────────────────────────────────────────────────────────────────────────────────────────────────


def near_misses(metric: Metric, snapshot: Snapshot) -> list[LeftOut]:
    """Deals that a metric did not count and does not name itself, because a rule of it just left them out."""
    return list(NEAR.get(metric.id, _none)(snapshot))


def _none(snapshot: Snapshot) -> Iterator[LeftOut]:
    yield from ()


def _not_qualified(snapshot: Snapshot) -> Iterator[LeftOut]:
    for history in snapshot.open:
        if not qualified(snapshot, history.now.stage):
            title = snapshot.stage(history.now.stage).title
            yield LeftOut(history.id, f"in {title}, which does not count as sales qualified")


def _before_the_window(snapshot: Snapshot) -> Iterator[LeftOut]:
    first = snapshot.as_of - timedelta(days=WINDOW - 1)
    for history in snapshot.histories:
        came = [visit.entered for visit, into in crossings(snapshot, history) if into]
        if came and first - timedelta(days=WINDOW) <= came[-1] < first:
            yield LeftOut(history.id, f"came in on {came[-1]}; the 7 days begin on {first}")


def _not_held(snapshot: Snapshot) -> Iterator[LeftOut]:
    monday = snapshot.as_of - timedelta(days=snapshot.as_of.weekday())
    for history in snapshot.book.histories.values():
        for entry in history.deal.activity:
            if entry.kind != "meeting" or not monday <= entry.date <= snapshot.as_of:
                continue
            if entry.status != "held":
                yield LeftOut(history.id, f"the meeting of {entry.date} was {entry.status or 'not said to be held'}")
            elif entry.about not in COUNTED_MEETINGS:
                yield LeftOut(
                    history.id, f"the meeting of {entry.date} was about {entry.about or 'nothing that is said'}"
                )


def _outside(buckets: Set[str]) -> Callable[[Snapshot], Iterator[LeftOut]]:
    def near(snapshot: Snapshot) -> Iterator[LeftOut]:
        for term in terms(snapshot):
            if term.bucket not in buckets:
                yield LeftOut(term.id, _standing(term, snapshot.as_of))

    return near


def _standing(term: Term, as_of: date) -> str:
    """Where a contract is on a day, in words."""
    contract, left = term.contract, term.days_left
    runs = f", ends in {_days(left)}" if left and left > 0 else ", ends today" if left == 0 else ""
    ended = f", ended {_days(-left)} ago" if left is not None and left < 0 else runs
    if term.bucket == ENDED:
        return f"the service ended on {contract.service_ended}"
    if term.bucket == SUPERSEDED:
        return f"a renewal took its place{ended}"
    if term.bucket == NOT_STARTED and contract.start:
        return f"starts in {_days((contract.start - as_of).days)}"
    if term.bucket == OVERDUE:
        return f"overdue:{ended[1:]}, and the service goes on"
    return "open-ended" if term.bucket == OPEN_ENDED else runs.removeprefix(", ")


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _not_new(snapshot: Snapshot) -> Iterator[LeftOut]:
    for history in snapshot.won:
        if history.type != NEW:
            yield LeftOut(history.id, f"{history.type}: only new business counts")


NEAR: Mapping[str, Callable[[Snapshot], Iterator[LeftOut]]] = {
    "sqd": _not_qualified,
    "sqd-net-new": _before_the_window,
    "meetings-per-week": _not_held,
    "days-in-pipeline": _not_new,
    **{metric_id: _outside(ACTIVE) for metric_id in ("existing-business-active", "mrr", "arr")},
    **{metric_id: _outside({bucket}) for bucket, metric_id, *_ in WINDOWS},
}
"""What a rule of a metric leaves out that its reading does not name."""
