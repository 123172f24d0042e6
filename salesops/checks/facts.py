"""What a record says happened must have happened, and be said so that it can be counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import get_args

from salesops.book import waiting_open
from salesops.checks.check import EVERY, Case, Finding, Findings, as_findings, check
from salesops.problems import Path
from salesops.records.as_written import question
from salesops.records.dated import days_to_come
from salesops.records.deal import CallOutcome, Deal, MeetingAbout, MeetingStatus
from salesops.records.member import Member
from salesops.records.record import Record, is_given, value_at
from salesops.records.scalars import UNKNOWN

WITH_A_RULE = frozenset({"removed", "corrections"})
"""Kinds of records whose signatures have a rule of their own."""


@check(
    "fact-in-future",
    of=EVERY,
    source="reference/records#what-happened",
    bad="""
    activity:
      - {date: 2099-01-20, kind: call, outcome: spoke}  # <--
    """,
    good="""
    activity:
      - {date: 2099-01-20, kind: meeting, about: discovery, status: scheduled}
    """,
)
def fact_in_future(case: Case[Record]) -> Findings:
    """A record says that something happened on a day in the future.

    Numbers count what happened up to a day. Correct the day; write a future meeting as `status: scheduled`, and a plan
    under `next`.
    """
    for path, day in _days_to_come(case.record, case.as_of) if case.kind not in WITH_A_RULE else ():
        yield Finding(
            path,
            f"{day} is after the day of the check, {case.as_of}",
            help="correct the day; write a future meeting as status: scheduled, a plan under next:",
        )


def _days_to_come(record: Record, as_of: date) -> Iterator[tuple[Path, date]]:
    """What happened on days that have not come yet, as a record says; an import is no part of the deal's own story."""
    yield from days_to_come(record, as_of)
    if isinstance(record, Deal) and record.imported and record.imported.date > as_of:
        yield ("imported", "date"), record.imported.date


@check(
    "meeting-unclear",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#meetings-per-week",
    bad="""
    activity:
      - {date: 2026-02-02, kind: meeting, about: discovery}  # <--
    """,
    good="""
    activity:
      - {date: 2026-02-02, kind: meeting, about: discovery, status: held, note: Three courses on notebooks}
    """,
)
def meeting_unclear(case: Case[Deal]) -> Findings:
    """A meeting does not say what it was about, or whether it took place.

    Only held discovery, renewal and proposal meetings are counted. Set both.
    """
    for at, entry in enumerate(case.record.activity):
        if entry.kind != "meeting":
            continue
        if entry.status is None:
            yield Finding(
                ("activity", at),
                "the meeting does not say whether it took place",
                help="status: held, scheduled, cancelled or no-show",
                fix=question("status", get_args(MeetingStatus)),
            )
        if entry.about is None:
            yield Finding(
                ("activity", at),
                "the meeting does not say what it was about",
                help="about: discovery, proposal, renewal or other",
                fix=question("about", get_args(MeetingAbout)),
            )


@check(
    "call-unclear",
    advice=True,
    source="reference/definitions#stalled; reference/fields#deal.activity.outcome",
    bad="""
    activity:
      - {date: 2026-02-02, kind: call, note: About the price}  # <--
    """,
    good="""
    activity:
      - {date: 2026-02-02, kind: call, outcome: voicemail, note: About the price}
    """,
)
def call_unclear(case: Case[Deal]) -> Findings:
    """A call on an open deal does not say whether they spoke.

    Only a call in which they spoke is a real contact; a message on a machine is not. Write what came of it.
    """
    snapshot = case.book.on(case.as_of)
    history = snapshot.history(case.id)
    if history is None or not snapshot.is_open(history):
        return
    for at, entry in enumerate(case.record.activity):
        if entry.kind == "call" and entry.outcome is None and not case.has_lost("activity", str(at), "outcome"):
            yield Finding(
                ("activity", at),
                "the call does not say whether they spoke",
                help="outcome: spoke, voicemail or no answer",
                fix=question("outcome", get_args(CallOutcome)),
            )


