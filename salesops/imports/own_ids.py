"""Ids that people can read, for deals that their source knows by a number: found again by it, and told apart where they are called the same."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from salesops.imports.candidates import Candidate
from salesops.imports.csv.rows import taken_out
from salesops.imports.ground import Ground
from salesops.imports.names import MAX_ID
from salesops.imports.remarks import Wrong
from salesops.store.scratch import ScratchDict


def shared_by(path: str, key: str, deals: Sequence[str]) -> Wrong:
    """What is wrong with a key that several deals on file have, and the way out."""
    out = f"take {path} {key} out of all but the one that it is about"
    return Wrong("deal-unclear", f"is that of {len(deals)} deals on file, {' and '.join(deals)}: {out}")


@dataclass
class OwnIds:
    """The deal of each key, on file and in this import.

    ``path`` is where a deal keeps its key; ``taken`` are all ids that are in use, ``unkeyed`` those of deals on file without a key;
    ``shared`` are the keys that several deals on file have, and these.
    """

    path: str
    known: ScratchDict[str, str] = field(default_factory=ScratchDict)
    shared: dict[str, list[str]] = field(default_factory=dict)
    taken: ScratchDict[str, None] = field(default_factory=ScratchDict)
    unkeyed: ScratchDict[str, None] = field(default_factory=ScratchDict)

    @classmethod
    def of(cls, ground: Ground, key: str, members: Iterable[str]) -> OwnIds:
        """Those of the records on file."""
        found = cls(key)
        for record_id in ground.ids_of("deal"):
            found.taken[record_id] = found.unkeyed[record_id] = None
        for record_id in members:
            found.taken[record_id] = None
        for record_id, told in ground.keys_of("deal", key):
            if (first := found.known.setdefault(told, record_id)) != record_id:
                found.shared.setdefault(told, [first]).append(record_id)
            del found.unkeyed[record_id]
        return found

    def give(self, candidate: Candidate, key: str) -> Wrong | None:
        """Give a deal its id; or say why nobody but a person can."""
        if deals := self.shared.get(key):
            return shared_by(self.path, key, deals)
        of_ours = self._of_ours(key)
        candidate.called = of_ours or key
        if of_ours:
            taken_out(candidate.data, self.path.split("."))
            self.known[key] = of_ours
        known = self.known.get(key)
        if known is None:
            if candidate.id in self.unkeyed:
                said = f'is the id of a deal on file that says no {self.path}: write {self.path.rpartition(".")[2]}: "{key}" under its x: where it is the same deal, else give this one another title'
                return Wrong("id-on-file", said)
            self.known[key] = known = free_id(candidate.id, self.taken)
            self.taken[known] = None
        candidate.id = known
        return None

    def _of_ours(self, key: str) -> str:
        """The deal on file that a key names by its own id, as an export of ours does, which has a row for each currency."""
        bare = re.sub(r" \([A-Z]{3}\)$", "", key)
        return bare if bare in self.unkeyed else ""


def free_id(record_id: str, taken: Collection[str]) -> str:
    """An id that no other record has: as it is, or with a number behind it."""
    return next(each for each in _numbered(record_id) if each not in taken)


def _numbered(record_id: str) -> Iterator[str]:
    """An id, and the same with a number behind it."""
    yield record_id
    for number in range(2, 1_000_000):
        end = f"-{number}"
        yield f"{record_id[: MAX_ID - len(end)].rstrip('-')}{end}"


def in_counting_order(key: str) -> tuple[str, str]:
    """Keys that are numbers by their value, so that the older one keeps the plain id; as texts that sort so."""
    return (f"{len(key) if key.isdecimal() else MAX_ID:09}", key)
