"""The monthly review: what so few closed deals can tell, and what they cannot."""

from __future__ import annotations

from datetime import date

import pytest

from salesops.reports.monthly import (
    in_sections,
    last_day_of,
    least_difference,
    month_over,
    monthly_review,
    what_can_be_said,
)
from salesops.reports.sections import as_text

LOST = "stages: [enrichment: 2026-01-05, closed lost: {}]\nloss: {{reason: {}, learning: Too dear, verdict: icp}}\n"
OCTOBER = date(2026, 10, 1)


def of_october(repo):
    return monthly_review(repo.book().on(date(2026, 10, 31)), OCTOBER)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        ("2026-11-20", "2026-10-01"),
        ("2026-11-30", "2026-11-01"),
        ("2026-11-01", "2026-10-01"),
        ("2026-01-15", "2025-12-01"),
    ],
)
def test_a_month_is_over_on_its_last_day(day, first):
    assert str(month_over(date.fromisoformat(day))) == first


def test_the_last_day_of_a_month():
    assert [last_day_of(date(2028, month, 1)).day for month in (1, 2, 4, 12)] == [31, 29, 30, 31]


def test_the_deals_of_the_month_and_the_last_ones_before_it_are_looked_at_up_to_twenty(repo):
    for at in range(28):
        repo.deal(LOST.format(date(2026, 9, 1 + at), "price"), id=f"september-{at:02}")
    repo.deal(LOST.format("2026-10-05", "timing"), id="october")
    repo.deal(LOST.format("2026-11-02", "timing"), id="november")
    review = of_october(repo)
    assert (len(review.closed), review.of_the_month) == (20, 1)
    assert [each.history.id for each in review.closed][:3] == ["october", "september-27", "september-26"]


def test_of_a_month_with_more_than_twenty_none_is_left_out(repo):
    for at in range(25):
        repo.deal(LOST.format(date(2026, 10, 1 + at), "price"), id=f"october-{at:02}")
    assert len(of_october(repo).closed) == 25


def test_a_pattern_comes_with_its_count_and_its_interval(repo):
    for at, reason in enumerate(("price", "price", "timing")):
        repo.deal(LOST.format(date(2026, 10, 1 + at), reason), id=f"lost-{at}")
    found = {(row.subject, row.name): (row.hits, row.out_of) for row in of_october(repo).patterns}
    assert found["Lost because of", "price"] == (2, 3)
    assert found["Won", "of all that were closed"] == (1, 4)
    said = "\n".join(as_text(in_sections(of_october(repo))))
    assert "2 of 3        21–94 %" in said


def test_few_closed_deals_are_said_to_be_few():
    first, *_ = what_can_be_said(4)
    assert first == "4 closed deals so far: too few to look for patterns. From 10 on there is something to compare."


def test_a_team_says_how_many_closed_deals_it_looks_at_and_from_how_many_on_there_is_a_pattern(repo):
    team = (repo.root / "playbook/team.yaml").read_text(encoding="utf-8")
    repo.write("playbook/team.yaml", f"{team}numbers: {{closed_looked_at: 4, enough: 5}}\n")
    for at in range(6):
        repo.deal(LOST.format(date(2026, 9, 1 + at), "price"), id=f"september-{at}")
    review = of_october(repo)
    assert [each.history.id for each in review.closed] == [f"september-{at}" for at in (5, 4, 3, 2)]
    assert "4 closed deals so far: too few to look for patterns. From 5 on" in "\n".join(as_text(in_sections(review)))


def test_of_twenty_deals_it_is_said_what_they_cannot_show():
    assert list(what_can_be_said(20)) == [
        "10 of 20 with something in common mean that the true share is within 30–70 %.",
        "What none of the 20 had may still be so for up to 16 % of all deals.",
        "Between two halves of them (10 deals each), a difference below 50 points cannot be told from chance.",
    ]


def test_no_difference_shows_between_one_and_one():
    assert least_difference(1) is None


def test_what_was_not_seen_for_half_a_year_is_listed(repo):
    repo.write("playbook/icp/teaching-led.yaml", "claim: They buy.\nversion: 1\nsince: 2026-01-01\nstatus: testing\n")
    assert ("hypothesis teaching-led", date(2026, 1, 1)) in [(row.what, row.last) for row in of_october(repo).stale]
    repo.write(
        "playbook/icp/teaching-led.yaml",
        "claim: They buy.\nversion: 1\nsince: 2026-01-01\nstatus: testing\nevidence: [{date: 2026-10-02, note: One more}]\n",
    )
    review = of_october(repo)
    assert "hypothesis teaching-led" not in [row.what for row in review.stale]
    assert review.evidence == (("teaching-led", date(2026, 10, 2), "One more", ()),)


def test_a_new_version_of_the_process_is_told_with_its_reason(demo):
    book = demo.book()
    first = max(process.in_force for process in book.processes).replace(day=1)
    told = monthly_review(book.on(last_day_of(first)), first).changed
    assert any(what.startswith("process v") and note for _, what, note in told)
