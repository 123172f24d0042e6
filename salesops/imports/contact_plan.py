"""A table of people: each row becomes a contact of the member that it names, of this import or on file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from salesops.edits.yaml_writer import in_order
from salesops.imports.csv.mapping import ContactMap
from salesops.imports.csv.rows import RowReader, column_in, fillings, left_out
from salesops.imports.csv.table import Table
from salesops.imports.ground import Ground
from salesops.imports.names import Directory, id_for, sameness
from salesops.imports.remarks import Verdict, Wrong
from salesops.records.member import Contact
from salesops.records.validation import typed
from salesops.records.yaml_reader import Document
from salesops.store.scratch import ScratchDict


@dataclass(frozen=True)
class ContactRow:
    """A contact as a row tells it, or several that say the same, by their places in the table."""

    rows: tuple[int, ...]
    data: dict[str, Any]


class ContactPlan:
    """What becomes of the rows of a table of contacts; ``members`` has those of each member."""

    def __init__(self, ground: Ground, mapped: ContactMap, table: Table) -> None:
        self.ground = ground
        self.mapped = mapped
        self.table = table
        self.column = column_in(mapped.member)
        self.fields = fillings(Contact, mapped.fields)
        self.reading = ground.reading(table, mapped.format)
        self.members = ScratchDict[str, list[ContactRow]]()

    def read(self, names: Directory, of_deals: Mapping[str, str]) -> None:
        """Read every row; a contact that the member has already, by name or e-mail address, keeps its id.

        ``of_deals`` has the member of the deals that name somebody by a key: of those whose row names no member.
        """
        for reader in self.ground.rows_in(self.reading):
            member_id = self._of_deals(reader, of_deals) or reader.named(self.mapped.member, names)
            data = reader.filled(self.fields)
            if member_id is None or reader.verdict is not None:
                continue
            told = self.members.get(member_id, [])
            if not (words := data.get("name") or data.get("email")):
                reader.reject(self.column, Wrong("cell-empty", "is somebody without a name or an e-mail address"))
            elif found := self._with_id(reader, member_id, told, data, str(words)):
                self._keep(reader, told, found)
                self.members[member_id] = told

    def _of_deals(self, reader: RowReader, of_deals: Mapping[str, str]) -> str:
        cell = reader.chosen(self.mapped.member)
        is_told = cell is None or not cell.sources or bool(reader.text_of(cell) or cell.missing)
        return "" if is_told or not self.mapped.key else of_deals.get(reader.cell(self.mapped.key), "")

    def _with_id(
        self, reader: RowReader, member_id: str, told: list[ContactRow], data: dict[str, Any], words: str
    ) -> dict[str, Any] | None:
        """The contact under the id that the member knows it by; None where it cannot be one."""
        known = self._known(member_id, told, data)
        made = known or id_for(words.partition("@")[0])
        if isinstance(made, Wrong):
            reader.reject(self.column, made, words)
            return None
        used = {one.data["id"] for one in told if not _is_same(one.data, data)}
        numbered = (made, *(f"{made}-{number}" for number in range(2, len(used) + 3)))
        data = in_order(Contact, {"id": next(each for each in numbered if each not in used), **data})
        while problems := typed(Document(self.table.name, "", data), Contact)[1]:
            if not any(left_out(reader, self.fields, data, problem) for problem in problems):
                reader.reject(self.column, Wrong(problems[0].code, problems[0].message), words)
                return None
        return data

    def _known(self, member_id: str, told: list[ContactRow], data: dict[str, Any]) -> str:
        """The id of the same person on file or in a row above."""
        document = self.ground.book.documents.get(("member", member_id))
        held = document.data.get("contacts") if document else None
        people = [*(held if isinstance(held, list) else ()), *(one.data for one in told)]
        return next(
            (str(one["id"]) for one in people if isinstance(one, dict) and "id" in one and _is_same(one, data)), ""
        )

    def _keep(self, reader: RowReader, told: list[ContactRow], data: dict[str, Any]) -> None:
        """Put a contact behind those of its member; one that a row above tells of in the same words is one with it."""
        at = next((at for at, one in enumerate(told) if one.data["id"] == data["id"]), None)
        if at is None:
            told.append(ContactRow((reader.at,), data))
            return
        like = told[at]
        if like.data == data:
            told[at] = replace(like, rows=(*like.rows, reader.at))
            reason = "is told by a row above in the same words: they are one"
            reader.say(Verdict.NOTE, self.column, "row-twice", reason, data["id"])
        else:
            wrong = Wrong("rows-contradict", "is told by two rows that contradict each other")
            first = self._reader(like)
            rows_told = f"{data['id']}, rows {first.row.number} and {reader.row.number}"
            for each in (first, reader):
                each.ask(self.column, wrong, rows_told)

    def _reader(self, one: ContactRow) -> RowReader:
        """The first row that tells of a contact."""
        return RowReader(self.reading, one.rows[0])

    def _taken(self, member_id: str) -> list[ContactRow]:
        return [one for one in self.members.get(member_id, ()) if self._reader(one).verdict is None]

    def called(self, member_id: str) -> dict[str, str]:
        """The ids of the contacts of a member by all that they are called, and by their key in the table."""
        words = [
            (word, one)
            for one in self._taken(member_id)
            for word in (*self._keys(one), *map(one.data.get, ("id", "name", "email")))
        ]
        return {sameness(str(word)): str(one.data["id"]) for word, one in words if word}

    def _keys(self, one: ContactRow) -> list[str]:
        return [RowReader(self.reading, at).cell(self.mapped.key) for at in one.rows] if self.mapped.key else []

    def of(self, member_id: str) -> list[dict[str, Any]]:
        """The contacts of a member."""
        return [one.data for one in self._taken(member_id)]

    def reader(self, member_id: str) -> RowReader:
        """The first row that names a member."""
        return self._reader(self.members[member_id][0])

    def say_left_over(self, member_id: str) -> None:
        """Say that a member is none of this import and not on file."""
        for one in self.members[member_id]:
            reason = "is no member of this import or on file"
            self._reader(one).say(Verdict.SKIPPED, self.column, "row-left-over", reason, member_id)

    def reject(self, member_id: str, wrong: Wrong) -> None:
        """Say why the contacts of a member cannot be taken."""
        for one in self.members[member_id]:
            self._reader(one).reject(self.column, wrong, member_id)


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two contacts are one person: by e-mail address where both have one, else by name."""
    if one.get("email") and other.get("email"):
        return str(one["email"]).casefold() == str(other["email"]).casefold()
    return bool(one.get("name") and other.get("name") and sameness(str(one["name"])) == sameness(str(other["name"])))
