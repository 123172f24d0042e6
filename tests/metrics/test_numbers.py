"""The numbers by which a team counts: data of its own, with the usual ones where it says nothing."""

from datetime import date

import pytest

from salesops.metrics import metrics_of, read_metric
from salesops.metrics.readings import Days, Share
from salesops.metrics.wording import headline


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


def test_a_rate_is_told_from_as_many_outcomes_on_as_the_team_says(counting):
    found = read_metric(counting("enough: 1"), "outreach-to-discovery")
    assert found.floor == 1
    assert headline(found) == "100.0 %"


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
        assert changed <= {"enough", "floor"}, id


@pytest.mark.parametrize("wrong", ["0", "1001", "ten"])
def test_a_number_that_cannot_be_counted_by_is_refused(repo, wrong):
    team = (repo.root / "playbook/team.yaml").read_text(encoding="utf-8")
    repo.write("playbook/team.yaml", f"{team}numbers: {{enough: {wrong}}}\n")
    assert any(found.field == "numbers.enough" for found in repo.problems())
