"""What every record is: frozen, without unknown keys, each field with its meaning, unit and source in its description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field

from salesops.problems import Path
from salesops.records.scalars import HAPPENED


class Record(BaseModel):
    """The base of all records and their parts.

    Every scalar is read by ``salesops.records.scalars``, so Pydantic has nothing left to guess, and no message of
    its own ever holds a value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @property
    def is_planned(self) -> bool:
        """Whether its days say what is to come instead of what happened."""
        return False

    @property
    def began(self) -> date | None:
        """The day from which it is there: the first on which something in it happened; None where it has no day."""
        return min(days_of(self), default=None)


def days_of(record: Record) -> Iterator[date]:
    """The days on which something in a record happened; those of its parts are theirs, and a plan has none."""
    for name in () if record.is_planned else dated_fields(type(record)):
        day = getattr(record, name)
        if day is not None:
            yield day


@lru_cache(maxsize=256)
def dated_fields(model: type[Record]) -> tuple[str, ...]:
    """The fields of a record that say when something happened, by their Python names."""
    return tuple(name for name, field in model.model_fields.items() if HAPPENED in _markers(field))


def _markers(field: Any) -> Iterator[Any]:
    """What a type or a field is marked with, whether or not it may be left out."""
    yield from field.metadata
    for part in get_args(field.annotation):
        yield from getattr(part, "__metadata__", ())


@dataclass(frozen=True)
class Entries:
    """How the entries of a list are told apart, from one version of a record to the next.

    ``by`` names their fields that find one again although it was changed. Two new entries that agree in them are one and
    the same, unless ``may_repeat``. Where they are ``in_order``, it is the place that says which one an entry is. People call one by the field ``about``, and ``called`` is what they say before it.
    """

    by: tuple[str, ...] = ()
    may_repeat: bool = False
    in_order: bool = False
    about: str = ""
    called: str = ""


class Past(StrEnum):
    """What holds of a field once an earlier commit has said it (``reference/records#the-past``).

    *Signed*: a change is an error until somebody signs a correction. *Named*: it is a warning, and is told on the pull request.
    """

    FREE = "free"
    OWN_RULE = "by a rule of its own"
    SIGNED = "signed"
    SIGNED_ONCE_CLOSED = "signed once the deal is closed"
    SIGNED_ONCE_RUNNING = "signed once it runs"
    SIGNED_ONCE_DONE = "signed once it is done"
    SIGNED_AFTER_ITS_DAY = "signed after its day"
    ENTRIES_SIGNED = "signed for what entries say of days gone by"
    ENTRIES_SIGNED_ONCE_SENT = "signed for entries once they were sent"
    RATES_SIGNED = "signed for rates of days gone by, new ones too"
    NEW_VERSION = "changed only by a new version"
    SIGNED_WHERE_IT_GOES_BACK = "signed where it goes back, or had ended"
    NAMED_ONCE_CLOSED = "named once the deal is closed"
    LOSSES_NAMED = "named for each loss that had come about"
    ENTRIES_NAMED = "named for entries that change or go"
    LATE_NAMED = "named for entries that change, go, or come late"


def given(
    description: str,
    *examples: str,
    key: str | None = None,
    entries: Entries | None = None,
    past: Past | None = None,
) -> Any:
    """A field that must be there; ``key`` is its YAML key where that is a word of Python, ``past`` what holds of it later."""
    return _marked(Field(description=description, examples=list(examples) or None, alias=key), entries, past)


def maybe(description: str, *examples: str, key: str | None = None, past: Past | None = None) -> Any:
    """A field that may be left out; ``key`` is its YAML key where that is a word of Python."""
    return _marked(Field(default=None, description=description, examples=list(examples) or None, alias=key), None, past)


def many(
    description: str,
    *examples: str,
    key: str | None = None,
    entries: Entries | None = None,
    past: Past | None = None,
) -> Any:
    """A list that may be left out or empty; ``key`` is its YAML key where that is a word of Python."""
    field = Field(default=(), description=description, examples=list(examples) or None, alias=key)
    return _marked(field, entries, past)


def free(description: str, past: Past | None = None) -> Any:
    """A free mapping, kept and shown but never interpreted."""
    return _marked(Field(default_factory=dict, description=description), None, past)


def named(description: str, past: Past | None = None) -> Any:
    """A mapping of names that may be left out."""
    return _marked(Field(default_factory=dict, description=description, examples=[None]), None, past)


def _marked(field: Any, *marks: Any) -> Any:
    """A field that carries how the entries of its list are told apart, and what holds of it later."""
    field.metadata.extend(mark for mark in marks if mark is not None)
    return field


def past_of(field: Any) -> Past | None:
    """What holds of a field of a record once it was said; None where the field does not say."""
    return next((mark for mark in field.metadata if isinstance(mark, Past)), None)


def value_at(record: Any, path: Path | str) -> Any:
    """What a record, typed or as it is written, holds at a path, or None: ``maniac_t.money.status``, ``stages.1``, ``x.asana``."""
    parts: Path = tuple(path.split(".")) if isinstance(path, str) else path
    value = record
    for part in parts:
        if isinstance(value, BaseModel):
            name = attribute(type(value), str(part))
            value = getattr(value, name) if name else None
        elif isinstance(value, Mapping):
            value = value.get(str(part))
        elif isinstance(value, tuple | list):
            value = _entry(value, part)
            if not str(part).isdecimal() and isinstance(value, BaseModel | Mapping):
                value = value_at(value, (part,))
        else:
            return None
        if value is None:
            return None
    return value


def _entry(entries: tuple[Any, ...] | list[Any], part: str | int) -> Any:
    """The entry of a list at a position; the last one where a field is asked for without saying of which entry."""
    if str(part).isdecimal():
        return entries[int(part)] if int(part) < len(entries) else None
    return entries[-1] if entries else None


@lru_cache(maxsize=4096)
def attribute(model: type[BaseModel], key: str) -> str | None:
    """The Python name of a YAML key, or None: ``with`` and ``from`` are words of the language and carry an underscore."""
    return next((name for name in (key, f"{key}_") if name in model.model_fields), None)


def is_given(value: Any) -> bool:
    """Whether there is anything there: not None, not an empty text, list or mapping."""
    if isinstance(value, BaseModel):
        return any(is_given(getattr(value, name)) for name in type(value).model_fields)
    return value is not None and value not in ("", (), [], {})
