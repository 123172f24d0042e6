"""The monthly review: what the last closed deals show, and how little so few can show (``reference/definitions#weekly-review``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from salesops.book.book import Snapshot
from salesops.book.status import Standing
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.statistics import ENOUGH, difference, wilson
from salesops.metrics.wording import between
from salesops.output import counted
from salesops.records.deal import Loss
from salesops.records.process import LOST, WON
from salesops.reports.sections import Head, Paper, SheetCell, SheetSection, cells

NOT_SAID = "not said"


class Closed(NamedTuple):
    """An attempt that was closed: the deal, the visit by which it was, and what is said of a loss."""

    history: DealHistory
    closing: Visit
    before: str
    loss: Loss | None

    @property
    def is_won(self) -> bool:
        """Whether it was won."""
        return self.closing.outcome == WON


@dataclass(frozen=True)
class PatternRow:
    """How many of those with something in common were won, or were lost so; and between what the true share may lie."""

    subject: str
    name: str
    hits: int
    out_of: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval."""
        return wilson(self.hits, self.out_of)

    def as_data(self) -> dict[str, Any]:
        """As ``review --month --format json`` gives it."""
        return asdict(self) | {"interval": list(self.interval) if self.interval else None}


@dataclass(frozen=True)
class StaleRow:
    """Something that the team holds to be true, and the last day on which a deal spoke for it."""

    what: str
    claim: str
    last: date | None

    def as_data(self) -> dict[str, Any]:
        """As ``review --month --format json`` gives it."""
        return asdict(self)


@dataclass(frozen=True)
class MonthlyReview:
    """What a month's review looks at: the closed deals, what they have in common, what needs another look, what was changed."""

    snapshot: Snapshot
    first: date
    closed: tuple[Closed, ...]
    patterns: tuple[PatternRow, ...]
    stale: tuple[StaleRow, ...]
    evidence: tuple[tuple[str, date, str, tuple[str, ...]], ...]
    changed: tuple[tuple[date, str, str], ...]

    @property
    def of_the_month(self) -> int:
        """How many of the closed deals were closed in the month."""
        return sum(each.closing.entered >= self.first for each in self.closed)

    def as_data(self) -> dict[str, Any]:
        """As ``review --month --format json`` gives it."""
        return {
            "as_of": self.snapshot.as_of,
            "month": f"{self.first:%Y-%m}",
            "closed_in_month": self.of_the_month,
            "closed": [_closed_as_data(each) for each in self.closed],
            "said": list(what_can_be_said(len(self.closed), self.snapshot.numbers.enough)),
            "patterns": [row.as_data() for row in self.patterns],
            "evidence": [
                {"hypothesis": name, "date": day, "note": note, "deals": list(deals)}
                for name, day, note, deals in self.evidence
            ],
            "stale": [row.as_data() for row in self.stale],
            "changed": [{"date": day, "what": what, "note": note} for day, what, note in self.changed],
        }


def last_day_of(first: date) -> date:
    """The last day of the month that begins on a day."""
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_over(day: date) -> date:
    """The first day of the last month that is over on a day; a month is over on its last day."""
    return ((day + timedelta(days=1)).replace(day=1) - timedelta(days=1)).replace(day=1)


def monthly_review(snapshot: Snapshot, first: date) -> MonthlyReview:
    """The review of the month that begins on a day; the snapshot is of its last day, or of one before it while it runs."""
    closed = _closed(snapshot, first)
    return MonthlyReview(
        snapshot,
        first,
        tuple(closed),
        tuple(_patterns(snapshot, closed)),
        tuple(_stale(snapshot)),
        tuple(_evidence(snapshot, first)),
        tuple(sorted(_changed(snapshot, first))),
    )


# ── closed deals ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _closed(snapshot: Snapshot, first: date) -> list[Closed]:
    """The attempts that were closed in the month, and before them the last ones, up to as many in all as the team says; the newest first."""
    every = [
        Closed(history, closing, _stage_before(snapshot, history, closing), dict(history.lost).get(closing))
        for history in snapshot.histories
        for closing in history.closings
    ]
    every.sort(key=lambda each: (-each.closing.entered.toordinal(), each.history.id, -each.closing.attempt))
    of_month = sum(each.closing.entered >= first for each in every)
    return every[: max(of_month, snapshot.numbers.closed_looked_at)]


def _stage_before(snapshot: Snapshot, history: DealHistory, closing: Visit) -> str:
    """The stage from which an attempt was closed; nothing where it began with its close."""
    attempt = history.attempts[closing.attempt - 1]
    at = attempt.index(closing)
    return snapshot.stage(attempt[at - 1].stage).title if at else ""


