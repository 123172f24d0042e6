"""The title of an issue: which institution, which person, and what about; or none of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NEW_HUB = re.compile(r"\[New Hub\](?P<marks>(?:\s*\[[^\]]*\])*)\s*(?:.+?\s+)?[-–—]\s+(?P<whom>.+)", re.IGNORECASE)
_LEAD = re.compile(r"\[(?P<whom>[^\[\]]+)\]\s*[-–—:]\s*(?P<what>.+)")
_PHASE = re.compile(r"\[(Phase \d+)\]", re.IGNORECASE)
_LEFT_BY_TEMPLATE = re.compile(r"\{\{.*?\}\}|\blead org\b|\blead person\b|\blead title\b", re.IGNORECASE)
NEW_HUB = "New hub"
"""What a lead is called whose issue asks for a hub."""


@dataclass(frozen=True)
class Lead:
    """What a title tells; ``phase`` is the part of the request for a hub that the issue is about."""

    organisation: str
    what: str
    person: str = ""
    phase: str = ""


def lead_in(title: str) -> Lead | None:
    """``[Org / Person] - [Title]`` or ``[New Hub] … - community``; None for any other title."""
    if hub := _NEW_HUB.fullmatch(title):
        phase = _PHASE.search(hub["marks"])
        return Lead(hub["whom"].strip(), NEW_HUB, "", phase[1].lower() if phase else "")
    found = _LEAD.fullmatch(title)
    if not found or found["whom"].strip().casefold() == NEW_HUB.casefold():
        return None
    organisation, _, person = (part.strip() for part in found["whom"].partition("/"))
    what = found["what"].strip()
    bare = what[1:-1].strip() if what.startswith("[") and what.endswith("]") else what
    return Lead(organisation or person, bare, person if organisation else "") if bare else None


def is_left_by_template(title: str) -> bool:
    """Whether a title still holds the words that the template has in place of a name."""
    return _LEFT_BY_TEMPLATE.search(title) is not None
