"""From one pipeline to another: what came, what was re-priced and what went make up the difference, deal by deal and to the cent."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from booking import book_of
from changes.books import DAYS, START, books, of_any
from hypothesis import strategies as st

from salesops.book.book import Book
from salesops.changes.bridges import TAKES_AWAY, TERMS, added_up, bridge, negated
from salesops.changes.compare import Comparison
from salesops.changes.report import Report, Side
from salesops.records.money import total
from salesops.store.commits import CommitBooks, books_on
from salesops.store.load import load

BOOKS = st.tuples(books(), DAYS).map(lambda pair: pair[0].on(pair[1]))


def worth(snapshot):
    """Every open deal and its money, straight from the records."""
    return {one.id: total(one.deal.value.amounts) if one.deal.value else {} for one in snapshot.open}


def added(built):
    return sum(term.count for term in built.terms), added_up(term.sums for term in built.terms)


@of_any(BOOKS, BOOKS)
def test_opening_and_every_term_together_are_the_closing(before, after):
    built = bridge(before, after)
    assert built.adds_up
    assert (built.opening.count, built.closing.count) == (len(before.open), len(after.open))
    assert built.opening.sums == added_up(worth(before).values())
    assert built.closing.sums == added_up(worth(after).values())
    count, sums = added(built)
    assert built.opening.count + count == built.closing.count
    assert added_up([built.opening.sums, sums]) == built.closing.sums


@of_any(BOOKS, BOOKS)
def test_every_deal_that_joins_or_leaves_is_told_once(before, after):
    built = bridge(before, after)
    came = Counter(id for term in built.terms if term.count > 0 for id in term.deals)
    went = Counter(id for term in built.terms if term.count < 0 for id in term.deals)
    old, new = set(worth(before)), set(worth(after))
    through = set(came) & set(went)
    assert set(came) - through == new - old
    assert set(went) - through == old - new
    assert set((came + went).values()) <= {1, 2}
    repriced = next(term for term in built.terms if term.name == "re-priced")
    assert set(repriced.deals) == {id for id in old & new if worth(before)[id] != worth(after)[id]}
    assert through <= {id for id in (*after.book.deals,) if id not in {one.id for one in before.histories}}


@of_any(BOOKS)
def test_between_a_book_and_itself_nothing_moves(snapshot):
    built = bridge(snapshot, snapshot)
    assert built.is_flat
    assert {term.count for term in built.terms} == {0}


@of_any(st.lists(BOOKS, min_size=2, max_size=5))
def test_bridges_one_after_another_span_as_far_as_one(snapshots):
    steps = [bridge(before, after) for before, after in pairwise(snapshots)]
    whole = bridge(snapshots[0], snapshots[-1])
    assert sum(added(step)[0] for step in steps) == added(whole)[0]
    assert added_up(added(step)[1] for step in steps) == added(whole)[1]
    for one, other in pairwise(steps):
        assert (one.closing.count, one.closing.sums) == (other.opening.count, other.opening.sums)


@of_any(BOOKS)
def test_a_deal_under_another_name_neither_comes_nor_goes(snapshot):
    book = snapshot.book
    names = {id: f"{id}-hub" for id in book.deals}
    renamed = book_of(
        versions=book.versions,
        deals={names[id]: deal for id, deal in book.deals.items()},
        broken=frozenset((kind, names.get(id, id)) for kind, id in book.broken),
    )
    assert bridge(snapshot, renamed.on(snapshot.as_of), names).is_flat


@of_any(BOOKS)
def test_there_is_a_bridge_from_nothing_and_to_nothing(snapshot):
    for built in (bridge(None, snapshot), bridge(snapshot, None), bridge(Book().on(START), snapshot)):
        assert built.adds_up
        assert 0 in (built.opening.count, built.closing.count)


STEPS = [
    ("", "stages: [enrichment: 2026-01-05, outreach: 2026-02-02]", {}),
    (None, "", {"entered": (1, 15000)}),
    ("", None, {"removed": (-1, -15000)}),
    ("", "value: {mrr: 1000 USD, months: 12}", {"re-priced": (0, -3000)}),
    ("", "stages: [enrichment: 2026-01-05, closed won: 2026-02-02]", {"won": (-1, -15000)}),
    ("", "value: {mrr: 1 USD}\nstages: [enrichment: 2026-01-05, closed lost: 2026-02-02]", {"lost": (-1, -15000)}),
    ("stages: [enrichment: 2026-01-05, closed lost: 2026-02-02]", "", {"reopened": (1, 15000)}),
    ("", "parked: [{since: 2026-02-02, why: Grant}]", {"parked": (-1, -15000)}),
    ("parked: [{since: 2026-02-02, why: Grant}]", "", {"resumed": (1, 15000)}),
    ("", "value: {mrr: lots}", {"unreadable": (-1, -15000)}),
    ("value: {mrr: lots}", "", {"readable again": (1, 15000)}),
    (
        None,
        "stages: [enrichment: 2026-01-05, closed won: 2026-02-02]",
        {"entered": (1, 15000), "won": (-1, -15000)},
    ),
    ("parked: [{since: 2026-02-02, why: G}]", "stages: [enrichment: 2026-01-05, closed lost: 2026-03-02]", {}),
]


@pytest.mark.parametrize(("before", "after", "terms"), STEPS)
def test_each_way_into_the_pipeline_and_out_of_it_has_its_name(repo, before, after, terms):
    sides = []
    for fragment in (before, after):
        if fragment is None:
            (repo.root / "deals/acme.yaml").unlink(missing_ok=True)
        else:
            repo.deal(fragment + ("" if "value" in fragment else "\nvalue: {mrr: 1250 USD, months: 12}"))
        sides.append(repo.book().on(date(2026, 11, 20)))
    built = bridge(*sides)
    assert {term.name: (term.count, term.sums.get("USD", Decimal(0))) for term in built.terms if term.deals} == terms
    assert built.adds_up


def test_a_bridge_that_did_not_add_up_would_be_noticed():
    built = bridge(None, None)
    wrong = type(built)(built.opening, built.terms, type(built.closing)("closing", 1, {}, ("a",)))
    assert built.adds_up
    assert not wrong.adds_up


def test_what_is_added_and_taken_away_comes_to_nothing():
    sums = {"USD": Decimal("1.05"), "CAD": Decimal(2)}
    assert added_up([sums, negated(sums)]) == {}
    assert set(TERMS) >= TAKES_AWAY


# ── the eighteen months of the demonstration ──────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def weeks(demo):
    """What was known at the end of every week."""
    now, _ = load(demo.root)
    days = [date(2025, 5, 23) + timedelta(weeks=n) for n in range(79)]
    found = [book.on(day) for day, (_, book) in books_on(CommitBooks(demo.root), days, now)]
    assert now.zone == "America/Vancouver"
    assert len(found) > 70
    return found


def week(before, after):
    """The bridge of a week as `diff` tells it, with renamed deals under their new names."""
    sides = (Side(side.book, side.as_of, str(side.as_of)) for side in (before, after))
    return Report(*sides, Comparison(before.book, after.book)).bridge


def test_the_bridges_of_every_week_together_are_the_difference_of_the_ends(weeks):
    steps = [week(before, after) for before, after in pairwise(weeks)]
    assert all(step.adds_up for step in steps)
    first, last = weeks[0], weeks[-1]
    assert sum(added(step)[0] for step in steps) == len(last.open) - len(first.open)
    ends = [added_up(worth(side).values()) for side in (last, first)]
    assert added_up(added(step)[1] for step in steps) == added_up([ends[0], negated(ends[1])])
    assert added_up(added(step)[1] for step in steps) == added(week(first, last))[1]


def test_the_weekly_bridges_of_the_demonstration_tell_its_stories(weeks):
    terms: dict[str, list[str]] = {name: [] for name in TERMS}
    for before, after in pairwise(weeks):
        for term in week(before, after).terms:
            terms[term.name] += term.deals
    assert set(terms["won"]) == {one.id for one in weeks[-1].won} - {one.id for one in weeks[0].won}
    assert [name for name in ("entered", "resumed", "reopened", "re-priced", "lost", "parked") if not terms[name]] == []
    assert terms["unreadable"] == [], "no commit of it has a broken file"
    assert terms["removed"] == ["quill-bay-eresearch"], "a deal that got another name is not removed"
    assert len(terms["entered"]) == len(set(terms["entered"])), "nor does it enter again"
