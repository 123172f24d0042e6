"""Write a repository of any size in the format of salesops, with a git history: ``generate.py OUT --deals N``.

Every deal is a story told from its first day on: each fact carries the day from which it is known, so the file as it
stood on any day is the facts up to it. The same numbers and seed give the same bytes, commit ids included. Every record
passes ``salesops check`` without an error; a few steps are overdue, as in life.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
from base64 import urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import IO, Any

HERE = Path(__file__).resolve().parent.parent
FIRST, LAST = date(2025, 1, 6), date(2026, 11, 16)
"""Deals begin from the first day on, and nothing has happened after the last one."""
AS_OF = "2026-11-20"
"""The day to look at a generated repository."""
SELLERS = ("maren", "idris", "soren")
FRONT = "Alder Birch Cinder Dray Elder Fallow Garnet Hazel Iron Juniper Kestrel Linden Marrow North Osprey Pine Quartz Rowan Sedge Thistle Umber Vesper Willow Yarrow Zinc Ash Bramble Copper Drift Ember Fern Gull Heron Ivory Jasper Kelp Larch Moss Nettle Otter".split()
BACK = "Bay Coast Creek Dale Fell Ford Glen Harbour Haven Heath Hill Hollow Lake Marsh Mere Moor Point Reach Ridge Rock Shore Strand Vale Water Wood".split()
KINDS = (
    ("University", "university"),
    ("Institute", "research institution"),
    ("College", "educational organisation"),
    ("Polytechnic", "university"),
    ("Observatory", "research institution"),
    ("Consortium", "consortium"),
)
PEOPLE = (
    "Åse Ben Chloé Dana Elif Farah Goran Hana Ivo José Kåre Léa Mei Noor Øystein Priya Quinn Ravi Sanna Tomás".split()
)
FAMILIES = "Addo Bergström Castellano Dvořák Eastgate Fontaine Grüning Halvard Imaru Jurić Kovač Lien Müller Nakagome Osgood Pruitt Quesada Rahmani Silva Tolle".split()
ROLES = ("Director of Research Computing", "Dean of Science", "Associate Provost", "Procurement Adviser", "Registrar")
COUNTRIES = ("US", "US", "CA", "GB", "NO", "DE", "FR", "CL", "GH", "NZ")
WORDS = "agreed annex asked backup budget campus classes committee contract counsel course dashboard deadline delayed draft exam faculty federation grades grant images instructor invoice kernels laptop lecture library licence memory migration notebooks office pilot planned policy privacy procurement provost quota registrar renewal request review roster scope semester server storage students support survey teaching term training usage waiting workshop yearly".split()
JOBS = (
    "Teach without local installs",
    "One setup for all courses",
    "Grades arrive without retyping",
    "Share big data sets",
)
NEEDS = ("Campus single sign-on", "Data stays in the country", "Backup of home folders", "Grades pass back")
LETTERS = ("authority", "application", "impending_event", "competition", "timeline")
ORDER = "title member name type tier owner stages kind country ror website contacts vendor_setup communities hubs health invoices parked moved_back reopened renews value expected_close probability source next maniac_t icp discovery renewal proposal activity contract order win loss links waived x".split()
SHORT = {"value", "source", "next", "icp", "probability", "vendor_setup"}
PLAIN = re.compile(r"https?://\S+|[\w][\w .;/@%()+-]*[\w.)%]|\w", re.UNICODE)


class Today(Exception):
    """The story has reached the present."""


@dataclass
class Story:
    """A record as facts, each with the day from which it is known, and the random numbers that it is made with."""

    id: str
    path: str
    random: Random
    day: date
    facts: list[tuple[date, str, Any]] = field(default_factory=list)
    moments: set[date] = field(default_factory=set)

    def say(self, where: str, value: Any, day: date | None = None) -> None:
        """Something is known from a day on; ``where[]`` adds to a list, ``a.b`` lies inside ``a``."""
        self.facts.append((day or self.day, where, value))

    def wait(self, least: int, most: int) -> None:
        """Let some days pass; raises Today where they reach into the future."""
        day = self.day + timedelta(days=self.random.randint(least, most))
        if day > LAST:
            raise Today
        self.day = day

    def move(self, stage: str) -> None:
        """Enter a stage, and have it committed on that day."""
        self.say("stages[]", {stage: self.day})
        self.moments.add(self.day)
        ends = stage.startswith("closed")
        due = self.day + timedelta(days=self.random.randint(3, 20))
        self.say("next", None if ends else {"action": words(self.random, 3, 7), "due": due})

    def known(self, day: date) -> dict[str, Any]:
        """The record as it stood on a day."""
        found: dict[str, Any] = {}
        for since, where, value in self.facts:
            if since <= day:
                *above, name = where.split(".")
                inside = found
                for part in above:
                    inside = inside.setdefault(part, {})
                if name.endswith("[]"):
                    inside.setdefault(name[:-2], []).append(value)
                else:
                    inside[name] = value
        return {key: found[key] for key in ORDER if found.get(key) is not None}

    def versions(self) -> Iterator[tuple[date, bytes]]:
        """The file at each moment, the last one holding everything."""
        in_blocks = self.random.random() < 0.45
        last = max((since for since, _, _ in self.facts), default=self.day)
        for moment in sorted({day for day in self.moments if day < last} | {last}):
            yield moment, in_yaml(self.known(moment), in_blocks).encode()


def words(random: Random, least: int, most: int) -> str:
    """A sentence of a kind; some hold what YAML wants quoted."""
    said = " ".join(random.choices(WORDS, k=random.randint(least, most))).capitalize()
    return f"{said}: {random.choice(WORDS)}" if random.random() < 0.08 else said


def scalar(value: Any) -> str:
    """A value as YAML, in quotes where it must be."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text if PLAIN.fullmatch(text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def flow(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    return scalar(value)


