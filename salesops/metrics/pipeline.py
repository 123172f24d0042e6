"""The pipeline on a day: open deals, sales qualified deals and what came and went, meetings, ages, value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from salesops.book.book import Cause, LeftOut, Snapshot, kept_with_snapshot
from salesops.book.stalled import last_contact, why_stalled
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.metric import Metric, family, line, metric
from salesops.metrics.readings import Amounts, Count, Days, Reading, Split, tally
from salesops.problems import Path
from salesops.records.deal import Activity
from salesops.records.money import Sums, total
from salesops.records.process import Process

WINDOW = 7
"""Days of "the last 7 days", the day itself among them."""


def count(
    snapshot: Snapshot,
    counted: Iterable[DealHistory],
    parked: Iterable[DealHistory] = (),
    parts: Mapping[str, Mapping[str, int]] | None = None,
) -> Count:
    """A count of deals, split by type; the parked ones are named as left out."""
    deals = list(counted)
    return Count(
        value=len(deals),
        split=tally(history.type for history in deals),
        included=tuple(history.id for history in deals),
        excluded=(*kept_warm(snapshot, parked), *snapshot.unusable),
        parts=parts or {},
    )


def kept_warm(snapshot: Snapshot, parked: Iterable[DealHistory]) -> Iterator[LeftOut]:
    """Parked deals, with until when."""
    for history in parked:
        yield LeftOut(history.id, snapshot.why_parked(history) or "parked", Cause.PARKED)


def qualified(snapshot: Snapshot, stage: str, day: date | None = None) -> bool:
    """Whether a deal in this stage is sales qualified, by the process in force on a day: that of the snapshot, unless told."""
    found = snapshot.book.stage(stage, day) if day else snapshot.stage(stage)
    return found is not None and found.sales_qualified and found.is_open


@metric(
    "open-deals",
    "Open deals",
    kind="count",
    source="Leads, sales, and hubs process, Lead generation and triage; reference/definitions#open-deals",
)
def open_deals(snapshot: Snapshot) -> Count:
    """Deals that are neither won nor lost and not parked, by the stage where each one is.

    The pipeline itself. Parked deals keep their stage and are named as left out.
    """
    stages = tally(snapshot.name(history.now.stage) for history in snapshot.open)
    in_order = {name: stages[name] for name in (*snapshot.process.stages, *stages) if name in stages}
    return count(snapshot, snapshot.open, snapshot.parked, parts={"by_stage": in_order})


def _not_qualified(snapshot: Snapshot) -> Iterator[LeftOut]:
    for history in snapshot.open:
        if not qualified(snapshot, history.now.stage):
            title = snapshot.stage(history.now.stage).title
            yield LeftOut(history.id, f"in {title}, which does not count as sales qualified", Cause.OTHER_STAGE)


@metric(
    "sqd",
    "Sales Qualified Deals",
    kind="count",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#sqd",
    near=_not_qualified,
)
def sqd(snapshot: Snapshot) -> Count:
    """Open deals in a stage that counts as sales qualified: Outreach, Discovery, Renewals and Proposal, parked ones left out.

    The Sales Operations Overview lists it under new business, yet counts the Renewals stage: the formula is kept to the
    letter, and the split by deal type is always shown next to it.
    """
    held = [history for history in snapshot.open if qualified(snapshot, history.now.stage)]
    parked = [history for history in snapshot.parked if qualified(snapshot, history.now.stage)]
    return count(snapshot, held, parked)


def crossings(snapshot: Snapshot, history: DealHistory) -> Iterator[tuple[Visit, bool]]:
    """Every visit by which a deal came into the sales qualified stages (True) or left them (False), by the process of its day."""
    before: Visit | None = None
    for visit in history.visits:
        was = before is not None and qualified(snapshot, before.stage, visit.entered)
        now = qualified(snapshot, visit.stage, visit.entered)
        if now != was:
            yield visit, now
        before = visit


def _first_day(snapshot: Snapshot) -> date:
    return snapshot.as_of - timedelta(days=WINDOW - 1)


def _came(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return _crossed(snapshot, history, into=True)


def _went(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return _crossed(snapshot, history, into=False)


def _crossed(snapshot: Snapshot, history: DealHistory, *, into: bool) -> list[Path]:
    first = _first_day(snapshot)
    return [line(visit) for visit, came in crossings(snapshot, history) if came is into and visit.entered >= first]


def _reclassified(snapshot: Snapshot) -> Iterator[LeftOut]:
    """The deals that a new version of the process counts, or counts no more, although they did not move."""
    for history in snapshot.histories:
        for step in _steps(snapshot, history, _first_day(snapshot)):
            if step.part == "reclassified":
                says = "is" if step.deals > 0 else "is not"
                title, version = snapshot.book.title_of(step.stage, step.day), snapshot.book.process_on(step.day)
                why = f"reclassified on {step.day}: {title} {says} sales qualified in {version.version if version else ''}"
                yield LeftOut(history.id, why, Cause.RECLASSIFIED)


def _before_the_window(snapshot: Snapshot) -> Iterator[LeftOut]:
    yield from _reclassified(snapshot)
    first = _first_day(snapshot)
    for history in snapshot.histories:
        came = [visit.entered for visit, into in crossings(snapshot, history) if into]
        if came and first - timedelta(days=WINDOW) <= came[-1] < first:
            yield LeftOut(history.id, f"came in on {came[-1]}; the 7 days begin on {first}", Cause.OTHER_DAY)


@metric(
    "sqd-net-new",
    "SQD Net New",
    kind="count",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#sqd-net-new",
    lines=_came,
    near=_before_the_window,
)
def sqd_net_new(snapshot: Snapshot) -> Count:
    """Deals that came into the sales qualified stages in the last 7 days, the day itself among them; each counts once.

    Moves between those stages do not count. Despite its name the Sales Operations Overview defines it as gross entries:
    `flow` holds what else moved the stock, and entries + resumed − exits − parked + reclassified is the true net, which is
    today's SQD less that of a week ago. Reclassified are the deals that a new version of the process counts, without a
    move, less those that it counts no more.
    """
    start = _first_day(snapshot)
    entered: list[DealHistory] = []
    before: list[str] = []
    for history in snapshot.histories:
        came = [visit.entered for visit, into in crossings(snapshot, history) if into]
        if any(day >= start for day in came):
            entered.append(history)
            before.append("re-entry" if any(day < start for day in came) else "first entry")
    return count(snapshot, entered, parts={"by_entry": tally(before), "flow": flow(snapshot)})


@metric(
    "sqd-exits", "SQD exits", kind="count", source="reference/definitions#sqd-net-new", lines=_went, near=_reclassified
)
def sqd_exits(snapshot: Snapshot) -> Count:
    """Deals that left the sales qualified stages in the last 7 days, won, lost or moved back; each counts once.

    The companion of SQD Net New: a deal that came and went within the week counts on both sides.
    """
    start = _first_day(snapshot)
    left: list[DealHistory] = []
    where: list[str] = []
    for history in snapshot.histories:
        went = [visit for visit, into in crossings(snapshot, history) if not into and visit.entered >= start]
        if went:
            left.append(history)
            where.append(snapshot.name(went[-1].stage))
    return count(snapshot, left, parts={"by_stage": tally(where)})


def flow(snapshot: Snapshot, days: int = WINDOW) -> dict[str, int]:
    """What moved the SQD stock in the days up to ``as_of``: entries, resumed, exits, parked, reclassified, and the net of them.

    Counts crossings, not deals. A new version of the process, parking and coming back take effect as the day begins, moves
    within it; a move of a parked deal moves no stock.
    """
    first = snapshot.as_of - timedelta(days=days - 1)
    return _parts_of(step for history in snapshot.histories for step in _steps(snapshot, history, first))


def _parts_of(steps: Iterable[Step]) -> dict[str, int]:
    """Steps added up by part, and the net of them."""
    parts = {"entries": 0, "resumed": 0, "exits": 0, "parked": 0, "reclassified": 0}
    for step in steps:
        parts[step.part] += step.deals
    coming = parts["entries"] + parts["resumed"] + parts["reclassified"]
    return {**parts, "net": coming - parts["exits"] - parts["parked"]}


class SqdWeek(NamedTuple):
    """Seven days: the last of them, how many deals of each type were sales qualified on it, and what moved that stock in them."""

    end: date
    split: dict[str, int]
    flow: dict[str, int]

    @property
    def value(self) -> int:
        """How many in all."""
        return sum(self.split.values())


def sqd_weeks(snapshot: Snapshot, count: int) -> list[SqdWeek]:
    """The last so many weeks, the one that ends on the day the last: SQD and its flow, counted back from today's by what moved it."""
    types = sorted({history.type for history in snapshot.histories})
    weeks = [snapshot.as_of - timedelta(weeks=back) for back in range(count)]
    steps: dict[date, dict[str, list[Step]]] = {end: {kind: [] for kind in types} for end in weeks}
    first = snapshot.as_of - timedelta(days=count * WINDOW - 1)
    for history in snapshot.histories:
        for step in _steps(snapshot, history, first):
            back = (snapshot.as_of - step.day).days // WINDOW
            steps[weeks[back]][history.type].append(step)
    return list(reversed(list(_counted_back(sqd(snapshot).split, steps))))


