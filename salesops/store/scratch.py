"""Things of which there are too many to hold at once: they wait in a nameless file on the disk, and are gone with the command."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from contextlib import suppress
from typing import IO, Any, TypeVar

from salesops.problems import CannotDecide

IN_MEMORY = 1024 * 1024
"""Bytes that a file holds in memory before it goes to the disk: a small import needs none."""
_LENGTH = 8

K = TypeVar("K")
V = TypeVar("V")


class ScratchFile:
    """Things by the place at which each was put; what is taken out is a copy, so a change to it has to be put anew.

    Raises CannotDecide where the disk refuses.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, prefix="salesops-")  # noqa: SIM115 - see below
        self._end = 0
        weakref.finalize(self, _close, self._file)

    def put(self, thing: Any) -> int:
        """Put something at the end; the place is where it is found again."""
        place, held = self._end, pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)
        try:
            self._file.seek(place)
            self._file.write(len(held).to_bytes(_LENGTH, "little") + held)
        except OSError as fault:
            raise _no_room(fault) from None
        self._end = place + _LENGTH + len(held)
        return place

    def get(self, place: int) -> Any:
        """What was put at a place."""
        try:
            self._file.seek(place)
            held = self._file.read(int.from_bytes(self._file.read(_LENGTH), "little"))
        except OSError as fault:
            raise _no_room(fault) from None
        return pickle.loads(held)


def _close(file: IO[bytes]) -> None:
    """Let go of a file that nobody reads any more; what the disk still has against it is of no matter."""
    with suppress(OSError):
        file.close()


def _no_room(fault: OSError) -> CannotDecide:
    folder = tempfile.tempdir or "the folder for temporary files"
    said = f"what does not fit into memory cannot be kept in {folder}: {fault.strerror or fault}"
    return CannotDecide(f"{said}; make room there, or name another folder in TMPDIR")


class ScratchList(Sequence[V]):
    """A list whose entries are on the disk; only their places are held."""

    def __init__(self, entries: Iterable[V] = ()) -> None:
        self._file = ScratchFile()
        self._places = array("Q", map(self._file.put, entries))

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, at: Any) -> Any:
        found = self._places[at]
        return list(map(self._file.get, found)) if isinstance(at, slice) else self._file.get(found)


class ScratchDict(MutableMapping[K, V]):
    """A mapping whose values are on the disk; only the keys are held."""

    def __init__(self) -> None:
        self._file = ScratchFile()
        self._places: dict[K, int] = {}

    def __getitem__(self, key: K) -> V:
        found: V = self._file.get(self._places[key])
        return found

    def __setitem__(self, key: K, value: V) -> None:
        self._places[key] = self._file.put(value)

    def __delitem__(self, key: K) -> None:
        del self._places[key]

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[K]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
