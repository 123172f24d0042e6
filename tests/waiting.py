"""A repository in which everything waits that can wait, each once, on 20 November 2026."""

from __future__ import annotations

from typing import Any

CODES = {
    "next-step-missing",
    "next-step-overdue",
    "deal-stalled",
    "close-date-passed",
    "service-start-passed",
    "parked-came-back",
    "parked-long",
    "reengage-due",
    "learning-missing",
    "handoff-unowned",
    "handoff-unused",
    "renewal-missing",
    "invoice-owed",
    "invoice-held-up",
    "decision-due",
    "action-overdue",
    "experiment-over",
    "target-missed",
}
OTHER = "name: Other University\nkind: university\ncountry: CA\ncontacts: [{id: a-smith, role: Dean}]\n"
LOST = "stages: [{enrichment: 2026-01-05}, {closed lost: 2026-02-02}]\n"


def everything_waits(repo: Any) -> None:
    """Write one record for each thing that can wait; april owns one hand-off, the rest is jim's or the team's."""
    process = repo.root / "playbook/process/v3.yaml"
    text = process.read_text(encoding="utf-8")
    process.write_text(text.replace("    title: Enrichment\n", "    title: Enrichment\n    stale_after: 300\n", 1))
    young = "stages: [enrichment: 2026-11-10]\n"
    repo.deal(young + "next: null", id="no-step")
    repo.deal(young + "next: {action: Call, due: 2026-11-16, owner: april}", id="late-step")
    repo.deal("stages: [enrichment: 2026-01-05]", id="silent")
    repo.deal(young + "expected_close: 2026-11-12", id="not-closed")
    repo.deal(young + "contract: {start: 2026-11-15}", id="started")
    repo.deal(young + "parked: [{since: 2026-11-11, until: 2026-11-13, why: Grant}]", id="back")
    repo.deal("stages: [enrichment: 2026-06-01]\nparked: [{since: 2026-06-01, why: Grant}]", id="parked")
    for member in ("lost-one", "lost-two", "renewing"):
        repo.write(f"members/{member}.yaml", OTHER)
    told = "reason: timing, learning: Asked too early, verdict: execution"
    repo.deal(f"member: lost-one\n{LOST}loss: {{{told}, reengage: 2026-11-02, playbook: none needed}}", id="again")
    repo.deal(f"member: lost-two\n{LOST}loss: {{{told}, reengage: never}}", id="no-lesson")
    won = (repo.root / "deals/cascadia-2025.yaml").read_text(encoding="utf-8")
    order = won[won.index("order:") :]
    lately = won.replace("closed won: 2025-03-10", "closed won: 2026-11-09").replace(
        "signed: 2025-03-10, start: 2025-04-01, end: 2026-12-31", "signed: 2026-11-09, start: 2026-12-01, end: open"
    )
    repo.write("deals/nobodys.yaml", lately.replace(order, ""))
    repo.write(
        "deals/unused.yaml",
        lately.replace("2026-11-09", "2026-09-14")
        .replace("start: 2026-12-01", "start: 2026-12-02")
        .replace(order, "order: {delivery_owner: april}"),
    )
    repo.write(
        "deals/ending.yaml",
        won.replace("end: 2026-12-31", "end: 2026-12-10").replace("member: cascadia-university", "member: renewing"),
    )
    rows = "{month: 2026-08, deal: cascadia-2025, prepared: 2026-09-01}"
    ready = "tier_confirmed: 2026-03-28, delivery_confirmed: 2026-09-01"
    repo.member(f"vendor_setup: {{status: not needed}}\ninvoices:\n  - {rows.replace('}', f', {ready}}}')}\n")
    repo.write("playbook/decisions/wait.yaml", "date: 2026-04-06\nverdict: hold\nwhy: Too early.\nuntil: 2026-06-01\n")
    repo.write(
        "playbook/reviews/2026-11-09.yaml",
        "owner: jim\nattended: [jim]\nexperiments: [subject-lines]\nactions: [{action: Ask april, owner: jim, due: 2026-11-13}]\n",
    )
    experiment = repo.root / "playbook/experiments/subject-lines.yaml"
    experiment.write_text(
        experiment.read_text() + "cohort: {stage: outreach, since: 2026-01-15, until: 2026-03-15}\n", encoding="utf-8"
    )
    repo.write("playbook/targets.yaml", "targets: [{id: many, metric: sqd, at_least: 99, by: 2026-10-31}]\n")
