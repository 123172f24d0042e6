"""What ``salesops log`` does: one line under ``activity``, and the next step."""

from __future__ import annotations

from typing import Any, get_args

from salesops.cli.hands import Asked, Desk, Missing, as_words, ask, desk_of, send, word_of
from salesops.cli.options import Usage
from salesops.edits.spoken import Unclear
from salesops.output import show
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
    change = happening(desk, desk.deal(deal), kind, words, options)
    if options["next_"]:
        change["next"] = desk.next_step(options["next_"], due)
    elif step := _next(desk) if kind is None else None:
        change["next"] = step
    elif due:
        raise Usage(f"'{show(due)}' is the day of no next step: --next says what comes next")
    return send(desk, [change])


def happening(desk: Desk, deal_id: str, kind: str | None, words: str | None, options: Asked) -> Asked:
    """Something that happened, as a change; what nobody said is asked for, or named as missing."""
    change: Asked = {
        "log": deal_id,
        "date": str(desk.happened(options["date_"])),
        "kind": _kind(desk, deal_id, kind),
    }
    change |= _what_it_was(desk, change, words, options)
    if options["with_"]:
        change["with"] = [desk.contact(deal_id, asked) for asked in options["with_"]]
    for name in ("template", "channel"):
        change |= {name: options[name]} if options[name] else {}
    if options["replied"]:
        change["replied"] = str(desk.happened(options["replied"], "--replied"))
    if words or (words := _said(desk, change)):
        change["note"] = words
    return change


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
