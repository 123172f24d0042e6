"""A deal's stages as a row of steps: those behind it, the one it is in, those ahead on the way to a win."""

from datetime import date

import pytest

from salesops.book.status import Standing
from salesops.site.pages.stepper import steps, way_to_win


@pytest.fixture
def shown(repo):
    """``shown(stages, more)``: the steps of a deal, each with its title, what is said, and how it looks."""

    def of(stages, more=""):
        repo.deal(f"stages: [{stages}]\n{more}")
        snapshot = repo.book().on(date(2026, 11, 20))
        return [step[1:] for step in steps(Standing(snapshot, snapshot.history("acme")))]

    return of


def test_an_open_deal_has_its_stages_behind_it_the_one_it_is_in_and_the_way_to_a_win(shown):
    assert shown("enrichment: 2026-11-01, outreach: 2026-11-11", "expected_close: 2027-02-01") == [
        ("Enrichment", "10 days", "done"),
        ("Outreach", "9 days", "now"),
        ("Discovery", "", "ahead"),
        ("Proposal", "", "ahead"),
        ("Closed Won", "expected Mon 1 Feb 2027", "ahead"),
    ]


def test_a_stage_that_was_visited_twice_is_one_step_with_the_days_of_both(shown):
    found = shown("enrichment: 2026-10-01, outreach: 2026-10-11, enrichment: 2026-10-21, outreach: 2026-11-10")
    assert found[0] == ("Enrichment", "30 days, 2 visits", "done")
    assert found[1] == ("Outreach", "10 days, visit 2", "now")


@pytest.mark.parametrize(
    ("end", "title", "look"), [("closed won", "Closed Won", "won"), ("closed lost", "Closed Lost", "lost")]
)
def test_a_closed_deal_ends_with_the_day_of_its_end_and_nothing_is_ahead(shown, end, title, look):
    assert shown(f"enrichment: 2026-11-01, {end}: 2026-11-11")[-1] == (title, "Wed 11 Nov", look)


def test_a_parked_deal_says_so_where_it_is(shown):
    (now, *_) = shown("enrichment: 2026-11-01", "parked: [{since: 2026-11-11, until: 2027-02-15, why: Grant}]")
    assert now[1].startswith("10 days; parked")
    assert now[2] == "now"


def test_a_renewal_goes_its_own_way(repo):
    snapshot = repo.book().on(date(2026, 11, 20))
    assert way_to_win(snapshot, "existing business", "renewals") == ["proposal", "closed won"]
    assert way_to_win(snapshot, "new business", "closed won") == []
