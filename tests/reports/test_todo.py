"""The to-do list: what is late, what the week asks for, what comes later; each thing once, in the words in which somebody put it."""

from datetime import date

import pytest
from waiting import everything_waits

from salesops.reports.todo import crossed, to_decide, to_do

WEDNESDAY = date(2026, 11, 18)
FRIDAY = date(2026, 11, 20)
YOUNG = "stages: [enrichment: 2026-11-10]\n"


@pytest.fixture
def listed(repo):
    """``listed(day)``: the list of a day, without the renewal of the sound contract."""
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    return lambda day=WEDNESDAY: to_do(repo.book().on(day))


def told(tasks):
    return [(str(task.day), task.what, task.record) for task in tasks]


def step(repo, id, due, what="Call", more=""):
    repo.deal(f"{YOUNG}next: {{action: {what}, due: {due}{more}}}", id=id)


@pytest.mark.parametrize(
    ("due", "group"),
    [
        ("2026-11-17", "late"), ("2026-11-18", "week"), ("2026-11-20", "week"), ("2026-11-21", "later"),
        ("2026-12-18", "later"), ("2026-12-19", None),
    ],
)  # fmt: skip
def test_a_next_step_is_late_this_week_or_later_and_beyond_thirty_days_not_yet(repo, listed, due, group):
    step(repo, "acme", due)
    found = listed()
    assert [name for name in ("late", "week", "later") if getattr(found, name)] == ([group] if group else [])


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-11-16", "2026-11-16", "2026-11-20"), ("2026-11-19", "2026-11-19", "2026-11-20"),
        ("2026-11-20", "2026-11-23", "2026-11-27"), ("2026-11-21", "2026-11-23", "2026-11-27"),
        ("2026-11-22", "2026-11-23", "2026-11-27"), ("2026-12-31", "2026-12-31", "2027-01-01"),
    ],
)  # fmt: skip
def test_from_friday_on_the_week_is_the_next_one(listed, day, first, last):
    found = listed(date.fromisoformat(day))
    assert (str(found.first), str(found.last)) == (first, last)


def test_on_a_friday_what_is_due_today_and_all_of_next_week_belong_together(repo, listed):
    step(repo, "today", "2026-11-20")
    step(repo, "friday", "2026-11-27")
    step(repo, "saturday", "2026-11-28")
    found = listed(FRIDAY)
    assert [task.record for task in found.week] == ["today", "friday"]
    assert [task.record for task in found.later] == ["saturday"]


def test_each_group_stands_by_its_days(repo, listed):
    for id, due in (
        ("c", "2026-11-20"),
        ("a", "2026-11-19"),
        ("b", "2026-11-19"),
        ("d", "2026-11-02"),
        ("e", "2026-11-01"),
    ):
        step(repo, id, due)
    found = listed()
    assert [task.record for task in found.tasks] == ["e", "d", "a", "b", "c"]


def test_a_deal_stands_once_and_what_else_is_wrong_stands_beside_what_is_to_be_done(repo, listed):
    repo.deal(f"{YOUNG}next: {{action: Call the dean, due: 2026-11-16}}\nexpected_close: 2026-11-12")
    (task,) = listed().late
    assert (str(task.day), task.what) == ("2026-11-16", "Call the dean")
    assert task.aside == "it was to close on 2026-11-12: ask again"
    assert task.waits == ("next-step-overdue", "close-date-passed")


def test_without_a_step_the_first_thing_that_is_wrong_leads_and_the_others_follow(repo, listed):
    repo.deal(f"{YOUNG}next: null\nexpected_close: 2026-11-12")
    (task,) = listed().late
    assert task.what == "The open deal has no next step"
    assert task.aside == "it was to close on 2026-11-12: ask again"


@pytest.mark.parametrize("what", ["iPhone demo for the DEAN", "ask <them>; (again)", "Écrire à l'équipe"])
def test_nobodys_words_are_changed_whether_they_are_late_or_not(repo, listed, what):
    for id, due in (("late", "2026-11-02"), ("soon", "2026-11-19"), ("far", "2026-12-01")):
        repo.deal(f'{YOUNG}next: {{action: "{what}", due: {due}}}\nexpected_close: 2026-11-12', id=id)
    assert [task.what for task in listed().tasks if task.record != "far"].count(what) == 2
    assert what in [task.what for task in listed().later]
    assert what not in " ".join(task.aside for task in listed().tasks)


