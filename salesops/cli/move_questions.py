"""What a move asks for, one question for each need in the words of the process; and what becomes of what stays open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from salesops.book.moves import MoveKind
from salesops.changes.need_words import title
from salesops.cli import way_back
from salesops.cli.field_values import SpokenField, place_of
from salesops.cli.hands import Asked, Missing, NoWay, as_answered, as_words, ask, one_of, send, word_of
from salesops.cli.moving import Going, logging, needs_note, options, status_is_open, why
from salesops.cli.names import Choice
from salesops.cli.options import Usage
from salesops.cli.printing import say, style
from salesops.edits.spoken import Unclear
from salesops.output import counted, show
from salesops.records import scalars
from salesops.records.process import WON, Need

REASONS = {MoveKind.BACK: "moved_back", MoveKind.REOPENED: "reopened"}
"""Where a deal says why it made a move that needs a reason."""
PROMPTS = {
    "DAY": "day",
    "DAY|never": "a date, or never",
    "DAY|open": "last day, 12 months, or open",
    "AMOUNT": "amount",
    "NUMBER": "number",
    "LINK": "link",
}
WAIT, SIGN, NO = "wait", "sign", "no"
Order = Callable[[Need], int]


def go(
    going: Going,
    *,
    waive: Sequence[str] = (),
    whys: Sequence[str] = (),
    by: str | None = None,
    next_: str | None = None,
    short: dict[str, str] | None = None,
    order: Order = lambda _: 0,
    whole: bool = False,
) -> int:
    """Make the move: ask for what is open, or refuse with all of it; the exit code.

    ``short`` names the options that fields have of their own; ``order`` is that of the questions; ``whole`` asks also for
    what the closed stage wants in the end.
    """
    desk = going.desk
    if going.is_there:
        return send(desk, going.change())
    going.check()
    if next_:
        going.said.fields["next"] = desk.next_step(next_, None)
    if desk.writing.asks:
        say(style(show(going.headline), "head"))
        way_back.tell()
    reasoned(going, whys if not waive else ())
    _waive(going, waive, whys, by)
    if not desk.writing.asks:
        _complete(going, short or {}, order)
        return send(desk, going.change())
    done = asked(going, order)
    if whole:
        _beside(going, done)
    if not next_:
        _next(going)
    changes = going.change() if not going.missing else _settled(going, by)
    if changes:
        return send(desk, changes)
    say("Nothing was written.")
    return 0


def reasoned(going: Going, whys: Sequence[str]) -> None:
    """A move back, or out of a loss, says why."""
    where = REASONS.get(going.kind)
    if where is None:
        if whys:
            raise Usage("--why is the reason of a --waive, of a move back, or of opening a lost deal again")
        return
    reason = " ".join(whys)
    what = "why does it go back?" if going.kind is MoveKind.BACK else "why is it opened again?"
    if not reason and going.desk.writing.asks:
        reason = ask(what, as_words, needed=True)
    if not reason:
        raise Missing([('--why "WORDS"', what)])
    going.said.entries.append((where, {"date": str(going.day), "why": reason}))


def _waive(going: Going, waive: Sequence[str], whys: Sequence[str], by: str | None) -> None:
    """Sign for the needs that the command line names."""
    if not waive:
        return
    if not whys:
        raise Missing([('--why "WORDS"', "whoever signs says why")])
    if len(whys) not in (1, len(waive)):
        raise Usage(
            f"{counted(len(waive), '--waive')} and {counted(len(whys), '--why')}: one reason for all, or one for each"
        )
    for at, name in enumerate(waive):
        open_needs = {need.name: need for need in going.missing}
        need = open_needs.get(name)
        if need is None:
            raise Usage(
                f"--waive {show(name)}: nothing of that name is open; open: {', '.join(open_needs) or 'nothing'}"
            )
        if not need.is_waivable:
            raise NoWay(f"{title(need)} cannot be waived: {why(going, need)}")
        going.sign(need, going.desk.person(by or "me"), whys[at if len(whys) > 1 else 0])


def _complete(going: Going, short: dict[str, str], order: Order) -> None:
    """Refuse with every missing thing, the option that gives it, and who may sign."""
    open_needs = sorted(going.missing, key=order)
    lines = [line for need in open_needs for line in options(going, need, short)]
    if not lines:
        return
    named = list(dict.fromkeys(need.name for need in open_needs if need.is_waivable))
    signed = f'or sign for one: --waive "{named[0]}" --why "…"' if named else ""
    if len(named) > 1:
        signed += f"   (also: {', '.join(named[1:])})"
    raise Missing(lines, *([signed] if signed else []))


# ── on a terminal ─────────────────────────────────────────────────────────────────────────────────────────────────────


def asked(going: Going, order: Order) -> list[str]:
    """One question for each need that is not met, and their names; an answer may decide which way out it is, and so what else is asked."""
    stage = going.process.title_of(going.to)
    done: list[str] = []
    if there := going.missing:
        few = "1 thing that is" if len(there) == 1 else f"{len(there)} things that are"
        say(f"{stage} asks for {few} not there yet. Enter leaves one open.")
    while need := next((it for it in sorted(going.missing, key=order) if it.name not in done), None):
        done.append(need.name)
        put(going, need, len(done))
    return done


def _beside(going: Going, done: Sequence[str]) -> None:
    """What a closed stage wants in the end: the hand-off of a win is offered, the rest of a lesson is asked for; nothing twice."""
    wanted = [need for need in going.beside if need.name not in done]
    if not wanted or not _hands_off(going):
        return
    for at, need in enumerate(wanted, len(done) + 1):
        put(going, need, at)


def _hands_off(going: Going) -> bool:
    if going.process.stages[going.to].outcome != WON:
        say()
        say("What follows may wait: it is asked for once the deal is closed.")
        return True
    say()
    return bool(ask("The hand-off to delivery: fill in what is known of it now?  yes, no", _yes_no) == "yes")


def _yes_no(said: str) -> str:
    return word_of(("yes", "no"), said)


def put(going: Going, need: Need, number: int) -> None:
    """One question, and its answer."""
    say()
    say(show(f"{number}  {title(need)}: {why(going, need)}"))
    if need.activity:
        say(f"   log it first: {logging(going, need)}")
    elif need.link:
        _entry(going, "links", "url", {"kind": need.link}, "link", _link)
    elif need.learned:
        whole = {"stage": going.history.now.stage, "date": str(going.day)}
        _entry(going, "learned", "note", whole, "what did you learn", as_words)
    else:
        _field(going, need)


def _entry(going: Going, to: str, key: str, whole: Asked, question: str, reads: Callable[[str], str]) -> None:
    if answer := ask(f"   {question}", reads):
        going.said.entries.append((to, {**whole, key: answer}))


def _link(said: str) -> str:
    try:
        return str(scalars.url(said))
    except ValueError:
        raise Unclear("a link begins with https://") from None


def _field(going: Going, need: Need) -> None:
    place = place_of(going.desk, "deal", going.deal_id, need.field or "", going.said.fields)
    if status_is_open(going, need):
        if place.is_list:
            _list(going, place)
            return
        inner = place.first or place
        if ask(f"   {_prompt(inner)}", _taken(going, inner)) is None:
            return
        _say_why_open(going, need, inner)
    if place.first is not None and place.first.path[0] == "maniac_t":
        note = place_of(going.desk, "deal", going.deal_id, f"{need.field}.note", going.said.fields)
        if note.there is None or needs_note(going, need) or place.first.name in going.said.fields:
            ask("   what do you know", _taken(going, note))


def _say_why_open(going: Going, need: Need, place: SpokenField) -> None:
    """Say at once where an answer is kept and does not meet the need: a day of an attempt before, or another word than is asked for."""
    if not status_is_open(going, need):
        return
    first = going.facts.span.first
    if first and place.takes == "DAY" and str(going.said.fields.get(place.name)) < str(first):
        say(f"   That was in the attempt before: what counts now begins on {first}. It stays open.")
    elif need.is_:
        say(show(f"   Kept, but the stage asks for {' or '.join(need.is_)}: it stays open."))


def _prompt(place: SpokenField) -> str:
    if place.choices:
        return ", ".join(place.choices).replace("true, false", "yes, no")
    known = place.names
    if known is not None:
        return ", ".join(choice.id for choice in known[:8]) + (", …" if len(known) > 8 else "")
    return PROMPTS.get(place.takes, "in words")


def _taken(going: Going, place: SpokenField) -> Callable[[str], str]:
    def reads(said: str) -> str:
        try:
            going.said.take(place, [said], going.day)
        except click.UsageError as wrong:
            raise Unclear(as_answered(wrong)) from None
        return said

    return reads


def _list(going: Going, place: SpokenField) -> None:
    """The entries of a list, one after the other, until Enter."""
    there = place.there if isinstance(place.there, list) else []
    found: list[Any] = []
    while (said := ask("   one more" if found else f"   {_prompt(place)}", _taken(going, place))) is not None:
        found += going.said.fields[place.name]
        going.said.fields[place.name] = [*there, *found]
        if len(found) == 1:
            say("   Enter when that is all")
        del said


def _next(going: Going) -> None:
    """The next step; what stands there stays where nothing else is said."""
    if not going.process.stages[going.to].is_open:
        return
    step = going.history.deal.next
    say()
    say(show(f"Next step (now: {f'{step.action}, by {step.due}' if step else 'none'})"))
    ask("  ", _taken(going, place_of(going.desk, "deal", going.deal_id, "next")))


def _settled(going: Going, by: str | None) -> list[Asked]:
    """What is written although something is open: the answers alone, or the move with a signature; nothing else."""
    needs = going.missing
    ways = [WAIT, NO] if any(not need.is_waivable for need in needs) else [WAIT, SIGN, NO]
    told = {
        WAIT: "[W]ait and keep the rest",
        SIGN: "[s]ign for it" if len(needs) == 1 else "[s]ign for them",
        NO: "[n]o",
    }
    named = ", ".join(title(need).partition(" (")[0] for need in needs)
    firm = ", ".join(need.name for need in needs if not need.is_waivable)
    say()
    cannot = f" ({firm} cannot be waived)" if firm else ""
    question = f"Not written: {named} {'is' if len(needs) == 1 else 'are'} open{cannot}. {' / '.join(told[way] for way in ways)}"
    answer = ask(show(question), lambda said: word_of(ways, said), default="w")
    if answer == WAIT:
        return going.rest()
    return _signed(going, needs, by) if answer == SIGN else []


def _signed(going: Going, needs: Sequence[Need], by: str | None) -> list[Asked]:
    for need in needs:
        reason = ask(f"why without {title(need).partition(' (')[0]}", as_words, needed=True)
        going.sign(need, going.desk.person(by or "me"), reason)
    return going.change()


def picked(going_to: Sequence[tuple[str, str]], question: str) -> str | None:
    """One of several stages, on a terminal."""
    choices = [Choice(name, (said,), said) for name, said in going_to]
    answer: str | None = ask(f"{question} ({', '.join(said for _, said in going_to)})", one_of(choices), needed=True)
    return answer
