"""A deal: one attempt to win or renew one membership (``reference/fields#deal``)."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from salesops.records.as_written import GAP
from salesops.records.contract import Contract, Order
from salesops.records.money import Money
from salesops.records.qualification import Fit, Qualification
from salesops.records.record import Entries, Past, Record, free, given, many, maybe
from salesops.records.scalars import (
    Amount,
    Day,
    DayOrPeriod,
    Happened,
    Id,
    Own,
    Percent,
    Text,
    Url,
    Whole,
    YesNo,
    day,
    day_or_period,
    refuse,
)

Date = date  # inside a record that has a field of this name, the field hides the type

NEW, EXISTING = "new business", "existing business"
MAX_MOVES = 2_000
UNRECORDED = "unrecorded"
"""What a renewal renews where the older contract has no record."""
NEVER = "never"
"""Said instead of a day on which to try again."""
MONTHS_A_TERM = 12

DealType = Literal["new business", "existing business"]
ActivityKind = Literal["email", "call", "meeting", "event", "note"]
MeetingAbout = Literal["discovery", "proposal", "renewal", "other"]
MeetingStatus = Literal["held", "scheduled", "cancelled", "no-show"]
CallOutcome = Literal["spoke", "voicemail", "no answer"]
LinkStatus = Literal["draft", "sent", "accepted", "executed", "archived"]
Priority = Literal["hot", "normal", "low"]
Saying = Literal["commit", "best case", "open"]


class Move(NamedTuple):
    """One line of ``stages``: the deal entered ``stage`` on the day ``entered``."""

    stage: str
    entered: date


_NO_COLON = re.compile(r"(\S.*?)\s+(\d{4}-\d{2}-\d{2})")


def _meant(value: object) -> str:
    """The line of a move in the words that stand there; what they do not say is left open."""
    words = value.strip() if isinstance(value, str) else ""
    stage, day = found.groups() if (found := _NO_COLON.fullmatch(words)) else (words or GAP, GAP)
    return f"- {stage}: {day}"


def _move(value: object) -> Move:
    """A stage and the day on which the deal entered it: enrichment: 2026-01-05."""
    if not isinstance(value, dict):
        refuse(
            "move-unreadable",
            "a move is expected here: a stage and its day",
            "write one line a move",
            _meant(value),
        )
    if len(value) != 1:
        found = f"{len(value)} stages" if value else "no day"
        refuse(
            "move-unreadable",
            f"{found} in one line",
            "one line, one move: a stage and the day on which the deal entered it",
        )
    ((stage, entered),) = value.items()
    try:
        return Move(stage, day(entered))
    except PydanticCustomError as fault:
        raise PydanticCustomError(fault.type, fault.message_template, {**(fault.context or {}), "at": stage}) from None


def day_or_never(value: object) -> date | str:
    """A day, a month or a quarter of which the first day is meant: 2026-07-01, 2026-07, 2026Q3; or the word never."""
    return NEVER if value == NEVER else day_or_period(value, NEVER)


MoveLine = Annotated[
    Move,
    PlainValidator(_move),
    WithJsonSchema(
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": {"type": "string", "format": "date"},
        }
    ),
]
DayOrNever = Annotated[date | str, PlainValidator(day_or_never), WithJsonSchema({"type": "string"})]


class Value(Record):
    """What the deal is expected to bring."""

    mrr: Amount | None = maybe("Expected recurring revenue, money a month.", "1250 USD")
    one_off: Amount | None = maybe("Expected one-off revenue, such as set-up.", "2000 USD")
    months: Whole | None = maybe(f"Length of the term in months; default: {MONTHS_A_TERM}.", "12")

    @property
    def amounts(self) -> list[Money]:
        """The value of the whole term: the recurring part times the months, and what comes once."""
        recurring = [self.mrr.times(MONTHS_A_TERM if self.months is None else self.months)] if self.mrr else []
        return recurring + ([self.one_off] if self.one_off else [])

    def differs(self, contract: Contract) -> list[tuple[str, str]]:
        """Where a contract is another than what was expected: its field, and the two of them. What only the contract says is no difference, nor a missing part of one without any amount."""
        sides = [
            ("mrr", self.mrr, contract.mrr, " a month"),
            ("one_off", self.one_off, contract.one_off, " one-off"),
            ("end", self.months, contract.months, " months"),
        ]
        is_priced = contract.mrr is not None or contract.one_off is not None
        return [
            (place, f"{'nothing' if is_now is None else is_now}{unit} in the contract, and {was}{unit} expected")
            for place, was, is_now, unit in sides
            if was is not None and was != is_now and (is_now is not None or (is_priced and place != "end"))
        ]


class Probability(Record):
    """A person's own estimate in place of the measured one; always with a day and a reason."""

    value: Percent = given("How likely the win is, a percentage.", "60%")
    date: Happened = given("The day of the estimate.", "2026-03-05")
    why: Text = given("The reason.", "Dean agreed in principle")


