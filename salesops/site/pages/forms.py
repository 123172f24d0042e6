"""The forms on the page of a deal: what its ways out ask for and what is known of it, so that a browser can make a list of changes from what is typed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_args, get_origin

from markupsafe import Markup
from pydantic import PlainValidator

from salesops.book.book import Snapshot
from salesops.book.exit_criteria import CONTRACT_WHY, Way, meaning
from salesops.book.moves import MoveKind, kind_of, lost_in
from salesops.book.status import Standing
from salesops.changes.field_sentences import label
from salesops.edits.renewal import is_won, renewal_of, renewals
from salesops.records.deal import Activity, Deal, Value
from salesops.records.member import Member
from salesops.records.model_fields import fields_below, inside, keyed_fields, type_at
from salesops.records.process import LOST, WON, Need
from salesops.records.qualification import Answer, AnswerStatus
from salesops.records.record import Record, value_at
from salesops.records.scalars import HAPPENED
from salesops.site.pages.hosts import issue_address, new_file_page

READ_AS = {
    "day": "due",
    "day_or_period": "period",
    "day_or_never": "again",
    "day_or_open": "end",
    "money": "money",
    "whole": "number",
    "number": "number",
    "percent": "percent",
}
"""How a browser reads what is typed, by the name of what reads the field in a file; everything else is text."""
WHY = ("contract", "why_different")
TERMS = {"contract.mrr", "contract.one_off", "contract.start", "contract.end"}
"""What of a contract is held against the offer."""
_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def as_script(data: Any) -> Markup:
    """Data for a script of ours, as JSON in which nothing can end the element that it stands in."""
    return Markup(json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED))


@dataclass(frozen=True)
class Inquiry:
    """One need of a way out, as a form asks for it."""

    need: Need
    title: str
    why: str
    reads: str
    """How the browser reads the answer; ``elsewhere`` where no form can."""
    choices: tuple[str, ...] = ()
    offered: dict[str, Any] | None = None
    """What was offered, where the question is asked only of a contract that is another."""

    def as_data(self, standing: Standing) -> dict[str, Any]:
        """What the script is told of it."""
        need, hypotheses = self.need, standing.snapshot.book.icp
        data: dict[str, Any] = {
            "name": need.name,
            "title": self.title,
            "reads": self.reads,
            "field": need.field,
            "is": list(need.is_),
            "with": list(need.with_),
            "kind": need.link,
            "firm": not need.is_waivable,
        }
        if need.field == "icp.hypothesis":
            data["versions"] = {name: it.version for name, it in hypotheses.items()}
        if self.offered is not None:
            data["offered"] = self.offered
        if self.reads == "lines" and (key := _key_of_an_entry(need.field or "")):
            data["key"] = key
        return {key: value for key, value in data.items() if value or key == "offered"}


def questions(standing: Standing, way: Way) -> list[Inquiry]:
    """What a way out still asks for; last, why a contract is another than what was offered, should it be."""
    asked = [_question(standing, need) for need in way.missing]
    is_contract = any((need.field or "").startswith("contract.") for need in way.exit.needs)
    if not is_contract or standing.snapshot.stage(way.exit.to).outcome != WON or value_at(standing.deal, WHY):
        return asked
    return [*(it for it in asked if it.need.field != CONTRACT_WHY.field), _why_different(standing)]


def _why_different(standing: Standing) -> Inquiry:
    value = standing.deal.value or Value()
    offered = {
        "mrr": value.mrr and str(value.mrr),
        "one_off": value.one_off and str(value.one_off),
        "months": value.months,
    }
    why = "The contract is another than what was offered: a reason that somebody can learn from."
    given = {name: amount for name, amount in offered.items() if amount}
    return Inquiry(CONTRACT_WHY, _title(CONTRACT_WHY.field or ""), why, "text", offered=given)


def _question(standing: Standing, need: Need) -> Inquiry:
    if need.learned:
        return Inquiry(need, "What we learned", " ".join(filter(None, (standing.question, need.why))), "learned")
    if need.link:
        return Inquiry(need, f"A link: {need.link}", need.why or "", "link")
    if not need.field:
        why = f"{need.why or need.demand}{standing.so_far(need)}"
        return Inquiry(need, need.name[:1].upper() + need.name[1:], why, "elsewhere")
    reads, choices = _reading(standing, need.field)
    return Inquiry(need, _title(need.field), meaning(need) or need.demand, reads, choices)


def _title(field: str) -> str:
    """A field as the head of its question."""
    path = field.split(".")
    name = label(path[-1]).rstrip(":")
    above = "" if len(path) == 1 or path[0] in ("loss", "win") else f" ({label(path[0])})"
    return f"{name[:1].upper()}{name[1:]}{above}"


def _reading(standing: Standing, field: str) -> tuple[str, tuple[str, ...]]:
    """How a field is asked for, and the words to choose from."""
    path = tuple(field.split("."))
    if field == "icp.hypothesis":
        return "choice", tuple(standing.snapshot.book.icp)
    if field == "owner" or field.endswith((".owner", "_owner")):
        team = standing.snapshot.book.team
        return "choice", tuple(team.people if team else ())
    held = type_at(Deal, path)
    if isinstance(held, type) and issubclass(held, Answer):
        return "answer", get_args(AnswerStatus)
    if held is Value:
        return "worth", ()
    if get_origin(held) is tuple and get_args(held)[1:]:
        return ("lines" if _is_said_in_words(field) else "elsewhere"), ()
    if isinstance(held, type) and issubclass(held, Record):
        return "elsewhere", ()
    words = get_args(held)
    if words and all(isinstance(word, str) for word in words):
        return "choice", words
    declared = fields_below(Deal, path[:-1]).get(path[-1])
    return _scalar(declared.annotation, declared.metadata) if declared is not None else ("text", ())


def _scalar(annotation: Any, marks: Sequence[Any]) -> tuple[str, tuple[str, ...]]:
    """How a single value is read, by what reads it in a file."""
    reader = next((mark.func for mark in marks if isinstance(mark, PlainValidator)), None)
    if reader is not None:
        name = getattr(reader, "__name__", "").lstrip("_")
        if name == "yes_no":
            return "choice", ("true", "false")
        happened = any(isinstance(mark, str) and mark == HAPPENED for mark in marks)
        return ("happened" if happened else READ_AS.get(name, "text")), ()
    if hasattr(annotation, "__metadata__"):
        return _scalar(annotation.__origin__, annotation.__metadata__)
    inner = [part for part in get_args(annotation) if part is not type(None)]
    return _scalar(inner[0], ()) if inner else ("text", ())


def _is_said_in_words(field: str) -> bool:
    """Whether a line of text can be an entry of a list."""
    held = inside(get_args(type_at(Deal, tuple(field.split("."))))[0])
    return held is str or bool(_key_of_an_entry(field))


def _key_of_an_entry(field: str) -> str:
    """The one field that an entry of a list must have; nothing where an entry is a text, or must have more."""
    held = inside(get_args(type_at(Deal, tuple(field.split("."))))[0])
    if not (isinstance(held, type) and issubclass(held, Record)):
        return ""
    required = [key for key, it in keyed_fields(held) if it.is_required()]
    return required[0] if len(required) == 1 else ""


# ── on the page of a deal ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class WayOut:
    """A way out and its questions; ``at`` is its place among all of them."""

    at: int
    way: Way
    title: str
    closes: bool
    questions: tuple[Inquiry, ...]

    @property
    def count(self) -> int:
        """How many of them are asked in any case."""
        return sum(it.offered is None for it in self.questions)


def ways_of(standing: Standing) -> list[WayOut]:
    """The ways out of the stage where an open deal is."""
    snapshot = standing.snapshot
    return [
        WayOut(at, way, stage.title, not stage.is_open, tuple(questions(standing, way)))
        for at, way in enumerate(standing.ways if standing.is_open else ())
        for stage in [snapshot.stage(way.exit.to)]
    ]


def deal_forms(standing: Standing, named: Mapping[str, str], branch: str) -> dict[str, Any]:
    """What the forms on the page of a deal show, and what their script is told."""
    ways, renewal = ways_of(standing), _renewal(standing)
    facts = {
        "deal": standing.id,
        "who": standing.member_name,
        "member": _people_there(standing),
        "stage": standing.history.now.stage,
        "since": str(standing.since),
        "there": _there(standing, ways),
        "loss": _loss_at(standing),
        "ways": [_way_as_data(standing, it) for it in ways],
        "parked": _parked(standing),
        "renewal": renewal,
        "in_force": str(standing.snapshot.process.in_force),
        **of_the_team(standing.snapshot, branch),
    }
    team = standing.snapshot.book.team
    return {
        "contacts": named,
        "member": facts["member"],
        "choices": {name: _words_of(name) for name in ("kind", "about", "status", "outcome")},
        "moves": [it for it in ways if not it.closes],
        "closes": [it for it in ways if it.closes],
        "people": team.people if team else {},
        "is_open": standing.is_open,
        "parked": facts["parked"],
        "renewal": renewal,
        "reopens_in": _opens_again(standing),
        "facts": as_script(facts),
    }


def _people_there(standing: Standing) -> dict[str, Any] | None:
    """The member and whom we know there; nothing where it is not on file."""
    member = standing.snapshot.book.members.get(standing.deal.member)
    return {"id": standing.deal.member, "people": people_on_file(member)} if member else None


def people_on_file(member: Member) -> list[list[str]]:
    """Each contact of a member by id, name and role: the words by which it is found."""
    return [[it.id, it.name or "", it.role or ""] for it in member.contacts]


def _parked(standing: Standing) -> dict[str, Any] | None:
    """The span for which an open deal waits: its place in the file and its days as they are written there, or what only a later process says."""
    history, today = standing.history, standing.snapshot.as_of
    span = history.parked_on(today) if standing.is_open else None
    if span is None:
        return None
    at = next((at for at, own in enumerate(history.deal.parked) if own is span), None)
    if at is None:
        why = standing.snapshot.book.title_of(span.why, span.since - timedelta(days=1))
        return {"at": None, "since": str(span.since), "until": None, "why": why}
    return {"at": at, "since": str(span.since), "until": standing.written["parked"][at].get("until")}


def _renewal(standing: Standing) -> dict[str, Any] | None:
    """The change that begins the renewal of a contract that nothing renews yet."""
    book, deal = standing.snapshot.book, standing.deal
    if not is_won(book, deal) or not (deal.contract and deal.contract.last_day) or renewals(book, standing.id):
        return None
    return renewal_of(book, standing.id, standing.snapshot.as_of)


def _opens_again(standing: Standing) -> dict[str, str]:
    """The stages in which a lost deal may go on, with their titles: first the one in which it was lost, or none where that is no more."""
    process, history = standing.snapshot.process, standing.history
    stages = [
        name for name in process.stages if kind_of(process, history.type, history.now.stage, name) is MoveKind.REOPENED
    ]
    first = lost_in(process, history)
    if not stages:
        return {}
    return {name: process.title_of(name) if name else "" for name in dict.fromkeys((first, *stages))}


def _way_as_data(standing: Standing, it: WayOut) -> dict[str, Any]:
    asked = [question.as_data(standing) for question in it.questions]
    return {"to": it.way.exit.to, "title": it.title, "needs": asked}


def _words_of(field: str) -> tuple[str, ...]:
    return get_args(inside(dict(keyed_fields(Activity))[field].annotation))


def _there(standing: Standing, ways: list[WayOut]) -> dict[str, Any]:
    """What the file says now where a form may say something else, by the paths of the fields."""
    written, found = standing.written, dict[str, Any]()
    paths = {question.need.field for it in ways for question in it.questions if question.need.field} | {"next"}
    paths |= {f"{path.removesuffix('.end')}.start" for path in paths if path.endswith(".end")}
    paths |= TERMS if CONTRACT_WHY.field in paths else set()
    for path in sorted(paths):
        value = value_at(written, tuple(path.split(".")))
        if isinstance(value, dict) and path != "next":
            found |= {f"{path}.{key}": inner for key, inner in value.items()}
        elif value is not None:
            found[path] = value
    return found


def _loss_at(standing: Standing) -> str:
    """Where the loss of this attempt stands in the file; nothing where it is to be the next of a list."""
    there, history = standing.written.get("loss"), standing.history
    at = sum(visit.outcome == LOST and visit.attempt < history.now.attempt for visit in history.closings)
    if not there or (isinstance(there, dict) and at == 0):
        return "loss"
    return f"loss.{at}" if isinstance(there, list) and len(there) > at else ""


def of_the_team(snapshot: Snapshot, branch: str) -> dict[str, Any]:
    """What every form needs to know: the currency, and where a list, or a new file, is sent."""
    team = snapshot.book.team
    currency = {"currency": team.currency if team else "USD"}
    if not (team and team.repository):
        return currency
    ways = {"issue": issue_address(team.repository), "file": new_file_page(team.repository, branch)}
    return {**currency, **{name: address for name, address in ways.items() if address}}
