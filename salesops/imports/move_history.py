"""A history of moves in one cell, such as the labels of an issue over time: the stages that it tells, and what is not sure about them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from salesops.imports.csv import cells
from salesops.imports.csv.mapping import LEAVE_OUT, HistoryCell
from salesops.imports.csv.rows import RowReader
from salesops.imports.ground import Ground
from salesops.imports.remarks import Verdict, Wrong
from salesops.records.scalars import shown

Moves = list[dict[str, str]]
"""The moves of a deal as its file writes them."""
NO_DAY = "?"
"""What stands in place of a day that nobody knows."""
TAKEN_AWAY = "-"
"""What is before a day on which a word was taken away again."""


class MoveHistory:
    """Reads such cells; ``closing`` are the stages that end a deal."""

    def __init__(self, ground: Ground, mapped: HistoryCell) -> None:
        self.ground = ground
        self.mapped = mapped
        self.closing = ground.on_file.closing
        self.known = {name for version in ground.book.processes for name in (*version.stages, *version.becomes)}

    def after(self, reader: RowReader, moves: Moves) -> Moves:
        """The moves with those that the cell adds; what it leaves unsaid is asked."""
        whole = list(moves)
        has_ended, gone = False, ""
        for day, word in self._told(reader):
            if day.startswith(TAKEN_AWAY):
                gone = self._stage(reader, word) or gone
                continue
            has_ended = word == self.mapped.ended
            stage = None if has_ended else self._stage(reader, word)
            if stage and self._has_day(reader, day, stage) and [stage] != _stages(whole)[-1:]:
                whole.append({stage: day})
            gone = "" if stage == gone else gone
        last = "".join(_stages(whole)[-1:])
        if has_ended and last not in self.closing:
            reason = f"says {shown(self.mapped.ended or '')}, and no stage says whether it was won or lost"
            reader.say(Verdict.ASKED, self.mapped.column, "end-unknown", reason, f"last in {last}")
        if gone and gone == last:
            reason = "has its last stage taken away again, and does not say where the deal is now"
            reader.say(Verdict.ASKED, self.mapped.column, "stage-unknown", reason, gone)
        self._say_forbidden(reader, whole)
        return whole

    def _told(self, reader: RowReader) -> Iterator[tuple[str, str]]:
        for line in reader.cell(self.mapped.column).split("\n"):
            day, _, word = line.strip().partition(" ")
            if day:
                yield (day, word.strip()) if word else (NO_DAY, day)

    def _stage(self, reader: RowReader, word: str) -> str | None:
        """The stage that a word means; a word that nobody has explained is asked about."""
        stage = self.mapped.values.get(word, word)
        if stage == LEAVE_OUT:
            return None
        if stage not in self.known:
            wrong = Wrong("word-unknown", "has a word that is no stage: say under values what it means, or 'leave out'")
            reader.say(Verdict.ASKED, self.mapped.column, wrong.code, wrong.reason, word)
            return None
        return stage

    def _has_day(self, reader: RowReader, day: str, stage: str) -> bool:
        """Whether a move has a day; a stage since nobody knows when is asked about."""
        if isinstance(cells.day(day, ("YYYY-MM-DD",), self.ground.zone), Wrong):
            reason = "has a stage without the day since when: without it the deal would be left in an earlier stage"
            reader.say(Verdict.ASKED, self.mapped.column, "stage-without-day", reason, stage)
            return False
        return True

    def _say_forbidden(self, reader: RowReader, moves: Moves) -> None:
        """Name each move that the process of its day has no exit for; it is history, so it comes along."""
        lines = [next(iter(move.items())) for move in moves]
        for (start, before), (target, day) in pairwise(lines):
            if day < before:
                reason = f"{shown(target)} would be entered before the stage above it"
                reader.reject(self.mapped.column, Wrong("stage-dates-go-back", reason), f"{day} after {before}")
                continue
            process = self.ground.book.process_on(date.fromisoformat(day))
            if process and not process.exits_between(start, target):
                reason = f"tells a move that the process {process.version} has no exit for; it is taken as it was"
                reader.say(Verdict.NOTE, self.mapped.column, "move-forbidden", reason, f"{start} to {target} on {day}")


def _stages(moves: Moves) -> list[str]:
    return [next(iter(move)) for move in moves]
