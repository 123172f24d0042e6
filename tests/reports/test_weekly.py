"""The weekly review: what the meeting reads, by what was known then and now."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from salesops.reports.agenda import agenda, how_many_run
from salesops.reports.sections import as_markdown
from salesops.reports.weekly import MINUS, since, weekly_review

GOLDEN = Path(__file__).with_name("golden")
MONDAY = date(2026, 11, 16)
REVIEW = "attended: [jim]\nactions: [{{action: {0}, owner: jim, due: {1}{2}}}]\n"


def reviewed(repo, day=MONDAY):
    """The review of a day, compared with what is known now of the one before."""
    book = repo.book()
    return weekly_review(book.on(day), book.on(since(book, day)))


def test_without_a_review_it_compares_with_a_week_before(repo):
    assert since(repo.book(), MONDAY) == date(2026, 11, 9)


def test_it_compares_with_the_last_review_and_never_with_that_of_the_day_itself(repo):
    repo.write("playbook/reviews/2026-10-26.yaml", "attended: [jim]\n")
    repo.write("playbook/reviews/2026-11-16.yaml", "attended: [jim]\n")
    assert since(repo.book(), MONDAY) == date(2026, 10, 26)


def test_a_number_stands_beside_what_it_was_and_by_how_much_it_changed(repo):
    repo.deal("stages: [enrichment: 2026-10-05, outreach: 2026-11-12]")
    row = next(row for row in reviewed(repo).numbers if row.id == "sqd")
    assert (row.before, row.now, row.change) == ("0", "1", "+1")


def test_every_conversion_that_the_process_watches_is_among_the_numbers(repo):
    review = reviewed(repo)
    ids = {row.id for row in review.numbers if row.group == "Stage conversions"}
    assert {conversion.id for conversion in review.snapshot.process.conversions} | {"win-rate"} == ids


IN_SERVICE = """
member: {0}
stages: [closed won: 2025-04-01]
contract: {{signed: 2025-04-01, start: 2025-04-01, end: open, mrr: {1}, entity: Sponsor, agreement: "https://docs.example/a"{2}}}
"""


def test_what_recurs_and_what_is_kept_of_it_stands_beside_what_it_was(repo):
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    for member, fee, more in (("stays", "300 USD", ""), ("leaves", "100 USD", ", service_ended: 2026-11-10")):
        repo.member(f"name: {member}", id=member)
        repo.deal(IN_SERVICE.format(member, fee, more), id=f"{member}-2025")
    rows = {row.id: (row.before, row.now, row.change) for row in reviewed(repo).numbers}
    assert rows["gross-retention"] == rows["net-retention"] == ("100.0 %", "75.0 %", f"{MINUS}25.0 points")
    assert rows["mrr"] == ("400 USD", "300 USD", f"{MINUS}100 USD")
    # From tomorrow to the end of the sixth month: five whole months, and 21 days of November's 30, then 14.
    assert rows["forecast-mrr-6"] == ("2,280 USD", "1,640 USD", f"{MINUS}640 USD")


def test_retention_that_nobody_can_tell_yet_has_no_change(repo):
    rows = {row.id: row for row in reviewed(repo, date(2025, 5, 5)).numbers}
    assert (rows["net-retention"].now, rows["net-retention"].change) == ("no data", "no change")


def test_a_late_deal_says_why_and_when_somebody_last_spoke_with_them(repo):
    repo.deal(
        """
        next: {action: Call the dean, due: 2026-11-10}
        activity: [{date: 2026-10-01, kind: call, outcome: spoke}]
        """
    )
    [row] = reviewed(repo).stuck
    assert row.reasons == ("the next step was due on 2026-11-10",)
    assert (row.since, row.last_contact, row.owner) == (date(2026, 11, 10), date(2026, 10, 1), "Jim")


def test_what_has_waited_longest_comes_first(repo):
    repo.deal("next: {action: Call, due: 2026-11-10}", id="b")
    repo.deal("next: {action: Call, due: 2026-11-03}", id="c")
    repo.deal("next: {action: Call, due: 2026-11-10}", id="a")
    assert [row.deal for row in reviewed(repo).stuck] == ["c", "a", "b"]


def test_a_parked_deal_is_not_late(repo):
    repo.deal(
        """
        next: {action: Call, due: 2026-11-10}
        parked: [{since: 2026-10-01, until: 2027-01-15, why: Waits for a grant}]
        """
    )
    assert reviewed(repo).stuck == ()


LOST = "stages: [enrichment: 2026-01-05, closed lost: {}]\nloss: {{reason: price, learning: Too dear, verdict: icp}}\n"


def test_what_was_closed_since_comes_with_what_it_taught(repo):
    repo.deal(LOST.format("2026-11-12"))
    [row] = reviewed(repo).closed
    assert (row.outcome, row.reason, row.learning, row.is_late) == ("lost", "price", "Too dear", False)


def test_a_close_of_long_ago_is_news_only_where_nobody_had_written_it_down(repo):
    repo.deal()
    before = repo.book().on(date(2026, 11, 9))
    repo.deal(LOST.format("2026-10-12"))
    now = repo.book().on(MONDAY)
    assert [(row.deal, row.is_late) for row in weekly_review(now, before).closed] == [("acme", True)]
    assert weekly_review(now, now.whole.on(date(2026, 11, 9))).closed == ()


def test_a_deal_that_was_renamed_is_not_closed_again(repo):
    repo.deal(LOST.format("2026-10-12"))
    before = repo.book().on(date(2026, 11, 9))
    (repo.root / "deals/acme.yaml").rename(repo.root / "deals/acme-one.yaml")
    assert weekly_review(repo.book().on(MONDAY), before).closed == ()


def test_a_contract_that_ends_says_who_renews_it(repo):
    [row] = reviewed(repo).renewals
    assert (row.deal, row.window, row.state) == ("cascadia-2025", "in 31 to 90 days", "no renewal deal yet")
    before = row.owner
    repo.deal("type: existing business\nowner: april\nrenews: cascadia-2025\nstages: [renewals: 2026-10-05]\n")
    [row] = reviewed(repo).renewals
    assert row.renewal == "acme"
    assert "April" in row.owner, "whoever talks with them is asked"
    assert row.owner != before
    assert row.state == "in Renewals since 2026-10-05; next: Call the dean, by 2099-01-01"


@pytest.mark.parametrize(("running", "says"), [(0, "No experiment is running"), (1, ""), (2, ""), (3, "3 experiments")])
def test_one_or_two_experiments_are_right(running, says):
    assert how_many_run(running).startswith(says)
    assert bool(how_many_run(running)) == bool(says)


def test_an_action_stays_until_somebody_writes_done(repo):
    repo.write("playbook/reviews/2026-10-26.yaml", REVIEW.format("Call the dean", "2026-10-30", ""))
    repo.write("playbook/reviews/2026-11-09.yaml", REVIEW.format("call the  Dean.", "2026-11-13", ""))
    [open_one] = reviewed(repo).actions
    assert (open_one.review, open_one.since, open_one.action.due) == (
        "2026-11-09",
        date(2026, 10, 26),
        date(2026, 11, 13),
    )
    repo.write("playbook/reviews/2026-11-09.yaml", REVIEW.format("call the  Dean.", "2026-11-13", ", done: true"))
    assert reviewed(repo).actions == ()


def test_where_nothing_was_known_there_is_nothing_to_compare_with(repo):
    review = weekly_review(repo.book().on(MONDAY), None)
    assert {row.before for row in review.numbers} == {None}
    assert agenda(review).said[0] == "Nothing was known on Monday 2026-11-09: there is nothing to compare with."


def test_text_of_a_record_stays_text(repo):
    repo.member("name: '[x](javascript:alert(1)) | <b> @mallory'")
    repo.deal("next: {action: Call, due: 2026-11-10}")
    said = "\n".join(as_markdown(agenda(reviewed(repo))))
    assert "\\[x\\](javascript" in said
    assert "<b>" not in said
    assert "@mallory" not in said


def test_an_agenda_fits_into_an_issue_however_many_deals_are_late(repo):
    for at in range(300):
        repo.deal(
            f"next: {{action: {'Call ' * 30}, due: 2026-11-10}}\ntitle: {'x' * 90}", id=f"deal-with-a-long-name-{at}"
        )
    repo.member(f"name: {'Long ' * 60}")
    said = "\n".join(as_markdown(agenda(reviewed(repo))))
    assert len(said) < 65_000
    assert "more rows: `salesops review` shows all." in said
    assert "### Open actions" in said


# ── three Mondays as they read ────────────────────────────────────────────────────────────────────────────────────────


def same(text: str, name: str) -> None:
    """The text is that of the file; whoever changed it on purpose deletes the file and runs the test twice."""
    file = GOLDEN / f"{name}.md"
    if not file.exists():
        file.write_text(text, encoding="utf-8")
        pytest.fail(f"{file.name} was written: read it, and run the test again")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("day", ["2026-09-14", "2026-11-16"])
def test_a_monday_of_the_demonstration_reads_well(demo, day):
    ran = demo.run("review", "--known", day, "--format", "markdown", SALESOPS_AS_OF="")
    assert ran.code == 0, ran.err
    same(ran.out, day)


TRIPPED = """
    red_lines:
      - {id: nobody-buys, metric: win-rate, wins: 0, in: 10, means: "The price, the story or the product is wrong"}
"""


def test_a_monday_with_a_tripped_line_asks_for_a_decision(repo):
    repo.process(TRIPPED)
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    for at in range(10):
        day = date(2026, 11, 2 + at)
        repo.deal(LOST.format(day).replace("Too dear", f"Too dear, said the dean ({at})"), id=f"lost-{at}")
    review = reviewed(repo)
    [line] = review.red_lines
    assert line.is_unanswered
    same("\n".join(as_markdown(agenda(review))) + "\n", "a-tripped-line")


def test_what_comes_after_a_signature_and_is_not_done_stands_in_the_agenda(repo):
    repo.not_handed_off()
    repo.member(
        "vendor_setup: {status: not needed}\n"
        "invoices: [{month: 2026-09, deal: cascadia-2025, tier_confirmed: 2025-02-01, prepared: 2026-10-01, sent: 2026-10-01}]\n"
    )
    handed, invoice = reviewed(repo).after_signature
    assert (handed.record, handed.owner) == ("cascadia-2025", "Jim")
    assert handed.what.startswith("Hand-off, next: ")
    assert (invoice.kind, invoice.record) == ("member", "cascadia-university")
    assert invoice.what == "The invoice for 2026-09 was sent on 2026-10-01, and is not certified yet"