@check(
    "outcome-misplaced",
    advice=True,
    source="reference/fields#deal.activity.outcome",
    bad="""
    activity:
      - {date: 2026-02-02, kind: email, outcome: spoke}  # <--
    """,
    good="""
    activity:
      - {date: 2026-02-02, kind: email, replied: 2026-02-03}
    """,
)
def outcome_misplaced(case: Case[Deal]) -> Findings:
    """Something that is no call has the outcome of a call, or something that is no e-mail came back.

    It counts nowhere: a meeting has its `status`, an e-mail the day of its answer. Say it there, or correct the kind.
    """
    for at, entry in enumerate(case.record.activity):
        if entry.outcome and entry.kind != "call":
            yield Finding(
                ("activity", at, "outcome"),
                f"'{entry.outcome}' is the outcome of a call, and this is of kind {entry.kind}",
                help="a meeting has a status, an e-mail the day on which it was replied to",
            )
        if entry.bounced and entry.kind != "email":
            yield Finding(
                ("activity", at, "bounced"),
                f"only an e-mail comes back, and this is of kind {entry.kind}",
                help="correct the kind, or delete the key",
            )


@check(
    "meeting-overdue",
    advice=True,
    source="reference/definitions#meetings-per-week",
    bad="""
    activity:
      - {date: 2026-02-02, kind: meeting, about: discovery, status: scheduled}  # <--
    """,
    good="""
    activity:
      - {date: 2026-02-02, kind: meeting, about: discovery, status: no-show}
    """,
)
def meeting_overdue(case: Case[Deal]) -> Findings:
    """A meeting is still scheduled although its day has passed.

    It counts only once it is held. Set its status.
    """
    for at, entry in enumerate(case.record.activity):
        if entry.status == "scheduled" and entry.date < case.as_of:
            yield Finding(
                ("activity", at),
                f"the meeting of {entry.date} is still scheduled",
                help="set its status to held, cancelled or no-show",
                fix=question("status", [word for word in get_args(MeetingStatus) if word != "scheduled"]),
            )


@check(
    "meeting-two-days",
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#meetings-per-week",
    bad="""
    activity:
      - {date: 2026-02-02, kind: meeting, id: joint-call, about: discovery, status: held, note: With both colleges}
      - {date: 2026-02-03, kind: meeting, id: joint-call, about: discovery, status: held, note: With both colleges}  # <--
    """,
    good="""
    activity:
      - {date: 2026-02-02, kind: meeting, id: joint-call, about: discovery, status: held, note: With both colleges}
      - {date: 2026-02-03, kind: meeting, id: second-call, about: discovery, status: held, note: With both colleges}
    """,
)
def meeting_two_days(case: Case[Deal]) -> Findings:
    """One meeting, by its id, was held on two different days.

    The same id makes it one meeting, which counts once, on its first day. Correct the day, or give the other meeting an id of its own.
    """
    for at, entry in enumerate(case.record.activity):
        held = case.book.shared_meetings.get(entry.id or "", ()) if entry.is_held_meeting else ()
        if held and entry.date > held[0][0]:
            first, deal, _ = held[0]
            where = "an entry above" if deal == case.id else f"deals/{deal}"
            yield Finding(
                ("activity", at, "date"),
                f"the meeting '{entry.id}' was on {entry.date} here, and on {first} in {where}",
                help="correct one of the two days, or give the other meeting its own id",
                fix=f"date: {first}",
            )


@check(
    "parked-span",
    source="reference/definitions#parked",
    bad="""
    parked:
      - {since: 2026-01-10, until: 2026-01-10, why: Waiting for the grant}  # <--
    """,
    good="""
    parked:
      - {since: 2026-01-10, until: 2026-03-01, why: Waiting for the grant}
    """,
)
def parked_span(case: Case[Deal]) -> Findings:
    """A parked span ends before it has begun, or overlaps the one above it.

    A parked deal leaves the pipeline for the days of the span and comes back on `until`. Correct the days.
    """
    spans = case.record.parked
    for at, span in enumerate(spans):
        if span.until and span.until <= span.since:
            yield Finding(
                ("parked", at, "until"),
                f"the deal comes back on {span.until}, yet is parked since {span.since}",
                help="until must be after since",
            )
        before = spans[at - 1] if at else None
        if before and (before.until is None or before.until > span.since):
            yield Finding(
                ("parked", at, "since"),
                "the span begins before the one above it has ended",
                help="write spans oldest first and end one before the next",
            )


