"""A move in the making: what its exit asks for, what was said of it, the questions that are left, and the changes in the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from salesops.book.book import Book
from salesops.book.exit_criteria import Facts, Way, asked_of_contract, facts_on, is_met, meaning, nearest_way
from salesops.book.moves import MoveKind, kind_of
from salesops.book.visits import DealHistory, history_of
from salesops.changes.need_words import title
from salesops.cli.field_values import Fields, SpokenField, place_of, said_of
from salesops.cli.hands import Asked, Desk, NoWay
from salesops.cli.options import Usage
from salesops.edits.applied import applied
from salesops.edits.change_list import as_list, changes_in, path_of
from salesops.edits.spoken import Unclear
from salesops.output import problems_as_lines, show
from salesops.problems import Problem
from salesops.records.deal import Deal
from salesops.records.process import CONTACT, LOST, TOUCH, WON, Exit, Need, Process
from salesops.records.record import is_given, value_at
from salesops.records.validation import typed
from salesops.records.yaml_reader import read


@dataclass
class Said:
    """What has been said of a record so far: values by the paths of their fields, and new entries of its lists."""

    fields: Fields = field(default_factory=dict)
    entries: list[tuple[str, Any]] = field(default_factory=list)

    def take(self, place: SpokenField, words: Sequence[str], day: date) -> None:
        """Take what was said of a field; what goes along with it only where that was not said by itself."""
        found = said_of(place, words, day)
        own = (place.first or place).name
        for name, value in found.items():
            if name == own or name.startswith(f"{place.name}."):
                self.fields[name] = value
            else:
                self.fields.setdefault(name, value)

    def takes(self, desk: Desk, record: str, words: Iterable[str], day: date) -> None:
        """Take every ``FIELD=VALUE`` of the command line; the same list named several times has several entries."""
        said: dict[str, list[str]] = {}
        for each in words:
            name, equals, value = each.partition("=")
            if not equals or not value.strip():
                raise Usage(f"--set {show(each)}: write it as FIELD=VALUE")
            said.setdefault(name.strip(), []).append(value)
        for name, values in said.items():
            self.takes_one(desk, record, name, values, day)

    def takes_one(self, desk: Desk, record: str, name: str, values: Sequence[str], day: date) -> None:
        """Take what was said of one name: a field, a kind of link, or what was learned."""
        kind = name.removeprefix("links.")
        if kind != name and not kind.split(".")[0].isdecimal():
            self.entries += [("links", {"kind": kind, "url": value}) for value in values]
            return
        if name == "learned":
            stage = Going(desk, record, "", day).history.now.stage
            self.entries += [("learned", {"stage": stage, "date": str(day), "note": value}) for value in values]
            return
        place = place_of(desk, "deal", record, name, self.fields)
        if len(values) > 1 and not place.is_list:
            raise Usage(f"--set {place.name} is said {len(values)} times")
        try:
            self.take(place, values, day)
        except Unclear as unclear:
            raise Usage(f"--set {place.name}: {unclear}") from None

    def changes(self, desk: Desk, record: str, *, loss_at: int = 0) -> tuple[Fields, list[Asked]]:
        """The fields that take the place of nothing, and the changes for all else."""
        data = desk.book.documents["deal", record].data
        fields, entries = _losses(self.fields, data.get("loss"), loss_at)
        was = {name: there for name in fields if (there := value_at(data, path_of(name))) is not None}
        fresh = {name: value for name, value in fields.items() if name not in was}
        put = {name: value for name, value in fields.items() if name in was and was[name] != value}
        changes: list[Asked] = []
        if put:
            changes.append({"set": record, "fields": put, "was": {name: was[name] for name in put}})
        changes += [{"add": record, "to": to, "entry": entry} for to, entry in (*self.entries, *entries)]
        return fresh, changes


def _losses(fields: Fields, there: Any, at: int) -> tuple[Fields, list[tuple[str, Any]]]:
    """What is said of the loss of this attempt, under the entry that it has; where it has none yet, as the next one."""
    own = {name.removeprefix("loss."): value for name, value in fields.items() if name.startswith("loss.")}
    rest = {name: value for name, value in fields.items() if not name.startswith("loss.")}
    if not own or not there or (isinstance(there, dict) and at == 0):
        return fields, []
    if isinstance(there, list) and len(there) > at:
        return rest | {f"loss.{at}.{name}": value for name, value in own.items()}, []
    return rest, [("loss", own)]


@dataclass
class Going:
    """A deal on its way to another stage."""

    desk: Desk
    deal_id: str
    to: str
    day: date
    said: Said = field(default_factory=Said)

    @property
    def book(self) -> Book:
        """The records."""
        return self.desk.book

    @cached_property
    def history(self) -> DealHistory:
        """The deal as it is."""
        found = self.book.histories.get(self.deal_id)
        if found is None:
            raise NoWay(f"{self.deal_id} cannot be followed: salesops check says what is wrong with it")
        return found

    @cached_property
    def process(self) -> Process:
        """The process that judges the move."""
        found = self.book.process_on(self.day)
        if found is None:
            raise LookupError("a move needs a process")
        return found

    @property
    def before(self) -> str:
        """The stage that it leaves, as the process of the move calls it."""
        return self.process.name_now(self.history.now.stage)

    @property
    def kind(self) -> MoveKind:
        """What the process says of the move."""
        return kind_of(self.process, self.history.type, self.history.now.stage, self.to)

    @property
    def is_there(self) -> bool:
        """Whether the deal made this move already."""
        now = self.history.now
        return self.before == self.to and now.entered == self.day

    @cached_property
    def exits(self) -> tuple[Exit, ...]:
        """The alternatives by which it may go."""
        return self.process.exits_between(self.before, self.to)

    @property
    def lost_before(self) -> int:
        """Which loss in order the next one is, from 0 on."""
        attempt = self.history.now.attempt
        return sum(visit.outcome == LOST and visit.attempt < attempt for visit in self.history.closings)

    @property
    def headline(self) -> str:
        """Whose deal it is, from where to where, and when."""
        deal = self.history.deal
        member = self.book.members.get(deal.member)
        way = f"{self.process.title_of(self.before)} → {self.process.title_of(self.to)}"
        return f"{member.name if member else deal.member} · {deal.title}   {way}, {self.day:%A} {self.day}"

    def change(self) -> list[Asked]:
        """All that was said, and the move."""
        fresh, changes = self.said.changes(self.desk, self.deal_id, loss_at=self.lost_before)
        move: Asked = {"move": self.deal_id, "to": self.to, "date": str(self.day), "was": self.history.now.stage}
        return [*changes, {**move, "set": fresh} if fresh else move]

    def rest(self) -> list[Asked]:
        """All that was said, without the move."""
        fresh, changes = self.said.changes(self.desk, self.deal_id, loss_at=self.lost_before)
        return [*([{"set": self.deal_id, "fields": fresh, "was": {}}] if fresh else []), *changes]

    @property
    def facts(self) -> Facts:
        """What the deal has to show for the move, with all that was said."""
        return facts_on(self._with_what_was_said, self.day)

    @property
    def _with_what_was_said(self) -> DealHistory:
        rest = self.rest()
        if not rest:
            return self.history
        wanted, mistakes = changes_in("the change", as_list(rest).encode("utf-8"))
        result = applied(self.book, wanted)
        if mistakes or result.problems:
            raise _impossible((*mistakes, *result.problems))
        if not result.files:
            return self.history
        document, mistakes = read(result.files[0].path, result.files[0].data)
        deal, faults = typed(document, Deal) if document else (None, [])
        if deal is None:
            raise _impossible((*mistakes, *faults))
        return history_of(self.deal_id, deal, self.book.outcome, self.book.waits_from)

    @property
    def missing(self) -> list[Need]:
        """What the nearest of the alternatives still asks for; before a win also what is asked of every contract."""
        facts = self.facts
        way: Way | None = nearest_way(facts, self.exits)
        if way is None:
            return []
        is_win = self.process.stages[self.to].outcome == WON
        return [*way.missing, *(asked_of_contract(facts, way.exit) if is_win else ())]

    @property
    def beside(self) -> list[Need]:
        """What the closed stage asks for in the end, and has not got yet."""
        completion = self.process.stages[self.to].completion
        facts = self.facts
        return [need for need in completion.needs if not is_met(facts, need)] if completion else []

    def sign(self, need: Need, by: str, why: str) -> None:
        """Go without a need, by somebody's signature."""
        signed = {"need": need.name, "stage": self.to, "by": by, "date": str(self.day), "why": why}
        self.said.entries.append(("waived", signed))

    # where it cannot go

    def check(self) -> None:
        """Say why a move is none that the process has, before anything is asked."""
        now = self.history.now
        if self.day > self.desk.day:
            raise NoWay(f"{self.day} is still to come: a move is written once it has happened")
        if self.day < now.entered:
            raise NoWay(
                f"{self.day} is before {now.entered}, on which the deal came into {self.process.title_of(self.before)}"
            )
        span = next((it for it in self.history.deal.parked if it.since < self.day and it.covers(self.day)), None)
        if span:
            until = f"until {span.until}" if span.until else "with no return date"
            raise NoWay(
                f"{self.deal_id} is parked since {span.since}, {until}: {show(span.why)}\n"
                f"  take it up again first: salesops resume {self.deal_id}"
            )
        if not self.kind.is_allowed:
            raise NoWay(f"{self._why_not}\n  {self.ways}")

    @property
    def _why_not(self) -> str:
        process, kind = self.process, self.kind
        here, there = process.title_of(self.before), process.title_of(self.to)
        if kind is MoveKind.REPEATED:
            return f"{self.deal_id} is in {there} already, since {self.history.now.entered}"
        if kind is MoveKind.AFTER_CLOSE:
            return f"{self.deal_id} is closed: there is no way from {here} to {there}"
        between = process.between(self.before, self.to) if kind is MoveKind.SKIPPED else []
        verb = "lies" if len(between) == 1 else "lie"
        skipped = f": {', '.join(map(process.title_of, between))} {verb} between" if between else ""
        return f"process {process.version} has no way from {here} to {there}{skipped}"

    @property
    def ways(self) -> str:
        """The ways that are open to it, in one line."""
        stage = self.process.stages.get(self.before)
        if stage and stage.outcome == WON:
            return f"a renewal is a deal of its own: salesops renew {self.deal_id}"
        if stage and stage.outcome == LOST:
            return f"open it again: salesops reopen {self.deal_id} --why …"
        exits = dict.fromkeys(way.to for way in stage.exits) if stage else {}
        told = ", ".join(f"{self.process.title_of(to)} ({to})" for to in exits)
        return f"the ways out of {self.process.title_of(self.before)}: {told or 'none'}"


