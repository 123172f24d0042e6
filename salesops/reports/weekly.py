"""The weekly review: the agenda of a meeting, by what is known on its day and what was known at the one before (``reference/definitions#weekly-review``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from salesops.book.book import Book, Snapshot
from salesops.book.status import Standing, person_name
from salesops.book.visits import DealHistory, Visit
from salesops.book.waiting import Waiting
from salesops.book.waiting_closed import is_being_handed_off
from salesops.book.waiting_invoices import invoice_held_up, invoice_owed, invoice_unpaid
from salesops.book.waiting_open import close_date_passed, next_step_missing, next_step_overdue, stalled
from salesops.book.waiting_playbook import OpenAction, open_actions
from salesops.changes.compare import Comparison
from salesops.metrics import Metric, Reading, measure, metrics_of
from salesops.metrics.contracts import DAYS_30, DAYS_90, DAYS_180, OVERDUE, Term, terms
from salesops.metrics.readings import Amounts, Count, MoneyShare, Share
from salesops.metrics.red_lines import RedLineStanding, red_lines_of
from salesops.metrics.targets import TargetStanding, targets_of_interest
from salesops.metrics.wording import NO_DATA, amounts, detail, headline
from salesops.records.learning import Experiment
from salesops.records.money import total
from salesops.records.process import LOST
from salesops.records.scalars import day_or_none
from salesops.records.team import Meeting
from salesops.reports.handoff import handoff
from salesops.reports.sections import in_words

WEEK = 7
PIPELINE, MEETINGS, CONVERSIONS, EXISTING = "Pipeline", "Meetings", "Stage conversions", "Existing business"
NUMBERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (PIPELINE, ("sqd", "sqd-net-new", "sqd-exits", "stalled", "pipeline-value", "weighted-pipeline")),
    (MEETINGS, ("meetings-per-week",)),
    (CONVERSIONS, ("win-rate",)),
    (
        EXISTING,
        (
            *("existing-business-active", "renewal-overdue", "renewal-0-30", "renewal-31-90", "renewal-91-180"),
            *("mrr", "forecast-mrr-6", "gross-retention", "net-retention"),
        ),
    ),
)
"""The metrics that are looked at every week, by group; the conversions that the process watches come before the win rate."""
WINDOWS = {OVERDUE: "overdue", DAYS_30: "within 30 days", DAYS_90: "in 31 to 90 days", DAYS_180: "in 91 to 180 days"}
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class NumberRow:
    """A metric now and at the last review; ``before`` is None where nothing was known then."""

    group: str
    id: str
    title: str
    before: str | None
    now: str
    change: str
    behind: str

    def as_data(self) -> dict[str, Any]:
        """As ``review --format json`` gives it."""
        return asdict(self)


@dataclass(frozen=True)
class StuckRow:
    """An open deal that is late or has stalled: why, since when, and when somebody last spoke with them."""

    deal: str
    member: str
    owner: str
    stage: str
    since: date
    reasons: tuple[str, ...]
    last_contact: date | None
    worth: str

    def as_data(self) -> dict[str, Any]:
        """As ``review --format json`` gives it."""
        return asdict(self) | {"reasons": list(self.reasons)}


@dataclass(frozen=True)
class ClosedRow:
    """An attempt that was closed since the last review, and what it taught; ``is_late`` where it happened before and was written down since."""

    deal: str
    member: str
    owner: str
    outcome: str
    day: date
    reason: str | None
    learning: str | None
    is_late: bool

    def as_data(self) -> dict[str, Any]:
        """As ``review --format json`` gives it."""
        return asdict(self)


@dataclass(frozen=True)
class RenewalDue:
    """A contract that ends within half a year, or has ended while the service goes on, and what is done about it.

    ``owner`` is who talks with the member; where no renewal is open, who looked after the contract.
    """

    deal: str
    member: str
    owner: str
    window: str
    ends: date
    days_left: int
    so_far: tuple[str | date, ...]
    """How far the renewal is: words, and the days among them."""
    renewal: str | None

    @property
    def state(self) -> str:
        """How far the renewal is, as a sentence."""
        return in_words(self.so_far)

    def as_data(self) -> dict[str, Any]:
        """As ``review --format json`` gives it."""
        told = asdict(self) | {"so_far": self.state}
        return {"state" if name == "so_far" else name: value for name, value in told.items()}


@dataclass(frozen=True)
class AfterSignatureRow:
    """What comes after a signature and is not done: a hand-off with its next step, or an invoice that is owed, held up or unpaid."""

    kind: str
    record: str
    member: str
    owner: str
    what: str
    since: date | None

    def as_data(self) -> dict[str, Any]:
        """As ``review --format json`` gives it."""
        return asdict(self)


@dataclass(frozen=True)
class ExperimentRow:
    """An experiment that runs, or that ended since the last review: its metric over its own attempts, now and then."""

    id: str
    hypothesis: str
    owner: str | None
    status: str
    measure: str
    before: str | None
    now: str
    behind: str
    stop: str | None
    is_chosen: bool
    result: str | None

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.status == "running"

    def as_data(self) -> dict[str, Any]:
        """As ``review --format json`` gives it."""
        return asdict(self)


@dataclass(frozen=True)
class WeeklyReview:
    """The agenda of a weekly review. ``since`` is the day of the last one, else a week before; ``earlier`` is what was known then."""

    snapshot: Snapshot
    earlier: Snapshot | None
    last: str | None
    since: date
    numbers: tuple[NumberRow, ...]
    targets: tuple[tuple[TargetStanding, str | None], ...]
    stuck: tuple[StuckRow, ...]
    closed: tuple[ClosedRow, ...]
    renewals: tuple[RenewalDue, ...]
    after_signature: tuple[AfterSignatureRow, ...]
    experiments: tuple[ExperimentRow, ...]
    red_lines: tuple[RedLineStanding, ...]
    actions: tuple[OpenAction, ...]
    is_as_known: bool = True
    """Whether ``earlier`` is what was known then; else it is what is known of that day now."""

    @property
    def as_of(self) -> date:
        """Its day."""
        return self.snapshot.as_of

    @property
    def meeting(self) -> Meeting | None:
        """Who leads it and who is asked, as the team has it."""
        return self.snapshot.book.team.review if self.snapshot.book.team else None

    @property
    def running(self) -> int:
        """How many experiments run."""
        return sum(each.is_running for each in self.experiments)

    def as_data(self) -> dict[str, Any]:
        """As ``review --format json`` gives it."""
        return {
            "as_of": self.as_of,
            "since": self.since,
            "last_review": self.last,
            "as_known_then": self.is_as_known,
            "meeting": _meeting_as_data(self.meeting),
            "numbers": [row.as_data() for row in self.numbers],
            "targets": [_target_as_data(*row) for row in self.targets],
            "stuck": [row.as_data() for row in self.stuck],
            "closed": [row.as_data() for row in self.closed],
            "renewals": [row.as_data() for row in self.renewals],
            "after_signature": [row.as_data() for row in self.after_signature],
            "experiments": [row.as_data() for row in self.experiments],
            "red_lines": [_red_line_as_data(line) for line in self.red_lines],
            "actions": [_action_as_data(each, self.as_of) for each in self.actions],
        }


def weekly_review(snapshot: Snapshot, earlier: Snapshot | None, *, is_as_known: bool = True) -> WeeklyReview:
    """The agenda as of a day; ``earlier`` is what was known at the end of ``since(…)``, None where nothing was."""
    last, start = last_review(snapshot.book, snapshot.as_of), since(snapshot.book, snapshot.as_of)
    usable = earlier if earlier is not None and earlier.book.processes else None
    return WeeklyReview(
        snapshot,
        usable,
        last,
        start,
        tuple(_numbers(snapshot, usable)),
        tuple(_targets(snapshot, usable)),
        tuple(_stuck(snapshot)),
        tuple(_closed(snapshot, usable, start)),
        tuple(_renewals(snapshot)),
        (*_handoffs(snapshot), *_invoices(snapshot)),
        tuple(_experiments(snapshot, usable, last)),
        tuple(red_lines_of(snapshot)),
        tuple(open_actions(snapshot)),
        is_as_known,
    )


# ── since when ────────────────────────────────────────────────────────────────────────────────────────────────────────


def last_review(book: Book, as_of: date) -> str | None:
    """The last review before a day; that of the day itself is the one that is being prepared."""
    return max((name for name in book.reviews if day_or_none(name) and name < str(as_of)), default=None)


def since(book: Book, as_of: date) -> date:
    """The day with which a review compares: that of the last review, or a week before where there was none."""
    return (day_or_none(last_review(book, as_of) or "")) or as_of - timedelta(days=WEEK)


PAGES_OF_PAST = 4
"""So many past reviews have their whole agenda on the site; of older ones the record says enough, and `--known` the rest."""


def past_reviews(book: Book, as_of: date) -> list[str]:
    """The reviews up to a day, the newest first."""
    return sorted((name for name in book.reviews if day_or_none(name) and name <= str(as_of)), reverse=True)


def days_looked_at(book: Book, as_of: date) -> set[date]:
    """The days of which the reviews on the site need to know what was known: the last meetings, and each one's meeting before."""
    last = [day for name in past_reviews(book, as_of)[:PAGES_OF_PAST] if (day := day_or_none(name))]
    return {since(book, as_of), *last, *(since(book, day) for day in last)}


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _numbers(snapshot: Snapshot, earlier: Snapshot | None) -> Iterator[NumberRow]:
    groups = [(group, metric) for group, metric in _watched(snapshot) if metric.measure]
    now = measure(snapshot, [metric for _, metric in groups])
    then = _known_then(earlier, [metric.id for _, metric in groups])
    for group, metric in groups:
        reading, before = now[metric.id], then.get(metric.id)
        words = headline(before) if before is not None else None
        yield NumberRow(
            group, metric.id, metric.title, words, headline(reading), change(before, reading), detail(reading)
        )


