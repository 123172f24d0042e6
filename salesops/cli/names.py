"""What people type for a record, a stage, a person or a metric: the one that fits, else a choice of those that do, else the nearest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import get_args
from unicodedata import combining, normalize

from click import UsageError

from salesops.book.book import Book
from salesops.metrics import Metric, metrics_of
from salesops.metrics.metric import METRICS
from salesops.output import show
from salesops.problems import CannotDecide, did_you_mean, nearest
from salesops.records.deal import ActivityKind, CallOutcome, Deal, MeetingAbout, MeetingStatus
from salesops.records.field_reference import fields_of
from salesops.records.kinds import KINDS, own_named
from salesops.records.member import Member
from salesops.records.model_fields import type_at
from salesops.records.process import Process
from salesops.records.team import Team
from salesops.store.load import find_root, load

MAX_SHOWN = 12
"""How many of those that fit are listed."""
IN_SHELL = re.compile(r"[\w.-]+(?:=[\w.-]*)?")
"""What a shell may be given as it is. A name with blanks is offered with hyphens, which are understood as blanks."""
WORDS = {
    "activity": get_args(ActivityKind),
    "outcome": ("won", "lost"),
    "kind": tuple(KINDS),
    "about": get_args(MeetingAbout),
    "status": get_args(MeetingStatus),
    "call": get_args(CallOutcome),
}
"""What is offered where a command takes one of a few words."""
OPEN, CLOSED, MEMBER = range(3)
"""Which record is meant where several fit: an open deal rather than a closed one, a deal rather than its member."""


@dataclass(frozen=True)
class Choice:
    """Something that can be named: its id, other words that people know it by, and what a list says of it.

    Of those that fit, only the ones of the lowest ``rank`` are meant.
    """

    id: str
    words: tuple[str, ...] = ()
    says: str = ""
    rank: int = 0


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """A text without letter case and accents, every hyphen a blank: two that look alike to a person are equal."""
    plain = "".join(character for character in normalize("NFKD", text.casefold()) if not combining(character))
    return " ".join(plain.replace("-", " ").replace("_", " ").split())


def fitting(asked: str, choices: Sequence[Choice]) -> list[Choice]:
    """Those that a person may have meant: by id, by id in other letters, by a whole name, by a part of both."""
    wanted = folded(asked)
    if not wanted:
        return []
    ways = (
        lambda choice: choice.id == asked,
        lambda choice: folded(choice.id) == wanted,
        lambda choice: wanted in map(folded, choice.words),
        lambda choice: _holds(choice, wanted),
    )
    found = next((some for way in ways if (some := [choice for choice in choices if way(choice)])), [])
    best = min((choice.rank for choice in found), default=0)
    return [choice for choice in found if choice.rank == best]


def _holds(choice: Choice, wanted: str) -> bool:
    text = "\n".join(map(folded, (choice.id, *choice.words)))
    return all(word in text for word in wanted.split())


def chosen(asked: str, choices: Sequence[Choice], none: str) -> str:
    """The id of the one that fits; a wrong call where several do, or none: ``none`` begins what is said then."""
    found = fitting(asked, choices)
    if len(found) == 1:
        return found[0].id
    if found:
        raise UsageError("\n".join(_several(asked, found)))
    raise UsageError(f"{none}; {_hint(asked, choices)}".rstrip("; "))


def _several(asked: str, found: Sequence[Choice]) -> Iterator[str]:
    yield f"'{show(asked)}' fits {len(found):,}; which one?"
    width = max(len(show(choice.id)) for choice in found[:MAX_SHOWN])
    for number, choice in enumerate(found[:MAX_SHOWN], 1):
        yield f"  {number:>2}  {show(choice.id):<{width}}  {show(choice.says)}".rstrip()
    if len(found) > MAX_SHOWN:
        yield f"  … and {len(found) - MAX_SHOWN:,} more"


def _hint(asked: str, choices: Sequence[Choice]) -> str:
    """The nearest by any of its names, else all of them where they are few."""
    spellings = {word: choice.id for choice in reversed(choices) for word in _spellings(choice)}
    guess = nearest(asked, spellings)
    return f"did you mean '{show(spellings[guess])}'?" if guess else did_you_mean(asked, [it.id for it in choices])


def _spellings(choice: Choice) -> Iterator[str]:
    for text in (choice.id, *choice.words):
        yield from (word for word in folded(text).split() if len(word) > 3)
    yield from (*choice.words, choice.id)


def records(book: Book, day: date) -> list[Choice]:
    """The deals and members, whatever else goes by its id alone, and what is there and cannot be read."""
    own = (kind for kind in own_named() if kind not in ("deal", "member"))
    known = [
        *_deals(book, day),
        *_members(book),
        *(Choice(it, (), kind) for kind in own for it in sorted(book.of(kind))),
    ]
    ids = {choice.id for choice in known}
    broken = [name for kind, name in sorted(book.broken) if kind in own_named() and name not in ids]
    return [*known, *(Choice(name, says="cannot be read") for name in broken)]


def _deals(book: Book, day: date) -> Iterator[Choice]:
    snapshot = book.on(day)
    stages = {known.id: snapshot.stage(known.now.stage) for known in snapshot.histories}
    for deal_id, deal in sorted(book.deals.items()):
        member, stage = book.members.get(deal.member), stages.get(deal_id)
        name = member.name if member else deal.member
        says = f"{name} · {deal.title}" + (f", {stage.title}" if stage else "")
        yield Choice(deal_id, (deal.title, deal.member, name), says, OPEN if stage and stage.is_open else CLOSED)


def _members(book: Book) -> Iterator[Choice]:
    for member_id, member in sorted(book.members.items()):
        yield Choice(member_id, (member.name,), member.name, MEMBER)


def members(book: Book) -> list[Choice]:
    """The members by id and name."""
    return list(_members(book))


def contacts(member: Member | None) -> list[Choice]:
    """Whom we know at an institution, by id, name or role."""
    known = member.contacts if member else ()
    return [Choice(it.id, tuple(filter(None, (it.name, it.role))), it.name or it.role or "") for it in known]


def people(team: Team | None) -> list[Choice]:
    """The people of the team by id, name and account."""
    known = team.people if team else {}
    return [
        Choice(person_id, (person.name, *([person.github] if person.github else [])), person.name)
        for person_id, person in known.items()
    ]


def stages(process: Process) -> list[Choice]:
    """The stages of a process by name and title."""
    return [Choice(name, (stage.title,), stage.title) for name, stage in process.stages.items()]


def metrics(known: Mapping[str, Metric]) -> list[Choice]:
    """The metrics by id and title."""
    return [Choice(metric_id, (metric.title,), metric.title) for metric_id, metric in known.items()]


def stage_named(process: Process, asked: str, none: str) -> str:
    """The stage that a person means, as the process calls it now."""
    if process.stage_named(asked):
        return process.name_now(asked)
    return chosen(asked, stages(process), none)


def completions(folder: str, kinds: Iterable[str], typed: str, deal: str = "") -> list[str]:
    """What a shell may write in place of what was typed so far: ids that begin so, else those that have it somewhere.

    ``deal`` is the deal that the line names already.
    """
    try:
        root = find_root(Path(folder).resolve())
        choices = [choice for kind in kinds for choice in _offered(root, kind, deal, typed)]
    except (OSError, CannotDecide):
        return []
    wanted = folded(typed)
    begun = [choice for choice in choices if folded(choice.id).startswith(wanted)]
    found = begun or [choice for choice in choices if _holds(choice, wanted)]
    return [word for choice in found if IN_SHELL.fullmatch(word := choice.id.replace(" ", "-"))]


def _offered(root: Path | None, kind: str, deal: str, typed: str) -> list[Choice]:
    """All that a kind of name offers in a repository; outside of one only what the program brings along."""
    if kind in WORDS:
        return [Choice(word) for word in WORDS[kind]]
    if kind == "metric" and root is None:
        return metrics(METRICS)
    if root is None:
        return []
    if kind in OF_DEAL:
        return OF_DEAL[kind](load(root, ("team", "process", "deal", "member"))[0], deal, typed)
    if kind in ("deal", "member"):
        folder = root / KINDS[kind].where
        return [Choice(file.stem) for file in sorted(folder.rglob("*.yaml"))]
    book, _ = load(root, ("team", "process"))
    if kind == "person":
        return people(book.team)
    if not book.processes:
        return []
    process = book.processes[-1]
    return stages(process) if kind == "stage" else metrics(metrics_of(process))


# ── what a shell offers of a deal ─────────────────────────────────────────────────────────────────────────────────────


def _of_deal(book: Book, asked: str) -> Deal | None:
    """The deal that a line names, where only one fits."""
    fits = fitting(asked, [Choice(deal_id, (deal.title, deal.member)) for deal_id, deal in book.deals.items()])
    return book.deals[fits[0].id] if len(fits) == 1 else None


def _contacts(book: Book, asked: str, _: str) -> list[Choice]:
    """Whom we know at the institution of a deal."""
    deal = _of_deal(book, asked)
    return contacts(book.members.get(deal.member)) if deal else []


def _needs(book: Book, asked: str, _: str) -> list[Choice]:
    """What the ways out of the stage of a deal ask for."""
    deal = _of_deal(book, asked)
    if deal is None or not deal.stages or not book.processes:
        return []
    stage = book.processes[-1].stages.get(deal.stages[-1].stage)
    return [
        Choice(need)
        for need in dict.fromkeys(need.name for way in (stage.exits if stage else ()) for need in way.needs)
    ]


def _fields(book: Book, asked: str, typed: str) -> list[Choice]:
    """The fields of a deal, each with its sign; of one that is written out the words that it takes, behind it."""
    paths = [field.path for field in fields_of("deal") if "[" not in field.path]
    name = typed.partition("=")[0]
    words = get_args(type_at(Deal, tuple(name.split(".")))) if name in paths else ()
    if words and all(isinstance(word, str) for word in words):
        return [Choice(f"{name}={word}") for word in words]
    return [Choice(f"{path}=") for path in paths]


OF_DEAL = {"contact": _contacts, "need": _needs, "field": _fields}
"""What depends on the deal that a line names."""
