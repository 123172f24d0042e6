"""How well a deal fits an ICP hypothesis: which of its conditions the deal meets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from salesops.book.book import Snapshot
from salesops.book.exit_criteria import Facts, facts_on, is_met
from salesops.book.visits import DealHistory
from salesops.records.dated import Span
from salesops.records.learning import Hypothesis
from salesops.records.process import Need


@dataclass(frozen=True)
class Score:
    """The conditions of a hypothesis, by whether a deal meets them; ``version`` is that of the hypothesis."""

    version: int
    met: tuple[Need, ...]
    missing: tuple[Need, ...]

    @property
    def in_words(self) -> str:
        """``2 of 3 conditions``."""
        of = len(self.met) + len(self.missing)
        return f"{len(self.met)} of {of} condition{'' if of == 1 else 's'}"


def has_begun(hypothesis: Hypothesis, as_of: date) -> bool:
    """Whether some version of a hypothesis was there on a day; one that is changed later is read as it is written now."""
    return min([hypothesis.since, *(entry.date for entry in hypothesis.changelog)]) <= as_of


def score(facts: Facts, hypothesis: Hypothesis) -> Score:
    """What a deal has to show, held against the conditions of a hypothesis."""
    met = tuple(need for need in hypothesis.when if is_met(facts, need))
    return Score(hypothesis.version, met, tuple(need for need in hypothesis.when if need not in met))


def score_on(snapshot: Snapshot, history: DealHistory) -> Score | None:
    """The score of a deal on a day by the hypothesis that it names; None where that has no conditions to hold it against."""
    fit = history.deal.icp
    hypothesis = snapshot.book.icp.get(fit.hypothesis) if fit and fit.hypothesis else None
    if hypothesis is None or not hypothesis.when:
        return None
    ever = replace(facts_on(history, snapshot.as_of), span=Span(None, snapshot.as_of))
    return score(ever, hypothesis)
