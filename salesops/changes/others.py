"""What happened to members, the process and the other records of the playbook, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from salesops.book import Ref
from salesops.changes.change import Change, joined, listed
from salesops.changes.differences import Difference, differences
from salesops.changes.names import Names

Data = Mapping[str, Any]
TITLES = {
    "process": "Process",
    "icp": "ICP hypothesis",
    "experiment": "Experiment",
    "decision": "Decision",
    "review": "Review of",
    "team": "The team",
    "targets": "Targets",
    "rates": "Exchange rates",
    "removed": "Removed records",
}
SAYS = {
    "process": ("in_force", "changelog"),
    "icp": ("status", "claim"),
    "experiment": ("status", "hypothesis"),
    "decision": ("verdict", "why"),
    "member": ("kind", "country"),
}
"""Which fields say what a new record is about."""
DISCREET = frozenset({"contacts"})
"""Fields whose values are of people: that they changed is said, what they say is not."""


def of_other(ref: Ref, before: Data | None, after: Data | None, names: Names) -> list[Change]:
    """Everything that happened to a record that is no deal."""
    kind, id = ref
    who = names.member(id) if kind == "member" else f"{TITLES[kind]} {id}" if id != kind else TITLES[kind]
    if after is None:
        return [Change("removed", ref, who, "is gone")]
    if before is None:
        return [Change("new", ref, who, joined("new", *_about(kind, after, names)))]
    found = list(differences(before, after))
    return [
        Change(section.replace("_", " "), ref, who, said)
        for section in dict.fromkeys(difference.section for difference in found)
        for said in [_section(kind, section, [one for one in found if one.section == section], names)]
    ]


def _about(kind: str, data: Data, names: Names) -> Iterator[str]:
    for name in SAYS.get(kind, ()):
        if isinstance(value := data.get(name), str):
            yield f"in force from {names.day(value)}" if name == "in_force" else names.value(value)


def _section(kind: str, section: str, found: list[Difference], names: Names) -> str:
    label = section.replace("_", " ")
    if section in DISCREET:
        whom = dict.fromkeys(
            str(one.path[1]) if not isinstance(one.after, Mapping) else str(one.after.get("id", ""))
            for one in found
            if len(one.path) > 1
        )
        return f"{label} changed ({len(whom) or 1})"
    if kind == "process" and section in ("stages", "tiers", "conversions", "red_lines", "becomes"):
        return f"{label} changed: {listed(list(dict.fromkeys(_where(one) for one in found))[:6])}"
    said = [_said(one, names) for one in found]
    return f"{label}: {joined(*said[:3])}" + (f" and {len(said) - 3} more" if len(said) > 3 else "")


def _where(difference: Difference) -> str:
    names = [str(part).replace("_", " ") for part in difference.path[1:3] if isinstance(part, str)]
    entry = difference.after if isinstance(difference.after, Mapping) else difference.before
    if not names and isinstance(entry, Mapping):
        return str(entry.get("id", "an entry"))
    return " ".join(names) or "an entry"


def _said(difference: Difference, names: Names) -> str:
    before, after = difference.before, difference.after
    inner = (
        ""
        if len(difference.path) == 1
        else " ".join(str(part).replace("_", " ") for part in difference.path[1:] if isinstance(part, str))
    )
    if isinstance(after, Mapping):
        return joined(inner, _entry(after, names))
    if after is None:
        return (
            f"{inner} taken out".strip() if not isinstance(before, Mapping) else f"taken out: {_entry(before, names)}"
        )
    now = _list(after, names)
    was = f", was {_list(before, names)}" if before is not None and not isinstance(before, Mapping) else ""
    return f"{inner} {now}{was}".strip()


def _entry(entry: Data, names: Names) -> str:
    return joined(*(names.value(value) for value in entry.values() if isinstance(value, str))) or "an entry"


def _list(value: Any, names: Names) -> str:
    return names.value(", ".join(map(str, value)) if isinstance(value, list) else value)
