"""Where a deal stands on a day: what needs attention, in which order deals are listed, and what the board shows."""

from datetime import date

import pytest

from salesops.book.status import Standing, board, person_name, standings

SOON = "next: {action: Call, due: 2099-01-01}"


@pytest.fixture
def concerns(repo, home):
    """The concerns about a deal of these lines on a day, by the limits of this repository's own process."""
    repo.write("playbook/process/v3.yaml", (home / "playbook/process/v3.yaml").read_bytes())

    def of(fragment, day="2026-11-20"):
        repo.deal(fragment)
        snapshot = repo.book().on(date.fromisoformat(day))
        return Standing(snapshot, snapshot.history("acme")).concerns

    return of


def test_a_deal_in_time_with_a_next_step_raises_no_concern(concerns):
    assert concerns(f"stages: [enrichment: 2026-11-10]\n{SOON}") == []


@pytest.mark.parametrize(("day", "late"), [("2026-01-31", False), ("2026-02-01", False), ("2026-02-02", True)])
def test_a_stage_may_last_as_long_as_the_process_says_and_not_a_day_longer(concerns, day, late):
    found = concerns(f"stages: [enrichment: 2026-01-02]\n{SOON}", day)
    assert any("days in Enrichment; the process expects at most 30" in concern for concern in found) == late


def test_how_long_it_was_quiet_counts_from_the_last_real_contact(concerns):
    lines = f"stages: [enrichment: 2026-01-01, outreach: 2026-01-02]\n{SOON}\nactivity:\n"
    call = "  - {date: 2026-01-10, kind: call, outcome: spoke}\n"
    mail = "  - {date: 2026-01-20, kind: email}\n"
    answered = "  - {date: 2026-01-20, kind: email, replied: 2026-01-21}\n"
    quiet = "no real contact for {} days; the process expects one every 14"
    never = "no real contact yet, {} days after it came into Outreach; the process expects one every 14"
    assert quiet.format(18) in concerns(lines + call + mail, "2026-01-28")
    assert not concerns(lines + call + answered, "2026-01-28")
    assert never.format(15) in concerns(lines, "2026-01-17"), "counted from the day it came into the stage"


def test_a_contact_that_is_still_to_come_is_no_contact_yet(concerns):
    lines = f"stages: [outreach: 2026-01-02]\n{SOON}\nactivity: [{{date: 2026-02-10, kind: call, outcome: spoke}}]"
    assert "no real contact yet, 18 days after it came into Outreach; the process expects one every 14" in concerns(
        lines, "2026-01-20"
    )


def test_a_deal_without_a_next_step_deserves_a_look(repo):
    repo.write("deals/acme.yaml", (repo.root / "deals/cascadia-2025.yaml").read_text(encoding="utf-8"))
    repo.deal("stages: [enrichment: 2026-11-10]\nnext: {action: Call, due: 2099-01-01}\n")
    text = (repo.root / "deals/acme.yaml").read_text(encoding="utf-8")
    repo.write("deals/acme.yaml", text.replace("next: {action: Call, due: 2099-01-01}\n", "").encode())
    snapshot = repo.book().on(date(2026, 11, 20))
    assert Standing(snapshot, snapshot.history("acme")).concerns == ["no next step"]


@pytest.mark.parametrize(("due", "late"), [("2026-11-20", False), ("2026-11-19", True)])
def test_a_step_is_late_from_the_day_after_it_was_due(concerns, due, late):
    found = concerns(f"stages: [enrichment: 2026-11-10]\nnext: {{action: Call, due: {due}}}")
    assert found == (["the next step was due on 2026-11-19"] if late else [])


@pytest.mark.parametrize(("expected", "late"), [("2026-11-20", False), ("2026-11-19", True)])
def test_so_is_the_close(concerns, expected, late):
    found = concerns(f"stages: [enrichment: 2026-11-10]\nexpected_close: {expected}\n{SOON}")
    assert found == (["was expected to close on 2026-11-19"] if late else [])


