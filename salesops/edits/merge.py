"""Two versions of one record joined field by field, so that two people may work on one deal.

What only one side changed is taken as that side wrote it, comments included. Where both changed the same part of the
record its values are joined: keys by name, entries of a list by what identifies them. Where both changed the same value
nobody chooses for them: both versions are left between markers, and a sentence says what they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from salesops.edits.edit import (
    CannotEdit,
    comments,
    insert_item,
    insert_lines,
    item_lines,
    key_starts,
    remove_item,
    remove_key,
    set_key,
)
from salesops.edits.merge_lines import conflict, marked, together
from salesops.edits.merge_values import Agreed, At, MergeStep, agree, clash
from salesops.records.as_written import as_list, as_map
from salesops.records.kinds import Kind, kind_at_path
from salesops.records.validation import typed
from salesops.records.yaml_reader import Document, read

MAX_STEPS = 200
"""More steps than this are no edit but another list: a person looks at both."""

_HEAD, _TAIL = "\0head", "\0tail"


@dataclass(frozen=True)
class Merged:
    """The joined text, and a sentence for everything that a person must decide; then the text may hold markers."""

    text: str
    sentences: tuple[str, ...] = ()


def kind_anywhere(path: str) -> Kind | None:
    """The kind of record that a path holds, also where the repository is a folder of a larger one."""
    parts = path.split("/")
    tails = ["/".join(parts[at:]) for at in range(len(parts))]
    return next((kind for tail in tails if (kind := kind_at_path(tail))), None)


def merge(base: str, ours: str, theirs: str, kind: Kind | None = None) -> Merged:
    """Ours with what theirs changed since base; what nobody changed keeps its bytes."""
    if ours in (theirs, base):
        return Merged(theirs)
    if theirs == base:
        return Merged(ours)
    ends = _line_ends(base, ours, theirs)
    bare = _ends_bare(base, ours, theirs)
    whole = _whole(base, ends), _whole(ours, ends), _whole(theirs, ends)
    joined = _join(*whole, kind)
    text = joined.text.replace("\n", ends) if ends else joined.text
    return Merged(_bared(text) if bare and not joined.sentences else text, joined.sentences)


def merge_prose(base: str, ours: str, theirs: str) -> Merged:
    """Texts that are no records, joined line by line."""
    said = () if together(base, ours, theirs) is not None else ("both sides changed the same lines",)
    return Merged(marked(base, ours, theirs), said)


# ── line ends ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _line_ends(base: str, ours: str, theirs: str) -> str | None:
    """The line ends to write where the versions differ in them; None where each line keeps its own."""
    found = [_ends(text) for text in (base, ours, theirs)]
    if "mixed" in found or len({ends for ends in found if ends}) < 2:
        return None
    return (found[1] if found[1] != found[0] else found[2]) or "\n"


def _ends(text: str) -> str:
    lines, crlf = text.count("\n"), text.count("\r\n")
    return "" if not lines else "\n" if not crlf else "\r\n" if crlf == lines else "mixed"


def _ends_bare(base: str, ours: str, theirs: str) -> bool:
    """Whether the joined text has no line end at its end."""
    was, here, there = (not text.endswith("\n") for text in (base, ours, theirs))
    return here if here != was else there


def _whole(text: str, ends: str | None) -> str:
    """A text with a line end at its end; with plain ones where the versions differ in them."""
    text = text.replace("\r\n", "\n") if ends else text
    return text if not text or text.endswith("\n") else text + ("\r\n" if _ends(text) == "\r\n" else "\n")


def _bared(text: str) -> str:
    """The text without its last line end, unless that belongs to a value."""
    bare = text.removesuffix("\n").removesuffix("\r")
    before, after = _sound(text), _sound(bare)
    return bare if before and after and before.data == after.data else text


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _join(base: str, ours: str, theirs: str, kind: Kind | None) -> Merged:
    if ours in (theirs, base):
        return Merged(theirs)
    if theirs == base:
        return Merged(ours)
    versions = [_version(text) for text in (base, ours, theirs)]
    was, here, there = versions
    if was is None or here is None or there is None:
        unread = ("before", "here", "there")[versions.index(None)]
        return _by_lines(base, ours, theirs, f"the version {unread} cannot be read as a record with a key on each line")
    return _Join(was, here, there, kind).result()


def _by_lines(base: str, ours: str, theirs: str, why: str) -> Merged:
    """The texts joined without regard to what they mean; always for a person to look at."""
    return Merged(marked(base, ours, theirs), (f"{why}: merged line by line; check every line of it",))


def _sound(text: str) -> Document | None:
    """A text as a document; an empty one, as git gives for a file that was not there, holds nothing."""
    if not text:
        return Document("", "", {})
    try:
        document, problems = read("", text.encode("utf-8"))
    except UnicodeEncodeError:
        return None
    return None if any(problem.is_error for problem in problems) else document


def _blocks(text: str) -> dict[str, str] | None:
    """A text cut before each top-level key, or before the comments and blank lines above it; None where it cannot be."""
    if not text:
        return {}
    starts = key_starts(text)
    if not starts or any(at and text[at - 1] != "\n" for at in starts.values()):
        return None
    names = [_HEAD, *starts, _TAIL]
    cuts = [0, *(_above(text, at) for at in starts.values()), _above(text, len(text)), len(text)]
    return {name: text[start:end] for name, (start, end) in zip(names, pairwise(cuts), strict=True)}


def _above(text: str, at: int) -> int:
    """Where the comments and blank lines right above a spot begin."""
    while at:
        line = text.rfind("\n", 0, at - 1) + 1
        if text[line:at].strip() and text[line] != "#":
            return at
        at = line
    return at


@dataclass(frozen=True)
class _Version:
    """A readable version of a record: its text, its values, and the blocks that it is made of."""

    text: str
    data: dict[str, Any]
    blocks: dict[str, str]
    document: Document


def _version(text: str) -> _Version | None:
    document = _sound(text)
    blocks = _blocks(text) if document else None
    return None if document is None or blocks is None else _Version(text, document.data, blocks, document)


@dataclass(frozen=True)
class _Join:
    """Three versions of a record, block by block."""

    was: _Version
    here: _Version
    there: _Version
    kind: Kind | None

    def result(self) -> Merged:
        blocks = {key: self.block(key) for key in self.order()}
        clashed = {key: block.clashes for key, block in blocks.items() if block.clashes}
        text = "".join(block.text for block in blocks.values())
        fresh = dict(self.faults(text, frozenset(clashed)))
        if any(key == _HEAD or self.here.blocks.get(key) == self.there.blocks.get(key) for key in fresh):
            return _by_lines(self.was.text, self.here.text, self.there.text, next(iter(fresh.values())))
        clashed |= {key: (sentence,) for key, sentence in fresh.items()}
        with_markers = (
            conflict(self.here.blocks.get(key, ""), self.there.blocks.get(key, "")) if key in clashed else block.text
            for key, block in blocks.items()
        )
        return Merged("".join(with_markers), tuple(said for sentences in clashed.values() for said in sentences))

    def order(self) -> list[str]:
        """The keys as ours has them; those of theirs come behind the one that they follow there."""
        order = [key for key in self.here.blocks if key != _TAIL]
        before = _HEAD
        for key in self.there.blocks:
            if key not in order and key != _TAIL:
                order.insert(order.index(before) + 1 if before in order else 0, key)
            before = key
        return [*order, _TAIL]

    def block(self, key: str) -> _Block:
        base, ours, theirs = (version.blocks.get(key) for version in (self.was, self.here, self.there))
        if ours in (base, theirs):
            return _Block(theirs or "")
        if theirs == base:
            return _Block(ours or "")
        if key in (_HEAD, _TAIL):
            return _comments(base or "", ours or "", theirs or "")
        if ours is None or theirs is None:
            return self.removed(key, base or "", ours, theirs)
        return self.both(key, base or "", ours, theirs)

    def removed(self, key: str, base: str, ours: str | None, theirs: str | None) -> _Block:
        """A block that one side took out and the other changed."""
        if (ours or theirs or "").strip() == base.strip():
            return _Block("")
        return _Block(ours or theirs or "", (clash((key,), *self.values(key)),))

    def values(self, key: str) -> tuple[Any, Any, Any]:
        return self.was.data.get(key), self.here.data.get(key), self.there.data.get(key)

    def both(self, key: str, base: str, ours: str, theirs: str) -> _Block:
        """A block that both sides changed."""
        agreed = agree(*self.values(key), At((key,), (key,), (key,)))
        if agreed.clashes:
            return _Block(ours, agreed.clashes)
        joined = _tried(lambda: _block_of_both(key, base, ours, theirs, agreed))
        if joined is not None:
            return _Block(joined)
        why = "both sides changed it, and its comments or layout leave no safe way to merge them"
        return _Block(ours, (f"{key}: {why}",))

    def faults(self, text: str, clashed: frozenset[str]) -> Iterator[tuple[str, str]]:
        """What is wrong with the joined text that was wrong on neither side: the key, and a sentence."""
        document = _sound(text)
        expected = agree(self.was.data, self.here.data, self.there.data, At((), (), ()))
        if document is None or any(
            document.data.get(key) != expected.value.get(key) for key in {*document.data, *expected.value} - clashed
        ):
            yield _HEAD, "the merged text would not say what the two sides say"
            return
        known = {*_complaints(self.here.document, self.kind), *_complaints(self.there.document, self.kind)}
        for key, said in _complaints(document, self.kind):
            if (key, said) not in known and key not in clashed:
                yield key, f"{key}: merged, it would say something that neither side says ({said})"


@dataclass(frozen=True)
class _Block:
    """The text of a block, and why nobody but a person can join it."""

    text: str
    clashes: tuple[str, ...] = ()


def _comments(base: str, ours: str, theirs: str) -> _Block:
    """What stands before the first key or behind the last value."""
    joined = together(base, ours, theirs)
    return _Block(ours, ("comments: both sides changed the same lines",)) if joined is None else _Block(joined)


def _block_of_both(key: str, base: str, ours: str, theirs: str, agreed: Agreed) -> str | None:
    """The lines of both where they do not touch, else ours with what theirs changed; None where something would be lost."""
    added = (Counter(comments(ours)) | Counter(comments(theirs))) - Counter(comments(base) if base else ())
    for text in (lambda: together(base, ours, theirs), lambda: _applied(ours, theirs, agreed.steps)):
        joined = _tried(text)
        if joined is not None and _holds_all(joined, key, agreed.value, added):
            return joined
    return None


def _tried(text: Callable[[], str | None]) -> str | None:
    try:
        return text()
    except CannotEdit:
        return None


def _holds_all(text: str, key: str, value: Any, added: Counter[str]) -> bool:
    """Whether a block holds the value that was agreed on, and every comment that either side added."""
    document = _sound(text)
    return document is not None and document.data.get(key) == value and not added - Counter(comments(text))


def _complaints(document: Document, kind: Kind | None) -> Iterator[tuple[str, str]]:
    """What is wrong with a record in itself: top-level key and words."""
    if kind is not None:
        for problem in typed(document, kind.model)[1]:
            yield problem.field.split(".")[0], problem.message
    moves = [move for line in as_list(document.data.get("stages")) for move in as_map(line).items()]
    for (stage, day), (following, later) in pairwise(moves):
        if str(later) < str(day):
            yield "stages", f"{following} on {later} comes after {stage} on {day}"
        if (stage, day) == (following, later):
            yield "stages", f"{stage} on {day} appears twice"


# ── the steps from our text to the joined one ─────────────────────────────────────────────────────────────────────────


def _applied(text: str, theirs: str, steps: Sequence[MergeStep]) -> str:
    if len(steps) > MAX_STEPS:
        raise CannotEdit("both sides changed too much of it")
    for step in steps:
        text = _entered(text, theirs, step) if step.is_entry else _changed(text, step)
    return text


def _changed(text: str, step: MergeStep) -> str:
    if step.value is not None:
        return set_key(text, step.path, step.value)
    return remove_item(text, step.path) if isinstance(step.path[-1], int) else remove_key(text, step.path)


def _entered(text: str, theirs: str, step: MergeStep) -> str:
    """A new entry as they wrote it where that fits, else in the manner of ours."""
    path, at = step.path[:-1], step.path[-1]
    assert isinstance(at, int)
    lines = item_lines(theirs, step.source)
    joined = _tried(lambda: insert_lines(text, path, at, lines, step.value)) if lines else None
    return joined or insert_item(text, path, at, step.value)
