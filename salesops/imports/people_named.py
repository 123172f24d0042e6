"""The people whom a row names: contacts of one member, by what they are called or by the key of their own table; nobody is added."""

from __future__ import annotations

from dataclasses import dataclass, field

from salesops.imports.contact_plan import ContactPlan
from salesops.imports.csv.cells import name_and_address
from salesops.imports.csv.mapping import Cell
from salesops.imports.csv.rows import RowReader, column_in, parts_of
from salesops.imports.ground import Ground
from salesops.imports.names import sameness
from salesops.imports.remarks import Wrong

UNKNOWN = Wrong("contact-unknown", "is no contact of the member")
UNCLEAR = Wrong("contact-unclear", "is the name of several contacts of the member")


def people_named(
    ground: Ground, people: ContactPlan | None, reader: RowReader, cell: Cell, member_id: str
) -> list[str]:
    """The ids of the contacts of a member whom a cell names; of anybody else it is said that nothing was made."""
    chosen = reader.chosen(cell)
    words = reader.text_of(chosen) if chosen else ""
    if chosen is None or not words:
        return []
    known = _known(ground, people, member_id)
    found: list[str] = []
    for word in parts_of(words, chosen.split):
        ids = known.called(word)
        if len(ids) == 1:
            found += ids
        else:
            reader.refuse(column_in(chosen), UNCLEAR if ids else UNKNOWN, word, needed=False)
    return list(dict.fromkeys(found))


@dataclass
class _Contacts:
    """The contacts of a member by all that they are called, and those who have an e-mail address."""

    by_word: dict[str, set[str]] = field(default_factory=dict)
    with_address: set[str] = field(default_factory=set)

    def add(self, contact_id: str, name: object, address: object) -> None:
        """Add somebody."""
        for word in (contact_id, name, address):
            if word:
                self.by_word.setdefault(sameness(str(word)), set()).add(contact_id)
        if address:
            self.with_address.add(contact_id)

    def called(self, words: str) -> set[str]:
        """Who is meant: whoever has the id, or the address behind the name; else all of the name who have no other address."""
        if words in self.by_word.get(sameness(words), ()):
            return {words}
        name, address = map(sameness, name_and_address(words))
        alike = self.by_word.get(address) if address else None
        return alike or {one for one in self.by_word.get(name, ()) if not (address and one in self.with_address)}


def _known(ground: Ground, people: ContactPlan | None, member_id: str) -> _Contacts:
    """The contacts of a member, of this import and on file."""
    found = _Contacts()
    for word, contact_id in people.called(member_id).items() if people else ():
        found.add(contact_id, word, None)
    for told in people.of(member_id) if people else ():
        found.add(str(told["id"]), told.get("name"), told.get("email"))
    member = ground.book.members.get(member_id)
    for contact in member.contacts if member else ():
        found.add(contact.id, contact.name, contact.email)
    return found
