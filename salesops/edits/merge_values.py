"""What two sides made of the same values, together: keys by name, entries of a list by what identifies them, moves by their line.

It is found with the steps that lead there from our side, and with a sentence for whatever only a person can decide.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salesops.edits.yaml_writer import in_brackets
from salesops.problems import Path, dotted
from salesops.records.as_written import as_list, as_map
from salesops.records.kinds import entries_of

GLANCE = 60
"""A sentence shows this much of a value."""

Name = str | tuple[str, ...]
"""What an entry of a list goes by: all that is written in it, or what identifies it."""


@dataclass(frozen=True)
class MergeStep:
    """One edit of our text: a value at a path (None: it goes), or a new entry of a list, which theirs has at ``source``."""

    path: Path
    value: Any
    source: Path = ()

    @property
    def is_entry(self) -> bool:
        """Whether this is a new entry of a list."""
        return bool(self.source)


@dataclass(frozen=True)
class Agreed:
    """What both sides say together, the steps from our text to it, and a sentence for each clash."""

    value: Any
    steps: tuple[MergeStep, ...] = ()
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True)
class At:
    """Where a value stands in ours and in theirs, and how people call it."""

    path: Path
    source: Path
    name: Path

    def below(self, part: str | int, source: str | int | None = None, name: str | int | None = None) -> At:
        """One step further down; ``source`` and ``name`` where theirs or people call it otherwise."""
        theirs = part if source is None else source
        return At((*self.path, part), (*self.source, theirs), (*self.name, part if name is None else name))


def agree(base: Any, ours: Any, theirs: Any, at: At) -> Agreed:
    """What two sides made of one value, together."""
    if ours == theirs or theirs == base:
        return Agreed(ours)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _mappings(as_map(base), ours, theirs, at)
    if isinstance(ours, list) and isinstance(theirs, list):
        join = _moves if at.path == ("stages",) else _lists
        joined = join(as_list(base), ours, theirs, at)
        if ours != base or (joined.value == theirs and not joined.clashes):
            return joined
    if ours == base:
        return Agreed(theirs, (MergeStep(at.path, theirs),))
    return Agreed(ours, clashes=(clash(at.name, base, ours, theirs),))


def _mappings(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], at: At) -> Agreed:
    keys = [*ours, *(key for key in theirs if key not in ours)]
    parts = {key: agree(base.get(key), ours.get(key), theirs.get(key), at.below(key)) for key in keys}
    return Agreed(
        {key: part.value for key, part in parts.items() if part.value is not None},
        tuple(step for part in parts.values() for step in part.steps),
        tuple(said for part in parts.values() for said in part.clashes),
    )


def _moves(base: list[Any], ours: list[Any], theirs: list[Any], at: At) -> Agreed:
    """The stages of a deal: a line that one side corrected, and moves that one side added to those of the other."""
    size = len(base)
    here, there = ours[size:], theirs[size:]
    longer, shorter = (here, there) if len(here) >= len(there) else (there, here)
    if min(len(ours), len(theirs)) < size:
        return Agreed(ours, clashes=(clash(at.name, base, ours, theirs),))
    if longer[: len(shorter)] != shorter:
        said = f"{dotted(at.name)}: {_moved(here)} here, {_moved(there)} there; keep the moves that happened"
        return Agreed(ours, clashes=(said,))
    steps: list[MergeStep] = []
    value: list[Any] = []
    for line, (was, mine, other) in enumerate(zip(base, ours, theirs, strict=False)):
        if mine not in (was, other) and other != was:
            return Agreed(ours, clashes=(clash((*at.name, line), was, mine, other),))
        value.append(mine if other == was else other)
        if value[-1] != mine:
            steps += [MergeStep((*at.path, line), other, (*at.source, line)), MergeStep((*at.path, line + 1), None)]
    steps += [MergeStep((*at.path, line), theirs[line], (*at.source, line)) for line in range(len(ours), len(theirs))]
    return Agreed([*value, *longer], tuple(steps))


def _lists(base: list[Any], ours: list[Any], theirs: list[Any], at: At) -> Agreed:
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
    at: At
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
        steps += [MergeStep((*self.at.path, here), None) for here in reversed(gone)]
        steps += list(self.placed(kept))
        clashes = [*self.removed_here(), *(said for entry in entries if entry for said in entry[0].clashes)]
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
        return None if part == known else (Agreed(part, clashes=(clash(spot.name, known, part, None),)), None)

    def removed_here(self) -> Iterator[str]:
        """Entries that we took out and they changed."""
        for was, there in self.other.items():
            part = self.base[was]
            if was not in self.mine and self.theirs[there] != part:
                yield clash((*self.at.name, self.called(part, was)), part, None, self.theirs[there])

    def placed(self, kept: list[tuple[Any, int | None]]) -> Iterator[MergeStep]:
        """Put what they added into its place."""
        for there in self.arrived:
            to = _place(kept, self.theirs, there)
            kept.insert(to, (self.theirs[there], there))
            yield MergeStep((*self.at.path, to), self.theirs[there], (*self.at.source, there))

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
    """What finds an entry again although it was changed."""
    known = entries_of(name)
    if not isinstance(part, dict) or not known.by:
        return ()
    if known.may_repeat and "id" in part:
        return ("id", str(part["id"]))
    return tuple(str(part.get(key, "")) for key in known.by) if any(key in part for key in known.by) else ()


def _sure(part: Any, name: str) -> tuple[str, ...]:
    """What identifies an entry beyond doubt."""
    if not isinstance(part, dict) or (entries_of(name).may_repeat and "id" not in part):
        return ()
    return _identity(part, name)


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


def clash(name: Path, base: Any, ours: Any, theirs: Any) -> str:
    """What the two sides made of a value, for a person to decide."""
    was = "it was not there before" if base is None else f"it was {_glance(base)}"
    return f"{dotted(name)}: {_side(ours)} here, {_side(theirs)} there; {was}"


def _list_clash(name: Path, base: list[Any], ours: list[Any], theirs: list[Any]) -> str:
    """The entries that differ; the whole lists where only their order does."""
    was, here, there = ({_written(part) for part in side} for side in (base, ours, theirs))
    mine, other = ([part for part in side if _written(part) not in was] for side in (ours, theirs))
    both = here & there
    gone = [part for part in base if _written(part) not in both]
    return clash(name, gone, mine, other) if mine or other else clash(name, base, ours, theirs)


def _moved(lines: Sequence[Any]) -> str:
    """Moves as people say them: ``outreach on 2026-01-19, then discovery on 2026-02-02``."""
    moves = (f"{stage} on {_glance(day)}" for line in lines for stage, day in as_map(line).items())
    return ", then ".join(moves) or _glance(lines)


def _side(value: Any) -> str:
    return "removed" if value is None else _glance(value)


def _glance(value: Any) -> str:
    words = value if isinstance(value, str) else in_brackets(value)
    return words if len(words) <= GLANCE else f"{words[: GLANCE - 1]}…"
