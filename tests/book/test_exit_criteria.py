"""What an exit asks for: when it is met, when it is waived, and what to write where it is missing."""

from __future__ import annotations

import re
from datetime import date
from textwrap import dedent

import pytest

from salesops.book import exit_criteria
from salesops.book.exit_criteria import Facts, Way, meaning, unfinished, waived, ways_out
from salesops.book.need_fixes import block_for
from salesops.records.dated import Span
from salesops.records.deal import Deal
from salesops.records.process import Exit, Need
from salesops.records.validation import typed
from salesops.records.yaml_reader import read

DAY = date(2026, 3, 2)
SIX_KEYS = """\
title: General Membership
member: cascadia-university
type: new business
tier: general
owner: jim
stages: [{enrichment: 2026-01-05}]
"""


def deal(lines: str = "") -> Deal:
    document, unreadable = read("deals/acme.yaml", (SIX_KEYS + dedent(lines).lstrip("\n")).encode())
    assert document is not None, unreadable
    record, problems = typed(document, Deal)
    assert record is not None, problems
    return record


def facts(deal: Deal, by: date, since: date | None = None) -> Facts:
    """What a deal has to show for a move of a day, in an attempt that began at some time."""
    loss = deal.loss[-1] if deal.loss else None
    return Facts(deal, Span(since, by), loss, deal.win, stage="enrichment")


def is_met(deal: Deal, need: Need, by: date, since: date | None = None) -> bool:
    return exit_criteria.is_met(facts(deal, by, since), need)


def missing(deal: Deal, way_out: Exit, by: date) -> list[Need]:
    return exit_criteria.missing(facts(deal, by), way_out)


def nearest_way(deal: Deal, exits: list[Exit], by: date) -> Way | None:
    return exit_criteria.nearest_way(facts(deal, by), exits)


def need(**keys) -> Need:
    return Need.model_validate(keys)


def exit(*needs: Need, to: str = "outreach") -> Exit:
    return Exit.model_construct(to=to, when="x", needs=needs)


# A field that is given


@pytest.mark.parametrize(
    ("lines", "met"),
    [
        ("", False),
        ("x: {vpat: done}", True),
        ("x: {vpat: no}", True),
        ("x: {vpat: ''}", False),
        ("x: {vpat: null}", False),
        ("x: {vpat: []}", False),
        ("x: {vpat: {}}", False),
        ("x: {vpat: [a]}", True),
        ("x: {vpat: {a: b}}", True),
    ],
)
def test_a_field_is_needed_and_an_empty_one_is_none(lines, met):
    assert is_met(deal(lines), need(field="x.vpat"), DAY) is met


def test_a_field_deep_inside_counts_and_so_does_a_whole_part():
    asked = deal("maniac_t: {money: {status: unmet, date: 2026-02-04}}\nwin: {signals: [course]}")
    assert is_met(asked, need(field="maniac_t.money"), DAY)
    assert is_met(asked, need(field="maniac_t.money.date"), DAY)
    assert is_met(asked, need(field="win.signals"), DAY)
    assert not is_met(asked, need(field="maniac_t.money.amount"), DAY)
    assert not is_met(asked, need(field="maniac_t.need"), DAY)
    assert not is_met(asked, need(field="win.learning"), DAY)


def test_a_part_in_which_nothing_is_said_is_not_given():
    assert is_met(deal("value: {mrr: 0 USD}"), need(field="value"), DAY)
    assert not is_met(deal("value: {}"), need(field="value"), DAY)
    assert not is_met(deal("win: {signals: []}"), need(field="win"), DAY)


def test_a_fact_that_is_false_or_nothing_is_given_all_the_same():
    asked = deal("icp: {fit: false}\nvalue: {months: 0}")
    assert is_met(asked, need(field="icp.fit"), DAY)
    assert is_met(asked, need(field="value.months"), DAY)


# A field with one of some values


@pytest.mark.parametrize(
    ("field", "values", "lines", "met"),
    [
        ("maniac_t.money", ["met", "partial"], "maniac_t: {money: {status: partial, date: 2026-02-04}}", True),
        ("maniac_t.money", ["met", "partial"], "maniac_t: {money: {status: unknown, date: 2026-02-04}}", False),
        ("maniac_t.money", ["met"], "", False),
        ("icp.fit", ["true"], "icp: {fit: true}", True),
        ("icp.fit", ["true"], "icp: {fit: false}", False),
        ("icp.fit", ["false"], "icp: {fit: false}", True),
        ("icp.fit", ["false"], "", False),
        ("loss.reason", ["unresponsive"], "loss: {reason: unresponsive}", True),
        ("loss.reason", ["unresponsive"], "loss: {reason: price}", False),
        ("value.months", ["12"], "value: {months: 12}", True),
        ("value.mrr", ["1250 USD"], "value: {mrr: 1250.00 USD}", True),
        ("probability", ["0.6"], "probability: {value: 60.00%, date: 2026-02-04, why: x}", True),
        ("probability", ["1"], "probability: {value: 100%, date: 2026-02-04, why: x}", True),
        ("proposal.presented", ["2026-03-02"], "proposal: {presented: 2026-03-02}", True),
        ("loss.reengage", ["never"], "loss: {reengage: never}", True),
        ("x.size", ["large"], "x: {size: large}", True),
    ],
)
def test_a_field_must_have_one_of_the_values(field, values, lines, met):
    assert is_met(deal(lines), need(field=field, **{"is": values}), DAY) is met