class Outlook(Record):
    """What somebody says will come of the deal, on a day: it stays, and is held against what came (``reference/definitions#forecasts``)."""

    date: Happened = given("The day on which it was said.", "2026-03-05")
    says: Saying = given(
        "What is said: commit, it will be won on its day; best case, if all goes well; open, neither any more.",
        "commit",
        "best case",
        "open",
    )
    by: Id | None = maybe("Who said it: a person of the team; default: the deal's owner.", "jim")
    why: Text | None = maybe("The reason.", "The order is on the provost's desk")


class Source(Record):
    """Where the prospect came from (Sales Operations, Leads)."""

    channel: Text | None = maybe("The channel, in the team's words.", "referral", "conference")
    referred_by: Id | None = maybe("The member that referred the prospect, by its id.", "northern-institute")
    campaign: Id | None = maybe("The campaign, by its short name.", "jupytercon-2025")


class NextStep(Record):
    """The next thing to do (Sales Sync, WHY: the status of a deal is known before the meeting)."""

    action: Text = given("What will be done.", "Send revised agreement")
    due: Day = given("By which day.", "2026-03-20")
    owner: Id | None = maybe("Who does it, a person of the team; default: the deal's owner.", "jim")


class GoDecision(Record):
    """Whether the deal is worth working on: in scope, and likely to work (Sales and invoicing process, When to decide to work with a lead)."""

    go: YesNo = given("Whether the team works on it.", "true")
    date: Happened = given("The day of the decision.", "2026-02-09")
    by: Id | None = maybe("Who decided: a person of the team.", "jim")
    why: Text | None = maybe("The reason.", "In scope, and the images exist")


class Parked(Record):
    """A span in which the deal is kept warm: not lost, its stage stays (``reference/definitions#parked``)."""

    since: Happened = given("First day of the span.", "2026-01-10")
    until: DayOrPeriod | None = maybe(
        "The day on which the deal comes back, or the month or quarter that begins with it; left out: no return date.",
        "2026-07-01",
        "2026-07",
        "2026Q3",
    )
    why: Text = given("What it waits for.", "Waiting for the grant result")

    def covers(self, day: date) -> bool:
        """Whether the deal is parked on this day; on ``until`` itself it is back."""
        return self.since <= day and (self.until is None or day < self.until)


class Imported(Record):
    """Where a deal came from whose first moves were made elsewhere, under rules that are not the process's (``reference/records#imported``)."""

    from_: Text = given("The file that it came from.", "opportunities.csv", key="from")
    date: Day = given("The day of the import; the moves up to it came with the deal.", "2026-11-21")

    def brought(self, move: Move) -> bool:
        """Whether a move came with the deal."""
        return move.entered <= self.date


class Discovery(Record):
    """What the discovery calls found (Sales Operations Overview (2025), Discovery)."""

    jobs: tuple[Text, ...] = many(
        "Jobs to be done, in the prospect's words.", "Teach 300 students without local installs"
    )
    requirements: tuple[Text, ...] = many("Technical requirements.", "Institutional single sign-on")
    notes: Url | None = maybe("A link to the notes.", "https://…")


