"""What happened to a deal between two versions of its file, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from salesops.changes.change import Change, joined, listed
from salesops.changes.deal_versions import Versions, WrittenMove, months, term, worth
from salesops.changes.field_differences import Difference, differences
from salesops.changes.field_sentences import is_of_entries, label, plain, told
from salesops.changes.move_sentences import of_moves
from salesops.changes.names import Names
from salesops.changes.process_sentences import field_in_words
from salesops.output import counted
from salesops.records.as_written import Data, as_map, as_text
from salesops.records.process import LOST, WON
from salesops.records.qualification import MANIAC_T
from salesops.records.record import value_at
from salesops.records.scalars import day_or_none

SETTLED = frozenset({"stages", "reopened", "moved_back"})
"""Fields that the sentences on moves speak of."""
SAID_AT_CLOSE = frozenset({"loss", "reopened"})
"""Fields that the sentence on a lost deal speaks of."""


def of_deal(deal_id: str, before: Data | None, after: Data | None, names: Names) -> list[Change]:
    """Everything that happened to a deal, moves first."""
    deal = Versions(deal_id, before, after, names)
    if after is None:
        return [deal.change("removed", joined(f"removed; it was in {deal.stage}", deal.price))]
    if before is None:
        return list(_new(deal))
    found = list(differences(before, after))
    return [*of_moves(deal, before, after), *_sections(deal, found)]


def _new(deal: Versions) -> Iterator[Change]:
    moves = deal.moves
    start, now = (moves[0], moves[-1]) if moves else (WrittenMove("", ""), WrittenMove("", ""))
    since = f" since {deal.names.day(now.entered)}" if now.entered else ""
    title, kind = (deal.names.text(deal.data.get(name)) for name in ("title", "type"))
    owner = deal.names.person(as_text(deal.data.get("owner")))
    what = joined(
        "new deal"
        + (f", {title}" if title and not deal.who.endswith(f", {title}") else "")
        + (f" ({kind})" if kind else ""),
        f"in {deal.stage}{since}",
        deal.price,
        deal.answered,
        f"owner {owner}" if owner else "no owner yet",
    )
    yield deal.change("new", what, after=now.stage or None, date=start.entered or None)


# ── what else changed ─────────────────────────────────────────────────────────────────────────────────────────────────


def _sections(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    """One change for each top-level field that says something else, in the order of the file."""
    sections = dict.fromkeys(difference.section for difference in found)
    said = SETTLED | _said_by_move(deal)
    for section in sections:
        if section not in said:
            yield from SECTIONS.get(section, _other)(deal, [one for one in found if one.section == section])


def _said_by_move(deal: Versions) -> frozenset[str]:
    """Fields that the sentence on the last move has told already."""
    if not deal.has_moved:
        return frozenset()
    outcome = deal.names.book.outcome(deal.moves[-1].stage)
    if outcome is None:
        return frozenset({"value"} if deal.is_first_worth else ())
    told = {"next"} if "next" not in deal.data else set()
    contract = deal.part("contract")
    same_day = contract.get("signed") in (None, deal.moves[-1].entered)
    if outcome == WON and same_day and not deal.part_before("contract"):
        told.add("contract")
    return frozenset(told | SAID_AT_CLOSE if outcome == LOST else told)


def _value(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    before, after = deal.part_before("value"), deal.part("value")
    was, now = worth(before, deal.names), worth(after, deal.names)
    said = f"expected {_repriced(found, deal.names)}" if was and now else f"expected {now}" if now else ""
    said = said or f"no expected amount any more, was {was}"
    yield deal.change("priced", said, before=_given(before.get("mrr")), after=_given(after.get("mrr")))


def _repriced(found: list[Difference], names: Names) -> str:
    """``1,600 USD a month, was 1,450 USD``: only what is another amount."""
    return joined(*(_amount(one, names) for one in found))


def _amount(one: Difference, names: Names) -> str:
    per = {"mrr": " a month", "one_off": " one-off"}.get(one.name)
    was, now = as_text(one.before), as_text(one.after)
    if one.name == "months":
        said, old = months(now) or "for an unspecified term", months(was).removeprefix("for ") or "an unspecified term"
        return f"{said}, was {old}"
    if per is None:
        return plain(one, names)
    if not now:
        return f"nothing{per}, was {names.money(was)}"
    return f"{names.money(now)}{per}" + (f", was {names.money(was)}" if was else "")


def _close(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    before, after = found[0].before, found[0].after
    names = deal.names
    if before and after:
        days = _days_between(before, after)
        by = f" ({counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'})" if days else ""
        said = f"expected close {names.day(after)}, was {names.day(before)}{by}"
    else:
        said = f"expected close {names.day(after)}" if after else f"no expected close, was {names.day(before)}"
    yield deal.change("expected close", said, before=_given(before), after=_given(after))


def _owner(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    before, after = (deal.names.person(as_text(side)) for side in (found[0].before, found[0].after))
    said = f"owner {after}" if after else "no owner"
    yield deal.change(
        "owner", f"{said}, was {before or 'nobody'}", before=_given(found[0].before), after=_given(found[0].after)
    )


def _member(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    before, after = (deal.names.member(as_text(side)) or "nobody" for side in (found[0].before, found[0].after))
    said = f"a deal with {after}, was {before}"
    yield deal.change("member", said, before=_given(found[0].before), after=_given(found[0].after))


def _next(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    step = deal.part("next")
    if not step:
        yield deal.change("next step", "no next step any more")
        return
    due = f" by {deal.names.day(step['due'])}" if step.get("due") else ""
    whose = _whose_step(deal, as_text(step.get("owner")))
    yield deal.change(
        "next step",
        f"next: {deal.names.text(step.get('action')) or 'something'}{due}{f' ({whose})' if whose else ''}",
        date=_given(step.get("due")),
    )


def _whose_step(deal: Versions, own: str) -> str:
    """Who does the step, where that is said; where it is not, but was before of somebody else, that it is the deal's owner now."""
    if own:
        return deal.names.person(own)
    before = as_text(replace(deal, after=None).part("next").get("owner"))
    leads = as_text(deal.data.get("owner"))
    is_passed_on = before and before != leads
    return f"{deal.names.person(leads) or 'nobody'}, was {deal.names.person(before)}" if is_passed_on else ""


