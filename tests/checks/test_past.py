"""The past of a record is added to; what was altered is named, unless a correction names it first."""

from __future__ import annotations

from datetime import date

import pytest

from salesops.changes.alterations import alterations, is_accounted_for
from salesops.changes.compare import Comparison
from salesops.checks import check_past
from salesops.edits.yaml_writer import render
from salesops.records.deal import Correction, Move

TODAY = date(2026, 11, 20)
PAST = """
stages:
  - enrichment: 2026-01-05
  - outreach: 2026-01-12
  - discovery: 2026-01-19
activity: [{date: 2026-01-15, kind: call, outcome: spoke}]
"""
LOST = """
stages: [{enrichment: 2026-01-05}, {closed lost: 2026-01-19}]
loss: {reason: price, learning: Too dear, verdict: execution, reengage: never}
"""


def signed(*entries: tuple[str, str]) -> str:
    """The key ``corrections`` with one entry for each field and what it was."""
    lines = (
        f'  - {{field: "{field}", was: "{was}", by: jim, date: 2026-03-01, why: Mistyped}}' for field, was in entries
    )
    return "\n".join(("corrections:", *lines, ""))


@pytest.fixture
def against(repo):
    """``against(before, after)``: what is found in the deal of the second, compared with the first; only what compares."""

    def found(before: str, after: str, **others: str) -> list[str]:
        repo.deal(before)
        earlier = repo.book()
        repo.deal(after)
        problems = check_past(Comparison(earlier, repo.book(), **others), TODAY)
        assert {problem.place.path for problem in problems} <= {"deals/acme.yaml"}
        return [f"{problem.code} {problem.field}".strip() for problem in problems]

    return found


# The same values, written otherwise


@pytest.mark.parametrize(
    "after",
    [
        PAST,
        PAST.replace("\n", "\r\n"),
        PAST.replace("2026-01-12", '"2026-01-12"'),
        PAST.replace("outreach: 2026-01-12", "'outreach': 2026-01-12   # a remark"),
        PAST.replace("  - outreach", "  # a remark\n\n  - outreach"),
        PAST.replace("  -", "    -"),
        PAST.replace("  - outreach: 2026-01-12", "  - {outreach: 2026-01-12}"),
        PAST.replace("  - outreach: 2026-01-12", "  -\n    outreach:\n      2026-01-12"),
        "stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}, {discovery: 2026-01-19}]\nactivity: [{kind: call, outcome: spoke, date: 2026-01-15}]",
        "\n".join(reversed(PAST.strip().rsplit("\n", 1))),
    ],
)
def test_what_is_only_written_otherwise_is_no_alteration(against, after):
    assert against(PAST, after) == []
    assert against(after, PAST) == []


@pytest.mark.parametrize(
    "added",
    [
        "next: {action: Call, due: 2099-02-02}",
        "owner: april",
        "title: Another",
        "expected_close: 2099-01-01",
        "x: {a: b}",
    ],
)
def test_what_is_not_the_past_may_change(against, added):
    assert against(PAST, PAST + added) == []
    assert against(PAST + added, PAST) == []


# Moves


def stages(*moves: str) -> str:
    return "stages:\n" + "".join(f"  - {move}\n" for move in moves)


E, O, D = "enrichment: 2026-01-05", "outreach: 2026-01-12", "discovery: 2026-01-19"  # noqa: E741
P, L = "proposal: 2026-02-02", "closed lost: 2026-02-09"


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ((E, O, D), []),
        ((E, O, D, P), []),
        ((E, O, D, P, L, E), []),
        ((E, O, D, D), []),  # another check minds that the deal is already there
        ((E, "outreach: 2026-01-13", D), ["stages.1"]),
        ((E, "closed lost: 2026-01-12", D), ["stages.1"]),
        ((E, P, D), ["stages.1", "stages.1"]),  # neither the stage nor the day is the same: one is gone, one was put in
        ((E, O, "discovery: 2026-01-20"), ["stages.2"]),
        ((E, O, "discovery: 2026-01-20", P), ["stages.2"]),
        ((E, O), ["stages"]),
        ((E,), ["stages", "stages"]),
        ((E, D), ["stages.1"]),
        ((O, D), ["stages.0"]),
        ((E, O, O, D), ["stages.2"]),
        ((E, P, O, D), ["stages.1"]),
        ((P, E, O, D), ["stages.0"]),
        ((E, O, P, D), ["stages.2"]),
        ((O, E, D), ["stages.0", "stages.1"]),
        (("enrichment: 2026-01-04", O, "discovery: 2026-01-20"), ["stages.0", "stages.2"]),
    ],
)
def test_moves_are_only_added_at_the_end(against, after, found):
    assert against(stages(E, O, D), stages(*after)) == [f"past-altered {path}" for path in found]