def _watched(snapshot: Snapshot) -> Iterator[tuple[str, Metric]]:
    known = metrics_of(snapshot.process)
    conversions = tuple(each.id for each in snapshot.process.conversions)
    for group, ids in NUMBERS:
        for metric_id in (*conversions, *ids) if group == CONVERSIONS else ids:
            if metric_id in known:
                yield group, known[metric_id]


def _known_then(earlier: Snapshot | None, ids: Sequence[str]) -> dict[str, Reading | None]:
    """Each as the process of that day measured it: a metric that it did not know has no value."""
    if earlier is None:
        return {}
    known = metrics_of(earlier.process)
    return measure(earlier, [known[metric_id] for metric_id in ids if metric_id in known])


def change(before: Reading | None, now: Reading | None) -> str:
    """How much a reading has changed, in words; nothing where that cannot be said."""
    if before is None or now is None:
        return ""
    told = _rate(before), _rate(now)
    if told[0] is not None and told[1] is not None:
        points = round((told[1] - told[0]) * 100, 1)
        return _signed(f"{abs(points):.1f} points", points < 0) if points else "no change"
    if headline(before) == headline(now):
        return "no change"
    if isinstance(before, Count) and isinstance(now, Count):
        return _signed(f"{abs(now.value - before.value):,}", now.value < before.value)
    if isinstance(before, Amounts) and isinstance(now, Amounts):
        return _in_money(before, now)
    return ""


