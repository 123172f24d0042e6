"""What goes wrong with an invoice is said once, on its line."""

from __future__ import annotations

import pytest

SOUND = {
    "month": "2026-05",
    "tier_confirmed": "2025-03-28",
    "delivery_confirmed": "2026-06-01",
    "prepared": "2026-06-01",
    "sent": "2026-06-01",
    "certified": "2026-06-02",
    "invoiced": "2026-06-03",
    "paid": "2026-07-01",
}
DRAFT = "contract: {start: 2027-01-01, end: 2027-12-31, mrr: 1000 USD}\nstages: [{enrichment: 2026-01-05}]\n"


def invoice(*without, **more):
    """A sound invoice with other days, and without some."""
    said = {key: value for key, value in (SOUND | more).items() if key not in without}
    return "{" + ", ".join(f"{key}: {value}" for key, value in said.items()) + "}"


@pytest.fixture
def found(repo):
    """What is wrong with a member with these invoices, as ``line code``; the first of them is on line 2."""

    def of(*invoices, setup="{status: done, date: 2025-03-02}"):
        lines = "".join(f"  - {entry}\n" for entry in invoices)
        repo.member(f"invoices:\n{lines}vendor_setup: {setup}\n")
        wrong = [problem for problem in repo.problems() if problem.is_error and "member" in problem.place.path]
        return [f"{problem.place.line} {problem.code}" for problem in wrong]

    return of


def test_an_invoice_with_all_its_steps_is_sound(found):
    assert found(invoice(), invoice(month="2026-04", archived="2026-05-09")) == []


def test_paid_but_never_sent_is_one_error(found):
    assert found(invoice("sent", "certified", "invoiced")) == ["2 invoice-steps"]


def test_a_tier_that_was_confirmed_after_sending_is_one_error(found):
    assert found(invoice(tier_confirmed="2026-06-02")) == ["2 invoice-not-ready"]


def test_an_invoice_without_certification_is_one_error(found):
    assert found(invoice("certified", "paid")) == ["2 invoice-steps"]


def test_the_draft_contract_of_an_open_deal_is_no_contract(repo):
    repo.deal(DRAFT + "member: other-u\n")
    lines = f"invoices:\n  - {invoice('delivery_confirmed', month='2027-01')}\nvendor_setup: {{status: not needed}}\n"
    repo.write("members/other-u.yaml", f"{lines}name: Other\nkind: university\ncountry: US\n")
    assert [f"{each.place.line} {each.code}" for each in repo.problems()] == ["2 invoice-not-ready"]


def test_an_invoice_for_the_draft_of_an_open_deal_is_one_error(repo, found):
    repo.deal(DRAFT)
    entry = invoice("delivery_confirmed", month="2027-01", deal="acme")
    assert found(entry) == ["2 invoice-deal-unfit"]


def test_a_month_after_the_service_ended_is_one_error(repo, found):
    path = repo.root / "deals/cascadia-2025.yaml"
    path.write_text(path.read_text().replace("end: 2026-12-31,", "end: 2026-12-31, service_ended: 2026-05-01,"))
    assert found(invoice(), invoice(month="2026-04", deal="cascadia-2025")) == ["2 invoice-outside-service"]
    assert found(invoice("delivery_confirmed")) == ["2 invoice-outside-service"]


def test_a_contract_that_is_open_has_invoices_for_every_month_from_its_start(repo, found):
    path = repo.root / "deals/cascadia-2025.yaml"
    path.write_text(path.read_text().replace("end: 2026-12-31,", "end: open,"))
    assert found(invoice(), invoice("delivery_confirmed", month="2025-03", prepared="2025-03-28")) == [
        "3 invoice-outside-service"
    ]


def test_a_month_before_the_contract_is_one_error(found):
    assert found(invoice(month="2025-03", deal="cascadia-2025")) == ["2 invoice-outside-service"]


def test_what_is_only_prepared_may_wait_for_its_contract(found):
    assert found("{month: 2027-02, prepared: 2026-11-02}") == []


def test_vendor_set_up_comes_first_and_is_asked_for_once(found):
    both = invoice(), invoice(month="2026-04")
    assert found(*both, setup="{status: pending}") == ["2 invoice-before-vendor-setup"]
    assert found(*both, setup="{status: done, date: 2026-07-01}") == ["2 invoice-before-vendor-setup"]
    assert found(*both, setup="{status: not needed}") == []


def test_two_contracts_are_two_rows_of_one_month(repo, found):
    first = (repo.root / "deals/cascadia-2025.yaml").read_text()
    repo.write("deals/cascadia-more.yaml", first)
    pair = invoice(deal="cascadia-2025"), invoice(deal="cascadia-more")
    assert found(*pair) == []
    assert found(*pair, pair[0]) == ["4 invoice-month-twice"]


def test_where_there_is_one_contract_an_invoice_is_for_it_whether_or_not_it_says_so(found):
    assert found(invoice(deal="cascadia-2025"), invoice()) == ["3 invoice-month-twice"]


def test_the_deal_of_an_invoice_is_a_won_deal_of_this_member(repo, found):
    repo.write("members/other-u.yaml", "name: Other\nkind: university\ncountry: US\n")
    won = (repo.root / "deals/cascadia-2025.yaml").read_text()
    repo.write("deals/other-2025.yaml", won.replace("member: cascadia-university", "member: other-u"))
    assert found(invoice(deal="nowhere")) == ["2 invoice-deal-unfit"]
    assert found(invoice(deal="other-2025")) == ["2 invoice-deal-unfit"]
    assert found(invoice(deal="cascadia-2025")) == []
