"""How far the history of the records can be trusted: what was entered late, pushed, or changed after the fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from salesops.changes.timeline import Commit, Event, Timeline
from salesops.metrics.readings import Days, tally
from salesops.output import counted
from salesops.records.deal import Deal, Imported
from salesops.records.scalars import day_or_none

LATE = 7
"""Days after which an entry is late enough to be named."""
PUSHES = 3
"""So many times a close date may move before it is named as drifting."""
JUST_BEFORE = timedelta(days=30)
"""An owner who changes this shortly before the close is named."""
DATED = frozenset({"new", "moved", "won", "lost", "reopened", "logged"})
MOVES = DATED - {"logged"}
CLOSES = frozenset({"won", "lost"})
AMOUNTS = frozenset({"priced", "contract"})
"""Changes of what a deal brings; one with a day of its own is the contract's first entry, which changes nothing."""


@dataclass(frozen=True)
class LateFact:
    """One thing that needs attention: the deal, what happened, and the commit by which it became known.

    ``days`` counts what the finding is about: how late, how far pushed, how long before the close.
    """

    deal: str
    what: str
    commit: Commit
    days: int = 0

    def as_data(self) -> dict[str, Any]:
        """As machines read it."""
        commit = {"commit": self.commit.id, "known": self.commit.day, "author": self.commit.author}
        return {"deal": self.deal, "what": self.what, "days": self.days, **commit}


@dataclass(frozen=True)
class Chapter:
    """Findings of one sort: title, meaning, and what their days count."""

    title: str
    meaning: str
    days: str
    findings: tuple[LateFact, ...]


@dataclass(frozen=True)
class ImportedMoves:
    """The deals of one import, and the moves that came with them: made elsewhere, and in no other figure of the report."""

    source: str
    day: date
    deals: int
    moves: int

    @property
    def sentence(self) -> str:
        """The import in a sentence."""
        return f"{counted(self.moves, 'move')} of {counted(self.deals, 'deal')} came from {self.source} on {self.day}"

    def as_data(self) -> dict[str, Any]:
        """As machines read it."""
        return {"from": self.source, "date": self.day, "deals": self.deals, "moves": self.moves}


Outcome = Callable[[str], str | None]
"""What a stage closes a deal as: won, lost or None."""


