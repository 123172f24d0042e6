"""One version of the sales process as data (``reference/records#process-versions``): stages, exits, needs, conversions, red lines.

Exit criteria, allowed transitions, the process page and its diagram all come from the rows held here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from salesops.problems import did_you_mean
from salesops.records.bounds import in_words as bound_in_words
from salesops.records.deal import DealType, MeetingAbout, MeetingStatus
from salesops.records.record import Entries, Past, Record, given, many, maybe, named
from salesops.records.scalars import (
    Bound,
    Day,
    Id,
    Percent,
    Text,
    Whole,
    YesNo,
    day,
    money,
    number,
    text,
    url,
    yes_no,
)

CONTACT, TOUCH = "contact", "touch"
WON, LOST = "won", "lost"
IMPORTED = "imported"
"""The version of the moves that came with an import, whatever their day; it is in force on no day of its own."""


OWNER_AFTER, IN_USE_AFTER = 7, 45
"""Days after a win within which the hand-off has an owner, and its hubs are in use, unless the process says otherwise."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


ONE = {"type": ["string", "number", "boolean"]}
Words = Annotated[
    tuple[Text, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [ONE, {"type": "array", "items": ONE}]}),
]


class Tier(Record):
    """A kind of membership."""

    name: Text = given("Its name in full.", "General Membership")
    max_hubs: Whole | None = maybe("The maximum number of hubs.", "3")
    min_hubs: Whole | None = maybe("The minimum number of hubs.", "10")
    deferred_until: Day | None = maybe("Until this day a deal of the tier can only be parked.", "2026-07-01")


_SAID = {
    "mrr": "MRR",
    "icp": "ICP",
    "order.created": "order",
    "order.operational": "first use",
    "order.configurator": "configurator link",
}
"""How some fields, and words of a path, are called in a list."""


class Need(Record):
    """One thing that a move asks for: a field that is given or has one of some values, activities of a kind, a link, or what was learned."""

    field: Text | None = maybe("The path of the field.", "maniac_t.money", "x.vpat")
    is_: Words = many("The values that are accepted; default: any value.", "met", "partial", key="is")
    with_: tuple[Literal["note", "evidence"], ...] = many(
        "What the answer must also have: one of these.", "note", "evidence", key="with"
    )
    activity: Literal["email", "call", "meeting", "event", "note", "contact", "touch"] | None = maybe(
        "The kind of activity; 'contact' is a held meeting, a call in which they spoke or an answered e-mail, 'touch' an e-mail or a call of ours.",
        "meeting",
        "contact",
        "touch",
    )
    about: MeetingAbout | None = maybe("What the meeting is about.", "discovery")
    status: MeetingStatus | None = maybe("The meeting's status.", "held")
    unanswered: YesNo | None = maybe("Whether only activities count to which nobody answered.", "true")
    at_least: Bound | None = maybe(
        "How many activities; default: 1. Of a field: the least number, amount of money or count of entries.",
        "3",
        "500 USD",
    )
    link: Text | None = maybe("The kind of a link that the deal must have.", "folder")
    learned: YesNo | None = maybe("Whether the learning question of the stage must be answered.", "true")
    waivable: YesNo | None = maybe("Whether somebody may sign for moving without it; default: true.", "false")
    why: Text | None = maybe("Why the process requires it.")

    @property
    def is_waivable(self) -> bool:
        """Whether somebody may sign for moving without it."""
        return self.waivable is not False

    @property
    def times(self) -> int:
        """How many activities it asks for."""
        return self.at_least if isinstance(self.at_least, int) and self.at_least else 1

    @property
    def name(self) -> str:
        """The need as waivers and messages name it: its field, its activity, its link, or ``learned``."""
        if self.field:
            return self.field
        if self.link:
            return f"link {self.link}"
        if self.learned:
            return "learned"
        unanswered = "unanswered" if self.unanswered else None
        return " ".join(part for part in (unanswered, self.status, self.about, self.activity) if part)

    @property
    def in_short(self) -> str:
        """The need in two or three words, for a list: ``proposal presented``, ``money``, ``held discovery meeting``."""
        if not self.field:
            return "what was learned" if self.learned else self.name
        if self.field in _SAID:
            return _SAID[self.field]
        section, _, rest = self.field.partition(".")
        words = [*(() if section in ("maniac_t", "order", "x") and rest else (section,)), *rest.split(".")]
        return " ".join(_SAID.get(word, word.replace("_", " ")) for word in words if word)

    @property
    def sentence(self) -> str:
        """The need as a page says it."""
        return self._said("is", "there is")

    @property
    def demand(self) -> str:
        """The need as somebody who still has to meet it is told."""
        return self._said("must be", "there must be")

    def _said(self, verb: str, there: str) -> str:
        if self.field:
            also = " or ".join(f"{'a ' if part == 'note' else ''}{part}" for part in self.with_)
            least = "" if self.at_least is None else f"at least {self.at_least}"
            return f"{self.field} {verb} {' or '.join(self.is_) or least or 'given'}{f', with {also}' if also else ''}"
        if self.link:
            return f"{there} a link of kind '{self.link}'"
        if self.learned:
            return f"the learning question of the stage {verb} answered"
        times = self.times
        what = f"{self.name}{'' if times == 1 else ' activities'}"
        if self.activity == TOUCH:
            what = f"{'unanswered ' if self.unanswered else ''}{'e-mail or call' if times == 1 else 'e-mails or calls'} of ours"
        few = f"at least {times} {what}"
        return few if verb == "is" else f"{there} {few}"


