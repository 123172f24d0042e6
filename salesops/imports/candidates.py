"""Rows that may become a record: those that say the same are one, those that contradict each other ask in what."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from salesops.edits.yaml_writer import in_brackets
from salesops.imports.csv.rows import RowReader, TableReading, is_put_in
from salesops.imports.names import sameness
from salesops.imports.remarks import Verdict, Wrong
from salesops.problems import Path, dotted
from salesops.records.record import is_given, value_at
from salesops.store.scratch import ScratchDict, ScratchList

Contradiction = tuple[Path, Any, Any]
"""A field of which two rows say different things, and what they say."""


@dataclass
class Candidate:
    """A record that one row tells of, or several that say the same; ``called`` is what its id is made of."""

    readers: tuple[RowReader, ...]
    id: str
    called: str
    data: dict[str, Any]
    name: str = ""
    person: str = ""

    @property
    def reader(self) -> RowReader:
        """The first row that tells of it."""
        return self.readers[0]

    @property
    def member(self) -> str:
        """The id of the member of a deal."""
        return str(self.data.get("member", ""))

    @property
    def owner(self) -> str:
        """The id of the owner of a deal."""
        return str(self.data.get("owner", ""))

    def key_at(self, field: str) -> str:
        """What a field of the team's own holds, such as x.hubspot; nothing where it is empty."""
        return str(value_at(self.data, tuple(field.split("."))) or "")

    @property
    def is_taken(self) -> bool:
        """Whether nothing stands in the way."""
        return all(reader.verdict is None for reader in self.readers)

    @property
    def rows(self) -> tuple[int, ...]:
        """The numbers of its rows."""
        return tuple(reader.row.number for reader in self.readers)

    def say(self, verdict: Verdict, column: str, wrong: Wrong, value: str = "") -> None:
        """Add a remark about each of its rows."""
        for reader in self.readers:
            reader.say(verdict, column, wrong.code, wrong.reason, value)

    def reject(self, column: str, wrong: Wrong, value: str = "") -> None:
        """Say why none of its rows can be taken."""
        self.say(Verdict.REJECTED, column, wrong, value)


class Candidates(Collection[Candidate]):
    """What the rows of a table tell of, which may be too much to hold: what is taken out is a copy, so a change to it has to be put in anew."""

    def __init__(self, told: Iterable[Candidate] = ()) -> None:
        self._readings: list[TableReading] = []
        self._held = ScratchList[Any]()
        self._places = array("L")
        for one in told:
            self.append(one)

    def append(self, one: Candidate) -> None:
        """Put one more at the end."""
        self._places.append(self._held.append(self._as_held(one)))

    def only(self, places: Iterable[int]) -> Candidates:
        """Those at some places, which are in order."""
        found = Candidates()
        found._readings, found._held = self._readings, self._held
        found._places = array("L", map(self._places.__getitem__, places))
        return found

    @cached_property
    def by_id(self) -> ScratchDict[str, int]:
        """The place of each by its id, once all are there."""
        found = ScratchDict[str, int]()
        for at, one in enumerate(self):
            found[one.id] = at
        return found

    def __setitem__(self, at: int, one: Candidate) -> None:
        self._held[self._places[at]] = self._as_held(one)

    def _as_held(self, one: Candidate) -> tuple[Any, ...]:
        rows = tuple((self._place_of(reader.reading), reader.at) for reader in one.readers)
        return rows, one.id, one.called, one.data, one.name, one.person

    def _place_of(self, reading: TableReading) -> int:
        place = next((at for at, known in enumerate(self._readings) if known is reading), None)
        if place is None:
            self._readings.append(reading)
        return len(self._readings) - 1 if place is None else place

    def _taken_out(self, held: tuple[Any, ...]) -> Candidate:
        rows, *rest = held
        return Candidate(tuple(RowReader(self._readings[place], at) for place, at in rows), *rest)

    def __getitem__(self, at: int) -> Candidate:
        return self._taken_out(self._held[self._places[at]])

    def __iter__(self) -> Iterator[Candidate]:
        wanted = iter(self._places)
        place = next(wanted, None)
        for at, held in enumerate(self._held):
            if at == place:
                yield self._taken_out(held)
                place = next(wanted, None)

    def __contains__(self, one: object) -> bool:
        return any(one == other for other in self)

    def __len__(self) -> int:
        return len(self._places)


