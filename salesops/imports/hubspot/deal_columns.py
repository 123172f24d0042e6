"""The deals of an export as a mapping is made of them: their columns by what they hold, their stages, and what is certain of these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from salesops.book.book import Book
from salesops.imports.csv.columns import DATES, EMPTY_WORDS, TableColumn, columns_of, empty_words, is_read
from salesops.imports.csv.detect import NamedColumns, in_order_of, stage_words
from salesops.imports.csv.table import Table
from salesops.imports.hubspot.headings import DEAL_NAMES, EnteredColumn, column_called, entered_column
from salesops.imports.hubspot.tables import HubspotExport, PipelineStage
from salesops.imports.names import sameness
from salesops.records.process import Process


class StageWord(NamedTuple):
    """A stage as the export calls it, in its pipeline; nothing where there is only one."""

    pipeline: str
    word: str


@dataclass(frozen=True)
class DealColumns:
    """The table of the deals by what its columns hold, the words for its stages, and what these are here."""

    export: HubspotExport
    table: Table
    book: Book
    process: Process | None

    @cached_property
    def named(self) -> NamedColumns:
        """Its columns, with those that a later line has taken."""
        return NamedColumns(columns_of(self.table, empty_words(self.table)))

    @cached_property
    def names(self) -> dict[str, str]:
        """The headings by what they hold."""
        return {what: column_called(self.table.header, names) for what, names in DEAL_NAMES.items()}

    @cached_property
    def words(self) -> dict[StageWord, int]:
        """The stages in which deals are now, and how many."""
        found: dict[StageWord, int] = {}
        stage, pipeline = self.names["stage"], self.pipeline
        for row in self.table.rows if stage else ():
            word = self.table.cell(row, stage)
            if word and word not in EMPTY_WORDS:
                each = StageWord(self.table.cell(row, pipeline) if pipeline else "", word)
                found[each] = found.get(each, 0) + 1
        return found

    @cached_property
    def pipeline(self) -> str:
        """The column of the pipelines where there are several."""
        column = self.names["pipeline"]
        several = column and len({self.table.cell(row, column) for row in self.table.rows}) > 1
        return column if several else ""

    @cached_property
    def entered(self) -> list[EnteredColumn]:
        """The columns of the days of the stages in which any deal is or was, and of those that are certain to be ours."""
        filled = {column.name for column in self.named.columns if column.held}
        found = [one for name in self.table.columns if (one := entered_column(name))]
        present = [stage.word for stage in self.words]
        return [one for one in found if one.name in filled or self.meant(one.label) or any(map(one.is_of, present))]

    @cached_property
    def known(self) -> dict[str, str]:
        """What words for a stage are certain here: our own names and titles, and the ends of a pipeline."""
        own = self.process.stages if self.process else {}
        ends = {stage.label or stage.id: "closed won" if stage.is_won else "closed lost" for stage in self._closed}
        of_ends = {sameness(word): meant for word, meant in ends.items() if meant in own}
        return {**of_ends, **stage_words(self.process)}

    @property
    def _closed(self) -> list[PipelineStage]:
        return [stage for stage in self.export.stages if stage.is_closed]

    def meant(self, word: str) -> str:
        """The stage of ours that a word means for certain; nothing where a person must say."""
        return self.known.get(sameness(word), "")

    def is_closing(self, word: str) -> bool:
        """Whether a word is known to mean the end of a deal."""
        return bool(meant := self.meant(word)) and self.process is not None and not self.process.stages[meant].is_open

    @cached_property
    def is_ours(self) -> bool:
        """Whether the deals are an export of ours, which calls them by their ids."""
        column = self.names["id"]
        return bool(column) and any(self.table.cell(row, column) in self.book.deals for row in self.table.rows)

    def column(self, what: str) -> TableColumn | None:
        """A column by what it holds, where there is one with anything in it; it is then taken."""
        found = next((one for one in self.named.columns if one.name == self.names[what]), None)
        if found is None:
            return None
        self.named.taken.add(found.name)
        return found

    def stages(self) -> Iterator[tuple[str, list[StageWord]]]:
        """The words for stages, by their pipelines, in the order of our stages."""
        pipelines = dict.fromkeys(one.pipeline for one in self.words)
        for pipeline in pipelines:
            words = [one.word for one in self.words if one.pipeline == pipeline]
            words += [one.label for one in self.entered if self._is_only_past(one, pipeline)]
            yield (
                pipeline,
                [
                    StageWord(pipeline, word)
                    for word in in_order_of(self.process, list(dict.fromkeys(words)), self.known)
                ],
            )

    def _is_only_past(self, column: EnteredColumn, pipeline: str) -> bool:
        """Whether a column is of a stage of a pipeline in which no deal is now."""
        if pipeline and column.pipeline and column.pipeline != pipeline:
            return False
        return not any(column.is_of(one.word) for one in self.words if one.pipeline == pipeline or not column.pipeline)

    def days_of(self, stage: StageWord) -> list[str]:
        """The columns with the days on which deals entered a stage: that of its pipeline, or one that does not say which."""
        found = [one for one in self.entered if one.is_of(stage.word)]
        own = [one for one in found if one.pipeline == stage.pipeline or not stage.pipeline]
        return [
            one.name for one in own or found if not (stage.pipeline and one.pipeline and one.pipeline != stage.pipeline)
        ]


def ways_of_days(table: Table) -> list[str]:
    """Every way in which a day or a time of a table is written; what can be read in two ways has both."""
    found: list[str] = []
    for column in columns_of(table, empty_words(table)):
        if not may_hold_days(column.name):
            continue
        for words in column.held:
            if not any(is_read(words, way) for way in found):
                found += [
                    way for way in column.dates or [way for way in DATES if is_read(words, way)] if way not in found
                ]
    return found


def may_hold_days(name: str) -> bool:
    """Whether a heading is one of days or times."""
    same = sameness(name)
    return bool(entered_column(name)) or "date" in same or same.endswith(("time", "entered"))
