"""The process version that imported moves belong to: the stages and tiers that the tables used, and no needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from salesops.book.book import Book
from salesops.edits.yaml_writer import FileChange, render
from salesops.records.process import IMPORTED, Process, Stage, Tier

PATH = f"playbook/process/{IMPORTED}.yaml"
CHANGELOG = "What other programs recorded before the import. It judges no move, and no new deal belongs to it."


@dataclass
class UsedStages:
    """The stages and tiers that deals of an import use, and the first day on which one was entered."""

    stages: set[str] = field(default_factory=set)
    tiers: set[str] = field(default_factory=set)
    first: str = ""

    def add(self, deal: Mapping[str, Any]) -> None:
        """Remember what one deal uses."""
        self.tiers.add(str(deal["tier"]))
        for move in deal["stages"]:
            stage, day = next(iter(move.items()))
            self.stages.add(stage)
            self.first = min(self.first or day, day)


def imported_process(book: Book, used: UsedStages, today: date) -> FileChange | None:
    """The version for these deals and those imported before; None where the one on file has all of it, or there is no process."""
    current, known = book.process_on(today), book.versions.get(IMPORTED)
    if current is None or ("process", IMPORTED) in book.broken or not used.first:
        return None
    stages = {*(known.stages if known else ()), *used.stages}
    tiers = {*(known.tiers if known else ()), *used.tiers}
    first = min([*([known.in_force] if known else []), date.fromisoformat(used.first)])
    if known and (stages, tiers, first) == (set(known.stages), set(known.tiers), known.in_force):
        return None
    text = render(_version(_whole(current, stages), sorted(tiers), first, _Words(book, current)))
    document = book.documents.get(("process", IMPORTED))
    return FileChange(document.path if document else PATH, text, document.text if document else None)


class _Words:
    """What stages and tiers are called in the process in force, or in whichever version knows them."""

    def __init__(self, book: Book, current: Process) -> None:
        self.versions = (current, *reversed(book.processes))

    def stage(self, name: str) -> Stage:
        """A stage as the newest version that knows it describes it."""
        found = (version.stage_named(name) for version in self.versions)
        return next((stage for stage in found if stage), Stage(title=name))

    def tier(self, name: str) -> str:
        """The name of a tier in full; its id where no version declares it."""
        declared = (version.tiers.get(name, Tier(name=name)).name for version in self.versions)
        return next((full for full in declared if full != name), name)


def _whole(current: Process, used: set[str]) -> list[str]:
    """The stages of the tables in the order of the process, with one to begin in and those that close a deal."""
    starts = [stage for stage in current.starts.values() if stage in current.stages]
    closed = [name for name, stage in current.stages.items() if not stage.is_open]
    begins = [] if any(name in used and current.stages[name].is_open for name in current.stages) else starts[:1]
    needed = {*used, *begins, *closed}
    return [*(name for name in current.stages if name in needed), *sorted(needed - set(current.stages))]


def _version(stages: list[str], tiers: list[str], first: date, words: _Words) -> dict[str, Any]:
    """The version as plain data; each open stage leads to every one after it, and to those that close a deal."""
    described = {name: words.stage(name) for name in stages}
    start = next((name for name, stage in described.items() if stage.is_open), stages[0])
    return {
        "version": IMPORTED,
        "in_force": str(first),
        "changelog": CHANGELOG,
        "tiers": {tier: {"name": words.tier(tier)} for tier in tiers},
        "starts": {"new business": start, "existing business": start},
        "stages": {name: _stage(at, described) for at, name in enumerate(described)},
    }


def _stage(at: int, described: Mapping[str, Stage]) -> dict[str, Any]:
    """One stage: what it is, and where it leads."""
    names = list(described)
    stage = described[names[at]]
    targets = [name for place, name in enumerate(names) if place > at or not described[name].is_open]
    return {
        "title": stage.title,
        "lifecycle": stage.lifecycle,
        "sales_qualified": "true" if stage.sales_qualified else None,
        "outcome": stage.outcome,
        "exits": [{"to": name, "when": "As the table says"} for name in targets] if stage.is_open else None,
    }
