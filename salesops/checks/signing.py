"""What somebody would have to sign for, of all that is found in one record: one block to paste, with gaps for the person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from salesops.checks.check import Case, Finding, Signing
from salesops.checks.past import quoted
from salesops.records.as_written import GAP
from salesops.records.record import value_at

MAX_SAID = 80
"""So many characters of what stood there are said."""
GAPS = f"by: {GAP}, date: {GAP}, why: {GAP}"
BELOW = f"paste it, and write who signs, when and why in place of each {GAP}"


def wanted(case: Case[Any], findings: Iterable[Finding]) -> list[Signing]:
    """The corrections that explain all these findings: one for each field, and one for a part that is gone as a whole."""
    parts: dict[str, list[str]] = {}
    for field, was in (signed for finding in findings for signed in finding.signs):
        whole = _whole(case, field)
        parts.setdefault(whole, []).append(was if whole == field else f"{field.removeprefix(f'{whole}.')} {was}")
    return [(field, ", ".join(was)[:MAX_SAID].strip()) for field, was in parts.items()]


def _whole(case: Case[Any], field: str) -> str:
    """The part of a record that a field was in, where nothing of it is left; else the field."""
    top, _, below = field.partition(".")
    is_part = below and not below.partition(".")[0].isdecimal()
    return top if is_part and value_at(case.document.data, (top,)) is None else field


def with_block(case: Case[Any], findings: list[Finding]) -> Iterator[Finding]:
    """The findings; the first that a correction would explain has the block with all corrections as its fix."""
    block = _block(case, wanted(case, findings))
    for finding in findings:
        if not finding.signs:
            yield finding
        elif block:
            yield replace(finding, fix=block, help=f"{finding.help}: {BELOW}")
            block = ""
        else:
            yield replace(finding, help=f"{finding.help}: it stands above")


def _block(case: Case[Any], signings: list[Signing]) -> str:
    if case.kind == "deal":
        there = "  # add to the entries that are there" if case.record.corrections else ""
        about = ""
    else:
        there = "  # in playbook/corrections.yaml"
        about = f"kind: {case.kind}, id: {case.id}, "
    entries = (f"  - {{{about}field: {_bare(field)}, was: {quoted(was)}, {GAPS}}}" for field, was in signings)
    return "\n".join((f"corrections:{there}", *entries))


def _bare(field: str) -> str:
    return field if field.replace(".", "").replace("_", "").isalnum() and field.isascii() else quoted(field)
