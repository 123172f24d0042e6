"""What waits in the playbook: decisions that are to be looked at again, actions of reviews, experiments that are over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from salesops.book.book import Snapshot
from salesops.book.waiting import Waiting
from salesops.records.learning import Action
from salesops.records.scalars import day_or_none


@dataclass(frozen=True)
class OpenAction:
    """An action that is not done: the review that lists it last, and the first one from which on it was carried over."""

    review: str
    at: int
    action: Action
    since: date

    def is_late(self, as_of: date) -> bool:
        """Whether its day has passed."""
        return self.action.due is not None and self.action.due < as_of


def open_actions(snapshot: Snapshot, before: date | None = None) -> list[OpenAction]:
    """What the reviews agreed and is not done, the longest open first; only of reviews ``before`` a day, where one is given."""
    reviews = {
        name: found for name, found in sorted(snapshot.book.reviews.items()) if before is None or name < str(before)
    }
    last: dict[tuple[str | None, str], OpenAction] = {}
    for name, found in reviews.items():
        day = day_or_none(name)
        for at, action in enumerate(found.actions):
            known = last.get(_same(action))
            is_new = known is None or known.action.done or known.review == name
            since = day or date.min if known is None or is_new else known.since
            last[_same(action)] = OpenAction(name, at, action, since)
    still = [each for each in last.values() if not each.action.done]
    return sorted(still, key=lambda each: (each.since, each.action.due or date.max, each.review, each.at))


def decision_due(snapshot: Snapshot, decision: str) -> Iterator[Waiting]:
    """A decision whose day has passed, and no newer one answers the same."""
    found = snapshot.book.decisions.get(decision)
    if found is None or found.until is None or found.until >= snapshot.as_of:
        return
    newer = (other for other in snapshot.book.decisions.values() if other.date > found.date)
    if not any(found.answers and other.answers == found.answers for other in newer):
        yield Waiting(
            "decision-due",
            *("decision", decision, None, found.until),
            f"to be looked at again by {found.until}, and no newer decision answers the same",
            ("until",),
            help="decide again in a new file, with the same answers:; or move the day",
        )


def action_overdue(snapshot: Snapshot, review: str) -> Iterator[Waiting]:
    """An action of a review that is not done and should be; a later review that lists it again takes it over."""
    found = snapshot.book.reviews.get(review)
    for at, action in enumerate(found.actions if found else ()):
        is_late = action.due and action.due < snapshot.as_of and not action.done
        if action.due and is_late and not _is_taken_over(snapshot, review, action):
            yield Waiting(
                "action-overdue",
                *("review", review, action.owner, action.due),
                f"was due on {action.due}: {action.action}",
                ("actions", at, "due"),
                help="write done: true, or take it into the next review with a new day",
            )


def _is_taken_over(snapshot: Snapshot, review: str, action: Action) -> bool:
    later = (found for name, found in snapshot.book.reviews.items() if name > review)
    return any(_same(action) == _same(other) for found in later for other in found.actions)


def _same(action: Action) -> tuple[str | None, str]:
    """What two actions agree in that are one: the deal, and what is to be done, however it is spaced or capitalised."""
    return action.deal, " ".join(action.action.casefold().split()).rstrip(".")


def experiment_over(snapshot: Snapshot, experiment: str) -> Iterator[Waiting]:
    """An experiment that runs on past the last day of its cohort, without a result."""
    found = snapshot.book.experiments.get(experiment)
    until = found.cohort.until if found and found.cohort else None
    if found and until and until < snapshot.as_of and found.status == "running" and not found.result:
        yield Waiting(
            "experiment-over",
            *("experiment", experiment, found.owner, until),
            f"the cohort ended on {until}, and there is no result",
            ("cohort", "until"),
            help="write the result and what was learned, and the status done or abandoned",
        )
