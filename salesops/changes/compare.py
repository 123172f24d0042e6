"""Two Books side by side: which record of the one was which of the other, whatever its file is called now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from salesops.book.book import Book, Ref
from salesops.records.corrections import RecordCorrection
from salesops.records.deal import Correction, Deal
from salesops.records.kinds import KINDS
from salesops.records.record import Record
from salesops.records.removals import Removal

SAME_RECORD_SHARE = 0.5
"""Share of equal top-level fields from which a new file is taken for a renamed one."""

MAX_RENAME_PAIRS = 100_000
"""So many pairs of files are looked at to find renamed ones; a change of more is told as what it says, deleted and new."""


@dataclass(frozen=True)
class Comparison:
    """What an earlier commit recorded (``before``) and what is said now (``after``).

    ``returned`` holds the last known version of deals that were deleted before the earlier commit and are back under
    their id. ``also_changed`` names records that have meanwhile changed where the change is going to.
    """

    before: Book
    after: Book
    returned: Mapping[str, Deal] = field(default_factory=dict)
    also_changed: frozenset[Ref] = frozenset()

    def was(self, kind: str, record_id: str) -> str | None:
        """The id that a record had before; None where it is new."""
        if record_id in self.before.of(kind):
            return record_id
        return self._renamed.get((kind, record_id))

    def earlier(self, kind: str, record_id: str) -> Any:
        """What a record was before, under whatever id; None where it is new."""
        was = self.was(kind, record_id)
        if was is None:
            return self.returned.get(record_id) if kind == "deal" else None
        return self.before.of(kind)[was]

    def says_something_else(self, kind: str, record_id: str) -> bool:
        """Whether a record that was there before, under whatever id, has other fields now."""
        return bool(self.earlier(kind, record_id) != self.after.of(kind)[record_id])

    def becomes(self, kind: str, record_id: str) -> str | None:
        """The id that an earlier record has now; None where it is gone."""
        if record_id in self.after.of(kind):
            return record_id
        return self._renames.get((kind, record_id))

    @property
    def renamed(self) -> Mapping[Ref, str]:
        """The renamed records: what each is now, and its id before."""
        return self._renamed

    @cached_property
    def changed(self) -> tuple[Ref, ...]:
        """Records that are new, renamed, moved or say something else; where only the text differs they are not among them."""
        return tuple(
            (kind, record_id)
            for kind in KINDS
            for record_id, record in self.after.of(kind).items()
            if (earlier := self.before.of(kind).get(record_id)) is not record
            and (earlier is None or earlier != record or (kind, record_id) in self.also_changed)
        )

    @cached_property
    def changed_paths(self) -> frozenset[str]:
        """The files of records that are new or say something else, if only in a comment."""
        return frozenset(
            document.path
            for ref, document in self.after.documents.items()
            if (earlier := self.before.documents.get(ref)) is not document
            and (earlier is None or (earlier.path, earlier.text) != (document.path, document.text))
        )

    @cached_property
    def corrections(self) -> tuple[tuple[str, Correction], ...]:
        """The corrections of the past that were added, with their deals."""
        return tuple(
            (deal_id, entry)
            for kind, deal_id in self.changed
            if kind == "deal"
            for entry in self.new_corrections(deal_id)
        )

    def new_corrections(self, deal: str) -> list[Correction]:
        """The corrections of the past that a deal has gained."""
        earlier = self.earlier("deal", deal)
        return list(added(list(earlier.corrections) if earlier else [], list(self.after.deals[deal].corrections)))

    @cached_property
    def signed_corrections(self) -> tuple[RecordCorrection, ...]:
        """The entries of playbook/corrections.yaml that were added."""
        old, new = (book.only("corrections") for book in (self.before, self.after))
        return tuple(added(list(old.corrections) if old else [], list(new.corrections) if new else []))

    def signatures(self, kind: str, record_id: str) -> Sequence[Correction | RecordCorrection]:
        """The corrections by which somebody has signed for a change of a record, under its name now or before."""
        if kind == "deal":
            return self.new_corrections(record_id)
        names = {record_id, self.was(kind, record_id)}
        return [entry for entry in self.signed_corrections if entry.kind == kind and entry.id in names]

    @cached_property
    def gone(self) -> tuple[Ref, ...]:
        """Records that are no longer there under any name."""
        return tuple(ref for ref in self._missing if ref not in self._renames)

    def is_back(self, removal: Removal) -> bool:
        """Whether a record that was removed is there again."""
        return removal.id in self.after.of(removal.kind)

    @cached_property
    def removals(self) -> tuple[Removal, ...]:
        """The entries of playbook/removed.yaml that were added."""
        old = list(self.before.removed.removed) if self.before.removed else []
        return tuple(added(old, list(self.after.removed.removed) if self.after.removed else []))

    @cached_property
    def moves_under(self) -> Mapping[str, list[tuple[str, date]]]:
        """The moves that had been made under each version of the process: deal and day."""
        found: dict[str, list[tuple[str, date]]] = defaultdict(list)
        for deal_id, deal in self.before.deals.items():
            for move in deal.stages:
                if process := self.before.process_of(deal, move):
                    found[process.version].append((deal_id, move.entered))
        return found

    @cached_property
    def _missing(self) -> tuple[Ref, ...]:
        """Records whose id is no longer there; a file that cannot be read is there."""
        return tuple(
            (kind, record_id)
            for kind in KINDS
            for record_id in self.before.of(kind)
            if record_id not in self.after.of(kind) and (kind, record_id) not in self.after.broken
        )

    @cached_property
    def _new(self) -> tuple[Ref, ...]:
        return tuple(
            (kind, record_id)
            for kind in KINDS
            for record_id in self.after.of(kind)
            if record_id not in self.before.of(kind) and (kind, record_id) not in self.before.broken
        )

    @cached_property
    def _renames(self) -> dict[Ref, str]:
        return {(kind, was): record_id for (kind, record_id), was in self._renamed.items()}

    @cached_property
    def _renamed(self) -> dict[Ref, str]:
        """New records that were there under another id: the same text, or mostly the same fields; deletions that are signed for are none."""
        signed = {(removal.kind, removal.id) for removal in self.removals}
        lost = [ref for ref in self._missing if ref not in signed]
        if not lost:
            return {}
        taken: dict[Ref, str] = {}
        for pairs in (self._same_text, self._alike):
            done = {(kind, was) for (kind, _), was in taken.items()}
            gone = [was for was in lost if was not in done]
            new = [ref for ref in self._new if ref not in taken]
            taken |= first_come(pairs(gone, new))
        return taken

    def _same_text(self, gone: list[Ref], new: list[Ref]) -> Iterator[tuple[Ref, Ref]]:
        texts: dict[Hashable, list[Ref]] = defaultdict(list)
        for was in gone:
            texts[was[0], self.before.documents[was].text].append(was)
        for ref in new:
            for was in texts.get((ref[0], self.after.documents[ref].text), ()):
                yield ref, was

    def _alike(self, gone: list[Ref], new: list[Ref]) -> Iterator[tuple[Ref, Ref]]:
        """Likely pairs, the likeliest first; deals are compared only within one member, unless that is new or gone as well."""
        near: dict[Hashable, list[Ref]] = defaultdict(list)
        for was in gone:
            near[self._bucket(was, self.before)].append(was)
        pairs = [(ref, was) for ref in new for was in near.get(self._bucket(ref, self.after), ())]
        shares = [
            (likeness(self.before.documents[was].data, self.after.documents[ref].data), ref, was)
            for ref, was in pairs[:MAX_RENAME_PAIRS]
        ]
        for share, ref, was in sorted(shares, key=lambda pair: (-pair[0], pair[1], pair[2])):
            if share >= SAME_RECORD_SHARE:
                yield ref, was

    def _bucket(self, ref: Ref, book: Book) -> Hashable:
        member = book.documents[ref].data.get("member") if ref[0] == "deal" else None
        came_or_went = isinstance(member, str) and (member in self.before.members) != (member in self.after.members)
        return ref[0], "" if came_or_went else str(member)


def first_come(pairs: Iterable[tuple[Ref, Ref]]) -> dict[Ref, str]:
    """Each record at most once on either side, the first pairs first."""
    taken: dict[Ref, str] = {}
    done: set[Ref] = set()
    for ref, was in pairs:
        if ref not in taken and was not in done:
            taken[ref] = was[1]
            done.add(was)
    return taken


def likeness(before: Mapping[str, Any], after: Mapping[str, Any]) -> float:
    """The share of top-level fields that say the same."""
    names = before.keys() | after.keys()
    same = [name for name in names if before.get(name) == after.get(name)]
    return len(same) / max(len(names), 1)


def signature(entry: Record) -> tuple[Any, ...]:
    """What an entry that somebody signed says; its reason may be reworded without making it another one."""
    return tuple(getattr(entry, name) for name in type(entry).model_fields if name != "why")


def added(before: list[Any], after: list[Any]) -> Iterator[Any]:
    """The signed entries that are in the second list and not in the first, each as often as it is more."""
    left = [signature(entry) for entry in before]
    for entry in after:
        if signature(entry) in left:
            left.remove(signature(entry))
        else:
            yield entry
