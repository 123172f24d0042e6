"""What was said of deals against what became of them: qualification answers, sources, messages, objections (``reference/definitions#what-we-know``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from salesops.book.book import Snapshot
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.readings import AttemptKey, Share
from salesops.records.deal import NEW, Activity, Loss
from salesops.records.process import WON
from salesops.records.qualification import MANIAC_T
from salesops.records.record import is_given

NOT_ASKED = "no answer"
ANSWERS = ("met", "partial", "unmet", "unknown", NOT_ASKED)


class Attempted(NamedTuple):
    """One attempt of a deal: its closing, None while it is open."""

    history: DealHistory
    number: int
    closing: Visit | None
    is_won: bool

    @property
    def key(self) -> AttemptKey:
        """The deal, and which of its attempts it is."""
        return AttemptKey(self.history.id, self.number)


@dataclass(frozen=True)
class Outcomes:
    """What became of the attempts of which one thing is said: ``share`` is won among won and lost, the open ones beside it."""

    word: str
    share: Share

    @property
    def lost(self) -> int:
        """How many were lost."""
        return self.share.out_of - self.share.hits


Said = tuple[str, Attempted]


def attempted(snapshot: Snapshot) -> list[Attempted]:
    """Every attempt up to the day, in the order of the deals."""
    return [
        Attempted(history, number, closing, bool(closing and snapshot.stage(closing.stage).outcome == WON))
        for history in snapshot.histories
        for number, visits in enumerate(history.attempts, 1)
        for closing in (snapshot.closing(visits),)
    ]


def new_business(attempts: Iterable[Attempted]) -> list[Attempted]:
    """Those of new business: of a renewal nobody asks where it came from."""
    return [each for each in attempts if each.history.type == NEW]


def against(said: Iterable[Said]) -> list[Outcomes]:
    """The outcomes of each word, most attempts first; words that differ in capitals alone are one, as it was first written."""
    groups: dict[str, tuple[str, dict[AttemptKey, Attempted]]] = {}
    for word, each in said:
        groups.setdefault(word.strip().casefold(), (word.strip(), {}))[1][each.key] = each
    found = [Outcomes(word, _share(list(attempts.values()))) for word, attempts in groups.values()]
    return sorted(found, key=lambda it: (-it.share.out_of - it.share.open, it.word))


def _share(attempts: list[Attempted]) -> Share:
    closed = [each for each in attempts if each.closing]
    won = [each for each in closed if each.is_won]
    return Share(
        hits=len(won),
        out_of=len(closed),
        open=len(attempts) - len(closed),
        hit=tuple(dict.fromkeys(each.history.id for each in won)),
        included=tuple(dict.fromkeys(each.history.id for each in closed)),
        attempts_counted=tuple(each.key for each in closed),
    )


# ── qualification ─────────────────────────────────────────────────────────────────────────────────────────────────────


def answers(attempts: Iterable[Attempted]) -> dict[str, list[Outcomes]]:
    """For each of the seven questions: what became of the closed attempts of new business, by the answer that was there on the day of the close."""
    closed = [each for each in new_business(attempts) if each.closing]
    return {letter: _by_status([(_answer(each, letter), each) for each in closed]) for letter in MANIAC_T}


def _answer(each: Attempted, letter: str) -> str:
    answer = getattr(each.history.deal.maniac_t, letter, None)
    if answer is None or each.closing is None or answer.date > each.closing.entered:
        return NOT_ASKED
    return str(answer.status)


def _by_status(said: list[Said]) -> list[Outcomes]:
    return sorted(against(said), key=lambda it: ANSWERS.index(it.word))


# ── where they come from, and what they were told ─────────────────────────────────────────────────────────────────────


def sources(attempts: Iterable[Attempted]) -> dict[str, list[Outcomes]]:
    """The channels, campaigns and referrers of new business, each with what became of its attempts."""
    every = new_business(attempts)
    return {
        title: against((word, each) for each in every if (word := getattr(each.history.deal.source, name, None)))
        for title, name in (("Channel", "channel"), ("Campaign", "campaign"), ("Referred by", "referred_by"))
    }


@dataclass(frozen=True)
class MessageOutcomes:
    """A message as deals tell of it: how many of those that arrived were answered, and what became of the attempts."""

    template: str
    answered: Share
    outcomes: Share


def messages(attempts: Iterable[Attempted]) -> list[MessageOutcomes]:
    """Every template that an e-mail of a deal of new business names, by name."""
    sent: dict[str, list[tuple[Activity, Attempted]]] = {}
    for each in new_business(attempts):
        for entry in _of_attempt(each):
            if entry.kind == "email" and entry.template:
                sent.setdefault(entry.template, []).append((entry, each))
    return [_message(template, found) for template, found in sorted(sent.items())]


def _message(template: str, sent: list[tuple[Activity, Attempted]]) -> MessageOutcomes:
    arrived = [(entry, each.history.id) for entry, each in sent if not entry.bounced]
    hit = [deal for entry, deal in arrived if entry.replied]
    answered = Share(
        hits=len(hit),
        out_of=len(arrived),
        hit=tuple(dict.fromkeys(hit)),
        included=tuple(dict.fromkeys(deal for _, deal in arrived)),
    )
    return MessageOutcomes(template, answered, _share(list({each.key: each for _, each in sent}.values())))


def _of_attempt(each: Attempted) -> Iterator[Activity]:
    """What was logged from the close before an attempt to its own."""
    before = [visit.entered for visit in each.history.closings if visit.attempt < each.number]
    first, last = max(before, default=date.min), each.closing.entered if each.closing else date.max
    yield from (entry for entry in each.history.deal.activity if first < entry.date <= last)


@dataclass(frozen=True)
class ObjectionOutcomes:
    """What objections are about: how many were overcome, how many not, and what became of the deals."""

    resolved: int
    unresolved: int
    unsaid: int
    outcomes: Outcomes


def objections(attempts: Iterable[Attempted]) -> list[ObjectionOutcomes]:
    """Every subject of objections, the most frequent first; an objection belongs to the last attempt of its deal."""
    last = {each.history.id: each for each in attempts}
    raised = [
        (it.about, it.resolved, each)
        for each in last.values()
        if each.history.deal.proposal
        for it in each.history.deal.proposal.objections
    ]
    return [_objection(raised, it) for it in against((about, each) for about, _, each in raised)]


Raised = tuple[str, bool | None, Attempted]


def _objection(raised: list[Raised], outcomes: Outcomes) -> ObjectionOutcomes:
    own = [resolved for about, resolved, _ in raised if about.strip().casefold() == outcomes.word.casefold()]
    return ObjectionOutcomes(own.count(True), own.count(False), own.count(None), outcomes)


# ── what the closed deals say ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Coverage:
    """A field of what is learned at the close: how many of the closed attempts have it, and which deals have not."""

    field: str
    share: Share
    missing: tuple[str, ...]


WIN_FIELDS = ("learning", "signals")
LOSS_FIELDS = ("reason", "learning", "verdict", "reengage", "playbook")


def coverage(attempts: Iterable[Attempted]) -> list[Coverage]:
    """Each field of wins and losses, by how many of the closed attempts fill it; both types."""
    closed = [each for each in attempts if each.closing]
    won = [each for each in closed if each.is_won]
    lost = [(each, _loss(each)) for each in closed if not each.is_won]
    return [
        *(
            _filled(f"win.{name}", [(each, getattr(each.history.deal.win, name, None)) for each in won])
            for name in WIN_FIELDS
        ),
        *(_filled(f"loss.{name}", [(each, getattr(loss, name, None)) for each, loss in lost]) for name in LOSS_FIELDS),
    ]


def _loss(each: Attempted) -> Loss | None:
    return next((loss for closing, loss in each.history.lost if closing == each.closing), None)


def _filled(field: str, found: list[tuple[Attempted, object]]) -> Coverage:
    have = [each.history.id for each, value in found if is_given(value)]
    share = Share(
        hits=len(have),
        out_of=len(found),
        is_sample=False,
        hit=tuple(dict.fromkeys(have)),
        included=tuple(dict.fromkeys(each.history.id for each, _ in found)),
        attempts_counted=tuple(each.key for each, _ in found),
    )
    return Coverage(field, share, tuple(dict.fromkeys(each.history.id for each, value in found if not is_given(value))))
