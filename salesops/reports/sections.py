"""A report in sections: sentences and tables whose cells may name a record or a metric; as text, as Markdown, and on a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from salesops.output import Style, code_span, counted, markdown, show, table, unpainted

MOST_ROWS = 40
"""Rows of a table in Markdown: an issue may have 65,536 characters."""
MOST_CHARACTERS = 400
"""Characters of one cell in Markdown."""
NOTHING = "–"


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: words, and the record or the metric that they name, as kind and id."""

    text: str
    ref: tuple[str, str] | None = None

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


@dataclass(frozen=True)
class Section:
    """One point of the agenda: what is to be said first, a table, and what is said where that is empty."""

    id: str
    title: str
    said: tuple[str, ...] = ()
    heads: tuple[Head, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    empty: str = ""


@dataclass(frozen=True)
class Paper:
    """A whole report: its title, what is said below it, its sections."""

    title: str
    said: tuple[str, ...]
    sections: tuple[Section, ...]


def cells(*texts: Any) -> tuple[Cell, ...]:
    """A row: texts as they are, what is not there as a dash."""
    return tuple(
        text if isinstance(text, Cell) else Cell(str(text) if text not in (None, "") else NOTHING) for text in texts
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
        yield from (f"  {line}" for line in _rows_as_text(section, style))


def _said(section: Section) -> tuple[str, ...]:
    return section.said if section.rows or not section.empty else (*section.said, section.empty)


def _rows_as_text(section: Section, style: Style) -> Iterator[str]:
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
    """The whole report as Markdown: whatever stands in the records, it stays text."""
    yield f"{'#' * level} {markdown(paper.title)}"
    yield ""
    for words in paper.said:
        yield markdown(words)
        yield ""
    for section in paper.sections:
        yield from _section_as_markdown(section, level + 1)


def _section_as_markdown(section: Section, level: int) -> Iterator[str]:
    yield f"{'#' * level} {markdown(section.title)}"
    yield ""
    for words in _said(section):
        yield markdown(words)
        yield ""
    if section.rows:
        yield f"| {' | '.join(markdown(head.title) for head in section.heads)} |"
        yield f"|{'|'.join('--:' if head.right else '---' for head in section.heads)}|"
        yield from (f"| {' | '.join(map(_in_markdown, row))} |" for row in section.rows[:MOST_ROWS])
        yield ""
    if len(section.rows) > MOST_ROWS:
        yield f"… and {counted(len(section.rows) - MOST_ROWS, 'more row')}: `salesops review` shows all."
        yield ""


def _in_markdown(cell: Cell) -> str:
    short = cell.text if len(cell.text) <= MOST_CHARACTERS else f"{cell.text[: MOST_CHARACTERS - 1].rstrip()}…"
    return f"{markdown(short)} {code_span(cell.ref[1])}" if cell.ref and cell.ref[0] == "deal" else markdown(short)


def rows_as_data(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows as machines read them."""
    return [row.as_data() for row in rows]
