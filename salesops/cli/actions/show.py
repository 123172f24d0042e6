"""What ``salesops show`` tells of one deal or member: where it stands, and what is missing for each exit of its stage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from salesops.book.book import Book, Snapshot
from salesops.book.exit_criteria import meaning
from salesops.book.stalled import parked_beside
from salesops.book.status import Standing, standings
from salesops.book.visits import Visit
from salesops.changes.need_words import condition, title
from salesops.cli.actions.show_sections import labelled, member_sections, people_of, sections
from salesops.cli.names import chosen, records
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import records_of
from salesops.metrics.wording import amounts
from salesops.output import SCHEMA_VERSION, as_json, show
from salesops.problems import Path, dotted
from salesops.records.member import Contact
from salesops.records.money import Money, money_as_data, total
from salesops.records.process import Need
from salesops.records.qualification import MANIAC_T, Answer
from salesops.records.record import Record

YES_NO = {"true": "yes", "false": "no"}


def run(folder: str, record_id: str, output_format: str, as_of: str | None, known: str | None) -> int:
    """Print one record; 1 where it cannot be followed, or a file could not be counted."""
    records = records_of(folder, as_of, known)
    book, whole = records.book, records.are_whole
    if not book.processes:
        return 1
    snapshot = records.snapshot
    records.say_whose()
    record_id = _meant(book, record_id, snapshot.as_of)
    history, is_json = snapshot.history(record_id), output_format == "json"
    if history:
        standing = Standing(snapshot, history)
        lines = iter([_as_json(snapshot, deal_as_data(standing))]) if is_json else _deal(standing)
    elif record_id in book.members:
        told = _as_json(snapshot, member_as_data(snapshot, record_id)) if is_json else ""
        lines = iter([told]) if is_json else _member(snapshot, record_id)
    elif unusable := _why_unusable(snapshot, record_id):
        note(f"salesops: {unusable}")
        return 1
    else:
        raise Usage(f"the deal '{show(record_id)}' started after {snapshot.as_of}")
    for line in lines:
        say(line)
    return 0 if whole else 1


def _as_json(snapshot: Snapshot, record: dict[str, Any]) -> str:
    return as_json({"schema_version": SCHEMA_VERSION, "as_of": snapshot.as_of, **record})


def deal_as_data(standing: Standing) -> dict[str, Any]:
    """A deal as machines read it: the record as written, and what follows from it on the day."""
    data = standing.written
    following = {
        "stage": standing.stage_name,
        "since": standing.since,
        "age": standing.age,
        "parked": standing.parked,
        "open": standing.is_open,
        "member_name": standing.member_name,
        "owner_name": standing.owner_name,
        "worth_from": _worth_from(standing),
        "worth": [money_as_data(Money(worth, code)) for code, worth in total(standing.amounts).items()],
        "amounts": {dotted(path): money_as_data(money) for path, money in _amounts(standing.deal)},
        "next": data.get("next"),
        "last_contact": standing.last_contact,
        "people": people_of(standing),
        "concerns": standing.concerns,
        "question": standing.question or None,
        "answered": [{"date": entry.date, "note": entry.note} for entry in standing.learned_here],
        "missing": [
            {"to": way.exit.to, "when": way.exit.when, "needs": [standing.asked(need) for need in way.missing]}
            for way in standing.ways
        ],
        "unfinished": [standing.asked(need) for need in standing.unfinished],
    }
    return {"id": standing.id, **data, **following}


def _worth_from(standing: Standing) -> str | None:
    """Where the worth comes from: the value that was written, else the signed contract; None where there is neither."""
    if not standing.amounts:
        return None
    return "contract" if standing.is_worth_its_contract else "value"


def _amounts(record: Record, *above: str) -> Iterator[tuple[Path, Money]]:
    """Every amount of money that a record holds, with its place."""
    for name in type(record).model_fields:
        held = getattr(record, name)
        if isinstance(held, Money):
            yield (*above, name), held
        elif isinstance(held, Record):
            yield from _amounts(held, *above, name)


def member_as_data(snapshot: Snapshot, member: str) -> dict[str, Any]:
    """A member as machines read it: the record as written, and its deals that had begun by the day."""
    return {"id": member, **snapshot.written("member", member), "deals": deals_of(snapshot, member)}


def deals_of(snapshot: Snapshot, member: str) -> list[str]:
    """The deals of a member that had begun by the day, by id."""
    return [history.id for history in snapshot.histories if history.deal.member == member]


def _why_unusable(snapshot: Snapshot, record_id: str) -> str | None:
    """Why a record that is there cannot be shown; None where there is no such record."""
    why = next((left.why for left in snapshot.book.unusable if left.deal == record_id), None)
    if why:
        return f"the deal '{show(record_id)}' cannot be shown: {why}"
    if ("member", record_id) in snapshot.book.broken:
        return f"the member '{show(record_id)}' cannot be shown: its file cannot be read; run salesops check"
    return None


def _meant(book: Book, asked: str, day: date) -> str:
    """The id of the deal or member that a person means, whether or not it had begun."""
    if asked in book.deals or asked in book.members:
        return asked
    return chosen(asked, records(book, day), f"there is no deal or member '{show(asked)}'")


def _deal(standing: Standing) -> Iterator[str]:
    deal = standing.deal
    yield style(show(f"{deal.title} · {standing.member_name}"), "head")
    state = standing.parked or ""
    yield show(
        " · ".join(
            part
            for part in (
                standing.stage.title,
                f"{standing.age_in_words}, since {standing.since}",
                deal.type,
                deal.tier,
                f"owner {standing.owner_name}",
                state,
            )
            if part
        )
    )
    if standing.amounts:
        by = " by its contract" if standing.is_worth_its_contract else ""
        yield f"worth {amounts(total(standing.amounts))}{by}" + (
            f", expected {deal.expected_close}" if deal.expected_close else ""
        )
    if deal.next and standing.is_open:
        yield show(f"next: {deal.next.action}, by {deal.next.due}")
    for concern in standing.concerns:
        yield style(f"! {show(concern)}", "warning")
    yield ""
    yield style("Stages", "head")
    for visit in standing.history.visits:
        brought = "  imported" if deal.was_brought(deal.stages[visit.line]) else ""
        yield f"  {visit.entered}  {show(visit.stage):<12} {_stayed(standing, visit)}{brought}"
    if deal.maniac_t:
        yield ""
        yield style(f"MANIAC-T, {deal.maniac_t.answered} of 7 answered", "head")
        yield from _qualification(standing)
    yield from sections(standing)
    yield ""
    yield from _question(standing)
    yield from _missing(standing)


def _qualification(standing: Standing) -> Iterator[str]:
    for letter in MANIAC_T:
        answer = getattr(standing.deal.maniac_t, letter)
        yield f"  {letter.replace('_', ' '):<16} {_answered(standing, answer) if answer else '-'}".rstrip()


def _answered(standing: Standing, answer: Answer) -> str:
    more = labelled(standing.snapshot, answer, ("status", "date", "note"))
    return f"{answer.status:<8} {answer.date}  {show(' · '.join([*([answer.note] if answer.note else []), *more]))}"


def _question(standing: Standing) -> Iterator[str]:
    """What the team wants to learn in the stage, and what it has learned there."""
    if standing.question:
        yield f"{style('To learn', 'head')}: {show(standing.question)}"
        for entry in standing.learned_here:
            yield show(f"  {entry.date}  {entry.note}")


def _missing(standing: Standing) -> Iterator[str]:
    for way in standing.ways:
        ready = style("ready", "good") if not way.missing else style(f"{len(way.missing)} missing", "warning")
        yield f"{style(show(f'To {way.exit.to}'), 'head')} ({show(way.exit.when)}): {ready}"
        for need in way.missing:
            yield show(f"  - {_asked(standing, need)}" + (f" ({meaning(need)})" if meaning(need) else ""))
    if any(way.missing for way in standing.ways):
        yield style(f"  salesops move {standing.id} STAGE asks for what is missing", "faint")
    if not standing.is_open and standing.stage.completion:
        left = standing.unfinished
        done = style("complete", "good") if not left else style(f"{len(left)} missing", "warning")
        yield f"{style('To be complete', 'head')} ({show(standing.stage.completion.when)}): {done}"
        for need in left:
            yield show(f"  - {_asked(standing, need)}" + (f" ({meaning(need)})" if meaning(need) else ""))


def _stayed(standing: Standing, visit: Visit) -> str:
    """The days of a visit as ages are told: without the parked ones, which stand beside them."""
    history, today = standing.history, standing.snapshot.as_of
    return f"{_days(history.active_days(visit, today))}{parked_beside(history, today, visit)}"


def _days(number: int) -> str:
    return f"{number:>4} {'day' if number == 1 else 'days'}"


def _asked(standing: Standing, need: Need) -> str:
    """What is missing: a field as people call it, the values that would do, or so many activities."""
    if not need.field:
        return standing.asked(need)
    if need.with_ or need.at_least is not None:
        return condition(need)
    return f"{title(need)}: {' or '.join(YES_NO.get(each, each) for each in need.is_)}" if need.is_ else title(need)


def _contact(contact: Contact) -> str:
    """``a-smith  Ana Smith, Director of Research Computing, +1 604 555 0100 (decides)``."""
    said = ", ".join(part for part in (contact.name, contact.role, contact.email, contact.phone) if part)
    return show(f"  {contact.id:<16}  {said}{' (decides)' if contact.decides else ''}")


def _member(snapshot: Snapshot, record_id: str) -> Iterator[str]:
    member = snapshot.book.members[record_id]
    yield style(show(member.name), "head")
    yield show(" · ".join(member.is_what_and_where) + (f" · {member.website}" if member.website else ""))
    if member.contacts:
        yield ""
        yield style("Contacts", "head")
        yield from map(_contact, member.contacts)
    yield from member_sections(snapshot, member)
    yield ""
    yield style("Deals", "head")
    for standing in standings(snapshot, [each for each in snapshot.histories if each.deal.member == record_id]):
        yield show(f"  {standing.id:<32} {standing.stage_name:<12} {standing.age_in_words:<9}  {standing.deal.title}")
