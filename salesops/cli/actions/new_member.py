"""What ``salesops new member`` does, and what a new deal asks of its institution: which it is, or what a new one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from salesops.book.sounds_alike import sounding_like
from salesops.cli import names
from salesops.cli.form import Form
from salesops.cli.hands import Asked, Desk, desk_of, send, word_of
from salesops.cli.names import Choice
from salesops.cli.options import Usage
from salesops.cli.printing import note, say
from salesops.edits.spoken import Unclear, country
from salesops.imports.names import id_of
from salesops.imports.remarks import Wrong
from salesops.output import show
from salesops.records.kinds import own_named
from salesops.records.scalars import ID_FORM
from salesops.records.team import kinds_known

MAX_IN_ID = 60


class Institution(NamedTuple):
    """Whose deal it is: its id, its name, and where it is new, what its record says."""

    id: str
    name: str
    new: Asked | None = None


def run(folder: str, name: str | None, **options: Any) -> int:
    """Write a new member; 1 where it is refused."""
    how = {key: options.pop(key) for key in ("yes", "dry_run", "output_format", "as_of")}
    form = Form(desk_of(folder, **how))
    name = form.needed("NAME", name, "Institution", str)
    if name and not options["is_new"]:
        _refuse_known(form.desk, name)
    made = newcomer(form, name or "", options)
    people = contacts(form, None, options["with_"])
    form.complete()
    more: Asked = {"contacts": [each.entry for each in people]} if people else {}
    more |= {"website": options["website"]} if options["website"] else {}
    return send(form.desk, [{**(made.new or {}), **more}])


def _refuse_known(desk: Desk, name: str) -> None:
    wanted = names.folded(name)
    for choice in names.members(desk.book):
        if wanted in (names.folded(choice.id), *map(names.folded, choice.words)):
            raise Usage(f"{show(choice.says)} is there already: {choice.id}; --new if this is another one of that name")


# ── a new institution ─────────────────────────────────────────────────────────────────────────────────────────────────


def newcomer(form: Form, name: str, options: Asked) -> Institution:
    """An institution that is not on file yet: its name, its kind, its country."""
    desk, name = form.desk, name.strip()
    _say_what_sounds_alike(form, name)
    kinds = [*kinds_known(desk.book.team)]
    listed = ", ".join(kinds)
    kind = form.needed(
        f"--kind {'|'.join(kinds)}", options["kind"], "It is a", lambda said: word_of(kinds, said), hint=listed
    )
    where = form.needed(
        "--country CODE",
        options["country"],
        "Country",
        lambda said: _country(form, said),
        hint="canada, CA; unknown where nobody knows",
    )
    record_id = options["member_id"] or _free_id(form, name, where)
    return Institution(
        record_id, name, {"new": "member", "id": record_id, "name": name, "kind": kind, "country": where}
    )


def _country(form: Form, said: str) -> str:
    found = country(said)
    form.echo(said, found)
    return found


def _say_what_sounds_alike(form: Form, name: str) -> None:
    desk = form.desk
    alike = sounding_like(name, {each: member.name for each, member in desk.book.members.items()})
    if desk.writing.output_format != "text" or not name:
        return
    for each in alike[: names.MAX_SHOWN]:
        note(f"sounds like {show(desk.book.members[each].name)} ({each}), and is taken for another")
    if form.asks and not alike:
        say("Nothing on file sounds like it.")


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


def as_id(said: str) -> str:
    """An id as it was typed; raises Unclear where it is none."""
    if not ID_FORM.fullmatch(said):
        raise Unclear(f"'{said[:60]}' is no id: small letters, digits and hyphens")
    return said


def free(desk: Desk, wanted: str, *ends: str, kinds: Sequence[str] = ()) -> str:
    """An id that no record has: the wanted one, else with one of these ends, else with a number."""
    taken = {name for kind, name in _refs(desk) if kind in (kinds or own_named())}
    tries = iter((wanted, *(f"{wanted}-{end}" for end in ends), *(f"{wanted}-{number}" for number in range(2, 1000))))
    return next(each for each in tries if each not in taken)


def _refs(desk: Desk) -> Iterator[tuple[str, str]]:
    yield from desk.book.documents
    yield from desk.book.broken


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
    record = form.desk.book.members.get(member or "")
    there = [
        Choice(it.id, tuple(word for word in (it.name, it.role) if word), it.name or it.role or "")
        for it in (record.contacts if record else ())
    ]
    if names.fitting(said, there):
        found = form.desk.chosen(said, there, "")
        form.echo(said, found)
        return Known(found, {}, False)
    made = id_of(said[:MAX_IN_ID])
    if not said or isinstance(made, Wrong):
        raise Usage(f"--with: '{show(said)}' has no letter or digit to make an id from: name the role, such as dean")
    ids = {choice.id for choice in there} | set(taken)
    own = next(each for each in (made, *(f"{made}-{number}" for number in range(2, 99))) if each not in ids)
    return Known(own, {"id": own, "role": said[:1].upper() + said[1:]}, True)