def what_can_be_said(count: int, enough: int = ENOUGH) -> Iterator[str]:
    """What so many closed deals can tell, and what they cannot; below ``enough`` there are too few for patterns."""
    if count < enough:
        yield f"{counted(count, 'closed deal')} so far: too few to look for patterns. From {enough} on there is something to compare."
    if not count:
        return
    half = wilson(count // 2, count)
    never = wilson(0, count)
    assert half and never, "something was counted"  # noqa: PT018 - both or none
    yield f"{count // 2} of {count:,} with something in common mean that the true share is within {between(half)}."
    yield f"What none of the {count:,} had may still be so for up to {never[1] * 100:.0f} % of all deals."
    gap = least_difference(count // 2)
    if gap is None:
        yield "No difference between two halves of them could be told from chance."
    else:
        yield f"Between two halves of them ({count // 2} deals each), a difference below {gap * 100:.0f} points cannot be told from chance."


def least_difference(each: int) -> float | None:
    """The smallest difference of two shares around one half, of so many each, whose 95 % interval leaves out zero; None where none does."""
    for more in range(1, each + 1):
        low = (each - more) // 2
        found = difference(low + more, each, low, each)
        if found and found[1][0] > 0:
            return more / each
    return None


# ── patterns ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _patterns(snapshot: Snapshot, closed: Sequence[Closed]) -> Iterator[PatternRow]:
    lost = [each for each in closed if not each.is_won]
    if closed:
        yield PatternRow("Won", "of all that were closed", len(closed) - len(lost), len(closed))
    yield from _shares("Lost because of", [(each.loss.reason if each.loss else None) or NOT_SAID for each in lost])
    yield from _shares("Verdict on a loss", [(each.loss.verdict if each.loss else None) or NOT_SAID for each in lost])
    yield from _shares("Lost from", [each.before for each in lost if each.before])
    yield from _won_by("Won, by source", ((_source(each), each) for each in closed))
    yield from _won_by("Won, by fit", ((_fit(each), each) for each in closed))


def _shares(subject: str, names: Sequence[str]) -> Iterator[PatternRow]:
    """How many of all have each name, the most first."""
    for name, count in sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])):
        yield PatternRow(subject, name, count, len(names))


def _won_by(subject: str, named: Iterable[tuple[str, Closed]]) -> Iterator[PatternRow]:
    """How many of each name were won, the most frequent first."""
    groups: dict[str, list[Closed]] = {}
    for name, each in named:
        groups.setdefault(name, []).append(each)
    for name, found in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        yield PatternRow(subject, name, sum(each.is_won for each in found), len(found))


def _source(closed: Closed) -> str:
    source = closed.history.deal.source
    return (source.channel if source else None) or NOT_SAID


def _fit(closed: Closed) -> str:
    """The hypothesis that a deal names, and whether it was found to fit."""
    fit = closed.history.deal.icp
    if fit is None or not fit.hypothesis:
        return NOT_SAID
    return f"{fit.hypothesis}: {'fits' if fit.fit else 'does not fit' if fit.fit is False else 'fit not judged'}"


# ── what the team believes ────────────────────────────────────────────────────────────────────────────────────────────


def _evidence(snapshot: Snapshot, first: date) -> Iterator[tuple[str, date, str, tuple[str, ...]]]:
    """What was written down of the month for or against each hypothesis."""
    for name, hypothesis in sorted(snapshot.book.icp.items()):
        for seen in hypothesis.evidence:
            if first <= seen.date <= snapshot.as_of:
                yield name, seen.date, seen.note, seen.deals


def _stale(snapshot: Snapshot) -> Iterator[StaleRow]:
    """What is held to be true and was not seen again for as many days as the team says: hypotheses, and answers to the questions of the stages."""
    oldest = snapshot.as_of - timedelta(days=snapshot.numbers.fades_after)
    for name, hypothesis in sorted(snapshot.book.icp.items()):
        last = max([hypothesis.since, *(seen.date for seen in hypothesis.evidence)])
        if hypothesis.status in ("testing", "supported") and last < oldest:
            yield StaleRow(f"hypothesis {name}", hypothesis.claim, last)
    answered = _answers(snapshot)
    for name, stage in snapshot.process.stages.items():
        newest = answered.get(name)
        if stage.learning and (newest is None or newest < oldest):
            yield StaleRow(stage.title, stage.learning, newest)


def _answers(snapshot: Snapshot) -> dict[str, date]:
    """The newest day on which a deal answered the question of each stage."""
    found: dict[str, date] = {}
    for history in snapshot.histories:
        for entry in history.deal.learned:
            name = snapshot.name(entry.stage)
            found[name] = max(found.get(name, entry.date), entry.date)
    return found


