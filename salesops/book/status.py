"""Where a deal stands on a day: its stage, age, next step, what is missing for each exit, and what needs attention."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from salesops.book.book import Snapshot
from salesops.book.exit_criteria import Facts, Way, facts_on, so_far, unfinished, ways_out
from salesops.book.stalled import in_short, last_contact, parked_beside, why_stalled
from salesops.book.visits import DealHistory
from salesops.records.deal import Deal, Learned
from salesops.records.money import Money, Sums, total
from salesops.records.process import LOST, WON, Need, Stage
from salesops.records.qualification import MANIAC_T


def counted(days: int) -> str:
    """``1 day``, ``12 days``."""
    return f"{days:,} day{'' if days == 1 else 's'}"


@dataclass(frozen=True)
class Standing:
    """One deal on a day."""

    snapshot: Snapshot
    history: DealHistory

    @property
    def id(self) -> str:
        """The deal's id."""
        return self.history.id

    @property
    def deal(self) -> Deal:
        """The record."""
        return self.history.deal

    @property
    def written(self) -> dict[str, Any]:
        """What its file says of the days up to this one, as it is written."""
        return self.snapshot.written("deal", self.id)

    @property
    def member_name(self) -> str:
        """The name of the member, or its id where its file says none."""
        member = self.snapshot.book.members.get(self.deal.member)
        return member.name if member else self.deal.member

    @property
    def health(self) -> str:
        """How the member stood when delivery last looked; nothing where nobody has."""
        member = self.snapshot.book.members.get(self.deal.member)
        return member.judged[-1].status or "" if member and member.judged else ""

    @property
    def owner_name(self) -> str:
        """The name of the owner, or the id."""
        return person_name(self.snapshot, self.deal.owner)

    @property
    def stage_name(self) -> str:
        """The stage as the process of the day calls it."""
        return self.snapshot.name(self.history.now.stage)

    @property
    def stage(self) -> Stage:
        """The stage's entry in the process."""
        return self.snapshot.stage(self.history.now.stage)

    @property
    def since(self) -> date:
        """The day on which it came into the stage."""
        return self.history.now.entered

    @property
    def age(self) -> int:
        """Whole days in the stage, without those on which it was parked."""
        return self.history.age(self.snapshot.as_of)

    @property
    def age_in_words(self) -> str:
        """The days in the stage, and the parked ones beside them: ``12 days (161 parked)``."""
        return f"{counted(self.age)}{self.parked_beside}"

    @property
    def stay(self) -> str:
        """The days in the stage of those that the process expects: ``32 of 60 days``; without the second where it expects none."""
        limit = self.stage.stale_after
        return f"{self.age:,} of {limit:,} days" if limit is not None and self.is_open else counted(self.age)

    @cached_property
    def stalled(self) -> list[str]:
        """Why it has stalled, in few words; nothing where it has not."""
        return list(in_short(self.snapshot, self.history)) if self.is_open and not self.parked else []

    @property
    def is_over(self) -> bool:
        """Whether it is longer in its stage than the process expects."""
        limit = self.stage.stale_after
        return self.is_open and limit is not None and self.age > limit

    @property
    def silence(self) -> list[str]:
        """Why it has stalled beside the days in its stage: nobody has spoken with them."""
        return self.stalled[1:] if self.is_over else self.stalled

    @property
    def is_late(self) -> bool:
        """Whether the day of its next step has passed, while it is in play."""
        step = self.deal.next
        return bool(self.is_open and not self.parked and step and step.due < self.snapshot.as_of)

    @property
    def parked_beside(self) -> str:
        """The parked days of the stay, as they are said beside its age: `` (161 parked)``; nothing where there are none."""
        return parked_beside(self.history, self.snapshot.as_of)

    @property
    def is_open(self) -> bool:
        """Whether it is neither won nor lost."""
        return self.stage.is_open

    @property
    def parked(self) -> str | None:
        """Until when it is parked, in words; None where it is not, or closed."""
        return self.snapshot.why_parked(self.history) if self.is_open else None

    @property
    def learning(self) -> str:
        """What its win or its last loss taught; nothing where nobody wrote it."""
        loss = self.history.lost[-1][1] if self.history.lost else None
        told = self.deal.win if self.stage.outcome == WON else loss if self.stage.outcome == LOST else None
        return (told and told.learning) or ""

    @property
    def says_more(self) -> bool:
        """Whether its title says more than the name of its tier."""
        tier = self.snapshot.process.tiers.get(self.deal.tier)
        return tier is None or self.deal.title.casefold() != tier.name.casefold()

    @cached_property
    def letters(self) -> tuple[tuple[str, str], ...]:
        """The seven letters of MANIAC-T, each with how well its question is answered; ``none`` where nobody has answered."""
        found = ((name, getattr(self.deal.maniac_t, name, None)) for name in MANIAC_T)
        return tuple((name[0].upper(), answer.status if answer else "none") for name, answer in found)

    @property
    def letters_in_words(self) -> str:
        """``MANIAC-T: 5 met, 2 partial``."""
        counts = {status: sum(each == status for _, each in self.letters) for status in ("met", "partial", "unmet")}
        said = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
        return f"MANIAC-T: {said or 'no answers yet'}"

    @property
    def question(self) -> str:
        """What the team wants to learn in its stage; nothing where the process does not ask."""
        return self.stage.learning or ""

    @property
    def learned_here(self) -> tuple[Learned, ...]:
        """The answers that it has to the question of its stage."""
        return tuple(entry for entry in self.deal.learned if entry.stage in (self.history.now.stage, self.stage_name))

    @cached_property
    def ways(self) -> list[Way]:
        """The exits of its stage, each with what is missing."""
        return ways_out(self.snapshot, self.history)

    @cached_property
    def unfinished(self) -> list[Need]:
        """What a closed deal still lacks to be complete."""
        return unfinished(self.snapshot, self.history)

    def asked(self, need: Need) -> str:
        """A need as a sentence, and how far the deal is with it where it asks for several activities."""
        return f"{need.sentence}{self.so_far(need)}"

    def so_far(self, need: Need) -> str:
        """How far it is with a need that asks for several activities: `` (2 of 3 so far)``."""
        return so_far(self.facts, need)

    @cached_property
    def facts(self) -> Facts:
        """What it has to show for whatever move comes next."""
        return facts_on(self.history, self.snapshot.as_of)

    @property
    def amounts(self) -> list[Money]:
        """What it is expected to bring over its term: by its value, or by its signed contract where no value is written."""
        if self.deal.value:
            return self.deal.value.amounts
        return self.deal.contract.amounts() if self.is_worth_its_contract and self.deal.contract else []

    @property
    def is_worth_its_contract(self) -> bool:
        """Whether what a closed deal brings is told by its signed contract, as no value was written."""
        contract = self.deal.contract
        return not self.is_open and self.deal.value is None and contract is not None and contract.signed is not None

    @cached_property
    def last_contact(self) -> date | None:
        """The day of the last real contact up to the day."""
        return last_contact(self.deal, self.snapshot.as_of)

    @cached_property
    def concerns(self) -> list[str]:
        """What needs attention in an open deal that is not parked, in sentences."""
        return list(_concerns(self)) if self.is_open and not self.parked else []


