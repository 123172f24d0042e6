"""What there is to do: what waits already, and what the next weeks ask for, each thing once for a person and a record (``reference/definitions#waiting``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from salesops.book.book import Snapshot
from salesops.book.exit_criteria import unfinished
from salesops.book.status import Standing, counted
from salesops.book.waiting import Waiting, in_play
from salesops.book.waiting_playbook import open_actions
from salesops.checks.waiting import everything_waiting
from salesops.metrics.contracts import DAYS_30, DAYS_90, DAYS_180, terms
from salesops.metrics.red_lines import RedLineStanding, red_lines_of
from salesops.records.learning import Action
from salesops.records.money import Sums, total

FRIDAY = 4
BEGIN_RENEWAL = "Begin the renewal"
TO_DECIDE = frozenset({"deal-stalled", "red-line-unanswered", "target-missed"})
"""What waits for a decision rather than for somebody's hands."""
TOLD_BY_ITSELF = frozenset({"next-step-overdue", "action-overdue"})
"""What is told by what is to be done, and not by the rule that it breaks."""

ASKED_FOR = {
    "close-date-passed": "It was to close on {}: ask again",
    "decision-due": "It was to be looked at by {}: decide again",
}
"""What is to be done where the rule only says what is wrong."""


@dataclass(frozen=True)
class Task:
    """One thing to do: on which day, of which record, by whom (None: the whole team), and what is said beside it.

    ``day`` is None where there is no day for it yet, only a time that runs. ``waits`` names the rules that it breaks.
    """

    day: date | None
    what: str
    kind: str
    record: str
    person: str | None
    aside: str = ""
    waits: tuple[str, ...] = ()

    @property
    def is_told_by_a_rule(self) -> bool:
        """Whether the program says what is wrong, and not a person what is to be done."""
        return bool(self.waits) and not TOLD_BY_ITSELF & {*self.waits}


