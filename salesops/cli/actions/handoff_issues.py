"""The issues by which delivery sets hubs up, or switches them off: opened once each, and recorded one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from salesops.cli.actions.draft import name_gaps, print_document
from salesops.cli.door import tell, tried_on
from salesops.cli.hands import NAME, Asked, Desk, NoWay, desk_again, send
from salesops.cli.printing import note, say
from salesops.edits.change_list import as_list
from salesops.output import SCHEMA_VERSION, as_json, markdown, masked, show, unlinked
from salesops.records.contract import Hub, Order
from salesops.records.team import Delivery
from salesops.reports.drafts import DrawnUp, NoSuchField, draft
from salesops.reports.handoff import Handoff, end_of, ordered, to_switch_off, without_issue
from salesops.store.delivery_issues import DeliveryIssues, key_of, mark, repository_of, with_mark
from salesops.store.templates import template_text

NEW_HUB, DECOMMISSION = "new-hub@1", "decommission@1"


class ToOpen(NamedTuple):
    """An issue that is to be opened: the key by which it is found again, its text, and the hub."""

    key: str
    title: DrawnUp
    body: DrawnUp
    hub: Hub

    @property
    def stands_for(self) -> str:
        """The address that stands for that of the issue, where it is written down before the issue is there."""
        return f"https://issue.invalid/{sha256(self.key.encode()).hexdigest()[:16]}"

    def as_data(self) -> dict[str, Any]:
        """As machines read it."""
        return {
            "hub": self.hub.name,
            "title": self.title.text,
            "body": with_mark(self.body.text, self.key),
            "mark": mark(self.key),
            "gaps": list(self.body.gaps),
            "stands_for": self.stands_for,
        }


def open_issues(desk: Desk, found: Handoff) -> int:
    """Open what is missing, and write each address down before the next is opened; with ``--dry-run`` print them."""
    team = desk.book.team
    delivery = (team.delivery if team else None) or Delivery()
    wanted = list(_wanted(desk, found, delivery))
    if desk.writing.dry_run and desk.writing.output_format == "json":
        return _as_data(desk, found, wanted, delivery)
    if not wanted:
        say(f"Nothing to open: every hub of {found.deal} has its issue.")
        return 0
    if desk.writing.dry_run:
        for each in wanted:
            _print(desk, found, each)
        return 0
    if not delivery.repository:
        raise NoWay(
            "playbook/team.yaml does not say where delivery works:\n  delivery: {repository: https://github.com/OWNER/REPOSITORY}"
        )
    issues = DeliveryIssues(desk.root, delivery.repository)
    there = issues.there()
    for each in wanted:
        address = there.get(each.key)
        if address is None:
            address = issues.open(each.key, each.title.text, each.body.text, delivery.labels)
            note(f"salesops: opened {address}")
        else:
            note(f"salesops: there already: {address}")
        code = _written(desk, found, each, address)
        if code:
            return code
    return 0


def _wanted(desk: Desk, found: Handoff, delivery: Delivery) -> Iterator[ToOpen]:
    """The issues that are not on file yet."""
    deal = desk.book.deals[found.deal]
    ends = found.ended is not None
    name = (delivery.decommission or DECOMMISSION) if ends else (delivery.new_hub or NEW_HUB)
    text = template_text(desk.root, name)
    if text is None:
        raise NoWay(f"there is no template {show(name)} in playbook/templates/")
    hubs = ordered(desk.book, found.deal) if ends else list(deal.order.hubs if deal.order else ())
    if not hubs:
        raise NoWay(f"the order of {found.deal} names no hub: salesops handoff {found.deal} --order URL")
    _each_by_its_name(hubs)
    title, _, body = text.partition("\n")
    for hub in to_switch_off(desk.book, found.deal) if ends else without_issue(deal.order):
        try:
            yield ToOpen(
                key_of(found.deal, hub.name, ends=ends),
                draft(desk.snapshot, found.deal, title.lstrip("# "), hub=hub, safe=unlinked),
                draft(desk.snapshot, found.deal, body.lstrip("\n"), hub=hub, safe=markdown),
                hub,
            )
        except NoSuchField as why:
            raise NoWay(f"playbook/templates/{name}: {why}") from None


def _each_by_its_name(hubs: Sequence[Hub]) -> None:
    """Refuse two hubs of one name: nobody could tell which of them an issue is for."""
    names = [hub.name for hub in hubs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise NoWay(f"the order names two hubs '{show(twice)}': give each a name of its own first")


def _written(desk: Desk, found: Handoff, each: ToOpen, address: str) -> int:
    """The address in the record, as soon as it is known."""
    now = desk_again(str(desk.root), desk.as_of, yes=True, dry_run=False, output_format=desk.writing.output_format)
    return send(now, list(_noted(now, found, {each.hub.name: address})))


def _noted(desk: Desk, found: Handoff, addresses: Mapping[str, str]) -> Iterator[Asked]:
    """The changes by which the addresses of issues are written down, each by the name of its hub."""
    if found.ended is not None:
        for name, address in addresses.items():
            yield {"add": found.deal, "to": "links", "entry": {"kind": end_of(name), "url": address}}
        return
    order = desk.book.deals[found.deal].order or Order()
    places = {hub.name: at for at, hub in enumerate(order.hubs)}
    for name, address in addresses.items():
        yield {"set": found.deal, "fields": {f"order.hubs.{places[name]}.issue": address}}
        if address not in order.issues:
            yield {"add": found.deal, "to": "order.issues", "entry": address}
    if order.issued is None:
        yield {"set": found.deal, "fields": {"order.issued": str(desk.day)}}


# ── what would be opened ──────────────────────────────────────────────────────────────────────────────────────────────


def _as_data(desk: Desk, found: Handoff, wanted: Sequence[ToOpen], delivery: Delivery) -> int:
    """The issues as they would be opened, and what would be written down then; 1 where that is refused."""
    changes = list(_noted(desk, found, {each.hub.name: each.stands_for for each in wanted})) if wanted else []
    tried = tried_on(desk.root, NAME, as_list(changes).encode("utf-8"), desk.as_of) if wanted else None
    if tried and tried.is_refused:
        return tell(tried, False, desk.writing.output_format, dry_run=True)
    files = tried.result.files if tried else ()
    secret = next((file.path for file in files if masked(file.text) != file.text), None)
    if secret:
        raise NoWay(f"{show(secret)} holds what looks like a secret: revoke it, and take it out first")
    say(
        masked(
            as_json(
                {
                    "schema_version": SCHEMA_VERSION,
                    "as_of": desk.day,
                    "deal": found.deal,
                    "repository": repository_of(delivery.repository) if delivery.repository else None,
                    "labels": list(delivery.labels),
                    "issues": [each.as_data() for each in wanted],
                    "files": [{"path": file.path, "text": file.text} for file in files],
                }
            )
        )
    )
    return 0


def _print(desk: Desk, found: Handoff, each: ToOpen) -> None:
    print_document(f"{each.title.text}\n\n{each.body.text}")
    name_gaps(desk.snapshot, found.deal, each.body)
    say("")
