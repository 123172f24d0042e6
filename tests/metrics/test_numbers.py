"""The numbers by which a team counts: data of its own, with the usual ones where it says nothing."""

from datetime import date
from decimal import Decimal

import pytest

from salesops.book.book import Book
from salesops.book.waiting_open import parked_came_back
from salesops.metrics import metrics_of, read_metric
from salesops.metrics.readings import Days, Share
from salesops.metrics.wording import headline
from salesops.records.team import Team
from salesops.reports.todo import to_do


@pytest.fixture
def counting(repo):
    """The records of a team that says these numbers."""

    def make(numbers=""):
        team = (repo.root / "playbook/team.yaml").read_text(encoding="utf-8")
        repo.write("playbook/team.yaml", f"{team}numbers: {{{numbers}}}\n" if numbers else team)
        repo.deal("stages: [{enrichment: 2026-01-02}, {outreach: 2026-01-05}, {discovery: 2026-02-02}]\n")
        return repo.book().on(date(2026, 6, 1))

    return make


def test_a_team_that_says_nothing_counts_as_always(counting):
    found = counting().numbers
    assert (found.enough, found.grace_days, found.weeks_shown, found.trend_weeks, found.fades_after) == (
        10,
        90,
        8,
        4,
        180,
    )
    assert (found.returned_for, found.closed_looked_at) == (30, 20)
    assert (found.days_ahead, found.back_soon, found.closed_shown) == (30, 14, 30)
    assert (found.assumed_renewed, found.assumed_won) == (Decimal("0.8"), Decimal("0.3"))


def test_a_rate_is_told_from_as_many_outcomes_on_as_the_team_says(counting):
    found = read_metric(counting("enough: 1"), "outreach-to-discovery")
    assert found.floor == 1
    assert headline(found) == "100 %"


def test_a_week_is_shown_among_as_many_as_the_team_says(counting):
    snapshot = counting("weeks_shown: 3")
    assert len(read_metric(snapshot, "meetings-per-week").series) == 4, "and the one that is running"


def test_every_rate_and_average_carries_the_floor_of_the_team_and_nothing_else_changes(counting):
    usual, own = counting(), counting("enough: 3")
    for id, metric in metrics_of(usual.process).items():
        if metric.measure is None:
            continue
        before, after = metric.measure(usual), metric.measure(own)
        if isinstance(after, Share | Days):
            assert after.floor == 3, id
        changed = {key for key, value in after.as_data().items() if before.as_data()[key] != value}
        words = {"behind"} if id == "sales-velocity" else set()
        assert changed <= {"enough", "floor", *words}, id


WON = {"stages": [{"outreach": "2026-01-05"}, {"proposal": "2026-02-02"}, {"closed won": "2026-03-02"}]}
WORTH = {"value": {"mrr": "100 USD"}, "contract": {"start": "2026-03-02", "mrr": "100 USD"}}
OPEN = {"stages": [{"outreach": "2026-05-04"}], "value": {"mrr": "100 USD"}}


@pytest.fixture
def asking_for(book):
    """A book of a team that asks for so many outcomes."""

    def make(enough, deals):
        team = {"organisation": "Ours", "time_zone": "UTC", "currency": "USD", "people": {"jim": {"name": "Jim"}}}
        numbers = {"numbers": {"enough": str(enough)}}
        records = {"deal": book(deals).deals, "team": {"team": Team.model_validate(team | numbers)}}
        return Book({"process": book(deals).versions, **records}).on(date(2026, 6, 1))

    return make


def test_sales_velocity_is_told_from_as_many_wins_on_as_the_team_says(asking_for):
    deals = {"one": WON | WORTH, "two": WON | WORTH, "open": OPEN}
    assert read_metric(asking_for(3, deals), "sales-velocity").value is None
    assert read_metric(asking_for(2, deals), "sales-velocity").value == {"USD": "21.43"}, "1,200 in 56 days"


