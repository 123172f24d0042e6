"""Every field of every kind of record, said in one state and altered in the next, with the verdict that the model gives it."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date

import pytest

from salesops.records.kinds import KINDS
from salesops.records.record import Past, past_of

TODAY = date(2026, 11, 20)
SIGNED, NAMED = "past-fact-changed", "past-fact-named"
VERDICTS = {
    Past.FREE: None,
    Past.SIGNED: SIGNED,
    Past.SIGNED_ONCE_CLOSED: SIGNED,
    Past.SIGNED_ONCE_RUNNING: SIGNED,
    Past.SIGNED_ONCE_DONE: SIGNED,
    Past.SIGNED_WHERE_IT_GOES_BACK: SIGNED,
    Past.SIGNED_AFTER_ITS_DAY: SIGNED,
    Past.ENTRIES_SIGNED: SIGNED,
    Past.ENTRIES_SIGNED_ONCE_SENT: SIGNED,
    Past.RATES_SIGNED: SIGNED,
    Past.NEW_VERSION: SIGNED,
    Past.NAMED_ONCE_CLOSED: NAMED,
    Past.LOSSES_NAMED: NAMED,
    Past.ENTRIES_NAMED: NAMED,
    Past.LATE_NAMED: NAMED,
}
OWN = {
    "type": "type-changed",
    "stages": "past-altered",
    "waived": "signature-removed",
    "corrections": "signature-removed",
    "imported": "import-mark-changed",
    "removed": "removal-erased",
}
"""The checks of the fields that have a rule of their own."""
OWN_OF_A_KIND = {"corrections": "correction-erased", "process": "process-changed"}
"""The same where one check looks after all such fields of a kind."""
WORDS_OF_A_PROCESS = {"changelog", "source"}

WAIVER = {"need": "maniac_t.money", "stage": "outreach", "by": "jim", "date": "2025-01-13", "why": "Said so"}
CORRECTION = {"field": "tier", "was": "premier", "by": "jim", "date": "2025-02-01", "why": "Mistyped"}
REMOVAL = {"kind": "deal", "id": "twice", "date": "2026-03-01", "by": "jim", "why": "Entered twice"}
FILED = {**CORRECTION, "kind": "rates", "id": "rates"}
ANSWER = {"question": "ideal-member", "date": "2026-05-01", "answer": "Whoever teaches"}
RATE = {"date": "2026-01-02", "from": "CAD", "to": "USD", "rate": "0.7312"}
LOST = {"reason": "price", "learning": "Too dear", "verdict": "icp", "reengage": "never", "playbook": "none needed"}

# Of each kind a record that has come as far as it can, and for each field what it says in the second state.
RECORDS: dict[str, tuple[str, dict[str, object]]] = {
    "deal": (
        "deals/past.yaml",
        {
            "title": ("General", "Standard"),
            "member": ("cascadia-university", "other"),
            "type": ("new business", "existing business"),
            "tier": ("general", "premier"),
            "owner": ("jim", "april"),
            "team": (["april"], ["jim"]),
            "priority": ("hot", "low"),
            "decision": ({"go": "true", "date": "2025-01-09"}, {"go": "false", "date": "2025-01-09"}),
            "effort": ("Two weeks", "Three weeks"),
            "value_proposition": ("A term begins on day one", "No more installing"),
            "agreed": ("2025-02-28", "2025-03-01"),
            "paid_first": ("true", "false"),
            "stages": (
                [{"enrichment": "2025-01-06"}, {"outreach": "2025-01-13"}, {"closed lost": "2025-03-10"}],
                [{"enrichment": "2025-01-06"}, {"outreach": "2025-01-14"}, {"closed lost": "2025-03-10"}],
            ),
            "value": ({"mrr": "1000 USD"}, {"mrr": "2000 USD"}),
            "expected_close": ("2025-04-01", "2025-05-01"),
            "probability": (
                {"value": "60%", "date": "2025-01-20", "why": "Hope"},
                {"value": "70%", "date": "2025-01-20", "why": "Hope"},
            ),
            "outlook": (
                [{"date": "2025-01-20", "says": "commit"}],
                [{"date": "2025-01-20", "says": "best case"}],
            ),
            "source": ({"channel": "referral"}, {"channel": "conference"}),
            "next": ({"action": "Call", "due": "2027-01-01"}, {"action": "Write", "due": "2027-01-01"}),
            "parked": (
                [{"since": "2025-01-20", "until": "2025-02-01", "why": "Grant"}],
                [{"since": "2025-01-20", "until": "2025-02-15", "why": "Grant"}],
            ),
            "maniac_t": (
                {"need": {"status": "met", "date": "2025-01-08", "note": "Server died"}},
                {"need": {"status": "partial", "date": "2025-01-08", "note": "Server died"}},
            ),
            "icp": ({"hypothesis": "teaching-led", "fit": "true"}, {"hypothesis": "teaching-led", "fit": "false"}),
            "discovery": ({"jobs": ["Teach"]}, {"jobs": ["Teach", "Research"]}),
            "activity": (
                [{"date": "2025-01-15", "kind": "call", "outcome": "spoke"}],
                [{"date": "2025-01-15", "kind": "call", "outcome": "no answer"}],
            ),
            "proposal": ({"requested": "2025-02-03"}, {"requested": "2025-02-04"}),
            "contract": ({"signed": "2025-03-10", "mrr": "1650 CAD"}, {"signed": "2025-03-10", "mrr": "1700 CAD"}),
            "order": ({"created": "2025-03-12"}, {"created": "2025-03-13"}),
            "win": ({"learning": "The course"}, {"learning": "The dean"}),
            "loss": (LOST, {**LOST, "reason": "timing"}),
            "renewal": ({"intent": "confirmed"}, {"intent": "unsure"}),
            "renews": ("cascadia-2025", "other-deal"),
            "reopened": ([{"date": "2025-02-01", "why": "New budget"}], []),
            "moved_back": ([{"date": "2025-02-01", "why": "No budget"}], []),
            "learned": (
                [{"stage": "enrichment", "date": "2025-01-08", "note": "They teach"}],
                [{"stage": "outreach", "date": "2025-01-08", "note": "They teach"}],
            ),
            "links": ([{"kind": "folder", "url": "https://d.example/a"}], []),
            "waived": ([WAIVER], []),
            "corrections": ([CORRECTION], []),
            "imported": ({"from": "old-crm", "date": "2025-02-01"}, None),
            "x": ({"vpat": "done"}, {"vpat": "open"}),
        },
    ),
    "member": (
        "members/past-university.yaml",
        {
            "name": ("Past University", "Past College"),
            "kind": ("university", "other"),
            "country": ("US", "CA"),
            "ror": ("https://ror.org/03rmrcq20", None),
            "website": ("https://a.example", "https://b.example"),
            "address": ("1 Campus Way, Bellingham", "2 Campus Way, Bellingham"),
            "billing_address": ("PO Box 12, Bellingham", "PO Box 13, Bellingham"),
            "contacts": ([{"id": "a-smith", "role": "Dean"}], [{"id": "a-smith", "role": "Provost"}]),
            "vendor_setup": ({"status": "done", "date": "2025-03-02"}, {"status": "pending", "date": "2025-03-02"}),
            "communities": ([{"name": "Teaching"}], [{"name": "Research"}]),
            "hubs": ([{"name": "teaching"}], [{"name": "research"}]),
            "health": ([{"date": "2026-05-01", "status": "green"}], [{"date": "2026-05-01", "status": "red"}]),
            "invoices": (
                [{"month": "2026-05", "prepared": "2026-06-01", "sent": "2026-06-01"}],
                [{"month": "2026-05", "prepared": "2026-06-01", "sent": "2026-06-09"}],
            ),
            "links": ([], [{"kind": "folder", "url": "https://d.example/a"}]),
            "x": ({"a": "b"}, {"a": "c"}),
        },
    ),
    "team": (
        "playbook/team.yaml",
        {
            "organisation": ("Us", "We"),
            "time_zone": ("America/Vancouver", "Europe/Berlin"),
            "currency": ("USD", "CAD"),
            "repository": ("https://github.com/a/b", "https://github.com/a/c"),
            "github": ("a", "b"),
            "people": (
                {"jim": {"name": "Jim"}, "april": {"name": "April"}},
                {"jim": {"name": "James"}, "april": {"name": "April"}},
            ),
            "member_kinds": (["museum"], ["museum", "library"]),
            "numbers": ({"enough": 10}, {"enough": 5}),
            "review": ({"owner": "jim"}, {"owner": "april"}),
            "address": ("12 Harbour Street, Portland", "14 Harbour Street, Portland"),
            "sponsor": ({"name": "The Sponsor"}, {"name": "Another Sponsor"}),
            "delivery": ({"labels": ["hub"]}, {"labels": ["deployment"]}),
            "public": ({"title": "How we sell"}, {"title": "How we sell", "numbers": ["sqd"]}),
        },
    ),
    "icp": (
        "playbook/icp/past.yaml",
        {
            "claim": ("They buy.", "They rent."),
            "version": ("1", "2"),
            "since": ("2025-01-01", "2025-01-02"),
            "predicts": (
                {"conversion": "outreach-to-discovery", "at_least": "30%"},
                {"conversion": "outreach-to-discovery", "at_least": "20%"},
            ),
            "when": ([{"field": "maniac_t.need", "is": "met"}], [{"field": "maniac_t.money", "is": "met"}]),
            "status": ("testing", "supported"),
            "evidence": ([], [{"date": "2026-03-01", "note": "4 of 9"}]),
            "changelog": ([], [{"version": "1", "date": "2025-01-01", "note": "First"}]),
        },
    ),
    "experiment": (
        "playbook/experiments/past.yaml",
        {
            "hypothesis": ("Names help.", "Names hurt."),
            "variants": (["plain", "named"], ["plain"]),
            "cohort": ({"stage": "outreach", "since": "2026-01-15"}, {"stage": "outreach", "since": "2026-02-15"}),
            "measure": ("outreach-to-discovery", "win-rate"),
            "stop": ("20 attempts", "10 attempts"),
            "owner": ("jim", "april"),
            "status": ("done", "running"),
            "result": ("It helped", "It hurt"),
            "learning": ("Use names", "Ask names"),
        },
    ),
    "decision": (
        "playbook/decisions/past.yaml",
        {
            "date": ("2026-04-06", "2026-04-07"),
            "answers": ("outreach-broken", "discovery-broken"),
            "verdict": ("hold", "pivot"),
            "why": ("Too early", "Too late"),
            "until": ("2026-06-01", "2026-07-01"),
        },
    ),
    "review": (
        "playbook/reviews/2026-11-16.yaml",
        {
            "owner": ("jim", "april"),
            "attended": (["jim"], ["jim", "april"]),
            "attendance": ([{"person": "jim", "role": "required"}], [{"person": "jim", "role": "optional"}]),
            "commit": ("abc1234", "abc1235"),
            "notes": ("Quiet", "Loud"),
            "experiments": (["subject-lines"], []),
            "actions": ([{"action": "Call", "owner": "jim"}], []),
            "links": ([], [{"kind": "folder", "url": "https://d.example/a"}]),
        },
    ),
    "targets": (
        "playbook/targets.yaml",
        {
            "targets": (
                [{"id": "twelve", "metric": "sqd", "at_least": "12", "by": "2026-12-31"}],
                [{"id": "twelve", "metric": "sqd", "at_least": "10", "by": "2026-12-31"}],
            )
        },
    ),
    "knowledge": ("playbook/knowledge.yaml", {"answers": ([ANSWER], [{**ANSWER, "answer": "Whoever teaches online"}])}),
    "removed": ("playbook/removed.yaml", {"removed": ([REMOVAL], [])}),
    "rates": ("playbook/rates.yaml", {"rates": ([RATE], [{**RATE, "rate": "0.8"}])}),
    "corrections": ("playbook/corrections.yaml", {"corrections": ([FILED], [])}),
    "prices": (
        "playbook/prices/2025.yaml",
        {
            "since": ("2025-01-01", "2025-02-01"),
            "fees": ({"general": "1000 USD"}, {"general": "900 USD"}),
            "usage": ([{"to": "10", "fee": "10.00 USD"}], [{"to": "10", "fee": "9.00 USD"}]),
            "note": ("Dearer", "A little dearer"),
        },
    ),
    "outreach": (
        "playbook/outreach/intro-2.yaml",
        {
            "message": ("intro@2", "intro@3"),
            "results": ([{"date": "2026-03-02", "sent": "40"}], [{"date": "2026-03-02", "sent": "30"}]),
            "note": ("To deans", "To all deans"),
        },
    ),
    "process": (
        "playbook/process/v4.yaml",  # moves of the sound won deal were made under it
        {
            "version": ("v4", "v5"),
            "in_force": ("2025-02-01", "2025-02-15"),
            "changelog": ("Less.", "Fewer."),
            "from": ("v3", "v2"),
            "without": (["stages.discovery.probability"], []),
            "source": ("Handbook", "The handbook"),
            "tiers": (
                {"general": {"name": "General", "max_hubs": "3"}},
                {"general": {"name": "General", "max_hubs": "4"}},
            ),
            "starts": ({"new business": "enrichment"}, {"new business": "outreach"}),
            "stages": (
                {"proposal": {"title": "Price", "stale_after": "30"}},
                {"proposal": {"title": "Price", "stale_after": "60"}},
            ),
            "answers_valid": ("180", "90"),
            "conversions": (
                [{"id": "won", "from": "proposal", "to": "closed won"}],
                [{"id": "won", "from": "discovery", "to": "closed won"}],
            ),
            "red_lines": (
                [{"id": "no-wins", "metric": "won", "below": "1%", "after": "10", "means": "Too dear"}],
                [{"id": "no-wins", "metric": "won", "below": "1%", "after": "20", "means": "Too dear"}],
            ),
            "becomes": ({"waiting": "outreach"}, {"waiting": "discovery"}),
            "path": (
                {"new business": ["enrichment", "outreach", "discovery", "proposal", "closed won"]},
                {"new business": ["enrichment", "outreach", "proposal", "discovery", "closed won"]},
            ),
            "fields": ({"x.vpat": {"type": "link"}}, {"x.vpat": {"type": "text"}}),
        },
    ),
}
FIELDS = [
    pytest.param(kind, name, id=f"{kind}.{name}")
    for kind in KINDS
    for name in (field.alias or name for name, field in KINDS[kind].model.model_fields.items())
]


def as_yaml(record: dict[str, object]) -> str:
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in record.items() if value is not None)


def verdict(kind: str, name: str) -> str | None:
    """The code that has to be found where this field was altered; None where it is free."""
    field = next(field for own, field in KINDS[kind].model.model_fields.items() if (field.alias or own) == name)
    past = past_of(field)
    if past is not Past.OWN_RULE:
        return VERDICTS[past]
    if kind == "process" and name in WORDS_OF_A_PROCESS:
        return None
    return OWN_OF_A_KIND.get(kind) or OWN[name]


def older_versions(text: str) -> dict[str, str]:
    """What the process of RECORDS may build on: the sound version as it is, and one with another rule."""
    other = text.replace("version: v3", "version: v2").replace("in_force: 2025", "in_force: 2024")
    return {"playbook/process/v2.yaml": other.replace("at_least: 1", "at_least: 2")}


def two_states(kind: str, name: str) -> tuple[str, str, str]:
    """The file of a record, and what it says before and after one of its fields was altered."""
    path, fields = RECORDS[kind]
    assert name in fields, f"say in RECORDS of tests/altering.py what {kind}.{name} says before and after"
    before = {key: deepcopy(pair[0]) for key, pair in fields.items()}
    return path, as_yaml(before), as_yaml({**before, name: fields[name][1]})
