"""What the team lets a public site show, and whether it can be shown."""

from __future__ import annotations

from collections.abc import Iterator

from salesops.checks.check import Case, Finding, Findings, check
from salesops.metrics import Metric, metrics_of
from salesops.problems import Path, did_you_mean
from salesops.records.public import Public
from salesops.records.team import Team

NEVER = {"days": "a length of time may be that of a single deal, and is never shown"}
"""The sorts of numbers that a public site does not show, and why."""


@check(
    "public-name-unknown",
    of="team",
    source="reference/fields#team.public",
    bad="public: {title: Us, hypotheses: [teaching-lead]}  # <--",
    good="public: {title: Us, hypotheses: [teaching-led]}",
)
def public_name_unknown(case: Case[Team]) -> Findings:
    """The public site is to show something that there is not.

    What is not found is not shown, and a name that is nearly right may one day be that of something else. Correct the
    name, or take it out.
    """
    if allowed := case.record.public:
        for kind, path, name in _records_named(allowed):
            if case.unknown(kind, name):
                yield Finding(("public", *path), f"there is no {_WORDS[kind]} '{name}'", help=case.hint(kind, name))
        known = _metrics(case)
        for at, name in enumerate(allowed.numbers if known else ()):
            if name not in known:
                yield Finding(("public", "numbers", at), f"'{name}' is not a number", help=did_you_mean(name, known))


_WORDS = {"icp": "hypothesis", "experiment": "experiment", "deal": "deal", "member": "member"}


def _records_named(allowed: Public) -> Iterator[tuple[str, Path, str]]:
    named = {"hypotheses": "icp", "experiments": "experiment", "lessons": "deal"}
    for field, kind in named.items():
        for at, name in enumerate(getattr(allowed, field)):
            yield kind, (field, at), name
    for at, member in enumerate(allowed.members):
        yield "member", ("members", at, "member"), member.member


def _metrics(case: Case[Team]) -> dict[str, Metric]:
    """The numbers by id; none while nobody can say which there are."""
    whole = case.book.processes and case.book.is_process_whole
    return metrics_of(case.snapshot.process) if whole else {}


@check(
    "public-number-withheld",
    of="team",
    advice=True,
    source="reference/fields#team.public.numbers",
    bad="public: {title: Us, numbers: [mrr]}  # <--",
    good="public: {title: Us, money_step: 50000 USD, numbers: [mrr]}",
)
def public_number_withheld(case: Case[Team]) -> Findings:
    """The public site is to show a number that it always withholds.

    A public number is a count, a share or a sum, rounded so that no deal can be told from it; sums need `money_step`,
    more than any member is worth. Say that, or take the number out.
    """
    allowed, known = case.record.public, _metrics(case)
    for at, name in enumerate(allowed.numbers if allowed else ()):
        kind = known[name].kind if name in known else ""
        path = ("public", "numbers", at)
        if kind in NEVER:
            yield Finding(path, f"'{name}' is withheld: {NEVER[kind]}", help="take it out")
        if kind == "money" and allowed and allowed.money_step is None:
            why = "sums are shown in steps, and public.money_step says none"
            yield Finding(
                path,
                f"'{name}' is withheld: {why}",
                help="write money_step: 50000 USD, more than any member is worth, in your currency",
            )
