"""Rows that may become a record: those that say the same are one, those that contradict each other ask in what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from salesops.edits.yaml_writer import in_brackets
from salesops.imports.csv.rows import RowReader, is_put_in
from salesops.imports.names import sameness
from salesops.imports.remarks import Verdict, Wrong
from salesops.problems import Path, dotted
from salesops.records.record import is_given, value_at

Contradiction = tuple[Path, Any, Any]
"""A field of which two rows say different things, and what they say."""


class Candidate:
    """A record that one row tells of, or several that say the same; ``called`` is what its id is made of.

    There is one for each row of an import, so only what all of them are held against is in memory: ``member`` and ``owner``
    are the ids of those of a deal. The rest is put aside; a change to ``data`` has to be given back.
    """

    __slots__ = ("_place", "id", "member", "name", "owner", "person", "readers")

    def __init__(
        self,
        readers: Iterable[RowReader],
        record_id: str,
        called: str,
        data: dict[str, Any],
        name: str = "",
        person: str = "",
    ) -> None:
        self.readers = tuple(readers)
        self.id = record_id
        self.name = name
        self.person = person
        self.member = str(data.get("member", ""))
        self.owner = str(data.get("owner", ""))
        self._keep(called, data)

    def _keep(self, called: str, data: dict[str, Any]) -> None:
        self._place = self.reader.reading.aside.put((called, data))

    def _kept(self) -> tuple[str, dict[str, Any]]:
        found: tuple[str, dict[str, Any]] = self.reader.reading.aside.get(self._place)
        return found

    @property
    def called(self) -> str:
        """What its id is made of."""
        return self._kept()[0]

    @called.setter
    def called(self, words: str) -> None:
        self._keep(words, self.data)

    @property
    def data(self) -> dict[str, Any]:
        """What the rows tell: a copy of its own each time."""
        return self._kept()[1]

    @data.setter
    def data(self, told: dict[str, Any]) -> None:
        self._keep(self.called, told)

    @property
    def reader(self) -> RowReader:
        """The first row that tells of it."""
        return self.readers[0]

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


def one_for_each(candidates: Iterable[Candidate], column: str) -> list[Candidate]:
    """One candidate for each id; rows of one id that contradict each other are asked about, and are none."""
    first: dict[str, Candidate] = {}
    others: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if first.setdefault(candidate.id, candidate) is not candidate:
            others.setdefault(candidate.id, []).append(candidate)
    found = (_one([one, *others[one.id]], column) if one.id in others else one for one in first.values())
    return [one for one in found if one]


def _one(sharing: list[Candidate], column: str) -> Candidate | None:
    """What several rows of one id are together; None where a person has to decide."""
    whole = sharing[0]
    data, against = whole.data, list[Contradiction]()
    for other in sharing[1:]:
        data, more = merged(data, other.data)
        against += more
    together = Candidate([one.reader for one in sharing], whole.id, whole.called, data, whole.name, whole.person)
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
