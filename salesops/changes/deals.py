"""What happened to a deal between two versions of its file, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from salesops.changes.change import Change, joined, listed
from salesops.changes.differences import Difference, differences
from salesops.changes.names import Names
from salesops.checks.past import Alteration, alterations
from salesops.records.deal import MANIAC_T
from salesops.records.process import LOST, WON

Data = Mapping[str, Any]
SETTLED = frozenset({"stages", "reopened", "moved_back"})
"""Fields that the sentences on moves speak of."""
SAID_AT_CLOSE = frozenset({"loss", "reopened"})
"""Fields that the sentence on a lost deal speaks of."""
LABELS = {
    "expected_close": "expected close",
    "maniac_t": "MANIAC-T",
    "icp": "ICP fit",
    "x": "own fields",
    "mrr": "MRR",
    "one_off": "once",
}


class Line(NamedTuple):
    """A move as it is written."""

    stage: str
    entered: str


@dataclass(frozen=True)
class Life:
    """Two versions of a deal: what it said before (None: it is new) and after (None: it is gone)."""

    id: str
    before: Data | None
    after: Data | None
    names: Names

    @property
    def data(self) -> Data:
        """The later version there is."""
        return self.after if self.after is not None else self.before or {}

    @property
    def who(self) -> str:
        """The member, which is how people call a deal."""
        return self.names.member(_text(self.data.get("member"))) or self.id

    def change(self, kind: str, what: str, **more: Any) -> Change:
        """A change of this deal."""
        return Change(kind, ("deal", self.id), self.who, what, **more)

    @property
    def price(self) -> str:
        """What it brings, as the contract says, else as expected."""
        contract, value = _part(self.data, "contract"), _part(self.data, "value")
        mrr = contract.get("mrr") or value.get("mrr")
        once = contract.get("one_off") or value.get("one_off")
        if mrr:
            return f"{self.names.money(mrr)} a month"
        return f"{self.names.money(once)} once" if once else "no amount yet"

    @property
    def answered(self) -> str:
        """How many of the seven answers there are."""
        answers = _part(self.data, "maniac_t")
        return f"{sum(bool(answers.get(letter)) for letter in MANIAC_T)} of {len(MANIAC_T)} MANIAC-T answers"


def of_deal(id: str, before: Data | None, after: Data | None, names: Names) -> list[Change]:
    """Everything that happened to a deal, moves first."""
    life = Life(id, before, after, names)
    if after is None:
        return [life.change("removed", f"the deal '{id}' is gone")]
    if before is None:
        return list(_new(life))
    found = list(differences(before, after))
    return [*_moves(life, before, after), *_sections(life, found)]


def _new(life: Life) -> Iterator[Change]:
    moves = _lines(life.data)
    start = moves[0] if moves else Line("", "")
    now = moves[-1] if moves else start
    where = life.names.stage(now.stage) if now.stage else "no stage"
    since = f" since {life.names.day(now.entered)}" if now.entered else ""
    owner = life.names.person(_text(life.data.get("owner")))
    what = joined(
        f"new deal, {_text(life.data.get('title'))} ({_text(life.data.get('type'))})",
        f"in {where}{since}",
        life.price,
        life.answered,
        f"led by {owner}",
    )
    yield life.change("new", what, after=now.stage or None, date=start.entered or None)


# ── moves ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _lines(data: Data) -> list[Line]:
    """The moves as far as they can be read."""
    moves = data.get("stages")
    found = (
        [next(iter(move.items())) for move in moves if isinstance(move, Mapping) and move]
        if isinstance(moves, list)
        else []
    )
    return [Line(str(stage), _text(day)) for stage, day in found]


def _moves(life: Life, before: Data, after: Data) -> Iterator[Change]:
    old, new = _lines(before), _lines(after)
    altered = alterations(old, new)
    if altered:
        yield _past(life, altered)
    first_new = len(old) + sum((one.was is None) - (one.now is None) for one in altered)
    for at in range(first_new, len(new)):
        yield _move(life, new[at - 1].stage if at else None, new[at], last=at == len(new) - 1)


def _past(life: Life, altered: list[Alteration]) -> Change:
    old = _entries(life.before or {}, "corrections")
    signed = any(
        _text(entry.get("field")).startswith("stages")
        for entry in _entries(life.data, "corrections")
        if entry not in old
    )
    said = [_altered(life.names, one) for one in altered]
    return life.change(
        "past", f"the past was {'corrected' if signed else 'altered, and nobody signed'}: {'; '.join(said)}"
    )


def _altered(names: Names, one: Alteration) -> str:
    was, now = (
        f"{names.stage(move.stage)} on {names.day(move.entered)}" if move else "" for move in (one.was, one.now)
    )
    return f"{now}, was {was}" if was and now else f"{now} was put in" if now else f"{was} was taken out"


def _move(life: Life, before: str | None, move: Line, *, last: bool) -> Change:
    stage, day = move
    names = life.names
    closes_as = names.book.outcome(stage)
    came_as = names.book.outcome(before) if before else None
    kind = "won" if closes_as == WON else "lost" if closes_as == LOST else "reopened" if came_as == LOST else "moved"
    reason = (
        _reason(life.data, "reopened" if kind == "reopened" else "moved_back", day)
        if kind in ("moved", "reopened")
        else ""
    )
    way = f"{names.stage(before)} → {names.stage(stage)}" if before else f"starts in {names.stage(stage)}"
    tail = _tail(life, kind) if last else ""
    what = joined(f"{way} on {names.day(day)}", tail) + (f" ({reason})" if reason else "")
    return life.change(kind, what, before=before, after=stage, date=day or None)


def _tail(life: Life, kind: str) -> str:
    names = life.names
    if kind == "won":
        contract = _part(life.data, "contract")
        span = f"from {names.day(contract['start'])}" if contract.get("start") else ""
        span += f" to {names.day(contract['end'])}" if contract.get("end") else ""
        return joined(life.price, span)
    if kind == "lost":
        loss = _part(life.data, "loss")
        verdict = f" ({_text(loss.get('verdict'))})" if loss.get("verdict") else ""
        learned = f"; learned: {names.value(loss['learning'])}" if loss.get("learning") else ""
        return f"{_text(loss.get('reason')) or 'no reason given'}{verdict}{learned}"
    return joined(life.price, life.answered)


def _reason(data: Data, name: str, day: str) -> str:
    return next((_text(entry.get("why")) for entry in _entries(data, name) if entry.get("date") == day), "")


# ── what else changed ─────────────────────────────────────────────────────────────────────────────────────────────────


def _sections(life: Life, found: list[Difference]) -> Iterator[Change]:
    """One change for each top-level field that says something else, in the order of the file."""
    sections = dict.fromkeys(difference.section for difference in found)
    moved = life.before is not None and len(_lines(life.data)) > len(_lines(life.before))
    closed_now = moved and life.names.book.outcome(_lines(life.data)[-1].stage) is not None
    for section in sections:
        if (
            section in SETTLED
            or (closed_now and section in SAID_AT_CLOSE)
            or (closed_now and "next" not in life.data and section == "next")
        ):
            continue
        inside = [difference for difference in found if difference.section == section]
        yield from SECTIONS.get(section, _other)(life, inside)


def _value(life: Life, found: list[Difference]) -> Iterator[Change]:
    before, after = (_part(data or {}, "value") for data in (life.before, life.after))
    was, now = _worth(before, life.names), _worth(after, life.names)
    said = (
        f"expected {now}, was {was}"
        if now and was
        else f"expected {now}"
        if now
        else f"nothing expected any more, was {was}"
    )
    yield life.change("priced", said, before=_given(before.get("mrr")), after=_given(after.get("mrr")))


def _worth(value: Data, names: Names) -> str:
    """``1,250 USD a month for 12 months, 2,000 USD once``."""
    mrr = f"{names.money(value['mrr'])} a month" if value.get("mrr") else ""
    months = f"for {value['months']} months" if value.get("months") else ""
    once = f"{names.money(value['one_off'])} once" if value.get("one_off") else ""
    return joined(" ".join(part for part in (mrr, months) if part), once)


def _close(life: Life, found: list[Difference]) -> Iterator[Change]:
    before, after = found[0].before, found[0].after
    names = life.names
    if before and after:
        days = _days(before, after)
        by = f" ({abs(days)} days {'later' if days > 0 else 'earlier'})" if days else ""
        said = f"expected close {names.day(after)}, was {names.day(before)}{by}"
    else:
        said = f"expected close {names.day(after)}" if after else f"no expected close, was {names.day(before)}"
    yield life.change("expected close", said, before=_given(before), after=_given(after))


def _owner(life: Life, found: list[Difference]) -> Iterator[Change]:
    before, after = (life.names.person(_text(side)) for side in (found[0].before, found[0].after))
    yield life.change(
        "owner", f"led by {after}, was {before}", before=_given(found[0].before), after=_given(found[0].after)
    )


def _next(life: Life, found: list[Difference]) -> Iterator[Change]:
    step = _part(life.data, "next")
    if not step:
        yield life.change("next step", "no next step any more")
        return
    due = f" by {life.names.day(step['due'])}" if step.get("due") else ""
    owner = f" ({life.names.person(_text(step['owner']))})" if step.get("owner") else ""
    yield life.change("next step", f"next: {_text(step.get('action'))}{due}{owner}", date=_given(step.get("due")))


def _probability(life: Life, found: list[Difference]) -> Iterator[Change]:
    now, was = _part(life.data, "probability"), _part(life.before or {}, "probability")
    if not now:
        yield life.change("probability", "the team's own estimate was taken out")
        return
    before = f", was {was['value']}" if was.get("value") not in (None, now.get("value")) else ""
    yield life.change("probability", f"chance {_text(now.get('value'))}{before}: {_text(now.get('why'))}")


def _parked(life: Life, found: list[Difference]) -> Iterator[Change]:
    names = life.names
    for difference in found:
        entry = difference.after
        if isinstance(entry, Mapping):
            until = f" until {names.day(entry['until'])}" if entry.get("until") else ""
            what = f"parked from {names.day(entry.get('since'))}{until}: {_text(entry.get('why'))}"
            yield life.change("parked", what, date=_given(entry.get("since")))
        elif difference.name == "until" and difference.after:
            was = f", was {names.day(difference.before)}" if difference.before else ""
            yield life.change("parked", f"parked until {names.day(difference.after)}{was}", date=str(difference.after))
        else:
            yield life.change("parked", _plain(life, difference))


def _answers(life: Life, found: list[Difference]) -> Iterator[Change]:
    answers = _part(life.data, "maniac_t")
    letters = dict.fromkeys(str(difference.path[1]) for difference in found if len(difference.path) > 1)
    said = [
        f"{letter.replace('_', ' ')} {_text(_part(answers, letter).get('status'))}"
        if answers.get(letter)
        else f"{letter.replace('_', ' ')} taken out"
        for letter in letters or [letter for letter in MANIAC_T if answers.get(letter)]
    ]
    yield life.change("qualified", f"{listed(said) or 'no answers any more'}; {life.answered}")


def _activity(life: Life, found: list[Difference]) -> Iterator[Change]:
    altered: dict[Any, list[Difference]] = {}
    for difference in found:
        if isinstance(difference.after, Mapping):
            what = _said_of_activity(difference.after, life.names)
            yield life.change("logged", what, date=_given(difference.after.get("date")))
        elif isinstance(difference.before, Mapping):
            yield life.change("logged", f"taken out: {_said_of_activity(difference.before, life.names)}")
        else:
            altered.setdefault(difference.path[1] if len(difference.path) > 1 else None, []).append(difference)
    for inside in altered.values():
        entry = _entry_at(life.data, inside[0])
        told = {"status", "note", "replied", "template"}  # the sentence on the entry says these itself
        more = joined(*(_plain(life, one) for one in inside if one.name not in told))
        held = "held: " if any(one.name == "status" and one.after == "held" for one in inside) else ""
        what = f"{held}{_said_of_activity(entry, life.names)}{f' ({more})' if more else ''}"
        yield life.change("logged", what, date=_given(_day_of_news(entry, inside)))


def _day_of_news(entry: Data, inside: list[Difference]) -> Any:
    """The day of what is new about an entry: of the answer, or of the meeting that was then held; else none."""
    names = {one.name for one in inside}
    return entry.get("replied") if "replied" in names else entry.get("date") if "status" in names else None


def _said_of_activity(entry: Data, names: Names) -> str:
    kind, about, status = (_text(entry.get(key)) for key in ("kind", "about", "status"))
    thing = f"{about} {kind}" if about and kind in ("meeting", "call") else kind or "something"
    held = f" ({status})" if status and status != "held" else ""
    template = f" ({_text(entry.get('template'))})" if entry.get("template") else ""
    article = "an" if thing[:1] in "aeiou" else "a"
    replied = f", answered on {names.day(entry['replied'])}" if entry.get("replied") else ""
    note = f": {names.value(entry['note'])}" if entry.get("note") else ""
    return f"{article} {thing}{held}{template} on {names.day(entry.get('date'))}{replied}{note}"


def _contract(life: Life, found: list[Difference]) -> Iterator[Change]:
    names, now = life.names, _part(life.data, "contract")
    if _part(life.before or {}, "contract"):
        yield from _other(life, found)
        return
    end = names.day(now["end"]) if now.get("end") else "no end"
    term = f"{names.day(now['start'])} to {end}" if now.get("start") else ""
    signed = f"signed on {names.day(now['signed'])}" if now.get("signed") else ""
    mrr = f"{names.money(now['mrr'])} a month" if now.get("mrr") else ""
    yield life.change("contract", f"contract {joined(signed, term, mrr) or 'begun'}", date=_given(now.get("signed")))


def _exceptions(life: Life, found: list[Difference]) -> Iterator[Change]:
    names = life.names
    for difference in found:
        entry = difference.after
        if not isinstance(entry, Mapping):
            yield life.change("exception", f"{difference.section}: {_plain(life, difference)}")
        elif difference.section == "waived":
            need, stage = _text(entry.get("need")), names.stage(_text(entry.get("stage")))
            what = f"{names.person(_text(entry.get('by')))} waived {need} for {stage}: {_text(entry.get('why'))}"
            yield life.change("waived", what, date=_given(entry.get("date")))
        else:
            field, was = _text(entry.get("field")), names.value(entry.get("was"))
            what = (
                f"{names.person(_text(entry.get('by')))} corrected {field}, which said {was}: {_text(entry.get('why'))}"
            )
            yield life.change("corrected", what, date=_given(entry.get("date")))


def _other(life: Life, found: list[Difference]) -> Iterator[Change]:
    section = found[0].section
    label = LABELS.get(section, section.replace("_", " "))
    said = [_plain(life, difference) for difference in _leaves(found)]
    shown = joined(*said[:4]) + (f" and {len(said) - 4} more" if len(said) > 4 else "")
    one = len(found) == 1 and len(found[0].path) == 1 and not isinstance(found[0].after, Mapping)
    yield life.change(section.replace("_", " "), shown if one else f"{label}: {shown}")


SECTIONS: dict[str, Callable[[Life, list[Difference]], Iterator[Change]]] = {
    "value": _value,
    "expected_close": _close,
    "owner": _owner,
    "next": _next,
    "probability": _probability,
    "parked": _parked,
    "maniac_t": _answers,
    "activity": _activity,
    "contract": _contract,
    "waived": _exceptions,
    "corrections": _exceptions,
}


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _leaves(found: list[Difference]) -> list[Difference]:
    """Differences down to single values: a mapping that is new or gone is taken apart."""
    inner: list[Difference] = []
    for difference in found:
        before, after = difference.before, difference.after
        if isinstance(before, Mapping) or isinstance(after, Mapping):
            before, after = (side if isinstance(side, Mapping) else {} for side in (before, after))
            inner += _leaves(list(differences(before, after, difference.path)))
        else:
            inner.append(difference)
    return inner


def _plain(life: Life, difference: Difference, alone: bool = False) -> str:
    """``end 31 March 2027, was 31 December``."""
    name = LABELS.get(difference.name, difference.name.replace("_", " "))
    before, after = (_shown(side, life.names) for side in (difference.before, difference.after))
    if not after:
        return f"{name} taken out (was {before})"
    return f"{name} {after}" if not before or alone else f"{name} {after}, was {before}"


def _shown(value: Any, names: Names) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return joined(*(f"{key} {_shown(part, names)}" for key, part in value.items()))
    if isinstance(value, list):
        return names.value(", ".join(_shown(part, names) for part in value))
    return names.value(value)


def _part(data: Data, name: str) -> Data:
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def _entries(data: Data, name: str) -> list[Data]:
    found = data.get(name)
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def _entry_at(data: Data, difference: Difference) -> Data:
    entries = data.get(difference.section)
    at = difference.path[1] if len(difference.path) > 1 else None
    found = entries[at] if isinstance(entries, list) and isinstance(at, int) and at < len(entries) else {}
    return found if isinstance(found, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _given(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _days(before: str, after: str) -> int:
    try:
        return (date.fromisoformat(after) - date.fromisoformat(before)).days
    except ValueError:
        return 0