def one_for_each(told: Iterable[Candidate], column: str) -> Candidates:
    """One candidate for each id; rows of one id that contradict each other are asked about, and are none."""
    every, places = Candidates(), ScratchDict[str, tuple[int, ...]]()
    for number, one in enumerate(told):
        every.append(one)
        if (sharing := places.setdefault(one.id, (number,))) != (number,):
            places[one.id] = (*sharing, number)
    return every.only(at for sharing in places.values() if (at := _one(every, sharing, column)) is not None)


def _one(every: Candidates, places: Sequence[int], column: str) -> int | None:
    """The place of what the rows of one id are together; None where a person has to decide."""
    if len(places) > 1:
        together = _together([every[at] for at in places], column)
        if together is None:
            return None
        every[places[0]] = together
    return places[0]


def _together(sharing: list[Candidate], column: str) -> Candidate | None:
    whole = sharing[0]
    data, against = whole.data, list[Contradiction]()
    for other in sharing[1:]:
        data, more = merged(data, other.data)
        against += more
    together = replace(whole, readers=tuple(one.reader for one in sharing), data=data)
    if len({sameness(one.called) for one in sharing}) > 1:
        together.say(
            Verdict.ASKED, column, Wrong("id-shared", "is another name that would become the same id"), _of(together)
        )
        return None
    if against:
        reason = "is the id of several rows that contradict each other"
        told = "; ".join(dict.fromkeys(_told(*one) for one in against))
        together.say(Verdict.ASKED, column, Wrong("rows-contradict", reason), f"{_of(together)}: {told}")
        return None
    for other in sharing[1:]:
        reason = "is the id of a row above that says the same: they are one"
        other.reader.say(Verdict.NOTE, column, "row-twice", reason, f"{whole.id}, row {whole.reader.row.number}")
    return together


def _of(candidate: Candidate) -> str:
    return f"{candidate.id}, rows {' and '.join(map(str, candidate.rows))}"


def _told(path: Path, one: Any, other: Any) -> str:
    return f"{dotted(path)} is {in_brackets(one)} and {in_brackets(other)}"


def merged(
    one: Mapping[str, Any], other: Mapping[str, Any], above: Path = ()
) -> tuple[dict[str, Any], list[Contradiction]]:
    """What two rows say together, and in what they contradict each other; what a row leaves open is no contradiction."""
    data, against = dict(one), list[Contradiction]()
    for key, value in other.items():
        path = (*above, key)
        held = data.get(key)
        if not is_given(held):
            data[key] = value
        elif isinstance(held, dict) and isinstance(value, dict):
            data[key], more = merged(held, value, path)
            against += more
        else:
            data[key], more = _of_both(path, held, value)
            against += more
    return data, against


def _of_both(path: Path, one: Any, other: Any) -> tuple[Any, list[Contradiction]]:
    """The one value of a field in which two rows agree; the word of the table goes before that of the mapping."""
    if path == ("stages",):
        return _moves(path, one, other)
    if isinstance(one, list) and isinstance(other, list):
        return _entries(path, one, other)
    if is_put_in(other) or one == other:
        return one, []
    return (other, []) if is_put_in(one) else (one, [(path, one, other)])


def _entries(path: Path, one: list[Any], other: list[Any]) -> tuple[list[Any], list[Contradiction]]:
    """Two lists: of entries that have parts, both tell of some; words are the same in any order."""
    if all(isinstance(entry, dict) for entry in (*one, *other)):
        return [*one, *(entry for entry in other if entry not in one)], []
    same = sorted(map(str, one)) == sorted(map(str, other))
    return one, [] if same or is_put_in(other) else [(path, one, other)]


def _moves(path: Path, one: list[Any], other: list[Any]) -> tuple[list[Any], list[Contradiction]]:
    """Two lists of moves: the row that tells of more is believed where both end in the same stage."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    if all(move in longer for move in shorter) and longer[-1] == shorter[-1]:
        return longer, []
    return one, [(path, one, other)]
