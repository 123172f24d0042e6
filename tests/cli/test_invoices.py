"""``salesops invoices`` and ``salesops draft`` as somebody types them."""

from __future__ import annotations

import csv
from io import StringIO

import pytest


@pytest.fixture
def crm(repo):
    file = repo.root / "deals/cascadia-2025.yaml"
    assert "agreed" not in file.read_text()
    repo.member(
        "vendor_setup: {status: not needed}\ncontacts: [{id: a-smith, name: Ada Smith, email: a@c.example, decides: true}]\n"
    )
    return repo


def test_the_last_month_that_is_over_is_meant_where_none_is_named(crm):
    ran = crm.run("invoices")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Invoices for 2026-10, as of 2026-11-20")
    assert "tier and price confirmed by the member" in ran.out


def test_a_table_has_a_row_for_each_line(crm):
    rows = list(csv.DictReader(StringIO(crm.run("invoices", "--format", "csv").out)))
    assert [(row["kind"], row["amount"], row["currency"], row["ready"]) for row in rows] == [
        ("membership", "1000.00", "USD", "no")
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--month 2026-13", "is no month"), ("--month october", "is no month"), ("--month 2026-12", "has not begun"),
        ("--yes", "belong to --record"), ("--email --format json", "--email stands alone"), ("--record sent --format csv", "text or json"),
        ("--record prepared --known 2026-11-02", "does not go with --known"),
    ],
)  # fmt: skip
def test_a_wrong_call_says_what_is_wrong(crm, words, says):
    ran = crm.run("invoices", *words.split())
    assert (ran.code, says in ran.err) == (2, True), ran.err


def test_what_cannot_be_sent_is_left_and_says_why(crm):
    assert crm.run("invoices", "--record", "prepared", "--date", "2026-11-02").code == 0
    ran = crm.run("invoices", "--record", "sent")
    assert ran.code == 1
    assert "not without: tier and price confirmed by the member" in ran.err
    ran = crm.run("invoices", "--record", "prepared")
    assert (ran.code, "it is prepared since 2026-11-02" in ran.err) == (1, True)


def test_no_step_is_from_before_its_month_and_communities_are_told_apart(crm):
    crm.member("communities: [{name: Biology, deal: cascadia-2025}, {name: Chemistry, deal: cascadia-2025}]\n")
    ran = crm.run("invoices", "--record", "prepared", "--date", "2026-09-30")
    assert (ran.code, "2026-10 had not begun on 2026-09-30" in ran.err) == (1, True), ran.err
    assert "University (Biology), cascadia-2025" in ran.err
    assert "University (Chemistry), cascadia-2025" in ran.err


def test_nothing_is_prepared_beside_an_invoice_that_may_be_the_same(crm):
    deal = (crm.root / "deals/cascadia-2025.yaml").read_text()
    crm.write("deals/other.yaml", deal.replace("1000 USD", "77 USD"))
    crm.member("invoices: [{month: 2026-10, prepared: 2026-11-02}]\n")
    before = (crm.root / "members/cascadia-university.yaml").read_bytes()
    ran = crm.run("invoices", "--record", "prepared")
    assert (ran.code, "that names none" in ran.err) == (1, True), ran.err
    assert (crm.root / "members/cascadia-university.yaml").read_bytes() == before


def test_whose_file_has_errors_is_named_and_not_left_out_in_silence(crm):
    crm.write("deals/torn.yaml", (crm.root / "deals/cascadia-2025.yaml").read_text() + "proposal: {presented: …}\n")
    for words in (["invoices"], ["invoices", "--email"], ["invoices", "--format", "json"], ["renew", "--due"]):
        ran = crm.run(*words)
        assert (ran.code, "1 file cannot be counted (deals/torn.yaml)" in ran.err) == (1, True), words
        assert ran.out or words == ["renew", "--due"], "what could be read is shown"
    for words in (["draft", "torn", "agreement"], ["handoff", "torn"]):
        ran = crm.run(*words)
        assert (ran.code, ran.out, "the file of torn has errors" in ran.err) == (1, "", True), ran.err


def test_no_document_is_drawn_up_of_a_deal_that_had_not_begun(crm):
    ran = crm.run("draft", "cascadia-2025", "agreement", "--as-of", "2020-01-01")
    assert (ran.code, ran.out, "had not begun on 2020-01-01" in ran.err) == (1, "", True), ran.err


