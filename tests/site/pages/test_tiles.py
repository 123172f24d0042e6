"""The tiles of the targets: where each number is, how far it is from its goal, what four weeks did to it, and its year as a line."""

from datetime import date

import pytest

from salesops.metrics.targets import target_standings
from salesops.site.pages.tiles import HEIGHT, WIDTH, tiles

DAY = date(2026, 11, 20)
NAMED = "targets: [{{id: a, metric: {}, at_least: {}, by: {}}}]\n"


@pytest.fixture
def tile(repo):
    """``tile(metric, goal, by)``: the tile of the one target."""

    def of(metric, goal, by="2026-12-31", day=DAY):
        repo.write("playbook/targets.yaml", NAMED.format(metric, goal, by))
        snapshot = repo.book().on(day)
        (found,) = tiles(snapshot, target_standings(snapshot))
        return found

    return of


def qualified(repo, *days):
    for at, day in enumerate(days):
        repo.deal(f"stages: [enrichment: 2026-01-05, outreach: {day}]\nvalue: {{one_off: 1000 USD}}", id=f"deal-{at}")


def test_it_says_how_much_is_missing_what_four_weeks_did_and_how_many_days_are_left(repo, tile):
    qualified(repo, "2026-02-02", "2026-10-23", "2026-10-24", "2026-11-16")
    found = tile("sqd", 8)
    assert (found.value, found.beside, found.look) == ("4", "of 8", "warn")
    assert found.verdict == "4 short · +2 in four weeks (2 came) · 41 days left"


def test_its_change_goes_back_as_many_weeks_as_the_team_says(repo, tile):
    team = (repo.root / "playbook/team.yaml").read_text(encoding="utf-8")
    repo.write("playbook/team.yaml", f"{team}numbers: {{trend_weeks: 3}}\n")
    qualified(repo, "2026-02-02", "2026-10-23", "2026-10-31", "2026-11-16")
    assert tile("sqd", 8).verdict == "4 short · +2 in three weeks (2 came) · 41 days left"


def test_one_that_is_reached_does_not_count_the_days_and_one_whose_day_has_passed_says_by_how_much(repo, tile):
    qualified(repo, "2026-02-02")
    reached, missed = tile("sqd", 1), tile("sqd", 9, by="2026-11-19")
    assert (reached.verdict, reached.look) == ("reached", "good")
    assert (missed.verdict, missed.look) == ("missed by 8 on 19 Nov", "bad")


def test_of_a_share_the_counts_come_first_and_few_are_too_few_to_say(repo, tile):
    found = tile("win-rate", "50%")
    assert found.value == "1 of 1"
    assert "too few to say" in found.verdict
    assert "100" not in found.beside


def test_money_in_another_currency_without_a_rate_is_named_beside(repo, tile):
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-19]\nvalue: {one_off: 1000 CAD}")
    assert "1,000 CAD" in tile("pipeline-value", "5000 USD").aside


def test_its_line_has_the_ends_of_twelve_months_and_the_day_itself_and_stays_in_its_frame(repo, tile):
    qualified(repo, "2026-02-02", "2026-06-01")
    found = tile("sqd", 12)
    points = found.line.points
    assert len(points) == 13
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True), "it only rose"
    assert found.line.goal < min(y for _, y in points), "the goal is above"
    assert found.line.last == points[-1]
    assert found.year == "from 0 at the end of November 2025 to 2"


def test_without_a_number_there_is_no_line_and_no_gap(repo, tile):
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    found = tile("win-rate", "50%")
    assert (found.line, found.year) == (None, "")
    assert "short" not in found.verdict


def test_a_target_with_money_that_has_no_rate_is_not_compared(repo, page_of):
    repo.write(
        "playbook/targets.yaml", "targets: [{id: worth, metric: pipeline-value, at_least: 5000 USD, by: 2026-12-31}]"
    )
    repo.deal("value: {mrr: 1000 CAD, months: 12}")
    [tile] = page_of("").every("a", class_="so-tile")
    assert "cannot be compared: a part has no rate" in tile.text
    assert "short" not in tile.text
