"""The page of the invoices, and the hand-off on the page of a won deal."""

from __future__ import annotations

from salesops.site.pages import invoices

WON = """
stages: [enrichment: 2026-01-05, closed won: 2026-02-02]
imported: {from: old, date: 2026-02-03}
value: {mrr: 1000 USD}
contract: {signed: 2026-02-02, start: 2026-03-01, end: 2027-02-28, mrr: 1000 USD, entity: Sponsor, agreement: "https://docs.example/a"}
"""


def test_without_an_invoice_on_file_the_page_says_how_to_begin(page_of):
    assert "No invoice is on file yet." in page_of("invoices").text


def test_each_month_has_every_member_in_service_with_what_it_waits_for(repo, page_of):
    repo.deal(WON)
    repo.member(
        "name: Cascadia & Sons\nvendor_setup: {status: not needed}\n"
        "invoices: [{month: 2026-09, deal: acme, tier_confirmed: 2026-02-02, prepared: 2026-10-01, sent: 2026-10-01}]\n"
    )
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    table = page_of("invoices").one("table")
    months = [row.text for body in table.every("tbody") for row in body.every("tr", class_="so-group-row")]
    assert [month.split(" 1 invoice")[0] for month in months] == ["Oct 2026", "Sep 2026"]
    first, second = (
        [cell.text for cell in list(body.every("tr"))[1].children_of("th", "td")] for body in table.every("tbody")
    )
    assert first[0] == second[0] == "Cascadia & Sons"
    assert (first[4], first[5]) == (
        "not prepared",
        "to be prepared; who certifies: the member has nobody who speaks for it",
    )
    assert second[4].startswith("sent")
    assert second[5].startswith("to be certified")


def test_a_service_without_a_contract_says_as_people_do_when_that_ended(repo, page_of):
    repo.deal(WON.replace("end: 2027-02-28", "end: 2026-09-30"))
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    repo.member("vendor_setup: {status: not needed}\ninvoices: [{month: 2026-10, deal: acme, prepared: 2026-11-02}]\n")
    told = page_of("invoices").one("table").text
    assert "ended on 30 Sep and the service goes on" in told
    assert "2026-09-30" not in told


def test_what_is_not_paid_in_time_stands_first(repo, page_of):
    repo.deal(WON)
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    repo.member(
        "vendor_setup: {status: not needed}\n"
        "invoices: [{month: 2026-08, deal: acme, tier_confirmed: 2026-02-02, prepared: 2026-09-01, sent: 2026-09-01, certified: 2026-09-02, invoiced: 2026-09-03}]\n"
    )
    page = page_of("invoices")
    assert "Not paid after 60 days" in page.text
    assert "78" in next(page.every("table")).text


def test_a_won_deal_shows_the_six_steps_and_the_command_of_the_next(repo, page_of):
    repo.deal(WON + "order: {created: 2026-02-04, hubs: [{name: teaching}]}\n")
    repo.member("contacts: [{id: a-smith, email: a@c.example}]")
    page = page_of("deals/acme")
    steps = page.one("ol", class_="so-handoff")
    said = [step.text for step in steps.every("li")]
    assert len(said) == 6
    assert [("done" in text.split(":")[0]) for text in said] == [True, True, True, False, False, False]
    assert "missing: an issue for hub 'teaching'" in said[3]
    assert "salesops handoff acme --issues" in page.text


def test_an_open_deal_has_no_hand_off(repo, page_of):
    repo.deal()
    assert "Hand-off" not in page_of("deals/acme").text


def test_who_invoices_many_sees_fewer_months(repo, page_of, monkeypatch):
    repo.deal(WON)
    repo.member("invoices: [{month: 2026-03, deal: acme, prepared: 2026-04-01}]")
    assert len(list(page_of("invoices").every("tr", class_="so-group-row"))) == 8
    monkeypatch.setattr(invoices, "ROWS", 4)
    page = page_of("invoices")
    assert len(list(page.every("tr", class_="so-group-row"))) == 2, "two contracts a month"
    assert "salesops invoices --month 2026-08" in page.text
