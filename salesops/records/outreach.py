"""What came of a message that was sent to many: playbook/outreach/<message>-<version>.yaml."""

from __future__ import annotations

import datetime

from salesops.records.record import Entries, Past, Record, given, many, maybe
from salesops.records.scalars import Happened, Text, Whole


class Results(Record):
    """What was counted on a day: all that is new since the entry before."""

    date: Happened = given("The day of the count.", "2026-03-02")
    sent: Whole | None = maybe("How many were sent.", "40")
    bounced: Whole | None = maybe("How many came back.", "2")
    opened: Whole | None = maybe("How many were opened.", "18")
    replied: Whole | None = maybe("How many were answered.", "5")
    note: Text | None = maybe("What was seen.")


class Outreach(Record):
    """The results of one version of a message; the file of `intro@2` is called intro-2.yaml."""

    message: Text = given("The template and its version.", "intro@2", past=Past.SIGNED)
    results: tuple[Results, ...] = many(
        "The counts, oldest first.", entries=Entries(("date",), called="count of"), past=Past.ENTRIES_NAMED
    )
    note: Text | None = maybe("What it is for.", past=Past.FREE)

    def total(self, name: str, until: datetime.date) -> int:
        """How many were ``sent``, ``bounced``, ``opened`` or ``replied`` up to a day."""
        return sum(getattr(entry, name) or 0 for entry in self.results if entry.date <= until)