class Activity(Record):
    """Something that happened with the other side; the newest last."""

    date: Happened = given("The day.", "2026-02-02")
    kind: ActivityKind = given("What it was.", "email", "call", "meeting", "event", "note")
    about: MeetingAbout | None = maybe("What a meeting was about.", "discovery", "proposal", "renewal", "other")
    status: MeetingStatus | None = maybe("Whether a meeting took place.", "held", "scheduled", "cancelled", "no-show")
    outcome: CallOutcome | None = maybe("What came of a call.", "spoke", "voicemail", "no answer")
    channel: Text | None = maybe("How it reached them, in the team's words.", "warm intro", "conference")
    id: Id | None = maybe("The same id on several deals makes it one meeting.", "2026-02-consortium")
    with_: tuple[Id, ...] = many("Who was there, by their contact ids on the member.", "a-smith", key="with")
    template: Text | None = maybe("The message template and its version.", "intro@2")
    experiment: Id | None = maybe("The experiment that this message is part of.", "subject-lines")
    variant: Text | None = maybe("The variant of the experiment.", "named")
    bounced: YesNo | None = maybe("Whether the e-mail came back undelivered.", "true")
    opened: YesNo | None = maybe("Whether the e-mail was opened.", "true")
    replied: Happened | None = maybe("The day of the reply.", "2026-01-22")
    note: Text | None = maybe("What was said, in a sentence.")
    notes: Url | None = maybe("A link to the notes.", "https://…")

    @property
    def is_planned(self) -> bool:
        """Whether it is a meeting that is still to come."""
        return self.status == "scheduled"

    @property
    def contact(self) -> Date | None:
        """The day of a real contact: a held meeting, a call in which they spoke, or the answer to an e-mail or a message left (``reference/definitions#stalled``)."""
        if (self.kind == "call" and self.outcome == "spoke") or self.is_held_meeting:
            return self.date
        return self.replied

    @property
    def is_touch(self) -> bool:
        """Whether it is an attempt of ours to reach them: an e-mail that arrived, or a call."""
        return self.kind == "call" or (self.kind == "email" and not self.bounced)

    @property
    def is_held_meeting(self) -> bool:
        """Whether it is a meeting that took place."""
        return self.kind == "meeting" and self.status == "held"


class Objection(Record):
    """An objection to the proposal and how it was met (Sales Operations Overview (2025), Proposal)."""

    about: Text = given("What it is about.", "price")
    note: Text | None = maybe("What was said.")
    resolved: YesNo | None = maybe("Whether it was overcome.", "true")


class Proposal(Record):
    """The offer (Sales Operations Overview (2025), Proposal)."""

    requested: Happened | None = maybe("The day on which the prospect asked for a price.", "2026-02-20")
    presented: Happened | None = maybe("The day on which the proposal was presented.", "2026-03-02")
    template: Text | None = maybe("The proposal template and its version.", "general@3")
    link: Url | None = maybe("A link to the proposal.", "https://…")
    admin_informed: Happened | None = maybe(
        "The day on which contracts and administration were informed of the quoted price.", "2026-02-21"
    )
    objections: tuple[Objection, ...] = many(
        "The objections to it.", entries=Entries(("about",), may_repeat=True, called="objection on")
    )


class Win(Record):
    """What led to the win (Sales Operations Overview (2025), Closed Won)."""

    learning: Text | None = maybe("What the team learned.")
    signals: tuple[Text, ...] = many("The ICP signals and approaches that led to it.")


class Loss(Record):
    """Why the deal was lost and what follows (Sales Operations Overview (2025), Closed Lost)."""

    reason: Literal["price", "timing", "competitor", "feature gap", "wrong ICP", "unresponsive", "other"] | None = (
        maybe("The specific reason.", "price", "timing", "feature gap")
    )
    learning: Text | None = maybe("What the team learned.")
    verdict: Literal["icp", "execution"] | None = maybe("Was the ICP wrong, or the execution poor?", "icp", "execution")
    reengage: DayOrNever | None = maybe(
        "The day to try again, or the month or quarter that begins with it; or never.", "2027-01-15", "2027Q1", "never"
    )
    playbook: Text | None = maybe("The change to the playbook, or why none is needed.", "none needed")


def _listed(value: object) -> object:
    """One loss is a list of one."""
    return [value] if isinstance(value, dict) else value


Losses = Annotated[tuple[Loss, ...], BeforeValidator(_listed, json_schema_input_type=Loss | tuple[Loss, ...])]