def review(repo, action, day="2026-11-16"):
    repo.write(f"playbook/reviews/{day}.yaml", f"owner: jim\nattended: [jim]\nactions: [{{{action}}}]\n")


def test_what_a_review_agreed_on_is_said_of_its_deal_and_by_whom(repo, listed):
    step(repo, "acme", "2099-01-01")
    review(repo, "deal: acme, action: Ask the provost, owner: april, due: 2026-11-19")
    (task,) = listed().week
    assert (task.kind, task.record, task.person) == ("deal", "acme", "april")
    assert (task.what, task.aside) == ("Ask the provost", "review of 2026-11-16")


def test_a_late_action_is_late_of_its_deal_and_one_without_a_deal_of_its_review(repo, listed):
    step(repo, "acme", "2099-01-01")
    review(repo, "deal: acme, action: Ask the provost, owner: april, due: 2026-11-12", "2026-11-09")
    review(repo, "action: Clean up, owner: jim, due: 2026-11-17")
    one, two = listed().late
    assert (one.kind, one.record, one.person, one.waits) == ("deal", "acme", "april", ("action-overdue",))
    assert (two.kind, two.record, two.what) == ("review", "2026-11-16", "Clean up")


def test_an_action_that_was_done_is_not_asked_for(repo, listed):
    review(repo, "action: Clean up, owner: jim, due: 2026-11-17, done: true")
    assert listed().tasks == ()


def test_what_a_deal_and_a_review_both_say_stands_once(repo, listed):
    step(repo, "acme", "2026-11-19", "Ask the provost")
    review(repo, "deal: acme, action: ask the  Provost., owner: jim, due: 2026-11-20")
    (task,) = listed().tasks
    assert (task.what, str(task.day), task.aside) == ("Ask the provost", "2026-11-19", "review of 2026-11-16")


def test_two_people_who_do_something_for_one_deal_have_a_line_each(repo, listed):
    step(repo, "acme", "2026-11-19")
    review(repo, "deal: acme, action: Call, owner: april, due: 2026-11-19")
    assert sorted(task.person for task in listed().week) == ["april", "jim"]


def test_a_step_is_done_by_whom_it_names_and_else_by_the_owner(repo, listed):
    step(repo, "one", "2026-11-19", more=", owner: april")
    step(repo, "two", "2026-11-19")
    found = listed()
    assert found.people == {"april": 1, "jim": 1}
    assert told(found.of("april").tasks) == [("2026-11-19", "Call", "one")]
    assert found.of("nobody").tasks == ()


def test_a_hand_off_asks_its_delivery_owner_for_what_is_missing_by_the_day_of_its_use(repo):
    won = (repo.root / "deals/cascadia-2025.yaml").read_text(encoding="utf-8")
    text = won.replace("closed won: 2025-03-10", "closed won: 2026-11-02").replace(
        "signed: 2025-03-10", "signed: 2026-11-02"
    )
    text = text.replace("start: 2025-04-01, end: 2026-12-31", "start: 2026-12-01, end: open")
    repo.write("deals/cascadia-2025.yaml", text[: text.index("order:")] + "order: {delivery_owner: april}\n")
    (task,) = (it for it in to_do(repo.book().on(WEDNESDAY)).tasks if it.what.startswith("Hand-off"))
    assert (task.person, task.record, str(task.day)) == ("april", "cascadia-2025", "2026-12-17")
    assert "Hand-off: " in task.what
    late = to_do(repo.book().on(date(2026, 12, 18))).late
    assert [it.person for it in late] == ["april"], "on the day after, it is late, and stands once"
    assert not [it for it in to_do(repo.book().on(date(2026, 12, 18))).tasks if it.what.startswith("Hand-off")]


