"""Signed changes to what records other than deals said of the past: playbook/corrections.yaml."""

from __future__ import annotations

from typing import Literal

from salesops.records.record import Entries, Past, Record, given
from salesops.records.scalars import Happened, Id, Text

CorrectableKind = Literal[
    "team", "process", "member", "icp", "experiment", "decision", "review", "rates", "prices", "outreach"
]
"""The kinds of records whose past is changed by an entry in that file; a deal has corrections of its own."""


class RecordCorrection(Record):
    """A change to what an earlier commit said of the past: signed, reasoned, counted."""

    kind: CorrectableKind = given("What kind of record it is.", "member", "process", "rates")
    id: Id = given("Its id; the kind once more where one file holds it all.", "cascadia-university", "rates")
    field: Text = given("The field that was wrong.", "invoices.0", "in_force")
    was: Text = given("What it said before.", "2026-06-03")
    by: Id = given("Who corrected it.", "jim")
    date: Happened = given("When.", "2026-07-01")
    why: Text = given("Why.", "The invoice went out a day later")


class Corrections(Record):
    """All of them: playbook/corrections.yaml."""

    corrections: tuple[RecordCorrection, ...] = given(
        "What was corrected.",
        entries=Entries(("date", "field"), may_repeat=True),
        past=Past.OWN_RULE,
    )