def _probability(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    now, was = deal.part("probability"), deal.part_before("probability")
    if not now:
        yield deal.change("probability", "the team's own estimate was removed")
        return
    names = deal.names
    before = f", was {names.text(was['value'])}" if was.get("value") not in (None, now.get("value")) else ""
    why = f": {names.text(now['why'])}" if now.get("why") else ""
    yield deal.change("probability", f"chance {names.text(now.get('value'))}{before}{why}")


def _parked(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    names = deal.names
    for one in found:
        entry = one.after
        if isinstance(entry, Mapping):
            until = f" until {names.day(entry['until'])}" if entry.get("until") else ", with no return date"
            since = f" from {names.day(entry['since'])}" if entry.get("since") else ""
            why = f": {names.text(entry['why'])}" if entry.get("why") else ""
            yield deal.change("parked", f"parked{since}{until}{why}", date=_given(entry.get("since")))
        elif one.name == "until" and isinstance(one.after, str):
            yield _parked_until(deal, one.after, one.before)
        elif isinstance(one.before, Mapping):
            yield deal.change("parked", f"no longer parked: {told([one], deal.data, names)}")
        else:
            yield deal.change("parked", f"parked: {plain(one, names)}")


def _parked_until(deal: Versions, day: str, before: Any) -> Change:
    was = f"until {deal.names.day(before)}" if before else "with no return date"
    if day <= str(deal.names.as_of):
        return deal.change("resumed", f"resumed on {deal.names.day(day)}, was parked {was}", date=day)
    return deal.change("parked", f"parked until {deal.names.day(day)}, was {was.removeprefix('until ')}", date=day)


def _answers(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    """Answers with another status first, then those of which only more is known."""
    before, after = deal.part_before("maniac_t"), deal.part("maniac_t")
    letters = [letter for letter in (*MANIAC_T, *_unknown(before, after)) if before.get(letter) != after.get(letter)]
    altered = [letter for letter in letters if _status(before, letter) != _status(after, letter)]
    rest = [letter for letter in letters if letter not in altered]
    said = listed([_answer(before, after, letter, deal.names) for letter in altered])
    if len(letters) == 1 and (note := deal.names.text(as_map(after.get(letters[0])).get("note"))):
        said = f"{said or _answer({}, after, letters[0], deal.names)}: {note}"
    elif rest:
        said = joined(said, f"more on {listed([_letter(letter, deal.names) for letter in rest])}")
    yield deal.change("qualified", said if deal.has_moved or not altered else f"{said}; {deal.answered}")


def _unknown(before: Data, after: Data) -> list[str]:
    return [name for name in dict.fromkeys((*before, *after)) if name not in MANIAC_T]


def _status(answers: Data, letter: str) -> str:
    return as_text(as_map(answers.get(letter)).get("status")) if answers.get(letter) else "removed"


def _answer(before: Data, after: Data, letter: str, names: Names) -> str:
    if _status(after, letter) == "removed":
        return f"no answer on {_letter(letter, names)} any more"
    was = as_text(as_map(before.get(letter)).get("status"))
    now = names.text(_status(after, letter)) or "without an answer"
    return f"{_letter(letter, names)} {now}" + (f" (was {names.text(was)})" if was else "")


def _letter(letter: str, names: Names) -> str:
    return names.text(letter.replace("_", " "))


CALLED = {"email": "e-mail", "other": ""}
"""What the file calls an activity, as people do: a call about something else is a call."""


def _activity(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    altered: dict[Any, list[Difference]] = {}
    for difference in found:
        if isinstance(difference.after, Mapping):
            what = _said_of_activity(difference.after, deal.names)
            yield deal.change("logged", what, date=_given(difference.after.get("date")))
        elif isinstance(difference.before, Mapping):
            yield deal.change("logged", f"removed: {_said_of_activity(difference.before, deal.names)}")
        else:
            altered.setdefault(difference.path[1] if len(difference.path) > 1 else None, []).append(difference)
    for inside in altered.values():
        entry = _entry_at(deal.data, inside[0])
        said = {"status", "note", "replied", "template"}  # the sentence on the entry says these itself
        more = joined(*(plain(one, deal.names) for one in inside if one.name not in said))
        held = "held: " if any(one.name == "status" and one.after == "held" for one in inside) else ""
        what = f"{held}{_said_of_activity(entry, deal.names)}{f' ({more})' if more else ''}"
        yield deal.change("logged", what, date=_given(_day_of_news(entry, inside)))


def _day_of_news(entry: Data, inside: list[Difference]) -> Any:
    """The day of what is new about an entry: of the answer, or of the meeting that was then held; else none."""
    names = {one.name for one in inside}
    return entry.get("replied") if "replied" in names else entry.get("date") if "status" in names else None


def _said_of_activity(entry: Data, names: Names) -> str:
    kind, about, status = (as_text(entry.get(key)) for key in ("kind", "about", "status"))
    kind, about, status = (CALLED.get(part, names.text(part)) for part in (kind, about, status))
    thing = f"{about} {kind}" if about and kind in ("meeting", "call") else kind or "something"
    held = f" ({status})" if status and status != "held" else ""
    template = f" ({names.text(entry['template'])})" if entry.get("template") else ""
    day = f" on {names.day(entry['date'])}" if entry.get("date") else ""
    article = "an" if thing[:1] in "aeiou" else "a"
    replied = f", answered on {names.day(entry['replied'])}" if entry.get("replied") else ""
    note = f": {names.text(entry['note'])}" if entry.get("note") else ""
    return f"{article} {thing}{held}{template}{day}{replied}{note}"


def _contract(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    names, now = deal.names, deal.part("contract")
    if deal.part_before("contract"):
        yield from _other(deal, found)
        return
    signed = f"signed on {names.day(now['signed'])}" if now.get("signed") else ""
    mrr = f"{names.money(now['mrr'])} a month" if now.get("mrr") else ""
    said = joined(signed, term(now, names), mrr) or "begun"
    yield deal.change("contract", f"contract {said}", date=_given(now.get("signed")))


def _exceptions(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    for one in found:
        if not isinstance(one.after, Mapping):
            yield deal.change("exception", f"{label(one.section)}: {told([one], deal.data, deal.names)}")
        elif one.section == "waived":
            yield _waived(deal, one.after)
        else:
            yield _corrected(deal, one.after)


def _waived(deal: Versions, entry: Data) -> Change:
    names = deal.names
    need, stage = field_in_words(as_text(entry.get("need"))), names.stage(as_text(entry.get("stage")))
    who, why = names.person(as_text(entry.get("by"))) or "nobody", names.text(entry.get("why"))
    return deal.change("waived", f"{stage} without {need}, signed by {who}: {why}", date=_given(entry.get("date")))


def _corrected(deal: Versions, entry: Data) -> Change:
    """The move itself has been told: of a correction of one, who signed it and why is left to say."""
    names = deal.names
    who, why = names.person(as_text(entry.get("by"))) or "nobody", names.text(entry.get("why"))
    field, was = as_text(entry.get("field")), names.value(entry.get("was") or "nothing")
    what = "" if field.startswith("stages") else f": {field_in_words(field)} said {was}"
    return deal.change("corrected", f"correction signed by {who}{what} ({why})", date=_given(entry.get("date")))


def _learned(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    """``learned in Discovery on 2 March: They teach on their own servers``; what was said before is told like any other field."""
    names = deal.names
    for one in found:
        entry = one.after
        if one.before is not None or not isinstance(entry, Mapping):
            yield from _other(deal, [one])
            continue
        stage = f" in {names.stage(as_text(entry['stage']))}" if entry.get("stage") else ""
        day = f" on {names.day(entry['date'])}" if entry.get("date") else ""
        note = f": {names.text(entry['note'])}" if entry.get("note") else ""
        yield deal.change("learned", f"learned{stage}{day}{note}", date=_given(entry.get("date")))


def _outlook(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    """``outlook on 5 March: commit (The order is on the provost's desk)``; a change of what was said is told like any other field."""
    names = deal.names
    for one in found:
        entry = one.after
        if one.before is not None or not isinstance(entry, Mapping):
            yield from _other(deal, [one])
            continue
        day = f" on {names.day(entry['date'])}" if entry.get("date") else ""
        why = f" ({names.text(entry['why'])})" if entry.get("why") else ""
        yield deal.change(
            "outlook", f"outlook{day}: {names.text(entry.get('says'))}{why}", date=_given(entry.get("date"))
        )


def _win(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    yield deal.change("win", told(found, deal.data, deal.names))


def _other(deal: Versions, found: list[Difference]) -> Iterator[Change]:
    section = found[0].section
    said = told(found, deal.data, deal.names)
    names_itself = is_of_entries(found) or (len(found) == 1 and found[0].path == (section,) and not _is_map(found[0]))
    kind = deal.names.text(section.replace("_", " "))
    yield deal.change(kind, said if names_itself else f"{deal.names.text(label(section))}: {said}")


def _is_map(one: Difference) -> bool:
    return isinstance(one.before, Mapping) or isinstance(one.after, Mapping)


SECTIONS: dict[str, Callable[[Versions, list[Difference]], Iterator[Change]]] = {
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
    "learned": _learned,
    "outlook": _outlook,
    "waived": _exceptions,
    "corrections": _exceptions,
}


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _entry_at(data: Data, difference: Difference) -> Data:
    """The entry of a list that a difference is in."""
    return as_map(value_at(data, difference.path[:2]))


def _given(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _days_between(before: Any, after: Any) -> int:
    first, last = (day_or_none(as_text(side)) for side in (before, after))
    return (last - first).days if first and last else 0
