"""What the team's own documents ask for after the signature, row by row of the requirements: each opens a page, a command, a check or a field.

The rows are numbered as in the requirements: 109 to 117 the hand-off and delivery, 118 to 131 contracts, prices and invoices.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from salesops.checks import CHECKS
from salesops.cli import COMMANDS
from salesops.metrics import metrics_of
from salesops.records.kinds import KINDS
from salesops.records.model_fields import fields_below
from salesops.records.specification import differences, specified
from salesops.site.pages import every_page
from salesops.store.load import load

DAY = date(2026, 11, 21)
WORKFLOWS = {file.stem for file in (Path(__file__).parents[1] / ".github/workflows").glob("*.yml")}

ROWS = {
    109: "check contract-differs, command handoff, page deals/northmere-general says price and member are right",
    110: "field deal.order.hubs.authentication, field deal.order.hubs.environment, field deal.order.hubs.storage, check hubs-too-many",
    111: "field deal.order.configurator, field deal.order.frozen.catalogue, check order-differs, check order-unreadable",
    112: "command handoff, workflow handoff, field deal.order.hubs.issue, field deal.order.issued, page deals/northmere-general says Issues for delivery are open",
    113: "field deal.order.delivery_owner, field deal.order.taken_on, check handoff-unowned",
    114: "field member.health.satisfaction, page renewals says Health",
    115: "field deal.contract.deliverables.due, field deal.contract.deliverables.link, check deliverable-overdue",
    116: "field member.hubs.deal, field member.hubs.issue, check hub-not-listed, check hub-deal-unknown",
    117: "field member.links.kind, field deal.contract.service_ended, field member.hubs.until",
    118: "field member.address, field team.sponsor.address, field deal.contract.template, field deal.contract.agreement, field deal.contract.signed, command draft",
    119: "field deal.contract.scope.support, field deal.contract.prices, field deal.contract.renewal_terms, field deal.contract.service_levels",
    120: "field deal.contract.entity, field team.sponsor.name",
    121: "metric handoff-lead-time, command handoff",
    122: "field member.invoices.tier_confirmed, check invoice-not-ready",
    123: "field member.invoices.delivery_confirmed, check invoice-not-ready, page invoices says Waits for",
    124: "field member.invoices.archived, field team.sponsor.email, page invoices says proofs to be archived",
    125: "command invoices, page invoices says Oct 2026",
    126: "field member.billing_address, field member.invoices.cloud, field member.invoices.active_users, field member.invoices.credits.amount, command invoices",
    127: "check invoice-steps, check invoice-held-up, check invoice-unpaid, command invoices",
    128: "field deal.proposal.admin_informed",
    129: "field member.vendor_setup.status, check invoice-before-vendor-setup",
    130: "field deal.links.status, field member.links.status",
    131: "check template-unknown, field deal.proposal.template, command draft",
}


def test_no_row_is_left_out():
    assert list(ROWS) == list(range(109, 132))


@pytest.fixture(scope="module")
def fields():
    def below(kind, path=()):
        for name in fields_below(KINDS[kind].model, path):
            here = (*path, name)
            yield ".".join((kind, *here))
            if len(here) < 4:
                yield from below(kind, here)

    return {name for kind in ("deal", "member", "team") for name in below(kind)}


@pytest.fixture(scope="module")
def book(home):
    return load(home)[0]


@pytest.fixture(scope="module")
def pages(book):
    return {page.path: page.body for page in every_page(book.on(DAY))}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_opens_what_it_names(row, fields, pages, book):
    for each in ROWS[row].split(", "):
        kind, _, name = each.partition(" ")
        if kind == "page":
            path, _, words = name.partition(" says ")
            assert words in pages[path], each
        else:
            known = {
                "check": CHECKS,
                "command": COMMANDS,
                "workflow": WORKFLOWS,
                "field": fields,
                "metric": metrics_of(book.on(DAY).process),
            }
            assert name in known[kind], each


def test_every_order_of_the_demonstration_keeps_a_copy_of_what_its_link_says(book):
    orders = {id: deal.order for id, deal in book.deals.items() if deal.order and deal.order.configurator}
    assert len(orders) > 10
    for id, order in orders.items():
        assert order.frozen, id
        assert order.frozen.hubs == specified(order.configurator).hubs, id
        assert order.frozen.date == order.created, id
        assert not list(differences(order)), id
