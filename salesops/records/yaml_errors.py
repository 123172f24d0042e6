"""What is wrong with a text that is no YAML, in a salesperson's words and at the line that is to blame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

import yaml

from salesops.problems import Place, Problem

EXCERPT_WIDTH = 120


def spot(path: str, text: str, index: int, width: int = 1) -> tuple[Place, str]:
    """The place of a character, counted from 0 over the whole text, and its line."""
    line = text.count("\n", 0, index) + 1
    start = text.rfind("\n", 0, index) + 1
    end = text.find("\n", index)
    whole = text[start : end if end >= 0 else len(text)]
    return Place(path, line, index - start + 1, width), whole.rstrip("\r")[:EXCERPT_WIDTH]


def line_of(text: str, number: int) -> str:
    """A line of the text, counted from 1; nothing where the text has fewer."""
    start = 0
    for _ in range(number - 1):
        start = text.find("\n", start) + 1
        if not start:
            return ""
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].rstrip("\r")[:EXCERPT_WIDTH]


def lines_between(text: str, start: int, end: int, words: str) -> str:
    """The whole lines from one spot to another with other words between the two, without their common indent."""
    begin, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return dedent(text[begin:start] + words + text[end : stop if stop >= 0 else len(text)]).replace("\r", "")


def in_quotes(words: str) -> str:
    """A text between double quotes, as YAML reads it back."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


TAB_INDENT = re.compile(r"[ -]*\t")


@dataclass(frozen=True)
class _Fault:
    """libyaml's complaint: where it stopped, where it had begun, and what it says."""

    line: int
    column: int
    begin: int
    begin_column: int
    said: str
    context: str


def explained(path: str, text: str, raised: yaml.MarkedYAMLError) -> Problem:
    """libyaml's complaint as a problem with a way out."""
    fault = _fault(raised)
    unseen = next(_unseen_blanks(path, text, fault), None)
    if unseen:
        return unseen
    line, column, advice, fix = _advice(text, fault)
    excerpt = line_of(text, line)
    last = text.rstrip().count("\n") + 1
    if line > last:  # libyaml notices only behind the end what is missing
        excerpt = line_of(text, last)
        line, column = last, len(excerpt) + 1
    place = Place(path, max(line, 1), max(column, 1))
    return Problem("not-yaml", "this is not valid YAML", place, excerpt=excerpt, help=advice, fix=fix)


def _fault(raised: yaml.MarkedYAMLError) -> _Fault:
    mark, begun = raised.problem_mark or raised.context_mark, raised.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    begin, begin_column = (begun.line + 1, begun.column + 1) if begun else (line, 0)
    return _Fault(line, column, begin, begin_column, raised.problem or "the text is not YAML", raised.context or "")


def _unseen_blanks(path: str, text: str, fault: _Fault) -> Iterator[Problem]:
    """No-break spaces and tabs near the fault: libyaml stumbles over them without naming them."""
    above = max(fault.begin - 1, 1)
    for number, whole in enumerate(text.split("\n")[above - 1 : fault.line], above):
        whole = whole.rstrip("\r")[:EXCERPT_WIDTH]
        if ":\u00a0" in whole:
            place = Place(path, number, whole.index(":\u00a0") + 2)
            said, advice = "there is a no-break space after the colon", "replace it by an ordinary space"
            yield Problem("not-yaml", said, place, excerpt=whole, help=advice)
        elif number >= fault.begin and TAB_INDENT.match(whole):
            place = Place(path, number, whole.index("\t") + 1)
            yield Problem("not-yaml", "a tab is used to indent", place, excerpt=whole, help="replace the tab by spaces")


def _advice(text: str, fault: _Fault) -> tuple[int, int, str, str]:
    """The line and column to blame, what to do, and what to paste."""
    said, context, line, column = fault.said, fault.context, fault.line, fault.column
    if "mapping values are not allowed" in said:
        fix = _quoted(line_of(text, line))
        advice = (
            "a text with ': ' in it must be quoted"
            if fix
            else "look at the indentation of this line, and at the colon of the one above"
        )
        return line, column, advice, fix
    in_flow = "flow" in context
    if fault.begin_column and (("end of stream" in said and "quoted" in context) or (in_flow and fault.begin < line)):
        opened = "bracket" if in_flow else "quote"
        return fault.begin, fault.begin_column, f"the {opened} that is opened here is not closed", ""
    if "could not find expected ':'" in said and fault.begin < line:
        return fault.begin, 1, "this line has no colon followed by a space; a long text must be indented or quoted", ""
    if "simple key" in said or "block end" in said or "did not find expected key" in said:
        return (
            line,
            column,
            f"look at the indentation and quotes of this line and the one above (YAML says: {said})",
            "",
        )
    if in_flow:
        return line, column, "a bracket or quote that was opened is not closed", ""
    if "alias" in context or "anchor" in context:
        return line, column, "quote the text if it begins with & or *", ""
    return line, column, f"YAML says: {said}", ""


def _quoted(line: str) -> str:
    """The line with its value in quotes; nothing where quotes would not fix it or the line is cut."""
    key, _, value = line.partition(": ")
    if ": " not in f"{value} " or " #" in value or len(line) == EXCERPT_WIDTH:
        return ""
    return f"{key.strip()}: {in_quotes(value.strip())}"