def test_two_moves_of_one_day_keep_their_order(against):
    before = stages(E, "outreach: 2026-01-05", "discovery: 2026-01-05")
    assert against(before, before) == []
    after = stages(E, "discovery: 2026-01-05", "outreach: 2026-01-05")
    assert set(against(before, after)) <= {"past-altered stages.1", "past-altered stages.2"}
    assert against(before, after)


def test_a_deal_that_is_opened_again_goes_on(against):
    before = LOST
    after = (
        LOST.replace("}]", "}, {enrichment: 2026-05-04}]", 1) + "reopened: [{date: 2026-05-04, why: A new budget}]\n"
    )
    assert against(before, after) == []
    assert against(after, before) == ["past-fact-changed reopened", "past-altered stages"]
    moved = after.replace("closed lost: 2026-01-19", "closed lost: 2026-01-20")
    assert against(after, moved) == ["past-altered stages.1"]


def test_moves_that_cannot_be_read_now_are_not_blamed_twice(against):
    assert against(stages(E, O), "stages: [{enrichment: soon}]") == []


# Corrections


@pytest.mark.parametrize(
    ("after", "corrections"),
    [
        ((E, "outreach: 2026-01-13", D), [("stages.1", "2026-01-12")]),
        ((E, "outreach: 2026-01-13", D), [("stages.1", O)]),
        ((E, "outreach: 2026-01-13", D), [("stages.1", f"- {O}")]),
        ((E, "outreach: 2026-01-13", D), [("stages.1.outreach", "2026-01-12")]),
        ((E, "closed lost: 2026-01-12", D), [("stages.1", "outreach")]),
        ((E, P, D), [("stages.1", O)]),
        ((E, D), [("stages.1", O)]),
        ((E, O), [("stages.2", D)]),
        ((E,), [("stages.2", D), ("stages.1", O)]),
        ((E, P, O, D), [("stages.1", "none")]),
        ((E, P, O, D, L), [("stages.1", "nothing")]),
        ((E, O, O, D), [("stages.1", "none")]),
        ((E, O, O, D), [("stages.2", "none")]),
        ((O, E, D), [("stages.0", E), ("stages.1", O)]),
        ((O, E, D), [("stages.0", "none"), ("stages.1", O)]),
    ],
)
def test_the_past_is_altered_with_a_correction_for_each_line(against, after, corrections):
    assert against(stages(E, O, D), stages(*after) + signed(*corrections)) == []
    assert against(stages(E, O, D), stages(*after) + signed(*reversed(corrections))) == []
    assert against(stages(E, O, D), stages(*after) + signed(*corrections[1:])) != []


@pytest.mark.parametrize(
    "corrections",
    [
        [],
        [("stages.1", "2026-01-13")],  # what it says now
        [("stages.1", "2026-01-05")],  # another line
        [("stages.1", "discovery")],
        [("stages.1", "none")],
        [("stages.1", "")],
        [("stages.0", "2026-01-12")],
        [("stages.2", "2026-01-12")],
        [("stages", "2026-01-12")],
        [("stages.-2", "2026-01-12")],
        [("stages.01", "2026-01-12")],
        [("stages[1]", "2026-01-12")],
        [("type", "2026-01-12")],
    ],
)
def test_a_correction_that_does_not_fit_corrects_nothing(against, corrections):
    after = stages(E, "outreach: 2026-01-13", D) + (signed(*corrections) if corrections else "")
    assert "past-altered stages.1" in against(stages(E, O, D), after)


