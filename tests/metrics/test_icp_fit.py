"""Hypotheses about the ideal member: which deals fit, what became of them, and whether what was foretold came true."""

from datetime import date
from random import Random

import pytest
from booking import book_of

from salesops.book.book import Book
from salesops.metrics.icp_fit import fits, foretold
from salesops.records.deal import Deal
from salesops.records.learning import Hypothesis
from salesops.records.team import Team

LAST = date(2026, 12, 30)
TEACHING = {
    "claim": "Those with a need and money sign",
    "version": "2",
    "since": "2026-01-01",
    "status": "testing",
    "when": [{"field": "maniac_t.need", "is": ["met", "partial"]}, {"field": "value.mrr", "at_least": "800 USD"}],
    "predicts": {"conversion": "outreach-to-discovery", "at_least": "40%"},
}


def deal(ends="closed won", need=("met", "2026-03-02"), mrr="900 USD", **more):
    """A deal that came into outreach in March, and ended in April if at all."""
    moves = [{"enrichment": "2026-02-01"}, {"outreach": "2026-03-01"}, *([{ends: "2026-04-01"}] if ends else [])]
    answers = {"maniac_t": {"need": {"status": need[0], "date": need[1]}}} if need else {}
    fields = {"title": "General", "member": "a", "type": "new business", "tier": "general", "owner": "jim"}
    return Deal.model_validate({**fields, "stages": moves, "value": {"mrr": mrr}, **answers, **more})


@pytest.fixture
def snapshot(process):
    def on(deals, day=LAST, **more):
        belief = Hypothesis.model_validate({**TEACHING, **more})
        return book_of(versions={"v3": process}, deals=deals, icp={"teaching": belief}).on(day)

    return on


def counts(fit):
    return (fit.precision.hits, fit.precision.out_of, fit.recall.hits, fit.recall.out_of)


def test_a_deal_fits_where_it_meets_every_condition_and_the_others_are_named(snapshot):
    deals = {
        "fits": deal(),
        "small": deal(mrr="700 USD"),
        "taken": deal("closed lost", need=("partial", "2026-03-02")),
        "poor": deal("closed lost", need=("unmet", "2026-03-02")),
        "open": deal(""),
        "renewal": deal(type="existing business"),
    }
    (fit,) = fits(snapshot(deals))["teaching"]
    assert counts(fit) == (1, 2, 1, 2)
    assert [key.deal for key in fit.missed] == ["small"]
    assert [key.deal for key in fit.taken_in] == ["taken"]


def test_what_was_learned_after_the_close_makes_no_deal_fit(snapshot):
    assert counts(fits(snapshot({"late": deal(need=("met", "2026-04-02"))}))["teaching"][0]) == (0, 0, 0, 1)


def test_a_condition_on_why_a_deal_was_lost_is_never_met(snapshot):
    lost = deal("closed lost", loss={"reason": "price"})
    found = fits(snapshot({"lost": lost}, when=[{"field": "loss.reason", "is": ["price"]}]))["teaching"]
    assert counts(found[0]) == (0, 0, 0, 0)


def test_a_hypothesis_without_conditions_and_a_day_without_deals_say_nothing(snapshot):
    assert fits(snapshot({"a": deal()}, when=[]))["teaching"] == []
    (fit,) = fits(snapshot({"a": deal()}, day=date(2026, 1, 15)))["teaching"]
    assert (fit.precision.value, fit.recall.value) == (None, None)
    assert fits(snapshot({}, day=date(2025, 12, 31))) == {}


def test_each_version_is_held_against_the_same_deals(snapshot):
    first = Hypothesis.model_validate({**TEACHING, "version": "1", "when": TEACHING["when"][:1]})
    found = fits(snapshot({"small": deal(mrr="700 USD"), "fits": deal()}), {"teaching": (first,)})["teaching"]
    assert [(fit.hypothesis.version, fit.is_current, *counts(fit)) for fit in found] == [
        (2, True, 1, 1, 1, 2),
        (1, False, 2, 2, 2, 2),
    ]


def test_a_second_count_agrees_on_random_books(snapshot):
    random = Random(26)
    for _ in range(60):
        said = [
            (
                random.choice(["closed won", "closed lost", ""]),
                random.choice(["met", "partial", "unmet", None]),
                random.choice(["2026-03-02", "2026-05-02"]),
                random.choice([700, 800, 900]),
            )
            for _ in range(random.randint(0, 15))
        ]
        deals = {
            f"d{at}": deal(ends, (status, day) if status else None, f"{mrr} USD")
            for at, (ends, status, day, mrr) in enumerate(said)
        }
        closed = [it for it in said if it[0]]
        fitting = [it for it in closed if it[1] in ("met", "partial") and it[2] < "2026-04" and it[3] >= 800]
        won = [it for it in closed if it[0] == "closed won"]
        both = [it for it in fitting if it[0] == "closed won"]
        assert counts(fits(snapshot(deals))["teaching"][0]) == (len(both), len(fitting), len(both), len(won))


def judged(went, version="2"):
    return deal(
        "discovery" if went else "closed lost", icp={"hypothesis": "teaching", "version": version, "fit": "true"}
    )


@pytest.mark.parametrize(
    ("hits", "out_of", "verdict"),
    [(9, 9, "too few"), (10, 10, "holds"), (0, 10, "does not hold"), (6, 12, "cannot tell yet")],
)
def test_what_is_foretold_is_measured_over_the_deals_that_were_judged_to_fit(snapshot, hits, out_of, verdict):
    deals = {f"d{at:02d}": judged(at < hits) for at in range(out_of)} | {"old": judged(went=True, version="1")}
    book = snapshot(deals)
    found = foretold(book, "teaching", book.book.icp["teaching"])
    assert (found.fits.hits, found.fits.out_of, found.others.out_of) == (hits, out_of, 1)
    assert found.verdict == verdict


def test_a_team_that_asks_for_fewer_outcomes_knows_sooner_whether_what_was_foretold_holds(snapshot):
    numbers = {"organisation": "Ours", "time_zone": "UTC", "currency": "USD", "people": {}, "numbers": {"enough": "9"}}
    known = snapshot({f"d{at:02d}": judged(went=True) for at in range(9)}).book
    book = Book({**known.records, "team": {"team": Team.model_validate(numbers)}}).on(LAST)
    assert foretold(book, "teaching", book.book.icp["teaching"]).verdict == "holds"


def test_a_hypothesis_that_foretells_nothing_cannot_be_wrong(snapshot):
    book = snapshot({}, predicts=None)
    assert foretold(book, "teaching", book.book.icp["teaching"]) is None
