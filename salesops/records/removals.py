"""Records that were deleted on purpose: playbook/removed.yaml."""

from __future__ import annotations

from typing import Literal

from salesops.records.record import Entries, Past, Record, given
from salesops.records.scalars import Happened, Id, Text

RemovableKind = Literal["deal", "member", "experiment", "icp", "decision", "review", "prices", "outreach"]
"""The kinds of records that go only with a signed line: what they held counts, or was learned from."""


class Removal(Record):
    """A record that was deleted on purpose."""

    kind: RemovableKind = given("What it was.", "deal", "member")
    id: Id = given("Its id.")
    date: Happened = given("When.", "2026-03-01")
    by: Id = given("Who removed it.", "jim")
    why: Text = given("Why.", "Entered twice")


class Removed(Record):
    """All removals: playbook/removed.yaml."""

    removed: tuple[Removal, ...] = given(
        "The records that were deleted on purpose.",
        entries=Entries(("kind", "id"), about="id", called="removal of"),
        past=Past.OWN_RULE,
    )