def lines(key: str, value: Any, in_blocks: bool, depth: int = 0) -> Iterator[str]:
    """A key and its value; small mappings in one line each, or every value on its own."""
    head = f"{'  ' * depth}{key}:"
    if isinstance(value, dict) and (in_blocks or (depth == 0 and key not in SHORT)):
        yield head
        for name, inner in value.items():
            yield from lines(name, inner, in_blocks, depth + 1)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield head
        for entry in value:
            if in_blocks and len(entry) > 1:
                for at, (name, inner) in enumerate(entry.items()):
                    yield f"{'  ' * depth}  {' ' if at else '-'} {name}: {flow(inner)}"
            else:
                name, inner = next(iter(entry.items()))
                yield f"{'  ' * depth}  - {flow(entry) if len(entry) > 1 else f'{name}: {flow(inner)}'}"
    else:
        yield f"{head} {flow(value)}"


def in_yaml(record: dict[str, Any], in_blocks: bool) -> str:
    """A record as its file."""
    return "\n".join(line for key, value in record.items() for line in lines(key, value, in_blocks)) + "\n"


def member_id(number: int) -> str:
    """The id of a member by its number, the same whoever asks."""
    front, back, kind, round = _name_parts(number)
    return f"{front}-{back}-{KINDS[kind][0]}{f'-{round}' if round else ''}".lower()


def _name_parts(number: int) -> tuple[str, str, int, int]:
    number, front = divmod(number, len(FRONT))
    number, back = divmod(number, len(BACK))
    round, kind = divmod(number, len(KINDS))
    return FRONT[front], BACK[back], kind, round


def ror(random: Random) -> str:
    """A ROR id whose check digits are right."""
    symbols = "0123456789abcdefghjkmnpqrstvwxyz"
    number = random.randrange(32**6)
    body = "".join(symbols[number >> shift & 31] for shift in range(25, -1, -5))
    return f"https://ror.org/0{body}{98 - number * 100 % 97:02d}"


