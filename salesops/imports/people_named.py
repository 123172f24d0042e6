"""The people whom a row names: contacts of one member, by what they are called or by the key of their own table; nobody is added."""

from __future__ import annotations

from salesops.imports.contact_plan import ContactPlan
from salesops.imports.csv.cells import name_alone
from salesops.imports.csv.mapping import Cell
from salesops.imports.csv.rows import RowReader, column_in, parts_of
from salesops.imports.ground import Ground
from salesops.imports.names import sameness
from salesops.imports.remarks import Wrong


def people_named(
    ground: Ground, people: ContactPlan | None, reader: RowReader, cell: Cell, member_id: str
) -> list[str]:
    """The ids of the contacts of a member whom a cell names; of anybody else it is said that nothing was made."""
    chosen = reader.chosen(cell)
    words = reader.text_of(chosen) if chosen else ""
    if chosen is None or not words:
        return []
    known = _by_word(ground, people, member_id)
    found: list[str] = []
    for word in map(name_alone, parts_of(words, chosen.split)):
        if sameness(word) in known:
            found.append(known[sameness(word)])
        else:
            reader.refuse(
                column_in(chosen), Wrong("contact-unknown", "is no contact of the member"), word, needed=False
            )
    return list(dict.fromkeys(found))


def _by_word(ground: Ground, people: ContactPlan | None, member_id: str) -> dict[str, str]:
    """The contacts of a member, of this import and on file, by all that they are called."""
    member = ground.book.members.get(member_id)
    told = people.called(member_id) if people else {}
    held = {
        sameness(word): contact.id
        for contact in (member.contacts if member else ())
        for word in (contact.id, contact.name, contact.email)
        if word
    }
    return {**told, **held}