def _counted_back(today: Split, steps: Mapping[date, Mapping[str, list[Step]]]) -> Iterator[SqdWeek]:
    """The weeks from the last one back: before each of them the stock was what it is after it, less the net of it."""
    left = dict(today)
    for end, by_type in steps.items():
        split = {kind: left.get(kind, 0) for kind in by_type}
        yield SqdWeek(end, split, _parts_of(step for found in by_type.values() for step in found))
        left = {kind: split[kind] - _parts_of(found)["net"] for kind, found in by_type.items()}


class Step(NamedTuple):
    """What a deal adds to one part of the flow on a day, and the stage where it is then."""

    part: str
    deals: int
    day: date
    stage: str


def _steps(snapshot: Snapshot, history: DealHistory, first: date) -> Iterator[Step]:
    """What a deal adds to the flow, day by day, each by the process in force on it."""
    eve = first - timedelta(days=1)
    known = history.until(eve)
    stage = known.now.stage if known else ""
    inside = bool(stage) and qualified(snapshot, stage, eve)
    for day in _days_of_change(snapshot, history, first):
        parked = history.parked_on(day) is not None
        if inside and parked != (history.parked_on(day - timedelta(days=1)) is not None):
            yield Step("parked" if parked else "resumed", 1, day, stage)
        stays = [(stage, False)] if stage else []
        for name, moved in stays + [(visit.stage, True) for visit in history.visits if visit.entered == day]:
            now = qualified(snapshot, name, day)
            if now != inside and not parked:
                yield _crossing(name, day, came=now, moved=moved)
            stage, inside = name, now