@dataclass(frozen=True)
class Integrity:
    """What the commits tell about the records: ``lag`` is days from the event to the commit, of every dated entry."""

    lag: Days
    late: tuple[LateFact, ...]
    pushed: tuple[LateFact, ...]
    after_close: tuple[LateFact, ...]
    owners: tuple[LateFact, ...]
    corrected: tuple[LateFact, ...]
    removed: tuple[LateFact, ...]
    imported: tuple[ImportedMoves, ...] = ()

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The parts of the report, in the order of the page."""
        return (
            Chapter(
                "Entered late",
                f"A move or contact that was written down {LATE} days or more after it happened.",
                "days late",
                self.late,
            ),
            Chapter(
                "Slipping close dates",
                f"Expected close dates that were pushed back {PUSHES} times or more.",
                "days in total",
                self.pushed,
            ),
            Chapter(
                "Value or contract changed after the close",
                "Of deals that were already won or lost; the end of a service is among them.",
                "days after the close was known",
                self.after_close,
            ),
            Chapter(
                "Owners changed before the close",
                f"Within {JUST_BEFORE.days} days before the win or loss.",
                "days before the close",
                self.owners,
            ),
            Chapter(
                "Corrections and waivers",
                "Signed corrections and waivers, and edits of stage history without a correction.",
                "",
                self.corrected,
            ),
            Chapter("Removed", "Records that were deleted.", "", self.removed),
        )

    def as_data(self) -> dict[str, Any]:
        """As ``integrity --format json`` gives it."""
        names = ("late", "pushed", "after_close", "owners", "corrected", "removed")
        lag = {key: value for key, value in self.lag.as_data().items() if key not in ("included", "excluded")}
        imported = {"imported": [entry.as_data() for entry in self.imported]}
        return {
            "lag": lag,
            **{name: [finding.as_data() for finding in getattr(self, name)] for name in names},
            **imported,
        }


def integrity(known: Timeline, outcome: Outcome, records: Mapping[str, Deal] | None = None) -> Integrity:
    """The report on every deal of a timeline, the gravest first; ``outcome`` says what a stage closes a deal as.

    ``records`` are the deals on file: what came with an import is counted apart.
    """
    imports = {deal_id: deal.imported for deal_id, deal in (records or {}).items() if deal.imported}
    deals = {deal_id: entries for (kind, deal_id), entries in sorted(known.records.items()) if kind == "deal"}
    lags = [lag for deal_id, entries in deals.items() for lag in _lags(deal_id, entries, imports.get(deal_id))]
    return Integrity(
        lag=Days(
            values=tuple(finding.days for finding in lags),
            split=tally(finding.commit.author for finding in lags),
            included=tuple(dict.fromkeys(finding.deal for finding in lags)),
        ),
        late=_gravest(finding for finding in lags if finding.days >= LATE),
        pushed=_gravest(finding for deal_id, entries in deals.items() for finding in _pushed(deal_id, entries)),
        after_close=_newest(
            finding for deal_id, entries in deals.items() for finding in _after_close(deal_id, entries, outcome)
        ),
        owners=_newest(finding for deal_id, entries in deals.items() for finding in _owners(deal_id, entries)),
        corrected=_newest(
            finding
            for deal_id, entries in deals.items()
            for finding in _of_kinds(deal_id, entries, "past", "corrected", "waived")
        ),
        removed=_newest(
            LateFact(ref[1], entry.change.sentence, entry.commit)
            for ref, entries in known.records.items()
            for entry in entries
            if entry.change.kind == "removed"
        ),
        imported=tuple(_imports(records or {})),
    )


def _imports(records: Mapping[str, Deal]) -> Iterator[ImportedMoves]:
    """Every import, the newest first, with its deals and their moves."""
    deals: Counter[tuple[date, str]] = Counter()
    moves: Counter[tuple[date, str]] = Counter()
    for deal in records.values():
        if deal.imported:
            deals[deal.imported.date, deal.imported.from_] += 1
            moves[deal.imported.date, deal.imported.from_] += sum(map(deal.was_brought, deal.stages))
    for day, source in sorted(deals, reverse=True):
        yield ImportedMoves(source, day, deals[day, source], moves[day, source])


def _gravest(findings: Iterator[LateFact]) -> tuple[LateFact, ...]:
    return tuple(sorted(findings, key=lambda one: (-one.days, one.deal, one.commit.time)))


def _newest(findings: Iterator[LateFact]) -> tuple[LateFact, ...]:
    return tuple(sorted(findings, key=lambda one: (-one.commit.time, one.deal)))


def _lags(deal: str, entries: Sequence[Event], imported: Imported | None = None) -> Iterator[LateFact]:
    """Days from each dated event to the commit that told of it; what came with an import or the first commit was entered elsewhere."""
    removed = False
    for entry in entries:
        change, day = entry.change, _day(entry.change.date)
        removed = removed or change.kind == "removed"
        is_of_import = bool(imported and day and day <= imported.date and change.kind in MOVES)
        is_known = entry.was_brought or is_of_import or (removed and change.kind == "new")
        if day and change.kind in DATED and not is_known and day <= entry.commit.day:
            what = f"started on {day}: {change.what}" if change.kind == "new" else change.what
            yield LateFact(deal, what, entry.commit, (entry.commit.day - day).days)


def _pushed(deal: str, entries: Sequence[Event]) -> Iterator[LateFact]:
    pushes = [
        (entry, (after - before).days)
        for entry in entries
        if entry.change.kind == "expected close"
        and (before := _day(entry.change.before))
        and (after := _day(entry.change.after))
        and after > before
    ]
    if len(pushes) >= PUSHES:
        days = sum(days for _, days in pushes)
        yield LateFact(deal, f"pushed back {len(pushes)} times", pushes[-1][0].commit, days)


def _after_close(deal: str, entries: Sequence[Event], outcome: Outcome) -> Iterator[LateFact]:
    closed: Commit | None = None
    for entry in entries:
        came_closed = entry.change.kind == "new" and entry.change.after and outcome(entry.change.after)
        if entry.change.kind in CLOSES or came_closed:
            closed = entry.commit
        elif entry.change.kind in ("reopened", "new"):
            closed = None
        elif closed and entry.commit != closed and entry.change.kind in AMOUNTS and not entry.change.date:
            yield LateFact(deal, entry.change.what, entry.commit, (entry.commit.day - closed.day).days)


def _owners(deal: str, entries: Sequence[Event]) -> Iterator[LateFact]:
    closes = [day for entry in entries if entry.change.kind in CLOSES and (day := _day(entry.change.date))]
    for entry in entries:
        if entry.change.kind == "owner":
            close = next((day for day in closes if timedelta() <= day - entry.commit.day <= JUST_BEFORE), None)
            if close:
                days = (close - entry.commit.day).days
                yield LateFact(deal, entry.change.what, entry.commit, days)


def _of_kinds(deal: str, entries: Sequence[Event], *kinds: str) -> Iterator[LateFact]:
    for entry in entries:
        if entry.change.kind in kinds:
            yield LateFact(deal, entry.change.what, entry.commit)


def _day(text: str | None) -> date | None:
    return day_or_none(text or "")
