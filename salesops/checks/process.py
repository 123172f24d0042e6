"""A process version must be whole: what it names exists."""

from __future__ import annotations

from collections.abc import Iterator

from salesops.checks.check import Case, Finding, Findings, check
from salesops.problems import Path
from salesops.records.process import Process


@check(
    "process-version-name",
    of="process",
    source="format.md, A process version",
    bad="version: other  # <--",
    good="version: v9",
)
def process_version_name(case: Case[Process]) -> Findings:
    """A process version is not called as its file is.

    Decisions and pages name it by either. Rename the file or the version.
    """
    if case.record.version != case.id:
        yield Finding(
            ("version",),
            f"the file is called {case.id}, the version '{case.record.version}'",
            fix=f"version: {case.id}",
        )


@check(
    "process-stage-unknown",
    of="process",
    source="product.md row 47",
    bad="starts: {new business: nowhere}  # <--",
    good="starts: {new business: enrichment}",
)
def process_stage_unknown(case: Case[Process]) -> Findings:
    """A process version leads to a stage that it does not have.

    Exits, starts, conversions and what older stages became must all lead somewhere. Correct the name.
    """
    process = case.record
    for path, name in _stage_names(process):
        if name not in process.stages:
            yield Finding(path, f"'{name}' is not a stage of this version", help=process.hint(name))


def _stage_names(process: Process) -> Iterator[tuple[Path, str]]:
    for type, stage in process.starts.items():
        yield ("starts", type), stage
    for name, entry in process.stages.items():
        for at, exit in enumerate(entry.exits):
            yield ("stages", name, "exits", at, "to"), exit.to
    for at, conversion in enumerate(process.conversions):
        yield ("conversions", at, "from"), conversion.from_
        yield ("conversions", at, "to"), conversion.to
    for old, new in process.becomes.items():
        yield ("becomes", old), new
