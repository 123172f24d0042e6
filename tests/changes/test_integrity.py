"""How far the history can be trusted: what was entered late, pushed, or changed after the fact, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from salesops.changes.change import Change
from salesops.changes.integrity import integrity
from salesops.changes.timeline import Commit, Event, Timeline
from salesops.store.load import load
from salesops.store.record_histories import timeline_of

TODAY = date(2026, 11, 20)
DAY = date(2026, 3, 2)


def outcome(stage):
    return {"closed won": "won", "closed lost": "lost"}.get(stage)


def entry(kind, known=0, *, by="Jim", was_brought=False, deal="acme", **more):
    """Something that became known so many days after DAY; ``happened`` counts from DAY too."""
    happened = more.pop("happened", None)
    day = DAY + timedelta(days=known)
    commit = Commit(f"{known:040}", day, known * 86_400, by, f"Day {known}")
    when = str(DAY + timedelta(days=happened)) if happened is not None else more.pop("date", None)
    return Event(commit, Change(kind, ("deal", deal), "Acme", f"{kind} happened", date=when, **more), was_brought)


def report(*entries, deal="acme"):
    return integrity(Timeline({("deal", deal): entries}), outcome)


def days(findings):
    return [finding.days for finding in findings]


# late


@pytest.mark.parametrize(("known", "late"), [(0, []), (6, []), (7, [7]), (20, [20])])
def test_an_entry_is_late_from_the_seventh_day_on(known, late):
    found = report(entry("moved", known, happened=0))
    assert days(found.late) == late
    assert found.lag.values == (known,)


@pytest.mark.parametrize("kind", ["new", "moved", "won", "lost", "reopened", "logged"])
def test_moves_and_contacts_are_measured(kind):
    assert days(report(entry(kind, 9, happened=0)).late) == [9]


@pytest.mark.parametrize("kind", ["expected close", "priced", "owner", "contract", "next"])
def test_what_has_no_day_of_its_own_is_not_measured(kind):
    assert report(entry(kind, 9, happened=0)).lag.values == ()


def test_what_is_planned_is_not_late():
    assert report(entry("logged", 0, happened=9)).lag.values == ()


def test_what_was_brought_with_the_first_records_was_entered_elsewhere():
    assert report(entry("new", 400, happened=0, was_brought=True)).lag.values == ()


def test_a_deal_that_is_back_after_it_was_removed_is_not_late():
    found = report(entry("new", 0, happened=0), entry("removed", 30), entry("new", 40, happened=0))
    assert found.lag.values == (0,)


def test_a_day_that_is_none_is_passed_over():
    assert report(entry("moved", 9, date="soon"), entry("moved", 9, date="2026-02-30")).lag.values == ()


def test_a_late_new_deal_says_when_it_began():
    (finding,) = report(entry("new", 9, happened=0)).late
    assert finding.what == "started on 2026-03-02: new happened"


def test_the_gravest_stands_first_and_people_are_counted():
    found = report(
        entry("moved", 9, happened=0), entry("moved", 29, happened=1, by="April"), entry("moved", 30, happened=29)
    )
    assert days(found.late) == [28, 9]
    assert found.lag.split == {"April": 1, "Jim": 2}
    assert found.lag.median == 9


# pushed


def close(known, before, after):
    return entry("expected close", known, before=before, after=after)


def test_a_close_that_was_put_off_three_times_is_named_with_the_days():
    pushes = [
        close(1, None, "2026-04-01"),
        close(2, "2026-04-01", "2026-04-11"),
        close(3, "2026-04-11", "2026-05-11"),
        close(4, "2026-05-11", "2026-05-01"),
        close(5, "2026-05-01", "2026-06-01"),
    ]
    assert report(*pushes[:4]).pushed == ()
    (finding,) = report(*pushes).pushed
    assert (finding.what, finding.days, finding.commit.subject) == ("pushed back 3 times", 10 + 30 + 31, "Day 5")


def test_a_close_that_was_brought_forward_or_taken_out_was_not_put_off():
    found = report(*(close(at, "2026-04-11", day) for at, day in enumerate(["2026-04-01", None, "soon", "2026-04-11"])))
    assert found.pushed == ()


# after the close


def test_an_amount_that_changes_after_the_close_is_named():
    found = report(
        entry("priced", 0),
        entry("won", 1),
        entry("priced", 19, after="450 USD"),
        entry("contract", 20),
        entry("next", 21),
    )
    assert [(finding.what, finding.days) for finding in found.after_close] == [
        ("contract happened", 19),
        ("priced happened", 18),
    ]


def test_what_comes_with_the_close_or_signs_the_contract_changes_nothing():
    assert report(entry("won", 1), entry("priced", 1), entry("contract", 3, happened=1)).after_close == ()


def test_a_deal_that_came_closed_is_closed():
    came = entry("new", 0, was_brought=True, after="closed won")
    assert days(report(came, entry("priced", 5)).after_close) == [5]
    assert report(entry("new", 0, after="proposal"), entry("priced", 5)).after_close == ()


def test_a_deal_that_was_opened_again_may_be_priced_again():
    assert report(entry("lost", 1), entry("reopened", 5), entry("priced", 9)).after_close == ()


# owners


@pytest.mark.parametrize(("closed", "named"), [(30, [30]), (31, []), (0, [0]), (-1, [])])
def test_an_owner_who_changes_within_thirty_days_before_the_close_is_named(closed, named):
    found = report(entry("owner", 40), entry("won", 90, happened=40 + closed))
    assert days(found.owners) == named


# the past, and what is gone


def test_corrections_and_removals_are_named_the_newest_first():
    found = report(entry("past", 1), entry("corrected", 3), entry("waived", 2), entry("removed", 4))
    assert [finding.what for finding in found.corrected] == ["corrected happened", "waived happened", "past happened"]
    assert [finding.what for finding in found.removed] == ["Acme: removed happened"]


def test_a_member_that_is_gone_is_named_too():
    gone = entry("removed", 1)
    assert len(integrity(Timeline({("member", "acme"): (gone, entry("past", 2))}), outcome).removed) == 1
    assert integrity(Timeline({("member", "acme"): (entry("past", 2),)}), outcome).corrected == ()


def test_nothing_known_is_nothing_found():
    found = integrity(Timeline(), outcome)
    assert [chapter.findings for chapter in found.chapters] == [()] * 6
    assert found.lag.n == 0


def test_what_machines_read():
    told = report(entry("moved", 9, happened=0)).as_data()
    assert list(told) == ["lag", "late", "pushed", "after_close", "owners", "corrected", "removed", "imported"]
    assert told["late"] == [
        {
            "deal": "acme",
            "what": "moved happened",
            "days": 9,
            "commit": f"{9:040}",
            "known": date(2026, 3, 11),
            "author": "Jim",
        }
    ]
    assert told["lag"]["n"] == 1


# the demonstration, in which these were planted


@pytest.fixture(scope="module")
def planted(demo):
    book = demo.book()
    return integrity(timeline_of(demo.root, book, TODAY), book.outcome)


def test_the_late_entries_of_the_demonstration_are_found(planted):
    found = {(finding.deal, finding.days) for finding in planted.late}
    assert {
        ("owlspruce-general", 16),
        ("hollin-moor-physics", 13),
        ("skerrow-renewal-2026", 20),
        ("rivelaine-hydrology", 9),
    } <= found
    assert all(7 <= finding.days <= 60 for finding in planted.late)


def test_the_close_that_drifts_is_larkspurs(planted):
    (finding,) = planted.pushed
    assert (finding.deal, finding.days) == ("larkspur-general", 140)


def test_the_amount_that_changed_after_the_close_is_kestrel_valleys(planted):
    (finding,) = [one for one in planted.after_close if "service" not in one.what]
    assert finding.deal == "kestrel-valley-general"
    assert str(finding.commit.day) == "2025-08-05"


def test_the_owner_who_changed_before_the_loss_is_rivelaines(planted):
    (finding,) = planted.owners
    assert (finding.deal, finding.commit.author) == ("rivelaine-hydrology", "Maren Tollefsby")


def test_the_correction_the_waivers_and_the_removal_are_found(planted, home):
    signed = {id for id, deal in load(home)[0].deals.items() if deal.corrections or deal.waived}
    assert {finding.deal for finding in planted.corrected} == signed > {"northmere-general", "thornfield-general"}
    assert [finding.deal for finding in planted.removed] == ["quill-bay-eresearch"]


def test_the_command_prints_the_same_as_machines_read(demo, planted):
    ran = demo.run("integrity")
    assert (ran.code, ran.err) == (0, "")
    assert "larkspur-general, 140 days in total: pushed back 3 times (Maren Tollefsby, 2026-10-29)" in ran.out
    assert demo.run("integrity", "--format", "json").code == 0
    assert demo.run("integrity", "--as-of", "soon").code == 2