def test_one_value_may_stand_without_a_list():
    assert need(field="icp.fit", **{"is": "true"}).is_ == ("true",)


# Activities

HELD = "{date: 2026-02-20, kind: meeting, about: discovery, status: held}"


@pytest.mark.parametrize(
    ("entries", "met"),
    [
        ([HELD], True),
        ([], False),
        ([HELD.replace("held", "cancelled")], False),
        ([HELD.replace("discovery", "proposal")], False),
        ([HELD.replace("meeting", "call")], False),
        ([HELD.replace("2026-02-20", "2026-03-02")], True),
        ([HELD.replace("2026-02-20", "2026-03-03")], False),
    ],
    ids=["held", "none", "cancelled", "about something else", "a call", "on the day", "the day after"],
)
def test_a_meeting_must_have_been_held_by_the_day_of_the_move(entries, met):
    asked = need(activity="meeting", about="discovery", status="held")
    assert is_met(deal(f"activity: [{', '.join(entries)}]"), asked, DAY) is met


def test_as_many_are_needed_as_the_process_says():
    three = need(activity="email", at_least="3")
    emails = ["{date: 2026-01-20, kind: email}"] * 4
    assert [is_met(deal(f"activity: [{', '.join(emails[:n])}]"), three, DAY) for n in (2, 3, 4)] == [False, True, True]


def test_none_at_all_means_one():
    assert not is_met(deal(), need(activity="call"), DAY)
    assert is_met(deal("activity: [{date: 2026-01-20, kind: call}]"), need(activity="call"), DAY)


def test_a_meeting_that_is_to_come_counts_where_scheduling_is_what_is_asked():
    asked = need(activity="meeting", status="scheduled")
    assert is_met(deal("activity: [{date: 2026-05-01, kind: meeting, status: scheduled}]"), asked, DAY)


@pytest.mark.parametrize(
    ("entry", "met"),
    [
        ("{date: 2026-02-20, kind: call, outcome: spoke}", True),
        ("{date: 2026-02-20, kind: call, outcome: voicemail}", False),
        ("{date: 2026-02-20, kind: call, outcome: no answer}", False),
        ("{date: 2026-02-20, kind: call, outcome: voicemail, replied: 2026-02-24}", True),
        ("{date: 2026-02-20, kind: call}", False),
        ("{date: 2026-02-20, kind: meeting, about: other, status: held}", True),
        ("{date: 2026-02-20, kind: email, replied: 2026-03-02}", True),
        ("{date: 2026-02-20, kind: email, replied: 2026-03-03}", False),
        ("{date: 2026-02-20, kind: email, opened: true}", False),
        ("{date: 2026-02-20, kind: meeting, about: other, status: no-show}", False),
        ("{date: 2026-02-20, kind: meeting, about: other, status: scheduled}", False),
        ("{date: 2026-02-20, kind: event}", False),
        ("{date: 2026-02-20, kind: note}", False),
        ("{date: 2026-03-03, kind: call, outcome: spoke}", False),
    ],
)
def test_a_contact_is_a_call_in_which_they_spoke_a_held_meeting_or_an_answer(entry, met):
    assert is_met(deal(f"activity: [{entry}]"), need(activity="contact"), DAY) is met


# Waivers


def waiver(of: str, stage: str = "outreach") -> str:
    return f"waived: [{{need: {of}, stage: {stage}, by: jim, date: 2026-01-19, why: x}}]"


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"field": "maniac_t.money", "is": ["met"]}, "maniac_t.money"),
        ({"activity": "meeting", "about": "discovery", "status": "held"}, "held discovery meeting"),
        ({"activity": "contact"}, "contact"),
    ],
)
def test_a_waiver_names_the_need_and_the_stage(asked, named):
    asked = need(**asked)
    assert waived(deal(waiver(named)), asked, "outreach")
    assert not waived(deal(waiver(named)), asked, "discovery")
    assert not waived(deal(waiver("win.learning")), asked, "outreach")
    assert not waived(deal(), asked, "outreach")


