"""``salesops show``: one deal or member, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from salesops.cli.shared import Usage, as_of_option, day_of, format_option, note, numbers_are_whole, read, say, style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from salesops.book.book import Snapshot
    from salesops.book.status import Standing
    from salesops.records.process import Need


@click.command("show")
@click.argument("id")
@format_option("text", "json")
@as_of_option
@click.pass_context
def command(ctx: click.Context, id: str, format: str, as_of: str | None) -> None:
    """Show one deal or member by its ID; a deal ends with what is missing for each exit of its stage."""
    from salesops import output
    from salesops.book.status import Standing
    from salesops.cli.list import deal_as_data, member_as_data

    _, book, problems = read(ctx)
    whole = numbers_are_whole(book, problems)
    if not book.processes:
        ctx.exit(1)
    snapshot = book.on(day_of(as_of, book))
    history = snapshot.history(id)
    if history:
        standing = Standing(snapshot, history)
        lines = [output.as_json(deal_as_data(standing))] if format == "json" else _deal(standing)
    elif id in book.members:
        lines = [output.as_json(member_as_data(snapshot, id))] if format == "json" else _member(snapshot, id)
    elif unusable := _why_unusable(snapshot, id):
        note(f"salesops: {unusable}")
        ctx.exit(1)
    else:
        raise Usage(_why_not(snapshot, id))
    for line in lines:
        say(line)
    ctx.exit(0 if whole else 1)


def _why_unusable(snapshot: Snapshot, id: str) -> str | None:
    """Why a record that is there cannot be shown; None where there is no such record."""
    from salesops.output import show

    why = next((left.why for left in snapshot.book.unusable if left.deal == id), None)
    if why:
        return f"the deal '{show(id)}' cannot be followed: {why}"
    if ("member", id) in snapshot.book.broken:
        return f"the member '{show(id)}' cannot be shown: its file cannot be read: see check"
    return None


def _why_not(snapshot: Snapshot, id: str) -> str:
    from salesops.output import show
    from salesops.problems import nearest

    book = snapshot.book
    if id in book.histories:
        return f"the deal '{show(id)}' began after {snapshot.as_of}"
    guess = nearest(id, [*book.deals, *book.members])
    return f"there is no deal or member '{show(id)}'" + (f"; did you mean '{guess}'?" if guess else "")


def _deal(standing: Standing) -> Iterator[str]:
    from salesops.metrics.wording import amounts
    from salesops.output import counted, show
    from salesops.records.money import total

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
    for concern in standing.concerns:
        yield style(f"! {show(concern)}", "warning")
    yield ""
    yield style("Stages", "head")
    for visit in standing.history.visits:
        yield f"  {visit.entered}  {show(visit.stage):<12} {_days(visit.days(standing.snapshot.as_of))}"
    if deal.maniac_t:
        yield ""
        yield style(f"MANIAC-T, {deal.maniac_t.answered} of 7 answered", "head")
        yield from _qualification(standing)
    yield ""
    yield from _missing(standing)


def _qualification(standing: Standing) -> Iterator[str]:
    from salesops.output import show
    from salesops.records.deal import MANIAC_T

    for letter in MANIAC_T:
        answer = getattr(standing.deal.maniac_t, letter)
        said = f"{answer.status:<8} {answer.date}  {show(answer.note or '')}" if answer else "-"
        yield f"  {letter.replace('_', ' '):<16} {said}"


def _missing(standing: Standing) -> Iterator[str]:
    from salesops.book.exit_criteria import meaning
    from salesops.output import show

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


def _member(snapshot: Snapshot, id: str) -> Iterator[str]:
    from salesops.book.status import standings
    from salesops.output import show

    member = snapshot.book.members[id]
    yield style(show(member.name), "head")
    yield show(f"{member.kind} · {member.country}" + (f" · {member.website}" if member.website else ""))
    if member.contacts:
        yield ""
        yield style("Contacts", "head")
        for contact in member.contacts:
            yield show(
                f"  {contact.id:<16} {contact.name or ''} {contact.role or ''}{' (decides)' if contact.decides else ''}"
            )
    yield ""
    yield style("Deals", "head")
    for standing in standings(snapshot, [history for history in snapshot.histories if history.deal.member == id]):
        yield show(f"  {standing.id:<32} {standing.stage_name:<12} {_days(standing.age):<9}  {standing.deal.title}")
