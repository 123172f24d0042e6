"""The body of an issue that was made from a form: what was asked and what was answered, without what the form itself says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from salesops.records.yaml_reader import UNSEEN

NO_RESPONSE = "_No response_"
_LABEL = re.compile(r"###[ \t]+(.+?)[ \t]*#*")
_FENCE = re.compile(r"[ \t]*(```|~~~)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)\s]*\)")
_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\s*:?-+:?\s*")
_BOX = re.compile(r"[ \t]*[-*] \[([ xX])\](.*)")
_CHOICE = re.compile(r"`?[A-Z][A-Za-z0-9]*(?:/[A-Z][A-Za-z0-9]*)+`")
"""Choices that a table offers, such as `Yes/No`; whoever answers puts one of them there."""
MAX_LABEL = 300
"""Characters of a line that may be a label; a longer one is text."""
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")
TABLE = ("question", "answer", "notes")


@dataclass
class FilledForm:
    """The answers by their labels, in their order, and the text that belongs to no label; ``times`` counts the labels."""

    answers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    times: Counter[str] = field(default_factory=Counter)

    def put(self, label: str, answer: str) -> None:
        """Keep an answer; a second one to the same label does not take the place of the first."""
        if not answer or is_placeholder(answer):
            return
        self.times[label] += 1
        name = f"{label} ({self.times[label]})" if self.times[label] > 1 else label
        self.answers[name] = f"{self.answers[name]}\n\n{answer}" if name in self.answers else answer


def form_in(body: str) -> FilledForm:
    """What a body says; one without labels is all text."""
    found = FilledForm()
    label, lines, is_code = "", list[str](), False
    for line in body.replace("\r\n", "\n").split("\n"):
        is_code ^= _FENCE.match(line) is not None
        heading = None if is_code or len(line) > MAX_LABEL else _LABEL.fullmatch(line)
        if heading:
            _close(found, label, lines)
            label, lines = heading[1], []
        else:
            lines.append(line)
    _close(found, label, lines)
    return found


def is_placeholder(answer: str) -> bool:
    """Whether an answer is what the form put there, not a person."""
    return answer == NO_RESPONSE or bool(_CHOICE.fullmatch(answer)) or not _PLACEHOLDER.sub("", answer).strip("`- \n")


def _close(form: FilledForm, label: str, lines: list[str]) -> None:
    """Keep what was under a label: the rows of its table, the boxes that are ticked, or its words."""
    words = _without_comments("\n".join(lines)).strip()
    if not label:
        form.text = words
        return
    rows = [cells for line in words.split("\n") if (cells := _cells(line))]
    heads = next((at for at, cells in enumerate(rows) if _names(cells) == TABLE[: len(cells)]), None)
    if heads is not None and len(rows[heads]) >= len(TABLE) - 1:
        for cells in rows[heads + 1 :]:
            _put_row(form, cells)
        return
    form.put(_bare(label), _ticked(words))


def _without_comments(words: str) -> str:
    """A text without what stands between ``<!--`` and ``-->``; a comment that nobody closed is text."""
    kept, rest = "", words
    while (begin := rest.find("<!--")) >= 0 and (end := rest.find("-->", begin)) >= 0:
        kept, rest = kept + rest[:begin], rest[end + 3 :]
    return kept + rest


def _names(cells: list[str]) -> tuple[str, ...]:
    return tuple(cell.casefold() for cell in cells)


def _put_row(form: FilledForm, cells: list[str]) -> None:
    question, answer, *notes = [*cells, "", ""][:3] if len(cells) < len(TABLE) else cells
    if question and len(question) <= MAX_LABEL and not all(map(_RULE.fullmatch, cells)):
        form.put(_bare(question), _unquoted(answer))
        form.put(f"{_bare(question)} (notes)", " | ".join(note for note in notes if note))


def _cells(line: str) -> list[str]:
    """The cells of a line of a table; none where it is no such line."""
    line = line.strip()
    if not line.startswith("|"):
        return []
    parts = _BAR.split(line.removeprefix("|").removesuffix("|"))
    return [part.replace("\\|", "|").strip() for part in parts]


def _ticked(words: str) -> str:
    """The words of the boxes that are ticked, where all there is are boxes; a box that nobody ticked says nothing."""
    lines = [line for line in words.split("\n") if line.strip()]
    boxes = [match for line in lines if (match := _BOX.fullmatch(line))]
    if not boxes or len(boxes) < len(lines):
        return words
    return ", ".join(box[2].strip() for box in boxes if box[1] != " " and box[2].strip())


def _bare(label: str) -> str:
    """A label without the addresses of its links, and without what nobody sees."""
    return UNSEEN.sub("", _LINK.sub(r"\1", label)).strip()


def _unquoted(answer: str) -> str:
    """An answer without the marks of code around the whole of it; choices keep them, by which they are known."""
    is_quoted = len(answer) > 1 and answer.startswith("`") and answer.endswith("`") and not _CHOICE.fullmatch(answer)
    return answer.strip("`").strip() if is_quoted else answer
