"""Orders and what delivery works by: an order says what its link specifies, and what runs for a member is on file there."""

from __future__ import annotations

from salesops.checks.check import Case, Finding, Findings, check
from salesops.records.deal import Deal
from salesops.records.specification import Unreadable, differences, specified

SOURCE = "Sales Operations Overview (2025), Integration with Delivery"
TWO_HUBS = "https://configure.example/?state=eyJjYXRhbG9ndWUiOiIyMDI2LTAzIiwiaHVicyI6W3sibmFtZSI6InRlYWNoaW5nIiwic3RvcmFnZSI6IjEwIEdCIn1dfQ"


@check(
    "order-differs",
    advice=True,
    source=f"{SOURCE}; reference/records#orders",
    bad=f"""
    order:
      configurator: "{TWO_HUBS}"
      hubs: [{{name: teaching, storage: 20 GB}}]  # <--
    """,
    good=f"""
    order:
      configurator: "{TWO_HUBS}"
      hubs: [{{name: teaching, storage: 10 GB}}]
    """,
)
def order_differs(case: Case[Deal]) -> Findings:
    """The hubs of an order, the configurator's link and the copy of it do not say the same.

    Delivery builds what the order says; the member chose what the link says. Ask which of them holds, and correct the
    other. What one of them leaves out is no difference.
    """
    order = case.record.order
    if order is None or case.has_lost("order"):
        return
    try:
        for path, message in differences(order):
            yield Finding(("order", *path), message, help="ask which of them holds, and correct the other")
    except Unreadable:
        return  # the check below says so


@check(
    "order-unreadable",
    advice=True,
    source=f"{SOURCE}; reference/records#orders",
    bad="""
    order:
      configurator: "https://configure.example/?state=not-json"  # <--
    """,
    good=f"""
    order:
      configurator: "{TWO_HUBS}"
    """,
)
def order_unreadable(case: Case[Deal]) -> Findings:
    """The state in a configurator's link cannot be read.

    Once the configurator has changed, nobody can tell what was ordered. Copy the link again, whole; or write the hubs into
    the order, so that they stand for themselves.
    """
    order = case.record.order
    if order is None or not order.configurator:
        return
    try:
        specified(order.configurator)
    except Unreadable as why:
        yield Finding(
            ("order", "configurator"), f"the link specifies nothing: {why}", help="copy the link again, whole"
        )


@check(
    "hub-not-listed",
    advice=True,
    source="Leads, sales, and hubs process, Converting sales into hubs",
    bad="order: {hubs: [{name: teaching}, {name: research}], operational: 2026-04-20}  # <--",
    good="order: {hubs: [{name: teaching}], operational: 2026-04-20}",
    beside={"members/cascadia-university.yaml": "hubs: [{name: teaching, deal: acme, since: 2026-04-20}]"},
)
def hub_not_listed(case: Case[Deal]) -> Findings:
    """Hubs of an order are in use, and the member's file does not list them.

    The list of hubs is what support, invoices and renewals go by. Add the hub under `hubs` of the member, with the deal
    that pays for it; `salesops handoff DEAL --in-use DAY` does so.
    """
    deal, order = case.record, case.record.order
    member = case.book.members.get(deal.member)
    is_read = member is not None and not case.book.lost.get(("member", deal.member))
    if order is None or not order.operational or member is None or not is_read:
        return
    listed = {hub.name for hub in member.hubs}
    missing = [hub.name for hub in order.hubs if hub.name not in listed]
    if missing:
        yield Finding(
            ("order", "operational"),
            f"in use since {order.operational}, and {deal.member} does not list {' and '.join(missing)}",
            help=f"add each under hubs: of members/{deal.member}.yaml, with deal: {case.id}; salesops handoff {case.id} --in-use {order.operational} does so",
        )
