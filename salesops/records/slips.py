"""Slips of the hand in a text that is no YAML: each is tried, and named where the text can be read on without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml._yaml import CParser
from yaml.events import StreamEndEvent

from salesops.records.yaml_errors import EXCERPT_WIDTH, in_quotes

LOOK_BACK = 2
"""How many lines before the one where YAML stumbles may be to blame."""
_BULLET = re.compile(r"^(\s*)[•‣▪–—·*](?=\s)")
ODD = "\u00a0\u2000-\u200a\u202f\u3000"
"""Blanks that are no blanks to YAML, as a range of a pattern."""
ODD_BLANK = re.compile(f"[{ODD}]")
_PAIR = re.compile(r"([{,]\s*)([A-Za-z_]+):\s+")
_KEY_VALUE = re.compile(r"^(\s*(?:- )?)([A-Za-z_][A-Za-z_ ]*?):\s+(\S.*?)\s*$")
_NO_SPACE = re.compile(r"^(\s*(?:- )?)([a-z_]+):(?=[^\s:/])")
_NO_COLON = re.compile(r"^(\s*(?:- )?)([a-z_]+) +(?=\S)")


@dataclass(frozen=True)
class Slip:
    """A line as it was probably meant, and what is wrong with it; ``number`` and ``column`` count from 1."""

    number: int
    column: int
    message: str
    help: str
    line: str

    @property
    def fix(self) -> str:
        """The line to paste, with its indent where that is what was wrong; nothing where it would flood a log."""
        is_indent = self.message.startswith(("this line begins", "a tab", "what looks like"))
        return "" if len(self.line) > EXCERPT_WIDTH else self.line.rstrip() if is_indent else self.line.strip()


def slip_in(text: str, line: int, begin: int) -> Slip | None:
    """The slip that explains why YAML stumbles at a line, having begun something at another."""
    lines = text.split("\n")
    for number in dict.fromkeys([line, begin, *range(line - 1, max(line - 1 - LOOK_BACK, 0), -1)]):
        if 0 < number <= len(lines):
            for slip in _candidates(lines, number):
                if slip.line != lines[number - 1] and _reads_on(lines, slip, line):
                    return slip
    return None


def _reads_on(lines: list[str], slip: Slip, line: int) -> bool:
    """Whether the text can be read, or is read beyond the fault, with the line as it was meant."""
    mended = [*lines[: slip.number - 1], slip.line, *lines[slip.number :]]
    at = stumbles_at("\n".join(mended))
    return at is None or at > max(line, slip.number)


def stumbles_at(text: str) -> int | None:
    """The line, counted from 1, at which YAML can read no further; None where it reads to the end."""
    parser = CParser(text)
    try:
        while parser.get_event().__class__ is not StreamEndEvent:
            pass
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        return mark.line + 1 if mark else 1
    finally:
        parser.dispose()
    return None


def _candidates(lines: list[str], number: int) -> Iterator[Slip]:
    whole = lines[number - 1].rstrip("\r")
    yield from _odd_blank(whole, number)
    yield from _texts_between_braces(whole, number)
    yield from _text_of_a_line(whole, number)
    yield from _hyphen(lines, whole, number)
    yield from _alignment(lines, whole, number)
    yield from _colon(whole, number)
    yield from _closing(whole, number)


def _odd_blank(whole: str, number: int) -> Iterator[Slip]:
    indent = whole[: len(whole) - len(whole.lstrip(" \t\u00a0"))]
    if "\t" in indent:
        at = indent.index("\t") + 1
        yield Slip(
            number,
            at,
            "a tab is used to indent",
            "replace the tab by spaces",
            indent.replace("\t", "  ") + whole[len(indent) :],
        )
    if odd := ODD_BLANK.search(whole):
        said = f"what looks like a blank here is U+{ord(odd.group()):04X}, pasted from a document"
        yield Slip(number, odd.start() + 1, said, "replace it by an ordinary blank", ODD_BLANK.sub(" ", whole))
    if bullet := _BULLET.match(whole):
        said = f"what looks like a hyphen here is '{bullet.group().strip()}', pasted from a document"
        yield Slip(
            number, bullet.end(), said, "write - before an entry of a list", f"{bullet[1]}-{whole[bullet.end() :]}"
        )


def _texts_between_braces(whole: str, number: int) -> Iterator[Slip]:
    """Each text between braces that cannot stand there without quotes."""
    pairs = list(_PAIR.finditer(whole))
    for at, pair in reversed(list(enumerate(pairs))):
        later = [other.start() for other in pairs[at + 1 :]]
        for stop in (*later, whole.rfind("}")):
            value = whole[pair.end() : stop].rstrip() if stop > pair.end() else ""
            if value and (said := _why_quotes(value)):
                column = pair.end() + _end_of_text(value) + 1
                yield Slip(
                    number, column, *said, whole[: pair.end()] + _quoted(value) + whole[pair.end() + len(value) :]
                )


def _text_of_a_line(whole: str, number: int) -> Iterator[Slip]:
    pair = _KEY_VALUE.match(whole)
    if (
        pair
        and not pair[3].startswith(("{", "[", "|", ">", "&", "*", "!"))
        and " #" not in pair[3]
        and (said := _why_quotes(pair[3]))
    ):
        yield Slip(
            number, pair.start(3) + _end_of_text(pair[3]) + 1, *said, f"{whole[: pair.start(3)]}{_quoted(pair[3])}"
        )


def _why_quotes(value: str) -> tuple[str, str] | None:
    """What ends a text too early, and what to do; None where nothing does."""
    if value[0] == "'" and "'" in value[1:-1].replace("''", ""):
        return "an apostrophe ends the text here", "put the sentence in double quotes"
    if value[0] == '"' and '"' in value[1:-1].replace('\\"', ""):
        return "a quote ends the text here", "put the sentence in quotes, and \\ before each quote in it"
    if value[0] in "@`%":
        return f"a text cannot begin with {value[0]}", "put it in quotes"
    if value[0] not in "'\"" and re.search(r":(?:\s|$)", value):
        return "a colon ends the text here", "put the sentence in quotes"
    return None


def _end_of_text(value: str) -> int:
    """Where in a value YAML thinks that the text ends."""
    if value[0] in "'\"":
        return value.index(value[0], 1)
    found = re.search(r":(?:\s|$)", value)
    return found.start() if found and value[0] not in "@`%" else 0


def _quoted(value: str) -> str:
    is_wrapped = value[0] in "'\"" and value[-1] == value[0] and len(value) > 1
    return in_quotes(value[1:-1] if is_wrapped else value)


def _alignment(lines: list[str], whole: str, number: int) -> Iterator[Slip]:
    """A line that begins a little further in or out than its neighbours of the same sort."""
    here = len(whole) - len(whole.lstrip(" "))
    is_entry = whole.lstrip(" ").startswith("- ")
    for above in range(number - 1, max(number - 8, 0), -1):
        other = lines[above - 1]
        there = len(other) - len(other.lstrip(" "))
        alike = other.strip() and other.lstrip(" ").startswith("- ") == is_entry
        if alike and there != here and abs(there - here) <= 2:
            said = f"this line begins at column {here + 1}, line {above} at column {there + 1}"
            yield Slip(number, here + 1, said, "begin both at the same column", " " * there + whole.lstrip(" "))


def _hyphen(lines: list[str], whole: str, number: int) -> Iterator[Slip]:
    """A line among entries of a list that begins as they do, without their hyphen."""
    bare = whole.lstrip(" ")
    here = len(whole) - len(bare)
    entry = " " * here + "- "
    near = (number - 1, number + 1) if here else (number - 1,)  # a list may begin below its key without an indent
    beside = [other for other in near if 0 < other <= len(lines) and lines[other - 1].startswith(entry)]
    if beside and bare and not bare.startswith(("- ", "#")):
        said = f"this line has no hyphen, and line {beside[0]} is an entry of a list"
        yield Slip(number, here + 1, said, "write - before each entry of a list", entry + bare)


def _colon(whole: str, number: int) -> Iterator[Slip]:
    if found := _NO_SPACE.match(whole):
        said = f"there is no blank after the colon of '{found[2]}'"
        yield Slip(
            number, found.end(), said, "write a blank after the colon", f"{whole[: found.end()]} {whole[found.end() :]}"
        )
    elif found := _NO_COLON.match(whole):
        said = f"this line has no colon: it looks like '{found[2]}' and its value"
        yield Slip(
            number,
            found.end(2) + 1,
            said,
            "write a colon and a blank after the name of the field",
            f"{found[1]}{found[2]}: {whole[found.end() :]}",
        )


def _closing(whole: str, number: int) -> Iterator[Slip]:
    """A quote or brackets that the line opens and does not close."""
    bare = re.sub(r'"(?:\\.|[^"\\])*"', lambda held: "_" * len(held.group()), whole)
    for quote in ('"',) if bare.count('"') == 1 else ():
        yield Slip(
            number,
            bare.index(quote) + 1,
            "the quote that is opened here is not closed",
            "close it at the end of the text",
            f"{whole}{quote}",
        )
    opened: list[tuple[int, str]] = []
    for at, sign in enumerate(bare):
        if sign in "{[":
            opened.append((at, "}" if sign == "{" else "]"))
        elif sign in "}]" and opened and opened[-1][1] == sign:
            opened.pop()
    if opened:
        closing = "".join(sign for _, sign in reversed(opened))
        yield Slip(
            number,
            opened[-1][0] + 1,
            "the bracket that is opened here is not closed",
            f"close it at the end of the entry: {closing}",
            f"{whole}{closing}",
        )