class Exit(Record):
    """A way out of a stage."""

    to: Text = given("The stage it leads to.", "outreach")
    when: Text = given("The exit criterion, in a sentence.", "Sales-qualified (need, budget and ICP fit)")
    needs: tuple[Need, ...] = many("What the move requires.")


def _expected(days: int | None, own: int | None) -> str:
    """What is expected within so many days, and whose number that is: the process's ``own``, else the program's."""
    if own is None:
        return f"salesops expects it within {days} days, as the process names no number"
    return f"the process expects it within {days} days"


class Completion(Record):
    """When a closed stage is complete (the exit criteria of Closed Won and Closed Lost in the Sales Operations Overview (2025))."""

    when: Text = given("The criterion, in a sentence.", "Hubs are in active use")
    needs: tuple[Need, ...] = many("What it requires.")
    owner_after: Whole | None = maybe(
        f"Days after the win within which somebody in delivery owns the hand-off; default: {OWNER_AFTER} where `order.delivery_owner` is required.",
        "7",
    )
    in_use_after: Whole | None = maybe(
        f"Days after the win within which the hubs are in use; default: {IN_USE_AFTER} where `order.operational` is required.",
        "45",
    )

    @property
    def owner_expected(self) -> str:
        """Within how many days of the win the hand-off is to have an owner, and whose number that is."""
        return _expected(self.owner_within(), self.owner_after)

    @property
    def in_use_expected(self) -> str:
        """Within how many days of the win the hubs are to be in use, and whose number that is."""
        return _expected(self.in_use_within(), self.in_use_after)

    def owner_within(self) -> int | None:
        """Within how many days of the win the hand-off must have an owner; None where the process does not ask."""
        return self._within(self.owner_after, "order.delivery_owner", OWNER_AFTER)

    def in_use_within(self) -> int | None:
        """Within how many days of the win the hubs must be in use; None where the process does not ask."""
        return self._within(self.in_use_after, "order.operational", IN_USE_AFTER)

    def _within(self, days: int | None, field: str, usual: int) -> int | None:
        if days is not None:
            return days
        return usual if any(need.field == field for need in self.needs) else None


