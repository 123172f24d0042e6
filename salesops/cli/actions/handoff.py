"""What ``salesops handoff`` does: the steps of a hand-off as they are, and the next one written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from salesops.book.status import person_name
from salesops.cli.actions.handoff_issues import open_issues
from salesops.cli.hands import Asked, Desk, NoWay, desk_of, send
from salesops.cli.options import Usage
from salesops.cli.printing import note, say, style
from salesops.cli.repository import records_of, why_nothing
from salesops.metrics.wording import NO_DATA
from salesops.output import SCHEMA_VERSION, as_json, show
from salesops.records.contract import Order
from salesops.records.deal import Deal
from salesops.records.process import WON
from salesops.records.record import value_at
from salesops.records.specification import Unreadable, as_written, frozen_copy, specified
from salesops.reports.handoff import Handoff, handoff, to_open, way_on

WRITES = ("order", "owner", "in_use", "ended")


def run(folder: str, deal: str | None, *, ready: bool, **options: Any) -> int:
    """Show it, write down the next step, or name the deals whose issues can be opened; 1 where it is refused."""
    how = {name: options.pop(name) for name in ("yes", "dry_run", "output_format", "as_of")}
    if ready == bool(deal):
        raise Usage("say which deal is handed off, or --ready for those whose issues can be opened")
    if deal is None:
        return _whose_issues_wait(folder, how["as_of"], how["output_format"])
    desk = desk_of(folder, **how)
    deal_id = desk.won_deal(deal)
    found = handoff(desk.snapshot, deal_id)
    if why := why_nothing(desk.snapshot, deal_id):
        raise NoWay(why)
    if found is None:
        raise NoWay(f"{deal_id} is not won: only what was won is handed off")
    if options["url"] and not options["in_use"]:
        raise Usage("--url belongs to --in-use")
    writes = any(options[name] for name in WRITES)
    if options["in_use"] and options["ended"]:
        raise Usage("--in-use and --ended are two steps: write down one after the other")
    if options["issues"] and writes:
        raise Usage("--issues stands alone: first write down the rest, then open the issues")
    if options["issues"]:
        _ready(found, "the issues")
        return open_issues(desk, found)
    if writes:
        return send(desk, list(_changes(desk, found, options)))
    for line in _lines(desk, found):
        say(line)
    return 0


def _whose_issues_wait(folder: str, as_of: str | None, output_format: str) -> int:
    """Every deal with a hub for which an issue can be opened now; 1 where a file cannot be counted."""
    records = records_of(folder, as_of, None)
    whole = records.are_whole
    if not records.book.processes:
        return 1
    records.say_whose()
    found = to_open(records.snapshot)
    if output_format == "json":
        rows = [{"deal": deal, "hubs": hubs} for deal, hubs in found.items()]
        say(as_json({"schema_version": SCHEMA_VERSION, "as_of": records.day, "ready": rows}))
    else:
        for deal, hubs in found.items():
            say(f"{deal}  {show(', '.join(hubs))}")
    return 0 if whole else 1


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _lines(desk: Desk, found: Handoff) -> Iterator[str]:
    if desk.writing.output_format == "json":
        yield as_json({"schema_version": SCHEMA_VERSION, "as_of": desk.day, **found.as_data()})
        return
    deal = desk.book.deals[found.deal]
    yield f"{style(found.deal, 'head')}  {show(deal.title)}"
    for number, step in enumerate(found.steps, 1):
        day = str(step.day or "") if step.is_done else ""
        whose = person_name(desk.snapshot, step.owner) if step.owner else "nobody yet"
        yield f"  {number}  {'✓' if step.is_done else '·'} {step.title:<36} {day:<10}  {show(whose)}"
        for missing in step.missing:
            yield style(f"       missing: {show(missing.says)}", "faint")
    yield f"  in use since {found.in_use}" if found.in_use else f"  in use since: {NO_DATA}"
    if found.ended:
        yield f"  the service ended on {found.ended}"
    if way := way_on(found):
        yield f"  next: {way}"


# ── what is written ───────────────────────────────────────────────────────────────────────────────────────────────────


def _ready(found: Handoff, what: str) -> None:
    """Refuse to go on while contract, price and member are not right."""
    first = found.steps[0]
    if not first.is_done:
        missing = "\n".join(f"  {show(each.says):<44}  {each.way}" for each in first.missing)
        raise NoWay(f"{what} would be made from what is not right yet; missing:\n{missing}")


def _changes(desk: Desk, found: Handoff, options: Mapping[str, Any]) -> Iterator[Asked]:
    deal = desk.book.deals[found.deal]
    day = desk.happened(options["date_"])
    fields: Asked = {}
    if options["order"]:
        _ready(found, "the order")
        fields |= _ordered(deal.order, options["order"], day)
    if options["owner"]:
        fields |= {"order.delivery_owner": desk.person(options["owner"]), "order.taken_on": str(day)}
    in_use = desk.happened(options["in_use"], "--in-use") if options["in_use"] else None
    if in_use:
        _after_the_signature(deal, in_use)
        fields |= {"order.operational": str(in_use)}
    ended = desk.happened(options["ended"], "--ended") if options["ended"] else None
    if ended:
        _last_of_its_chain(desk, found.deal, ended)
        fields |= {"contract.service_ended": str(ended)}
    yield {"set": found.deal, "fields": fields, "was": _was(desk, found.deal, fields)}
    if options["order"] and "order.frozen" not in fields and deal.order and deal.order.frozen:
        yield {"clear": found.deal, "fields": ["order.frozen"]}
    if in_use:
        yield from _listed(desk, found.deal, in_use, _addresses(options["url"], deal))
    if ended:
        yield from _switched_off(desk, found.deal, ended)


def _after_the_signature(deal: Deal, in_use: date) -> None:
    """Refuse a use from before the signature; only what renews a contract was in use before."""
    signed = deal.contract.signed if deal.contract else None
    if signed and in_use < signed and deal.renews is None:
        raise Usage(f"--in-use: {in_use} is before the signature of {signed}; a trial before it is no hand-off")


def _last_of_its_chain(desk: Desk, deal_id: str, ended: date) -> None:
    """Refuse to end the service of a contract that another one had carried on by then."""
    for later in desk.book.renewed_by.get(deal_id, ()):
        history = desk.snapshot.history(later)
        starts = history.deal.contract.start if history and history.deal.contract else None
        if history and desk.snapshot.outcome(history) == WON and (starts is None or starts <= ended):
            raise NoWay(f"--ended: {later} renews {deal_id} and is won: end the service of that one")


def _was(desk: Desk, deal_id: str, fields: Asked) -> Asked:
    """What stands in the fields now, for those in which something does."""
    data = desk.book.documents["deal", deal_id].data
    known = {path: value_at(data, path) for path in fields}
    return {path: value for path, value in known.items() if value is not None}


def _ordered(order: Order | None, link: str, day: date) -> Asked:
    """The link, a copy of what it says, and the day; the hubs, where nobody has written any."""
    try:
        found = specified(link)
    except Unreadable as why:
        raise Usage(f"--order: the link specifies nothing: {why}") from None
    fields: Asked = {"order.configurator": link}
    if found:
        fields["order.frozen"] = frozen_copy(found, str(day))
        if order is None or not order.hubs:
            fields["order.hubs"] = [as_written(hub) for hub in found.hubs]
    else:
        note("salesops: the link has no state; write the hubs into the order yourself")
    if order is None or order.created is None:
        fields["order.created"] = str(day)
    return fields


def _addresses(said: tuple[str, ...], deal: Deal) -> dict[str, str]:
    known = {hub.name for hub in deal.order.hubs} if deal.order else set()
    found = {}
    for each in said:
        name, equals, address = each.partition("=")
        if not equals or name not in known:
            raise Usage(
                f"--url: '{show(each)}' is not HUB=URL with a hub of the order: {', '.join(sorted(known)) or 'it has none'}"
            )
        found[name] = address
    return found


def _listed(desk: Desk, deal_id: str, day: date, addresses: Mapping[str, str]) -> Iterator[Asked]:
    """The hubs of the order, listed with the member where they are not yet; those that are get what is new: the day, the address."""
    deal = desk.book.deals[deal_id]
    member, order = desk.book.members.get(deal.member), deal.order
    there = {hub.name: at for at, hub in enumerate(member.hubs)} if member else {}
    for hub in order.hubs if order and member else ():
        told = {"url": addresses.get(hub.name)}
        if hub.name in there and member:
            running = member.hubs[there[hub.name]]
            is_corrected = running.deal == deal_id and order is not None and running.since == order.operational != day
            yield from _corrected(
                desk, deal.member, there[hub.name], {**told, "since": str(day) if is_corrected else None}
            )
        else:
            known = {**told, "issue": hub.issue, "owner": order.delivery_owner if order else None}
            given = {name: value for name, value in known.items() if value}
            yield {
                "add": deal.member,
                "to": "hubs",
                "entry": {"name": hub.name, "deal": deal_id, "since": str(day), **given},
            }


def _corrected(desk: Desk, member_id: str, at: int, told: Mapping[str, str | None]) -> Iterator[Asked]:
    """What is said anew of a hub that is listed already."""
    fields = {f"hubs.{at}.{name}": value for name, value in told.items() if value}
    if fields:
        data = desk.book.documents["member", member_id].data
        was = {path: known for path in fields if (known := value_at(data, path)) is not None}
        yield {"set": member_id, "fields": fields, "was": was}


def _switched_off(desk: Desk, deal_id: str, day: date) -> Iterator[Asked]:
    """The hubs that ran under a deal or one that it renews, off from a day on."""
    member_id, chain = desk.book.deals[deal_id].member, desk.book.chain_of(deal_id)
    member = desk.book.members.get(member_id)
    for at, hub in enumerate(member.hubs if member else ()):
        if hub.deal in chain and hub.until is None:
            if hub.since and hub.since > day:
                raise Usage(f"--ended: hub '{show(hub.name)}' is in use since {hub.since}, after {day}")
            yield from _corrected(desk, member_id, at, {"until": str(day)})
