"""What the numbers did after a decision: the metric of the red line or the target that it answers, then and since (``reference/definitions#red-lines``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from salesops.book.book import Snapshot
from salesops.metrics.metric import Metric, every_metric
from salesops.metrics.red_lines import has_ended, outcomes
from salesops.metrics.statistics import Interval, difference
from salesops.metrics.wording import NO_DATA, headline, percent
from salesops.records.learning import Decision
from salesops.records.process import RedLine

BETTER, WORSE, UNCERTAIN = "better", "worse", "cannot tell yet"


@dataclass(frozen=True)
class DecisionScore:
    """A decision, its metric up to its day and since, and what can be said of the difference.

    ``apart`` is how much higher the share is since, in its interval; None where too few outcomes came on either side, or where the metric
    is not made of single outcomes.
    """

    id: str
    decision: Decision
    title: str
    then: str
    since: str
    verdict: str = ""
    apart: tuple[float, Interval] | None = None
    is_over: bool = False
    """Whether the day until which it was to hold has passed."""


def decisions_scored(snapshot: Snapshot) -> list[DecisionScore]:
    """Every decision up to the day that answers a red line or a target, the newest first."""
    found = sorted(snapshot.book.decisions.items(), key=lambda entry: (entry[1].date, entry[0]), reverse=True)
    return [score for name, decision in found for score in _scored(snapshot, name, decision)]


def _scored(snapshot: Snapshot, name: str, decision: Decision) -> Iterator[DecisionScore]:
    line = _line(snapshot, decision)
    metric_id = line.metric if line else _of_target(snapshot, decision)
    watched = next((each for each in every_metric(snapshot.process) if each.id == metric_id), None)
    if watched is None or watched.measure is None:
        return
    is_over = has_ended(decision, snapshot.as_of)
    single = outcomes(snapshot, line) if line else None
    if line is None or single is None:
        then, now = (_read(watched, snapshot, day) for day in (decision.date, snapshot.as_of))
        yield DecisionScore(name, decision, watched.title, then, now, is_over=is_over)
        return
    before = [each.is_hit for each in single if each.day <= decision.date]
    after = [each.is_hit for each in single if each.day > decision.date]
    apart = (
        difference(sum(after), len(after), sum(before), len(before))
        if min(len(after), len(before)) >= snapshot.numbers.enough
        else None
    )
    said = verdict(apart, is_more_better=line.above is None)
    yield DecisionScore(name, decision, watched.title, _share(before), _share(after), said, apart, is_over)


def _line(snapshot: Snapshot, decision: Decision) -> RedLine | None:
    """The red line that a decision answers, as the newest version that has it draws it; over all that was decided, whatever it looks back at."""
    versions = (snapshot.process, *reversed(snapshot.book.processes))
    found = next((line for version in versions for line in version.red_lines if line.id == decision.answers), None)
    return found.model_copy(update={"since": None, "last": None}) if found else None


def _of_target(snapshot: Snapshot, decision: Decision) -> str | None:
    targets = snapshot.book.targets.targets if snapshot.book.targets else ()
    return next((target.metric for target in targets if target.id == decision.answers), None)


def _read(watched: Metric, snapshot: Snapshot, day: date) -> str:
    then = snapshot if day == snapshot.as_of else snapshot.whole.on(day)
    return headline(watched.measure(then)) if watched.measure and then.book.processes else NO_DATA


def _share(hits: list[bool]) -> str:
    return f"{sum(hits)} of {len(hits)} ({percent(sum(hits) / len(hits))})" if hits else NO_DATA


def verdict(apart: tuple[float, Interval] | None, is_more_better: bool) -> str:
    """Better or worse, where the interval of a difference leaves out 0."""
    if apart is None or apart[1][0] <= 0 <= apart[1][1]:
        return UNCERTAIN
    return BETTER if (apart[0] > 0) is is_more_better else WORSE
