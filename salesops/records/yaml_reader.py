"""YAML text to a Document: plain text scalars, refused where YAML would guess, hide or explode, and the place of every field.

The reader never builds an object by tag, never follows an alias and never resolves a type: a scalar is text, or
None where nothing was given. It walks libyaml's events, so depth and size are bounded before anything is built.
Places cost a second walk, taken only when somebody asks for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any

import yaml
from yaml._yaml import CParser  # libyaml itself: the pure Python parser is seven times slower
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from salesops.problems import Edit, Path, Place, Problem, Severity, dotted
from salesops.records.as_written import GAP, LEFT, WRITE
from salesops.records.slips import slip_in
from salesops.records.yaml_errors import EXCERPT_WIDTH, explained, in_quotes, line_of, lines_between, spot

MAX_BYTES = 256 * 1024
MAX_DEPTH = 16
MAX_NODES = 20_000
MAX_SCALAR = 64 * 1024
MAX_COMPLAINTS = 50

# Arabic and what is written like it, the scripts of India and their neighbours, pictures and the signs that turn them: between
# two of these, U+200C and U+200D part or join, and a word without them is another one. They are kept there and nowhere else.
_JOINED = "[\u0600-\u061b\u061d-\u0dff\u0f00-\u109f\u1780-\u180d\u1810-\u1cff\u2190-\u2bff\ua800-\uabff\ufb50-\ufdff\ufe0f\ufe70-\ufefc\U00011000-\U00011fff\U0001e900-\U0001e95f\U0001f000-\U0001faff]"

# C0 and C1 controls (NEL among them), line and paragraph separators, bidirectional and zero-width marks, the byte-order
# mark, surrogates and non-characters: none can be seen in a review, some read otherwise than they look.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff]|[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U000e0000-\U000e007f]|\r(?!\n)"
    f"|[\u200c\u200d](?:(?<!{_JOINED}.)|(?!{_JOINED}))"
)
_SEEN = bytes(range(32, 127)) + b"\n\t\r"
"""What plain English text is made of: a file of nothing else needs no closer look."""
CONFLICT = re.compile(r"^[ \t]*(<{7}|>{7}|\|{7})(?: .*)?\r?$", re.MULTILINE)
DIRECTIVE = re.compile(r"^%", re.MULTILINE)
CUT_BY_COMMENT = re.compile(r"(?<=\S) +(#\d\S*)")
_PLAIN_LINE = re.compile(r"(\w+: )([^\s\"'\[{|>&*!].*)")
MAX_PASTED = 400
"""Characters of a line; a longer one is no fix to paste."""
HALF = re.compile(r"\\[uU](?:0000)?([dD][89a-fA-F][0-9a-fA-F]{2})")
"""Half of a character, written as an escape."""
EMPTY = frozenset({"", "~", "null"})
ASKED = re.compile(r"(?m)(?<=[:\-\[,{])([ \t]+|(?<=\[))\?(?=[ \t]*(?:[,\]}]|[ \t]#|\r?$))")
"""A question mark as a whole value: where a fix leaves something to a person. To YAML it begins a key."""


@dataclass(frozen=True)
class Document:
    """One file as read: ``data`` holds dicts, lists, text and None (nothing given); ``place`` finds any field again.

    ``lost`` names the values that YAML could not be trusted with; they have been complained of and are not again.
    ``empty`` names the keys without a value, which ``data`` leaves out; ``as_read`` is the text as YAML was given it, where
    that is another one, with every value in its place.
    """

    path: str
    text: str
    data: dict[str, Any]
    lost: tuple[Path, ...] = ()
    empty: tuple[Path, ...] = ()
    as_read: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        """What it is kept as: where each value stands is found again when somebody asks."""
        return Document, (self.path, self.text, self.data, self.lost, self.empty, self.as_read)

    @cached_property
    def _walked(self) -> _Walk:
        walk = _Walk(self.path, self.as_read or self.text, places={}, keys={})
        walk.document()
        return walk

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    def place(self, path: Path = (), key: bool = False) -> Place:
        """Where the value at ``path`` stands (its key, with ``key``); the nearest parent's key where it is not given."""
        places, keys = self._walked.places or {}, self._walked.keys or {}
        if not key and path in places:
            return places[path]
        for end in range(len(path), 0, -1):
            found = keys.get(path[:end]) or places.get(path[:end])
            if found:
                return found
        return Place(self.path)

    @cached_property
    def _ends(self) -> frozenset[tuple[int, int]]:
        return frozenset((at.line, at.column + at.width) for at in (self._walked.places or {}).values())

    def paths_at(self, places: Iterable[Place]) -> frozenset[Path]:
        """The fields whose values begin at these places."""
        spots = {(place.line, place.column) for place in places}
        return frozenset(path for path, at in (self._walked.places or {}).items() if (at.line, at.column) in spots)

    def ends_with_a_value(self, line: int, column: int) -> bool:
        """Whether a plain value of one line ends just before this spot."""
        return (line, column) in self._ends

    def excerpt(self, line: int) -> str:
        """The text of a line, counted from 1, cut so that it cannot flood a log."""
        return self._lines[line - 1].rstrip("\r")[:EXCERPT_WIDTH] if 0 < line <= len(self._lines) else ""

    def problem(
        self, code: str, message: str, path: Path = (), *, key: bool = False, edit: Edit | None = None, **more: Any
    ) -> Problem:
        """A Problem at the field ``path`` of this file; an ``edit`` is its fix."""
        place = self.place(path, key)
        more |= {"edit": edit, "fix": edit.line} if edit else {}
        return Problem(code, message, place, field=dotted(path), excerpt=self.excerpt(place.line), **more)


