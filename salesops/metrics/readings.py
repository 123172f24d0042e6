"""What a metric returns: a value whose type is its unit, with the deals it counted and those it left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from salesops.book.book import LeftOut
from salesops.metrics.statistics import ENOUGH, Interval, median_interval, quantile, wilson
from salesops.records.money import Sums, cents

Split = Mapping[str, int]
Row = Mapping[str, Any]
"""A row of a table beside a number, by column; a fraction is a share, a pair an interval of one, ``deal`` the id of one."""


class AttemptKey(NamedTuple):
    """One attempt of a deal, by its number."""

    deal: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class DealEvidence:
    """The deals behind a number: counted, and left out with the reason."""

    included: tuple[str, ...] = ()
    excluded: tuple[LeftOut, ...] = ()
    attempts_counted: tuple[AttemptKey, ...] = ()
    """Where attempts are counted and not deals: each of them, so that a deal that was opened again stands here more than once."""
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    """What tells the number apart row by row, such as by month; every row of a table has the same columns."""

    def attempts_of(self, deal: str) -> list[int]:
        """The numbers of a deal's attempts that were counted."""
        return self._attempts.get(deal, [])

    @cached_property
    def _attempts(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for key in self.attempts_counted:
            found.setdefault(key.deal, []).append(key.attempt)
        return found

    def _evidence(self) -> dict[str, Any]:
        attempts = [key._asdict() for key in self.attempts_counted]
        return {
            **{name: [dict(row) for row in rows] for name, rows in self.tables.items()},
            **({"attempts_counted": attempts} if attempts else {}),
            "included": list(self.included),
            "excluded": [left.as_data() for left in self.excluded],
        }


@dataclass(frozen=True, kw_only=True)
class Count(DealEvidence):
    """A number of deals or meetings; ``split`` is by deal type, ``parts`` by whatever else tells it apart.

    A number of the last full week has a ``series`` of weeks, and ``so_far`` is what the running one has brought up to the day;
    None on a Sunday, when no week is running.
    """

    kind = "count"
    value: int
    split: Split = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, int] | int] = field(default_factory=dict)
    series: tuple[Mapping[str, Any], ...] = ()
    so_far: int | None = None

    def as_data(self) -> dict[str, Any]:
        """The reading as ``metrics --format json`` gives it."""
        parts = {name: part if isinstance(part, int) else dict(part) for name, part in self.parts.items()}
        weeks = [dict(point) for point in self.series]
        series = {"so_far": self.so_far, "weeks": weeks} if weeks else {}
        return {
            "kind": self.kind,
            "value": self.value,
            "split": dict(self.split),
            **parts,
            **series,
            **self._evidence(),
        }


@dataclass(frozen=True, kw_only=True)
class Share(DealEvidence):
    """``hits`` of ``out_of``; ``open`` have not been decided and ``parked`` need not be; both count in neither. ``hit`` names the deals behind the hits."""

    kind = "share"
    hits: int
    out_of: int
    open: int = 0
    parked: int = 0
    is_sample: bool = True
    """False where it is a share of what there is on a day, such as of the deals that are open now: nothing is estimated from it."""
    floor: int = ENOUGH
    """From how many on there is a rate."""
    hit: tuple[str, ...] = ()
    parts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def value(self) -> float | None:
        """The share; None where there is nothing to count."""
        return self.hits / self.out_of if self.out_of else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % Wilson interval; None where nothing is estimated."""
        return wilson(self.hits, self.out_of) if self.is_sample else None

    @property
    def is_enough(self) -> bool:
        """Whether there are enough outcomes to speak of a rate."""
        return self.out_of >= self.floor or not self.is_sample

    def as_data(self) -> dict[str, Any]:
        """The reading as ``metrics --format json`` gives it."""
        cohort = self.out_of + self.open
        interval = self.interval
        return {
            "kind": self.kind,
            "value": self.value,
            "hits": self.hits,
            "out_of": self.out_of,
            "open": self.open,
            "parked": self.parked,
            "to_date": self.hits / cohort if cohort else None,
            "interval": list(interval) if interval else None,
            "enough": self.is_enough,
            "floor": self.floor,
            **{name: dict(part) for name, part in self.parts.items()},
            "hit": list(self.hit),
            **self._evidence(),
        }


@dataclass(frozen=True, kw_only=True)
class Days(DealEvidence):
    """Whole days of several deals or attempts."""

    kind = "days"
    values: tuple[int, ...]
    is_sample: bool = True
    """False where the values are all there is on a day, such as the ages of the deals in a stage: nothing is estimated from them."""
    floor: int = ENOUGH
    """From how many on there is an average."""
    split: Split = field(default_factory=dict)
    variants: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many were measured."""
        return len(self.values)

    @property
    def value(self) -> float | None:
        """The mean; None where there is nothing to average."""
        return sum(self.values) / self.n if self.n else None

    @property
    def median(self) -> float | None:
        """The middle value."""
        return self._quantile(0.5)

    @property
    def p80(self) -> float | None:
        """Four of five lie at or below it."""
        return self._quantile(0.8)

    @property
    def is_enough_for_quantiles(self) -> bool:
        """Whether there are enough values to say what most of them stay below; of fewer, the least and the greatest are told."""
        return self.n >= self.floor

    @property
    def interval(self) -> Interval | None:
        """An interval that holds the median with at least 95 % confidence; None where nothing is estimated."""
        return None if not self.is_sample else median_interval(sorted(self.values))

    @property
    def is_enough(self) -> bool:
        """Whether there are enough values to speak of an average."""
        return self.n >= self.floor or not self.is_sample

    def _quantile(self, share: float) -> float | None:
        found = quantile(sorted(self.values), share)
        return None if found is None else float(found)

    def as_data(self) -> dict[str, Any]:
        """The reading as ``metrics --format json`` gives it."""
        interval = self.interval
        return {
            "kind": self.kind,
            "value": self.value,
            "n": self.n,
            "mean": self.value,
            "median": self.median,
            "p80": self.p80,
            "least": min(self.values, default=None),
            "greatest": max(self.values, default=None),
            "median_interval": list(interval) if interval else None,
            "enough": self.is_enough,
            "floor": self.floor,
            "split": dict(self.split),
            **self.variants,
            **self._evidence(),
        }


