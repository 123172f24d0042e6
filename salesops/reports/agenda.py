"""The weekly review as sections, in the order in which a meeting goes through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby

from salesops.book.book import Snapshot
from salesops.book.status import Standing, person_name
from salesops.book.waiting_playbook import OpenAction
from salesops.metrics.red_lines import RedLineStanding, State
from salesops.metrics.targets import goal
from salesops.output import counted
from salesops.reports.sections import Head, Paper, SheetCell, SheetSection, cells, dated
from salesops.reports.weekly import WeeklyReview

STATES = {
    State.TOO_FEW: "too few to judge",
    State.SILENT: "not crossed",
    State.TRIPPED: "crossed",
    State.CONFIRMED: "crossed, confirmed",
}
MOST_EXPERIMENTS = 2
"""More than so many at once, and nobody can tell what it was that worked."""


def agenda(review: WeeklyReview) -> Paper:
    """The whole agenda."""
    sections = [section for make in SECTIONS for section in make(review)]
    return Paper(f"Weekly review of {_weekday(review.as_of)}", tuple(_opening(review)), tuple(sections))


def mark(review: WeeklyReview) -> str:
    """The first line of an agenda in an issue: by it the one of a week is found again, whatever its day."""
    return f"<!-- salesops review {review.as_of - timedelta(days=review.as_of.weekday())} -->"


def _weekday(day: date) -> str:
    return f"{day:%A} {day}"


def _opening(review: WeeklyReview) -> Iterator[str]:
    """In short: what the meeting is compared with, and what awaits it."""
    whence = f"the review of {_weekday(review.since)}" if review.last else _weekday(review.since)
    how = "as it was known then" if review.is_as_known else "as it is known now; git cannot tell what was known then"
    if review.earlier is None:
        yield f"Nothing was known on {_weekday(review.since)}: there is nothing to compare with."
    else:
        first = "" if review.last else " No review was held yet, so that is a week before."
        yield f"Changes are since {whence}, {how}.{first}"
    red = sum(line.is_unanswered for line in review.red_lines)
    parts = [
        f"{counted(red, 'red line')} without a decision" if red else "",
        f"{counted(len(review.stuck), 'deal')} late or stalled",
        f"{len(review.closed):,} closed",
        f"{counted(len(review.renewals), 'contract')} ending within half a year or over",
        f"{counted(len(review.actions), 'open action')}",
    ]
    yield f"{' · '.join(part for part in parts if part)}."


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _numbers(review: WeeklyReview) -> Iterator[SheetSection]:
    heads = (
        Head("Number"),
        Head("Last review", right=True),
        Head("Now", right=True),
        Head("Change", right=True),
        Head("Behind it", words=True),
    )
    for group, rows in groupby(review.numbers, key=lambda row: row.group):
        shown = tuple(
            cells(SheetCell(row.title, ("metric", row.id)), row.before, row.now, row.change, row.behind) for row in rows
        )
        yield SheetSection(group.lower().replace(" ", "-"), group, heads=heads, rows=shown)


def _targets(review: WeeklyReview) -> Iterator[SheetSection]:
    heads = (
        Head("Target"),
        Head("Last review", right=True),
        Head("Now", right=True),
        Head("Goal", right=True),
        Head("By"),
        Head("State", own=True),
    )
    rows = tuple(
        cells(
            SheetCell(standing.title, ("metric", standing.target.metric)),
            before,
            standing.progress.now,
            goal(standing.target),
            standing.target.by,
            standing.progress.gap or standing.progress.state,
        )
        for standing, before in review.targets
    )
    yield SheetSection(
        "targets", "Targets", heads=heads, rows=rows, empty="There are no targets: playbook/targets.yaml."
    )


# ── deals ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _stuck(review: WeeklyReview) -> Iterator[SheetSection]:
    heads = (
        Head("Deal"),
        Head("Owner"),
        Head("Stage"),
        Head("Worth", right=True),
        Head("Since"),
        Head("Last contact"),
        Head("Why", words=True, own=True),
    )
    rows = tuple(
        cells(
            SheetCell(row.member, ("deal", row.deal)),
            row.owner,
            row.stage,
            row.worth,
            row.since,
            _ago(row.last_contact, review.as_of),
            "; ".join(row.reasons),
        )
        for row in review.stuck
    )
    said = ("What has waited longest comes first.",) if rows else ()
    yield SheetSection("stuck", "Late and stalled", said, heads, rows, "No open deal is late or has stalled.")


def _ago(day: date | None, as_of: date) -> str:
    """A day and how long ago that is; that nobody has spoken with them yet."""
    if day is None:
        return "none yet"
    days = (as_of - day).days
    return f"{day} ({counted(days, 'day')} ago)" if days else f"{day} (today)"


def _closed(review: WeeklyReview) -> Iterator[SheetSection]:
    heads = (
        Head("Deal"),
        Head("Outcome"),
        Head("Day"),
        Head("Owner"),
        Head("Reason"),
        Head("What we learned", words=True),
    )
    rows = tuple(
        cells(
            SheetCell(row.member, ("deal", row.deal)),
            row.outcome,
            f"{row.day} (written down since)" if row.is_late else row.day,
            row.owner,
            row.reason,
            row.learning or "Nothing is written yet: what did we learn?",
        )
        for row in review.closed
    )
    title = f"Closed since {_weekday(review.since)}"
    yield SheetSection("closed", title, (), heads, rows, "No deal was won or lost.")


def _renewals(review: WeeklyReview) -> Iterator[SheetSection]:
    heads = (
        Head("Member"),
        Head("Owner"),
        Head("Ends"),
        Head("Window"),
        Head("Renewal", words=True),
    )
    rows = tuple(
        cells(
            SheetCell(row.member, ("deal", row.deal)),
            row.owner,
            f"{row.ends} ({_to_go(row.days_left)})",
            row.window,
            dated(*row.so_far),
        )
        for row in review.renewals
    )
    yield SheetSection(
        "renewals",
        "Renewals due",
        (),
        heads,
        rows,
        "No contract ends within 180 days, and none is over and still used.",
    )


def _after_signature(review: WeeklyReview) -> Iterator[SheetSection]:
    heads = (Head("Member"), Head("Owner"), Head("Since"), Head("What waits", words=True))
    rows = tuple(
        cells(SheetCell(row.member, (row.kind, row.record)), row.owner, str(row.since or "–"), row.what)
        for row in review.after_signature
    )
    yield SheetSection(
        "after-signature", "Hand-offs and invoices", (), heads, rows, "Every hand-off is done, and no invoice waits."
    )


def _to_go(days_left: int) -> str:
    return f"{counted(-days_left, 'day')} ago" if days_left < 0 else f"in {counted(days_left, 'day')}"


# ── what the team tries ───────────────────────────────────────────────────────────────────────────────────────────────


def how_many_run(running: int) -> str:
    """What is to be said of so many experiments at once; nothing where one or two run."""
    if running == 0:
        return "No experiment is running: choose one or two for the week."
    if running > MOST_EXPERIMENTS:
        return f"{counted(running, 'experiment')} are running: with more than two, nobody can tell what it was that worked."
    return ""


def _experiments(review: WeeklyReview) -> Iterator[SheetSection]:
    heads = (
        Head("Experiment"),
        Head("Who runs it"),
        Head("Measured by"),
        Head("Last review", right=True),
        Head("Now", right=True),
        Head("What we believe", words=True),
        Head("So far", words=True),
    )
    rows = tuple(
        cells(
            SheetCell(each.id if each.is_running else f"{each.id} ({each.status})", ("experiment", each.id)),
            _called(review.snapshot, each.owner),
            each.measure,
            each.before,
            each.now,
            each.hypothesis,
            "; ".join(_so_far(each.behind, each.stop, each.result)),
        )
        for each in review.experiments
    )
    warning = how_many_run(review.running)
    yield SheetSection("experiments", "Experiments", (warning,) if warning else (), heads, rows)


def _so_far(behind: str, stop: str | None, result: str | None) -> Iterator[str]:
    if behind:
        yield behind
    if stop:
        yield f"ends after: {stop}"
    if result:
        yield f"result: {result}"


def _red_lines(review: WeeklyReview) -> Iterator[SheetSection]:
    heads = (
        Head("Metric"),
        Head("Value", right=True),
        Head("State", own=True),
        Head("Line", words=True),
        Head("So", words=True),
    )
    rows = tuple(
        cells(
            SheetCell(line.title, ("metric", line.line.metric)),
            line.value,
            f"{STATES[line.state]} since {line.since}" if line.since else STATES[line.state],
            f"{line.line.sentence}: {line.line.means}",
            _so(line),
        )
        for line in sorted(review.red_lines, key=lambda line: (not line.is_unanswered, not line.state.is_tripped))
    )
    unanswered = [line for line in review.red_lines if line.is_unanswered]
    said = tuple(f"Decide today: {line.line.means.rstrip('.')} ({line.title} is {line.value})." for line in unanswered)
    yield SheetSection("red-lines", "Red lines", said, heads, rows, "The process draws no red line.")


def _so(line: RedLineStanding) -> str:
    """What follows for the meeting."""
    if line.is_unanswered:
        chance = " (it may be chance)" if line.state is State.TRIPPED and line.hits is not None else ""
        return f"nobody has decided what follows{chance}: pivot, hold or gather more"
    if line.answer:
        return f"answered by the decision {line.answer}"
    return (
        f"{counted(line.to_go, 'more outcome')} until it can be judged"
        if line.state is State.TOO_FEW and line.to_go
        else ""
    )


def _actions(review: WeeklyReview) -> Iterator[SheetSection]:
    heads = (Head("Who"), Head("About"), Head("By"), Head("Open since"), Head("What", words=True))
    rows = tuple(
        cells(
            _called(review.snapshot, each.action.owner),
            _about(review.snapshot, each),
            _due(each, review.as_of),
            each.since,
            each.action.action,
        )
        for each in review.actions
    )
    said = ("They stay on the list until somebody writes done: true.",) if rows else ()
    yield SheetSection("actions", "Open actions", said, heads, rows, "No action is open.")


def _about(snapshot: Snapshot, each: OpenAction) -> SheetCell | str:
    history = snapshot.history(each.action.deal) if each.action.deal else None
    if history is None:
        return each.action.deal or ""
    return SheetCell(Standing(snapshot, history).member_name, ("deal", history.id))


def _due(each: OpenAction, as_of: date) -> str:
    if each.action.due is None:
        return ""
    return f"{each.action.due} (late)" if each.is_late(as_of) else str(each.action.due)


def _called(snapshot: Snapshot, person: str | None) -> str:
    return person_name(snapshot, person) if person else ""


def _attendance(review: WeeklyReview) -> Iterator[SheetSection]:
    meeting = review.meeting
    heads = (Head("Who"), Head("Asked as"), Head("Why", words=True))
    rows = tuple(
        cells(_called(review.snapshot, each.person), each.role, each.why)
        for each in (meeting.people if meeting else ())
    )
    said = [f"{_called(review.snapshot, meeting.owner)} leads it."] if meeting and meeting.owner else []
    yield SheetSection(
        "attendance",
        "Who is asked",
        tuple(said),
        heads,
        rows,
        "Nobody is asked yet: write it under review: in playbook/team.yaml.",
        tuple((link.kind, str(link.url)) for link in meeting.links) if meeting else (),
    )


SECTIONS: tuple[Callable[[WeeklyReview], Iterator[SheetSection]], ...] = (
    _numbers,
    _targets,
    _stuck,
    _closed,
    _renewals,
    _after_signature,
    _experiments,
    _red_lines,
    _actions,
    _attendance,
)
"""The points of the agenda, in their order."""
