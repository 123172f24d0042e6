"""How likely a deal is: a person's estimate first, then what became of deals like it, then the default of the stage."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from salesops.metrics.chances import PLACES, Provenance, StageKey, chances

NEW = "new business"
PROPOSAL = StageKey(NEW, "proposal")


def life(*moves, began="2026-01-01", **more):
    """``("outreach", 3), ("lost", 40)``: stages, each with the days since the deal began."""
    first = date.fromisoformat(began)
    return {"stages": [{stage: str(first + timedelta(days=days))} for stage, days in moves], **more}


def decided(won, lost, days=10, slow=40):
    """Deals that went through Proposal: wins after ``days`` in it, losses after ``slow``."""
    wins = {f"won-{at}": life(("proposal", 0), ("closed won", days)) for at in range(won)}
    losses = {f"lost-{at}": life(("proposal", 0), ("closed lost", slow)) for at in range(lost)}
    return wins | losses


def chance(book, deals, on="2026-06-01", deal="open"):
    known = chances(book(deals).on(date.fromisoformat(on)))
    return known.of(known.snapshot.history(deal))


def test_a_signed_estimate_comes_first_whatever_the_past_says(book):
    estimate = {"value": "60%", "date": "2026-05-20", "why": "The dean agreed"}
    found = chance(book, {**decided(10, 10), "open": life(("proposal", 140), probability=estimate)})
    assert (found.value, found.provenance) == (Decimal("0.6"), Provenance.ESTIMATE)
    assert found.why == "said on 2026-05-20: The dean agreed"


def test_an_estimate_of_a_later_day_is_none_yet(book):
    estimate = {"value": "60%", "date": "2026-06-02", "why": "The dean agreed"}
    found = chance(book, {"open": life(("proposal", 140), probability=estimate)})
    assert found.provenance is Provenance.DEFAULT


def test_below_ten_decided_attempts_the_process_speaks(book, process):
    found = chance(book, {**decided(5, 4), "open": life(("proposal", 151))})
    assert (found.value, found.provenance) == (process.stages["proposal"].probability, Provenance.DEFAULT)
    assert "only 9 decided attempts" in found.why


def test_from_ten_decided_attempts_on_the_own_history_speaks(book):
    found = chance(book, {**decided(5, 5), "open": life(("proposal", 151))})
    assert (found.value, found.provenance) == (Decimal("0.5"), Provenance.HISTORY)
    assert (found.won, found.decided) == (5, 10)


def test_renewals_are_no_history_of_new_business(book):
    renewals = {name: {**deal, "type": "existing business"} for name, deal in decided(9, 9).items()}
    found = chance(book, {**renewals, "open": life(("proposal", 151))})
    assert found.provenance is Provenance.DEFAULT


def test_a_deal_that_outlasts_the_wins_is_less_likely_than_the_share_of_its_stage(book):
    past = decided(20, 20)
    fresh = chance(book, {**past, "open": life(("proposal", 150))}, on="2026-06-01")
    old = chance(book, {**past, "open": life(("proposal", 120))}, on="2026-06-01")
    assert fresh.value == PLACES * 5000
    assert old.value == 0


def test_open_deals_hold_the_share_of_quick_wins_down(book):
    quick = {f"quick-{at}": life(("proposal", 140), ("closed won", 142)) for at in range(10)}
    waiting = {f"waiting-{at}": life(("proposal", 100)) for at in range(10)}
    known = chances(book({**quick, **waiting}).on(date(2026, 6, 1)))
    assert known.stages[PROPOSAL].rate == 1
    assert known.after(PROPOSAL, 0) == pytest.approx(0.5)


def test_parked_days_do_not_make_a_deal_older(book):
    span = [{"since": "2026-05-02", "until": "2026-06-10", "why": "The grant"}]
    past = decided(20, 20)
    waited = chance(book, {**past, "open": life(("proposal", 120), parked=span)}, on="2026-06-12")
    fresh = chance(book, {**past, "open": life(("proposal", 159))}, on="2026-06-12")
    assert waited.value == fresh.value


def test_the_stages_are_chained_through_to_the_win(book):
    through = {f"a-{at}": life(("discovery", 0), ("proposal", 5), ("closed won", 9)) for at in range(6)}
    dropped = {f"b-{at}": life(("discovery", 0), ("proposal", 5), ("closed lost", 9)) for at in range(6)}
    early = {f"c-{at}": life(("discovery", 0), ("closed lost", 5)) for at in range(12)}
    found = chance(book, {**through, **dropped, **early, "open": life(("discovery", 151))})
    assert found.value == Decimal("0.25")


def test_deals_that_go_back_make_no_endless_circle(book):
    back = {
        f"back-{at}": life(
            ("proposal", 0), ("discovery", 3), ("proposal", 6), ("closed won" if at % 2 else "closed lost", 9)
        )
        for at in range(12)
    }
    known = chances(book(back).on(date(2026, 6, 1)))
    assert known.after(PROPOSAL, 0) == pytest.approx(0.5)


def test_beyond_the_age_of_the_last_ten_the_chance_is_that_of_the_last_age_with_as_many(book):
    losses = {f"slow-{at}": life(("proposal", 0), ("closed lost", 20 + at)) for at in range(10)}
    wins = {f"slower-{at}": life(("proposal", 0), ("closed won", 60 + at)) for at in range(10)}
    found = chance(book, {**losses, **wins, "open": life(("proposal", 0))}, on="2026-05-01")
    assert found.value == Decimal("0.9091")  # 10 of the 11 that were longer there: it is one of them itself
    assert "as of the 59th day: few stayed longer" in found.why


def test_the_rates_are_those_of_all_deals_whoever_is_asked_for(book):
    deals = {**decided(6, 6), "open": life(("proposal", 151), owner="jim")}
    whole = book(deals)
    of_jim = chances(whole.on(date(2026, 6, 1), only=lambda deal: deal.owner == "april"))
    assert of_jim.stages[PROPOSAL].decided == 12
