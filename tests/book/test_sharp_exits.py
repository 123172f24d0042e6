"""What the newest process and that of a new repository ask for: what is true, and how we know it."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

import pytest

from salesops.book.exit_criteria import Facts, missing
from salesops.records.dated import Span
from salesops.records.deal import Deal
from salesops.records.process import Exit, Process
from salesops.records.validation import typed
from salesops.records.yaml_reader import read
from salesops.store.load import load

SHARP = [(".", "v4"), ("salesops/setup/starter", "v1")]
"""Where the process is, and its newest version."""
SIX_KEYS = """\
title: General Membership
member: cascadia-university
type: new business
tier: general
owner: jim
stages: [{enrichment: 2026-01-05}, {outreach: 2026-01-12}, {discovery: 2026-01-19}]
"""


@pytest.fixture(params=SHARP)
def process(home, request) -> Process:
    folder, version = request.param
    return load(home / folder, ["process"])[0].versions[version]


def lacking(process: Process, start: str, to: str, lines: str, which: int = 0) -> set[str]:
    """What a deal with these lines still lacks for an exit."""
    document, unreadable = read("deals/acme.yaml", (SIX_KEYS + dedent(lines)).encode())
    deal, problems = typed(document, Deal)
    assert deal is not None, (unreadable, problems)
    facts = Facts(deal, Span(None, date(2026, 3, 2)), deal.loss[0] if deal.loss else None, deal.win, start)
    return {need.name for need in missing(facts, process.exits_between(start, to)[which])}


QUALIFIED = """
    maniac_t:
      need: {status: met, date: 2026-01-05, %s}
      money: {status: partial, date: 2026-01-05, %s}
    icp: {hypothesis: teaching-led, version: 1, fit: true, %s}
"""


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (("note: a", "note: b", "note: c"), set()),
        (("evidence: https://a.example", "note: b", "note: c"), set()),
        (("contacts: []", "amount: 9 USD", "fit: true"), {"maniac_t.need", "maniac_t.money", "icp.note"}),
    ],
)
def test_need_money_and_fit_say_how_we_know(process, said, left):
    lines = (QUALIFIED % said).replace("contacts: []", "note: null").replace("fit: true, fit: true", "fit: true")
    assert lacking(process, "enrichment", "outreach", lines) == left


@pytest.mark.parametrize(
    ("status", "is_enough"), [("met", True), ("partial", True), ("unmet", True), ("unknown", False)]
)
def test_unknown_competition_is_no_answer(process, status, is_enough):
    lines = f"maniac_t: {{competition: {{status: {status}, date: 2026-02-02}}}}"
    assert ("maniac_t.competition" not in lacking(process, "discovery", "proposal", lines)) == is_enough


@pytest.mark.parametrize(("reply", "is_silence"), [("opened: true", True), ("replied: 2026-02-09", False)])
def test_three_messages_are_silence_only_where_nobody_answered(process, reply, is_silence):
    sent = "".join(f"\n  - {{date: 2026-02-0{day}, kind: email, {reply}}}" for day in (2, 3, 4))
    left = lacking(process, "outreach", "closed lost", f"activity:{sent}\nloss: {{reason: unresponsive}}")
    assert ("unanswered touch" not in left) == is_silence


def test_what_was_learned_is_asked_where_outreach_and_discovery_end(process):
    learned = "learned: [{stage: outreach, date: 2026-01-19, note: They knew him}]"
    assert "learned" not in lacking(process, "outreach", "discovery", learned)
    assert "learned" in lacking(process, "discovery", "proposal", learned)


def exits(process: Process) -> list[tuple[str, Exit]]:
    return [(name, way_out) for name, stage in process.stages.items() for way_out in stage.exits]


def test_nobody_can_sign_away_a_signature_an_agreement_or_the_reason_of_a_loss(process):
    firm = {
        (name, way_out.to, need.name)
        for name, way_out in exits(process)
        for need in way_out.needs
        if not need.is_waivable
    }
    lost = {(name, way_out.to, "loss.reason") for name, way_out in exits(process) if way_out.to == "closed lost"}
    assert firm == lost | {
        ("proposal", "closed won", "contract.signed"),
        ("proposal", "closed won", "contract.agreement"),
    }
    waivers = "waived: [{need: contract.signed, stage: closed won, by: jim, date: 2026-02-02, why: Later}]"
    assert "contract.signed" in lacking(process, "proposal", "closed won", waivers)
    assert "contract.mrr" not in lacking(process, "proposal", "closed won", waivers.replace("signed", "mrr"))


def test_the_stages_in_which_deals_begin_say_when_one_does(process):
    assert all(process.stages[start].enter for start in process.starts.values())