@dataclass(frozen=True)
class ToDo:
    """The list of a day, in its three groups; ``first`` and ``last`` are the days of the week that the middle one is about."""

    as_of: date
    late: tuple[Task, ...]
    week: tuple[Task, ...]
    later: tuple[Task, ...]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All of it, in order."""
        return (*self.late, *self.week, *self.later)

    @property
    def first(self) -> date:
        """The first day of the week at hand: today, or Monday from Friday on."""
        return self.as_of if self.as_of.weekday() < FRIDAY else _monday_after(self.as_of)

    @property
    def last(self) -> date:
        """The Friday of the week at hand."""
        return week_end(self.as_of)

    def of(self, person: str | None) -> ToDo:
        """What is left of it for one person."""
        return ToDo(self.as_of, _of(person, self.late), _of(person, self.week), _of(person, self.later))

    @cached_property
    def people(self) -> dict[str | None, int]:
        """How many things wait for each person, the most first; the whole team last."""
        found: dict[str | None, int] = {}
        for task in self.tasks:
            found[task.person] = found.get(task.person, 0) + 1
        return dict(sorted(found.items(), key=lambda pair: (pair[0] is None, -pair[1], pair[0] or "")))


def _of(person: str | None, tasks: Iterable[Task]) -> tuple[Task, ...]:
    return tuple(task for task in tasks if task.person == person)


def to_do(snapshot: Snapshot) -> ToDo:
    """What there is to do on a day, and as many days ahead as the team says."""
    end, horizon = week_end(snapshot.as_of), snapshot.as_of + timedelta(days=snapshot.numbers.days_ahead)
    late = _joined(_late(snapshot))
    told = {(task.record, BEGIN_RENEWAL) for task in late if "renewal-missing" in task.waits}
    ahead = [task for task in _once(_ahead(snapshot)) if (task.record, task.what) not in told]
    week = [task for task in ahead if task.day is None or task.day <= end]
    later = [task for task in ahead if task.day and end < task.day <= horizon]
    return ToDo(snapshot.as_of, tuple(late), tuple(sorted(week, key=_order)), tuple(sorted(later, key=_order)))


def _order(task: Task) -> tuple[bool, date, str, str]:
    return task.day is None, task.day or date.max, task.record, task.what


def _monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def week_end(day: date) -> date:
    """The Friday of this week; from Friday on that of the next."""
    return day + timedelta(days=FRIDAY - day.weekday()) if day.weekday() < FRIDAY else _monday_after(day) + timedelta(4)


def _late(snapshot: Snapshot) -> Iterator[Task]:
    """What waits already, but for what the team decides."""
    for it in everything_waiting(snapshot):
        if it.code not in TO_DECIDE:
            yield _waiting(snapshot, it)


def _waiting(snapshot: Snapshot, it: Waiting) -> Task:
    """What is to be done by the words in which somebody put it, where there are any; else what is wrong."""
    history = in_play(snapshot, it.record) if it.kind == "deal" else None
    if it.code == "next-step-overdue" and history and history.deal.next:
        return Task(it.since, history.deal.next.action, it.kind, it.record, it.person, "", (it.code,))
    if it.code == "action-overdue":
        return replace(_action(it.record, snapshot.book.reviews[it.record].actions[int(it.path[1])]), waits=(it.code,))
    asked = ASKED_FOR[it.code].format(it.since) if it.code in ASKED_FOR else f"{it.message[:1].upper()}{it.message[1:]}"
    return Task(it.since, asked, it.kind, it.record, it.person, "", (it.code,))


def _action(review: str, action: Action) -> Task:
    """What a review agreed on, beside the deal that it is about."""
    kind, record = ("deal", action.deal) if action.deal else ("review", review)
    return Task(action.due, action.action, kind, record, action.owner, f"review of {review}")


def _joined(tasks: Iterable[Task]) -> list[Task]:
    """One line for each record and person: what is to be done, and what else is wrong beside it."""
    found: dict[tuple[str, str, str | None, str], Task] = {}
    for task in _once(tasks):
        key = (task.kind, task.record, task.person, task.what if TOLD_BY_ITSELF & {*task.waits} else "")
        found[key] = _with(found[key], task) if key in found else task
    for key in [key for key in found if not key[3]]:
        whose = next((other for other in found if other[:3] == key[:3] and other[3]), None)
        if whose:
            found[whose] = _with(found[whose], found.pop(key))
    return sorted(found.values(), key=_order)


def _with(known: Task, other: Task) -> Task:
    aside = "; ".join(part for part in (known.aside, f"{other.what[:1].lower()}{other.what[1:]}") if part)
    return replace(known, day=known.day or other.day, aside=aside, waits=(*known.waits, *other.waits))


def _once(tasks: Iterable[Task]) -> list[Task]:
    """What a deal and a review both say stands once."""
    found: dict[tuple[str, str, str | None, str], Task] = {}
    for task in tasks:
        key = (task.kind, task.record, task.person, " ".join(task.what.casefold().split()).rstrip("."))
        known = found.get(key)
        found[key] = (
            replace(known, aside=known.aside or task.aside, waits=(*known.waits, *task.waits)) if known else task
        )
    return list(found.values())


def _ahead(snapshot: Snapshot) -> Iterator[Task]:
    """What is still to come."""
    yield from _next_steps(snapshot)
    yield from _actions(snapshot)
    yield from _hand_offs(snapshot)
    yield from _unrenewed(snapshot)
    yield from _coming_back(snapshot)


def _next_steps(snapshot: Snapshot) -> Iterator[Task]:
    for history in snapshot.open:
        step = history.deal.next
        if step and step.due >= snapshot.as_of:
            yield Task(step.due, step.action, "deal", history.id, step.owner or history.deal.owner)


def _actions(snapshot: Snapshot) -> Iterator[Task]:
    for each in open_actions(snapshot):
        if each.action.due and each.action.due >= snapshot.as_of:
            yield _action(each.review, each.action)


def _hand_offs(snapshot: Snapshot) -> Iterator[Task]:
    """What is missing of the hand-off of a won deal: by the day on which its hubs are to be in use."""
    for history in snapshot.won:
        missing = unfinished(snapshot, history)
        closing = snapshot.closing(history.attempts[-1])
        completion = snapshot.stage(history.now.stage).completion
        days = completion.in_use_within() if completion else None
        if missing and closing and (days is None or closing.entered + timedelta(days=days) >= snapshot.as_of):
            due = closing.entered + timedelta(days=days) if days is not None else None
            order = history.deal.order
            person = order.delivery_owner if order else None
            what = f"Hand-off: {', '.join(need.in_short for need in missing)}"
            yield Task(due, what, "deal", history.id, person or history.deal.owner)


def _unrenewed(snapshot: Snapshot) -> Iterator[Task]:
    """Contracts that end within 180 days, and no deal renews them."""
    for term in terms(snapshot):
        if term.bucket in (DAYS_30, DAYS_90, DAYS_180) and not term.secured_by and not _is_renewed(snapshot, term.id):
            deal = term.history.deal
            yield Task(None, BEGIN_RENEWAL, "deal", term.id, deal.owner, f"ends in {term.days_left} days")


def _is_renewed(snapshot: Snapshot, deal: str) -> bool:
    renewals = (snapshot.history(other) for other in snapshot.book.renewed_by.get(deal, ()))
    return any(history is not None and snapshot.outcome(history) != "lost" for history in renewals)


def _coming_back(snapshot: Snapshot) -> Iterator[Task]:
    """Parked deals whose day is near."""
    soon = timedelta(days=snapshot.numbers.back_soon)
    for history in snapshot.parked:
        span = history.parked_on(snapshot.as_of)
        if span and span.until and span.until - snapshot.as_of <= soon:
            what = f"Back from parking: {span.why}" if span.why else "Back from parking"
            yield Task(span.until, what, "deal", history.id, history.deal.owner)


# ── what needs a decision ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ToDecide:
    """One thing that the team decides: of a deal, of a red line or of a target; why, what money hangs on it, and since when."""

    kind: str
    record: str
    reasons: tuple[str, ...]
    at_risk: Sums
    since: date
    standing: Standing | None = None
    is_monthly: bool = False
    """Whether the money is that of a month."""


def to_decide(snapshot: Snapshot) -> list[ToDecide]:
    """Overdue contracts that nobody secured, stalled deals, missed targets and red lines, most money first and then the oldest."""
    waiting = [it for it in everything_waiting(snapshot) if it.code in TO_DECIDE]
    found = [*_overdue(snapshot), *(_of_waiting(snapshot, it) for it in waiting if it.code != "red-line-unanswered")]
    known: dict[tuple[str, str], ToDecide] = {}
    for it in found:
        key = (it.kind, it.record)
        known[key] = replace(known[key], reasons=(*known[key].reasons, *it.reasons)) if key in known else it
    return sorted(known.values(), key=lambda it: (-_most(it), it.since, it.record))


def _most(it: ToDecide) -> int:
    months = 12 if it.is_monthly else 1
    return int(max(it.at_risk.values(), default=0)) * months


def _overdue(snapshot: Snapshot) -> Iterator[ToDecide]:
    for term in terms(snapshot):
        if term.bucket == "overdue" and not term.secured_by and term.contract.last_day:
            talks = (snapshot.history(other) for other in snapshot.book.renewed_by.get(term.id, ()))
            talk = next((it for it in talks if it and snapshot.is_open(it)), None)
            standing = Standing(snapshot, talk or term.history)
            worth = total([term.contract.mrr]) if term.contract.mrr else {}
            reason = f"term over for {counted(-(term.days_left or 0))}, not renewed"
            yield ToDecide("deal", standing.id, (reason,), worth, term.contract.last_day, standing, is_monthly=True)


def _of_waiting(snapshot: Snapshot, it: Waiting) -> ToDecide:
    history = snapshot.history(it.record) if it.kind == "deal" else None
    if history is None:
        return ToDecide(it.kind, it.record, (it.message,), {}, it.since)
    standing = Standing(snapshot, history)
    return ToDecide("deal", it.record, tuple(standing.stalled), total(standing.amounts), it.since, standing)


def crossed(snapshot: Snapshot) -> list[RedLineStanding]:
    """The red lines that are crossed and that no decision answers."""
    return [line for line in red_lines_of(snapshot) if line.is_unanswered]
