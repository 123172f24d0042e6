"""Pure statistics, each tested against published values: the Wilson interval, quantiles, an interval for a median."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, exp, floor, fsum, lgamma, log, log1p, sqrt
from statistics import NormalDist

from salesops.records.team import Numbers

ENOUGH = Numbers().enough
"""Below this many counted, a share or an average is too few to say anything, and there is no quantile but the median, unless the team says another number (``reference/definitions#intervals``)."""

Interval = tuple[float, float]


def wilson(hits: int, out_of: int, confidence: float = 0.95) -> Interval | None:
    """The Wilson score interval of a share (E. B. Wilson, 1927); None where nothing was counted."""
    if out_of == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = hits / out_of
    middle = share + z * z / (2 * out_of)
    spread = z * sqrt(share * (1 - share) / out_of + z * z / (4 * out_of * out_of))
    scale = 1 + z * z / out_of
    low = 0.0 if hits == 0 else (middle - spread) / scale
    high = 1.0 if hits == out_of else (middle + spread) / scale
    return max(low, 0.0), min(high, 1.0)


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The quantile of sorted values, straight between neighbours (Hyndman and Fan's type 7); None where there are none."""
    if not ordered:
        return None
    position = (len(ordered) - 1) * share
    below = floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def median_interval(ordered: Sequence[float], confidence: float = 0.95) -> Interval | None:
    """The interval between two order statistics that holds the median with at least this confidence; None below six values."""
    count = len(ordered)
    rank = _rank(count, (1 - confidence) / 2)
    return None if rank is None else (float(ordered[rank - 1]), float(ordered[count - rank]))


def _rank(count: int, tail: float) -> int | None:
    """The largest r for which P(Binomial(count, ½) < r) ≤ tail; None where even r = 1 says too much."""
    if count > 1000:  # the normal approximation gives the rank of the exact sum, at worst one less: a little wider
        z = NormalDist().inv_cdf(1 - tail)
        return floor((count + 1 - z * sqrt(count)) / 2)
    below = 0
    for rank in range(count // 2 + 1):
        below += comb(count, rank)
        if below > tail * 2**count:
            return rank or None
    return None


def upper_bound(hits: int, out_of: int, confidence: float = 0.95) -> float | None:
    """The end above which a share lies with no more than the remaining chance: Wilson's, of one side; None where nothing was counted."""
    both = wilson(hits, out_of, 2 * confidence - 1)
    return None if both is None else both[1]


def chance_of_at_most(hits: int, out_of: int, rate: float) -> float:
    """How likely so few hits, or fewer, are where each comes at a true rate: the binomial sum, by logarithms where there are many."""
    if rate in (0, 1):
        return float(rate == 0 or hits >= out_of)
    if out_of <= 1000:
        return fsum(comb(out_of, k) * rate**k * (1 - rate) ** (out_of - k) for k in range(min(hits, out_of) + 1))
    whole, hit, miss = lgamma(out_of + 1), log(rate), log1p(-rate)
    terms = (
        exp(whole - lgamma(k + 1) - lgamma(out_of - k + 1) + k * hit + (out_of - k) * miss)
        for k in range(min(hits, out_of) + 1)
    )
    return min(fsum(terms), 1.0)


def difference(hits: int, out_of: int, other_hits: int, other_out_of: int) -> tuple[float, Interval] | None:
    """How far one share is above another, and Newcombe's hybrid score interval of it (R. G. Newcombe, 1998, method 10); None where one has nothing counted."""
    one, other = wilson(hits, out_of), wilson(other_hits, other_out_of)
    if one is None or other is None:
        return None
    share, other_share = hits / out_of, other_hits / other_out_of
    below = sqrt((share - one[0]) ** 2 + (other[1] - other_share) ** 2)
    above = sqrt((one[1] - share) ** 2 + (other_share - other[0]) ** 2)
    return share - other_share, (share - other_share - below, share - other_share + above)