def test_a_waived_need_is_not_missing_and_the_others_still_are():
    money, fit = need(field="maniac_t.money"), need(field="icp.fit")
    assert missing(deal(), exit(money, fit), DAY) == [money, fit]
    assert missing(deal(waiver("maniac_t.money")), exit(money, fit), DAY) == [fit]
    assert missing(deal(waiver("maniac_t.money")), exit(money, fit, to="proposal"), DAY) == [money, fit]


# Alternatives


def test_of_several_ways_the_nearest_one_is_asked_for():
    silent = exit(need(field="loss.reason", **{"is": "unresponsive"}), need(activity="email", at_least="3"), to="lost")
    withdrew = exit(need(field="loss.reason", **{"is": "price"}), to="lost")
    assert nearest_way(deal(), [silent, withdrew], DAY) == Way(withdrew, withdrew.needs)
    assert nearest_way(deal("loss: {reason: price}"), [silent, withdrew], DAY) == Way(withdrew, ())
    assert nearest_way(deal(), [], DAY) is None


def test_a_loss_in_outreach_is_either_silence_or_a_no(repo):
    lost = """
        stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}, {closed lost: 2026-02-12}]
        loss: {reason: REASON, learning: x, verdict: icp, reengage: never, playbook: none needed}
    """
    repo.deal(lost.replace("REASON", "price"), "said-no")
    repo.deal(lost.replace("REASON", "unresponsive"), "silent")
    found = repo.problems()
    assert [(problem.place.path, problem.place.line) for problem in found] == [("deals/silent.yaml", 1)]
    assert "3 email" in found[0].message


# Where a deal can go


def test_every_way_out_of_the_stage_says_what_still_stands_before_it(repo):
    repo.deal("maniac_t: {need: {status: met, date: 2026-01-05}}")
    snapshot = repo.book().on(DAY)
    out, lost = ways_out(snapshot, snapshot.history("acme"))
    assert isinstance(out, Way)
    assert (out.exit.to, [need.name for need in out.missing]) == ("outreach", ["maniac_t.money"])
    assert (lost.exit.to, [need.name for need in lost.missing]) == (
        "closed lost",
        ["loss.reason", "loss.learning", "loss.verdict", "loss.reengage"],
    )


def test_the_ways_out_are_those_of_the_day(repo):
    repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-02-01}]")
    book = repo.book()
    days = [book.on(date.fromisoformat(day)) for day in DAYS]
    assert book.on(date(2026, 1, 4)).history("acme") is None
    ways = {str(day.as_of): [way.exit.to for way in ways_out(day, day.history("acme"))] for day in days}
    assert ways == {
        "2026-01-05": ["outreach", "closed lost"],
        "2026-01-31": ["outreach", "closed lost"],
        "2026-02-01": ["discovery", "closed lost", "closed lost"],
    }


DAYS = ("2026-01-05", "2026-01-31", "2026-02-01")


def test_nothing_leads_out_of_a_closed_deal_but_it_may_be_unfinished(repo):
    repo.not_handed_off()
    snapshot, earlier = repo.book().on(DAY), repo.book().on(date(2025, 3, 9))
    won = snapshot.history("cascadia-2025")
    assert ways_out(snapshot, won) == []
    assert [need.name for need in unfinished(snapshot, won)] == [
        "order.configurator",
        "order.created",
        "order.delivery_owner",
        "order.operational",
    ]
    assert unfinished(earlier, earlier.history("cascadia-2025")) == []


# What to write


def test_why_a_need_is_asked_for_is_said_by_the_process_or_by_the_field():
    assert meaning(need(field="contract.mrr", why="We live on it.")) == "We live on it."
    assert meaning(need(field="contract.mrr")) == "Recurring revenue, money a month."
    assert meaning(need(field="title")) == "What is sold, in the team's words."
    assert meaning(need(field="x.vpat")) == ""
    assert meaning(need(activity="call")) == ""
    assert meaning(need(activity="call", why="Talk to them.")) == "Talk to them."


def all_needs(repo) -> list[Need]:
    """Every need of the process, and the kinds that it does not use."""
    process = repo.book().versions["v3"]
    exits = [exit for stage in process.stages.values() for exit in (*stage.exits, stage.completion) if exit]
    more = [
        need(field="x.vpat"),
        need(field="x.security.review", **{"is": "passed"}),
        need(field="activity"),
        need(field="order.hubs"),
        need(field="order.issues"),
        need(field="links"),
        need(field="value"),
        need(field="value.mrr"),
        need(field="expected_close"),
        need(field="probability"),
        need(field="next"),
        need(field="source.referred_by"),
        need(field="maniac_t.authority.contacts"),
        need(field="renewal.would_refer"),
        need(activity="event"),
    ]
    return [*(need for exit in exits for need in exit.needs), *more]


