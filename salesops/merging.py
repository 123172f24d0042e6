"""Two versions of one record joined field by field, so that two people may work on one deal.

What only one side changed is taken as that side wrote it, comments included. Where both changed the same part of the
record its values are joined: keys by name, entries of a list by what identifies them. Where both changed the same value
nobody chooses for them: both versions are left between markers, and a sentence says what they are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from salesops.documents import Document, read
from salesops.edits import (
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
from salesops.lines import conflict, marked, together
from salesops.problems import Path, dotted
from salesops.records.kinds import KINDS, Kind
from salesops.records.typed import typed
from salesops.writing import in_brackets

GLANCE = 60
"""A sentence shows this much of a value."""
MOST = 200
"""More steps than this are no edit but another list: a person looks at both."""

SAME: dict[str, tuple[str, ...]] = {
    "changelog": ("version",),
    "communities": ("name",),
    "contacts": ("id",),
    "conversions": ("id",),
    "health": ("date",),
    "hubs": ("name",),
    "invoices": ("month",),
    "links": ("url",),
    "moved_back": ("date",),
    "parked": ("since",),
    "rates": ("date", "from", "to"),
    "red_lines": ("id",),
    "removed": ("kind", "id"),
    "reopened": ("date",),
    "targets": ("id",),
    "waived": ("need", "stage"),
}
"""What identifies an entry of a list: two entries that agree in it are one and the same."""
ALIKE: dict[str, tuple[str, ...]] = {
    "actions": ("deal", "action"),
    "activity": ("date", "kind"),
    "corrections": ("field", "date"),
    "evidence": ("date",),
    "exits": ("to",),
    "objections": ("about",),
}
"""What finds an entry again although it was changed; two new entries that agree in it may well be two."""

Name = str | tuple[str, ...]
"""What an entry of a list goes by: all that is written in it, or what identifies it."""
_HEAD, _TAIL = "\0head", "\0tail"


@dataclass(frozen=True)
class Merged:
    """The joined text, and a sentence for everything that a person must decide; then the text may hold markers."""

    text: str
    sentences: tuple[str, ...] = ()


def kind_of(path: str) -> Kind | None:
    """The kind of record that a path holds, also where the repository is a folder of a larger one."""
    parts = path.split("/")
    tails = ["/".join(parts[at:]) for at in range(len(parts))]
    return next((kind for tail in tails for kind in KINDS.values() if _holds(kind, tail)), None)


def _holds(kind: Kind, path: str) -> bool:
    return path == kind.where if kind.is_single else path.startswith(f"{kind.where}/") and path.endswith(".yaml")


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
    return Merged(marked(base, ours, theirs), (f"{why}: joined line by line, look at every line of it",))


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
        return _Block(ours or theirs or "", (_clash((key,), *self.values(key)),))

    def values(self, key: str) -> tuple[Any, Any, Any]:
        return self.was.data.get(key), self.here.data.get(key), self.there.data.get(key)

    def both(self, key: str, base: str, ours: str, theirs: str) -> _Block:
        """A block that both sides changed."""
        agreed = agree(*self.values(key), _At((key,), (key,), (key,)))
        if agreed.clashes:
            return _Block(ours, agreed.clashes)
        joined = _tried(lambda: _block_of_both(key, base, ours, theirs, agreed))
        if joined is not None:
            return _Block(joined)
        why = "both sides changed it, and its comments or its layout leave no safe way to join them"
        return _Block(ours, (f"{key}: {why}",))

    def faults(self, text: str, clashed: frozenset[str]) -> Iterator[tuple[str, str]]:
        """What is wrong with the joined text that was wrong on neither side: the key, and a sentence."""
        document = _sound(text)
        expected = agree(self.was.data, self.here.data, self.there.data, _At((), (), ()))
        if document is None or any(
            document.data.get(key) != expected.value.get(key) for key in {*document.data, *expected.value} - clashed
        ):
            yield _HEAD, "what was joined would not be what the two sides say"
            return
        known = {*_complaints(self.here.document, self.kind), *_complaints(self.there.document, self.kind)}
        for key, said in _complaints(document, self.kind):
            if (key, said) not in known and key not in clashed:
                yield key, f"{key}: joined it would say something that neither side does ({said})"


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
    moves = [move for line in _as_list(document.data.get("stages")) for move in _as_mapping(line).items()]
    for (stage, day), (following, later) in pairwise(moves):
        if str(later) < str(day):
            yield "stages", f"{following} on {later} comes after {stage} on {day}"
        if (stage, day) == (following, later):
            yield "stages", f"{stage} on {day} stands twice"


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _as_mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


# ── the steps from our text to the joined one ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Step:
    """One edit of our text: a value at a path (None: it goes), or a new entry of a list, which theirs has at ``source``."""

    path: Path
    value: Any
    source: Path = ()

    @property
    def is_entry(self) -> bool:
        """Whether this is a new entry of a list."""
        return bool(self.source)


def _applied(text: str, theirs: str, steps: Sequence[Step]) -> str:
    if len(steps) > MOST:
        raise CannotEdit("both sides changed too much of it")
    for step in steps:
        text = _entered(text, theirs, step) if step.is_entry else _changed(text, step)
    return text


def _changed(text: str, step: Step) -> str:
    if step.value is not None:
        return set_key(text, step.path, step.value)
    return remove_item(text, step.path) if isinstance(step.path[-1], int) else remove_key(text, step.path)


def _entered(text: str, theirs: str, step: Step) -> str:
    """A new entry as they wrote it where that fits, else in the manner of ours."""
    path, at = step.path[:-1], step.path[-1]
    assert isinstance(at, int)
    lines = item_lines(theirs, step.source)
    joined = _tried(lambda: insert_lines(text, path, at, lines, step.value)) if lines else None
    return joined or insert_item(text, path, at, step.value)


# ── the values ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Agreed:
    """What both sides say together, the steps from our text to it, and a sentence for each clash."""

    value: Any
    steps: tuple[Step, ...] = ()
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _At:
    """Where a value stands in ours and in theirs, and how people call it."""

    path: Path
    source: Path
    name: Path

    def below(self, part: str | int, source: str | int | None = None, name: str | int | None = None) -> _At:
        theirs = part if source is None else source
        return _At((*self.path, part), (*self.source, theirs), (*self.name, part if name is None else name))


def agree(base: Any, ours: Any, theirs: Any, at: _At) -> Agreed:
    """What two sides made of one value, together."""
    if ours == theirs or theirs == base:
        return Agreed(ours)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _mappings(_as_mapping(base), ours, theirs, at)
    if isinstance(ours, list) and isinstance(theirs, list):
        join = _moves if at.path == ("stages",) else _lists
        joined = join(_as_list(base), ours, theirs, at)
        if ours != base or (joined.value == theirs and not joined.clashes):
            return joined
    if ours == base:
        return Agreed(theirs, (Step(at.path, theirs),))
    return Agreed(ours, clashes=(_clash(at.name, base, ours, theirs),))


def _mappings(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], at: _At) -> Agreed:
    keys = [*ours, *(key for key in theirs if key not in ours)]
    parts = {key: agree(base.get(key), ours.get(key), theirs.get(key), at.below(key)) for key in keys}
    return Agreed(
        {key: part.value for key, part in parts.items() if part.value is not None},
        tuple(step for part in parts.values() for step in part.steps),
        tuple(clash for part in parts.values() for clash in part.clashes),
    )


def _moves(base: list[Any], ours: list[Any], theirs: list[Any], at: _At) -> Agreed:
    """The stages of a deal: a line that one side corrected, and moves that one side added to those of the other."""
    size = len(base)
    here, there = ours[size:], theirs[size:]
    longer, shorter = (here, there) if len(here) >= len(there) else (there, here)
    if min(len(ours), len(theirs)) < size:
        return Agreed(ours, clashes=(_clash(at.name, base, ours, theirs),))
    if longer[: len(shorter)] != shorter:
        said = f"{dotted(at.name)}: {_moved(here)} here, {_moved(there)} there; keep the moves that happened"
        return Agreed(ours, clashes=(said,))
    steps: list[Step] = []
    value: list[Any] = []
    for line, (was, mine, other) in enumerate(zip(base, ours, theirs, strict=False)):
        if mine not in (was, other) and other != was:
            return Agreed(ours, clashes=(_clash((*at.name, line), was, mine, other),))
        value.append(mine if other == was else other)
        if value[-1] != mine:
            steps += [Step((*at.path, line), other, (*at.source, line)), Step((*at.path, line + 1), None)]
    steps += [Step((*at.path, line), theirs[line], (*at.source, line)) for line in range(len(ours), len(theirs))]
    return Agreed([*value, *longer], tuple(steps))


def _lists(base: list[Any], ours: list[Any], theirs: list[Any], at: _At) -> Agreed:
    """Entries that either side added, without those that one took out, each changed as either changed it."""
    name = str(at.path[-1])
    mine, other = _matched(base, ours, name), _matched(base, theirs, name)
    if mine is None or other is None or _is_turned(other):
        return Agreed(ours, clashes=(_list_clash(at.name, base, ours, theirs),))
    new, arrived = _unmatched(ours, mine), _unmatched(theirs, other)
    twins = _twins(ours, theirs, new, arrived, name)
    replaced = any(was not in mine and was not in other for was in range(len(base)))
    if replaced and len(new) > len(twins) < len(arrived):
        return Agreed(ours, clashes=(_list_clash(at.name, base, ours, theirs),))
    arrived = _unmatched(theirs, other | {len(base) + here: there for here, there in twins.items()})
    return _Lists(base, ours, theirs, at, mine, other, twins, arrived).agreed()


@dataclass(frozen=True)
class _Lists:
    """Three versions of a list, and which entry is which: of base in ours and in theirs, of ours in theirs, new in theirs."""

    base: list[Any]
    ours: list[Any]
    theirs: list[Any]
    at: _At
    mine: dict[int, int]
    other: dict[int, int]
    twins: dict[int, int]
    arrived: list[int]

    def agreed(self) -> Agreed:
        back = {here: was for was, here in self.mine.items()}
        entries = [self.entry(here, back.get(here)) for here in range(len(self.ours))]
        gone = [here for here, entry in enumerate(entries) if entry is None]
        kept = [(entry[0].value, entry[1]) for entry in entries if entry]
        steps = [step for entry in entries if entry for step in entry[0].steps]
        steps += [Step((*self.at.path, here), None) for here in reversed(gone)]
        steps += list(self.placed(kept))
        clashes = [*self.removed_here(), *(clash for entry in entries if entry for clash in entry[0].clashes)]
        return Agreed([value for value, _ in kept], tuple(steps), tuple(clashes))

    def entry(self, here: int, was: int | None) -> tuple[Agreed, int | None] | None:
        """What becomes of an entry of ours, and where theirs has it; None where they took it out."""
        part = self.ours[here]
        there = self.twins.get(here) if was is None else self.other.get(was)
        known = None if was is None else self.base[was]
        spot = self.at.below(here, there, self.called(part, here))
        if there is not None:
            return agree(known, part, self.theirs[there], spot), there
        if was is None:
            return Agreed(part), None
        return None if part == known else (Agreed(part, clashes=(_clash(spot.name, known, part, None),)), None)

    def removed_here(self) -> Iterator[str]:
        """Entries that we took out and they changed."""
        for was, there in self.other.items():
            part = self.base[was]
            if was not in self.mine and self.theirs[there] != part:
                yield _clash((*self.at.name, self.called(part, was)), part, None, self.theirs[there])

    def placed(self, kept: list[tuple[Any, int | None]]) -> Iterator[Step]:
        """Put what they added into its place."""
        for there in self.arrived:
            to = _place(kept, self.theirs, there)
            kept.insert(to, (self.theirs[there], there))
            yield Step((*self.at.path, to), self.theirs[there], (*self.at.source, there))

    def called(self, part: Any, at: int) -> str:
        return " ".join(_identity(part, str(self.at.path[-1]))) or str(at)


def _unmatched(side: list[Any], matched: Mapping[int, int]) -> list[int]:
    taken = set(matched.values())
    return [at for at in range(len(side)) if at not in taken]


def _matched(base: list[Any], side: list[Any], name: str) -> dict[int, int] | None:
    """Which entry of base became which of a side; None where that cannot be said."""
    found = _paired(range(len(base)), range(len(side)), lambda was: _written(base[was]), lambda at: _written(side[at]))
    left = [was for was in range(len(base)) if was not in found]
    free = _unmatched(side, found)
    before = Counter(identity for was in left if (identity := _identity(base[was], name)))
    after = Counter(identity for at in free if (identity := _identity(side[at], name)))
    if any(max(count, after[identity]) > 1 for identity, count in before.items() if after[identity]):
        return None
    again = _paired(left, free, lambda was: _identity(base[was], name), lambda at: _identity(side[at], name))
    found |= again
    return found | dict(_in_place(base, side, found))


def _in_place(base: list[Any], side: list[Any], found: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Entries that stand where an older one stood, alone between the same neighbours, with at least half of what it said."""
    left, free = {was for was in range(len(base)) if was not in found}, set(_unmatched(side, found))
    for was in left:
        if was - 1 in left or was + 1 in left:
            continue
        at = found[was - 1] + 1 if was else 0
        after = found[was + 1] if was + 1 < len(base) else at + 1
        if at in free and after == at + 1 and _is_much_the_same(base[was], side[at]):
            yield was, at