def test_one_correction_does_not_do_for_two_lines(against):
    before = stages(E, "outreach: 2026-01-12", "discovery: 2026-01-12")
    after = stages(E, "outreach: 2026-01-13", "discovery: 2026-01-13")
    assert against(before, after + signed(("stages.1", "2026-01-12"))) == ["past-altered stages.2"]
    assert against(before, after + signed(("stages.1", "2026-01-12"), ("stages.2", "2026-01-12"))) == []


def test_one_correction_does_not_do_twice(against):
    old = signed(("stages.1", "2026-01-12"))
    moved, back = stages(E, "outreach: 2026-01-13", D), stages(E, O, D)
    assert against(back, moved + old) == []
    assert against(moved + old, back + old) == ["past-altered stages.1"]
    both = signed(("stages.1", "2026-01-12"), ("stages.1", "2026-01-13"))
    assert against(moved + old, back + both) == []
    assert against(back + both, moved + both) == ["past-altered stages.1"]
    thrice = signed(("stages.1", "2026-01-12"), ("stages.1", "2026-01-13"), ("stages.1", "2026-01-12"))
    assert against(back + both, moved + thrice) == []


def test_an_old_correction_with_another_reason_is_no_new_one(against):
    both = signed(("stages.1", "2026-01-12"), ("stages.1", "2026-01-13"))
    reworded = both.replace("why: Mistyped", "why: It was mistyped")
    assert against(stages(E, O) + both, stages(E, O) + reworded) == []
    assert against(stages(E, O) + both, stages(E, "outreach: 2026-01-13") + reworded) == ["past-altered stages.1"]


def test_what_the_help_says_is_enough(repo):
    befores = [(E, O, D), (E, E, O), (E, O, D, P, L)]
    afters = [(E, P, D), (O, E), (D, O, E), (E,), (P, E, O, D), (E, O, O, L), (L, P, D, O, E), (O, O, P, P)]
    for before in befores:
        for after in afters:
            for backwards in (False, True):
                old, new = moves(*before), moves(*after)
                told = [correction(altered) for altered in alterations(old, new)]
                assert is_accounted_for(old, new, told[::-1] if backwards else told)
                assert not told or not is_accounted_for(old, new, told[1:])


def moves(*lines: str) -> list[Move]:
    return [Move(stage, date.fromisoformat(day)) for stage, day in (line.split(": ") for line in lines)]


def correction(altered) -> Correction:
    """What the help of a finding asks for."""
    if altered.was is None:
        field, was = f"stages.{altered.line_now}", "none"
    else:
        field, was = f"stages.{altered.line}", f"{altered.was.stage}: {altered.was.entered}"
    return Correction(field=field, was=was, by="jim", date="2026-03-01", why="Mistyped")


def test_a_very_long_deal_takes_no_longer_than_a_moment():
    old = moves(*[E, O] * 1_000)
    new = moves(*[E, P] * 3_000)
    many = [correction(altered) for altered in alterations(old[:60], new[:90])] * 10
    assert not is_accounted_for(old, new, many)
    assert alterations(moves(*[E, O] * 100), moves(*[P] * 6_000))


def test_the_finding_says_what_was_and_what_to_sign(repo):
    repo.deal(stages(E, O, D))
    before = repo.book()
    repo.deal(stages(E, "outreach: 2026-01-13"))
    gone, changed = check_past(Comparison(before, repo.book()), TODAY)
    assert changed.message == "the move was 'outreach: 2026-01-12' in an earlier commit"
    assert changed.help.startswith(
        "put the line '- outreach: 2026-01-12' back; if it had been wrong, sign a correction"
    )
    assert changed.place.line == 3
    assert gone.message == "the move 'discovery: 2026-01-19' is gone"
    assert {gone.fix, changed.fix} == {
        "",
        """corrections:
  - {field: stages.1, was: "2026-01-12", by: …, date: …, why: …}
  - {field: stages.2, was: "discovery: 2026-01-19", by: …, date: …, why: …}""",
    }


