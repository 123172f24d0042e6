"""Books of a few deals that live at random, for what must hold of any two of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from booking import book_of
from hypothesis import given, settings
from hypothesis import strategies as st

from salesops.book.book import Book
from salesops.records.deal import Deal
from salesops.records.process import Process
from salesops.records.validation import typed
from salesops.records.yaml_reader import read

ROOT = Path(__file__).parents[2]
START = date(2026, 1, 1)
STAGES = ("enrichment", "outreach", "discovery", "proposal", "renewals", "closed won", "closed lost")


def _process() -> Process:
    document, _ = read("v3.yaml", (ROOT / "playbook/process/v3.yaml").read_bytes())
    record, problems = typed(document, Process)
    assert not problems
    return record


V3 = _process()
DAYS = st.integers(0, 90).map(lambda later: START + timedelta(days=later))
MONEY = st.tuples(st.integers(0, 5000), st.sampled_from(["", ".05", ".50"]), st.sampled_from(["USD", "CAD"])).map(
    lambda parts: f"{parts[0]}{parts[1]} {parts[2]}"
)
VALUES = st.none() | st.fixed_dictionaries(
    {}, optional={"mrr": MONEY, "one_off": MONEY, "months": st.sampled_from(["1", "12", "18"])}
)
SPANS = st.lists(
    st.tuples(DAYS, st.none() | st.integers(1, 40)).map(
        lambda span: {
            "since": str(span[0]),
            "why": "Waiting",
            **({"until": str(span[0] + timedelta(days=span[1]))} if span[1] else {}),
        }
    ),
    max_size=2,
)


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    """A deal: any stages in any order on any days, parked at times, worth something or nothing."""
    days = sorted(draw(st.lists(DAYS, min_size=1, max_size=5)))
    return Deal.model_validate(
        {
            "title": "General Membership",
            "member": draw(st.sampled_from(["aspen", "birch"])),
            "type": draw(st.sampled_from(["new business", "existing business"])),
            "tier": "general",
            "owner": "jim",
            "stages": [{draw(st.sampled_from(STAGES)): str(day)} for day in days],
            "value": draw(VALUES),
            "parked": draw(SPANS),
        }
    )


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Up to six deals, some of which cannot be read."""
    found = draw(st.dictionaries(st.sampled_from("abcdef"), deals(), max_size=6))
    broken = draw(st.sets(st.sampled_from("abcdefg"), max_size=2))
    return book_of(versions={"v3": V3}, deals=found, broken=frozenset(("deal", id) for id in broken))


def of_any(*what: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
    """What must hold of anything: tried with a fifth of the examples in every run, and with all of them behind `-m long`."""
    every = settings.default.max_examples
    counts = [pytest.param(every // 5, id="some"), pytest.param(every, id="all", marks=pytest.mark.long)]

    def tried(statement: Callable[..., None]) -> Any:
        @pytest.mark.parametrize("count", counts)
        def test(count: int) -> None:
            settings(max_examples=count)(given(*what)(statement))()

        test.__name__, test.__doc__ = statement.__name__, statement.__doc__
        return test

    return tried
