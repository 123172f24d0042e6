"""The ids of new records: readable, made of what is said, and unlike any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from salesops.cli.hands import Desk
from salesops.cli.options import Usage
from salesops.edits.edit import as_read
from salesops.edits.spoken import Unclear
from salesops.records.kinds import own_named
from salesops.records.scalars import ID_FORM


def as_id(said: str) -> str:
    """An id as it was typed; raises Unclear where it is none."""
    if not ID_FORM.fullmatch(said):
        raise Unclear(f"'{said[:60]}' is no id: small letters, digits and hyphens")
    return said


def free(desk: Desk, wanted: str, *ends: str, kinds: Sequence[str] = ()) -> str:
    """An id that no record has: the wanted one, else with one of these ends, else with a number."""
    taken = {name for kind, name in _refs(desk) if kind in (kinds or own_named())}
    tries = iter((wanted, *(f"{wanted}-{end}" for end in ends), *(f"{wanted}-{number}" for number in range(2, 1000))))
    return next(each for each in tries if each not in taken)


def _refs(desk: Desk) -> Iterator[tuple[str, str]]:
    yield from desk.book.documents
    yield from desk.book.broken


def own_id(said: str | None) -> str | None:
    """The id that was given by ``--id``, if any."""
    try:
        return as_id(said) if said else None
    except Unclear as unclear:
        raise Usage(f"--id: {unclear}") from None


def there_or_free(desk: Desk, kind: str, wanted: str, data: Mapping[str, Any]) -> str:
    """The wanted id where nothing is called so, or where it is this very record; else one with a number."""
    document = desk.book.documents.get((kind, wanted))
    is_it = document is not None and all(document.data.get(key) == as_read(value) for key, value in data.items())
    return wanted if is_it else free(desk, wanted, kinds=(kind,))
