"""What ``salesops log`` does: one line under ``activity``, and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from salesops.cli import names
from salesops.cli.actions.new_institution import somebody_new
from salesops.cli.hands import Asked, Desk, Missing, NoWay, as_words, ask, desk_of, send, word_of
from salesops.cli.options import Usage
from salesops.edits.spoken import Unclear
from salesops.output import show
from salesops.problems import did_you_mean
from salesops.records.deal import ActivityKind, CallOutcome, MeetingAbout, MeetingStatus

KINDS_OF_ACTIVITY = get_args(ActivityKind)
CALLED = {"phone": "call", "phone call": "call", "mail": "email"}
"""What people call some of them."""
SAID = {
    "meeting": "what did you learn?",
    "call": "what was said?",
    "email": "what was it about?",
    "event": "what happened?",
    "note": "what is to be known?",
}
"""What is asked of each, where nobody said it in words."""
LEFT_OUT = " (Enter: nothing more)"
NEXT = "what comes next, and by when? Send slides, fri (Enter: as it is)"


def run(folder: str, deal: str, kind: str | None, words: str | None, due: str | None, **options: Any) -> int:
    """Log it; 1 where it is refused."""
    how = {name: options.pop(name) for name in ("yes", "dry_run", "output_format", "as_of")}
    desk = desk_of(folder, **how)
    deal_id = desk.deal(deal)
    options["with_"], new = present(desk, deal_id, options["with_"])
    change = happening(desk, deal_id, kind, words, options)
    if options["next_"]:
        change["next"] = desk.next_step(options["next_"], due)
    elif step := _next(desk) if kind is None else None:
        change["next"] = step
    elif due:
        raise Usage(f"'{show(due)}' is the day of no next step: --next says what comes next")
    return send(desk, [*new, change])


def present(desk: Desk, deal_id: str, said: Sequence[str]) -> tuple[list[str], list[Asked]]:
    """Who was there, by id, and a change for each of them who is new: on a terminal after a yes, nowhere else."""
    member = desk.book.deals[deal_id].member
    there = names.contacts(desk.book.members.get(member))
    found: list[str] = []
    new: list[Asked] = []
    for each in said:
        if names.fitting(each, there) or member not in desk.book.members:
            found.append(desk.contact(deal_id, each))
            continue
        known = somebody_new(each.strip(), {*(choice.id for choice in there), *found})
        if not _is_meant(desk, each, known.entry["role"]):
            hint = did_you_mean(each, [choice.id for choice in there])
            raise Usage(
                f"the member has no contact '{show(each)}'{f'; {hint}' if hint else ''}\n"
                f"  somebody new: salesops set {member} contacts +{known.id}"
            )
        found.append(known.id)
        new.append({"add": member, "kind": "member", "to": "contacts", "entry": known.entry})
    return found, new


def _is_meant(desk: Desk, said: str, role: str) -> bool:
    """Whether somebody whom nobody knows is to become a contact."""
    question = f"Nobody there goes by '{said}' yet. A new contact, by the role {role}? (yes, no)"
    return desk.writing.asks and bool(
        ask(question, lambda answer: word_of(("yes", "no"), answer), needed=True) == "yes"
    )


def happening(desk: Desk, deal_id: str, kind: str | None, words: str | None, options: Asked) -> Asked:
    """Something that happened, as a change; what nobody said is asked for, or named as missing."""
    change: Asked = {
        "log": deal_id,
        "date": str(desk.happened(options["date_"])),
        "kind": _kind(desk, deal_id, kind),
    }
    change |= _what_it_was(desk, change, words, options)
    _not_to_come(desk, change)
    if options["with_"]:
        change["with"] = list(options["with_"])
    for name in ("template", "channel"):
        change |= {name: options[name]} if options[name] else {}
    if options["replied"]:
        change["replied"] = str(desk.happened(options["replied"], "--replied"))
    if words or (words := _said(desk, change)):
        change["note"] = words
    return change


def _not_to_come(desk: Desk, change: Asked) -> None:
    """Refuse what has not happened yet, but a meeting that is planned, or was called off."""
    if change["date"] > str(desk.day) and change.get("status") not in ("scheduled", "cancelled"):
        raise NoWay(
            f"{change['date']} is still to come: a meeting to come is scheduled, and anything else is a next step\n"
            f"  salesops log {change['log']} meeting --status scheduled --date {change['date']}\n"
            f'  salesops set {change["log"]} next "WORDS, DAY"'
        )


def _kind(desk: Desk, deal_id: str, said: str | None) -> str:
    """What it was; asked for on a terminal where nobody said it."""
    if said is None and not desk.writing.asks:
        raise Usage(f'what was it? salesops log {deal_id} {"|".join(KINDS_OF_ACTIVITY)} "WORDS"')
    return _choice(desk, "KIND", KINDS_OF_ACTIVITY, CALLED.get((said or "").casefold(), said), "what was it?")


def _what_it_was(desk: Desk, change: Asked, words: str | None, options: Asked) -> Asked:
    """What a meeting was about and what became of it; what came of a call. What nobody said is asked for, or refused by name."""
    if change["kind"] == "meeting":
        about = _choice(desk, "--about", get_args(MeetingAbout), options["about"], "what was it about?")
        given = options["status"] or ("scheduled" if change["date"] > str(desk.day) else None)
        return {
            "about": about,
            "status": _choice(desk, "--status", get_args(MeetingStatus), given, "did it take place?"),
        }
    _only(options, "about", "status")
    if change["kind"] == "call" and options["with_"] and not options["outcome"]:
        return {"outcome": "spoke"}
    if change["kind"] == "call":
        return {"outcome": _choice(desk, "--outcome", get_args(CallOutcome), options["outcome"], "what came of it?")}
    _only(options, "outcome")
    return {}


def _choice(desk: Desk, option: str, choices: tuple[str, ...], said: str | None, question: str) -> str:
    if said is None and desk.writing.asks:
        said = ask(f"{question} ({', '.join(choices)})", lambda answer: word_of(choices, answer), needed=True)
    if said is None:
        raise Missing([(f"{option} {'|'.join(choices)}", question)])
    return _word(option, choices, said)


def _word(option: str, choices: tuple[str, ...], said: str) -> str:
    try:
        return word_of(choices, said)
    except Unclear as unclear:
        raise Usage(f"{option}: {unclear}") from None


def _only(options: Asked, *names: str) -> None:
    for name in names:
        if options[name]:
            raise Usage(f"--{name} says something of {'a call' if name == 'outcome' else 'a meeting'} only")


def _said(desk: Desk, change: Asked) -> str | None:
    """What happened without words is asked for them: what was learned in a meeting, what was said otherwise."""
    if not desk.writing.asks or change.get("status", "held") != "held":
        return None
    is_note = change["kind"] == "note"
    answer: str | None = ask(SAID[change["kind"]] + ("" if is_note else LEFT_OUT), as_words, needed=is_note)
    return answer


def _next(desk: Desk) -> Asked | None:
    """What comes next, where everything is asked."""
    found: Asked | None = ask(NEXT, desk.spoken_step) if desk.writing.asks else None
    return found
