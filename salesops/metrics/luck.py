"""How often a red line is crossed by luck: although the true rate is fine, and how it stays silent although the rate is not (``reference/definitions#red-lines``)."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from math import ceil
from random import Random

from salesops.metrics.statistics import chance_of_at_most, upper_bound

RUNS = 4_000
"""Simulated teams, where what came before the last few outcomes cannot be summed up exactly."""
NEVER = 1e-18
"""A chance that adds nothing to any sum that is told."""
FAR_ENOUGH = 1_000
"""Outcomes beyond which nobody waits for a line to be confirmed."""


def most_hits_below(out_of: int, bound: Fraction) -> int:
    """The most hits with which a share is still below a bound; -1 where even none is not."""
    return min(ceil(bound * out_of) - 1, out_of)


def once(out_of: int, bound: Fraction, rate: float) -> float:
    """How likely a share of so many outcomes is below a bound, at a true rate: one look."""
    most = most_hits_below(out_of, bound)
    return chance_of_at_most(most, out_of, rate) if most >= 0 else 0.0


def ever(after: int, until: int, bound: Fraction, rate: float) -> float:
    """How likely a share is below a bound at some time, looked at after each outcome from the ``after``-th to the ``until``-th: exact."""
    first, silent, crossed = 0, [1.0], 0.0
    for out_of in range(1, until + 1):
        silent = [fewer * (1 - rate) + more * rate for fewer, more in zip([*silent, 0.0], [0.0, *silent], strict=True)]
        while len(silent) > 1 and silent[-1] < NEVER:
            silent.pop()
        gone = most_hits_below(out_of, bound) + 1 - first if out_of >= after else 0
        if gone > 0:
            crossed += sum(silent[:gone])
            first, silent = first + gone, silent[gone:]
        if not silent:
            break
    return crossed


def in_a_row(length: int, most: int, until: int, rate: float, seed: int = 0) -> float:
    """How likely at most so many of ``length`` outcomes in a row are hits, at some time within ``until`` of them.

    Exact where no hit is allowed; otherwise the share of simulated teams, always the same ones.
    """
    if most:
        return _simulated(length, most, until, rate, seed)
    running, crossed = [1.0] + [0.0] * (length - 1), 0.0
    for _ in range(until):
        crossed += running[-1] * (1 - rate)
        running = [sum(running) * rate, *(chance * (1 - rate) for chance in running[:-1])]
    return crossed


def of_the_last(length: int, after: int, bound: Fraction, until: int, rate: float, seed: int = 0) -> float:
    """How likely the share of the last ``length`` outcomes is below a bound at some time, from the ``after``-th to the ``until``-th; simulated."""
    dice = Random(seed)
    return sum(_crosses(dice, length, after, bound, until, rate) for _ in range(RUNS)) / RUNS


def _simulated(length: int, most: int, until: int, rate: float, seed: int) -> float:
    dice, bound = Random(seed), Fraction(2 * most + 1, 2 * length)
    return sum(_crosses(dice, length, length, bound, until, rate) for _ in range(RUNS)) / RUNS


def _crosses(dice: Random, length: int, after: int, bound: Fraction, until: int, rate: float) -> bool:
    seen: deque[bool] = deque(maxlen=length)
    hits, top, bottom = 0, bound.numerator, bound.denominator
    for count in range(1, until + 1):
        hits -= seen[0] if len(seen) == length else 0
        seen.append(dice.random() < rate)
        hits += seen[-1]
        if count >= after and hits * bottom < top * len(seen):
            return True
    return False


def outcomes_to_confirm(hits: int, out_of: int, bound: Fraction) -> int | None:
    """How many more outcomes at the rate so far it takes until the upper bound of the rate is below a line, too; None where that is too far off."""
    for more in range(FAR_ENOUGH):
        expected = hits + ceil(Fraction(hits, out_of) * more)
        end = upper_bound(expected, out_of + more)
        if end is not None and end < bound:
            return more
    return None