def _rate(reading: Reading) -> float | None:
    """The rate that a reading tells; None where it is another sort of number, or too few stand behind it."""
    if isinstance(reading, Share):
        return reading.value if reading.is_enough else None
    return reading.value if isinstance(reading, MoneyShare) else None


def _in_money(before: Amounts, now: Amounts) -> str:
    parts = [
        _signed(amounts({currency: abs(more)}), more < 0)
        for currency in sorted({*before.sums, *now.sums})
        if (more := now.sums.get(currency, Decimal(0)) - before.sums.get(currency, Decimal(0)))
    ]
    return ", ".join(parts)


def _signed(words: str, is_less: bool) -> str:
    return f"{MINUS if is_less else '+'}{words}"


def _targets(snapshot: Snapshot, earlier: Snapshot | None) -> Iterator[tuple[TargetStanding, str | None]]:
    """Each target, and where it was at the last review."""
    then = {each.target.id: each.progress.now for each in targets_of_interest(earlier)} if earlier else {}
    for standing in targets_of_interest(snapshot):
        yield standing, then.get(standing.target.id)


# ── deals ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _stuck(snapshot: Snapshot) -> list[StuckRow]:
    """Open deals that are late or have stalled: what has waited longest comes first, of the same day what is worth a name first."""
    found = [_stuck_row(snapshot, history, why) for history in snapshot.open if (why := _why_stuck(snapshot, history))]
    return sorted(found, key=lambda row: (row.since, row.deal))


def _why_stuck(snapshot: Snapshot, history: DealHistory) -> list[Waiting]:
    rules = (stalled, next_step_overdue, next_step_missing, close_date_passed)
    return [it for rule in rules for it in rule(snapshot, history.id)]