class Renewal(Record):
    """What the renewal conversation found (Sales Operations Overview (2025), Renewals)."""

    health_checked: Happened | None = maybe("The day of the health check.", "2026-02-01")
    intent: Literal["confirmed", "unsure", "declined"] | None = maybe(
        "Whether the member means to renew.", "confirmed", "unsure", "declined"
    )
    expansion: Text | None = maybe("What could grow; 'none' if nothing.", "none")
    valued: Text | None = maybe("What the member values most.")
    would_refer: YesNo | None = maybe("Whether the member would refer others.", "true")


class Reason(Record):
    """A dated reason for a move that the process does not foresee."""

    date: Happened = given("The day of the move.", "2026-06-01")
    why: Text = given("The reason.", "A new dean restarted the talks")


class Learned(Record):
    """What the team learned in a stage: the answer to the stage's question."""

    stage: Text = given("The stage.", "discovery")
    date: Happened = given("The day.", "2026-03-02")
    note: Text = given("What was learned.", "They teach on their own servers out of habit")


class Waiver(Record):
    """A need that was waived: signed, reasoned, counted."""

    need: Text = given("The need, by its field or activity.", "maniac_t.money")
    stage: Text = given("The stage that was entered without it.", "outreach")
    by: Id = given("Who waived it.", "jim")
    date: Happened = given("When.", "2026-01-19")
    why: Text = given("Why.", "Verbal yes from the provost")


class Correction(Record):
    """A change to what an earlier commit said of the past: signed, reasoned, counted."""

    field: Text = given("The field that was wrong.", "stages.1")
    was: Text = given("What it said before.", "2026-01-12")
    by: Id = given("Who corrected it.", "jim")
    date: Happened = given("When.", "2026-03-01")
    why: Text = given("Why.", "The call was a week later")


class Link(Record):
    """A typed link to where documents live (Sales and invoicing process, Location of sales assets and documents)."""

    kind: Text = given("What it leads to.", "folder", "notes", "usage report")
    url: Url = given("The link.", "https://…")
    status: LinkStatus | None = maybe("How far the document is.", "draft", "sent", "accepted", "executed", "archived")
    date: Happened | None = maybe("Since when it is so.", "2026-03-02")


LINKS = Entries(("url",), about="kind")
"""How links are told apart, wherever they are listed."""


