"""What the public site knows: plain values, taken from the records as far as the team's allow-list names them.

This is the one place where records and the public site meet. A field that is not read here is on no page.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from salesops.book.book import Snapshot
from salesops.metrics import metrics_of
from salesops.metrics.lessons import standing_questions
from salesops.records.public import Public, PublicMember
from salesops.site.public.figures import WITHHELD, last_full_quarter, rounded


@dataclass(frozen=True)
class PublicFigure:
    """A number in words."""

    title: str
    meaning: str
    value: str


@dataclass(frozen=True)
class PublicStage:
    """A stage of the process."""

    title: str
    purpose: str
    begins: str
    activities: tuple[str, ...]
    question: str


@dataclass(frozen=True)
class PublicHypothesis:
    """What the team believes."""

    claim: str
    status: str
    since: str


@dataclass(frozen=True)
class PublicExperiment:
    """What the team tried."""

    hypothesis: str
    variants: tuple[str, ...]
    status: str
    result: str
    learning: str


@dataclass(frozen=True)
class PublicAnswer:
    """A standing question with its newest answer."""

    question: str
    answer: str


@dataclass(frozen=True)
class PublicLesson:
    """What was learned of a deal, and the member as it may be called; nothing where it may not."""

    text: str
    of: str


@dataclass(frozen=True)
class PublicFacts:
    """All that the public site may say: texts and days, and not one record."""

    title: str
    indexed: bool
    whose: str
    least: int
    day: date
    counted_until: date
    figures: tuple[PublicFigure, ...] = ()
    stages: tuple[PublicStage, ...] = ()
    tiers: tuple[str, ...] = ()
    hypotheses: tuple[PublicHypothesis, ...] = ()
    experiments: tuple[PublicExperiment, ...] = ()
    answers: tuple[PublicAnswer, ...] = ()
    lessons: tuple[PublicLesson, ...] = ()
    members: tuple[str, ...] = ()


LEFT_OUT = "Public: names and amounts left out"
LEFT_OUT_BUT = f"{LEFT_OUT}, except what the team chose to show"


def public_view(snapshot: Snapshot, allowed: Public, key: str = "") -> PublicFacts:
    """What may be said on a day: what the allow-list names, and nothing else. ``key`` is the secret behind pseudonyms."""
    called = _called(snapshot, allowed, key)
    return PublicFacts(
        title=allowed.title,
        indexed=allowed.indexed,
        whose=LEFT_OUT_BUT if _shows_names_or_amounts(allowed) else LEFT_OUT,
        least=allowed.k,
        day=snapshot.as_of,
        counted_until=last_full_quarter(snapshot.as_of),
        figures=tuple(_figures(snapshot, allowed)),
        stages=tuple(_stages(snapshot)) if allowed.process else (),
        tiers=tuple(tier.name for tier in snapshot.process.tiers.values()) if allowed.tiers else (),
        hypotheses=tuple(_hypotheses(snapshot, allowed.hypotheses)),
        experiments=tuple(_experiments(snapshot, allowed.experiments)),
        answers=tuple(_answers(snapshot, allowed.answers)),
        lessons=tuple(sorted(_lessons(snapshot, allowed.lessons, called), key=lambda lesson: lesson.text)),
        members=tuple(sorted(called.values())),
    )


def _shows_names_or_amounts(allowed: Public) -> bool:
    is_named = any(member.as_ == "name" for member in allowed.members)
    return is_named or bool(allowed.lessons) or bool(allowed.money_step and allowed.numbers)


def pseudonym(secret: str, member: str) -> str:
    """What a member is called instead: it follows from the secret, and without it from nothing that anybody knows."""
    digest = hmac.new(secret.encode(), member.encode(), sha256).digest()
    letters = b32encode(digest).decode()
    return f"Member {letters[:4]}-{letters[4:8]}"


def _called(snapshot: Snapshot, allowed: Public, key: str) -> dict[str, str]:
    """How each member that may be spoken of is called; one without a secret is counted only."""
    known = snapshot.book.members
    named = (
        (each.member, _name(each, known[each.member].name, key)) for each in allowed.members if each.member in known
    )
    return {member: name for member, name in named if name}


def _name(each: PublicMember, name: str, key: str) -> str:
    if each.as_ == "name":
        return name
    secret = each.token or key
    return pseudonym(secret, each.member) if secret else ""


def _figures(snapshot: Snapshot, allowed: Public) -> Iterator[PublicFigure]:
    then = replace(snapshot, as_of=last_full_quarter(snapshot.as_of))
    known = metrics_of(then.process)
    for name in allowed.numbers:
        if metric := known.get(name):
            found = rounded(then, metric, allowed)
            yield PublicFigure(metric.title, metric.summary, WITHHELD if found is None else str(found))


def _stages(snapshot: Snapshot) -> Iterator[PublicStage]:
    for stage in snapshot.process.stages.values():
        yield PublicStage(stage.title, stage.purpose or "", stage.enter or "", stage.activities, stage.learning or "")


def _hypotheses(snapshot: Snapshot, names: Iterable[str]) -> Iterator[PublicHypothesis]:
    for name in names:
        if found := snapshot.book.icp.get(name):
            yield PublicHypothesis(found.claim, found.status, str(found.since))


def _experiments(snapshot: Snapshot, names: Iterable[str]) -> Iterator[PublicExperiment]:
    for name in names:
        if found := snapshot.book.experiments.get(name):
            yield PublicExperiment(
                found.hypothesis, found.variants, found.status, found.result or "", found.learning or ""
            )


def _answers(snapshot: Snapshot, questions: Iterable[str]) -> Iterator[PublicAnswer]:
    asked = set(questions)
    for found in standing_questions(snapshot):
        if found.id in asked and found.today:
            yield PublicAnswer(found.question, found.today.answer)


def _lessons(snapshot: Snapshot, names: Iterable[str], called: dict[str, str]) -> Iterator[PublicLesson]:
    for name in names:
        history = snapshot.history(name)
        if history is None:
            continue
        deal = history.deal
        texts = [deal.win.learning if deal.win else None, *(loss.learning for loss in deal.loss)]
        yield from (PublicLesson(text, called.get(deal.member, "")) for text in texts if text)