class Stage(Record):
    """One stage of the pipeline."""

    title: Text = given("Its title.", "Enrichment")
    purpose: Text | None = maybe("What it is for.")
    enter: Text | None = maybe("When a deal comes into being in it, in a sentence.", "Somebody asked, or we found them")
    activities: tuple[Text, ...] = many("What is done in it.")
    learning: Text | None = maybe("The question that it should answer.")
    lifecycle: Literal["leads", "pre-sales", "sales", "delivery", "renewals"] | None = maybe(
        "The phase of the lifecycle, for reports across versions.", "pre-sales", "sales"
    )
    probability: Percent | None = maybe("The team's default for a win from here.", "5%")
    stale_after: Whole | None = maybe("Days in the stage after which a deal is stalled.", "30")
    idle_after: Whole | None = maybe("Days since the last real contact after which a deal is stalled.", "21")
    sales_qualified: YesNo = Field(
        default=False, description="Whether deals in it count as sales qualified (SQD).", examples=["true"]
    )
    outcome: Literal["won", "lost"] | None = maybe("What it closes a deal as.", WON, LOST)
    exits: tuple[Exit, ...] = many(
        "The ways out; several to one target are alternatives.",
        entries=Entries(("to",), may_repeat=True, called="exit to"),
    )
    completion: Completion | None = maybe("When a closed stage is complete.")

    @property
    def is_open(self) -> bool:
        """Whether a deal in it is still in play."""
        return self.outcome is None


class Conversion(Record):
    """A rate that the team watches."""

    id: Id = given("The id of the metric.", "outreach-to-discovery")
    from_: Text = given("The stage whose attempts are counted.", "outreach", key="from")
    to: Text = given("The stage to be reached, or any beyond it.", "discovery")


class RedLine(Record):
    """A bound whose crossing calls for a decision (``reference/definitions#red-lines``)."""

    id: Id = given("Its id, which a decision answers.", "outreach-broken")
    metric: Id = given("The metric it watches.", "outreach-to-discovery")
    below: Text | None = maybe("It is crossed below this value, in the unit of the metric.", "15%", "9000 USD", "12")
    above: Text | None = maybe("It is crossed above this value, in the unit of the metric.", "90", "40%")
    after: Whole | None = maybe("Only judged from this many on; required for a share and for days.", "20")
    of: Literal["calls", "attempts", "proposals"] | None = maybe(
        "What `after` counts; default: what the metric counts.", "calls", "attempts", "proposals"
    )
    wins: Whole | None = maybe("In place of a bound: it is crossed at this many wins or fewer, out of `in`.", "0")
    in_: Whole | None = maybe("Of how many decided ones in a row the wins are counted.", "10", key="in")
    since: Text | None = maybe(
        "Only what began under this version of the process, or of a hypothesis (`id@version`).", "v3", "teaching-led@2"
    )
    last: Whole | None = maybe("Only the last so many.", "20")
    means: Text = given("What it means.", "ICP or messaging is broken")

    @property
    def bounds(self) -> dict[str, str]:
        """Its bounds by key; a sound red line has one, or counts wins."""
        both = {"below": self.below, "above": self.above}
        return {key: words for key, words in both.items() if words is not None}

    @property
    def sentence(self) -> str:
        """When it is crossed, as a page says it after the name of its metric."""
        parts = [f"{key} {bound_in_words(words)}" for key, words in self.bounds.items()]
        if self.after is not None:
            parts.append(f"after {self.after} or more{f' {self.of}' if self.of else ''}")
        if self.wins is not None:
            wins = f"at most {self.wins} won" if self.wins else "none won"
            parts.append(f"{wins} in {self.in_}" if self.in_ is not None else wins)
        whence = [f"since {self.since}"] if self.since else []
        whence += [f"of the last {self.last}"] if self.last is not None else []
        return ", ".join([" ".join(parts), *whence])


OwnType = Literal["link", "text", "day", "money", "number", "yes-no"]
READERS: dict[str, Callable[[object], Any]] = {
    "link": url,
    "text": text,
    "day": day,
    "money": money,
    "number": number,
    "yes-no": yes_no,
}
"""How the value of a field of the team's own is read, by its type."""