def test_renewals_are_expected_as_they_were_from_as_many_ended_contracts_on_as_the_team_says(asking_for):
    term = {"start": "2025-03-01", "end": "2026-02-28", "mrr": "100 USD"}
    ended = {"stages": [{"proposal": "2025-01-06"}, {"closed won": "2025-02-03"}], "contract": term}
    behind = read_metric(
        asking_for(1, {"ended": ended, "open": OPEN | {"expected_close": "2026-07-01"}}), "forecast-mrr-6"
    ).behind
    assert behind["renewals"] == "× 0.0000 (0 of 1)"


def test_the_chance_of_an_old_deal_goes_by_as_many_longer_stays_as_the_team_asks_for(asking_for):
    stays = (("closed won", "2026-02-05"), ("closed won", "2026-02-06"), ("closed lost", "2026-04-02"))
    past = {f"p{at}": {"stages": [{"proposal": "2026-02-02"}, {end: on}]} for at, (end, on) in enumerate(stays)}
    old = {"stages": [{"proposal": "2026-04-20"}], "value": {"mrr": "100 USD"}}
    one, two = (read_metric(asking_for(enough, past | {"old": old}), "weighted-pipeline") for enough in (1, 2))
    assert (one.value, two.value) == ({"USD": "0.00"}, {"USD": "399.96"})


def test_a_forecast_assumes_what_the_team_says_until_enough_is_decided(counting):
    """No contract has ended: those that will are forecast by what the team assumes of renewals."""
    usual, own = (read_metric(counting(numbers), "forecast-mrr-6") for numbers in ("", "assumed_renewed: 50%"))
    assert usual.behind["renewals"] == "× 0.8 (assumed: only 0 decided)"
    assert own.behind["renewals"] == "× 0.5 (assumed: only 0 decided)"
    assert usual.by["by_part"]["signed"] == own.by["by_part"]["signed"]


@pytest.mark.parametrize(("days", "is_said"), [(30, True), (9, True), (8, False)])
def test_a_deal_that_came_back_from_parking_is_pointed_out_for_as_many_days_as_the_team_says(
    counting, repo, days, is_said
):
    repo.deal("parked: [{since: 2026-02-02, until: 2026-05-24, why: Grant}]", id="back")
    snapshot = counting(f"returned_for: {days}")
    assert bool(list(parked_came_back(snapshot, "back"))) is is_said, "on the ninth day"


@pytest.mark.parametrize(("numbers", "is_said"), [("", False), ("back_soon: 20", True)])
def test_a_parked_deal_is_among_what_there_is_to_do_from_as_many_days_on_as_the_team_says(
    counting, repo, numbers, is_said
):
    repo.deal("parked: [{since: 2026-02-02, until: 2026-06-20, why: Grant}]", id="back")
    tasks = to_do(counting(numbers)).tasks
    assert any(task.what == "Back from parking: Grant" for task in tasks) is is_said, "in nineteen days"


@pytest.mark.parametrize(("numbers", "is_said"), [("", False), ("days_ahead: 90", True)])
def test_what_there_is_to_do_is_listed_for_as_many_days_ahead_as_the_team_says(counting, repo, numbers, is_said):
    repo.deal("next: {action: Ask again, due: 2026-08-03}", id="later")
    assert any(task.what == "Ask again" for task in to_do(counting(numbers)).tasks) is is_said


@pytest.mark.parametrize("wrong", ["assumed_won: 0.3", "assumed_renewed: 120%"])
def test_what_a_forecast_assumes_is_a_percentage(repo, wrong):
    team = (repo.root / "playbook/team.yaml").read_text(encoding="utf-8")
    repo.write("playbook/team.yaml", f"{team}numbers: {{{wrong}}}\n")
    assert any(found.field.startswith("numbers.assumed") for found in repo.problems())


@pytest.mark.parametrize("wrong", ["0", "1001", "ten"])
def test_a_number_that_cannot_be_counted_by_is_refused(repo, wrong):
    team = (repo.root / "playbook/team.yaml").read_text(encoding="utf-8")
    repo.write("playbook/team.yaml", f"{team}numbers: {{enough: {wrong}}}\n")
    assert any(found.field == "numbers.enough" for found in repo.problems())
