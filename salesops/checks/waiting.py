"""What waits for somebody: what nobody would notice by itself, since nothing is wrong with it but the day; and the list of all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from salesops.book import waiting_closed, waiting_invoices, waiting_open, waiting_playbook
from salesops.book.book import Snapshot, kept_with_snapshot
from salesops.book.waiting import Waiting
from salesops.checks.check import Case, Findings, as_findings, check
from salesops.metrics.red_lines import red_line
from salesops.metrics.targets import goal, missed
from salesops.records.deal import Deal
from salesops.records.learning import Decision, Experiment, Review
from salesops.records.member import Member
from salesops.records.process import Process
from salesops.records.salvage import is_lost
from salesops.records.targets import Targets

DEFINED = "reference/definitions#waiting"

WON_DEAL = """
stages:
  - enrichment: 2026-08-03
  - outreach: 2026-08-10
  - discovery: 2026-08-17
  - proposal: 2026-08-31
  - closed won: {won}{mark}
maniac_t:
  need: {{status: met, date: 2026-08-06, note: Their server died}}
  money: {{status: met, date: 2026-08-06, note: In the budget}}
  authority: {{status: met, date: 2026-08-24, note: The dean signs, contacts: [a-smith]}}
  application: {{status: met, date: 2026-08-24, note: Standard images}}
  impending_event: {{status: met, date: 2026-08-24, note: A course starts}}
  competition: {{status: met, date: 2026-08-24, note: None known}}
  timeline: {{status: met, date: 2026-08-24, note: Six weeks}}
discovery: {{jobs: [Teach 300 students], requirements: [Single sign-on]}}
activity:
  - {{date: 2026-08-12, kind: call, outcome: spoke}}
  - {{date: 2026-08-24, kind: meeting, about: discovery, status: held, with: [a-smith]}}
proposal: {{requested: 2026-08-26, presented: 2026-08-31, admin_informed: 2026-08-27}}
contract: {{signed: {won}, start: 2026-10-01, end: {end}, mrr: 1250 USD, entity: Sponsor, agreement: "https://docs.example/a"}}
win: {{learning: The course decided, signals: [course]}}
order: {{{order}}}
"""
"""A deal that was won some weeks before the day of the examples."""
IN_USE = 'configurator: "https://hub.example/c", created: 2026-09-15, delivery_owner: april, operational: 2026-10-05'
LOST = """
stages:
  - enrichment: 2026-01-05
  - closed lost: 2026-02-02{mark}
