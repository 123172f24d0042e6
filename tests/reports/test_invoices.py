"""The month's invoices: who is invoiced, for what, what is missing, and how far it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from booking import book_of
from second_count.invoices import DAY, LADDERS, MONTH, counted, going_on_without, portfolio

from salesops.records.deal import Deal
from salesops.records.member import Member
from salesops.records.prices import PriceList
from salesops.records.process import Process
from salesops.reports.invoices import NO_DEAL, as_email, batch, months_behind, unpaid

WON = """
title: General Membership
member: cascadia-university
type: new business
tier: general
owner: jim
stages: [enrichment: 2026-01-05, closed won: 2026-02-01]
imported: {from: old, date: 2026-03-01}
contract: {signed: 2026-02-01, start: 2026-02-01, end: 2027-01-31, mrr: 1000 USD%s}
"""
READY = "vendor_setup: {status: not needed}\n"


def prices(ladder):
    steps = [{"to": str(to), "fee": f"{fee // 100}.{fee % 100:02d} USD"} for to, fee in ladder]
    return PriceList.model_validate({"since": "2026-01-01", "usage": steps})


LISTS = {name: prices(ladder) for name, ladder in LADDERS.items()}
PROCESS = {
    "version": "v1",
    "in_force": "2020-01-01",
    "changelog": "The first.",
    "tiers": {"general": {"name": "General"}},
    "starts": {"new business": "enrichment"},
    "stages": {
        "enrichment": {"title": "Enrichment", "exits": [{"to": "closed won", "when": "They sign"}]},
        "closed won": {"title": "Closed Won", "outcome": "won"},
    },
}
WRITTEN = {
    "title": "Membership",
    "type": "new business",
    "tier": "general",
    "owner": "jim",
    "stages": [{"enrichment": "2026-01-05"}, {"closed won": "2026-04-01"}],
}


@pytest.mark.parametrize(
    "seeds", [range(300), pytest.param(range(300, 5_300), marks=pytest.mark.long)], ids=["300", "5,000"]
)
def test_the_lines_of_a_month_are_those_that_are_counted_a_second_way(seeds):
    process = Process.model_validate(PROCESS)
    for seed in seeds:
        deals, members = portfolio(seed)
        book = book_of(
            versions={"v1": process},
            deals={id: Deal.model_validate(WRITTEN | fields) for id, fields in deals.items()},
            members={
                id: Member.model_validate({"name": id, "kind": "university", "country": "US", **fields})
                for id, fields in members.items()
            },
            prices=LISTS,
        )
        found = batch(book.on(DAY), MONTH)
        rows = {
            (row.deal, row.community): sorted(
                (line.kind, int(line.amount.amount * 100), line.amount.currency) for line in row.lines
            )
            for row in found.rows
            if row.has_contract
        }
        assert rows == counted(deals, members), seed
        assert {row.deal for row in found.rows if not row.has_contract} == going_on_without(deals), seed
        for row in found.rows:
            for currency, amount in row.total.items():
                assert amount == sum(line.amount.amount for line in row.lines if line.amount.currency == currency), seed
        assert {
            currency: sum(row.total.get(currency, Decimal(0)) for row in found.rows) for currency in found.total
        } == found.total


@pytest.fixture
def won(repo):
    """``won(contract, member)``: one won deal, the invoices of a month as of a day."""

    def rows(more: str = "", member: str = READY, month: str = "2026-10", day: str = "2026-11-20"):
        (repo.root / "deals/cascadia-2025.yaml").unlink(missing_ok=True)
        repo.write("deals/one.yaml", WON % more)
        repo.member(member)
        return batch(repo.book().on(date.fromisoformat(day)), month).rows

    return rows


def test_who_was_in_service_on_any_day_of_the_month_is_invoiced(won):
    assert [row.deal for row in won(month="2026-02")] == ["one"]
    assert won(month="2026-01") == ()
    (row,) = won(", service_ended: 2026-10-02")
    assert (str(row.first), str(row.last), row.days) == ("2026-10-01", "2026-10-01", 1)
    assert won(", service_ended: 2026-10-01") == ()
    assert [str(line.amount) for line in row.lines] == ["32.26 USD"]
    assert row.lines[0].says == "Membership, 1 of 31 days"


@pytest.mark.parametrize(
    ("contract", "member", "missing"),
    [
        ("", READY, ["tier and price confirmed by the member"]),
        ("", "", ["tier and price confirmed by the member", "vendor set-up is not said to be done"]),
        ("", "vendor_setup: {status: pending}\ninvoices: [{month: 2026-09, tier_confirmed: 2026-09-01}]", ["vendor set-up is pending"]),
        ("", READY + "invoices: [{month: 2026-10, tier_confirmed: 2026-02-01}]", []),
        (", prices: 2026-01", READY + "invoices: [{month: 2026-10, tier_confirmed: 2026-02-01}]", ["active users of the month, or the usage fee"]),
        (", prices: 2026-01", READY + "invoices: [{month: 2026-10, tier_confirmed: 2026-02-01, active_users: 7}]", []),
        ("", READY + "hubs: [{name: t, deal: one, cloud: billed}]\ninvoices: [{month: 2026-10, tier_confirmed: 2026-02-01}]", ["cloud costs of the month"]),
        ("", READY + "hubs: [{name: t, deal: one, cloud: billed}]\ninvoices: [{month: 2026-10, tier_confirmed: 2026-02-01, cloud: 0 USD}]", []),
        ("", READY + "hubs: [{name: t, deal: one, cloud: own}]\ninvoices: [{month: 2026-10, tier_confirmed: 2026-02-01}]", []),
    ],
)  # fmt: skip
def test_what_is_missing_before_an_invoice_is_sent_is_named(won, repo, contract, member, missing):
    repo.write("playbook/prices/2026-01.yaml", "since: 2026-01-01\nusage: [{to: 10, fee: 10.00 USD}]\n")
    (row,) = won(contract, member)
    assert list(row.missing) == missing
    assert row.is_ready == (not missing)


RENEWS = (WON % "").replace("type: new business", "type: existing business\nrenews: one")


@pytest.fixture
def ended(won, repo):
    """``ended(month)``: the rows of a month of a contract that ended on 15 September, whose service goes on."""

    def rows(month="2026-10", day="2026-11-20", member=READY):
        won("", member)
        file = repo.root / "deals/one.yaml"
        file.write_text(file.read_text().replace("end: 2027-01-31", "end: 2026-09-15"))
        return batch(repo.book().on(date.fromisoformat(day)), month).rows

    return rows


def test_a_service_that_goes_on_after_its_contract_is_shown_and_bills_nothing(ended):
    (row,) = ended()
    assert (row.state, row.lines, row.is_ready, row.days) == ("without a contract", (), False, 31)
    assert row.waits_for == (
        "a contract: that of one ended on 2026-09-15 and the service goes on; renew it (salesops renew one), or end the service (salesops handoff one --ended DAY)",
    )
    (now,) = ended("2026-11")
    assert (str(now.first), str(now.last)) == ("2026-11-01", "2026-11-20"), "what is to come nobody knows"
    (last,) = ended("2026-09")
    assert (last.days, last.lines[0].says, last.has_contract) == (15, "Membership, 15 of 30 days", True)
    assert last.later[-1].startswith("for 2026-09-16 to 2026-09-30, a contract: that of one ended")


def test_it_is_gone_once_it_was_renewed_or_ended_and_names_a_renewal_that_is_open(ended, repo):
    repo.write(
        "deals/two.yaml",
        RENEWS.replace("closed won: 2026-02-01", "enrichment: 2026-02-01").replace(", enrichment: 2026-02-01]", "]"),
    )
    assert "win two, which renews it" in ended()[0].waits_for[0]
    repo.write("deals/two.yaml", RENEWS.replace("start: 2026-02-01", "start: 2026-10-01"))
    assert [(row.deal, row.has_contract) for row in ended()] == [("two", True)]
    (repo.root / "deals/two.yaml").unlink()
    ended()
    file = repo.root / "deals/one.yaml"
    file.write_text(file.read_text().replace("mrr: 1000 USD", "mrr: 1000 USD, service_ended: 2026-11-01"))
    assert batch(repo.book().on(date(2026, 11, 20)), "2026-10").rows == ()


def test_users_are_charged_by_the_price_list_of_the_contract_and_what_is_written_goes_before(won, repo):
    repo.write(
        "playbook/prices/2026-01.yaml",
        "since: 2026-01-01\nusage: [{to: 10, fee: 10.00 USD}, {to: 100, fee: 5.00 USD}]\n",
    )
    (row,) = won(", prices: 2026-01", READY + "invoices: [{month: 2026-10, active_users: 12}]")
    assert [(line.kind, str(line.amount)) for line in row.lines] == [("membership", "1000 USD"), ("usage", "110 USD")]
    (row,) = won(", prices: 2026-01", READY + "invoices: [{month: 2026-10, active_users: 12, usage: 7.50 USD}]")
    assert str(row.lines[1].amount) == "7.50 USD"


def test_a_community_with_a_deal_gets_an_invoice_of_its_own_and_the_first_carries_the_membership(won):
    contacts = "contacts: [{id: a-smith, decides: true}, {id: b-jones}]\n"
    member = (
        READY
        + contacts
        + "communities: [{name: Biology, deal: one}, {name: Chemistry, deal: one, representative: b-jones}]"
    )
    rows = won("", member)
    assert [(row.community, [line.kind for line in row.lines]) for row in rows] == [
        ("Biology", ["membership"]),
        ("Chemistry", []),
    ]
    assert [row.representative.id for row in rows] == ["a-smith", "b-jones"]
    whole = won("", member + "\ninvoices: [{month: 2026-10, deal: one}]")
    assert [row.community for row in whole] == [None], "one that is on file for all of it stays"


def test_an_invoice_is_as_far_as_its_last_step_and_says_what_it_waits_for(won):
    steps = "invoices: [{month: 2026-10, tier_confirmed: 2026-02-01, prepared: 2026-11-02, sent: 2026-11-03}]"
    (row,) = won("", READY + steps)
    assert (row.state, row.next_step, row.is_ready) == ("sent", "certified", False)
    assert row.waits_for[0] == "to be certified"
    assert "proofs to be archived with the sponsor" in row.waits_for
    (row,) = won("", READY + steps, day="2026-11-02")
    assert row.state == "prepared", "what comes later is not known yet"


def test_what_went_out_more_than_sixty_days_ago_is_unpaid(won, repo):
    out = "invoices: [{month: 2026-08, tier_confirmed: 2026-02-01, prepared: 2026-09-01, sent: 2026-09-01, certified: 2026-09-02, invoiced: 2026-09-03}]"
    won("", READY + out)
    assert [row.month for row in unpaid(repo.book().on(date(2026, 11, 3)))] == ["2026-08"]
    assert unpaid(repo.book().on(date(2026, 11, 2))) == []
    repo.write("playbook/team.yaml", (repo.root / "playbook/team.yaml").read_text() + "numbers: {paid_within: 90}\n")
    assert unpaid(repo.book().on(date(2026, 11, 20))) == []


def test_an_invoice_of_a_service_that_ended_before_its_month_is_still_unpaid(won, repo):
    out = "invoices: [{month: 2026-08, tier_confirmed: 2026-02-01, prepared: 2026-09-01, sent: 2026-09-01, certified: 2026-09-02, invoiced: 2026-09-03}]"
    won(", service_ended: 2026-07-01", READY + out)
    (late,) = unpaid(repo.book().on(date(2026, 11, 20)))
    assert (late.month, str(late.went_out), late.total) == ("2026-08", "2026-09-03", None)
    won("", READY + out)
    (late,) = unpaid(repo.book().on(date(2026, 11, 20)))
    assert late.total == {"USD": Decimal(1000)}


def test_the_cloud_of_a_hub_is_asked_for_under_the_contract_that_renews_its_own(won, repo):
    hub = "hubs: [{name: t, deal: older, cloud: billed}]\ninvoices: [{month: 2026-10, tier_confirmed: 2026-02-01}]"
    older = WON.replace(
        "signed: 2026-02-01, start: 2026-02-01, end: 2027-01-31",
        "signed: 2025-02-01, start: 2025-02-01, end: 2026-01-31",
    )
    repo.write("deals/older.yaml", older.replace("closed won: 2026-02-01", "closed won: 2026-01-06") % "")
    (row,) = (row for row in won("", READY + hub) if row.has_contract)
    assert row.missing == (), "a hub of another deal"
    repo.write("deals/one.yaml", WON % "" + "renews: older\n")
    (row,) = batch(repo.book().on(date(2026, 11, 20)), "2026-10").rows
    assert row.missing == ("cloud costs of the month",)


def test_the_months_go_back_to_the_first_that_is_on_file(won, repo):
    won("", READY + "invoices: [{month: 2026-08, prepared: 2026-09-01}]")
    assert months_behind(repo.book().on(date(2026, 11, 20)), 12) == ["2026-10", "2026-09", "2026-08"]
    assert months_behind(repo.book().on(date(2026, 11, 20)), 2) == ["2026-10", "2026-09"]
    won("", READY + "invoices: [{month: 2026-11, prepared: 2026-11-19}]")
    assert months_behind(repo.book().on(date(2026, 11, 20)), 12) == ["2026-11"]


def test_the_message_to_the_sponsor_has_what_is_ready_and_nothing_else(won, repo):
    won(
        "",
        READY
        + "contacts: [{id: a-smith, name: Ada Smith, email: a@c.example, decides: true}]\ninvoices: [{month: 2026-10, tier_confirmed: 2026-02-01, cloud: 12.50 USD}]",
    )
    repo.write("deals/two.yaml", (WON % "").replace("mrr: 1000", "mrr: 77"))
    said = list(as_email(batch(repo.book().on(date(2026, 11, 20)), "2026-10"), "operations@sponsor.example"))
    assert said[:2] == ["To: operations@sponsor.example", "Subject: Invoices for 2026-10: 0 to send"], (
        "which contract the invoice is for is not said"
    )
    assert said[-1] == "There is nothing to invoice for 2026-10."
    repo.member(
        READY
        + "contacts: [{id: a-smith, name: Ada Smith, email: a@c.example, decides: true}]\ninvoices: [{month: 2026-10, deal: one, tier_confirmed: 2026-02-01, cloud: 12.50 USD}]"
    )
    said = "\n".join(as_email(batch(repo.book().on(date(2026, 11, 20)), "2026-10"), "operations@sponsor.example"))
    assert "1 to send" in said
    assert "1,000.00 USD" in said
    assert "12.50 USD" in said
    assert "In all: 1,012.50 USD" in said
    assert "Ada Smith, a@c.example" in said
    assert "77" not in said
    assert "  Invoice to: not known yet" in said
    repo.member(
        READY
        + "address: 1 Campus Way\ncontacts: [{id: a-smith, decides: true}]\ninvoices: [{month: 2026-10, deal: one, tier_confirmed: 2026-02-01}]"
    )
    (row, _) = batch(repo.book().on(date(2026, 11, 20)), "2026-10").rows
    assert row.bill_to == "1 Campus Way"


def test_an_invoice_of_a_community_that_has_no_deal_any_more_is_not_lost(won):
    (whole, biology) = won("", READY + "invoices: [{month: 2026-10, community: Biology, usage: 7.50 USD}]")
    assert (whole.community, biology.community) == (None, "Biology")
    assert [line.kind for line in whole.lines] == ["membership"]
    assert [line.kind for line in biology.lines] == ["usage"]


def test_an_invoice_that_says_not_for_which_of_two_contracts_it_is_holds_up_both(won, repo):
    repo.write("deals/two.yaml", (WON % "").replace("mrr: 1000", "mrr: 77"))
    rows = won("", READY + "invoices: [{month: 2026-10, tier_confirmed: 2026-02-01, usage: 7.50 USD}]")
    assert [NO_DEAL in row.missing for row in rows] == [True, True]
    rows = won("", READY + "invoices: [{month: 2026-10, deal: two, tier_confirmed: 2026-02-01, usage: 7.50 USD}]")
    assert [NO_DEAL in row.missing for row in rows] == [False, False]


def test_one_contract_with_several_communities_is_never_unclear(won):
    member = READY + "communities: [{name: Biology, deal: one}, {name: Chemistry, deal: one}]\n"
    rows = won("", member + "invoices: [{month: 2026-10, community: Biology}]")
    assert [NO_DEAL in row.missing for row in rows] == [False, False]


def test_a_contract_without_a_first_day_is_not_charged_unasked(won, repo):
    repo.write("deals/other.yaml", (WON % "").replace(" start: 2026-02-01,", ""))
    rows = {row.deal: row for row in won()}
    assert "the contract says no first day" in rows["other"].missing
    assert "the contract says no first day" not in rows["one"].missing


def test_an_invoice_of_nothing_is_not_in_the_message_and_the_message_says_whose_it_is(won, repo):
    member = READY + "communities: [{name: Biology, deal: one}, {name: Chemistry, deal: one}]\n"
    confirmed = "invoices: [{month: 2026-09, tier_confirmed: 2026-02-01, community: Biology}, {month: 2026-09, tier_confirmed: 2026-02-01, community: Chemistry}]"
    assert [row.is_ready for row in won("", member + confirmed)] == [True, True]
    said = "\n".join(as_email(batch(repo.book().on(date(2026, 11, 20)), "2026-10"), "o@sponsor.example", "Our team"))
    assert "1 to send" in said
    assert "Chemistry" not in said
    assert said.endswith("In all: 1,000.00 USD\n\nOur team")
