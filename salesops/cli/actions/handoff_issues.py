"""The issues by which delivery sets hubs up, or switches them off: opened once each, and recorded one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from salesops.cli.hands import Asked, Desk, NoWay, desk_again, send
from salesops.cli.printing import note, say
from salesops.output import counted, markdown, show, unlinked
from salesops.records.contract import Hub
from salesops.records.team import Delivery
from salesops.reports.drafts import DrawnUp, NoSuchField, draft
from salesops.reports.handoff import Handoff, end_of, ordered, to_switch_off, without_issue
from salesops.store.delivery_issues import DeliveryIssues, key_of
from salesops.store.templates import template_text

NEW_HUB, DECOMMISSION = "new-hub@1", "decommission@1"


class ToOpen(NamedTuple):
    """An issue that is to be opened: the key by which it is found again, its text, and the hub."""

    key: str
    title: DrawnUp
    body: DrawnUp
    hub: Hub


def open_issues(desk: Desk, found: Handoff) -> int:
    """Open what is missing, and write each address down before the next is opened; with ``--dry-run`` print them."""
    team = desk.book.team
    delivery = (team.delivery if team else None) or Delivery()
    wanted = list(_wanted(desk, found, delivery))
    if not wanted:
        say(f"Nothing to open: every hub of {found.deal} has its issue.")
        return 0
    if desk.writing.dry_run:
        for each in wanted:
            _print(each)
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
    deal = now.book.deals[found.deal]
    order = deal.order
    if found.ended is not None:
        return send(now, [{"add": found.deal, "to": "links", "entry": {"kind": end_of(each.hub), "url": address}}])
    at = next(at for at, hub in enumerate(order.hubs if order else ()) if hub.name == each.hub.name)
    changes: list[Asked] = [{"set": found.deal, "fields": {f"order.hubs.{at}.issue": address}}]
    if order and address not in order.issues:
        changes.append({"add": found.deal, "to": "order.issues", "entry": address})
    if order and order.issued is None:
        changes.append({"set": found.deal, "fields": {"order.issued": str(now.day)}})
    return send(now, changes)


def _print(each: ToOpen) -> None:
    say(each.title.text)
    say("")
    for line in each.body.text.splitlines():
        say(line)
    if each.body.gaps:
        note(f"salesops: {counted(len(each.body.gaps), 'fact')} missing: {', '.join(each.body.gaps)}")
    say("")