@dataclass
class Institution:
    """One member, its contacts' ids and the contracts that are still to be renewed."""

    number: int
    story: Story
    currency: str
    contacts: list[str]
    ending: list[tuple[str, date, int]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The member's id."""
        return self.story.id


def institution(number: int, random: Random) -> Institution:
    """A member and who works there."""
    front, back, kind, round = _name_parts(number)
    id = member_id(number)
    story = Story(id, f"members/{id}.yaml", random, FIRST)
    country = random.choice(COUNTRIES)
    story.say("name", f"{front} {back} {KINDS[kind][0]}{f' {round}' if round else ''}")
    story.say("kind", KINDS[kind][1])
    story.say("country", country)
    if random.random() < 0.5:
        story.say("ror", ror(random))
    story.say("website", f"https://www.{id}.example")
    contacts = []
    for at in range(random.randint(1, 3)):
        given, family = random.choice(PEOPLE), random.choice(FAMILIES)
        contacts.append(f"c{at + 1}")
        email = f"c{at + 1}@{id}.example"
        entry = {"id": contacts[-1], "name": f"{given} {family}", "role": random.choice(ROLES), "email": email}
        story.say("contacts[]", {**entry, "decides": True} if at == 0 else entry)
    if random.random() < 0.6:
        story.say("communities[]", {"name": words(random, 2, 3), "users": random.randint(20, 600)})
    return Institution(number, story, "CAD" if country == "CA" else "USD", contacts)


@dataclass
class Deal:
    """The story of a deal and what the tellers share."""

    story: Story
    buyer: Institution
    mrr: int

    def money(self, amount: int) -> str:
        """An amount in the buyer's currency."""
        return f"{amount} {self.buyer.currency}"

    def answer(self, letter: str, *statuses: str) -> None:
        """One answer of the qualification."""
        story, random = self.story, self.story.random
        more: dict[str, Any] = {}
        if letter == "money":
            more = {"amount": self.money(self.mrr * 12)}
        elif letter == "authority":
            more = {"contacts": self.buyer.contacts[:1]}
        elif letter == "impending_event":
            more = {"event": story.day + timedelta(days=random.randint(60, 300))}
        elif letter == "competition":
            more = {"alternatives": ["in-house", "nothing"]}
        status = random.choice(statuses or ("met", "partial"))
        note = words(random, 3, 9)
        story.say(f"maniac_t.{letter}", {"status": status, "date": story.day, "note": note, **more})

    def email(self, replied: bool = False) -> None:
        """A message, and perhaps its answer some days later."""
        story, random = self.story, self.story.random
        entry: dict[str, Any] = {"date": story.day, "kind": "email", "template": random.choice(("intro@2", "intro@3"))}
        if random.random() < 0.3:
            entry["experiment"] = "subject-lines"
        entry["opened"] = replied or random.random() < 0.4
        if replied:
            story.wait(0, 6)
            entry["replied"] = story.day
        story.say("activity[]", entry)

    def meet(self, about: str) -> None:
        """A meeting that was held, or a call."""
        story, random = self.story, self.story.random
        if random.random() < 0.15:
            story.say("activity[]", {"date": story.day, "kind": "meeting", "about": about, "status": "no-show"})
            story.wait(2, 9)
        entry = {"date": story.day, "kind": "meeting", "about": about, "status": "held"}
        with_ = random.sample(self.buyer.contacts, random.randint(1, len(self.buyer.contacts)))
        story.say("activity[]", {**entry, "with": with_, "note": words(random, 4, 14)})

    def chat(self, about: str) -> None:
        """Calls and notes between the meetings."""
        story, random = self.story, self.story.random
        for _ in range(random.randint(0, 3)):
            story.wait(1, 9)
            kind = random.choice(("call", "call", "note", "email"))
            entry: dict[str, Any] = {"date": story.day, "kind": kind, "about": about, "note": words(random, 5, 14)}
            if kind == "call":
                entry["outcome"] = random.choice(("spoke", "spoke", "voicemail", "no answer"))
            story.say("activity[]", entry)

    def park(self) -> None:
        """Keep the deal warm for a while."""
        story, random = self.story, self.story.random
        until = story.day + timedelta(days=random.randint(30, 120))
        story.say("parked[]", {"since": story.day, "until": until, "why": words(random, 3, 8)})
        story.moments.add(story.day)
        story.wait((until - story.day).days, (until - story.day).days + 5)

    def lose(self, reason: str, verdict: str) -> None:
        """Close the deal as lost, with its lesson."""
        story, random = self.story, self.story.random
        again = "never" if random.random() < 0.4 else story.day + timedelta(days=random.randint(90, 500))
        loss = {"reason": reason, "learning": words(random, 8, 18), "verdict": verdict, "reengage": again}
        story.say("loss[]", loss | {"playbook": "none needed"})
        story.move("closed lost")

    def propose(self) -> None:
        """From the question for a price to the offer and what stands against it."""
        story, random = self.story, self.story.random
        story.say("proposal.requested", story.day)
        story.wait(1, 6)
        story.say("proposal.admin_informed", story.day)
        story.move("proposal")
        story.wait(2, 14)
        story.say("proposal.presented", story.day)
        story.say("proposal.template", "general@3")
        story.say("proposal.link", f"https://drive.fernwater.example/{story.id}/proposal")
        for about in random.sample(("price", "scope", "liability", "currency"), random.randint(1, 2)):
            objection = {"about": about, "note": words(random, 4, 10), "resolved": random.random() < 0.7}
            story.say("proposal.objections[]", objection)
        self.meet("proposal")
        self.chat("proposal")

    def win(self) -> None:
        """Sign, hand over, and start to use it."""
        story, random = self.story, self.story.random
        signed, start = story.day, (story.day + timedelta(days=40)).replace(day=1)
        end = start.replace(year=start.year + 1) - timedelta(days=1)
        story.say("contract.signed", signed)
        story.say("contract.start", start)
        if random.random() < 0.95:
            story.say("contract.end", end)
            self.buyer.ending.append((story.id, end, self.mrr))
        else:
            story.say("contract.end", "open")
        story.say("contract.mrr", self.money(self.mrr))
        story.say("contract.one_off", self.money(random.choice((0, 500, 1000, 2000))))
        story.say("contract.why_different", "Settled at the table")
        story.say("contract.entity", "Saltgrove Open Science Foundation")
        story.say("contract.template", "outbound-services@5")
        story.say("contract.agreement", f"https://sign.fernwater.example/a/{story.id}")
        story.say("win", {"learning": words(random, 8, 18), "signals": random.sample(WORDS, 3)})
        story.move("closed won")
        story.wait(1, 9)
        hub = {"name": "teaching", "environment": "Python and R", "authentication": "campus single sign-on"}
        names = random.sample(("teaching", "research", "sandbox"), random.randint(1, 2))
        hubs = [{**hub, "name": name, "storage": "10 GB each"} for name in names]
        state = urlsafe_b64encode(json.dumps({"hubs": hubs}).encode()).decode().rstrip("=")
        story.say("order.configurator", f"https://configure.fernwater.example/?state={state}")
        for each in hubs:
            story.say("order.hubs[]", each)
        story.say("order.created", story.day)
        story.say("order.issues", [f"https://issues.fernwater.example/delivery/{random.randint(100, 9999)}"])
        story.say("order.delivery_owner", "pilar")
        story.wait(14, 45)
        story.say("order.operational", story.day)
        self._serve(names)

    def _serve(self, names: list[str]) -> None:
        """What the member's file learns of a hub in use."""
        deal, member, random = self.story, self.buyer.story, self.story.random
        member.moments.add(deal.day)
        member.say("vendor_setup", {"status": "done", "date": deal.day}, deal.day)
        for name in names:
            url = f"https://{name}.{deal.id}.fernwater.example"
            member.say("hubs[]", {"name": name, "url": url, "deal": deal.id, "since": deal.day}, deal.day)
        seen = deal.day + timedelta(days=90)
        if seen <= LAST:
            status = random.choice(("green", "green", "amber", "red"))
            health = {"date": seen, "status": status, "active_users": random.randint(5, 900)}
            member.say("health[]", {**health, "satisfaction": random.randint(1, 5)}, seen)


def sell(deal: Deal) -> None:
    """New business, from research to a signature or a lesson."""
    story, random = deal.story, deal.story.random
    story.move("enrichment")
    if random.random() < 0.5:
        story.say("activity[]", {"date": story.day, "kind": "note", "note": words(random, 6, 14)})
    story.wait(4, 20)
    deal.answer("need")
    waived = random.random() < 0.02
    if not waived:
        deal.answer("money")
    if random.random() < 0.1:
        story.say("icp", {"hypothesis": "small-it", "version": 1, "fit": False, "note": words(random, 3, 8)})
        return deal.lose("wrong ICP", "icp")
    note = {"note": words(random, 3, 9)} if random.random() < 0.6 else {}
    hypothesis, version = random.choice((("teaching-led", 2), ("teaching-led", 1), ("small-it", 1)))
    story.say("icp", {"hypothesis": hypothesis, "version": version, "fit": True, **note})
    story.wait(0, 14)
    if waived:
        why = words(random, 4, 8)
        waiver = {"need": "maniac_t.money", "stage": "outreach", "by": "maren", "date": story.day, "why": why}
        story.say("waived[]", waiver)
    story.move("outreach")
    if random.random() < 0.3:
        for _ in range(random.randint(3, 5)):
            deal.email()
            story.wait(4, 12)
        deal.lose("unresponsive", random.choice(("icp", "execution")))
        if random.random() > 0.06:
            return None
        story.wait(30, 90)
        story.say("reopened[]", {"date": story.day, "why": words(random, 4, 9)})
        story.move("outreach")
    for _ in range(random.randint(0, 3)):
        deal.email()
        story.wait(3, 10)
    deal.email(replied=True)
    if random.random() < 0.08:
        deal.park()
    story.wait(0, 5)
    story.move("discovery")
    explore(deal)
    if random.random() < 0.25:
        return deal.lose(random.choice(("timing", "feature gap", "competitor")), random.choice(("icp", "execution")))
    deal.propose()
    if random.random() < 0.06:
        story.wait(1, 20)
        story.say("moved_back[]", {"date": story.day, "why": words(random, 5, 10)})
        story.move("discovery")
        deal.chat("discovery")
        deal.meet("discovery")
        story.wait(1, 20)
        story.move("proposal")
    return close(deal)


def explore(deal: Deal) -> None:
    """What discovery finds out."""
    story, random = deal.story, deal.story.random
    story.wait(2, 14)
    deal.meet("discovery")
    for letter in LETTERS[:2]:
        deal.answer(letter)
    for letter in LETTERS[2:]:
        deal.answer(letter, "met", "partial", "unmet", "unknown")
    story.say("discovery.jobs", random.sample(JOBS, random.randint(1, 3)))
    story.say("discovery.requirements", random.sample(NEEDS, random.randint(1, 3)))
    story.say("discovery.notes", f"https://notes.fernwater.example/{story.id}/{story.day}")
    deal.chat("discovery")
    if random.random() < 0.08:
        deal.park()
    if random.random() < 0.3:
        deal.meet("discovery")
    share, why = random.randrange(5, 95, 5), words(random, 4, 9)
    story.say("probability", {"value": f"{share}%", "date": story.day, "why": why})
    story.wait(5, 40)


def renew(deal: Deal) -> None:
    """Existing business: the talk before a term ends."""
    story, random = deal.story, deal.story.random
    story.move("renewals")
    story.wait(5, 20)
    story.say("renewal.health_checked", story.day)
    story.wait(2, 30)
    deal.meet("renewal")
    declined = random.random() < 0.2
    story.say("renewal.intent", "declined" if declined else "confirmed")
    story.say("renewal.expansion", "none" if random.random() < 0.6 else words(random, 3, 7))
    story.say("renewal.valued", words(random, 4, 10))
    story.say("renewal.would_refer", random.random() < 0.7)
    deal.chat("renewal")
    if declined:
        story.wait(1, 30)
        return deal.lose("competitor", "execution")
    deal.propose()
    return close(deal)


def close(deal: Deal) -> None:
    """An offer becomes a signature or a lesson."""
    deal.story.wait(5, 50)
    if deal.story.random.random() < 0.35:
        deal.lose(deal.story.random.choice(("price", "timing", "competitor")), "execution")
    else:
        deal.win()


def begin(story: Story, buyer: Institution, mrr: int, before: str) -> Deal:
    """The keys that every deal starts with."""
    random, deal = story.random, Deal(story, buyer, mrr)
    story.say("title", f"General Membership for {random.choice(WORDS)} {random.choice(WORDS)}")
    story.say("member", buyer.id)
    story.say("type", "existing business" if before else "new business")
    story.say("tier", "general")
    story.say("owner", random.choice(SELLERS))
    one_off = random.choice((0, 500, 1000, 2000))
    story.say("value", {"mrr": deal.money(mrr), "one_off": deal.money(one_off), "months": random.choice((12, 12, 24))})
    story.say("expected_close", story.day + timedelta(days=random.randint(90, 240)))
    if before:
        story.say("renews", before)
    else:
        story.say("source", source_of(buyer, random))
    if random.random() < 0.3:
        story.say("links[]", {"kind": "folder", "url": f"https://drive.fernwater.example/{story.id}"})
    if random.random() < 0.15:
        story.say("x.asana", str(random.randrange(10**10)))
    return deal


def source_of(buyer: Institution, random: Random) -> dict[str, Any]:
    """Where new business came from; referrers are members with a smaller number, which exist."""
    if buyer.number and random.random() < 0.3:
        return {"channel": "referral", "referred_by": member_id(random.randrange(buyer.number))}
    return {"channel": random.choice(("conference", "event", "inbound", "warm intro"))}


def tell(buyer: Institution, number: int, random: Random) -> Story:
    """One deal of a member: a renewal where a term is ending, else new business."""
    latest = LAST - timedelta(days=2)
    ripe = next((term for term in buyer.ending if term[1] - timedelta(days=150) <= latest), None)
    if ripe and random.random() < 0.8:
        buyer.ending.remove(ripe)
        before, end, mrr = ripe
        day = min(end - timedelta(days=random.randint(90, 150)), latest)
        id, folder = f"{buyer.id}-renewal-{number}", "renewals"
    else:
        before, mrr = "", random.randrange(500, 3000, 50)
        day = FIRST + timedelta(days=random.randrange((latest - FIRST).days))
        id, folder = f"{buyer.id}-general-{number}", str(day.year)
    story = Story(id, f"deals/{folder}/{id}.yaml", random, day)
    deal = begin(story, buyer, mrr, before)
    try:
        if before:
            renew(deal)
        elif random.random() < 0.02:
            premier(deal)
        else:
            sell(deal)
    except Today:
        _plan(deal)
    return story


def premier(deal: Deal) -> None:
    """A tier that is not sold yet: the deal is kept warm."""
    story, random = deal.story, deal.story.random
    story.say("tier", "premier")
    story.move("enrichment")
    until = date(2027, 2, 1) if random.random() < 0.8 else max(date(2026, 7, 1), story.day + timedelta(days=60))
    story.say("parked[]", {"since": story.day, "until": until, "why": words(random, 3, 8)})
    deal.answer("need")
    raise Today


def _plan(deal: Deal) -> None:
    """What is next for a deal that is open today; one in twenty-five is late."""
    story, random = deal.story, deal.story.random
    *_, stage = next(reversed([value for _, where, value in story.facts if where == "stages[]"]))
    if stage.startswith("closed"):
        return
    due = LAST + timedelta(days=-random.randint(1, 9) if random.random() < 0.04 else random.randint(5, 40))
    story.say("next", {"action": words(random, 3, 8), "due": due, "owner": random.choice(SELLERS)})
    if random.random() < 0.3:
        day = LAST + timedelta(days=random.randint(5, 30))
        story.say("activity[]", {"date": day, "kind": "meeting", "about": "other", "status": "scheduled"})


CONFIG = """\
site_name: A generated pipeline
docs_dir: site
site_dir: build/html
theme: {name: material, font: false}
plugins: [search, salesops]
markdown_extensions: [admonition, tables, toc]
extra_css: [assets/salesops/salesops.css]
not_in_nav: /records/
"""
ICP = {
    "teaching-led": """\
claim: Universities with three courses on notebooks and one paying office sign within two terms.
version: 2
since: 2025-01-02
predicts: {conversion: outreach-to-discovery, at_least: 40%}
status: testing
changelog:
  - {version: 1, date: 2025-01-02, note: Any university that teaches data science.}
  - {version: 2, date: 2025-01-02, note: Asks for three courses and one paying office.}
""",
    "small-it": """\
claim: Institutes with fewer than three administrators pay to stop running servers.
version: 1
since: 2025-01-02
predicts: {conversion: discovery-to-proposal, at_least: 50%}
status: testing
changelog:
  - {version: 1, date: 2025-01-02, note: First written down.}
""",
}
EXPERIMENT = """\
hypothesis: A named colleague in the subject doubles the replies.
variants: [intro@2, intro@3]
cohort: {stage: outreach, since: 2025-01-06, until: 2026-12-18}
measure: outreach-to-discovery
stop: 20 attempts in each variant
owner: idris
status: running
"""


def frame() -> Iterator[tuple[str, bytes]]:
    """What surrounds the records: a configuration, and the process and the team of this repository."""
    yield "mkdocs.yml", CONFIG.encode()
    yield ".gitignore", b"build/\n"
    for file in (HERE / "playbook/team.yaml", *sorted((HERE / "playbook/process").glob("*.yaml"))):
        yield file.relative_to(HERE).as_posix(), file.read_bytes()
    for id, text in ICP.items():
        yield f"playbook/icp/{id}.yaml", text.encode()
    yield "playbook/experiments/subject-lines.yaml", EXPERIMENT.encode()


def stories(deals: int, seed: int) -> Iterator[Story]:
    """Every member, then its deals, until there are enough of them."""
    told, number = 0, 0
    while told < deals:
        random = Random(f"{seed}/{number}")
        buyer = institution(number, random)
        mine = [
            tell(buyer, at + 1, random) for at in range(min(random.choice((1, 2, 2, 3, 3, 3, 4, 4, 5)), deals - told))
        ]
        yield buyer.story
        yield from mine
        told, number = told + len(mine), number + 1


def write(out: Path, deals: int, commits: int, seed: int) -> None:
    """Write the repository and check out its last commit."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(out)], check=True)
    days = [FIRST + (LAST - FIRST) * (at + 1) / commits for at in range(commits)]
    plan: list[dict[str, int]] = [{} for _ in days]
    importer = subprocess.Popen(["git", "-C", str(out), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    assert importer.stdin
    marks = 0
    for path, content in frame():
        marks += 1
        _blob(importer.stdin, marks, content)
        plan[0][path] = marks
    for story in stories(deals, seed):
        at_last: dict[int, bytes] = {}
        for day, content in story.versions():
            at_last[min(bisect_left(days, day), commits - 1)] = content
        for commit, content in at_last.items():
            marks += 1
            _blob(importer.stdin, marks, content)
            plan[commit][story.path] = marks
    for day, changes in zip(days, plan, strict=True):
        marks += 1
        _commit(importer.stdin, marks, day, changes)
    importer.stdin.close()
    if importer.wait():
        raise SystemExit("git fast-import failed")
    subprocess.run(["git", "-C", str(out), "reset", "-q", "--hard", "main"], check=True)


def _blob(pipe: IO[bytes], mark: int, content: bytes) -> None:
    pipe.write(b"blob\nmark :%d\ndata %d\n%b\n" % (mark, len(content), content))


def _commit(pipe: IO[bytes], mark: int, day: date, changes: dict[str, int]) -> None:
    when = int(datetime.combine(day, datetime.min.time(), UTC).timestamp()) + 9 * 3600
    message = f"{len(changes)} records up to {day}".encode()
    pipe.write(b"commit refs/heads/main\nmark :%d\n" % mark)
    pipe.write(b"committer Generator <generator@fernwater.example> %d +0000\n" % when)
    pipe.write(b"data %d\n%b\n" % (len(message), message))
    for path, blob in changes.items():
        pipe.write(b"M 100644 :%d %b\n" % (blob, path.encode()))


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--deals", type=int, default=1000)
    parser.add_argument("--commits", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--force", action="store_true", help="replace OUT if it was written by this program")
    asked = parser.parse_args()
    if asked.force and (asked.out / ".git").is_dir() and (asked.out / "playbook/icp/small-it.yaml").is_file():
        shutil.rmtree(asked.out)
    if asked.out.exists():
        raise SystemExit(f"{asked.out} exists")
    write(asked.out, asked.deals, max(asked.commits, 1), asked.seed)


if __name__ == "__main__":
    main()