def test_what_was_confirmed_after_it_would_be_sent_is_left_and_holds_up_no_other(crm):
    deal = (crm.root / "deals/cascadia-2025.yaml").read_text()
    crm.write("deals/other.yaml", deal.replace("1000 USD", "77 USD"))
    steps = "tier_confirmed: {}, prepared: 2026-11-02"
    crm.member(
        "vendor_setup: {status: not needed}\ninvoices:\n"
        f"  - {{month: 2026-10, deal: cascadia-2025, {steps.format('2026-11-10')}}}\n"
        f"  - {{month: 2026-10, deal: other, {steps.format('2026-11-01')}}}\n"
    )
    ran = crm.run("invoices", "--record", "sent", "--date", "2026-11-05", "--dry-run")
    assert "were confirmed on 2026-11-10, after 2026-11-05" in ran.err
    assert "+  - {month: 2026-10, deal: other" in ran.out, ran.out + ran.err


def test_a_step_before_the_last_one_is_refused_and_a_dry_run_writes_nothing(crm):
    before = (crm.root / "members/cascadia-university.yaml").read_bytes()
    assert (
        "prepared: 2026-11-02" in crm.run("invoices", "--record", "prepared", "--date", "2026-11-02", "--dry-run").out
    )
    assert (crm.root / "members/cascadia-university.yaml").read_bytes() == before
    crm.run("invoices", "--record", "prepared", "--date", "2026-11-02")
    crm.run("set", "cascadia-university", "invoices.0.tier_confirmed", "2026-02-01")
    ran = crm.run("invoices", "--record", "sent", "--date", "2026-11-01")
    assert (ran.code, "prepared on 2026-11-02, after 2026-11-01" in ran.err) == (1, True)


def test_without_a_contract_nothing_is_prepared_and_the_ways_on_are_named(crm):
    file = crm.root / "deals/cascadia-2025.yaml"
    file.write_text(file.read_text().replace("end: 2026-12-31", "end: 2026-08-31"))
    ran = crm.run("invoices")
    assert "1 without a contract" in ran.out
    assert "renew it (salesops renew cascadia-2025)" in ran.out
    ran = crm.run("invoices", "--record", "prepared")
    assert (ran.code, "nothing is billed without a contract" in ran.err) == (1, True), ran.err


def test_the_message_has_a_visible_gap_where_nobody_said_to_whom(crm):
    assert crm.run("invoices", "--email").out.startswith("To: [TO FILL IN: email (team sponsor)]")


def test_a_document_is_drawn_up_and_says_what_is_missing(crm):
    crm.deal("discovery: {jobs: [Teach 300 students]}")
    ran = crm.run("draft", "acme", "proposal")
    assert ran.code == 0
    assert "# Proposal: " in ran.out
    assert "- Teach 300 students" in ran.out
    assert "value proposition" in ran.err
    assert "salesops set acme value_proposition VALUE" in ran.err
    unknown = crm.run("draft", "acme", "poem")
    assert (unknown.code, "there are: agreement@1" in unknown.err) == (2, True)
    crm.write("playbook/templates/poem@1.md", "{{ contract.strat }}")
    ran = crm.run("draft", "acme", "poem")
    assert (ran.code, "did you mean 'start'" in ran.err) == (1, True), ran.err


def test_a_template_is_printed_as_it_is_and_no_text_in_it_is_a_command(crm):
    crm.deal("title: '@mallory R&D ::x'")
    crm.write("playbook/templates/note@1.md", "::error::x\n\x1b[31m {{ title }}\n")
    assert crm.run("draft", "acme", "note").out == "\\x3a:error::x\n\\x1b[31m @\u200bmallory R&D ::x\n"


def test_nothing_is_sent_before_its_month_is_over(crm):
    crm.member("vendor_setup: {status: not needed}\ninvoices: [{month: 2026-11, tier_confirmed: 2026-02-01}]\n")
    assert crm.run("invoices", "--month", "2026-11", "--record", "prepared").code == 0
    ran = crm.run("invoices", "--month", "2026-11", "--record", "sent")
    assert (ran.code, "not without: the end of the month" in ran.err) == (1, True), ran.err
    ran = crm.run("invoices", "--month", "2026-11", "--record", "sent", "--as-of", "2026-11-30", "--date", "2026-11-30")
    assert ran.code == 0, ran.err
