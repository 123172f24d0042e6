"""In what two lists of moves differ, and which of the differences a correction explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from salesops.records.deal import Correction

NOTHING = frozenset({"none", "nothing", "missing", "not there"})
"""What ``was`` says in a correction that adds a line which had been left out."""
Signature = tuple[str, str]
"""The line that a correction names, as ``stages.1``, and what it says stood there."""
_Reached = tuple[int, int, tuple[Signature, ...]]
"""How many of the earlier and of the later moves are accounted for, and the corrections that this took."""
PUT_IN, TAKEN_OUT = 2, 3
"""What it costs to read a line as put in, or as taken out: a line that is still there is found again rather than missed."""
MAX_WAYS = 20_000
"""Pairs of lines after which nobody looks for one more reading of the corrections."""


class MoveLike(Protocol):
    """A move, whether its day has been read yet or is still text."""

    @property
    def stage(self) -> str:
        """Where it went."""

    @property
    def entered(self) -> object:
        """On which day."""


@dataclass(frozen=True)
class Alteration:
    """One way in which the moves of a deal no longer begin as they did: ``was`` stood at ``line``, ``now`` at ``line_now``."""

    was: MoveLike | None
    now: MoveLike | None
    line: int
    line_now: int

    @property
    def fields(self) -> frozenset[str]:
        """The paths by which a correction may name it: where the line stood, and where it stands now."""
        stood = [self.line] if self.was else []
        stands = [self.line_now] if self.now else []
        return frozenset(f"stages.{line}" for line in stood + stands)

    @property
    def words(self) -> frozenset[str]:
        """What a correction may say stood there."""
        if self.was is None:
            return NOTHING
        stage, day = self.was.stage, self.was.entered
        return frozenset({str(day), stage, f"{stage}: {day}", f"- {stage}: {day}"})

    @property
    def signatures(self) -> Iterator[Signature]:
        """What a correction that explains it may name."""
        return ((field, words) for field in sorted(self.fields) for words in sorted(self.words))

    def is_signed(self, correction: Correction) -> bool:
        """Whether a correction explains it."""
        return named(correction) in self.signatures


def named(correction: Correction) -> Signature:
    """The line that a correction names, and what it says stood there."""
    return ".".join(correction.field.split(".")[:2]), correction.was.strip().strip("'\"")


def is_accounted_for(before: Sequence[MoveLike], after: Sequence[MoveLike], corrections: Iterable[Correction]) -> bool:
    """Whether every way in which the later moves do not begin as the earlier ones did is named by a correction of its own."""
    signed = Counter(map(named, corrections))
    waiting: list[_Reached] = [(0, 0, ())]
    seen: set[_Reached] = set()
    while waiting and len(seen) < MAX_WAYS:
        reached = waiting.pop()
        if reached[0] == len(before):
            return True
        if reached not in seen:
            seen.add(reached)
            waiting.extend(_onwards(before, after, signed, *reached))
    return False


def _onwards(
    before: Sequence[MoveLike],
    after: Sequence[MoveLike],
    signed: Counter[Signature],
    i: int,
    j: int,
    used: tuple[Signature, ...],
) -> Iterator[_Reached]:
    """The next pairs of lines to compare: past an alteration that is signed, or past a line that stayed."""
    old, new = before[i], after[j] if j < len(after) else None
    for was, now in ((None, new), (old, None), (old, new)):
        for name in Alteration(was, now, i, j).signatures if was != now else ():
            if signed[name] > used.count(name):
                yield i + (was is not None), j + (now is not None), tuple(sorted((*used, name)))
    if old == new:
        yield i + 1, j + 1, used


def alterations(before: Sequence[MoveLike], after: Sequence[MoveLike]) -> list[Alteration]:
    """The fewest alterations by which the earlier moves become the first of the later ones; none where lines were only added."""
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    if same == len(before):
        return []
    return list(_retraced(before, after, same))


def _retraced(before: Sequence[MoveLike], after: Sequence[MoveLike], same: int) -> Iterator[Alteration]:
    old = before[same:]
    new = after[same : same + 2 * len(old)]  # to put in more lines than that is never the least
    costs = _costs(old, new)
    i, j = 0, 0
    while i < len(old):
        here = costs[i][j]
        if j < len(new) and here == _change(old[i], new[j]) + costs[i + 1][j + 1]:
            if old[i] != new[j]:
                yield Alteration(old[i], new[j], same + i, same + j)
            i, j = i + 1, j + 1
        elif here == TAKEN_OUT + costs[i + 1][j]:
            yield Alteration(old[i], None, same + i, same + j)
            i += 1
        else:
            yield Alteration(None, new[j], same + i, same + j)
            j += 1


def _costs(old: Sequence[MoveLike], new: Sequence[MoveLike]) -> list[list[int]]:
    """The least cost of altering what is left of the one into a beginning of the other, from every pair of lines on."""
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new), -1, -1):
            ways = [TAKEN_OUT + table[i + 1][j]]
            if j < len(new):
                ways += [_change(old[i], new[j]) + table[i + 1][j + 1], PUT_IN + table[i][j + 1]]
            table[i][j] = min(ways)
    return table


def _change(old: MoveLike, new: MoveLike) -> int:
    return 0 if old == new else 1 if old.stage == new.stage else 2 if old.entered == new.entered else 6