@pytest.mark.parametrize(("day", "asked"), [("2026-07-03", False), ("2026-07-04", True), ("2026-11-20", True)])
def test_a_contract_that_ends_within_half_a_year_asks_for_its_renewal(repo, day, asked):
    found = to_do(repo.book().on(date.fromisoformat(day))).week
    left = (date(2026, 12, 31) - date.fromisoformat(day)).days
    wanted = [("None", "Begin the renewal", f"ends in {left} days", "jim")] if asked else []
    assert [(str(task.day), task.what, task.aside, task.person) for task in found] == wanted


def test_it_asks_no_more_once_the_renewal_has_begun_and_again_when_it_was_lost(repo):
    renews = "type: existing business\nrenews: cascadia-2025\n"
    repo.deal(f"{renews}stages: [renewals: 2026-10-01]", id="next")
    assert not [task for task in to_do(repo.book().on(FRIDAY)).tasks if task.record == "cascadia-2025"]
    repo.deal(f"{renews}stages: [renewals: 2026-10-01, closed lost: 2026-11-02]", id="next")
    assert [task.what for task in to_do(repo.book().on(FRIDAY)).week] == ["Begin the renewal"]


def test_a_renewal_that_is_late_is_asked_for_once(repo):
    found = [task for task in to_do(repo.book().on(date(2026, 12, 2))).tasks if task.record == "cascadia-2025"]
    assert [task.waits for task in found] == [("renewal-missing",)]


@pytest.mark.parametrize(
    ("until", "group"), [("2026-12-03", None), ("2026-12-02", "later"), ("2026-11-18", "late"), ("2026-11-19", "week")]
)
def test_a_parked_deal_is_in_the_list_a_fortnight_before_it_comes_back(repo, listed, until, group):
    repo.deal(f"{YOUNG}parked: [{{since: 2026-11-11, until: {until}, why: Their grant}}]")
    found = listed()
    assert [name for name in ("late", "week", "later") if getattr(found, name)] == ([group] if group else [])
    if group in ("week", "later"):
        assert found.tasks[0].what == "Back from parking: Their grant"


def test_a_parked_deals_step_is_not_asked_for(repo, listed):
    repo.deal(
        f"{YOUNG}next: {{action: Call, due: 2026-11-19}}\nparked: [{{since: 2026-11-11, until: 2027-02-01, why: A}}]"
    )
    assert listed().tasks == ()


def test_whatever_waits_is_in_the_list_or_is_to_be_decided(repo):
    everything_waits(repo)
    snapshot = repo.book().on(FRIDAY)
    listed = {code for task in to_do(snapshot).late for code in task.waits}
    assert listed.isdisjoint({"deal-stalled", "target-missed"})
    assert [(it.kind, it.record) for it in to_decide(snapshot)] == [("deal", "silent"), ("targets", "targets")]
    assert len(listed) == 16


def test_what_is_to_be_decided_stands_by_the_money_and_then_by_the_age(repo):
    stalling = "title: Enrichment\n    stale_after: 30\n"
    text = (repo.root / "playbook/process/v3.yaml").read_text(encoding="utf-8")
    repo.write("playbook/process/v3.yaml", text.replace("title: Enrichment\n", stalling, 1))
    for id, since, worth in (("young", "2026-09-02", 100), ("old", "2026-01-05", 100), ("dear", "2026-09-07", 40_000)):
        repo.deal(f"stages: [enrichment: {since}]\nvalue: {{one_off: {worth} USD}}", id=id)
    found = to_decide(repo.book().on(date(2027, 1, 5)))
    assert [it.record for it in found] == ["dear", "cascadia-2025", "old", "young"], "1,000 a month are 12,000 a year"
    assert found[1].reasons == ("term over for 5 days, not renewed",)
    assert found[1].is_monthly
    assert found[2].reasons == ("365 of 30 days in Enrichment",)


def test_a_crossed_red_line_without_a_decision_is_the_bands_and_not_the_lists(repo, listed):
    repo.process("red_lines: [{id: busy, metric: open-deals, above: 0, means: More than we can look after}]")
    step(repo, "acme", "2026-11-19")
    snapshot = repo.book().on(WEDNESDAY)
    assert [line.line.id for line in crossed(snapshot)] == ["busy"]
    assert to_decide(snapshot) == []
    assert [task.record for task in listed().tasks] == ["acme"]
