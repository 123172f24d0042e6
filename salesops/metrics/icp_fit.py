"""How well each version of an ICP hypothesis tells wins from losses, and whether its prediction came true (``reference/definitions#icp-fit``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from salesops.book.book import Snapshot
from salesops.book.exit_criteria import Facts, facts_at
from salesops.book.icp_score import has_begun, score
from salesops.book.visits import DealHistory, Visit
from salesops.metrics.conversions import CONVERTED, FAILED, OPEN, PARKED, Attempt, attempts_at
from salesops.metrics.metric import every_metric
from salesops.metrics.readings import AttemptKey, Share, tally
from salesops.records.dated import Span
from salesops.records.deal import NEW
from salesops.records.learning import Hypothesis, Prediction
from salesops.records.process import WON

HOLDS, FAILS, OPEN_QUESTION, TOO_FEW = "holds", "does not hold", "cannot tell yet", "too few"


@dataclass(frozen=True)
class ScoredFit:
    """The conditions of one version of a hypothesis against the attempts that were closed.

    ``precision`` is won among those that meet all of them, ``recall`` those that meet them among the won. ``missed`` are
    wins that do not meet them, ``taken_in`` losses that do.
    """

    hypothesis: Hypothesis
    precision: Share
    recall: Share
    missed: tuple[AttemptKey, ...] = ()
    taken_in: tuple[AttemptKey, ...] = ()
    is_current: bool = True


@dataclass(frozen=True)
class Foretold:
    """What a hypothesis predicts of a conversion, the share of the attempts that were judged to fit it, and that of all others."""

    prediction: Prediction
    title: str
    fits: Share
    others: Share

    @property
    def verdict(self) -> str:
        """Whether the whole interval lies on one side of what was foretold."""
        interval, bound = self.fits.interval, float(self.prediction.at_least)
        if interval is None or not self.fits.is_enough:
            return TOO_FEW
        return HOLDS if interval[0] >= bound else FAILS if interval[1] < bound else OPEN_QUESTION


@dataclass(frozen=True)
class ClosedAttempt:
    """A closed attempt of new business, with what its record had to show by the day of the close; nothing of why it was won or lost."""

    key: AttemptKey
    is_won: bool
    facts: Facts


def closed_attempts(snapshot: Snapshot) -> Iterator[ClosedAttempt]:
    """The attempts of new business that were closed up to the day."""
    for history in snapshot.histories:
        for visits in history.attempts if history.type == NEW else ():
            closing = snapshot.closing(visits)
            if closing:
                key = AttemptKey(history.id, closing.attempt)
                yield ClosedAttempt(key, snapshot.stage(closing.stage).outcome == WON, _known_at(history, closing))


def _known_at(history: DealHistory, closing: Visit) -> Facts:
    at = facts_at(history, closing.line)
    return replace(at, span=Span(None, closing.entered), loss=None, win=None)


def hypotheses(snapshot: Snapshot) -> list[tuple[str, Hypothesis]]:
    """The hypotheses that there were on the day, by name."""
    return [(name, each) for name, each in sorted(snapshot.book.icp.items()) if has_begun(each, snapshot.as_of)]


def fits(snapshot: Snapshot, earlier: Mapping[str, Iterable[Hypothesis]] | None = None) -> dict[str, list[ScoredFit]]:
    """Each hypothesis by name, its versions with conditions the newest first, all on the same attempts; ``earlier`` are those that git has."""
    closed: list[ClosedAttempt] = []
    found: dict[str, list[ScoredFit]] = {}
    for name, current in hypotheses(snapshot):
        before = [each for each in (earlier or {}).get(name, ()) if each.version != current.version]
        versions = [current, *sorted(before, key=lambda each: each.version, reverse=True)]
        if any(each.when for each in versions):
            closed = closed or list(closed_attempts(snapshot))
        found[name] = [replace(_fit(closed, each), is_current=each is current) for each in versions if each.when]
    return found


def _fit(closed: Sequence[ClosedAttempt], hypothesis: Hypothesis) -> ScoredFit:
    fitting = {each.key for each in closed if not score(each.facts, hypothesis).missing}
    won = [each.key for each in closed if each.is_won]
    lost = [each.key for each in closed if not each.is_won]
    both = [key for key in won if key in fitting]
    return ScoredFit(
        hypothesis,
        _of(both, [each.key for each in closed if each.key in fitting]),
        _of(both, won),
        tuple(key for key in won if key not in fitting),
        tuple(key for key in lost if key in fitting),
    )


def _of(hits: list[AttemptKey], out_of: list[AttemptKey]) -> Share:
    return Share(
        hits=len(hits),
        out_of=len(out_of),
        hit=tuple(dict.fromkeys(key.deal for key in hits)),
        included=tuple(dict.fromkeys(key.deal for key in out_of)),
        attempts_counted=tuple(out_of),
    )


def foretold(snapshot: Snapshot, name: str, hypothesis: Hypothesis) -> Foretold | None:
    """The prediction of a hypothesis against what was measured; None where it predicts nothing that the process counts."""
    predicts = hypothesis.predicts
    conversion = next((it for it in snapshot.process.conversions if predicts and it.id == predicts.conversion), None)
    if predicts is None or conversion is None:
        return None
    every = [it for it in attempts_at(snapshot, conversion.from_, conversion.to) if it.became in _COUNTED]
    judged = [is_judged_to_fit(it.history, name, hypothesis.version) for it in every]
    title = next((it.title for it in every_metric(snapshot.process) if it.id == conversion.id), conversion.id)
    return Foretold(
        predicts,
        title,
        _share([it for it, own in zip(every, judged, strict=True) if own], snapshot.numbers.enough),
        _share([it for it, own in zip(every, judged, strict=True) if not own], snapshot.numbers.enough),
    )


_COUNTED = (CONVERTED, FAILED, OPEN, PARKED)


def is_judged_to_fit(history: DealHistory, name: str, version: int) -> bool:
    """Whether somebody judged that a deal fits a version of a hypothesis; one that names no version is taken for any."""
    fit = history.deal.icp
    return fit is not None and fit.fit is True and fit.hypothesis == name and fit.version in (None, version)


def _share(attempts: list[Attempt], floor: int) -> Share:
    counts = tally(it.became for it in attempts)
    decided = [it for it in attempts if it.became in (CONVERTED, FAILED)]
    hits = counts.get(CONVERTED, 0)
    return Share(
        hits=hits,
        out_of=len(decided),
        open=counts.get(OPEN, 0),
        parked=counts.get(PARKED, 0),
        hit=tuple(dict.fromkeys(it.history.id for it in decided if it.became == CONVERTED)),
        included=tuple(dict.fromkeys(it.history.id for it in decided)),
        attempts_counted=tuple(it.key for it in decided),
        floor=floor,
    )


def as_bound(share: Decimal) -> str:
    """``at least 40 %``."""
    return f"at least {(share * 100).normalize():f} %"
