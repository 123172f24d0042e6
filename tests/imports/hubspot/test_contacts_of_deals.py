"""The people of a deal come along: by name or number, as contacts of its member; nobody is invented, and nobody is left out without a word."""

from __future__ import annotations

import json

import pytest
from exported_by_hubspot import HEAD, deal, fates, table, why

FILE = "deals/pinecrest-college-teaching.yaml"
MEMBER = "members/pinecrest-college.yaml"


def person(number, first, last, company="Pinecrest College"):
    """A row of the contacts."""
    email = f"{first.lower()}@pinecrest.edu"
    return {"Record ID": number, "First Name": first, "Last Name": last, "Email": email, "Associated Company": company}


def deals(**cells):
    """A table of one deal with more columns."""
    return table([deal(**cells)], [*HEAD, *(key for key in cells if key not in HEAD)])


@pytest.mark.parametrize(
    "cells",
    [
        {"Associated Contact IDs": "71;72"},
        {"Associated Contact": "Ann Other (ann@pinecrest.edu);Bo Li"},
        {"Associated Contact": "ANN OTHER;bo@pinecrest.edu", "Associated Contact IDs": ""},
    ],
)
def test_the_people_of_a_deal_are_contacts_of_its_member_and_named_in_the_deal(hub, cells):
    hub.give(deals=deals(**cells), contacts=table([person("71", "Ann", "Other"), person("72", "Bo", "Li")]))
    found = hub.bring("deals", "contacts")
    assert (fates(found, "deals.csv"), fates(found, "contacts.csv"), hub.errors()) == ((1, 0, 0), (2, 0, 0), [])
    assert "contacts: [ann-other, bo-li]" in hub.holds(FILE)
    assert "{id: ann-other, name: Ann Other, email: ann@pinecrest.edu}" in hub.holds(MEMBER)
    before = hub.files()
    hub.go()
    assert hub.files() == before


def test_somebody_without_a_row_is_said_and_not_invented(hub):
    hub.give(deals=deals(**{"Associated Contact IDs": "71;99"}), contacts=table([person("71", "Ann", "Other")]))
    found = hub.bring("deals", "contacts")
    assert fates(found, "deals.csv") == (1, 0, 0)
    assert why(found, 2) == "Associated Contact IDs is no contact of the member: it is left out (99)"
    assert "contacts: [ann-other]" in hub.holds(FILE)
    hub.give(deals=deals(**{"Associated Contact": "Somebody Else"}))
    (hub.repo.root / "imports/hubspot.yaml").unlink()
    found = hub.bring("deals")
    assert "is no contact of the member: it is left out (Somebody Else)" in why(found, 2)
    assert "somebody" not in (hub.holds(FILE) + hub.holds(MEMBER)).lower()
    assert "contacts: [ann-other]" in hub.holds(FILE), "what was taken stays"


def test_two_people_of_one_name_are_told_apart_by_their_addresses_and_never_taken_for_each_other(hub):
    both = [person("71", "Ann", "Other"), {**person("72", "Ann", "Other"), "Email": "ann2@pinecrest.edu"}]
    named = "Ann Other (ann@pinecrest.edu);Ann Other (ann2@pinecrest.edu);Ann Other;Ann Other (ann3@pinecrest.edu)"
    hub.give(deals=deals(**{"Associated Contact": named}), contacts=table(both))
    found = hub.bring("deals", "contacts")
    assert "contacts: [ann-other, ann-other-2]" in hub.holds(FILE)
    assert "is the name of several contacts of the member: it is left out (Ann Other)" in why(found, 2)
    assert "is no contact of the member: it is left out (Ann Other (ann3@pinecrest.edu))" in why(found, 2)
    before = hub.files()
    hub.go()
    assert hub.files() == before


def test_somebody_without_a_company_belongs_to_that_of_the_deal_unless_two_claim_them(hub):
    both = [
        deal(**{"Associated Contact IDs": "71;72"}),
        deal("102", title="Other", company="Oak Lab", **{"Associated Contact IDs": "72"}),
    ]
    people = [person("71", "Ann", "Other", ""), person("72", "Bo", "Li", "")]
    hub.give(deals=table(both, [*HEAD, "Associated Contact IDs"]), contacts=table(people))
    found = hub.bring("deals", "contacts")
    assert "ann-other" in hub.holds(MEMBER)
    assert fates(found, "contacts.csv") == (1, 0, 1)
    assert "bo-li" not in hub.holds(MEMBER) + hub.holds("members/oak-lab.yaml")
    assert "left out (72)" in why(found, 2)


@pytest.mark.parametrize(
    "page",
    [
        {
            "results": [
                {
                    "id": "101",
                    "properties": {"dealname": "Teaching", "dealstage": "contractsent", "company": "Pinecrest College"},
                    "associations": {"contacts": {"results": [{"id": "71"}, {"id": "71"}]}},
                }
            ]
        },
        {
            "deals": [
                {
                    "dealId": 101,
                    "properties": {
                        "dealname": {"value": "Teaching"},
                        "dealstage": {"value": "contractsent"},
                        "company": {"value": "Pinecrest College"},
                    },
                    "associations": {"associatedVids": [71]},
                }
            ]
        },
    ],
)
def test_the_interface_names_them_by_number(hub, page):
    hub.give(deals_json=json.dumps(page), contacts=table([person("71", "Ann", "Other")]))
    found = hub.look("deals.json", "contacts.csv")
    assert "Associated Contact IDs" in found["headings"]["deals"]
    assert "contacts: {column: Associated Contact IDs, split: ;}" in hub.mapping


def test_a_person_whom_they_added_to_a_deal_is_taken_and_one_that_we_added_stays(hub):
    people = table([person("71", "Ann", "Other"), person("72", "Bo", "Li"), person("73", "Cy", "Oh")])
    hub.give(deals=deals(**{"Associated Contact IDs": "71"}), contacts=people)
    hub.bring("deals", "contacts")
    hub.give(deals=deals(**{"Associated Contact IDs": "71;72"}))
    assert fates(hub.go(), "deals.csv") == (1, 0, 0)
    assert "contacts: [ann-other, bo-li]" in hub.holds(FILE)
    hub.change(FILE, "[ann-other, bo-li]", "[ann-other, bo-li, cy-oh]")
    assert fates(hub.go(), "deals.csv") == (1, 0, 0)
    assert "cy-oh" in hub.holds(FILE)