loss: {{reason: timing, learning: Asked too early, verdict: execution, reengage: {reengage}{playbook}}}
"""


def _won(order: str = IN_USE, end: str = "2027-09-30", mark: str = "", won: str = "2026-09-14") -> str:
    return WON_DEAL.format(order=order, end=end, mark=mark, won=won)


def _lost(reengage: str = "never", playbook: str = ", playbook: none needed", mark: str = "") -> str:
    return LOST.format(reengage=reengage, playbook=playbook, mark=mark)


GUILTY = "  # <--"


@check(
    "parked-long",
    advice=True,
    source=f"{DEFINED}; reference/definitions#parked",
    bad="parked: [{since: 2026-08-10, why: Waiting for the grant}]  # <--",
    good="parked: [{since: 2026-08-10, until: 2027-01-15, why: Waiting for the grant}]",
)
def parked_long(case: Case[Deal]) -> Findings:
    """A deal is parked without an end, and nothing was logged for 90 days.

    A deal that never comes back is one that nobody asks about again. Write the day on which to look, or close it. What
    you log under `activity` answers for another 90 days.
    """
    yield from as_findings(waiting_open.parked_long(case.snapshot, case.id))


@check(
    "service-start-passed",
    advice=True,
    source=f"{DEFINED}; Sales Operations Overview (2025), Closed Won",
    bad="contract: {start: 2026-11-01}  # <--",
    good="contract: {start: 2027-01-01}",
)
def service_start_passed(case: Case[Deal]) -> Findings:
    """The day on which the service was to start has come, and the deal is not won.

    Either they use what nobody signed for, or the day has moved. Write down the signature and the win, or the new day.
    """
    yield from as_findings(waiting_open.start_passed(case.snapshot, case.id))


@check(
    "reengage-due",
    advice=True,
    source=f"{DEFINED}; Sales Operations Overview (2025), Closed Lost",
    bad=_lost("2026-11-02").rstrip() + GUILTY,
    good=_lost("2027-02-01"),
)
def reengage_due(case: Case[Deal]) -> Findings:
    """The day has come on which a lost deal was to be tried again.

    Nobody opened it again, and the member has no later deal. Do so now, begin a new one, or write another day or `never`.
    """
    yield from as_findings(waiting_closed.reengage_due(case.snapshot, case.id))


@check(
    "learning-missing",
    advice=True,
    source=f"{DEFINED}; Sales Operations Overview (2025), Closed Lost",
    bad=_lost(playbook="", mark=GUILTY),
    good=_lost(),
)
def learning_missing(case: Case[Deal]) -> Findings:
    """A closed deal does not say what the team learned, and the process asks for it.

    It is remembered for a week or two. Write a sentence: what was learned, and whether the playbook changes.
    """
    yield from as_findings(waiting_closed.learning_missing(case.snapshot, case.id))


@check(
    "handoff-unowned",
    advice=True,
    source=f"{DEFINED}; Sales Operations Overview (2025), Integration with Delivery; reference/fields#process.stages.completion.owner_after",
    bad=_won('configurator: "https://hub.example/c", created: 2026-10-27', won="2026-10-26", mark=GUILTY),
    good=_won(),
)
def handoff_unowned(case: Case[Deal]) -> Findings:
    """A deal is won, and a week later nobody in delivery owns the hand-off.

    A member who has signed and hears nothing begins to doubt. Name the delivery manager under `order`. The process may
    give other days, as `owner_after` of the stage's completion.
    """
    yield from as_findings(waiting_closed.handoff_unowned(case.snapshot, case.id))


@check(
    "handoff-unused",
    advice=True,
    source=f"{DEFINED}; Sales Operations Overview (2025), Integration with Delivery; reference/fields#process.stages.completion.in_use_after",
    bad=_won('configurator: "https://hub.example/c", created: 2026-09-15, delivery_owner: april', mark=GUILTY),
    good=_won(),
)
def handoff_unused(case: Case[Deal]) -> Findings:
    """A deal is won, and 45 days later its hubs are not in use.

    The hand-off ends when people log in. Ask delivery what holds it up, and write the day under `order.operational`. The
    process may give other days, as `in_use_after` of the stage's completion.
    """
    yield from as_findings(waiting_closed.handoff_unused(case.snapshot, case.id))


@check(
    "renewal-missing",
    advice=True,
    source=f"{DEFINED}; Sales Operations Overview (2025), Renewals",
    bad=_won(end="2026-12-10").replace('a"}', 'a"}' + GUILTY),
    good=_won(),
)
def renewal_missing(case: Case[Deal]) -> Findings:
    """A contract has ended, or ends within 30 days, and no deal renews it.

    A service that goes on without a contract is not paid for. Begin the renewal, or write the day on which the service
    ended. A renewal that was lost is none.
    """
    yield from as_findings(waiting_closed.renewal_missing(case.snapshot, case.id))


@check(
    "decision-due",
    of="decision",
    advice=True,
    source=f"{DEFINED}; Sales Operations Overview (2025), Pivot Decision Points",
    bad="until: 2026-06-01  # <--",
    good="until: 2027-01-11",
)
def decision_due(case: Case[Decision]) -> Findings:
    """A decision was to be looked at again by a day that has passed.

    A decision to wait is only as good as its end. Decide again, in a new file that answers the same, or move the day.
    """
    yield from as_findings(waiting_playbook.decision_due(case.snapshot, case.id))


@check(
    "action-overdue",
    of="review",
    advice=True,
    source=f"{DEFINED}; Sales Operations Overview (2025), Weekly Sales Review",
    bad="actions: [{action: Call the dean, owner: jim, due: 2026-11-18}]  # <--",
    good="actions: [{action: Call the dean, owner: jim, due: 2026-11-18, done: true}]",
)
def action_overdue(case: Case[Review]) -> Findings:
    """What a review agreed on was due, and is not done.

    Say that it is done, or take it into the next review: an action of the same deal in the same words takes the place of
    this one.
    """
    yield from as_findings(waiting_playbook.action_overdue(case.snapshot, case.id))


@check(
    "experiment-over",
    of="experiment",
    advice=True,
    source=f"{DEFINED}; Sales Operations Overview (2025), Key Artifacts",
    bad="cohort: {stage: outreach, since: 2026-01-15, until: 2026-03-15}  # <--",
    good="""
    cohort: {stage: outreach, since: 2026-01-15, until: 2026-03-15}
    status: done
    result: 4 of 9 answered
    """,
)
def experiment_over(case: Case[Experiment]) -> Findings:
    """An experiment is marked as running although its cohort has ended, and it has no result.

    What nobody counts teaches nothing. Write the result, what was learned, and that it is done or abandoned.
    """
    yield from as_findings(waiting_playbook.experiment_over(case.snapshot, case.id))


@check(
    "target-missed",
    of="targets",
    advice=True,
    source=f"{DEFINED}; reference/definitions#targets",
    bad="targets: [{id: twelve, metric: sqd, at_least: 12, by: 2026-10-31}]  # <--",
    good="targets: [{id: twelve, metric: sqd, at_least: 12, by: 2026-12-31}]",
)
def target_missed(case: Case[Targets]) -> Findings:
    """A target was not reached by its day.

    It does not go away because the day has passed. Say what follows: a decision that answers it by its id, or a new day.
    """
    yield from as_findings(missed_targets(case.snapshot, case.id))


@check(
    "invoice-owed",
    of="member",
    advice=True,
    source=f"{DEFINED}; Sales and invoicing process, Sending invoices",
    bad="invoices: [{month: 2026-08, deal: cascadia-2025}]  # <--",
    good="invoices: [{month: 2026-09, deal: cascadia-2025, prepared: 2026-11-02}]",
)
def invoice_owed(case: Case[Member]) -> Findings:
    """A month of a contract in force ended more than 30 days ago, and nobody prepared its invoice.

    Asked only where the member has invoices here; of a contract that is older than all of them, from the member's first
    one on. Prepare it, or say when the service ended.
    """
    yield from as_findings(waiting_invoices.invoice_owed(case.snapshot, case.id))


@check(
    "invoice-held-up",
    of="member",
    advice=True,
    source=f"{DEFINED}; Sales and invoicing process, Sending invoices",
    bad="invoices: [{month: 2026-09, deal: cascadia-2025, prepared: 2026-10-01}]  # <--",
    good="invoices: [{month: 2026-09, deal: cascadia-2025, prepared: 2026-11-01}]",
)
def invoice_held_up(case: Case[Member]) -> Findings:
    """An invoice was prepared, sent or certified more than 30 days ago, and its next step has not been made.

    It is paid the later for it. Ask who has it, and write the day of the next step.
    """
    yield from as_findings(waiting_invoices.invoice_held_up(case.snapshot, case.id))


@check(
    "invoice-unpaid",
    of="member",
    advice=True,
    source=f"{DEFINED}; Sales and invoicing process, Sending invoices; reference/fields#team.numbers.paid_within",
    bad="""
    vendor_setup: {status: not needed}
    invoices: [{month: 2026-08, deal: cascadia-2025, tier_confirmed: 2026-03-02, prepared: 2026-09-01, sent: 2026-09-01, certified: 2026-09-02, invoiced: 2026-09-03}, {month: 2026-09, deal: cascadia-2025, prepared: 2026-11-02}]  # <--
    """,
    good="""
    vendor_setup: {status: not needed}
    invoices: [{month: 2026-08, deal: cascadia-2025, tier_confirmed: 2026-03-02, prepared: 2026-09-01, sent: 2026-09-01, certified: 2026-09-02, invoiced: 2026-09-03, paid: 2026-10-12}, {month: 2026-09, deal: cascadia-2025, prepared: 2026-11-02}]
    """,
)
def invoice_unpaid(case: Case[Member]) -> Findings:
    """An invoice went out more than 60 days ago, and is not paid.

    Ask who pays it and when; write the day on which it was paid. The team may give other days, as `paid_within`.
    """
    yield from as_findings(waiting_invoices.invoice_unpaid(case.snapshot, case.id))


@check(
    "deliverable-overdue",
    advice=True,
    source=f"{DEFINED}; Sales Operations, Delivery",
    bad=_won().replace(
        'a"}', 'a", deliverables: [{what: Training for lecturers, due: 2026-10-15, status: planned}]}' + GUILTY
    ),
    good=_won().replace(
        'a"}', 'a", deliverables: [{what: Training for lecturers, due: 2026-10-15, status: delivered}]}'
    ),
)
def deliverable_overdue(case: Case[Deal]) -> Findings:
    """Something that a contract promised was due, and is not delivered.

    A member remembers what was promised, above all when the renewal comes. Write that it was delivered, or agree on another day.
    """
    yield from as_findings(waiting_closed.deliverable_overdue(case.snapshot, case.id))


@check(
    "red-line-unanswered",
    of="process",
    advice=True,
    source=f"{DEFINED}; Sales Operations Overview (2025), Pivot Decision Points; reference/definitions#red-lines",
    bad="red_lines: [{id: busy, metric: open-deals, above: 0, means: More than we can look after}]  # <--",
    good="red_lines: [{id: busy, metric: open-deals, above: 50, means: More than we can look after}]",
)
def red_line_unanswered(case: Case[Process]) -> Findings:
    """A red line is crossed, and no decision in force answers it.

    The line was drawn so that the team stops and thinks. Decide to pivot, to hold or to gather more, and why: `salesops
    new decision` and the id of the line. A decision counts from the first day of the crossing on, and until its `until`.
    Where nothing is compared, and after a push, it is an error; in a pull request it is a warning, because another one decides.
    """
    yield from as_findings(unanswered_red_lines(case.snapshot, case.id))


DECIDED_BY_THE_TEAM = frozenset({"red-line-unanswered"})
"""Codes that stop the team and not the change of one person: an error of all the records, a warning of a change."""


def unanswered_red_lines(snapshot: Snapshot, version: str) -> Iterator[Waiting]:
    """The red lines of the version in force that are crossed and that no decision answers."""
    if not snapshot.book.processes or snapshot.book.of("process").get(version) is not snapshot.process:
        return
    for at, line in enumerate(snapshot.process.red_lines):
        standing = red_line(snapshot, line)
        if standing and standing.is_unanswered:
            since = standing.since or snapshot.as_of
            yield Waiting(
                "red-line-unanswered",
                *("process", version, None, since),
                f"the red line {line.id} is crossed since {since}: {standing.title} is {standing.value}, and no decision answers it",
                ("red_lines", at, "id"),
                help=f"decide to pivot, to hold or to gather more: salesops new decision {line.id}",
            )


def missed_targets(snapshot: Snapshot, targets: str) -> Iterator[Waiting]:
    """The targets whose day has passed, which were not reached on it and which no decision answers."""
    every = snapshot.book.targets.targets if snapshot.book.targets and snapshot.book.processes else ()
    for at, target in enumerate(every):
        standing = missed(target, snapshot)
        if standing:
            yield Waiting(
                "target-missed",
                *("targets", targets, None, target.by),
                f"the target of {goal(target)} for {standing.title} was {standing.progress.gap}",
                ("targets", at, "by"),
                help=f"write a decision that answers it (answers: {target.id}), or a new day",
            )


def by_person(waiting: Iterable[Waiting]) -> list[tuple[str | None, list[Waiting]]]:
    """What waits, by the person that it waits for; whoever has waited longest comes first, the whole team last."""
    found: dict[str | None, list[Waiting]] = {}
    for it in waiting:
        found.setdefault(it.person, []).append(it)
    return sorted(found.items(), key=lambda entry: entry[0] is None)


def name_of(snapshot: Snapshot, it: Waiting) -> str:
    """What people call the record that waits: the member by its name, any other by what it is."""
    deal = snapshot.book.deals.get(it.record) if it.kind == "deal" else None
    member = snapshot.book.members.get(deal.member if deal else it.record if it.kind == "member" else "")
    return member.name if member else it.record if deal else it.kind


Rule = Callable[[Snapshot, str], Iterator[Waiting]]

RULES: tuple[tuple[str, Rule], ...] = (
    *(
        ("deal", rule)
        for rule in (
            waiting_open.next_step_missing,
            waiting_open.next_step_overdue,
            waiting_open.stalled,
            waiting_open.close_date_passed,
            waiting_open.start_passed,
            waiting_open.parked_came_back,
            waiting_open.parked_long,
            waiting_closed.reengage_due,
            waiting_closed.learning_missing,
            waiting_closed.handoff_unowned,
            waiting_closed.handoff_unused,
            waiting_closed.renewal_missing,
            waiting_closed.deliverable_overdue,
        )
    ),
    ("member", waiting_invoices.invoice_owed),
    ("member", waiting_invoices.invoice_held_up),
    ("member", waiting_invoices.invoice_unpaid),
    ("decision", waiting_playbook.decision_due),
    ("review", waiting_playbook.action_overdue),
    ("experiment", waiting_playbook.experiment_over),
    ("targets", missed_targets),
    ("process", unanswered_red_lines),
)
"""Every rule by which something waits, with the kind of record that it looks at."""


@kept_with_snapshot
def everything_waiting(snapshot: Snapshot) -> tuple[Waiting, ...]:
    """Everything that waits for somebody on the day, the oldest first."""
    if not snapshot.book.processes:
        return ()
    every = (it for kind, rule in RULES for record in snapshot.book.of(kind) for it in rule(snapshot, record))
    readable = (it for it in every if not is_lost(it.path, snapshot.book.lost.get((it.kind, it.record), ())))
    return tuple(sorted(readable, key=lambda it: (it.since, it.kind, it.record, it.code, it.message)))