def read(path: str, raw: bytes) -> tuple[Document | None, list[Problem]]:
    """The document in ``raw`` and everything that is wrong with it as YAML; no document where nothing can be read."""
    text, problem = _decode(path, raw)
    if problem:
        return None, [problem]
    refused = list(_unreadable(path, text))
    if refused:
        return None, refused
    walk = _Walk(path, text)
    try:
        data = walk.document()
    except _Refused as refusal:
        return None, [*walk.problems, refusal.problem]
    except yaml.MarkedYAMLError as fault:
        return _with_questions(path, text) or (None, [*walk.problems, _fault(path, text, fault)])
    if not isinstance(data, dict):
        return None, [*walk.problems, _not_a_record(path, text, data)]
    document = Document(path, text, data, tuple(walk.lost), tuple(walk.empty))
    return document, [*walk.problems, *islice(_cut_by_comment(document), MAX_COMPLAINTS)]


def _fault(path: str, text: str, raised: yaml.MarkedYAMLError) -> Problem:
    """What libyaml stumbled over: the slip of the hand that explains it, else its own words."""
    begun, mark = raised.context_mark, raised.problem_mark or raised.context_mark
    line = mark.line + 1 if mark else 1
    if "invalid Unicode character escape" in str(raised.problem) and (half := HALF.search(text)):
        place = Place(path, line, mark.column + 1 if mark else 1)
        said = f"{unseen_words(chr(int(half[1], 16)))}, written as an escape"
        return Problem("not-yaml", said, place, excerpt=line_of(text, line), help="delete it")
    slip = slip_in(text, line, begun.line + 1 if begun else line)
    if slip is None:
        return explained(path, text, raised)
    place = Place(path, slip.number, slip.column)
    excerpt = line_of(text, slip.number)
    return Problem("not-yaml", slip.message, place, excerpt=excerpt, help=slip.help, fix=slip.fix)


def _with_questions(path: str, text: str) -> tuple[Document | None, list[Problem]] | None:
    """A document in which values are still question marks, each of them a problem; None where that is not all that is wrong."""
    asked = list(islice(ASKED.finditer(text), MAX_COMPLAINTS))
    as_read = ASKED.sub(rf"\g<1>{GAP}", text)
    if not asked:
        return None
    walk = _Walk(path, as_read)
    try:
        data = walk.document()
    except (_Refused, yaml.MarkedYAMLError):
        return None
    if not isinstance(data, dict):
        return None
    spots = [spot(path, text, match.end() - 1) for match in asked]
    found = [
        Problem("placeholder-left", LEFT.format("?"), place, excerpt=excerpt, help=WRITE) for place, excerpt in spots
    ]
    document = Document(path, text, data, tuple(walk.lost), tuple(walk.empty), as_read)
    lost = document.paths_at(problem.place for problem in found)
    named = [replace(problem, field=dotted(next(iter(document.paths_at([problem.place])), ()))) for problem in found]
    return replace(document, lost=(*document.lost, *lost)), [*walk.problems, *named]


