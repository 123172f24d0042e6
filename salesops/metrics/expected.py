"""What the open deals are worth once each is weighed by its chance, and how fast money comes: weighted pipeline and sales velocity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from salesops.book.book import Cause, LeftOut, Snapshot
from salesops.book.visits import DealHistory
from salesops.metrics.chances import Chance, chances
from salesops.metrics.contracts import win_and_worth, won_on, won_worth
from salesops.metrics.conversions import win_rate
from salesops.metrics.metric import line, metric
from salesops.metrics.pipeline import kept_warm, qualified
from salesops.metrics.readings import Amounts, Share, tally
from salesops.metrics.wording import TOO_FEW, amount
from salesops.problems import Path
from salesops.records.money import CENT, Money, Sums, total


@dataclass(frozen=True)
class Weighed:
    """An open deal with its amount in each currency, and how likely it is to be won."""

    history: DealHistory
    chance: Chance
    amounts: tuple[Money, ...]

    @property
    def expected(self) -> list[Money]:
        """Its amounts times its chance, each to the cent."""
        return [Money(self.chance.of(amount), currency) for amount, currency in self.amounts]


def weigh(snapshot: Snapshot) -> tuple[list[Weighed], list[LeftOut]]:
    """The open deals that have an amount and a chance, and those that lack one, in the order of their ids."""
    known, weighed, left_out = chances(snapshot), [], []
    for history in snapshot.open:
        amounts = history.deal.value.amounts if history.deal.value else []
        chance = known.of(history) if amounts else None
        if not amounts:
            left_out.append(LeftOut(history.id, "it has no amount", Cause.NO_AMOUNT))
        elif chance is None:
            title = snapshot.stage(history.now.stage).title
            why = (
                f"nobody said how likely it is, too few came through {title}, and the process has no probability for it"
            )
            left_out.append(LeftOut(history.id, why, Cause.NO_CHANCE))
        else:
            weighed.append(Weighed(history, chance, tuple(Money(sum_, code) for code, sum_ in total(amounts).items())))
    return weighed, left_out


def _why_so_likely(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    return [line(history.now), ("value",), *([("probability",)] if history.deal.probability else [])]


@metric(
    "weighted-pipeline",
    "Weighted pipeline",
    kind="money",
    source="reference/definitions#forecasts",
    lines=_why_so_likely,
)
def weighted_pipeline(snapshot: Snapshot) -> Amounts:
    """The value of each open deal times how likely it is to be won, by currency.

    The chance is the estimate written in the deal, with its day and its reason; else what became of deals that were as long
    in the same stage, where at least 10 attempts that saw it are decided; else the default of the stage. `by_provenance` splits the sum by
    which of the three it is, `by_stage` by the stage. Each deal is rounded to the cent, so that the parts add up.
    """
    weighed, left_out = weigh(snapshot)
    stages = [*snapshot.process.stages, *tally(snapshot.name(each.history.now.stage) for each in weighed)]
    return Amounts(
        sums=_sum(weighed),
        n=len(weighed),
        without=sum(left.cause is Cause.NO_AMOUNT for left in left_out),
        split=_by(weighed, lambda each: each.history.type),
        by={
            "by_stage": _by(weighed, lambda each: snapshot.name(each.history.now.stage), stages),
            "by_provenance": _by(weighed, lambda each: each.chance.provenance.value),
        },
        included=tuple(each.history.id for each in weighed),
        excluded=(*left_out, *kept_warm(snapshot, snapshot.parked), *snapshot.unusable),
    )


def _sum(weighed: Iterable[Weighed]) -> Sums:
    return total(amount for each in weighed for amount in each.expected)


def _by(weighed: list[Weighed], word: Callable[[Weighed], str], order: Iterable[str] = ()) -> dict[str, Sums]:
    """The sums by a word about each deal, in an order; by the alphabet, unless told."""
    groups: dict[str, list[Weighed]] = {}
    for each in weighed:
        groups.setdefault(word(each), []).append(each)
    return {name: _sum(groups[name]) for name in dict.fromkeys(order or sorted(groups)) if name in groups}


# ── velocity ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Cycle(NamedTuple):
    """A win in the window: the days it took, and what it brings in each currency."""

    deal: str
    days: int
    worth: Sums


def cycles_of(snapshot: Snapshot) -> Iterator[Cycle]:
    """The wins of the window, each with the days it took and what it brings."""
    for history in snapshot.won:
        won = won_on(snapshot, history)
        if snapshot.in_window(won):
            yield Cycle(history.id, (won - history.attempts[-1][0].entered).days, total(won_worth(history)))


def _way_and_worth(snapshot: Snapshot, history: DealHistory) -> list[Path]:
    if snapshot.outcome(history) is None:
        return [line(history.now), ("value",)]
    return [line(history.attempts[-1][0]), *win_and_worth(snapshot, history)]


@metric(
    "sales-velocity",
    "Sales velocity",
    kind="money",
    source="reference/definitions#forecasts",
    lines=_way_and_worth,
)
def sales_velocity(snapshot: Snapshot) -> Amounts:
    """Open qualified deals times the mean amount won times the win rate, divided by the mean days to a win: money a day.

    Amount, rate and days are of one window: what was closed in it, which is the whole past unless `--from` and `--to` say
    otherwise. `behind` tells each of the four. With fewer than 10 wins that have an amount in a currency, or fewer than 10 closed
    attempts, there is no number. Each currency counts the open qualified deals that are worth something in it.
    """
    cycles, rate = list(cycles_of(snapshot)), replace(win_rate(snapshot), floor=snapshot.numbers.enough)
    held = [history for history in snapshot.open if qualified(snapshot, history.now.stage)]
    found: Sums = {}
    behind: dict[str, str] = {}
    for currency in sorted({currency for cycle in cycles for currency in cycle.worth}):
        amounts_won = [cycle.worth[currency] for cycle in cycles if currency in cycle.worth]
        here = sum(is_worth_in(history, currency) for history in held)
        mean = (sum(amounts_won, Decimal(0)) / len(amounts_won)).quantize(CENT)
        behind |= {f"open, {currency}": str(here), f"mean won, {currency}": f"{amount(mean)} (n = {len(amounts_won)})"}
        if (
            len(amounts_won) >= snapshot.numbers.enough
            and (speed := _a_day(here, amounts_won, rate, cycles)) is not None
        ):
            found[currency] = speed
    return Amounts(
        sums=found,
        n=len(held) + len(cycles) if found else 0,
        behind=behind | _shared_factors(rate, cycles, is_enough=bool(found)) if cycles else {},
        included=tuple(dict.fromkeys([*(history.id for history in held), *(cycle.deal for cycle in cycles)])),
        excluded=(*kept_warm(snapshot, snapshot.parked), *snapshot.unusable),
    )


def is_worth_in(history: DealHistory, currency: str) -> bool:
    """Whether a deal has an amount in a currency."""
    amounts = history.deal.value.amounts if history.deal.value else []
    return any(money.currency == currency for money in amounts)


def _a_day(open_deals: int, amounts_won: list[Decimal], rate: Share, cycles: list[Cycle]) -> Decimal | None:
    """Money a day, divided once at the end; None where the past is too short, or took no day at all."""
    days = sum(cycle.days for cycle in cycles)
    if not rate.is_enough or not days:
        return None
    above = open_deals * sum(amounts_won, Decimal(0)) * rate.hits * len(cycles)
    return (above / (len(amounts_won) * rate.out_of * days)).quantize(CENT, ROUND_HALF_UP)


def _shared_factors(rate: Share, cycles: list[Cycle], *, is_enough: bool) -> dict[str, str]:
    """The factors that all currencies have in common, each with what it rests on."""
    days = Decimal(sum(cycle.days for cycle in cycles)) / len(cycles)
    few = {} if is_enough else {f"{TOO_FEW}:": f"fewer than {rate.floor} wins or closed attempts"}
    return {"win rate": f"{rate.hits} of {rate.out_of}", "days to a win": f"{days:.1f} (n = {len(cycles)})", **few}
