"""The page of retention: what the members of a year ago still pay, what came and went, and what is signed, each with the members behind it."""

from datetime import date

import pytest

CONTRACTS = {
    "ash": ("ash-university", "{start: 2025-01-01, end: 2026-10-31, mrr: 100 USD}", ""),
    "elm": ("elm-university", "{start: 2025-01-01, end: open, mrr: 70 USD, service_ended: 2026-04-01}", ""),
    "fir": ("fir-university", "{start: 2025-01-01, end: 2026-02-28, mrr: 40 USD}", ""),
    "fir-again": (
        "fir-university",
        "{signed: 2026-03-05, start: 2026-03-01, end: 2027-02-28, mrr: 50 USD}",
        "renews: fir\ntype: existing business",
    ),
    "oak": ("oak-university", "{start: 2026-06-01, end: 2027-05-31, mrr: 30 USD}", ""),
    "yew": ("yew-university", "{start: 2025-01-01, end: open, mrr: 9 CAD}", ""),
}


@pytest.fixture
def retention(repo, page_of):
    """The page of five members on 20 November 2026."""
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    for id, (member, contract, more) in CONTRACTS.items():
        repo.write(f"members/{member}.yaml", f"name: {member.title()}\ncontacts: []\n")
        stages = "stages: [enrichment: 2024-12-01, closed won: 2024-12-20]"
        late = "stages: [renewals: 2026-02-01, closed won: 2026-03-05]"
        new = "stages: [enrichment: 2026-05-01, closed won: 2026-05-20]"
        of = late if more else new if id == "oak" else stages
        repo.deal(f"member: {member}\n{of}\ncontract: {contract}\n{more}", id=id)
    return page_of("retention", date(2026, 11, 20))


def rows(page, heading):
    """The rows of the table under a heading."""
    table = next(table for table in page.every("table") if table.one("caption").text == heading)
    return [[cell.text for cell in row.children_of("th", "td")] for row in table.one("tbody").every("tr")]


def test_each_member_of_a_year_ago_is_there_with_what_became_of_it(retention):
    assert [row[:4] for row in rows(retention, "What each member paid then and pays now")] == [
        ["Ash-University", "100 USD", "100 USD", "as before overdue, at risk"],
        ["Elm-University", "70 USD", "0 USD", "left"],
        ["Fir-University", "40 USD", "50 USD", "grew"],
    ]
    assert "yew: no rate from CAD to USD on 2025-11-20" in retention.text


def test_the_cards_say_the_numbers_and_lead_to_them(retention):
    cards = {
        card.one("span", class_="so-tile-title").text: card.one("span", class_="so-tile-value").text
        for card in retention.every("a", class_="so-tile")
    }
    assert cards == {
        "Gross revenue retention": "66.7 %",
        "Net revenue retention": "71.4 %",
        "Six-month renewal": "3 of 3",
        "Contract renewal rate": "1 of 1",
        "At risk": "100 USD",
    }


def test_a_contract_that_is_overdue_says_how_long_it_still_counts(retention):
    (row,) = rows(retention, "Overdue contracts")
    assert row == [
        "Ash-University",
        "General Membership",
        "Sat 31 Oct",
        "20 (70 of grace left)",
        "100 USD",
        "not signed",
    ]


def test_the_contracts_that_ended_say_what_renews_them_and_whether_in_time(retention):
    assert [[row[0], *row[2:]] for row in rows(retention, "Contracts that ended, and what renews them")] == [
        ["Ash-University", "Sat 31 Oct", "not renewed yet, service goes on"],
        ["Fir-University", "Sat 28 Feb", "renewed signed late General Membership"],
    ]


def test_each_month_says_who_came_and_who_went(retention):
    months = {row[0]: row[1:] for row in rows(retention, "Recurring revenue and its movements by month")}
    assert (next(iter(months)), [*months][-1], len(months)) == ("Dec 2025", "Nov 2026 so far", 12)
    assert months["Mar 2026"] == ["9 CAD + 210 USD", "–", "10 USD Fir-University", "–", "–", "–", "9 CAD + 220 USD"]
    assert months["Apr 2026"][4] == "\N{MINUS SIGN}70 USD Elm-University"
    assert months["Jun 2026"][1] == "30 USD Oak-University"
    assert months["Nov 2026 so far"][-1] == "9 CAD + 180 USD"


def test_the_months_to_come_hold_what_is_signed_and_say_what_ends(retention):
    months = {row[0]: row[1:] for row in rows(retention, "Signed recurring revenue by month")}
    assert (next(iter(months)), [*months][-1], len(months)) == ("Nov 2026", "Oct 2027", 12)
    assert months["Mar 2027"][2] == "–"
    assert months["Feb 2027"][2] == "Fir-University"
    assert months["Jun 2027"][:2] == ["9 CAD", "Yew-University 9 CAD"]
    assert "Ash-University" not in months["Nov 2026"][1]


def test_without_contracts_the_page_says_so(repo, page_of):
    (repo.root / "deals/cascadia-2025.yaml").unlink()
    text = page_of("retention").text
    assert "Nobody was in service on Thu 20 Nov 2025." in text
    assert "No contract is overdue." in text
