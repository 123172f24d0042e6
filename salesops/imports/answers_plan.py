"""A table of a questionnaire: each row becomes MANIAC-T answers of the deal that it names; what nobody judged stays unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from salesops.edits.yaml_writer import in_order
from salesops.imports.candidates import Candidate, one_for_each
from salesops.imports.csv.mapping import AnswersMap
from salesops.imports.csv.rows import RowReader, StandIn, column_in, is_put_in
from salesops.imports.deals_named import DealsNamed
from salesops.imports.ground import Ground, Making
from salesops.imports.names import Directory
from salesops.imports.outcomes import RecordOutcome
from salesops.imports.remarks import Verdict, Wrong
from salesops.records.deal import Deal
from salesops.records.qualification import MANIAC_T, Answer
from salesops.records.record import value_at

NOT_JUDGED = "unknown"
"""The status of an answer that somebody gave and nobody weighed."""


class AnswersPlan:
    """What becomes of the rows of such a table."""

    def __init__(self, ground: Ground, mapped: AnswersMap) -> None:
        self.ground = ground
        self.mapped = mapped
        self.deals = DealsNamed(ground.book)
        self.column = column_in(mapped.deal)
        team = ground.book.team.people if ground.book.team else {}
        self.team = team
        names = ((person_id, person.name) for person_id, person in team.items())
        self.people = Directory(names, mapped.asked_by.ids if mapped.asked_by else {})

    def entries(self) -> Iterator[RecordOutcome]:
        """What becomes of each deal that was asked about."""
        told = [one for reader in self.ground.rows() if (one := self._told(reader))]
        for candidate in one_for_each(self._latest(told), self.column):
            making = Making("deal", Deal, candidate.id, "deals")
            data = {"maniac_t": {letter: in_order(Answer, said) for letter, said in candidate.data.items()}}
            found = self.ground.entry(making, candidate.reader, data)
            if isinstance(found, RecordOutcome):
                yield found
            else:
                candidate.reject(
                    self.column, Wrong(found[0].code, f"{found[0].field}: {found[0].message}"), candidate.id
                )

    def _latest(self, told: list[Candidate]) -> list[Candidate]:
        """The rows without answers that the same deal gave again on a later day; each of these is named."""
        last: dict[tuple[str, str], str] = {}
        for candidate in told:
            for letter, said in candidate.data.items():
                last[candidate.id, letter] = max(last.get((candidate.id, letter), ""), said["date"])
        for candidate in told:
            answers = candidate.data
            for letter, said in list(answers.items()):
                if said["date"] < (day := last[candidate.id, letter]):
                    del answers[letter]
                    wrong = Wrong("answer-earlier", f"{letter} is answered again on {day}: the later answer counts")
                    candidate.say(Verdict.NOTE, column_in(self.mapped.answers[letter]), wrong, said["note"])
        return [candidate for candidate in told if candidate.data]

    def _told(self, reader: RowReader) -> Candidate | None:
        """The answers of one row, without those that the deal has from somebody else."""
        day = reader.value(self.mapped.date, "date", needed=True)
        deal_id = self._deal(reader, day) if day else None
        asked_by = self._asked_by(reader)
        answers = {letter: words for letter in MANIAC_T if (words := self._words(reader, letter))}
        if reader.verdict is not None or deal_id is None or day is None:
            return None
        if not answers:
            reader.say(Verdict.SKIPPED, self.column, "cell-empty", "has no answer at all: the row is skipped", deal_id)
            return None
        said = {
            letter: {"status": StandIn(NOT_JUDGED), "date": day, "note": words, **asked_by}
            for letter, words in answers.items()
        }
        new = {
            letter: answer for letter, answer in said.items() if not self._is_answered(reader, deal_id, letter, answer)
        }
        return Candidate((reader,), deal_id, deal_id, new) if new else None

    def _words(self, reader: RowReader, letter: str) -> str | None:
        cell = self.mapped.answers.get(letter)
        return reader.value(cell, "text") if cell else None

    def _deal(self, reader: RowReader, day: str) -> str | None:
        """The one deal that the row names; of none or several the row asks."""
        cells = self.mapped.deal.cases or (self.mapped.deal,)
        words = [said for cell in cells if reader.holds(cell.when) and (said := reader.text_of(cell))]
        found = next((deals for said in words if (deals := self.deals.named(said, date.fromisoformat(day)))), [])
        if len(found) == 1:
            return found[0]
        if found:
            reason = "has several deals on that day: name one by its id"
            reader.say(Verdict.ASKED, self.column, "deal-unclear", reason, f"{words[0]}: {', '.join(found)}")
        else:
            reason = "has no deal on that day: begin one with salesops new deal" if words else "is empty"
            reader.reject(self.column, Wrong("deal-unknown", reason), ", ".join(words))
        return None

    def _asked_by(self, reader: RowReader) -> dict[str, Any]:
        """Who asked, where the row says so; a name that nobody in the team has is left out."""
        asked_by = self.mapped.asked_by
        cell = reader.chosen(asked_by) if asked_by is not None else None
        if cell is None:
            return {}
        words = (reader.text_of(cell) or cell.missing or "") if cell.sources else cell.constant or ""
        person = self.people.id(words) if words else None
        if isinstance(person, str) and person in self.team:
            return {"asked_by": person if cell.sources else StandIn(person)}
        if words:
            wrong = Wrong("person-unknown", "is not in playbook/team.yaml")
            reader.refuse(column_in(cell), wrong, words, needed=False)
        return {}

    def _is_answered(self, reader: RowReader, deal_id: str, letter: str, said: Mapping[str, Any]) -> bool:
        """Whether the deal has an answer already that no import brought; one in other words stays, and both are to be looked at."""
        document = self.ground.book.documents.get(("deal", deal_id))
        held = value_at(document.data, ("maniac_t", letter)) if document else None
        if not isinstance(held, dict) or value_at(self.ground.last.of("deal", deal_id), ("maniac_t", letter)):
            return False
        if all(held.get(key) == value or is_put_in(value) for key, value in said.items()):
            return False
        if any(held.get(key) != said[key] for key in ("date", "note")):
            column = column_in(self.mapped.answers[letter])
            reason = f"{letter} is answered already in {deal_id}, since {held.get('date')}: the answer on file stays"
            reader.say(Verdict.NOTE, column, "answer-known", reason, str(said["note"]))
        return True