def _impossible(problems: Sequence[Problem]) -> NoWay:
    """What was said cannot stand in the record: nothing of it is taken for said."""
    return NoWay("\n".join(("nothing was written; what was said cannot be:", *problems_as_lines(problems))))


# ── needs in words ────────────────────────────────────────────────────────────────────────────────────────────────────


def why(going: Going, need: Need) -> str:
    """Why a need is asked for, in the words of the process; of what was learned the question of the stage."""
    if need.learned:
        stage = going.process.stages.get(going.before)
        return " ".join(filter(None, (stage.learning if stage else "", need.why)))
    return meaning(need) or need.demand


def logging(going: Going, need: Need) -> str:
    """The command that logs what an activity need asks for."""
    kind = {CONTACT: "call", TOUCH: "email"}.get(need.activity or "", need.activity)
    parts = [f"--about {need.about}" if need.about else "", f"--status {need.status}" if need.status else ""]
    parts += ["--outcome spoke"] if need.activity == CONTACT else []
    return " ".join(filter(None, ("salesops log", going.deal_id, kind, *parts)))


def options(going: Going, need: Need, short: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What to give on the command line for a need, and why; ``short`` names the fields that have an option of their own."""
    reason = why(going, need)
    if need.activity:
        yield logging(going, need), reason
    elif need.link:
        yield f'--set "links.{need.link}=LINK"', reason
    elif need.learned:
        yield '--set learned="WORDS"', reason
    elif need.field:
        place = place_of(going.desk, "deal", going.deal_id, need.field)
        if status_is_open(going, need):
            inner = place.first or place
            takes = "|".join(need.is_) or inner.takes
            option = short.get(inner.name, f"--set {inner.name}=").removesuffix(" ") + _taken(inner, takes, short)
            yield option, reason if inner.name in short else f"{title(need)}: {reason}" if reason else title(need)
        if needs_note(going, need):
            yield f'--set {need.field}.{need.with_[0]}="WORDS"', "how we know it"


def _taken(place: SpokenField, takes: str, short: dict[str, str]) -> str:
    words = f'"{takes}"' if takes == "WORDS" else takes
    return f" {words}" if place.name in short else words


def status_is_open(going: Going, need: Need) -> bool:
    """Whether the value itself is missing, and not only the note beside it."""
    bare = need.model_copy(update={"with_": ()})
    return not is_met(going.facts, bare)


def needs_note(going: Going, need: Need) -> bool:
    """Whether the note or the evidence is missing that a need asks for beside the value."""
    value = going.facts.value(need.field or "")
    return bool(need.with_) and not any(is_given(value_at(value, name)) for name in need.with_)