def test_what_is_to_be_signed_stands_once_and_a_part_that_is_gone_is_one_correction(repo):
    before = repo.book()
    text = repo.root.joinpath("deals/cascadia-2025.yaml").read_text()
    kept = [line for line in text.splitlines(keepends=True) if not line.startswith(("contract:", "  - closed won"))]
    file = repo.write("deals/cascadia-2025.yaml", "".join(kept))
    found = [problem for problem in check_past(Comparison(before, repo.book()), TODAY) if problem.is_error]
    (block,) = {problem.fix for problem in found if problem.fix}
    assert [line.partition(", was")[0] for line in block.splitlines()[1:]] == [
        "  - {field: stages.4",
        "  - {field: contract",
    ]
    for gap in ("by: jim", "date: 2026-11-20", "why: It was entered twice"):
        block = block.replace(gap.partition(" ")[0] + " …", gap)
    file.write_text(f"{file.read_text()}{block}\n")
    assert [problem for problem in check_past(Comparison(before, repo.book()), TODAY) if problem.is_error] == []


# The type


def test_the_type_changes_with_a_correction_alone(against):
    before, after = PAST + "type: new business\n", PAST + "type: existing business\n"
    assert against(before, after) == ["type-changed type"]
    assert against(before, after + signed(("type", "new business"))) == []
    for wrong in (("type", "existing business"), ("type", ""), ("stages.1", "new business"), ("tier", "new business")):
        assert against(before, after + signed(wrong)) == ["type-changed type"]
    old = signed(("type", "new business"))
    assert against(before + old, after + old) == ["type-changed type"]


# Facts of closed deals


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("reason: price", "reason: timing", "loss.reason"),
        ("learning: Too dear", "learning: Too late", "loss.learning"),
        ("reengage: never", "reengage: 2027-01-01", "loss.reengage"),
        ("learning: Too dear, ", "", "loss.learning"),
    ],
)
def test_a_fact_of_a_closed_deal_is_named_when_it_changes(against, old, new, field):
    after = LOST.replace(old, new)
    assert against(LOST, after) == [f"past-fact-named {field}"]
    assert against(LOST, after + signed((field, "what it was"))) == []
    assert against(LOST, after + signed(("loss", "what it was"))) == []
    assert against(LOST, after + signed(("win", "what it was"))) == [f"past-fact-named {field}"]
    old = signed((field, "what it was"))
    assert against(LOST + old, after + old) == [f"past-fact-named {field}"]


def test_a_fact_of_a_closed_deal_that_is_taken_out_is_named(against):
    after = LOST.split("loss:")[0]
    assert len(against(LOST, after)) == 4


def test_a_fact_may_be_added_to_a_closed_deal(against):
    assert against(LOST, LOST.replace("never}", "never, playbook: none needed}")) == []


def test_the_facts_of_a_deal_that_is_still_open_may_change(against):
    before = LOST.replace("closed lost", "outreach")
    assert against(before, before.replace("price", "timing")) == []


def test_a_deal_that_is_opened_again_does_not_lose_what_it_was_lost_for(against):
    again = LOST.replace("}]", "}, {enrichment: 2026-05-04}]", 1).replace("price", "timing")
    assert against(LOST, again) == ["past-fact-named loss.reason"]


def test_the_contract_of_a_won_deal_changes_only_with_a_signature(repo):
    before = repo.book()
    file = repo.root / "deals/cascadia-2025.yaml"
    file.write_text(file.read_text().replace("mrr: 1000 USD", "mrr: 9000 USD").replace("The course", "A course"))
    found = check_past(Comparison(before, repo.book()), TODAY)
    assert [(each.code, each.field, each.is_error) for each in found] == [
        ("past-fact-changed", "contract.mrr", True),
        ("past-fact-named", "win.learning", False),
    ]
    assert found[0].message == "this said 1000 USD in an earlier commit"


# Signatures