class OwnField(Record):
    """A field of the team's own, below ``x`` of a deal."""

    type: OwnType = given("What its values are.", "link", "text", "day", "money", "number", "yes-no")
    why: Text | None = maybe("What it is for.", "Purchasing asks for it before anything else")

    def fault(self, value: object) -> PydanticCustomError | None:
        """What is wrong with a value as it is written; None where it is of the type."""
        try:
            READERS[self.type](value)
        except PydanticCustomError as fault:
            return fault
        return None


class Became(Record):
    """What a stage of an older version is now."""

    stage: Text = given("The stage.", "outreach")
    parked: YesNo | None = maybe(
        "Whether deals that are still in the old stage are parked from this version on.", "true"
    )


def _one_stage(value: Any) -> Any:
    return {"stage": value} if isinstance(value, str) else value


StageNow = Annotated[Became, BeforeValidator(_one_stage, json_schema_input_type=Text | Became)]


class Process(Record):
    """One version of the process; it judges the moves made from ``in_force`` until the next version, for ever."""

    version: Id = given("Its name, the same as its file's.", "v3", past=Past.OWN_RULE)
    in_force: Day = given("The day from which it is in force.", "2025-07-01", past=Past.OWN_RULE)
    changelog: Text = given("What changed against the version before.", past=Past.OWN_RULE)
    from_: Id | None = maybe(
        "The version that it builds on: then it says only what differs. Mappings are merged key by key, lists and single values replaced.",
        "v3",
        key="from",
        past=Past.OWN_RULE,
    )
    without: tuple[Text, ...] = many(
        "What it leaves out of the version that it builds on, each by its path.",
        "stages.renewals",
        "becomes.waiting",
        past=Past.OWN_RULE,
    )
    source: Text | None = maybe("The document it comes from.", past=Past.OWN_RULE)
    tiers: dict[str, Tier] = given("The kinds of membership.", past=Past.OWN_RULE)
    starts: dict[DealType, Text] = given("The stage in which each deal type starts.", past=Past.OWN_RULE)
    stages: dict[str, Stage] = given("The stages, in the order in which they are shown.", past=Past.OWN_RULE)
    answers_valid: Whole | None = maybe(
        "Days for which a MANIAC-T answer of an open deal is trusted; default: without limit.",
        "180",
        past=Past.OWN_RULE,
    )
    conversions: tuple[Conversion, ...] = many(
        "The rates that the team watches.", entries=Entries(("id",)), past=Past.OWN_RULE
    )
    red_lines: tuple[RedLine, ...] = many(
        "The bounds whose crossing calls for a decision.", entries=Entries(("id",)), past=Past.OWN_RULE
    )
    becomes: dict[str, StageNow] = named(
        "Stages of older versions and what they are now; {stage: outreach, parked: true} carries a stage of waiting over as parked.",
        past=Past.OWN_RULE,
    )
    path: dict[DealType, tuple[Text, ...]] = named(
        "The order of the stages on the way to a win, for each deal type; needed where the exits make a circle.",
        past=Past.OWN_RULE,
    )

    fields: dict[str, OwnField] = named(
        "The team's own fields of a deal and their types, by their names: x.vpat; a need may ask for them.",
        past=Past.OWN_RULE,
    )

    @property
    def is_of_imports(self) -> bool:
        """Whether it belongs to the moves that came with an import, and to no others."""
        return self.version == IMPORTED

    def stage_named(self, name: str) -> Stage | None:
        """The stage of that name, or of the stage that it became."""
        return self.stages.get(name) or self.stages.get(self.name_now(name))

    def name_now(self, name: str) -> str:
        """What a stage of an older version is called here."""
        became = None if name in self.stages else self.becomes.get(name)
        return became.stage if became else name

    def parks(self, name: str) -> bool:
        """Whether a deal that is still in this stage of an older version is parked."""
        return name not in self.stages and name in self.becomes and bool(self.becomes[name].parked)

    def title_of(self, name: str) -> str:
        """The title of a stage, whichever of its names is given; the name itself where it has none here."""
        stage = self.stage_named(name)
        return stage.title if stage else name

    def start_of(self, deal_type: str) -> str:
        """The stage in which deals of a type start; nothing where the process does not say."""
        return {str(deal_type): stage for deal_type, stage in self.starts.items()}.get(deal_type, "")

    def exits_between(self, start: str, target: str) -> tuple[Exit, ...]:
        """The exits that lead from one stage straight to another; alternatives where there are several."""
        stage = self.stages.get(start)
        return tuple(way_out for way_out in stage.exits if way_out.to == target) if stage else ()

    def asks_for(self, section: str) -> bool:
        """Whether any need of it is a field of this section of a deal, such as ``maniac_t``."""
        return any((need.field or "").split(".")[0] == section for need in self.needs)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Everything that its exits and its closed stages require."""
        places: list[Exit | Completion] = []
        for stage in self.stages.values():
            places += [*stage.exits, *([stage.completion] if stage.completion else [])]
        return tuple(need for place in places for need in place.needs)

    def hint(self, name: str) -> str:
        """What a misspelt stage was probably meant to be."""
        return did_you_mean(name, self.stages)

    @cached_property
    def _on_paths(self) -> dict[str, frozenset[str]]:
        """What lies before each stage on a path that the version states: on every such path that the stage is on."""
        before: dict[str, frozenset[str]] = {}
        for path in self.path.values():
            for at, name in enumerate(path):
                earlier = frozenset(path[:at])
                before[name] = before[name] | earlier if name in before else earlier
        return before

    @cached_property
    def _ahead(self) -> dict[str, frozenset[str]]:
        ahead: dict[str, frozenset[str]] = {}
        for name in self.stages:
            reached: set[str] = set()
            waiting = [name]
            while waiting:
                for way_out in self.stages[waiting.pop()].exits:
                    if way_out.to in self.stages and way_out.to not in reached:
                        reached.add(way_out.to)
                        waiting.append(way_out.to)
            ahead[name] = frozenset(reached)
        return ahead

    def ahead(self, name: str) -> frozenset[str]:
        """Every stage that can be reached from this one by its exits."""
        return self._ahead.get(name, frozenset())

    def reaches(self, name: str, target: str) -> bool:
        """Whether being in ``name`` means that ``target`` was reached or passed (``reference/definitions#reached``); a lost deal reaches nothing."""
        stage = self.stages.get(name)
        if stage is None or stage.outcome == LOST:
            return False
        if name == target:
            return True
        if target in self._on_paths and self.path:
            return target in self._on_paths.get(name, ())
        return name in self.ahead(target)

    @property
    def goes_in_circles(self) -> bool:
        """Whether an open stage can be reached from itself by exits: then these alone do not say what is beyond what."""
        return any(name in self.ahead(name) for name, stage in self.stages.items() if stage.is_open)

    def path_of(self, deal_type: str) -> frozenset[str]:
        """The open stages that a deal of this type can be in."""
        start = self.start_of(deal_type)
        return frozenset(
            name for name in {start, *self.ahead(start)} if name in self.stages and self.stages[name].is_open
        )

    def is_back(self, start: str, target: str, deal_type: str) -> bool:
        """Whether a move from ``start`` to ``target`` goes back along the path of this deal type."""
        return (
            target != start
            and target in self.path_of(deal_type)
            and start in self.ahead(target)
            and not self.exits_between(start, target)
        )

    def between(self, start: str, target: str) -> list[str]:
        """The open stages that a jump from ``start`` to ``target`` leaves out, in order."""
        for path in self.path.values():
            if start in path and target in path:
                return [name for name in path[path.index(start) + 1 : path.index(target)] if self.stages[name].is_open]
        return [
            name
            for name, stage in self.stages.items()
            if stage.is_open
            and name not in (start, target)
            and name in self.ahead(start)
            and target in self.ahead(name)
        ]
