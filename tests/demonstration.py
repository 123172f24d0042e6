"""Unfolds the demonstration records into a git history: who wrote down what, and when, in eighteen months.

`make demo` writes it into build/demo; the tests read it as the fixture `demo`. Every dated fact of today's records becomes
known on its day or some days later, and what the records no longer show is told in STORIES. Nothing here is left to
chance: the same records give the same commits.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from salesops.checks import check_book
from salesops.edits.yaml_writer import in_brackets
from salesops.store.load import load

HOME = Path(__file__).parents[1]
BEGIN = date(2025, 5, 20)
TODAY = date(2026, 11, 20)
TIDY = date(2026, 1, 12)
"""The day on which closed deals got a folder for their year."""
MARK = "salesops-demonstration"
"""A file in .git of a history that this program wrote, and may therefore replace."""
FINAL = object()
"""In a story: from that day on as the record says today."""

# ── what the records of today no longer show ──────────────────────────────────────────────────────────────────────────

DUPLICATE = """\
title: General Membership for eResearch
member: quill-bay-university
type: new business
tier: general
owner: idris
stages:
  - enrichment: 2025-09-10
source: {channel: webinar, campaign: notebooks-down-under}
"""

BOSQUE = "{name: bosque, url: https://bosque.alerce.fernwater.example, deal: alerce-general, since: 2025-06-09, issue: https://issues.fernwater.example/delivery/114}"

FIRST_OBJECTION = """
    - {about: scope, note: First proposal left out two schools, resolved: false}"""

FIRST_CLAIM = '"Universities that teach data science on notebooks talk to us quickly and sign within two terms."'

RUNNING = {"status": "running", "result": "null", "learning": "null"}

STORIES: dict[str, dict[str, dict[str, Any]]] = {
    # close dates that moved
    "kestrel-valley-general": {
        "expected_close": {"2025-04-08": "2025-05-30", "2025-05-23": "2025-06-13", "2025-06-11": FINAL},
        "value": {"2025-03-17": "{mrr: 500 USD, months: 12}", "2025-08-04": FINAL},
    },
    "skerrow-general": {"expected_close": {"2025-06-17": "2025-07-31", "2025-07-30": FINAL}},
    "quill-bay-general": {"expected_close": {"2025-10-14": "2025-11-14", "2025-11-12": "2025-11-28", "2025-11-25": FINAL}},
    "rivelaine-hydrology": {
        "expected_close": {"2025-11-26": "2026-02-27", "2026-02-12": "2026-03-31", "2026-03-24": FINAL},
        "owner": {"2025-10-14": "idris", "2026-04-20": FINAL},
    },
    "northmere-general": {
        "expected_close": {"2026-03-17": "2026-05-29", "2026-05-20": FINAL},
        "stages.2": {"2026-03-10": "discovery: 2026-03-10", "2026-04-02": FINAL},
    },
    "volta-crest-general": {"expected_close": {"2026-05-19": "2026-09-30", "2026-07-06": FINAL}},
    "owlspruce-general": {"expected_close": {"2026-10-13": "2026-12-18", "2026-10-22": "2027-01-29", "2026-11-17": FINAL}},
    "skerrow-renewal-2026": {
        "expected_close": {"2026-06-22": "2026-08-31", "2026-08-24": "2026-09-30", "2026-10-08": FINAL},
        "next": {"2026-11-16": FINAL},
    },
    "larkspur-general": {
        "expected_close": {
            "2026-04-14": "2026-07-31",
            "2026-07-20": "2026-09-30",
            "2026-09-15": "2026-11-13",
            "2026-10-29": FINAL,
        },
        "value": {"2026-03-16": "{mrr: 900 USD, one_off: 1000 USD, months: 12}", "2026-10-20": FINAL},
        "proposal.presented": {"2026-06-18": "2026-06-18", "2026-10-29": FINAL},
        "proposal.link": {"2026-06-18": "https://drive.fernwater.example/larkspur/proposal-1", "2026-10-29": FINAL},
        "proposal.objections": {"2026-08-06": FIRST_OBJECTION, "2026-11-12": FINAL},
    },
    "aberwen-general": {
        "expected_close": {"2026-07-06": "2026-10-30", "2026-09-08": "2026-11-27", "2026-10-15": FINAL},
        "value": {"2026-06-08": "{mrr: 900 USD, one_off: 750 USD, months: 12}", "2026-09-28": FINAL},
        "title": {"2026-05-11": "General Membership for geotechnics", "2026-09-08": FINAL},
    },
    "calder-hythe-general": {"expected_close": {"2026-07-14": "2026-10-16", "2026-09-29": FINAL}},
    "arrebol-general": {"expected_close": {"2026-06-15": "2026-09-30", "2026-09-10": FINAL}},
    "hohenlind-general": {"value": {"2026-06-08": "{mrr: 1100 EUR, months: 12}", "2026-11-10": FINAL}},
    "redcairn-general": {"expected_close": {"2025-11-17": "2026-02-27", "2026-02-05": FINAL}},
    "maplewick-renewal-2027": {"renewal.intent": {"2026-11-05": FINAL}, "renewal.valued": {"2026-11-05": FINAL}},
    # amounts that grew
    "thornfield-general": {
        "value": {"2025-06-23": "{mrr: 1200 USD, one_off: 3000 USD, months: 12}", "2025-08-19": FINAL},
        "expected_close": {"2025-07-15": "2025-09-12", "2025-09-08": FINAL},
        "maniac_t.authority": {
            "2025-06-25": "{status: unknown, date: 2025-06-25, note: Somebody in the provost's office}",
            "2025-07-22": FINAL,
        },
    },
    "alder-coast-renewal-2026": {
        "value": {"2025-11-17": "{mrr: 1000 USD, months: 12}", "2026-01-20": FINAL},
        "title": {"2025-11-17": "Renewal of General Membership", "2026-01-20": FINAL},
    },
    "quill-bay-renewal-2027": {
        "value": {"2026-08-10": "{mrr: 1250 USD, months: 12}", "2026-09-29": FINAL},
        "title": {"2026-08-10": "Renewal of General Membership", "2026-09-25": FINAL},
    },
    "fjellvik-renewal-2026": {
        "value": {"2026-09-07": "{mrr: 1100 USD, months: 12}", "2026-10-27": FINAL},
        "expected_close": {"2026-09-07": "2026-11-13", "2026-11-09": FINAL},
    },
    "thornfield-renewal-2026": {
        "expected_close": {"2026-06-15": "2026-09-30", "2026-09-21": FINAL},
        "next": {"2026-11-09": FINAL},
    },
    # and the rest
    "alerce-renewal-2026": {"renewal.intent": {"2026-02-12": "unsure", "2026-05-19": FINAL}},
    "marlowe-lake-general": {
        "expected_close": {"2025-11-18": "2026-03-31", "2026-11-17": FINAL},
        "maniac_t.authority": {
            "2025-12-02": "{status: partial, date: 2025-12-02, note: The coordinator recommends}",
            "2026-11-17": FINAL,
        },
        "maniac_t.impending_event": {
            "2025-12-02": "{status: unknown, date: 2025-12-02, note: Depends on the merger}",
            "2026-11-17": FINAL,
        },
        "#.0": {"2026-11-17": FINAL},
        "#.1": {"2026-11-17": FINAL},
    },
    "morrow-plains-general": {
        "next": {
            "2026-09-28": "{action: Find somebody to ring up, due: 2026-10-12, owner: idris}",
            "2026-11-09": "{action: Find out who pays for teaching software, due: 2026-11-18, owner: idris}",
            "2026-11-16": FINAL,
        }
    },
    "alder-coast-university": {"links.0": {"2025-12-01": FINAL}},
    "universidad-del-alerce": {"hubs.0": {"2025-06-09": BOSQUE, "2026-06-30": FINAL}},
    "teaching-led-university": {
        "claim": {"2025-01-02": FIRST_CLAIM, "2026-01-15": FINAL},
        "version": {"2025-01-02": "1", "2026-01-15": FINAL},
        "since": {"2025-01-02": "2025-01-02", "2026-01-15": FINAL},
    },
    "usage-report-first": {
        key: {"2025-10-31": value, "2026-10-01": FINAL} for key, value in RUNNING.items()
    },
    "questions-in-the-invitation": {
        key: {"2025-08-29": value, "2026-03-02": FINAL} for key, value in RUNNING.items()
    },
    "three-prices": {
        key: {"2025-08-29": value, "2026-04-01": FINAL} for key, value in RUNNING.items()
    },
    "booking-link": {
        key: {"2025-09-30": value, "2025-12-15": FINAL} for key, value in RUNNING.items()
    },
}  # fmt: skip

ENDED = {
    "usage-report-first": "Usage report first: done, and too few to settle anything",
    "questions-in-the-invitation": "Questions in the invitation: done, and they help",
    "three-prices": "Three prices: done, and we were wrong",
    "booking-link": "A link to book: given up",
}
"""In which words an experiment ended."""

LATE = {
    ("owlspruce-observatory", "2026-05-04"): 16,
    ("hollin-moor-university", "2025-12-09"): 13,
    ("fjellvik-university", "2025-09-24"): 15,
    ("skerrow-marine-institute", "2026-07-14"): 20,
    ("institut-rivelaine", "2026-03-24"): 9,
    ("northmere-university", "2026-03-10"): 1,
    ("northmere-university", "2026-04-02"): 0,
    ("marlowe-lake-polytechnic", "2026-11-17"): 0,
    ("owlspruce-observatory", "2026-11-17"): 0,
}
"""Days after which somebody wrote down what happened, where the story needs it so."""

PLAYBOOK = {
    "experiments/named-colleague-subject": ("2026-03-02", "idris", "Try a colleague's name in the subject line"),
    "experiments/questions-in-the-invitation": ("2025-08-29", "maren", "Experiment: three questions in the invitation"),
    "experiments/three-prices": ("2025-08-29", "maren", "Experiment: three prices or one"),
    "experiments/booking-link": ("2025-09-30", "idris", "Experiment: a link to book a slot"),
    "experiments/price-on-the-first-call": (
        "2026-11-18",
        "maren",
        "Planned for January: a rough price on the first call",
    ),
    "experiments/usage-report-first": ("2025-10-31", "wanda", "Experiment: usage report before the renewal meeting"),
    "templates/intro@3": ("2025-08-29", "idris", "Introduction with a name, beside the plain one"),
    "targets": ("2026-01-05", "maren", "Targets for the year, and what each of them is for"),
    "removed": ("2025-09-19", "idris", "Quill Bay: opened twice after the same webinar, one goes"),
    "decisions/2026-07-premier-stays-parked": ("2026-07-06", "soren", "Premier stays parked until February"),
    "decisions/2026-01-write-to-those-who-teach": (
        "2026-01-26",
        "maren",
        "Write to those who teach, meet those who pay later",
    ),
    "decisions/2026-05-small-members": (
        "2026-05-11",
        "soren",
        "Small members: count the hours before we count the fee",
    ),
    "decisions/2026-06-those-who-teach-stay": ("2026-06-15", "maren", "Those who teach stay the door"),
    "decisions/2026-10-fewer-conversations": (
        "2026-10-12",
        "maren",
        "Sixteen conversations by introductions, not by mail",
    ),
    "reviews/2026-10-05": ("2026-10-05", "maren", "Weekly review"),
    "reviews/2026-10-19": ("2026-10-19", "maren", "Weekly review"),
    "reviews/2026-10-26": ("2026-10-26", "maren", "Weekly review"),
    "reviews/2026-11-02": ("2026-11-02", "wanda", "Weekly review"),
    "reviews/2026-11-09": ("2026-11-09", "maren", "Weekly review"),
    "reviews/2026-11-16": ("2026-11-16", "maren", "Weekly review"),
    "icp/teaching-led-university": ("2025-01-02", "maren", "Evidence on teaching-led universities"),
    "icp/institute-small-it": ("2025-03-03", "maren", "Evidence on small institutes"),
    "outreach/intro-2": ("2025-06-27", "idris", "What came of the plain introduction"),
    "outreach/intro-3": ("2026-04-03", "idris", "What came of the introduction with a name"),
    "rates": ("2026-01-02", "wanda", "Exchange rate of the quarter"),
    "knowledge": ("2025-11-24", "maren", "What we know, as an answer to a standing question"),
    "process/v4": ("2026-11-18", "soren", "Process v4, from December: the exits ask how we know"),
}
"""When a file of the playbook came, by whom, and in which words; all others were there from the beginning."""

RENAMED = {"northmere-general": ("northmere-teaching", date(2026, 4, 30))}
BRANCHES = (
    ("webinar-follow-up", "idris", date(2025, 9, 22), date(2025, 10, 17)),
    ("autumn-renewals", "wanda", date(2026, 9, 28), date(2026, 10, 16)),
)
SUBJECTS = {
    ("northmere-university", "2026-04-02"): "Northmere: correct the day of the first discovery call",
    ("kestrel-valley-college", "2025-08-04"): "Kestrel Valley: amount as it was signed, 450 a month",
    ("institut-rivelaine", "2026-04-20"): "Rivelaine: Maren takes over from Idris",
    ("marlowe-lake-polytechnic", "2026-11-17"): "Marlowe Lake: they are back, and so are we",
    ("larkspur-university", "2026-11-12"): "Larkspur: registrar wants counsel to read it",
    ("skerrow-marine-institute", "2026-11-16"): "Skerrow: Søren is to call the director",
}

# ── a record as parts, each of which becomes known by itself ──────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Part:
    """A line of a record, with the lines that belong to it, below the heading that it needs."""

    key: tuple[str, ...]
    paragraph: int
    heading: str
    text: str

    @property
    def name(self) -> str:
        return ".".join(self.key)

    @cached_property
    def body(self) -> Any:
        """What stands after the key or the dash, each scalar as text."""
        return in_record(self.text)

    def saying(self, value: str) -> str:
        """The text of this part with another value."""
        if self.text.startswith("  - "):
            return f"  - {value}\n"
        indent = "  " if self.text.startswith("  ") else ""
        return f"{indent}{self.key[-1]}:{'' if value.startswith(chr(10)) else ' '}{value}\n"


def parts_of(text: str) -> list[Part]:
    found: list[Part] = []
    paragraph, heading, top, seen = 0, "", "", defaultdict(int)
    for line in text.splitlines(keepends=True):
        word, _, rest = line.strip().partition(":")
        bare = rest.strip() == "" or rest.strip().startswith("#")
        if not line.strip():
            paragraph += 1
        elif line.startswith("#"):
            found.append(Part(("#", str(seen["#"])), paragraph, "", line))
            seen["#"] += 1
        elif not line.startswith(" ") and bare:
            heading, top = line, word
        elif not line.startswith(" "):
            found.append(Part((word,), paragraph, "", line))
        elif line.startswith("  - "):
            found.append(Part((top, str(seen[top])), paragraph, heading, line))
            seen[top] += 1
        elif line[2] != " ":
            found.append(Part((top, word), paragraph, heading, line))
        else:
            found[-1] = replace(found[-1], text=found[-1].text + line)
    return found


def joined(parts: Iterable[tuple[Part, str | None]]) -> str:
    """The text of a record of which some parts are known."""
    lines: list[str] = []
    paragraph, heading = None, ""
    for part, text in parts:
        if text is None:
            continue
        if paragraph not in (None, part.paragraph):
            lines.append("\n")
        if part.heading != heading:
            lines.append(part.heading)
        lines.append(text)
        paragraph, heading = part.paragraph, part.heading
    return "".join(lines)


@dataclass
class Entry:
    """A record of today: its parts, and where its file is."""

    path: str
    parts: list[Part]

    @property
    def id(self) -> str:
        return Path(self.path).stem

    @property
    def folder(self) -> str:
        return self.path.split("/")[0]

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)

    def value(self, name: str) -> Any:
        part = self.part(name)
        return part.body if part else None

    def under(self, top: str) -> list[Part]:
        return [part for part in self.parts if part.key[0] == top and len(part.key) > 1]


@dataclass(frozen=True)
class Fact:
    """From a day on, a part of a record reads so; None: it is not there."""

    day: date
    record: str
    part: str
    text: str | None
    by: str
    says: str = ""
    weight: int = 0
    clock: str = ""
    """What is written down together: facts of one member are never known out of their order."""


# ── days ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def day(text: Any) -> date:
    return date.fromisoformat(str(text))


def is_day(text: Any) -> bool:
    return isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def draw(*words: object) -> int:
    """A number that looks like chance and is always the same."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, words)).encode()).digest()[:4], "big")


