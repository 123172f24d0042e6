"""Who signed for what: the entries of playbook/removed.yaml and playbook/corrections.yaml name people and records that are there."""

from __future__ import annotations

from typing import Any

from salesops.checks.check import Case, Finding, Findings, check
from salesops.records.corrections import Corrections
from salesops.records.removals import Removed


def _by_unknown(case: Case[Any]) -> Findings:
    for at, entry in enumerate(getattr(case.record, case.kind)):
        if case.unknown("person", entry.by):
            yield Finding(
                (case.kind, at, "by"),
                f"'{entry.by}' is not in playbook/team.yaml",
                help=case.hint("person", entry.by) or "add the person",
            )


@check(
    "removed-by-unknown",
    of="removed",
    source="reference/records#removing",
    bad="removed: [{kind: deal, id: cascadia-2024, date: 2026-03-01, by: nobody, why: Entered twice}]  # <--",
    good="removed: [{kind: deal, id: cascadia-2024, date: 2026-03-01, by: jim, why: Entered twice}]",
)
def removed_by_unknown(case: Case[Removed]) -> Findings:
    """A removal is signed by somebody who is not in playbook/team.yaml.

    People who left stay in the file, because history names them. Correct the name, or add the person.
    """
    yield from _by_unknown(case)


@check(
    "removed-still-there",
    of="removed",
    source="reference/records#removing",
    bad="removed: [{kind: deal, id: cascadia-2025, date: 2026-03-01, by: jim, why: Entered twice}]  # <--",
    good="removed: [{kind: deal, id: cascadia-2024, date: 2026-03-01, by: jim, why: Entered twice}]",
)
def removed_still_there(case: Case[Removed]) -> Findings:
    """A record is listed as removed and still has its file.

    Delete the file, or the entry.
    """
    for at, entry in enumerate(case.record.removed):
        if entry.id in case.book.of(entry.kind):
            yield Finding(
                ("removed", at, "id"),
                f"the {entry.kind} '{entry.id}' is listed as removed and still has its file",
                help="delete the file, or this entry",
            )


@check(
    "correction-by-unknown",
    of="corrections",
    source="reference/records#signatures",
    bad="corrections: [{kind: team, id: team, field: currency, was: EUR, by: nobody, date: 2026-03-01, why: Mistyped}]  # <--",
    good="corrections: [{kind: team, id: team, field: currency, was: EUR, by: jim, date: 2026-03-01, why: Mistyped}]",
)
def correction_by_unknown(case: Case[Corrections]) -> Findings:
    """A correction is signed by somebody who is not in playbook/team.yaml.

    A signature counts because the team knows whose it is. Correct the name, or add the person; people who left stay in the
    file.
    """
    yield from _by_unknown(case)


@check(
    "corrected-record-unknown",
    of="corrections",
    advice=True,
    source="reference/records#signatures",
    bad="corrections: [{kind: member, id: nowhere, field: name, was: Past, by: jim, date: 2026-03-01, why: Mistyped}]  # <--",
    good="corrections: [{kind: team, id: team, field: currency, was: EUR, by: jim, date: 2026-03-01, why: Mistyped}]",
)
def corrected_record_unknown(case: Case[Corrections]) -> Findings:
    """A correction names a record that is neither there nor among the removed ones.

    It would explain nothing. Correct kind and id.
    """
    removed = {(entry.kind, entry.id) for entry in case.book.removed.removed} if case.book.removed else set()
    for at, entry in enumerate(case.record.corrections):
        ref = entry.kind, entry.id
        if entry.id not in case.book.of(entry.kind) and ref not in case.book.broken and ref not in removed:
            there = ", ".join(sorted(case.book.of(entry.kind))[:5])
            yield Finding(
                ("corrections", at, "id"),
                f"there is no {entry.kind} '{entry.id}'",
                help=f"there is: {there}" if there else f"no {entry.kind} is there at all",
            )


def _in_future(case: Case[Any]) -> Findings:
    for at, entry in enumerate(getattr(case.record, case.kind)):
        if entry.date > case.as_of:
            what = f"{entry.date} is after the day of the check, {case.as_of}"
            yield Finding((case.kind, at, "date"), what, help="correct the day")


@check(
    "removed-in-future",
    of="removed",
    source="reference/records#removing",
    bad="removed: [{kind: deal, id: cascadia-2024, date: 2099-03-01, by: jim, why: Entered twice}]  # <--",
    good="removed: [{kind: deal, id: cascadia-2024, date: 2026-03-01, by: jim, why: Entered twice}]",
)
def removed_in_future(case: Case[Removed]) -> Findings:
    """A removal is signed for a day that has not come.

    Whoever signs does so on a day that has been. Correct the day.
    """
    yield from _in_future(case)


@check(
    "correction-in-future",
    of="corrections",
    source="reference/records#signatures",
    bad="corrections: [{kind: team, id: team, field: currency, was: EUR, by: jim, date: 2099-03-01, why: Mistyped}]  # <--",
    good="corrections: [{kind: team, id: team, field: currency, was: EUR, by: jim, date: 2026-03-01, why: Mistyped}]",
)
def correction_in_future(case: Case[Corrections]) -> Findings:
    """A correction is signed for a day that has not come.

    Whoever signs does so on a day that has been. Correct the day.
    """
    yield from _in_future(case)
