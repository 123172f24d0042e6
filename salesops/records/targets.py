"""What the team wants to reach, by when: playbook/targets.yaml."""

from __future__ import annotations

from salesops.records.record import Entries, Past, Record, given, maybe
from salesops.records.scalars import Day, Id, Text

BOUND = "A number for a count or for days, a percentage for a share, an amount for money"


class Target(Record):
    """A sustainability KPI: what must be reached, or not exceeded, by when (Sales Sync, WHY); exactly one of the two bounds."""

    id: Id = given("Its id, which a decision can answer.", "sqd-by-year-end")
    metric: Id = given("The metric that must reach it.", "sqd")
    at_least: Text | None = maybe(f"What must be reached. {BOUND}.", "12", "30%", "20000 USD")
    at_most: Text | None = maybe(f"What must not be exceeded. {BOUND}.", "90", "10%", "5000 USD")
    by: Day = given("By which day.", "2026-12-31")
    why: Text | None = maybe("Why it matters.")

    @property
    def bounds(self) -> dict[str, str]:
        """Its bounds by key; a sound target has one."""
        both = {"at_least": self.at_least, "at_most": self.at_most}
        return {key: words for key, words in both.items() if words is not None}

    @property
    def bound(self) -> str:
        """What it aims for, as written; nothing where it says nothing."""
        return next(iter(self.bounds.values()), "")

    @property
    def is_ceiling(self) -> bool:
        """Whether less is better."""
        return self.at_least is None


class Targets(Record):
    """All targets: playbook/targets.yaml."""

    targets: tuple[Target, ...] = given("The targets.", entries=Entries(("id",)), past=Past.ENTRIES_NAMED)
