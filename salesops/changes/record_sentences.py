"""What happened to members, people and the playbook, in sentences; what happened to the process is in process_sentences.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from salesops.book.book import Ref
from salesops.changes.change import Change, joined, listed
from salesops.changes.field_differences import Difference, differences
from salesops.changes.field_sentences import is_of_entries, label, plain, told
from salesops.changes.names import Names
from salesops.changes.process_sentences import of_process
from salesops.records.as_written import Data, as_map, as_text
from salesops.records.kinds import KINDS

MOST_ENTRIES = 5
"""Entries of one list that a record's sentences tell; a list of people or invoices may have many."""

MAX_ROLES = 3


def called(ref: Ref, names: Names) -> str:
    """What people call a record that is no deal."""
    kind, record_id = ref
    if kind == "member":
        return names.member(record_id)
    title = KINDS[kind].title
    if not title:
        return f"{kind} {names.text(record_id)}"
    return title if record_id == kind else f"{title} {names.day(record_id)}"


def of_other(ref: Ref, before: Data | None, after: Data | None, names: Names) -> list[Change]:
    """Everything that happened to a record that is no deal."""
    who = called(ref, names)
    if ref[0] == "member" and after is None:
        who = names.text((before or {}).get("name")) or who
    if after is None:
        return [Change("removed", ref, who, "removed")]
    if ref[0] == "removed":
        before = before or {"removed": []}  # the first removal is told like any other
    if ref[0] == "process":
        return of_process(ref, who, before, after, names)
    if before is None:
        return [Change("new", ref, who, _new(ref[0], after, names))]
    found = list(differences(before, after))
    return [
        Change(_kind(ref[0], section), ref, who, said)
        for section in dict.fromkeys(difference.section for difference in found)
        for said in _section(ref[0], section, [one for one in found if one.section == section], after, names)
    ]


def _kind(kind: str, section: str) -> str:
    return "removal" if kind == "removed" else section.replace("_", " ")


def _new(kind: str, data: Data, names: Names) -> str:
    speaks = (names.value(value) for name in KINDS[kind].speaks if isinstance(value := data.get(name), str))
    said = joined(*speaks, _known_there(data.get("contacts"), names))
    return f"new: {said}" if said else "new"


def _known_there(contacts: Any, names: Names) -> str:
    """Whom we know at a new institution, by role: who it is stays in the record."""
    entries = contacts if isinstance(contacts, list) else []
    roles = [names.text(it["role"]) for it in entries if isinstance(it, Mapping) and it.get("role")]
    more = [f"{len(roles) - MAX_ROLES:,} more"] if len(roles) > MAX_ROLES else []
    said = ", ".join((*roles[:MAX_ROLES], *more))
    return f"{'contact' if len(roles) == 1 else 'contacts'} {said}" if roles else ""


def _section(kind: str, section: str, found: list[Difference], after: Data, names: Names) -> Iterator[str]:
    say = SECTIONS.get((kind, section))
    if say:
        yield from _few(list(say(found, after, names)))
    elif is_of_entries(found):
        yield from _few([told(inside, after, names) for inside in _by_entry(found)])
    elif len(found) == 1 and len(found[0].path) == 1 and not isinstance(found[0].after, Mapping):
        yield told(found, after, names)
    else:
        yield f"{label(section)}: {told(found, after, names)}"


def _few(said: list[str]) -> Iterator[str]:
    yield from said[:MOST_ENTRIES]
    if len(said) > MOST_ENTRIES:
        yield f"and {len(said) - MOST_ENTRIES} more of the same"


def _by_entry(found: list[Difference]) -> list[list[Difference]]:
    entries: dict[Any, list[Difference]] = {}
    for one in found:
        entries.setdefault((one.path[1], one.after is None and len(one.path) == 2), []).append(one)
    return list(entries.values())


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _people(found: list[Difference], after: Data, names: Names) -> Iterator[str]:
    """Who joined, who left, who is called or does something else."""
    whole = [one for one in found if len(one.path) == 1]
    inside = [one for one in found if len(one.path) > 1]
    for each in whole:
        inside += differences(as_map(each.before), as_map(each.after), each.path)
    for one in inside:
        person = str(one.path[1])
        if len(one.path) > 2:
            yield f"{names.person(person)}: {plain(replace(one, path=one.path[2:]), names)}"
        elif one.after is None:
            yield f"{names.text(as_map(one.before).get('name')) or person} is no longer in the team"
        else:
            roles = as_map(one.after).get("roles")
            does = f" as {listed([names.text(role) for role in roles])}" if isinstance(roles, list) and roles else ""
            yield f"{names.text(as_map(one.after).get('name')) or person} joins the team{does}"


def _removals(found: list[Difference], after: Data, names: Names) -> Iterator[str]:
    """What was removed on purpose, by whom and why."""
    for one in found:
        entry = as_map(one.after)
        if not entry:
            yield told([one], after, names)
            continue
        what = " ".join(names.text(entry.get(name)) for name in ("kind", "id"))
        yield f"{names.person(as_text(entry.get('by')))} removed the {what}: {names.text(entry.get('why'))}"


SECTIONS: dict[tuple[str, str], Callable[[list[Difference], Data, Names], Iterator[str]]] = {
    ("team", "people"): _people,
    ("removed", "removed"): _removals,
}