def _stuck_row(snapshot: Snapshot, history: DealHistory, why: Sequence[Waiting]) -> StuckRow:
    standing = Standing(snapshot, history)
    return StuckRow(
        history.id,
        standing.member_name,
        standing.owner_name,
        standing.stage.title,
        min(it.since for it in why),
        tuple(it.message for it in why),
        standing.last_contact,
        amounts(total(standing.amounts)) if standing.amounts else "",
    )


def _closed(snapshot: Snapshot, earlier: Snapshot | None, start: date) -> list[ClosedRow]:
    """The attempts that were closed from the day of the last review on, and those that nobody had written down by then; the newest first."""
    known = _closed_then(snapshot, earlier)
    found = [
        _closed_row(Standing(snapshot, history), closing, start)
        for history in snapshot.histories
        for closing in history.closings
        if closing.entered >= start or _is_news(history, closing, known)
    ]
    return sorted(found, key=lambda row: (-row.day.toordinal(), row.deal))


def _closed_then(snapshot: Snapshot, earlier: Snapshot | None) -> set[tuple[str, int]] | None:
    """The attempts that were known as closed, by the ids that their deals have now; None where nothing was known."""
    if earlier is None:
        return None
    renamed = {
        was: now for (kind, now), was in Comparison(earlier.whole, snapshot.whole).renamed.items() if kind == "deal"
    }
    return {
        (renamed.get(history.id, history.id), closing.attempt)
        for history in earlier.histories
        for closing in history.closings
    }


def _is_news(history: DealHistory, closing: Visit, known: set[tuple[str, int]] | None) -> bool:
    """Whether a close of an earlier day was written down since; what an import brought is no news."""
    is_imported = history.deal.was_brought(history.deal.stages[closing.line])
    return known is not None and (history.id, closing.attempt) not in known and not is_imported


def _closed_row(standing: Standing, closing: Visit, start: date) -> ClosedRow:
    loss = next((loss for visit, loss in standing.history.lost if visit == closing), None)
    is_lost = closing.outcome == LOST
    said = loss if is_lost else standing.deal.win
    return ClosedRow(
        standing.id,
        standing.member_name,
        standing.owner_name,
        closing.outcome or "",
        closing.entered,
        loss.reason if loss else None,
        said.learning if said else None,
        closing.entered < start,
    )


def _renewals(snapshot: Snapshot) -> list[RenewalDue]:
    due = [_renewal_row(snapshot, term) for term in terms(snapshot) if term.bucket in WINDOWS]
    return sorted(due, key=lambda row: (row.ends, row.deal))


def _renewal_row(snapshot: Snapshot, term: Term) -> RenewalDue:
    standing = Standing(snapshot, term.history)
    ends, left = term.contract.last_day, term.days_left
    assert ends is not None and left is not None, "a window is told by the last day"  # noqa: PT018 - both or none
    renewal, state = _renewal_state(snapshot, term)
    talk = snapshot.history(renewal) if renewal else None
    owner = (Standing(snapshot, talk) if talk and snapshot.is_open(talk) else standing).owner_name
    return RenewalDue(term.id, standing.member_name, owner, WINDOWS[term.bucket], ends, left, state, renewal)


def _renewal_state(snapshot: Snapshot, term: Term) -> tuple[str | None, tuple[str | date, ...]]:
    """The deal that renews a contract, and how far it is."""
    if term.secured_by:
        return term.secured_by, ("signed: the next term is secured",)
    renewals = [history for deal in snapshot.book.renewed_by.get(term.id, ()) if (history := snapshot.history(deal))]
    if not renewals:
        return None, ("no renewal deal yet",)
    standing = Standing(
        snapshot, max(renewals, key=lambda history: (snapshot.is_open(history), history.visits[0].entered))
    )
    step = standing.deal.next if standing.is_open else None
    return standing.id, (*_so_far(standing), *((f"; next: {step.action}, by ", step.due) if step else ()))


def _so_far(standing: Standing) -> tuple[str | date, ...]:
    span = standing.history.parked_on(standing.snapshot.as_of) if standing.is_open else None
    if span is None:
        return f"in {standing.stage.title} since ", standing.since
    return ("parked until ", span.until) if span.until else ("parked with no return date",)


# ── after the signature ───────────────────────────────────────────────────────────────────────────────────────────────


