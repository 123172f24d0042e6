"""What a record refers to must exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from salesops.checks.check import Case, Finding, Findings, check
from salesops.problems import Edit, Path, did_you_mean, nearest
from salesops.records.as_written import GAP, question
from salesops.records.deal import UNRECORDED, Deal
from salesops.records.knowledge import Knowledge
from salesops.records.learning import Experiment, Hypothesis, Review
from salesops.records.member import Member
from salesops.records.outreach import Outreach
from salesops.records.process import IMPORTED
from salesops.records.qualification import MANIAC_T
from salesops.records.scalars import shown
from salesops.records.team import Team, kinds_known

REVISION = re.compile(r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)))[A-Za-z0-9_][A-Za-z0-9_./+-]*(?<![/.])")
"""The form of a commit's id, a branch or a tag."""


def _named(case: Case[Any], kind: str, mentions: Iterator[tuple[Path, str | None]], where: str) -> Findings:
    for path, record_id in mentions:
        if record_id is not None and case.unknown(kind, record_id):
            yield Finding(path, f"'{record_id}' is not {where}", help=case.hint(kind, record_id))


@check(
    "member-unknown",
    source="Sales and invoicing process, Location of sales assets and documents; reference/records#references",
    bad="member: cascadia-univercity  # <--",
    good="member: cascadia-university",
)
def member_unknown(case: Case[Deal]) -> Findings:
    """A deal names a member that has no file in members/.

    Deals and members live in one place, so that who we talk to and who has a contract never disagree.
    Correct the name, or add the member's file.
    """
    member_id = case.record.member
    if case.unknown("member", member_id):
        new = f"for a new member write members/{member_id}.yaml with three lines: name: {GAP}, kind: {GAP}, country: {GAP}"
        hint = case.hint("member", member_id)
        yield Finding(("member",), f"there is no members/{member_id}.yaml", help=f"{hint}; {new}" if hint else new)


@check(
    "learned-stage-unknown",
    source="reference/records#references",
    bad="learned: [{stage: enrichmnet, date: 2026-01-10, note: They teach}]  # <--",
    good="learned: [{stage: enrichment, date: 2026-01-10, note: They teach}]",
)
def learned_stage_unknown(case: Case[Deal]) -> Findings:
    """What was learned is said of a stage that no version of the process has.

    It answers the question of a stage, and is asked for there. Correct the name.
    """
    names = {name for process in case.book.processes for name in process.stages}
    for at, entry in enumerate(case.record.learned if case.book.is_process_whole and names else ()):
        if entry.stage not in names:
            path = ("learned", at, "stage")
            yield Finding(path, f"'{entry.stage}' is not a stage", help=did_you_mean(entry.stage, sorted(names)))


@check(
    "person-unknown",
    source="Sales Operations Overview (2025), Team Roles (Current Bootstrap Phase); reference/records#references",
    bad="owner: jimm  # <--",
    good="owner: jim",
)
def person_unknown(case: Case[Deal]) -> Findings:
    """A deal names somebody who is not in playbook/team.yaml.

    A step that nobody owns does not get done. Correct the name, or add the person to the team; people who left
    stay in the file, because history names them.
    """
    deal = case.record
    yield from _named(case, "person", _people(deal), "in playbook/team.yaml")


def _people(deal: Deal) -> Iterator[tuple[Path, str | None]]:
    yield ("owner",), deal.owner
    for at, person in enumerate(deal.team):
        yield ("team", at), person
    if deal.decision:
        yield ("decision", "by"), deal.decision.by
    if deal.next:
        yield ("next", "owner"), deal.next.owner
    if deal.order:
        yield ("order", "delivery_owner"), deal.order.delivery_owner
    for letter in MANIAC_T if deal.maniac_t else ():
        if answer := getattr(deal.maniac_t, letter):
            yield ("maniac_t", letter, "asked_by"), answer.asked_by
    for at, outlook in enumerate(deal.outlook):
        yield ("outlook", at, "by"), outlook.by
    for at, waiver in enumerate(deal.waived):
        yield ("waived", at, "by"), waiver.by
    for at, correction in enumerate(deal.corrections):
        yield ("corrections", at, "by"), correction.by


