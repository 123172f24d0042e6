"""A whole report of what happened between two states: changes by record, metrics that move, the bridge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from salesops.book import Book, Ref, Snapshot
from salesops.changes.bridges import Bridge, bridge
from salesops.changes.change import Change
from salesops.changes.deals import of_deal
from salesops.changes.effects import Effect, effects
from salesops.changes.names import Names
from salesops.changes.others import of_other
from salesops.comparison import Comparison
from salesops.problems import Problem


@dataclass(frozen=True)
class Side:
    """One end of a report: the records, the day they are looked at, and what it is called."""

    book: Book
    as_of: date
    name: str

    @property
    def snapshot(self) -> Snapshot:
        """The records on the day."""
        return self.book.on(self.as_of)


@dataclass(frozen=True)
class Report:
    """What happened from one side to the other; ``problems`` are what must be mended before it can be merged."""

    before: Side
    after: Side
    comparison: Comparison
    problems: tuple[Problem, ...] = ()

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What happened, by kind of record: deals first."""
        return tuple(changes(self.comparison, self.after.as_of))

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """The metrics that move."""
        says_else = self.comparison.says_something_else
        changed = [id for kind, id in self.comparison.changed if kind == "deal" and says_else(kind, id)]
        return tuple(effects(self.before.snapshot, self.after.snapshot, changed, self._now_called))

    @cached_property
    def bridge(self) -> Bridge:
        """The pipeline from the one to the other."""
        return bridge(self.before.snapshot, self.after.snapshot, self._now_called)

    @property
    def _now_called(self) -> dict[str, str]:
        return {was: id for (kind, id), was in self.comparison.renamed.items() if kind == "deal"}

    def as_data(self) -> dict[str, Any]:
        """As ``diff --format json`` gives it."""
        ends = {
            name: {"name": side.name, "as_of": side.as_of}
            for name, side in (("before", self.before), ("after", self.after))
        }
        return {
            **ends,
            "changes": [change.as_data() for change in self.changes],
            "metrics": [effect.as_data() for effect in self.effects],
            "bridge": self.bridge.as_data(),
        }


KINDS_IN_ORDER = (
    "deal",
    "member",
    "process",
    "team",
    "icp",
    "experiment",
    "decision",
    "review",
    "targets",
    "rates",
    "removed",
)


def changes(comparison: Comparison, as_of: date) -> Iterator[Change]:
    """Every change between two Books, deals first, each record's together."""
    names = Names(comparison.after if comparison.after.deals or comparison.after.members else comparison.before, as_of)
    for kind in KINDS_IN_ORDER:
        ids = sorted({id for found, id in (*_touched(comparison, kind), *comparison.gone) if found == kind})
        for id in ids:
            yield from _of((kind, id), comparison, names)


def _touched(comparison: Comparison, kind: str) -> Iterator[Ref]:
    """Records of a kind whose text or name is another than before."""
    for ref, document in comparison.after.documents.items():
        if ref[0] == kind and document is not comparison.before.documents.get(ref):
            yield ref


def _of(ref: Ref, comparison: Comparison, names: Names) -> Iterator[Change]:
    kind, id = ref
    was = comparison.was(kind, id)
    old = comparison.before.documents.get((kind, was)) if was else comparison.before.documents.get(ref)
    new = comparison.after.documents.get(ref)
    found = (
        of_deal(id, old.data if old else None, new.data if new else None, names)
        if kind == "deal"
        else of_other(ref, old.data if old else None, new.data if new else None, names)
    )
    who = found[0].who if found else names.member(id)
    if old and new and was and was != id:
        yield Change("renamed", ref, who if found else id, f"is called {id} now, was {was}", before=was, after=id)
    elif old and new and old.path != new.path:
        yield Change("filed", ref, who, f"its file is {new.path} now, was {old.path}", before=old.path, after=new.path)
    yield from found
    if old and new and not found and old.path == new.path and old.text != new.text:
        yield Change("wording", ref, _who(ref, new.data, names), "only comments or layout changed; nothing that counts")


def _who(ref: Ref, data: dict[str, Any], names: Names) -> str:
    kind, id = ref
    return (
        names.member(str(data.get("member")))
        if kind == "deal"
        else names.member(id)
        if kind == "member"
        else f"{kind} {id}"
    )
