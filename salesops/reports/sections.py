"""A report in sections: sentences and tables whose cells may name a record or a metric; as text, as Markdown, and on a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from salesops.output import Style, code_span, counted, link, markdown, show, table, unpainted
from salesops.records.scalars import as_said

MOST_MARKDOWN = 60_000
"""Characters of a report in Markdown: an issue may have 65,536."""
MOST_CHARACTERS = 400
"""Characters of one cell in Markdown."""
NOTHING = "–"


@dataclass(frozen=True)
class SheetCell:
    """What stands in a cell: words, and the record or the metric that they name, as kind and id."""

    text: str
    ref: tuple[str, str] | None = None
    parts: tuple[str | date, ...] = ()
    """The same words with the days apart that the program says among them, so that a page may say these as people do."""

    @property
    def named(self) -> str:
        """The words, and the id of a deal behind them, so that it can be looked up."""
        return f"{self.text} ({self.ref[1]})" if self.ref and self.ref[0] == "deal" else self.text


@dataclass(frozen=True)
class Head:
    """The head of a column: figures stand to the right, sentences may be long."""

    title: str
    right: bool = False
    words: bool = False
    own: bool = False
    """Its sentences are the program's own, with no word of a record but names: a page may say their days in words."""


@dataclass(frozen=True)
class SheetSection:
    """One point of the agenda: what is to be said first, a table, and what is said where that is empty."""

    id: str
    title: str
    said: tuple[str, ...] = ()
    heads: tuple[Head, ...] = ()
    rows: tuple[tuple[SheetCell, ...], ...] = ()
    empty: str = ""
    links: tuple[tuple[str, str], ...] = ()
    """Where more is: what it leads to, and the address."""


@dataclass(frozen=True)
class Paper:
    """A whole report: its title, what is said below it, its sections."""

    title: str
    said: tuple[str, ...]
    sections: tuple[SheetSection, ...]


def dated(*parts: str | date) -> SheetCell:
    """A cell of words and days."""
    return SheetCell(in_words(parts), parts=parts)


def in_words(parts: Sequence[str | date]) -> str:
    """Words and days as one text."""
    return "".join(as_said(part) if isinstance(part, date) else part for part in parts)


def cells(*texts: Any) -> tuple[SheetCell, ...]:
    """A row: texts as they are, what is not there as a dash."""
    return tuple(
        text if isinstance(text, SheetCell) else SheetCell(str(text) if text not in (None, "") else NOTHING)
        for text in texts
    )


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_text(paper: Paper, style: Style = unpainted) -> Iterator[str]:
    """The whole report for a terminal; sentences stand below their row."""
    yield style(show(paper.title), "head")
    yield from map(show, paper.said)
    for section in paper.sections:
        yield ""
        yield style(show(section.title), "head")
        yield from (f"  {show(words)}" for words in _said(section))
        yield from (f"  {show(words)}: {show(address)}" for words, address in section.links)
        yield from (f"  {line}" for line in _rows_as_text(section, style))


def _said(section: SheetSection) -> tuple[str, ...]:
    return section.said if section.rows or not section.empty else (*section.said, section.empty)


def _rows_as_text(section: SheetSection, style: Style) -> Iterator[str]:
    if not section.rows:
        return
    narrow = [at for at, head in enumerate(section.heads) if not head.words]
    heads = [section.heads[at] for at in narrow]
    right = frozenset(at for at, head in enumerate(heads) if head.right)
    shown = [[row[at].named for at in narrow] for row in section.rows]
    first, *lines = table(shown, [head.title for head in heads], right, style)
    yield first
    for line, row in zip(lines, section.rows, strict=True):
        yield line
        for head, cell in zip(section.heads, row, strict=True):
            if head.words and cell.text != NOTHING:
                yield f"    {show(cell.text)}"


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_markdown(paper: Paper, level: int = 2) -> Iterator[str]:
    """The whole report as Markdown: whatever stands in the records, it stays text; rows for which there is no room are counted."""
    head = [f"{'#' * level} {markdown(paper.title)}", "", *_paragraphs(paper.said)]
    sections = [list(_around(section, level + 1)) for section in paper.sections]
    room = MOST_MARKDOWN - sum(len(line) + 1 for lines in (head, *sections) for line in lines)
    yield from head
    for section, lines in zip(paper.sections, sections, strict=True):
        yield from lines
        rows = list(_fitting(section, room))
        room -= sum(len(line) + 1 for line in rows)
        yield from rows


def _paragraphs(sentences: Sequence[str]) -> Iterator[str]:
    for words in sentences:
        yield markdown(words)
        yield ""


def _around(section: SheetSection, level: int) -> Iterator[str]:
    """What stands above the rows of a section."""
    yield f"{'#' * level} {markdown(section.title)}"
    yield ""
    yield from _paragraphs(_said(section))
    for words, address in section.links:
        yield f"- {link(markdown(words), address)}"
    if section.links:
        yield ""
    if section.rows:
        yield f"| {' | '.join(markdown(head.title) for head in section.heads)} |"
        yield f"|{'|'.join('--:' if head.right else '---' for head in section.heads)}|"


def _fitting(section: SheetSection, room: int) -> Iterator[str]:
    """As many rows as there is room for, and how many more there are."""
    for at, row in enumerate(section.rows):
        line = f"| {' | '.join(map(_in_markdown, row))} |"
        room -= len(line) + 1
        if room < 0:
            yield ""
            yield f"… and {counted(len(section.rows) - at, 'more row')}: `salesops review` shows all."
            break
        yield line
    if section.rows:
        yield ""


def _in_markdown(cell: SheetCell) -> str:
    short = cell.text if len(cell.text) <= MOST_CHARACTERS else f"{cell.text[: MOST_CHARACTERS - 1].rstrip()}…"
    return f"{markdown(short)} {code_span(cell.ref[1])}" if cell.ref and cell.ref[0] == "deal" else markdown(short)