@dataclass(frozen=True, kw_only=True)
class Amounts(DealEvidence):
    """Money by currency; ``n`` deals carry an amount, ``without`` do not."""

    kind = "money"
    sums: Sums
    n: int
    without: int = 0
    split: Mapping[str, Sums] = field(default_factory=dict)
    parts: Mapping[str, Sums] = field(default_factory=dict)
    by: Mapping[str, Mapping[str, Sums]] = field(default_factory=dict)
    """Other splits than by type, such as ``by_stage``; each adds up to the sums."""
    behind: Mapping[str, str] = field(default_factory=dict)
    """The factors of a product, each by its name with what it rests on; empty where it is a plain sum of deals."""

    @property
    def value(self) -> dict[str, str] | None:
        """The sums as text, exact to the cent; None where no deal carries an amount."""
        return _texts(self.sums) if self.n else None

    def as_data(self) -> dict[str, Any]:
        """The reading as ``metrics --format json`` gives it."""
        return {
            "kind": self.kind,
            "value": self.value,
            "n": self.n,
            "without_amount": self.without,
            "split": {name: _texts(sums) for name, sums in self.split.items()},
            **{name: {key: _texts(sums) for key, sums in split.items()} for name, split in self.by.items()},
            **{name: _texts(sums) for name, sums in self.parts.items()},
            **({"behind": dict(self.behind)} if self.behind else {}),
            **self._evidence(),
        }


@dataclass(frozen=True, kw_only=True)
class MoneyShare(DealEvidence):
    """``part`` of ``whole``, both money of one currency, exact to the cent, of so many members: all there is, so that nothing is estimated and none are too few."""

    kind = "share"
    part: Decimal
    whole: Decimal
    currency: str
    members: int
    parts: Mapping[str, Decimal | int] = field(default_factory=dict)
    """What leads from the whole to the part, as money; and members by whatever else tells them apart, as a number."""

    @property
    def value(self) -> float | None:
        """The share; None where there is no money of which it could be one."""
        return float(self.part / self.whole) if self.whole else None

    def as_data(self) -> dict[str, Any]:
        """The reading as ``metrics --format json`` gives it."""
        return {
            "kind": self.kind,
            "value": self.value,
            "part": self._money(self.part),
            "whole": self._money(self.whole),
            "members": self.members,
            "interval": None,
            "enough": True,
            **{name: part if isinstance(part, int) else self._money(part) for name, part in self.parts.items()},
            **self._evidence(),
        }

    def _money(self, amount: Decimal) -> dict[str, str]:
        return {self.currency: cents(amount)}


Reading = Count | Share | MoneyShare | Days | Amounts


def _texts(sums: Sums) -> dict[str, str]:
    return {currency: cents(amount) for currency, amount in sums.items()}


def tally(words: Iterable[str]) -> dict[str, int]:
    """How often each word occurs, in alphabetical order: the same bytes whatever the order of files."""
    counts: dict[str, int] = {}
    for word in sorted(words):
        counts[word] = counts.get(word, 0) + 1
    return counts