def test_a_parked_deal_raises_no_concern_until_it_is_back(concerns):
    lines = "stages: [enrichment: 2026-01-02]\nparked: [{since: 2026-01-03, until: 2026-06-01, why: Grant}]\nnext: {action: Call, due: 2026-01-05}"
    assert concerns(lines, "2026-05-31") == []
    assert concerns(lines, "2026-06-01") == ["the next step was due on 2026-01-05"], "its clock stood still"


def test_a_closed_deal_raises_no_concern(repo):
    snapshot = repo.book().on(date(2099, 1, 1))
    standing = Standing(snapshot, snapshot.history("cascadia-2025"))
    assert not standing.is_open
    assert standing.concerns == []
    assert standing.parked is None


def test_deals_stand_by_stage_and_the_oldest_first(repo):
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-19]", id="b-older")
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-20]", id="a-newer")
    repo.deal("stages: [enrichment: 2026-02-20]", id="z-first-stage")
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-01-19]", id="a-same-day")
    found = standings(repo.book().on(date(2026, 11, 20)))
    assert [standing.id for standing in found] == ["z-first-stage", "a-same-day", "b-older", "a-newer", "cascadia-2025"]


def test_the_board_has_a_column_for_each_open_stage_whether_anything_is_in_it_or_not(repo):
    repo.deal("stages: [enrichment: 2026-01-05]\nvalue: {mrr: 100 USD}", id="one")
    repo.deal("stages: [enrichment: 2026-01-05]\nvalue: {mrr: 10 CAD, one_off: 5.50 USD}", id="two")
    repo.deal("stages: [enrichment: 2026-01-05]\nparked: [{since: 2026-01-06, why: Grant}]", id="three")
    columns = board(repo.book().on(date(2026, 11, 20)))
    assert [column.name for column in columns] == ["enrichment", "outreach", "discovery", "renewals", "proposal"]
    assert [len(column.deals) for column in columns] == [2, 0, 0, 0, 0]
    assert {code: str(sum) for code, sum in columns[0].worth.items()} == {"CAD": "120", "USD": "1205.50"}
    assert columns[1].worth == {}


def test_the_way_forward_is_the_first_that_does_not_lead_to_a_loss(repo):
    repo.deal()
    snapshot = repo.book().on(date(2026, 11, 20))
    standing = Standing(snapshot, snapshot.history("acme"))
    assert standing.ways[0].exit.to == "outreach"
    assert standing.ways[0].missing == ()
    assert [way.exit.to for way in standing.ways] == ["outreach", "closed lost"]


def test_a_closed_deal_says_what_it_still_lacks(repo):
    repo.not_handed_off()
    snapshot = repo.book().on(date(2026, 11, 20))
    standing = Standing(snapshot, snapshot.history("cascadia-2025"))
    assert [need.field for need in standing.unfinished][:2] == ["order.configurator", "order.created"]
    assert standing.ways == []


def test_a_person_whom_the_team_does_not_know_goes_by_the_id(repo):
    snapshot = repo.book().on(date(2026, 11, 20))
    assert person_name(snapshot, "jim") == "Jim"
    assert person_name(snapshot, "who") == "who"


def test_a_deal_of_a_member_without_a_file_goes_by_the_id(repo):
    repo.deal("member: lost-university")
    snapshot = repo.book().on(date(2026, 11, 20))
    assert Standing(snapshot, snapshot.history("acme")).member_name == "lost-university"


def test_all_of_it_is_as_of_the_day(repo):
    repo.deal("stages: [enrichment: 2026-01-05, outreach: 2026-03-01]")
    history = repo.book().on(date(2026, 2, 1)).history("acme")
    standing = Standing(repo.book().on(date(2026, 2, 1)), history)
    assert (standing.stage_name, standing.age, standing.since) == ("enrichment", 27, date(2026, 1, 5))


def test_a_won_deal_without_a_value_is_worth_its_contract_to_the_part_of_a_month(repo):
    repo.deal("""
    stages: [enrichment: 2026-01-05, closed won: 2026-03-30]
    contract: {signed: 2026-03-28, start: 2026-04-01, end: 2026-04-15, mrr: 1000 USD, entity: Sponsor}
    value: null
    """)
    snapshot = repo.book().on(date(2026, 11, 20))
    assert {money.currency: money.amount for money in Standing(snapshot, snapshot.history("acme")).amounts} == {
        "USD": 500
    }
