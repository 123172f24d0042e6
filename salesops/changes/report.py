"""A whole report of what changed between two revisions: changes by record, metrics that move, the bridge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from salesops.book.book import Book, Ref, Snapshot
from salesops.changes.bridges import Bridge, bridge
from salesops.changes.change import Change
from salesops.changes.compare import Comparison
from salesops.changes.deal_sentences import of_deal
from salesops.changes.effects import Effect, effects
from salesops.changes.names import Names
from salesops.changes.record_sentences import called as called_other
from salesops.changes.record_sentences import of_other
from salesops.problems import Problem
from salesops.records.kinds import KINDS
from salesops.records.yaml_reader import Document


@dataclass(frozen=True)
class Side:
    """One end of a report: the records, the day they are looked at, and what it is called."""

    book: Book
    as_of: date
    name: str

    @cached_property
    def snapshot(self) -> Snapshot:
        """The records on the day."""
        return self.book.on(self.as_of)


@dataclass(frozen=True)
class Report:
    """What happened from one side to the other.

    ``problems`` are what must be fixed before it can be merged, and what is advised; None where nobody looked for any.
    """

    before: Side
    after: Side
    comparison: Comparison
    problems: tuple[Problem, ...] | None = None

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What happened, by kind of record: deals first."""
        return tuple(changes(self.comparison, self.after.as_of))

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """The metrics that move."""
        says_else = self.comparison.says_something_else
        changed = [deal_id for kind, deal_id in self.comparison.changed if kind == "deal" and says_else(kind, deal_id)]
        return tuple(effects(self.before.snapshot, self.after.snapshot, changed, self._now_called))

    @cached_property
    def bridge(self) -> Bridge:
        """The pipeline from the one to the other."""
        return bridge(self.before.snapshot, self.after.snapshot, self._now_called)

    @property
    def _now_called(self) -> dict[str, str]:
        return {was: record_id for (kind, record_id), was in self.comparison.renamed.items() if kind == "deal"}

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


def changes(comparison: Comparison, as_of: date) -> Iterator[Change]:
    """Every change between two Books, deals first, each record's together."""
    names = Names(comparison.after if comparison.after.deals or comparison.after.members else comparison.before, as_of)
    touched: dict[str, set[str]] = defaultdict(set)
    for kind, record_id in (
        *_touched(comparison),
        *comparison.gone,
        *(comparison.before.broken ^ comparison.after.broken),
    ):
        touched[kind].add(record_id)
    for kind in sorted(touched, key=lambda kind: KINDS[kind].turn):
        for record_id in sorted(touched[kind]):
            yield from _of((kind, record_id), comparison, names)


def _touched(comparison: Comparison) -> Iterator[Ref]:
    """Records whose text or name is another than before."""
    for ref, document in comparison.after.documents.items():
        if document is not comparison.before.documents.get(ref):
            yield ref


def _of(ref: Ref, comparison: Comparison, names: Names) -> Iterator[Change]:
    kind, record_id = ref
    was = comparison.was(kind, record_id) or record_id
    old, new = comparison.before.documents.get((kind, was)), comparison.after.documents.get(ref)
    before, after = comparison.before.broken, comparison.after.broken
    side = new or old
    who = called(ref, side.data if side else {}, names)
    if ref in after and new is None:
        yield from _unreadable(ref, who, is_new=old is None and ref not in before)
        return
    if (kind, was) in before and old is None:
        can_be_read = Change("readable", ref, who, "readable again")
        yield can_be_read if new else Change("removed", ref, who, "removed; it could not be read")
        return
    if ref in after and (kind, was) not in before:
        yield Change("unreadable", ref, who, "its file has errors: not counted until they are fixed")
    elif new and (kind, was) in before and ref not in after:
        yield Change("readable", ref, who, "its file has no errors any more: counted again")
    yield from _told(ref, who, was, old, new, names)


def _unreadable(ref: Ref, who: str, is_new: bool) -> Iterator[Change]:
    what = "a new file that cannot be read" if is_new else "cannot be read any more"
    yield Change("unreadable", ref, who, f"{what}: not counted until the file is fixed")


def _told(ref: Ref, who: str, was: str, old: Document | None, new: Document | None, names: Names) -> Iterator[Change]:
    kind, record_id = ref
    before, after = (side.data if side else None for side in (old, new))
    found = of_deal(record_id, before, after, names) if kind == "deal" else of_other(ref, before, after, names)
    if old and new and was != record_id:
        yield Change("renamed", ref, who, f"renamed to {record_id}, was {was}", before=was, after=record_id)
    elif old and new and old.path != new.path:
        folder, earlier = (names.text(side.path.rpartition("/")[0]) for side in (new, old))
        yield Change("filed", ref, who, f"moved to {folder}, was in {earlier}", before=old.path, after=new.path)
    yield from found
    if old and new and not found and old.path == new.path and old.text != new.text:
        yield Change("wording", ref, who, "only comments or layout changed")


def called(ref: Ref, data: Mapping[str, Any], names: Names) -> str:
    """What people call a record."""
    if ref[0] == "member" and ref[1] not in names.book.members:
        return names.text(data.get("name")) or names.text(ref[1])
    return names.deal(ref[1], data) if ref[0] == "deal" else called_other(ref, names)
