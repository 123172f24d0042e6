"""Deals that have come some way, with all that the process asked of them until then."""

from __future__ import annotations

from salesops.records.yaml_reader import read

IN_DISCOVERY = """
stages:
  - enrichment: 2026-01-05
  - outreach: 2026-01-12
  - discovery: 2026-02-02
activity:
  - {date: 2026-01-20, kind: call, outcome: spoke}
  - {date: 2026-02-03, kind: meeting, about: discovery, status: held}
discovery: {jobs: [Teach], requirements: [Sign-on]}
maniac_t:
  need: {status: met, date: 2026-01-05}
  money: {status: met, date: 2026-01-05}
  authority: {status: met, date: 2026-02-03}
  application: {status: met, date: 2026-02-03}
  impending_event: {status: met, date: 2026-02-03}
  competition: {status: unknown, date: 2026-02-03}
"""
IN_PROPOSAL = (
    IN_DISCOVERY.replace("  - discovery: 2026-02-02\n", "  - discovery: 2026-02-02\n  - proposal: 2026-02-16\n")
    + """\
  timeline: {status: unknown, date: 2026-02-03}
proposal: {requested: 2026-02-12, presented: 2026-02-17, admin_informed: 2026-02-13}
"""
)


def held(repo, path: str = "deals/acme.yaml") -> dict:
    document, problems = read(path, (repo.root / path).read_bytes())
    assert problems == []
    return document.data