def _crossing(stage: str, day: date, *, came: bool, moved: bool) -> Step:
    """A deal that came in or went: by a move, or by a change of what is sales qualified."""
    if not moved:
        return Step("reclassified", 1 if came else -1, day, stage)
    return Step("entries" if came else "exits", 1, day, stage)


def _days_of_change(snapshot: Snapshot, history: DealHistory, first: date) -> list[date]:
    """The days up to the snapshot's on which a deal moves, is parked or comes back, or a version of the process begins."""
    turns = {day for span in history.spans for day in (span.since, span.until) if day}
    versions = {process.in_force for process in snapshot.book.processes}
    moves = {visit.entered for visit in history.visits}
    return sorted(day for day in turns | versions | moves if first <= day <= snapshot.as_of)


COUNTED_MEETINGS = frozenset({"discovery", "renewal", "proposal"})


Meeting = tuple[Activity, list[DealHistory]]
"""A meeting that was held, with the deals it was about."""


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def last_full_week(as_of: date) -> date:
    """The Monday of the last week that is over; on a Sunday it is the week that ends on this day."""
    return _monday(as_of + timedelta(days=1)) - timedelta(weeks=1)


def _is_in(week: date, day: date) -> bool:
    return week <= day < week + timedelta(weeks=1)


def _met(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    week = last_full_week(snapshot.as_of)
    return [
        ("activity", at)
        for at, entry in enumerate(history.written.activity)
        if entry.is_held_meeting and entry.about in COUNTED_MEETINGS and _is_in(week, entry.date)
    ]


def _not_held(snapshot: Snapshot) -> Iterator[LeftOut]:
    week = last_full_week(snapshot.as_of)
    for history in snapshot.whole.histories.values():
        for entry in history.deal.activity if snapshot.counts(history.deal) else ():
            if entry.kind != "meeting" or not _is_in(week, entry.date):
                continue
            if entry.status != "held":
                why = f"the meeting of {entry.date} was {entry.status or 'without a status'}"
                yield LeftOut(history.id, why, Cause.NOT_HELD)
            elif entry.about not in COUNTED_MEETINGS:
                why = f"the meeting of {entry.date} was about {entry.about or 'an unnamed subject'}"
                yield LeftOut(history.id, why, Cause.OTHER_SUBJECT)


@metric(
    "meetings-per-week",
    "Meetings Per Week",
    kind="count",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#meetings-per-week",
    lines=_met,
    near=_not_held,
)
def meetings_per_week(snapshot: Snapshot) -> Count:
    """Discovery, renewal and proposal meetings that were held in the last full week, Monday to Sunday.

    One meeting noted on several deals under the same id counts once. Scheduled, cancelled and missed ones do not
    count. The week that is not over yet is no part of the number: `so_far` counts its meetings up to the day. `weeks`
    holds the last eight full weeks, or as many as the team wants to see, and the one that is running, marked as partial; added up, the full weeks are the
    meetings that were held in them.
    """
    last, running = last_full_week(snapshot.as_of), _monday(snapshot.as_of)
    meetings = _asked_for(snapshot, _meetings(snapshot))
    weeks = sorted({*(last - timedelta(weeks=back) for back in range(snapshot.numbers.weeks_shown)), running})
    counted, current = _in_week(meetings, last), _in_week(meetings, running) if running != last else []
    return Count(
        value=len(counted),
        split=tally(histories[0].type for _, histories in counted),
        parts={"by_about": tally(entry.about or "other" for entry, _ in counted)},
        series=tuple(_week(meetings, week, running if running != last else None) for week in weeks),
        so_far=len(current) if running != last else None,
        included=tuple(dict.fromkeys(history.id for _, about in counted for history in about)),
        excluded=(*_running(current), *snapshot.unusable),
    )


def meetings_of_last_week(snapshot: Snapshot) -> list[Meeting]:
    """The meetings that were held in the last full week, each with the deals it was about."""
    return _in_week(_asked_for(snapshot, _meetings(snapshot)), last_full_week(snapshot.as_of))


def _week(meetings: list[Meeting], week: date, running: date | None) -> dict[str, object]:
    value = len(_in_week(meetings, week))
    return {"week": _iso_week(week), "starts": str(week), "value": value, "partial": week == running}


def _running(current: list[Meeting]) -> Iterator[LeftOut]:
    for entry, histories in current:
        for history in histories:
            yield LeftOut(history.id, f"the meeting of {entry.date} is in the week that is not over", Cause.RUNNING)


def _asked_for(snapshot: Snapshot, meetings: list[Meeting]) -> list[Meeting]:
    """Those whose first deal is asked for, with the deals that are."""
    return [
        (entry, [history for history in about if snapshot.counts(history.deal)])
        for entry, about in meetings
        if snapshot.counts(about[0].deal)
    ]


@kept_with_snapshot
def _meetings(snapshot: Snapshot) -> list[Meeting]:
    """The held meetings that count up to the day, each once and on its first day, with the deals they were about.

    A meeting took place even where its deal was opened only afterwards. It belongs to its first deal, so that every split adds up.
    """
    held = [
        (entry, history, at)
        for history in snapshot.whole.histories.values()
        for at, entry in enumerate(history.deal.activity)
        if entry.is_held_meeting and entry.about in COUNTED_MEETINGS and entry.date <= snapshot.as_of
    ]
    found: dict[object, Meeting] = {}
    for entry, history, at in sorted(held, key=lambda meeting: meeting[0].date):
        found.setdefault(entry.id or (history.id, at), (entry, []))[1].append(history)
    return list(found.values())


def _in_week(meetings: list[Meeting], monday: date) -> list[Meeting]:
    return [meeting for meeting in meetings if _is_in(monday, meeting[0].date)]


def _iso_week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _stalled_since(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    """The move into the stage, and the last real contact where there was one since."""
    contact = last_contact(history.deal, snapshot.as_of)
    since = [
        ("activity", at)
        for at, entry in enumerate(history.written.activity)
        if contact and entry.contact == contact and contact >= history.now.entered
    ]
    return [line(history.now), *since[-1:]]


@metric(
    "stalled",
    "Stalled deals",
    kind="count",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#stalled",
    lines=_stalled_since,
)
def stalled(snapshot: Snapshot) -> Count:
    """Open deals that are longer in their stage, or longer without a real contact, than the process allows.

    A real contact is a held meeting, a call or an answered e-mail; an edit of the file is not one. Both limits are set
    for each stage in the process file. A stall never loses a deal: it asks for a decision.
    """
    held = [history for history in snapshot.open if any(why_stalled(snapshot, history))]
    stages = tally(snapshot.name(history.now.stage) for history in held)
    return count(snapshot, held, snapshot.parked, parts={"by_stage": stages})


def _where_and_worth(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [line(history.now), ("value",)]


@metric(
    "pipeline-value",
    "Pipeline value",
    kind="money",
    source="Sales Sync, WHY; reference/definitions#pipeline-value",
    lines=_where_and_worth,
)
def pipeline_value(snapshot: Snapshot) -> Amounts:
    """What the open deals are expected to bring over their terms: months times MRR, and what comes once; by currency.

    A term without a length counts as 12 months. Deals without an amount are named, and add nothing. Currencies
    are never added up. `by_stage` splits it by the stage where each deal is.
    """
    valued = [history for history in snapshot.open if history.deal.value and history.deal.value.amounts]
    without = [history for history in snapshot.open if not (history.deal.value and history.deal.value.amounts)]
    return Amounts(
        sums=_worth(valued),
        n=len(valued),
        without=len(without),
        split={
            deal_type: _worth([history for history in valued if history.type == deal_type])
            for deal_type in tally(history.type for history in valued)
        },
        by={"by_stage": _by_stage(snapshot, valued)},
        included=tuple(history.id for history in valued),
        excluded=(
            *(LeftOut(history.id, "it has no amount", Cause.NO_AMOUNT) for history in without),
            *kept_warm(snapshot, snapshot.parked),
            *snapshot.unusable,
        ),
    )


def _by_stage(snapshot: Snapshot, valued: list[DealHistory]) -> dict[str, Sums]:
    """The worth of the deals in each stage, in the order of the process."""
    names = {snapshot.name(history.now.stage) for history in valued}
    in_order = [name for name in snapshot.process.stages if name in names]
    return {
        name: _worth([history for history in valued if snapshot.name(history.now.stage) == name])
        for name in (*in_order, *sorted(names.difference(in_order)))
    }


def _worth(histories: Iterable[DealHistory]) -> Sums:
    return total(amount for history in histories if history.deal.value for amount in history.deal.value.amounts)


@family
def ages(process: Process) -> Iterator[Metric]:
    """One age for each open stage."""
    for name, stage in process.stages.items():
        if stage.is_open:
            yield Metric(
                f"age-in-{name.replace(' ', '-')}",
                f"Age in {stage.title}",
                "days",
                "Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#days-in-stage",
                "new and existing business",
                f"Days since each deal now in {stage.title} came into it, without those on which it was parked; parked deals are left out.\n\n"
                "It finds stalled deals: an average of completed visits has no value for a deal that is still there. "
                "`cumulative` adds the attempt's earlier visits to the stage.",
                _age_in(name),
            )


def _age_in(stage: str) -> Callable[[Snapshot], Reading]:
    def measure(snapshot: Snapshot) -> Days:
        here = [history for history in snapshot.open if snapshot.name(history.now.stage) == stage]
        parked = [history for history in snapshot.parked if snapshot.name(history.now.stage) == stage]
        days = [history.age(snapshot.as_of) for history in here]
        in_all = [
            sum(
                history.active_days(visit, snapshot.as_of)
                for visit in history.attempts[-1]
                if snapshot.name(visit.stage) == stage
            )
            for history in here
        ]
        return Days(
            values=tuple(days),
            is_sample=False,
            split=tally(history.type for history in here),
            variants={"oldest": max(days, default=None), "cumulative": sum(in_all) / len(in_all) if in_all else None},
            included=tuple(history.id for history in here),
            excluded=(*kept_warm(snapshot, parked), *snapshot.unusable),
        )

    return measure