@check(
    "tier-unknown",
    source="Sales Operations Overview (2025), Current Strategic Focus (2025)",
    bad="tier: generall  # <--",
    good="tier: general",
)
def tier_unknown(case: Case[Deal]) -> Findings:
    """A deal is of a tier that the process does not declare.

    Tiers carry rules, such as how many hubs they hold. Use a tier of the process in force on the deal's last move; a deal
    that was imported may keep the one that it came with.
    """
    deal = case.record
    process = case.process_of_last_move(deal)
    of_imports = case.book.versions.get(IMPORTED) if deal.imported else None
    if process and deal.tier not in process.tiers and not (of_imports and deal.tier in of_imports.tiers):
        yield Finding(
            ("tier",),
            f"'{deal.tier}' is not a tier of process {process.version}",
            help=did_you_mean(deal.tier, process.tiers),
        )


@check(
    "contact-unknown",
    source="Sales and invoicing process, When to decide to work with a lead; reference/records#references",
    bad="""
    maniac_t:
      authority: {status: met, date: 2026-01-10, contacts: [nobody]}  # <--
    """,
    good="""
    maniac_t:
      authority: {status: met, date: 2026-01-10, contacts: [a-smith]}
    """,
)
def contact_unknown(case: Case[Deal]) -> Findings:
    """A deal names a contact that the member's file does not list.

    Contacts are kept once, with the member. Correct the id, or add the contact to the member's file.
    """
    member = case.book.members.get(case.record.member)
    if member is None or ("member", case.record.member) in case.book.broken:
        return
    known = {contact.id for contact in member.contacts}
    for path, contact_id in _contacts(case.record):
        if contact_id not in known:
            yield Finding(
                path,
                f"'{contact_id}' is not a contact in members/{case.record.member}.yaml",
                help=did_you_mean(contact_id, known) or "add the contact there",
            )


def _contacts(deal: Deal) -> Iterator[tuple[Path, str]]:
    if deal.maniac_t and deal.maniac_t.authority:
        for at, contact_id in enumerate(deal.maniac_t.authority.contacts):
            yield ("maniac_t", "authority", "contacts", at), contact_id
    for line, entry in enumerate(deal.activity):
        for at, contact_id in enumerate(entry.with_):
            yield ("activity", line, "with", at), contact_id


@check(
    "hypothesis-unknown",
    source="Sales Operations Overview (2025), Enrichment; reference/records#references",
    bad="icp: {hypothesis: no-such-claim, version: 1, fit: true}  # <--",
    good="icp: {hypothesis: teaching-led, version: 1, fit: true}",
)
def hypothesis_unknown(case: Case[Deal]) -> Findings:
    """A fit was judged by an ICP hypothesis that has no file in playbook/icp/.

    A judgement can be learned from only while its yardstick is known. Correct the id, or write the hypothesis down.
    """
    fit = case.record.icp
    yield from _named(case, "icp", iter([(("icp", "hypothesis"), fit.hypothesis)] if fit else []), "in playbook/icp/")


@check(
    "experiment-unknown",
    source="Sales Operations Overview (2025), Key Artifacts; reference/records#references",
    bad="""
    activity:
      - {date: 2026-01-20, kind: email, experiment: no-such-test}  # <--
    """,
    good="""
    activity:
      - {date: 2026-01-20, kind: email, experiment: subject-lines}
    """,
)
def experiment_unknown(case: Case[Deal]) -> Findings:
    """An activity belongs to an experiment that has no file in playbook/experiments/.

    Results are computed from these links. Correct the id, or write the experiment down before the first message.
    """
    mentions: Iterator[tuple[Path, str | None]] = (
        (("activity", at, "experiment"), entry.experiment) for at, entry in enumerate(case.record.activity)
    )
    yield from _named(case, "experiment", mentions, "in playbook/experiments/")


@check(
    "template-unknown",
    source="Sales Operations Overview (2025), Key Artifacts; reference/records#references",
    bad="""
    activity:
      - {date: 2026-01-20, kind: email, template: intro@9}  # <--
    """,
    good="""
    activity:
      - {date: 2026-01-20, kind: email, template: intro@2}
    """,
    beside={"playbook/templates/intro@2.md": "Dear colleague"},
)
def template_unknown(case: Case[Deal]) -> Findings:
    """A message, proposal or contract was made from a template that is not in playbook/templates/.

    What was written can be learned from only while somebody can look it up. Correct the name and its version, or put the
    template there; where the folder is missing or empty, nothing is asked.
    """
    for path, template in _templates(case.record):
        yield from _template(case, path, template)


def _templates(deal: Deal) -> Iterator[tuple[Path, str | None]]:
    for at, entry in enumerate(deal.activity):
        yield ("activity", at, "template"), entry.template
    yield ("proposal", "template"), deal.proposal.template if deal.proposal else None
    yield ("contract", "template"), deal.contract.template if deal.contract else None