def _decode(path: str, raw: bytes) -> tuple[str, Problem | None]:
    if len(raw) > MAX_BYTES:
        return "", too_large(path, len(raw))
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", Problem(
            "not-utf-8", "the file is UTF-16", Place(path), help="save it as UTF-8, without a byte-order mark"
        )
    try:
        return raw.decode("utf-8"), None
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        start = raw.rfind(b"\n", 0, fault.start) + 1
        column = len(raw[start : fault.start].decode("utf-8", "replace")) + 1
        return "", Problem(
            "not-utf-8",
            f"byte 0x{raw[fault.start]:02x} is not UTF-8",
            Place(path, line, column),
            help="save the file as UTF-8; it is probably Latin-1 or Windows-1252",
        )


def too_large(path: str, size: int) -> Problem:
    """The refusal of a file over the limit, before it is read."""
    return Problem(
        "file-too-large",
        f"the file has {size:,} bytes; the limit is {MAX_BYTES:,}",
        Place(path),
        why="a record is read by people; files of this size are exports or attachments",
        help="keep large texts elsewhere and put a link under links:",
    )


def _unreadable(path: str, text: str) -> Iterator[Problem]:
    """What must be refused before YAML looks at the text: unseen characters and conflict markers."""
    harmless = text.isascii() and not text.encode("ascii").translate(None, _SEEN) and "\r" not in text
    for match in () if harmless else islice(UNSEEN.finditer(text), MAX_COMPLAINTS):
        place, excerpt = spot(path, text, match.start())
        said, fix = unseen_words(match.group()), _without_unseen(line_of(text, place.line))
        yield Problem("unseen-character", said, place, excerpt=excerpt, help="delete it", fix=fix)
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return
    markers = list(islice(CONFLICT.finditer(text), MAX_COMPLAINTS))
    if any(match.group(1).startswith(("<", ">")) for match in markers):
        for match in markers:
            place, excerpt = spot(path, text, match.start(1), 7)
            yield Problem(
                "merge-conflict",
                "an unresolved merge conflict",
                place,
                excerpt=excerpt,
                help="keep the lines that are right, delete the <<<<<<<, ======= and >>>>>>> lines; salesops explain merge-conflict has more",
            )


def unseen_words(character: str) -> str:
    """What an unseen character is called, and why it is not taken."""
    point = ord(character)
    if character == "\r":
        return "a carriage return without a line feed (old Mac line ends)"
    if character == "\0":
        return "a NUL byte"
    if point in range(0x202A, 0x202F) or point in range(0x2066, 0x206A) or point in (0x200E, 0x200F, 0x061C):
        return f"U+{point:04X}, which changes the direction of the text around it"
    if point in (0x85, 0x2028, 0x2029):
        return f"U+{point:04X}, a line break that most editors do not show"
    if point == 0xFEFF:
        return "U+FEFF, a byte-order mark"
    if 0xDC80 <= point <= 0xDCFF:
        return f"U+{point:04X}, which stands for the byte 0x{point - 0xDC00:02X}: the text is not UTF-8"
    if 0xD800 <= point <= 0xDFFF:
        return f"U+{point:04X}, half of a character"
    return f"U+{point:04X}, an invisible character"


