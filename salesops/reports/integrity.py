"""How far the history of the records can be trusted: what was entered late, pushed, or changed after the fact (metrics 5.11 and 5.15; features, Beyond 19)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from salesops.chronicle import Chronicle, Commit, Entry
from salesops.metrics.readings import Days, tally

LATE = 7
"""Days after which an entry is late enough to be named."""
PUSHES = 3
"""So many times a close date may move before it is named as drifting."""
JUST_BEFORE = timedelta(days=30)
"""An owner who changes this shortly before the close is named."""
DATED = frozenset({"new", "moved", "won", "lost", "reopened", "logged"})
CLOSES = frozenset({"won", "lost"})
AMOUNTS = frozenset({"priced", "contract"})


@dataclass(frozen=True)
class Finding:
    """One thing worth a look: the deal, what happened, and the commit by which it became known.

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
class Integrity:
    """What the commits tell about the records: ``lag`` is days from the event to the commit, of every dated entry."""

    lag: Days
    late: tuple[Finding, ...]
    pushed: tuple[Finding, ...]
    after_close: tuple[Finding, ...]
    owners: tuple[Finding, ...]
    corrected: tuple[Finding, ...]
    removed: tuple[Finding, ...]

    @property
    def chapters(self) -> tuple[tuple[str, str, tuple[Finding, ...]], ...]:
        """Title, meaning and findings of each part of the report."""
        return (
            (
                "Entered late",
                f"A move or contact that was written down {LATE} days or more after it happened.",
                self.late,
            ),
            ("Close dates that drift", f"Expected closes that were put off {PUSHES} times or more.", self.pushed),
            (
                "Amounts changed after the close",
                "Value or contract of a deal that was already won or lost.",
                self.after_close,
            ),
            ("Owners changed before the close", f"Within {JUST_BEFORE.days} days before the win or loss.", self.owners),
            (
                "The past, corrected",
                "Signed corrections and waivers, and alterations that nobody signed.",
                self.corrected,
            ),
            ("Removed", "Records that were deleted.", self.removed),
        )

    def as_data(self) -> dict[str, Any]:
        """As ``integrity --format json`` gives it."""
        names = ("late", "pushed", "after_close", "owners", "corrected", "removed")
        lag = {key: value for key, value in self.lag.as_data().items() if key not in ("included", "excluded")}
        return {"lag": lag, **{name: [finding.as_data() for finding in getattr(self, name)] for name in names}}


def integrity(known: Chronicle) -> Integrity:
    """The report on every deal of a chronicle, the gravest first."""
    deals = {id: entries for (kind, id), entries in sorted(known.records.items()) if kind == "deal"}
    lags = [lag for id, entries in deals.items() for lag in _lags(id, entries)]
    return Integrity(
        lag=Days(
            values=tuple(finding.days for finding in lags),
            split=tally(finding.commit.author for finding in lags),
            included=tuple(dict.fromkeys(finding.deal for finding in lags)),
        ),
        late=_gravest(finding for finding in lags if finding.days >= LATE),
        pushed=_gravest(finding for id, entries in deals.items() for finding in _pushed(id, entries)),
        after_close=_newest(finding for id, entries in deals.items() for finding in _after_close(id, entries)),
        owners=_newest(finding for id, entries in deals.items() for finding in _owners(id, entries)),
        corrected=_newest(
            finding
            for id, entries in deals.items()
            for finding in _of_kinds(id, entries, "past", "corrected", "waived")
        ),
        removed=_newest(
            Finding(ref[1], entry.change.sentence, entry.commit)
            for ref, entries in known.records.items()
            for entry in entries
            if entry.change.kind == "removed"
        ),
    )


def _gravest(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (-one.days, one.deal, one.commit.time)))


def _newest(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (-one.commit.time, one.deal)))


def _lags(deal: str, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Days from each dated event to the commit that told of it; what came with the first commit was entered elsewhere."""
    for entry in entries:
        day = _day(entry.change.date)
        if day and entry.change.kind in DATED and not entry.was_brought and day <= entry.commit.day:
            yield Finding(deal, entry.change.what, entry.commit, (entry.commit.day - day).days)


def _pushed(deal: str, entries: Sequence[Entry]) -> Iterator[Finding]:
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
        yield Finding(deal, f"put off {len(pushes)} times, {days} days in all", pushes[-1][0].commit, days)


def _after_close(deal: str, entries: Sequence[Entry]) -> Iterator[Finding]:
    closed: Commit | None = None
    for entry in entries:
        if entry.change.kind in CLOSES:
            closed = entry.commit
        elif entry.change.kind == "reopened":
            closed = None
        elif closed and entry.commit != closed and entry.change.kind in AMOUNTS:
            yield Finding(deal, entry.change.what, entry.commit, (entry.commit.day - closed.day).days)


def _owners(deal: str, entries: Sequence[Entry]) -> Iterator[Finding]:
    closes = [day for entry in entries if entry.change.kind in CLOSES and (day := _day(entry.change.date))]
    for entry in entries:
        if entry.change.kind == "owner":
            close = next((day for day in closes if timedelta() <= day - entry.commit.day <= JUST_BEFORE), None)
            if close:
                days = (close - entry.commit.day).days
                yield Finding(deal, f"{entry.change.what}, {days} days before the close", entry.commit, days)


def _of_kinds(deal: str, entries: Sequence[Entry], *kinds: str) -> Iterator[Finding]:
    for entry in entries:
        if entry.change.kind in kinds:
            yield Finding(deal, entry.change.what, entry.commit)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