class Deal(Record):
    """One attempt to win or renew one membership; the file name is its id."""

    title: Text = given("What is sold, in the team's words.", "General Membership", past=Past.FREE)
    member: Id = given("The member that buys: a file in members/.", "cascadia-university", past=Past.SIGNED_ONCE_CLOSED)
    type: DealType = given("New or existing business; a renewal is existing.", NEW, EXISTING, past=Past.OWN_RULE)
    tier: Text = given("A tier that the process in force declares.", "general", "premier", past=Past.SIGNED_ONCE_CLOSED)
    owner: Id = given("Who leads it: a person in playbook/team.yaml.", "jim", past=Past.NAMED_ONCE_CLOSED)
    team: tuple[Id, ...] = many("Who else of the team works on it.", "april", past=Past.FREE)
    priority: Priority | None = maybe(
        "How urgent it is to the team; default: normal.", "hot", "normal", "low", past=Past.FREE
    )
    stages: tuple[MoveLine, ...] = given(
        "One line for each move, oldest first; the last one is where the deal is.",
        "enrichment: 2026-01-05",
        past=Past.OWN_RULE,
    )
    imported: Imported | None = maybe(
        "Where it came from, if from another program: `import` writes it.", past=Past.OWN_RULE
    )
    value: Value | None = maybe("The expected value.", past=Past.FREE)
    expected_close: Day | None = maybe("The day on which it is expected to close.", "2026-04-15", past=Past.FREE)
    probability: Probability | None = maybe("A person's own estimate of the win, with a reason.", past=Past.FREE)
    outlook: tuple[Outlook, ...] = many(
        "What was said of its outcome, and when: commit or best case; the newest last.",
        entries=Entries(("date",), may_repeat=True, about="says", called="outlook"),
        past=Past.LATE_NAMED,
    )
    source: Source | None = maybe("Where the prospect came from.", past=Past.NAMED_ONCE_CLOSED)
    next: NextStep | None = maybe("The next step and its day.", past=Past.FREE)
    decision: GoDecision | None = maybe("The decision to work on it, or not to.", past=Past.NAMED_ONCE_CLOSED)
    effort: Text | None = maybe("How much work it would be, in the team's words.", "Two weeks", past=Past.FREE)
    value_proposition: Text | None = maybe(
        "What it brings them, in a sentence that they would sign.", "A term begins on day one", past=Past.FREE
    )
    parked: tuple[Parked, ...] = many(
        "Spans in which the deal is kept warm.", entries=Entries(("since",)), past=Past.ENTRIES_SIGNED
    )
    maniac_t: Qualification | None = maybe("The seven answers of the qualification.", past=Past.LATE_NAMED)
    icp: Fit | None = maybe("The judgement against an ICP hypothesis.", past=Past.FREE)
    discovery: Discovery | None = maybe("What the discovery calls found.", past=Past.FREE)
    activity: tuple[Activity, ...] = many(
        "Contacts with the prospect or member; the newest last.",
        entries=Entries(("date", "kind"), may_repeat=True),
        past=Past.LATE_NAMED,
    )
    proposal: Proposal | None = maybe("The offer.", past=Past.FREE)
    agreed: Happened | None = maybe(
        "The day on which the price was agreed; before the signature.", "2026-03-20", past=Past.NAMED_ONCE_CLOSED
    )
    paid_first: YesNo | None = maybe("Whether they pay before the service begins.", "true", past=Past.NAMED_ONCE_CLOSED)
    contract: Contract | None = maybe("The signed agreement; required by Closed Won.", past=Past.SIGNED_ONCE_CLOSED)
    order: Order | None = maybe("The hand-off to delivery.", past=Past.FREE)
    win: Win | None = maybe("What led to the win; required by Closed Won.", past=Past.NAMED_ONCE_CLOSED)
    loss: Losses = many(
        "Why it was lost; required by Closed Lost. A deal that is lost again has a list: one entry for each loss, in order.",
        entries=Entries(("reason",), may_repeat=True, in_order=True, about="reason", called="loss:"),
        past=Past.LOSSES_NAMED,
    )
    renewal: Renewal | None = maybe("What the renewal conversation found.", past=Past.FREE)
    renews: Id | None = maybe(
        "The won deal whose contract this one renews; unrecorded where that has no record.",
        "cascadia-2025",
        UNRECORDED,
        past=Past.SIGNED_ONCE_CLOSED,
    )
    reopened: tuple[Reason, ...] = many(
        "Why a lost deal was opened again; one entry for each time.",
        entries=Entries(("date",)),
        past=Past.ENTRIES_SIGNED,
    )
    moved_back: tuple[Reason, ...] = many(
        "Why the deal went back to an earlier stage; one entry for each time.",
        entries=Entries(("date",)),
        past=Past.ENTRIES_SIGNED,
    )
    learned: tuple[Learned, ...] = many(
        "What was learned in each stage: the answers to the stages' questions.",
        entries=Entries(("stage", "date"), about="stage", called="what was learned in"),
        past=Past.LATE_NAMED,
    )
    links: tuple[Link, ...] = many("Where its documents live.", entries=LINKS, past=Past.FREE)
    waived: tuple[Waiver, ...] = many(
        "Signed exceptions: the only way to move without meeting a need.",
        entries=Entries(("need", "stage")),
        past=Past.OWN_RULE,
    )
    corrections: tuple[Correction, ...] = many(
        "The only way to change what an earlier commit recorded.",
        entries=Entries(("date", "field"), may_repeat=True),
        past=Past.OWN_RULE,
    )
    x: dict[str, Own] = free(
        "The team's own fields: shown, never interpreted; the process may need them.", past=Past.FREE
    )

    @property
    def unexplained(self) -> list[tuple[str, str]]:
        """Where its contract is another than what was expected, or brings nothing, and nothing says why: the field of the contract, and the difference in words."""
        contract = self.contract
        if contract is None or contract.why_different:
            return []
        found = self.value.differs(contract) if self.value else []
        is_free = contract.mrr is not None and not contract.mrr.amount
        is_told = any(field == "mrr" for field, _ in found)
        return [("mrr", f"the contract brings {contract.mrr} a month"), *found] if is_free and not is_told else found

    def was_brought(self, move: Move) -> bool:
        """Whether a move came with an import: it was made under other rules, and the process does not judge it."""
        return self.imported is not None and self.imported.brought(move)
