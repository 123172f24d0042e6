"""What ``salesops show`` tells of one deal or member: where it stands, and what is missing for each exit of its stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from salesops.book.book import Snapshot
from salesops.book.exit_criteria import meaning
from salesops.book.status import Standing, standings
from salesops.cli.day import day_of
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import numbers_are_whole, read
from salesops.metrics.wording import amounts
from salesops.output import as_json, counted, show
from salesops.problems import nearest
from salesops.records.deal import MANIAC_T
from salesops.records.money import total
from salesops.records.process import Need


def run(folder: str, record_id: str, output_format: str, as_of: str | None) -> int:
    """Print one record; 1 where it cannot be followed, or a file could not be counted."""
    _, book, problems = read(folder)
    whole = numbers_are_whole(book, problems)
    if not book.processes:
        return 1
    snapshot = book.on(day_of(as_of, book))
    history, is_json = snapshot.history(record_id), output_format == "json"
    if history:
        standing = Standing(snapshot, history)
        lines = iter([as_json(deal_as_data(standing))]) if is_json else _deal(standing)
    elif record_id in book.members:
        lines = iter([as_json(member_as_data(snapshot, record_id))]) if is_json else _member(snapshot, record_id)
    elif unusable := _why_unusable(snapshot, record_id):
        note(f"salesops: {unusable}")
        return 1
    else:
        raise Usage(_why_not(snapshot, record_id))
    for line in lines:
        say(line)
    return 0 if whole else 1


def deal_as_data(standing: Standing) -> dict[str, Any]:
    """A deal as machines read it: the record as written, and what follows from it on the day."""
    data = standing.snapshot.book.documents["deal", standing.id].data
    following = {
        "stage": standing.stage_name,
        "since": standing.since,
        "age": standing.age,
        "parked": standing.parked,
        "open": standing.is_open,
        "next": data.get("next"),
        "last_contact": standing.last_contact,
        "concerns": standing.concerns,
        "missing": [
            {"to": way.exit.to, "when": way.exit.when, "needs": [need.sentence for need in way.missing]}
            for way in standing.ways
        ],
        "unfinished": [need.sentence for need in standing.unfinished],
    }
    return {"id": standing.id, **data, **following}


def member_as_data(snapshot: Snapshot, member: str) -> dict[str, Any]:
    """A member as machines read it: the record as written, and its deals that had begun by the day."""
    return {"id": member, **snapshot.book.documents["member", member].data, "deals": deals_of(snapshot, member)}


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


def _why_not(snapshot: Snapshot, record_id: str) -> str:
    book = snapshot.book
    if record_id in book.histories:
        return f"the deal '{show(record_id)}' started after {snapshot.as_of}"
    guess = nearest(record_id, [*book.deals, *book.members])
    return f"there is no deal or member '{show(record_id)}'" + (f"; did you mean '{guess}'?" if guess else "")


def _deal(standing: Standing) -> Iterator[str]:
    deal = standing.deal
    yield style(show(f"{deal.title} · {standing.member_name}"), "head")
    state = standing.parked or ""
    yield show(
        " · ".join(
            part
            for part in (
                standing.stage.title,
                f"{counted(standing.age, 'day')}, since {standing.since}",
                deal.type,
                deal.tier,
                f"owner {standing.owner_name}",
                state,
            )
            if part
        )
    )
    if standing.amounts:
        yield f"worth {amounts(total(standing.amounts))}" + (
            f", expected {deal.expected_close}" if deal.expected_close else ""
        )
    if deal.next and standing.is_open:
        yield show(f"next: {deal.next.action}, by {deal.next.due}")
    if deal.imported:
        yield show(f"imported on {deal.imported.date} from {deal.imported.from_}")
    for concern in standing.concerns:
        yield style(f"! {show(concern)}", "warning")
    yield ""
    yield style("Stages", "head")
    for visit in standing.history.visits:
        brought = "  imported" if deal.was_brought(deal.stages[visit.line]) else ""
        yield f"  {visit.entered}  {show(visit.stage):<12} {_days(visit.days(standing.snapshot.as_of))}{brought}"
    if deal.maniac_t:
        yield ""
        yield style(f"MANIAC-T, {deal.maniac_t.answered} of 7 answered", "head")
        yield from _qualification(standing)
    yield ""
    yield from _missing(standing)


def _qualification(standing: Standing) -> Iterator[str]:
    for letter in MANIAC_T:
        answer = getattr(standing.deal.maniac_t, letter)
        said = f"{answer.status:<8} {answer.date}  {show(answer.note or '')}" if answer else "-"
        yield f"  {letter.replace('_', ' '):<16} {said}"


def _missing(standing: Standing) -> Iterator[str]:
    for way in standing.ways:
        ready = style("ready", "good") if not way.missing else style(f"{len(way.missing)} missing", "warning")
        yield f"{style(show(f'To {way.exit.to}'), 'head')} ({show(way.exit.when)}): {ready}"
        for need in way.missing:
            yield show(f"  - {_asked(need)}" + (f" ({meaning(need)})" if meaning(need) else ""))
    if not standing.is_open and standing.stage.completion:
        left = standing.unfinished
        done = style("complete", "good") if not left else style(f"{len(left)} missing", "warning")
        yield f"{style('To be complete', 'head')} ({show(standing.stage.completion.when)}): {done}"
        for need in left:
            yield show(f"  - {_asked(need)}" + (f" ({meaning(need)})" if meaning(need) else ""))


def _days(number: int) -> str:
    return f"{number:>4} {'day' if number == 1 else 'days'}"


def _asked(need: Need) -> str:
    """What is missing: a field, the values that would do, or so many activities."""
    if need.field and not need.is_:
        return need.field
    return f"{need.field}: {' or '.join(need.is_)}" if need.field else need.sentence


def _member(snapshot: Snapshot, record_id: str) -> Iterator[str]:
    member = snapshot.book.members[record_id]
    yield style(show(member.name), "head")
    yield show(" · ".join(member.is_what_and_where) + (f" · {member.website}" if member.website else ""))
    if member.contacts:
        yield ""
        yield style("Contacts", "head")
        for contact in member.contacts:
            yield show(
                f"  {contact.id:<16} {contact.name or ''} {contact.role or ''}{' (decides)' if contact.decides else ''}"
            )
    yield ""
    yield style("Deals", "head")
    for standing in standings(snapshot, [each for each in snapshot.histories if each.deal.member == record_id]):
        yield show(f"  {standing.id:<32} {standing.stage_name:<12} {_days(standing.age):<9}  {standing.deal.title}")