def _concerns(standing: Standing) -> Iterator[str]:
    today, deal = standing.snapshot.as_of, standing.deal
    yield from why_stalled(standing.snapshot, standing.history)
    if deal.next is None:
        yield "no next step"
    elif deal.next.due < today:
        yield f"the next step was due on {deal.next.due}"
    if deal.expected_close and deal.expected_close < today:
        yield f"was expected to close on {deal.expected_close}"


def todays_word(known: date | str) -> str:
    """What to know about earlier days that are shown by records of today; ``known`` is what to ask for instead."""
    return (
        f"what has no day of its own, such as amounts, owners and next steps, is today's word; --known {known} shows "
        "what was known then"
    )


def person_name(snapshot: Snapshot, person_id: str) -> str:
    """The name of somebody in the team, or the id where the team does not know it."""
    person = snapshot.book.team.people.get(person_id) if snapshot.book.team else None
    return person.name if person else person_id


def standings(snapshot: Snapshot, histories: Iterable[DealHistory] | None = None) -> list[Standing]:
    """Every deal that had begun, or those given, by stage and age: the oldest first."""
    order = {name: at for at, name in enumerate(snapshot.process.stages)}
    found = [Standing(snapshot, history) for history in (snapshot.histories if histories is None else histories)]
    return sorted(found, key=lambda standing: (order.get(standing.stage_name, len(order)), standing.since, standing.id))


@dataclass(frozen=True)
class BoardColumn:
    """One stage of the board."""

    name: str
    stage: Stage
    deals: tuple[Standing, ...]

    @property
    def worth(self) -> Sums:
        """What its deals are expected to bring, by currency."""
        return total(amount for standing in self.deals for amount in standing.amounts)


def board(snapshot: Snapshot) -> list[BoardColumn]:
    """The open stages with the deals in them; parked ones are not on it."""
    here = standings(snapshot, snapshot.open)
    return [
        BoardColumn(name, stage, tuple(standing for standing in here if standing.stage_name == name))
        for name, stage in snapshot.process.stages.items()
        if stage.is_open
    ]
