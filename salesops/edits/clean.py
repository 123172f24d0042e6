"""What was pasted from a document into a file that YAML cannot read: its marks and blanks outside of people's words, made plain.

A text is kept as it was unless it reads afterwards, and in one way only. Quoted texts are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from salesops.problems import Path
from salesops.records.slips import LOOK_BACK, ODD, stumbles_at
from salesops.records.yaml_reader import Document, read

CLEANED = frozenset({"not-yaml", "unseen-character"})
"""The codes of files that can be unreadable for what was pasted into them."""
MAX_LINES = 300
"""A text with more lines to clean than this is left to a person."""
TAB_WIDTHS = (2, 4, 8)
"""How wide a tab may have been meant; where two of them read otherwise, nobody can know."""

_LEAD = re.compile(rf"[ \t{ODD}]*(?:-[ \t{ODD}]+)*")
_BULLET = re.compile(rf"([ \t{ODD}]*)[•‣▪–—·*](?=[ \t{ODD}])")
_QUOTED = r'(?<![^\s{\[,:-])"(?:\\.|[^"\\])*"' + r"|(?<![^\s{\[,:-])'(?:''|[^'])*'"
_REMARK = r"(?<!\S)#[^\n]*"
_AFTER_KEY = re.compile(rf"({_QUOTED}|{_REMARK})|((?:^|[\s{{,{ODD}])[A-Za-z_]+:)[ {ODD}]*[{ODD}][ {ODD}]*")
_BEFORE_KEY = re.compile(rf"({_QUOTED}|{_REMARK})|([{{,])[ {ODD}]*[{ODD}][ {ODD}]*(?=[A-Za-z_]+:)")
_ODD_KEY = re.compile(rf"[{ODD}]|[-•‣▪–—·*][{ODD}]|[•‣▪–—·*] ")
_UNSEEN = re.compile(f"({_QUOTED})|[\u200b\u2060\ufeff\u00ad]")
"""Zero-width blank, word joiner, byte-order mark, soft hyphen: nothing is lost with them. What joins or turns letters stays."""


def cleaned(path: str, text: str) -> tuple[str, int] | None:
    """A text that cannot be read as it was meant, and in how many places it was cleaned; None where that is not sure."""
    found = [made for width in TAB_WIDTHS if (made := _cleaned(text, width))]
    read_as = [document for made, _ in found if (document := read(path, made.encode("utf-8"))[0])]
    if not read_as or any(other.data != read_as[0].data for other in read_as):
        return None
    return read_as[0].text, next(places for made, places in found if made == read_as[0].text)


def odd_keys(document: Document) -> Iterator[int]:
    """The lines of keys that begin with a blank or a mark which YAML took for a letter."""
    for path in _keys(document.data):
        if _ODD_KEY.match(str(path[-1])):
            yield document.place(path, key=True).line


def _keys(data: Any, path: Path = ()) -> Iterator[Path]:
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield (*path, key)
        yield from _keys(value, (*path, key))


def _cleaned(text: str, width: int) -> tuple[str, int] | None:
    """The text, cleaned in every line where YAML stumbles; None where something else is wrong with it, or nothing is."""
    seen = _UNSEEN.sub(lambda mark: mark[1] or "", text)
    places = len(text) - len(seen)
    for _ in range(MAX_LINES):
        line = stumbles_at(seen) or _odd_line(seen)
        if line is None:
            return (seen, places) if places else None
        mended = _mended(seen, line, width)
        if mended is None:
            return None
        seen, places = mended, places + 1
    return None


def _odd_line(text: str) -> int | None:
    document, _ = read("", text.encode("utf-8"))
    return next(odd_keys(document), None) if document else None


def _mended(text: str, line: int, width: int) -> str | None:
    """The text with one line cleaned, the one where YAML stumbles or one just before it, so that it reads further."""
    lines = text.split("\n")
    for number in range(min(line, len(lines)), max(line - 1 - LOOK_BACK, 0), -1):
        for better in dict.fromkeys(_candidates(lines[number - 1], width)):
            mended = "\n".join([*lines[: number - 1], better, *lines[number:]])
            if better != lines[number - 1] and _reads_beyond(mended, line):
                return mended
    return None


def _reads_beyond(text: str, line: int) -> bool:
    reached = stumbles_at(text) or _odd_line(text)
    return reached is None or reached > line


def _candidates(line: str, width: int) -> Iterator[str]:
    """The line with plain blanks before its text, then with a hyphen there, then also with plain blanks around its keys."""
    plain = _plain_lead(line, width)
    yield plain
    listed = _BULLET.sub(r"\1-", plain, count=1) if _BULLET.match(plain) else plain
    listed = _plain_lead(listed, width)
    yield listed
    yield _BEFORE_KEY.sub(_spaced, _AFTER_KEY.sub(_spaced, listed))


def _plain_lead(line: str, width: int) -> str:
    lead = _LEAD.match(line)
    assert lead is not None
    return re.sub(f"[{ODD}]", " ", lead.group()).replace("\t", " " * width) + line[lead.end() :]


def _spaced(found: re.Match[str]) -> str:
    """A quoted text or a remark as it is; a key or a comma with one blank behind it."""
    return found[1] if found[1] is not None else f"{found[2]} "