def _template(case: Case[Any], path: Path, template: str | None) -> Findings:
    known = case.book.templates
    if template and known and template not in known:
        yield Finding(
            path,
            f"{shown(template)} is not in playbook/templates/",
            help=did_you_mean(template, sorted(known)) or f"there are: {', '.join(sorted(known)[:9])}",
        )


@check(
    "message-unknown",
    of="outreach",
    source="Sales Operations Overview (2025), Key Artifacts; reference/records#message-results",
    bad="message: intro@2  # <--",
    good="""
    message: intro@2
    note: To heads of teaching
    """,
    beside={"playbook/templates/general@3.md": "Our offer"},
    beside_good={"playbook/templates/intro@2.md": "Dear colleague"},
)
def message_unknown(case: Case[Outreach]) -> Findings:
    """The results are of a message that is not in playbook/templates/.

    Nobody could say which words brought them. Correct the name and its version, or put the message there.
    """
    yield from _template(case, ("message",), case.record.message)


@check(
    "review-commit-unclear",
    of="review",
    source="Sales Operations Overview (2025), Weekly Sales Review; reference/fields#review.commit",
    bad="commit: the one of Monday  # <--",
    good="commit: 3f2a9c1",
)
def review_commit_unclear(case: Case[Review]) -> Findings:
    """The commit that a review looked at is neither the id of a commit nor the name of a branch or tag.

    With it, everybody can see later what was known that day. Write the id, seven characters of it or more, or the name.
    """
    commit = case.record.commit
    if commit and not REVISION.fullmatch(commit):
        yield Finding(
            ("commit",),
            f"{shown(commit)} is not the id of a commit, and no branch or tag is called so",
            help="write what `git rev-parse --short HEAD` says",
        )


@check(
    "variant-unknown",
    source="Sales Operations Overview (2025), Key Artifacts; reference/records#references",
    bad="""
    activity:
      - {date: 2026-01-20, kind: email, experiment: subject-lines, variant: nmaed}  # <--
    """,
    good="""
    activity:
      - {date: 2026-01-20, kind: email, experiment: subject-lines, variant: named}
    """,
)
def variant_unknown(case: Case[Deal]) -> Findings:
    """An activity has a variant that its experiment does not compare, or does not name the experiment.

    It would count for none of them, and the experiment would look smaller than it was. Correct the word; a new variant is
    a new experiment.
    """
    for at, entry in enumerate(case.record.activity):
        experiment = case.book.experiments.get(entry.experiment or "")
        if entry.variant and not entry.experiment and not case.has_lost("activity", str(at), "experiment"):
            yield Finding(
                ("activity", at, "variant"),
                f"{shown(entry.variant)} is a variant of no experiment",
                help="name the experiment beside it",
                fix=question("experiment", sorted(case.book.experiments)),
            )
        if experiment and entry.variant and entry.variant not in experiment.variants:
            yield Finding(
                ("activity", at, "variant"),
                f"{shown(entry.variant)} is not a variant of '{entry.experiment}'",
                help=did_you_mean(entry.variant, experiment.variants)
                or f"its variants: {', '.join(experiment.variants)}",
            )


@check(
    "price-list-unknown",
    source="Sales Operations Overview (2025), Closed Won; reference/records#references",
    bad="contract: {prices: 2062-01}  # <--",
    good="contract: {prices: 2026-01}",
    beside={"playbook/prices/2026-01.yaml": "fees: {general: 1250 USD}"},
)
def price_list_unknown(case: Case[Deal]) -> Findings:
    """A contract was made by a price list that has no file in playbook/prices/.

    What a member pays can be looked up only there. Correct the name, or write the price list down.
    """
    contract = case.record.contract
    mentions = iter([(("contract", "prices"), contract.prices)] if contract else [])
    yield from _named(case, "prices", mentions, "in playbook/prices/")


