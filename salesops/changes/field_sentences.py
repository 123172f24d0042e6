"""Differences of any field in words: an entry of a list is called by what it is about, never by its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from salesops.changes.change import joined, listed
from salesops.changes.field_differences import Difference, differences, last_name
from salesops.changes.names import Names
from salesops.problems import Path
from salesops.records.as_written import Data, as_map, as_text
from salesops.records.kinds import entries_of
from salesops.records.record import value_at

ABOUT = ("name", "month", "to", "about", "action", "date", "kind", "version", "id", "need", "field", "url")
"""The fields by which people tell the entries of any other list apart: the first that there is."""
COUNTS = frozenset({"users", "active_users"})
"""Numbers of many: written with thousands marks."""
SPEAKS_FOR_ITSELF = frozenset({"note", "why", "status"})
"""Fields that a new entry tells without their name."""
LABELS = {
    "expected_close": "expected close",
    "maniac_t": "MANIAC-T",
    "icp": "ICP fit",
    "x": "own fields",
    "mrr": "MRR",
    "one_off": "one-off",
    "imported": "import",
    "learning": "learned:",
    "note": "note:",
    "why": "why:",
    "result": "result:",
    "reengage": "day to try again",
    "agreed": "price agreed",
    "paid_first": "paid before the service",
    "decision": "decision to work on it",
    "changes": "changes asked for",
    "referral": "referred to",
    "range": "range of money",
    "steps": "buying steps",
    "prices": "price list",
    "why_different": "why it differs from the offer:",
    "ror": "ROR",
    "enter": "begins:",
    "purpose": "purpose:",
    "claim": "claim:",
    "stale_after": "days until stalled",
    "idle_after": "days without contact until stalled",
}
YES_NO = {
    "fit": ("it fits", "it does not fit"),
    "resolved": ("resolved", "not resolved"),
    "decides": ("decides", "does not decide"),
    "paid_first": ("they pay before the service", "they do not pay before the service"),
    "go": ("go", "no go"),
    "bounced": ("it came back", "it did not come back"),
    "opened": ("it was opened", "it was not opened"),
    "would_refer": ("would refer us", "would not refer us"),
}
PEOPLE = frozenset({"owner", "by", "delivery_owner", "team", "asked_by"})
"""Fields that name people of the team by their ids."""
DISCREET = frozenset({"contacts"})
"""Lists of people: that an entry changed is said, and the person's role; never a name, an address or a number."""
MAX_PARTS, MOST_DETAILS = 4, 4


def told(found: list[Difference], after: Data, names: Names, most: int = MAX_PARTS) -> str:
    """The differences in a few words."""
    said = list(dict.fromkeys(part for part in _parts(_leaves(found), after, names) if part))
    more = f" and {len(said) - most} more" if len(said) > most else ""
    return "; ".join(said[:most]) + more if any(", " in part for part in said) else joined(*said[:most]) + more


def label(name: str) -> str:
    """A field as people call it."""
    return LABELS.get(name, name.replace("_", " "))


def is_of_entries(found: list[Difference]) -> bool:
    """Whether the differences are all of entries of one list, which name themselves."""
    return all(len(one.path) > 1 and isinstance(one.path[1], int) for one in found)


def plain(difference: Difference, names: Names) -> str:
    """``end 31 March 2027, was 31 December``."""
    name = _inner(difference)
    before, after = difference.before, difference.after
    if isinstance(before, list | None) and isinstance(after, list | None) and (before or after):
        return _lists(name, before or [], after or [], names)
    yes_no = {"true": 0, "false": 1}.get(after if isinstance(after, str) else "")
    if yes_no is not None:
        return YES_NO.get(difference.name, (name, f"not {name}"))[yes_no]
    was, now = (_said(difference.name, side, names) for side in (before, after))
    if not now:
        return f"{name} removed" + (f" (was {was})" if was and was != LINK else "")
    if now == LINK:
        return f"{name} changed" if was else name
    return f"{name} {now.removesuffix('.')}, was {was}" if was else f"{name} {now}"


LINK = "(link)"


def _said(name: str, value: Any, names: Names) -> str:
    """A value under the name of its field: numbers of many with thousands marks, people by name."""
    if name in COUNTS and isinstance(value, str):
        return _number(value)
    return names.person(value) if name in PEOPLE and isinstance(value, str) else shown(value, names)


def _number(digits: str) -> str:
    return f"{int(digits):,}" if digits.isdecimal() and digits.isascii() and len(digits) < 19 else digits[:19]


