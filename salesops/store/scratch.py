"""Things of which there are too many to hold at once: they wait in a nameless file on the disk, and are gone with the command."""

from __future__ import annotations

import os
import pickle
import sqlite3
import weakref
from collections.abc import ItemsView, Iterable, Iterator, MutableMapping, Sequence, ValuesView
from contextlib import suppress
from typing import Any, TypeVar

from salesops.problems import CannotDecide

IN_MEMORY = 128
"""Kibibytes of each list and mapping that are held in memory; a small import needs no more."""
AT_A_TIME = 100
"""Entries that are taken out at once where all are walked through."""

K = TypeVar("K")
V = TypeVar("V")


class _Held:
    """A table of a nameless database: things by their place, and by a name where they have one. Raises CannotDecide where the disk refuses."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, _close, self._database)
        for line in (f"cache_size=-{IN_MEMORY}", "journal_mode=OFF", "synchronous=OFF"):
            self.ask(f"PRAGMA {line}")
        self.ask("CREATE TABLE held (place INTEGER PRIMARY KEY, name BLOB, thing BLOB)")
        self.ask("BEGIN")

    def ask(self, words: str, *values: Any) -> list[Any]:
        """All rows of an answer."""
        try:
            return self._database.execute(words, values).fetchall()
        except sqlite3.Error as fault:
            raise _no_room(fault) from None

    def walk(self, column: str, order: str = "place", last: Any = None) -> Iterator[Any]:
        """A column of every row in order, or several, or of those behind the last, a few at a time: what is changed meanwhile does no harm."""
        words = f"SELECT {order}, {column} FROM held WHERE {order} > ? ORDER BY {order} LIMIT {AT_A_TIME}"
        last = last or (0 if order == "place" else b"")
        while some := self.ask(words, last):
            for last, *held in some:  # noqa: B007 - the last of them is where the next ones begin
                yield held[0] if len(held) == 1 else held


def _close(database: sqlite3.Connection) -> None:
    """Let go of a file that nobody reads any more; what the disk still has against it is of no matter."""
    with suppress(sqlite3.Error):
        database.close()


def _no_room(fault: sqlite3.Error) -> CannotDecide:
    folder = os.environ.get("SQLITE_TMPDIR") or os.environ.get("TMPDIR") or "the folder for temporary files"
    said = f"what does not fit into memory cannot be kept in {folder}: {fault}"
    return CannotDecide(f"{said}; make room there, or name another folder in TMPDIR")


def _packed(thing: Any) -> bytes:
    return pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)


class ScratchList(Sequence[V]):
    """A list on the disk; what is taken out is a copy, so a change to it has to be put in anew."""

    def __init__(self, entries: Iterable[V] = ()) -> None:
        self._held = _Held()
        self._length = 0
        for entry in entries:
            self.append(entry)

    def append(self, entry: V) -> int:
        """Put one more at the end; the place at which it is."""
        self._held.ask("INSERT INTO held (place, thing) VALUES (?, ?)", self._length + 1, _packed(entry))
        self._length += 1
        return self._length - 1

    def __setitem__(self, at: int, entry: V) -> None:
        self._held.ask("UPDATE held SET thing = ? WHERE place = ?", _packed(entry), range(self._length)[at] + 1)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, at: Any) -> Any:
        place = range(self._length)[at]
        if isinstance(place, range):
            return [self[each] for each in place]
        ((thing,),) = self._held.ask("SELECT thing FROM held WHERE place = ?", place + 1)
        return pickle.loads(thing)

    def __iter__(self) -> Iterator[V]:
        return self.since(0)

    def since(self, at: int) -> Iterator[V]:
        """The entries from one place on."""
        return map(pickle.loads, self._held.walk("thing", last=at))


class ScratchDict(MutableMapping[K, V]):
    """A mapping on the disk; its keys are texts, or tuples of texts, and stand in the order in which they came."""

    def __init__(self) -> None:
        self._held = _Held()
        self._held.ask("CREATE UNIQUE INDEX names ON held (name)")

    def __getitem__(self, key: K) -> V:
        for (thing,) in self._held.ask("SELECT thing FROM held WHERE name = ?", _name(key)):
            found: V = pickle.loads(thing)
            return found
        raise KeyError(key)

    def __setitem__(self, key: K, value: V) -> None:
        put = "INSERT INTO held (name, thing) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET thing = excluded.thing"
        self._held.ask(put, _name(key), _packed(value))

    def setdefault(self, key: K, value: V) -> V:
        """What stands under a key, which is this value where nothing did."""
        put = "INSERT INTO held (name, thing) VALUES (?, ?) ON CONFLICT (name) DO NOTHING RETURNING 1"
        return value if self._held.ask(put, _name(key), _packed(value)) else self[key]

    def values(self) -> ValuesView[V]:
        """The values, in the order of their keys."""
        return _Values(self, self._held)

    def items(self) -> ItemsView[K, V]:
        """The keys with their values, in the order of the keys."""
        return _Items(self, self._held)

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self._held.ask("DELETE FROM held WHERE name = ?", _name(key))

    def __contains__(self, key: object) -> bool:
        return bool(self._held.ask("SELECT 1 FROM held WHERE name = ?", _name(key)))

    def __iter__(self) -> Iterator[K]:
        return map(_key, self._held.walk("name"))

    def in_order(self) -> Iterator[K]:
        """The keys, sorted; of tuples by their first parts, then by the next."""
        return map(_key, self._held.walk("name", "name"))

    def __len__(self) -> int:
        ((count,),) = self._held.ask("SELECT count(*) FROM held")
        return int(count)

    def __bool__(self) -> bool:
        return bool(self._held.ask("SELECT 1 FROM held LIMIT 1"))


class _Values(ValuesView[V]):
    def __init__(self, mapping: ScratchDict[Any, V], held: _Held) -> None:
        super().__init__(mapping)
        self._held = held

    def __iter__(self) -> Iterator[V]:
        return map(pickle.loads, self._held.walk("thing"))


class _Items(ItemsView[K, V]):
    def __init__(self, mapping: ScratchDict[K, V], held: _Held) -> None:
        super().__init__(mapping)
        self._held = held

    def __iter__(self) -> Iterator[tuple[K, V]]:
        return ((_key(name), pickle.loads(thing)) for name, thing in self._held.walk("name, thing"))


def _name(key: object) -> bytes:
    """A key as bytes that sort as it does; those of a tuple have a zero behind each part."""
    if not isinstance(key, tuple):
        return b"1" + str(key).encode("utf-8", "surrogatepass")
    parts = [str(part).encode("utf-8", "surrogatepass") for part in key]
    return b"2" + b"".join(part.replace(b"\1", b"\1\2").replace(b"\0", b"\1\1") + b"\0" for part in parts)


def _key(name: bytes) -> Any:
    if name.startswith(b"1"):
        return name[1:].decode("utf-8", "surrogatepass")
    parts = [part.replace(b"\1\1", b"\0").replace(b"\1\2", b"\1") for part in name[1:].split(b"\0")[:-1]]
    return tuple(part.decode("utf-8", "surrogatepass") for part in parts)
