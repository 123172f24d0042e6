"""Which metrics move from one snapshot to another, and by which deals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from salesops.book.book import Cause, Snapshot
from salesops.metrics import Metric, Reading, measure, metrics_of
from salesops.metrics.readings import Amounts, Count, Days, MoneyShare, Share
from salesops.metrics.wording import NO_DATA, between, headline, money_share, spread_of_few
from salesops.output import counted

BESIDE = {"share": (Cause.OPEN, Cause.PARKED), "money": (Cause.NO_AMOUNT,), "count": (Cause.RUNNING,)}
"""The reasons for which a reading of a kind leaves a deal out, and tells it beside the number."""


@dataclass(frozen=True)
class Effect:
    """A metric before and after; ``joined`` and ``left`` are the deals that it counts now and did not, or no longer does.

    ``altered`` are the other deals behind the move: worth another amount, counted more often, or waiting for their
    outcome now. A metric that only one of the two
    processes names has None on the other side.
    """

    metric: Metric
    before: Reading | None
    after: Reading | None
    joined: tuple[str, ...]
    left: tuple[str, ...]
    altered: tuple[str, ...]

    @property
    def words(self) -> tuple[str, str]:
        """Before and after as people read them, shares with their interval; where the headlines are the same, what is behind them."""
        shown = tuple(headline(side) if side else NO_DATA for side in (self.before, self.after))
        if shown[0] == shown[1] and self.before is not None and self.after is not None:
            shown = _behind(self.before), _behind(self.after)
        return _with_interval(shown[0], self.before), _with_interval(shown[1], self.after)

    def as_data(self) -> dict[str, Any]:
        """As ``diff --format json`` gives it."""
        before, after = (side.value if side else None for side in (self.before, self.after))
        deals = {"joined": list(self.joined), "left": list(self.left), "altered": list(self.altered)}
        told = {"id": self.metric.id, "title": self.metric.title, "kind": self.metric.kind}
        behind = {"before": _numbers(self.before), "after": _numbers(self.after)}
        return {**told, "before": before, "after": after, "behind": behind, **deals}


def effects(
    before: Snapshot | None,
    after: Snapshot | None,
    changed: Iterable[str] = (),
    now_called: Mapping[str, str] | None = None,
) -> list[Effect]:
    """Every metric that moves; ``changed`` are deals that say something else, ``now_called`` gives renamed deals their new ids."""
    old, new = (_measured(side) for side in (before, after))
    names, says_else = now_called or {}, set(changed)
    known = {metric_id: metric for measured in (old, new) for metric_id, (metric, _) in measured.items()}
    found = []
    for metric_id, metric in known.items():
        was, now = (measured[metric_id][1] if metric_id in measured else None for measured in (old, new))
        if _numbers(was) != _numbers(now) or _renamed(was, names) != _included(now):
            effect = _effect(metric, was, now, says_else, names)
            if effect.joined or effect.left or effect.words[0] != effect.words[1]:
                found.append(effect)
    return found


def _measured(snapshot: Snapshot | None) -> dict[str, tuple[Metric, Reading | None]]:
    if snapshot is None or not snapshot.book.processes:
        return {}
    known = metrics_of(snapshot.process)
    readings = measure(snapshot, known.values())
    return {metric_id: (metric, readings[metric_id]) for metric_id, metric in known.items() if metric.measure}


def _effect(
    metric: Metric, was: Reading | None, now: Reading | None, changed: set[str], names: Mapping[str, str]
) -> Effect:
    old, new = _renamed(was, names), _included(now)
    stayed = set(old) & set(new)
    joined = tuple(deal_id for deal_id in dict.fromkeys(new) if deal_id not in stayed)
    left = tuple(deal_id for deal_id in dict.fromkeys(old) if deal_id not in stayed)
    told = {*joined, *left}
    before, after = _standings(was, names), _standings(now, {})
    altered = {
        deal_id: None
        for deal_id in (*after, *before)
        if deal_id not in told and before.get(deal_id) != after.get(deal_id)
    }
    if isinstance(now, Days | Amounts | MoneyShare) or not (told or altered):
        altered |= {deal_id: None for deal_id in new if deal_id in changed and deal_id in stayed}
    return Effect(metric, was, now, joined, left, tuple(altered))


def _standings(reading: Reading | None, names: Mapping[str, str]) -> dict[str, tuple[int, tuple[int, ...], bool]]:
    """How each deal stands in a number: how often it is counted, how often told beside it, and whether it is a hit."""
    if reading is None:
        return {}
    causes = BESIDE.get(reading.kind, ())
    inside, waiting = Counter(reading.included), Counter((one.deal, one.cause) for one in reading.excluded)
    beside = [one.deal for one in reading.excluded if one.cause in causes]
    hits = set(reading.hit) if isinstance(reading, Share) else set()
    return {
        names.get(deal_id, deal_id): (
            inside[deal_id],
            tuple(waiting[deal_id, cause] for cause in causes),
            deal_id in hits,
        )
        for deal_id in (*inside, *beside)
    }


def _included(reading: Reading | None) -> tuple[str, ...]:
    return reading.included if reading else ()


def _renamed(reading: Reading | None, names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(deal_id, deal_id) for deal_id in _included(reading))


def _numbers(reading: Reading | None) -> dict[str, Any] | None:
    """What of a reading can move: its figures, without the deals behind them."""
    if reading is None:
        return None
    if isinstance(reading, Count):
        running = {} if reading.so_far is None else {"so_far": reading.so_far}
        return {"value": reading.value, "split": dict(reading.split), **running}
    if isinstance(reading, Share):
        figures = {"hits": reading.hits, "out_of": reading.out_of, "open": reading.open, "parked": reading.parked}
        return {**figures, "interval": list(reading.interval) if reading.interval else None}
    if isinstance(reading, Days):
        return {"n": reading.n, "mean": reading.value, "median": reading.median, "p80": reading.p80}
    if isinstance(reading, MoneyShare):
        money = {"part": reading.part, "whole": reading.whole, "currency": reading.currency}
        return {"value": reading.value, **money, "members": reading.members}
    return {"value": reading.value, "n": reading.n, "without_amount": reading.without}


def _with_interval(words: str, reading: Reading | None) -> str:
    """A share with its 95 % interval: ``2 of 3 (21–94 %)``."""
    interval = between(reading.interval) if isinstance(reading, Share) else ""
    return f"{words} ({interval})" if interval else words


def _behind(reading: Reading) -> str:
    return "; ".join(_figures(reading))


def _figures(reading: Reading) -> Iterator[str]:
    if isinstance(reading, Count):
        yield ", ".join(f"{count:,} {name}" for name, count in reading.split.items()) or headline(reading)
        if reading.so_far is not None:
            yield f"this week so far: {reading.so_far:,}"
    elif isinstance(reading, Share):
        parked = f", {reading.parked:,} parked" if reading.parked else ""
        yield f"{reading.hits:,} of {reading.out_of:,}, {reading.open:,} open{parked}"
    elif isinstance(reading, Days):
        yield f"{headline(reading)} in {counted(reading.n, 'visit')}"
        yield from _spread(reading)
    elif isinstance(reading, MoneyShare):
        yield money_share(reading) or headline(reading)
    else:
        yield f"{headline(reading)} in {counted(reading.n, 'deal')}, {reading.without:,} without an amount"


def _spread(days: Days) -> Iterator[str]:
    """How far the days lie apart; of a single visit there is nothing to say."""
    if days.is_enough_for_quantiles:
        yield f"half within {days.median:,.1f}, 80 % within {days.p80:,.1f}"
    elif days.n > 1:
        yield f"half within {days.median:,.1f}, all {spread_of_few(days)}"
