"""The Book: all records joined, and the questions that can be asked about deals on a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from salesops.book.visits import DealHistory, Visit, history_of, is_in_order
from salesops.problems import Path
from salesops.records.deal import Deal, Move
from salesops.records.learning import Decision, Experiment, Hypothesis, Review
from salesops.records.member import Member
from salesops.records.process import IMPORTED, Process, Stage
from salesops.records.rates import Rates
from salesops.records.removals import Removed
from salesops.records.targets import Targets
from salesops.records.team import Team
from salesops.records.yaml_reader import Document

Ref = tuple[str, str]
"""A record by kind and id, such as ``("deal", "cascadia-general")``."""


class Cause(StrEnum):
    """What kept a deal out of a number, where more than the sentence depends on it."""

    OPEN = "open"
    PARKED = "parked"
    NO_AMOUNT = "no amount"
    OTHER = "other"


@dataclass(frozen=True)
class LeftOut:
    """A deal that a number does not count, and the rule that left it out, in a sentence and as a word."""

    deal: str
    why: str
    reason: Cause = Cause.OTHER


@dataclass(frozen=True)
class Book:
    """Everything that the files say.

    ``records`` holds them by kind and id, ``documents`` the file of each; ``broken`` names records whose file could not be read as one, so that
    nothing else is blamed for them; ``lost`` names their fields that could not be read.
    """

    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    documents: Mapping[Ref, Document] = field(default_factory=dict)
    broken: frozenset[Ref] = frozenset()
    lost: Mapping[Ref, frozenset[Path]] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, Any]:
        """The records of a kind by id; a kind that is one file has its own name as id."""
        return self.records.get(kind, {})

    def only(self, kind: str) -> Any:
        """The record of a kind that is one file; None where there is none."""
        return self.of(kind).get(kind)

    @cached_property
    def deals(self) -> Mapping[str, Deal]:
        """The deals by id."""
        return self.of("deal")

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """The members by id."""
        return self.of("member")

    @cached_property
    def versions(self) -> Mapping[str, Process]:
        """The versions of the process by the name of their file."""
        return self.of("process")

    @cached_property
    def icp(self) -> Mapping[str, Hypothesis]:
        """What the team believes about its market."""
        return self.of("icp")

    @cached_property
    def experiments(self) -> Mapping[str, Experiment]:
        """What the team tries."""
        return self.of("experiment")

    @cached_property
    def decisions(self) -> Mapping[str, Decision]:
        """What the team decided."""
        return self.of("decision")

    @cached_property
    def reviews(self) -> Mapping[str, Review]:
        """The weekly reviews."""
        return self.of("review")

    @cached_property
    def team(self) -> Team | None:
        """The people, the currency and the time zone."""
        found: Team | None = self.only("team")
        return found

    @cached_property
    def targets(self) -> Targets | None:
        """What the team wants to reach."""
        found: Targets | None = self.only("targets")
        return found

    @cached_property
    def rates(self) -> Rates | None:
        """The dated exchange rates."""
        found: Rates | None = self.only("rates")
        return found

    @cached_property
    def removed(self) -> Removed | None:
        """Who removed which record, and why."""
        found: Removed | None = self.only("removed")
        return found

    @property
    def zone(self) -> str:
        """The team's time zone."""
        return self.team.time_zone if self.team else "UTC"

    @cached_property
    def processes(self) -> tuple[Process, ...]:
        """The versions of the process, oldest first."""
        return tuple(sorted(self.versions.values(), key=lambda process: process.in_force))

    @cached_property
    def is_process_whole(self) -> bool:
        """Whether every version of the process can be read: until then nobody can say which one judges a move."""
        return not any(kind == "process" for kind, _ in self.broken)

    @cached_property
    def _by_day(self) -> tuple[Process, ...]:
        """The versions that a day can choose: all but that of the imports, unless there is no other."""
        return tuple(process for process in self.processes if not process.is_of_imports) or self.processes

    @cached_property
    def _in_force(self) -> list[date]:
        return [process.in_force for process in self._by_day]

    def process_on(self, day: date) -> Process | None:
        """The version in force on a day; the oldest for days before it; None where there is none at all."""
        if not self._by_day:
            return None
        return self._by_day[max(bisect_right(self._in_force, day) - 1, 0)]

    def process_of(self, deal: Deal, move: Move) -> Process | None:
        """The version that a move of a deal belongs to: that of the imports where it came with one, else the one of its day."""
        of_imports = self.versions.get(IMPORTED) if deal.was_brought(move) else None
        return of_imports or self.process_on(move.entered)

    @cached_property
    def _stages(self) -> dict[tuple[str, str], Stage | None]:
        return {}

    def stage(self, name: str, day: date) -> Stage | None:
        """A stage by name as the process of that day knows it, else as the newest version that does."""
        process = self.process_on(day)
        if process is None:
            return None
        key = (process.version, name)
        if key not in self._stages:
            versions = (process, *reversed(self.processes))
            self._stages[key] = next((stage for version in versions if (stage := version.stage_named(name))), None)
        return self._stages[key]

    def outcome(self, name: str) -> str | None:
        """What a stage closes a deal as, in whichever version knows it."""
        stage = self.stage(name, date.max)
        return stage.outcome if stage else None

    @cached_property
    def histories(self) -> dict[str, DealHistory]:
        """The visits of every deal whose stages can be followed, by id whatever the order of the files."""
        return {
            deal_id: history_of(deal_id, deal, self.outcome)
            for deal_id, deal in sorted(self.deals.items())
            if self._why_unusable(deal_id, deal) is None
        }

    def _why_unusable(self, deal_id: str, deal: Deal) -> str | None:
        if ("deal", deal_id) in self.broken:
            return "its file has errors: run salesops check"
        if not deal.stages:
            return "it has no stage"
        if not is_in_order(deal):
            return "its stages are not in date order"
        unknown = next((move.stage for move in deal.stages if self.stage(move.stage, move.entered) is None), None)
        return f"'{unknown}' is not a stage of any process version" if unknown else None

    @cached_property
    def unusable(self) -> tuple[LeftOut, ...]:
        """Deals that no number can count: files that cannot be read, and stages that cannot be followed."""
        unread = [
            LeftOut(record_id, "its file cannot be read: run salesops check")
            for kind, record_id in sorted(self.broken)
            if kind == "deal" and record_id not in self.deals
        ]
        unsound = [
            LeftOut(deal_id, why)
            for deal_id, deal in sorted(self.deals.items())
            if (why := self._why_unusable(deal_id, deal))
        ]
        return (*unread, *unsound)

    @cached_property
    def renewed_by(self) -> dict[str, list[str]]:
        """The deals that renew each deal; none renews itself."""
        found: dict[str, list[str]] = {}
        for deal_id, deal in sorted(self.deals.items()):
            if deal.renews and deal.renews != deal_id:
                found.setdefault(deal.renews, []).append(deal_id)
        return found

    def deals_of(self, member: str) -> list[str]:
        """The deals of a member, by id."""
        return [deal_id for deal_id, deal in self.deals.items() if deal.member == member]

    def on(self, as_of: date, since: date | None = None) -> Snapshot:
        """The book as it stood on a day."""
        return Snapshot(self, as_of, since)


