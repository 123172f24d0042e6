"""The Book: all records joined, and the questions that can be asked about deals on a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property, wraps
from typing import Any, TypeVar

from salesops.book.visits import DealHistory, Visit, history_of, is_in_order
from salesops.problems import Path
from salesops.records.building_on import whole
from salesops.records.dated import Span, data_without, every_day, outside, without
from salesops.records.deal import UNRECORDED, Deal, Move
from salesops.records.kinds import KINDS
from salesops.records.knowledge import Knowledge
from salesops.records.learning import Decision, Experiment, Hypothesis, Review
from salesops.records.member import Member
from salesops.records.outreach import Outreach
from salesops.records.prices import PriceList
from salesops.records.process import IMPORTED, Process, Stage
from salesops.records.rates import Rates
from salesops.records.removals import Removed
from salesops.records.scalars import as_said
from salesops.records.targets import Targets
from salesops.records.team import Numbers, Team
from salesops.records.yaml_reader import Document

T = TypeVar("T")
Ref = tuple[str, str]
"""A record by kind and id, such as ``("deal", "cascadia-general")``."""


class Cause(StrEnum):
    """What kept a deal out of a number, by kind: whoever sums up what was left out groups by this and not by the sentence."""

    OPEN = "open"
    PARKED = "parked"
    NO_AMOUNT = "no amount"
    OTHER_TYPE = "another deal type"
    OTHER_STAGE = "in another stage"
    OTHER_WAY = "came another way"
    OTHER_DAY = "on other days"
    NOT_HELD = "meeting not held"
    OTHER_SUBJECT = "meeting about something else"
    NOT_IN_FORCE = "contract not in force"
    NO_START = "contract without a start"
    AT_RISK = "at risk"
    UNUSABLE = "cannot be counted"
    RUNNING = "in the week that is not over"
    RECLASSIFIED = "reclassified without a move"
    NO_RATE = "no exchange rate"
    NO_END = "contract without an end"
    NOT_THERE_YET = "not in service at the start"
    NO_CHANCE = "no probability"
    CLOSE_PASSED = "expected close has passed"
    NO_CLOSE = "no expected close"
    IMPORTED = "came with an import"
    NOT_ASKED = "not asked for by the process"
    NOT_SIGNED = "contract without a signature"
    NOT_IN_USE = "not in use yet"
    ON_FILE = "counted with its message"
    NOT_COUNTED = "opens not counted"
    NO_VARIANT = "no variant said"
    TWO_VARIANTS = "more than one variant"
    NOT_TRIED = "not part of the experiment"


@dataclass(frozen=True)
class LeftOut:
    """A deal that a number does not count, and the rule that left it out, in a sentence and as a word."""

    deal: str
    why: str
    cause: Cause

    def as_data(self) -> dict[str, str]:
        """As machines read it."""
        return {"deal": self.deal, "why": self.why, "reason": self.cause.value}


@dataclass(frozen=True)
class Book:
    """Everything that the files say.

    ``records`` holds them by kind and id, ``documents`` the file of each; ``broken`` names records whose file could not be read as one, so that
    nothing else is blamed for them; ``lost`` names their fields that could not be read. ``templates`` names the templates of
    messages, proposals and agreements that there are, such as ``intro@2``.
    """

    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    documents: Mapping[Ref, Document] = field(default_factory=dict)
    broken: frozenset[Ref] = frozenset()
    lost: Mapping[Ref, frozenset[Path]] = field(default_factory=dict)
    templates: frozenset[str] = frozenset()

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
    def prices(self) -> Mapping[str, PriceList]:
        """What the team charges, list by list."""
        return self.of("prices")

    @cached_property
    def outreach(self) -> Mapping[str, Outreach]:
        """What came of the messages that were sent to many."""
        return self.of("outreach")

    @cached_property
    def removed(self) -> Removed | None:
        """Who removed which record, and why."""
        found: Removed | None = self.only("removed")
        return found

    @cached_property
    def knowledge(self) -> Knowledge | None:
        """What the team answers to the standing questions."""
        found: Knowledge | None = self.only("knowledge")
        return found

    @property
    def zone(self) -> str:
        """The team's time zone."""
        return self.team.time_zone if self.team else "UTC"

    @cached_property
    def processes(self) -> tuple[Process, ...]:
        """The versions of the process, oldest first."""
        return tuple(sorted(self.versions.values(), key=lambda process: process.in_force))

    def written_whole(self, version: str, said: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What a version of the process says as it is written, or as it ``said``, with what it takes from the one that it builds on."""
        written = {name: file.data for (kind, name), file in self.documents.items() if kind == "process"}
        return whole(version, written if said is None else {**written, version: said})

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

    def title_of(self, name: str, day: date) -> str:
        """What a stage is called by the process of a day; by the newest that has it under this name, where that one has not."""
        now = self.process_on(day)
        own = next((each for each in (now, *reversed(self.processes)) if each and name in each.stages), now)
        return own.title_of(name) if own else name

    def called_since(self, stage: str, day: date) -> tuple[str, str] | None:
        """What a stage of an older process is called on a day, and the version since which it is; None where it has its name."""
        now = self.process_on(day)
        if now is None or stage in now.stages or stage not in now.becomes:
            return None
        name = now.name_now(stage)
        since = [
            process
            for process in self._by_day
            if stage in process.becomes and process.name_now(stage) == name and process.in_force <= now.in_force
        ]
        return name, since[0].version

    def outcome(self, name: str) -> str | None:
        """What a stage closes a deal as, in whichever version knows it."""
        stage = self.stage(name, date.max)
        return stage.outcome if stage else None

    def waits_from(self, stage: str) -> date | None:
        """The day from which deals that are still in a stage of an older process are parked; None where they are not."""
        return next((process.in_force for process in self.processes if process.parks(stage)), None)

    @cached_property
    def histories(self) -> dict[str, DealHistory]:
        """The visits of every deal whose stages can be followed, by id whatever the order of the files."""
        return {
            deal_id: history_of(deal_id, deal, self.outcome, self.waits_from)
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
            LeftOut(record_id, "its file cannot be read: run salesops check", Cause.UNUSABLE)
            for kind, record_id in sorted(self.broken)
            if kind == "deal" and record_id not in self.deals
        ]
        unsound = [
            LeftOut(deal_id, why, Cause.UNUSABLE)
            for deal_id, deal in sorted(self.deals.items())
            if (why := self._why_unusable(deal_id, deal))
        ]
        return (*unread, *unsound)

    @cached_property
    def renewed_by(self) -> dict[str, list[str]]:
        """The deals that renew each deal; none renews itself."""
        found: dict[str, list[str]] = {}
        for deal_id, deal in sorted(self.deals.items()):
            if deal.renews and deal.renews not in (deal_id, UNRECORDED):
                found.setdefault(deal.renews, []).append(deal_id)
        return found

    def chain_of(self, deal: str) -> tuple[str, ...]:
        """A deal and those that it renews in turn, the newest first: one service, under one contract after another."""
        found: dict[str, None] = {}
        known: str | None = deal
        while known and known not in found and known in self.deals:
            found[known] = None
            known = self.deals[known].renews
        return tuple(found)

    @cached_property
    def guesses(self) -> dict[tuple[str, str], str]:
        """What was said so far of each name that no record of a kind has: a person who left may stand in every deal."""
        return {}

    @cached_property
    def shared_meetings(self) -> dict[str, list[tuple[date, str, int]]]:
        """The meetings that were held, by the id under which deals share them: day, deal and place in its activity, earliest first."""
        found: dict[str, list[tuple[date, str, int]]] = {}
        for deal_id, deal in self.deals.items():
            for at, entry in enumerate(deal.activity):
                if entry.id and entry.is_held_meeting:
                    found.setdefault(entry.id, []).append((entry.date, deal_id, at))
        return {meeting: sorted(held) for meeting, held in found.items()}

    @cached_property
    def _of_members(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for deal_id, deal in self.deals.items():
            found.setdefault(deal.member, []).append(deal_id)
        return found

    def deals_of(self, member: str) -> list[str]:
        """The deals of a member, in the order of their files."""
        return list(self._of_members.get(member, ()))

    @cached_property
    def first_invoiced(self) -> str | None:
        """The first month for which an invoice of any member was written down."""
        return min((invoice.month for member in self.members.values() for invoice in member.invoices), default=None)

    def on(
        self,
        as_of: date,
        since: date | None = None,
        until: date | None = None,
        only: Callable[[Deal], bool] | None = None,
        *,
        looks_back: bool = False,
    ) -> Snapshot:
        """The book as it stood on a day; of whole days the last ones asked for are kept, with all that was worked out."""
        if since or until or only or looks_back:
            return Snapshot(self, as_of, since, until, only, looks_back)
        return _kept(self._snapshots, as_of, lambda: Snapshot(self, as_of))

    @cached_property
    def _snapshots(self) -> dict[date, Snapshot]:
        return {}

    @cached_property
    def _last_days(self) -> dict[Ref, date]:
        """The last day on which something happened, of every record that has one and is no deal."""
        days = {
            (kind, record_id): max(every_day(record), default=None)
            for kind in KINDS
            if kind != "deal"
            for record_id, record in self.of(kind).items()
        }
        return {ref: day for ref, day in days.items() if day}

    @cached_property
    def _earlier(self) -> dict[date, Book]:
        return {}

    def until(self, as_of: date) -> Book:
        """The book with only what is dated up to a day; itself where nothing is later. The last ones asked for are kept."""
        return _kept(self._earlier, as_of, lambda: self._known_on(as_of))

    def _known_on(self, as_of: date) -> Book:
        histories = {
            deal_id: known for deal_id, history in self.histories.items() if (known := history.until(as_of)) is not None
        }
        is_same = all(histories.get(deal_id) is history for deal_id, history in self.histories.items())
        records = {
            kind: self.records[kind] if kind == "deal" and is_same else self._records_until(kind, histories, as_of)
            for kind in self.records
        }
        if all(records[kind] is self.records[kind] for kind in records):
            return self
        book = replace(self, records=records)
        vars(book).update(histories=histories, unusable=self.unusable, _stages=self._stages)
        return book

    def _records_until(self, kind: str, histories: Mapping[str, DealHistory], as_of: date) -> Mapping[str, Any]:
        if kind == "deal":
            begun = {
                deal_id: histories[deal_id].deal if deal_id in histories else deal
                for deal_id, deal in self.deals.items()
            }
            return {
                deal_id: deal
                for deal_id, deal in begun.items()
                if deal_id in histories or deal_id not in self.histories
            }
        records, last = self.records[kind], self._last_days
        if all(
            last.get((kind, record_id), as_of) <= as_of and _has_begun(kind, record_id, record, as_of)
            for record_id, record in records.items()
        ):
            return records
        return {
            record_id: record
            if last.get((kind, record_id), as_of) <= as_of
            else without(record, outside(record, Span(None, as_of)))
            for record_id, record in records.items()
            if _has_begun(kind, record_id, record, as_of)
        }


DAYS_KEPT = 40
"""Of how many days what was worked out is kept: a site asks for month-ends and Mondays of a year, and more than once."""


def _kept(known: dict[date, T], day: date, work: Callable[[], T]) -> T:
    """What belongs to a day, worked out where it is not there; what was not asked for longest makes way."""
    found = known.pop(day, None) or work()
    known[day] = found
    if len(known) > DAYS_KEPT:
        known.pop(next(iter(tuple(known))), None)
    return found


def _has_begun(kind: str, record_id: str, record: Any, as_of: date) -> bool:
    """Whether a record was there on a day: a review bears its day as its name, a decision has one."""
    if kind == "review":
        return record_id <= str(as_of)
    return not isinstance(record, Decision) or record.date <= as_of


@dataclass(frozen=True)
class Snapshot:
    """The book on a day: every metric is a pure function of it.

    ``whole`` is the book with what came later, ``book`` holds what is dated up to the day. ``since`` and ``until`` narrow
    rates and averages to cohorts or closes of these days, both among them. ``only`` narrows every number to the deals for
    which it holds; the others are neither counted nor named as left out. It ``looks_back`` where what has no day may be of a later one.
    """

    whole: Book
    as_of: date
    since: date | None = None
    until: date | None = None
    only: Callable[[Deal], bool] | None = None
    looks_back: bool = False

    @cached_property
    def book(self) -> Book:
        """What the records say of the days up to this one."""
        return self.whole.until(self.as_of)

    @property
    def unnarrowed(self) -> Snapshot:
        """The same day with every deal and every day up to it; itself where nothing was narrowed."""
        if self.since or self.until or self.only:
            return replace(self, since=None, until=None, only=None)
        return self

    @cached_property
    def found(self) -> dict[Any, Any]:
        """What was worked out of it once, by the function that did (see ``kept_with_snapshot``)."""
        return {}

    @cached_property
    def process(self) -> Process:
        """The process in force on the day."""
        process = self.book.process_on(self.as_of)
        if process is None:
            raise LookupError("a snapshot needs a process")
        return process

    @cached_property
    def numbers(self) -> Numbers:
        """By which numbers the team counts."""
        team = self.book.team
        return (team.numbers if team else None) or Numbers()

    def in_window(self, day: date) -> bool:
        """Whether a cohort or a close of this day is asked for."""
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def counts(self, deal: Deal) -> bool:
        """Whether a deal is among those that are asked for."""
        return self.only is None or self.only(deal)

    def written(self, kind: str, record_id: str) -> dict[str, Any]:
        """What the file of a record says of the days up to this one, as it is written."""
        data, record = self.whole.documents[kind, record_id].data, self.whole.of(kind)[record_id]
        history = self.history(record_id) if kind == "deal" else None
        later = history.later if history else tuple(outside(record, Span(None, self.as_of)))
        found: dict[str, Any] = data_without(data, later) if later else data
        return found

    @cached_property
    def histories(self) -> tuple[DealHistory, ...]:
        """Every deal asked for that had begun, as it stood on the day."""
        return tuple(history for history in self.book.histories.values() if self.counts(history.deal))

    @cached_property
    def unusable(self) -> tuple[LeftOut, ...]:
        """Deals that no number can count; of one that cannot be read nobody knows whether it is asked for, so it is named."""
        deals = self.book.deals
        return tuple(left for left in self.book.unusable if left.deal not in deals or self.counts(deals[left.deal]))

    def history(self, deal: str) -> DealHistory | None:
        """One deal as it stood on the day, also where it is not among those asked for."""
        return self.book.histories.get(deal)

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
        return f"parked until {as_said(span.until)}" if span.until else "parked with no return date"

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


def kept_with_snapshot(work: Callable[[Snapshot], T]) -> Callable[[Snapshot], T]:
    """A function of a snapshot alone, worked out once for each: checks, numbers and pages all ask for the same."""

    @wraps(work)
    def known(snapshot: Snapshot) -> T:
        if work not in snapshot.found:
            snapshot.found[work] = work(snapshot)
        found: T = snapshot.found[work]
        return found

    return known