class _Refused(Exception):
    """Reading this file stops here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Walk:
    """One pass over libyaml's events; with ``places`` and ``keys`` it also records where every value and its key stand."""

    def __init__(
        self, path: str, text: str, places: dict[Path, Place] | None = None, keys: dict[Path, Place] | None = None
    ) -> None:
        self.path = path
        self.text = text
        self.places = places
        self.keys = keys
        self.problems: list[Problem] = []
        self.lost: list[Path] = []
        self.empty: list[Path] = []
        self.nodes = 0
        self.depth = 0

    def document(self) -> Any:
        parser = CParser(self.text)
        self.next = parser.get_event
        try:
            return self._document()
        finally:
            parser.dispose()

    def _document(self) -> Any:
        self.next()  # stream start
        event = self.next()
        if event.__class__ is StreamEndEvent:
            return None
        self._no_directives(event)
        value = self.value(self.next(), ())
        self.next()  # document end
        event = self.next()
        if event.__class__ is not StreamEndEvent:
            raise _Refused(
                self.complaint(
                    "second-document",
                    "a second document begins here",
                    event,
                    why="what follows --- would be ignored",
                    help="one file holds one record: move the rest to a file of its own",
                )
            )
        return value

    def _no_directives(self, event: Any) -> None:
        if event.version or event.tags:
            found = DIRECTIVE.search(self.text)
            place, excerpt = spot(self.path, self.text, found.start() if found else 0)
            raise _Refused(
                Problem(
                    "yaml-directive",
                    "a % directive",
                    place,
                    excerpt=excerpt,
                    help="delete this line: records are plain YAML",
                )
            )

    def complaint(self, code: str, message: str, event: Any, **more: Any) -> Problem:
        place = self.mark(event)
        return Problem(code, message, place, excerpt=line_of(self.text, place.line), **more)

    def mark(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return Place(self.path, start.line + 1, start.column + 1, max(width, 1))

    def complain(self, *args: Any, **more: Any) -> None:
        if len(self.problems) >= MAX_COMPLAINTS:
            raise _Refused(
                self.complaint(
                    "too-many-problems", f"more than {MAX_COMPLAINTS} problems; the rest is not shown", args[2]
                )
            )
        self.problems.append(self.complaint(*args, **more))

    def value(self, event: Any, path: Path) -> Any:
        kind = event.__class__
        self.count(event)
        if self.places is not None:
            self.places[path] = self.mark(event)
        if kind is AliasEvent or event.anchor is not None or event.tag is not None:
            self.distrust(event, path)
        if kind is AliasEvent:
            return None
        if kind is ScalarEvent:
            return self.scalar(event)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            said = f"nested more than {MAX_DEPTH} levels deep"
            way_out = "records are never nested this deep: look for a bracket that is not closed"
            raise _Refused(self.complaint("too-deep", said, event, help=way_out))
        value = self.mapping(path) if kind is MappingStartEvent else self.sequence(path)
        self.depth -= 1
        return value

    def distrust(self, event: Any, path: Path) -> None:
        """Complain of an alias, an anchor or a tag: what YAML makes of the value is not what stands there."""
        self.lost.append(path)
        if event.__class__ is AliasEvent:
            said, way_out = (
                f"'*{event.anchor}' repeats another part of the file",
                "write the value out: a record reads top to bottom",
            )
            self.complain("yaml-alias", said, event, help=way_out)
            return
        if event.anchor is not None:
            said = f"'&{event.anchor}' is read by YAML as an anchor, not as text"
            way_out = "quote the text if it begins with &; otherwise delete the anchor"
            self.complain("yaml-anchor", said, event, help=way_out, fix=self.in_quotes(event))
        if event.tag is not None:
            said = f"the tag {event.tag} is not allowed"
            self.complain("yaml-tag", said, event, help="delete the tag: the schema gives every value its type")

    def in_quotes(self, event: Any) -> str:
        """The line of a plain value with all of it in quotes; nothing where it goes over several."""
        start, end = event.start_mark.index, event.end_mark.index
        if event.__class__ is not ScalarEvent or event.style or "\n" in self.text[start:end]:
            return ""
        words = self.text[start:end].rstrip()
        return lines_between(self.text, start, start + len(words), in_quotes(words))

    def count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            said = f"more than {MAX_NODES:,} values in one file"
            raise _Refused(self.complaint("too-many-values", said, event, help="split the record, or link to the data"))

    def scalar(self, event: ScalarEvent) -> str | None:
        text: str = event.value
        if event.implicit[0] and text in EMPTY:
            return None
        if len(text) > MAX_SCALAR:
            raise _Refused(
                self.complaint(
                    "text-too-long",
                    f"a text of {len(text):,} characters; the limit is {MAX_SCALAR:,}",
                    event,
                    help="link to the document instead",
                )
            )
        if event.style == '"' and "\\" in self.text and (unseen := UNSEEN.search(text)):
            self.complain("unseen-character", unseen_words(unseen.group()) + ", written as an escape", event)
        return text

    def mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        seen: dict[str, Any] = {}
        following, plain = self.next, self.places is None
        while (event := following()).__class__ is not MappingEndEvent:
            if event.__class__ is not ScalarEvent:
                self.odd_key(event, path)
                continue
            key: str = event.value
            if key in seen or key == "<<" or event.style == '"' or event.anchor is not None or event.tag is not None:
                self.judge_key(event, seen)
            if key in seen:
                self.value(following(), (*path, "?", key))
                continue
            seen[key] = event
            if self.keys is not None:
                self.keys[*path, key] = self.mark(event)
            inner = following()
            if plain and inner.__class__ is ScalarEvent and inner.anchor is None and inner.tag is None:
                self.count(inner)  # nearly every value of a record comes this way: no path is built for it
                value = self.scalar(inner)
            else:
                value = self.value(inner, (*path, key))
            if value is None:
                self.nothing(event, path)
            else:
                found[key] = value
        return found

    def nothing(self, event: Any, path: Path) -> None:
        """Take note of a key without a value; one without a name is a lone question mark."""
        if event.value or event.style:
            self.empty.append((*path, event.value))
            return
        self.lost.append(path)
        self.complain("placeholder-left", LEFT.format("?"), event, help=WRITE)

    def odd_key(self, event: Any, path: Path) -> None:
        """Complain of a key that is no text, and read on behind it."""
        self.complain("key-not-text", "a key must be a single word or text", event)
        self.depth += 1
        self.value(event, (*path, "?"))
        self.value(self.next(), (*path, "?"))
        self.depth -= 1

    def judge_key(self, event: Any, seen: dict[str, Any]) -> None:
        """Complain of a key that hides something or appears twice."""
        key = event.value
        if event.anchor is not None or event.tag is not None:
            code = "yaml-anchor" if event.anchor else "yaml-tag"
            self.complain(code, "a key carries an anchor or a tag", event, help="write the bare key")
        elif key == "<<":
            way_out = "write the keys out: a record reads top to bottom"
            self.complain("yaml-merge", "'<<' copies keys from elsewhere", event, help=way_out)
        elif event.style == '"' and (unseen := UNSEEN.search(key)):
            self.complain("unseen-character", unseen_words(unseen.group()) + ", in a key", event)
        if key in seen:
            said = f"'{key}' was already given on line {self.mark(seen[key]).line}"
            self.complain(
                "key-twice",
                said,
                event,
                help="keep one of the two: YAML would silently take the last" + self.comma(event),
            )

    def comma(self, event: Any) -> str:
        """What may have happened to a key that a comma stands before: a sentence went on there."""
        begins = line_of(self.text, event.start_mark.line + 1)[: event.start_mark.column]
        return (
            "; if the comma belongs to a sentence, put the sentence in quotes" if begins.rstrip().endswith(",") else ""
        )

    def sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while (event := self.next()).__class__ is not SequenceEndEvent:
            found.append(self.value(event, (*path, len(found))))
        return found


def _without_unseen(line: str) -> str:
    """A line without what nobody sees in it; nothing where it is too long to be pasted."""
    return UNSEEN.sub("", line).strip() if len(line) <= MAX_PASTED else ""


def _not_a_record(path: str, text: str, data: Any) -> Problem:
    what = "empty" if data is None else "a list" if isinstance(data, list) else "a single text"
    return Problem(
        "not-a-record",
        f"the file is {what}, not a record",
        Place(path),
        excerpt=line_of(text, 1),
        help="a record is lines of `key: value`; salesops explain deal, member or team lists the keys",
    )


def _cut_by_comment(document: Document) -> Iterator[Problem]:
    if " #" not in document.text:
        return
    for match in CUT_BY_COMMENT.finditer(document.text):
        place, excerpt = spot(document.path, document.text, match.start(1), len(match.group(1)))
        if document.ends_with_a_value(place.line, place.column - (match.start(1) - match.start())):
            yield Problem(
                "text-cut-by-comment",
                f"'{match.group(1)}' and what follows is read as a comment",
                place,
                Severity.WARNING,
                excerpt=excerpt,
                help="quote the text if the # belongs to it",
                fix=_with_its_number(line_of(document.text, place.line)),
            )


def _with_its_number(line: str) -> str:
    """A line with all of its text in quotes; nothing where that cannot be told from the line alone."""
    found = _PLAIN_LINE.fullmatch(line.strip()) if len(line) <= MAX_PASTED else None
    return f"{found[1]}{in_quotes(found[2])}" if found else ""