def shown(value: Any, names: Names) -> str:
    """A value in words."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return joined(*(plain(Difference((str(key),), None, part), names) for key, part in value.items()))
    if isinstance(value, list):
        return names.text(", ".join(dict.fromkeys(shown(part, names) for part in value[:9])))
    return names.value(value)


def _lists(name: str, before: list[Any], after: list[Any], names: Names) -> str:
    """Lists of words: what came and what went."""
    if name in PEOPLE:
        before, after = ([names.person(as_text(each)) for each in side] for side in (before, after))
    had, has = set(map(str, before)), set(map(str, after))
    came = [entry for entry in after if str(entry) not in had]
    went = [entry for entry in before if str(entry) not in has]
    if not before or LINK in (shown(came[:1], names), shown(went[:1], names)):
        return f"{name} {shown(after, names)}".removesuffix(f" {LINK}") + (" changed" if before else "")
    parts = (f"also {shown(came, names)}" if came else "", f"no longer {shown(went, names)}" if went else "")
    return f"{name} {' and '.join(part for part in parts if part) or 'in another order'}"


def _inner(difference: Difference) -> str:
    """The name of a field without its section; a field of an entry without the list."""
    last = max((at for at, part in enumerate(difference.path) if isinstance(part, int)), default=0)
    words = [label(part) for part in difference.path[last + 1 :] if isinstance(part, str)]
    return " ".join(words) or label(difference.name)


# ── entries ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parts(found: list[Difference], after: Data, names: Names) -> Iterator[str]:
    added = Counter(one.path[:-1] for one in found if one.before is None)
    for at, group in groupby(found, key=_entry_path):
        if at is None:
            yield from (plain(one, names) for one in group)
        else:
            yield _entry(at, list(group), after, names, in_full=added[at[:-1]] < 2)


def _entry_path(difference: Difference) -> Path | None:
    """The place of the entry that a difference is of; a number, not a name, ends it."""
    last = max((at for at, part in enumerate(difference.path) if isinstance(part, int)), default=None)
    return None if last is None else difference.path[: last + 1]


def _entry(path: Path, found: list[Difference], after: Data, names: Names, in_full: bool) -> str:
    one = found[0]
    list_name = last_name(path)
    if one.path != path and list_name in DISCREET:
        return f"{called(list_name, value_at(after, path), names)} changed"
    if one.path != path:
        return f"{called(list_name, value_at(after, path), names)}: {joined(*(plain(each, names) for each in found[:MAX_PARTS]))}"
    if one.after is None:
        return f"{called(list_name, one.before, names)} removed"
    new = "a new " if list_name in DISCREET else "new "
    return new + called(list_name, one.after, names) + (_details(list_name, one.after, names) if in_full else "")


def called(list_name: str, entry: Any, names: Names) -> str:
    """``hub teaching``, ``invoice for October``: an entry as people call it."""
    singular = list_name.replace("_", " ")
    noun = entries_of(list_name).called or (singular[:-1] if singular.endswith("s") else singular)
    if not isinstance(entry, Mapping):
        return f"{noun} {shown(entry, names)}"
    if list_name in DISCREET:
        role = names.text(entry.get("role"))
        return f"{noun} ({role})" if role else noun
    name = _about(list_name, entry)
    value = entry.get(name)
    said = names.month(value) if name == "month" and isinstance(value, str) else shown(value, names)
    return f"{noun} {said}".strip()


def _about(list_name: str, entry: Data) -> str:
    known = entries_of(list_name)
    return next((name for name in (known.about, *known.by, *ABOUT) if entry.get(name)), "")


def _details(list_name: str, entry: Any, names: Names) -> str:
    """What else a new entry says; links, people and what it is called by are left out."""
    if not isinstance(entry, Mapping) or list_name in DISCREET:
        return ""
    skipped = {_about(list_name, entry), "id"}
    said = [
        shown(value, names) if name in SPEAKS_FOR_ITSELF else plain(Difference((name,), None, value), names)
        for name, value in entry.items()
        if name not in skipped and value is not None and shown(value, names) not in ("", LINK)
    ]
    more = f" and {len(said) - MOST_DETAILS} more" if len(said) > MOST_DETAILS else ""
    return f" ({joined(*said[:MOST_DETAILS])}{more})" if said else ""


def _leaves(found: list[Difference]) -> list[Difference]:
    """Differences down to single values and entries: a section that is new or gone is taken apart."""
    inner: list[Difference] = []
    for difference in found:
        before, after = difference.before, difference.after
        is_entry = bool(difference.path) and isinstance(difference.path[-1], int)
        if not is_entry and (isinstance(before, Mapping) or isinstance(after, Mapping)):
            inner += _leaves(list(differences(as_map(before), as_map(after), difference.path)))
        else:
            inner.append(difference)
    return inner


def parts(words: list[str]) -> str:
    """``a, b and c``, the first six of them."""
    return listed(words[:6]) + (f" and {len(words) - 6} more" if len(words) > 6 else "")
