"""A page for everybody in the team, and one for each stage."""

from datetime import date


def words(element):
    return [item.text for item in element.every("li")]


def test_a_person_has_their_own_list_their_open_deals_and_what_they_closed(repo, page_of):
    young = "stages: [enrichment: 2026-11-10]\n"
    repo.deal(f"owner: april\n{young}next: {{action: Call, due: 2026-11-24}}", id="aprils")
    repo.deal(f"owner: jim\n{young}next: {{action: Write, due: 2026-11-24, owner: april}}", id="jims")
    repo.deal(f"owner: april\n{young}parked: [{{since: 2026-11-11, until: 2027-02-15, why: Grant}}]", id="warm")
    lost = "loss: {reason: price, learning: Ask <who> pays}"
    repo.deal(f"owner: april\nstages: [enrichment: 2026-01-05, closed lost: 2026-11-02]\n{lost}", id="lost")
    repo.deal(f"owner: april\nstages: [enrichment: 2024-01-05, closed lost: 2025-11-20]\n{lost}", id="long-ago")
    page = page_of("people/april")
    assert page.one("h1").text == "April"
    *_, week = page.every("ul", class_="so-tasks")
    assert [line.split("Cascadia")[0] for line in words(week)] == ["Tue 24 Nov Call ", "Tue 24 Nov Write "]
    assert [card.one("a")["href"] for card in page.every("li", class_="so-card")] == ["../deals/aprils.html"]
    parked, closed = (words(found) for found in page.every("ul", class_="so-list"))
    assert len(parked) == 1
    assert closed == ["Mon 2 Nov Closed Lost Cascadia University Ask <who> pays"]
    assert page.one("a", href="../people/april.ics")


def test_contracts_stand_with_whoever_made_the_deal(page_of):
    assert page_of("people/jim").one("h2", id="contracts")
    assert not list(page_of("people/april").every("h2", id="contracts"))
    assert "Nothing is to be done in the next 30 days." in page_of("people/april").text


def test_owners_lead_to_their_page_everywhere(repo, page_of):
    repo.deal()
    for path, link in (
        ("pipeline", "./people/jim.html"),
        ("renewals", "./people/jim.html"),
        ("deals/acme", "../people/jim.html"),
    ):
        assert list(page_of(path).every("a", href=link)), path


def test_a_stage_says_what_it_is_for_who_is_there_and_what_each_way_out_asks_for(repo, page_of):
    repo.deal(
        "stages: [enrichment: 2026-01-05]\nlearned: [{stage: enrichment, date: 2026-02-02, note: Their <host> fails}]"
    )
    page = page_of("stages/enrichment")
    assert page.one("h1").text == "Enrichment"
    assert page.one("h2", id="deals").text == "Here now 1"
    assert [card.one("a")["href"] for card in page.every("li", class_="so-card")] == ["../deals/acme.html"]
    first = next(page.every("details", class_="so-exit"))
    assert first.one("summary").text.startswith("To Outreach Sales-qualified")
    assert "Mon 2 Feb Cascadia University: Their <host> fails" in page.text
    assert "No deal is here now." in page_of("stages/outreach").text
    assert not list(page_of("stages/closed-won").every("h2", id="deals"))


def test_on_a_day_before_there_was_a_deal_a_stage_is_empty(repo, page_of):
    repo.deal("stages: [enrichment: 2026-01-05]")
    assert "No deal is here now." in page_of("stages/enrichment", date(2025, 12, 1)).text