def _changed(snapshot: Snapshot, first: date) -> Iterator[tuple[date, str, str]]:
    """What the team changed of how it works: versions of the process and of hypotheses, and decisions."""
    days = (first, snapshot.as_of)
    for process in snapshot.book.processes:
        if days[0] <= process.in_force <= days[1] and not process.is_of_imports:
            yield process.in_force, f"process {process.version}", process.changelog
    for name, hypothesis in snapshot.book.icp.items():
        for entry in hypothesis.changelog:
            if days[0] <= entry.date <= days[1]:
                yield entry.date, f"hypothesis {name}, version {entry.version}", entry.note
    for name, decision in snapshot.book.decisions.items():
        if days[0] <= decision.date <= days[1]:
            yield decision.date, f"decision {name}: {decision.verdict}", decision.why


# ── in sections ───────────────────────────────────────────────────────────────────────────────────────────────────────


def in_sections(review: MonthlyReview) -> Paper:
    """The whole review."""
    count, of_month = len(review.closed), review.of_the_month
    said = (
        f"{counted(of_month, 'deal')} closed in the month"
        + (f", and the last {count - of_month:,} before it" if count > of_month else "")
        + f"; as of {review.snapshot.as_of}."
    )
    sections = (
        _deals_section(review),
        _patterns_section(review),
        _evidence_section(review),
        _stale_section(review),
        _changed_section(review),
    )
    return Paper(
        f"Monthly review of {review.first:%B %Y}",
        (said, *what_can_be_said(count, review.snapshot.numbers.enough)),
        sections,
    )


def _deals_section(review: MonthlyReview) -> SheetSection:
    heads = (
        Head("Deal"),
        Head("Outcome"),
        Head("Day"),
        Head("From"),
        Head("Reason"),
        Head("What we learned", words=True),
    )
    rows = tuple(_deal_row(review.snapshot, each) for each in review.closed)
    return SheetSection("closed", "Closed deals", (), heads, rows, "No deal was closed yet.")


def _deal_row(snapshot: Snapshot, each: Closed) -> tuple[SheetCell, ...]:
    name = SheetCell(Standing(snapshot, each.history).member_name, ("deal", each.history.id))
    reason = each.loss.reason if each.loss else None
    return cells(name, each.closing.outcome, each.closing.entered, each.before, reason, _learning(each))


def _learning(each: Closed) -> str | None:
    said = each.loss if each.closing.outcome == LOST else each.history.deal.win
    return said.learning if said else None


def _closed_as_data(each: Closed) -> dict[str, Any]:
    told = {"deal": each.history.id, "outcome": each.closing.outcome, "day": each.closing.entered, "from": each.before}
    return {**told, "reason": each.loss.reason if each.loss else None, "learning": _learning(each)}


def _patterns_section(review: MonthlyReview) -> SheetSection:
    heads = (Head("Pattern"), Head("Which"), Head("Counted", right=True), Head("95 % interval", right=True))
    rows = tuple(
        cells(row.subject, row.name, f"{row.hits} of {row.out_of}", between(row.interval)) for row in review.patterns
    )
    said = (
        ("The interval is where the true share may lie. Intervals that overlap are no difference yet.",) if rows else ()
    )
    return SheetSection("patterns", "Patterns", said, heads, rows, "There is nothing to compare.")


def _evidence_section(review: MonthlyReview) -> SheetSection:
    heads = (Head("Hypothesis"), Head("Day"), Head("Deals"), Head("What was seen", words=True))
    rows = tuple(cells(name, day, ", ".join(deals), note) for name, day, note, deals in review.evidence)
    return SheetSection(
        "evidence", "What was seen of our ideal customers", (), heads, rows, "Nothing was written down in the month."
    )


def _stale_section(review: MonthlyReview) -> SheetSection:
    heads = (Head("Where"), Head("Last seen"), Head("What", words=True))
    rows = tuple(cells(row.what, row.last or "never", row.claim) for row in review.stale)
    title = f"Not seen again for {review.snapshot.numbers.fades_after} days"
    said = ("Look for a deal that speaks for it or against it, or let it go.",) if rows else ()
    return SheetSection("stale", title, said, heads, rows, "Everything that we hold to be true was seen again.")


def _changed_section(review: MonthlyReview) -> SheetSection:
    heads = (Head("Day"), Head("What"), Head("Why", words=True))
    rows = tuple(cells(*entry) for entry in review.changed)
    return SheetSection("changed", "How we work: what changed", (), heads, rows, "The process stayed as it is.")