def working(on: date) -> date:
    """The day itself or the next one on which somebody is at work."""
    while on.weekday() > 4 or (on.month, on.day) >= (12, 24) or (on.month, on.day) == (1, 1):
        on += timedelta(1)
    return on


def lag(clock: str, on: date) -> int:
    told = LATE.get((clock, str(on)))
    if told is not None:
        return told
    chance = draw(clock, on) % 100
    return 0 if chance < 52 else 1 if chance < 76 else 2 if chance < 88 else 3 if chance < 95 else 7 + chance * 3 % 14


def known_days(clock: str, days: Iterable[date]) -> dict[date, date]:
    """When each day's facts were written down; later facts never before earlier ones."""
    known: dict[date, date] = {}
    latest = BEGIN
    for on in sorted(set(days)):
        if on > BEGIN:
            latest = max(latest, min(TODAY, working(on + timedelta(lag(clock, on)))))
        known[on] = latest
    return known


# ── what a deal says, and from when on ────────────────────────────────────────────────────────────────────────────────


@dataclass
class Deal(Entry):
    stages: list[tuple[str, date]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stages = [(name, day(on)) for part in self.under("stages") for name, on in [_move(part)]]

    @property
    def begun(self) -> date:
        return self.stages[0][1]

    @property
    def is_renewal(self) -> bool:
        return self.value("type") == "existing business"

    def entered(self, stage: str) -> date | None:
        return next((on for name, on in self.stages if name == stage), None)

    @property
    def closed(self) -> date | None:
        return next((on for name, on in self.stages if is_close(name)), None)

    @property
    def losses(self) -> list[date]:
        return [on for name, on in self.stages if name == "closed lost"]

    def is_shut(self, on: date) -> bool:
        """Whether nothing was to be done any more on a day: it was won or lost, and not opened again."""
        stood = [name for name, entered in self.stages if entered <= on]
        return bool(stood) and is_close(stood[-1])

    def contacts(self, about: str, *kinds: str) -> list[date]:
        """The days of what took place with the other side."""
        return [
            day(entry["date"])
            for part in self.under("activity")
            for entry in [part.body]
            if entry.get("about") == about and entry["kind"] in kinds and entry.get("status", "held") == "held"
        ]

    def owner(self, on: date) -> str:
        story = STORIES.get(self.id, {}).get("owner", {})
        said = [who for since, who in story.items() if day(since) <= on]
        return self.value("owner") if not said or said[-1] is FINAL else str(said[-1])


def _move(part: Part) -> tuple[str, str]:
    return next(iter(part.body.items()))


def is_close(stage: str) -> bool:
    """Whether a stage ends a deal, in the words of any process so far."""
    return stage.startswith(("closed", "inactive")) or stage == "active service"


OWN_DAY = {
    "agreed",
    "requested",
    "presented",
    "admin_informed",
    "service_ended",
    "created",
    "operational",
    "issued",
    "taken_on",
    "health_checked",
}


def day_in_deal(deal: Deal, part: Part) -> date:
    return min(max(_day_in_deal(deal, part), deal.begun), TODAY)


def _day_in_deal(deal: Deal, part: Part) -> date:
    top, last, body = part.key[0], part.key[-1], part.body
    if top == "stages":
        return day(_move(part)[1])
    if top == "activity" and body.get("status") == "scheduled":
        return _before(deal, part)
    if isinstance(body, dict) and ("date" in body or "since" in body):
        return day(body.get("date") or body["since"])
    if top == "loss" and last.isdigit():
        return deal.losses[int(last)]
    if last in OWN_DAY:
        return day(body)
    if found := re.search(r"/(\d{4}-\d\d-\d\d)", part.text):
        return day(found[1])
    return _day_of_need(deal, part)


def _before(deal: Deal, part: Part) -> date:
    earlier = [day(other.body["date"]) for other in deal.under("activity") if int(other.key[1]) < int(part.key[1])]
    return max([deal.begun, *earlier])


def _day_of_need(deal: Deal, part: Part) -> date:
    """For what has no day of its own: the day of the stage or meeting that needs it."""
    top, last = part.key[0], part.key[-1]
    closed = deal.closed or deal.stages[-1][1]
    outreach = deal.entered("outreach") or deal.begun
    talked = min(deal.contacts("renewal", "meeting"), default=closed if deal.closed else deal.begun)
    presented = day(deal.value("proposal.presented") or deal.begun)
    days = {
        "value": deal.begun if deal.is_renewal else outreach,
        "icp": outreach,
        "expected_close": deal.begun if deal.is_renewal else deal.entered("discovery") or deal.stages[-1][1],
        "discovery": min(deal.contacts("discovery", "meeting"), default=deal.entered("discovery")),
        "proposal": presented,
        "contract": closed,
        "win": closed,
        "loss": closed,
        "order": day(deal.value("order.created") or closed),
        "renewal": talked,
    }
    if last == "objections":
        return min([on for on in deal.contacts("proposal", "call", "meeting") if on > presented], default=presented)
    if top == "links":
        return _day_of_link(deal, part, presented)
    return days.get(top) or deal.begun


def _day_of_link(deal: Deal, part: Part, presented: date) -> date:
    kind = part.body["kind"]
    if kind == "decommission request":
        return day(deal.value("contract.service_ended"))
    if kind == "proposal":
        return presented
    if kind == "usage report":
        return day(deal.under("activity")[0].body["date"])
    return deal.entered("discovery") or deal.begun


def versions(entry: Entry, part: Part, since: date) -> dict[date, str | None]:
    """How a part read from which day on: as its story says, or as a mail waits for its answer and a meeting for its day."""
    story = STORIES.get(entry.id, {}).get(part.name)
    if story:
        return {day(on): part.text if value is FINAL else part.saying(value) for on, value in story.items()}
    if part.key[0] == "activity":
        return _versions_of_contact(entry, part, since)
    if part.key[0] == "invoices":
        return _versions_of_invoice(part)
    if part.key[0] == "actions" and part.body.get("done"):
        agreed = {key: value for key, value in part.body.items() if key != "done"}
        return {since: part.saying(in_brackets(agreed)), day(part.body["due"]): part.text}
    if part.key == ("vendor_setup",) and part.body["status"] == "done":
        asked = max(since, day(part.body["date"]) - timedelta(20))
        waiting = part.saying(in_brackets({"status": "pending", "date": str(asked)}))
        return {asked: waiting, day(part.body["date"]): part.text}
    return {since: part.text}


def _versions_of_contact(entry: Entry, part: Part, since: date) -> dict[date, str | None]:
    body = part.body
    if body.get("replied", body["date"]) > body["date"]:
        sent = {key: value for key, value in body.items() if key not in ("opened", "replied", "note")}
        return {since: part.saying(in_brackets(sent)), day(body["replied"]): part.text}
    if (
        body["kind"] == "meeting"
        and body["status"] != "scheduled"
        and "id" not in body
        and draw(entry.id, part.text) % 2
    ):
        planned = {key: value for key, value in body.items() if key not in ("note", "notes")} | {"status": "scheduled"}
        asked = max(_before(entry, part), since - timedelta(18))  # type: ignore[arg-type]
        return {asked: part.saying(in_brackets(planned)), since: part.text} if asked < since else {since: part.text}
    return {since: part.text}


def _versions_of_invoice(part: Part) -> dict[date, str | None]:
    body = part.body
    begun = day(body["prepared"])
    days = sorted({max(begun, day(value)) for key, value in body.items() if key != "month" and is_day(value)})
    found: dict[date, str | None] = {}
    for on in days:
        known = {key: value for key, value in body.items() if key == "month" or _is_known(value, on)}
        lines = in_brackets(known).replace(", prepared:", ",\n     prepared:")
        found[on] = part.saying(lines)
    return found | {days[-1]: part.text}


def _is_known(value: str, on: date) -> bool:
    return day(value) <= on if is_day(value) else value != "null"


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def facts_of_deal(deal: Deal, members: dict[str, Entry]) -> Iterator[Fact]:
    clock = deal.value("member")
    for part in deal.parts:
        before = None
        for on, text in versions(deal, part, day_in_deal(deal, part)).items() if part.key != ("next",) else ():
            by = "pilar" if part.key[0] == "order" else deal.owner(on)
            is_new = before is None or in_record(before) != in_record(text)
            weight, says = words_for_deal(deal, part, on, text) if is_new else (1, "")
            yield Fact(on, deal.path, part.name, text, by, says, weight, clock)
            before = text
    yield from _steps(deal, members[clock])


def with_next(deal: Deal) -> None:
    """A place for the next step in a deal that is closed today and was not always."""
    if deal.part("next") is None:
        found = [part for name in ("source", "expected_close", "value") if (part := deal.part(name))]
        anchor = (found or deal.under("stages")[-1:])[0]
        deal.parts.insert(deal.parts.index(anchor) + 1, Part(("next",), anchor.paragraph, "", "next: {}\n"))


def _steps(deal: Deal, member: Entry) -> Iterator[Fact]:
    """What was to be done next, on every day on which something happened, until the deal was closed."""
    part = deal.part("next")
    assert part
    days = {on for other in deal.parts if _is_worked_on(other) for on in _days(deal, other)}
    final = versions(deal, part, max(days)) if part.body else {}
    closed: dict[date, str | None] = {on: None for name, on in deal.stages if is_close(name)}
    plans = sorted(_plans(deal, member))
    told: dict[date, str | None] = {}
    for on in sorted(on for on in days if on < min(final, default=TODAY) and not deal.is_shut(on)):
        if coming := next(((due, action) for due, action in plans if due > on), None):
            due = max(on + timedelta(1), coming[0] - timedelta(draw(deal.id, *coming) % 5))
            told[on] = part.saying(in_brackets({"action": coming[1], "due": str(due), "owner": deal.owner(on)}))
    for on, text in (told | closed | final).items():
        action = f"next: {text.split('action: ')[1].split(', due')[0]}" if text else ""
        yield Fact(on, deal.path, "next", text, deal.owner(on), action, 5, deal.value("member"))


def _is_worked_on(part: Part) -> bool:
    return part.key[0] not in ("order", "next")


def _days(deal: Deal, part: Part) -> Iterable[date]:
    return versions(deal, part, day_in_deal(deal, part))


MEETINGS = {"discovery": "Discovery meeting", "proposal": "Go through the proposal", "renewal": "Renewal meeting"}


def _plans(deal: Deal, member: Entry) -> Iterator[tuple[date, str]]:
    """What was coming up: everything that we know took place."""
    names = {part.body["id"]: part.body["name"] for part in member.under("contacts")}
    for part in deal.under("activity"):
        entry = part.body
        who = names.get(entry.get("with", [""])[0], "")
        if entry["kind"] == "email":
            yield day(entry["date"]), "Write to them again" if int(part.key[1]) else "Write the first e-mail"
        elif entry["kind"] == "call":
            yield day(entry["date"]), f"Ring up {who or 'our contact'}"
        elif entry["kind"] == "meeting":
            yield day(entry["date"]), MEETINGS.get(entry["about"], "Meeting") + (f" with {who}" if who else "")
    for on in [on for name, on in deal.stages if is_close(name)]:
        yield on, "Get the signature" if deal.part("contract.signed") else "Ask for a plain yes or no"


def facts_of_member(member: Entry, deals: list[Deal], told: list[Fact]) -> Iterator[Fact]:
    begun, by = min(((deal.begun, deal.owner(deal.begun)) for deal in deals), default=(BEGIN, "maren"))
    for part in member.parts:
        on, who = _day_in_member(part, begun, by, told)
        clock = "invoices" if part.key[0] == "invoices" else member.id
        for since, text in versions(member, part, on).items():
            weight, says = words_for_member(part, since, text or "")
            yield Fact(since, member.path, part.name, text, who, says, weight, clock)


def _day_in_member(part: Part, begun: date, by: str, told: list[Fact]) -> tuple[date, str]:
    top, body = part.key[0], part.body
    person = (
        body["id"]
        if top == "contacts"
        else body.get("representative")
        if top == "communities" and len(part.key) > 1
        else None
    )
    if person:
        word = re.compile(rf"\b{re.escape(person)}\b")
        naming = [fact for fact in told if fact.text and word.search(fact.text)]
        return min(((fact.day, fact.by) for fact in naming), default=(begun, by))
    if top == "hubs" and isinstance(body, dict):
        return max(begun, day(body["since"])), "pilar"
    if top == "health":
        return max(begun, day(body["date"])), "pilar"
    if top == "vendor_setup":
        return max(begun, day(body["date"])), "wanda"
    if top == "invoices":
        return max(begun, day(body["prepared"])), "wanda"
    return begun, "pilar" if top == "hubs" else by


def facts_of_playbook(entry: Entry) -> Iterator[Fact]:
    name = entry.path.removeprefix("playbook/").rpartition(".")[0]
    since, by, says = PLAYBOOK.get(name, (str(BEGIN), "maren", ""))
    for part in entry.parts:
        on = day(since)
        if len(part.key) > 1 and part.key[0] in ("evidence", "changelog", "rates", "answers", "results"):
            on = day(part.body["date"])
        for known, text in versions(entry, part, on).items():
            words = _playbook_words(entry, part, known, says)
            who = part.body["owner"] if part.key[0] == "actions" and known > on else by
            yield Fact(known, entry.path, part.name, text, who, words, 50, f"playbook/{who}")


def _first(story: dict[str, Any]) -> date:
    return day(min(story))


def _playbook_words(entry: Entry, part: Part, on: date, says: str) -> str:
    if part.key[0] == "evidence":
        return f"{says}: {in_a_row(first_sentence(part.body['note']))}"
    if entry.id == "teaching-led-university" and on == date(2026, 1, 15):
        return "Teaching-led universities, version 2: three courses and one paying office"
    if part.key[0] == "actions" and on > day(entry.id):
        return f"Done: {in_a_row(first_sentence(part.body['action']))}"
    if part.key[0] in ("status", "result", "learning") and entry.id in ENDED and on > BEGIN:
        return (
            ENDED[entry.id]
            if str(on) in STORIES[entry.id]["status"] and on != _first(STORIES[entry.id]["status"])
            else says
        )
    return says


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

OF_A_KIND = {"university", "universidad", "institut", "institute", "college", "consortium", "observatory", "academy"} | {
    "polytechnic", "state", "marine", "hydrology", "del", "universidade", "universitaet", "instituto", "istituto", "estacion", "marina", "school",
    "schools", "trust", "of", "public", "health", "mines", "dentistry", "music", "design", "natural", "history", "museum", "garden", "botanic",
    "teachers", "womens", "atmospheric", "laboratory", "polar", "field", "station", "genomics", "de",
}  # fmt: skip


def short(member: str) -> str:
    return " ".join(word.capitalize() for word in member.split("-") if word not in OF_A_KIND)


def said(on: date) -> str:
    return f"{on.day} {on:%B}"


def first_sentence(text: str) -> str:
    sentence = re.split(r"(?<=[.!?])\s", text)[0].rstrip(".")
    if len(sentence) <= 60:
        return sentence
    return sentence[:60].rsplit(" ", 1)[0].rstrip(",;: ") + " …"


def in_record(text: str | None) -> Any:
    """What a line of a record says after its key or dash."""
    read = yaml.load(text or "", Loader=yaml.BaseLoader)
    return read[0] if isinstance(read, list) else next(iter(read.values())) if isinstance(read, dict) else read


def in_a_row(sentence: str) -> str:
    """A sentence as it goes on after a comma."""
    return sentence[0].lower() + sentence[1:]


def words_for_deal(deal: Deal, part: Part, on: date, text: str | None) -> tuple[int, str]:
    """How much a fact matters to whoever reads the log, and in which words."""
    top, body = part.key[0], part.body
    if top == "stages":
        return _words_for_move(deal, part)
    if top == "activity":
        return _words_for_contact(body, on, text)
    if top == "parked":
        return 85, f"parked until {said(day(body['until']))} {body['until'][:4]}" if is_day(
            body.get("until")
        ) else "parked"
    if top == "proposal":
        return 42, PROPOSAL.get(part.key[-1], "")
    if top == "order":
        return 60, "hubs are up" if part.key[-1] == "operational" else "order is with delivery"
    if top == "owner":
        return 75, f"{deal.owner(on).capitalize()} has it now" if on > deal.begun else ""
    if top == "value":
        return 45, f"{in_record(text).get('mrr', 'less')} a month is what we expect"
    if top == "expected_close":
        return 70, f"expected to close on {said(day(in_record(text)))}"
    if top == "probability":
        return 45, f"I would say {body['value']}"
    if top == "outlook":
        return 46, f"{body['says']}, I say"
    if part.key[-1] == "service_ended":
        return 55, "service has ended"
    return WORDS.get(top, (1, ""))


PROPOSAL = {
    "requested": "they asked for a price",
    "admin_informed": "contracts know of the price",
    "presented": "price is out",
    "objections": "what they object to",
}
WORDS = {
    "title": (40, "title"),
    "maniac_t": (35, "qualification"),
    "icp": (20, "fit"),
    "discovery": (30, "what they need"),
    "contract": (55, "contract"),
    "renewal": (35, "renewal conversation"),
    "corrections": (90, "correction"),
}


def _words_for_move(deal: Deal, part: Part) -> tuple[int, str]:
    stage = _move(part)[0]
    if part.key[1] == "0" and deal.is_renewal:
        return 100, "time to talk about the next term"
    if part.key[1] == "0":
        return 100, f"new deal, {deal.value('title')}"
    if stage == "closed won":
        return 110, f"signed, {deal.value('contract.mrr')} a month"
    if stage == "closed lost":
        at = deal.losses.index(day(_move(part)[1]))
        return 110, f"lost, {deal.value('loss.reason') or deal.under('loss')[at].body['reason']}"
    if is_close(deal.stages[int(part.key[1]) - 1][0]) and not is_close(stage):
        return 105, f"opened again, {stage}"
    return 90, f"on to {stage}"


def _words_for_contact(body: dict[str, Any], on: date, text: str | None) -> tuple[int, str]:
    about = f"{body['about']} " if body.get("about", "other") != "other" else ""
    if text and "status: scheduled" in text:
        return 50, f"{about}meeting on {said(day(body['date']))}"
    if body.get("replied") == str(on):
        return 72, "they wrote back"
    if body.get("note") and text and "note:" in text:
        return 80, first_sentence(body["note"])
    kind = {"email": "e-mail is out", "call": f"{about}call", "meeting": f"{about}meeting {body.get('status', '')}"}
    return 60, kind.get(body["kind"], body["kind"])


def words_for_member(part: Part, on: date, text: str) -> tuple[int, str]:
    top, body = part.key[0], part.body
    if top == "health":
        return 65, f"health {body['status']}" + (
            f", {in_a_row(first_sentence(body['note']))}" if "note" in body else ""
        )
    if top == "invoices":
        step = next((key for key in reversed(STEPS) if body.get(key) == str(on)), "prepared")
        return 30, f"{day(body['month'] + '-01'):%B} invoice {STEPS[step]}"
    if top == "contacts":
        return 25, f"{body['name']}, {body['role']}"
    if top == "hubs":
        return 58, f"hub {found[1]} is up" if (
            found := re.search(r"name: ([a-z]+)(?!.*until)", text)
        ) else "the hub is switched off"
    return (28, "vendor form") if top == "vendor_setup" else (2, "")


STEPS = {"prepared": "prepared", "sent": "sent", "certified": "certified", "invoiced": "out", "paid": "paid"}


# ── commits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Commit:
    known: date
    by: str
    clock: str
    facts: list[Fact]
    moment: datetime = field(default=datetime.min)
    branch: str = "main"


def commits_of(facts: list[Fact]) -> list[Commit]:
    days = defaultdict(set)
    for fact in facts:
        days[fact.clock].add(fact.day)
    known = {clock: known_days(clock, found) for clock, found in days.items()}
    groups: dict[tuple[date, str, str], list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: fact.day):
        on = max(BEGIN, fact.day) if fact.clock.startswith(("playbook", "move")) else known[fact.clock][fact.day]
        groups[(on, *(("maren", "") if on == BEGIN else (fact.by, fact.clock)))].append(fact)
    made = [Commit(on, by, clock, found) for (on, by, clock), found in groups.items()]
    return sorted(
        together(made),
        key=lambda commit: (
            commit.known,
            not commit.clock.startswith("playbook"),
            commit.by == "pilar",
            draw(commit.clock, commit.known),
            commit.by,
        ),
    )


def together(commits: list[Commit]) -> list[Commit]:
    """What one person writes down on one day goes into one commit now and then."""
    rows: dict[tuple[date, str, str], list[Commit]] = defaultdict(list)
    for commit in commits:
        of_member = commit.clock and not commit.clock.startswith(("playbook", "move", "invoices"))
        joins = of_member and draw(commit.known, commit.by, "together") % 3 == 0
        rows[(commit.known, commit.by, "" if joins else commit.clock or "begin")].append(commit)
    for found in rows.values():
        found[0].facts = [fact for commit in found for fact in commit.facts]
        found[0].clock = "+".join(sorted(commit.clock for commit in found)) if len(found) > 1 else found[0].clock
    return [found[0] for found in rows.values()]


def describe(commit: Commit, entries: dict[str, Entry]) -> str:
    """The message: the most important thing first, the rest below it."""
    if commit.known == BEGIN and not commit.clock:
        return "Begin: the records from the old CRM\n"
    for clock in commit.clock.split("+"):
        for fact in commit.facts:
            if (clock, str(fact.day)) in SUBJECTS:
                return SUBJECTS[(clock, str(fact.day))] + "\n"
    if commit.clock == "invoices":
        return _describe_invoices(commit)
    ranked = sorted(commit.facts, key=lambda fact: -fact.weight)
    lines = list(dict.fromkeys(_line(fact, entries) for fact in ranked if fact.says))
    lines = lines or ["Tidy up"]
    rest = [f"- {line}\n" for line in lines[1:6] if not line.endswith((": fit", ": title")) and ": next: " not in line]
    return "".join([f"{lines[0]}{_late(commit, ranked[0])}\n", *(["\n"] if rest else []), *rest])


def _late(commit: Commit, fact: Fact) -> str:
    is_late = (commit.known - fact.day).days > 6 and fact.weight >= 60
    return f" (on {said(fact.day)}, entered late)" if is_late else ""


def _describe_invoices(commit: Commit) -> str:
    lines = sorted({f"{short(Path(fact.record).stem)}: {fact.says}" for fact in commit.facts})
    if len(lines) == 1:
        return lines[0] + "\n"
    months = dict.fromkeys(fact.says.split()[0] for fact in commit.facts)
    done = {fact.says.split()[-1] for fact in commit.facts}
    steps = [step for step in STEPS.values() if step in done]
    return f"Invoices of {' and '.join(months)}: {', '.join(steps)}\n\n" + "".join(f"- {line}\n" for line in lines)


def _line(fact: Fact, entries: dict[str, Entry]) -> str:
    if fact.clock.startswith(("playbook", "move")):
        return fact.says
    entry = entries[fact.record]
    renewal = " renewal" if isinstance(entry, Deal) and entry.is_renewal else ""
    return f"{short(fact.clock if fact.clock != 'invoices' else entry.id)}{renewal}: {fact.says}"


def with_moments(commits: list[Commit], zone: ZoneInfo) -> None:
    """A time of the working day for each commit, in their order."""
    rows: dict[date, list[Commit]] = defaultdict(list)
    for commit in commits:
        rows[commit.known].append(commit)
    for on, found in rows.items():
        step = 8 * 3600 // len(found)
        for at, commit in enumerate(found):
            seconds = 9 * 3600 + at * step + draw(on, at) % max(step - 60, 1)
            commit.moment = datetime.combine(on, time(), zone) + timedelta(seconds=seconds)


def with_branches(commits: list[Commit]) -> None:
    """Some weeks of one person's work happen on a branch, as far as nobody else touched the same files meanwhile."""
    for name, who, since, until in BRANCHES:
        inside = [commit for commit in commits if since <= commit.known <= until]
        others = {fact.record for commit in inside if not _branches_off(commit, who) for fact in commit.facts}
        for commit in inside:
            if _branches_off(commit, who) and not others & {fact.record for fact in commit.facts}:
                commit.branch = name
        _keep_order(inside, name)


def _keep_order(inside: list[Commit], name: str) -> None:
    """A record of which one commit had to stay on main stays there with all of them."""
    while True:
        stayed = {fact.record for commit in inside if commit.branch == "main" for fact in commit.facts}
        back = [
            commit for commit in inside if commit.branch == name and stayed & {fact.record for fact in commit.facts}
        ]
        if not back:
            return
        for commit in back:
            commit.branch = "main"


def _branches_off(commit: Commit, who: str) -> bool:
    return commit.by == who and not commit.clock.startswith(("playbook", "move", "invoices"))


# ── files over time ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Shelf:
    """What is known of every record so far, and under which path it lies."""

    entries: dict[str, Entry]
    said: dict[str, dict[str, str | None]] = field(default_factory=lambda: defaultdict(dict))
    paths: dict[str, str] = field(default_factory=dict)

    def learn(self, facts: list[Fact]) -> dict[str, str | None]:
        """The files that these facts change: their new text, or None where they are gone."""
        touched = {fact.record for fact in facts}
        before = {path: None for record in touched if (path := self.paths.get(record))}
        for fact in sorted(facts, key=lambda fact: fact.day):
            if fact.part == "path":
                self.paths[fact.record] = fact.text or ""
            else:
                self.said[fact.record][fact.part] = fact.text
        after = {self.paths.get(record) or record: self.text(record) for record in sorted(touched)}
        return before | {path: text or None for path, text in after.items()}

    def text(self, record: str) -> str:
        said = self.said[record]
        return joined((part, said.get(part.name)) for part in self.entries[record].parts)


def paths_over_time(deal: Deal, known: date | None) -> Iterator[Fact]:
    """Where the file of a deal lay: closed ones were moved into the folder of their year, one was called otherwise."""
    member = deal.value("member")
    old, until = RENAMED.get(deal.id, ("", BEGIN))
    if old:
        yield Fact(deal.begun, deal.path, "path", f"deals/{old}.yaml", deal.owner(deal.begun), "", 0, member)
        yield Fact(
            until,
            deal.path,
            "path",
            deal.path,
            "maren",
            f"{short(member)}: call the deal what it has become",
            99,
            f"move/{deal.id}",
        )
    elif deal.path.startswith("deals/2025/"):
        closed = known or TODAY
        tidied = closed <= TIDY
        on = TIDY if tidied else working(closed + timedelta(6))
        by = "wanda" if tidied else deal.owner(on)
        says = (
            "Move the closed deals of 2025 into a folder of their own"
            if tidied
            else f"{short(member)}: off to the closed deals of 2025"
        )
        yield Fact(deal.begun, deal.path, "path", f"deals/{deal.id}.yaml", deal.owner(deal.begun), "", 0, member)
        yield Fact(on, deal.path, "path", deal.path, by, says, 99, "move" if tidied else f"move/{deal.id}")


def duplicate() -> tuple[Entry, list[Fact]]:
    """The deal that was opened twice, and removed with a reason."""
    entry = Deal("deals/quill-bay-eresearch.yaml", parts_of(DUPLICATE))
    clock = entry.value("member")
    came = [
        Fact(entry.begun, entry.path, part.name, part.text, "idris", "new deal for eResearch", 50, clock)
        for part in entry.parts
    ]
    went = [
        Fact(date(2025, 9, 19), entry.path, part.name, None, "idris", "", 0, "playbook/idris") for part in entry.parts
    ]
    return entry, came + went


# ── the history ───────────────────────────────────────────────────────────────────────────────────────────────────────


def read(home: Path) -> dict[str, Entry]:
    """Every file of deals/, members/ and playbook/, by its path."""
    entries: dict[str, Entry] = {}
    for folder in ("deals", "members", "playbook"):
        for file in sorted((home / folder).rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                path, text = file.relative_to(home).as_posix(), file.read_bytes().decode()
                entries[path] = _entry(path, text)
    return entries


def _entry(path: str, text: str) -> Entry:
    parts = parts_of(text) if _has_parts(path) else []
    if joined((part, part.text) for part in parts) != text:
        parts = [Part(("all",), 0, "", text)]
    if not path.startswith("deals/"):
        return Entry(path, parts)
    if parts[0].key == ("all",):
        sys.exit(f"{path} is laid out in a way that tests/demonstration.py cannot take apart")
    deal = Deal(path, parts)
    with_next(deal)
    return deal


def _has_parts(path: str) -> bool:
    return path.startswith(
        (
            "deals/",
            "members/",
            *(f"playbook/{name}" for name in ("icp/", "rates", "experiments/", "knowledge", "outreach/", "reviews/")),
        )
    )


def history(entries: dict[str, Entry]) -> tuple[list[Commit], Shelf]:
    _stories_are_about(entries)
    deals = [entry for entry in entries.values() if isinstance(entry, Deal)]
    members = {entry.id: entry for entry in entries.values() if entry.folder == "members"}
    extra, facts = duplicate()
    told = {deal.id: list(facts_of_deal(deal, members)) for deal in deals}
    for id, member in members.items():
        theirs = [deal for deal in deals if deal.value("member") == id]
        facts += facts_of_member(member, theirs, [fact for deal in theirs for fact in told[deal.id]])
    facts += [fact for found in told.values() for fact in found]
    for entry in entries.values():
        if entry.folder == "playbook":
            facts += facts_of_playbook(entry)
    for deal in deals:
        facts += paths_over_time(deal, _known(deal, facts))
    return commits_of(facts), Shelf(entries | {extra.path: extra})


def _stories_are_about(entries: dict[str, Entry]) -> None:
    ids = {entry.id: entry for entry in entries.values()}
    for id, story in STORIES.items():
        for part in story:
            if id not in ids or not ids[id].part(part):
                sys.exit(f"tests/demonstration.py tells of {part} in {id}, which is not in the records: fix STORIES")


def _known(deal: Deal, facts: list[Fact]) -> date | None:
    clock = deal.value("member")
    return known_days(clock, (fact.day for fact in facts if fact.clock == clock))[deal.closed] if deal.closed else None


def around(home: Path) -> dict[str, str]:
    """What makes a site of the records: mkdocs.yml without the pages that people wrote, and what git is to leave alone."""
    lines = (home / "mkdocs.yml").read_text().splitlines(keepends=True)
    without = [line for line in lines if not _is_of_a_written_page(home, line)]
    return {".gitignore": "/build/\n", "mkdocs.yml": "".join(without)}


def _is_of_a_written_page(home: Path, line: str) -> bool:
    page = line.strip().rpartition(": ")[2]
    is_heading = line.startswith("nav:") or re.fullmatch(r" +- [\w ]+:(?: \[\])?\n", line)
    return bool(is_heading) or (page.endswith(".md") and (home / "site" / page).is_file())


def stream(entries: dict[str, Entry], first: dict[str, str]) -> Iterator[bytes]:
    """The history as git fast-import reads it; ``first`` are files that the first commit brings besides."""
    commits, shelf = history(entries)
    team = yaml.load(entries["playbook/team.yaml"].parts[0].text, Loader=yaml.BaseLoader)
    zone = ZoneInfo(team["time_zone"])
    with_branches(commits)
    with_moments(commits, zone)
    writer = _Writer({id: person["name"] for id, person in team["people"].items()})
    for commit in commits:
        yield from writer.merges_before(commit)
        files = shelf.learn(commit.facts)
        yield writer.commit(commit, describe(commit, shelf.entries), files if writer.marks else {**first, **files})
    yield b"done\n"


@dataclass
class _Writer:
    names: dict[str, str]
    tips: dict[str, int] = field(default_factory=dict)
    changed: dict[str, dict[str, str | None]] = field(default_factory=lambda: defaultdict(dict))
    marks: int = 0

    def commit(self, commit: Commit, message: str, files: dict[str, str | None]) -> bytes:
        parent = self.tips.get(commit.branch) or self.tips.get("main")
        if commit.branch != "main":
            self.changed[commit.branch] |= files
        return self.write(commit.branch, commit.by, commit.moment, message, files, [parent] if parent else [])

    def merges_before(self, commit: Commit) -> Iterator[bytes]:
        """Branches whose weeks are over are merged the next morning on which somebody writes."""
        for name, who, _, until in BRANCHES:
            if name in self.changed and commit.known > until:
                moment = datetime.combine(commit.known, time(8, 40), commit.moment.tzinfo)
                parents = [self.tips["main"], self.tips.pop(name)]
                yield self.write("main", who, moment, f"Merge branch '{name}'\n", self.changed.pop(name), parents)

    def write(
        self, branch: str, by: str, moment: datetime, message: str, files: dict[str, str | None], parents: list[int]
    ) -> bytes:
        self.marks += 1
        self.tips[branch] = self.marks
        name = self.names[by]
        when = f"{int(moment.timestamp())} {moment:%z}"
        who = f"{name} <{by}@fernwater.example> {when}"
        head = [f"commit refs/heads/{branch}", f"mark :{self.marks}", f"author {who}", f"committer {who}"]
        links = [f"{word} :{parent}" for word, parent in zip(("from", "merge"), parents, strict=False)]
        body = [_data(message.encode()), *(f"{link}\n".encode() for link in links), *map(_file, files.items())]
        return "".join(f"{line}\n" for line in head).encode() + b"".join(body) + b"\n"


def _data(raw: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(raw), raw)


def _file(item: tuple[str, str | None]) -> bytes:
    path, text = item
    return f"D {path}\n".encode() if text is None else f"M 100644 inline {path}\n".encode() + _data(text.encode())


# ── onto the disk ─────────────────────────────────────────────────────────────────────────────────────────────────────


def git(root: Path, *words: str, given: bytes = b"") -> None:
    clean = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | clean
    subprocess.run(["git", "-c", "core.autocrlf=false", *words], cwd=root, env=env, input=given, check=True)


def write(target: Path, home: Path = HOME) -> None:
    """The history as a repository at ``target``, in place of an earlier one that was written by this program."""
    if target.is_symlink() or (target.exists() and not (target / ".git" / MARK).is_file()):
        sys.exit(f"{target} is not a demonstration written by this program: move it away, then try again")
    book, problems = load(home)
    if any(problem.is_error for problem in [*problems, *check_book(book, TODAY)]):
        sys.exit("the records have errors, so they have no history to show: see make check")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as room:
        draft = Path(room) / "demo"
        draft.mkdir()
        git(draft, "init", "--quiet", "--initial-branch=main", "--object-format=sha1", "--template=")
        git(draft, "fast-import", "--quiet", "--done", given=b"".join(stream(read(home), around(home))))
        for name, *_ in BRANCHES:
            git(draft, "update-ref", "-d", f"refs/heads/{name}")
        git(draft, "reset", "--quiet", "--hard", "main")
        (draft / ".git" / MARK).write_text("Written by tests/demonstration.py; make demo replaces it.\n")
        if target.exists():
            target.rename(Path(room) / "earlier")
        draft.rename(target)


def main() -> None:
    parser = ArgumentParser(
        description="Write eighteen months of the demonstration, commit by commit, as a git repository."
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=HOME / "build/demo", help="where; build/demo if left out"
    )
    target = parser.parse_args().folder
    try:
        write(target)
    except subprocess.CalledProcessError as fault:
        sys.exit(f"git {fault.cmd[3]} failed: the demonstration is not written")
    except OSError as fault:
        sys.exit(f"the demonstration cannot be written: {fault.filename}: {fault.strerror}")
    shown = os.path.relpath(target)
    program = "salesops" if shutil.which("salesops") else os.path.relpath(Path(sys.executable).parent / "salesops")
    print(f"""\
Eighteen months of Fernwater's records, commit by commit, are in {shown}. Try:

  git -C {shown} log
  {program} -C {shown} history larkspur-general
  {program} -C {shown} metrics sqd --as-of 2026-03-20 --known 2026-03-20
  {program} -C {shown} integrity
  {program} -C {shown} site
""")


if __name__ == "__main__":
    main()
