"""What waits in the playbook: decisions that are to be looked at again, actions of reviews, experiments that are over."""

from __future__ import annotations

from collections.abc import Iterator

from salesops.book.book import Snapshot
from salesops.book.waiting import Waiting
from salesops.records.learning import Action


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