@pytest.mark.parametrize(
    "entry",
    [
        signed(("stages.0", "2026-01-02")),
        "waived: [{need: maniac_t.money, stage: outreach, by: jim, date: 2026-01-12, why: Mistyped}]\n",
    ],
)
def test_what_somebody_signed_stays(against, entry):
    name = entry.split(":")[0]
    before = PAST + entry
    assert against(before, before.replace("Mistyped", "It was mistyped")) == []
    assert against(before, PAST) == ["signature-removed stages"]
    assert against(before, before.replace("by: jim", "by: april")) == [f"signature-removed {name}"]
    assert against(before, PAST + entry.replace("date: 2026-0", "date: 2025-0")) == [f"signature-removed {name}"]


# The process


def test_a_version_of_the_process_that_is_gone(repo):
    repo.deal(PAST)
    text = (repo.root / "playbook/process/v3.yaml").read_text()
    repo.write(
        "playbook/process/v4.yaml", text.replace("version: v3", "version: v4").replace("2025-01-01", "2026-01-10")
    )
    before = repo.book()
    (repo.root / "playbook/process/v4.yaml").unlink()
    (found,) = check_past(Comparison(before, repo.book()), TODAY)
    assert (found.code, found.place.path) == ("process-deleted", "playbook/process/v4.yaml")
    assert found.message == "2 moves were made under version v4, which is gone"


def test_a_version_that_no_move_was_made_under_may_go(repo):
    repo.deal(PAST)
    text = (repo.root / "playbook/process/v3.yaml").read_text()
    repo.write(
        "playbook/process/v4.yaml", text.replace("version: v3", "version: v4").replace("2025-01-01", "2026-10-10")
    )
    before = repo.book()
    (repo.root / "playbook/process/v4.yaml").unlink()
    assert check_past(Comparison(before, repo.book()), TODAY) == []


def test_the_oldest_version_judges_the_days_before_it_too(repo):
    repo.deal(PAST.replace("2026", "2024"))
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    before = repo.book()
    repo.process("answers_valid: 99")
    assert [found.code for found in check_past(Comparison(before, repo.book()), TODAY)] == ["process-changed"]


BUILT = "version: v4\nin_force: 2026-01-10\nfrom: v3\nchangelog: Less.\n"


def test_how_much_of_a_version_another_one_says_is_free_as_long_as_the_whole_says_the_same(repo):
    repo.deal(PAST)
    repo.write("playbook/process/v4.yaml", BUILT)
    before = repo.book()
    text = (repo.root / "playbook/process/v3.yaml").read_text()
    repo.write(
        "playbook/process/v4.yaml", text.replace("version: v3", "version: v4").replace("2025-01-01", "2026-01-10")
    )
    assert check_past(Comparison(before, repo.book()), TODAY) == []


def test_a_rule_changed_in_the_version_that_another_builds_on_is_a_change_of_both(repo):
    repo.deal(PAST)
    repo.write("playbook/process/v4.yaml", BUILT)
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    before = repo.book()
    repo.process("answers_valid: 99")
    found = check_past(Comparison(before, repo.book()), TODAY)
    assert [(each.code, each.place.path, each.field) for each in found] == [
        ("process-changed", f"playbook/process/{version}.yaml", "answers_valid") for version in ("v3", "v4")
    ]


def test_what_a_version_takes_from_another_is_a_rule_too(repo):
    repo.deal(PAST)
    repo.write("playbook/process/v4.yaml", BUILT + "red_lines: []\n")
    before = repo.book()
    repo.write("playbook/process/v4.yaml", BUILT + "conversions: []\n")
    found = check_past(Comparison(before, repo.book()), TODAY)
    assert {each.field.split(".")[0] for each in found if each.code == "process-changed"} == {
        "red_lines",
        "conversions",
    }


@pytest.mark.parametrize("word", ["learning", "title", "source", "other"])
def test_a_tier_called_as_the_words_of_a_process_are_is_a_rule_all_the_same(repo, word):
    repo.deal(PAST)
    tiers = "tiers: {general: {name: General, max_hubs: 3}, premier: {name: Premier}%s}\n"
    repo.process(tiers % f", {word}: {{name: Of its own}}")
    before = repo.book()
    repo.process(tiers % "")
    assert "process-changed" in {each.code for each in check_past(Comparison(before, repo.book()), TODAY)}


