"""What the last import took of each record, in a small sorted file beside the mapping: a newer table is held against it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from json.encoder import encode_basestring
from typing import Any

from salesops.book.book import Book
from salesops.imports.additions import Addition, Question
from salesops.imports.json_parts import JsonParts
from salesops.imports.outcomes import RecordOutcome, RecordOutcomes
from salesops.imports.plan import IMPORTED_KINDS
from salesops.imports.three_way import LastImport, Ref, is_like, list_at, plain_entry, said_itself
from salesops.problems import Place, Problem
from salesops.records.kinds import entries_of
from salesops.records.record import is_given, value_at
from salesops.store.scratch import ScratchDict

FORMAT = 1
_MARGIN = "\n  "
"""What begins the lines of a record."""

Taken = ScratchDict[Ref, dict[str, Any]]
Headings = Mapping[str, list[str]]
"""The headings of each table, by what it holds."""


@dataclass(frozen=True)
class Remembered:
    """What was taken, by record, and the headings of each table as they were then.

    ``named`` are the columns that were read of a table for which a mapping is ready, by the places of the mapping that name them.
    """

    taken: Taken = field(default_factory=ScratchDict)
    headings: Headings = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)

    def in_book(self, book: Book, ours: Collection[str]) -> LastImport:
        """The same as a comparison needs it: with the stages that close a deal, and the fields in which records go before."""
        closing = {name for version in book.processes for name, stage in version.stages.items() if not stage.is_open}
        return LastImport(self.taken, ours, closing)

    def after(
        self, entries: RecordOutcomes, headings: Headings, named: Mapping[str, str] | None = None
    ) -> Iterator[str]:
        """The file, piece by piece, once these records are written: what the table says of each that was taken, but for what is still open.

        Nothing where nothing was ever taken.
        """
        if not self.taken and all(entry.why for entry in entries):
            return
        ahead = {"format": str(FORMAT), "headings": as_json({**self.headings, **headings}, "\n ")}
        ahead |= {"named": as_json(named, "\n ")} if named else {}
        kinds = {called: kind for kind, called in IMPORTED_KINDS.items()}
        yield from _whole(ahead | {called: self._records(kind, entries) for called, kind in kinds.items()})

    def _records(self, kind: str, entries: RecordOutcomes) -> Iterator[str]:
        """The lines of each record of a kind of which anything is remembered."""
        refs = ScratchDict[Ref, None]()
        for ref in chain(self.taken, entries.places):
            if ref[0] == kind:
                refs[ref] = None
        for ref in refs.in_order():
            if now := self._now(ref, map(entries.__getitem__, entries.places.get(ref, ()))):
                yield f"{as_json(ref[1])}: {as_json(now, _MARGIN)}"

    def _now(self, ref: Ref, entries: Iterable[RecordOutcome]) -> dict[str, Any]:
        """What is to be remembered of one record."""
        before = now = self.taken.get(ref, {})
        for entry in entries:
            if entry.why:
                continue
            now = _remembered(now, entry)
            for left in entry.open_ends:
                now = _put_back(now, before, left)
        return now

    def new_headings(self, now: Headings) -> dict[str, list[str]]:
        """The columns that each table has since."""
        return {
            role: [name for name in names if name not in self.headings[role]]
            for role, names in now.items()
            if role in self.headings
        }

    def changed_headings(self, now: Headings) -> Iterator[str]:
        """The columns that a table no longer has, with those that it has since."""
        for role, new in self.new_headings(now).items():
            left = [name for name in self.headings[role] if name not in now[role]]
            told = [f"no longer has {', '.join(left)}"] if left else []
            told += [f"has new: {', '.join(new)}"] if new else []
            if told:
                yield f"Columns of the {role}: {'; '.join(told)}"


def with_new_columns(problem: Problem, new: Sequence[str]) -> Problem:
    """A column that is no longer there, with those that are new: which one it is now, a person says."""
    if not new:
        return problem
    advice = f"new since the last import: {', '.join(new)}; if it is one of them under another name, write that in the mapping"
    return Problem(
        problem.code, problem.message, problem.place, field=problem.field, excerpt=problem.excerpt, help=advice
    )


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_last(path: str, text: Callable[[int], str]) -> Remembered | Problem:
    """What the file says, whose ``text`` comes so many characters at a time; or that it is damaged."""
    try:
        taken, rest = _parts(JsonParts(text))
        headings = {role: _words(names) for role, names in _sound(rest["headings"]).items()}
        named = {place: str(column) for place, column in _sound(rest.get("named", {})).items()}
        if str(rest["format"]) != str(FORMAT):
            raise ValueError
    except UnicodeDecodeError:
        return _damaged(path, "is not UTF-8")
    except (ValueError, TypeError, KeyError, RecursionError):
        return _damaged(path, "is not what an import left here")
    return Remembered(taken, headings, named)


def _damaged(path: str, said: str) -> Problem:
    advice = "take it back from git; without it, an import no longer knows what it took, and asks wherever a record differs: then delete it"
    return Problem("not-json", said, Place(path), help=advice)


def _parts(text: JsonParts) -> tuple[Taken, dict[str, Any]]:
    """The records that were taken, put aside one by one, for they may be too many to hold; and what else the file says."""
    taken, rest = Taken(), dict[str, Any]()
    kinds = {called: kind for kind, called in IMPORTED_KINDS.items()}
    for name in text.each_key():
        if name not in kinds:
            rest[name] = text.value()
            continue
        for record_id in text.each_key():
            _must_be_plain(record_id)
            if (kinds[name], record_id) in taken:
                raise ValueError
            taken[kinds[name], record_id] = _sound(text.value())
    text.end()
    return taken, rest


def _sound(data: Any) -> dict[str, Any]:
    """A mapping; raises TypeError or ValueError where it holds what was never written here."""
    _must_be_plain(data)
    return _a_mapping(data)


def _must_be_plain(value: Any) -> None:
    """Texts that can be written, and mappings and lists of them."""
    if isinstance(value, str):
        value.encode("utf-8")
    elif isinstance(value, dict | list):
        for part in value:
            _must_be_plain(part)
        for part in value.values() if isinstance(value, dict) else ():
            _must_be_plain(part)
    else:
        raise TypeError


def _a_mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _words(names: Any) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError
    return names


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _whole(parts: Mapping[str, str | Iterator[str]]) -> Iterator[str]:
    """The pieces of the file; a part without records is left out."""
    begin = "{"
    for name, part in sorted(parts.items()):
        if isinstance(part, str):
            yield f'{begin}\n "{name}": {part}'
        elif first := next(part, None):
            yield f'{begin}\n "{name}": {{{_MARGIN}{first}'
            yield from (f",{_MARGIN}{record}" for record in part)
            yield "\n }"
        else:
            continue
        begin = ","
    yield "\n}\n"


def as_json(value: Any, margin: str = "\n") -> str:
    """Texts, mappings and lists as ``json.dumps`` writes them, sorted and with a blank for each level; it needs less room for many."""
    if isinstance(value, str):
        return encode_basestring(value)
    inner = f"{margin} "
    if isinstance(value, Mapping):
        parts = [f"{encode_basestring(key)}: {as_json(value[key], inner)}" for key in sorted(value)]
        return f"{{{inner}{f',{inner}'.join(parts)}{margin}}}" if parts else "{}"
    parts = [as_json(each, inner) for each in value]
    return f"[{inner}{f',{inner}'.join(parts)}{margin}]" if parts else "[]"


# ── remembering ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _remembered(before: Mapping[str, Any], entry: RecordOutcome) -> dict[str, Any]:
    """What a table says of a record, without what the mapping put in.

    A row that tells the whole record says nothing any more of what it leaves empty. Entries of lists, which may come from
    tables of their own, and what a table only adds to a record are remembered beside what was told before.
    """
    told = said_itself(entry.told)
    is_whole = "stages" in told or "name" in told
    lists = {key: held for key, held in before.items() if isinstance(held, list) and entries_of(key).by}
    return _overlaid(lists if is_whole else before, told)


def _overlaid(before: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    now = dict(before)
    for key, value in told.items():
        was = now.get(key)
        if isinstance(value, dict) and isinstance(was, dict):
            now[key] = _overlaid(was, value)
        elif isinstance(was, list) and isinstance(value, list) and entries_of(key).by:
            now[key] = [*no_longer_told(key, was, value), *value]
        else:
            now[key] = value
    return now


def no_longer_told(name: str, before: Sequence[Any], told: Sequence[Any]) -> list[Any]:
    """The entries of a list of which the table has none that is about the same."""
    left, others = list(told), list[Any]()
    for entry in before:
        if entry in left:
            left.remove(entry)
        else:
            others.append(entry)
    gone = []
    for entry in others:
        like = next((other for other in left if is_like(name, entry, other)), None)
        if like is None:
            gone.append(entry)
        else:
            left.remove(like)
    return gone


def _put_back(now: Mapping[str, Any], before: Mapping[str, Any], left: Addition | Question) -> dict[str, Any]:
    """The same with what is open as it was taken before, so that it is asked again: a field, or an entry of a list."""
    until = next((at for at, part in enumerate(left.path) if isinstance(part, int)), len(left.path))
    keys = tuple(str(part) for part in left.path[:until])
    was = value_at(before, keys)
    if left.entry is not None:
        was = _with_entry_as_before(keys[-1], list_at(now, keys), list_at(before, keys), plain_entry(left.entry))
    return _with(now, keys, was)


def _with_entry_as_before(name: str, held: list[Any], before: list[Any], entry: Any) -> list[Any]:
    """A list with one entry as it was taken before; without it where it was not taken."""
    was = [one for one in before if is_like(name, one, entry)][:1]
    return [one for each in held for one in (was if each == entry else [each])]


def _with(now: Any, keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A mapping with a value at a path; without it where there is none."""
    held = now if isinstance(now, Mapping) else {}
    inner = _with(held.get(keys[0]), keys[1:], value) if keys[1:] else value
    rest = {key: part for key, part in held.items() if key != keys[0]}
    return {**rest, keys[0]: inner} if is_given(inner) else rest
