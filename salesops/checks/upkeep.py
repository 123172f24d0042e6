"""Advice on open deals: what has gone stale, what waits too long, what was left unsaid."""

from __future__ import annotations

from datetime import timedelta

from salesops.book import waiting_open
from salesops.book.moves import MoveKind
from salesops.book.visits import DealHistory
from salesops.book.waiting import in_play
from salesops.checks.check import Case, Finding, Findings, as_findings, check
from salesops.records.as_written import question
from salesops.records.deal import Deal
from salesops.records.qualification import MANIAC_T

SHORT_FUSE = {
    "playbook/process/v4.yaml": """
    version: v4
    in_force: 2025-06-01
    changelog: Everything goes stale fast.
    answers_valid: 90
    starts: {new business: enrichment}
    stages:
      enrichment: {title: Enrichment, stale_after: 30, idle_after: 30, exits: [{to: closed lost, when: No fit}]}
      closed lost: {title: Closed Lost, outcome: lost}
    conversions: []
    red_lines: []
    becomes: {outreach: enrichment, discovery: enrichment, proposal: enrichment, closed won: closed lost}
    """
}
"""A process version under which deals and answers go stale, for the examples."""


def _open(case: Case[Deal]) -> DealHistory | None:
    """The deal's history where it is open and not parked, else None."""
    return in_play(case.snapshot, case.id)


@check(
    "deal-stalled",
    advice=True,
    source="Sales Operations Overview (2025), Key Metrics (Tracked Weekly); reference/definitions#stalled",
    bad="""
    stages:
      - enrichment: 2026-10-05  # <--
    maniac_t: null
    """,
    good="""
    stages:
      - enrichment: 2026-11-05
    maniac_t: null
    """,
    beside=SHORT_FUSE,
)
def deal_stalled(case: Case[Deal]) -> Findings:
    """An open deal is longer in its stage, or longer without a real contact, than the process allows.

    A stalled deal is not lost; it needs a decision. Move it, park it, close it, or talk to them. A real
    contact is a held meeting, a call or an answered e-mail; an edit of the file is not.
    """
    yield from as_findings(waiting_open.stalled(case.snapshot, case.id))


@check(
    "quote-untold",
    advice=True,
    source="Sales and invoicing process, When to decide to work with a lead; reference/fields#deal.proposal.admin_informed",
    bad="""
    proposal: {presented: 2026-02-09}  # <--
    """,
    good="""
    proposal: {presented: 2026-02-09, admin_informed: 2026-02-10}
    """,
)
def quote_untold(case: Case[Deal]) -> Findings:
    """An open deal has quoted a price, and contracts and administration were not told.

    They have to stand by that price when the agreement comes. Tell them now, and write the day.
    """
    if not _open(case) or case.has_lost("proposal"):
        return
    proposal = case.record.proposal
    quoted = next((("links", at) for at, link in enumerate(case.record.links) if link.kind == "proposal"), None)
    place = ("proposal",) if proposal and (proposal.presented or proposal.link) else quoted
    if place and not (proposal and proposal.admin_informed):
        yield Finding(
            place,
            "a price was quoted, and contracts and administration were not informed",
            help="tell them, and write the day",
            fix=question("admin_informed"),
        )


@check(
    "close-date-passed",
    advice=True,
    source="reference/definitions#forecasts",
    bad="expected_close: 2026-04-15  # <--",
    good="expected_close: 2099-04-15",
)
def close_date_passed(case: Case[Deal]) -> Findings:
    """An open deal was expected to close on a day that has passed.

    It is left out of every forecast until there is a new day. Ask again, and write the new day.
    """
    yield from as_findings(waiting_open.close_date_passed(case.snapshot, case.id))


@check(
    "answer-stale",
    advice=True,
    source="Sales and invoicing process, When to decide to work with a lead; reference/fields#process.answers_valid",
    bad="""
    maniac_t:
      need: {status: met, date: 2026-01-05, note: Their server died}  # <--
    stages:
      - enrichment: 2026-11-05
    """,
    good="""
    maniac_t:
      need: {status: met, date: 2026-11-05, note: Their server died}
    stages:
      - enrichment: 2026-11-05
    """,
    beside=SHORT_FUSE,
)
def answer_stale(case: Case[Deal]) -> Findings:
    """A MANIAC-T answer of an open deal is older than the process allows, or its impending event has passed.

    Budgets are spent, people leave, events come and go. Ask again, and write the answer with its new day.
    """
    answers = case.record.maniac_t
    history = _open(case) if answers else None
    process = case.process_on(case.as_of)
    if answers is None or history is None or process is None:
        return
    event = answers.impending_event.event if answers.impending_event else None
    if event and event < case.as_of:
        yield Finding(
            ("maniac_t", "impending_event", "event"),
            f"the event of {event} has passed",
            help="ask whether there is another one, and write it with its day",
        )
    valid = process.answers_valid
    for letter in MANIAC_T:
        answer = getattr(answers, letter)
        if answer and valid is not None and answer.date + timedelta(days=valid) < case.as_of:
            yield Finding(
                ("maniac_t", letter, "date"),
                f"the answer is {(case.as_of - answer.date).days} days old; the process trusts it for {valid}",
                help="ask again, and write the answer with its new day",
            )


