"""A page for each deal: facts, stages, qualification, what is missing for each exit, activity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from salesops.book.book import Snapshot
from salesops.book.exit_criteria import Way
from salesops.book.icp_score import score_on
from salesops.book.need_fixes import block_for
from salesops.book.status import Standing
from salesops.changes.need_words import condition, path_in_words
from salesops.changes.timeline import GitHistory, by_commit
from salesops.metrics import Reading
from salesops.metrics.contracts import Term, terms
from salesops.records.contract import Contract, Hub
from salesops.records.deal import Activity, Loss
from salesops.records.member import Contact
from salesops.records.process import WON, Need
from salesops.records.qualification import MANIAC_T, Answer
from salesops.reports.handoff import handoff, way_on
from salesops.site.pages.columns import Column, Columns
from salesops.site.pages.forms import deal_forms
from salesops.site.pages.lanes import VISITS, drawn, visit_rows
from salesops.site.pages.life import life
from salesops.site.pages.members import relations
from salesops.site.pages.page import Page, page
from salesops.site.pages.renewals import TITLES
from salesops.site.pages.stepper import steps
from salesops.site.pages.words import FAULTS, NOTHING, ago, beyond, in_days


class AnswerRow(NamedTuple):
    """One of the seven questions, and its answer, where it has one."""

    question: str
    answer: Any
    people: tuple[str, ...] = ()
    """Whom of the member it names."""
    ask_again: bool = False
    """Whether the answer is older than the process trusts it, or its event has passed."""

    @property
    def status(self) -> str:
        """How well it is answered; ``none`` where it is not."""
        return self.answer.status if self.answer else "none"


HUBS: Columns[Hub] = (
    Column("Hub", lambda hub, _: hub.name, header=True),
    Column("Environment", lambda hub, _: hub.environment or NOTHING),
    Column("Sign-in", lambda hub, _: hub.authentication or NOTHING),
    Column("Storage", lambda hub, _: hub.storage or NOTHING),
    Column("Issue", lambda hub, here: here.parts.out(hub.issue, "issue") if hub.issue else NOTHING),
)


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """Every deal's page."""
    contracts, relation = {term.id: term for term in terms(snapshot)}, relations(snapshot)
    for history in snapshot.histories:
        standing = Standing(snapshot, history)
        yield _of(standing, contracts, relation.get(history.deal.member, ""), past)


def _of(standing: Standing, contracts: Mapping[str, Term], relation: str, past: GitHistory) -> Page:
    title = f"{standing.member_name}: {standing.deal.title}"
    return page(
        f"deals/{standing.id}",
        title,
        "deal",
        standing.snapshot,
        branch=past.branch,
        search=words_of(standing, title),
        rank=4 if standing.is_open else 1,
        later=lambda: _values(standing, past),
        term=contracts.get(standing.id),
        renewed=contracts.get(standing.deal.renews or ""),
        relation=relation,
    )


def _values(standing: Standing, past: GitHistory) -> dict[str, Any]:
    snapshot, deal = standing.snapshot, standing.deal
    named = names_there(standing)
    activity = [entry for entry in reversed(deal.activity) if entry.date <= snapshot.as_of or entry.is_planned]
    given_off = handoff(snapshot, standing.id) if deal.order or standing.stage.outcome == WON else None
    return {
        "standing": standing,
        "deal": deal,
        "windows": TITLES,
        "lanes": drawn(standing, activity, named),
        "visits": visit_rows(standing),
        "visit_columns": VISITS,
        "life": lambda: life(standing, past.timeline),
        "answers": answers(standing, named) if deal.maniac_t or snapshot.process.asks_for("maniac_t") else [],
        "steps": steps(standing),
        "asked": asked,
        "to_fill_in": lambda way: block_for(way.missing, standing.facts),
        "complete": complete(standing),
        "handoff": given_off,
        "way_on": way_on(given_off) if given_off else "",
        "people": people(standing),
        "chain": chain(standing),
        "near": in_days,
        "ago": ago,
        "last": _last_contact(standing, snapshot.as_of),
        "hub_columns": HUBS,
        "named": named,
        "forms": deal_forms(standing, named, past.branch),
        "score": score_on(snapshot, standing.history),
        "condition": condition,
        "path_in_words": path_in_words,
        "faults": FAULTS,
        "activity": activity,
        "story": by_commit(past.timeline.of("deal", standing.id)),
        "losses": list(losses(standing)),
        "renewals": [it for it in snapshot.book.renewed_by.get(standing.id, ()) if snapshot.history(it)],
    }


