"""A value as people say it for a field of a record, read by the type of the field: a choice, a day, an amount, a name on file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, get_args, get_origin

import click
from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from salesops.book.names_on_file import CONTACTS, PEOPLE, RECORDS
from salesops.cli import names
from salesops.cli.hands import Desk, word_of
from salesops.cli.names import Choice
from salesops.cli.options import Usage
from salesops.cli.printing import note
from salesops.edits import spoken
from salesops.edits.change_list import path_of
from salesops.edits.spoken import DUE, HAPPENED, Unclear
from salesops.output import show
from salesops.problems import Path, did_you_mean, dotted
from salesops.records import scalars
from salesops.records.contract import day_or_open, months_after
from salesops.records.deal import Loss, NextStep, Value, day_or_never
from salesops.records.field_reference import fields_of
from salesops.records.iso_codes import COUNTRY_NAMES
from salesops.records.kinds import KINDS
from salesops.records.model_fields import fields_below, inside, keyed_fields, type_at
from salesops.records.process import READERS
from salesops.records.record import Record, value_at

Fields = dict[str, Any]
"""Values by the paths of their fields."""
YES_NO = ("true", "false")
_MONTHS = re.compile(r"(\d{1,3})\s*months?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class SpokenField:
    """A field of a record: whose it is, where it stands, and what it holds; ``said`` is what was said of the record just now."""

    desk: Desk
    kind: str
    record: str
    path: Path
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its path as people write it."""
        return dotted(self.path)

    @property
    def model(self) -> type[Record]:
        """What the record may say."""
        return KINDS[self.kind].model

    @property
    def key(self) -> str:
        """The last word of its path."""
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")

    @property
    def declared(self) -> Any:
        """Its field of the model; None where it is one of the team's own."""
        return fields_below(self.model, self.path[:-1]).get(str(self.path[-1]))

    @property
    def holds(self) -> Any:
        """The type that stands there."""
        return type_at(self.model, self.path)

    @property
    def is_list(self) -> bool:
        """Whether it has entries."""
        return get_origin(self.holds) is tuple and bool(get_args(self.holds)[1:])

    @property
    def part(self) -> type[Record] | None:
        """The part of the record that it is, where it is no single value."""
        return self.holds if isinstance(self.holds, type) and issubclass(self.holds, Record) else None

    @property
    def first(self) -> SpokenField | None:
        """The field by which the whole part is said: the status of an answer; None where nothing stands for the whole."""
        if self.part is None:
            return None
        key, field = next(keyed_fields(self.part))
        return replace(self, path=(*self.path, key)) if field.is_required() else None

    @property
    def there(self) -> Any:
        """What was said just now, or what the file says there."""
        if self.name in self.said:
            return self.said[self.name]
        document = self.desk.book.documents.get((self.kind, self.record))
        return value_at(document.data, self.path) if document else None

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that may stand there, where these are few."""
        if self.key == "tier" and self.kind == "deal":
            return tuple(self.desk.snapshot.process.tiers)
        words = get_args(self._bare)
        if words and all(isinstance(word, str) for word in words):
            return words
        return YES_NO if self._reader[0] is scalars.yes_no else ()

    @property
    def takes(self) -> str:
        """What may be said there, for the line of an option."""
        known = self.names
        named = [choice.id for choice in known or ()]
        few = "|".join(named) if len(named) <= names.MAX_SHOWN else ""
        return "|".join(self.choices) or few or TAKES.get(self._reader[0], "WORDS" if known is None else "NAME")

    @property
    def names(self) -> list[Choice] | None:
        """What it may name; None where it names nothing on file."""
        if self.key in PEOPLE or self.path == ("team",):
            return names.people(self.desk.book.team)
        if self.key in CONTACTS:
            return self._contacts
        if self.key not in RECORDS or self.path == ("x", self.key):
            return None
        known = self.desk.book.of(RECORDS[self.key])
        return [Choice(it, tuple(filter(None, (_title(record),))), _title(record)) for it, record in known.items()]

    @property
    def _contacts(self) -> list[Choice]:
        deal = self.desk.book.deals.get(self.record)
        return names.contacts(self.desk.book.members.get(deal.member if deal else self.record))

    @property
    def _bare(self) -> Any:
        """The type of the value, or of an entry."""
        held = self.holds
        return inside(get_args(held)[0]) if self.is_list else held

    @property
    def _reader(self) -> tuple[Callable[[object], Any] | None, bool]:
        """What reads the value in a file, and whether it is a day on which something happened."""
        if self.path[0] == "x":
            own = self.desk.snapshot.process.fields.get(self.name)
            return (READERS[own.type] if own else scalars.text), False
        declared = self.declared
        return _reader_of(declared.annotation, declared.metadata) if declared is not None else (None, False)

    def read(self, said: str) -> str:
        """A single value, or an entry, as records write it; raises Unclear where it cannot be read so."""
        if self.choices:
            return _yes_no(said) if self.choices == YES_NO else word_of(self.choices, said)
        if (known := self.names) is not None:
            return _named(said, known)
        reader, happened = self._reader
        value = _spoken(self, reader, happened, said)
        try:
            (reader or scalars.text)(value)
        except PydanticCustomError as fault:
            advice = (fault.context or {}).get("help")
            raise Unclear(f"{fault.message()}{f': {advice}' if advice else ''}") from None
        return value


TAKES: dict[Any, str] = {
    scalars.day: "DAY",
    scalars.day_or_period: "DAY",
    day_or_never: "DAY|never",
    day_or_open: "DAY|open",
    scalars.money: "AMOUNT",
    scalars.whole: "NUMBER",
    scalars.number: "NUMBER",
    scalars.percent: "60%",
    scalars.url: "LINK",
    scalars.month: "MONTH",
    scalars.country: "COUNTRY",
}


def _reader_of(annotation: Any, marks: Sequence[Any] = ()) -> tuple[Callable[[object], Any] | None, bool]:
    for mark in marks:
        if isinstance(mark, PlainValidator):
            reader: Any = mark.func
            return reader, any(isinstance(it, str) and it == scalars.HAPPENED for it in marks)
    if hasattr(annotation, "__metadata__"):
        return _reader_of(annotation.__origin__, annotation.__metadata__)
    parts = [part for part in get_args(annotation) if part not in (type(None), ...)]
    return _reader_of(parts[0]) if parts and not isinstance(parts[0], str) else (None, False)


def _spoken(place: SpokenField, reader: Any, happened: bool, said: str) -> str:
    """A day, a period, an amount and a share as people say them; everything else as it is."""
    desk = place.desk
    if reader is scalars.day:
        return str(spoken.day(said, desk.day, HAPPENED if happened else DUE))
    if reader is day_or_open:
        return _last_day(place, said)
    if reader in (scalars.day_or_period, day_or_never):
        return spoken.period(said, desk.day)
    if reader is scalars.money:
        return str(spoken.money(said, desk.currency))
    if reader is scalars.percent and said.isdecimal():
        return f"{said}%"
    return COUNTRY_NAMES.get(said.casefold(), said) if reader is scalars.country else said


def _last_day(place: SpokenField, said: str) -> str:
    """The last day of a term: a day, ``open``, or so many months from its first day."""
    months = _MONTHS.fullmatch(said.strip())
    if months:
        start = scalars.day_or_none(str(replace(place, path=(*place.path[:-1], "start")).there))
        if start is None:
            raise Unclear("from which day on? The record has no start yet: write the last day itself")
        return str(months_after(start, int(months[1])) - timedelta(days=1))
    return "open" if said.casefold() == "open" else str(spoken.day(said, place.desk.day, DUE))


def _yes_no(said: str) -> str:
    return "true" if word_of(("true", "yes", "false", "no"), said) in ("true", "yes") else "false"


def _named(said: str, known: Sequence[Choice]) -> str:
    try:
        return names.chosen(said, known, f"there is no '{show(said)}'")
    except click.UsageError as wrong:
        raise Unclear(wrong.message) from None


def _title(record: Any) -> str:
    return str(getattr(record, "name", None) or getattr(record, "title", ""))


# ── the field that is meant ───────────────────────────────────────────────────────────────────────────────────────────


def place_of(desk: Desk, kind: str, record: str, asked: str, said: Mapping[str, Any] | None = None) -> SpokenField:
    """The field that a path means; a wrong call, with the nearest, where there is none."""
    top = SpokenField(desk, kind, record, (), said or {})
    for part in path_of(asked):
        held = type_at(top.model, top.path)
        if get_origin(held) is dict:
            found: str | int | None = str(part)
        else:
            found = _entry(top, part) if get_origin(held) is tuple else _key(held, str(part))
        if found is None:
            return replace(top, path=path_of(_only(kind, asked)))
        top = replace(top, path=(*top.path, found))
    return top


def _key(held: Any, part: str) -> str | None:
    """The key of a part of a record, whatever its letter case and its hyphens."""
    if not (isinstance(held, type) and issubclass(held, Record)):
        return None
    keys = {key.casefold(): key for key, _ in keyed_fields(held)}
    return keys.get(part.casefold().replace("-", "_").replace(" ", "_"))


def _entry(place: SpokenField, part: str | int) -> int | str:
    """An entry of a list, by its number or its id; one loss that is no list stands for itself."""
    entries = place.there if isinstance(place.there, list) else []
    if isinstance(part, int) and part < len(entries):
        return part
    ids = [str(it.get("id")) if isinstance(it, dict) else "" for it in entries]
    if part in ids:
        return ids.index(str(part))
    if place.path == ("loss",) and (key := _key(Loss, str(part))):
        return key
    raise Usage(
        f"{place.name} is a list of {len(entries)}: name the entry by its number from 0 on, such as {place.name}.0"
    )


def _only(kind: str, asked: str) -> str:
    """The one field whose path ends so: ``timeline`` for ``maniac_t.timeline``."""
    folded = names.folded(asked)
    known = [field.path for field in fields_of(kind)]
    lists = tuple(f"{field.path}." for field in fields_of(kind) if field.holds.startswith("a list"))
    ends = [path for path in known if names.folded(path).endswith(f".{folded}") and not path.startswith(lists)]
    if len(ends) == 1:
        return ends[0]
    if ends:
        raise Usage(f"'{show(asked)}' may be {', '.join(ends)}: write the one that is meant")
    last = [path for path in known if names.folded(path.rpartition(".")[2]) == folded.rpartition(".")[2]]
    hint = did_you_mean(asked, known) or (f"is it {' or '.join(last[:4])}?" if last else "")
    raise Usage(f"a {kind} has no field '{show(asked)}'; {hint or f'salesops explain {kind} lists them'}")


# ── what is said of it ────────────────────────────────────────────────────────────────────────────────────────────────


def said_of(place: SpokenField, words: Sequence[str], day: date) -> Fields:
    """What was said of a field, with what belongs to it: an answer has the day on which it was given."""
    if place.is_list:
        return {place.name: [item(place, word) for word in words]}
    said = " ".join(words)
    if place.part is Value:
        return _worth(place, said)
    if place.part is NextStep:
        return {place.name: place.desk.next_step(said, None)}
    if place.first is not None:
        return said_of(place.first, words, day)
    if place.part is not None:
        keys = ", ".join(key for key, _ in keyed_fields(place.part))
        raise Usage(f"{place.name} has fields of its own: {keys}; say {place.name}.{next(keyed_fields(place.part))[0]}")
    value = place.read(said)
    echo(place.desk, said, value)
    return {place.name: value, **_with_it(place, value, day)}


def _worth(place: SpokenField, said: str) -> Fields:
    mrr, months = spoken.worth(said, place.desk.currency)
    echo(place.desk, said, str(mrr))
    return {f"{place.name}.mrr": str(mrr)} | ({f"{place.name}.months": str(months)} if months else {})


def item(place: SpokenField, said: str) -> Any:
    """An entry of a list; of a list of parts one that says what it is about."""
    if place.name in COMMANDS:
        raise Usage(f"{place.name}: {COMMANDS[place.name]}")
    inner = inside(get_args(place.holds)[0])
    if not (isinstance(inner, type) and issubclass(inner, Record)):
        value = place.read(said)
        echo(place.desk, said, value)
        return value
    required = [key for key, field in keyed_fields(inner) if field.is_required()]
    if len(required) == 1:
        return {required[0]: said}
    raise Usage(
        f"{place.name}: an entry has {', '.join(required)}; write it in the file, or as a list for salesops apply"
    )


COMMANDS = {
    "stages": "salesops move writes it",
    "activity": "salesops log writes it",
    "parked": "salesops park and salesops resume write it",
    "reopened": "salesops reopen writes it",
    "moved_back": "salesops move writes it",
    "waived": "salesops move --waive writes it",
    "learned": "salesops move asks for it: --set learned=WORDS",
    "loss": "salesops close writes it; salesops set DEAL loss.reason … changes the last one",
}
"""What writes the lists that have commands of their own."""


def _with_it(place: SpokenField, value: str, day: date) -> Fields:
    """What goes with a value: the day of an answer or an estimate, the version of a hypothesis."""
    above = place.path[:-1]
    if place.path == ("icp", "hypothesis") and value in place.desk.book.icp:
        return {"icp.version": str(place.desk.book.icp[value].version)}
    fields = fields_below(place.model, above) if above and not isinstance(above[-1], int) else {}
    is_first = bool(fields) and next(iter(fields)) == place.key and fields[place.key].is_required()
    return {dotted((*above, "date")): str(day)} if is_first and "date" in fields else {}


def echo(desk: Desk, said: str, value: str) -> None:
    """Say back what was understood, where it is not what was said."""
    value = {"true": "yes", "false": "no"}.get(value, value)
    if value not in (said, said.strip().casefold()) and desk.writing.output_format == "text":
        exact = scalars.day_or_none(value)
        note(f"{show(said)}: {f'{exact:%A} {exact}' if exact else show(value)}")