@pytest.mark.parametrize("words", ["changelog: Better said\n", "source: The handbook\n"])
def test_the_words_of_a_process_may_be_corrected(repo, words):
    repo.deal(PAST)
    before = repo.book()
    repo.process(words)
    assert check_past(Comparison(before, repo.book()), TODAY) == []


NEED = """stages: {enrichment: {title: Enrichment, exits: [{to: closed won, when: Signed, needs: [{field: owner, why: %s}, {field: %s}]}]},
  closed won: {title: Won, outcome: won}, closed lost: {title: Lost, outcome: lost}}
"""


def test_why_a_need_is_asked_for_may_be_better_said(repo):
    repo.deal(PAST)
    repo.process(NEED % ("Somebody must", "next"))
    before = repo.book()
    repo.process(NEED % ("Nobody else would", "next"))
    assert check_past(Comparison(before, repo.book()), TODAY) == []


def test_a_need_that_asks_for_something_else_is_one_rule_changed_at_its_place(repo):
    repo.deal(PAST)
    repo.process(NEED % ("Somebody must", "next"))
    before = repo.book()
    repo.process(NEED % ("Nobody else would", "expected_close"))
    found = check_past(Comparison(before, repo.book()), TODAY)
    assert [(each.code, each.field) for each in found] == [
        ("process-changed", "stages.enrichment.exits.0.needs.1.field")
    ]


# What changed elsewhere


def test_a_record_that_changed_on_the_other_side_too_is_named(against):
    there = frozenset({("deal", "acme")})
    assert against(PAST, PAST + "owner: april\n", also_changed=there) == ["changed-there-too"]
    assert against(PAST, PAST + "owner: april\n", also_changed=frozenset({("deal", "other")})) == []


def test_a_record_that_changed_on_the_other_side_alone_is_nobodys_business(repo):
    repo.deal(PAST)
    book = repo.book()
    assert check_past(Comparison(book, book, also_changed=frozenset({("deal", "acme")})), TODAY) == []


# Removals


def removed(*entries: str) -> str:
    lines = "".join(
        f"  - {{kind: deal, id: {entry}, date: 2026-03-01, by: jim, why: Entered twice}}\n" for entry in entries
    )
    return f"removed:\n{lines}" if entries else "removed: []\n"


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (("old",), ("old",), []),
        (("old",), ("old", "older"), []),
        (("old", "older"), ("older", "old"), []),
        (("old",), (), ["removal-erased"]),
        (("old", "older"), ("older",), ["removal-erased"]),
        (("old",), ("older",), ["removal-erased"]),
        (("acme",), (), []),  # it is back
    ],
)
def test_the_list_of_the_removed_keeps_what_is_not_back(repo, before, after, found):
    repo.deal(PAST)
    repo.write("playbook/removed.yaml", removed(*before))
    earlier = repo.book()
    repo.write("playbook/removed.yaml", removed(*after))
    assert [problem.code for problem in check_past(Comparison(earlier, repo.book()), TODAY)] == found


@pytest.mark.parametrize(("entries", "found"), [(("old",), ["record-deleted"]), (("acme",), []), ((), [])])
def test_the_list_of_the_removed_stays_while_it_says_something(repo, entries, found):
    repo.deal(PAST)
    repo.write("playbook/removed.yaml", removed(*entries))
    before = repo.book()
    (repo.root / "playbook/removed.yaml").unlink()
    assert [problem.code for problem in check_past(Comparison(before, repo.book()), TODAY)] == found


@pytest.mark.parametrize("was", ["outreach: 2026-01-12", "a, b: {c} # d", 'the registrar\'s "yes"', "[1]"])
def test_a_signature_is_put_back_by_pasting_the_fix(repo, was):
    signed = {"field": "x.note", "was": was, "by": "jim", "date": "2026-02-01", "why": "It's so: a, b"}
    file = repo.deal()
    text = file.read_text()
    file.write_text(text + render({"corrections": [signed]}))
    before = repo.book()
    file.write_text(text)
    (gone,) = check_past(Comparison(before, repo.book()), TODAY)
    file.write_text(f"{text}{gone.fix}\n")
    assert repo.book().deals["acme"].corrections == before.deals["acme"].corrections != ()
