"""What a team says of itself at the beginning: its name, zone, currency, people, where its records live, and its process."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from salesops.edits.spoken import Unclear
from salesops.edits.yaml_writer import Quoted, render
from salesops.records.iso_codes import CURRENCIES
from salesops.records.scalars import slug
from salesops.store.git_call import asks

PROCESSES = {
    "memberships": "a membership a year, qualified by the seven answers of MANIAC-T",
    "services": "projects and retainers: inquiry, scoping, offer",
    "plain": "a plain pipeline: lead, talking, offer",
}
"""The processes that a new repository may begin with."""
MAX_SHOWN = 8
_AT = re.compile(r"\s*\(?@([A-Za-z0-9][A-Za-z0-9-]{0,38})\)?\s*$", re.ASCII)
_ADDRESS = re.compile(
    r"(?:https?://(?:[^@/\s]+@)?|ssh://git@|git@)([\w.-]+)(?::\d+)?[:/]([\w./~-]+?)(?:\.git)?/?", re.ASCII
)


@dataclass(frozen=True)
class Colleague:
    """Somebody of the team: the id by which deals name them, the name, the account on GitHub."""

    id: str
    name: str
    github: str | None = None


@dataclass(frozen=True)
class Own:
    """The answers."""

    organisation: str
    zone: str
    currency: str
    people: tuple[Colleague, ...]
    process: str
    repository: str | None = None

    @property
    def team(self) -> str:
        """The text of playbook/team.yaml."""
        people = {
            person.id: {"name": Quoted(person.name), **({"github": person.github} if person.github else {})}
            for person in self.people
        }
        said: dict[str, Any] = {
            "organisation": Quoted(self.organisation),
            "time_zone": self.zone,
            "currency": self.currency,
            "repository": self.repository,
            "people": people,
        }
        return f"# Who you are. Everybody who owns a deal is listed here, perhaps with roles and a GitHub account.\n{render(said)}"


# ── as spoken ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def zone(words: str) -> str:
    """The time zone that is meant, by its name or its city; raises Unclear where there is none, or more than one."""
    asked = "_".join(words.split()).casefold()
    known = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
    cities = {name: name.casefold().rpartition("/")[2] for name in known}
    ways = (
        [name for name in known if name.casefold() == asked],
        [name for name in known if cities[name] == asked],
        [name for name in known if asked and cities[name].startswith(asked)],
    )
    found = next((some for some in ways if some), [])
    if len(found) != 1:
        of = (
            f"{', '.join(found[:MAX_SHOWN])}{', …' if len(found) > MAX_SHOWN else ''}"
            or "such as America/Vancouver, or a city: Vancouver"
        )
        raise Unclear(f"'{words[:60]}' is {'more than one time zone' if found else 'no time zone'}: {of}")
    return found[0]


def currency(words: str) -> str:
    """The currency that is meant, by its code."""
    if words.strip().upper() not in CURRENCIES:
        raise Unclear(f"'{words[:60]}' is no currency: three letters such as USD, CAD, EUR")
    return words.strip().upper()


def people(said: Sequence[str]) -> tuple[Colleague, ...]:
    """The people that are meant, each a name and perhaps an account behind an @; their ids are their first names."""
    found: list[Colleague] = []
    for words in said:
        account = _AT.search(words)
        name = _AT.sub("", words).strip()
        if not name:
            raise Unclear(f"'{words[:60]}' is no name: write Ada Smith @ada")
        found.append(Colleague(_own_id(name, [person.id for person in found]), name, account[1] if account else None))
    if not found:
        raise Unclear("nobody can own a deal yet: name one person at least")
    return tuple(found)


def _own_id(name: str, taken: Sequence[str]) -> str:
    for wanted in _ids(name):
        if wanted and wanted not in taken:
            return wanted
    raise Unclear(
        f"'{name[:60]}' has no letter to make an id from, or is there already: write the name in Latin letters too"
    )


def _ids(name: str) -> Iterator[str]:
    yield slug(name.split()[0])
    yield slug(name)
    yield from (f"{slug(name)}-{number}" for number in range(2, 20) if slug(name))


def address(words: str) -> str:
    """The page of a repository, of its page or of what git calls it."""
    match = _ADDRESS.fullmatch(words.strip())
    if not match:
        raise Unclear(f"'{words[:60]}' is no address of a repository: https://github.com/OWNER/REPO")
    return f"https://{match[1]}/{match[2]}"


def remote(root: Path) -> str | None:
    """Where the repository in this folder lives, as its remote says it; None where it has none."""
    if not root.is_dir() or asks(root, "rev-parse", "--show-prefix") != "":
        return None
    try:
        return address(asks(root, "remote", "get-url", "origin") or "")
    except Unclear:
        return None
