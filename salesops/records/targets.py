"""What the team wants to reach, by when: playbook/targets.yaml."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from salesops.records.record import Entries, Past, Record, given, maybe
from salesops.records.scalars import Day, Id, Text, money, percent, whole


class Target(Record):
    """A sustainability KPI: what must be reached by when (Sales Sync, WHY)."""

    id: Id = given("Its id.", "sqd-by-year-end")
    metric: Id = given("The metric that must reach it.", "sqd")
    at_least: Text = given("A count, a percentage or an amount of money.", "12", "30%", "20000 USD")
    by: Day = given("By which day.", "2026-12-31")
    why: Text | None = maybe("Why it matters.")

    def fits(self, kind: str) -> bool:
        """Whether it is written in the unit of a metric of this kind: count, share, money or days."""
        reader = {"share": percent, "money": money}.get(kind, whole)
        try:
            reader(self.at_least)
        except PydanticCustomError:
            return False
        return True


class Targets(Record):
    """All targets: playbook/targets.yaml."""

    targets: tuple[Target, ...] = given("The targets.", entries=Entries(("id",)), past=Past.ENTRIES_NAMED)