@check(
    "renewed-deal-unknown",
    source="Sales Operations Overview (2025), Renewals; reference/definitions#renewals",
    bad="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: cascadia-1999  # <--
    """,
    good="""
    type: existing business
    stages:
      - renewals: 2026-01-05
    renews: cascadia-2025
    """,
)
def renewed_deal_unknown(case: Case[Deal]) -> Findings:
    """A renewal names a deal that has no file in deals/.

    The chain of terms is how renewals are found and counted once. Correct the id.
    """
    renews = case.record.renews
    if renews and renews != UNRECORDED and case.unknown("deal", renews):
        others = [deal_id for deal_id, deal in case.book.deals.items() if deal.member == case.record.member]
        near = did_you_mean(renews, [deal_id for deal_id in others if deal_id != case.id])
        way_out = near or f"renews: {UNRECORDED}, where the older contract has no deal here"
        yield Finding(("renews",), f"there is no deal '{renews}'", help=way_out)


@check(
    "referrer-unknown",
    source="Sales Operations Overview (2025), Renewals; reference/records#references",
    bad="source: {channel: referral, referred_by: nobody-u}  # <--",
    good="source: {channel: referral, referred_by: cascadia-university}",
)
def referrer_unknown(case: Case[Deal]) -> Findings:
    """A deal was referred by a member that has no file in members/.

    Correct the id, or leave `referred_by` out and name the referrer in `channel`.
    """
    source = case.record.source
    yield from _named(
        case, "member", iter([(("source", "referred_by"), source.referred_by)] if source else []), "in members/"
    )


@check(
    "hub-deal-unknown",
    of="member",
    source="Leads, sales, and hubs process, Converting sales into hubs; reference/records#references",
    bad="hubs: [{name: teaching, deal: no-such-deal}]  # <--",
    good="hubs: [{name: teaching, deal: cascadia-2025}]",
)
def hub_deal_unknown(case: Case[Member]) -> Findings:
    """A hub runs under a deal that has no file in deals/.

    Every running hub is tied to what pays for it. Correct the id.
    """
    for at, hub in enumerate(case.record.hubs):
        if hub.deal and case.unknown("deal", hub.deal):
            yield Finding(("hubs", at, "deal"), f"there is no deal '{hub.deal}'", help=case.hint("deal", hub.deal))


@check(
    "member-names-unknown",
    of="member",
    source="Leads, sales, and hubs process, Converting sales into hubs; reference/records#references",
    bad="hubs: [{name: teaching, owner: nobody}]  # <--",
    good="hubs: [{name: teaching, owner: april}]",
)
def member_names_unknown(case: Case[Member]) -> Findings:
    """A hub is looked after by somebody who is not in the team, or a community is represented by no contact of the member.

    Whoever is named is asked when something breaks. Correct the id, or add the person or the contact.
    """
    mentions = ((("hubs", at, "owner"), hub.owner) for at, hub in enumerate(case.record.hubs))
    yield from _named(case, "person", mentions, "in playbook/team.yaml")
    known = {contact.id for contact in case.record.contacts}
    for at, community in enumerate(case.record.communities):
        if community.representative and community.representative not in known and not case.has_lost("contacts"):
            yield Finding(
                ("communities", at, "representative"),
                f"'{community.representative}' is not one of the contacts",
                help=did_you_mean(community.representative, known) or "add the contact",
            )


@check(
    "member-kind-unknown",
    of="member",
    source="reference/fields#member.kind; reference/fields#team.member_kinds",
    bad="kind: musuem  # <--",
    good="kind: museum",
    beside={"playbook/team.yaml": "member_kinds: [museum]"},
)
def member_kind_unknown(case: Case[Member]) -> Findings:
    """A member is of a kind that is neither one of the usual ones nor one of the team's.

    Members are sorted and counted by these words. Pick one of them, or add yours to `member_kinds` in playbook/team.yaml.
    """
    kind, known = case.record.kind, kinds_known(case.book.team)
    if case.book.team is None or case.has_lost("kind") or kind in known:
        return
    meant = nearest(kind, known)
    yield Finding(
        ("kind",),
        f"{shown(kind)} is not one of: {', '.join(known)}",
        help=f"did you mean '{meant}'?"
        if meant
        else "pick one of them, or add it to member_kinds in playbook/team.yaml",
        edit=Edit(("kind",), meant) if meant else None,
    )


@check(
    "contact-twice",
    of="member",
    source="reference/fields#member.contacts",
    bad="""
    contacts:
      - {id: a-smith, role: Director}
      - {id: a-smith, role: Dean}  # <--
    """,
    good="""
    contacts:
      - {id: a-smith, role: Director}
      - {id: b-jones, role: Dean}
    """,
)
def contact_twice(case: Case[Member]) -> Findings:
    """Two contacts of a member have the same id.

    Deals name people by these ids. Give one of them another id.
    """
    seen: set[str] = set()
    for at, contact in enumerate(case.record.contacts):
        if contact.id in seen:
            yield Finding(
                ("contacts", at, "id"), f"'{contact.id}' is the id of two contacts", help="give one of them another id"
            )
        seen.add(contact.id)


@check(
    "evidence-deal-unknown",
    of="icp",
    source="Sales Operations Overview (2025), Key Artifacts; reference/records#references",
    bad="evidence: [{date: 2026-03-01, note: Two engaged, deals: [no-such-deal]}]  # <--",
    good="evidence: [{date: 2026-03-01, note: Two engaged, deals: [cascadia-2025]}]",
)
def evidence_deal_unknown(case: Case[Hypothesis]) -> Findings:
    """The evidence for a hypothesis names a deal that does not exist.

    Correct the id: evidence that nobody can look up is an opinion.
    """
    for at, evidence in enumerate(case.record.evidence):
        for which, deal_id in enumerate(evidence.deals):
            if case.unknown("deal", deal_id):
                yield Finding(
                    ("evidence", at, "deals", which), f"there is no deal '{deal_id}'", help=case.hint("deal", deal_id)
                )


@check(
    "answer-deal-unknown",
    of="knowledge",
    source="Sales Operations Overview (2025), What Makes This System Different; reference/records#references",
    bad="answers: [{question: needs, date: 2026-03-01, answer: Teaching, deals: [no-such-deal]}]  # <--",
    good="answers: [{question: needs, date: 2026-03-01, answer: Teaching, deals: [cascadia-2025]}]",
)
def answer_deal_unknown(case: Case[Knowledge]) -> Findings:
    """An answer to a standing question rests on a deal that does not exist.

    Whoever doubts an answer looks at its deals. Correct the id.
    """
    for at, answer in enumerate(case.record.answers):
        for which, deal_id in enumerate(answer.deals):
            if case.unknown("deal", deal_id):
                path = ("answers", at, "deals", which)
                yield Finding(path, f"there is no deal '{deal_id}'", help=case.hint("deal", deal_id))


@check(
    "experiment-owner-unknown",
    of="experiment",
    source="Sales Operations Overview (2025), Key Artifacts; reference/records#references",
    bad="owner: nobody  # <--",
    good="owner: jim",
)
def experiment_owner_unknown(case: Case[Experiment]) -> Findings:
    """An experiment is owned by somebody who is not in playbook/team.yaml.

    Correct the name, or add the person to the team.
    """
    owner = case.record.owner
    if owner and case.unknown("person", owner):
        yield Finding(("owner",), f"'{owner}' is not in playbook/team.yaml", help=case.hint("person", owner))


@check(
    "review-names-unknown",
    of="review",
    source="Sales Sync, ATTENDEES; reference/records#references",
    bad="attended: [jim, nobody]  # <--",
    good="attended: [jim]",
)
def review_names_unknown(case: Case[Review]) -> Findings:
    """A review names a person, deal or experiment that does not exist.

    Actions are carried over to the next review by these names. Correct them.
    """
    for path, kind, record_id in _review_names(case.record):
        if record_id and case.unknown(kind, record_id):
            where = {"person": "in playbook/team.yaml", "deal": "a deal", "experiment": "in playbook/experiments/"}[
                kind
            ]
            yield Finding(path, f"'{record_id}' is not {where}", help=case.hint(kind, record_id))


def _review_names(review: Review) -> Iterator[tuple[Path, str, str | None]]:
    yield ("owner",), "person", review.owner
    for at, person in enumerate(review.attended):
        yield ("attended", at), "person", person
    for at, asked in enumerate(review.attendance):
        yield ("attendance", at, "person"), "person", asked.person
    for at, experiment_id in enumerate(review.experiments):
        yield ("experiments", at), "experiment", experiment_id
    for at, action in enumerate(review.actions):
        yield ("actions", at, "deal"), "deal", action.deal
        yield ("actions", at, "owner"), "person", action.owner


@check(
    "meeting-names-unknown",
    of="team",
    source="Sales Sync, ATTENDEES; reference/definitions#weekly-review",
    bad="review: {people: [{person: nobody, role: required}]}  # <--",
    good="review: {people: [{person: jim, role: required}]}",
)
def meeting_names_unknown(case: Case[Team]) -> Findings:
    """The weekly review is led by, or asks for, somebody who is not in the team.

    Nobody is reminded by a name that the team does not know. Correct it, or add the person under `people`.
    """
    meeting = case.record.review
    if meeting is None:
        return
    asked = [(("people", at, "person"), each.person) for at, each in enumerate(meeting.people)]
    for path, person in [(("owner",), meeting.owner), *asked]:
        if person and case.unknown("person", person):
            yield Finding(
                ("review", *path), f"'{person}' is not in playbook/team.yaml", help=case.hint("person", person)
            )
