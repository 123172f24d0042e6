"""How far expected wins are from those that came: three readings of the same past, on a long log whose losses are slow.

    python benchmarks/forecast_bias.py --deals 13087

On each of 13 Mondays the wins among the deals that are open are expected by what had happened until then, and held against what
became of them by the end. A forecast that rests on what is decided is too high here: wins come in three weeks, losses by silence in seven.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from salesops.book.book import Book, Snapshot
from salesops.book.visits import DealHistory
from salesops.metrics.chances import Chances, StageKey, chances
from salesops.records.deal import Deal
from salesops.records.process import Process

FIRST = date(2025, 10, 6)
DAYS = 152
MONDAYS = 13
OPEN = ("received", "checked", "offered", "talking")
Read = Callable[[Chances, DealHistory], float | None]


def process() -> Process:
    """Four open stages, a win and a loss."""
    stages = {name: {"title": name.title(), "probability": "20%"} for name in OPEN}
    closed = {"won": {"title": "Won", "outcome": "won"}, "lost": {"title": "Lost", "outcome": "lost"}}
    head = {"version": "v1", "in_force": "2025-01-01", "changelog": "The first.", "tiers": {"any": {"name": "Any"}}}
    return Process.model_validate({**head, "starts": {"new business": "received"}, "stages": {**stages, **closed}})


def life(dice: Random) -> list[tuple[str, int]]:
    """The stages of a deal and how many days after it began each was entered."""
    if dice.random() < 0.26:
        return [("received", 0), ("lost", 0)]
    moves = [("received", 0), ("checked", dice.choice((0, 0, 1)))]
    if dice.random() < 0.32:
        return [*moves, ("lost", moves[-1][1] + int(dice.expovariate(1 / 5)))]
    moves.append(("offered", moves[-1][1] + 1 + int(dice.expovariate(1 / 3))))
    if dice.random() < 0.35:
        return [*moves, ("lost", moves[-1][1] + dice.randint(28, 55))]
    moves.append(("talking", moves[-1][1] + 3 + int(dice.expovariate(1 / 6))))
    days, wins = moves[-1][1], dice.random() < 0.55
    return [*moves, ("won", days + 2 + int(dice.expovariate(1 / 6))) if wins else ("lost", days + dice.randint(5, 45))]


def log(deals: int, seed: int) -> dict[str, Deal]:
    """The deals, begun one after the other."""
    dice = Random(seed)
    return {f"deal-{at:05d}": _deal(dice, FIRST + timedelta(days=at * DAYS // deals)) for at in range(deals)}


def _deal(dice: Random, began: date) -> Deal:
    stages = [{stage: str(began + timedelta(days=days))} for stage, days in life(dice)]
    fixed = {"title": "Loan", "member": "anybody", "type": "new business", "tier": "any", "owner": "anybody"}
    return Deal.model_validate({**fixed, "stages": stages})


def by_stage(known: Chances, history: DealHistory) -> float | None:
    """The share of the decided attempts that were in the stage."""
    rate = known.stages[_key(known.snapshot, history)].rate
    return None if rate is None else float(rate)


def by_survival(known: Chances, history: DealHistory) -> float | None:
    """What the product says."""
    found = known.of(history)
    return float(found.value) if found else None


def _key(snapshot: Snapshot, history: DealHistory) -> StageKey:
    return StageKey(history.type, snapshot.name(history.now.stage))


@dataclass
class ByAge:
    """The share of the decided that were as long in the stage as this one is."""

    known: Chances

    def __post_init__(self) -> None:
        """Collect how long each decided deal was in each stage, with its outcome."""
        self.longer: dict[StageKey, list[tuple[int, bool]]] = {}
        snapshot = self.known.snapshot
        for history in snapshot.histories:
            outcome = snapshot.outcome(history)
            for visit in history.visits[:-1] if outcome else ():
                key = StageKey(history.type, snapshot.name(visit.stage))
                self.longer.setdefault(key, []).append((visit.days(snapshot.as_of), outcome == "won"))

    def __call__(self, known: Chances, history: DealHistory) -> float | None:
        """Of all as long there, the share that was won; of all, where there are fewer than ten."""
        found = self.longer.get(_key(known.snapshot, history), [])
        age = history.age(known.snapshot.as_of)
        alike = [won for days, won in found if days >= age]
        alike = alike if len(alike) >= 10 else [won for _, won in found]
        return sum(alike) / len(alike) if alike else None


def scored(book: Book, read: Callable[[Chances], Read]) -> Iterator[tuple[float, bool]]:
    """What was expected of each deal on each Monday, and whether it was won in the end."""
    end = {deal_id: book.outcome(history.now.stage) for deal_id, history in book.histories.items()}
    last = FIRST + timedelta(days=DAYS + 1)
    for back in range(MONDAYS, 0, -1):
        known = chances(book.on(last - timedelta(days=last.weekday(), weeks=back)))
        reads = read(known)
        for history in known.snapshot.open:
            expected = reads(known, history)
            if expected is not None and end[history.id]:
                yield expected, end[history.id] == "won"


def main() -> None:
    """Print bias and Brier score of each reading."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    options.add_argument("--deals", type=int, default=13_087)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    book = Book({"process": {"v1": process()}, "deal": log(asked.deals, asked.seed)})
    readings: dict[str, Callable[[Chances], Read]] = {
        "share of the stage": lambda _: by_stage,
        "… and of its age": ByAge,
        "survival": lambda _: by_survival,
    }
    print(f"{'':20}{'expected':>10}{'came':>8}{'bias':>8}{'Brier':>9}")
    for name, read in readings.items():
        found = list(scored(book, read))
        expected, came = sum(chance for chance, _ in found), sum(won for _, won in found)
        brier = sum((chance - won) ** 2 for chance, won in found) / len(found)
        print(f"{name:20}{expected:10,.0f}{came:8,}{expected / came - 1:+8.1%}{brier:9.4f}")


if __name__ == "__main__":
    main()
