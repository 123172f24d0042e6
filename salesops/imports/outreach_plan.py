"""A table of a mailing tool: each row becomes a count of a message in playbook/outreach/."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from salesops.edits.yaml_writer import in_order
from salesops.imports.candidates import Candidate, one_for_each
from salesops.imports.csv.mapping import OutreachMap
from salesops.imports.csv.rows import RowReader, column_in, fillings
from salesops.imports.ground import Ground, Making
from salesops.imports.names import id_for
from salesops.imports.outcomes import RecordOutcome
from salesops.imports.remarks import Wrong
from salesops.records.outreach import Outreach, Results

FOLDER = "playbook/outreach"


class OutreachPlan:
    """What becomes of the rows of such a table."""

    def __init__(self, ground: Ground, mapped: OutreachMap) -> None:
        self.ground = ground
        self.mapped = mapped
        self.column = column_in(mapped.message)
        self.fields = fillings(Results, mapped.counts)
        records: dict[str, Outreach] = dict(ground.book.of("outreach"))
        self.known = {record.message: record_id for record_id, record in records.items()}

    def entries(self) -> Iterator[RecordOutcome]:
        """What becomes of each message that was counted."""
        told = [one for reader in self.ground.rows() if (one := self._told(reader))]
        of_message: dict[str, list[Candidate]] = {}
        for candidate in one_for_each(told, self.column):
            of_message.setdefault(candidate.name, []).append(candidate)
        for message, candidates in of_message.items():
            yield from self._of_message(message, candidates)

    def _of_message(self, message: str, candidates: list[Candidate]) -> Iterator[RecordOutcome]:
        results = [in_order(Results, candidate.data) for candidate in candidates]
        data = {"message": message, "results": sorted(results, key=lambda entry: str(entry["date"]))}
        record_id = self.known.get(message) or id_for(message)
        if isinstance(record_id, Wrong):
            found: Any = record_id
        else:
            making = Making("outreach", Outreach, record_id, FOLDER, lists=("results",))
            found = self.ground.entry(making, candidates[0].reader, data)
        if isinstance(found, RecordOutcome):
            yield found
            return
        wrong = found if isinstance(found, Wrong) else Wrong(found[0].code, f"{found[0].field}: {found[0].message}")
        for candidate in candidates:
            candidate.reject(self.column, wrong, message)

    def _told(self, reader: RowReader) -> Candidate | None:
        """The count of one row, by its message and day."""
        message = reader.value(self.mapped.message, "text", needed=True)
        day = reader.value(self.mapped.date, "date", needed=True)
        counts = reader.filled(self.fields)
        if message is None or day is None or reader.verdict is not None:
            return None
        if day > str(self.ground.today):
            wrong = Wrong("fact-in-future", "is a day to come: nothing was counted then yet")
            reader.reject(column_in(self.mapped.date), wrong, day)
            return None
        if message not in self.known and message not in self.ground.book.templates:
            said = "is not in playbook/templates/: say under values which message and version it is, or put it there"
            reader.reject(self.column, Wrong("message-unknown", said), message)
            return None
        if not counts:
            reader.reject(self.column, Wrong("cell-empty", "has no count at all"), message)
            return None
        return Candidate((reader,), f"{message} of {day}", f"{message} of {day}", {"date": day, **counts}, message)
