"""What happened to a deal between two versions of its file, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from salesops.changes.change import Change, joined, listed
from salesops.changes.differences import Difference, differences
from salesops.changes.entries import is_of_entries, label, plain, told
from salesops.changes.names import Names
from salesops.changes.processes import field_in_words
from salesops.checks.past import Alteration, alterations
from salesops.output import counted
from salesops.records.deal import MANIAC_T
from salesops.records.process import LOST, WON

Data = Mapping[str, Any]
SETTLED = frozenset({"stages", "reopened", "moved_back"})
"""Fields that the sentences on moves speak of."""
SAID_AT_CLOSE = frozenset({"loss", "reopened"})
"""Fields that the sentence on a lost deal speaks of."""
VERDICTS = {"icp": "wrong fit", "execution": "our own doing"}


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
        """What people call the deal."""
        return self.names.deal(self.id, self.data)

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
    def worth(self) -> str:
        """What is expected of it, in full."""
        return _worth(_part(self.data, "value"), self.names)

    @property
    def stage(self) -> str:
        """Where it is."""
        moves = _lines(self.data)
        return self.names.stage(moves[-1].stage) if moves else "no stage"

    @property
    def answered(self) -> str:
        """How many of the seven answers there are."""
        answers = _part(self.data, "maniac_t")
        return f"{sum(bool(answers.get(letter)) for letter in MANIAC_T)} of {len(MANIAC_T)} MANIAC-T answers"


def of_deal(id: str, before: Data | None, after: Data | None, names: Names) -> list[Change]:
    """Everything that happened to a deal, moves first."""
    life = Life(id, before, after, names)
    if after is None:
        return [life.change("removed", joined(f"removed; it was in {life.stage}", life.price))]
    if before is None:
        return list(_new(life))
    found = list(differences(before, after))
    return [*_moves(life, before, after), *_sections(life, found)]


def _new(life: Life) -> Iterator[Change]:
    moves = _lines(life.data)
    start, now = (moves[0], moves[-1]) if moves else (Line("", ""), Line("", ""))
    since = f" since {life.names.day(now.entered)}" if now.entered else ""
    title, kind = (life.names.text(life.data.get(name)) for name in ("title", "type"))
    owner = life.names.person(_text(life.data.get("owner")))
    what = joined(
        "new deal"
        + (f", {title}" if title and not life.who.endswith(f", {title}") else "")
        + (f" ({kind})" if kind else ""),
        f"in {life.stage}{since}",
        life.price,
        life.answered,
        f"led by {owner}" if owner else "led by nobody yet",
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
        "past", f"the past was {'corrected' if signed else 'altered, and nobody signed for it'}: {'; '.join(said)}"
    )


def _altered(names: Names, one: Alteration) -> str:
    was, now = (
        f"{names.stage(move.stage)} on {names.day(move.entered)}" if move else "" for move in (one.was, one.now)
    )
    if one.was and one.now and one.was.stage == one.now.stage:
        return f"{now}, was {names.day(one.was.entered)}"
    return f"{now}, was {was}" if was and now else f"{now} was put in" if now else f"{was} was taken out"


def _move(life: Life, before: str | None, move: Line, *, last: bool) -> Change:
    stage, day = move
    names = life.names
    closes_as = names.book.outcome(stage)
    came_as = names.book.outcome(before) if before else None
    kind = "won" if closes_as == WON else "lost" if closes_as == LOST else "reopened" if came_as == LOST else "moved"
    reason = (
        _reason(life, "reopened" if kind == "reopened" else "moved_back", day) if kind in ("moved", "reopened") else ""
    )
    way = f"{names.stage(before)} → {names.stage(stage)}" if before else f"starts in {names.stage(stage)}"
    tail = _tail(life, kind) if last else ""
    what = joined(f"{way} on {names.day(day)}" if day else way, tail) + (f" ({reason})" if reason else "")
    return life.change(kind, what, before=before, after=stage, date=day or None)


def _tail(life: Life, kind: str) -> str:
    names = life.names
    if kind == "won":
        return joined(life.price, _term(_part(life.data, "contract"), names))
    if kind == "lost":
        loss = _part(life.data, "loss")
        reason = names.text(loss.get("reason"))
        verdict = VERDICTS.get(_text(loss.get("verdict")), names.text(loss.get("verdict")))
        why = f"reason: {reason}" + (f" ({verdict})" if verdict else "") if reason else "no reason given"
        learned = f"; learned: {names.text(loss['learning'])}" if loss.get("learning") else ""
        return f"{joined(life.price, why)}{learned}"
    return joined(life.worth if life.worth and _is_first_worth(life) else life.price, life.answered)


def _term(contract: Data, names: Names) -> str:
    """``1 April 2026 to 31 March 2027``."""
    if not contract.get("start"):
        return ""
    end = f" to {names.day(contract['end'])}" if contract.get("end") else ", with no end"
    return f"from {names.day(contract['start'])}{end}"


def _is_first_worth(life: Life) -> bool:
    return not _worth(_part(life.before or {}, "value"), life.names)


def _reason(life: Life, name: str, day: str) -> str:
    entries = _entries(life.data, name)
    return next((life.names.text(entry.get("why")) for entry in entries if entry.get("date") == day), "")


# ── what else changed ─────────────────────────────────────────────────────────────────────────────────────────────────


def _sections(life: Life, found: list[Difference]) -> Iterator[Change]:
    """One change for each top-level field that says something else, in the order of the file."""
    sections = dict.fromkeys(difference.section for difference in found)
    said = SETTLED | _said_by_move(life)
    for section in sections:
        if section not in said:
            yield from SECTIONS.get(section, _other)(life, [one for one in found if one.section == section])


def _has_moved(life: Life) -> bool:
    return len(_lines(life.data)) > len(_lines(life.before or {}))


def _said_by_move(life: Life) -> frozenset[str]:
    """Fields that the sentence on the last move has told already."""
    if not _has_moved(life):
        return frozenset()
    outcome = life.names.book.outcome(_lines(life.data)[-1].stage)
    if outcome is None:
        return frozenset({"value"} if _is_first_worth(life) else ())
    told = {"next"} if "next" not in life.data else set()
    contract = _part(life.data, "contract")
    same_day = contract.get("signed") in (None, _lines(life.data)[-1].entered)
    if outcome == WON and same_day and not _part(life.before or {}, "contract"):
        told.add("contract")
    return frozenset(told | SAID_AT_CLOSE if outcome == LOST else told)


def _value(life: Life, found: list[Difference]) -> Iterator[Change]:
    before, after = (_part(data or {}, "value") for data in (life.before, life.after))
    was, now = _worth(before, life.names), _worth(after, life.names)
    said = f"expected {_repriced(found, life.names)}" if was and now else f"expected {now}" if now else ""
    said = said or f"no expected amount any more, was {was}"
    yield life.change("priced", said, before=_given(before.get("mrr")), after=_given(after.get("mrr")))


def _repriced(found: list[Difference], names: Names) -> str:
    """``1,600 USD a month, was 1,450 USD``: only what is another amount."""
    return joined(*(_amount(one, names) for one in found))


def _amount(one: Difference, names: Names) -> str:
    per = {"mrr": " a month", "one_off": " once"}.get(one.name)
    was, now = (side if isinstance(side, str) else "" for side in (one.before, one.after))
    if one.name == "months":
        said, old = _months(now) or "for no set time", _months(was).removeprefix("for ") or "no set time"
        return f"{said}, was {old}"
    if per is None:
        return plain(one, names)
    if not now:
        return f"nothing{per}, was {names.money(was)}"
    return f"{names.money(now)}{per}" + (f", was {names.money(was)}" if was else "")


def _months(number: str) -> str:
    return f"for {number} {'month' if number == '1' else 'months'}" if number else ""


def _worth(value: Data, names: Names) -> str:
    """``1,250 USD a month for 12 months, 2,000 USD once``."""
    mrr = f"{names.money(value['mrr'])} a month" if value.get("mrr") else ""
    months = _months(names.text(value.get("months")))
    once = f"{names.money(value['one_off'])} once" if value.get("one_off") else ""
    return joined(" ".join(part for part in (mrr, months) if part), once)


def _close(life: Life, found: list[Difference]) -> Iterator[Change]:
    before, after = found[0].before, found[0].after
    names = life.names
    if before and after:
        days = _days(before, after)
        by = f" ({counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'})" if days else ""
        said = f"expected close {names.day(after)}, was {names.day(before)}{by}"
    else:
        said = f"expected close {names.day(after)}" if after else f"no expected close, was {names.day(before)}"
    yield life.change("expected close", said, before=_given(before), after=_given(after))


def _owner(life: Life, found: list[Difference]) -> Iterator[Change]:
    before, after = (life.names.person(_text(side)) for side in (found[0].before, found[0].after))
    said = f"led by {after or 'nobody now'}, was {before or 'nobody'}"
    yield life.change("owner", said, before=_given(found[0].before), after=_given(found[0].after))


def _member(life: Life, found: list[Difference]) -> Iterator[Change]:
    before, after = (life.names.member(_text(side)) or "nobody" for side in (found[0].before, found[0].after))
    said = f"a deal with {after}, was {before}"
    yield life.change("member", said, before=_given(found[0].before), after=_given(found[0].after))


def _next(life: Life, found: list[Difference]) -> Iterator[Change]:
    step = _part(life.data, "next")
    if not step:
        yield life.change("next step", "no next step any more")
        return
    due = f" by {life.names.day(step['due'])}" if step.get("due") else ""
    owner = f" ({life.names.person(_text(step['owner']))})" if step.get("owner") else ""
    yield life.change(
        "next step",
        f"next: {life.names.text(step.get('action')) or 'something'}{due}{owner}",
        date=_given(step.get("due")),
    )


def _probability(life: Life, found: list[Difference]) -> Iterator[Change]:
    now, was = _part(life.data, "probability"), _part(life.before or {}, "probability")
    if not now:
        yield life.change("probability", "the team's own estimate was taken out")
        return
    names = life.names
    before = f", was {names.text(was['value'])}" if was.get("value") not in (None, now.get("value")) else ""
    why = f": {names.text(now['why'])}" if now.get("why") else ""
    yield life.change("probability", f"chance {names.text(now.get('value'))}{before}{why}")


def _parked(life: Life, found: list[Difference]) -> Iterator[Change]:
    names = life.names
    for one in found:
        entry = one.after
        if isinstance(entry, Mapping):
            until = f" until {names.day(entry['until'])}" if entry.get("until") else ", with no day to come back"
            since = f" from {names.day(entry['since'])}" if entry.get("since") else ""
            why = f": {names.text(entry['why'])}" if entry.get("why") else ""
            yield life.change("parked", f"parked{since}{until}{why}", date=_given(entry.get("since")))
        elif one.name == "until" and isinstance(one.after, str):
            yield _parked_until(life, one.after, one.before)
        elif isinstance(one.before, Mapping):
            yield life.change("parked", f"no longer parked: {told([one], life.data, names)}")
        else:
            yield life.change("parked", f"parked: {plain(one, names)}")


def _parked_until(life: Life, day: str, before: Any) -> Change:
    was = f"until {life.names.day(before)}" if before else "with no day to come back"
    if day <= str(life.names.as_of):
        return life.change("resumed", f"taken up again on {life.names.day(day)}, was parked {was}", date=day)
    return life.change("parked", f"parked until {life.names.day(day)}, was {was.removeprefix('until ')}", date=day)


def _answers(life: Life, found: list[Difference]) -> Iterator[Change]:
    """Answers with another status first, then those of which only more is known."""
    before, after = (_part(data or {}, "maniac_t") for data in (life.before, life.after))
    letters = [letter for letter in (*MANIAC_T, *_unknown(before, after)) if before.get(letter) != after.get(letter)]
    altered = [letter for letter in letters if _status(before, letter) != _status(after, letter)]
    rest = [letter for letter in letters if letter not in altered]
    said = listed([_answer(before, after, letter, life.names) for letter in altered])
    if len(letters) == 1 and (note := life.names.text(_part(after, letters[0]).get("note"))):
        said = f"{said or _answer({}, after, letters[0], life.names)}: {note}"
    elif rest:
        said = joined(said, f"more on {listed([_letter(letter, life.names) for letter in rest])}")
    yield life.change("qualified", said if _has_moved(life) or not altered else f"{said}; {life.answered}")


def _unknown(before: Data, after: Data) -> list[str]:
    return [name for name in dict.fromkeys((*before, *after)) if name not in MANIAC_T]


def _status(answers: Data, letter: str) -> str:
    return _text(_part(answers, letter).get("status")) if answers.get(letter) else "taken out"


def _answer(before: Data, after: Data, letter: str, names: Names) -> str:
    if _status(after, letter) == "taken out":
        return f"no answer on {_letter(letter, names)} any more"
    was = _text(_part(before, letter).get("status"))
    now = names.text(_status(after, letter)) or "without an answer"
    return f"{_letter(letter, names)} {now}" + (f" (was {names.text(was)})" if was else "")


def _letter(letter: str, names: Names) -> str:
    return names.text(letter.replace("_", " "))


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
        said = {"status", "note", "replied", "template"}  # the sentence on the entry says these itself
        more = joined(*(plain(one, life.names) for one in inside if one.name not in said))
        held = "held: " if any(one.name == "status" and one.after == "held" for one in inside) else ""
        what = f"{held}{_said_of_activity(entry, life.names)}{f' ({more})' if more else ''}"
        yield life.change("logged", what, date=_given(_day_of_news(entry, inside)))


def _day_of_news(entry: Data, inside: list[Difference]) -> Any:
    """The day of what is new about an entry: of the answer, or of the meeting that was then held; else none."""
    names = {one.name for one in inside}
    return entry.get("replied") if "replied" in names else entry.get("date") if "status" in names else None


def _said_of_activity(entry: Data, names: Names) -> str:
    kind, about, status = (_text(entry.get(key)) for key in ("kind", "about", "status"))
    kind, about, status = (names.text(part) for part in (kind, about, status))
    thing = f"{about} {kind}" if about and kind in ("meeting", "call") else kind or "something"
    held = f" ({status})" if status and status != "held" else ""
    template = f" ({names.text(entry['template'])})" if entry.get("template") else ""
    day = f" on {names.day(entry['date'])}" if entry.get("date") else ""
    article = "an" if thing[:1] in "aeiou" else "a"
    replied = f", answered on {names.day(entry['replied'])}" if entry.get("replied") else ""
    note = f": {names.text(entry['note'])}" if entry.get("note") else ""
    return f"{article} {thing}{held}{template}{day}{replied}{note}"


def _contract(life: Life, found: list[Difference]) -> Iterator[Change]:
    names, now = life.names, _part(life.data, "contract")
    if _part(life.before or {}, "contract"):
        yield from _other(life, found)
        return
    signed = f"signed on {names.day(now['signed'])}" if now.get("signed") else ""
    mrr = f"{names.money(now['mrr'])} a month" if now.get("mrr") else ""
    said = joined(signed, _term(now, names), mrr) or "begun"
    yield life.change("contract", f"contract {said}", date=_given(now.get("signed")))


def _exceptions(life: Life, found: list[Difference]) -> Iterator[Change]:
    for one in found:
        if not isinstance(one.after, Mapping):
            yield life.change("exception", f"{label(one.section)}: {told([one], life.data, life.names)}")
        elif one.section == "waived":
            yield _waived(life, one.after)
        else:
            yield _corrected(life, one.after)


def _waived(life: Life, entry: Data) -> Change:
    names = life.names
    need, stage = field_in_words(_text(entry.get("need")), names), names.stage(_text(entry.get("stage")))
    who, why = names.person(_text(entry.get("by"))) or "nobody", names.text(entry.get("why"))
    return life.change("waived", f"{stage} without {need}, signed by {who}: {why}", date=_given(entry.get("date")))


def _corrected(life: Life, entry: Data) -> Change:
    """The move itself has been told: of a correction of one, who signed it and why is left to say."""
    names = life.names
    who, why = names.person(_text(entry.get("by"))) or "nobody", names.text(entry.get("why"))
    field, was = _text(entry.get("field")), names.value(entry.get("was") or "nothing")
    what = "" if field.startswith("stages") else f": {field_in_words(field, names)} said {was}"
    return life.change("corrected", f"correction signed by {who}{what} ({why})", date=_given(entry.get("date")))


def _win(life: Life, found: list[Difference]) -> Iterator[Change]:
    yield life.change("win", told(found, life.data, life.names))


def _other(life: Life, found: list[Difference]) -> Iterator[Change]:
    section = found[0].section
    said = told(found, life.data, life.names)
    names_itself = is_of_entries(found) or (len(found) == 1 and found[0].path == (section,) and not _is_map(found[0]))
    kind = life.names.text(section.replace("_", " "))
    yield life.change(kind, said if names_itself else f"{life.names.text(label(section))}: {said}")


def _is_map(one: Difference) -> bool:
    return isinstance(one.before, Mapping) or isinstance(one.after, Mapping)


SECTIONS: dict[str, Callable[[Life, list[Difference]], Iterator[Change]]] = {
    "value": _value,
    "expected_close": _close,
    "owner": _owner,
    "member": _member,
    "next": _next,
    "probability": _probability,
    "parked": _parked,
    "maniac_t": _answers,
    "activity": _activity,
    "contract": _contract,
    "win": _win,
    "waived": _exceptions,
    "corrections": _exceptions,
}


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


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
