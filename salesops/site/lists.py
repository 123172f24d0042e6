"""The lists of the site as files: the same rows in the same order as the tables that offer them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from salesops.book.book import Snapshot
from salesops.book.status import Standing
from salesops.metrics.wording import amounts
from salesops.output import SCHEMA_VERSION, as_csv, as_json
from salesops.records.money import total
from salesops.site.pages.members import MemberRow, index
from salesops.site.pages.pipeline import in_order_of_work


def lists(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """``deals.csv`` and ``members.csv``, and both as JSON."""
    head = {"schema_version": SCHEMA_VERSION, "as_of": snapshot.as_of}
    for name, rows in (
        ("deals", [_deal(standing) for standing in in_order_of_work(snapshot)]),
        ("members", [_member(row) for row in index(snapshot)]),
    ):
        heads = tuple(rows[0]) if rows else ("id",)
        yield f"{name}.csv", "\n".join(as_csv([list(row.values()) for row in rows], heads)) + "\n"
        yield f"{name}.json", as_json({**head, name: rows})


def _deal(standing: Standing) -> dict[str, Any]:
    deal, step = standing.deal, standing.deal.next
    return {
        "id": standing.id,
        "member": deal.member,
        "member_name": standing.member_name,
        "title": deal.title,
        "type": str(deal.type),
        "tier": deal.tier,
        "owner": deal.owner,
        "stage": standing.stage_name,
        "since": standing.since,
        "days": standing.age,
        "stalled": "; ".join(standing.stalled),
        "next_step": step.action if step else None,
        "due": step.due if step else None,
        "worth": amounts(total(standing.amounts)) if standing.amounts else None,
        "expected_close": deal.expected_close,
        "last_contact": standing.last_contact,
    }


def _member(row: MemberRow) -> dict[str, Any]:
    term, judged, counts = row.term, row.member.judged, row.member.counted
    return {
        "id": row.file,
        "name": row.member.name,
        "kind": row.member.kind,
        "country": row.member.country,
        "relation": row.relation,
        "mrr": str(term.contract.mrr) if term and term.contract.mrr else None,
        "until": term.contract.last_day if term else None,
        "health": judged[-1].status if judged else None,
        "active_users": counts[-1].active_users if counts else None,
        "hubs": len(row.member.running),
        "open_deal": row.talk.id if row.talk else None,
    }