def _is_much_the_same(one: Any, other: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    same = sum(1 for key, value in one.items() if other.get(key) == value)
    return 2 * same >= max(len(one), len(other))


def _paired(
    some: Iterable[int], others: Iterable[int], one: Callable[[int], Name], other: Callable[[int], Name]
) -> dict[int, int]:
    """Positions of two lists that go by the same name, each taken once, in their order."""
    places: dict[Name, list[int]] = {}
    for at in others:
        places.setdefault(other(at), []).append(at)
    waiting = {name: iter(found) for name, found in places.items() if name}
    pairs = ((at, next(waiting.get(one(at), iter(())), None)) for at in some)
    return {at: found for at, found in pairs if found is not None}


def _written(part: Any) -> str:
    return json.dumps(part, sort_keys=True)


def _identity(part: Any, name: str) -> tuple[str, ...]:
    keys = (*SAME.get(name, ALIKE.get(name, ())),)
    if not isinstance(part, dict) or not keys:
        return ()
    if name in ALIKE and "id" in part:
        return ("id", str(part["id"]))
    return tuple(str(part.get(key, "")) for key in keys) if any(key in part for key in keys) else ()


def _sure(part: Any, name: str) -> tuple[str, ...]:
    """What identifies an entry beyond doubt."""
    return _identity(part, name) if isinstance(part, dict) and (name in SAME or "id" in part) else ()


def _twins(ours: list[Any], theirs: list[Any], here: list[int], there: list[int], name: str) -> dict[int, int]:
    """Entries that both sides added: which of ours is which of theirs."""
    found = _paired(here, there, lambda at: _written(ours[at]), lambda at: _written(theirs[at]))
    taken = set(found.values())
    left, free = [at for at in here if at not in found], [at for at in there if at not in taken]
    return found | _paired(left, free, lambda at: _sure(ours[at], name), lambda at: _sure(theirs[at], name))


def _is_turned(matched: Mapping[int, int]) -> bool:
    """Whether entries changed their order."""
    found = [matched[was] for was in sorted(matched)]
    return found != sorted(found)


def _place(kept: list[tuple[Any, int | None]], theirs: list[Any], there: int) -> int:
    """Where an entry of theirs goes: by its day where the list is in the order of days, else behind the one it follows there."""
    days = [_day(part) for part, _ in kept]
    day = _day(theirs[there])
    if day and all(days) and days == sorted(days):
        return sum(other <= day for other in days)
    before = [at for at, (_, source) in enumerate(kept) if source is not None and source < there]
    return max(before) + 1 if before else len(kept) if there else 0


def _day(part: Any) -> str:
    found = next((part[key] for key in ("date", "since", "month") if key in part), "") if isinstance(part, dict) else ""
    return found if isinstance(found, str) else ""


# ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _clash(name: Path, base: Any, ours: Any, theirs: Any) -> str:
    was = "it was not there before" if base is None else f"it was {_glance(base)}"
    return f"{dotted(name)}: {_side(ours)} here, {_side(theirs)} there; {was}"


def _list_clash(name: Path, base: list[Any], ours: list[Any], theirs: list[Any]) -> str:
    """The entries that differ; the whole lists where only their order does."""
    was, here, there = ({_written(part) for part in side} for side in (base, ours, theirs))
    mine, other = ([part for part in side if _written(part) not in was] for side in (ours, theirs))
    both = here & there
    gone = [part for part in base if _written(part) not in both]
    return _clash(name, gone, mine, other) if mine or other else _clash(name, base, ours, theirs)


def _moved(lines: Sequence[Any]) -> str:
    """Moves as people say them: ``outreach on 2026-01-19, then discovery on 2026-02-02``."""
    moves = (f"{stage} on {_glance(day)}" for line in lines for stage, day in _as_mapping(line).items())
    return ", then ".join(moves) or _glance(lines)


def _side(value: Any) -> str:
    return "removed" if value is None else _glance(value)


def _glance(value: Any) -> str:
    words = value if isinstance(value, str) else in_brackets(value)
    return words if len(words) <= GLANCE else f"{words[: GLANCE - 1]}…"