def block(*needs: Need, of: str = "") -> str:
    return block_for(needs, facts(deal(of), DAY))


def test_what_is_offered_for_a_need_is_yaml_with_gaps_that_only_a_person_can_fill(repo):
    needs = all_needs(repo)
    assert len(needs) > 50
    for asked in needs:
        document, problems = read("deals/acme.yaml", (SIX_KEYS + block(asked) + "\n").encode())
        assert document is not None, problems
        assert "…" in document.text or len(asked.is_) == 1, block(asked)
        assert not re.search("20[0-9][0-9]-", block(asked)), "a day that nobody gave"


def test_what_is_offered_stands_at_its_place_with_the_choices_behind_the_gap():
    money = need(field="maniac_t.money", **{"is": ["met", "partial"]})
    assert block(money) == "maniac_t:\n  money:\n    status: …  # met, partial\n    date: …"
    assert block(need(field="icp.fit", **{"is": "true"})) == "icp:\n  fit: …  # true"
    assert block(need(field="contract.signed")) == "contract:\n  signed: …"
    assert block(need(field="loss.verdict")) == "loss:\n  verdict: …  # icp, execution"
    meeting = need(activity="meeting", about="discovery", status="held")
    assert block(meeting) == "activity:\n  - {date: …, kind: meeting, about: discovery, status: held, note: …}"
    assert block(need(activity="contact")) == "activity:\n  - {date: …, kind: call, outcome: spoke, note: …}"
    assert block(need(link="folder")) == "links:\n  - {kind: folder, url: …}"
    assert block(need(learned="true")) == "learned:\n  - {stage: enrichment, date: …, note: …}"


def test_several_needs_are_one_block_with_each_key_once():
    wanted = [
        need(field="loss.reason"),
        need(field="maniac_t.need"),
        need(field="loss.learning"),
        need(activity="call"),
    ]
    assert block(*wanted, need(activity="email", at_least="3")).split("\n") == [
        "loss:",
        "  reason: …  # price, timing, competitor, feature gap, wrong ICP, unresponsive, other",
        "  learning: …",
        "maniac_t:",
        "  need:",
        "    status: …  # met, partial, unmet, unknown",
        "    date: …",
        "activity:",
        "  - {date: …, kind: call, note: …}",
        "  - {date: …, kind: email, note: …}  # 3 of them",
    ]


def test_a_move_that_lacks_something_shows_the_lines_that_would_fix_it(repo):
    repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-19}]\nicp: {hypothesis: teaching-led}")
    (found,) = repo.problems()
    assert found.message == "before 'outreach', icp.fit must be true"
    assert found.fix == "icp:\n  fit: …  # true"
    assert found.help == (
        "fill in what is missing, as it was known by 2026-01-19; "
        "or sign a waiver: waived: [{need: icp.fit, stage: outreach, by: …, date: …, why: …}]"
    )


def test_what_one_move_lacks_is_one_message(repo):
    repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-19}]\nicp: null\nmaniac_t: null")
    (found,) = repo.problems()
    assert found.message == (
        "before 'outreach', 4 things are missing: maniac_t.need must be met or partial; "
        "maniac_t.money must be met or partial; icp.hypothesis must be given; icp.fit must be true"
    )


FROM_OUTREACH = "stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-19}, {closed lost: 2026-02-19}]\nloss: {%slearning: Nobody wrote back, verdict: icp, reengage: never, playbook: none needed}\n"


def test_a_loss_whose_reason_is_not_said_is_offered_every_reason_of_every_way(repo):
    repo.deal(FROM_OUTREACH % "")
    found = next(each for each in repo.problems() if each.code == "need-not-met")
    assert "unresponsive" in found.fix
    assert "wrong ICP" in found.fix
    assert "unresponsive" in found.message


def test_the_reason_that_is_said_chooses_the_way_out(repo):
    repo.deal(FROM_OUTREACH % "reason: unresponsive, ")
    found = next(each for each in repo.problems() if each.code == "need-not-met")
    assert found.message == "before 'closed lost', there must be at least 3 email activities"


def test_touches_that_are_there_count_towards_those_that_are_asked_for(repo):
    touched = "activity: [{date: 2026-01-20, kind: email}, {date: 2026-01-27, kind: email}]\n"
    repo.deal(FROM_OUTREACH % "reason: unresponsive, " + touched)
    found = next(each for each in repo.problems() if each.code == "need-not-met")
    assert found.message.endswith("email activities (2 of 3 so far)")
    assert found.fix.endswith("# 1 more")


def test_why_several_things_are_asked_for_reads_as_sentences(repo):
    repo.deal("stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-19}]\nmaniac_t: null\nicp: null")
    found = next(each for each in repo.problems() if each.code == "need-not-met")
    assert ".;" not in found.why
    assert found.why.endswith((".", "?"))
