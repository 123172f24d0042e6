"""The process in force and every version of it: stages, exits with their needs, conversions and red lines, straight from the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from salesops.book.book import Snapshot
from salesops.book.status import board
from salesops.changes.names import Names
from salesops.changes.process_sentences import of_process
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.records.process import Process
from salesops.site.pages.page import Page, page


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The page of the process in force, and one of each version."""
    deals_in = {column.name: len(column.deals) for column in board(snapshot)}
    versions = list(reversed(snapshot.book.processes))
    common: dict[str, Any] = {"versions": versions, "readings": readings}
    yield page("process", "Process", "process", snapshot, process=snapshot.process, deals_in=deals_in, **common)
    for version in versions:
        is_now = version is snapshot.process
        yield page(
            f"process/{version.version}",
            f"Process {version.version}",
            "process",
            snapshot,
            process=version,
            deals_in=deals_in if is_now else {},
            changes=_changes(snapshot, version),
            **common,
        )


def _changes(snapshot: Snapshot, version: Process) -> list[str]:
    """What a version says differently from the one before it, in sentences; nothing for the first."""
    ref = ("process", version.version)
    document = snapshot.book.documents.get(ref)
    own = [process for process in snapshot.book.processes if not process.is_of_imports]
    if document is None or version not in own[1:]:
        return []
    told = of_process(ref, version.version, None, document.data, Names(snapshot.book, snapshot.as_of))
    return [change.sentence for change in told[1:]]