def _handoffs(snapshot: Snapshot) -> Iterator[AfterSignatureRow]:
    """The won deals whose hubs are not in use yet, the oldest signature first, each with the step that comes next."""
    found = [handoff(snapshot, history.id) for history in snapshot.won if is_being_handed_off(snapshot, history.id)]
    for each in sorted((it for it in found if it), key=lambda it: (it.steps[0].day or date.max, it.deal)):
        history = snapshot.history(each.deal)
        if history and each.next:
            owner = person_name(snapshot, each.next.owner) if each.next.owner else "nobody yet"
            missing = f" (missing: {', '.join(fact.says for fact in each.next.missing)})" if each.next.missing else ""
            what = f"Hand-off, next: {each.next.title[:1].lower()}{each.next.title[1:]}{missing}"
            yield AfterSignatureRow(
                "deal", each.deal, Standing(snapshot, history).member_name, owner, what, each.steps[0].day
            )


def _invoices(snapshot: Snapshot) -> Iterator[AfterSignatureRow]:
    """The invoices that are owed, held up or unpaid, by member."""
    rules = (invoice_owed, invoice_held_up, invoice_unpaid)
    for member_id, member in sorted(snapshot.book.members.items()):
        for it in (each for rule in rules for each in rule(snapshot, member_id)):
            owner = person_name(snapshot, it.person) if it.person else "nobody yet"
            what = f"{it.message[:1].upper()}{it.message[1:]}"
            yield AfterSignatureRow("member", member_id, member.name, owner, what, it.since)


# ── experiments ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _experiments(snapshot: Snapshot, earlier: Snapshot | None, last: str | None) -> Iterator[ExperimentRow]:
    """What runs, and what ran at the last review and has ended since."""
    ran = {name for name, it in earlier.book.experiments.items() if it.status == "running"} if earlier else set()
    review = snapshot.book.reviews.get(last or "")
    for name, experiment in sorted(snapshot.book.experiments.items()):
        if experiment.status == "running" or name in ran:
            is_chosen = review is not None and name in review.experiments
            yield _experiment_row(snapshot, earlier, name, experiment, is_chosen)


def _experiment_row(
    snapshot: Snapshot, earlier: Snapshot | None, name: str, experiment: Experiment, is_chosen: bool
) -> ExperimentRow:
    reading = _over_its_cohort(snapshot, experiment)
    then = earlier.book.experiments.get(name) if earlier else None
    before = _over_its_cohort(earlier, then) if earlier and then else None
    return ExperimentRow(
        name,
        experiment.hypothesis,
        experiment.owner,
        experiment.status,
        _title_of(snapshot, experiment.measure),
        headline(before) if before is not None else None,
        headline(reading) if reading is not None else NO_DATA,
        detail(reading),
        str(experiment.stop) if experiment.stop else None,
        is_chosen,
        experiment.result,
    )


def _over_its_cohort(snapshot: Snapshot, experiment: Experiment) -> Reading | None:
    """The metric that decides, over the attempts that the experiment counts."""
    watched = metrics_of(snapshot.process).get(experiment.measure or "")
    if watched is None or watched.measure is None:
        return None
    cohort = experiment.cohort
    return watched.measure(replace(snapshot, since=cohort.since, until=cohort.until) if cohort else snapshot)


def _title_of(snapshot: Snapshot, metric: str | None) -> str:
    known = metrics_of(snapshot.process)
    return known[metric].title if metric in known else metric or ""


# ── as data ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _meeting_as_data(meeting: Meeting | None) -> dict[str, Any] | None:
    if meeting is None:
        return None
    people = [{"person": each.person, "role": each.role, "why": each.why} for each in meeting.people]
    links = [{"kind": link.kind, "url": link.url} for link in meeting.links]
    return {"owner": meeting.owner, "weekday": meeting.weekday, "people": people, "links": links}


def _target_as_data(standing: TargetStanding, before: str | None) -> dict[str, Any]:
    target, progress = standing.target, standing.progress
    told = {"id": target.id, "metric": target.metric, "title": standing.title, "goal": target.bound, "by": target.by}
    return {**told, "before": before, "now": progress.now, "state": progress.state, "gap": progress.gap}


def _red_line_as_data(line: RedLineStanding) -> dict[str, Any]:
    told = {"id": line.line.id, "metric": line.line.metric, "title": line.title, "means": line.line.means}
    found = {"state": line.state.value, "since": line.since, "answer": line.answer}
    return {**told, "line": line.line.sentence, "value": line.value, **found}


def _action_as_data(each: OpenAction, as_of: date) -> dict[str, Any]:
    action = each.action
    told = {"review": each.review, "since": each.since, "deal": action.deal, "action": action.action}
    return {**told, "owner": action.owner, "due": action.due, "is_late": each.is_late(as_of)}