def words_of(standing: Standing, title: str) -> tuple[str, ...]:
    """What the search finds a deal by beside its title: people, stage, campaign, tier and id; neither notes nor amounts.

    The people of a deal that has ended lead to their institution, which has all of its deals.
    """
    member = standing.snapshot.book.members.get(standing.deal.member) if standing.is_open else None
    named = [part for contact in (member.contacts if member else ()) for part in (contact.name, contact.role)]
    source = standing.deal.source
    campaign = source.campaign if source else None
    parts = (standing.owner_name, standing.stage.title, *named, campaign)
    more = beyond(title, f"{standing.deal.tier} {standing.id}")
    return tuple(dict.fromkeys(part for part in (*parts, more) if part))


def _last_contact(standing: Standing, as_of: date) -> Activity | None:
    """The last time somebody spoke with them, up to the day."""
    spoke = [entry for entry in standing.deal.activity if entry.contact and entry.contact <= as_of]
    return max(spoke, key=lambda entry: entry.contact or date.min, default=None)


def names_there(standing: Standing) -> dict[str, str]:
    """The contacts of the member by id: the name and the role, as far as they are known."""
    member = standing.snapshot.book.members.get(standing.deal.member)
    return {
        contact.id: ", ".join(part for part in (contact.name, contact.role) if part) or contact.id
        for contact in (member.contacts if member else ())
    }


def answers(standing: Standing, named: Mapping[str, str]) -> list[AnswerRow]:
    """The seven questions in their order, answered or not."""
    found = ((letter, getattr(standing.deal.maniac_t, letter, None)) for letter in MANIAC_T)
    return [
        AnswerRow(
            letter.replace("_", " ").capitalize(),
            answer,
            tuple(named.get(contact, contact) for contact in getattr(answer, "contacts", ())),
            standing.is_open and answer is not None and _is_old(answer, standing.snapshot),
        )
        for letter, answer in found
    ]


def _is_old(answer: Answer, snapshot: Snapshot) -> bool:
    event, valid = getattr(answer, "event", None), snapshot.process.answers_valid
    too_old = valid is not None and answer.date + timedelta(days=valid) < snapshot.as_of
    return too_old or bool(event and event < snapshot.as_of)


class Counterpart(NamedTuple):
    """Somebody at the institution: whether somebody met them, and whether they decide."""

    contact: Contact
    was_met: bool
    decides: bool


def people(standing: Standing) -> list[Counterpart]:
    """The contacts of the institution: those who decide first, then those whom somebody met."""
    member = standing.snapshot.book.members.get(standing.deal.member)
    met = {who for entry in standing.deal.activity if entry.contact for who in entry.with_}
    authority = standing.deal.maniac_t.authority if standing.deal.maniac_t else None
    deciding = set(authority.contacts) if authority else set()
    found = [
        Counterpart(contact, contact.id in met, bool(contact.decides) or contact.id in deciding)
        for contact in (member.contacts if member else ())
    ]
    return sorted(found, key=lambda person: (not person.decides, not person.was_met))


def asked(way: Way) -> list[tuple[Need, bool]]:
    """What a way out asks for, each with whether it is still open."""
    more = [need for need in way.missing if need not in way.exit.needs]
    return [(need, need in way.missing) for need in (*way.exit.needs, *more)]


def complete(standing: Standing) -> list[tuple[Need, bool]]:
    """What a closed deal needs to be complete, each with whether it is still open."""
    completion = standing.stage.completion
    needs = completion.needs if completion and not standing.is_open else ()
    return [(need, need in standing.unfinished) for need in needs]


class ChainLink(NamedTuple):
    """A term in the chain of renewals: the deal, the term if it is signed, and whether it is this one."""

    id: str
    standing: Standing | None
    contract: Contract | None
    is_this: bool


def chain(standing: Standing) -> list[ChainLink]:
    """The terms before and after this one, in order; nothing where there is no other."""
    snapshot, before, found = standing.snapshot, standing.deal.renews, [standing.id]
    while before and before not in found:
        found.insert(0, before)
        history = snapshot.history(before)
        before = history.deal.renews if history else None
    for name in found:
        found += [it for it in snapshot.book.renewed_by.get(name, ()) if it not in found and snapshot.history(it)]
    links = [_link(snapshot, name, name == standing.id) for name in found]
    return links if len(links) > 1 else []


def _link(snapshot: Snapshot, deal: str, is_this: bool) -> ChainLink:
    history = snapshot.history(deal)
    return ChainLink(
        deal, Standing(snapshot, history) if history else None, history.deal.contract if history else None, is_this
    )


def losses(standing: Standing) -> Iterator[tuple[str, Loss]]:
    """What is said of each loss with its heading, the newest first; one may be prepared while the deal is open."""
    for loss, closing in reversed(standing.history.losses):
        if closing is None:
            yield "Prepared in case it is lost", loss
        elif closing.attempt == standing.history.now.attempt:
            yield "Why it was lost", loss
        else:
            yield "Why an earlier attempt was lost", loss
