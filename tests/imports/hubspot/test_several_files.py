"""Two exports of one kind, one for each pipeline or year, are read as one: rows that say the same are one, those that contradict each other ask."""

from __future__ import annotations

import json

import pytest
from exported_by_hubspot import deal, fates, table, why

FIRST, SECOND = "deals/pinecrest-college-teaching.yaml", "deals/pinecrest-college-other.yaml"


def test_the_deals_of_two_files_are_taken_and_counted_together(hub):
    hub.give(deals=table([deal()]), more=table([deal("102", title="Other", amount="7")]))
    found = hub.bring("deals", "more")
    assert fates(found, "more.csv") == (2, 0, 0)
    assert [each["file"] for each in found["files"]] == ["../exports/deals.csv + ../exports/more.csv"]
    assert "1250 USD" in hub.holds(FIRST)
    assert "7 USD" in hub.holds(SECOND)
    assert "files: [../exports/deals.csv, ../exports/more.csv]" in hub.mapping
    assert hub.errors() == []
    before = hub.files()
    hub.go()
    assert hub.files() == before


def test_headings_of_either_file_are_known_and_an_open_cell_contradicts_nothing(hub):
    first = {key: cell for key, cell in deal().items() if key != "Amount"}
    hub.give(deals=table([first]), more=table([deal() | {"Next step": "Call the dean"}], delimiter=";"))
    found = hub.bring("deals", "more")
    assert fates(found, "more.csv") == (2, 0, 0)
    assert "1250 USD" in hub.holds(FIRST)
    assert "next_step: Call the dean" in hub.holds(FIRST)
    assert "Next step" in found["headings"]["deals"]


def test_a_row_that_stands_in_both_files_is_one_and_rows_that_contradict_each_other_ask(hub):
    hub.give(
        deals=table([deal(), deal("102", title="Other")]), more=table([deal(), deal("102", title="Other", amount="8")])
    )
    found = hub.bring("deals", "more")
    assert fates(found, "more.csv") == (2, 2, 0)
    assert "is the id of a row above that says the same: they are one" in why(found, 4, found["rows"][0]["file"])
    assert "contradict each other" in why(found, 5, found["rows"][0]["file"])
    assert "1250 USD and 8 USD" in why(found, 5, found["rows"][0]["file"])
    assert not (hub.repo.root / SECOND).exists()
    assert "../exports/more.csv goes on from ../exports/deals.csv: its row 2 is row 4" in hub.text()


def test_rows_that_are_refused_are_counted_in_both(hub):
    hub.give(deals=table([deal()]) + "a,b\r\n", more=table([deal("102", title="Other")]) + "c\r\n")
    found = hub.bring("deals", "more")
    assert fates(found, "more.csv") == (2, 0, 2)


def test_companies_contacts_and_meetings_may_come_in_several_files_too(hub):
    def people(number, name):
        return table(
            [
                {
                    "Record ID": number,
                    "First Name": name,
                    "Last Name": "Other",
                    "Email": f"{name}@x.edu",
                    "Associated Company": "Pinecrest College",
                }
            ]
        )

    hub.give(deals=table([deal()]), ann=people("1", "Ann"), bo=people("2", "Bo"))
    found = hub.bring("deals", "ann", "bo")
    assert fates(found, "bo.csv") == (2, 0, 0)
    assert "ann-other" in hub.holds("members/pinecrest-college.yaml")
    assert "bo-other" in hub.holds("members/pinecrest-college.yaml")


def test_pages_of_the_interface_are_read_together(hub):
    def page(number, title):
        properties = {"dealname": title, "dealstage": "contractsent", "company": "Pinecrest College"}
        return json.dumps({"results": [{"id": number, "properties": properties}]})

    hub.give(one_json=page("1", "One"), two_json=page("2", "Two"))
    assert hub.look("one.json", "two.json")["files"][0]["rows"] == 2


def test_files_of_one_name_are_told_apart_by_their_folders(hub):
    hub.give(**{"2025/deals": table([deal()]), "2026/deals": table([deal("102", title="Other")])})
    found = hub.bring("2025/deals", "2026/deals")
    assert fates(found, "2026/deals.csv") == (2, 0, 0)
    assert found["rows"][0]["file"] == "../exports/2025/deals.csv + ../exports/2026/deals.csv"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("deals", "deals"), "are one file: give it once"),
        (("merges", "more"), "both hold merged deals: give one of them"),
        (("2025/deals", "2026/deals"), "have one name: give one of them another"),
    ],
)
def test_what_cannot_be_put_together_is_refused(hub, names, said):
    merges = table([{"deal_id": "1", "merged_deal_id": "2"}])
    companies = table([{"Record ID": "1", "Company name": "Pinecrest College"}])
    hub.give(deals=table([deal()]), merges=merges, more=merges)
    hub.give(**{"2025/deals": table([deal()]), "2026/deals": companies})
    before = hub.files()
    ran = hub.repo.run("import", "hubspot", *(f"../exports/{name}.csv" for name in names))
    assert (ran.code, said in ran.err) == (2, True), ran.out + ran.err
    assert hub.files() == before
