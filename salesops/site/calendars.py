"""Calendars to subscribe to: the next steps of the team and of each person, and the days on which terms end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from salesops.book.book import Snapshot
from salesops.book.status import Standing
from salesops.metrics.contracts import IN_FORCE, Term, terms
from salesops.metrics.wording import amounts
from salesops.output import masked, show
from salesops.records.money import total
from salesops.records.scalars import slug
from salesops.reports.todo import Task, to_do

NEXT_STEPS = "next-steps.ics"
RENEWALS = "renewals.ics"


def calendars(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Every calendar by its address: of the team, of each person, and of the renewals."""
    tasks, whose = to_do(snapshot).tasks, snapshot.book.team.organisation if snapshot.book.team else "Sales"
    yield NEXT_STEPS, _calendar(snapshot, f"{whose}: next steps", _steps(snapshot, tasks))
    for person, known in snapshot.book.team.people.items() if snapshot.book.team else ():
        own = [task for task in tasks if task.person == person]
        yield f"people/{person}.ics", _calendar(snapshot, f"{known.name}: next steps", _steps(snapshot, own))
    found = [term for term in terms(snapshot) if term.bucket in IN_FORCE and term.contract.last_day]
    yield RENEWALS, _calendar(snapshot, f"{whose}: renewals", (_end_of(snapshot, term) for term in found))


def _calendar(snapshot: Snapshot, name: str, events: Iterable[Event]) -> str:
    """A calendar of whole days; the same records on the same day give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//salesops//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", show(name))
    for event in events:
        event.add("dtstamp", datetime.combine(snapshot.as_of, time(), UTC))
        calendar.add_component(event)
    text: str = calendar.to_ical().decode("utf-8")
    return text


def _steps(snapshot: Snapshot, tasks: Iterable[Task]) -> Iterator[Event]:
    for task in tasks:
        if task.day is None:
            continue
        history = snapshot.history(task.record) if task.kind == "deal" else None
        whom = Standing(snapshot, history).member_name if history else task.record
        yield _day(f"{task.kind}-{task.record}-{slug(task.what)[:60]}", task.day, f"{task.what} ({whom})", task.aside)


def _end_of(snapshot: Snapshot, term: Term) -> Event:
    standing = Standing(snapshot, term.history)
    mrr = term.contract.mrr
    paid = f" ({amounts(total([mrr]))} a month)" if mrr else ""
    state = "the next term is signed" if term.secured_by else "not renewed yet"
    last = term.contract.last_day or snapshot.as_of
    return _day(f"term-{term.id}", last, f"Term ends: {standing.member_name}{paid}", f"{standing.deal.title}; {state}")


def _day(name: str, day: date, summary: str, description: str) -> Event:
    """Something of a whole day; nobody is busy because of it."""
    event = Event()
    event.add("uid", f"{name}@salesops")
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", masked(show(summary)))
    if description:
        event.add("description", masked(show(description)))
    event.add("transp", "TRANSPARENT")
    return event
