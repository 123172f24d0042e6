"""The institution of a new deal or member: which one on file is meant, what a new one is, and whom we know there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from salesops.book.sounds_alike import sounding_like
from salesops.cli import names
from salesops.cli.actions.new_ids import as_id, free
from salesops.cli.form import Form
from salesops.cli.hands import Asked, word_of
from salesops.cli.names import Choice
from salesops.cli.options import Usage
from salesops.cli.printing import note, say
from salesops.edits.spoken import country
from salesops.imports.names import id_of
from salesops.imports.remarks import Wrong
from salesops.output import show
from salesops.records.team import kinds_known

MAX_IN_ID = 60
INITIALS = 3
"""A role of so few letters is its initials: cio, pi."""


class Institution(NamedTuple):
    """Whose deal it is: its id, its name, and where it is new, what its record says."""

    id: str
    name: str
    new: Asked | None = None


@dataclass(frozen=True)
class Opened:
    """A deal that is there already, and is to be looked at instead."""

    deal: str


# ── whose deal it is ──────────────────────────────────────────────────────────────────────────────────────────────────


def whose_deal(form: Form, said: str | None, options: Asked) -> Institution | Opened | None:
    """The institution that is meant: one on file, a new one, or the deal that it has already; None where nobody said."""
    why = "whose deal it is: a name, an id or a part of one; a new one has its --kind and --country"
    while True:
        name = form.needed("INSTITUTION", said, "Institution", str, why=why)
        if name is None:
            return None
        fits = [] if options["is_new"] else names.fitting(name, names.members(form.desk.book))
        if fits and (options["another"] or not form.asks):
            return _taken(form, name, fits, options)
        found = _on_file(form, name, fits) if fits else _sounding(form, name, options)
        if found is None:
            return newcomer(form, name, options)
        if not isinstance(found, str):
            return found
        said = found


def _taken(form: Form, name: str, fits: list[Choice], options: Asked) -> Institution | None:
    """The one on file, where nobody is asked: what makes it another deal has to be said."""
    member = form.desk.chosen(name, fits, "")
    form.echo(name, member)
    has = _open_deals(form, member)
    if options["kind"] or options["country"]:
        form.missing.append(
            (
                "--new",
                f"{fits[0].says} is on file, and --kind and --country are for a new one: say so, or leave them out",
            )
        )
    if has and not options["another"]:
        form.missing.append(("--another", f"there already, with {_listed(form, has)}"))
    return Institution(member, form.desk.book.members[member].name)


def _on_file(form: Form, name: str, fits: list[Choice]) -> Institution | Opened | str | None:
    """What is meant by a name that is on file: the deal that is there, another one, something else to look for, or a new one."""
    if len(fits) > 1:
        return _numbered(form, f"'{name}' fits {len(fits)}:", fits)
    member, has = fits[0], _open_deals(form, fits[0].id)
    there = f"There already, with {_listed(form, has)}. [o]pen it, [a]nother deal"
    if not has:
        there = f"There already: {member.says}, without an open deal. [a] deal of theirs"
    is_it = names.folded(name) in (names.folded(member.id), *map(names.folded, member.words))
    said = _answer(form, f"{there}, {'' if is_it else '[n]ew institution, '}or another name")
    if said in ("o", "open") and has:
        return Opened(has[0] if len(has) == 1 else form.desk.deal(member.id))
    if said in ("a", "another"):
        return Institution(member.id, member.says)
    return None if said in ("n", "new") and not is_it else said


def _sounding(form: Form, name: str, options: Asked) -> str | None:
    """What to look for instead of a name that is not on file, of those that sound like it; None where it is new."""
    book = form.desk.book
    alike = sounding_like(name, {each: member.name for each, member in book.members.items()})
    if not form.asks or options["is_new"]:
        for each in alike[: names.MAX_SHOWN] if form.desk.writing.output_format == "text" else ():
            note(
                f"sounds like {show(book.members[each].name)} ({each}), which is on file; this is taken for another one"
            )
        return None
    if not alike:
        say("Nothing on file sounds like it.")
        return None
    return _numbered(form, "Sounds like", [Choice(each, (), book.members[each].name) for each in alike])


def _numbered(form: Form, head: str, choices: list[Choice]) -> str | None:
    """One of several on file, another name, or None for a new institution."""
    say(head)
    for number, choice in enumerate(choices[: names.MAX_SHOWN], 1):
        say(f"  {number:>2}  {show(choice.id)}  {show(choice.says)}")
    said = _answer(form, "Its number, [n]ew institution, or another name")
    if said.isdecimal() and 0 < int(said) <= len(choices):
        return choices[int(said) - 1].id
    return None if said in ("n", "new") else said


def _answer(form: Form, question: str) -> str:
    return str(form.needed("INSTITUTION", None, question, str))


def _open_deals(form: Form, member: str) -> list[str]:
    snapshot = form.desk.snapshot
    return [known.id for known in snapshot.open if snapshot.book.deals[known.id].member == member]


def _listed(form: Form, deals: list[str]) -> str:
    stages = {known.id: form.desk.snapshot.stage(known.now.stage).title for known in form.desk.snapshot.open}
    return " and ".join(f"{each} open in {stages[each]}" for each in deals)


# ── a new institution ─────────────────────────────────────────────────────────────────────────────────────────────────


def newcomer(form: Form, name: str, options: Asked) -> Institution:
    """An institution that is not on file yet: its name, its kind, its country."""
    desk, name = form.desk, name.strip()
    kinds = [*kinds_known(desk.book.team)]
    listed = ", ".join(kinds)
    kind = form.needed(
        f"--kind {'|'.join(kinds)}",
        options["kind"],
        "It is a",
        lambda said: word_of(kinds, said),
        hint=listed,
        why="what it is",
    )
    where = form.needed(
        "--country CODE",
        options["country"],
        "Country",
        form.echoed(country),
        hint="canada, CA; unknown where nobody knows",
    )
    record_id = options["member_id"] or _free_id(form, name, where)
    return Institution(
        record_id, name, {"new": "member", "id": record_id, "name": name, "kind": kind, "country": where}
    )


def _free_id(form: Form, name: str, where: str | None) -> str:
    """An id made of the name; with the country, then a number behind it where it is taken."""
    made = id_of(name) if name else ""
    if isinstance(made, Wrong):
        made = (
            form.needed(
                "--member-id ID" if name else "NAME",
                None,
                "A short id for it",
                as_id,
                hint="small letters, digits and hyphens",
            )
            or ""
        )
    return free(form.desk, made[:MAX_IN_ID].rstrip("-"), *([(where or "").casefold()] if where else []))


# ── whom we know there ────────────────────────────────────────────────────────────────────────────────────────────────


class Known(NamedTuple):
    """Somebody at the institution: the id, and the entry of its contacts; whether it is new there."""

    id: str
    entry: Asked
    is_new: bool


def contacts(form: Form, member: str | None, said: Sequence[str]) -> list[Known]:
    """The contacts that are meant, by id, name or role; a role that is new becomes one."""
    asked = list(said)
    if not asked and form.asks:
        answer = form.open(
            "--with", None, "Whom do you know", str, hint="by role: dean, director of computing; Enter where nobody"
        )
        asked = [part for part in (answer or "").split(",") if part.strip()]
    found: list[Known] = []
    for each in asked:
        one = _contact(form, member, each.strip(), [known.id for known in found])
        found += [] if one.id in [known.id for known in found] else [one]
    return found


def _contact(form: Form, member: str | None, said: str, taken: Sequence[str]) -> Known:
    there = names.contacts(form.desk.book.members.get(member or ""))
    if names.fitting(said, there):
        found = form.desk.chosen(said, there, "")
        form.echo(said, found)
        return Known(found, {}, False)
    return somebody_new(said, {choice.id for choice in there} | set(taken))


def somebody_new(said: str, taken: Collection[str]) -> Known:
    """Somebody whom nobody knows yet, by role; the id is one that is not taken."""
    made = id_of(said[:MAX_IN_ID])
    if not said or isinstance(made, Wrong):
        raise Usage(f"--with: '{show(said)}' has no letter or digit to make an id from: name the role, such as dean")
    own = next(each for each in (made, *(f"{made}-{number}" for number in range(2, 99))) if each not in taken)
    return Known(own, {"id": own, "role": said.upper() if len(said) <= INITIALS else said[:1].upper() + said[1:]}, True)