@check(
    "parked-came-back",
    advice=True,
    source="Sales and invoicing process, Tracking leads with AirTable; reference/definitions#parked",
    bad="parked: [{since: 2026-01-10, until: 2026-11-10, why: Waiting for the grant}]  # <--",
    good="""
    parked: [{since: 2026-01-10, until: 2026-11-10, why: Waiting for the grant}]
    activity:
      - {date: 2026-11-12, kind: call, outcome: spoke}
    """,
)
def parked_came_back(case: Case[Deal]) -> Findings:
    """A deal came back from parking in the last 30 days and nobody has been in touch since.

    What it waited for should be known by now. Talk to them, park it again, or close it.
    """
    yield from as_findings(waiting_open.parked_came_back(case.snapshot, case.id))


@check(
    "reason-idle",
    advice=True,
    source="reference/definitions#moves",
    bad="moved_back: [{date: 2026-02-01, why: The budget was not theirs}]  # <--",
    good="""
    stages:
      - enrichment: 2026-01-05
      - outreach: 2026-01-12
      - enrichment: 2026-02-01
    moved_back: [{date: 2026-02-01, why: The budget was not theirs}]
    activity:
      - {date: 2026-11-12, kind: call, outcome: spoke}
    """,
)
def reason_idle(case: Case[Deal]) -> Findings:
    """A reason for going back or reopening has a day without such a move.

    It explains nothing. Correct its day, or delete it.
    """
    deal = case.record
    if not deal.moved_back and not deal.reopened:
        return
    for field, kind, said in (
        ("moved_back", MoveKind.BACK, "goes back"),
        ("reopened", MoveKind.REOPENED, "opens the deal again"),
    ):
        days = [step.day for step in case.judged_moves if step.kind is kind]
        for at, reason in enumerate(getattr(deal, field)):
            if reason.date not in days:
                yield Finding(
                    (field, at, "date"), f"no move on {reason.date} {said}", help="correct the day, or delete the entry"
                )


@check(
    "delivery-owner-role",
    advice=True,
    source="Sales Operations Overview (2025), Integration with Delivery",
    bad="order: {delivery_owner: jim}  # <--",
    good="order: {delivery_owner: april}",
)
def delivery_owner_role(case: Case[Deal]) -> Findings:
    """The owner of a hand-off is not a delivery manager.

    That may be right for a while. Otherwise name the delivery manager, or give the person the role in playbook/team.yaml.
    """
    order, team = case.record.order, case.book.team
    person = team.people.get(order.delivery_owner) if order and order.delivery_owner and team else None
    managers = (
        [person_id for person_id, somebody in team.people.items() if "delivery manager" in somebody.roles]
        if team
        else []
    )
    if person and managers and "delivery manager" not in person.roles:
        yield Finding(
            ("order", "delivery_owner"),
            f"{person.name} is not a delivery manager",
            help=f"delivery managers: {', '.join(managers)}",
            fix=f"delivery_owner: {managers[0]}" if len(managers) == 1 else question("delivery_owner", managers),
        )


@check(
    "meeting-without-notes",
    advice=True,
    source="Sales Operations Overview (2025), Discovery",
    bad="""
    activity:
      - {date: 2026-02-02, kind: meeting, about: discovery, status: held}  # <--
    """,
    good="""
    activity:
      - {date: 2026-02-02, kind: meeting, about: discovery, status: held, note: Three courses on notebooks}
    """,
)
def meeting_without_notes(case: Case[Deal]) -> Findings:
    """A discovery meeting of an open deal took place, and there are no notes on it.

    The proposal is written from what they said, often by somebody who was not there. Write a sentence under `note`, or
    link what was written down under `notes`.
    """
    for at, entry in enumerate(case.record.activity if _open(case) else ()):
        is_held = entry.kind == "meeting" and entry.about == "discovery" and entry.status == "held"
        if is_held and not entry.note and not entry.notes:
            yield Finding(
                ("activity", at),
                f"there are no notes on the discovery meeting of {entry.date}",
                help="say what you learned in a sentence, or link the notes",
                fix=question("note"),
            )