@dataclass(frozen=True)
class Snapshot:
    """The book on a day: every metric is a pure function of it.

    ``since`` narrows rates and averages to cohorts or closes from that day on.
    """

    book: Book
    as_of: date
    since: date | None = None

    @cached_property
    def process(self) -> Process:
        """The process in force on the day."""
        process = self.book.process_on(self.as_of)
        if process is None:
            raise LookupError("a snapshot needs a process")
        return process

    @cached_property
    def histories(self) -> tuple[DealHistory, ...]:
        """Every deal that had begun, as it stood on the day."""
        return tuple(known for history in self.book.histories.values() if (known := history.until(self.as_of)))

    def history(self, deal: str) -> DealHistory | None:
        """One deal as it stood on the day."""
        known = self.book.histories.get(deal)
        return known.until(self.as_of) if known else None

    @cached_property
    def _stages(self) -> dict[str, Stage]:
        return {}

    def stage(self, name: str) -> Stage:
        """A stage as the process of the day sees it."""
        known = self._stages.get(name)
        if known is None:
            known = self.book.stage(name, self.as_of)
            if known is None:
                raise LookupError(name)
            self._stages[name] = known
        return known

    def name(self, stage: str) -> str:
        """What the process of the day calls a stage."""
        return self.process.name_now(stage)

    def is_open(self, history: DealHistory) -> bool:
        """Whether the deal is neither won nor lost; it may be parked."""
        return self.stage(history.now.stage).is_open

    def outcome(self, history: DealHistory) -> str | None:
        """Won, lost or None."""
        return self.stage(history.now.stage).outcome

    def closing(self, attempt: tuple[Visit, ...]) -> Visit | None:
        """The visit by which an attempt was closed: the first closed stage it came to; None while it is open."""
        return next((visit for visit in attempt if not self.stage(visit.stage).is_open), None)

    def why_parked(self, history: DealHistory) -> str | None:
        """Why an open deal is out of the pipeline on the day: parked until when."""
        span = history.parked_on(self.as_of)
        if span is None:
            return None
        return f"parked until {span.until}" if span.until else "parked with no return date"

    @cached_property
    def open(self) -> tuple[DealHistory, ...]:
        """The pipeline: open deals that are not parked."""
        return tuple(
            history for history in self.histories if self.is_open(history) and not history.parked_on(self.as_of)
        )

    @cached_property
    def parked(self) -> tuple[DealHistory, ...]:
        """Open deals that are kept warm."""
        return tuple(history for history in self.histories if self.is_open(history) and history.parked_on(self.as_of))

    @cached_property
    def won(self) -> tuple[DealHistory, ...]:
        """Deals that are won."""
        return tuple(history for history in self.histories if self.outcome(history) == "won")

    @cached_property
    def lost(self) -> tuple[DealHistory, ...]:
        """Deals that are lost."""
        return tuple(history for history in self.histories if self.outcome(history) == "lost")
