"""The form for a new deal, and for a new member within it: what is on file already, so that a browser can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from salesops.book.book import Snapshot
from salesops.changes.timeline import GitHistory
from salesops.metrics import Reading
from salesops.records.deal import EXISTING, NEW
from salesops.records.iso_codes import COUNTRY_NAMES
from salesops.records.team import kinds_known
from salesops.site.pages.forms import as_script, of_the_team, people_on_file
from salesops.site.pages.page import Page, page

NEW_DEAL = "new"
"""The name of the page on which a deal begins."""


def pages(snapshot: Snapshot, readings: Mapping[str, Reading | None], past: GitHistory) -> Iterator[Page]:
    """The page on which a deal begins, and the institution with it."""
    team = snapshot.book.team
    yield page(
        NEW_DEAL,
        "New deal",
        "new",
        snapshot,
        members=[member.name for member in snapshot.book.members.values()],
        people=team.people if team else {},
        tiers=snapshot.process.tiers,
        kinds=kinds_known(team),
        countries=sorted(COUNTRY_NAMES),
        channels=_channels(snapshot),
        start=snapshot.process.start_of(NEW),
        facts=as_script(_on_file(snapshot, past.branch)),
    )


def _channels(snapshot: Snapshot) -> list[str]:
    """The words for where deals came from, the usual ones first."""
    sources = (history.deal.source for history in snapshot.histories)
    often = Counter(source.channel for source in sources if source and source.channel)
    return [channel for channel, _ in often.most_common()]


def _on_file(snapshot: Snapshot, branch: str) -> dict[str, Any]:
    """What has a name already: members with their people and deals, ids, tiers; and where a deal of a type begins."""
    book, process = snapshot.book, snapshot.process
    deals: dict[str, list[list[Any]]] = {}
    for history in snapshot.histories:
        stage = snapshot.stage(history.now.stage)
        was_won = any(snapshot.book.outcome(visit.stage) == "won" for visit in history.visits)
        deals.setdefault(history.deal.member, []).append([history.id, stage.title, int(stage.is_open), int(was_won)])
    members = [
        {
            "id": name,
            "name": member.name,
            "people": people_on_file(member),
            "deals": deals.get(name, []),
        }
        for name, member in book.members.items()
    ]
    return {
        "members": members,
        "others": [history.id for history in snapshot.histories if history.deal.member not in book.members],
        "tiers": {name: tier.name for name, tier in process.tiers.items()},
        "starts": {kind: process.start_of(kind) for kind in (NEW, EXISTING)},
        "countries": COUNTRY_NAMES,
        **of_the_team(snapshot, branch),
    }
