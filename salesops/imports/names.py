"""Names to ids: one name always becomes the same id, and two names never share one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256

from salesops.imports.remarks import Wrong
from salesops.records.scalars import ID_FORM, shown, slug
from salesops.store.load import RESERVED
from salesops.store.scratch import ScratchDict

MAX_ID, DIGEST = 80, 10
"""The characters that an id has at most, and those of them that tell two long or foreign names apart."""
RECENT = 1_000
"""Names that are known without a look at the disk: those that were asked for last."""


def sameness(name: str) -> str:
    """What two spellings of one name have in common: letters and digits, whatever their case and what stands between."""
    folded = (name if name.isascii() else unicodedata.normalize("NFKC", name)).casefold()
    return "".join(filter(str.isalnum, folded))


def one_address(url: str) -> str:
    """What two spellings of one address have in common, whatever the case and whether a stroke ends it."""
    return url.strip().rstrip("/").casefold()


def id_of(words: str) -> str | Wrong:
    """The id made of some text, or why none can be."""
    record_id = words if ID_FORM.fullmatch(words) else slug(words)
    if not record_id:
        return Wrong("no-id", "has no letter or digit to make an id from")
    if record_id in RESERVED:
        return Wrong("no-id", f"would become '{record_id}', a name reserved by Windows")
    return record_id


def id_for(words: str) -> str | Wrong:
    """The id of a name of any length and in any script.

    Where something of it cannot stand in an id, a few letters and digits made from the whole name come after what can be
    read: two names that are not the same never share an id because of it, and the same name has the same id tomorrow.
    """
    if ID_FORM.fullmatch(words) or not (same := sameness(words)):
        return id_of(words)
    readable = slug(words)
    if readable and len(_in_full(words)) <= MAX_ID and not _is_of_another_script(words):
        return id_of(words)
    cut = readable[: MAX_ID - DIGEST - 1].rstrip("-") or "name"
    return f"{cut}-{sha256(same.encode('utf-8', 'replace')).hexdigest()[:DIGEST]}"


def _in_full(words: str) -> str:
    """What a name would be as an id if it could be of any length."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _is_of_another_script(words: str) -> bool:
    """Whether a name has letters or digits that are no Latin ones."""
    if words.isascii():
        return False
    letters = {letter for letter in unicodedata.normalize("NFKD", words) if letter.isalnum() and not letter.isascii()}
    return any("LATIN" not in unicodedata.name(letter, "") for letter in letters)


class Directory:
    """The names of the members or of the people, those on file first.

    ``ids`` are those that the mapping gives by hand; ``id`` is the id of a name, of which a new one is remembered, ``name_of`` the name of an id.
    """

    def __init__(self, on_file: Iterable[tuple[str, str]], ids: Mapping[str, str]) -> None:
        self.names = ScratchDict[str, str]()
        self.ids = ids
        self.id = lru_cache(RECENT)(self._id)
        self.name_of = lru_cache(RECENT)(self.names.__getitem__)
        self._found = ScratchDict[str, str | Wrong]()
        self._by_sameness = ScratchDict[str, str]()
        for record_id, name in on_file:
            self.names.setdefault(record_id, name)
            self._by_sameness.setdefault(sameness(record_id), record_id)
        for record_id, name in self.names.items():
            self._by_sameness.setdefault(sameness(name), record_id)

    def _id(self, name: str) -> str | Wrong:
        found = self._found.get(name)
        if found is None:
            self._found[name] = found = self._find(name)
        return found

    def also(self, name: str, record_id: str) -> None:
        """From now on another name, too, is that of a record."""
        self._found[name] = record_id
        self._by_sameness[sameness(name)] = record_id
        self.id.cache_clear()

    def _find(self, name: str) -> str | Wrong:
        if name in self.ids:
            given = id_of(self.ids[name])
            if not isinstance(given, Wrong):
                self.names.setdefault(given, name)
            return given
        same = sameness(name)
        if same in self._by_sameness:
            return self._by_sameness[same]
        record_id = id_for(name)
        if isinstance(record_id, Wrong):
            return record_id
        if record_id in self.names:
            return Wrong("id-shared", f"would become '{record_id}', which is already {shown(self.names[record_id])}")
        self.names[record_id] = name
        self._by_sameness[same] = record_id
        return record_id