@check(
    "next-step-missing",
    advice=True,
    source="Sales Sync, WHY",
    bad="""
    stages:
      - enrichment: 2026-01-05  # <--
    next: null
    """,
    good="next: {action: Call the dean, due: 2099-01-01}",
)
def next_step_missing(case: Case[Deal]) -> Findings:
    """An open deal has no next step.

    A deal without one is easily forgotten. Write what will be done, and by when.
    """
    yield from as_findings(waiting_open.next_step_missing(case.snapshot, case.id))


@check(
    "next-step-overdue",
    advice=True,
    source="Sales Sync, WHY",
    bad="next: {action: Call the dean, due: 2026-01-09}  # <--",
    good="next: {action: Call the dean, due: 2099-01-01}",
)
def next_step_overdue(case: Case[Deal]) -> Findings:
    """The next step of an open deal should have been done by now.

    Log what happened and write the next step, or move the day.
    """
    yield from as_findings(waiting_open.next_step_overdue(case.snapshot, case.id))


@check(
    "satisfaction-out-of-range",
    of="member",
    source="Sales Operations Overview (2025), Integration with Delivery; reference/fields#member.health.satisfaction",
    bad="health: [{date: 2026-05-01, status: green, satisfaction: 45}]  # <--",
    good="health: [{date: 2026-05-01, status: green, satisfaction: 4}]",
)
def satisfaction_out_of_range(case: Case[Member]) -> Findings:
    """A member's satisfaction is not a whole number from 1 to 5.

    Renewal conversations compare these figures over the months. Write it on the scale from 1 (poor) to 5 (delighted).
    """
    for at, seen in enumerate(case.record.health):
        if seen.satisfaction is not None and not 1 <= seen.satisfaction <= 5:
            said = f"{seen.satisfaction} is not on the scale from 1 to 5"
            yield Finding(("health", at, "satisfaction"), said, help="1 is poor, 5 is delighted")


@check(
    "member-fact-unknown",
    of="member",
    advice=True,
    source="reference/fields#member.country; reference/fields#member.kind",
    bad="country: unknown  # <--",
    good="country: CA",
)
def member_fact_unknown(case: Case[Member]) -> Findings:
    """Nobody knows a member's country, or what kind of institution it is.

    To say so is right, and better than a guess; it is here so that it does not wait in silence. Look it up, and write it.
    """
    for field in ("kind", "country"):
        if getattr(case.record, field) == UNKNOWN:
            yield Finding(
                (field,), f"the {field} of {case.record.name} is unknown", help="look it up on its website and write it"
            )


@check(
    "own-field-type",
    source="reference/records#own-fields",
    bad="""
    x:
      vpat: requested  # <--
    """,
    good="""
    x:
      vpat: https://docs.example/vpat
    """,
    beside={"playbook/process/v3.yaml": "fields: {x.vpat: {type: link, why: Purchasing asks for it}}"},
)
def own_field_type(case: Case[Deal]) -> Findings:
    """A field of the team's own has a value that is not of the type that the process gives it.

    What is typed can be counted and asked for. Write the value as its type is written; the version of the process in force
    on the deal's last move says which that is.
    """
    process = case.process_of_last_move(case.record)
    for name, own in process.fields.items() if process else ():
        value = value_at(case.record.x, name.removeprefix("x."))
        fault = own.fault(value) if is_given(value) else None
        if fault:
            said = fault.context or {}
            yield Finding(
                tuple(name.split(".")),
                f"{said.get('message', 'this cannot be read')}; {name} is of type {own.type}",
                why=own.why or "",
                help=said.get("help") or f"write a value of type {own.type}",
                fix=f"{name.rpartition('.')[2]}: {said['fix']}" if said.get("fix") else "",
            )
